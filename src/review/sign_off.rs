//! The gate: what leaves must have been looked at, and every failing check repaired or accepted by somebody with a
//! reason, for this recipe over these landing files.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::format::hexadecimal;
use crate::domain::{CheckId, CheckVerdict, Recipe};
use crate::landing::Landing;

use super::checks::{Check, Review};
use super::trail::{Entry, Kind, Trail, TrailError};

/// Which recipe over which landing files something is of: two SHA-256 as lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Of the recipe as JSON, every key written out.
    pub recipe_hash: String,
    /// Of the list of the landing files, each with name, size and SHA-256, in the order of their names.
    pub landing_hash: String,
}

/// That a review was signed off. Only [`Review::sign_off`] makes one, so whoever asks for one as an argument cannot be
/// given tables that were not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOff {
    scope: Scope,
    signed: Option<Entry>,
}

/// Why the gate is closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOffError {
    /// Failing checks that nobody accepted.
    #[error(
        "{} and not accepted: {}",
        if .0.len() == 1 { "a check is failing".to_owned() } else { format!("{} checks are failing", .0.len()) },
        .0.iter().map(|check| check.name()).collect::<Vec<_>>().join(", ")
    )]
    Failing(Vec<CheckId>),
    /// The review is of another recipe or other landing files.
    #[error("the review is of another recipe or of other landing files. Look at these first")]
    OtherScope,
}

/// Why an acceptance was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// The review has no such check.
    #[error("{} is not among the checks of this review", .0.name())]
    NotThere(CheckId),
    /// There is nothing to accept.
    #[error("{} does not fail, so there is nothing to accept", .0.name())]
    NotFailing(CheckId),
    /// Nothing was accepted that could be revoked.
    #[error("{} is not accepted, so there is nothing to revoke", .0.name())]
    NotAccepted(CheckId),
    /// Nobody signed these figures.
    #[error("these figures are not signed off, so there is nothing to take back")]
    NotSigned,
    /// What was written says who a customer is.
    #[error("{0} says who a customer is, and goes out with exports. Say it in other words")]
    NamesSomebody(&'static str),
    /// Nobody says that they accept it, or no reason why.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// The gate is closed.
    #[error(transparent)]
    Closed(#[from] SignOffError),
}

/// An acceptance that does not count any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed<'a> {
    /// What was accepted.
    pub entry: &'a Entry,
    /// Whether the recipe is another now.
    pub other_recipe: bool,
    /// Whether the landing files are others now.
    pub other_landing: bool,
    /// Whether the check has another figure, threshold or verdict now, or is not there.
    pub other_figure: bool,
}

impl Lapsed<'_> {
    /// Why it does not count, as part of a sentence.
    pub fn why(&self) -> &'static str {
        match (self.other_recipe, self.other_landing) {
            (true, true) => "it was given for another recipe over other landing files",
            (true, false) => "the recipe is another now",
            (false, true) => "the landing files are others now",
            (false, false) => "the figure is another now",
        }
    }
}

impl Scope {
    /// Of a recipe and a landing.
    pub fn new(recipe: &Recipe, landing: &Landing) -> Self {
        let mut files: Vec<(&str, u64, &str)> =
            landing.files.iter().map(|file| (file.name.as_str(), file.bytes, file.sha256.as_str())).collect();
        files.sort_unstable();
        let files = serde_json::to_string(&files).unwrap_or_default();
        let recipe = serde_json::to_string(recipe).unwrap_or_default();
        Self { recipe_hash: digest(recipe.as_bytes()), landing_hash: digest(files.as_bytes()) }
    }
}

/// SHA-256 as lower-case hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

impl Check {
    /// Whether what an entry accepted is what this check says now.
    fn is_what(&self, entry: &Entry) -> bool {
        entry.check == Some(self.id)
            && entry.figure == self.figure.number
            && entry.threshold == Some(self.threshold)
            && entry.verdict == Some(self.verdict)
    }
}

impl Review {
    /// One hash of all that it says, so that a signature is of these figures and no others.
    pub fn digest(&self) -> String {
        let lines: Vec<(&str, CheckVerdict, Option<u64>, u64)> = self
            .checks()
            .iter()
            .map(|check| (check.id.name(), check.verdict, check.figure.number, check.threshold))
            .collect();
        digest(serde_json::to_string(&lines).unwrap_or_default().as_bytes())
    }

    /// Who accepted a check, if somebody did for just this figure, recipe and landing, and nobody revoked it.
    pub fn accepted<'a>(&self, id: CheckId, trail: &'a Trail) -> Option<&'a Entry> {
        let check = self.check(id)?;
        // What was accepted of another scope or figure neither counts nor is taken back by what is said of this one.
        let about_this = |entry: &&Entry| {
            entry.scope == *self.scope()
                && matches!(entry.kind, Kind::Accepted | Kind::Revoked)
                && entry.check == Some(id)
        };
        let last = trail.entries().iter().rev().find(about_this)?;
        (last.kind == Kind::Accepted && check.is_what(last)).then_some(last)
    }

    /// The failing checks that nobody accepted.
    pub fn open(&self, trail: &Trail) -> Vec<CheckId> {
        let is_open = |check: &&Check| check.verdict.is_failing() && self.accepted(check.id, trail).is_none();
        self.checks().iter().filter(is_open).map(|check| check.id).collect()
    }

    /// Why no check is open, in words, where none is.
    pub fn why_none_is_open(&self) -> &'static str {
        match self.checks().iter().any(|check| check.verdict.is_failing()) {
            true => "Each check that fails is accepted",
            false => "No check fails",
        }
    }

    /// Of each failing check that nobody accepted here, the last acceptance that does not count here, if there is one.
    pub fn lapsed<'a>(&self, trail: &'a Trail) -> Vec<Lapsed<'a>> {
        let scope = self.scope();
        let last = |id: CheckId| trail.entries().iter().rev().find(move |entry| entry.check == Some(id));
        let lapsed = |id| {
            let entry = last(id).filter(|entry| entry.kind == Kind::Accepted)?;
            Some(Lapsed {
                entry,
                other_recipe: entry.scope.recipe_hash != scope.recipe_hash,
                other_landing: entry.scope.landing_hash != scope.landing_hash,
                other_figure: !self.check(id).is_some_and(|check| check.is_what(entry)),
            })
        };
        self.open(trail).into_iter().filter_map(lapsed).collect()
    }

    /// Opens the gate if every check passes, warns or is accepted. The scope is that of what is to leave: of a recipe
    /// and a landing that were reviewed, and of no others.
    ///
    /// # Errors
    /// Names the checks that keep it closed.
    pub fn sign_off(&self, trail: &Trail, scope: &Scope) -> Result<SignedOff, SignOffError> {
        if scope != self.scope() {
            return Err(SignOffError::OtherScope);
        }
        let open = self.open(trail);
        if !open.is_empty() {
            return Err(SignOffError::Failing(open));
        }
        let digest = self.digest();
        let is_of_this = |entry: &&Entry| {
            matches!(entry.kind, Kind::SignedOff | Kind::Revoked)
                && entry.scope == *scope
                && entry.review.as_ref() == Some(&digest)
        };
        let last = trail.entries().iter().rev().find(is_of_this);
        let signed = last.filter(|entry| entry.kind == Kind::SignedOff).cloned();
        Ok(SignedOff { scope: scope.clone(), signed })
    }
}

impl SignedOff {
    /// Which recipe over which landing files may leave.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Who put their name to these figures, and when, if somebody did beyond accepting what fails.
    pub fn signed(&self) -> Option<&Entry> {
        self.signed.as_ref()
    }
}

impl Trail {
    /// Accepts a failing check of a review, at an instant in milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When the check does not fail, or without a name or a reason.
    pub fn accept(
        &mut self,
        review: &Review,
        id: CheckId,
        who: &str,
        reason: &str,
        when: i64,
    ) -> Result<(), AcceptError> {
        let check = review.check(id).ok_or(AcceptError::NotThere(id))?;
        if !check.verdict.is_failing() {
            return Err(AcceptError::NotFailing(id));
        }
        Ok(self.add(about(check, Kind::Accepted, review, reason, when), who)?)
    }

    /// Takes an acceptance back.
    ///
    /// # Errors
    /// When the check is not accepted, or without a name or a reason.
    pub fn revoke(
        &mut self,
        review: &Review,
        id: CheckId,
        who: &str,
        reason: &str,
        when: i64,
    ) -> Result<(), AcceptError> {
        let check = review.check(id).ok_or(AcceptError::NotThere(id))?;
        review.accepted(id, self).ok_or(AcceptError::NotAccepted(id))?;
        Ok(self.add(about(check, Kind::Revoked, review, reason, when), who)?)
    }

    /// Records what somebody decided of a device, in words that name nobody. Nothing is accepted by that.
    ///
    /// # Errors
    /// Without a name or words.
    pub fn decide(&mut self, review: &Review, who: &str, words: &str, when: i64) -> Result<(), AcceptError> {
        let entry = Entry { reason: words.trim().to_owned(), ..Entry::new(Kind::Decided, review.scope(), when) };
        Ok(self.add(entry, who)?)
    }

    /// Puts a name to all figures of a review whose gate is open.
    ///
    /// # Errors
    /// When the gate is closed, or without a name.
    pub fn sign(&mut self, review: &Review, who: &str, when: i64) -> Result<SignedOff, AcceptError> {
        review.sign_off(self, review.scope())?;
        let entry = Entry {
            review: Some(review.digest()),
            check: None,
            figure: None,
            threshold: None,
            verdict: None,
            ..Entry::new(Kind::SignedOff, review.scope(), when)
        };
        self.add(entry, who)?;
        Ok(review.sign_off(self, review.scope())?)
    }
}

impl Trail {
    /// Takes a signature back: these tables leave only once somebody signs again. What left before is not touched by that.
    ///
    /// # Errors
    /// When nobody signed these figures, or without a name or a reason.
    pub fn unsign(&mut self, review: &Review, who: &str, reason: &str, when: i64) -> Result<(), AcceptError> {
        review.sign_off(self, review.scope())?.signed().ok_or(AcceptError::NotSigned)?;
        let reason = reason.trim().to_owned();
        let entry = Entry { review: Some(review.digest()), reason, ..Entry::new(Kind::Revoked, review.scope(), when) };
        Ok(self.add(entry, who)?)
    }
}

fn about(check: &Check, kind: Kind, review: &Review, reason: &str, when: i64) -> Entry {
    Entry {
        check: Some(check.id),
        figure: check.figure.number,
        threshold: Some(check.threshold),
        verdict: Some(check.verdict),
        reason: reason.trim().to_owned(),
        ..Entry::new(kind, review.scope(), when)
    }
}
