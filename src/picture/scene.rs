//! A picture before it is painted: shapes in the colours' names. The window paints it, and files are written of the same.

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Width and height, in points.
    pub size: [f32; 2],
    /// What is painted, from the back to the front.
    pub layers: Vec<Layer>,
}

/// Shapes that are seen within a part of the picture only.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Nothing outside of it is seen.
    pub clip: Area,
    /// From the back to the front.
    pub shapes: Vec<Shape>,
}

/// A part of the picture; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// Something to paint. Sizes are in points.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled area.
    Fill(Area, Ink),
    /// Lines through points, one after the other.
    Lines { lines: Vec<Vec<[f32; 2]>>, ink: Ink, width: f32 },
    /// Upright bars of one width, by their middle, top and bottom.
    Bars { bars: Vec<[f32; 3]>, ink: Ink, width: f32 },
    /// Filled circles of one size, by their middles.
    Dots { dots: Vec<[f32; 2]>, ink: Ink, radius: f32 },
    /// A line of text; `at` is its left, middle or right at half its height.
    Text { text: String, at: [f32; 2], anchor: Anchor, ink: Ink, size: TextSize },
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How large a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSize {
    /// Ticks and remarks.
    Small,
    /// Titles.
    Title,
}

/// What a colour stands for. The theme says what colour it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Behind everything.
    Ground,
    /// Lines of the grid.
    Grid,
    /// Titles and readings.
    Text,
    /// Ticks and remarks.
    Weak,
    /// Readings that came through to the trusted zone.
    Kept,
    /// Readings that were dropped.
    Dropped,
    /// Stretches in which some readings were kept and some dropped.
    Mixed,
    /// Another customer's motion.
    Other,
    /// Where the join takes another customer's motion, and what else is wrong.
    Foreign,
    /// The time before the customer agreed.
    BeforeConsent,
    /// The range between two cursors.
    Range,
    /// A cursor.
    Cursor,
}

impl Ink {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Ground,
        Self::Grid,
        Self::Text,
        Self::Weak,
        Self::Kept,
        Self::Dropped,
        Self::Mixed,
        Self::Other,
        Self::Foreign,
        Self::BeforeConsent,
        Self::Range,
        Self::Cursor,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::Grid => "grid",
            Self::Text => "text",
            Self::Weak => "weak",
            Self::Kept => "kept",
            Self::Dropped => "dropped",
            Self::Mixed => "mixed",
            Self::Other => "other",
            Self::Foreign => "foreign",
            Self::BeforeConsent => "before-consent",
            Self::Range => "range",
            Self::Cursor => "cursor",
        }
    }
}

impl Area {
    /// Between corners.
    pub fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    /// From left to right.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// From top to bottom.
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Whether a place is in it.
    pub fn contains(&self, [x, y]: [f32; 2]) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

impl Shape {
    /// A label.
    pub fn small(text: String, at: [f32; 2], anchor: Anchor, ink: Ink) -> Self {
        Self::Text { text, at, anchor, ink, size: TextSize::Small }
    }

    /// Moves it towards the bottom.
    pub fn move_down(&mut self, by: f32) {
        match self {
            Self::Fill(area, _) => {
                area.top += by;
                area.bottom += by;
            }
            Self::Lines { lines, .. } => lines.iter_mut().flatten().for_each(|[_, y]| *y += by),
            Self::Bars { bars, .. } => bars.iter_mut().for_each(|[_, top, bottom]| {
                *top += by;
                *bottom += by;
            }),
            Self::Dots { dots, .. } => dots.iter_mut().for_each(|[_, y]| *y += by),
            Self::Text { at, .. } => at[1] += by,
        }
    }
}

impl Scene {
    /// The same with its texts as somebody else says them.
    pub fn said(mut self, say: fn(&str) -> String) -> Self {
        for shape in self.layers.iter_mut().flat_map(|layer| &mut layer.shapes) {
            if let Shape::Text { text, .. } = shape {
                *text = say(text);
            }
        }
        self
    }

    /// Moves all of it towards the bottom.
    pub fn move_down(&mut self, by: f32) {
        for layer in &mut self.layers {
            layer.clip = Area { top: layer.clip.top + by, bottom: layer.clip.bottom + by, ..layer.clip };
            layer.shapes.iter_mut().for_each(|shape| shape.move_down(by));
        }
    }

    /// Puts shapes in front of what is there.
    pub fn paint(&mut self, clip: Area, shapes: Vec<Shape>) {
        if !shapes.is_empty() {
            self.layers.push(Layer { clip, shapes });
        }
    }
}
