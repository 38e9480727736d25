//! A curve as small as a line of text.

/// The least and the most value in each of equal parts of a time span, as 255ths of the range of all values.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumbnail {
    /// The least and the most value of all; NaN where there is none.
    pub least: f64,
    pub most: f64,
    /// Both of each part; the other way round where nothing was recorded.
    bins: [[u8; 2]; Self::BINS],
}

/// What a part holds in which nothing was recorded.
const EMPTY: [u8; 2] = [u8::MAX, 0];

impl Thumbnail {
    /// Into how many parts the time span is divided.
    pub const BINS: usize = 64;

    /// The thumbnail of values in the order of their times, in milliseconds. What is not finite is left out.
    pub fn new(readings: &[(i64, f64)]) -> Self {
        let values = || readings.iter().map(|(_, value)| *value).filter(|value| value.is_finite());
        let (least, most) = (values().fold(f64::NAN, f64::min), values().fold(f64::NAN, f64::max));
        let mut bins = [EMPTY; Self::BINS];
        if let (Some((from, _)), Some((to, _))) = (readings.first(), readings.last()) {
            let part = |share: f64, of: usize| ((share * of as f64) as usize).min(of.saturating_sub(1));
            let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
            let span = to.abs_diff(*from) as f64;
            for (at, value) in readings.iter().filter(|(_, value)| value.is_finite()) {
                let bin = &mut bins[part(share(at.abs_diff(*from) as f64, span), Self::BINS)];
                let level = part(share(value - least, most - least), 256) as u8;
                *bin = [bin[0].min(level), bin[1].max(level)];
            }
        }
        Self { least, most, bins }
    }

    /// The least and the most value of each part in the order of time, as shares from 0 to 1 of the way from the least
    /// value of all to the most; none where nothing was recorded.
    pub fn bins(&self) -> impl ExactSizeIterator<Item = Option<(f32, f32)>> {
        let share = |level: u8| f32::from(level) / f32::from(u8::MAX);
        self.bins.iter().map(move |[low, high]| (low <= high).then(|| (share(*low), share(*high))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_holds_its_extremes() {
        let readings: Vec<(i64, f64)> = (0..640).map(|at| (at, f64::from(at as i32 % 10))).collect();
        let thumbnail = Thumbnail::new(&readings);
        assert_eq!((thumbnail.least, thumbnail.most), (0.0, 9.0));
        assert!(thumbnail.bins().all(|bin| bin == Some((0.0, 1.0))), "{thumbnail:?}");
    }

    #[test]
    fn gaps_stay_empty_and_what_is_no_number_is_left_out() {
        let thumbnail = Thumbnail::new(&[(0, 5.0), (0, f64::NAN), (50, f64::INFINITY), (100, 7.0)]);
        let bins: Vec<_> = thumbnail.bins().collect();
        assert_eq!((thumbnail.least, thumbnail.most), (5.0, 7.0));
        assert_eq!((bins[0], bins[63]), (Some((0.0, 0.0)), Some((1.0, 1.0))));
        assert!(bins[1..63].iter().all(Option::is_none));
        assert!(Thumbnail::new(&[]).bins().all(|bin| bin.is_none()));
        let flat = Thumbnail::new(&[(i64::MIN, 3.0), (i64::MAX, 3.0)]);
        assert_eq!(flat.bins().flatten().count(), 2);
    }
}
