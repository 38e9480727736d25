//! Whether an export is as it was written, and whether the landing files still give it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use stedi_workbench::domain::{
    Format, OwnerDecision, Packaging, Partition, Progress, Recipe, Split, TimeRelease, Windows, Withdrawn,
};
use stedi_workbench::export::release::{Key, Manifest, Reproduced, SideList, Verified, reproduce, verify};

use crate::curation::landing;
use crate::export_support::{
    Home, Ready, all_tables, by_owner, code, entangled, key, path, said, texts, tree, verified,
};
use crate::support::sample_data;

fn all() -> Packaging {
    Packaging {
        tables: all_tables(),
        windows: Some(Windows { instants: 5, stride: 5, gap_ms: None }),
        ..Packaging::default()
    }
}

/// A copy of a folder.
fn copy(from: &Path, to: &Path) {
    for (name, content) in tree(from) {
        let path = to.join(&name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}

fn without_key(folder: &Path) -> Verified {
    verify(folder, None, &Progress::default()).unwrap()
}

/// Says that it is not sound, with and without the key, or cannot be read at all, and names the file.
fn assert_noticed(folder: &Path, file: &str, what: &str) {
    match verify(folder, Some(&key()), &Progress::default()) {
        Ok(verified) => {
            assert!(!verified.is_sound(), "{what} is not noticed");
            // What the manifest says of another file may be what was changed in it; the seal tells.
            let is_named = verified.changed.iter().any(|problem| problem.contains(file))
                || (file == "manifest.json" && verified.is_sealed == Some(false));
            assert!(is_named, "{what}: {:?}", verified.changed);
            assert!(!without_key(folder).is_sound(), "{what} is not noticed without the key");
        }
        Err(error) => assert!(error.to_string().contains(file), "{what}: {error}"),
    }
}

#[test]
fn a_changed_byte_in_any_file_is_noticed() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    for (format, partition) in [(Format::Parquet, Partition::None), (Format::Csv, Partition::Split)] {
        let out = folder.path().join(format.extension());
        ready.export(&Packaging { format, partition, ..all() }, &out);
        assert!(verified(&out).is_sound() && without_key(&out).is_sound());
        assert_eq!((verified(&out).is_sealed, without_key(&out).is_sealed), (Some(true), None));
        let files: BTreeMap<String, Vec<u8>> =
            tree(&out).into_iter().filter(|(name, _)| !name.ends_with('/')).collect();
        assert_eq!(verified(&out).files, files.len() as u64);
        for (name, content) in files {
            let file = out.join(&name);
            for at in [0, content.len() / 2, content.len() - 1] {
                let mut changed = content.clone();
                changed[at] ^= 1;
                fs::write(&file, changed).unwrap();
                assert_noticed(&out, &name, &format!("byte {at} of {name}"));
            }
            fs::write(&file, &content[..content.len() - 1]).unwrap();
            assert_noticed(&out, &name, &format!("{name} cut off"));
            fs::write(&file, [&content[..], b"\n"].concat()).unwrap();
            assert_noticed(&out, &name, &format!("{name} with more behind it"));
            fs::remove_file(&file).unwrap();
            assert_noticed(&out, &name, &format!("{name} taken away"));
            fs::write(&file, content).unwrap();
        }
        assert!(verified(&out).is_sound());
    }
}

#[test]
fn every_changed_word_of_the_manifest_is_noticed_with_the_key() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    ready.export(&all(), &out);
    let file = out.join("manifest.json");
    let sound = fs::read_to_string(&file).unwrap();
    let with = |from: &str, to: &str| sound.replacen(from, to, 1);
    for (text, what) in [
        (with("\"rows\": ", "\"rows\": 1"), "another number of rows"),
        (with("\"who\": \"A. Name\"", "\"who\": \"B. Name\""), "another name"),
        (with("\"purpose\": \"research\"", "\"purpose\": \"friends\""), "another purpose"),
        (with("\"is_kept\": true", "\"is_kept\": false"), "another word of the key"),
        (with("\"seal\": \"", "\"seal\": \"0"), "another seal"),
        (with("\"consent\": {", "\"consent\": {\n    \"note\": \"fine\","), "one more field within"),
        (with("{\n", "{ \n"), "white space"),
        (with("\"manifest_version\": 1,", "\"manifest_version\": 1, \"manifest_version\": 1,"), "a field twice"),
        (sound.clone() + "\n", "a line more"),
    ] {
        assert_ne!(text, sound, "{what}");
        fs::write(&file, text).unwrap();
        match verify(&out, Some(&key()), &Progress::default()) {
            Ok(verified) => assert!(!verified.is_sound(), "{what} is not noticed"),
            Err(error) => assert!(error.to_string().contains("manifest.json was changed"), "{what}: {error}"),
        }
    }
    // Another key's seal is none of this export's, and another key is not asked.
    fs::write(&file, &sound).unwrap();
    let other = verify(&out, Some(&Key::from_bytes([9; 32])), &Progress::default()).unwrap();
    assert_eq!(other.is_sealed, None);
    for (text, word) in [
        (with("\"manifest_version\": 1", "\"manifest_version\": 2"), "another version"),
        (with("{", "["), "no JSON"),
        (with("\"files\"", "\"flies\""), "was changed"),
        (with("\"path\": \"", "\"path\": \"../"), "outside"),
    ] {
        fs::write(&file, text).unwrap();
        let error = verify(&out, None, &Progress::default()).unwrap_err().to_string();
        assert!(error.contains(word) && error.contains("out"), "{error}");
    }
}

#[test]
fn files_that_were_added_or_swapped_are_noticed() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    ready.export(&Packaging { partition: Partition::Customer, format: Format::Csv, ..all() }, &out);
    for name in ["notes.txt", "windows/more.npz", "deep/er/still.csv"] {
        fs::create_dir_all(out.join(name).parent().unwrap()).unwrap();
        fs::write(out.join(name), "").unwrap();
        assert_eq!(verified(&out).changed, [format!("{name} does not belong to it")]);
        fs::remove_file(out.join(name)).unwrap();
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&out, out.join("round")).unwrap();
        assert_eq!(verified(&out).changed, ["round does not belong to it"]);
        fs::remove_file(out.join("round")).unwrap();
    }
    let manifest = Manifest::read(&out).unwrap();
    let [one, other] = [0, 1].map(|at| out.join(&manifest.tables[0].files[at].path));
    let between = out.join("between");
    for (from, to) in [(&one, &between), (&other, &one), (&between, &other)] {
        fs::rename(from, to).unwrap();
    }
    assert_eq!(verified(&out).changed.len(), 2, "{:?}", verified(&out).changed);
}

fn reproduced(out: &Path, landing_folder: &Path, key: Option<&Key>) -> Reproduced {
    reproduce(out, key, None, &landing(landing_folder), &Progress::default()).unwrap()
}

fn is_given(found: &Reproduced) -> bool {
    found.other_files.is_empty() && found.other_tables.is_empty() && found.same_tables > 0
}

#[test]
fn the_landing_files_give_it_again_with_the_key_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let messy = entangled(folder.path()).landing;
    let stratified = Some(Split { stratify: true, test_permille: 300, ..Split::default() });
    let mut number = 0;
    for data in [&sample_data(), &messy] {
        let ready = Ready::of(data, &by_owner());
        for packaging in [
            all(),
            Packaging { time: TimeRelease::Shifted, split: stratified.clone(), ..all() },
            Packaging { time: TimeRelease::Raw, format: Format::Ndjson, split: None, ..all() },
            Packaging { partition: Partition::Device, format: Format::Csv, ..all() },
        ] {
            number += 1;
            let out = folder.path().join(number.to_string());
            ready.export(&packaging, &out);
            for key in [Some(key()), None] {
                let found = reproduced(&out, data, key.as_ref());
                assert!(is_given(&found), "{packaging:?}: {found:?}");
                assert_eq!((found.same_tables, found.without_pseudonyms), (7, key.is_none()));
            }
        }
    }
}

#[test]
fn sides_that_were_given_by_a_list_are_no_reason_to_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let users: Vec<String> =
        texts(ready.curation.frame(stedi_workbench::domain::Table::MachineLearningCurated), "user");
    let list = SideList::parse(&format!("{},test\n{},validation", users[0], users[users.len() - 1])).unwrap();
    let out = folder.path().join("out");
    let prepared = ready.prepared(&all(), &key(), &list).unwrap();
    ready.try_export(&prepared, &out, &Progress::default()).unwrap();
    for key in [Some(key()), None] {
        let found = reproduced(&out, &sample_data(), key.as_ref());
        assert!(is_given(&found), "{found:?}");
    }
}

#[test]
fn other_landing_files_are_named_and_so_is_what_comes_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed");
    copy(&sample_data(), &changed);
    let out = folder.path().join("out");
    Ready::sample().export(&all(), &out);
    let all_files: Vec<PathBuf> =
        tree(&changed).into_keys().filter(|name| name.ends_with(".json")).map(PathBuf::from).collect();
    let file = changed.join(all_files.iter().find(|name| name.starts_with("accelerometer")).unwrap());
    let sound = fs::read_to_string(&file).unwrap();
    let of = |landing: &Path| [Some(key()), None].map(|key| reproduced(&out, landing, key.as_ref()));
    // White space changes the file and no row.
    fs::write(&file, format!("{sound}\n")).unwrap();
    for found in of(&changed) {
        assert_eq!((found.other_files.len(), found.other_tables.len()), (1, 0), "{found:?}");
        assert!(found.other_files[0].ends_with("is another one") && !is_given(&found));
    }
    // A value of a customer who is in it.
    let ready = Ready::of(&sample_data(), &by_owner());
    let user = texts(ready.curation.frame(stedi_workbench::domain::Table::MachineLearningCurated), "user")
        .into_iter()
        .find(|user| sound.contains(user.as_str()))
        .unwrap();
    let at = sound.find(&user).unwrap();
    let x = at + sound[at..].find("\"x\":").unwrap() + 4;
    fs::write(&file, format!("{}7{}", &sound[..x], &sound[x..].trim_start_matches([' ', '-']))).unwrap();
    for found in of(&changed) {
        assert!(found.other_tables.iter().any(|table| table == "accelerometer_trusted"), "{found:?}");
    }
    fs::remove_file(&file).unwrap();
    let found = of(&changed);
    assert!(found[0].other_files[0].ends_with("is missing") && !found[0].other_tables.is_empty());
    fs::write(&file, sound).unwrap();
    fs::write(file.with_file_name("zz.json"), "").unwrap();
    assert!(of(&changed)[1].other_files[0].ends_with("was added"));
}

#[test]
fn a_recipe_that_names_people_is_found_again_by_the_key_or_given() {
    let folder = tempfile::tempdir().unwrap();
    let base = Ready::sample();
    let learning = base.curation.frame(stedi_workbench::domain::Table::MachineLearningCurated);
    let (user, serial) = (texts(learning, "user").remove(0), texts(learning, "serialnumber").pop().unwrap());
    let mut recipe = Recipe { withdrawn: Withdrawn::parse(&format!("{user}\n{serial}")).unwrap(), ..by_owner() };
    recipe.owners.decisions.0.insert(serial.clone(), OwnerDecision { owner: user.clone(), is_theirs: true });
    let ready = Ready::of(&sample_data(), &recipe);
    let out = folder.path().join("out");
    let manifest = ready.export(&all(), &out);
    let hidden = manifest.recipe.to_string();
    assert!(!hidden.contains(&user) && !hidden.contains(&serial));
    assert_eq!(manifest.recipe["withdrawn"].as_array().unwrap().len(), 2);
    assert!(is_given(&reproduced(&out, &sample_data(), Some(&key()))));
    let landing = landing(&sample_data());
    let error = reproduce(&out, None, None, &landing, &Progress::default()).unwrap_err().to_string();
    assert!(error.contains("--recipe") && error.contains(&key().id()), "{error}");
    assert!(is_given(&reproduce(&out, None, Some(recipe), &landing, &Progress::default()).unwrap()));
}

#[test]
fn the_command_line_says_what_it_found() {
    let home = Home::new();
    let out = home.at("out");
    assert_eq!(code(&home.export(&out, &["--tables", "all"])), 0);
    let sample = sample_data();
    let output = home.run(&["verify", path(&out), "--landing", path(&sample)]);
    assert_eq!(code(&output), 0);
    for word in
        ["files are as they were written", "The seal holds", "The landing files give it: 5 tables", "cell for cell"]
    {
        assert!(said(&output).contains(word), "{word}: {}", said(&output));
    }
    let elsewhere = home.at("elsewhere");
    let output = home.run(&["verify", path(&out), "--keys", path(&elsewhere), "--landing", path(&sample)]);
    assert_eq!(code(&output), 0);
    assert!(said(&output).contains("The key is not here") && said(&output).contains("but for pseudonyms"));
    let changed = out.join("README.md");
    fs::write(&changed, fs::read_to_string(&changed).unwrap().replace("By customer", "By chance")).unwrap();
    let output = home.run(&["verify", path(&out)]);
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("README.md"), "{}", said(&output));
    // The seal is that of the manifest, and does not speak for the file.
    assert!(said(&output).contains("manifest.json, which says how it was, is sealed"), "{}", said(&output));
    assert!(!said(&output).contains("nobody without the key changed anything"), "{}", said(&output));
    let output = home.run(&["verify", path(&out), "--json"]);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), &object["is_sound"]), (1, &serde_json::Value::Bool(false)));
    let output = home.run(&["verify", path(&sample)]);
    assert!(code(&output) == 2 && said(&output).contains("is no export that can be read"), "{}", said(&output));
    let output = home.run(&["verify", path(&out), "--key", path(&changed)]);
    assert_eq!(code(&output), 2, "that is no key");
}

#[test]
fn what_is_wrong_with_an_export_is_said_without_a_value_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.json");
    for text in [
        r#"{"manifest_version": 1, "ann@example.com": 1}"#,
        r#"{"manifest_version": 1, "written_at": ["ann@example.com"]}"#,
        r#"{"manifest_version": 1, "packaging": "ann@example.com `x` y"}"#,
        r#"{"manifest_version": "ann@example.com"}"#,
    ] {
        fs::write(&manifest, text).unwrap();
        let error = Manifest::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("manifest.json") && !error.contains('@'), "{error}");
    }
    let ready = Ready::sample();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    let packaging = Packaging { format: Format::Csv, ..all() };
    for out in [&one, &other] {
        ready.export(&packaging, out);
    }
    for file in tree(&one).into_keys().filter(|file| file.ends_with(".csv") && file.contains("curated")) {
        let text = fs::read_to_string(one.join(&file)).unwrap();
        let (header, _) = text.split_once('\n').unwrap();
        let row = vec!["ann@example.com"; header.split(',').count()].join(",");
        fs::write(one.join(&file), format!("{header}\n{row}\n")).unwrap();
    }
    let manifest = fs::read_to_string(one.join("manifest.json")).unwrap();
    let diff = || stedi_workbench::export::release::diff(&one, &other, &Progress::default()).unwrap_err().to_string();
    fs::write(one.join("manifest.json"), forged(&manifest, |_| None)).unwrap();
    assert!(diff().contains("was changed"), "{}", diff());
    fs::write(one.join("manifest.json"), forged(&manifest, |file| fs::read(one.join(file)).ok())).unwrap();
    assert!(diff().contains("cannot be read as") && !diff().contains('@'), "{}", diff());
}

/// A manifest that says other contents of its tables, so that they are looked at, and of files that are given what they are.
fn forged(manifest: &str, given: impl Fn(&str) -> Option<Vec<u8>>) -> String {
    use sha2::Digest as _;
    let mut value: serde_json::Value = serde_json::from_str(manifest).unwrap();
    for table in value["tables"].as_array_mut().unwrap() {
        table["content_sha256"] = "0".repeat(64).into();
        for file in table["files"].as_array_mut().unwrap() {
            let Some(bytes) = given(file["path"].as_str().unwrap()) else { continue };
            let digest = sha2::Sha256::digest(&bytes);
            file["sha256"] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
            file["bytes"] = bytes.len().into();
        }
    }
    value.to_string()
}
