//! Compares two exports: rows, customers, columns, recipe.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::Path;

use polars::prelude::DataFrame;
use serde::Serialize;
use serde_json::Value;

use super::manifest::{Manifest, TableEntry};
use super::split::SideList;
use super::{ReleaseError, read};
use crate::domain::{Progress, Side};

/// How two exports differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Each table that is in one of them.
    pub tables: Vec<TableDifference>,
    /// Customers; none where the keys differ, so that nobody can be followed from one to the other.
    pub customers: Option<CustomerDifference>,
    /// Choices of the recipe and the packaging with another value: the name, and the value in each.
    pub choices: Vec<(String, Value, Value)>,
    /// Landing files that are not in both, or not the same.
    pub landing: Vec<String>,
    /// Whether the pseudonyms are of one key.
    pub same_key: bool,
}

/// How one table differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableDifference {
    pub name: String,
    /// Rows in each; none where it is missing.
    pub rows: [Option<u64>; 2],
    /// Rows that are in both; none where they cannot be compared.
    pub in_both: Option<u64>,
    /// Columns that only the first has, and only the second.
    pub only_columns: [Vec<String>; 2],
    /// Whether both say the same, cell for cell.
    pub is_same: bool,
}

/// How the customers differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CustomerDifference {
    pub in_both: u64,
    pub only_in: [u64; 2],
    /// Those of both who are on another side.
    pub moved: u64,
}

impl Difference {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.tables.iter().all(|table| table.is_same) && self.choices.is_empty() && self.landing.is_empty()
    }
}

/// Compares two exports. Progress counts tables.
///
/// # Errors
/// When one cannot be read, or when cancelled.
pub fn diff(a: &Path, b: &Path, progress: &Progress) -> Result<Difference, ReleaseError> {
    let (one, other) = (Manifest::read(a)?, Manifest::read(b)?);
    let same_key = one.key.id == other.key.id;
    let names: BTreeSet<&str> = one.tables.iter().chain(&other.tables).map(|table| table.name.as_str()).collect();
    progress.set_total(names.len() as u64);
    let mut tables = vec![];
    for name in names {
        progress.check()?;
        let of = |manifest: &Manifest| manifest.tables.iter().find(|table| table.name == name).cloned();
        tables.push(table((a, &one, of(&one)), (b, &other, of(&other)), name, same_key)?);
        progress.advance(1);
    }
    let customers = same_key.then(|| customers(a, b)).flatten();
    let mut choices = vec![];
    differences("", &one.recipe, &other.recipe, &mut choices);
    let packaging = |manifest: &Manifest| serde_json::to_value(&manifest.packaging).unwrap_or_default();
    differences("export", &packaging(&one), &packaging(&other), &mut choices);
    Ok(Difference { tables, customers, choices, landing: landing(&one, &other), same_key })
}

type Side1<'a> = (&'a Path, &'a Manifest, Option<TableEntry>);

fn table(a: Side1<'_>, b: Side1<'_>, name: &str, same_key: bool) -> Result<TableDifference, ReleaseError> {
    let columns = |side: &Side1<'_>| -> Vec<String> {
        side.2.iter().flat_map(|table| &table.columns).map(|column| column.name.clone()).collect()
    };
    let (left, right) = (columns(&a), columns(&b));
    let only = |of: &[String], not: &[String]| of.iter().filter(|name| !not.contains(name)).cloned().collect();
    let mut difference = TableDifference {
        name: name.to_owned(),
        rows: [a.2.as_ref().map(|table| table.rows), b.2.as_ref().map(|table| table.rows)],
        in_both: None,
        only_columns: [only(&left, &right), only(&right, &left)],
        is_same: false,
    };
    let (Some(one), Some(other)) = (&a.2, &b.2) else { return Ok(difference) };
    difference.is_same = one.content_sha256 == other.content_sha256;
    if difference.is_same {
        difference.in_both = Some(one.rows);
    } else if left == right && same_key {
        let rows = |side: &Side1<'_>, entry| -> Result<Vec<u64>, ReleaseError> {
            row_hashes(&read::table(side.0, entry, side.1.packaging.format)?)
        };
        difference.in_both = Some(common(&rows(&a, one)?, &rows(&b, other)?));
    }
    Ok(difference)
}

/// A hash of each row, sorted.
fn row_hashes(frame: &DataFrame) -> Result<Vec<u64>, ReleaseError> {
    let state = std::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default();
    let mut hashers: Vec<_> = (0..frame.height()).map(|_| state.build_hasher()).collect();
    for column in frame.columns() {
        if let Ok(values) = column.i64() {
            hashers
                .iter_mut()
                .zip(values.iter())
                .for_each(|(hasher, value)| hasher.write_i64(value.unwrap_or(i64::MIN)));
        } else if let Ok(values) = column.f64() {
            let bits = |value: Option<f64>| value.unwrap_or(f64::NAN).to_bits();
            hashers.iter_mut().zip(values.iter()).for_each(|(hasher, value)| hasher.write_u64(bits(value)));
        } else {
            let values = column.str()?;
            hashers.iter_mut().zip(values.iter()).for_each(|(hasher, value)| {
                hasher.write(value.unwrap_or_default().as_bytes());
                hasher.write_u8(u8::from(value.is_some()));
            });
        }
    }
    let mut hashes: Vec<u64> = hashers.iter().map(std::hash::Hasher::finish).collect();
    hashes.sort_unstable();
    Ok(hashes)
}

/// How many two sorted lists have in common, each as often as it is in both.
fn common(a: &[u64], b: &[u64]) -> u64 {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(i), b.get(j)) {
        both += u64::from(one == other);
        i += usize::from(one <= other);
        j += usize::from(other <= one);
    }
    both
}

fn customers(a: &Path, b: &Path) -> Option<CustomerDifference> {
    let sides = |folder: &Path| -> Option<BTreeMap<String, Side>> {
        let text = std::fs::read_to_string(folder.join("splits.csv")).ok()?;
        Some(SideList::parse(&text).ok()?.into_entries())
    };
    let (one, other) = (sides(a)?, sides(b)?);
    let mut found = CustomerDifference::default();
    for (customer, side) in &one {
        match other.get(customer) {
            None => found.only_in[0] += 1,
            Some(there) => {
                found.in_both += 1;
                found.moved += u64::from(there != side);
            }
        }
    }
    found.only_in[1] = other.keys().filter(|customer| !one.contains_key(*customer)).count() as u64;
    Some(found)
}

fn differences(before: &str, a: &Value, b: &Value, found: &mut Vec<(String, Value, Value)>) {
    if let (Value::Object(one), Value::Object(other)) = (a, b) {
        let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for name in names {
            let path = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
            let of = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
            differences(&path, &of(one), &of(other), found);
        }
    } else if a != b {
        found.push((before.to_owned(), a.clone(), b.clone()));
    }
}

fn landing(a: &Manifest, b: &Manifest) -> Vec<String> {
    let files = |manifest: &Manifest| -> BTreeMap<String, String> {
        manifest.landing.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect()
    };
    let (one, other) = (files(a), files(b));
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let say = |name: &String| match (one.get(name), other.get(name)) {
        (Some(_), None) => Some(format!("{name} is only in the first")),
        (None, Some(_)) => Some(format!("{name} is only in the second")),
        (one, other) if one != other => Some(format!("{name} is another one")),
        _ => None,
    };
    names.into_iter().filter_map(say).collect()
}
