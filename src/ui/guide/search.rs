//! What is typed to find something in the guide, and what has it.

use egui::text::LayoutJob;
use egui::{FontSelection, Response, RichText, Role, TextEdit, Ui};

use crate::domain::CheckId;

use super::super::actions::{other_words, words_for_section};
use super::super::words::t;
use super::super::{icons, theme, widgets};
use super::{Block, Kind, Piece, pieces};

/// Paints the field; gives whether Enter was pressed in it, which keeps the focus there, for the next.
pub(super) fn field_ui(ui: &mut Ui, text: &mut String, went: &mut Option<usize>, takes_focus: bool) -> bool {
    let mut response: Option<Response> = None;
    ui.horizontal(|ui| {
        ui.label(widgets::weak(ui, icons::SEARCH));
        let room = (ui.available_width() - 40.0).max(80.0);
        let field = ui.add(TextEdit::singleline(text).hint_text(t("Find in the guide")).desired_width(room));
        widgets::named(&field, ui, Role::TextInput, "Find in the guide");
        if takes_focus {
            field.request_focus();
        }
        if field.changed() {
            *went = None;
        }
        response = Some(field);
        if !text.is_empty() && widgets::icon_button_ui(ui, icons::CLOSE, "Show the whole guide").clicked() {
            text.clear();
            *went = None;
        }
    });
    let left = response.filter(|field| widgets::is_entered(ui, field));
    left.inspect(Response::request_focus).is_some()
}

/// The places where something was found, to be gone to one after the other: a heading is one if nothing below it is.
pub(super) fn places<'a>(found: &[&'a Block]) -> Vec<&'a str> {
    let (mut places, mut heading) = (vec![], None);
    for block in found {
        let anchor = block.anchor.as_deref();
        if block.is_heading() {
            places.extend(std::mem::replace(&mut heading, anchor));
        } else {
            places.extend(anchor.or(heading));
            heading = None;
        }
    }
    places.extend(heading);
    places
}

/// Which of the places that have what is looked for is shown, and the way back to their list.
pub(super) fn places_ui(ui: &mut Ui, places: usize, went: &mut Option<usize>) {
    let Some(place) = *went else { return };
    ui.horizontal_wrapped(|ui| {
        let words = if places > 1 { "; Enter goes to the next." } else { "" };
        ui.label(widgets::weak(ui, format!("{} of {places}{words}", place + 1)));
        if ui.link(t("Show what was found")).clicked() {
            *went = None;
        }
    });
}

/// The words that are looked for, in small letters.
pub(super) fn wanted(typed: &str) -> Vec<String> {
    typed.split_whitespace().map(str::to_lowercase).collect()
}

/// A text in which the words that are looked for stand out.
pub(super) fn marked(ui: &Ui, text: &str, marks: &[String], rich: impl Fn(&str) -> RichText) -> LayoutJob {
    let ground = theme::palette(ui).accent_soft;
    let mut job = LayoutJob::default();
    for (part, is_marked) in parts(text, marks) {
        let part = rich(part);
        let part = if is_marked { part.background_color(ground) } else { part };
        part.append_to(&mut job, ui.style(), FontSelection::Default, ui.text_valign());
    }
    job
}

/// The parts of a text, and whether each is a word that is looked for.
fn parts<'a>(text: &'a str, marks: &[String]) -> Vec<(&'a str, bool)> {
    if marks.is_empty() {
        return vec![(text, false)];
    }
    let small = text.to_lowercase();
    if small.len() != text.len() {
        // Small letters take other bytes, so that places in one are none in the other.
        return vec![(text, false)];
    }
    let next = |at: usize| {
        let places = marks.iter().filter_map(|mark| Some((at + small.get(at..)?.find(mark.as_str())?, mark.len())));
        let is_place = |(start, length): &(usize, usize)| {
            *length > 0 && text.is_char_boundary(*start) && text.is_char_boundary(start + length)
        };
        places.min().filter(is_place)
    };
    let (mut parts, mut at) = (vec![], 0);
    while let Some((start, length)) = next(at) {
        parts.push((&text[at..start], false));
        parts.push((&text[start..start + length], true));
        at = start + length;
    }
    parts.push((&text[at..], false));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// The paragraphs that have every word, each heading before the first of its own; none if nothing was typed.
pub(super) fn found<'a>(guide: &'a [Block], typed: &str) -> Option<Vec<&'a Block>> {
    let wanted = wanted(typed);
    if wanted.is_empty() {
        return None;
    }
    let has = |text: &str| wanted.iter().all(|word| text.contains(word.as_str()));
    let (mut found, mut heading) = (vec![], None::<&Block>);
    let mut is_of_heading = false;
    for block in guide {
        let text = said(block);
        if block.is_heading() {
            (heading, is_of_heading) = (Some(block), has(&text));
            if is_of_heading {
                found.extend(heading.take());
            }
        } else if block.kind != Kind::Title && (is_of_heading || has(&text)) {
            found.extend(heading.take());
            found.push(block);
        }
    }
    Some(found)
}

/// What a paragraph says and what else people call what it is about, in small letters.
fn said(block: &Block) -> String {
    format!("{} {}", text(block), called(block))
}

/// What a paragraph says, in small letters.
fn text(block: &Block) -> String {
    let text = match block.kind {
        Kind::Check(check) => of_check(check),
        Kind::Group => block.words().to_string(),
        _ => pieces(&block.text).iter().map(|piece| plain(*piece)).collect(),
    };
    text.to_lowercase()
}

/// What else people call what a paragraph is about.
fn called(block: &Block) -> String {
    let pieces = pieces(&block.text);
    let of_action = |piece: &Piece<'_>| if let Piece::Action(_, id) = piece { Some(other_words(id)) } else { None };
    let called: Vec<&str> =
        pieces.iter().filter_map(of_action).chain(block.anchor.as_deref().map(words_for_section)).collect();
    called.join(" ")
}

/// The words that are looked for and that a paragraph does not say, since what it is about has another name there.
pub(super) fn unsaid<'a>(block: &Block, wanted: &'a [String]) -> Vec<&'a str> {
    let (text, called) = (text(block), called(block));
    wanted.iter().map(String::as_str).filter(|word| called.contains(word) && !text.contains(word)).collect()
}

fn of_check(check: CheckId) -> String {
    let about = check.about();
    format!("{} {} {} {}", check.name(), t(about.title), t(about.looks_at), t(about.why))
}

fn plain(piece: Piece<'_>) -> &str {
    match piece {
        Piece::Plain(text) | Piece::Strong(text) | Piece::Action(text, _) | Piece::Section(text, _) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IN_ENGLISH, IN_GERMAN};
    use super::*;

    fn texts(guide: &'static [Block], typed: &str) -> Vec<&'static str> {
        found(guide, typed).unwrap().into_iter().map(|block| block.text.as_str()).collect()
    }

    #[test]
    fn what_has_every_word_is_found_below_its_heading() {
        assert!(found(&IN_ENGLISH, "  ").is_none());
        let paragraphs = texts(&IN_ENGLISH, "Tolerance CLOCKS");
        assert_eq!(paragraphs.len(), 2, "{paragraphs:?}");
        assert_eq!(paragraphs[0], "The recipe");
        assert!(paragraphs[1].contains("*Nearest* allows"));
        assert_eq!(texts(&IN_ENGLISH, "no such xylophone"), Vec::<&str>::new());
    }

    #[test]
    fn what_is_looked_for_stands_out() {
        let marks = wanted("Consent own");
        let expected = [("Their ", false), ("own", true), (" ", false), ("CONSENT", true), (".", false)];
        assert_eq!(parts("Their own CONSENT.", &marks), expected);
        assert_eq!(parts("own", &marks), [("own", true)]);
        assert_eq!(parts("nothing", &marks), [("nothing", false)]);
        assert_eq!(parts("größer als İ own", &marks), [("größer als İ own", false)]);
        assert_eq!(parts("größer own", &marks), [("größer ", false), ("own", true)]);
    }

    #[test]
    fn what_is_found_by_another_name_says_so() {
        let typed = wanted("GDPR");
        let blocks = found(&IN_ENGLISH, "GDPR").unwrap();
        let unsaid: Vec<Vec<&str>> = blocks.iter().map(|block| unsaid(block, &typed)).collect();
        assert!(unsaid.contains(&vec!["gdpr"]), "{unsaid:?}");
        let said = found(&IN_ENGLISH, "tolerance").unwrap();
        assert!(!said.is_empty() && said.iter().all(|block| super::unsaid(block, &wanted("tolerance")).is_empty()));
    }

    #[test]
    fn each_place_is_gone_to_once() {
        let at = |typed: &str| places(&found(&IN_ENGLISH, typed).unwrap());
        assert_eq!(at("tolerance clocks"), ["join"]);
        assert_eq!(at("no such xylophone"), Vec::<&str>::new());
        let withdrawals = at("withdrew");
        let different: std::collections::HashSet<&str> = withdrawals.iter().copied().collect();
        assert!(withdrawals.len() > 2 && different.len() == withdrawals.len(), "{withdrawals:?}");
    }

    #[test]
    fn a_heading_that_has_the_words_brings_its_whole_section() {
        for (guide, typed) in [(&IN_ENGLISH, "own files"), (&IN_GERMAN, "eigene dateien")] {
            let paragraphs = texts(guide, typed);
            assert!(paragraphs.len() > 4, "{paragraphs:?}");
            assert!(paragraphs[0].to_lowercase().contains(typed), "{paragraphs:?}");
        }
    }

    #[test]
    fn what_people_call_it_is_found() {
        for word in [
            "gdpr",
            "delete",
            "erasure",
            "leakage",
            "k-anonymity",
            "wrong person",
            "owner",
            "duplicate",
            "approve",
            "shortcut",
            "import",
            "download",
            "compare",
            "gap above",
            "fit values",
            "cursor",
            "seed",
            "magnitude",
        ] {
            assert!(!texts(&IN_ENGLISH, word).is_empty(), "{word}");
        }
        for word in ["dsgvo", "löschen", "falsche person", "besitzer", "freigeben", "tastatur", "laden", "vergleichen"]
        {
            assert!(!texts(&IN_GERMAN, word).is_empty(), "{word}");
        }
        let anchors: Vec<&str> = IN_ENGLISH.iter().filter_map(|block| block.anchor.as_deref()).collect();
        assert_eq!(anchors.iter().filter(|anchor| !words_for_section(anchor).is_empty()).count(), 16, "{anchors:?}");
    }

    #[test]
    fn checks_are_found_and_links_are_words() {
        assert!(texts(&IN_ENGLISH, "foreign-pairs").contains(&"Foreign motions"));
        assert!(!texts(&IN_ENGLISH, "purpose of the recipe").is_empty(), "a link within does not part the words");
        assert_eq!(texts(&IN_ENGLISH, "action:export"), Vec::<&str>::new());
    }
}
