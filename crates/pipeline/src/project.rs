//! A project of another program where a song is wanted: imported once, and gone on with from then on.

use std::path::{Path, PathBuf};

use mixsmith_audio::{content_hash, hex};
use mixsmith_interchange::Loss;
use mixsmith_interchange::all::of_file;
use serde_json::Value;

use crate::import::{can_be_read, import};
use crate::{Note, Options, PipelineError, Progress};

/// How many of the lost things are named; all of them stand in `mix/import.txt`.
const NAMED: usize = 6;

/// The song that a project is, and what the person should know of it. The song lies in a folder beside the project that
/// has its name without the ending, or at `out`. It is made when it is not there yet; a song that was made of the project
/// before is left as it is, with all that hands have done to it.
pub fn song_of(
    project: &Path,
    out: Option<&Path>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(PathBuf, Vec<Note>), PipelineError> {
    let name = project.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if of_file(&name).is_none() {
        let why = format!("neither a folder nor a project that can be read ({})", can_be_read());
        return Err(PipelineError::NoSong { path: project.to_owned(), why });
    }
    let song = out.map_or_else(|| project.with_extension(""), Path::to_owned);
    if let Some(made_of) = made_of(&song) {
        if made_of.name != name {
            return Err(PipelineError::NotOf { song, project: project.to_owned() });
        }
        let changed = content_hash(project).is_ok_and(|hash| hex(&hash) != made_of.hash);
        let note = |says: String| Note { about: name.clone(), says, warning: true };
        let place = song.display();
        let says = format!(
            "has changed since it was imported into {place}, which is mixed as it was then; for the tracks of now choose \
             another folder with --out"
        );
        return Ok((song.clone(), changed.then(|| note(says)).into_iter().collect()));
    }
    if std::fs::read_dir(&song).is_ok_and(|mut entries| entries.next().is_some()) || song.is_file() {
        return Err(PipelineError::NotOf { song, project: project.to_owned() });
    }
    // A folder is the song of a project when all of it is there.
    let mut part = song.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let swept = Part(&part);
    swept.clear();
    let imported = import(project, &part, options, progress)?;
    if imported.session.sources.is_empty() {
        let lost: Vec<String> = lost(&imported.losses).map(|loss| format!("\n  {}", words(loss))).collect();
        let why = format!("none of its sounds could be read{}", lost.concat());
        return Err(PipelineError::NoProject { path: project.to_owned(), why });
    }
    // Some systems move a folder only to where there is none.
    let _ = std::fs::remove_dir(&song);
    std::fs::rename(&part, &song).map_err(PipelineError::io(&song))?;
    let lost: Vec<String> = lost(&imported.losses).map(words).collect();
    let mut says = format!(
        "{} tracks of the {} project are now the song {}",
        imported.session.sources.len(),
        imported.format,
        song.display()
    );
    if !lost.is_empty() {
        says += &format!("; {} did not come along: {}", lost.len(), lost[..lost.len().min(NAMED)].join("; "));
        if lost.len() > NAMED {
            says += &format!("; and {} more", lost.len() - NAMED);
        }
        says += &format!(" ({} lists all)", song.join("mix").join("import.txt").display());
    }
    Ok((song, vec![Note { about: name, says, warning: !lost.is_empty() }]))
}

/// The folder that an import is written to until it is whole.
struct Part<'a>(&'a Path);

impl Part<'_> {
    fn clear(&self) {
        // It is there only when a run was cut short.
        let _ = std::fs::remove_dir_all(self.0);
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The project that a song was made of.
struct MadeOf {
    name: String,
    hash: String,
}

fn made_of(song: &Path) -> Option<MadeOf> {
    let text = std::fs::read_to_string(song.join("mix").join("import.json")).ok()?;
    let said: Value = serde_json::from_str(&text).ok()?;
    let word = |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(MadeOf { name: word("project")?, hash: word("hash").unwrap_or_default() })
}

fn lost(losses: &[Loss]) -> impl Iterator<Item = &Loss> {
    losses.iter().filter(|loss| loss.fate.word() == "lost")
}

fn words(loss: &Loss) -> String {
    let mixsmith_interchange::Fate::Lost { says } = &loss.fate else { return loss.at.clone() };
    format!("{} ({says})", loss.at)
}
