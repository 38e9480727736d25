//! Standard output and error. What others wrote, such as names of files, is among what is said: it reaches a terminal as text
//! and does not steer it.

use std::io::{self, Stderr, Stdout, Write};

use crate::domain::foreign::visible_lines;

/// A stream of the terminal; what is written to it comes in whole characters.
pub struct Screen<W>(W);

/// Standard output.
pub fn out() -> Screen<Stdout> {
    Screen(io::stdout())
}

/// Standard error.
pub fn err() -> Screen<Stderr> {
    Screen(io::stderr())
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(visible_lines(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
