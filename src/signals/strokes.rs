//! The curves of one pane: from readings and columns to lines, bars and dots.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::chart::Curve;
use super::decimate::Column;
use super::kept::Tint;
use super::span::{Span, share};
use crate::picture::scene::{Anchor, Area, Ink, Shape};

/// Room from left to right for each reading while they are so few that each gets a dot.
const DOT_ROOM: f32 = 5.0;
const DOT: f32 = 2.25;
/// Room that the number of readings at an instant needs, from left to right and from top to bottom.
const COUNT_ROOM: f32 = 20.0;
pub(super) const COUNTS: f32 = 13.0;

/// From values to places in one pane.
pub(super) struct Scale {
    /// The stretch of time from its left to its right.
    pub(super) view: Span,
    /// All of it.
    pub(super) area: Area,
    /// The part of it that the values are spread over.
    pub(super) curves: Area,
    /// The values at the bottom and the top of that part.
    pub(super) values: (f64, f64),
}

/// Lines, bars and dots of a curve, by what colours them.
#[derive(Default)]
struct Strokes {
    lines: Vec<Vec<[f32; 2]>>,
    bars: Vec<[f32; 3]>,
    dots: Vec<[f32; 2]>,
}

impl Scale {
    pub(super) fn y(&self, value: f64) -> f32 {
        let (low, high) = self.values;
        self.curves.bottom - (share(value, low, high) * f64::from(self.curves.height())) as f32
    }

    fn x(&self, curve: &Curve<'_>, at: i64) -> f32 {
        self.view.place(at as f64 + curve.shift, self.area.left, self.area.width())
    }

    /// Every reading: lines where they are near each other, dots where they are few or alone, and at an instant with
    /// several how many.
    pub(super) fn readings(
        &self,
        curve: &Curve<'_>,
        readings: Range<usize>,
        counted: Option<Counted>,
        shapes: &mut Vec<Shape>,
    ) {
        let (times, values) = (curve.series.times(), curve.channel.values());
        let has_dots = has_dots(&readings, self.area.width());
        let mut strokes: [Strokes; 3] = Default::default();
        let mut broken = vec![];
        let mut last: Option<usize> = None;
        for reading in readings.clone() {
            let place = [self.x(curve, times[reading]), self.y(values[reading])];
            if !values[reading].is_finite() {
                broken.push([place[0], self.area.bottom - 3.0]);
                last = None;
                continue;
            }
            let of = slot(curve.tint.of(reading..reading + 1));
            let joined = last.filter(|&last| curve.gap.joins(times[last], times[reading]));
            if let Some(before) = joined {
                let from = [self.x(curve, times[before]), self.y(values[before])];
                match strokes[of].lines.last_mut() {
                    Some(line) if line.last() == Some(&from) => line.push(place),
                    _ => strokes[of].lines.push(vec![from, place]),
                }
            }
            let is_next_near = readings.end > reading + 1
                && curve.gap.joins(times[reading], times[reading + 1])
                && values[reading + 1].is_finite();
            if has_dots || (joined.is_none() && !is_next_near) {
                strokes[of].dots.push(place);
            }
            last = Some(reading);
        }
        self.put(curve, strokes, shapes);
        if !broken.is_empty() {
            shapes.push(Shape::Dots { dots: broken, ink: Ink::Foreign, radius: DOT });
        }
        if let Some(counted) = counted.filter(|counted| counted.are_marked) {
            self.counts(curve, readings, counted.usual, shapes);
        }
    }

    /// How many readings an instant has, where that is another number than the usual one and there is room to say so.
    fn counts(&self, curve: &Curve<'_>, readings: Range<usize>, usual: usize, shapes: &mut Vec<Shape>) {
        let mut free = f32::NEG_INFINITY;
        let instants = curve.series.instants(curve.channel, readings);
        for instant in instants.filter(|instant| instant.readings.len() != usual) {
            let x = self.x(curve, instant.time);
            if x < free {
                continue;
            }
            shapes.push(Shape::small(
                format!("×{}", instant.readings.len()),
                [x, self.area.bottom - COUNTS / 2.0],
                Anchor::Middle,
                Ink::Weak,
            ));
            free = x + COUNT_ROOM;
        }
    }

    /// A bar from the least to the most of each half pixel, joined to its neighbours where readings are near.
    pub(super) fn columns(
        &self,
        curve: &Curve<'_>,
        columns: &[Column],
        beyond: [Option<usize>; 2],
        shapes: &mut Vec<Shape>,
    ) {
        let mut strokes: [Strokes; 3] = Default::default();
        let mut broken: Vec<[f32; 2]> = vec![];
        let reading = |at: usize| Some((*curve.series.times().get(at)?, *curve.channel.values().get(at)?));
        let ends = beyond.map(|at| at.and_then(reading).filter(|(_, value)| value.is_finite()));
        // Time, place and height of where the line has come to.
        let mut pen = ends[0].map(|(at, value)| (at, [self.x(curve, at), self.y(value)]));
        for column in columns {
            let x = self.x(curve, column.first_time) + 0.25;
            if column.extremes.not_finite > 0 && broken.last().is_none_or(|[last, _]| x - last > 4.0) {
                broken.push([x, self.area.bottom - 3.0]);
            }
            let Some((least, most)) = column.extremes.range() else {
                pen = None;
                continue;
            };
            let strokes = &mut strokes[slot(curve.tint.of(column.readings.clone()))];
            let (mut top, mut bottom) = (self.y(most), self.y(least));
            if let Some((at, [before, y])) = pen.filter(|(at, _)| curve.gap.joins(*at, column.first_time)) {
                if x - before <= 1.25 {
                    // Side by side: the bar reaches to where the line has come to.
                    (top, bottom) = (top.min(y), bottom.max(y));
                } else if column.first.is_finite() && at <= column.first_time {
                    strokes.lines.push(vec![[before, y], [x, self.y(column.first)]]);
                }
            }
            strokes.bars.push([x, top - 0.5, bottom + 0.5]);
            pen = column.last.is_finite().then(|| (column.last_time, [x, self.y(column.last)]));
        }
        if let (Some((at, from)), Some((next, value))) = (pen, ends[1])
            && curve.gap.joins(at, next)
        {
            strokes[2].lines.push(vec![from, [self.x(curve, next), self.y(value)]]);
        }
        self.put(curve, strokes, shapes);
        if !broken.is_empty() {
            shapes.push(Shape::Dots { dots: broken, ink: Ink::Foreign, radius: DOT });
        }
    }

    /// Dropped readings behind kept ones.
    fn put(&self, curve: &Curve<'_>, strokes: [Strokes; 3], shapes: &mut Vec<Shape>) {
        for (slot, Strokes { lines, bars, dots }) in strokes.into_iter().enumerate() {
            let ink = match curve.tint {
                Tint::Plain(ink) => ink,
                Tint::Fates(_) => [Ink::Dropped, Ink::Mixed, Ink::Kept][slot],
            };
            if !lines.is_empty() {
                shapes.push(Shape::Lines { lines, ink, width: width(ink) });
            }
            if !bars.is_empty() {
                shapes.push(Shape::Bars { bars, ink, width: 1.0 });
            }
            put_dots(dots, ink, shapes);
        }
    }
}

/// Lines are told apart by their width as well as by their colour.
fn width(ink: Ink) -> f32 {
    match ink {
        Ink::Other => 2.5,
        Ink::Dropped => 0.75,
        _ => 1.25,
    }
}

/// Readings that were dropped are rings.
fn put_dots(dots: Vec<[f32; 2]>, ink: Ink, shapes: &mut Vec<Shape>) {
    if dots.is_empty() {
        return;
    }
    let holes = (ink == Ink::Dropped).then(|| dots.clone());
    shapes.push(Shape::Dots { dots, ink, radius: DOT });
    shapes.extend(holes.map(|dots| Shape::Dots { dots, ink: Ink::Ground, radius: DOT - 1.0 }));
}

/// Whether the readings of an instant are counted under a curve: not under one that is laid over, whose counts would stand upon
/// those of the curve below.
fn is_counted(curve: &Curve<'_>) -> bool {
    matches!(curve.tint, Tint::Fates(_))
}

/// How many readings the instants of a curve have that is so wide; none where nothing is counted below it, as each has one.
pub(super) fn count_instants(curve: &Curve<'_>, readings: &Range<usize>, width: f32) -> Option<Counted> {
    if !is_counted(curve) || !has_dots(readings, width) {
        return None;
    }
    let mut instants: BTreeMap<usize, usize> = BTreeMap::new();
    for instant in curve.series.times()[readings.clone()].chunk_by(|time, next| time == next) {
        *instants.entry(instant.len()).or_default() += 1;
    }
    let several = instants.last_key_value().is_some_and(|(most, _)| *most > 1);
    let usual = instants.iter().max_by_key(|(readings, often)| (**often, Reverse(**readings)))?;
    several.then_some(Counted { usual: *usual.0, are_marked: instants.len() > 1 })
}

/// How many readings instants have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Most of them.
    pub(super) usual: usize,
    /// Some have another number, which stands below them.
    pub(super) are_marked: bool,
}

/// What stands for an ink in a legend: a piece of what it paints.
pub fn swatch(ink: Ink, area: Area) -> Vec<Shape> {
    let (x, y) = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
    let mut shapes = vec![];
    match ink {
        Ink::Weak => shapes.push(Shape::small("×n".to_owned(), [x, y], Anchor::Middle, ink)),
        Ink::Foreign => shapes.push(Shape::Bars { bars: vec![[x, area.top, area.bottom]], ink, width: 2.0 }),
        Ink::BeforeConsent => shapes.push(Shape::Fill(area, ink)),
        _ => {
            let line = vec![[area.left, y], [area.right, y]];
            shapes.push(Shape::Lines { lines: vec![line], ink, width: width(ink) });
            put_dots(vec![[x, y]], ink, &mut shapes);
        }
    }
    shapes
}

/// Whether readings are so few that each gets a dot.
fn has_dots(readings: &Range<usize>, width: f32) -> bool {
    readings.len() as f32 * DOT_ROOM < width
}

fn slot(ink: Ink) -> usize {
    match ink {
        Ink::Dropped => 0,
        Ink::Mixed => 1,
        _ => 2,
    }
}
