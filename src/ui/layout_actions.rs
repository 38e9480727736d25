//! What can be asked for of the window itself: the page beside the first, parts out of sight, sizes and contrast.

use egui::{Key, Modifiers};

use crate::domain::Table;
use crate::state::{Beside, Command, Looks, Part, Place, Shown, State, TextSize, Under, Zoom};

use super::actions::{Action, CTRL, CTRL_SHIFT, Does, keys};

/// All of them, as they are listed.
pub const ACTIONS: &[Action] = &[
    Action {
        id: "beside-right",
        name: "Page to the right",
        usual: &[keys(CTRL, Key::D)],
        does: |state| beside(state, Place::Right),
    },
    Action {
        id: "beside-below",
        name: "Page below",
        usual: &[keys(CTRL_SHIFT, Key::D)],
        does: |state| beside(state, Place::Below),
    },
    Action {
        id: "beside-window",
        name: "Page in a window of its own",
        usual: &[keys(CTRL_SHIFT, Key::N)],
        does: |state| beside(state, Place::Window),
    },
    Action {
        id: "beside-before",
        name: "Before the last change of the recipe, beside what is now",
        usual: &[keys(CTRL_SHIFT, Key::B)],
        does: before,
    },
    Action {
        id: "other-page",
        name: "Go to the other page, or to the list of pages",
        usual: &[keys(Modifiers::NONE, Key::F6)],
        does: |_| Does::TurnsToOtherPage,
    },
    Action {
        id: "beside-swap",
        name: "Let the two pages change places",
        usual: &[],
        does: |state| if state.beside.is_some() { Does::Asks(Command::SwapPages) } else { Does::Nothing(ONE_PAGE) },
    },
    Action {
        id: "beside-close",
        name: "Close the page beside",
        usual: &[keys(CTRL, Key::W)],
        does: |state| match state.beside {
            Some(_) => Does::Asks(Command::SetBeside(None)),
            None => Does::Nothing(ONE_PAGE),
        },
    },
    Action {
        id: "sidebar",
        name: "Show or hide the list of pages",
        usual: &[keys(CTRL, Key::B)],
        does: |state| turned(state, Part::Sidebar),
    },
    Action {
        id: "strip",
        name: "Show or hide the figures at the top",
        usual: &[],
        does: |state| turned(state, Part::Strip),
    },
    Action {
        id: "recipe-bar",
        name: "Show or hide the choices of the recipe",
        usual: &[],
        does: |state| turned(state, Part::Recipe),
    },
    Action {
        id: "figures",
        name: "Show or hide the figures beside a chart",
        usual: &[],
        does: |state| turned(state, Part::Figures),
    },
    Action {
        id: "examples",
        name: "Show or hide tables and examples beside a query",
        usual: &[],
        does: |state| turned(state, Part::Examples),
    },
    Action {
        id: "zoom-in",
        name: "Everything larger",
        usual: &[keys(CTRL, Key::Plus), keys(CTRL, Key::Equals)],
        does: |state| zoom(state, state.looks.zoom.larger()),
    },
    Action {
        id: "zoom-out",
        name: "Everything smaller",
        usual: &[keys(CTRL, Key::Minus)],
        does: |state| zoom(state, state.looks.zoom.smaller()),
    },
    Action {
        id: "zoom-reset",
        name: "Everything at its usual size",
        usual: &[keys(CTRL, Key::Num0)],
        does: |state| zoom(state, Zoom::default()),
    },
    Action { id: "text-larger", name: "Larger text", usual: &[], does: |state| text(state, 1) },
    Action { id: "text-smaller", name: "Smaller text", usual: &[], does: |state| text(state, -1) },
    Action {
        id: "high-contrast",
        name: "High contrast, or usual colours",
        usual: &[],
        does: |state| looks(state, |looks| looks.high_contrast = !looks.high_contrast),
    },
    Action {
        id: "still",
        name: "Reduce motion, or not",
        usual: &[],
        does: |state| looks(state, |looks| looks.still = !looks.still),
    },
];

const ONE_PAGE: &str = "There is no page beside";

fn looks(state: &State, change: impl FnOnce(&mut Looks)) -> Does {
    let mut looks = state.looks.clone();
    change(&mut looks);
    Does::Asks(Command::SetLooks(looks))
}

fn turned(state: &State, part: Part) -> Does {
    looks(state, |looks| *looks = looks.turned(part))
}

fn zoom(state: &State, zoom: Zoom) -> Does {
    if zoom == state.looks.zoom {
        return Does::Nothing("It has that size, and there is none beyond");
    }
    looks(state, |looks| looks.zoom = zoom)
}

fn text(state: &State, steps: isize) -> Does {
    let place = TextSize::ALL.iter().position(|size| *size == state.looks.text).unwrap_or(0);
    match place.checked_add_signed(steps).and_then(|place| TextSize::ALL.get(place)) {
        Some(size) => looks(state, |looks| looks.text = *size),
        None => Does::Nothing("There is no other size"),
    }
}

/// A page beside the first at this place: the one that is there, or the same page again. Where there is one it goes.
fn beside(state: &State, place: Place) -> Does {
    let beside = match &state.beside {
        Some(beside) if beside.place == place => return Does::Asks(Command::SetBeside(None)),
        Some(beside) => Beside { place, ..beside.clone() },
        None => Beside { place, ..the_same(state) },
    };
    Does::Asks(Command::SetBeside(Some(beside)))
}

/// What the first page shows, beside it under the recipe before the last change.
fn before(state: &State) -> Does {
    let place = state.beside.as_ref().map(|beside| beside.place).unwrap_or_default();
    let mut beside = Beside { place, under: Under::Before, ..the_same(state) };
    if beside.shown.is_always_in_force() {
        // What it is about can be compared.
        beside.shown = Shown::Table(Table::MachineLearningCurated);
    }
    Does::Asks(Command::SetBeside(Some(beside)))
}

fn the_same(state: &State) -> Beside {
    let now = state.history.present();
    // The rows behind a figure are shown on the first page alone.
    let shown = if let Shown::Behind(_) = now.shown { Shown::Review } else { now.shown };
    Beside { shown, follow: now.follow.clone(), recorded: now.recorded.clone(), ..Beside::default() }
}
