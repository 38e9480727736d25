//! What somebody wants to see of a table: filters, an order, a text to find.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::format::short;
use crate::domain::{Column, Kind, stored};

/// Which rows of a table, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Rows that pass all of these that are switched on.
    pub filters: Vec<Filter>,
    /// By the first, then by the next; none leaves the order of the files.
    pub sorts: Vec<Sort>,
    /// A text that some cell of the row has in it, as it is shown; blank finds all.
    pub find: String,
}

/// A test on one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// The column's name.
    #[serde(with = "stored::column")]
    pub column: stored::ColumnName,
    /// What its cells must be.
    pub test: Test,
    /// Switched off, it stays in sight but lets all rows pass.
    pub on: bool,
}

/// What a cell must be. A null passes none of them but [`Test::Missing`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Null.
    Missing,
    /// Not null.
    Present,
    /// A number from the first to the second, both included.
    #[serde(with = "stored::range")]
    Between(f64, f64),
    /// A whole number or instant (milliseconds) from the first to the second, both included.
    Within(i64, i64),
    /// One of these texts.
    OneOf(BTreeSet<String>),
    /// A text that has this in it as it is shown, whatever the case.
    Contains(String),
}

/// An order by one column; rows that are equal in it keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column's name.
    #[serde(with = "stored::column")]
    pub column: stored::ColumnName,
    /// The largest first.
    pub descending: bool,
    /// Nulls before all others, not after them.
    pub nulls_first: bool,
}

impl Test {
    /// From which number to which, where that is what it asks for.
    pub fn range_in_words(&self) -> Option<String> {
        let Self::Between(from, to) = self else { return None };
        match (from.is_finite(), to.is_finite()) {
            (true, true) => Some(format!("{} to {}", short(*from), short(*to))),
            (true, false) => Some(format!("≥ {}", short(*from))),
            (false, true) => Some(format!("≤ {}", short(*to))),
            (false, false) => None,
        }
    }
}

impl Query {
    /// Whether all rows are shown in the order of the files.
    pub fn is_plain(&self) -> bool {
        self.sorts.is_empty() && !self.has_filters()
    }

    /// Whether any filter or text to find is in force.
    pub fn has_filters(&self) -> bool {
        self.filters.iter().any(|filter| filter.on) || !self.find.trim().is_empty()
    }

    /// Puts a filter in the place of the one on the same column with the same kind of test, or behind all others.
    pub fn set(&mut self, filter: Filter) {
        let same = |other: &&mut Filter| other.column == filter.column && other.test.is_like(&filter.test);
        match self.filters.iter_mut().find(same) {
            Some(other) => *other = filter,
            None => self.filters.push(filter),
        }
    }

    /// Sorts by a column: first ascending, then descending, then not. With `also`, the other orders stay.
    pub fn turn(&mut self, column: &'static str, also: bool) {
        let place = self.sorts.iter().position(|sort| sort.column == column);
        let next = match place.map(|place| self.sorts[place]) {
            None => Some(Sort { column, descending: false, nulls_first: false }),
            Some(sort) if !sort.descending => Some(Sort { descending: true, ..sort }),
            Some(_) => None,
        };
        if !also {
            self.sorts = next.into_iter().collect();
            return;
        }
        match (place, next) {
            (Some(place), Some(next)) => self.sorts[place] = next,
            (Some(place), None) => drop(self.sorts.remove(place)),
            (None, next) => self.sorts.extend(next),
        }
    }
}

impl Test {
    /// Whether two tests ask the same question with other values.
    fn is_like(&self, other: &Self) -> bool {
        let is_presence = |test: &Self| matches!(test, Self::Missing | Self::Present);
        (is_presence(self) && is_presence(other)) || std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// A range over a column from one number to another, as the kind of column has it.
    pub fn range(column: &Column, from: f64, to: f64) -> Self {
        match column.kind {
            Kind::Float => Self::Between(from, to),
            Kind::Integer | Kind::Time | Kind::Text => Self::Within(from.ceil() as i64, to.floor() as i64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_sorted_up_then_down_then_not() {
        let mut query = Query::default();
        query.turn("x", false);
        query.turn("y", true);
        assert_eq!(query.sorts.iter().map(|sort| sort.column).collect::<Vec<_>>(), ["x", "y"]);
        query.turn("y", true);
        assert!(query.sorts[1].descending);
        query.turn("y", true);
        assert_eq!(query.sorts.len(), 1);
        query.turn("z", false);
        assert_eq!(query.sorts.iter().map(|sort| sort.column).collect::<Vec<_>>(), ["z"]);
    }

    #[test]
    fn a_filter_takes_the_place_of_its_like() {
        let mut query = Query::default();
        let filter = |test| Filter { column: "x", test, on: true };
        query.set(filter(Test::Between(0.0, 1.0)));
        query.set(filter(Test::Between(0.0, 2.0)));
        query.set(filter(Test::Missing));
        query.set(filter(Test::Present));
        assert_eq!(query.filters, [filter(Test::Between(0.0, 2.0)), filter(Test::Present)]);
    }
}
