//! Curves over time, one pane under the other: from series and a stretch of time to a picture.

use super::axis::{Clock, Tick, number_ticks};
use super::decimate::{Column, Drawn, View, decimate};
use super::kept::{Kept, Tint};
use super::span::Span;
use super::strokes::{COUNTS, Counted, Scale, count_instants};
use super::{Channel, Extremes, Series, Threshold};
use crate::domain::format::{counted, thousands};
use crate::picture::scene::{Anchor, Area, Ink, Scene, Shape, TextSize};

/// Panes with the same stretch of time.
#[derive(Clone, Debug, Default)]
pub struct Chart<'a> {
    /// From the top to the bottom.
    pub panes: Vec<Pane<'a>>,
    /// What is seen of the time.
    pub view: Span,
    /// How instants are written.
    pub clock: Clock,
    /// The instant from which elapsed time counts.
    pub origin: f64,
    /// Instants at which the join takes another customer's motion, ascending.
    pub foreign: &'a [i64],
    /// Two cursors; the time between them is the chosen range.
    pub cursors: [Option<f64>; 2],
    /// Where the pointer is.
    pub hover: Option<f64>,
}

/// Curves over the same values.
#[derive(Clone, Debug, Default)]
pub struct Pane<'a> {
    /// What is seen, with its unit.
    pub title: String,
    /// The value under the pointer, behind the title.
    pub reading: Option<String>,
    /// From the back to the front.
    pub curves: Vec<Curve<'a>>,
    /// The values at the bottom and at the top; none to fit what is seen.
    pub values: Option<(f64, f64)>,
    /// Until when its customer had not agreed: infinity for never.
    pub before_consent: Option<f64>,
    /// Whose readings they are, where those of the panes are of several devices.
    pub whose: Option<String>,
    /// Instants at which the join takes another customer's motion for this pane alone, ascending, before the shift of its curves.
    pub foreign: &'a [i64],
}

/// One channel of a series.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// The readings.
    pub series: &'a Series,
    /// Which of its channels.
    pub channel: &'a Channel,
    /// What is added to each instant, in milliseconds.
    pub shift: f64,
    /// Readings further apart than this are not joined by a line.
    pub gap: Threshold,
    /// Its colour, or which of its readings were kept.
    pub tint: Tint<'a>,
}

/// Where things came to stand in the picture, and what is seen of how much.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Where the curves of each pane are.
    pub panes: Vec<Area>,
    /// The values at the bottom and top of each pane.
    pub values: Vec<(f64, f64)>,
    /// Readings in this stretch of time.
    pub seen: usize,
    /// All readings of the series that are drawn.
    pub all: usize,
    /// Some curve is drawn by the extremes of each half pixel, not by its readings.
    pub is_decimated: bool,
}

/// Room left of the panes, for the values.
pub const LEFT: f32 = 64.0;
/// Room right of the panes.
pub const RIGHT: f32 = 12.0;
/// Room above each pane, for its title.
pub const TITLE: f32 = 22.0;
/// Room below the last pane, for the instants.
pub const BOTTOM: f32 = 26.0;

/// Room for one of the values beside a pane.
const LABEL: f32 = 12.0;
/// Room for the marks of foreign instants.
const MARKS: f32 = 10.0;
/// Room for a letter of a title, and for what may stand at the other end of its line, in points.
const LETTER: f32 = 7.0;
const BESIDE_TITLE: f32 = 112.0;

impl Chart<'_> {
    /// Paints it. `columns` is kept from frame to frame, so that painting takes no memory anew.
    pub fn paint(&self, size: [f32; 2], columns: &mut Vec<Column>) -> (Scene, Layout) {
        let mut scene = Scene { size, layers: vec![] };
        let (seen, all) = self.readings();
        let mut layout = Layout { seen, all, ..Layout::default() };
        let count = self.panes.len().max(1) as f32;
        let height = ((size[1] - BOTTOM) / count - TITLE).max(8.0);
        for (place, pane) in self.panes.iter().enumerate() {
            let top = (height + TITLE) * place as f32 + TITLE;
            let area = Area::new(LEFT, top, (size[0] - RIGHT).max(LEFT + 8.0), top + height);
            self.paint_pane(pane, area, &mut scene, &mut layout, columns);
        }
        if let Some(last) = layout.panes.last().copied() {
            self.paint_instants(last, &mut scene);
        }
        (scene, layout)
    }

    /// How many readings are seen of how many. A series of several channels is one.
    fn readings(&self) -> (usize, usize) {
        let mut counted: Vec<&Series> = vec![];
        let (mut seen, mut all) = (0, 0);
        for curve in self.panes.iter().flat_map(|pane| &pane.curves) {
            if counted.iter().any(|series| std::ptr::eq(*series, curve.series)) {
                continue;
            }
            counted.push(curve.series);
            seen += curve.series.within(self.view.from - curve.shift, self.view.to - curve.shift).len();
            all += curve.series.len();
        }
        (seen, all)
    }

    /// How high its picture is where its curves are so high.
    pub fn height(&self, pane: f32) -> f32 {
        self.panes.len() as f32 * (TITLE + pane) + BOTTOM
    }

    /// The colours that have a meaning in it if it is so wide, and which; `over` is what somebody else is called whose motion is
    /// in it.
    pub fn legend(&self, over: Option<&str>, width: f32) -> Vec<(Ink, String)> {
        let curves = || self.panes.iter().flat_map(|pane| &pane.curves);
        let has = |wanted: fn(&Kept) -> bool| {
            curves().any(|curve| matches!(curve.tint, Tint::Fates(kept) if !curve.series.is_empty() && wanted(kept)))
        };
        let others = curves().any(|curve| matches!(curve.tint, Tint::Plain(Ink::Other)));
        let shaded =
            || self.panes.iter().filter_map(|pane| pane.before_consent).filter(|until| *until > self.view.from);
        let never = if shaded().any(f64::is_finite) { "before consent" } else { "no consent" };
        let foreign = self.foreign_in_sight().map(|(_, seen, _)| seen.len() as u64).sum();
        let counts = self.counted(width - LEFT - RIGHT);
        // Beside somebody else's, it is said whose these are.
        let [kept, dropped] = if others { ["the owner's, kept", "the owner's, dropped"] } else { ["kept", "dropped"] };
        [
            (has(|kept| *kept != Kept::None), Ink::Kept, kept),
            (has(|kept| *kept != Kept::All), Ink::Dropped, dropped),
            (shaded().next().is_some(), Ink::BeforeConsent, never),
            (foreign > 0, Ink::Foreign, &format!("{} joined with a foreign motion", counted(foreign, "instant"))),
            (
                others,
                Ink::Other,
                &over.map_or_else(|| "that customer's motion".to_owned(), |name| format!("motion of {name}")),
            ),
            (counts.iter().any(|counted| counted.are_marked), Ink::Weak, &at_one_instant(&counts)),
        ]
        .into_iter()
        .filter(|(is_there, ..)| *is_there)
        .map(|(_, ink, words)| (ink, words.to_owned()))
        .collect()
    }

    /// The instants with a foreign motion that are in sight, with whose they are and what is added to them: of the chart at once, or of
    /// each pane that has its own.
    pub(super) fn foreign_in_sight(&self) -> impl Iterator<Item = (Option<&str>, &[i64], f64)> {
        let own = self.panes.iter().map(|pane| (pane.whose.as_deref(), pane.foreign, pane.shift()));
        std::iter::once((None, self.foreign, 0.0)).chain(own).map(|(whose, foreign, shift)| {
            let before = |end: f64| foreign.partition_point(|at| *at as f64 + shift < end);
            (whose, &foreign[before(self.view.from)..before(self.view.to.next_up())], shift)
        })
    }

    /// The instants with a foreign motion that are marked in a pane, and what is added to them.
    fn foreign_of<'s>(&'s self, pane: &'s Pane<'_>) -> (&'s [i64], f64) {
        if pane.foreign.is_empty() { (self.foreign, 0.0) } else { (pane.foreign, pane.shift()) }
    }

    /// How many readings instants have, for each curve that has several at some, in panes of this width.
    fn counted(&self, width: f32) -> Vec<Counted> {
        let counts = |curve: &Curve<'_>| {
            let seen = curve.series.within(self.view.from - curve.shift, self.view.to - curve.shift);
            count_instants(curve, &seen, width)
        };
        self.panes.iter().flat_map(|pane| &pane.curves).filter_map(counts).collect()
    }

    /// The instant at a place from left to right.
    pub fn instant_at(&self, area: Area, x: f32) -> f64 {
        self.view.at(f64::from((x - area.left) / area.width()))
    }

    fn x(&self, area: Area, at: f64) -> f32 {
        self.view.place(at, area.left, area.width())
    }

    fn paint_pane(
        &self,
        pane: &Pane<'_>,
        area: Area,
        scene: &mut Scene,
        layout: &mut Layout,
        columns: &mut Vec<Column>,
    ) {
        let halves = (area.width() * 2.0).max(2.0) as usize;
        let mut drawn = vec![];
        let mut extremes = Extremes::NONE;
        for curve in &pane.curves {
            let (from, to) = (self.view.from - curve.shift, self.view.to - curve.shift);
            let what = decimate(curve.series, curve.channel, View { from, to, columns: halves }, columns);
            let within = match &what {
                Drawn::Readings(_) => curve.series.within(from, to),
                Drawn::Columns { in_view, .. } => in_view.clone(),
            };
            extremes = extremes.with(&curve.channel.extremes(within));
            // Where there are several curves, each has columns of its own.
            let (taken, counted) = match &what {
                Drawn::Readings(readings) => (vec![], count_instants(curve, readings, area.width())),
                Drawn::Columns { .. } => (std::mem::take(columns), None),
            };
            drawn.push((what, taken, counted));
        }
        let values = pane.values.unwrap_or_else(|| fitted(extremes.range()));
        let has_counts = drawn.iter().any(|(.., counted)| counted.is_some_and(|counted| counted.are_marked));
        // Marks and counts have strips of their own, where no curve runs into them.
        let strips =
            (if self.foreign_of(pane).0.is_empty() { 0.0 } else { MARKS }, if has_counts { COUNTS } else { 0.0 });
        let curves = Area { top: area.top + strips.0, bottom: area.bottom - strips.1, ..area };
        let scale = Scale { view: self.view, area, curves, values };
        self.paint_ground(pane, &scale, scene);
        let mut shapes = vec![];
        for (curve, (what, taken, counted)) in pane.curves.iter().zip(drawn) {
            match what {
                Drawn::Readings(readings) => scale.readings(curve, readings, counted, &mut shapes),
                Drawn::Columns { before, after, .. } => {
                    layout.is_decimated = true;
                    scale.columns(curve, &taken, [before, after], &mut shapes);
                    *columns = taken;
                }
            }
        }
        self.paint_cursors(pane, &scale, layout.panes.is_empty(), &mut shapes);
        scene.paint(area, shapes);
        layout.panes.push(area);
        layout.values.push(values);
    }

    /// What is behind the curves: consent, the chosen range, the grid, and the title above.
    fn paint_ground(&self, pane: &Pane<'_>, scale: &Scale, scene: &mut Scene) {
        let area = scale.area;
        let (mut ground, mut labels) = (vec![], vec![]);
        if let Some(until) = pane.before_consent {
            let right = self.x(area, until).min(area.right);
            if right > area.left {
                ground.push(Shape::Fill(Area { right, ..area }, Ink::BeforeConsent));
                // Above its end, beside the title: no curve runs into it there.
                if right - area.left > BESIDE_TITLE + LETTER * pane.title.chars().count() as f32 {
                    let text = if until.is_finite() { "before consent" } else { "no consent" };
                    let at = [right - 2.0, area.top - TITLE / 2.0];
                    labels.push(Shape::small(text.to_owned(), at, Anchor::End, Ink::Foreign));
                }
            }
        }
        if let [Some(one), Some(other)] = self.cursors {
            let (left, right) = (self.x(area, one.min(other)), self.x(area, one.max(other)));
            ground.push(Shape::Fill(Area { left, right, ..area }, Ink::Range));
        }
        let mut grid = vec![];
        let count = (scale.curves.height() / 24.0).max(3.0) as usize;
        let mut free = f32::INFINITY;
        for tick in number_ticks(scale.values.0, scale.values.1, count) {
            let y = scale.y(tick.at);
            if !(scale.curves.top..=scale.curves.bottom).contains(&y) {
                continue;
            }
            grid.push(vec![[area.left, y], [area.right, y]]);
            // From the bottom to the top; a low pane has no room for all of them.
            if y < free {
                labels.push(Shape::small(tick.label, [area.left - 6.0, y], Anchor::End, Ink::Weak));
                free = y - LABEL;
            }
        }
        for tick in self.instants(area) {
            let x = self.x(area, tick.at);
            grid.push(vec![[x, area.top], [x, area.bottom]]);
        }
        ground.push(Shape::Lines { lines: grid, ink: Ink::Grid, width: 1.0 });
        scene.paint(area, ground);
        let title = Shape::Text {
            text: pane.reading.as_ref().map_or_else(|| pane.title.clone(), |value| format!("{}: {value}", pane.title)),
            at: [area.left, area.top - TITLE / 2.0],
            anchor: Anchor::Start,
            ink: Ink::Text,
            size: TextSize::Title,
        };
        labels.push(title);
        scene.paint(Area::new(0.0, area.top - TITLE, scene.size[0], area.bottom + 6.0), labels);
    }

    fn instants(&self, area: Area) -> Vec<Tick> {
        let room = if self.clock == Clock::Raw { 120.0 } else { 88.0 };
        self.clock.ticks(self.view.from, self.view.to, (area.width() / room) as usize, self.origin)
    }

    fn paint_instants(&self, area: Area, scene: &mut Scene) {
        let y = area.bottom + BOTTOM / 2.0 + 2.0;
        let places = self.instants(area).into_iter().map(|tick| (self.x(area, tick.at), tick.label));
        // The name of the clock stands where the first label would run into it; the last one ends with the picture.
        let right = scene.size[0] - if self.clock == Clock::Raw { 48.0 } else { 28.0 };
        let places = places.filter(|(x, _)| (area.left + 28.0..=right).contains(x));
        let mut shapes: Vec<Shape> =
            places.map(|(x, label)| Shape::small(label, [x, y], Anchor::Middle, Ink::Weak)).collect();
        shapes.push(Shape::small(self.clock.name().to_owned(), [4.0, y], Anchor::Start, Ink::Weak));
        scene.paint(Area::new(0.0, area.bottom, scene.size[0], scene.size[1]), shapes);
    }

    /// What is in front of the curves: foreign instants, cursors, the pointer. What cursors are called is said once, in the
    /// first pane.
    fn paint_cursors(&self, pane: &Pane<'_>, scale: &Scale, is_first: bool, shapes: &mut Vec<Shape>) {
        let area = scale.area;
        let marks: Vec<[f32; 3]> =
            self.foreign_places(pane, area).into_iter().map(|x| [x, area.top, area.top + MARKS - 2.0]).collect();
        if !marks.is_empty() {
            shapes.push(Shape::Bars { bars: marks, ink: Ink::Foreign, width: 2.0 });
        }
        for (name, at) in ["cursor A", "cursor B"].into_iter().zip(self.cursors) {
            let Some(x) = at.map(|at| self.x(area, at)) else { continue };
            shapes.push(Shape::Lines {
                lines: vec![vec![[x, area.top], [x, area.bottom]]],
                ink: Ink::Cursor,
                width: 1.0,
            });
            if !is_first {
                continue;
            }
            let (x, anchor) = if x + 64.0 < area.right { (x + 4.0, Anchor::Start) } else { (x - 4.0, Anchor::End) };
            shapes.push(Shape::small(name.to_owned(), [x, scale.curves.bottom - 9.0], anchor, Ink::Cursor));
        }
        if let Some(x) = self.hover.map(|at| self.x(area, at)) {
            shapes.push(Shape::Lines {
                lines: vec![vec![[x, area.top], [x, area.bottom]]],
                ink: Ink::Weak,
                width: 1.0,
            });
        }
    }

    /// Where the foreign instants stand, one for each pixel at the most: looked up pixel by pixel, not one by one.
    fn foreign_places(&self, pane: &Pane<'_>, area: Area) -> Vec<f32> {
        let (foreign, shift) = self.foreign_of(pane);
        let mut places = vec![];
        let mut next = foreign.partition_point(|at| *at as f64 + shift < self.view.from);
        while let Some(at) = foreign.get(next).map(|at| *at as f64 + shift)
            && at <= self.view.to
        {
            let x = self.x(area, at);
            places.push(x);
            let after = self.instant_at(area, x + 1.0);
            next += foreign[next..].partition_point(|at| *at as f64 + shift <= after).max(1);
        }
        places
    }
}

impl Pane<'_> {
    /// What is added to the instants of its curves.
    fn shift(&self) -> f64 {
        self.curves.first().map_or(0.0, |curve| curve.shift)
    }
}

/// What the counts below curves stand for.
fn at_one_instant(counts: &[Counted]) -> String {
    let usual = counts.iter().map(|counted| counted.usual).max().unwrap_or(1);
    match usual {
        1 => "readings at one instant".to_owned(),
        usual => format!("readings at one instant, where it is not the usual {usual}"),
    }
}

impl Layout {
    /// What is seen of how much, in words.
    pub fn in_words(&self) -> String {
        let all = counted(self.all as u64, "reading");
        let how = if self.is_decimated { ", drawn as the extremes of each half pixel" } else { "" };
        if self.seen == self.all {
            return format!("{all}{how}");
        }
        format!("{all}, {} of them in this stretch{how}", thousands(self.seen as u64))
    }

    /// The pane at a place.
    pub fn pane_at(&self, place: [f32; 2]) -> Option<usize> {
        self.panes.iter().position(|area| area.contains(place))
    }
}

/// Values with a little room below and above; never empty.
pub(super) fn fitted(extremes: Option<(f64, f64)>) -> (f64, f64) {
    let (low, high) = extremes.unwrap_or((0.0, 1.0));
    let room = if high > low { (high - low) * 0.12 } else { (high.abs() * 0.1).max(1.0) };
    (low - room, high + room)
}
