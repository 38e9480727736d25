//! The list of checks, each with its verdict as a word and as a sign.

use super::{Canvas, Pictured, ROW, WIDTH};
use crate::domain::CheckVerdict;
use crate::domain::format::utc;
use crate::picture::scene::{Anchor, Ink, Shape, TextSize};
use crate::picture::{LETTER, MARGIN, Picture};
use crate::review::{Check, Review, Trail};

/// What a check comes to with what was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judged {
    Fails,
    NotComputed,
    Accepted,
    Odd,
    Passes,
}

/// What a check comes to.
pub fn judged(review: &Review, check: &Check, trail: &Trail) -> Judged {
    match check.verdict {
        CheckVerdict::Pass => Judged::Passes,
        CheckVerdict::Warn => Judged::Odd,
        _ if review.accepted(check.id, trail).is_some() => Judged::Accepted,
        CheckVerdict::Fail => Judged::Fails,
        CheckVerdict::Uncomputed => Judged::NotComputed,
    }
}

impl Judged {
    /// The word for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::NotComputed => "not computed",
            Self::Accepted => "accepted",
            Self::Odd => "warning",
            Self::Passes => "passes",
        }
    }

    fn ink(self) -> Ink {
        match self {
            Self::Fails | Self::NotComputed => Ink::Foreign,
            Self::Accepted | Self::Odd => Ink::Text,
            Self::Passes => Ink::Kept,
        }
    }

    /// Its sign around a place, as lines, so that it is told without colours.
    fn sign(self, [x, y]: [f32; 2]) -> Vec<Vec<[f32; 2]>> {
        let at = |dx: f32, dy: f32| [x + dx, y + dy];
        let check = vec![at(-5.0, 0.0), at(-1.0, 4.0), at(5.0, -4.0)];
        let around = vec![at(-7.0, -7.0), at(7.0, -7.0), at(7.0, 7.0), at(-7.0, 7.0), at(-7.0, -7.0)];
        match self {
            Self::Fails => vec![vec![at(-4.0, -4.0), at(4.0, 4.0)], vec![at(-4.0, 4.0), at(4.0, -4.0)]],
            Self::NotComputed => vec![vec![at(-5.0, 0.0), at(5.0, 0.0)]],
            Self::Accepted => vec![check, around],
            Self::Odd => vec![vec![at(-5.0, 1.0), at(-2.0, -2.0), at(2.0, 2.0), at(5.0, -1.0)]],
            Self::Passes => vec![check],
        }
    }
}

impl Pictured<'_> {
    /// All checks, those that need an eye first.
    pub fn checks(&self, review: &Review, trail: &Trail) -> Picture {
        let mut checks: Vec<(Judged, &Check)> =
            review.checks().iter().map(|check| (judged(review, check, trail), check)).collect();
        checks.sort_by_key(|(judged, _)| *judged);
        let mut canvas = Canvas::new(self);
        for (judged, check) in checks {
            canvas.check(judged, check);
        }
        let signed = review.sign_off(trail, review.scope()).ok().and_then(|signed| signed.signed().cloned());
        let open = review.open(trail).len();
        let more = match (&signed, open) {
            (Some(signed), _) => format!("Signed off on {} UTC", utc(signed.when).unwrap_or_default()),
            (None, 0) => format!("{}; nobody has signed", review.why_none_is_open()),
            (None, 1) => "Export is closed: 1 check fails and is not accepted".to_owned(),
            (None, open) => format!("Export is closed: {open} checks fail and are not accepted"),
        };
        self.picture("Checks of the join review", Some(more), canvas.scene(), &[])
    }
}

impl Canvas {
    fn check(&mut self, judged: Judged, check: &Check) {
        const WORDS: f32 = 44.0;
        const TITLE: f32 = 130.0;
        let lines = judged.sign([MARGIN + 8.0, self.y + ROW / 2.0]);
        self.shapes.push(Shape::Lines { lines, ink: judged.ink(), width: 1.5 });
        self.small(judged.words(), WORDS, Anchor::Start, judged.ink());
        let title = &(self.say)(check.id.about().title);
        self.text(check.id.about().title, TITLE, Anchor::Start, Ink::Text, TextSize::Title);
        // A long figure has a line of its own, so that it does not run into the title.
        let figure = &(self.say)(&check.figure.words);
        let wide = |text: &str, letter: f32| text.chars().count() as f32 * letter;
        if TITLE + wide(title, LETTER * 1.35) + wide(figure, LETTER * 1.1) + MARGIN * 2.0 > WIDTH {
            self.y += ROW * 0.8;
        }
        self.small(&check.figure.words, WIDTH - MARGIN, Anchor::End, Ink::Weak);
        self.y += ROW;
    }
}
