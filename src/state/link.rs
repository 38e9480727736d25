//! A link to a view: what is looked at and how, as a text that opens to the same place elsewhere. Customers and devices are in
//! it by their codes, which only those who have the data can tell; no text of a record and no place of a file is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::curation::Codes;
use crate::domain::{CheckId, Code, OwnerDecision, OwnerDecisions, Privacy, Recipe, Table, Withdrawn, stored};
use crate::explore::{ColumnLayout, Filter, Follow, Query, Test};
use crate::review::Scope;

use super::{Choices, ConsentTab, ExportTab, Loaded, ReviewTab, Shown};

/// A link, before it is known whom its codes stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewLink {
    /// By which the landing files are told from others.
    data: String,
    place: Place,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The choices, with those before for all that a link says nothing of.
    pub choices: Choices,
    /// Where on its page.
    pub spot: Spot,
    /// What stands in the way of its being the same place, a sentence each.
    pub remarks: Vec<String>,
}

/// What is seen and what is chosen of the time of a recording, in milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stretch {
    /// From the left to the right of the chart; none for all.
    pub seen: Option<(i64, i64)>,
    /// Between the cursors; from an instant to the same where there is one alone.
    pub chosen: Option<(i64, i64)>,
}

/// Where on its page somebody looks, beside what is chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spot {
    /// What is seen and chosen of the time.
    pub stretch: Stretch,
    /// Whose motion is laid over, by e-mail address.
    pub over: Option<String>,
    /// The devices that are compared, by serial number.
    pub compared: Vec<String>,
    /// The part of the page of the review.
    pub tab: ReviewTab,
    /// The check that is shown whole.
    pub check: Option<CheckId>,
    /// The part of the page Consent.
    pub consent: ConsentTab,
    /// The part of the page Export.
    pub export: ExportTab,
}

/// A text that is no link that can be followed. The message never says what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is longer than any link.
    #[error("it is longer than {most} characters", most = ViewLink::LONGEST)]
    TooLong,
    /// It starts otherwise.
    #[error("it does not begin with {start} as links to views do", start = ViewLink::START)]
    NoLink,
    /// It was made by a later version of this program.
    #[error("a later version of this program made it (format {found}, and this one knows up to {known})", known = ViewLink::FORMAT)]
    Newer { found: u32 },
    /// A part of it is missing or is not as it was written.
    #[error("it is cut off or was changed. Copy it again, from its beginning to its end")]
    Damaged,
}

/// What is looked at. Whoever is in it is there by a code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Place {
    recipe: Recipe,
    shown: Shown,
    #[serde(with = "stored::pairs")]
    queries: HashMap<Shown, Query>,
    #[serde(with = "stored::pairs")]
    columns: HashMap<Shown, ColumnLayout>,
    follow: Option<Follow>,
    about: Option<Follow>,
    recorded: Option<Follow>,
    seen: Option<(i64, i64)>,
    chosen: Option<(i64, i64)>,
    over: Option<String>,
    compared: Vec<String>,
    tab: ReviewTab,
    check: Option<CheckId>,
    consent: ConsentTab,
    export: ExportTab,
    /// Filters and texts to find that are not in it.
    unsaid: u64,
}

/// What means something in a link or to whoever finds one in a text.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b'+')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl ViewLink {
    /// The format that is written. Another one is needed when an older version would misunderstand the new text.
    pub const FORMAT: u32 = 1;
    /// What each begins with.
    pub const START: &str = "stedi:view?";
    /// No link is longer.
    pub const LONGEST: usize = 1 << 14;
    /// Digits by which landing files are told apart.
    const DIGITS: usize = 16;

    /// The link to what these choices show of what is loaded.
    ///
    /// # Errors
    /// When there is more in the view than a link holds.
    pub fn of(choices: &Choices, spot: &Spot, loaded: &Loaded) -> Result<Self, LinkError> {
        let mut recipe = choices.recipe.clone();
        recipe.withdrawn = as_landed(&recipe.withdrawn, &loaded.codes);
        let is_kept = |shown: &Shown| !matches!(shown, Shown::Behind(_));
        // The rows behind a figure are worked out anew, from this page.
        let shown = Some(choices.shown).filter(is_kept).unwrap_or(Shown::Review);
        let queries = choices.queries.iter().filter(|(shown, query)| is_kept(shown) && **query != Query::default());
        let columns = choices.columns.iter().filter(|(shown, layout)| is_kept(shown) && !layout.is_plain());
        let place = Place {
            recipe,
            shown,
            queries: queries.map(|(shown, query)| (*shown, query.clone())).collect(),
            columns: columns.map(|(shown, layout)| (*shown, layout.clone())).collect(),
            follow: choices.follow.clone(),
            about: choices.about.clone().filter(|_| shown == Shown::Consent),
            recorded: choices.recorded.clone().filter(|_| shown == Shown::Signals),
            seen: spot.stretch.seen,
            chosen: spot.stretch.chosen,
            over: spot.over.clone(),
            compared: spot.compared.clone(),
            tab: spot.tab,
            check: spot.check,
            consent: spot.consent,
            export: spot.export,
            unsaid: 0,
        };
        let code = |privacy, text: &str| {
            let codes = &loaded.codes;
            let code = match privacy {
                Privacy::Person => codes.person(text),
                Privacy::Device => codes.device(text),
                Privacy::Open | Privacy::Personal => codes.person(text).or_else(|| codes.device(text)),
            };
            code.map(written)
        };
        let (mut place, unsaid) = place.renamed(code);
        place.unsaid = unsaid;
        let link = Self { data: data_of(loaded), place };
        if link.to_text().len() > Self::LONGEST { Err(LinkError::TooLong) } else { Ok(link) }
    }

    /// How many filters and texts to find are not in it, since they may say who somebody is.
    pub fn unsaid(&self) -> u64 {
        self.place.unsaid
    }

    /// As text: the same link is always the same. What is as usual is left out.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}v={}&data={}", Self::START, Self::FORMAT, self.data);
        // Plain data under string keys: there is nothing in them that JSON cannot hold.
        let object = |place: &Place| match serde_json::to_value(place) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let mut members = unlike(object(&self.place), &object(&Place::default()));
        for (name, value) in &mut members {
            match value {
                Value::Object(recipe) if name == "recipe" => {
                    let usual = object(&Place::default()).remove("recipe");
                    let taken = std::mem::take(recipe);
                    *recipe = unlike(taken, usual.as_ref().and_then(Value::as_object).unwrap_or(&Map::new()));
                }
                Value::Array(pairs) if name == "queries" || name == "columns" => pairs.sort_by_key(Value::to_string),
                _ => {}
            }
            text += &format!("&{name}={}", utf8_percent_encode(&value.to_string(), ESCAPED));
        }
        text
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is no link, too long, of a later version, or says what no link says.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > Self::LONGEST {
            return Err(LinkError::TooLong);
        }
        let mut parts = text.strip_prefix(Self::START).ok_or(LinkError::NoLink)?.split('&');
        let version = parts.next().and_then(|part| part.strip_prefix("v=")?.parse::<u32>().ok());
        match version.ok_or(LinkError::Damaged)? {
            0 => return Err(LinkError::Damaged),
            found if found > Self::FORMAT => return Err(LinkError::Newer { found }),
            _ => {}
        }
        let data = parts.next().and_then(|part| part.strip_prefix("data=")).ok_or(LinkError::Damaged)?;
        let is_digit = |letter: u8| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
        if data.len() != Self::DIGITS || !data.bytes().all(is_digit) {
            return Err(LinkError::Damaged);
        }
        let mut members = Map::new();
        for part in parts {
            let (name, value) = part.split_once('=').ok_or(LinkError::Damaged)?;
            let value = percent_decode_str(value).decode_utf8().map_err(|_| LinkError::Damaged)?;
            let value = serde_json::from_str(&value).map_err(|_| LinkError::Damaged)?;
            if members.insert(name.to_owned(), value).is_some() {
                return Err(LinkError::Damaged);
            }
        }
        let place: Place = serde_json::from_value(Value::Object(members)).map_err(|_| LinkError::Damaged)?;
        // Nobody is in a link but by a code, and nothing that was typed is.
        match place.renamed(|_, text| Code::parse(text).map(written)) {
            (place, 0) => Ok(Self { data: data.to_owned(), place }),
            _ => Err(LinkError::Damaged),
        }
    }

    /// What it leads to in what is loaded.
    pub fn open(&self, loaded: &Loaded, before: &Choices) -> Opened {
        let mut wanted = BTreeSet::new();
        self.place.clone().renamed(|_, code| {
            wanted.extend(Code::parse(code));
            None
        });
        let found: BTreeMap<Code, &str> = loaded.codes.find(&wanted);
        let name = |_, code: &str| Code::parse(code).and_then(|code| Some((*found.get(&code)?).to_owned()));
        let (place, _) = self.place.clone().renamed(name);
        let mut remarks = vec![];
        if self.data != data_of(loaded) {
            remarks.push(
                "It was made of other landing files than those that are open, so figures and rows may be others."
                    .to_owned(),
            );
        }
        let unknown = wanted.len() - found.len();
        if unknown > 0 {
            let who = if unknown == 1 { "A customer or device" } else { "Several customers or devices" };
            remarks.push(format!("{who} of the link did not land here; what was narrowed to them is not."));
        }
        if self.place.unsaid > 0 {
            remarks.push(unsaid_in_words(self.place.unsaid));
        }
        let Place {
            recipe,
            shown,
            queries,
            columns,
            follow,
            about,
            recorded,
            seen,
            chosen,
            over,
            compared,
            tab,
            check,
            consent,
            export: part,
            unsaid: _,
        } = place;
        let spot = Spot { stretch: Stretch { seen, chosen }, over, compared, tab, check, consent, export: part };
        let run = before.run.clone().filter(|run| run.recipe == recipe);
        let selections = HashMap::new();
        let (file, export) = (before.file.clone(), before.export.clone());
        let choices =
            Choices { recipe, file, run, shown, queries, columns, selections, follow, about, recorded, export };
        Opened { choices, spot, remarks }
    }
}

/// That a link says less than the view, as a sentence.
pub fn unsaid_in_words(unsaid: u64) -> String {
    let filters = crate::domain::format::counted(unsaid, "filter");
    format!("Not in the link: {filters} with typed or personal text.")
}

impl Place {
    /// The same with everybody called otherwise, and how much had to be left out: who has no other name, and what was typed,
    /// which may say who somebody is.
    fn renamed(mut self, mut name: impl FnMut(Privacy, &str) -> Option<String>) -> (Self, u64) {
        let mut lost = 0;
        let mut renamed = |privacy, text: &str| {
            let other = name(privacy, text);
            lost += u64::from(other.is_none());
            other
        };
        let withdrawn: Vec<String> =
            self.recipe.withdrawn.entries().filter_map(|entry| renamed(Privacy::Open, entry)).collect();
        self.recipe.withdrawn = list_of(withdrawn);
        let decisions =
            std::mem::take(&mut self.recipe.owners.decisions).0.into_iter().filter_map(|(serial, decided)| {
                // Both are asked for, whatever came of the other, so that whoever lists them misses none.
                let (owner, serial) = (renamed(Privacy::Person, &decided.owner), renamed(Privacy::Device, &serial));
                Some((serial?, OwnerDecision { owner: owner?, ..decided }))
            });
        self.recipe.owners.decisions = OwnerDecisions(decisions.collect());
        let mut other = |follow: Option<Follow>| {
            follow.and_then(|follow| match follow {
                Follow::Person(email) => renamed(Privacy::Person, &email).map(Follow::Person),
                Follow::Device(serial) => renamed(Privacy::Device, &serial).map(Follow::Device),
            })
        };
        (self.follow, self.about, self.recorded) = (other(self.follow), other(self.about), other(self.recorded));
        self.over = self.over.and_then(|email| renamed(Privacy::Person, &email));
        let compared = std::mem::take(&mut self.compared).into_iter();
        self.compared = compared.filter_map(|serial| renamed(Privacy::Device, &serial)).collect();
        let mut typed = 0;
        for query in self.queries.values_mut() {
            typed += u64::from(!std::mem::take(&mut query.find).is_empty());
            let filters = std::mem::take(&mut query.filters).into_iter().filter_map(|filter| {
                let test = match (privacy_of(filter.column), filter.test) {
                    (_, test @ (Test::Missing | Test::Present | Test::Between(..) | Test::Within(..))) => test,
                    (privacy @ (Privacy::Person | Privacy::Device), Test::OneOf(texts)) => {
                        let texts: BTreeSet<String> = texts.iter().filter_map(|text| renamed(privacy, text)).collect();
                        (!texts.is_empty()).then_some(Test::OneOf(texts))?
                    }
                    (_, Test::OneOf(_) | Test::Contains(_)) => {
                        typed += 1;
                        return None;
                    }
                };
                Some(Filter { test, ..filter })
            });
            query.filters = filters.collect();
        }
        self.queries.retain(|_, query| *query != Query::default());
        (self, lost + typed)
    }
}

/// Those of a list who landed, as they did; who did not is in no table anyway.
fn as_landed(withdrawn: &Withdrawn, codes: &Codes) -> Withdrawn {
    if withdrawn.is_empty() {
        return Withdrawn::default();
    }
    let wanted: BTreeSet<String> = withdrawn.entries().map(Withdrawn::folded).collect();
    let landed = codes.identities().filter(|identity| wanted.contains(&Withdrawn::folded(identity)));
    list_of(landed.map(str::to_owned).collect())
}

/// What landed may have a comma in it, which a list that is typed may not.
fn list_of(entries: Vec<String>) -> Withdrawn {
    serde_json::from_value(Value::from(entries)).unwrap_or_default()
}

fn written(code: Code) -> String {
    code.to_string().replace('·', ".")
}

fn privacy_of(column: &str) -> Privacy {
    let mut columns = Table::ALL.into_iter().flat_map(Table::schema);
    columns.find(|known| known.name == column).map_or(Privacy::Personal, |column| column.privacy)
}

/// The members that differ from the usual ones.
fn unlike(members: Map<String, Value>, usual: &Map<String, Value>) -> Map<String, Value> {
    members.into_iter().filter(|(name, value)| usual.get(name) != Some(value)).collect()
}

fn data_of(loaded: &Loaded) -> String {
    let mut hash = Scope::new(&Recipe::default(), &loaded.landing).landing_hash;
    hash.truncate(ViewLink::DIGITS);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "stedi:view?v=1&data=0123456789abcdef";

    #[test]
    fn what_is_no_link_is_refused_with_the_reason() {
        let long = format!("{SOUND}{}", "&seen=null".repeat(2000));
        for (text, error) in [
            ("", LinkError::NoLink),
            ("https://example.com/?v=1", LinkError::NoLink),
            ("stedi:export?v=1", LinkError::NoLink),
            ("stedi:view?v=2&how=otherwise", LinkError::Newer { found: 2 }),
            ("stedi:view?v=0&data=0123456789abcdef", LinkError::Damaged),
            ("stedi:view?data=0123456789abcdef&v=1", LinkError::Damaged),
            ("stedi:view?v=1&data=0123456789ABCDEF", LinkError::Damaged),
            (&long, LinkError::TooLong),
        ] {
            assert_eq!(ViewLink::parse(text), Err(error), "{text}");
        }
        for part in [
            "&",
            "&shown",
            "&shown=",
            "&shown=%22review%22&shown=%22review%22",
            "&shown=%22nowhere%22",
            "&seen=%5B1%5D",
            "&more=1",
            "&follow=%FF",
            "&recipe=%7B%22join%22%3A7%7D",
        ] {
            assert_eq!(ViewLink::parse(&format!("{SOUND}{part}")), Err(LinkError::Damaged), "{part}");
        }
        assert!(ViewLink::parse(&format!(" {SOUND}&shown=%22review%22\n")).is_ok());
    }

    #[test]
    fn nobody_is_in_a_link_but_by_a_code() {
        let with = |part: &str| ViewLink::parse(&format!("{SOUND}&{part}"));
        let follow = |name: &str| with(&format!("follow=%7B%22person%22:%22{name}%22%7D"));
        assert!(follow("C.7f3a").is_ok());
        assert_eq!(follow("ann@example.com"), Err(LinkError::Damaged));
        assert_eq!(with("recipe=%7B%22withdrawn%22:%5B%22ann@example.com%22%5D%7D"), Err(LinkError::Damaged));
        let query = |query: &str| with(&format!("queries={}", utf8_percent_encode(query, ESCAPED)));
        let filter = |column: &str, test: &str| {
            let filter = format!(r#"{{"column":"{column}","test":{test},"on":true}}"#);
            query(&format!(r#"[[{{"table":"customer_landing"}},{{"filters":[{filter}],"sorts":[],"find":""}}]]"#))
        };
        assert!(filter("email", r#"{"one_of":["C.7f3a"]}"#).is_ok());
        assert!(filter("customername", r#""missing""#).is_ok());
        for (column, test) in [
            ("email", r#"{"one_of":["ann@example.com"]}"#),
            ("email", r#"{"contains":"ann"}"#),
            ("customername", r#"{"one_of":["Ann"]}"#),
        ] {
            assert_eq!(filter(column, test), Err(LinkError::Damaged), "{column} {test}");
        }
        let find = query(r#"[[{"table":"customer_landing"},{"filters":[],"sorts":[],"find":"Ann"}]]"#);
        assert_eq!(find, Err(LinkError::Damaged));
    }
}
