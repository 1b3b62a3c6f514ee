//! What is wrong with a session, where, and what to do about it.

use std::fmt;

/// Something that could not be used as it stands. The rest of the session is not touched by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1; 0 when the session did not come from a file.
    pub line: usize,
    /// Column in characters, from 1; 0 when the session did not come from a file.
    pub column: usize,
    /// What it is about: `vox/comp.threshold`, `vox/to`, `source.kick`, `song/rate`.
    pub address: String,
    /// What is wrong.
    pub says: String,
    /// What was done instead, and what to write.
    pub help: String,
}

impl Problem {
    /// A problem that has no place in a file (yet).
    pub fn new(address: impl Into<String>, says: impl Into<String>, help: impl Into<String>) -> Self {
        Problem { line: 0, column: 0, address: address.into(), says: says.into(), help: help.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        write!(f, "{}: {}", self.address, self.says)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, ". {}", self.help) }
    }
}
