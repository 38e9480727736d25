//! What the pages show, as pictures to be taken along: by which recipe and of how much stands above each. People and devices are
//! in them by their codes, whatever the window shows; words are said as whoever asks for a picture says them.

mod checks;
mod consents;
mod devices;
mod flows;

use crate::domain::format::counted;
use crate::domain::{Dataset, Recipe};
use crate::landing::Landing;
use crate::picture::scene::{Anchor, Area, Ink, Scene, Shape, TextSize};
use crate::picture::{Coloring, Heading, LETTER, MARGIN, Picture, filled, headed, said};

pub use checks::{Judged, judged};

/// Of what a picture is.
#[derive(Clone, Copy, Debug)]
pub struct Pictured<'a> {
    /// What the recipe is called.
    pub recipe_name: &'a str,
    /// The recipe.
    pub recipe: &'a Recipe,
    /// What landed.
    pub landing: &'a Landing,
    /// Light or dark.
    pub coloring: Coloring,
    /// English words as the picture is to say them.
    pub say: fn(&str) -> String,
}

/// Width of these pictures.
const WIDTH: f32 = 960.0;
/// Height of a line of figures.
const ROW: f32 = 22.0;

impl Pictured<'_> {
    /// A picture with its heading; what is painted has been painted as if there were none.
    fn picture(&self, title: &str, more: Option<String>, scene: Scene, legend: &[(Ink, &str)]) -> Picture {
        let counts =
            Dataset::ALL.map(|dataset| counted(self.landing.rows(dataset), &format!("{} record", dataset.name())));
        let refused = counted(self.landing.refused.len() as u64, "record");
        let lines = [
            format!("{}: {}", self.recipe_name, said(&self.recipe.in_words(), self.say)),
            (self.say)(&format!("Of {}; {refused} refused", counts.join(", "))),
        ];
        let more = more.map(|line| (self.say)(&line));
        let lines = lines.into_iter().chain(more).flat_map(|line| wrapped(&line)).collect();
        let title = (self.say)(title);
        let heading = Heading { title: title.clone(), lines };
        let legend: Vec<(Ink, String)> = legend.iter().map(|(ink, words)| (*ink, (self.say)(words))).collect();
        let legend: Vec<(Ink, &str)> = legend.iter().map(|(ink, words)| (*ink, words.as_str())).collect();
        Picture { scene: headed(scene, &heading, (&legend, filled), WIDTH), title, coloring: self.coloring }
    }
}

/// A line in as many as there is room for.
fn wrapped(line: &str) -> Vec<String> {
    const LETTERS: usize = ((WIDTH - 2.0 * MARGIN) / LETTER * 0.94) as usize;
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > LETTERS {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

/// A canvas that grows from the top to the bottom.
struct Canvas {
    shapes: Vec<Shape>,
    y: f32,
    say: fn(&str) -> String,
}

impl Canvas {
    fn new(of: &Pictured<'_>) -> Self {
        Self { shapes: vec![], y: MARGIN / 2.0, say: of.say }
    }

    /// A text in the middle of the line that begins at `y`.
    fn text(&mut self, text: impl AsRef<str>, x: f32, anchor: Anchor, ink: Ink, size: TextSize) {
        let at = [x, self.y + ROW / 2.0];
        self.shapes.push(Shape::Text { text: said(text.as_ref(), self.say), at, anchor, ink, size });
    }

    /// A line with the name of a data set, which is the same in every language.
    fn name(&mut self, text: &str) {
        let at = [MARGIN, self.y + ROW / 2.0];
        self.shapes.push(Shape::Text {
            text: text.to_owned(),
            at,
            anchor: Anchor::Start,
            ink: Ink::Text,
            size: TextSize::Title,
        });
        self.y += ROW;
    }

    fn small(&mut self, text: impl AsRef<str>, x: f32, anchor: Anchor, ink: Ink) {
        self.text(text, x, anchor, ink, TextSize::Small);
    }

    fn scene(self) -> Scene {
        let mut scene = Scene { size: [WIDTH, self.y], layers: vec![] };
        scene.paint(Area::new(0.0, 0.0, WIDTH, self.y), self.shapes);
        scene
    }
}
