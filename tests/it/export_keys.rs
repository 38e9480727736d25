//! Keys of pseudonyms: kept outside of exports for their owner alone, reused so that exports match, or thrown away.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use stedi_workbench::export::release::{Key, KeyError, Manifest};

use crate::export_support::{Home, code, learning, names, path, said, texts, tree};
use crate::support::write;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn id_of(folder: &Path) -> String {
    Manifest::read(folder).unwrap().key.id
}

fn customers(folder: &Path) -> Vec<String> {
    texts(&learning(folder), "customer")
}

#[test]
fn a_new_key_is_kept_for_its_owner_alone_and_only_its_id_leaves() {
    let home = Home::new();
    let out = home.at("out");
    let output = home.export(&out, &[]);
    let id = id_of(&out);
    assert_eq!((code(&output), names(&home.keys())), (0, vec![format!("{id}.key")]));
    let file = home.keys().join(format!("{id}.key"));
    assert_eq!((mode(&home.keys()), mode(&file)), (0o700, 0o600));
    assert!(said(&output).contains(&format!("The key {id} is kept in")), "{}", said(&output));
    let text = fs::read_to_string(&file).unwrap();
    let secret = text.lines().nth(1).unwrap();
    assert_eq!(secret.len(), 64);
    for (name, content) in tree(&out).into_iter().chain([("what was said".to_owned(), said(&output).into_bytes())]) {
        assert!(!String::from_utf8_lossy(&content).contains(secret), "{name} has the key");
    }
    assert_eq!((mode(&home.history()), mode(home.history().parent().unwrap()) & 0o007), (0o600, 0o5));
}

#[test]
fn a_key_that_is_used_again_makes_exports_match_by_its_id_or_its_file() {
    let home = Home::new();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| home.at(name));
    home.export(&a, &[]);
    let id = id_of(&a);
    let file = home.at("carried.key");
    fs::copy(home.keys().join(format!("{id}.key")), &file).unwrap();
    assert_eq!(code(&home.export(&b, &["--key", &id])), 0);
    assert_eq!(code(&home.export(&c, &["--key", path(&file), "--keys", path(&home.at("elsewhere"))])), 0);
    assert_eq!(code(&home.export(&d, &["--key", "new"])), 0);
    assert_eq!((customers(&a) == customers(&b), customers(&a) == customers(&c)), (true, true));
    assert_ne!(customers(&a), customers(&d));
    assert_eq!(names(&home.keys()).len(), 2);
    assert!(!home.at("elsewhere").exists(), "a key that is somewhere already is not copied");
    assert!([&b, &c].iter().all(|folder| Manifest::read(folder).unwrap().key.is_kept));
}

#[test]
fn a_key_that_is_thrown_away_is_nowhere() {
    let home = Home::new();
    let out = home.at("out");
    let output = home.export(&out, &["--key", "throw-away"]);
    assert_eq!(code(&output), 0);
    assert!(!home.keys().exists() && !Manifest::read(&out).unwrap().key.is_kept);
    assert!(said(&output).contains("was thrown away"), "{}", said(&output));
    assert!(fs::read_to_string(out.join("README.md")).unwrap().contains("and the key was thrown away"));
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let home = Home::new();
    home.export(&home.at("a"), &[]);
    let id = id_of(&home.at("a"));
    let file = home.keys().join(format!("{id}.key"));
    for shared in [0o640, 0o604, 0o660] {
        fs::set_permissions(&file, fs::Permissions::from_mode(shared)).unwrap();
        for key in [id.as_str(), path(&file)] {
            let output = home.export(&home.at("b"), &["--key", key]);
            assert_eq!(code(&output), 2, "{shared:o}");
            assert!(said(&output).contains("can be read by others"), "{}", said(&output));
        }
        assert!(matches!(Key::load(&file), Err(KeyError::NotSecret(_))));
    }
    assert!(!home.at("b").exists());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(code(&home.export(&home.at("b"), &["--key", &id])), 0);
}

#[test]
fn a_key_and_all_else_that_is_kept_stays_out_of_the_export() {
    let home = Home::new();
    let out = home.at("out");
    home.export(&home.at("a"), &[]);
    let carried = home.at("out/carried.key");
    fs::create_dir(&out).unwrap();
    fs::copy(home.keys().join(format!("{}.key", id_of(&home.at("a")))), &carried).unwrap();
    let keys = out.join("keys");
    let roundabout = home.at("a/../out/keys");
    for arguments in
        [["--keys", path(&keys)], ["--keys", path(&roundabout)], ["--keys", path(&out)], ["--key", path(&carried)]]
    {
        let output = home.export(&out, &arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(said(&output).contains("lie in the export"), "{arguments:?}: {}", said(&output));
    }
    assert_eq!(names(&out), ["carried.key"]);
    fs::remove_dir_all(&out).unwrap();
    let inside = |name: &str| path(&out.join(name)).to_owned();
    for arguments in [["--trail", &inside("trail.jsonl")], ["--refused", &inside("below/refused.csv")]] {
        let output = home.export(&out, &[&arguments[..], &["--analyst", "A. Name"]].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(said(&output).contains("lies in the export"), "{arguments:?}: {}", said(&output));
        assert!(!out.exists(), "{arguments:?} left something");
    }
}

#[test]
fn a_folder_may_be_called_like_a_choice_of_keys() {
    let home = Home::new();
    for (out, key) in [("new", "new"), ("throw-away", "throw-away")] {
        let output = home.export(Path::new(out), &["--key", key]);
        assert_eq!(code(&output), 0, "{}", said(&output));
        assert!(home.at(out).join("manifest.json").is_file());
    }
}

#[test]
fn what_is_no_key_is_told_and_a_failed_export_keeps_none() {
    let home = Home::new();
    let file = write(&home.at(""), "a.key", "not a key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let output = home.export(&home.at("out"), &["--key", path(&file)]);
    assert!(code(&output) == 2 && said(&output).contains("is no key file of this program"), "{}", said(&output));
    for id in ["0123456789abcdef", "../../a", "ABC"] {
        let output = home.export(&home.at("out"), &["--key", id]);
        assert!(code(&output) == 2 && said(&output).contains("there is no key"), "{}", said(&output));
    }
    // The folder above the export is a file, which is found out when the key is made already.
    let output = home.export(&file.join("out"), &[]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("cannot be written"), "{}", said(&output));
    assert!(!home.keys().exists() || names(&home.keys()).is_empty(), "a key of nothing was kept");
}
