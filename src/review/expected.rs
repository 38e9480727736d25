//! Expected counts: the rows that another system, such as Athena or Glue, reports for a table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Table;

/// How many rows tables should have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected(BTreeMap<Table, u64>);

/// Text that holds no expected counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpectedError {
    /// It starts like JSON and is not an object of numbers.
    #[error(
        "the expected counts are no JSON object of row counts: {0}. Give one such as {{\"customer_trusted\": 482}}"
    )]
    Json(String),
    /// No table of the catalog is called so.
    #[error("there is no table named {0:?}; known are: {names}", names = Table::ALL.map(Table::name).join(", "))]
    UnknownTable(String),
    /// What stands there does not even look like a table's name, as in a file that holds something else. It is not
    /// repeated, since it may be somebody's name.
    #[error(
        "entry {0} of the expected counts does not start with the name of a table. Give a table and its rows a line, \
         such as customer_trusted=482"
    )]
    NoTable(usize),
    /// No whole number stands behind the table.
    #[error("the expected count of {} is no whole number. Give one such as {}=482", .0.name(), .0.name())]
    NoNumber(Table),
    /// It is there twice, so that it is not known which one counts.
    #[error("the expected count of {} is given twice. Give it once", .0.name())]
    Twice(Table),
    /// Nothing is expected.
    #[error("there is no expected count. Give a table and its rows a line, such as customer_trusted=482")]
    Nothing,
}

impl Expected {
    /// Reads a JSON object of table names and rows, a CSV text with the columns table and rows, or lines such as
    /// `customer_trusted 482` and `customer_trusted=482`. Blank lines and lines that start with `#` are left out.
    ///
    /// # Errors
    /// When a table is not known or is there twice, a count is no number, or there is none.
    pub fn parse(text: &str) -> Result<Self, ExpectedError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let mut expected = Self::default();
        if text.starts_with(['{', '[']) {
            // Pairs and not a map, so that a name that is there twice is noticed.
            let Pairs(pairs) = serde_json::from_str(text).map_err(|error| ExpectedError::Json(error.to_string()))?;
            for (number, (name, rows)) in pairs.iter().enumerate() {
                expected.add(number + 1, name, &rows.to_string())?;
            }
        } else {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            for (number, line) in lines.enumerate() {
                let line = line.replace('"', "");
                let end = line.find([' ', '\t', ',', ';', '=', ':', '|']);
                let (name, rows) = line.split_at(end.unwrap_or(line.len()));
                let is_header = number == 0 && name.eq_ignore_ascii_case("table");
                if !is_header {
                    expected.add(number + 1, name, rows)?;
                }
            }
        }
        if expected.0.is_empty() { Err(ExpectedError::Nothing) } else { Ok(expected) }
    }

    /// Expects so many rows of a table, whatever was expected before.
    pub fn set(&mut self, table: Table, rows: u64) {
        self.0.insert(table, rows);
    }

    /// Expects nothing of a table any more.
    pub fn remove(&mut self, table: Table) {
        self.0.remove(&table);
    }

    /// The rows that are expected of a table.
    pub fn get(&self, table: Table) -> Option<u64> {
        self.0.get(&table).copied()
    }

    /// The tables of which something is expected, in the order of the catalog.
    pub fn iter(&self) -> impl Iterator<Item = (Table, u64)> {
        self.0.iter().map(|(table, rows)| (*table, *rows))
    }

    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, number: usize, name: &str, rows: &str) -> Result<(), ExpectedError> {
        let is_called = |table: &Table| table.name().eq_ignore_ascii_case(name.trim());
        let unknown = || {
            let is_name = name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
            if is_name { ExpectedError::UnknownTable(name.to_owned()) } else { ExpectedError::NoTable(number) }
        };
        let table = Table::ALL.into_iter().find(is_called).ok_or_else(unknown)?;
        let rows = rows.trim_start_matches([' ', '\t', ',', ';', '=', ':', '|']).trim_end();
        // Numbers are written for people too: 40,981 and 40_981.
        let digits: String = rows.chars().filter(|c| !matches!(c, ',' | '_' | '\'' | ' ')).collect();
        let rows = digits.parse().map_err(|_| ExpectedError::NoNumber(table))?;
        if self.0.insert(table, rows).is_some() {
            return Err(ExpectedError::Twice(table));
        }
        Ok(())
    }
}

/// The members of a JSON object, in order and with repetitions.
struct Pairs(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> serde::de::Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = vec![];
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_in_every_form() {
        for text in [
            r#"{"customer_trusted": 482, "accelerometer_trusted": 40981}"#,
            "table,rows\ncustomer_trusted,482\r\naccelerometer_trusted,40981\n",
            "\"table\",\"rows\"\n\"customer_trusted\",\"482\"\n\"accelerometer_trusted\",\"40981\"",
            "customer_trusted 482\n\n# of yesterday\naccelerometer_trusted = 40,981",
            "CUSTOMER_TRUSTED=482\naccelerometer_trusted: 40_981",
            "accelerometer_trusted\t40981\ncustomer_trusted\t482",
        ] {
            let expected = Expected::parse(text).unwrap();
            let pairs: Vec<_> = expected.iter().collect();
            assert_eq!(pairs, [(Table::CustomerTrusted, 482), (Table::AccelerometerTrusted, 40_981)], "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = |text: &str| Expected::parse(text).unwrap_err().to_string();
        for text in ["customers 5", r#"{"customers": 5}"#] {
            assert!(
                error(text).contains("\"customers\"") && error(text).contains("customer_trusted"),
                "{}",
                error(text)
            );
        }
        for text in [
            "customer_trusted",
            "customer_trusted many",
            "customer_trusted -1",
            r#"{"customer_trusted": null}"#,
            r#"{"customer_trusted": 1.5}"#,
        ] {
            assert_eq!(Expected::parse(text), Err(ExpectedError::NoNumber(Table::CustomerTrusted)), "{text}");
        }
        for text in ["customer_trusted 1\ncustomer_trusted 1", r#"{"customer_trusted": 1, "customer_trusted": 1}"#] {
            assert_eq!(Expected::parse(text), Err(ExpectedError::Twice(Table::CustomerTrusted)), "{text}");
        }
        for text in ["\nann@example.com", r#"{"ann@example.com": 1}"#, "customer_trusted\u{1}=482", "0b8f-11 5"] {
            assert_eq!(Expected::parse(text), Err(ExpectedError::NoTable(1)), "{text}");
        }
        assert_eq!(Expected::parse(" \n# none\n"), Err(ExpectedError::Nothing));
        assert!(error("[1]").contains("JSON object"), "{}", error("[1]"));
    }
}
