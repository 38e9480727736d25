//! What the bytes of a file are: compressed, JSON, CSV, Parquet or something that is not read.

use std::borrow::Cow;
use std::io::Read;

use crate::domain::{Cancelled, Progress};

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Json,
    Csv,
    Parquet,
}

/// How often its own size a compressed file may unpack to. Landing files reach 10 to 50 times; deflate ends at 1032.
const MOST_TIMES: u64 = 500;
/// Unpacked bytes between two looks at whether to stop.
const PIECE: u64 = 1 << 20;

/// The most that a compressed file may grow to, but 64 MiB at least.
fn most(bytes: &[u8]) -> u64 {
    (bytes.len() as u64).saturating_mul(MOST_TIMES).max(64 << 20)
}

/// Takes compression off, as far as it goes. What came before a damage is kept, beside a word on the damage.
///
/// # Errors
/// When cancelled.
pub fn plain<'a>(bytes: &'a [u8], progress: &Progress) -> Result<(Cow<'a, [u8]>, Option<String>), Cancelled> {
    let limit = most(bytes);
    let mut decoder: Box<dyn Read + '_> = if bytes.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::read::MultiGzDecoder::new(bytes))
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        match zstd::Decoder::new(bytes) {
            Ok(decoder) => Box::new(decoder),
            Err(error) => {
                return Ok((Cow::Owned(vec![]), Some(format!("its compression cannot be taken off ({error})"))));
            }
        }
    } else {
        return Ok((Cow::Borrowed(bytes), None));
    };
    let mut out = vec![];
    let damage = loop {
        progress.check()?;
        match decoder.by_ref().take(PIECE).read_to_end(&mut out) {
            Ok(0) => break None,
            Ok(_) if out.len() as u64 > limit => {
                out.truncate(limit as usize);
                break Some(format!(
                    "it unpacks to more than {limit} bytes, {MOST_TIMES} times its size or more; the rest was left"
                ));
            }
            Ok(_) => {}
            Err(error) => {
                let place = out.len();
                break Some(format!("its compression is damaged after {place} unpacked bytes ({error})"));
            }
        }
    };
    drop(decoder);
    Ok((Cow::Owned(out), damage))
}

/// What the bytes are.
///
/// # Errors
/// What they seem to be when they are nothing that is read.
pub fn kind(bytes: &[u8]) -> Result<Kind, &'static str> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a ZIP archive or office document"),
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"Obj\x01", "an Avro file"),
        (b"ORC", "an ORC file"),
        (b"ARROW1", "an Arrow file"),
        (b"SQLite format 3", "a SQLite database"),
        (b"BZh", "a bzip2 archive"),
    ];
    if bytes.starts_with(b"PAR1") {
        return Ok(Kind::Parquet);
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(name);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[' | 0x1e) => Ok(Kind::Json),
        Some(_) => {
            let header = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let header = String::from_utf8_lossy(header).to_lowercase().replace(['_', '-', '"', ' '], "");
            let fields: Vec<&str> = header.trim().split([',', ';', '\t']).collect();
            let known = ["email", "user", "serialnumber", "timestamp", "sensorreadingtime"];
            if fields.len() > 1 && fields.iter().any(|field| known.contains(field)) {
                Ok(Kind::Csv)
            } else if memchr::memmem::find(bytes, b"{\"").is_some() {
                Ok(Kind::Json)
            } else if bytes.contains(&0) {
                Err("a binary file of an unknown kind")
            } else {
                Err("a text without landing records")
            }
        }
        None => Ok(Kind::Json),
    }
}
