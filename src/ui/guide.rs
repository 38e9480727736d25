//! The guide, beside whatever one is looking at: the text of docs/guide.md or that in another language beside it, in which words can be clicked on that do what they say.

use std::sync::LazyLock;

use egui::{Align, LayerId, ScrollArea, Ui, Window, vec2};

use crate::domain::{CheckGroup, CheckId};
use crate::state::{Spoken, State};

use self::blocks::Painter;
use super::actions::Does;
use super::explain::Pointed;
use super::scrolled::Scrolled as _;
use super::words::{Words, as_is, spoken, t};
use super::{focus, theme, widgets};

mod blocks;
mod contents;
mod search;

const ENGLISH: &str = include_str!("../../docs/guide.md");
const GERMAN: &str = include_str!("../../docs/guide.de.md");

/// The mark of an entry without a number.
const POINT: &str = "•";

/// The list of checks, which is part of the guide in the window, and its first section.
const CHECKS: &str = "checks.md";
const FIRST_CHECKS: &str = "checks-Reconciliation";

/// The guide, if it is open, and the section that it is to show.
#[derive(Default)]
pub struct GuideScreen {
    is_open: bool,
    /// It is scrolled to when it is painted next.
    goes_to: Option<String>,
    /// The section that the focus came to last.
    started: Option<String>,
    /// What it was opened at last.
    at: Option<String>,
    /// What is looked for in it.
    typed: String,
    /// The place of those that have it which is shown in the whole guide; none while they are listed.
    went: Option<usize>,
    /// The field to look for something gets the focus when it is painted next.
    finds: bool,
    /// Where it was painted last.
    layer: Option<LayerId>,
}

impl GuideScreen {
    /// Opens it where something is explained, if anything is pointed at; closes it if it is open there, or no widget is.
    pub fn turn(&mut self, pointed: Option<Pointed>) {
        match pointed {
            Some(Pointed { section, is_part }) if !self.is_open || (!is_part && self.at.as_ref() != Some(&section)) => {
                self.open_at(&section);
                self.finds = true;
            }
            _ => {
                (self.is_open, self.finds) = (!self.is_open, !self.is_open);
                self.forget_search();
            }
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the focus is in it.
    pub fn is_read(&self, ui: &Ui) -> bool {
        self.is_open && self.layer.is_some_and(|layer| focus::is_in_layer(ui, layer))
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.is_open = false;
    }

    /// Opens it at a section.
    pub fn open_at(&mut self, section: &str) {
        (self.is_open, self.goes_to, self.at) = (true, Some(section.to_owned()), Some(section.to_owned()));
        self.forget_search();
    }

    fn forget_search(&mut self) {
        self.typed.clear();
        self.went = None;
    }
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Strong(&'a str),
    /// Words, and the action that they stand for.
    Action(&'a str, &'a str),
    /// Words, and the section that they lead to.
    Section(&'a str, &'a str),
}

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// What it is led to by.
    anchor: Option<String>,
    kind: Kind,
    text: String,
}

/// What stands before a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Title,
    Heading,
    /// The heading of a group of checks.
    Group,
    Paragraph,
    /// An entry of a list, with its number or its mark.
    Entry(String),
    /// A check, of which the text is the title.
    Check(CheckId),
}

impl Block {
    fn is_heading(&self) -> bool {
        matches!(self.kind, Kind::Heading | Kind::Group)
    }

    /// Its text: that of the guide is in the language of the window, and what is said of checks is put into it.
    fn words(&self) -> Words {
        if self.kind == Kind::Group { t(&self.text) } else { as_is(&self.text) }
    }
}

static IN_ENGLISH: LazyLock<Vec<Block>> = LazyLock::new(|| guide(ENGLISH));
static IN_GERMAN: LazyLock<Vec<Block>> = LazyLock::new(|| guide(GERMAN));

fn guide(text: &str) -> Vec<Block> {
    blocks(text).into_iter().chain(checks()).collect()
}

/// The guide in the language of the window.
fn in_force() -> &'static [Block] {
    match spoken() {
        Spoken::English => &IN_ENGLISH,
        Spoken::German => &IN_GERMAN,
    }
}

/// Paints it if it is open; gives what was clicked on.
pub fn guide_ui(ui: &Ui, state: &State, screen: &mut GuideScreen) -> Option<Does> {
    let mut asked = None;
    let room = ui.ctx().content_rect();
    let GuideScreen { is_open, goes_to, started, typed, went, finds, layer, .. } = screen;
    let shown = Window::new(t("Guide"))
        .open(is_open)
        .default_size(vec2(theme::GUIDE_WIDTH, room.height() * 0.7))
        .default_pos(room.right_top() + vec2(-theme::GUIDE_WIDTH - 40.0, 180.0))
        .collapsible(false)
        .show(ui.ctx(), |ui| {
            let types = std::mem::take(finds);
            let entered = search::field_ui(ui, typed, went, types);
            let found = search::found(in_force(), typed);
            let places = found.as_deref().map(search::places).unwrap_or_default();
            if entered && !places.is_empty() {
                let next = went.map_or(0, |place| (place + 1) % places.len());
                (*went, *goes_to) = (Some(next), Some(places[next].to_owned()));
            }
            search::places_ui(ui, places.len(), went);
            // What is found begins at the top, whatever was looked at before.
            let area = ScrollArea::vertical().id_salt((typed.as_str(), went.is_some()));
            area.auto_shrink([false, false]).show_scrolled(ui, |ui| {
                let marks = search::wanted(typed);
                if let (Some(found), None, None) = (&found, &*goes_to, &*went) {
                    asked = found_ui(ui, state, (found, &marks), goes_to);
                    let shown = places.iter().position(|place| goes_to.as_deref() == Some(*place));
                    *went = goes_to.is_some().then(|| shown.unwrap_or_default());
                    return;
                }
                let wanted = goes_to.take();
                contents::contents_ui(ui, goes_to);
                // Who goes from place to place by Enter stays in the field.
                let comes = wanted.is_some() && !types && !entered && focus::is_by_keys(ui);
                for block in in_force() {
                    contents::start_ui(ui, block, comes.then_some(&wanted), started);
                    let painted = ui.scope(|ui| Painter { state, marks: &marks, goes_to }.block_ui(ui, block));
                    asked = painted.inner.or(asked.take());
                    if wanted.is_some() && block.anchor == wanted {
                        painted.response.scroll_to_me(Some(Align::TOP));
                    }
                }
            });
        });
    *layer = shown.map(|shown| shown.response.layer_id);
    asked
}

/// What was looked for; a heading leads to its section in the whole guide.
fn found_ui(
    ui: &mut Ui,
    state: &State,
    (found, marks): (&[&Block], &[String]),
    goes_to: &mut Option<String>,
) -> Option<Does> {
    let mut asked = None;
    if found.is_empty() {
        ui.label(widgets::weak(ui, "Nothing in the guide says that. Try: consent, owner, split, withdraw, export."));
    }
    for block in found {
        if block.is_heading() {
            ui.add_space(8.0);
            if ui.link(block.words()).clicked() {
                goes_to.clone_from(&block.anchor);
            }
        } else {
            asked = ui.scope(|ui| Painter { state, marks, goes_to }.block_ui(ui, block)).inner.or(asked);
        }
        let unsaid = search::unsaid(block, marks);
        if !unsaid.is_empty() {
            let words = format!("Found for “{}”, which has another name here.", unsaid.join(" "));
            ui.label(widgets::small(ui, words));
        }
    }
    asked
}

/// The section of every check: what it says of itself, as docs/checks.md has it.
fn checks() -> impl Iterator<Item = Block> {
    CheckGroup::ALL.into_iter().flat_map(|group| {
        let heading = Block {
            anchor: Some(format!("checks-{}", group.title())),
            kind: Kind::Group,
            text: format!("Checks: {}", group.title()),
        };
        let of_group = CheckId::ALL.into_iter().filter(move |check| check.group() == group);
        let about = |check: CheckId| {
            let (text, anchor) = (check.about().title.to_owned(), Some(check.name().to_owned()));
            Block { anchor, kind: Kind::Check(check), text }
        };
        std::iter::once(heading).chain(of_group.map(about))
    })
}

/// Takes the text apart. It is ours, so what it never has is not looked for.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = vec![];
    let is_number = |mark: &str| mark.strip_suffix('.').is_some_and(|number| number.parse::<u32>().is_ok());
    // Pictures are of the window, which is there.
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("![")) {
        let (kind, text) = match line.split_once(' ') {
            None if line.is_empty() => (Kind::Paragraph, ""),
            Some(("#", title)) => (Kind::Title, title),
            Some(("##", title)) => (Kind::Heading, title),
            Some(("-", text)) => (Kind::Entry(POINT.to_owned()), text),
            Some((mark, text)) if is_number(mark) => (Kind::Entry(mark.to_owned()), text),
            _ => match blocks.last_mut() {
                // A line that goes on.
                Some(Block { kind: Kind::Entry(_) | Kind::Paragraph, text, .. }) if !text.is_empty() => {
                    *text += " ";
                    *text += line;
                    continue;
                }
                _ => (Kind::Paragraph, line),
            },
        };
        let anchored = text.strip_prefix("<a id=\"").and_then(|rest| rest.split_once("\"></a>"));
        let (anchor, text) = anchored.map_or((None, text), |(anchor, text)| (Some(anchor.to_owned()), text));
        blocks.push(Block { anchor, kind, text: text.to_owned() });
    }
    blocks.retain(|block| !block.text.is_empty());
    blocks
}

/// Takes a paragraph apart: `*words*` are strong, `[words](action:id)` do something, `[words](#anchor)` lead to a section.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (vec![], text);
    while let Some(place) = rest.find(['*', '[']) {
        let (before, from) = rest.split_at(place);
        let found = if let Some(from) = from.strip_prefix('*') {
            from.split_once('*').map(|(strong, rest)| (Piece::Strong(strong), rest))
        } else {
            from[1..].split_once("](").and_then(|(words, rest)| {
                let (link, rest) = rest.split_once(')')?;
                let action = link.strip_prefix("action:").map(|id| Piece::Action(words, id));
                let section = if link == CHECKS { Some(FIRST_CHECKS) } else { link.strip_prefix('#') };
                Some((action.or(section.map(|section| Piece::Section(words, section)))?, rest))
            })
        };
        let Some((piece, behind)) = found else { break };
        if !before.is_empty() {
            pieces.push(Piece::Plain(before));
        }
        pieces.push(piece);
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use crate::domain::Table;

    use super::super::actions::action;
    use super::*;

    fn has_section(anchor: &str) -> bool {
        IN_ENGLISH.iter().any(|block| block.anchor.as_deref() == Some(anchor))
    }

    #[test]
    fn every_section_that_a_widget_leads_to_is_there() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
        let mut found = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let source = std::fs::read_to_string(file.unwrap().path()).unwrap_or_default();
            for line in source.lines() {
                let leads = line.contains("explained(") || line.contains("leads_to(");
                let texts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
                let is_name = |text: &&&str| {
                    !text.ends_with('-') && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
                };
                let is_of_page = |text: &&&str| {
                    ["consent-", "signals-", "review-", "export-"].iter().any(|page| text.starts_with(page))
                };
                found.extend(texts.last().filter(|_| leads).filter(is_name).map(|text| (*text).to_owned()));
                found.extend(texts.iter().filter(is_of_page).filter(is_name).map(|text| (*text).to_owned()));
            }
        }
        assert!(found.len() > 20, "{found:?}");
        for section in found {
            assert!(has_section(&section), "nothing is said of {section}");
        }
    }

    fn pieces_of(guide: &[Block]) -> Vec<Piece<'_>> {
        guide.iter().flat_map(|block| pieces(&block.text)).collect()
    }

    #[test]
    fn everything_that_can_be_clicked_on_does_something() {
        let pieces = pieces_of(&IN_ENGLISH);
        let actions: Vec<&str> =
            pieces.iter().filter_map(|piece| if let Piece::Action(_, id) = piece { Some(*id) } else { None }).collect();
        assert!(actions.len() > 10);
        for id in actions {
            assert!(action(id).is_some(), "the guide names the action {id}, which there is not");
        }
        for piece in pieces {
            if let Piece::Section(words, anchor) = piece {
                assert!(has_section(anchor), "{words} leads to the section {anchor}, which there is not");
            }
        }
    }

    #[test]
    fn guides_in_all_languages_lead_to_the_same() {
        let actions = |guide| {
            let id = |piece| if let Piece::Action(_, id) = piece { Some(id) } else { None };
            pieces_of(guide).into_iter().filter_map(id).collect::<Vec<_>>()
        };
        assert_eq!(actions(&IN_ENGLISH), actions(&IN_GERMAN));
        let anchors = |guide: &'static [Block]| guide.iter().map(|block| &block.anchor).collect::<Vec<_>>();
        assert_eq!(anchors(&IN_ENGLISH), anchors(&IN_GERMAN));
    }

    #[test]
    fn no_section_is_there_twice_and_each_heading_is_one() {
        let mut seen = std::collections::BTreeSet::new();
        for block in IN_ENGLISH.iter() {
            assert!(!block.is_heading() || block.anchor.is_some(), "{} cannot be led to", block.text);
            assert!(block.anchor.iter().all(|anchor| seen.insert(anchor)), "{:?} is there twice", block.anchor);
        }
        assert!(seen.len() > 57 + Table::ALL.len());
        for table in Table::ALL {
            assert!(has_section(table.name()), "nothing is said of {}", table.name());
        }
    }

    #[test]
    fn nothing_of_the_text_is_lost_and_no_mark_is_left() {
        let words = |text: &str| text.split_whitespace().collect::<String>();
        for (text, guide) in [(ENGLISH, &IN_ENGLISH), (GERMAN, &IN_GERMAN)] {
            let shown: String = blocks(text)
                .iter()
                .map(|Block { anchor, kind, text }| {
                    let mark = match kind {
                        Kind::Title => "#",
                        Kind::Heading => "##",
                        Kind::Entry(mark) if mark == "•" => "-",
                        Kind::Entry(mark) => mark,
                        Kind::Paragraph | Kind::Group | Kind::Check(_) => "",
                    };
                    let anchor = anchor.as_ref().map_or_else(String::new, |anchor| format!("<a id=\"{anchor}\"></a>"));
                    format!("{mark}{anchor}{text}")
                })
                .collect();
            let without_pictures: String = text.lines().filter(|line| !line.starts_with("![")).collect();
            assert_eq!(words(&shown), words(&without_pictures));
            for piece in pieces_of(guide) {
                let (Piece::Plain(text) | Piece::Strong(text) | Piece::Action(text, _) | Piece::Section(text, _)) =
                    piece;
                assert!(!text.contains(['*', '[', ']', '`', '#', '<']), "{text}");
            }
        }
    }

    #[test]
    fn lines_go_on_and_lists_have_their_numbers() {
        let found = blocks("# T\n\none\ntwo\n\n1. a\n   b\n2. <a id=\"x\"></a>c\n- d\n![p](p.png)\n");
        let block = |kind, text: &str| Block { anchor: None, kind, text: text.to_owned() };
        let expected = [
            block(Kind::Title, "T"),
            block(Kind::Paragraph, "one two"),
            block(Kind::Entry("1.".to_owned()), "a b"),
            Block { anchor: Some("x".to_owned()), ..block(Kind::Entry("2.".to_owned()), "c") },
            block(Kind::Entry("•".to_owned()), "d"),
        ];
        assert_eq!(found, expected);
    }
}
