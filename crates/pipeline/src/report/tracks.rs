//! Every file that was delivered: what it is taken for, and what became of it.

use mixsmith_analysis::roles::role;
use mixsmith_analysis::{Qty, Stem};
use mixsmith_assistant::prepare::SURE;
use mixsmith_session::Strip;

use super::View;
use super::block::{Block, Cell, Section, Table};
use super::microphones;
use super::words::{moments, quantity, tenth, time};

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let mixed = view.mixed;
    let mut tracks = Table::new(
        "Every file with its track, loudness in LUFS and faults",
        &["File as delivered", "Track", "Address", "Role", "Sure", "Group", "Before", "Mix", "Faults"],
    );
    let mut left = Table::new("Left out", &["File", "Why"]);
    for strip in mixed.session.tracks() {
        for stem in mixed.listened.song.stems.iter().filter(|stem| plays(strip, stem)) {
            tracks.row(row(view, stem, strip));
        }
    }
    let silent = |stem: &&Stem| !mixed.session.tracks().any(|strip| plays(strip, stem));
    for stem in mixed.listened.song.stems.iter().filter(silent) {
        left.row(vec![stem.file.clone().into(), why_left_out(view, stem).into()]);
    }
    let mut blocks = vec![Block::Para(
        "A question mark stands behind a role that is worth a look. Correct it in song.toml, and the next mix follows. Levels \
         are integrated loudness, as recorded and as printed in stems/."
            .to_owned(),
    )];
    if !tracks.is_empty() {
        blocks.push(Block::Table(tracks));
    }
    if !left.is_empty() {
        blocks.push(Block::Table(left));
    }
    blocks.extend(microphones::blocks(view));
    Section { id: "tracks", title: "Tracks".to_owned(), blocks }
}

/// Does a track play a file?
pub(crate) fn plays(strip: &Strip, stem: &Stem) -> bool {
    strip.clips().iter().any(|clip| clip.source == stem.id)
}

fn row(view: &View<'_>, stem: &Stem, strip: &Strip) -> Vec<Cell> {
    let facts = &view.mixed.listened.facts;
    let sure = facts.get("role", &[&stem.id]).map(|fact| fact.confidence);
    let told =
        view.mixed.brief.roles.iter().any(|(_, id)| *id == strip.role) && sure.is_none_or(|sure| sure < SURE);
    let id = strip.role.trim_end_matches('?');
    let doubtful = strip.role.ends_with('?');
    let name = role(id).map_or(id, |role| role.name);
    let role_cell = format!("{name}{}", if doubtful { " ?" } else { "" });
    let sure = match sure {
        _ if told => "told".to_owned(),
        Some(sure) => format!("{:.0} %", sure * 100.0),
        None => String::new(),
    };
    let group =
        strip.to.as_deref().and_then(|to| view.mixed.session.strip(to)).map_or("", |bus| bus.name.as_str());
    let print = view.mixed.manifest.outputs.iter().find(|print| print.kind == "stem" && print.of == strip.id);
    let level = |value: Option<f64>| value.filter(|&l| l > -119.0).map_or("silent".to_owned(), tenth);
    vec![
        stem.file.clone().into(),
        Cell::swatch(&strip.name, &strip.colour),
        strip.id.clone().into(),
        if doubtful { Cell::class(role_cell, "doubt") } else { role_cell.into() },
        sure.into(),
        group.into(),
        level(facts.number("loudness.integrated", &stem.id)).into(),
        level(print.map(|print| print.level.loudness)).into(),
        faults(view, stem).join("; ").into(),
    ]
}

fn why_left_out(view: &View<'_>, stem: &Stem) -> String {
    let decisions =
        view.mixed.journal.decisions.iter().filter(|decision| decision.rule == "prepare.leave-out");
    let about = |of: &[String]| of.contains(&stem.id);
    let found = decisions.into_iter().find(|decision| {
        decision.because.iter().any(|evidence| about(&evidence.of)) || decision.says.starts_with(&stem.file)
    });
    let said = found.map(|decision| decision.says.trim_start_matches(&stem.file).trim_start());
    let said = said.map(|said| said.trim_start_matches("is left out.").trim().to_owned());
    said.or_else(|| view.mixed.listened.facts.text("leave-out.why", &stem.id).map(str::to_owned))
        .unwrap_or_else(|| "it is in no track of the session".to_owned())
}

/// What is wrong with a recording, with times.
pub(crate) fn faults(view: &View<'_>, stem: &Stem) -> Vec<String> {
    let facts = &view.mixed.listened.facts;
    let number = |what: &str| facts.number(what, &stem.id);
    let mut found = Vec::new();
    if let Some(count) = number("fault.clipping").filter(|&count| count >= 1.0) {
        let times = facts.times("fault.clipping_times", &stem.id);
        let peaks = mixsmith_assistant::says::count(count as usize, "clipped peak");
        found.push(if times.is_empty() { peaks } else { format!("{peaks}, at {}", moments(times)) });
    }
    if let Some(gaps) = facts.get("fault.dropout", &[&stem.id]) {
        found.push(match &gaps.value {
            Qty::Spans(spans) => dropouts(&spans.iter().map(|span| span.start).collect::<Vec<_>>()),
            Qty::Times(times) => dropouts(times),
            _ => "dropouts".to_owned(),
        });
    }
    let mut say = |what: &str, words: &dyn Fn(f64) -> String| found.extend(number(what).map(words));
    say("fault.hum", &|db| format!("mains hum at {}", quantity(db, "dBFS")));
    say("fault.dc", &|share| format!("constant offset of {:.1} %", share * 100.0));
    say("fault.dead_channel", &|side| {
        format!("{} channel is dead", if side < 0.5 { "left" } else { "right" })
    });
    say("fault.imbalance", &|db| {
        format!("{} side louder by {}", if db > 0.0 { "left" } else { "right" }, quantity(db.abs(), "dB"))
    });
    say("fault.over", &|db| format!("peaks {} above full scale, kept", quantity(db, "dB")));
    say("fault.wrong_rate", &|_| "plays at the wrong speed".to_owned());
    say("fault.wrong_length", &|s| {
        format!("{} {} than the others", time(s.abs()), if s > 0.0 { "longer" } else { "shorter" })
    });
    if stem.lossy {
        found.push("coded with loss".to_owned());
    }
    found
}

fn dropouts(times: &[f64]) -> String {
    format!("{}, at {}", mixsmith_assistant::says::count(times.len(), "dropout"), moments(times))
}
