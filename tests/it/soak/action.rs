//! What a user may do, at random.

use proptest::prelude::*;
use stedi_workbench::domain::{Duplicates, JoinRule, Purpose, Recipe, Table};
use stedi_workbench::landing::ConsentStood;
use stedi_workbench::state::{Beside, Command, Only, Place, Shown, Under};

/// Something that a user does. Numbers choose among what there is, whatever that is.
#[derive(Clone, Debug)]
pub enum Action {
    Open(usize),
    Reload,
    Cancel,
    Recipe(Recipe),
    Withdraw(usize),
    Show(usize),
    Beside(usize),
    Filter(usize, i64, i64),
    Find(String),
    Sort(usize, bool),
    Hide(usize, bool),
    Pin(usize, bool),
    Select(usize, usize, usize),
    Follow(usize, bool),
    FollowNobody,
    Undo,
    Redo,
    GoTo(usize),
    Accept(usize),
    Revoke(usize),
    SignOff,
    Export(usize),
    ExportTo,
    SaveView,
    Reveal(bool),
    Theme(bool),
    Copy,
    Click(usize),
    Press(usize),
    Type(String),
    /// Lets workers come to an end.
    Settle,
    /// Paints a few frames.
    Frames(usize),
}

/// Any of them; what is done often in earnest is often here.
pub fn action() -> impl Strategy<Value = Action> {
    let number = 0_usize..10_000;
    let recipe = (
        prop::sample::select(Purpose::ALL.to_vec()),
        any::<bool>(),
        prop::sample::select(vec![JoinRule::Timestamp, JoinRule::Owner, JoinRule::InferredOwner, JoinRule::Nearest]),
        any::<bool>(),
        0_u32..50,
    )
        .prop_map(|(purpose, consent_date, join, drops, tolerance_ms)| {
            let duplicates = if drops { Duplicates::Drop } else { Duplicates::Keep };
            let tolerance_ms = if join == JoinRule::Nearest { tolerance_ms } else { 0 };
            Action::Recipe(Recipe { purpose, consent_date, join, duplicates, tolerance_ms, ..Recipe::default() })
        });
    let text = prop::sample::select(vec!["a", "1", "", " ", ".", "c_", "é", "-0", "99999999999999999999"]);
    prop_oneof![
        1 => (0_usize..4).prop_map(Action::Open),
        1 => Just(Action::Reload),
        3 => Just(Action::Cancel),
        6 => recipe,
        1 => number.clone().prop_map(Action::Withdraw),
        10 => number.clone().prop_map(Action::Show),
        4 => number.clone().prop_map(Action::Beside),
        4 => (number.clone(), -5_i64..2_000, 0_i64..2_000).prop_map(|(column, from, more)| Action::Filter(column, from, from + more)),
        2 => text.clone().prop_map(|text| Action::Find(text.to_owned())),
        3 => (number.clone(), any::<bool>()).prop_map(|(column, also)| Action::Sort(column, also)),
        1 => (number.clone(), any::<bool>()).prop_map(|(column, on)| Action::Hide(column, on)),
        1 => (number.clone(), any::<bool>()).prop_map(|(column, on)| Action::Pin(column, on)),
        3 => (number.clone(), 0_usize..8, number.clone()).prop_map(|(row, column, to)| Action::Select(row, column, to)),
        3 => (number.clone(), any::<bool>()).prop_map(|(who, device)| Action::Follow(who, device)),
        2 => Just(Action::FollowNobody),
        5 => Just(Action::Undo),
        3 => Just(Action::Redo),
        1 => (0_usize..200).prop_map(Action::GoTo),
        3 => number.clone().prop_map(Action::Accept),
        1 => number.clone().prop_map(Action::Revoke),
        3 => Just(Action::SignOff),
        2 => number.clone().prop_map(Action::Export),
        2 => Just(Action::ExportTo),
        2 => Just(Action::SaveView),
        1 => any::<bool>().prop_map(Action::Reveal),
        1 => any::<bool>().prop_map(Action::Theme),
        1 => Just(Action::Copy),
        15 => number.clone().prop_map(Action::Click),
        3 => number.prop_map(Action::Press),
        2 => text.prop_map(|text| Action::Type(text.to_owned())),
        6 => Just(Action::Settle),
        4 => (1_usize..6).prop_map(Action::Frames),
    ]
}

/// What is done to the page beside the first.
pub fn beside(which: usize) -> Command {
    let pages = pages();
    let shown = pages[which / 8 % pages.len()];
    let under = Under::ALL[which / 3 % 3];
    let place = [Place::Right, Place::Below, Place::Window][which / 5 % 3];
    let only = [Only::All, Only::Here, Only::InForce][which / 7 % 3];
    match which % 8 {
        0 => Command::SetBeside(None),
        1 => Command::SwapPages,
        2..=4 => Command::Beside(Box::new(Command::Show(shown))),
        _ => Command::SetBeside(Some(Beside { shown, under, place, only, ..Beside::default() })),
    }
}

/// What the pages are that can be shown.
pub fn pages() -> Vec<Shown> {
    let losses = Table::ALL.into_iter().flat_map(|table| {
        [(0, None), (0, Some(ConsentStood::Blank)), (1, None)].map(|(step, stood)| Shown::Dropped {
            table,
            step,
            stood,
        })
    });
    Table::ALL
        .into_iter()
        .map(Shown::Table)
        .chain([Shown::Consent, Shown::Signals, Shown::Review, Shown::Export, Shown::Sql, Shown::Refused])
        .chain(losses)
        .collect()
}
