//! What came out, and how to change it.

use mixsmith_assistant::Status;

use super::View;
use super::block::{Block, Section};
use super::words::{tenth, time};
use crate::scorecard::{printed, verdict};

/// A figure of the first lines: what, how much, what more.
pub(crate) struct Figure {
    /// `Mix`.
    pub name: &'static str,
    /// `-19.6 LUFS`.
    pub value: String,
    /// `peaks at -6.1 dBTP`.
    pub more: String,
}

/// Length, tempo and key on one line.
pub(crate) fn subtitle(view: &View<'_>) -> String {
    let (facts, song) = (&view.mixed.listened.facts, &view.mixed.session.song);
    let rate = song.rate.max(1);
    let mut said = vec![time(song.frames as f64 / f64::from(rate))];
    let tempo = view.mixed.brief.tempo.map(f64::from).or_else(|| facts.number("tempo.bpm", ""));
    said.extend(tempo.map(|bpm| format!("{} BPM", tenth(bpm))));
    said.extend(facts.text("key", "").map(str::to_owned));
    said.push(format!("{} kHz", f64::from(rate) / 1000.0));
    said.push(mixsmith_assistant::says::count(view.mixed.session.tracks().count(), "track"));
    said.join(" \u{b7} ")
}

/// Name of the song.
pub(crate) fn title(view: &View<'_>) -> String {
    let title = view.mixed.session.song.title.trim();
    if title.is_empty() { "Untitled song".to_owned() } else { title.to_owned() }
}

/// What came out, in a few figures.
pub(crate) fn figures(view: &View<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (kind, name) in [("mix", "Mix"), ("master", "Master")] {
        if let Some(print) = printed(view.mixed, kind) {
            figures.push(Figure {
                name,
                value: format!("{} LUFS", tenth(print.level.loudness)),
                more: format!("true peak {} dBTP", tenth(print.level.true_peak)),
            });
        }
    }
    let decisions = &view.mixed.journal.decisions;
    let taken = decisions.iter().filter(|d| d.status == Status::Taken).count();
    figures.push(Figure {
        name: "Decisions",
        value: taken.to_string(),
        more: match decisions.len() - taken {
            0 => "each with its measurements".to_owned(),
            other => format!("and {other} considered and not done, or left to your hand"),
        },
    });
    let said = verdict(&view.scores);
    let (value, more) = said.split_once(" figures ").unwrap_or((&said, ""));
    figures.push(Figure { name: "Scorecard", value: value.to_owned(), more: format!("figures {more}") });
    figures
}

/// What was compared in the players, in words.
pub(crate) fn matching(view: &View<'_>) -> Vec<String> {
    let players = view.players;
    let mut lines = vec![format!(
        "All three play {} to {} of the song at {} LUFS, so that louder does not pass for better.",
        time(players.start),
        time(players.end()),
        tenth(players.loudness)
    )];
    let what = ["the tracks as recorded, added up", "the mix", "the master"];
    for ((name, take), what) in players.takes().iter().zip(what) {
        let gain = mixsmith_assistant::says::signed(take.gain);
        lines.push(format!("{name}: {what}, {gain} dB to match."));
    }
    lines
}

/// How to change the mix, and what stands behind it.
pub(crate) fn change(view: &View<'_>) -> Section {
    let manifest = &view.mixed.manifest;
    let strip = view.mixed.session.tracks().next().map_or("vox", |strip| strip.id.as_str());
    let lines = vec![
        format!("One knob: mixsmith set SONG {strip}/fader=-2.5 and then mixsmith render SONG."),
        "Any knob: edit mix/session.toml in a text editor. Every address above stands there.".to_owned(),
        format!("Why something is as it is: mixsmith why SONG {strip}."),
        "Again: mixsmith mix SONG mixes around what you have set. It never undoes your hand.".to_owned(),
        "Names, roles, tempo, files to leave out: write them into song.toml beside the tracks.".to_owned(),
    ];
    let blocks = vec![
        Block::List(lines),
        Block::Para(format!(
            "Nothing left this computer. Your {} only read; what each contained is in manifest.json as a SHA-256 sum, so \
             you can check that it still does.",
            match manifest.inputs.len() {
                1 => "1 file was".to_owned(),
                files => format!("{files} files were"),
            }
        )),
        Block::Para(format!(
            "Made by {}. Session {}.",
            manifest.program,
            manifest.session.get(..16).unwrap_or("not printed")
        )),
    ];
    Section { id: "change", title: "How to change it".to_owned(), blocks }
}
