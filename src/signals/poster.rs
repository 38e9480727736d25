//! A chart to be taken along: with a title, what it is of, what was chosen, and what its colours mean.

use super::chart::Chart;
use super::scene::{Anchor, Area, Ink, Scene, Shape, TextSize};
use super::strokes::swatch;
use super::svg::Coloring;
use crate::domain::Recipe;

/// What stands above a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Of what it is.
    pub title: String,
    /// Lines below: the recipe, the stretch of time, how many readings.
    pub lines: Vec<String>,
}

/// A picture with what it shows in words, and its colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What is painted.
    pub scene: Scene,
    /// What it shows, for those who do not see it.
    pub title: String,
    /// Light or dark.
    pub coloring: Coloring,
}

impl Heading {
    /// Of a recording: whose, by which recipe, and from when to when. `name` is masked or not, as it is to be seen.
    pub fn of(name: &str, recipe: &Recipe, chart: &Chart<'_>) -> Self {
        let instant = |at: f64| chart.clock.instant(at, chart.origin);
        let time = format!("{} to {} ({})", instant(chart.view.from), instant(chart.view.to), chart.clock.name());
        let lines =
            vec![recipe.in_words(), time, "Values are in the units of the feed, which does not name them.".to_owned()];
        Self { title: name.to_owned(), lines }
    }
}

const MARGIN: f32 = 16.0;
const LINE: f32 = 17.0;
const TITLE: f32 = 22.0;

/// Paints the chart below its heading.
pub fn poster(chart: &Chart<'_>, heading: &Heading, size: [f32; 2]) -> Scene {
    let top = MARGIN + TITLE + LINE * (heading.lines.len() + 2) as f32 + 4.0;
    let inner = [size[0] - MARGIN, (size[1] - top - MARGIN / 2.0).max(80.0)];
    let (mut scene, layout) = chart.paint(inner, &mut vec![]);
    for layer in &mut scene.layers {
        layer.clip = down(layer.clip, top);
        layer.shapes.iter_mut().for_each(|shape| shape.move_down(top));
    }
    scene.size = size;
    let mut y = MARGIN + TITLE / 2.0;
    let text = |text: &str, y: f32, size: TextSize, ink: Ink| Shape::Text {
        text: text.to_owned(),
        at: [MARGIN, y],
        anchor: Anchor::Start,
        ink,
        size,
    };
    let mut shapes = vec![text(&heading.title, y, TextSize::Title, Ink::Text)];
    y += TITLE / 2.0 + LINE / 2.0;
    for line in heading.lines.iter().chain([&layout.in_words()]) {
        shapes.push(text(line, y, TextSize::Small, Ink::Weak));
        y += LINE;
    }
    // A line of its own, since neither how wide the title is nor how wide the words are is known here.
    let mut left = MARGIN;
    for (ink, words) in chart.legend() {
        shapes.extend(swatch(ink, Area::new(left, y - 5.0, left + 12.0, y + 5.0)));
        shapes.push(Shape::small(words.to_owned(), [left + 16.0, y], Anchor::Start, Ink::Weak));
        left += 16.0 + words.chars().count() as f32 * 5.3 + 14.0;
    }
    scene.paint(Area::new(0.0, 0.0, size[0], top), shapes);
    scene
}

fn down(area: Area, by: f32) -> Area {
    Area { top: area.top + by, bottom: area.bottom + by, ..area }
}
