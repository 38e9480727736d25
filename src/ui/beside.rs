//! The pages in the middle of the window: the first alone, or with another one beside it, below it or in a window of its own.

use egui::{Frame, Grid, Id, Margin, Panel, Rect, Role, ScrollArea, Ui, UiBuilder, ViewportBuilder, ViewportId, vec2};

use crate::domain::format::{difference, thousands};
use crate::domain::{Table, Zone};
use crate::state::{Beside, Command, NAME, Only, Part, Place, Shown, State, Under};

use super::actions::named_with_key;
use super::scrolled::{Scrolled as _, whole_page_ui};
use super::words::{as_is, t};
use super::{Screens, access, do_ui, focus, icons, keys, page_ui, parts, theme, widgets};

/// Does something for the page that is in use, and has what it asks for done there.
pub fn in_use<T>(
    state: &mut State,
    screens: &mut Screens,
    commands: &mut Vec<Command>,
    act: impl FnOnce(&State, &mut Screens, &mut Vec<Command>) -> T,
) -> T {
    if state.is_beside_used && state.beside.is_some() {
        at_beside(state, screens, commands, act)
    } else {
        act(state, screens, commands)
    }
}

/// The same for the page beside.
fn at_beside<T>(
    state: &mut State,
    screens: &mut Screens,
    commands: &mut Vec<Command>,
    act: impl FnOnce(&State, &mut Screens, &mut Vec<Command>) -> T,
) -> T {
    let mut asked = vec![];
    state.turn();
    screens.turn();
    let done = act(state, screens, &mut asked);
    screens.turn();
    state.turn();
    commands.extend(asked.into_iter().map(|command| Command::Beside(Box::new(command))));
    done
}

/// Paints the pages.
pub fn pages_ui(ui: &mut Ui, state: &mut State, screens: &mut Screens, commands: &mut Vec<Command>) {
    let place = state.beside.as_ref().map(|beside| beside.place).filter(|_| state.landing.value().is_some());
    let Some(place) = place else {
        focus::page(ui, true);
        whole_ui(ui, state, screens, commands);
        return focus::page(ui, false);
    };
    let room = ui.available_size();
    let (part, panel, usual, most) = match place {
        Place::Right => (Part::Right, Panel::right("beside"), room.x / 2.0, room.x),
        Place::Below => (Part::Below, Panel::bottom("beside"), room.y / 2.0, room.y),
        Place::Window => {
            window_ui(ui, state, screens, commands);
            return first_ui(ui, state, screens, commands);
        }
    };
    // Neither page is drawn away altogether.
    let least = theme::LEAST_PAGE.min(most / 3.0);
    let panel = parts::panel(state, part, panel, usual).size_range(least..=most - least);
    let margin = match place {
        Place::Right => Margin { left: 12, ..Margin::ZERO },
        _ => Margin { top: 8, ..Margin::ZERO },
    };
    let shown = panel.frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        within_ui(ui, |ui| second_ui(ui, state, screens, commands));
    });
    parts::keep_size(ui, state, part, "beside", &shown.response, commands);
    first_ui(ui, state, screens, commands);
}

/// Where the focus comes to when somebody comes by keys to a page that has no other beside it.
pub fn start_ui(ui: &Ui, state: &State, screens: &mut Screens) {
    if state.beside.is_none() || state.landing.value().is_none() {
        focus::start_ui(ui, &page_name(state.choices().shown), screens.goes_to.take().is_some());
    }
}

/// The only page. In a low window it scrolls as a whole, so that its parts keep the room that they need.
fn whole_ui(ui: &mut Ui, state: &State, screens: &mut Screens, commands: &mut Vec<Command>) {
    let least = match state.choices().shown {
        Shown::Table(_) | Shown::Dropped { .. } | Shown::Behind(_) => theme::LEAST_TABLE_HEIGHT,
        _ => theme::LEAST_PAGE_HEIGHT,
    };
    if ui.available_height() >= least {
        return page_ui(ui, state, screens, commands);
    }
    // Each part of each page is where it was scrolled to.
    ScrollArea::vertical().id_salt(("low_page", screens.used)).auto_shrink([false, false]).show_scrolled(ui, |ui| {
        let room = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), least));
        ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
            ui.set_min_height(least);
            whole_page_ui(ui, |ui| page_ui(ui, state, screens, commands));
        });
    });
}

/// A page in the room that there is: what is wider is cut off, instead of lying over the other page.
fn within_ui(ui: &mut Ui, page_ui: impl FnOnce(&mut Ui)) {
    /// What has the focus has a frame around it.
    const AROUND: f32 = 3.0;
    let room = ui.available_rect_before_wrap();
    let mut page = ui.new_child(UiBuilder::new().max_rect(room));
    page.set_clip_rect(room.expand(AROUND).intersect(ui.clip_rect()));
    page_ui(&mut page);
    ui.advance_cursor_after_rect(room);
}

fn first_ui(ui: &mut Ui, state: &State, screens: &mut Screens, commands: &mut Vec<Command>) {
    let frame = Frame::new().inner_margin(Margin { right: 8, bottom: 4, ..Margin::ZERO });
    let shown = egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        within_ui(ui, |ui| {
            ui.horizontal_wrapped(|ui| page_menu_ui(ui, state, screens, false, commands));
            focus::page(ui, !state.is_beside_used);
            page_ui(ui, state, screens, commands);
            focus::page(ui, false);
        });
    });
    note_use(ui, shown.response.rect, state, screens, false, commands);
}

fn second_ui(ui: &mut Ui, state: &mut State, screens: &mut Screens, commands: &mut Vec<Command>) {
    let Some(beside) = state.beside.clone() else { return };
    let rect = ui.max_rect();
    ui.horizontal_wrapped(|ui| {
        close_ui(ui, state, commands);
        at_beside(state, screens, commands, |state, screens, commands| {
            page_menu_ui(ui, state, screens, true, commands);
            // The review and the export have no other recipe than the one in force.
            if !beside.shown.is_always_in_force() {
                under_ui(ui, &beside, commands);
            }
        });
        place_ui(ui, state, &beside, commands);
    });
    at_beside(state, screens, commands, |state, screens, commands| {
        if beside.under != Under::InForce && !beside.shown.is_always_in_force() {
            ui.horizontal_wrapped(|ui| counts_ui(ui, state, &beside, commands));
        }
        focus::page(ui, state.is_beside_used);
        page_ui(ui, state, screens, commands);
        focus::page(ui, false);
    });
    note_use(ui, rect, state, screens, true, commands);
}

/// Closes the page. It comes first, so that it stays where it is whatever the page shows.
fn close_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if widgets::icon_button_ui(ui, icons::CLOSE, named_with_key("Close this page", "beside-close", state)).clicked() {
        commands.push(Command::SetBeside(None));
    }
}

/// Where the page is.
fn place_ui(ui: &mut Ui, state: &State, beside: &Beside, commands: &mut Vec<Command>) {
    if widgets::icon_button_ui(ui, icons::SWAP, named_with_key("Change places", "beside-swap", state)).clicked() {
        commands.push(Command::SwapPages);
    }
    for (place, icon, name, id) in [
        (Place::Right, icons::RIGHT_PAGE, "To the right of the first page", "beside-right"),
        (Place::Below, icons::BELOW_PAGE, "Below the first page", "beside-below"),
        (Place::Window, icons::OWN_WINDOW, "In a window of its own", "beside-window"),
    ] {
        if place != beside.place && widgets::icon_button_ui(ui, icon, named_with_key(name, id, state)).clicked() {
            commands.push(Command::SetBeside(Some(Beside { place, ..beside.clone() })));
        }
    }
}

/// What a page shows, and the others. The page in use has a line below its name.
fn page_menu_ui(ui: &mut Ui, state: &State, screens: &mut Screens, is_beside: bool, commands: &mut Vec<Command>) {
    let shown = state.choices().shown;
    let is_used = state.is_beside_used == is_beside;
    let name = page_name(shown);
    let text = as_is(format!("{}  {}", t(name.as_str()), icons::MENU));
    // In bold either way, so that nothing beside it moves.
    let text = widgets::strong(text);
    let text = if is_used { text } else { text.color(theme::palette(ui).weak) };
    let button = ui.menu_button(text, |ui| {
        for page in [Shown::Consent, Shown::Signals, Shown::Review, Shown::Export, Shown::Sql, Shown::Refused] {
            if ui.selectable_label(page == shown, t(page_name(page))).clicked() {
                commands.push(Command::Show(page));
            }
        }
        for zone in Zone::ALL {
            ui.separator();
            for table in zone.tables() {
                let page = Shown::Table(table);
                if ui.selectable_label(page == shown, t(page_name(page))).clicked() {
                    commands.push(Command::Show(page));
                }
            }
        }
    });
    let response = button.response;
    let which = if is_beside { "Page beside" } else { "First page" };
    widgets::named(&response, ui, Role::Button, format!("{which}: {name}"));
    if is_used {
        ui.painter().hline(response.rect.x_range(), response.rect.bottom() + 1.0, (2.0, theme::palette(ui).accent));
    }
    if screens.goes_to == Some(is_beside) {
        screens.goes_to = None;
        response.request_focus();
    }
}

fn page_name(shown: Shown) -> String {
    match shown {
        Shown::Consent => "Consent".to_owned(),
        Shown::Signals => "Signals".to_owned(),
        Shown::Review => "Join review".to_owned(),
        Shown::Export => "Export".to_owned(),
        Shown::Sql => "SQL".to_owned(),
        Shown::Refused => "Files and refused records".to_owned(),
        Shown::Table(_) | Shown::Dropped { .. } | Shown::Behind(_) => shown.name(),
    }
}

/// Under which recipe the page is.
fn under_ui(ui: &mut Ui, beside: &Beside, commands: &mut Vec<Command>) {
    let text = format!("{}  {}", t(beside.under.name()), icons::MENU);
    let button = ui.menu_button(text, |ui| {
        for under in Under::ALL {
            let response = ui.selectable_label(under == beside.under, t(under.name()));
            widgets::named_choice(&response, ui, under == beside.under, format!("This page: {}", under.name()));
            if response.clicked() {
                commands.push(Command::SetBeside(Some(Beside { under, ..beside.clone() })));
            }
        }
    });
    widgets::named(&button.response, ui, Role::Button, format!("Recipe of this page: {}", beside.under.name()));
}

/// What the page's recipe comes to against the recipe in force.
fn counts_ui(ui: &mut Ui, state: &State, beside: &Beside, commands: &mut Vec<Command>) {
    if !state.is_apart() {
        let why = match beside.under {
            Under::Before => "The recipe was not changed yet.",
            _ => "The recipe in force is the specification's.",
        };
        ui.label(widgets::weak(ui, why));
        return;
    }
    let (Some(here), Some(now)) = (state.curation.value(), state.other.curation.value()) else {
        ui.label(widgets::weak(ui, "Its tables are being made."));
        return;
    };
    if let Some(table) = state.choices().shown.table().filter(|table| table.dataset().is_none()) {
        let (here, now) = (here.rows(table), now.rows(table));
        let words = format!("{} rows here, {} in force: {}", thousands(here), thousands(now), difference(here, now));
        ui.label(t(words));
        only_ui(ui, state, table, beside, commands);
    }
    ui.menu_button(t("All counts"), |ui| {
        Grid::new("counts").num_columns(4).spacing([16.0, 4.0]).show(ui, |ui| {
            for title in ["", "here", "in force", "difference"] {
                ui.label(widgets::small(ui, title));
            }
            ui.end_row();
            for table in Table::derived() {
                let (here, now) = (here.rows(table), now.rows(table));
                ui.label(table.name());
                for text in [thousands(here), thousands(now), difference(here, now)] {
                    widgets::right_ui(ui, |ui| ui.label(text));
                }
                ui.end_row();
            }
        });
    });
}

/// All rows, or those only in which the table here and the one in force differ.
fn only_ui(ui: &mut Ui, state: &State, table: Table, beside: &Beside, commands: &mut Vec<Command>) {
    let differences = state.other.differences.value().filter(|_| beside.only != Only::All);
    let found = differences.and_then(|all| all.iter().find(|difference| difference.table == table));
    let rows = |place: usize| found.map_or_else(String::new, |found| thousands(found.only[place].len() as u64) + " ");
    for (only, words, hover) in [
        (Only::All, "all rows".to_owned(), "Every row of the table here"),
        (Only::Here, format!("{}only here", rows(0)), "Rows that the table in force has not, equal rows counted"),
        (Only::InForce, format!("{}only in force", rows(1)), "Rows that the table in force has and this one has not"),
    ] {
        let response = ui.selectable_label(only == beside.only, t(words)).on_hover_text(t(hover));
        if response.clicked() {
            commands.push(Command::SetBeside(Some(Beside { only, ..beside.clone() })));
        }
    }
    if let Some(error) = state.other.differences.error() {
        ui.label(widgets::warning(ui, error));
    }
}

/// Where somebody presses, and where the focus goes to, is the page in use.
fn note_use(ui: &Ui, rect: Rect, state: &State, screens: &mut Screens, is_beside: bool, commands: &mut Vec<Command>) {
    let pressed = ui.input(|input| {
        let at = input.pointer.interact_pos().filter(|_| input.pointer.any_pressed());
        at.is_some_and(|at| rect.contains(at))
    });
    let focused = ui.memory(|memory| memory.focused()).filter(|id| screens.focused != Some(*id));
    let has_come = focused.and_then(|id| focus::painted(ui, id)).is_some_and(|widget| {
        let is_here = rect.contains(widget.rect.center());
        if is_here {
            screens.focused = focused;
        }
        is_here
    });
    if (pressed || has_come) && state.is_beside_used != is_beside {
        commands.push(Command::UsePage { beside: is_beside });
    }
}

/// The least size of a window of its own.
const LEAST_WINDOW: [f32; 2] = [360.0, 240.0];

/// The window of the page beside, where it has one of its own.
pub fn own_window() -> ViewportId {
    ViewportId(Id::unique("page beside"))
}

/// The page beside in a window of its own, or where a platform has one window only, in one within it.
fn window_ui(ui: &Ui, state: &mut State, screens: &mut Screens, commands: &mut Vec<Command>) {
    let title = state.beside.as_ref().map(|beside| format!("{} — {NAME}", t(page_name(beside.shown))));
    let title = title.unwrap_or_default();
    let [width, height] = state.looks.own_window.unwrap_or(theme::OWN_WINDOW);
    if ui.ctx().embed_viewports() {
        // Not the window that egui would open for it, which panics once it is collapsed.
        let window = egui::Window::new(title).id(Id::unique(own_window())).default_size([width, height]);
        window.min_size(LEAST_WINDOW).show(ui.ctx(), |ui| second_ui(ui, state, screens, commands));
        return;
    }
    let builder = ViewportBuilder::default()
        .with_title(&title)
        .with_app_id("stedi-workbench")
        .with_inner_size([width, height])
        .with_min_inner_size(LEAST_WINDOW);
    ui.ctx().show_viewport_immediate(own_window(), builder, |ui, _| {
        access::window(ui, || title.clone());
        let (closes, has_focus) =
            ui.input(|input| (input.viewport().close_requested(), input.viewport().focused == Some(true)));
        if closes {
            commands.push(Command::SetBeside(None));
        }
        if has_focus != state.is_beside_used {
            commands.push(Command::UsePage { beside: has_focus });
        }
        if has_focus && !screens.palette.is_open() {
            at_beside(state, screens, commands, |state, screens, commands| {
                for does in keys::keys_ui(ui, state) {
                    do_ui(ui, state, does, screens, commands);
                }
            });
        }
        egui::CentralPanel::default()
            .frame(theme::page_frame(ui))
            .show(ui, |ui| second_ui(ui, state, screens, commands));
        focus::focus_ui(ui);
    });
}
