//! What was done, step by step, to go back and forth in. It is a line: a new step after going back drops the steps
//! that were undone.

use std::collections::VecDeque;

/// Steps that are kept; the oldest go first.
const MOST: usize = 200;
/// Changes of one run that are at the most so many seconds apart are one step.
const RUN_SECONDS: f64 = 1.0;

/// Values in the order in which they came about, and which of them is in force. There is always one.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: VecDeque<Entry<T>>,
    present: Entry<T>,
    /// What was undone, the next one to redo last.
    future: Vec<Entry<T>>,
    /// When the last step was made, if nothing was undone or redone since.
    last_step: Option<f64>,
    /// How often something was put in force.
    changes: u64,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    label: Label,
    value: T,
}

/// What a step is called. Never holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    text: String,
    run: Option<&'static str>,
}

impl Label {
    /// A step of its own, such as a switch.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), run: None }
    }

    /// Part of a run, such as a slider that is drawn or a text that is typed: quick changes of one run are one step.
    pub fn running(run: &'static str, text: impl Into<String>) -> Self {
        Self { text: text.into(), run: Some(run) }
    }

    /// In words.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<T: Default> Default for History<T> {
    fn default() -> Self {
        Self::new(Label::new("start"), T::default())
    }
}

impl<T> History<T> {
    /// One that starts here.
    pub fn new(label: Label, value: T) -> Self {
        Self { past: VecDeque::new(), present: Entry { label, value }, future: vec![], last_step: None, changes: 0 }
    }

    /// What is in force.
    pub fn present(&self) -> &T {
        &self.present.value
    }

    /// Grows with every change of what is in force, so that a change can be told without comparing.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Puts another value in the place of the present one, without a step.
    pub fn amend(&mut self, value: T) {
        self.changes += 1;
        self.present.value = value;
    }

    /// Changes every value, also those to go back and forth to.
    pub fn amend_all(&mut self, change: impl FnMut(&mut T)) {
        self.changes += 1;
        let entries = self.past.iter_mut().chain([&mut self.present]).chain(&mut self.future);
        entries.map(|entry| &mut entry.value).for_each(change);
    }

    /// Goes one step back. False at the start.
    pub fn undo(&mut self) -> bool {
        self.changes += 1;
        self.last_step = None;
        let Some(entry) = self.past.pop_back() else { return false };
        self.future.push(std::mem::replace(&mut self.present, entry));
        true
    }

    /// Takes one step that was undone again. False where none was.
    pub fn redo(&mut self) -> bool {
        self.changes += 1;
        self.last_step = None;
        let Some(entry) = self.future.pop() else { return false };
        self.past.push_back(std::mem::replace(&mut self.present, entry));
        true
    }

    /// Goes to the entry at this place, counted from the oldest, as far as there are entries.
    pub fn go_to(&mut self, position: usize) {
        while position < self.position() && self.undo() {}
        while position > self.position() && self.redo() {}
    }

    /// The place of the entry in force, counted from the oldest.
    pub fn position(&self) -> usize {
        self.past.len()
    }

    /// What the entries are called, the oldest first.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.entries().map(|entry| entry.label.text())
    }

    /// What would be undone.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.back().map(|_| self.present.label.text())
    }

    /// What would be redone.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|entry| entry.label.text())
    }

    /// The place of the nearest entry that is wanted; of two as near, the older.
    pub fn nearest(&self, wanted: impl Fn(&T) -> bool) -> Option<usize> {
        let found = self.entries().enumerate().filter(|(_, entry)| wanted(&entry.value));
        found.map(|(position, _)| position).min_by_key(|position| position.abs_diff(self.position()))
    }

    /// The last before the one in force that is wanted.
    pub fn last(&self, wanted: impl Fn(&T) -> bool) -> Option<&T> {
        self.past.iter().rev().map(|entry| &entry.value).find(|value| wanted(value))
    }

    fn entries(&self) -> impl Iterator<Item = &Entry<T>> {
        self.past.iter().chain([&self.present]).chain(self.future.iter().rev())
    }
}

impl<T: PartialEq> History<T> {
    /// Makes a step to another value, at `now` seconds of the window's clock. What was undone is gone. A run that
    /// comes back to where it began leaves no step.
    pub fn push(&mut self, label: Label, value: T, now: f64) {
        if value == self.present.value {
            return;
        }
        self.changes += 1;
        let goes_on = label.run.is_some()
            && label.run == self.present.label.run
            && self.last_step.is_some_and(|last| now - last <= RUN_SECONDS);
        self.future.clear();
        let entry = Entry { label, value };
        if goes_on {
            self.present = entry;
        } else {
            self.past.push_back(std::mem::replace(&mut self.present, entry));
        }
        self.last_step = Some(now);
        if goes_on && self.past.back().is_some_and(|before| before.value == self.present.value) {
            self.undo();
            self.future.clear();
        }
        if self.past.len() >= MOST {
            self.past.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(steps: u32) -> History<u32> {
        let mut history = History::default();
        for step in 1..=steps {
            history.push(Label::new(format!("step {step}")), step, 0.0);
        }
        history
    }

    fn labels(history: &History<u32>) -> Vec<&str> {
        history.labels().collect()
    }

    #[test]
    fn back_and_forth() {
        let mut history = history(2);
        assert_eq!((history.undo_label(), history.redo_label()), (Some("step 2"), None));
        assert!(history.undo());
        assert_eq!((*history.present(), history.undo_label()), (1, Some("step 1")));
        assert_eq!(history.redo_label(), Some("step 2"));
        assert!(history.undo() && !history.undo());
        assert_eq!((*history.present(), history.undo_label()), (0, None));
        assert!(history.redo() && history.redo() && !history.redo());
        assert_eq!(*history.present(), 2);
        assert_eq!(labels(&history), ["start", "step 1", "step 2"]);
    }

    #[test]
    fn a_new_step_drops_what_was_undone_and_an_amendment_does_not() {
        let mut history = history(3);
        history.undo();
        history.undo();
        history.amend(11);
        assert_eq!(history.redo_label(), Some("step 2"));
        history.push(Label::new("other"), 4, 0.0);
        assert_eq!(labels(&history), ["start", "step 1", "other"]);
        assert!(!history.redo());
        history.undo();
        assert_eq!(*history.present(), 11);
    }

    #[test]
    fn a_jump_reaches_every_entry_and_no_other() {
        let mut history = history(4);
        for (to, value) in [(1, 1), (3, 3), (0, 0), (4, 4), (9, 4)] {
            history.go_to(to);
            assert_eq!(*history.present(), value);
            assert_eq!(labels(&history).len(), 5);
        }
    }

    #[test]
    fn quick_changes_of_one_run_are_one_step() {
        let mut history = History::new(Label::new("start"), 0);
        let mut draw = |value: u32, now: f64| {
            history.push(Label::running("slider", format!("to {value}")), value, now);
            history.labels().map(str::to_owned).collect::<Vec<_>>()
        };
        draw(1, 10.0);
        assert_eq!(draw(2, 10.5), ["start", "to 2"]);
        assert_eq!(draw(3, 11.4), ["start", "to 3"]);
        assert_eq!(draw(4, 13.0), ["start", "to 3", "to 4"]);
        assert_eq!(draw(3, 13.1), ["start", "to 3"]);
        history.push(Label::running("text", "typed"), 7, 13.2);
        history.push(Label::new("switch"), 8, 13.2);
        history.push(Label::new("switch"), 9, 13.2);
        assert_eq!(labels(&history), ["start", "to 3", "typed", "switch", "switch"]);
    }

    #[test]
    fn a_run_does_not_go_on_after_an_undo() {
        let mut history = History::new(Label::new("start"), 0);
        for value in [1, 2, 3] {
            history.push(Label::running("slider", "drawn"), value, f64::from(value) * 5.0);
        }
        history.undo();
        history.push(Label::running("slider", "drawn"), 9, 15.1);
        assert_eq!(labels(&history), ["start", "drawn", "drawn", "drawn"]);
        history.undo();
        assert_eq!(*history.present(), 2);
    }

    #[test]
    fn no_change_is_no_step() {
        let mut history = history(2);
        history.undo();
        history.push(Label::new("again"), 1, 0.0);
        assert_eq!(labels(&history), ["start", "step 1", "step 2"]);
    }

    #[test]
    fn the_oldest_go_first() {
        let mut history = history(500);
        assert_eq!(labels(&history).len(), MOST);
        history.go_to(0);
        assert_eq!(*history.present(), 301);
        assert_eq!(history.undo_label(), None);
    }

    #[test]
    fn the_nearest_is_found_on_both_sides() {
        let mut history = history(6);
        history.go_to(3);
        assert_eq!(history.nearest(|value| *value == 3), Some(3));
        assert_eq!(history.nearest(|value| value % 2 == 0), Some(2));
        assert_eq!(history.nearest(|value| *value > 4), Some(5));
        assert_eq!(history.nearest(|value| *value > 6), None);
    }

    #[test]
    fn all_values_can_be_amended() {
        let mut history = history(2);
        history.go_to(1);
        history.amend_all(|value| *value += 10);
        for (position, value) in [(0, 10), (1, 11), (2, 12)] {
            history.go_to(position);
            assert_eq!(*history.present(), value);
        }
    }
}
