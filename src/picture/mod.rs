//! Pictures before they are painted: shapes in inks that have names, what stands above them, and both as SVG. The window paints
//! the same shapes.

pub mod scene;
mod svg;

use self::scene::{Anchor, Area, Ink, Scene, Shape, TextSize};

pub use svg::{Coloring, svg};

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

impl Picture {
    /// What its file is called unless somebody says otherwise, without an ending: what it is, not of whom.
    pub fn stem(&self) -> String {
        let ends = [" of ", " von "].iter().filter_map(|of| self.title.find(of));
        let what = &self.title[..ends.min().unwrap_or(self.title.len())];
        let words = what.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    }
}

/// Parts that follow each other, each as `say` says it.
pub fn said(text: &str, say: fn(&str) -> String) -> String {
    text.split(" · ").map(say).collect::<Vec<_>>().join(" · ")
}

/// What stands above a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Of what it is.
    pub title: String,
    /// Lines below: the recipe, the stretch of time, how many readings.
    pub lines: Vec<String>,
}

/// Around everything.
pub const MARGIN: f32 = 16.0;
/// Height of a line of small text.
pub const LINE: f32 = 17.0;
const TITLE: f32 = 22.0;
/// About the width of a letter of small text; how wide a text is, is known only where it is painted.
pub const LETTER: f32 = 5.3;

impl Heading {
    /// The room that it takes, with a line for what colours mean.
    pub fn height(&self) -> f32 {
        MARGIN + TITLE + LINE * (self.lines.len() + 1) as f32 + 4.0
    }
}

/// What stands for an ink in a legend, in this area.
pub type Swatch = fn(Ink, Area) -> Vec<Shape>;

/// An area of the ink.
pub fn filled(ink: Ink, area: Area) -> Vec<Shape> {
    vec![Shape::Fill(area, ink)]
}

/// Puts a heading, and what colours mean, above a picture. `width` is that of the whole.
pub fn headed(mut scene: Scene, heading: &Heading, (legend, swatch): (&[(Ink, &str)], Swatch), width: f32) -> Scene {
    let top = heading.height();
    scene.move_down(top);
    scene.size = [width, scene.size[1] + top + MARGIN / 2.0];
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
    for line in &heading.lines {
        shapes.push(text(line, y, TextSize::Small, Ink::Weak));
        y += LINE;
    }
    // A line of its own, since neither how wide the title is nor how wide the words are is known here.
    let mut left = MARGIN;
    for (ink, words) in legend {
        shapes.extend(swatch(*ink, Area::new(left, y - 5.0, left + 12.0, y + 5.0)));
        shapes.push(Shape::small((*words).to_owned(), [left + 16.0, y], Anchor::Start, Ink::Weak));
        left += 16.0 + words.chars().count() as f32 * LETTER + 14.0;
    }
    scene.paint(Area::new(0.0, 0.0, width, top), shapes);
    scene
}
