//! All devices, small, as the overview shows them.

use super::{Canvas, Pictured, WIDTH};
use crate::curation::Codes;
use crate::domain::format::thousands;
use crate::picture::scene::{Anchor, Area, Ink, Shape, TextSize};
use crate::picture::{MARGIN, Picture};
use crate::signals::{By, DeviceLine};

const COLUMNS: usize = 4;
const CARD: [f32; 2] = [(WIDTH - MARGIN * 2.0) / COLUMNS as f32, 108.0];

impl Pictured<'_> {
    /// These lines of the overview, of so many in all.
    pub fn devices(&self, lines: &[&DeviceLine], of: usize, by: By, codes: &Codes) -> Picture {
        let mut canvas = Canvas::new(self);
        let top = canvas.y;
        for (place, line) in lines.iter().enumerate() {
            let corner = [MARGIN + (place % COLUMNS) as f32 * CARD[0], top + (place / COLUMNS) as f32 * CARD[1]];
            canvas.card(line, by, codes, corner);
        }
        canvas.y = top + lines.len().div_ceil(COLUMNS) as f32 * CARD[1];
        let words = format!(
            "{} of {} devices and phones, by {}: {}",
            thousands(lines.len() as u64),
            thousands(of as u64),
            by.name(),
            by.explanation()
        );
        self.picture(
            "Devices and phones",
            Some(words),
            canvas.scene(),
            &[(Ink::Kept, "values over time, least to most")],
        )
    }
}

impl Canvas {
    fn card(&mut self, line: &DeviceLine, by: By, codes: &Codes, [left, top]: [f32; 2]) {
        let device = line.device.as_deref().and_then(|serial| codes.device(serial));
        let person = line.person.as_deref().and_then(|email| codes.person(email));
        let names: Vec<String> = [device, person].into_iter().flatten().map(|code| code.to_string()).collect();
        let right = left + CARD[0] - MARGIN;
        let text = |text: String, at: [f32; 2], anchor, ink, size| Shape::Text { text, at, anchor, ink, size };
        self.shapes.push(text(names.join(" · "), [left, top + 12.0], Anchor::Start, Ink::Text, TextSize::Title));
        let figure = by.figure(line).map_or_else(|| "–".to_owned(), |figure| by.in_words(figure));
        let foot = top + CARD[1] - 16.0;
        self.shapes.push(Shape::small(
            (self.say)(&format!("{} {figure}", by.name())),
            [left, foot],
            Anchor::Start,
            Ink::Text,
        ));
        if by != By::Foreign && line.foreign > 0 {
            let words = format!("{} foreign", thousands(line.foreign));
            self.shapes.push(Shape::small((self.say)(&words), [right, foot], Anchor::End, Ink::Foreign));
        }
        self.thumbnail(line, Area::new(left, top + 26.0, right, foot - 14.0));
    }

    fn thumbnail(&mut self, line: &DeviceLine, room: Area) {
        let bins = line.thumbnail.bins();
        let wide = room.width() / bins.len().max(1) as f32;
        let y = |share: f32| room.bottom - share * room.height();
        let bars = bins.enumerate().filter_map(|(place, bin)| {
            let (low, high) = bin?;
            Some([room.left + (place as f32 + 0.5) * wide, y(high) - 0.75, y(low) + 0.75])
        });
        let bars: Vec<[f32; 3]> = bars.collect();
        // Joined as in the window, but for gaps.
        let joined = bars.windows(2).filter(|pair| pair[1][0] - pair[0][0] < wide * 12.0);
        let lines =
            joined.map(|pair| pair.iter().map(|[x, top, bottom]| [*x, (top + bottom) / 2.0]).collect()).collect();
        self.shapes.push(Shape::Lines { lines, ink: Ink::Mixed, width: 1.0 });
        self.shapes.push(Shape::Bars { bars, ink: Ink::Kept, width: 1.5 });
    }
}
