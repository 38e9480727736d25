//! What is said when the server refuses or fails. Spark's own words may hold a record, so only those are passed on that
//! cannot.

use crate::domain::foreign::visible;

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The landing files or the output are not as they must be.
    #[error("{what}. Nothing was written.{}", list(.lines))]
    Refused { what: &'static str, lines: Vec<String> },
    /// The server refused or failed.
    #[error("Spark could not {doing}: {said}{}", left(.folder.as_deref()))]
    Spark { doing: String, said: String, folder: Option<String> },
    /// What was made is not what was counted.
    #[error("{what}{}", left(.folder.as_deref()))]
    DoesNotAddUp { what: String, folder: Option<String> },
}

/// Somebody stopped the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "interrupted. The server {} told to stop. A run folder that was begun has no counts and is not finished; remove it",
    was(.was_told)
)]
pub struct Stopped {
    /// The server knows.
    pub was_told: bool,
}

/// The most that is listed.
const MOST: usize = 20;

fn was(told: &bool) -> &'static str {
    if *told { "was" } else { "could not be" }
}

fn list(lines: &[String]) -> String {
    let mut text: String = lines.iter().take(MOST).map(|line| format!("\n  - {}", visible(line))).collect();
    if lines.len() > MOST {
        text += &format!("\n  - and {} more", lines.len() - MOST);
    }
    text
}

fn left(folder: Option<&str>) -> String {
    match folder {
        None => ". Nothing was written".to_owned(),
        Some(folder) => format!(". {folder} is not finished, and has no counts; remove it"),
    }
}

/// What can be done about what Spark or a file system throws.
const KNOWN: [(&str, &str); 11] = [
    ("PATH_NOT_FOUND", "there is no such path where the server looks; give it as the server sees it"),
    ("PATH_ALREADY_EXISTS", "the run folder is there already"),
    ("OutOfMemory", "an executor ran out of memory; give the server more"),
    ("AccessDenied", "the server may not read or write there"),
    ("AccessControlException", "the server may not read or write there"),
    ("Permission denied", "the server may not read or write there"),
    ("Mkdirs failed", "the server may not write there"),
    ("ClassNotFoundException", "the server has no file system of this kind; put its library on the server"),
    ("UnsupportedFileSystemException", "the server has no file system of this kind; put its library on the server"),
    ("NoSuchBucket", "there is no such bucket"),
    ("No space left", "a disk of the server is full"),
];

/// What of Spark's error may be shown: its class, what was thrown, and what can be done if that is known. Never its words,
/// which may hold a record.
pub fn shortened(class: &str, message: &str) -> String {
    let all = format!("{class} {message}");
    if let Some((_, todo)) = KNOWN.iter().find(|(sign, _)| all.contains(sign)) {
        let class = if class.is_empty() { String::new() } else { format!(" ({class})") };
        return format!("{todo}{class}");
    }
    let is_name = |word: &&str| {
        (word.ends_with("Exception") || word.ends_with("Error"))
            && word.len() < 120
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '$')
    };
    let mut names: Vec<&str> = vec![];
    for word in message.split(|c: char| c.is_whitespace() || ":()[]{},;\"'".contains(c)).filter(is_name) {
        let name = word.rsplit('.').next().unwrap_or(word);
        if !names.contains(&name) && names.len() < 3 {
            names.push(name);
        }
    }
    // A class is of capitals, digits and what stands between them.
    let in_brackets = message.trim_start().strip_prefix('[').and_then(|rest| rest.split(']').next());
    let is_class = |class: &&str| {
        !class.is_empty()
            && class.len() < 120
            && class.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_.".contains(c))
    };
    let class = Some(class).filter(is_class).or(in_brackets.filter(is_class)).unwrap_or_default();
    match (class, names.is_empty()) {
        ("", true) => "it says no more than that; its log does".to_owned(),
        ("", false) => format!("{}; its log says more", names.join(", ")),
        (class, true) => format!("{class}; its log says more"),
        (class, false) => format!("{class} ({}); its log says more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_record_is_passed_on() {
        let message = "[CAST_INVALID_INPUT] The value 'ann@example.com' of the type \"STRING\" cannot be cast";
        assert_eq!(shortened("", message), "CAST_INVALID_INPUT; its log says more");
        let message = "Job aborted: java.lang.IllegalStateException: ann@example.com";
        assert_eq!(shortened("", message), "IllegalStateException; its log says more");
        assert_eq!(shortened("INTERNAL_ERROR", "ann"), "INTERNAL_ERROR; its log says more");
        assert_eq!(shortened("", "ann@example.com"), "it says no more than that; its log does");
    }

    #[test]
    fn what_can_be_done_is_said() {
        assert!(shortened("PATH_NOT_FOUND", "").starts_with("there is no such path"));
        assert!(shortened("", "java.lang.ClassNotFoundException: org.apache.S3AFileSystem").contains("library"));
    }
}
