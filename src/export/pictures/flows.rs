//! Where rows went: the waterfalls, and the counts of all tables.

use super::{Canvas, Pictured, ROW, WIDTH};
use crate::curation::Curation;
use crate::domain::format::{difference, thousands};
use crate::domain::{Table, Zone};
use crate::picture::scene::{Anchor, Area, Ink, Shape, TextSize};
use crate::picture::{MARGIN, Picture};
use crate::review::{Bar, Change, Flow, Waterfall};

const LABELS: f32 = 300.0;
const NUMBERS: f32 = 90.0;

impl Pictured<'_> {
    /// Where rows went: a line for each bar.
    pub fn waterfalls(&self, waterfalls: &[Waterfall]) -> Picture {
        let mut canvas = Canvas::new(self);
        for waterfall in waterfalls {
            let title = match waterfall.flow {
                Flow::Dataset(dataset) => dataset.name(),
                Flow::MachineLearning => "machine learning",
            };
            canvas.name(title);
            let most = waterfall.bars.iter().map(|bar| bar.before.max(bar.after)).max().unwrap_or(0).max(1);
            for bar in &waterfall.bars {
                canvas.bar(bar, most);
            }
            canvas.y += ROW / 2.0;
        }
        let legend = [(Ink::Kept, "what stands"), (Ink::Foreign, "removed"), (Ink::Mixed, "added by a join")];
        self.picture("Where rows went", None, canvas.scene(), &legend)
    }

    /// How many rows each table has, zone by zone, and what it lost against its source.
    pub fn counts(&self, curation: &Curation) -> Picture {
        let mut canvas = Canvas::new(self);
        for zone in Zone::ALL {
            canvas.text(zone.title(), MARGIN, Anchor::Start, Ink::Text, TextSize::Title);
            canvas.y += ROW;
            for table in zone.tables() {
                canvas.table(self, curation, table);
            }
            canvas.y += ROW / 2.0;
        }
        self.picture("Rows of all tables", None, canvas.scene(), &[])
    }
}

impl Canvas {
    fn bar(&mut self, bar: &Bar, most: u64) {
        let (sign, ink) = match bar.change {
            Change::CameIn | Change::Left(_) => ("", Ink::Kept),
            Change::Added { .. } => ("+", Ink::Mixed),
            Change::Refused | Change::Removed { .. } => ("−", Ink::Foreign),
        };
        let stands = matches!(bar.change, Change::CameIn | Change::Left(_));
        let figure = if bar.rows == 0 { "0".to_owned() } else { format!("{sign}{}", thousands(bar.rows)) };
        let words = if bar.rows == 0 { Ink::Weak } else { Ink::Text };
        self.small(bar.change.label(), if stands { MARGIN } else { MARGIN * 2.0 }, Anchor::Start, words);
        let right = LABELS + NUMBERS;
        self.small(figure, right, Anchor::End, words);
        let (left, width) = (right + MARGIN, WIDTH - right - MARGIN * 2.0);
        let at = |rows: u64| left + width * (rows as f64 / most as f64) as f32;
        let (from, to) = (at(bar.before.min(bar.after)), at(bar.before.max(bar.after)));
        if bar.rows > 0 {
            let area = Area::new(from, self.y + 4.0, to.max(from + 1.0), self.y + ROW - 4.0);
            self.shapes.push(Shape::Fill(area, ink));
        }
        self.y += ROW;
    }

    fn table(&mut self, of: &Pictured<'_>, curation: &Curation, table: Table) {
        self.small(table.name(), MARGIN * 2.0, Anchor::Start, Ink::Text);
        let rows = thousands(curation.rows(table));
        self.text(rows, LABELS, Anchor::End, Ink::Text, TextSize::Title);
        let mut words = vec![];
        if let Some(dataset) = table.dataset() {
            let refused = of.landing.refused(dataset);
            words.extend((refused > 0).then(|| format!("{} refused", thousands(refused))));
        }
        if let Some(count) = curation.count(table) {
            words.push(format!("{} against {}", difference(count.rows_in, count.rows), count.source.name()));
            for step in &count.steps {
                words.extend(
                    (step.dropped > 0).then(|| format!("−{} {}", thousands(step.dropped), step.reason.label())),
                );
                words.extend((step.added > 0).then(|| format!("+{} more than one partner", thousands(step.added))));
            }
        }
        self.small(words.join(" · "), LABELS + MARGIN, Anchor::Start, Ink::Weak);
        self.y += ROW;
    }
}
