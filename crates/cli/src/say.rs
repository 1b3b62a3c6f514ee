//! Words to the standard output, for a person or a program that may stop reading at any time.

use std::io::{ErrorKind, Write};

use crate::failure::{Exit, Failure};

/// Prints a text as it is. A reader that has gone (`mixsmith why | head`) is no failure.
pub fn text(text: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let message = format!("the output cannot be written: {error}");
            Err(Failure::new(Exit::Output, message, "Write to another place"))
        }
        _ => Ok(()),
    }
}

/// Prints a line.
pub fn line(line: &str) -> Result<(), Failure> {
    text(format!("{line}\n").as_bytes())
}
