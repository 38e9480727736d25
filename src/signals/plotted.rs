//! A recording, ready to be drawn: which of its readings were kept, where gaps begin, where a curve belongs.

use super::chart::{Curve, Pane};
use super::gaps::{Basis, Threshold};
use super::kept::{Kept, Tint};
use super::span::Span;
use super::{Channel, MAGNITUDE, Recording, Track};
use crate::curation::Whose;
use crate::domain::Purpose;
use crate::picture::scene::Ink;

/// A device and its phone, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Plotted {
    /// What they recorded.
    pub recording: Recording,
    /// Readings of the device further apart than this are not joined by a line.
    pub device_gap: Threshold,
    /// The same of the phone.
    pub phone_gap: Threshold,
    /// Different instants at which the join takes somebody else's motion, ascending.
    pub foreign: Vec<i64>,
    /// Until when the customer had not agreed; infinity for never, none where no customer is known.
    pub before_consent: Option<f64>,
    device_kept: Kept,
    phone_kept: Kept,
}

/// What can be changed of how it is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style<'a> {
    /// Another gap than the usual one.
    pub gap: Option<Threshold>,
    /// Somebody else's motion, to be laid over.
    pub other: Option<&'a Track>,
    /// The values of each pane stay those of all readings, whatever is seen.
    pub fixed: bool,
}

impl Plotted {
    /// Prepares a recording for a recipe with this purpose.
    pub fn new(recording: Recording, purpose: Purpose) -> Self {
        let place = Purpose::ALL.iter().position(|other| *other == purpose);
        let consent = place.and_then(|place| recording.consents[place]);
        let mut foreign: Vec<i64> =
            recording.pairs.iter().filter(|pair| pair.whose == Whose::Foreign).map(|pair| pair.at).collect();
        foreign.dedup();
        let kept = |track: &Option<Track>| {
            track.as_ref().map_or(Kept::All, |track| Kept::new(track.fates.iter().map(|fate| fate.is_kept())))
        };
        let gap = |track: &Option<Track>| {
            track.as_ref().map_or_else(|| Threshold::chosen(u64::MAX), |track| Threshold::usual(&track.series))
        };
        Self {
            device_gap: gap(&recording.device),
            phone_gap: gap(&recording.phone),
            foreign,
            before_consent: recording.subject.person.as_ref().map(|_| consent.map_or(f64::INFINITY, |at| at as f64)),
            device_kept: kept(&recording.device),
            phone_kept: kept(&recording.phone),
            recording,
        }
    }

    /// Both tracks, as far as there are any: the device's, then the phone's.
    pub fn tracks(&self) -> impl Iterator<Item = &Track> {
        [&self.recording.device, &self.recording.phone].into_iter().flatten()
    }

    /// The first instant of all; 0 without readings.
    pub fn origin(&self) -> f64 {
        self.ends().map_or(0.0, |(first, _)| first)
    }

    /// All of the time in which there are readings.
    pub fn whole(&self) -> Span {
        let (first, last) = self.ends().unwrap_or((0.0, 0.0));
        Span::around(first, last)
    }

    /// The panes: the distances, then the motions along each axis and how strong they are.
    pub fn panes<'a>(&'a self, style: Style<'a>) -> Vec<Pane<'a>> {
        let mut panes = vec![];
        if let Some(track) = &self.recording.device {
            let gap = style.gap.unwrap_or(self.device_gap);
            let channels = track.series.channels().iter();
            panes.extend(channels.map(|channel| self.pane(track, channel, gap, &self.device_kept, style)));
        }
        if let Some(track) = &self.recording.phone {
            let gap = style.gap.unwrap_or(self.phone_gap);
            for channel in track.series.channels() {
                panes.push(self.pane(track, channel, gap, &self.phone_kept, style));
            }
        }
        panes
    }

    /// The distances alone, drawn as if they began at 0, to be compared with those of other devices.
    pub fn aligned_pane(&self, title: String, style: Style<'_>) -> Option<Pane<'_>> {
        let track = self.recording.device.as_ref()?;
        let first = *track.series.times().first()? as f64;
        let curve = Curve {
            series: &track.series,
            channel: track.series.channels().first()?,
            shift: -first,
            gap: style.gap.unwrap_or(self.device_gap),
            tint: Tint::Fates(&self.device_kept),
        };
        let before_consent = self.before_consent.map(|at| at - first);
        let whose = Some(title.clone());
        Some(Pane { title, curves: vec![curve], before_consent, whose, foreign: &self.foreign, ..Pane::default() })
    }

    /// How long the device recorded, in milliseconds.
    pub fn device_length(&self) -> f64 {
        let times = self.recording.device.as_ref().map_or(&[][..], |track| track.series.times());
        times.first().zip(times.last()).map_or(0.0, |(first, last)| *last as f64 - *first as f64)
    }

    /// The longer of both gaps that is one, in milliseconds.
    pub fn usual_gap(&self) -> u64 {
        let gaps = [(&self.recording.device, self.device_gap), (&self.recording.phone, self.phone_gap)];
        let gaps = gaps.into_iter().filter(|(track, gap)| track.is_some() && gap.basis != Basis::OneInstant);
        gaps.map(|(_, gap)| gap.milliseconds).max().unwrap_or(0)
    }

    /// The rules of the gaps in words.
    pub fn gap_words(&self) -> String {
        let explained =
            [(&self.recording.device, "Device", self.device_gap), (&self.recording.phone, "Phone", self.phone_gap)];
        let explained = explained.into_iter().filter(|(track, ..)| track.is_some());
        explained.map(|(_, name, gap)| format!("{name}: {}", gap.explain())).collect::<Vec<_>>().join("\n")
    }

    fn ends(&self) -> Option<(f64, f64)> {
        let ends = self.tracks().filter_map(|track| {
            let times = track.series.times();
            Some((*times.first()? as f64, *times.last()? as f64))
        });
        ends.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)))
    }

    fn pane<'a>(
        &'a self,
        track: &'a Track,
        channel: &'a Channel,
        gap: Threshold,
        kept: &'a Kept,
        style: Style<'a>,
    ) -> Pane<'a> {
        let curve = |track: &'a Track, channel, tint| Curve { series: &track.series, channel, shift: 0.0, gap, tint };
        let same = |other: &&'a Channel| other.name == channel.name;
        let over = style.other.and_then(|other| Some((other, other.series.channels().iter().find(same)?)));
        let over = over.map(|(other, channel)| curve(other, channel, Tint::Plain(Ink::Other)));
        let curves = over.into_iter().chain([curve(track, channel, Tint::Fates(kept))]).collect();
        let values = style.fixed.then(|| super::chart::fitted(channel.extremes(0..track.series.len()).range()));
        let title = title(channel.name).to_owned();
        Pane { title, curves, values, before_consent: self.before_consent, ..Pane::default() }
    }
}

/// What a channel is called on the screen. Neither data set says in what unit its values are.
fn title(name: &'static str) -> &'static str {
    match name {
        "distancefromobject" => "distance from object",
        "x" => "acceleration x",
        "y" => "acceleration y",
        "z" => "acceleration z",
        MAGNITUDE => "acceleration, magnitude",
        other => other,
    }
}
