//! What is seen of the time, and the way back to what was seen before.

use crate::signals::Span;

/// The stretch of time that is seen, with those before and after it.
#[derive(Clone, Debug, Default)]
pub struct Zoom {
    view: Option<Span>,
    back: Vec<Option<Span>>,
    forward: Vec<Option<Span>>,
    changed: f64,
}

/// Changes that follow each other faster than this are one, in seconds: a turn of the wheel, a drag.
const ONE_CHANGE: f64 = 0.6;
/// More steps back than this are forgotten.
const MOST_STEPS: usize = 200;

impl Zoom {
    /// What is seen; `whole` if nothing was chosen.
    pub fn view(&self, whole: Span) -> Span {
        self.view.unwrap_or(whole)
    }

    /// What was chosen to be seen; none for all.
    pub fn chosen(&self) -> Option<Span> {
        self.view
    }

    /// Whether all is seen.
    pub fn is_whole(&self) -> bool {
        self.view.is_none()
    }

    /// Sees another stretch, or all; `now` is the time in seconds.
    pub fn to(&mut self, view: Option<Span>, now: f64) {
        if view == self.view {
            return;
        }
        if now - self.changed > ONE_CHANGE || self.back.is_empty() {
            self.back.push(self.view);
            if self.back.len() > MOST_STEPS {
                self.back.remove(0);
            }
        }
        // What is seen by itself, at no time, is a step of its own, and so is whatever comes after it.
        self.changed = if now.is_finite() { now } else { f64::NEG_INFINITY };
        self.forward.clear();
        self.view = view;
    }

    /// Sees what was seen before.
    pub fn back(&mut self) {
        if let Some(view) = self.back.pop() {
            self.forward.push(self.view);
            (self.view, self.changed) = (view, f64::NEG_INFINITY);
        }
    }

    /// Sees again what was left by going back.
    pub fn forward(&mut self) {
        if let Some(view) = self.forward.pop() {
            self.back.push(self.view);
            (self.view, self.changed) = (view, f64::NEG_INFINITY);
        }
    }

    /// Whether there is a way back, and a way forward.
    pub fn ways(&self) -> (bool, bool) {
        (!self.back.is_empty(), !self.forward.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_and_forward_by_whole_gestures() {
        let whole = Span { from: 0.0, to: 100.0 };
        let part = |to: f64| Some(Span { from: 0.0, to });
        let mut zoom = Zoom::default();
        assert_eq!((zoom.view(whole), zoom.ways()), (whole, (false, false)));
        zoom.to(part(50.0), 10.0);
        zoom.to(part(40.0), 10.1);
        zoom.to(part(30.0), 10.2);
        zoom.to(part(10.0), 20.0);
        zoom.back();
        assert_eq!(Some(zoom.view(whole)), part(30.0), "the turns of the wheel are one step");
        zoom.back();
        assert!(zoom.is_whole());
        zoom.back();
        zoom.forward();
        zoom.forward();
        assert_eq!((Some(zoom.view(whole)), zoom.ways()), (part(10.0), (true, false)));
        zoom.back();
        zoom.to(part(5.0), 30.0);
        assert_eq!(zoom.ways(), (true, false), "a new way forgets the old one");
        zoom.to(part(60.0), f64::INFINITY);
        zoom.to(part(61.0), 31.0);
        zoom.back();
        assert_eq!(Some(zoom.view(whole)), part(60.0), "what comes after a jump is another step");
        zoom.back();
        assert_eq!(Some(zoom.view(whole)), part(5.0));
    }
}
