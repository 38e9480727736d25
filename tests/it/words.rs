//! The catalogue of German holds every text of the window and nothing else, and both sides of an entry fit each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::checkout;

/// Folders whose texts the window says.
const SAID: [&str; 14] = [
    "ui",
    "state",
    "app",
    "domain",
    "review",
    "landing",
    "curation",
    "explore",
    "signals",
    "s3",
    "export",
    "lakehouse",
    "spark",
    "sql",
];

/// What it does not say, by the start of the file's name and of the text, and why.
const NOT_SAID: [(&str, &str, &str); 69] = [
    ("app/mod.rs", "the icon cannot be read", "before there is a window"),
    ("app/mod.rs", "the window", "before there is a window, or after"),
    ("app/mod.rs", "the workers", "before there is a window"),
    ("app/mod.rs", "the link cannot", "before there is a window"),
    ("app/beside.rs", "curate beside", "the name of a thread"),
    ("app/work.rs", "", "names of threads"),
    ("curation/keys.rs", "a column is", "a defect, in the log only"),
    ("domain/check.rs", "", "groups of checks, on the command line only"),
    ("domain/format.rs", " (os error", "what the library says, to be left out"),
    ("domain/dataset.rs", "", "titles in files that are written"),
    ("domain/withdrawn.rs", "Withdrawn(", "for debugging"),
    ("export/picture.rs", "IBM", "a font"),
    ("export/release/card.rs", "", "the data card"),
    ("export/release/croissant.rs", "", "metadata of an export"),
    ("export/release/diff.rs", "", "on the command line only"),
    ("export/release/fuzzing.rs", "", "for the fuzz targets"),
    ("export/release/instants.rs", "", "in the data card"),
    ("export/release/key.rs", "stedi-workbench", "what is hashed, and a line of a file"),
    ("export/release/loading.rs", "", "lines of code"),
    ("export/release/mod.rs", "Customers and devices are called", "in the data card"),
    ("export/release/split", "SideList", "for debugging"),
    ("export/release/split", "customer,split", "a line of a file"),
    ("export/report/", "", "the report, which is a file"),
    ("export/trail_file.rs", "a trail says when", "the reason of a lint"),
    ("lakehouse/compile.rs", "", "SQL"),
    ("lakehouse/engine.rs", "", "SQL"),
    ("lakehouse/kit.rs", "", "files of the kit"),
    ("lakehouse/landing.rs", "", "SQL"),
    ("lakehouse/lines.rs", "", "SQL"),
    ("lakehouse/pseudonyms.rs", "", "SQL"),
    ("landing/cache.rs", "what was used", "the reason of a lint"),
    ("landing/engine_run.rs", "{}, run {}", "the name of a run"),
    ("landing/engine_run.rs", "Spark {}", "the name of an engine"),
    ("landing/fuzzing.rs", "", "for the fuzz targets"),
    ("landing/json.rs", "Infinity", "a word of JSON"),
    ("landing/shelf.rs", "who may read", "the reason of a lint"),
    ("landing/shelf.rs", "Max address space", "a line of the system"),
    ("s3/account.rs", "endpoint_url", "the name of a setting"),
    ("s3/", "dns error", "a word of the library"),
    ("s3/connection.rs", "redirect", "a word of the library"),
    ("s3/connection.rs", "status code", "a word of the library"),
    ("signals/", "readings are in", "what is asserted"),
    ("signals/", "a value at each", "what is asserted"),
    ("spark/remote.rs", "", "an address on the command line"),
    ("spark/owners.rs", "SELECT", "SQL"),
    ("spark/run.rs", "SELECT", "SQL"),
    ("spark/run.rs", "WHERE", "SQL"),
    ("spark/session.rs", "SELECT", "SQL"),
    ("spark/session.rs", "the client's errors", "the reason of a lint"),
    ("spark/run.rs", "looked through", "a step, on the command line"),
    ("spark/run.rs", "switched: ", "the same"),
    ("spark/session.rs", "what was named", "an address on the command line"),
    ("spark/words.rs", "Exception", "the name of a class"),
    ("spark/words.rs", "Error", "the same"),
    ("spark/words.rs", "Permission denied", "a word of the system"),
    ("spark/words.rs", "Mkdirs failed", "a word of Hadoop"),
    ("spark/words.rs", "No space left", "a word of the system"),
    ("sql/ask.rs", "unable to find", "a word of the library"),
    ("sql/ask.rs", "no column named", "the same"),
    ("sql/complete.rs", "SHOW TABLES", "SQL"),
    ("sql/examples.rs", "SELECT", "SQL"),
    ("sql/read.rs", " at Line", "a word of the library"),
    ("sql/read.rs", ", ", "the same, and what takes its place"),
    ("ui/access.rs", "unspoken", "for debugging"),
    ("ui/actions/other_words.rs", "", "finds commands, and is not shown"),
    ("ui/review_checks.rs", "taken back on", "a reason in the trail, which is a file"),
    ("ui/review_page.rs", "taken back on", "a reason in the trail, which is a file"),
    ("ui/settings_menu.rs", "", "languages in their own words"),
    ("ui/signals_side.rs", "channel\t", "what is copied"),
];

/// Names of parts of the screen and of keys in the code, which nobody reads.
const NAMES: [&str; 10] = [
    "page beside",
    "sql side",
    "Plus",
    "column menu",
    "scroll bar",
    "phone alones",
    "export splits",
    "export windows",
    "{} {}es",
    "Hz",
];

/// A file of the sources below `src/`, without its tests, and the texts in it.
struct Source {
    name: String,
    texts: Vec<String>,
}

fn sources() -> Vec<Source> {
    let root = checkout().join("src");
    let mut files = vec![];
    SAID.iter().for_each(|folder| collect(&root.join(folder), &mut files));
    files.sort();
    let source = |path: &PathBuf| {
        let code = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        Source { name, texts: texts(code.split("#[cfg(test)]").next().unwrap_or_default()) }
    };
    files.iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

/// The texts in code, as they are when it runs.
fn texts(code: &str) -> Vec<String> {
    let (mut texts, mut rest) = (vec![], code);
    while let Some(place) = rest.find(['"', '\'', '/', 'r']) {
        let before = rest[..place].chars().next_back();
        let from = &rest[place..];
        let is_bytes = before == Some('b');
        let is_start = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        rest = if let Some(comment) = from.strip_prefix("//") {
            &comment[comment.find('\n').unwrap_or(comment.len())..]
        } else if let Some(from) = from.strip_prefix('"') {
            let (text, behind) = quoted(from);
            // Bytes and formats of instants are no words.
            if !is_bytes && !text.starts_with('%') {
                texts.push(text);
            }
            behind
        } else if from.starts_with("'\\") {
            // The letter behind the stroke may be a quote itself.
            &from[3 + from[3..].find('\'').unwrap() + 1..]
        } else if from.starts_with('\'') && from.chars().nth(2) == Some('\'') {
            &from[from.char_indices().nth(3).map_or(from.len(), |(end, _)| end)..]
        } else if is_start && (from.starts_with("r\"") || from.starts_with("r#\"")) {
            let end = if from.starts_with("r#") { "\"#" } else { "\"" };
            &from[3 + from[3..].find(end).unwrap() + end.len()..]
        } else {
            &from[1..]
        };
    }
    texts
}

/// A text from behind its first quote, and what stands behind it.
fn quoted(from: &str) -> (String, &str) {
    let (mut text, mut chars) = (String::new(), from.char_indices().peekable());
    while let Some((place, c)) = chars.next() {
        match c {
            '"' => return (text, &from[place + 1..]),
            '\\' => match chars.next().unwrap().1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'u' => {
                    let digits: String = chars.by_ref().map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
                    text.push(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap());
                }
                '\n' => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                other => text.push(other),
            },
            c => text.push(c),
        }
    }
    panic!("a text does not end");
}

/// A text with `{}` for each of its places, whatever is put there.
fn plain(text: &str) -> String {
    let (mut result, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once('{') {
        let Some((_, behind)) = from.split_once('}') else { break };
        result += before;
        result += "{}";
        rest = behind;
    }
    // What stands together comes together, and a unit belongs to its figure.
    let result = (result + rest).replace("{}{}", "{}");
    ["%", "s", "ms"].iter().fold(result, |text, unit| {
        text.replace(&format!("{{}} {unit} "), "{} ").replace(&format!("{{}} {unit},"), "{},")
    })
}

/// A text without what need not be in the catalogue around it.
fn core(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || "{}:,;.·…—()+−=•“”".contains(c))
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// Whether a text is for people: several words, or a name as it stands on a button.
fn is_for_people(text: &str) -> bool {
    let words =
        text.split_whitespace().filter(|word| has_letters(word) && !word.contains(['_', '=', '<', '#', '$', '/']));
    let is_button = || text.starts_with(char::is_uppercase) && text[1..].chars().all(|c| c.is_lowercase() || c == '…');
    // Single letters are of formats and of bytes.
    (words.clone().count() > 1 && words.clone().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 2))
        || (text.len() > 2 && is_button())
}

struct Entries {
    pairs: Vec<(String, String)>,
    plain: BTreeSet<String>,
    cores: BTreeSet<String>,
}

fn entries() -> Entries {
    let text = fs::read_to_string(checkout().join("assets/words/de.txt")).unwrap();
    let mut pairs = vec![];
    for block in text.split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        match lines[..] {
            [] => {}
            [english, german] => pairs.push((english.to_owned(), german.to_owned())),
            _ => panic!("an entry is an English line, a German line and a blank line, not: {lines:?}"),
        }
    }
    let plain: BTreeSet<String> = pairs.iter().map(|(english, _)| plain(english)).collect();
    let cores = plain.iter().map(|text| core(text).to_owned()).collect();
    Entries { pairs, plain, cores }
}

impl Entries {
    /// Whether a text is in the catalogue, as a whole, in parts that follow each other, or as a part of an entry.
    fn have(&self, text: &str) -> bool {
        let core = core(text);
        !has_letters(text)
            || self.plain.contains(text)
            || self.plain.contains(&format!("1 {text}"))
            || self.cores.contains(core)
            || (core.contains(' ') && self.plain.iter().any(|entry| entry.contains(core)))
            || ["\n", ". ", "; ", ", ", ": ", " · ", "  ", "{}"].iter().any(|between| {
                text.match_indices(between).any(|(place, _)| {
                    let (before, after) = (&text[..place], &text[place + between.len()..]);
                    has_letters(before) && has_letters(after) && self.have(before) && self.have(after)
                })
            })
    }
}

#[test]
fn every_text_of_the_window_has_its_entry() {
    let entries = entries();
    let mut missing = vec![];
    for Source { name, texts } in sources() {
        for text in texts.iter().map(|text| plain(text)).filter(|text| is_for_people(text)) {
            let is_said = !NOT_SAID.iter().any(|(file, start, _)| name.starts_with(file) && text.starts_with(start));
            if is_said && !NAMES.contains(&text.as_str()) && !entries.have(&text) {
                missing.push(format!("{name}: {text:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "not in assets/words/de.txt:\n{}", missing.join("\n"));
}

#[test]
fn what_is_not_said_is_in_the_sources() {
    let sources = sources();
    for (file, start, why) in NOT_SAID {
        let is_there = sources
            .iter()
            .filter(|source| source.name.starts_with(file))
            .any(|source| source.texts.iter().any(|text| plain(text).starts_with(start)));
        assert!(is_there, "{file} has no text that starts with {start:?} ({why})");
    }
}

/// Texts that are put together in the sources have their entries as wholes, so an entry is looked for by its words, three
/// in a row; where its parts meet, some are not there.
#[test]
fn no_entry_is_of_a_text_that_is_gone() {
    let words = |text: &str| -> Vec<String> {
        let letters = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-' && c != '_');
        letters.filter(|word| has_letters(word)).map(str::to_lowercase).collect()
    };
    let (mut known, mut threes) = (BTreeSet::new(), BTreeSet::new());
    for text in sources().iter().flat_map(|source| &source.texts) {
        let words = words(&plain(text));
        threes.extend(words.windows(3).map(<[String]>::to_vec));
        known.extend(words);
    }
    let is_known = |word: &String| {
        known.contains(word)
            || ["s", "es"].iter().any(|end| word.strip_suffix(end).is_some_and(|one| known.contains(one)))
    };
    let mut gone = vec![];
    for (english, _) in entries().pairs {
        let words = words(&plain(&english));
        let missing = words.windows(3).filter(|three| !threes.contains(*three)).count();
        if !words.iter().all(is_known) || missing > 4.max(words.len() / 2) {
            gone.push(english);
        }
    }
    assert!(gone.is_empty(), "in assets/words/de.txt, and in no source:\n{}", gone.join("\n"));
}

#[test]
fn both_sides_of_an_entry_have_the_same_places() {
    let mut seen = BTreeSet::new();
    for (english, german) in entries().pairs {
        let places =
            ["{n}", "{w}", "{e}", "{c}", "{d}"].iter().map(|hole| english.matches(hole).count()).sum::<usize>();
        let numbers: BTreeSet<&str> =
            german.split('{').skip(1).filter_map(|from| Some(from.split_once('}')?.0)).collect();
        let wanted: Vec<String> = (1..=places).map(|number| number.to_string()).collect();
        assert!(numbers.iter().eq(wanted.iter()), "{english}\n{german}");
        assert!(!english.contains("}{"), "two places without a letter between them: {english}");
        assert_eq!([&english, &german].map(|line| line.trim() == line), [true; 2], "{english}");
        assert!(seen.insert(english.clone()), "twice: {english}");
    }
    assert!(seen.len() > 1500);
}
