//! Which columns of a table are in sight, in which order, and which of them stay there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::curation::TableView;
use crate::domain::stored;

/// The columns of a table as somebody arranged them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnLayout {
    /// All columns that were moved, in their order; the others follow in the order of the table.
    #[serde(with = "stored::columns")]
    order: Vec<&'static str>,
    #[serde(with = "stored::columns")]
    hidden: BTreeSet<&'static str>,
    #[serde(with = "stored::columns")]
    pinned: BTreeSet<&'static str>,
}

impl ColumnLayout {
    /// With a column first, if the table has it.
    pub fn led_by(name: &'static str) -> Self {
        Self { order: vec![name], ..Self::default() }
    }

    /// The positions of the columns in sight, those that stay first, and how many those are.
    pub fn in_sight(&self, view: &TableView) -> (Vec<usize>, usize) {
        let shown = |name: &&'static str| !self.hidden.contains(name);
        let names: Vec<&'static str> = self.names(view).into_iter().filter(shown).collect();
        let (pinned, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| self.pinned.contains(name));
        let count = pinned.len();
        (pinned.into_iter().chain(others).filter_map(|name| view.position(name)).collect(), count)
    }

    /// Whether nothing was arranged.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// What is called the change from this arrangement to another; none if they are the same.
    pub fn change_to(&self, to: &Self) -> Option<String> {
        if self == to {
            return None;
        }
        let changed = |from: &BTreeSet<&'static str>, to: &BTreeSet<&'static str>| {
            from.symmetric_difference(to).next().map(|name| (*name, to.contains(name)))
        };
        Some(match (changed(&self.hidden, &to.hidden), changed(&self.pinned, &to.pinned)) {
            _ if to.is_plain() => "columns reset".to_owned(),
            (Some((name, true)), _) => format!("column hidden: {name}"),
            (Some((name, false)), _) => format!("column shown: {name}"),
            (None, Some((name, true))) => format!("column pinned: {name}"),
            (None, Some((name, false))) => format!("column unpinned: {name}"),
            (None, None) => "columns moved".to_owned(),
        })
    }

    /// The columns out of sight.
    pub fn hidden(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.hidden.iter().copied()
    }

    /// Takes a column out of sight, or back.
    pub fn hide(&mut self, name: &'static str, hidden: bool) {
        if hidden {
            self.hidden.insert(name);
        } else {
            self.hidden.remove(name);
        }
    }

    /// Whether a column stays in sight while the others scroll.
    pub fn is_pinned(&self, name: &str) -> bool {
        self.pinned.contains(name)
    }

    /// Keeps a column in sight while the others scroll, or not.
    pub fn pin(&mut self, name: &'static str, pinned: bool) {
        if pinned {
            self.pinned.insert(name);
        } else {
            self.pinned.remove(name);
        }
    }

    /// Moves a column past its neighbour in sight, to the left or to the right.
    pub fn shift(&mut self, view: &TableView, name: &'static str, right: bool) {
        let (in_sight, _) = self.in_sight(view);
        let names: Vec<&'static str> =
            in_sight.iter().filter_map(|&at| view.column(at)).map(|column| column.name).collect();
        let Some(place) = names.iter().position(|other| *other == name) else { return };
        let neighbour = if right { place.checked_add(1) } else { place.checked_sub(1) };
        let Some(&neighbour) = neighbour.and_then(|place| names.get(place)) else { return };
        let mut order = self.names(view);
        let place_of = |order: &[&str], name| order.iter().position(|other| *other == name);
        if let (Some(one), Some(other)) = (place_of(&order, name), place_of(&order, neighbour)) {
            let moved = order.remove(one);
            order.insert(other, moved);
        }
        self.order = order;
    }

    fn names(&self, view: &TableView) -> Vec<&'static str> {
        let all: Vec<&'static str> = view.columns().map(|column| column.name).collect();
        let moved = self.order.iter().copied().filter(|name| all.contains(name));
        moved.chain(all.iter().copied().filter(|name| !self.order.contains(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_the_columns_has_a_name() {
        let arranged = |arrange: fn(&mut ColumnLayout)| {
            let mut layout = ColumnLayout { order: vec!["z", "x"], ..ColumnLayout::default() };
            arrange(&mut layout);
            layout
        };
        let (moved, plain) = (arranged(|_| {}), ColumnLayout::default());
        let (hidden, pinned) = (arranged(|layout| layout.hide("x", true)), arranged(|layout| layout.pin("x", true)));
        for (from, to, name) in [
            (&plain, &moved, Some("columns moved")),
            (&moved, &hidden, Some("column hidden: x")),
            (&hidden, &moved, Some("column shown: x")),
            (&moved, &pinned, Some("column pinned: x")),
            (&pinned, &moved, Some("column unpinned: x")),
            (&hidden, &plain, Some("columns reset")),
            (&hidden, &hidden, None),
        ] {
            assert_eq!(from.change_to(to).as_deref(), name);
        }
    }
}
