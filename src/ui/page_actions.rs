//! Those that go from page to page.

use egui::{Key, Modifiers};

use crate::domain::Table;
use crate::state::{Command, Shown, State};

use super::actions::{Action, CTRL, Does, if_any, keys};

fn page(shown: Shown) -> Does {
    Does::Asks(Command::Show(shown))
}

fn neighbour(state: &State, steps: usize) -> Does {
    let current = match state.choices().shown {
        Shown::Table(table) | Shown::Dropped { table, .. } => table.index(),
        Shown::Refused
        | Shown::Consent
        | Shown::Signals
        | Shown::Review
        | Shown::Export
        | Shown::Sql
        | Shown::Behind(_) => {
            return page(Shown::Table(Table::CustomerLanding));
        }
    };
    page(Shown::Table(Table::ALL[(current + steps) % Table::ALL.len()]))
}

fn next_failing(state: &State) -> Does {
    match state.review.open() {
        None => Does::Nothing("The checks are not computed yet"),
        Some(0) => {
            Does::Nothing(state.review.checks.value().map_or("No check fails", |review| review.why_none_is_open()))
        }
        Some(_) => Does::TurnsToNextFailing,
    }
}

/// As they are listed.
pub const ACTIONS: &[Action] = &[
    Action { id: "consent", name: "Go to Consent", usual: &[keys(CTRL, Key::Num1)], does: |_| page(Shown::Consent) },
    Action { id: "signals", name: "Go to Signals", usual: &[keys(CTRL, Key::Num2)], does: |_| page(Shown::Signals) },
    Action { id: "review", name: "Go to Join review", usual: &[keys(CTRL, Key::Num3)], does: |_| page(Shown::Review) },
    Action { id: "export", name: "Go to Export", usual: &[keys(CTRL, Key::Num4)], does: |_| page(Shown::Export) },
    Action { id: "sql", name: "Go to SQL", usual: &[keys(CTRL, Key::Num5)], does: |_| page(Shown::Sql) },
    Action {
        id: "files",
        name: "Go to files and refused records",
        usual: &[keys(CTRL, Key::Num6)],
        does: |_| page(Shown::Refused),
    },
    Action {
        id: "next-table",
        name: "Next table",
        usual: &[keys(CTRL, Key::PageDown)],
        does: |state| neighbour(state, 1),
    },
    Action {
        id: "previous-table",
        name: "Previous table",
        usual: &[keys(CTRL, Key::PageUp)],
        does: |state| neighbour(state, Table::ALL.len() - 1),
    },
    Action {
        id: "next-failing",
        name: "Next failing check",
        usual: &[keys(Modifiers::NONE, Key::F8)],
        does: next_failing,
    },
    Action {
        id: "back",
        name: "Back to the page before",
        usual: &[keys(Modifiers::ALT.plus(Modifiers::SHIFT), Key::B)],
        does: |state| if_any(state.visits_in_use().can_go_back(), Command::Back, "There is no page before"),
    },
    Action {
        id: "forth",
        name: "Forward to the page after",
        usual: &[keys(Modifiers::ALT.plus(Modifiers::SHIFT), Key::F)],
        does: |state| if_any(state.visits_in_use().can_go_forth(), Command::Forth, "There is no page after"),
    },
];
