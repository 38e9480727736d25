//! CSV: every line that is not blank is in a record that was read or in one that was refused.
#![no_main]

use fuzz_common::{choices, dataset, spelled, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::landing::RefusedReason;
use stedi_workbench::landing::fuzzing::{csv, looks};

const WORDS: &[&str] = &[
    "user,timestamp,x,y,z\n",
    "sensorReadingTime;serialNumber;distanceFromObject\n",
    "customername,email,phone,birthday,serialnumber,registrationdate,lastupdatedate,sharewithresearchasofdate\n",
    "ann.leaver@example.com,1655296678763,-1.5,0.0,2\n",
    "b,1,1,2,3\r\n",
    "1655296678763;d-1;219\n",
    "Ann Leaver,ann.leaver@example.com,5550123456,1950-01-01,d-1,1655296678763,1655296678763,\n",
    ",",
    ";",
    "\t",
    "\"",
    "\"\"",
    "\",\"",
    "a\",\"b\n",
    "\"\n",
    "\n\n",
    "\r",
    "\r\n",
    "\u{feff}",
    "é",
    "NaN",
    "\"b\",\"1\",\"1\",\"2\",\"3\"\n",
];

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how], rest)) = choices(bytes) else { return };
    let spelled = if how & 4 == 0 { rest.to_vec() } else { spelled(rest, WORDS) };
    let bytes = spelled.as_slice();
    looks(bytes);
    let said = csv(bytes, dataset(how));
    let all = said.rows() + said.refused().len() as u64;
    let mut behind = 0;
    let mut is_torn = false;
    for (offset, length, reason) in said.refused() {
        assert!(offset >= behind && length > 0, "refused places are in order, and something is there");
        behind = offset + length;
        is_torn |= reason == RefusedReason::Malformed;
    }
    assert!(behind <= bytes.len() as u64);
    // The header is the first line, whatever it has of quotes.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let header = text.iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| end + 1);
    let blank = text[..header].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    if blank == header || text[..header - 1].contains(&b'\r') {
        return;
    }
    let body = &text[header..];
    let lines = body.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty()).count() as u64;
    assert!(all <= lines);
    if !body.contains(&b'"') {
        assert_eq!(all, lines, "each line is a record");
    } else if !is_torn {
        let delimiter = [b',', b';', b'\t'].into_iter().rev();
        let count = |delimiter: &u8| text[..header].iter().filter(|byte| *byte == delimiter).count();
        let delimiter = delimiter.max_by_key(count).unwrap();
        // The other reader passes over a byte order mark at the start; this is not the start of the file.
        let body = [b"\n", body].concat();
        let mut others = csv_reader(delimiter).from_reader(body.as_slice());
        assert_eq!(all, others.byte_records().count() as u64, "as many records as another reader counts");
    }
}));

fn csv_reader(delimiter: u8) -> ::csv::ReaderBuilder {
    let mut builder = ::csv::ReaderBuilder::new();
    builder.delimiter(delimiter).flexible(true).has_headers(false);
    builder
}
