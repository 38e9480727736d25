//! What a window goes on with at the next start, as text: a line that says what it is, and the rest below.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::format::hexadecimal;
use crate::domain::{CheckId, Withdrawn, stored};
use crate::landing::Source;
use crate::review::Expected;

use super::{Beside, Choices, Shown, Spot, SqlNotes, State};

/// What was open, how it was looked at, and what was begun. It says who somebody is where that was searched for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WindowSession {
    /// Where the landing files are.
    pub source: Option<Source>,
    /// The choices as they stood, but for selections and the run.
    pub choices: Choices,
    /// The page beside the first, but for selections.
    pub beside: Option<Beside>,
    /// The folder of the run on another engine that was shown.
    #[serde(with = "stored::path")]
    pub run: PathBuf,
    /// The counts that another system reports.
    pub expected: Expected,
    /// What was typed and not carried out.
    pub drafts: Drafts,
    /// The query in the editor, and those that were answered.
    pub sql: SqlNotes,
    /// Where on the first page somebody looked.
    pub spot: Spot,
    /// The devices that are to be compared there.
    pub compared: Vec<String>,
    /// Who was looked for in the exports that were made.
    pub looked_for: Option<Withdrawn>,
}

/// What is typed on the pages of review and export, and not carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drafts {
    /// The analyst's name.
    pub who: String,
    /// The check that is looked at.
    pub check: Option<CheckId>,
    /// Why it is accepted.
    pub why: String,
    /// Where the next export goes.
    pub folder: String,
}

/// A text that is no session that can be gone on with. The message never says what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It starts otherwise than a session, or is cut off, or was changed.
    #[error("it is not as it was written")]
    Damaged,
    /// It was written by a later version of this program.
    #[error("a later version of this program wrote it (format {found}, and this one knows up to {known})", known = WindowSession::FORMAT)]
    Newer { found: u32 },
    /// It is as it was written, and says what this version does not know.
    #[error("it says what this version of the program does not know, in column {column}")]
    Unknown { column: usize },
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// The format of what is below.
    stedi_session: u32,
    /// SHA-256 of the second line.
    sha256: String,
}

impl WindowSession {
    /// The format that is written. Another one is needed only when an older version would misunderstand the new text: what is
    /// missing is read as its default.
    pub const FORMAT: u32 = 1;

    /// What a window would go on with.
    pub fn of(state: &State, drafts: Drafts, query: &str, spot: Spot) -> Self {
        let mut choices = state.choices().clone();
        choices.selections.clear();
        if matches!(choices.shown, Shown::Behind(_)) {
            // What the rows are behind is worked out anew, on this page.
            choices.shown = Shown::Review;
        }
        // The columns of an answer are known once there is one again.
        choices.queries.retain(|shown, _| !matches!(shown, Shown::Behind(_) | Shown::Sql));
        choices.columns.retain(|shown, _| !matches!(shown, Shown::Behind(_) | Shown::Sql));
        let run = choices.run.take().map(|run| run.folder.clone()).unwrap_or_default();
        let source = state.source.as_ref().map(|source| source.asked().clone().absolute());
        let mut beside = state.beside.clone();
        beside.iter_mut().for_each(|beside| beside.selections.clear());
        let sql = SqlNotes { text: query.to_owned(), history: state.sql.history.clone() };
        let (expected, compared) = (state.expected.clone(), state.signals.compared.clone());
        let looked_for = state.exporting.looked_for().cloned();
        Self { source, choices, beside, run, expected, drafts, sql, spot, compared, looked_for }
    }

    /// As text. The same session is the same text but for the order of tables.
    pub fn to_text(&self) -> String {
        // Plain data under string keys: there is nothing in them that JSON cannot hold.
        let body = serde_json::to_string(self).unwrap_or_default();
        let head = Head { stedi_session: Self::FORMAT, sha256: hexadecimal(&Sha256::digest(&body)) };
        format!("{}\n{body}\n", serde_json::to_string(&head).unwrap_or_default())
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is damaged, or of a later version.
    pub fn parse(text: &str) -> Result<Self, SessionError> {
        #[derive(Deserialize)]
        struct AnyHead {
            stedi_session: u32,
        }
        let (head, body) = text.split_once('\n').ok_or(SessionError::Damaged)?;
        match serde_json::from_str::<AnyHead>(head) {
            Ok(AnyHead { stedi_session: found }) if found > Self::FORMAT => return Err(SessionError::Newer { found }),
            Ok(AnyHead { stedi_session: 1.. }) => {}
            _ => return Err(SessionError::Damaged),
        }
        let head: Head = serde_json::from_str(head).map_err(|_| SessionError::Damaged)?;
        let body = body.strip_suffix('\n').ok_or(SessionError::Damaged)?;
        if hexadecimal(&Sha256::digest(body)) != head.sha256 {
            return Err(SessionError::Damaged);
        }
        serde_json::from_str(body).map_err(|error| SessionError::Unknown { column: error.column() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{JoinRule, KeyChoice, Recipe, Table};
    use crate::explore::{ColumnLayout, Filter, Follow, Query, Sort, Test};
    use crate::state::{ConsentTab, ExportTab, Place, RecipeFile, ReviewTab, Stretch, Under};

    fn full() -> WindowSession {
        let mut choices = Choices {
            recipe: Recipe {
                join: JoinRule::Nearest,
                withdrawn: Withdrawn::parse("a@example.com,c@example.com").unwrap(),
                ..Recipe::default()
            },
            file: Some(Arc::new(RecipeFile { path: "mine.json".into(), recipe: Recipe::default() })),
            shown: Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None },
            follow: Some(Follow::Person("b@example.com".to_owned())),
            ..Choices::default()
        };
        choices.export.key = KeyChoice::Kept("0123".to_owned());
        let tests = [
            Test::Missing,
            Test::Between(f64::NEG_INFINITY, 0.1),
            Test::Within(i64::MIN, i64::MAX),
            Test::OneOf(["é".to_owned()].into()),
            Test::Contains("c".to_owned()),
        ];
        let query = Query {
            filters: tests.into_iter().map(|test| Filter { column: "x", test, on: true }).collect(),
            sorts: vec![Sort { column: "y", descending: true, nulls_first: false }],
            find: "who".to_owned(),
        };
        choices.queries.insert(Shown::Table(Table::AccelerometerTrusted), query);
        let mut layout = ColumnLayout::default();
        layout.hide("user", true);
        layout.pin("x", true);
        choices.columns.insert(Shown::Table(Table::AccelerometerTrusted), layout);
        WindowSession {
            source: Some(Source::Folder("/landing/of/may".into())),
            choices,
            beside: Some(Beside { under: Under::Before, place: Place::Window, ..Beside::default() }),
            run: "/run".into(),
            expected: Expected::parse("customer_trusted=482").unwrap(),
            drafts: Drafts {
                who: "Q".to_owned(),
                check: Some(CheckId::FanOut),
                why: "because".to_owned(),
                folder: "~/out".to_owned(),
            },
            sql: SqlNotes { text: "SELECT".to_owned(), history: vec!["SELECT 'ä'".to_owned()] },
            spot: Spot {
                stretch: Stretch { seen: Some((i64::MIN, 0)), chosen: None },
                over: Some("d@example.com".to_owned()),
                compared: vec!["serial".to_owned()],
                tab: ReviewTab::Owners,
                check: Some(CheckId::EmailsUnique),
                consent: ConsentTab::Timeline,
                export: ExportTab::Past,
            },
            compared: vec!["serial".to_owned(), "other".to_owned()],
            looked_for: Some(Withdrawn::parse("e@example.com").unwrap()),
        }
    }

    #[test]
    fn a_session_is_read_as_it_was_written() {
        for session in [WindowSession::default(), full()] {
            assert_eq!(WindowSession::parse(&session.to_text()), Ok(session));
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_texts_are_kept() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt as _;
        let path = PathBuf::from(OsString::from_vec(vec![b'/', 0xff, b'a']));
        let session =
            WindowSession { source: Some(Source::Files(vec![path.clone()])), run: path, ..WindowSession::default() };
        assert_eq!(WindowSession::parse(&session.to_text()), Ok(session));
    }

    #[test]
    fn whatever_was_changed_or_cut_off_is_noticed() {
        let text = full().to_text();
        for end in 0..text.len() {
            if text.is_char_boundary(end) {
                assert_eq!(WindowSession::parse(&text[..end]), Err(SessionError::Damaged), "cut off after {end} bytes");
            }
        }
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(WindowSession::parse(&changed).is_err(), "another byte at {place}");
        }
    }

    #[test]
    fn a_later_format_and_unknown_words_are_told_apart_from_damage() {
        let later = "{\"stedi_session\":9,\"how\":\"otherwise\"}\nwhatever\n";
        assert_eq!(WindowSession::parse(later), Err(SessionError::Newer { found: 9 }));
        let body = r#"{"drafts":{"who":"Ann"},"more":1}"#;
        let head = Head { stedi_session: 1, sha256: hexadecimal(&Sha256::digest(body)) };
        let text = format!("{}\n{body}\n", serde_json::to_string(&head).unwrap());
        let error = WindowSession::parse(&text).unwrap_err();
        assert!(matches!(error, SessionError::Unknown { .. }) && !error.to_string().contains("Ann"), "{error}");
    }
}
