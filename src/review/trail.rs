//! The trail of a review: who accepted which figure, when and why. Lines of JSON that are only ever added, each with the
//! hash of the one before, so that a change of any line, a line taken out, put in or moved is noticed.
//!
//! A chain says nothing of lines missing at its end, so a second text holds how many lines there were and the hash of the
//! last; lines beyond it are taken, since a run may be killed between writing the two, and what follows the last line feed is
//! not, since it may be killed within a line. What cannot be noticed: somebody
//! who writes both texts anew, or takes lines off the end of one and changes the other to match. There is no key in this
//! that they could not have as well; who must be sure of that keeps a copy elsewhere.
//!
//! Nothing in it is personal but the name that an analyst gives, and what they write as a reason.

use serde::{Deserialize, Serialize};

use crate::domain::{CheckId, CheckVerdict};

use super::sign_off::{Scope, digest};

/// The hash that stands before the first entry.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A failing check was accepted with a reason.
    Accepted,
    /// An acceptance was taken back, or with no check a signature.
    Revoked,
    /// Somebody put their name to all figures of a review.
    SignedOff,
    /// Somebody said of a device whose it is, or is not; the reason says which, by codes. The recipe has the decision itself.
    Decided,
}

/// One line of a trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What was done.
    pub kind: Kind,
    /// The name of the analyst.
    pub who: String,
    /// In milliseconds since 1970-01-01 00:00 UTC.
    pub when: i64,
    /// Which recipe over which landing files it counts for.
    pub scope: Scope,
    /// The check; none for a signature.
    pub check: Option<CheckId>,
    /// The figure that the check had; none if it could not be computed.
    pub figure: Option<u64>,
    /// The threshold that it had.
    pub threshold: Option<u64>,
    /// What came of it.
    pub verdict: Option<CheckVerdict>,
    /// [`super::Review::digest`] of what was signed, or whose signature was taken back.
    pub review: Option<String>,
    /// Why; empty for a signature.
    pub reason: String,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// SHA-256 of this entry as JSON with this field empty.
    pub hash: String,
}

/// All that was done, in order. Every trail has been verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    entries: Vec<Entry>,
}

/// A trail that does not count, or an entry that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailError {
    /// What stands in a line is no entry, or not as it was written.
    #[error("line {line} of the trail was changed. Nothing in the trail counts; restore it from a copy")]
    Changed { line: usize },
    /// A line does not follow the one before it.
    #[error(
        "line {line} of the trail does not follow the one before: a line was taken out, put in or moved. Nothing in the \
         trail counts; restore it from a copy"
    )]
    Broken { line: usize },
    /// There are fewer lines than there were, or the last one was another.
    #[error(
        "the trail does not end as it did: line {line} is missing or another one. Nothing in the trail counts; restore \
         it from a copy"
    )]
    CutOff { line: usize },
    /// The second text is missing, or is none.
    #[error(
        "what is kept beside the trail, to notice lines missing at its end, is not there or was changed. Nothing in \
         the trail counts; restore both from a copy"
    )]
    NoHead,
    /// Nobody is named.
    #[error("an acceptance needs the name of an analyst")]
    NoName,
    /// No reason is given.
    #[error("an acceptance needs a reason")]
    NoReason,
    /// A name or a reason that is none.
    #[error("a name or reason must have at most {MOST} characters, all of them in one line")]
    NoText,
}

/// The most characters of a name or a reason.
const MOST: usize = 2_000;

impl Entry {
    /// An entry with nothing in it yet.
    pub(super) fn new(kind: Kind, scope: &Scope, when: i64) -> Self {
        Self {
            kind,
            who: String::new(),
            when,
            scope: scope.clone(),
            check: None,
            figure: None,
            threshold: None,
            verdict: None,
            review: None,
            reason: String::new(),
            previous_hash: String::new(),
            hash: String::new(),
        }
    }

    fn line(&self) -> String {
        // Plain enums, numbers and texts: there is nothing in them that JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn own_hash(&self) -> String {
        digest(Self { hash: String::new(), ..self.clone() }.line().as_bytes())
    }
}

fn lines(entries: &[Entry]) -> String {
    entries.iter().map(|entry| entry.line() + "\n").collect()
}

impl Trail {
    /// What is kept beside a trail to which the first line is about to be added.
    pub const NO_LINES: &str = "0 -\n";

    /// Reads and verifies a trail and what is kept beside it.
    ///
    /// # Errors
    /// When anything is not as it was written: says which line, and that nothing in the trail counts.
    pub fn parse(text: &str, head: Option<&str>) -> Result<Self, TrailError> {
        let mut entries: Vec<Entry> = vec![];
        let lines = text.split_inclusive('\n');
        for (number, line) in lines.enumerate().map(|(number, line)| (number + 1, line)) {
            let changed = TrailError::Changed { line: number };
            let Some(line) = line.strip_suffix('\n') else { break };
            let entry: Entry = serde_json::from_str(line).map_err(|_| changed.clone())?;
            // Also what means the same but is written in another way was not written here.
            if entry.own_hash() != entry.hash || entry.line() != line {
                return Err(changed);
            }
            if entries.last().map_or(NOTHING, |last| last.hash.as_str()) != entry.previous_hash {
                return Err(TrailError::Broken { line: number });
            }
            entries.push(entry);
        }
        match head {
            None if entries.is_empty() => {}
            None => return Err(TrailError::NoHead),
            Some(Self::NO_LINES) => {}
            Some(head) => {
                let (lines, hash) = head.trim_end().split_once(' ').ok_or(TrailError::NoHead)?;
                let line: usize = lines.parse().map_err(|_| TrailError::NoHead)?;
                let last = line.checked_sub(1).ok_or(TrailError::NoHead)?;
                if entries.get(last).is_none_or(|entry| entry.hash != hash) {
                    return Err(TrailError::CutOff { line });
                }
            }
        }
        Ok(Self { entries })
    }

    /// The lines from one entry on, each with a line feed.
    pub fn lines_from(&self, entry: usize) -> String {
        lines(&self.entries[entry.min(self.entries.len())..])
    }

    /// The lines before one entry.
    pub fn lines_until(&self, entry: usize) -> String {
        lines(&self.entries[..entry.min(self.entries.len())])
    }

    /// What is kept beside the lines: how many there are, and the hash of the last. None for a trail without any.
    pub fn head(&self) -> Option<String> {
        self.entries.last().map(|last| format!("{} {}\n", self.entries.len(), last.hash))
    }

    /// All entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds an entry behind the last one.
    pub(super) fn add(&mut self, entry: Entry, who: &str) -> Result<(), TrailError> {
        let who = who.trim();
        if who.is_empty() {
            return Err(TrailError::NoName);
        }
        if entry.reason.is_empty() && entry.kind != Kind::SignedOff {
            return Err(TrailError::NoReason);
        }
        if [who, &entry.reason].iter().any(|text| text.chars().count() > MOST || text.chars().any(char::is_control)) {
            return Err(TrailError::NoText);
        }
        let previous_hash = self.entries.last().map_or(NOTHING, |last| last.hash.as_str()).to_owned();
        let mut entry = Entry { who: who.to_owned(), previous_hash, ..entry };
        entry.hash = entry.own_hash();
        self.entries.push(entry);
        Ok(())
    }
}
