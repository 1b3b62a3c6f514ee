//! What a command says when it is done.

use mixsmith_pipeline::{Folder, Mixed, Note};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::say;
use crate::table::Common;

/// Tells what a hand has set.
pub fn set(common: &Common, folder: &Folder, said: &[String]) -> Result<(), Failure> {
    if common.json {
        return say::line(&json!({ "set": said }).to_string());
    }
    if common.quiet {
        return Ok(());
    }
    said.iter().try_for_each(|line| say::line(line))?;
    say::line(&format!("To hear it: `mixsmith render {}`.", folder.words()))
}

/// Tells what became of a song.
pub fn tell(common: &Common, folder: &Folder, mixed: &Mixed) -> Result<(), Failure> {
    if common.json {
        return say::line(&as_json(folder, mixed).to_string());
    }
    warn(common, &mixed.notes);
    for printed in
        mixed.manifest.outputs.iter().filter(|printed| ["mix", "master"].contains(&printed.kind.as_str()))
    {
        let path = folder.out.join(&printed.file);
        let level = &printed.level;
        say::line(&format!("{}  {:.1} LUFS, {:.1} dBTP", path.display(), level.loudness, level.true_peak))?;
    }
    if !common.quiet {
        let moves = mixed.taken().count();
        let tracks = mixed.session.tracks().count();
        let song = folder.words();
        let many = |number: usize| if number == 1 { "" } else { "s" };
        say::line(&format!(
            "{moves} move{} on {tracks} track{}. `mixsmith why {song}` gives the reasons.",
            many(moves),
            many(tracks)
        ))?;
        if let Some(short) = mixed.short_of_loudness() {
            say::line(&format!(
                "The master is {short:.1} LU softer than asked for: more would cost the song its punch. `--loudness \
                 dynamic` asks for less."
            ))?;
        }
        if !mixed.is_mastered() {
            say::line(&format!(
                "It is not mastered yet: `mixsmith mix {song}` listens to the mix and masters it."
            ))?;
        }
    }
    Ok(())
}

/// Says what the person should know, on the error output.
pub fn warn(common: &Common, notes: &[Note]) {
    for note in notes {
        match common {
            Common { json: true, .. } => eprintln!("{}", json!(note)),
            Common { quiet: true, .. } => {}
            _ => {
                let word = if note.warning { "warning" } else { "note" };
                eprintln!("{word}: {}: {}", note.about, note.says);
            }
        }
    }
}

fn as_json(folder: &Folder, mixed: &Mixed) -> Value {
    json!({
        "title": mixed.session.song.title,
        "session": folder.session(),
        "decisions": folder.decisions(),
        "out": folder.out,
        "tracks": mixed.listened.files,
        "moves": mixed.taken().count(),
        "notes": mixed.notes,
        "outputs": mixed.manifest.outputs,
    })
}
