//! What `--help` shows of each command.

pub const EXAMPLES: &str = "Examples:
  stedi-workbench                               open the window on the folder of last time, or the sample data
  stedi-workbench landing/                      open the window on a folder
  stedi-workbench count landing/                rows of every table, and what each step dropped
  stedi-workbench review landing/               run all checks, and say whether the tables may leave
  stedi-workbench curate landing/ --out zones/  write the trusted and curated tables as Parquet
  stedi-workbench export landing/ --out train/  write a training set that was reviewed, split and pseudonymised

Exit codes: 0 done, 1 done but something was refused or not as expected and --strict was given, 2 could not.";

pub const CURATE_EXAMPLES: &str = "Examples:
  stedi-workbench curate landing/ --out zones/
  stedi-workbench curate landing/ --out zones/ --consent-date --join owner
  stedi-workbench curate landing/ --out zones/ --format csv --json
  stedi-workbench curate landing/ --out zones/ --recipe recipe.json --strict
  stedi-workbench curate landing/ --out zones/ --withdrawn left.txt --as-of 2022-06-18
  stedi-workbench curate s3a://lake/landing --out s3a://lake/zones --engine spark --remote sc://spark:15002";

pub const COUNT_EXAMPLES: &str = "Examples:
  stedi-workbench count landing/
  stedi-workbench count landing/ --consent-date --json
  stedi-workbench count landing/ --expected athena.json --strict
  stedi-workbench count customers.json motion.json.gz distance.parquet";

pub const REVIEW_EXAMPLES: &str = "Examples:
  stedi-workbench review landing/
  stedi-workbench review landing/ --join owner --report review.html
  stedi-workbench review landing/ --accept foreign-pairs=\"to show what goes wrong\" --analyst \"A. Name\"

Exit codes: 0 nothing stands against an export, 1 a failing check is not accepted, 2 could not.";

pub const EXPORT_EXAMPLES: &str = "Examples:
  stedi-workbench export landing/ --join inferred-owner --analyst \"A. Name\" --out training/
  stedi-workbench export landing/ --join owner --out training/ --windows 10,5 --format csv
  stedi-workbench export landing/ --join owner --preview
  stedi-workbench export landing/ --join owner --out next/ --key 0123456789abcdef --sides training/splits.csv

Exit codes: 0 written, 1 nothing written because a failing check is not accepted, 2 could not.";

pub const CACHE_EXAMPLES: &str = "Examples:
  stedi-workbench cache
  stedi-workbench cache --limit 20GB
  stedi-workbench cache --clear
  stedi-workbench count sample_data --cache";

pub const DOCTOR_EXAMPLES: &str = "Examples:
  stedi-workbench doctor

Exit codes: 0 everything works, 1 something does not, 2 could not.";

pub const VERIFY_EXAMPLES: &str = "Examples:
  stedi-workbench verify training/
  stedi-workbench verify training/ --landing landing/

Exit codes: 0 it is as it was written, 1 it is not, 2 could not.";

pub const WITHDRAW_EXAMPLES: &str = "Examples:
  stedi-workbench withdraw --customers left.txt training/ older-training/ --dry-run
  stedi-workbench withdraw --customers left.txt training/ --replace

Exit codes: 0 done, 1 an export could not be searched because its key was thrown away, 2 could not.";

pub const OWNERS_EXAMPLES: &str = "Examples:
  stedi-workbench owners landing/
  stedi-workbench owners landing/ --reveal --out owners.csv";

pub const PLOT_EXAMPLES: &str = "Examples:
  stedi-workbench plot landing/ --device 7f3c… --out device.svg
  stedi-workbench plot landing/ --device 7f3c… --out device.png --theme dark --consent-date --clock elapsed";

pub const SQL_EXAMPLES: &str = "Examples:
  stedi-workbench sql landing/ 'SELECT serialnumber, COUNT(*) AS readings FROM step_trainer_landing GROUP BY serialnumber'
  stedi-workbench sql landing/ 'SHOW TABLES'
  stedi-workbench sql landing/ --consent-date --format csv 'SELECT * FROM accelerometer_trusted LIMIT 10'

What can be asked is in docs/sql.md.";

pub const GENERATE_EXAMPLES: &str = "Examples:
  stedi-workbench generate --customers 1000 --out landing/
  stedi-workbench generate --customers 1000 --out landing/ --seed 7 --defects reused-serials=0.1,truncated-files";
