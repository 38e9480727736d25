//! A chart in words: what somebody sees who looks at it.

use super::chart::{Chart, Curve, Pane};
use super::kept::Tint;
use super::{Clock, Series, elapsed, length};
use crate::domain::format::{counted, short, thousands};

/// Gaps are counted as often as the view moves, so no more readings than these are gone through.
const MOST_FOR_GAPS: usize = 1 << 20;

impl Chart<'_> {
    /// What is seen of it, a sentence each: the stretch of time, then of each curve how many readings, of which values, with
    /// which gaps, and how many of them were kept; then consent, and whose motions it is joined with.
    pub fn in_words(&self) -> Vec<String> {
        let mut words = vec![format!("From {} to {}.", self.said(self.view.from), self.said(self.view.to))];
        let mut before: Option<&Series> = None;
        for pane in &self.panes {
            for curve in &pane.curves {
                let is_other = matches!(curve.tint, Tint::Plain(_));
                let same = before.is_some_and(|before| std::ptr::eq(before, curve.series));
                words.push(self.curve_in_words(pane, curve, is_other, same));
                if !is_other {
                    before = Some(curve.series);
                }
            }
        }
        words.extend(self.consent_in_words());
        words.extend(self.foreign_in_words());
        words
    }

    fn said(&self, at: f64) -> String {
        match self.clock {
            Clock::Elapsed => elapsed(at - self.origin, true),
            Clock::Utc | Clock::Raw => format!("{} UTC", Clock::Utc.instant(at, self.origin)),
            Clock::Local(_) => self.clock.instant(at, self.origin),
        }
    }

    /// `same` says that the readings are those of the curve before, of which only the values are others.
    fn curve_in_words(&self, pane: &Pane<'_>, curve: &Curve<'_>, is_other: bool, same: bool) -> String {
        let (series, shift) = (curve.series, curve.shift);
        let readings = series.within(self.view.from - shift, self.view.to - shift);
        let title = if is_other { format!("{}, that customer's", pane.title) } else { pane.title.clone() };
        if readings.is_empty() {
            return format!("{title}: no reading in sight of {}.", thousands(series.len() as u64));
        }
        let extremes = curve.channel.extremes(readings.clone());
        let mut parts = vec![];
        if !same {
            let times = &series.times()[readings.clone()];
            let ends = [times.first(), times.last()].map(|at| at.map_or(0.0, |at| *at as f64 + shift));
            let [first, last] = ends.map(|at| self.said(at));
            parts.push(format!("{} from {first} to {last}", counted(readings.len() as u64, "reading")));
        }
        parts.extend(extremes.range().map(|(least, most)| format!("values {} to {}", short(least), short(most))));
        if extremes.not_finite > 0 {
            parts.push(format!("{} no finite numbers", thousands(extremes.not_finite as u64)));
        }
        if let (Tint::Fates(kept), false) = (curve.tint, same) {
            let kept = kept.among(readings.clone());
            parts.push(format!(
                "{} kept, {} dropped",
                thousands(kept as u64),
                thousands((readings.len() - kept) as u64)
            ));
        }
        if !same {
            let times = &series.times()[readings];
            parts.push(if times.len() > MOST_FOR_GAPS {
                "gaps not counted among so many".to_owned()
            } else {
                let gaps = || times.windows(2).filter(|pair| !curve.gap.joins(pair[0], pair[1]));
                match gaps().map(|pair| pair[1].abs_diff(pair[0])).max() {
                    None => "no gap".to_owned(),
                    Some(longest) => {
                        let longest = length(longest as f64, true);
                        format!("{}, the longest {longest}", counted(gaps().count() as u64, "gap"))
                    }
                }
            });
        }
        format!("{title}: {}.", parts.join("; "))
    }

    /// Of all panes at once if they are of one device, else of each.
    fn consent_in_words(&self) -> Vec<String> {
        let known = self.panes.iter().filter_map(|pane| Some((pane.whose.as_deref(), pane.before_consent?)));
        let mut said: Vec<_> = known.collect();
        said.dedup_by_key(|(whose, _)| *whose);
        let in_words = |(whose, until): (Option<&str>, f64)| match whose {
            None if until == f64::INFINITY => "The customer did not agree.".to_owned(),
            None => format!("The customer agreed at {}.", self.said(until)),
            Some(whose) if until == f64::INFINITY => format!("{whose}: the customer did not agree."),
            Some(whose) if until <= self.origin => format!("{whose}: the customer had agreed before the start."),
            Some(whose) => format!("{whose}: the customer agreed at {}.", self.said(until)),
        };
        said.into_iter().map(in_words).collect()
    }

    fn foreign_in_words(&self) -> Vec<String> {
        let in_words = |(whose, seen, shift): (Option<&str>, &[i64], f64)| {
            let first = self.said(*seen.first()? as f64 + shift);
            let instants = counted(seen.len() as u64, "instant");
            let whose = whose.map_or_else(String::new, |whose| format!("{whose}: "));
            Some(format!("{whose}{instants} joined with a foreign motion, the first at {first}."))
        };
        self.foreign_in_sight().filter_map(in_words).collect()
    }
}
