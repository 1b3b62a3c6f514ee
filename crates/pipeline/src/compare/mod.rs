//! Two mixes told apart, in words and decibels: what stands on their strips, and what their sound is like.

mod sound;
mod strips;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mixsmith_audio::hex;
use mixsmith_effects::KINDS;
use mixsmith_session::{Session, parse};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Folder, Manifest, PipelineError, sessions};

pub use sound::Measured;
pub use strips::{Change, StripChange};

/// What differs between two mixes.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The first, as it was named.
    pub a: String,
    /// The second.
    pub b: String,
    /// By strip, in the order of the second's console; none where one of them is only a sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strips: Option<Vec<StripChange>>,
    /// By measure of the sound; none where one of them has no sound yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<Vec<Measured>>,
    /// What could not be compared, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One of the two.
struct Side {
    name: String,
    session: Option<Session>,
    sound: Option<PathBuf>,
    note: Option<String>,
}

/// Compares two mixes: each a song's folder, a session file or a sound file.
pub fn compare(a: &Path, b: &Path) -> Result<Comparison, PipelineError> {
    let (a, b) = (side(a)?, side(b)?);
    let mut notes: Vec<String> = a.note.iter().chain(&b.note).cloned().collect();
    let strips = a.session.as_ref().zip(b.session.as_ref()).map(|(a, b)| strips::changes(a, b));
    let sound = match (&a.sound, &b.sound) {
        (Some(a), Some(b)) => Some(sound::measures(a, b)?),
        _ => None,
    };
    if strips.is_none() && sound.is_none() {
        notes.push("One is a session and the other a sound: there is nothing that both have.".to_owned());
    }
    Ok(Comparison { a: a.name, b: b.name, strips, sound, notes })
}

fn side(path: &Path) -> Result<Side, PipelineError> {
    let name = path.display().to_string();
    if path.is_dir() {
        let folder = Folder::open(path, None)?;
        let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
        let opened = sessions::open(&folder)?.ok_or_else(missing)?;
        let print = folder.out.join("mix.wav");
        let (sound, note) = match (print.exists(), printed_from(&folder)?) {
            (false, _) => (None, Some(format!("{name} is not printed yet, so its sound is not compared."))),
            (true, true) => (Some(print), None),
            (true, false) => {
                let says =
                    format!("{name} has changed since it was printed: the sound is that of the print.");
                (Some(print), Some(says))
            }
        };
        return Ok(Side { name, session: Some(opened.session), sound, note });
    }
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
        let fault = |what: String| PipelineError::Text { path: path.to_owned(), what };
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let (session, problems) = parse(&text, &KINDS).map_err(|error| fault(error.to_string()))?;
        let note = (!problems.is_empty())
            .then(|| format!("{name}: {} lines could not be read and are left out.", problems.len()));
        return Ok(Side { name, session: Some(session), sound: None, note });
    }
    Ok(Side { name, session: None, sound: Some(path.to_owned()), note: None })
}

/// Is what was printed of a song what stands in its session?
pub(crate) fn printed_from(folder: &Folder) -> Result<bool, PipelineError> {
    let text = folder.text(&folder.session())?.unwrap_or_default();
    let manifest = folder.text(&folder.out.join("manifest.json"))?;
    let manifest: Option<Manifest> = manifest.and_then(|text| serde_json::from_str(&text).ok());
    Ok(manifest.is_some_and(|manifest| manifest.session == hex(&Sha256::digest(text.as_bytes()))))
}

impl Comparison {
    /// A page for a person.
    pub fn text(&self) -> String {
        let mut text = format!("A: {}\nB: {}\n", self.a, self.b);
        for note in &self.notes {
            text += &format!("note: {note}\n");
        }
        if let Some(strips) = &self.strips {
            text.push('\n');
            if strips.is_empty() {
                text += "Every strip stands as in the other.\n";
            }
            for strip in strips {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{}", strip.name);
                for change in &strip.changes {
                    let _ = writeln!(text, "  {}", change.says());
                }
            }
        }
        if let Some(sound) = &self.sound {
            let _ = writeln!(text, "\n{:38}{:>10}{:>10}{:>10}", "sound", "A", "B", "B less A");
            for measured in sound {
                text += &measured.line();
            }
        }
        text
    }
}
