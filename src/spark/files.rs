//! Which files of a landing zone hold which records, where only Spark can look at them. The rules are those of the job of
//! `lakehouse`, which are those of the workbench but for what Spark cannot read.

use std::collections::HashSet;

use crate::domain::Dataset;

/// A path without what kind of place it is, however Spark or Hadoop write that.
fn bare(place: &str) -> String {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    };
    match place.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && rest.starts_with('/') => {
            format!("/{}", rest.trim_start_matches('/'))
        }
        _ => place.to_owned(),
    }
}

/// Whether a path is the other one, or below it.
pub fn is_below(path: &str, other: &str) -> bool {
    let (path, other) = (bare(path), bare(other));
    let (path, other) = (path.trim_end_matches('/'), other.trim_end_matches('/'));
    path == other || path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))
}

/// What a path is called below the landing zone; the path itself if it is not below.
fn below<'a>(landing: &str, path: &'a str) -> &'a str {
    let landing = bare(landing);
    let within = format!("{}/", landing.trim_end_matches('/'));
    path.find(&within).map_or(path, |at| &path[at + within.len()..])
}

/// What a file is called below the landing zone, where Spark gives its place as a URI.
pub fn shown(landing: &str, uri: &str) -> String {
    below(landing, &decoded(uri)).to_owned()
}

/// A URI without its escapes.
pub fn decoded(uri: &str) -> String {
    let mut bytes = vec![];
    let mut rest = uri.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The landing files of each data set, or what is wrong with them. `paths` is all that Spark sees below the landing zone:
/// names that begin with `_` or `.` it does not show.
///
/// # Errors
/// A sentence for each file that is in no place where Spark would read it as the workbench does.
pub fn found(landing: &str, paths: &[String]) -> Result<[Vec<String>; 3], Vec<String>> {
    let mut found: [Vec<String>; 3] = Default::default();
    let mut wrong = vec![];
    let landing_bare = bare(landing);
    let above = landing_bare.trim_end_matches('/').rsplit('/').take(2).find_map(Dataset::from_folder_name);
    let mut paths: Vec<&String> = paths.iter().collect();
    paths.sort();
    let folders: HashSet<&str> = paths
        .iter()
        .flat_map(|path| below(landing, path).match_indices('/').map(|(at, _)| &below(landing, path)[..at]))
        .collect();
    for path in paths {
        let name = below(landing, path);
        let (mut says, mut here, mut is_made) = (above, 0, false);
        for (at, _) in name.match_indices('/') {
            let folder = &name[here..at];
            let beside = format!("{}landing", &name[..here]);
            is_made |= says.is_some() && ["trusted", "curated"].contains(&folder) && folders.contains(beside.as_str());
            says = Dataset::from_folder_name(folder).or(says);
            here = at + 1;
        }
        let ending = name.to_lowercase();
        match says {
            _ if is_made || name.ends_with(".crc") => {}
            None => wrong
                .push(format!("{name} lies in no folder named customer, accelerometer or step_trainer; put it in one")),
            Some(_) if ending.ends_with(".zst") || ending.ends_with(".zstd") => {
                wrong.push(format!("{name}: Spark cannot read zstd everywhere; compress it with gzip or not at all"));
            }
            Some(dataset) => found[dataset.index()].push(path.clone()),
        }
    }
    for (dataset, files) in Dataset::ALL.iter().zip(&found) {
        if files.is_empty() {
            let name = dataset.name();
            wrong.push(format!("no landing files of {name}; put them in a folder {name}/ below the landing zone"));
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// One pattern of Hadoop's that stands for these files of a landing zone and no others.
pub fn glob(landing: &str, files: &[String]) -> String {
    let literal = |text: &str| {
        let mut literal = String::new();
        for letter in text.chars() {
            if "{}[]*?\\,".contains(letter) {
                literal.push('\\');
            }
            literal.push(letter);
        }
        literal
    };
    match files {
        [] => String::new(),
        // A comma is one of itself outside of braces, but may be written so too.
        [file] if !file.contains(['{', '}', '[', ']', '*', '?', '\\']) => file.clone(),
        [file] => literal(file),
        [first, ..] => {
            let root = first.len() - below(landing, first).len();
            let names: Vec<String> = files.iter().map(|file| literal(&file[root..])).collect();
            format!("{}{{{}}}", literal(&first[..root]), names.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| format!("file:/lake/{name}")).collect()
    }

    #[test]
    fn files_are_told_by_their_folders() {
        let all = [
            "customer/landing/a.json",
            "Accelerometers/b.json.gz",
            "step-trainer/landing/2026/c, d.json",
            "customer/trusted/x",
        ];
        let found = found("/lake/", &paths(&all)).unwrap();
        assert_eq!(found[0], paths(&all[..1]));
        assert_eq!(found[1], paths(&all[1..2]));
        assert_eq!(found[2], paths(&all[2..3]));
        assert_eq!(glob("/lake", &found[2]), "file:/lake/step-trainer/landing/2026/c, d.json");
        assert_eq!(glob("/lake", &paths(&["a,b", "c{d"])), r"file:/lake/{a\,b,c\{d}");
    }

    #[test]
    fn what_spark_would_not_read_is_said() {
        let all = ["a.json", "customer/b.zst", "accelerometer/c"];
        let wrong = found("/lake", &paths(&all)).unwrap_err();
        let said = wrong.join("\n");
        for words in ["a.json lies in no folder", "b.zst: Spark cannot read zstd", "no landing files of step_trainer"] {
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn places_are_the_same_however_they_are_written() {
        assert!(is_below("file:///lake/out", "/lake"));
        assert!(is_below("s3a://bucket/landing/", "s3a://bucket/landing"));
        assert!(!is_below("/lakes", "/lake"));
        assert_eq!(shown("/lake one", "file:///lake%20one/customer/a%25.json"), "customer/a%.json");
        assert_eq!(shown("/data", "hdfs://name:8020/data/customer/a.json"), "customer/a.json");
    }
}
