//! What all fuzz targets share: a watch over the memory, a folder to put files in, inputs spelled out of words, and what must
//! never be in a message.

mod fixture;
mod hook;
mod memory;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Once};

use stedi_workbench::domain::Dataset;

pub use fixture::{CUSTOMERS, MOTIONS, STEPS, landed, write_landing, write_run};

/// Stands for somebody in seeds and dictionaries: `@` is in no message of the program, nor is this number.
pub const EMAIL: &str = "ann.leaver@example.com";
const NUMBER: &str = "5550123456";

/// Runs a target on an input, on one thread, and sees to it that it takes little more memory than the input is long.
pub fn target(bytes: &[u8], run: impl FnOnce(&[u8])) {
    watched(bytes, false, run);
}

/// The same for a reader of what unpacks, which may take as much as a file of its size may unpack to.
pub fn unpacking(bytes: &[u8], run: impl FnOnce(&[u8])) {
    watched(bytes, true, run);
}

fn watched(bytes: &[u8], unpacks: bool, run: impl FnOnce(&[u8])) {
    static ONE_THREAD: Once = Once::new();
    // What is data-parallel runs on the thread of the fuzzer, so that nothing waits for another thread.
    ONE_THREAD.call_once(|| {
        hook::install();
        rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().unwrap();
    });
    hook::tell(|| memory::within(bytes.len(), unpacks, || run(bytes)));
}

/// A message says nothing that a record said.
pub fn assert_discreet(message: &str) {
    assert!(!message.contains('@') && !message.contains(NUMBER), "a message says who somebody is: {message}");
}

/// A folder of this process, in memory where the system has such.
pub fn scratch() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let shared = Path::new("/dev/shm");
        let named = std::env::var_os("FUZZ_SCRATCH").map(PathBuf::from);
        let top = named.unwrap_or_else(|| if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() });
        let folder = top.join(format!("stedi-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    });
    &FOLDER
}

/// Writes a file below the folder of this process.
pub fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The first bytes of an input choose; the rest is what is read.
pub fn choices<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    bytes.split_first_chunk().map(|(first, rest)| (*first, rest))
}

/// One of three data sets.
pub fn dataset(choice: u8) -> Dataset {
    Dataset::ALL[usize::from(choice) % 3]
}

/// Spells an input: a byte from 128 on is a word, another is itself. So a few bytes make records that are nearly sound.
pub fn spelled(bytes: &[u8], words: &[&str]) -> Vec<u8> {
    let mut text = vec![];
    for &byte in bytes {
        match byte.checked_sub(128) {
            Some(word) => text.extend_from_slice(words[usize::from(word) % words.len()].as_bytes()),
            None => text.push(byte),
        }
    }
    text
}

/// Words of JSON records, sound and damaged.
pub const JSON_WORDS: &[&str] = &[
    "{\"user\":\"ann.leaver@example.com\",\"timestamp\":1655296678763,\"x\":-1.5,\"y\":0.0,\"z\":2}\n",
    "{\"user\": \"b\", \"timestamp\": 1655296678764, \"x\": 1, \"y\": 2, \"z\": 3}",
    "{\"sensorReadingTime\":1655296678763,\"serialNumber\":\"d-1\",\"distanceFromObject\":219}\n",
    "{\"customerName\":\"Ann Leaver\",\"email\":\"ann.leaver@example.com\",\"phone\":\"5550123456\",\"birthDay\":\"1950-01-01\",\
     \"serialNumber\":\"d-1\",\"registrationDate\":1655296678763,\"lastUpdateDate\":1655296678763,\
     \"shareWithResearchAsOfDate\":1655296678763,\"shareWithPublicAsOfDate\":0,\"shareWithFriendsAsOfDate\":null}\n",
    "\"user\":\"ann.leaver@example.com\"",
    "\"timestamp\":1",
    "\"x\":",
    "\"y\":",
    "\"z\":",
    "\"sensorReadingTime\":",
    "\"serialNumber\":",
    "\"distanceFromObject\":",
    "\"email\":",
    "\"shareWithResearchAsOfDate\":",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\\"",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "null",
    "true",
    "NaN",
    "-Infinity",
    "1e308",
    "1e309",
    "-0",
    "9007199254740993",
    "253402300800000",
    "99999999999999999999",
    "0.1",
    "\n",
    "\r\n",
    " ",
    "\u{1e}",
    "\u{feff}",
    "é€",
    "{\"a\":",
    "{\"",
    "}\n\"user\":",
    "},{",
    "}\n{",
    "[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":",
    "\"},\"",
    "{}",
    "null,",
    "\"1655296678763\"",
    "\"\"",
    "\" \"",
];
