//! Nothing personal leaves: every byte of every file is searched, unpacked and as it is, and all that is said and kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use polars::prelude::*;
use sha2::{Digest as _, Sha256, Sha512};
use stedi_workbench::domain::{Dataset, Format, Packaging, Partition, Split, Table, TimeRelease, Windows};
use stedi_workbench::landing::Landing;

use crate::export_support::{
    Home, Ready, SECRET, all_tables, by_owner, code, landed, names, npy_texts, npz, path, pseudonym, read_table_file,
    said, tree,
};
use crate::support::{real_data, sample_data, write};

/// Texts that must be nowhere.
struct Needles {
    by_start: HashMap<[u8; 4], Vec<String>>,
    is_start: Vec<bool>,
}

fn place(start: [u8; 4]) -> usize {
    (u32::from_le_bytes(start).wrapping_mul(0x9e37_79b1) >> 12) as usize
}

impl Needles {
    /// Without the shortest, which come about by chance.
    fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut needles = Self { by_start: HashMap::new(), is_start: vec![false; 1 << 20] };
        let texts: BTreeSet<String> = texts.into_iter().map(|text| text.trim().to_lowercase()).collect();
        for text in texts.into_iter().filter(|text| text.len() >= 6) {
            let start = text.as_bytes()[..4].try_into().unwrap();
            needles.is_start[place(start)] = true;
            needles.by_start.entry(start).or_default().push(text);
        }
        needles
    }

    /// Everything personal of landing files: e-mail addresses, also without their domains, names, phones, birthdays and
    /// serial numbers, also without dashes.
    fn of(landing: &Landing) -> Self {
        let mut texts = BTreeSet::new();
        for column in ["email", "customername", "phone", "birthday", "serialnumber"] {
            texts.extend(landed(landing, Dataset::Customer, column));
        }
        texts.extend(landed(landing, Dataset::Accelerometer, "user"));
        texts.extend(landed(landing, Dataset::StepTrainer, "serialnumber"));
        let parts: Vec<String> = texts
            .iter()
            .filter_map(|text| text.split_once('@').map(|(name, _)| name.to_owned()))
            .chain(texts.iter().filter(|text| text.len() == 36).map(|text| text.replace('-', "")))
            .collect();
        Self::new(texts.into_iter().chain(parts))
    }

    fn count(&self) -> usize {
        self.by_start.values().map(Vec::len).sum()
    }

    fn found(&self, bytes: &[u8]) -> Option<&str> {
        let lower = bytes.to_ascii_lowercase();
        let mut starts = lower.windows(4).enumerate();
        starts.find_map(|(at, start)| {
            let start: [u8; 4] = start.try_into().unwrap();
            if !self.is_start[place(start)] {
                return None;
            }
            let here = self.by_start.get(&start)?;
            here.iter().find(|text| lower[at..].starts_with(text.as_bytes())).map(String::as_str)
        })
    }
}

/// Everything that an export says: names and bytes of its files, tables and arrays decoded.
fn everything(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for (name, bytes) in tree(folder) {
        all.insert(format!("the name {name}"), name.clone().into_bytes());
        match name.rsplit('.').next() {
            Some("parquet" | "arrow") => {
                let mut text = vec![];
                CsvWriter::new(&mut text).finish(&mut read_table_file(folder, &name)).unwrap();
                all.insert(format!("{name}, decoded"), text);
            }
            Some("npz") => {
                for (member, content) in npz(&bytes) {
                    all.extend(
                        npy_texts(&content)
                            .map(|texts| (format!("{name}, {member} as texts"), texts.join("\n").into_bytes())),
                    );
                    all.insert(format!("{name}, {member}"), content);
                }
            }
            _ => {}
        }
        all.insert(name, bytes);
    }
    all
}

/// Searches an export; gives the pseudonyms that are in it.
fn search(folder: &Path, needles: &Needles, what: &str) -> BTreeSet<String> {
    let mut pseudonyms = BTreeSet::new();
    for (name, bytes) in everything(folder) {
        assert!(needles.found(&bytes).is_none(), "{what}: {name} has something personal");
        let text = String::from_utf8_lossy(&bytes);
        for (at, _) in text.match_indices("c_").chain(text.match_indices("d_")) {
            let digits: String = text[at + 2..].chars().take_while(char::is_ascii_hexdigit).take(32).collect();
            if digits.len() >= 16 {
                pseudonyms.insert(text[at..at + 2].to_owned() + &digits);
            }
        }
    }
    pseudonyms
}

/// The only pseudonyms that there may be.
fn keyed(landing: &Landing) -> BTreeSet<String> {
    let customers = landed(landing, Dataset::Customer, "email");
    let devices = landed(landing, Dataset::StepTrainer, "serialnumber").into_iter().chain(landed(
        landing,
        Dataset::Customer,
        "serialnumber",
    ));
    let customers = customers.iter().map(|email| pseudonym(&SECRET, "customer", email));
    customers.chain(devices.map(|serial| pseudonym(&SECRET, "device", &serial))).collect()
}

fn packaging(format: Format, partition: Partition, time: TimeRelease) -> Packaging {
    Packaging {
        tables: all_tables(),
        format,
        partition,
        windows: Some(Windows { instants: 4, stride: 3, gap_ms: None }),
        time,
        ..Packaging::default()
    }
}

#[test]
fn nothing_personal_is_in_an_export_whatever_its_format_and_layout() {
    let ready = Ready::sample();
    let (needles, keyed) = (Needles::of(&ready.landing), keyed(&ready.landing));
    assert!(needles.count() > 500, "{}", needles.count());
    let folder = tempfile::tempdir().unwrap();
    for (number, format) in Format::ALL.into_iter().enumerate() {
        for partition in Partition::ALL {
            let what = format!("{} by {}", format.title(), partition.name());
            let out = folder.path().join(what.replace(' ', "-"));
            let time = TimeRelease::ALL[number % 3];
            ready.export(&packaging(format, partition, time), &out);
            let pseudonyms = search(&out, &needles, &what);
            assert!(pseudonyms.len() > 100, "{what}");
            assert!(pseudonyms.is_subset(&keyed), "{what}: a pseudonym is no HMAC under the key");
            fs::remove_dir_all(&out).unwrap();
        }
    }
}

#[test]
fn nothing_personal_is_in_exports_of_the_real_data() {
    let Some(data) = real_data() else { return };
    let ready = Ready::of(&data, &by_owner());
    let (needles, keyed) = (Needles::of(&ready.landing), keyed(&ready.landing));
    assert!(needles.count() > 3_000);
    let folder = tempfile::tempdir().unwrap();
    for (format, partition) in Format::ALL.into_iter().zip(Partition::ALL) {
        let what = format!("{} by {}", format.title(), partition.name());
        let out = folder.path().join(format.extension());
        ready.export(&packaging(format, partition, TimeRelease::Elapsed), &out);
        assert!(search(&out, &needles, &what).is_subset(&keyed), "{what}");
    }
}

#[test]
fn the_search_finds_what_is_hidden_in_any_kind_of_file() {
    let ready = Ready::sample();
    let needles = Needles::of(&ready.landing);
    let email = landed(&ready.landing, Dataset::Customer, "email").into_iter().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let found = |name: &str| {
        let found: Vec<String> = everything(folder.path())
            .into_iter()
            .filter(|(_, bytes)| needles.found(bytes).is_some())
            .map(|(name, _)| name)
            .collect();
        assert!(!found.is_empty() && found.iter().all(|place| place.contains(name)), "{name}: {found:?}");
        names(folder.path()).iter().for_each(|name| fs::remove_file(folder.path().join(name)).unwrap());
    };
    let mut frame = df!("text" => vec!["nobody".to_owned(), email.to_uppercase(), "nobody".to_owned()]).unwrap();
    let file = |name: &str| fs::File::create(folder.path().join(name)).unwrap();
    let zstd = ParquetCompression::Zstd(None);
    ParquetWriter::new(file("a.parquet")).with_compression(zstd).finish(&mut frame).unwrap();
    found("a.parquet");
    IpcWriter::new(file("a.arrow")).finish(&mut frame).unwrap();
    found("a.arrow");
    let mut archive = ::zip::ZipWriter::new(file("a.npz"));
    let options = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Deflated);
    archive.start_file("customer.npy", options).unwrap();
    let length = email.chars().count();
    let header = format!("{{'descr': '<U{length}', 'fortran_order': False, 'shape': (1,), }}\n");
    let mut array = b"\x93NUMPY\x01\x00".to_vec();
    array.extend((header.len() as u16).to_le_bytes());
    array.extend(header.as_bytes());
    array.extend(email.chars().flat_map(|letter| u32::from(letter).to_le_bytes()));
    std::io::Write::write_all(&mut archive, &array).unwrap();
    archive.finish().unwrap();
    found("a.npz");
    write(folder.path(), "a.html", format!("<p>{}</p>", email.to_lowercase()));
    found("a.html");
    write(folder.path(), &format!("{}.csv", email.split('@').next().unwrap()), "nothing");
    found("the name");
}

#[test]
fn no_hash_without_the_key_is_anywhere() {
    let ready = Ready::sample();
    let mut hashes = vec![];
    for (dataset, column) in [
        (Dataset::Customer, "email"),
        (Dataset::Customer, "serialnumber"),
        (Dataset::StepTrainer, "serialnumber"),
        (Dataset::Accelerometer, "user"),
    ] {
        for text in landed(&ready.landing, dataset, column) {
            for text in [text.clone(), text.to_lowercase(), format!("customer:{text}"), format!("device:{text}")] {
                let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
                let pairs = [digits(&Sha256::digest(&text)), digits(&Sha512::digest(&text))];
                hashes.extend(pairs.into_iter().map(|digits| digits[..12].to_owned()));
            }
        }
    }
    let hashes = Needles::new(hashes);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    ready.export(&packaging(Format::Csv, Partition::Device, TimeRelease::Shifted), &out);
    search(&out, &hashes, "hashes");
    // The codes of the screen are hashes without a key, and stay on it.
    for (name, bytes) in tree(&out) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("C·") && !text.contains("D·"), "{name}");
    }
}

#[test]
fn nothing_personal_is_said_or_kept() {
    let ready = Ready::sample();
    let needles = Needles::of(&ready.landing);
    let home = Home::new();
    let out = home.at("out");
    let emails = landed(&ready.landing, Dataset::Customer, "email");
    let list = write(&home.at("lists"), "left.txt", emails.iter().take(60).cloned().collect::<Vec<_>>().join("\n"));
    let sides: Vec<String> = emails.iter().take(20).map(|email| format!("{email},test\n")).collect();
    let sides = write(&home.at("lists"), "sides.csv", sides.concat());
    let data = sample_data();
    let [same, other] = ["same", "other"].map(|name| home.at(name));
    for (arguments, expected) in [
        (vec!["export", path(&data), "--join", "owner", "--preview", "--tables", "all"], 0),
        (vec!["export", path(&data), "--out", path(&out)], 1),
        (vec!["export", path(&data), "--join", "owner", "--out", path(&other), "--sides", path(&sides)], 0),
        (vec!["export", path(&data), "--join", "owner", "--out", path(&out), "--sides", path(&list)], 2),
        (vec!["export", path(&data), "--join", "owner", "--out", path(&out), "--analyst", "A. Name"], 0),
        (vec!["export", path(&data), "--join", "owner", "--out", path(&same), "--json", "--withdrawn", path(&list)], 0),
        (vec!["export", path(&data), "--join", "owner", "--out", path(&out)], 2),
        (vec!["verify", path(&out), "--landing", path(&data)], 0),
        (vec!["withdraw", path(&out), "--customers", path(&list), "--json"], 0),
        (vec!["withdraw", path(&out), "--customers", path(&list), "--dry-run"], 0),
        (vec!["diff", path(&out), path(&same)], 0),
        (vec!["diff", path(&out), path(&same), "--json"], 0),
    ] {
        let output = home.run(&arguments);
        assert!(needles.found(said(&output).as_bytes()).is_none(), "{arguments:?} says something personal");
        assert_eq!(code(&output), expected, "{arguments:?}: {}", said(&output));
    }
    assert!(home.trail().exists() && home.history().exists());
    for (name, bytes) in home.kept() {
        assert!(needles.found(&bytes).is_none() && needles.found(name.as_bytes()).is_none(), "{name}");
    }
    assert!(names(&home.at("tmp")).is_empty(), "the preview left something");
    for folder in [out, same, other, home.at("out-without-withdrawn")] {
        search(&folder, &needles, "what was written");
    }
}

#[test]
fn columns_of_people_have_other_names_and_no_others_leave() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let columns = |packaging: &Packaging, name: &str| {
        let manifest = ready.export(packaging, &folder.path().join(name));
        let line = |table: &stedi_workbench::export::release::TableEntry| {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            format!("{}: {}\n", table.name, columns.join(" "))
        };
        manifest.tables.iter().map(line).collect::<String>()
    };
    let all = packaging(Format::Parquet, Partition::None, TimeRelease::Elapsed);
    insta::assert_snapshot!(columns(&all, "elapsed"), @r"
    machine_learning_curated: split customer device elapsed_ms distancefromobject x y z
    customer_curated: customer device shares_with_research shares_with_public shares_with_friends
    step_trainer_trusted: device elapsed_ms distancefromobject
    accelerometer_trusted: customer elapsed_ms x y z
    customer_trusted: customer device shares_with_research shares_with_public shares_with_friends
    windows: window position split customer device elapsed_ms distancefromobject x y z readings
    windows_index: window split customer device start_ms end_ms first_row rows
    ");
    let raw = Packaging {
        time: TimeRelease::Raw,
        tables: [Table::CustomerTrusted, Table::AccelerometerTrusted].into(),
        ..all.clone()
    };
    insta::assert_snapshot!(columns(&Packaging { windows: None, ..raw }, "raw"), @r"
    accelerometer_trusted: customer timestamp x y z
    customer_trusted: customer device registrationdate lastupdatedate shares_with_research sharewithresearchasofdate shares_with_public sharewithpublicasofdate shares_with_friends sharewithfriendsasofdate
    ");
    let few = Packaging {
        split: None::<Split>,
        leave_out: ["x".to_owned(), "distancefromobject".to_owned()].into(),
        windows: None,
        tables: Packaging::default().tables,
        ..all
    };
    insta::assert_snapshot!(columns(&few, "few"), @"machine_learning_curated: customer device elapsed_ms y z");
}
