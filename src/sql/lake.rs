//! The zone tables as a query sees them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use polars::prelude::*;

use crate::curation::{Codes, Curation};
use crate::domain::{Code, Column as TableColumn, Kind, Privacy, Table};
use crate::explore::HIDDEN;
use crate::landing::Dictionary;

/// The tables of a curation for queries, with what stands for people and devices while they are masked. What is made of them is
/// kept, so that the next query has it at once.
pub struct Lake {
    curation: Arc<Curation>,
    codes: Arc<Codes>,
    people: OnceLock<Marks>,
    devices: OnceLock<Marks>,
    hidden: OnceLock<HashMap<&'static str, HashMap<String, u32>>>,
    masked: [OnceLock<DataFrame>; 8],
}

/// What stands for each text of a dictionary.
pub struct Marks {
    codes: StringChunked,
    numbers: HashMap<String, u32>,
}

impl Marks {
    fn new(dictionary: &Dictionary, code: impl Fn(&str) -> Option<String>) -> Self {
        // A blank text stands for nobody. One without a code is hidden.
        let mark = |text: &str| if text.is_empty() { String::new() } else { code(text).unwrap_or(HIDDEN.to_owned()) };
        let codes: Vec<String> = dictionary.iter().map(mark).collect();
        let numbers = codes.iter().cloned().zip(0..).collect();
        Self { codes: StringChunked::from_slice(PlSmallStr::EMPTY, &codes), numbers }
    }

    /// The number of the text that a code stands for.
    pub fn number(&self, code: &str) -> Option<u32> {
        self.numbers.get(code).copied()
    }
}

impl Lake {
    /// Of these tables.
    pub fn new(curation: Arc<Curation>, codes: Arc<Codes>) -> Self {
        let (people, devices, hidden) = Default::default();
        Self { curation, codes, people, devices, hidden, masked: [const { OnceLock::new() }; 8] }
    }

    /// The tables that it is of.
    pub fn curation(&self) -> &Arc<Curation> {
        &self.curation
    }

    /// The texts that stand for people or devices, and their codes.
    pub fn marks(&self, privacy: Privacy) -> Option<(&Arc<Dictionary>, &Marks)> {
        let (all, codes) = (self.curation.dictionaries(), &self.codes);
        let code = |code: Option<Code>| code.map(|code| code.to_string());
        match privacy {
            Privacy::Person => {
                let new = || Marks::new(&all.people, |text| code(codes.person(text)));
                Some((&all.people, self.people.get_or_init(new)))
            }
            Privacy::Device => {
                let new = || Marks::new(&all.devices, |text| code(codes.device(text)));
                Some((&all.devices, self.devices.get_or_init(new)))
            }
            Privacy::Open | Privacy::Personal => None,
        }
    }

    /// What takes the place of a text that was typed: the code of an e-mail address or serial number while those are masked, and what a
    /// code stands for while they are not. So a query means the same either way.
    pub fn stands_for(&self, text: &str, revealed: bool) -> Option<String> {
        // The dot in a code is on no keyboard.
        let typed = Code::typed(text).map_or_else(|| text.to_owned(), |code| code.to_string());
        let of = |privacy| {
            let (dictionary, marks) = self.marks(privacy)?;
            let coded = marks.number(&typed);
            if revealed {
                return dictionary.get(coded?).map(str::to_owned);
            }
            let landed = dictionary.number(text).filter(|_| !text.is_empty());
            marks.codes.get(landed.or(coded)? as usize).map(str::to_owned)
        };
        of(Privacy::Person).or_else(|| of(Privacy::Device))
    }

    /// Whether a text is a code or a mark, which says nobody.
    pub fn is_mark(&self, text: &str) -> bool {
        let is_code = |privacy| self.marks(privacy).is_some_and(|(_, marks)| marks.number(text).is_some());
        let is_hidden =
            || text.strip_prefix(HIDDEN).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        text.is_empty() || is_hidden() || is_code(Privacy::Person) || is_code(Privacy::Device)
    }

    /// Whether a text is somebody's name, phone number or birthday.
    pub fn is_personal(&self, text: &str) -> bool {
        self.hidden.get_or_init(|| self.different()).values().any(|texts| texts.contains_key(text))
    }

    /// The rows of a table. Instants are such.
    ///
    /// # Errors
    /// When a column is not held as its schema says.
    pub fn table(&self, table: Table, revealed: bool) -> PolarsResult<DataFrame> {
        if revealed {
            return self.columns(table, true);
        }
        if let Some(made) = self.masked[table.index()].get() {
            return Ok(made.clone());
        }
        let made = self.columns(table, false)?;
        Ok(self.masked[table.index()].get_or_init(|| made).clone())
    }

    fn columns(&self, table: Table, revealed: bool) -> PolarsResult<DataFrame> {
        let rows = self.curation.numbered(table);
        let column = |column: &TableColumn| {
            let values = rows.column(column.name)?;
            Ok(match (column.privacy, self.marks(column.privacy)) {
                (_, Some((dictionary, _))) if revealed => dictionary.texts(values.u32()?)?.into_column(),
                (_, Some((_, marks))) => marks.codes.take(values.u32()?)?.with_name(column.name.into()).into_column(),
                (Privacy::Personal, _) if !revealed => self.hide(column.name, values.str()?).into_column(),
                _ if column.kind == Kind::Time => values.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?,
                _ => values.clone(),
            })
        };
        DataFrame::new(rows.height(), table.schema().iter().map(column).collect::<PolarsResult<_>>()?)
    }

    /// A mark for each different text of a column, numbered as they landed: it tells which are the same, and nothing else.
    fn hide(&self, name: &'static str, texts: &StringChunked) -> StringChunked {
        let hidden = self.hidden.get_or_init(|| self.different());
        let none = HashMap::new();
        let numbers = hidden.get(name).unwrap_or(&none);
        let mark = |text: &str| match (text, numbers.get(text)) {
            ("", _) => String::new(),
            (_, Some(number)) => format!("{HIDDEN}{number}"),
            // From a table that another engine made of other records.
            (_, None) => HIDDEN.to_owned(),
        };
        let marks: StringChunked = texts.iter().map(|text| text.map(mark)).collect();
        marks.with_name(name.into())
    }

    fn different(&self) -> HashMap<&'static str, HashMap<String, u32>> {
        let rows = self.curation.numbered(Table::CustomerLanding);
        let columns = Table::CustomerLanding.schema().iter().filter(|column| column.privacy == Privacy::Personal);
        let numbered = |column: &TableColumn| {
            let mut numbers = HashMap::new();
            for text in rows.column(column.name).ok()?.str().ok()?.iter().flatten() {
                let next = numbers.len() as u32 + 1;
                if !numbers.contains_key(text) {
                    numbers.insert(text.to_owned(), next);
                }
            }
            Some((column.name, numbers))
        };
        columns.filter_map(numbered).collect()
    }
}
