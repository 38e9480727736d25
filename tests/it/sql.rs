//! SQL over the zone tables: what is answered and refused, what stays masked whatever is asked, and what needs a signature.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use stedi_workbench::curation::{Cell, Codes, curate};
use stedi_workbench::domain::format::thousands;
use stedi_workbench::domain::{Privacy, Progress, Recipe, Table};
use stedi_workbench::explore::{HIDDEN, Rows, Sheet};
use stedi_workbench::export::write_view;
use stedi_workbench::landing::{Source, read};
use stedi_workbench::sql::{Answer, AskError, EXAMPLES, Lake, Total, ask};

use crate::support::{checkout, real_data, sample_data, write};

/// Tables to ask, and the codes of their people.
pub struct Asked {
    pub lake: Lake,
    pub codes: Arc<Codes>,
}

impl Asked {
    pub fn of(folder: &Path) -> Self {
        let landing = read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap();
        let curation = Arc::new(curate(&landing, &Recipe::default(), &Progress::default()).unwrap());
        let codes = Arc::new(Codes::new(&landing));
        Self { lake: Lake::new(curation, Arc::clone(&codes)), codes }
    }

    fn ask(&self, text: &str, revealed: bool) -> Answer {
        ask(text, &self.lake, revealed, &Progress::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn fault(&self, text: &str) -> String {
        ask(text, &self.lake, false, &Progress::default()).map(|answer| answer.rows_in_words()).unwrap_err().to_string()
    }

    /// All cells as they stand on the screen.
    fn shown(&self, text: &str, revealed: bool) -> Vec<Vec<String>> {
        let answer = self.ask(text, revealed);
        let columns: Vec<usize> = (0..answer.view.columns().len()).collect();
        let sheet = Sheet { view: &answer.view, rows: &Rows::All, columns: &columns, codes: &self.codes, revealed };
        let cell = |row, at: &usize| match answer.view.cell(row, *at) {
            Cell::Null => "null".to_owned(),
            Cell::Text(text) => sheet.masked(answer.view.column(*at).unwrap(), text).into_owned(),
            Cell::Integer(number) | Cell::Time(number) => number.to_string(),
            Cell::Float(number) => number.to_string(),
        };
        (0..answer.view.rows()).map(|row| columns.iter().map(|at| cell(row, at)).collect()).collect()
    }

    /// The texts that stand in columns with personal data.
    pub fn secrets(&self) -> BTreeSet<String> {
        let view = self.lake.curation().view(Table::CustomerLanding);
        let columns = view.columns().enumerate().filter(|(_, column)| column.privacy != Privacy::Open);
        let cells = columns.flat_map(|(at, _)| (0..view.rows()).map(move |row| (row, at)));
        cells
            .filter_map(|(row, at)| view.cell(row, at).text())
            .filter(|text| text.len() > 3)
            .map(str::to_owned)
            .collect()
    }
}

pub fn sample() -> Asked {
    Asked::of(&sample_data())
}

#[test]
fn the_examples_of_the_page_are_those_of_the_documentation_and_are_answered() {
    let asked = sample();
    let text = fs::read_to_string(checkout().join("docs/sql.md")).unwrap();
    let documented: Vec<&str> =
        text.split("```sql\n").skip(1).map(|after| after.split("\n```").next().unwrap()).collect();
    assert_eq!(documented, EXAMPLES.map(|example| example.sql));
    for example in &EXAMPLES {
        let rows = asked.shown(example.sql, false);
        assert!(!rows.is_empty(), "{}", example.title);
        let revealed = asked.shown(example.sql, true);
        assert_eq!(rows.len(), revealed.len(), "{}", example.title);
    }
    for table in Table::ALL {
        for column in table.schema() {
            assert!(text.contains(&format!("`{}`", column.name)), "docs/sql.md does not name {}", column.name);
        }
    }
}

#[test]
fn the_public_data_have_the_pairs_of_strangers_that_the_documentation_says() {
    let Some(folder) = real_data() else { return };
    let asked = Asked::of(&folder);
    assert_eq!(asked.shown(EXAMPLES[3].sql, false), [["43681", "40981"]]);
    assert_eq!(43_681 - 40_981, 2_700);
    assert_eq!(asked.shown("SELECT COUNT(*) AS n FROM machine_learning_curated", false), [["43681"]]);
}

#[test]
fn queries_count_as_the_tables_do() {
    let asked = sample();
    for table in Table::ALL {
        let rows = asked.lake.curation().rows(table).to_string();
        assert_eq!(asked.shown(&format!("SELECT COUNT(*) AS n FROM {}", table.name()), false), [[rows]], "{table:?}");
        let whole = asked.ask(&format!("SELECT * FROM {}", table.name()), false);
        let view = asked.lake.curation().view(table);
        assert_eq!(whole.view.columns().collect::<Vec<_>>().len(), view.columns().len());
        assert_eq!((whole.view.rows(), whole.total), (view.rows(), Total::All));
        for (at, column) in view.columns().enumerate() {
            let found = whole.view.column(at).unwrap();
            assert_eq!((found.name, found.kind, found.privacy), (column.name, column.kind, column.privacy));
            for row in (0..view.rows()).filter(|_| column.privacy != Privacy::Personal) {
                assert_eq!(whole.view.cell(row, at), view.cell(row, at), "{table:?} {} {row}", column.name);
            }
        }
    }
    assert_eq!(asked.shown("SHOW TABLES", false).len(), Table::ALL.len());
}

/// Ways to get at a value, with the value as `$`.
const WAYS: [&str; 29] = [
    "$",
    "UPPER($)",
    "CONCAT($, '!')",
    "$ || 'x' || $",
    "SUBSTR($, 1, 5)",
    "LEFT($, 4)",
    "RIGHT($, 6)",
    "REVERSE($)",
    "LENGTH($)",
    "STRPOS($, 'a')",
    "REPLACE($, 'a', 'b')",
    "SPLIT_PART($, '@', 1)",
    "COALESCE($, 'none')",
    "NULLIF($, 'none')",
    "CASE WHEN $ LIKE 'a%' THEN 'a' ELSE 'b' END",
    "CASE WHEN 1 = 1 THEN $ ELSE 'b' END",
    "CASE $ WHEN 'a' THEN 1 ELSE 2 END",
    "CAST($ AS VARCHAR)",
    "TRY_CAST($ AS BIGINT)",
    "GREATEST($, 'a')",
    "INITCAP($)",
    "$ < 'm'",
    "$ IN ('a', 'b')",
    "FIRST_VALUE($) OVER (ORDER BY $)",
    "MAX($) OVER (PARTITION BY $)",
    "RANK() OVER (ORDER BY $)",
    "STARTS_WITH($, 'a')",
    "REGEXP_LIKE($, '^a')",
    "CONCAT_WS('-', $, $)",
];

/// Queries around a value, with the value as `$` and the column's own name as `#`.
const AROUND: [&str; 8] = [
    "SELECT $ AS out FROM customer_landing",
    "SELECT DISTINCT $ AS a1 FROM customer_trusted",
    "WITH t AS (SELECT $ AS b1 FROM customer_landing) SELECT b1 AS c1, b1 FROM t",
    "SELECT d1 FROM (SELECT $ AS d1 FROM customer_curated) AS t",
    "SELECT $ AS e1 FROM customer_landing UNION ALL SELECT 'x' AS e1 FROM step_trainer_landing LIMIT 2000",
    "SELECT MIN(f1) AS g1, MAX(f1) AS h1, FIRST(f1) AS i1 FROM (SELECT $ AS f1 FROM customer_landing) AS t",
    "SELECT j1, COUNT(*) AS n FROM (SELECT $ AS j1 FROM customer_landing) AS t GROUP BY j1",
    "SELECT k1 AS l1 FROM (SELECT $ AS k1 FROM customer_landing) AS t WHERE k1 IS NOT NULL ORDER BY k1",
];

#[test]
fn no_personal_text_comes_out_of_a_masked_query_however_it_is_asked() {
    let asked = sample();
    let secrets = asked.secrets();
    assert!(secrets.len() > 100);
    let folder = tempfile::tempdir().unwrap();
    let (mut answered, mut all) = (0, 0);
    for column in Table::CustomerLanding.schema().iter().filter(|column| column.privacy != Privacy::Open) {
        for (way, around) in WAYS.iter().flat_map(|way| AROUND.iter().map(move |around| (way, around))) {
            let query = around.replace('$', &way.replace('$', column.name));
            all += 1;
            // What the engine does not know is refused, without a word of what stands there.
            let text = match ask(&query, &asked.lake, false, &Progress::default()) {
                Err(error) => error.to_string(),
                Ok(answer) => {
                    answered += 1;
                    let columns: Vec<usize> = (0..answer.view.columns().len()).collect();
                    let sheet = Sheet {
                        view: &answer.view,
                        rows: &Rows::All,
                        columns: &columns,
                        codes: &asked.codes,
                        revealed: false,
                    };
                    // A folder each: its lock may outlive it in what another test starts.
                    let path = folder.path().join(all.to_string()).join("answer.csv");
                    write_view(&sheet, &path, &Progress::default()).unwrap();
                    // What is computed is nothing but dots, whatever type it has.
                    let is_plain = *way == "$";
                    for at in columns.iter().filter(|_| !is_plain) {
                        let column = answer.view.column(*at).unwrap();
                        let is_open = column.privacy == Privacy::Open && column.name != "n";
                        let is_rank = way.starts_with("RANK");
                        assert!(!is_open || is_rank, "{query}: {} is open", column.name);
                    }
                    fs::read_to_string(&path).unwrap()
                }
            };
            let leak = secrets.iter().find(|secret| text.contains(secret.as_str()) && !query.contains(secret.as_str()));
            assert_eq!(leak, None, "{query}");
        }
    }
    assert!(answered * 10 > all * 8, "only {answered} of {all} were answered");
}

#[test]
fn no_personal_text_comes_out_by_way_of_several_tables_either() {
    let asked = sample();
    let secrets = asked.secrets();
    let mut answered = 0;
    for query in [
        "SELECT * FROM customer_landing",
        "SELECT * EXCLUDE (email) FROM customer_landing",
        "SELECT * RENAME (email AS r) FROM customer_landing",
        "SELECT * REPLACE (UPPER(phone) AS phone) FROM customer_landing",
        "SELECT COLUMNS('e.*') FROM customer_landing",
        "SELECT c.*, a.* FROM customer_trusted AS c JOIN accelerometer_trusted AS a ON c.email = a.user LIMIT 500",
        "SELECT * FROM customer_landing AS a JOIN customer_trusted AS b USING (email)",
        "SELECT * FROM customer_landing NATURAL JOIN customer_trusted",
        "SELECT * FROM customer_landing AS a FULL JOIN customer_trusted AS b ON a.phone = b.phone",
        "SELECT email FROM customer_landing EXCEPT SELECT email FROM customer_trusted",
        "SELECT phone FROM customer_landing INTERSECT SELECT phone FROM customer_trusted",
        "SELECT customername AS x FROM customer_landing UNION SELECT phone AS x FROM customer_landing",
        "SELECT ARRAY_AGG(email) AS all_of_them FROM customer_landing",
        "SELECT STRING_AGG(customername, ', ') AS all_of_them FROM customer_landing",
        "SELECT a.email || b.phone AS x FROM customer_trusted AS a CROSS JOIN customer_trusted AS b LIMIT 100",
        "SELECT email, (SELECT MAX(phone) FROM customer_landing) AS p FROM customer_trusted",
        "SELECT user AS u, LAG(user) OVER (ORDER BY timestamp) AS before FROM accelerometer_trusted LIMIT 500",
        "SELECT user, serialnumber FROM machine_learning_curated LIMIT 500",
        "SELECT CASE WHEN phone LIKE '6%' THEN email ELSE customername END AS x FROM customer_landing",
        "EXPLAIN SELECT * FROM customer_landing WHERE phone IN (SELECT phone FROM customer_trusted)",
    ] {
        let text = match ask(query, &asked.lake, false, &Progress::default()) {
            Err(error) => error.to_string(),
            Ok(_) => {
                answered += 1;
                asked.shown(query, false).concat().join("\n")
            }
        };
        assert_eq!(secrets.iter().find(|secret| text.contains(secret.as_str())), None, "{query}");
    }
    assert!(answered > 14, "only {answered} were answered");
}

#[test]
fn a_plan_says_no_text_that_was_typed_while_personal_data_are_masked() {
    let asked = sample();
    let customers =
        asked.shown("SELECT email, customername, phone, birthday, serialnumber FROM customer_landing", true);
    let texts = customers.iter().find(|row| row.iter().all(|text| text.len() > 5)).unwrap();
    let code = &asked.shown("SELECT email FROM customer_landing LIMIT 1", false)[0][0];
    for text in texts {
        let part = &text[1..text.len() - 1];
        for condition in [
            format!("customername = '{text}'"),
            format!("phone LIKE '%{part}%'"),
            format!("email = '{text}'"),
            format!("birthday IN ('{text}', 'x')"),
            format!("CONCAT(customername, '{part}') = ''"),
        ] {
            let query = format!("EXPLAIN SELECT email FROM customer_landing WHERE {condition}");
            let plan = asked.shown(&query, false).concat().join("\n");
            assert!(plan.contains("customer") || plan.contains("FILTER"), "{plan}");
            assert!(!plan.contains(part), "{query}\n{plan}");
        }
        let query = format!("EXPLAIN SELECT email FROM customer_landing WHERE customername = '{text}'");
        assert!(asked.shown(&query, true).concat().join("\n").contains(part), "{query}");
    }
    // What says nobody is said: codes, formats and instants.
    for said in [code.as_str(), "%Y-%m", "2022-06-18"] {
        let query = format!("EXPLAIN SELECT CONCAT(email, '{said}') AS x FROM customer_landing");
        let plan = asked.shown(&query, false).concat().join("\n");
        assert!(plan.contains(said), "{plan}");
    }
}

#[test]
fn masked_or_not_the_same_rows_are_found() {
    let asked = sample();
    for query in [
        "SELECT COUNT(DISTINCT email) AS a, COUNT(DISTINCT customername) AS b, COUNT(DISTINCT phone) AS c, COUNT(DISTINCT birthday) AS d, \
         COUNT(DISTINCT serialnumber) AS e, COUNT(phone) AS f FROM customer_landing",
        "SELECT COUNT(*) AS n FROM customer_landing AS a JOIN customer_landing AS b ON a.birthday = b.birthday",
        "SELECT COUNT(*) AS n FROM customer_trusted AS c JOIN accelerometer_landing AS a ON c.email = a.user",
        "SELECT COUNT(*) AS n FROM customer_landing WHERE serialnumber IS NULL OR customername = ''",
        "SELECT n, COUNT(*) AS times FROM (SELECT COUNT(*) AS n FROM customer_landing GROUP BY customername) AS t GROUP BY n ORDER BY n",
        "SELECT COUNT(*) AS n FROM accelerometer_landing WHERE user IN (SELECT email FROM customer_curated)",
    ] {
        assert_eq!(asked.shown(query, false), asked.shown(query, true), "{query}");
    }
}

#[test]
fn a_typed_address_stands_for_its_code_and_a_code_for_its_address() {
    let asked = sample();
    let (dictionary, _) = asked.lake.marks(Privacy::Person).unwrap();
    let email = dictionary.iter().find(|text| text.contains('@')).unwrap().to_owned();
    let code = asked.codes.person(&email).unwrap().to_string();
    let query = |who: &str| format!("SELECT email FROM customer_landing WHERE email = '{who}'");
    let masked = asked.shown(&query(&email), false);
    assert!(!masked.is_empty() && masked.iter().all(|row| *row == [code.clone()]), "{masked:?}");
    assert_eq!(asked.shown(&query(&code), false), masked);
    // As it can be typed.
    for typed in [code.replace('·', "."), code.to_lowercase().replace('·', "-")] {
        assert_eq!(asked.shown(&query(&typed), false), masked, "{typed}");
    }
    assert_eq!(asked.shown(&query(&code.replace('·', ".")), true).len(), masked.len());
    let revealed = asked.shown(&query(&code), true);
    assert!(revealed.len() == masked.len() && revealed.iter().all(|row| *row == [email.clone()]), "{revealed:?}");
    // What would tell a hidden text question by question finds nothing.
    let guesses =
        format!("SELECT * FROM customer_landing WHERE email LIKE '{}%' OR birthday BETWEEN '1' AND '3'", &email[..3]);
    assert_eq!(asked.shown(&guesses, false), Vec::<Vec<String>>::new());
    assert!(!asked.shown(&guesses, true).is_empty());
    assert!(asked.ask(&guesses, false).compares_masked && !asked.ask(&guesses, true).compares_masked);
}

#[test]
fn what_is_computed_from_personal_data_is_dots_and_counts_are_not() {
    let asked = sample();
    let query = "SELECT email AS who, MAX(serialnumber) AS what, LENGTH(MIN(customername)) AS letters, COUNT(phone) AS n, COUNT(*) AS m \
                 FROM customer_landing GROUP BY email ORDER BY n DESC LIMIT 1";
    let rows = asked.shown(query, false);
    let [who, what, letters, n, m] = rows[0].as_slice() else { panic!("{rows:?}") };
    assert!(who.starts_with("C·") && what.starts_with("D·"), "{rows:?}");
    assert_eq!(letters, HIDDEN);
    assert!(n.parse::<u64>().is_ok() && m.parse::<u64>().is_ok(), "{rows:?}");
    let letters = &asked.shown(query, true)[0][2];
    assert!(letters.parse::<u64>().is_ok(), "{letters}");
}

#[test]
fn no_file_is_read_and_nothing_is_made() {
    let asked = sample();
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "secret.csv", "word\nxyzzy\n");
    let file = file.to_str().unwrap();
    for query in [
        format!("SELECT * FROM read_csv('{file}')"),
        format!("SELECT * FROM READ_CSV('{file}') AS customer_landing"),
        format!("WITH a AS (SELECT * FROM read_csv('{file}')) SELECT * FROM a"),
        format!("SELECT (SELECT word FROM read_csv('{file}')) AS w FROM customer_landing"),
        format!("SELECT * FROM customer_landing WHERE email IN (SELECT word FROM read_csv('{file}'))"),
        format!("SELECT * FROM customer_landing JOIN read_csv('{file}') AS f ON email = word"),
        format!("SELECT 1 AS word UNION ALL SELECT * FROM read_csv('{file}')"),
        format!("EXPLAIN SELECT * FROM read_csv('{file}')"),
        format!("SELECT * FROM '{file}'"),
        format!("SELECT * FROM \"{file}\""),
        format!("SELECT * FROM `{file}`"),
        format!("SELECT read_csv('{file}') AS w"),
        format!("COPY customer_landing TO '{file}'"),
        format!("CREATE TABLE t AS SELECT * FROM read_csv('{file}')"),
        "TABLE customer_landing".to_owned(),
    ] {
        let fault = asked.fault(&query);
        assert!(!fault.contains("xyzzy"), "{query}: {fault}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "word\nxyzzy\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn faults_have_their_place_and_say_no_value() {
    let asked = sample();
    for (query, words) in [
        ("SELECT emial FROM customer_landing", "1:8: there is no column emial here. Is email meant?"),
        ("SELECT c.email,\n  c.qqq FROM customer_landing AS c", "2:5: there is no column qqq here"),
        ("SELECT email FROM customer_landin", "1:19: there is no table customer_landin. Is customer_landing meant?"),
        ("SELECT nosuch(email) AS x FROM customer_landing", "nosuch"),
        ("SELECT email FROM customer_landing LIMIT", "expected"),
    ] {
        let fault = asked.fault(query);
        assert!(fault.contains(words), "{query}: {fault}");
    }
    // The engine's own words would repeat the value.
    let progress = Progress::default();
    let failed = ask("SELECT CAST(email AS BIGINT) AS x FROM customer_landing", &asked.lake, true, &progress);
    let fault = failed.map(|answer| answer.rows_in_words()).unwrap_err().to_string();
    assert!(fault.contains("TRY_CAST") && !fault.contains('@'), "{fault}");
}

#[test]
fn rows_that_could_make_the_training_set_need_a_signature_and_counts_do_not() {
    let asked = sample();
    let join = "step_trainer_trusted AS s JOIN accelerometer_trusted AS a ON s.sensorreadingtime = a.timestamp";
    for (query, gated, internal) in [
        ("SELECT * FROM machine_learning_curated".to_owned(), true, 1),
        ("SELECT x FROM machine_learning_curated".to_owned(), true, 0),
        ("SELECT UPPER(user) AS who, x FROM machine_learning_curated".to_owned(), true, 1),
        ("SELECT MAX(user) AS who FROM machine_learning_curated".to_owned(), true, 1),
        (format!("SELECT s.distancefromobject, a.x, a.user AS u FROM {join}"), true, 1),
        (format!("WITH t AS (SELECT a.x FROM {join}) SELECT AVG(x) AS m FROM t"), true, 0),
        (
            "SELECT x FROM accelerometer_landing UNION ALL SELECT distancefromobject FROM step_trainer_landing"
                .to_owned(),
            true,
            0,
        ),
        (format!("SELECT COUNT(*) AS n, COUNT(DISTINCT s.serialnumber) AS d FROM {join}"), false, 0),
        ("SELECT COUNT(*) + 1 AS n FROM machine_learning_curated".to_owned(), false, 0),
        ("EXPLAIN SELECT * FROM machine_learning_curated".to_owned(), false, 0),
        ("SELECT * FROM accelerometer_trusted".to_owned(), false, 0),
        (
            "SELECT * FROM customer_curated AS c JOIN step_trainer_trusted AS s ON c.serialnumber = s.serialnumber"
                .to_owned(),
            false,
            0,
        ),
    ] {
        let answer = asked.ask(&query, false);
        assert_eq!((answer.gated, answer.internal.len()), (gated, internal), "{query}");
    }
}

#[test]
fn rows_that_are_too_many_are_said_and_pairs_without_end_are_not_begun() {
    let asked = sample();
    let rows = |table| asked.lake.curation().rows(table);
    let cross = |table: Table| {
        format!("SELECT a.x, b.serialnumber FROM accelerometer_landing AS a CROSS JOIN {} AS b", table.name())
    };
    let pairs = |table| rows(Table::AccelerometerLanding) * rows(table);
    let (counted, many) = (Table::CustomerLanding, Table::StepTrainerLanding);
    assert!((1_000_001..50_000_000).contains(&pairs(counted)) && pairs(many) > 50_000_000);
    let answer = asked.ask(&cross(counted), false);
    assert_eq!((answer.view.rows(), answer.total), (1_000_000, Total::Of(pairs(counted))));
    assert!(answer.rows_in_words().starts_with("the first 1,000,000 of "), "{}", answer.rows_in_words());
    assert_eq!(asked.ask(&cross(many), false).total, Total::MoreThan(50_000_000));
    let sorted = asked.fault(&format!("{} ORDER BY a.x", cross(many)));
    assert!(sorted.contains("no more than 20,000,000 are made"), "{sorted}");
    // A key that does not tell rows apart is noticed as well.
    let join = "SELECT a.timestamp FROM accelerometer_landing AS a JOIN accelerometer_landing AS b ON a.x = b.x";
    let view = asked.lake.curation().view(Table::AccelerometerLanding);
    let mut times = std::collections::BTreeMap::<i64, u64>::new();
    (0..view.rows()).for_each(|row| *times.entry(view.cell_of(row as u32, "x").number() as i64).or_default() += 1);
    let joined: u64 = times.values().map(|times| times * times).sum();
    let sorted = asked.fault(&format!("{join} ORDER BY a.timestamp"));
    assert!(joined > 20_000_000 && sorted.contains(&format!(": {} rows come of it", thousands(joined))), "{sorted}");
    assert_eq!(asked.shown(&format!("SELECT COUNT(*) AS n FROM ({join}) AS t"), false), [[joined.to_string()]]);
    let fault = asked.fault(
        "SELECT a.x FROM accelerometer_landing AS a CROSS JOIN step_trainer_landing AS b CROSS JOIN step_trainer_landing AS c",
    );
    assert!(fault.contains("pairs every row with every other"), "{fault}");
    assert!(fault.contains("Join ON more columns"), "{fault}");
}

#[test]
fn a_query_that_is_stopped_has_no_answer() {
    let asked = sample();
    let progress = Progress::default();
    progress.cancel();
    let stopped = ask("SELECT * FROM customer_landing", &asked.lake, false, &progress);
    assert!(matches!(stopped, Err(AskError::Cancelled(_))));
}

#[test]
fn instants_and_other_types_are_shown_as_what_they_are() {
    let asked = sample();
    let rows = asked.ask(
        "SELECT MIN(timestamp) AS at, MAX(timestamp) - MIN(timestamp) AS lasted, AVG(x) AS mean, COUNT(*) > 0 AS some, \
         CAST(MIN(timestamp) AS DATE) AS day, 1.5 AS half, NULL AS nothing FROM accelerometer_landing",
        false,
    );
    let cell = |name: &str| rows.view.cell_of(0, name);
    let view = asked.lake.curation().view(Table::AccelerometerLanding);
    let times: Vec<i64> = (0..view.rows()).filter_map(|row| view.cell(row, 1).time()).collect();
    let (first, last) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
    assert_eq!((cell("at"), cell("lasted")), (Cell::Time(first), Cell::Integer(last - first)));
    assert!(matches!(cell("mean"), Cell::Float(_)) && cell("half") == Cell::Float(1.5));
    assert_eq!((cell("some"), cell("nothing")), (Cell::Text("true"), Cell::Null));
    assert!(matches!(cell("day"), Cell::Text(day) if day.len() == 10));
    let some = asked.shown(
        "SELECT COUNT(*) AS n FROM accelerometer_landing WHERE timestamp >= TIMESTAMP '1970-01-02 00:00:00'",
        false,
    );
    assert_eq!(some, [[times.len().to_string()]]);
}

#[test]
fn an_order_by_a_count_is_that_of_the_column_that_counts() {
    let asked = Asked::of(&sample_data());
    let start = "SELECT x, count(*) AS n, sum(y) FROM accelerometer_trusted GROUP BY x ORDER BY";
    for (one, same) in [("count(*) DESC, x LIMIT 5", "n DESC, x LIMIT 5"), ("SUM(y), x LIMIT 5", "3, x LIMIT 5")] {
        let rows = asked.shown(&format!("{start} {one}"), false);
        assert_eq!(rows, asked.shown(&format!("{start} {same}"), false), "{one}");
        assert_ne!(rows, asked.shown(&format!("{start} x LIMIT 5"), false), "{one} orders by something");
    }
    let fault = asked.fault("SELECT serialnumber FROM step_trainer_trusted GROUP BY serialnumber ORDER BY count(*)");
    assert!(fault.starts_with("1:69: count(*) is ordered by and is no column."), "{fault}");
    let fault = asked.fault("SELECT (SELECT count(*) FROM customer_landing) AS a");
    assert!(fault.starts_with("1:8: a query in brackets cannot stand at its place here."), "{fault}");
}
