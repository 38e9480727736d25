//! What a page showed, to go back to and forth again, as in a browser: a page, the part of it that was open, and whom it was
//! about.

use serde::{Deserialize, Serialize};

use crate::explore::Follow;

use super::{Choices, ReviewTab, Shown};

/// So many can be gone back to.
const MOST: usize = 64;

/// What was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Visited {
    /// The page or table.
    pub shown: Shown,
    /// Whom the page Consent told about.
    pub about: Option<Follow>,
    /// Whose recording the page Signals showed.
    pub recorded: Option<Follow>,
    /// The part of the page that was open.
    pub tab: Tab,
}

impl Visited {
    /// What choices show, with this part of the page open.
    pub fn of(choices: &Choices, tab: Tab) -> Self {
        Self { shown: choices.shown, about: choices.about.clone(), recorded: choices.recorded.clone(), tab }
    }
}

/// A part of a page, of which one is open at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tab {
    /// The page has no parts.
    Whole,
    /// Of the page Consent.
    Consent(ConsentTab),
    /// Of the page Signals: devices side by side, or all of them.
    Signals { compares: bool },
    /// Of the page Review.
    Review(ReviewTab),
    /// Of the page Export.
    Export(ExportTab),
}

/// The parts of the page Consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentTab {
    #[default]
    Waterfall,
    Timeline,
    Withdrawals,
    Counts,
    Followed,
}

/// The parts of the page Export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportTab {
    #[default]
    Next,
    Past,
}

/// Where one is, and where one was.
#[derive(Clone, Debug, Default)]
pub struct Visits {
    here: Option<Visited>,
    /// The last one last.
    back: Vec<Visited>,
    /// What was gone back from, the next one last.
    forth: Vec<Visited>,
    /// What is shown next is what was gone to, even if it could not be shown just as it was.
    goes: bool,
    /// What is here was gone to.
    came_back: bool,
}

impl Visits {
    /// This is shown now.
    pub fn see(&mut self, now: Visited) {
        if std::mem::take(&mut self.goes) || self.here.as_ref() == Some(&now) {
            self.here = Some(now);
            return;
        }
        self.came_back = false;
        let Some(before) = self.here.replace(now) else { return };
        self.forth.clear();
        self.back.push(before);
        let too_many = self.back.len().saturating_sub(MOST);
        self.back.drain(..too_many);
    }

    /// Whether what is shown was gone back or forth to, and so is as it was left.
    pub fn came_back(&self) -> bool {
        self.came_back
    }

    /// Whether there is something to go back to.
    pub fn can_go_back(&self) -> bool {
        !self.back.is_empty()
    }

    /// Whether something was gone back from.
    pub fn can_go_forth(&self) -> bool {
        !self.forth.is_empty()
    }

    /// Goes to what was shown before.
    pub fn go_back(&mut self) -> Option<Visited> {
        let to = self.back.pop()?;
        self.forth.extend(self.here.replace(to.clone()));
        (self.goes, self.came_back) = (true, true);
        Some(to)
    }

    /// Goes to what was gone back from last.
    pub fn go_forth(&mut self) -> Option<Visited> {
        let to = self.forth.pop()?;
        self.back.extend(self.here.replace(to.clone()));
        (self.goes, self.came_back) = (true, true);
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(shown: Shown) -> Visited {
        Visited { shown, about: None, recorded: None, tab: Tab::Whole }
    }

    #[test]
    fn one_goes_back_and_forth_until_one_turns_elsewhere() {
        let mut visits = Visits::default();
        let pages = [Shown::Consent, Shown::Signals, Shown::Review].map(page);
        for page in &pages {
            visits.see(page.clone());
            visits.see(page.clone());
        }
        assert!(!visits.came_back());
        assert_eq!((visits.go_forth(), visits.go_back()), (None, Some(pages[1].clone())));
        visits.see(pages[1].clone());
        assert_eq!(visits.go_back(), Some(pages[0].clone()));
        assert!(!visits.can_go_back() && visits.can_go_forth() && visits.came_back());
        visits.see(pages[0].clone());
        assert_eq!(visits.go_forth(), Some(pages[1].clone()));
        visits.see(pages[1].clone());
        assert!(visits.can_go_back() && visits.can_go_forth());
        visits.see(page(Shown::Export));
        assert!(!visits.came_back());
        assert_eq!((visits.go_forth(), visits.go_back()), (None, Some(pages[1].clone())));
    }

    #[test]
    fn what_is_shown_in_its_place_is_no_step() {
        let mut visits = Visits::default();
        for shown in [Shown::Consent, Shown::Signals, Shown::Review] {
            visits.see(page(shown));
        }
        visits.go_back();
        visits.see(page(Shown::Export));
        assert!(visits.can_go_forth());
        assert_eq!(visits.go_back(), Some(page(Shown::Consent)));
    }

    #[test]
    fn the_oldest_is_left_behind() {
        let mut visits = Visits::default();
        for number in 0..=2 * MOST {
            visits.see(page(if number % 2 == 0 { Shown::Consent } else { Shown::Signals }));
        }
        assert_eq!(std::iter::from_fn(|| visits.go_back()).count(), MOST);
    }
}
