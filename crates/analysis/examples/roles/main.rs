//! Learns what parts sound like, and measures how well roles are told.
//!
//! ```text
//! python3 crates/analysis/examples/roles/material.py DIR        makes stems whose roles are known
//! cargo run --release -p mixsmith-analysis --example roles -- DIR [SONGS] [--learn] [--name NAME]
//! ```
//!
//! The stems are measured as those of any song. In turn a quarter of the songs and a third of the soundfonts, kits and
//! singers is left out of the learning, and the stems of which neither was learned are judged. SONGS are real songs, of
//! which nothing is learned. `--learn` learns from all stems and writes `crates/analysis/tables/roles.txt`; `--name`
//! writes the figures into `benches/runs`.
#![allow(clippy::disallowed_methods, reason = "a tool that reads and writes files")]

#[path = "../../tests/common/labels.rs"]
mod labels;
mod learn;
mod sessions;
mod songs;
mod tally;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mixsmith_analysis::roles::scores::{self, Scores};
use mixsmith_analysis::roles::sound::Ears;
use sessions::{Session, Stem};
use tally::Tally;

/// Into how many parts the soundfonts, kits and singers are parted.
const SOUNDS: usize = 3;
/// Into how many the songs.
const SONGS: usize = 4;
/// Where the scores are kept.
const TABLE: &str = "crates/analysis/tables/roles.txt";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let name = words.iter().position(|word| word == "--name").and_then(|at| words.get(at + 1)).cloned();
    let learning = words.iter().any(|word| word == "--learn");
    let mut folders = words
        .iter()
        .filter(|word| !word.starts_with("--") && Some(word.as_str()) != name.as_deref())
        .map(PathBuf::from);
    let Some(material) = folders.next() else {
        eprintln!("usage: roles DIR [SONGS] [--learn] [--name NAME]");
        return Ok(());
    };
    let sessions = sessions::read(&material)?;
    let stems: Vec<&Stem> = sessions.iter().flat_map(|session| &session.stems).collect();
    let mut text = heading(&sessions, stems.len())?;
    let folds = folds(&stems);
    writeln!(text, "\n## Held-out songs and sounds\n")?;
    for (who, by_hand, by_scores) in ways() {
        let ears = |fold: usize| Ears { by_hand, by_scores, scores: &folds[fold] };
        text += &held_out(&sessions, who, &ears, (by_hand, by_scores) == shipped())?;
    }
    let all = if learning { learn::learn(&stems) } else { scores::learned().clone() };
    if let Some(folder) = folders.next() {
        let songs = songs::read(&folder, &material.join("facts"))?;
        writeln!(text, "\n## Real songs, of which nothing was learned\n")?;
        for (who, by_hand, by_scores) in ways() {
            let ears = Ears { by_hand, by_scores, scores: &all };
            text += &real(&songs, who, &ears, (by_hand, by_scores) == shipped())?;
        }
    }
    print!("{text}");
    if learning {
        std::fs::write(TABLE, table(&all, stems.len(), sessions.len()))?;
        eprintln!("{TABLE}");
    }
    if let Some(name) = name {
        let day = std::process::Command::new("date").args(["-u", "+%F"]).output()?;
        let place = Path::new("benches/runs")
            .join(format!("{}-{name}.md", String::from_utf8_lossy(&day.stdout).trim()));
        std::fs::write(&place, text)?;
        eprintln!("{}", place.display());
    }
    Ok(())
}

/// What is learned without each part of the songs and of the sounds.
fn folds(stems: &[&Stem]) -> Vec<Scores> {
    let one = |fold: usize| {
        let apart = |stem: &&Stem| stem.song != fold / SOUNDS && stem.sound != fold % SOUNDS;
        learn::learn(&stems.iter().copied().filter(apart).collect::<Vec<_>>())
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..SOUNDS * SONGS).map(|fold| scope.spawn(move || one(fold))).collect();
        all.into_iter().map(|thread| thread.join().expect("learning does not panic")).collect()
    })
}

/// Whose word counts for how much: the table alone, the scores alone, and both as the program has them.
fn ways() -> [(&'static str, f64, f64); 3] {
    let both = Ears::default();
    [
        ("The table by hand", 1.0, 0.0),
        ("What was learned", 0.0, both.by_scores),
        ("Both, as the program has them", both.by_hand, both.by_scores),
    ]
}

/// What the program uses.
fn shipped() -> (f64, f64) {
    let ears = Ears::default();
    (ears.by_hand, ears.by_scores)
}

fn heading(sessions: &[Session], stems: usize) -> Result<String, Box<dyn Error>> {
    let mut text = String::from("# Roles\n\n");
    writeln!(
        text,
        "- Command: `cargo run --release -p mixsmith-analysis --example roles -- DIR SONGS`, stems by"
    )?;
    writeln!(text, "  `python3 crates/analysis/examples/roles/material.py DIR`")?;
    writeln!(
        text,
        "- {stems} stems of {} sessions; {SONGS} parts by song times {SOUNDS} by sound",
        sessions.len()
    )?;
    Ok(text)
}

fn table(scores: &Scores, stems: usize, sessions: usize) -> String {
    format!(
        "# What roles sound like, learned from {stems} stems of {sessions} sessions, rendered by \
         crates/analysis/examples/roles/material.py.\n# Made by: cargo run --release -p mixsmith-analysis --example \
         roles -- DIR --learn\n# Knots of the numbers, roles, and the units of a net; see src/roles/scores.rs.\n{}",
        scores.text()
    )
}

/// Figures over the stems whose song and whose sound were both left out.
fn held_out<'a>(
    sessions: &[Session],
    who: &str,
    ears: &dyn Fn(usize) -> Ears<'a>,
    whole: bool,
) -> Result<String, Box<dyn Error>> {
    let (mut named, mut hidden) = (Tally::default(), Tally::default());
    for session in sessions {
        // The plain synthesiser is learned from and not judged: it is no sound of its own.
        let Some(stem) = session.stems.first().filter(|stem| stem.sound < SOUNDS && !stem.recast) else {
            continue;
        };
        let fold = stem.song * SOUNDS + stem.sound;
        named.judge(&session.song, &session.facts, &session.wanted(), false, &ears(fold));
        hidden.judge(&session.song, &session.facts, &session.wanted(), true, &ears(fold));
    }
    let mut text = format!("**{who}**\n\n- with names: {named}\n- without: {hidden}\n\n");
    if whole {
        writeln!(text, "Without names, in full:\n\n{}", hidden.confusions())?;
        writeln!(text, "{}", hidden.reliability())?;
    }
    Ok(text)
}

/// Figures over real songs.
fn real(
    songs: &[songs::Labelled],
    who: &str,
    ears: &Ears<'_>,
    whole: bool,
) -> Result<String, Box<dyn Error>> {
    let (mut named, mut hidden) = (Tally::default(), Tally::default());
    let mut each = String::new();
    for song in songs {
        let mut own = Tally::default();
        named.judge(&song.song, &song.facts, &song.wanted, false, ears);
        hidden.judge(&song.song, &song.facts, &song.wanted, true, ears);
        own.judge(&song.song, &song.facts, &song.wanted, true, ears);
        if whole {
            writeln!(each, "- {} without names: {own}\n{}", song.name, own.mistakes())?;
        }
    }
    let wrong = if whole { named.mistakes() } else { String::new() };
    let mut text = format!("**{who}**\n\n- with names: {named}\n{wrong}- without: {hidden}\n\n{each}");
    if whole {
        writeln!(text, "\n{}", hidden.reliability())?;
    }
    Ok(text)
}
