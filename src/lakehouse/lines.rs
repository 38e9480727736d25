//! What a line of a landing file says that Spark would swallow or mistake, as SQL, for a server that runs nothing of ours.
//! `job.py` does the same in Python.
//!
//! A record is taken apart by regular expressions. They are strict (RFC 8259) and never go back, so that neither time nor
//! stack depends on what a line says. A key is found by what stands before it: within a text no `"` follows `{` or `,`
//! but the one that ends it, and behind that one no key goes on.

use super::engine::Engine;
use super::landing::key;
use crate::domain::{Column, Dataset, Kind};

/// The latest instant: the last millisecond of the year 9999.
const LAST_INSTANT: i64 = 253_402_300_799_999;

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Several,
    Stray,
    Malformed,
    NotObject,
    Nested,
    NotUtf8,
    Surrogate,
    Spelled,
    Twice,
    Missing,
    Text,
    Fraction,
    Mistyped,
    Range,
}

impl Fault {
    /// All.
    pub const ALL: [Self; 14] = [
        Self::Several,
        Self::Stray,
        Self::Malformed,
        Self::NotObject,
        Self::Nested,
        Self::NotUtf8,
        Self::Surrogate,
        Self::Spelled,
        Self::Twice,
        Self::Missing,
        Self::Text,
        Self::Fraction,
        Self::Mistyped,
        Self::Range,
    ];

    /// What the query calls it.
    fn code(self) -> &'static str {
        match self {
            Self::Several => "several",
            Self::Stray => "stray",
            Self::Malformed => "malformed",
            Self::NotObject => "not-object",
            Self::Nested => "nested",
            Self::NotUtf8 => "not-utf8",
            Self::Surrogate => "surrogate",
            Self::Spelled => "spelled",
            Self::Twice => "twice",
            Self::Missing => "missing",
            Self::Text => "text",
            Self::Fraction => "fraction",
            Self::Mistyped => "mistyped",
            Self::Range => "range",
        }
    }

    /// In words, what the query found and what to do: `code` or `code:key`. None for a word that the query does not give.
    pub fn in_words(found: &str) -> Option<String> {
        let (code, key) = found.split_once(':').unwrap_or((found, ""));
        let fault = Self::ALL.into_iter().find(|fault| fault.code() == code)?;
        Some(format!("{}; {}", fault.what().replace("{}", key), fault.todo()))
    }

    fn what(self) -> &'static str {
        match self {
            Self::Several => "more than one record on a line, of which Spark keeps the first",
            Self::Stray => "something behind the record that belongs to none",
            Self::Malformed => "no JSON, or a record that is cut off",
            Self::NotObject => "JSON that is no record",
            Self::Nested => "an object or an array in a record",
            Self::NotUtf8 => "bytes that are not UTF-8",
            Self::Surrogate => "a character that is half of one (a lone surrogate)",
            Self::Spelled => "{} under a key that is spelled otherwise, which Spark takes for absent",
            Self::Twice => "{} given twice",
            Self::Missing => "no {}, or a blank one",
            Self::Text => "a text for {} where a number belongs",
            Self::Fraction => "a number with a point or an exponent for {} where a whole number belongs",
            Self::Mistyped => "something for {} that is of another type",
            Self::Range => "{} out of range",
        }
    }

    fn todo(self) -> &'static str {
        match self {
            Self::Several => "write one record a line",
            Self::Stray => "write one record a line and nothing else",
            Self::Malformed => "deliver the file again",
            Self::NotObject => "write one record a line, not in arrays or over several lines",
            Self::Nested => {
                "leave it out, or use the job of `lakehouse`, which passes over it under keys that are unknown"
            }
            Self::NotUtf8 | Self::Surrogate => "write the file as UTF-8",
            Self::Spelled => "spell the keys as the feed does",
            Self::Twice => "write each key once",
            Self::Missing | Self::Range => "correct the records or take them out",
            Self::Text => "write numbers without quotation marks",
            Self::Fraction => "write whole numbers without a point",
            Self::Mistyped => "write the type that the feed has",
        }
    }
}

const SPACE: &str = r"[ \t\r\n]*+";
const NUMBER: &str = r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?+[0-9]++)?+";
/// A character given by its number, and no half of one.
const WHOLE: &str = r"u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}";
const ANY: &str = "u[0-9a-fA-F]{4}";
/// A text of nothing but what Unicode calls white space.
const BLANK: &str = r#"\A"(?:[\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]|\\[tnrf]|\\u(?:000[9a-dA-D]|0020|0085|00[aA]0|1680|200[0-9aA]|202[89fF]|205[fF]|3000))*+"\z"#;

fn text(escaped: &str) -> String {
    format!(r#""[^"\\\x00-\x1F]*+(?:\\(?:["\\/bfnrt]|{escaped})[^"\\\x00-\x1F]*+)*+""#)
}

/// A record without objects and arrays in it.
fn record(escaped: &str) -> String {
    let text = text(escaped);
    let pair = format!("{text}{SPACE}:{SPACE}(?:{text}|{NUMBER}|true|false|null)");
    format!(r"\{{{SPACE}(?:{pair}{SPACE}(?:,{SPACE}{pair}{SPACE})*+)?+\}}")
}

/// A regular expression as a text of Spark's SQL.
fn quoted(pattern: &str) -> String {
    format!("'{}'", pattern.replace('\\', r"\\").replace('\'', r"\'"))
}

fn is_like(what: &str, pattern: &str) -> String {
    format!("{what} RLIKE {}", quoted(pattern))
}

/// The query that looks through the lines of a data set, in the columns `file` and `line` of a view. It gives one row for
/// each kind of line: `fault`, null for sound records, `blank` for blank lines, else as [`Fault::in_words`] reads it; `file`,
/// null for sound records and blank lines; and `lines`, how many.
pub fn faults(dataset: Dataset, view: &str) -> String {
    let columns = dataset.schema();
    let list = |texts: Vec<String>| texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(", ");
    let keys = list(columns.iter().map(|column| key(column).to_owned()).collect());
    let names = list(columns.iter().map(|column| column.name.to_owned()).collect());
    let values: Vec<String> = (0..)
        .zip(columns)
        .map(|(place, column)| {
            let pattern = format!(r#"[{{,]{SPACE}"{}"{SPACE}:{SPACE}({}|[^,}}\s]++)"#, key(column), text(WHOLE));
            format!("regexp_extract(line, {}, 1) AS v_{place}", quoted(&pattern))
        })
        .collect();
    let spelled: String =
        columns.iter().map(|column| format!(" WHEN '{}' THEN '{}'", column.name, key(column))).collect();
    let twice: String = columns
        .iter()
        .map(|column| format!("\n    WHEN size(filter(keys, k -> k = '{0}')) > 1 THEN 'twice:{0}'", key(column)))
        .collect();
    let of_values: String =
        (0..).zip(columns).flat_map(|(place, column)| value_faults(&format!("v_{place}"), column)).collect();
    let sound = format!(r"\A{SPACE}{}{SPACE}\z", record(WHOLE));
    let begins = format!(r"\A{SPACE}{}", record(ANY));
    let shapes = [
        ("several", is_like("line", &format!(r"{begins}[ \t,\x1E]*+\{{"))),
        ("surrogate", is_like("line", &format!(r"{begins}{SPACE}\z"))),
        ("stray", is_like("line", &begins)),
        (
            "not-object",
            is_like("line", &format!(r"\A{SPACE}(?:\[|(?:{}|{NUMBER}|true|false|null){SPACE}\z)", text(ANY))),
        ),
        ("nested", "json_object_keys(line) IS NOT NULL".to_owned()),
    ];
    let shapes: String =
        shapes.iter().map(|(code, is_so)| format!("\n    WHEN NOT is_sound AND {is_so} THEN '{code}'")).collect();
    let is_sound = is_like("line", &sound);
    let values = values.join(",\n  ");
    let taken = format!("SELECT file, line, {is_sound} AS is_sound,\n  {values}\nFROM {}", Engine::Spark.quoted(view));
    let keyed = format!("SELECT *, CASE WHEN is_sound THEN json_object_keys(line) END AS keys\nFROM (\n{taken}\n)");
    let odd = format!("filter(keys, k -> lower(k) IN ({names}) AND k NOT IN ({keys}))");
    let odd = format!("SELECT *, {odd} AS odd\nFROM (\n{keyed}\n)");
    let blank = is_like("line", &format!(r"\A{SPACE}\z"));
    let shaped = format!(
        "SELECT *, CASE\n    WHEN NOT is_valid_utf8(line) THEN 'not-utf8'\n    WHEN {blank} THEN 'blank'{shapes}\n    \
         WHEN NOT is_sound THEN 'malformed'\n    WHEN size(odd) > 0 THEN concat('spelled:', CASE lower(odd[0]){spelled} END)\n    \
         WHEN size(array_distinct(keys)) = size(keys) THEN NULL{twice}\n  END AS shape\nFROM (\n{odd}\n)"
    );
    let found = format!("CASE\n    WHEN shape IS NOT NULL THEN shape{of_values}\n  END AS fault");
    format!(
        "SELECT fault, CASE WHEN fault <> 'blank' THEN file END AS file, count(*) AS lines\nFROM (\nSELECT file, \
         {found}\nFROM (\n{shaped}\n)\n)\nGROUP BY 1, 2"
    )
}

/// What may be wrong with a value, the first that is so.
fn value_faults(value: &str, column: &Column) -> Vec<String> {
    let key = key(column);
    let fault = |is_so: &str, code: &str| format!("\n    WHEN {is_so} THEN '{code}:{key}'");
    let absent = format!("({value} IN ('', 'null') OR {})", is_like(value, BLANK));
    let given = format!("NOT {absent}");
    let is_text = format!("substring({value}, 1, 1) = '\"'");
    let mut faults = vec![fault(&format!("{value} = '' AND array_contains(keys, '{key}')"), "spelled")];
    if column.required {
        faults.push(fault(&absent, "missing"));
    }
    let number = format!("{given} AND NOT {is_text}");
    if column.kind == Kind::Text {
        // A whole number has the same digits everywhere; how another one is written is lost.
        let digits = is_like(value, r"\A[1-9][0-9]*+\z");
        let fits = format!("(length({value}) < 19 OR length({value}) = 19 AND {value} <= '{}')", i64::MAX);
        faults.push(fault(&format!("{number} AND NOT ({digits} AND {fits})"), "mistyped"));
        return faults;
    }
    faults.push(fault(&format!("{given} AND {is_text}"), "text"));
    faults.push(fault(&format!("{value} IN ('true', 'false')"), "mistyped"));
    if column.kind != Kind::Float {
        faults.push(fault(&format!("{given} AND NOT {}", is_like(value, r"\A-?+[0-9]++\z")), "fraction"));
    }
    let is_within = match column.kind {
        Kind::Float => format!("abs(try_cast({value} AS DOUBLE)) < double('Infinity')"),
        Kind::Time => format!("try_cast({value} AS BIGINT) BETWEEN 0 AND {LAST_INSTANT}"),
        Kind::Integer | Kind::Text => format!("try_cast({value} AS BIGINT) IS NOT NULL"),
    };
    faults.push(fault(&format!("{given} AND NOT coalesce({is_within}, false)"), "range"));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_in_words_and_in_a_query() {
        let queries: Vec<String> = Dataset::ALL.into_iter().map(|dataset| faults(dataset, "lines")).collect();
        for fault in Fault::ALL {
            let words = Fault::in_words(&format!("{}:email", fault.code())).unwrap();
            assert!(!words.contains("{}"), "{words}");
            let (plain, of_a_key) = (format!("'{}'", fault.code()), format!("'{}:", fault.code()));
            assert!(queries.iter().any(|query| query.contains(&plain) || query.contains(&of_a_key)), "{fault:?}");
        }
        assert_eq!(Fault::in_words("ann@example.com"), None);
    }

    #[test]
    fn every_column_is_looked_at() {
        for dataset in Dataset::ALL {
            let query = faults(dataset, "lines");
            for (place, column) in dataset.schema().iter().enumerate() {
                assert!(query.contains(&format!(" AS v_{place}")), "{query}");
                assert!(query.contains(&format!("'spelled:{}'", key(column))), "{query}");
                assert_eq!(query.contains(&format!("'missing:{}'", key(column))), column.required, "{query}");
            }
        }
    }
}
