//! Who agreed when: the curve of consents, and each customer's consent against their readings.

use super::{Canvas, Pictured, ROW, WIDTH};
use crate::curation::Codes;
use crate::domain::format::{counted, thousands, utc};
use crate::picture::scene::{Anchor, Area, Ink, Shape};
use crate::picture::{MARGIN, Picture};
use crate::review::{Consented, Session};
use crate::signals::Clock;

/// Customers in a picture; the others are counted below.
const MOST: usize = 60;
const CURVE: f32 = 140.0;
const NAMES: f32 = 330.0;

impl Pictured<'_> {
    /// The curve of consents, and the customers as they are listed.
    pub fn consents(&self, curve: &[Consented], sessions: &[Session], codes: &Codes) -> Picture {
        let mut canvas = Canvas::new(self);
        canvas.curve(curve, self.recipe.as_of);
        let ends = sessions.iter().filter_map(|session| session.span);
        let ends = ends.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)));
        for session in sessions.iter().take(MOST) {
            canvas.session(session, ends, codes);
        }
        if sessions.len() > MOST {
            let more = counted((sessions.len() - MOST) as u64, "customer");
            canvas.small(format!("and {more} more"), MARGIN, Anchor::Start, Ink::Weak);
            canvas.y += ROW;
        }
        let more = curve.last().map(|last| {
            let given = self.recipe.as_of.and_then(utc);
            let limit = given.map_or_else(String::new, |at| format!("; consents count up to {at} UTC"));
            format!("{} had agreed at the end{limit}", counted(last.customers, "customer"))
        });
        let legend = [
            (Ink::Kept, "customers who had agreed, readings since the consent"),
            (Ink::Foreign, "readings before the consent, last day that counts"),
            (Ink::Cursor, "consent"),
        ];
        self.picture("Who agreed when", more, canvas.scene(), &legend)
    }
}

impl Canvas {
    fn curve(&mut self, curve: &[Consented], as_of: Option<i64>) {
        let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return };
        let area = Area::new(64.0, self.y + 8.0, WIDTH - MARGIN, self.y + CURVE);
        let most = curve.iter().map(|point| point.customers).max().unwrap_or(0).max(1);
        let x = |at: i64| area.left + area.width() * share(at, first.at, last.at);
        let y = |customers: u64| area.bottom - area.height() * (customers as f64 / most as f64) as f32;
        let ticks = Clock::Utc.ticks(first.at as f64, last.at as f64, 8, first.at as f64);
        let grid = ticks.iter().map(|tick| x(tick.at as i64)).map(|x| vec![[x, area.top], [x, area.bottom]]);
        let ground = [vec![[area.left, area.bottom], [area.right, area.bottom]]];
        self.shapes.push(Shape::Lines { lines: grid.chain(ground).collect(), ink: Ink::Grid, width: 1.0 });
        let points = curve.iter().map(|point| [x(point.at), y(point.customers)]).collect();
        self.shapes.push(Shape::Lines { lines: vec![points], ink: Ink::Kept, width: 1.5 });
        if let Some(x) = as_of.map(|at| x(at.clamp(first.at, last.at))) {
            let lines = vec![vec![[x, area.top], [x, area.bottom]]];
            self.shapes.push(Shape::Lines { lines, ink: Ink::Foreign, width: 1.5 });
        }
        for (customers, at) in [(most, area.top), (0, area.bottom)] {
            self.shapes.push(Shape::small(
                (self.say)(&thousands(customers)),
                [area.left - 6.0, at],
                Anchor::End,
                Ink::Weak,
            ));
        }
        for tick in ticks {
            let x = x(tick.at as i64);
            if (area.left + 28.0..=area.right - 28.0).contains(&x) {
                self.shapes.push(Shape::small(tick.label, [x, area.bottom + 12.0], Anchor::Middle, Ink::Weak));
            }
        }
        self.y += CURVE + ROW * 1.5;
    }

    fn session(&mut self, session: &Session, ends: Option<(i64, i64)>, codes: &Codes) {
        let name = codes.person(&session.person).map_or_else(|| "•••".to_owned(), |code| code.to_string());
        self.small(name, MARGIN, Anchor::Start, Ink::Text);
        let consent = session.consent.and_then(utc);
        self.small(consent.unwrap_or_else(|| "no consent".to_owned()), 80.0, Anchor::Start, Ink::Weak);
        let words = match session.before {
            0 => thousands(session.readings),
            before => format!("{} ({} before)", thousands(session.readings), thousands(before)),
        };
        self.small(words, NAMES - MARGIN, Anchor::End, Ink::Weak);
        if let (Some((first, last)), Some((from, to))) = (ends, session.span) {
            let x = |at: i64| NAMES + (WIDTH - MARGIN - NAMES) * share(at, first, last).clamp(0.0, 1.0);
            let middle = self.y + ROW / 2.0;
            let mut line = |from: f32, to: f32, ink| {
                self.shapes.push(Shape::Fill(Area::new(from, middle - 3.0, to.max(from + 2.0), middle + 3.0), ink));
            };
            let consent = session.consent.map_or(to, |at| at.clamp(from, to));
            if session.before > 0 {
                line(x(from), x(consent), Ink::Foreign);
            }
            if session.before < session.readings {
                line(x(consent), x(to), Ink::Kept);
            }
            if let Some(at) = session.consent.filter(|at| (first..=last).contains(at)) {
                let x = x(at);
                let lines = vec![vec![[x, self.y + 3.0], [x, self.y + ROW - 3.0]]];
                self.shapes.push(Shape::Lines { lines, ink: Ink::Cursor, width: 2.0 });
            }
        }
        self.y += ROW;
    }
}

fn share(at: i64, first: i64, last: i64) -> f32 {
    if last > first { ((at as f64 - first as f64) / (last as f64 - first as f64)) as f32 } else { 0.0 }
}
