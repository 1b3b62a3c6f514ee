//! The session as text: TOML with units in plain sight, in a stable order, one value a line.
//!
//! One folder a version of the format. [`print()`] writes the newest; [`parse`] reads every one there has been.

mod lines;
mod v1;

use mixsmith_processor::Kinds;
use toml_edit::Document;

use crate::{Problem, Session};
use lines::Lines;

/// Why a file is no session at all. What is merely wrong in places comes as [`Problem`]s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is not TOML.
    #[error("line {line}, column {column}: {says}\n    {text}\n{help}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The text of the line.
        text: String,
        /// What is wrong.
        says: String,
        /// What to write.
        help: String,
    },
    /// A newer Mixsmith has written it.
    #[error("this session has format {0}, which is newer than this Mixsmith reads (1): update Mixsmith")]
    Newer(i64),
}

/// The session as text, in the canonical form.
pub fn print(session: &Session, kinds: &Kinds) -> String {
    v1::print(session, kinds)
}

/// Reads a session. What cannot be used is left out and reported; the session returned is sound:
/// [`crate::check`] finds nothing wrong with it.
pub fn parse(text: &str, kinds: &Kinds) -> Result<(Session, Vec<Problem>), FileError> {
    let document = document(text)?;
    let read = v1::parse(text, document.as_table(), kinds);
    Ok((read.session, read.problems))
}

/// The text of a session that was `old_text`: comments, blank lines, order and unknown keys stay, and only the lines
/// of what differs change. Reading the result gives `session`. What has to go although a person wrote it (a line that
/// could not be used, a comment beside something that is no more) is kept as comments at the end.
pub fn update(old_text: &str, session: &Session, kinds: &Kinds) -> String {
    match document(old_text) {
        Ok(_) => v1::update(old_text, session, kinds),
        Err(_) => v1::afresh(old_text, session, kinds),
    }
}

/// Reads TOML and looks at the format's number.
fn document(text: &str) -> Result<Document<&str>, FileError> {
    let document = Document::parse(text).map_err(|error| syntax(text, &error))?;
    match document.as_table().get("format").and_then(|item| item.as_integer()) {
        Some(format) if format > 1 => Err(FileError::Newer(format)),
        _ => Ok(document),
    }
}

fn syntax(text: &str, error: &toml_edit::TomlError) -> FileError {
    let lines = Lines::new(text);
    let offset = error.span().map_or(0, |span| span.start);
    let (line, column) = lines.place(offset);
    let says = error.message().trim().replace('\n', "; ");
    let help = if says.contains("duplicate key") {
        "The name stands in the file twice: give one of the two another name, or take it out"
    } else {
        "Write `name = \"value with its unit\"`, one to a line; text stands in quotes"
    };
    FileError::Syntax { line, column, text: lines.text(line).to_owned(), says, help: help.to_owned() }
}
