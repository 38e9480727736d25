//! The guide, beside whatever one is looking at: the text of docs/guide.md, in which words can be clicked on that do what they say.

use egui::{RichText, ScrollArea, TextStyle, Ui, Window, vec2};

use crate::state::State;

use super::actions::{Does, action};
use super::words::{as_is, t};
use super::{theme, widgets};

const TEXT: &str = include_str!("../../docs/guide.md");

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Strong(&'a str),
    /// Words, and the action that they stand for.
    Action(&'a str, &'a str),
}

/// A paragraph, and what stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Title(String),
    Heading(String),
    Paragraph(String),
    /// An entry of a list, with its number or its mark.
    Entry(String, String),
}

/// Paints it if it is open; gives what was clicked on.
pub fn guide_ui(ui: &Ui, state: &State, is_open: &mut bool) -> Option<Does> {
    let mut asked = None;
    let screen = ui.ctx().content_rect();
    Window::new(t("Guide"))
        .open(is_open)
        .default_size(vec2(theme::GUIDE_WIDTH, screen.height() * 0.7))
        .default_pos(screen.right_top() + vec2(-theme::GUIDE_WIDTH - 40.0, 180.0))
        .collapsible(false)
        .show(ui.ctx(), |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                for block in blocks(TEXT) {
                    asked = block_ui(ui, state, &block).or(asked.take());
                }
            });
        });
    asked
}

fn block_ui(ui: &mut Ui, state: &State, block: &Block) -> Option<Does> {
    match block {
        Block::Title(_) => None,
        Block::Heading(text) => {
            ui.add_space(8.0);
            ui.label(RichText::new(text).text_style(TextStyle::Heading));
            None
        }
        Block::Paragraph(text) => {
            let asked = ui.horizontal_wrapped(|ui| pieces_ui(ui, state, text)).inner;
            ui.add_space(4.0);
            asked
        }
        Block::Entry(mark, text) => {
            let asked = ui
                .horizontal_top(|ui| {
                    ui.add_sized(vec2(theme::ROW_HEIGHT, 0.0), egui::Label::new(widgets::weak(ui, as_is(mark))));
                    ui.horizontal_wrapped(|ui| pieces_ui(ui, state, text)).inner
                })
                .inner;
            ui.add_space(2.0);
            asked
        }
    }
}

fn pieces_ui(ui: &mut Ui, state: &State, text: &str) -> Option<Does> {
    let mut asked = None;
    ui.spacing_mut().item_spacing.x = 0.0;
    for piece in pieces(text) {
        match piece {
            Piece::Plain(text) => drop(ui.label(text)),
            Piece::Strong(text) => drop(ui.label(widgets::strong(as_is(text)))),
            Piece::Action(words, id) => {
                if ui.link(words).clicked() {
                    asked = action(id).map(|action| action.does(state));
                }
            }
        }
    }
    asked
}

/// Takes the text apart. It is ours, so what it never has is not looked for.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![];
    let is_number = |mark: &str| mark.strip_suffix('.').is_some_and(|number| number.parse::<u32>().is_ok());
    for line in text.lines() {
        let block = match line.trim().split_once(' ') {
            None if line.trim().is_empty() => Block::Paragraph(String::new()),
            Some(("#", title)) => Block::Title(title.to_owned()),
            Some(("##", title)) => Block::Heading(title.to_owned()),
            Some(("-", text)) => Block::Entry("•".to_owned(), text.to_owned()),
            Some((mark, text)) if is_number(mark) => Block::Entry(mark.to_owned(), text.to_owned()),
            _ => match blocks.last_mut() {
                // A line that goes on.
                Some(Block::Entry(_, before) | Block::Paragraph(before)) if !before.is_empty() => {
                    *before += " ";
                    *before += line.trim();
                    continue;
                }
                _ => Block::Paragraph(line.trim().to_owned()),
            },
        };
        blocks.push(block);
    }
    blocks.retain(|block| !matches!(block, Block::Paragraph(text) if text.is_empty()));
    blocks
}

/// Takes a paragraph apart: `*words*` are strong, `[words](action:id)` do something.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (vec![], text);
    while let Some(place) = rest.find(['*', '[']) {
        let (before, from) = rest.split_at(place);
        let found = if let Some(from) = from.strip_prefix('*') {
            from.split_once('*').map(|(strong, rest)| (Piece::Strong(strong), rest))
        } else {
            from[1..].split_once("](action:").and_then(|(words, rest)| {
                let (id, rest) = rest.split_once(')')?;
                Some((Piece::Action(words, id), rest))
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
    use super::*;

    fn texts() -> Vec<String> {
        let text = |block: Block| match block {
            Block::Title(text) | Block::Heading(text) | Block::Paragraph(text) | Block::Entry(_, text) => text,
        };
        blocks(TEXT).into_iter().map(text).collect()
    }

    #[test]
    fn everything_that_can_be_clicked_on_does_something() {
        let texts = texts();
        let actions: Vec<&str> = texts
            .iter()
            .flat_map(|text| pieces(text))
            .filter_map(|piece| if let Piece::Action(_, id) = piece { Some(id) } else { None })
            .collect();
        assert!(actions.len() > 10);
        for id in actions {
            assert!(action(id).is_some(), "the guide names the action {id}, which there is not");
        }
    }

    #[test]
    fn nothing_of_the_text_is_lost_and_no_mark_is_left() {
        let words = |text: &str| text.split_whitespace().collect::<String>();
        let shown: String = blocks(TEXT)
            .iter()
            .map(|block| match block {
                Block::Title(text) => format!("#{text}"),
                Block::Heading(text) => format!("##{text}"),
                Block::Paragraph(text) => text.clone(),
                Block::Entry(mark, text) => format!("{}{text}", if mark == "•" { "-" } else { mark }),
            })
            .collect();
        assert_eq!(words(&shown), words(TEXT));
        for text in texts() {
            for piece in pieces(&text) {
                let (Piece::Plain(text) | Piece::Strong(text) | Piece::Action(text, _)) = piece;
                assert!(!text.contains(['*', '[', ']', '`', '#']), "{text}");
            }
        }
    }

    #[test]
    fn lines_go_on_and_lists_have_their_numbers() {
        let found = blocks("# T\n\none\ntwo\n\n1. a\n   b\n2. c\n- d\n");
        let entry = |mark: &str, text: &str| Block::Entry(mark.to_owned(), text.to_owned());
        let expected = [
            Block::Title("T".to_owned()),
            Block::Paragraph("one two".to_owned()),
            entry("1.", "a b"),
            entry("2.", "c"),
            entry("•", "d"),
        ];
        assert_eq!(found, expected);
    }
}
