//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::engine::EngineArguments;
use super::examples::{
    COUNT_EXAMPLES, CURATE_EXAMPLES, EXAMPLES, EXPORT_EXAMPLES, GENERATE_EXAMPLES, OWNERS_EXAMPLES, PLOT_EXAMPLES,
    REVIEW_EXAMPLES, VERIFY_EXAMPLES, WITHDRAW_EXAMPLES,
};
use super::lakehouse::LakehouseArguments;
use super::packing::{Keys, Packing};
use crate::domain::{Duplicates, Format, JoinRule, Purpose, Recipe, format};
use crate::generate::Defects;

/// The version, and the commit that it was built of, where that is known.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), env!("STEDI_COMMIT"));

/// From landing files to trusted and curated tables, with consent and joins in plain sight.
#[derive(Debug, Parser)]
#[command(name = "stedi-workbench", version = VERSION, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// A landing folder, or landing files, to open in the window; on S3 s3://bucket/folder
    pub landing: Vec<PathBuf>,
    /// Show the tables that a run on another engine made of these landing files
    #[arg(long, value_name = "FOLDER", requires = "landing")]
    pub run: Option<PathBuf>,
    /// Open the view that a link leads to, as "Copy link to this view" makes it
    #[arg(long, value_name = "LINK")]
    pub link: Option<String>,
    /// Look at readings that need more memory than this on the disk; half of what the machine has unless given
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory_limit: Option<u64>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the trusted and curated tables
    #[command(after_help = CURATE_EXAMPLES)]
    Curate(CurateArguments),
    /// Count the rows of every table, and write nothing
    #[command(after_help = COUNT_EXAMPLES)]
    Count(CountArguments),
    /// Run all checks, accept what fails and may, and say whether the tables may leave
    #[command(after_help = REVIEW_EXAMPLES)]
    Review(ReviewArguments),
    /// Write a training set that one can answer for: reviewed, split by customer, pseudonymised
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Box<ExportArguments>),
    /// Prove that an export was not changed and that the landing files still give it
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArguments),
    /// Find customers who withdrew in exports, and write those without them
    #[command(after_help = WITHDRAW_EXAMPLES)]
    Withdraw(WithdrawArguments),
    /// Compare two exports: rows, customers, columns, recipe
    Diff(DiffArguments),
    /// Infer whose device it is from the instants that it shares with the phones
    #[command(after_help = OWNERS_EXAMPLES)]
    Owners(OwnersArguments),
    /// Draw what a device and its customer's phone recorded, as SVG or PNG
    #[command(after_help = PLOT_EXAMPLES)]
    Plot(PlotArguments),
    /// Answer a query in SQL over the tables, masked
    #[command(after_help = super::examples::SQL_EXAMPLES, override_usage = "stedi-workbench sql [OPTIONS] <LANDING>... <QUERY>")]
    Sql(super::sql::SqlArguments),
    /// Write made-up landing files, the same bytes for the same seed
    #[command(after_help = GENERATE_EXAMPLES, after_long_help = generate_help())]
    Generate(GenerateArguments),
    /// Write what makes the same tables on Spark (Glue, EMR, spark-submit) and looks at them with Athena
    Lakehouse(LakehouseArguments),
    /// Show or clear what is kept of what was read, or say how much may be kept
    Cache(super::cache::CacheArguments),
    /// Compare the tables of a run on another engine with those made here, or of two runs, row for row
    Compare(super::compare::CompareArguments),
    /// Say what of display, drawing, folders and permissions works here
    Doctor(super::doctor::DoctorArguments),
    /// Write the pages of the manual
    #[command(hide = true)]
    Manual(super::manual::ManualArguments),
    /// Print what completes commands in a shell
    Completions { shell: Shell },
}

/// A number of bytes as people write it.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text} is no size; write a number of bytes, or one with KB, MB, GB or TB");
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().map_err(|_| wrong())?;
    let unit = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" | "k" => 1e3,
        "mb" | "m" => 1e6,
        "gb" | "g" => 1e9,
        "tb" | "t" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(wrong()),
    };
    let bytes = number * unit;
    if bytes.is_finite() && bytes < 9e18 { Ok(bytes as u64) } else { Err(wrong()) }
}

#[derive(Debug, Args)]
pub struct CurateArguments {
    #[command(flatten)]
    pub job: Job,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub engine: EngineArguments,
}

#[derive(Debug, Args)]
pub struct CountArguments {
    #[command(flatten)]
    pub job: Job,
    /// Compare with the counts of this file (JSON, CSV, or a table and its rows a line), and say which mistake gives a
    /// count that differs
    #[arg(long, value_name = "FILE")]
    pub expected: Option<PathBuf>,
    #[command(flatten)]
    pub engine: EngineArguments,
}

#[derive(Debug, Args)]
pub struct ReviewArguments {
    #[command(flatten)]
    pub job: Job,
    #[command(flatten)]
    pub answers: Answers,
}

/// What a review is given beside the landing files, and who answers for it.
#[derive(Debug, Args)]
pub struct Answers {
    /// Check the counts of this file as well
    #[arg(long, value_name = "FILE")]
    pub expected: Option<PathBuf>,
    /// Accept a failing check, with the reason; may be given several times
    #[arg(long, value_name = "ID=REASON")]
    pub accept: Vec<String>,
    /// Who answers for what is accepted, and signs an export
    #[arg(long, value_name = "NAME")]
    pub analyst: Option<String>,
    /// Keep the trail of acceptances in this file instead of the user's state folder
    #[arg(long, value_name = "FILE")]
    pub trail: Option<PathBuf>,
    /// Write a report for reviewers, one HTML file, with the joins row by row
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    #[command(flatten)]
    pub job: Job,
    /// The folder of the export; it must not be there yet
    #[arg(long, value_name = "DATASET", required_unless_present = "preview")]
    pub out: Option<PathBuf>,
    /// Take the place of an export that is there
    #[arg(long)]
    pub replace: bool,
    /// Say what the export will be and what an attacker could do with it, and write nothing
    #[arg(long)]
    pub preview: bool,
    #[command(flatten)]
    pub answers: Answers,
    #[command(flatten)]
    pub packing: Packing,
    #[command(flatten)]
    pub keys: Keys,
}

#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The folder of the export
    pub dataset: PathBuf,
    /// The landing folder or files that it was made from; without them only the export itself is looked at
    #[arg(long, value_name = "LANDING", num_args = 1..)]
    pub landing: Vec<PathBuf>,
    /// The recipe, where the key was thrown away and the recipe names people
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,
    /// The file of the key, if it is not among the kept ones
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The folder of keys instead of the one in the user's data folder
    #[arg(long, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,
    /// Print one JSON object, and nothing else
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct WithdrawArguments {
    /// The exports
    #[arg(required = true)]
    pub datasets: Vec<PathBuf>,
    /// Who withdrew: a file of e-mail addresses or serial numbers, one a line
    #[arg(long, value_name = "FILE")]
    pub customers: PathBuf,
    /// Only say what contains them, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take the place of the exports that contain them; without it DATASET-without-withdrawn is written beside each
    #[arg(long)]
    pub replace: bool,
    /// The file of the key, if it is not among the kept ones
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The folder of keys instead of the one in the user's data folder
    #[arg(long, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,
    /// Print one JSON object, and nothing else
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct DiffArguments {
    /// One export
    pub a: PathBuf,
    /// Another one
    pub b: PathBuf,
    /// Print one JSON object, and nothing else
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct OwnersArguments {
    #[command(flatten)]
    pub job: Job,
    /// Say who somebody is: e-mail addresses in the file of --out
    #[arg(long, requires = "out")]
    pub reveal: bool,
    /// Write the assignment to this CSV file, for your eyes alone
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PlotArguments {
    #[command(flatten)]
    pub job: Job,
    /// The serial number of the device
    #[arg(long, value_name = "SERIAL")]
    pub device: String,
    /// The picture; its ending says how it is written: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How instants are written
    #[arg(long, value_enum, default_value_t)]
    pub clock: ClockName,
    /// Light or dark; without it an SVG is as its reader has it, and a PNG light
    #[arg(long, value_enum)]
    pub theme: Option<ThemeName>,
    /// Begin here: RFC 3339, a day or milliseconds
    #[arg(long, value_name = "INSTANT", value_parser = instant, allow_negative_numbers = true)]
    pub from: Option<i64>,
    /// End here
    #[arg(long, value_name = "INSTANT", value_parser = instant, allow_negative_numbers = true)]
    pub to: Option<i64>,
    /// Lay over the motion of the other customer whom the join pairs most with this device
    #[arg(long)]
    pub other: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ClockName {
    #[default]
    Utc,
    Elapsed,
    Raw,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ThemeName {
    Light,
    Dark,
}

/// What to read and how to curate it.
#[derive(Debug, Args)]
pub struct Job {
    /// A landing folder, or landing files; on S3 s3://bucket/folder
    #[arg(required = true)]
    pub landing: Vec<PathBuf>,
    /// The choices, as JSON; the options below come after it
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,
    /// Whose consent counts
    #[arg(long, value_enum)]
    pub purpose: Option<PurposeName>,
    /// Keep a motion only if it was taken at or after its customer's consent, and so each row to learn from
    #[arg(long)]
    pub consent_date: bool,
    /// Count only consents given at or before this instant: RFC 3339, a day (its start in UTC) or milliseconds
    #[arg(long, value_name = "INSTANT", value_parser = instant, allow_negative_numbers = true)]
    pub as_of: Option<i64>,
    /// Leave out these customers and their readings: a file of e-mail addresses or serial numbers, one a line
    #[arg(long, value_name = "FILE")]
    pub withdrawn: Option<PathBuf>,
    /// Keep the first of the rows of a landing table that are equal in every column
    #[arg(long)]
    pub drop_duplicates: bool,
    /// How distances and motions are paired
    #[arg(long, value_enum)]
    pub join: Option<JoinName>,
    /// How far apart in time a distance and a motion may be under --join nearest, in milliseconds
    #[arg(long, value_name = "N")]
    pub tolerance_ms: Option<u32>,
    /// Use no more memory than this, and the disk for the rest: a number of bytes, or one with KB, MB, GB or TB; half of
    /// what the machine has unless given
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory_limit: Option<u64>,
    /// Take what was read of files that did not change from what is kept, and keep what is read
    #[arg(long)]
    pub cache: bool,
    /// Take the tables from what a run of this recipe on another engine left, and do not make them: the folder that the job
    /// of the kit wrote to
    #[arg(long, value_name = "FOLDER")]
    pub run: Option<PathBuf>,
    /// Print one JSON object, and nothing else
    #[arg(long)]
    pub json: bool,
    /// Exit with 1 if any record or file was refused, or a count is not the expected one
    #[arg(long)]
    pub strict: bool,
    /// Write the place and reason of every refused record to this CSV file
    #[arg(long, value_name = "FILE")]
    pub refused: Option<PathBuf>,
}

/// Where and how the tables are written.
#[derive(Debug, Args)]
pub struct Output {
    /// The folder for the tables; made if it is not there. Tables of an earlier run are replaced, each as a whole
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// The format of the tables
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatName,
}

#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// How many customers
    #[arg(long, value_name = "N", required_unless_present = "sample")]
    pub customers: Option<u64>,
    /// The folder; it must be empty or not there
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Another seed, other data
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Defects by name, separated by commas, each with a share if wanted: name=0.1
    #[arg(long, value_name = "NAMES", default_value = "none")]
    pub defects: Defects,
    /// The sample data that come with the program
    #[arg(long, conflicts_with_all = ["customers", "seed", "defects"])]
    pub sample: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PurposeName {
    Research,
    Public,
    Friends,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum JoinName {
    /// Same time stamp, whoever moved: the specification's rule
    Timestamp,
    /// Same time stamp, and the motion of the customer whose record carries the device's serial number
    Owner,
    /// Same time stamp, and the motion of the customer whose phone shares the device's instants
    InferredOwner,
    /// The nearest reading within --tolerance-ms, of the customer whose record carries the device's serial number
    Nearest,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum FormatName {
    #[default]
    Parquet,
    Csv,
    Ndjson,
    /// Arrow IPC
    Arrow,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Parquet => Self::Parquet,
            FormatName::Csv => Self::Csv,
            FormatName::Ndjson => Self::Ndjson,
            FormatName::Arrow => Self::Arrow,
        }
    }
}

impl Job {
    /// A recipe with the choices that were made here, but for the list of withdrawn customers, which is in a file.
    pub fn apply_to(&self, mut recipe: Recipe) -> Recipe {
        if let Some(purpose) = self.purpose {
            recipe.purpose = match purpose {
                PurposeName::Research => Purpose::Research,
                PurposeName::Public => Purpose::Public,
                PurposeName::Friends => Purpose::Friends,
            };
        }
        if let Some(join) = self.join {
            recipe.join = match join {
                JoinName::Timestamp => JoinRule::Timestamp,
                JoinName::Owner => JoinRule::Owner,
                JoinName::InferredOwner => JoinRule::InferredOwner,
                JoinName::Nearest => JoinRule::Nearest,
            };
        }
        recipe.tolerance_ms = self.tolerance_ms.unwrap_or(recipe.tolerance_ms);
        recipe.consent_date |= self.consent_date;
        recipe.as_of = self.as_of.or(recipe.as_of);
        if self.drop_duplicates {
            recipe.duplicates = Duplicates::Drop;
        }
        recipe
    }
}

fn instant(text: &str) -> Result<i64, String> {
    format::instant(text)
        .ok_or_else(|| "not an instant; give one such as 2022-06-18T17:58:55Z, 2022-06-18 or 1655575135000".to_owned())
}

fn generate_help() -> String {
    format!("{GENERATE_EXAMPLES}\n\nDefects:\n{}", Defects::help())
}
