//! What others write is read in time that grows as it does, however it is made: nested, with long or many keys, with quotes that
//! are never closed.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use stedi_workbench::domain::{Progress, Recipe, Withdrawn};
use stedi_workbench::export::release::{Manifest, SideList};
use stedi_workbench::landing::{EngineRun, Source, read};
use stedi_workbench::review::{Expected, Trail};

/// The least time of a few, since other work on the machine only adds to it.
fn time(work: &dyn Fn()) -> Duration {
    let once = |_| {
        let started = Instant::now();
        work();
        started.elapsed()
    };
    (0..3).map(once).min().unwrap()
}

/// Eight times the input may take 24 times as long; what is quadratic takes 64 times.
fn assert_grows_slowly(what: &str, make: &dyn Fn(usize) -> String, work: &dyn Fn(&str)) {
    const LONG: usize = 1 << 20;
    const NOISE: Duration = Duration::from_millis(30);
    /// What is quadratic is so every time; a busy machine is not.
    const TRIES: usize = 4;
    let (short, long) = (make(LONG / 8), make(LONG));
    let mut seen = vec![];
    for _ in 0..TRIES {
        let (short, long) = (time(&|| work(&short)), time(&|| work(&long)));
        if long < short * 24 + NOISE {
            return;
        }
        seen.push((short, long));
    }
    panic!("{what}: {seen:?}, the second for eight times as much");
}

/// What an input is called, what makes one of a length, and what reads it.
type Case<'a> = (&'a str, &'a dyn Fn(usize) -> String, &'a dyn Fn(&str));

/// A beginning, and something again and again up to a length.
fn repeated(start: &'static str, again: &'static str) -> impl Fn(usize) -> String {
    move |length| start.to_owned() + &again.repeat(length / again.len())
}

/// A beginning, and something with a number in it again and again.
fn numbered(start: &'static str, before: &'static str, after: &'static str) -> impl Fn(usize) -> String {
    move |length| {
        let again = |number: usize| format!("{before}{number}{after}");
        start.to_owned() + &(0..length / (before.len() + after.len() + 5)).map(again).collect::<String>()
    }
}

#[test]
fn landing_files_of_any_make_take_linear_time() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("accelerometer");
    fs::create_dir(&folder).unwrap();
    let landed = |text: &str| {
        fs::write(folder.join("one"), text).unwrap();
        read(&Source::Folder(folder.clone()), &Progress::default()).ok();
    };
    let header = "user,timestamp,x,y,z\n";
    let wide = |length: usize| {
        "user,timestamp".to_owned() + &",x".repeat(length / 4) + "\n" + &"a\",\"b\n".repeat(length / 12)
    };
    let cases: [(&str, &dyn Fn(usize) -> String); 17] = [
        ("nested objects", &repeated("", "{\"a\":")),
        ("nested arrays", &repeated("{\"a\":", "[")),
        ("objects in a list that never ends", &repeated("{\"a\":[", "{\"a\":1},")),
        ("texts that are keys when read from another quote", &repeated("{\"a\":[", "\"{\",\":\",\",\",\":\",")),
        ("a long key", &repeated("{\"", "a")),
        ("a long key of escapes", &repeated("{\"", "\\u00e9")),
        ("many keys in a record", &numbered("{\"user\":\"a\"", ",\"k", "\":1")),
        (
            "a key for each record",
            &numbered("", "{\"user\":\"a\",\"timestamp\":1,\"x\":1,\"y\":1,\"z\":1,\"k", "\":1}\n"),
        ),
        ("the same key", &repeated("{\"user\":\"a\"", ",\"user\":\"a\"")),
        ("a long number", &repeated("{\"x\":", "1")),
        ("quotes", &repeated("{", "\"")),
        ("braces and blanks", &repeated("", "{ } \n")),
        ("a quote that opens on each line", &repeated(header, "a\",\"b\n")),
        ("a quote that opens once", &repeated("user,timestamp,x,y,z\n\"", "a,1,1,1,1\n")),
        ("many doubled quotes", &repeated("user,timestamp,x,y,z\n\"", "\"\"")),
        ("a quote in the header", &repeated("user,timestamp,\"x,y,z\n", "a,1,1,1,1\n")),
        ("a wide header, and a quote that opens on each line", &wide),
    ];
    for (what, make) in cases {
        assert_grows_slowly(what, make, &landed);
    }
}

#[test]
fn small_texts_of_any_make_take_linear_time() {
    let home = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    let recipe = |text: &str| drop(Recipe::from_json(text));
    let withdrawn = |text: &str| drop(Withdrawn::parse(text));
    let manifest = |text: &str| {
        put("manifest.json", text);
        Manifest::read(home.path()).ok();
    };
    let run = |text: &str| {
        put("counts.json", text);
        EngineRun::open(Path::new(home.path()), &Progress::default()).ok();
    };
    let cases: [Case<'_>; 11] = [
        ("a nested recipe", &repeated("{\"checks\":", "{\"a\":"), &recipe),
        ("a recipe with a long list", &numbered("{\"withdrawn\":[\"a\"", ",\"k", "\""), &recipe),
        ("a recipe with a long wrong word", &repeated("{\"purpose\":\"", "`a"), &recipe),
        ("those who withdrew, in one line", &numbered("", "a", ","), &withdrawn),
        ("comments", &repeated("", " #"), &withdrawn),
        ("quotes", &repeated("", "\""), &withdrawn),
        ("sides", &numbered("", "a", ",train\n"), &|text| drop(SideList::parse(text))),
        ("expected counts", &numbered("{", "\"k", "\":1,"), &|text| drop(Expected::parse(text))),
        ("a trail", &repeated("", "{}\n"), &|text| drop(Trail::parse(text, None))),
        ("a manifest", &numbered("{\"manifest_version\":1", ",\"k", "\":[{}]"), &manifest),
        ("what a run counted", &numbered("{\"tables\":{\"a\":{\"rows\":1}", ",\"k", "\":{\"rows\":1}"), &run),
    ];
    for (what, make, work) in cases {
        assert_grows_slowly(what, make, work);
    }
}
