//! What a server is to make, and what came of it.

use chrono::DateTime;

use super::files::is_below;
use crate::domain::format::hexadecimal;
use crate::domain::{Plan, Recipe, TableCount};

/// What is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The landing zone, as the server sees it.
    pub landing: String,
    /// Where the run folder goes, as the server sees it; without it the rows are only counted.
    pub out: Option<String>,
    /// The choices.
    pub recipe: Recipe,
    /// The name of the run folder. Names sort by time.
    pub run: String,
    /// When it was asked for, in milliseconds since 1970-01-01 00:00 UTC: of several runs in one place the latest counts.
    pub at: i64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The rows of each table, in the order of the catalog.
    pub rows: [u64; 8],
    /// What each step of the derived tables did.
    pub counts: Vec<TableCount>,
    /// Entries of the list of who withdrew that landed, and customers who are left out; none without a list.
    pub withdrawn: Option<(u64, u64)>,
    /// The run folder.
    pub folder: Option<String>,
    /// Spark's version.
    pub spark: String,
    /// Seconds until the landing files were looked through and read.
    pub read_seconds: f64,
    /// Seconds from then on.
    pub curate_seconds: f64,
}

/// Why it cannot be asked of a server. Each is a sentence that says what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OrderError {
    #[error(
        "{0} is looked for by the server and not from here: give the whole path as the server sees it, such as /data/landing, \
         s3a://bucket/landing or hdfs://host/landing"
    )]
    NotWhole(String),
    #[error("{0} lies among the landing files, or they lie in it. Choose a folder outside of them")]
    AmongLanding(String),
    #[error("the clock or the random numbers of this machine do not work, so the run has no name")]
    NoName,
}

impl Order {
    /// What is to be made of a landing zone at an instant. Nothing is asked of anybody yet.
    ///
    /// # Errors
    /// As the variants say.
    pub fn new(landing: &str, out: Option<&str>, recipe: &Recipe, at: i64) -> Result<Self, OrderError> {
        let landing = whole(landing)?;
        let out = out.map(whole).transpose()?;
        if let Some(out) = out.as_ref().filter(|out| is_below(out, &landing) || is_below(&landing, out)) {
            return Err(OrderError::AmongLanding(out.clone()));
        }
        let now = DateTime::from_timestamp_millis(at).ok_or(OrderError::NoName)?;
        let mut random = [0; 3];
        getrandom::fill(&mut random).map_err(|_| OrderError::NoName)?;
        let run = format!("{}-{}", now.format("%Y%m%dT%H%M%SZ"), hexadecimal(&random));
        Ok(Self { landing, out, recipe: recipe.clone(), run, at })
    }

    /// The run folder, if there is to be one.
    pub fn folder(&self) -> Option<String> {
        self.out.as_ref().map(|out| format!("{out}/runs/{}", self.run))
    }

    /// How often is said what was done.
    pub fn steps(&self) -> u64 {
        let plan = Plan::new(&self.recipe);
        // Each landing table is looked through and read; what is written ends with recipe and counts, and the pointer.
        let written = if self.out.is_some() { 2 } else { 0 };
        6 + u64::from(plan.infers_owners()) + plan.tables.len() as u64 + written
    }
}

/// A path that means the same whoever reads it.
fn whole(path: &str) -> Result<String, OrderError> {
    let is_whole = path.starts_with('/') || path.split_once(":/").is_some_and(|(scheme, _)| !scheme.contains('/'));
    if is_whole { Ok(path.trim_end_matches('/').to_owned()) } else { Err(OrderError::NotWhole(path.to_owned())) }
}

/// A place of the server's as it is called here; none where this program cannot look.
pub fn seen_from_here(place: &str) -> Option<String> {
    if place.starts_with('/') {
        return Some(place.to_owned());
    }
    let (scheme, rest) = place.split_once(':')?;
    match scheme {
        "file" => Some(format!("/{}", rest.trim_start_matches('/'))),
        "s3" | "s3a" | "s3n" => Some(format!("s3:{rest}")),
        _ => None,
    }
}

/// A place as it is called here, as a server would call it.
pub fn seen_from_there(place: &str) -> String {
    place.strip_prefix("s3://").map_or_else(|| place.to_owned(), |rest| format!("s3a://{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::JoinRule;

    fn order(landing: &str, out: Option<&str>) -> Result<Order, OrderError> {
        Order::new(landing, out, &Recipe::default(), 1_655_293_787_680)
    }

    #[test]
    fn an_order_has_places_that_mean_the_same_to_everybody() {
        let made = order("/data/landing/", Some("s3a://lake/zones/")).unwrap();
        assert_eq!((made.landing.as_str(), made.out.as_deref()), ("/data/landing", Some("s3a://lake/zones")));
        assert!(made.run.starts_with("20220615T114947Z-"), "{}", made.run);
        assert_eq!(made.folder(), Some(format!("s3a://lake/zones/runs/{}", made.run)));
        assert_eq!(order("landing", None), Err(OrderError::NotWhole("landing".into())));
        for out in ["/data/landing/zones", "/data", "file:///data/landing"] {
            assert_eq!(order("/data/landing", Some(out)), Err(OrderError::AmongLanding(out.into())));
        }
    }

    #[test]
    fn more_is_said_of_what_is_written_and_inferred() {
        let counted = order("/data", None).unwrap().steps();
        assert_eq!(order("/data", Some("/out")).unwrap().steps(), counted + 2);
        let recipe = Recipe { join: JoinRule::InferredOwner, ..Recipe::default() };
        assert_eq!(Order::new("/data", None, &recipe, 0).unwrap().steps(), counted + 1);
    }

    #[test]
    fn places_are_called_otherwise_on_each_side() {
        for (there, here) in [
            ("/out/runs/a", Some("/out/runs/a")),
            ("file:///out/a", Some("/out/a")),
            ("s3a://lake/a", Some("s3://lake/a")),
            ("hdfs://host/a", None),
        ] {
            assert_eq!(seen_from_here(there).as_deref(), here);
        }
        assert_eq!(seen_from_there("s3://lake/a"), "s3a://lake/a");
        assert_eq!(seen_from_there("/data"), "/data");
    }
}
