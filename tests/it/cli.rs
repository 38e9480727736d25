//! The real program, run as a person or a script would.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use stedi_workbench::domain::Table;

use crate::support::{checkout, real_data, sample_data, write};

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Standard output as the one JSON object that it must be.
pub fn json(arguments: &[&str]) -> Value {
    let output = program(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn rows(object: &Value) -> Vec<u64> {
    ["customer", "accelerometer", "step_trainer"]
        .iter()
        .flat_map(|name| [format!("{name}_landing"), format!("{name}_trusted")])
        .chain(["customer_curated".to_owned(), "machine_learning_curated".to_owned()])
        .map(|table| object["tables"][&table]["rows"].as_u64().unwrap())
        .collect()
}

#[test]
fn the_real_data_count_right_with_every_option() {
    let Some(folder) = real_data() else { return };
    let folder = path(&folder);
    assert_eq!(rows(&json(&["count", folder, "--json"])), [956, 482, 81_273, 40_981, 28_680, 14_460, 482, 43_681]);
    assert_eq!(
        rows(&json(&["count", folder, "--json", "--consent-date"])),
        [956, 482, 81_273, 32_025, 28_680, 13_920, 464, 34_437]
    );
    assert_eq!(
        rows(&json(&["count", folder, "--json", "--join", "owner"])),
        [956, 482, 81_273, 40_981, 28_680, 14_460, 482, 40_981]
    );
    assert_eq!(
        rows(&json(&["count", folder, "--json", "--join", "owner", "--consent-date", "--drop-duplicates"])),
        [956, 482, 81_273, 32_025, 28_680, 13_920, 464, 32_025]
    );
}

#[test]
fn json_is_the_only_output_and_has_every_table() {
    let output = program(&["count", path(&sample_data()), "--json"]);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["tables"].as_object().unwrap().len(), 8);
    let said = text(&output.stdout);
    let places = Table::ALL.map(|table| said.find(&format!("\"{}\":{{\"rows\"", table.name())).unwrap());
    assert!(places.is_sorted(), "the tables are not in the order of the catalog: {said}");
    assert_eq!(object["tables"]["step_trainer_landing"]["refused"], 1);
    assert!(object["seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn curate_writes_the_five_tables_the_same_bytes_each_time() {
    let folder = tempfile::tempdir().unwrap();
    for form in ["parquet", "csv", "ndjson"] {
        let bytes = |threads: &str| {
            let out = folder.path().join(format!("{form}-{threads}"));
            let status = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"))
                .args(["curate", path(&sample_data()), "--out", path(&out), "--format", form, "--json"])
                .env("POLARS_MAX_THREADS", threads)
                .env("RAYON_NUM_THREADS", threads)
                .output()
                .unwrap()
                .status;
            assert!(status.success());
            let mut files: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            let names: Vec<String> =
                files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
            let expected = [
                "accelerometer_trusted",
                "customer_curated",
                "customer_trusted",
                "machine_learning_curated",
                "step_trainer_trusted",
            ];
            assert_eq!(names, expected.map(|table| format!("{table}.{form}")));
            files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>()
        };
        assert!(bytes("1") == bytes("8"), "{form} differs with the number of threads");
    }
}

#[test]
fn the_machine_learning_file_has_nobody_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("zones");
    json(&["curate", path(&sample_data()), "--out", path(&out), "--format", "csv", "--json"]);
    let table = fs::read_to_string(out.join("machine_learning_curated.csv")).unwrap();
    assert_eq!(table.lines().next(), Some("serialnumber,sensorreadingtime,distancefromobject,x,y,z"));
    assert!(!table.contains('@'));
}

#[test]
fn a_table_that_is_there_is_replaced_whole_and_nothing_else_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "customer_trusted.csv", "old");
    write(folder.path(), "notes.txt", "mine");
    json(&["curate", path(&sample_data()), "--out", path(folder.path()), "--format", "csv", "--json"]);
    assert!(fs::read_to_string(folder.path().join("customer_trusted.csv")).unwrap().starts_with("customername,"));
    assert_eq!(fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6);
}

#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "file", "in the way");
    let output = program(&["curate", path(&sample_data()), "--out", path(&file.join("zones"))]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot be written"), "{}", text(&output.stderr));
    // A folder stands where one of the tables belongs.
    let out = folder.path().join("zones");
    fs::create_dir_all(out.join("customer_curated.parquet/full")).unwrap();
    let output = program(&["curate", path(&sample_data()), "--out", path(&out)]);
    assert_eq!(output.status.code(), Some(2));
    let left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["customer_curated.parquet"], "only what was in the way is left");
}

#[test]
fn what_a_killed_run_left_is_cleared_whatever_its_format() {
    let out = tempfile::tempdir().unwrap();
    for name in ["customer_trusted.parquet.unfinished", "customer_curated.ndjson.replaced", "mine.unfinished"] {
        write(out.path(), name, "half");
    }
    json(&["curate", path(&sample_data()), "--out", path(out.path()), "--format", "csv", "--json"]);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 6, "five tables and a file that is not ours");
    assert!(out.path().join("mine.unfinished").exists());
}

/// Landing files in a folder of their own, which must stay as they are.
fn small_landing(folder: &Path) -> Vec<std::path::PathBuf> {
    let customer = r#"{"serialNumber":"d","shareWithPublicAsOfDate":1,"birthDay":"b","registrationDate":1,"shareWithResearchAsOfDate":1,"customerName":"n","email":"e","lastUpdateDate":1,"phone":"1","shareWithFriendsAsOfDate":1}"#;
    vec![
        write(folder, "customer/a.json", customer),
        write(folder, "accelerometer/a.json", r#"{"user":"e","timestamp":1,"x":1,"y":1,"z":1}"#),
        write(folder, "step_trainer/a.json", r#"{"sensorReadingTime":1,"serialNumber":"d","distanceFromObject":2}"#),
    ]
}

/// Runs the program, which must refuse to, and checks that no file in the folder changed, came or went.
fn refuses(folder: &Path, arguments: &[&str], word: &str) {
    let all = || {
        let mut files = vec![];
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let content = fs::read(&entry).unwrap_or_default();
                if entry.is_dir() && !entry.is_symlink() {
                    folders.push(entry.clone());
                }
                files.push((entry, content));
            }
        }
        files.sort();
        files
    };
    let before = all();
    let output = program(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(text(&output.stderr).contains(word), "{arguments:?}: {}", text(&output.stderr));
    assert!(all() == before, "{arguments:?} changed something");
}

#[test]
fn tables_are_not_written_among_the_landing_files() {
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    small_landing(&landing);
    let below = landing.join("customer/zones");
    let roundabout = folder.path().join("not/there/../../landing/zones");
    for out in [&landing, &below, &roundabout] {
        refuses(folder.path(), &["curate", path(&landing), "--out", path(out)], "lies among the landing files");
    }
    let folders = ["customer", "accelerometer", "step_trainer"].map(|name| landing.join(name));
    let [customer, accelerometer, step_trainer] = folders.each_ref().map(|folder| path(folder));
    let out = landing.join("step_trainer/zones");
    refuses(
        folder.path(),
        &["curate", customer, accelerometer, step_trainer, "--out", path(&out)],
        "lies among the landing files",
    );
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_among_the_landing_files() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    small_landing(&landing);
    // The output is a link into the landing folder, or the landing folder has a link to where the output is.
    let (to_landing, elsewhere) = (folder.path().join("link"), folder.path().join("elsewhere"));
    symlink(&landing, &to_landing).unwrap();
    write(&elsewhere, "b.json", r#"{"user":"e","timestamp":2,"x":1,"y":1,"z":1}"#);
    symlink(&elsewhere, landing.join("accelerometer/more")).unwrap();
    for out in [to_landing.join("zones"), elsewhere.join("zones")] {
        refuses(folder.path(), &["curate", path(&landing), "--out", path(&out)], "lies among the landing files");
    }
    refuses(folder.path(), &["curate", path(&to_landing), "--out", path(&landing.join("zones"))], "lies among");
}

#[test]
fn tables_do_not_take_the_place_of_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let files = small_landing(&folder.path().join("landing"));
    let input = folder.path().join("zones/customer_trusted.ndjson");
    fs::create_dir(folder.path().join("zones")).unwrap();
    fs::rename(&files[0], &input).unwrap();
    let out = folder.path().join("zones");
    let arguments = ["curate", path(&input), path(&files[1]), path(&files[2]), "--out", path(&out)];
    refuses(folder.path(), &[&arguments[..], &["--format", "ndjson"]].concat(), "lies among the landing files");
    json(&[&arguments[..], &["--format", "csv", "--json"]].concat());
}

#[test]
fn the_list_of_refused_records_takes_nobodys_place() {
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    let files = small_landing(&landing);
    let recipe = write(folder.path(), "recipe.json", "{}");
    let out = folder.path().join("zones");
    for refused in [&files[0], &landing.join("refused.csv")] {
        let arguments = ["count", path(&landing), "--refused", path(refused)];
        refuses(folder.path(), &arguments, "lies among the landing files");
        refuses(
            folder.path(),
            &["count", path(&files[0]), path(&files[1]), "--refused", path(&files[0])],
            "lies among",
        );
    }
    let arguments = ["count", path(&landing), "--recipe", path(&recipe), "--refused", path(&recipe)];
    refuses(folder.path(), &arguments, "is the place of something else");
    let refused = out.join("customer_trusted.csv");
    let arguments = ["curate", path(&landing), "--out", path(&out), "--format", "csv", "--refused", path(&refused)];
    refuses(folder.path(), &arguments, "is the place of something else");
}

#[test]
fn exit_codes_say_what_came_of_it() {
    let sound = tempfile::tempdir().unwrap();
    let status = program(&["generate", "--customers", "5", "--out", path(&sound.path().join("landing"))]).status;
    assert_eq!(status.code(), Some(0));
    let sound = sound.path().join("landing");
    assert_eq!(program(&["count", path(&sound), "--strict"]).status.code(), Some(0));
    assert_eq!(program(&["count", path(&sample_data())]).status.code(), Some(0));
    assert_eq!(program(&["count", path(&sample_data()), "--strict"]).status.code(), Some(1));
    assert_eq!(program(&["count", "/no/such/folder"]).status.code(), Some(2));
    assert_eq!(program(&["count"]).status.code(), Some(2));
    assert_eq!(program(&["count", path(&sound), "--purpose", "marketing"]).status.code(), Some(2));
    assert_eq!(program(&["generate", "--customers", "5", "--out", path(&sound)]).status.code(), Some(2));
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let error = |arguments: &[&str]| text(&program(arguments).stderr);
    let missing = error(&["count", "/no/such/folder"]);
    assert!(missing.contains("/no/such/folder") && missing.contains("Choose a folder"), "{missing}");
    let empty = tempfile::tempdir().unwrap();
    let nothing = error(&["count", path(empty.path())]);
    assert!(nothing.contains("no landing file") && nothing.contains("step_trainer"), "{nothing}");
    let recipe = write(empty.path(), "recipe.json", r#"{"consent-date": true}"#);
    let wrong = error(&["count", path(&sample_data()), "--recipe", path(&recipe)]);
    assert!(wrong.contains("recipe.json") && wrong.contains("consent-date"), "{wrong}");
    let defect = error(&["generate", "--customers", "5", "--out", "x", "--defects", "gremlins"]);
    assert!(defect.contains("gremlins") && defect.contains("truncated-files"), "{defect}");
}

#[test]
fn a_recipe_file_does_what_the_options_do() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = r#"{"purpose": "friends", "consent_date": true, "duplicates": "drop", "join": "owner"}"#;
    let recipe = write(folder.path(), "recipe.json", recipe);
    let sample = sample_data();
    let by_file = json(&["count", path(&sample), "--json", "--recipe", path(&recipe)]);
    let options = ["--purpose", "friends", "--consent-date", "--drop-duplicates", "--join", "owner"];
    let by_options = json(&[&["count", path(&sample), "--json"][..], &options[..]].concat());
    assert_eq!(by_file["tables"], by_options["tables"]);
    let over = json(&["count", path(&sample), "--json", "--recipe", path(&recipe), "--purpose", "research"]);
    assert_ne!(over["tables"], by_file["tables"]);
}

#[test]
fn refused_records_are_listed_without_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    write(&landing, "customer/a.json", r#"{"email":"secret@example.com","registrationDate":"secret"}"#);
    write(&landing, "accelerometer/a.json", "{\"user\":\"secret@example.com\"");
    write(&landing, "step_trainer/a.json", r#"{"serialNumber":"d","sensorReadingTime":1,"distanceFromObject":2}"#);
    let list = folder.path().join("refused.csv");
    let output = program(&["count", path(&landing), "--refused", path(&list)]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr) + &text(&output.stdout) + &fs::read_to_string(&list).unwrap();
    assert!(!said.contains("secret"), "{said}");
    insta::assert_snapshot!(fs::read_to_string(&list).unwrap().trim_end(), @r"
    file,dataset,offset,length,reason
    accelerometer/a.json,accelerometer,0,28,cut off: the file ends in the middle of the record
    customer/a.json,customer,0,58,registrationdate has a value of the wrong type
    ");
}

#[test]
fn a_device_is_drawn_masked_and_the_same_each_time() {
    let sample = sample_data();
    let record =
        fs::read_to_string(fs::read_dir(sample.join("step_trainer/landing")).unwrap().next().unwrap().unwrap().path());
    let record = record.unwrap();
    let serial = record.split("serialNumber\":").nth(1).unwrap().split('"').nth(1).unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, more: &[&str]| {
        let file = folder.path().join(name);
        let arguments = [&["plot", path(&sample), "--device", &serial, "--out", path(&file)], more].concat();
        let output = program(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(!text(&output.stdout).contains(&serial));
        fs::read(file).unwrap()
    };
    let svg = draw("a.svg", &[]);
    assert_eq!(svg, draw("b.svg", &[]));
    let svg = text(&svg);
    assert!(svg.contains("distance from object") && svg.contains("consent for research") && !svg.contains(&serial));
    let dated = text(&draw("c.svg", &["--consent-date", "--clock", "elapsed", "--theme", "dark"]));
    assert!(dated.contains("only motions after consent") && dated.contains("elapsed"));
    assert!(draw("a.png", &["--other"]).starts_with(b"\x89PNG"));
    for (arguments, word) in [
        (["--device", "nobody", "--out", "d.svg"], "no distance reading"),
        (["--device", &serial, "--out", "d.gif"], ".svg"),
    ] {
        let output = program(&[&["plot", path(&sample)][..], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(word), "{}", text(&output.stderr));
    }
    let among = sample.join("step_trainer/landing").join("x.svg");
    let output = program(&["plot", path(&sample), "--device", &serial, "--out", path(&among)]);
    assert!(!output.status.success() && !among.exists(), "{}", text(&output.stderr));
}

#[test]
fn help_shows_examples_and_without_a_display_the_way_on() {
    for command in [&["--help"][..], &["curate", "--help"], &["count", "--help"], &["generate", "--help"]] {
        let help = text(&program(command).stdout);
        assert!(help.contains("Examples:") && help.contains("stedi-workbench "), "{help}");
    }
    assert!(text(&program(&["generate", "--help"]).stdout).contains("reused-serials"));
    assert!(text(&program(&["completions", "bash"]).stdout).contains("stedi-workbench"));
    let output = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("stedi-workbench count"), "{}", text(&output.stderr));
}

#[test]
fn the_version_names_the_commit_where_it_is_known() {
    let said = text(&program(&["--version"]).stdout);
    let version = said.trim().strip_prefix("stedi-workbench ").unwrap();
    let (number, commit) = version.split_once(' ').unwrap_or((version, ""));
    assert_eq!(number, env!("CARGO_PKG_VERSION"));
    let is_commit = |commit: &str| commit.len() >= 7 && commit.chars().all(|c| c.is_ascii_hexdigit());
    let commit = commit.trim_matches(['(', ')']);
    assert_eq!(is_commit(commit), checkout().join(".git").exists(), "{version}");
}

/// What works is said to work, and what does not is said with what to do.
#[test]
fn the_doctor_says_what_works_and_what_to_do_where_it_does_not() {
    let home = tempfile::tempdir().unwrap();
    let places = ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"];
    let doctor = |blocked: bool| {
        let home = if blocked { write(home.path(), "a-file", "") } else { home.path().join("home") };
        let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
        command.args(["doctor", "--json"]).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("TMPDIR");
        let output = command.envs(places.map(|name| (name, &home))).output().unwrap();
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        let works = |what: &str| {
            let found = object["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == what).unwrap();
            (found["works"].as_bool().unwrap(), found["says"].as_str().unwrap().to_owned())
        };
        (output.status.code(), ["display", "settings", "session", "reviews", "keys", "cache"].map(works))
    };
    let (code, [display, rest @ ..]) = doctor(false);
    assert!(code == Some(1) && !display.0 && display.1.contains("every command works"), "{display:?}");
    assert!(rest.iter().all(|(works, says)| *works && says.contains("free")), "{rest:?}");
    assert!(!home.path().join("home").exists(), "nothing is made");
    // Whatever the system has: nothing that is not there is said to work.
    let said = text(&program(&["doctor"]).stdout);
    let dialogs = said.lines().find(|line| line.contains("file dialogs")).unwrap();
    assert_eq!(dialogs.starts_with("missing "), dialogs.contains("none ("), "{dialogs}");
    assert!(dialogs.starts_with("missing ") || dialogs.starts_with("works "), "{dialogs}");
    let (code, [_, rest @ ..]) = doctor(true);
    assert!(
        code == Some(1) && rest.iter().all(|(works, says)| !works && says.contains("cannot be written")),
        "{rest:?}"
    );
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    assert!(program(&["manual", "--out", path(folder.path())]).status.success());
    let mut pages: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    assert!(pages.contains(&"stedi-workbench.1".to_owned()) && pages.contains(&"stedi-workbench-export.1".to_owned()));
    assert!(!pages.contains(&"stedi-workbench-manual.1".to_owned()), "{pages:?}");
    let page = fs::read_to_string(folder.path().join("stedi-workbench-count.1")).unwrap();
    assert!(page.contains("Examples:") && page.contains("\\-\\-consent\\-date"), "{page}");
}
