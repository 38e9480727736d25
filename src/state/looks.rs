//! How the window looks and which of its parts are there: the user's own, whatever is open. Kept with the settings.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Everything about it but light and dark.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Looks {
    /// Stronger colours and lines.
    pub high_contrast: bool,
    /// The size of everything.
    pub zoom: Zoom,
    /// The size of texts alone.
    pub text: TextSize,
    /// Nothing moves that need not.
    pub still: bool,
    /// Parts that are out of sight.
    pub hidden: BTreeSet<Part>,
    /// Widths of parts that stand beside others and heights of those below them, in points.
    pub sizes: BTreeMap<Part, f32>,
    /// Width and height of the window when it was closed, in points.
    pub window: Option<[f32; 2]>,
    /// The same of a page in a window of its own.
    pub own_window: Option<[f32; 2]>,
}

impl Looks {
    /// Whether a part is in sight.
    pub fn shows(&self, part: Part) -> bool {
        !self.hidden.contains(&part)
    }

    /// The same with a part out of sight that is in sight, or the other way round.
    #[must_use]
    pub fn turned(&self, part: Part) -> Self {
        let mut looks = self.clone();
        if !looks.hidden.remove(&part) {
            looks.hidden.insert(part);
        }
        looks
    }
}

/// How many percent of its usual size everything has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub struct Zoom(u16);

impl Zoom {
    const LEAST: u16 = 50;
    const MOST: u16 = 300;
    const STEP: u16 = 10;

    /// In percent.
    pub fn percent(self) -> u16 {
        self.0
    }

    /// As a factor.
    pub fn factor(self) -> f32 {
        f32::from(self.0) / 100.0
    }

    /// One step larger, as far as there are steps.
    #[must_use]
    pub fn larger(self) -> Self {
        self.0.saturating_add(Self::STEP).into()
    }

    /// One step smaller, as far as there are steps.
    #[must_use]
    pub fn smaller(self) -> Self {
        self.0.saturating_sub(Self::STEP).into()
    }
}

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

impl From<u16> for Zoom {
    /// What nobody could read or get out of again is brought into bounds.
    fn from(percent: u16) -> Self {
        Self(percent.clamp(Self::LEAST, Self::MOST))
    }
}

impl From<Zoom> for u16 {
    fn from(zoom: Zoom) -> Self {
        zoom.0
    }
}

/// The size of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    Small,
    #[default]
    Normal,
    Large,
    Largest,
}

impl TextSize {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Small, Self::Normal, Self::Large, Self::Largest];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Normal => "normal",
            Self::Large => "large",
            Self::Largest => "largest",
        }
    }

    /// Against the normal size.
    pub fn factor(self) -> f32 {
        match self {
            Self::Small => 0.9,
            Self::Normal => 1.0,
            Self::Large => 1.15,
            Self::Largest => 1.3,
        }
    }
}

/// A part of the window that can be hidden or has a size of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The list of pages and tables on the left.
    Sidebar,
    /// The figures at the top.
    Strip,
    /// The choices of the recipe.
    Recipe,
    /// One row whole, beside a table.
    Details,
    /// The figures beside a chart.
    Figures,
    /// The list of checks.
    Checks,
    /// The page to the right of the first.
    Right,
    /// The page below the first.
    Below,
    /// The query, above its rows.
    Query,
    /// Tables, examples and earlier queries, beside a query.
    Examples,
}

impl Part {
    /// Those that can be hidden.
    pub const HIDDEN: [Self; 5] = [Self::Sidebar, Self::Strip, Self::Recipe, Self::Figures, Self::Examples];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sidebar => "list of pages",
            Self::Strip => "figures at the top",
            Self::Recipe => "choices of the recipe",
            Self::Details => "details of a row",
            Self::Figures => "figures beside a chart",
            Self::Checks => "list of checks",
            Self::Right => "page at the right",
            Self::Below => "page below",
            Self::Query => "query",
            Self::Examples => "tables and examples beside a query",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zoom_stays_within_what_can_be_read() {
        let mut zoom = Zoom::default();
        for _ in 0..100 {
            zoom = zoom.larger();
        }
        assert_eq!(zoom.percent(), 300);
        for _ in 0..100 {
            zoom = zoom.smaller();
        }
        assert_eq!((zoom.percent(), zoom.larger().percent()), (50, 60));
        for (text, percent) in [("0", 50), ("125", 125), ("60000", 300)] {
            assert_eq!(serde_json::from_str::<Zoom>(text).unwrap().percent(), percent);
        }
    }

    #[test]
    fn what_is_missing_is_usual_and_what_is_written_is_read() {
        assert_eq!(serde_json::from_str::<Looks>("{}").unwrap(), Looks::default());
        let looks = Looks {
            high_contrast: true,
            zoom: Zoom::default().larger(),
            text: TextSize::Largest,
            still: true,
            sizes: [(Part::Below, 120.5)].into(),
            window: Some([900.0, 600.0]),
            own_window: Some([400.0, 300.0]),
            ..Looks::default().turned(Part::Strip)
        };
        assert!(!looks.shows(Part::Strip) && looks.turned(Part::Strip).shows(Part::Strip));
        assert_eq!(serde_json::from_str::<Looks>(&serde_json::to_string(&looks).unwrap()).unwrap(), looks);
    }
}
