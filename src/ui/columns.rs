//! Which columns of a table are in sight, in which order, and which of them stay there.

use std::collections::BTreeSet;

use crate::curation::TableView;

/// The columns of a table as somebody arranged them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnLayout {
    /// All columns that were moved, in their order; the others follow in the order of the table.
    order: Vec<&'static str>,
    hidden: BTreeSet<&'static str>,
    pinned: BTreeSet<&'static str>,
}

impl ColumnLayout {
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
