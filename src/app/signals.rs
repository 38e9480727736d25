//! Keeps the page of the signals what landing, recipe and the followed device make it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::Progress;
use crate::explore::Follow;
use crate::signals::{Plotted, measure, other_motion, overview, record};
use crate::state::{MeasuredChannel, Shown, Slot};

use super::App;
use super::finished::{ask_for, flatten, settle};
use super::on_disk::{Work, enough};
use super::work::{CompareRequest, Curated, Failure, MeasureRequest, OtherRequest, RecordRequest};

/// What was asked for last.
#[derive(Default)]
pub struct Asked {
    lines: Option<Curated>,
    recording: Option<RecordRequest>,
    other: Option<OtherRequest>,
    measure: Option<MeasureRequest>,
    compare: Option<CompareRequest>,
    /// Whose motion is laid over whom, until all is looked up anew.
    laid_over: HashMap<Follow, String>,
}

impl App {
    /// Asks for what the page shows, while it is shown.
    pub(super) fn look_at_signals(&mut self) {
        if self.state.choices().shown != Shown::Signals {
            return;
        }
        let (Some(loaded), Slot::Ready(curation)) = (self.state.landing.value(), &self.state.curation) else { return };
        let of = Curated { landing: Arc::clone(&loaded.landing), curation: Arc::clone(curation) };
        let follow = self.state.choices().whose_recording().cloned();
        let signals = &mut self.state.signals;
        ask_for(Some(of.clone()), &mut self.page.asked.lines, &self.page.overview, &mut signals.lines);
        let before = self.page.asked.recording.as_ref().map(|asked| asked.follow.clone());
        if before != follow {
            // Another one: what was chosen beside the last one means nothing here. Who comes back finds what was laid over.
            let laid_over = &mut self.page.asked.laid_over;
            let other = signals.other.take();
            if let Some((before, other)) = before.zip(other) {
                laid_over.insert(before, other);
            }
            signals.other = follow.as_ref().and_then(|follow| laid_over.remove(follow));
            (signals.partner, signals.range) = (None, None);
            signals.recording = Slot::Empty;
        }
        let record = follow.map(|follow| RecordRequest { of: of.clone(), follow, partner: signals.partner.clone() });
        ask_for(record, &mut self.page.asked.recording, &self.page.record, &mut signals.recording);
        let other = signals.other.clone().map(|email| OtherRequest { of: of.clone(), email });
        ask_for(other, &mut self.page.asked.other, &self.page.other, &mut signals.other_track);
        let compare = Some(CompareRequest { of, devices: signals.compared.clone() });
        ask_for(compare, &mut self.page.asked.compare, &self.page.compare, &mut signals.comparison);
        let plotted = signals.recording.value().map(Arc::clone);
        let measure = plotted.zip(signals.range).map(|(of, range)| MeasureRequest { of, range });
        ask_for(measure, &mut self.page.asked.measure, &self.page.measure, &mut signals.measured);
    }

    /// Shows what somebody recorded, whomever the tables are narrowed to. All recordings are shown while no table is narrowed.
    pub(super) fn show_recording(&mut self, follow: Option<Follow>, context: &egui::Context) {
        if follow.is_none() {
            // Where somebody looked in one recording means nothing in the next.
            self.state.signals.pointed = None;
        }
        self.choose(context, |choices| {
            if follow.is_none() {
                choices.follow = None;
            }
            (choices.recorded, choices.shown) = (follow, Shown::Signals);
        });
    }

    /// Lays somebody's motion over a recording: at once over the one that was asked for last, over another as soon as it is.
    pub(super) fn lay_over(&mut self, follow: Follow, email: String) {
        if self.page.asked.recording.as_ref().is_some_and(|asked| asked.follow == follow) {
            self.state.signals.other = Some(email);
        } else {
            self.page.asked.laid_over.insert(follow, email);
        }
    }

    /// Takes in what was worked out for the page.
    pub(super) fn take_signals(&mut self) {
        let (signals, page) = (&mut self.state.signals, &mut self.page);
        while let Some((_, outcome)) = page.overview.poll() {
            settle(&mut signals.lines, flatten(outcome));
        }
        while let Some((request, outcome)) = page.record.poll() {
            if page.asked.recording.as_ref() == Some(&request) {
                settle(&mut signals.recording, flatten(outcome));
            }
        }
        while let Some((request, outcome)) = page.other.poll() {
            if page.asked.other.as_ref() == Some(&request) {
                settle(&mut signals.other_track, flatten(outcome));
            }
        }
        while let Some((request, outcome)) = page.measure.poll() {
            if page.asked.measure.as_ref() == Some(&request) {
                settle(&mut signals.measured, flatten(outcome));
            }
        }
        while let Some((_, outcome)) = page.compare.poll() {
            settle(&mut signals.comparison, flatten(outcome));
        }
    }

    /// Works out the page again.
    pub(super) fn retry_signals(&mut self) {
        self.page.overview.forget();
        self.page.record.forget();
        self.page.compare.forget();
        self.page.asked = Asked::default();
    }
}

/// Looks a device or a customer up, ready to be drawn.
pub fn recorded(request: &RecordRequest, progress: &Progress) -> Result<Arc<Plotted>, Failure> {
    let RecordRequest { of, follow, partner } = request;
    let recording = record(follow, partner.as_deref(), &of.curation, progress)?;
    Ok(Arc::new(Plotted::new(recording, of.curation.recipe.purpose)))
}

/// Looks several devices up.
pub fn compared(request: &CompareRequest, progress: &Progress) -> Result<Vec<Arc<Plotted>>, Failure> {
    let CompareRequest { of, devices } = request;
    let follow = |serial: &String| Follow::Device(serial.clone());
    let request = |serial| RecordRequest { of: of.clone(), follow: follow(serial), partner: None };
    devices.iter().map(|serial| recorded(&request(serial), progress)).collect()
}

/// Looks up somebody else's motion.
pub fn other(request: &OtherRequest, progress: &Progress) -> Result<Arc<crate::signals::Track>, Failure> {
    Ok(Arc::new(other_motion(&request.of.curation, &request.email, progress)?))
}

/// The lines of the overview.
pub fn lines(of: &Curated, progress: &Progress) -> Result<Arc<Vec<crate::signals::DeviceLine>>, Failure> {
    enough(&of.landing, Work::Overview)?;
    Ok(Arc::new(overview(&of.curation, progress)?))
}

/// What the readings of each channel come to within a stretch of time.
pub fn measured(request: &MeasureRequest, progress: &Progress) -> Result<Vec<MeasuredChannel>, Failure> {
    let MeasureRequest { of, range: (from, to) } = request;
    let tracks = [(&of.recording.device, &of.device_gap, true), (&of.recording.phone, &of.phone_gap, false)];
    let mut channels = vec![];
    for (track, gap, of_device) in tracks {
        let Some(track) = track else { continue };
        let readings = track.series.within(*from as f64, *to as f64);
        for channel in track.series.channels() {
            let measured = measure(&track.series, channel, readings.clone(), gap, progress)?;
            channels.push(MeasuredChannel { of_device, name: channel.name, measured });
        }
    }
    Ok(channels)
}
