//! What the bytes of a file are: JSON, CSV, Parquet or something that is not read.

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Json,
    Csv,
    Parquet,
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
