//! The zone in which instants are shown. Files, reports and the command line know UTC only.

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

/// A zone of the IANA data base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(Tz);

impl Default for TimeZone {
    fn default() -> Self {
        Self::UTC
    }
}

impl TimeZone {
    pub const UTC: Self = Self(Tz::UTC);

    /// A zone such as `Europe/Berlin`.
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// The zone of the system, as `TZ` says or as it is set up; UTC where that has no name.
    pub fn of_system() -> Self {
        let said = std::env::var("TZ").ok().filter(|name| !name.is_empty());
        let name = said.map(|name| name.trim_start_matches(':').to_owned());
        name.or_else(|| iana_time_zone::get_timezone().ok()).and_then(|name| Self::named(&name)).unwrap_or_default()
    }

    /// An instant in milliseconds since 1970, with what it is at the end: `2022-06-18 17:58:55.123 UTC`, or
    /// `2022-06-18 19:58:55.123 +02:00`. None for an instant that no calendar holds.
    pub fn instant(self, milliseconds: i64) -> Option<String> {
        let instant = DateTime::from_timestamp_millis(milliseconds)?.with_timezone(&self.0);
        // Near the ends of the calendar the time of day in another zone is not there.
        instant.naive_utc().checked_add_offset(instant.offset().fix())?;
        let format = if self == Self::UTC { "%Y-%m-%d %H:%M:%S%.3f UTC" } else { "%Y-%m-%d %H:%M:%S%.3f %:z" };
        Some(instant.format(format).to_string())
    }

    /// How far its clocks are ahead of UTC at an instant, in milliseconds.
    pub fn ahead(self, milliseconds: i64) -> i64 {
        let instant = DateTime::from_timestamp_millis(milliseconds).unwrap_or_default();
        i64::from(self.0.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc()) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::format;

    #[test]
    fn an_instant_says_in_which_zone_it_is() {
        let berlin = TimeZone::named("Europe/Berlin").unwrap();
        let (summer, winter) = (1_655_564_376_361, 1_642_000_000_000);
        assert_eq!(TimeZone::UTC.instant(summer).unwrap(), "2022-06-18 14:59:36.361 UTC");
        assert_eq!(berlin.instant(summer).unwrap(), "2022-06-18 16:59:36.361 +02:00");
        assert_eq!(berlin.instant(winter).unwrap(), "2022-01-12 16:06:40.000 +01:00");
        assert_eq!(
            [berlin.ahead(summer), berlin.ahead(winter), TimeZone::UTC.ahead(winter)],
            [7_200_000, 3_600_000, 0]
        );
    }

    #[test]
    fn what_is_shown_is_read_as_the_same_instant() {
        for name in ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham"] {
            let zone = TimeZone::named(name).unwrap();
            for instant in [0, 1_655_564_376_361, 1_667_091_599_999, 1_667_091_600_000, -86_400_001] {
                let shown = zone.instant(instant).unwrap();
                assert_eq!(format::instant(&shown), Some(instant), "{shown}");
            }
            for instant in [i64::MIN, i64::MAX, 8_210_266_876_799_999, -8_334_601_228_800_000] {
                zone.instant(instant);
                zone.ahead(instant);
            }
        }
        assert_eq!(TimeZone::named("Europe/Nowhere"), None);
    }
}
