//! What can be done with everything that is drawn: it is said in words, shown as a table, and taken along as a picture.

use egui::{ScrollArea, Ui};

use super::scrolled::Scrolled as _;
use super::words::t;
use super::{access, icons, widgets};

/// How what pages draw is shown.
#[derive(Default)]
pub struct Drawn {
    /// As a table in its place.
    pub as_table: bool,
    /// In words above it.
    pub in_words: bool,
    /// Its picture is asked for.
    pub saves: bool,
}

impl Drawn {
    /// The buttons for what is drawn here, such as `the chart`; true if its picture is asked for.
    pub fn buttons_ui(&mut self, ui: &mut Ui, what: &str) -> bool {
        let name = if self.as_table { format!("Show {what} again") } else { format!("Show {what} as a table") };
        let table = widgets::icon_button_ui(ui, if self.as_table { icons::SIGNALS } else { icons::TABLE }, name);
        self.as_table ^= table.clicked();
        self.in_words_ui(ui, what);
        self.save_ui(ui, what)
    }

    /// The same for a chart whose readings are of several devices, which is no table.
    pub fn chart_buttons_ui(&mut self, ui: &mut Ui) -> bool {
        self.in_words_ui(ui, "the chart");
        self.save_ui(ui, "the chart")
    }

    fn in_words_ui(&mut self, ui: &mut Ui, what: &str) {
        let name = if self.in_words { format!("Hide {what} in words") } else { format!("Say {what} in words") };
        let words = widgets::icon_button_ui(ui, icons::INFORMATION, name);
        access::expanded(&words, self.in_words);
        self.in_words ^= words.clicked();
    }

    /// The button for the picture alone; true if that is asked for.
    pub fn save_ui(&mut self, ui: &mut Ui, what: &str) -> bool {
        let name = format!("Save {what} as SVG or PNG");
        widgets::icon_button_ui(ui, icons::PICTURE, name).clicked() | std::mem::take(&mut self.saves)
    }

    /// What is drawn in words, if that is asked for.
    pub fn words_ui(&self, ui: &mut Ui, words: &[String]) {
        if self.in_words {
            // What is drawn stays the larger part of the page.
            let height = ui.available_height() * 0.3;
            ScrollArea::vertical().id_salt("in words").max_height(height).auto_shrink([false, true]).show_scrolled(
                ui,
                |ui| {
                    words.iter().for_each(|words| drop(ui.label(t(words))));
                },
            );
        }
    }
}
