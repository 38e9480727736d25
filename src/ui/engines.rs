//! The choice of the engine that makes the tables: this machine, or a Spark server.

use egui::{Button, Id, Modal, Role, ScrollArea, TextEdit, Ui};

use crate::lakehouse::limits_over_connect;
use crate::state::{Command, SparkOrder, State};

use super::scrolled::Scrolled as _;
use super::words::{as_is, t};
use super::{access, icons, theme, widgets};

/// The engine that is looked at, and what was typed.
#[derive(Default)]
pub struct EnginesScreen {
    is_spark: bool,
    was_offered: bool,
    typed: SparkOrder,
}

/// Paints the choice while it is offered.
pub fn engines_ui(ui: &Ui, state: &State, screen: &mut EnginesScreen, commands: &mut Vec<Command>) {
    let begins = state.spark.is_offered && !screen.was_offered;
    screen.was_offered = state.spark.is_offered;
    if !state.spark.is_offered {
        return;
    }
    if begins {
        screen.is_spark = state.spark.absent.is_none();
        screen.typed.landing.clone_from(&state.spark.landing);
    }
    let modal = Modal::new(Id::unique("engines")).show(ui.ctx(), |ui| {
        ui.set_width(theme::PALETTE_WIDTH);
        access::region(ui, Role::Dialog, "The engine that makes the tables");
        access::heading_ui(ui, "The engine that makes the tables");
        ui.horizontal(|ui| {
            for (is_spark, name) in [(false, "This machine"), (true, "A Spark server")] {
                access::radio(&ui.selectable_value(&mut screen.is_spark, is_spark, t(name)));
            }
        });
        ui.add_space(8.0);
        match (screen.is_spark, state.spark.absent) {
            (false, _) => here_ui(ui, state, commands),
            (true, Some(why)) => drop(ui.label(widgets::warning(ui, format!("{} {why}.", icons::WARNING)))),
            (true, None) => spark_ui(ui, state, &mut screen.typed, commands),
        }
        ui.add_space(8.0);
        ui.button(t("Cancel")).clicked()
    });
    if modal.inner || modal.should_close() {
        commands.push(Command::OfferEngines(false));
    }
}

fn here_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let text = "Every change of the recipe is made here at once, from the landing files that are open.";
    ui.label(widgets::weak(ui, text));
    let is_brought = state.choices().run_in_force().is_some();
    if is_brought && ui.button(t("Make them here")).clicked() {
        commands.extend([Command::UseRun(None), Command::OfferEngines(false)]);
    }
}

fn spark_ui(ui: &mut Ui, state: &State, typed: &mut SparkOrder, commands: &mut Vec<Command>) {
    let text = "A server of version 4 or newer runs this recipe over Spark Connect, and what it made is shown here. What lets one in \
                is taken from SPARK_CONNECT_TOKEN or SPARK_REMOTE, and neither kept nor shown.";
    ui.label(widgets::weak(ui, text));
    ui.add_space(8.0);
    let named = state.spark.named.as_ref().map(|server| format!("SPARK_REMOTE: {server}"));
    field_ui(ui, "Server", named.as_deref().unwrap_or("sc://HOST:PORT"), &mut typed.server);
    field_ui(ui, "Landing files, as the server sees them", "/data/landing, s3a://bucket/landing", &mut typed.landing);
    field_ui(ui, "Folder for the runs, as the server sees it", "/data/zones, s3a://bucket/zones", &mut typed.out);
    ui.add_space(8.0);
    ScrollArea::vertical().max_height(200.0).show_scrolled(ui, |ui| {
        for limit in limits_over_connect(&state.choices().recipe) {
            ui.label(widgets::weak(ui, limit));
        }
    });
    ui.add_space(8.0);
    let has_server = named.is_some() || !typed.server.trim().is_empty();
    let is_whole = has_server && !typed.landing.trim().is_empty() && !typed.out.trim().is_empty();
    let text = format!("{}  Run it there", icons::READY);
    let button = ui.add_enabled(is_whole && !state.spark.is_running, Button::new(t(text)));
    widgets::named(&button, ui, Role::Button, "Run it there");
    let button = match state.spark.is_running {
        true => button.on_disabled_hover_text(t("A server is at work already")),
        false => button.on_disabled_hover_text(t("The server and both places are wanted")),
    };
    if button.clicked() {
        commands.push(Command::RunOnSpark(typed.clone()));
    }
}

fn field_ui(ui: &mut Ui, name: &str, hint: &str, text: &mut String) {
    ui.label(t(name));
    let field = ui.add(TextEdit::singleline(text).hint_text(as_is(hint)).desired_width(f32::INFINITY));
    widgets::named(&field, ui, Role::TextInput, name);
    access::required(&field);
}
