//! The language of the window. Everything else of the program makes English text; views give it to egui through [`t`], which
//! puts it into the language in force by the catalogue in `assets/words/`. The English text is the key.
//!
//! The language belongs to the thread that paints. Workers never have one, so that files, reports and logs are the same for
//! everybody.

mod catalogue;
mod figures;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display, Formatter};
use std::ops::{Deref, RangeInclusive};
use std::sync::LazyLock;

use egui::{RichText, WidgetText};

use crate::domain::TimeZone;
use crate::state::Spoken;

use self::catalogue::Catalogue;

/// The catalogue of German.
const GERMAN: &str = include_str!("../../../assets/words/de.txt");

/// So many texts are remembered with what they became.
const MOST_REMEMBERED: usize = 4096;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(GERMAN));

thread_local! {
    static SPEAKER: RefCell<Speaker> = RefCell::default();
}

/// What a thread speaks, and what it said already.
#[derive(Default)]
struct Speaker {
    language: Spoken,
    zone: TimeZone,
    said: HashMap<String, String>,
    missed: BTreeSet<String>,
}

impl Speaker {
    fn translated(&mut self, text: &str) -> String {
        // There are many figures, and each is said once.
        if !text.chars().any(char::is_alphabetic) {
            return figures::with_comma(text);
        }
        if let Some(said) = self.said.get(text) {
            return said.clone();
        }
        let said = CATALOGUE.translated(text).unwrap_or_else(|| {
            if self.missed.len() < MOST_REMEMBERED {
                self.missed.insert(text.to_owned());
            }
            text.to_owned()
        });
        if self.said.len() >= MOST_REMEMBERED {
            self.said.clear();
        }
        self.said.insert(text.to_owned(), said.clone());
        said
    }
}

/// Text as the window shows it, in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

/// English text in the language of the window.
pub fn t(text: impl AsRef<str>) -> Words {
    text.as_ref().into()
}

/// What data say, or what was put into the language of the window already: it stays as it is.
pub fn as_is(text: impl Into<String>) -> Words {
    Words(text.into())
}

/// English text in the language of the window, with a full stop if it ends in a word.
pub fn sentence(text: impl AsRef<str>) -> Words {
    let Words(mut text) = t(text);
    if text.ends_with(char::is_alphanumeric) {
        text.push('.');
    }
    Words(text)
}

/// Has this thread speak a language and show instants in a zone from now on.
pub fn speak(language: Spoken, zone: TimeZone) {
    SPEAKER.with_borrow_mut(|speaker| {
        if speaker.language != language {
            *speaker = Speaker { language, ..Speaker::default() };
        }
        speaker.zone = zone;
    });
}

/// An instant in milliseconds since 1970 in the zone of the window, with what it is at the end; the milliseconds where no
/// calendar holds it.
pub fn instant(milliseconds: i64) -> String {
    zone().instant(milliseconds).unwrap_or_else(|| milliseconds.to_string())
}

/// A field for a number with a fraction, written and read with the separators of the language.
pub fn fraction(value: egui::DragValue<'_>) -> egui::DragValue<'_> {
    let shown = |number: f64, decimals: RangeInclusive<usize>| -> String {
        t(egui::emath::format_with_decimals_in_range(number, decimals)).into()
    };
    value.custom_formatter(shown).custom_parser(typed_number)
}

/// A number as it is typed in the language of this thread.
pub fn typed_number(text: &str) -> Option<f64> {
    let number = figures::typed(text, spoken())?;
    number.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A count as it is typed in the language of this thread: whole, with or without marks between its thousands.
pub fn typed_count(text: &str) -> Option<u64> {
    figures::typed(text, spoken())?.parse().ok()
}

/// The zone in which this thread shows instants.
pub fn zone() -> TimeZone {
    SPEAKER.with_borrow(|speaker| speaker.zone)
}

/// The language that this thread speaks.
pub fn spoken() -> Spoken {
    SPEAKER.with_borrow(|speaker| speaker.language)
}

/// Texts that this thread was to say and found in no catalogue.
pub fn missed() -> Vec<String> {
    SPEAKER.with_borrow(|speaker| speaker.missed.iter().cloned().collect())
}

/// A text in German, whatever this thread speaks; none if it is not in the catalogue.
pub fn translated(text: &str) -> Option<String> {
    CATALOGUE.translated(text)
}

fn said(text: &str) -> Option<String> {
    SPEAKER.with_borrow_mut(|speaker| (speaker.language != Spoken::English).then(|| speaker.translated(text)))
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self(said(text).unwrap_or_else(|| text.to_owned()))
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self(said(&text).unwrap_or(text))
    }
}

impl From<&String> for Words {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl From<Words> for WidgetText {
    fn from(words: Words) -> Self {
        words.0.into()
    }
}

impl From<Words> for RichText {
    fn from(words: Words) -> Self {
        Self::new(words.0)
    }
}

impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Words {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Display for Words {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
