//! Landing folders as feeds leave them: every kind of file, every way to say a value, everything that goes wrong.

use std::io::Write;
use std::os::unix::fs::symlink;

use stedi_workbench::domain::{Dataset, Progress, Purpose};
use stedi_workbench::landing::{Finding, Landing, LandingError, RefusedReason as Reason, Source, read, read_unhashed};

use crate::support::{real_data, write};

fn load(folder: &std::path::Path) -> Landing {
    read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

/// Reads one file of a data set's folder.
fn one(dataset: &str, bytes: impl AsRef<[u8]>) -> Landing {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &format!("{dataset}/landing/part"), bytes);
    load(folder.path())
}

fn reasons(landing: &Landing) -> Vec<Reason> {
    landing.refused.iter().map(|refused| refused.reason).collect()
}

const GOOD: &str = r#"{"sensorReadingTime":1700000000000,"serialNumber":"s","distanceFromObject":5}"#;

#[test]
fn the_real_files_are_read_whole_on_any_number_of_threads() {
    let Some(folder) = real_data() else { return };
    let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| load(&folder));
    let (one, eight) = (on(1), on(8));
    assert_eq!(Dataset::ALL.map(|dataset| one.rows(dataset)), [956, 81_273, 28_680]);
    assert!(one.refused.is_empty() && one.findings.is_empty());
    assert_eq!(one.files, eight.files);
    assert_eq!(one.census, eight.census);
    for dataset in Dataset::ALL {
        assert!(one.frame(dataset).equals_missing(eight.frame(dataset)));
    }
    for purpose in Purpose::ALL {
        let census = one.census.consent(purpose);
        assert_eq!(census.given + census.absent + census.null + census.blank + census.zero, 956);
    }
}

#[test]
fn what_is_read_without_hashes_is_the_same_but_for_those() {
    let source = Source::Folder(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"));
    let [hashed, mut unhashed] = [read, read_unhashed].map(|read| read(&source, &Progress::default()).unwrap());
    for (file, of) in unhashed.files.iter_mut().zip(&hashed.files) {
        assert_eq!((file.sha256.len(), of.sha256.len()), (0, 64), "{}", file.name);
        file.sha256.clone_from(&of.sha256);
    }
    assert_eq!(unhashed.files, hashed.files);
    assert_eq!((&unhashed.refused, &unhashed.findings), (&hashed.refused, &hashed.findings));
    for dataset in Dataset::ALL {
        assert!(unhashed.frame(dataset).equals_missing(hashed.frame(dataset)));
    }
}

#[test]
fn values_in_every_spelling() {
    let step = |time: &str, serial: &str, distance: &str| {
        reasons(&one(
            "step_trainer",
            format!(r#"{{"SENSORREADINGTIME":{time},"serial_number":{serial},"distanceFromObject":{distance}}}"#),
        ))
    };
    let time = "1700000000000";
    for (time, serial, distance, wanted) in [
        (time, "\"s\"", "5", None),
        ("\" 1700000000000 \"", "7", "5.0", None),
        ("1.7e12", "\"\\u00e9\\ud83d\\ude00\"", "\"5\"", None),
        (time, "\"s\"", "5.5", Some(Reason::Mistyped("distancefromobject"))),
        (time, "\"s\"", "99999999999999999999", Some(Reason::OutOfRange("distancefromobject"))),
        (time, "\"s\"", "NaN", Some(Reason::NotFinite("distancefromobject"))),
        (time, "\"s\"", "true", Some(Reason::Mistyped("distancefromobject"))),
        (time, "\" \"", "5", Some(Reason::Missing("serialnumber"))),
        (time, "{}", "5", Some(Reason::Mistyped("serialnumber"))),
        (time, "\"\\ud83d\"", "5", Some(Reason::Malformed)),
        (time, "\"\\udc00\"", "5", Some(Reason::NotUtf8)),
        ("null", "\"s\"", "5", Some(Reason::Missing("sensorreadingtime"))),
        ("-1", "\"s\"", "5", Some(Reason::OutOfRange("sensorreadingtime"))),
        ("253402300799999", "\"s\"", "5", None),
        ("253402300800000", "\"s\"", "5", Some(Reason::OutOfRange("sensorreadingtime"))),
        (time, "\"s\",\"serialNumber\":\"t\"", "5", Some(Reason::KeyTwice("serialnumber"))),
        (time, "\"s\",\"more\":{\"a\":[1,{}]}", "5", None),
        (time, "\"s\",\"more\":[1,]", "5", Some(Reason::Malformed)),
    ] {
        assert_eq!(step(time, serial, distance), Vec::from_iter(wanted), "{time} {serial} {distance}");
    }
}

/// What lies within a record that broke is looked at again, since it may be the next record behind a lost brace.
#[test]
fn a_key_without_a_value_is_malformed_however_deep() {
    let landing = one("step_trainer", GOOD.replace('5', "5,\"more\":{\"a\":}"));
    assert_eq!(reasons(&landing), [Reason::Malformed, Reason::Malformed]);
}

#[test]
fn consent_that_was_not_given_is_counted_by_how_it_was_said() {
    let said = [
        "",
        ",\"shareWithResearchAsOfDate\":null",
        ",\"shareWithResearchAsOfDate\":\" \"",
        ",\"shareWithResearchAsOfDate\":0",
        ",\"shareWithResearchAsOfDate\":\"0\"",
        ",\"shareWithResearchAsOfDate\":1700000000000",
        ",\"shareWithResearchAsOfDate\":false",
        ",\"shareWithResearchAsOfDate\":1700000000",
    ];
    let text: String = said.iter().map(|said| format!("{{\"email\":\"a\",\"phone\":5551234{said}}}")).collect();
    let landing = one("customers", text);
    let census = landing.census.consent(Purpose::Research);
    assert_eq!([census.given, census.absent, census.null, census.blank, census.zero], [2, 1, 1, 1, 2]);
    assert_eq!(reasons(&landing), [Reason::Mistyped("sharewithresearchasofdate")]);
    let column = landing.frame(Dataset::Customer).column("sharewithresearchasofdate").unwrap().clone();
    assert_eq!(column.null_count(), 5);
    let seconds =
        Finding::LooksLikeSeconds { dataset: Dataset::Customer, column: "sharewithresearchasofdate", rows: 1 };
    assert!(landing.findings.contains(&seconds));
}

#[test]
fn one_bad_byte_costs_one_record() {
    let cases = [
        ("closing quote", GOOD.replace("\"s\"", "\"s"), Reason::Malformed),
        ("closing brace", GOOD.replace('}', ""), Reason::Malformed),
        ("opening brace", GOOD.replace('{', ""), Reason::StrayBytes),
        ("value", GOOD.replace('5', ""), Reason::Malformed),
        ("value and brace", GOOD.replace("5}", ""), Reason::Malformed),
        ("control character", GOOD.replace("\"s\"", "\"\t\""), Reason::Malformed),
        ("too deep", format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40)), Reason::TooDeep),
    ];
    for (what, bad, reason) in cases {
        for between in ["", "\n", ",", "\r\n"] {
            let landing = one("step_trainer", format!("{GOOD}{between}{bad}{between}{GOOD}{between}{GOOD}"));
            assert_eq!(
                (landing.rows(Dataset::StepTrainer), reasons(&landing)),
                (3, vec![reason]),
                "{what} {between:?}"
            );
            assert_eq!(landing.refused[0].offset, (GOOD.len() + between.len()) as u64, "{what} {between:?}");
        }
    }
}

#[test]
fn damaged_records_side_by_side_are_counted_one_by_one() {
    let stray = GOOD.replace('{', "");
    let bad = GOOD.replace('5', "");
    for (damaged, wanted) in [
        ([&stray, &stray, &stray], [Reason::StrayBytes; 3]),
        ([&bad, &stray, &stray], [Reason::Malformed, Reason::StrayBytes, Reason::StrayBytes]),
        ([&bad, &bad, &bad], [Reason::Malformed; 3]),
    ] {
        for newline in ["\n", "\r\n", " \n\n"] {
            let [a, b, c] = damaged;
            let text = [GOOD, a, b, c, GOOD].map(|line| format!("{line}{newline}")).concat();
            let landing = one("step_trainer", &text);
            assert_eq!((landing.rows(Dataset::StepTrainer), reasons(&landing)), (2, wanted.to_vec()), "{text}");
            for refused in &landing.refused {
                let (start, end) = (refused.offset as usize, (refused.offset + refused.length) as usize);
                assert!(text[..start].ends_with(newline) && text[end..].starts_with(newline), "{text}");
            }
        }
    }
}

#[test]
fn a_file_that_unpacks_without_end_is_cut_off_and_said_so() {
    let mut packed = zstd::Encoder::new(vec![], 3).unwrap();
    packed.write_all(format!("{GOOD}\n").as_bytes()).unwrap();
    for _ in 0..80 {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    packed.write_all(GOOD.as_bytes()).unwrap();
    let landing = one("step_trainer", packed.finish().unwrap());
    assert_eq!(landing.rows(Dataset::StepTrainer), 1);
    let [Finding::ReadFailed { file, error }, ..] = landing.findings.as_slice() else {
        panic!("{:?}", landing.findings)
    };
    assert!(file == "step_trainer/landing/part" && error.contains("unpacks to more than"), "{error}");
}

#[test]
fn a_folder_too_deep_is_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "step_trainer/part", GOOD);
    let deep = format!("step_trainer/{}part", "d/".repeat(20));
    write(folder.path(), &deep, GOOD);
    let landing = load(folder.path());
    assert_eq!(landing.rows(Dataset::StepTrainer), 1);
    let is_named =
        |finding: &Finding| matches!(finding, Finding::ReadFailed { error, .. } if error.contains("folders deep"));
    assert_eq!(landing.findings.iter().filter(|finding| is_named(finding)).count(), 1, "{:?}", landing.findings);
}

#[test]
fn a_quote_that_is_never_closed_costs_one_line_of_csv() {
    let landing = one(
        "step_trainer",
        "\u{feff}sensorReadingTime;serialNumber;distanceFromObject\r\n1700000000000;\"s;5\r\n\
        1700000000001;\"t\"\"u\r\nv\";6\r\n1700000000002;w\r\n1700000000003;x;7\r\n",
    );
    assert_eq!(reasons(&landing), [Reason::Malformed, Reason::Malformed]);
    assert_eq!(landing.rows(Dataset::StepTrainer), 2);
}

#[test]
fn compressed_files_say_the_same_and_a_damaged_tail_costs_the_tail() {
    let text = format!("{GOOD}\n").repeat(1000);
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::none());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for whole in [gzip.repeat(2), zstd.repeat(2)] {
        let landing = one("step_trainer", whole);
        assert_eq!((landing.rows(Dataset::StepTrainer), landing.refused.len()), (2000, 0));
    }
    let landing = one("step_trainer", &gzip[..gzip.len() / 2 + 20]);
    assert!((300..700).contains(&landing.rows(Dataset::StepTrainer)), "{}", landing.rows(Dataset::StepTrainer));
    assert_eq!(reasons(&landing), [Reason::CutOff]);
    assert!(landing.findings.iter().any(|finding| matches!(finding, Finding::ReadFailed { .. })));
}

#[test]
fn links_in_circles_pipes_and_foreign_files_are_named_and_nothing_is_read_twice() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "step_trainer/landing/a.json", GOOD);
    write(folder.path(), "step_trainer/landing/b.xlsx", b"PK\x03\x04rest");
    write(folder.path(), "step_trainer/trusted/c.json", GOOD);
    write(folder.path(), "step_trainer/landing/_SUCCESS", "");
    for link in ["round", "again"] {
        symlink("..", folder.path().join("step_trainer/landing").join(link)).unwrap();
    }
    symlink("nowhere", folder.path().join("step_trainer/landing/dangling")).unwrap();
    let pipe = folder.path().join("step_trainer/landing/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let landing = load(folder.path());
    assert_eq!(landing.rows(Dataset::StepTrainer), 1);
    let named: Vec<_> = landing.findings.iter().map(ToString::to_string).collect();
    for name in ["b.xlsx", "round", "again", "dangling", "pipe"] {
        assert!(named.iter().any(|text| text.contains(name)), "{name}: {named:?}");
    }
}

#[test]
fn a_delivery_of_764_files_some_cut_some_empty() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..50).map(|n| format!(r#"{{"customerName":"n","email":"e{n}","timeStamp":1}}"#)).collect();
    for n in 0..764 {
        let bytes = match n {
            0..5 => &text[..text.len() - 10],
            5..7 => "",
            _ => &text,
        };
        write(folder.path(), &format!("customer/landing/part-{n:05}"), bytes);
    }
    let landing = load(folder.path());
    assert_eq!(landing.rows(Dataset::Customer), 762 * 50 - 5);
    assert_eq!(reasons(&landing), [Reason::CutOff; 5]);
    let empty = landing.findings.iter().filter(|finding| matches!(finding, Finding::EmptyFile { .. })).count();
    assert_eq!(empty, 2);
    assert!(landing.findings.contains(&Finding::MissingDataset { dataset: Dataset::Accelerometer }));
}

#[test]
fn cancelled_before_it_starts_nothing_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "step_trainer/a.json", GOOD);
    let progress = Progress::default();
    progress.cancel();
    assert!(matches!(read(&Source::Folder(folder.path().to_owned()), &progress), Err(LandingError::Cancelled(_))));
}
