//! What the lines of the overview can be put in order by.

use super::{DeviceLine, length};
use crate::domain::format;

/// A figure of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum By {
    /// Rows of the machine-learning table with somebody else's motion.
    #[default]
    Foreign,
    Pairs,
    Distances,
    Motions,
    Kept,
    BeforeConsent,
    Instants,
    Gaps,
    LongestGap,
    LongestRun,
    Impossible,
    Agreement,
}

impl By {
    /// All figures, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::Foreign,
        Self::Pairs,
        Self::Distances,
        Self::Motions,
        Self::Kept,
        Self::BeforeConsent,
        Self::Instants,
        Self::Gaps,
        Self::LongestGap,
        Self::LongestRun,
        Self::Impossible,
        Self::Agreement,
    ];

    /// A few words for the head of a column.
    pub fn name(self) -> &'static str {
        self.describe().0
    }

    /// A sentence that says what the figure counts.
    pub fn explanation(self) -> &'static str {
        self.describe().1
    }

    fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Foreign => (
                "foreign rows",
                "Rows of the machine-learning table that pair a distance of this device with the motion of a customer who \
                 does not own it.",
            ),
            Self::Pairs => ("rows", "Rows of the machine-learning table that are made of distances of this device."),
            Self::Distances => ("distances", "Distances that landed from this device."),
            Self::Motions => ("motions", "Accelerometer readings that landed from this phone."),
            Self::Kept => ("kept", "The share of all these readings that is in the trusted tables."),
            Self::BeforeConsent => (
                "before consent",
                "The share of all these readings that was taken before the customer first agreed to share for the \
                 recipe's purpose; all of them where the customer never did.",
            ),
            Self::Instants => {
                ("instants", "Different instants of the distances, or of the motions of a phone without a device.")
            }
            Self::Gaps => (
                "gaps",
                "How often two instants that follow one another are further apart than five times the median of all.",
            ),
            Self::LongestGap => ("longest gap", "The longest time from one instant to the next, in milliseconds."),
            Self::LongestRun => ("equal in a row", "The most distances in a row that are all the same."),
            Self::Impossible => (
                "impossible values",
                "Distances below zero, accelerations of more than 160 m/s², which is 16 g, and whatever is no finite \
                 number.",
            ),
            Self::Agreement => {
                ("shared instants", "The share of the instants of the device at which the phone has a reading too.")
            }
        }
    }

    /// The figure of a line; none where it says nothing of the line.
    pub fn figure(self, line: &DeviceLine) -> Option<f64> {
        let of_device = |count: u64| line.device.is_some().then_some(count as f64);
        match self {
            Self::Foreign => of_device(line.foreign),
            Self::Pairs => of_device(line.pairs),
            Self::Distances => of_device(line.distances),
            Self::Motions => line.person.is_some().then_some(line.motions as f64),
            Self::Kept => line.kept(),
            Self::BeforeConsent => line.before_consent(),
            Self::Instants => Some(line.instants as f64),
            Self::Gaps => Some(line.gaps as f64),
            Self::LongestGap => Some(line.longest_gap as f64),
            Self::LongestRun => of_device(line.longest_run),
            Self::Impossible => Some(line.impossible as f64),
            Self::Agreement => line.agreement,
        }
    }

    /// A figure of a line with its unit.
    pub fn in_words(self, figure: f64) -> String {
        match self {
            Self::Kept | Self::BeforeConsent | Self::Agreement => format!("{:.0} %", figure * 100.0),
            Self::LongestGap => length(figure, true),
            _ => format::short(figure),
        }
    }

    /// The places of the lines in the order of this figure, the greatest first or last. Lines with the same figure stay
    /// in their order, which is that of the serial numbers; those without one come last either way.
    pub fn order(self, lines: &[DeviceLine], greatest_first: bool) -> Vec<u32> {
        let figures: Vec<Option<f64>> = lines.iter().map(|line| self.figure(line)).collect();
        let mut places: Vec<u32> = (0..lines.len() as u32).collect();
        places.sort_by(|a, b| match (figures[*a as usize], figures[*b as usize]) {
            (Some(a), Some(b)) if greatest_first => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        places
    }
}
