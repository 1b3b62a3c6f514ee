//! What was planted in songs, and what of it the road finds. Each test prints the whole table; what is missed today is
//! listed by name, so that it cannot become more.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::path::Path;

use common::{OnDisk, real_song};
use mixsmith_analysis::{Qty, role};
use mixsmith_demo::{Fault, Form, Recipe};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Folder, Mixed, Options, Silent, decide};
use mixsmith_session::{Address, Map, Strip};
use serde_json::Value;

/// What was planted, what was found, and whether they are the same.
struct Row {
    planted: String,
    found: String,
    right: bool,
}

/// Planted and found, side by side.
struct Table<'a> {
    heard: &'a Mixed,
    rows: Vec<Row>,
}

impl<'a> Table<'a> {
    fn new(heard: &'a Mixed) -> Self {
        Table { heard, rows: Vec::new() }
    }

    fn row(&mut self, planted: String, found: impl ToString, right: bool) {
        self.rows.push(Row { planted, found: found.to_string(), right });
    }

    /// Prints the table; what is not found must be among what is known to be missed.
    fn check(self, song: &str, missed: &[&str]) {
        let found = self.rows.iter().filter(|row| row.right).count();
        println!("\n{song}: {found} of {} found", self.rows.len());
        for Row { planted, found, right } in &self.rows {
            println!("  {} {planted:58} -> {found}", if *right { "found " } else { "MISSED" });
        }
        let new: Vec<&str> =
            self.rows.iter().filter(|row| !row.right).map(|row| row.planted.as_str()).collect();
        let new: Vec<&str> = new.into_iter().filter(|planted| !missed.contains(planted)).collect();
        assert!(new.is_empty(), "{song}: no longer found: {new:#?}");
    }

    fn stem(&self, file: &str) -> String {
        let stems = &self.heard.listened.song.stems;
        stems.iter().find(|stem| stem.file == file).map(|stem| stem.id.clone()).unwrap_or_default()
    }

    fn number(&self, what: &str, file: &str) -> Option<f64> {
        self.heard.listened.facts.number(what, &self.stem(file))
    }

    /// The track that plays a file.
    fn track(&self, file: &str) -> Option<&'a Strip> {
        let id = self.stem(file);
        self.heard.session.tracks().find(|strip| strip.clips().iter().any(|clip| clip.source == id))
    }

    /// Number of a pair's fact in whichever order it stands; the order of `a` and `b` gives its sign.
    fn pair(&self, what: &str, a: &str, b: &str) -> Option<f64> {
        let (a, b) = (self.stem(a), self.stem(b));
        let number = |about: &[&str]| match self.heard.listened.facts.get(what, about)?.value {
            Qty::Number(number) => Some(number),
            _ => None,
        };
        number(&[&a, &b]).or_else(|| number(&[&b, &a]).map(|number| -number))
    }

    fn left_out(&mut self, file: &str, kind: &str) {
        let stem = self.stem(file);
        let reason = self.heard.listened.facts.text("leave-out", &stem).unwrap_or("nothing").to_owned();
        let right = reason == kind && self.track(file).is_none();
        self.row(format!("{file}: left out as {kind}"), reason, right);
    }

    fn role(&mut self, file: &str, wanted: &[&str]) {
        let found = self.track(file).map(|strip| strip.role.clone()).unwrap_or_default();
        let plain = found.trim_end_matches('?');
        let right = wanted.contains(&plain);
        let family = |id: &str| role(id).map(|role| role.family);
        let kin =
            if right || wanted.iter().any(|id| family(id) == family(plain)) { "" } else { " (other family)" };
        self.row(format!("{file}: role {}", wanted[0]), format!("{found}{kin}"), right);
    }

    fn inverted(&mut self, file: &str) {
        let turned = self
            .track(file)
            .and_then(|strip| self.heard.session.value(&KINDS, &Address::strip(&strip.id, "polarity")).ok());
        let found = if turned == Some(1.0) { "turned" } else { "as it is" };
        self.row(format!("{file}: upside down"), found, turned == Some(1.0));
    }

    fn delay(&mut self, first: &str, second: &str, ms: f64) {
        let found = self.pair("pair.delay_ms", first, second);
        let right = found.is_some_and(|found| (found - ms).abs() <= 0.1);
        let found = found.map_or("nothing".to_owned(), |found| format!("{found:.2} ms"));
        self.row(format!("{second}: {ms:.2} ms after {first}"), found, right);
    }

    fn left_right(&mut self, left: &str, right: &str) {
        let same =
            |a: Option<&Strip>, b: Option<&Strip>| matches!((a, b), (Some(a), Some(b)) if a.id == b.id);
        let one = same(self.track(left), self.track(right));
        self.row(format!("{left} + {right}: one stereo pair"), if one { "one track" } else { "two" }, one);
    }

    fn fact(&mut self, planted: &str, what: &str, file: &str, right: impl Fn(f64) -> bool) {
        let found = self.number(what, file);
        let right = found.is_some_and(right);
        let found = found.map_or("nothing".to_owned(), |found| format!("{what} {found:.3}"));
        self.row(format!("{file}: {planted}"), found, right);
    }

    fn dual_mono(&mut self, file: &str) {
        let map = self.track(file).and_then(|strip| strip.clips().first()).map(|clip| clip.map);
        let right = map == Some(Map::First);
        self.row(
            format!("{file}: both channels equal"),
            if right { "a mono track" } else { "stereo" },
            right,
        );
    }

    fn imbalance(&mut self, file: &str) {
        let id = self.stem(file);
        let decision = self
            .heard
            .journal
            .decisions
            .iter()
            .find(|decision| decision.rule == "prepare.imbalance" && decision.about.contains(&id));
        let found = decision.map_or("nothing", |decision| decision.says.as_str()).to_owned();
        self.row(format!("{file}: one side is lower"), &found, decision.is_some());
    }

    fn rate(&mut self, file: &str, rate: u32) {
        let read =
            self.heard.listened.files.iter().find(|read| read.file == file).map_or(0, |read| read.rate);
        self.row(format!("{file}: {rate} Hz"), format!("{read} Hz"), read == rate);
    }
}

fn decided(root: &Path) -> Mixed {
    let out = tempfile::tempdir().unwrap();
    let folder = Folder::open(root, Some(out.path())).unwrap();
    decide(&folder, &Options::default(), &Silent).unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the labels of the songs mean in our words.
fn meant(label: &str) -> Vec<&str> {
    match label {
        "bass+pad" => vec!["bass", "pad"],
        "synth" => vec!["synth", "synth-lead"],
        "synth-pad" => vec!["pad", "synth"],
        "piano-left" | "piano-right" => vec!["piano"],
        "snare" => vec!["snare", "snare-top"],
        "electric-guitar" => vec!["electric-guitar", "guitar"],
        other => vec![other],
    }
}

/// The rows that a track's label, rate and note ask for.
fn rows_of(table: &mut Table<'_>, track: &Value) {
    let text = |name: &str| track[name].as_str().unwrap_or_default();
    let (file, label, note) = (text("file"), text("label"), text("note"));
    if track["gain_vs_composers_balance_db"].as_f64().is_some_and(|db| db > 100.0) {
        // The choir does not sing in this part of the song.
        return table.left_out(file, "silent");
    }
    match label {
        "click-track" => return table.left_out(file, "click"),
        "reference-mix" => return table.left_out(file, "rough-mix"),
        "silence" => return table.left_out(file, "silent"),
        "duplicate" => return table.left_out(file, "duplicate"),
        _ => table.role(file, &meant(label)),
    }
    if let Some(rate) = track["sample_rate"].as_u64() {
        table.rate(file, rate as u32);
    }
    if note.contains("inverted") {
        table.inverted(file);
    }
    if note.contains("dual mono") {
        table.dual_mono(file);
    }
    if note.contains("overs") {
        table.fact("overs", "fault.over", file, |db| db > 0.0);
    }
    if note.contains("right channel 4 dB lower") {
        table.imbalance(file);
    }
    if track["clipped_samples"].as_u64().is_some_and(|count| count > 0) {
        table.fact("clips", "fault.clipping", file, |count| count > 0.0);
    }
    if note.contains("hum") {
        table.fact("hum at 50 Hz", "fault.hum_hz", file, |hz| (hz - 50.0).abs() < 0.5);
    }
    if note.contains("DC offset") {
        table.fact("offset", "fault.dc", file, |dc| dc.abs() > 0.001);
    }
    if note.contains("lossy") {
        let removed = table.heard.listened.files.iter().find(|read| read.file == file);
        let removed = removed.and_then(|read| read.removed_delay).unwrap_or(0);
        table.row(format!("{file}: encoder delay"), format!("{removed} frames removed"), removed > 0);
    }
}

#[test]
fn a_messy_folder() {
    let Some(root) = real_song("potassium-messy") else { return };
    let heard = decided(&root);
    let truth = json(&root.join("truth.json"));
    let mut table = Table::new(&heard);
    for track in truth["tracks"].as_array().unwrap() {
        rows_of(&mut table, track);
    }
    let tempo = heard.session.song.tempo;
    table.row("tempo 90".to_owned(), format!("{tempo:.1}"), (tempo - 90.0).abs() < 0.5);
    // Eight tenths of a second of hats that swing from side to side by 5 dB: 4 dB of that is not known from a fault.
    table.check("potassium-messy", &["hats.flac: one side is lower"]);
}

#[test]
fn a_raw_session() {
    let Some(root) = real_song("about-the-summer-raw") else { return };
    let heard = decided(&root);
    let truth = json(&root.join("truth.json"));
    let mut table = Table::new(&heard);
    for track in truth["tracks"].as_array().unwrap() {
        rows_of(&mut table, track);
    }
    table.delay("01 KickIn.wav", "02 kick out.flac", 0.9);
    table.delay("03 SN Top.flac", "04 SN bot.flac", 0.35);
    table.delay("bass DI.flac", "BASSAMP_421.wav", 1.3);
    table.left_right("Pno.L.flac", "Pno.R.flac");
    table.check("about-the-summer-raw", &["BASSAMP_421.wav: hum at 50 Hz"]);
}

#[test]
fn the_demo_song() {
    let form = Form { intro: 1, verse: 3, chorus: 3, outro: 0 };
    let recipe = Recipe { form, ..Recipe::demo() };
    let demo = mixsmith_demo::song(&recipe);
    let song = OnDisk::empty();
    mixsmith_demo::write(&demo, &song.root).unwrap();
    let heard = decided(&song.root);
    let mut table = Table::new(&heard);
    for track in &demo.truth.tracks {
        match &track.left_out {
            Some(kind) => table.left_out(&track.file, kind),
            None => table.role(&track.file, &meant(&track.role)),
        }
        if track.inverted && track.left_out.is_none() {
            table.inverted(&track.file);
        }
        if track.notes.contains("mono in a stereo file") {
            table.dual_mono(&track.file);
        }
    }
    let file = |role: &str| demo.track(role).map(|track| track.file.clone()).unwrap();
    for (first, second) in [("kick-in", "kick-out"), ("snare-top", "snare-bottom"), ("bass-di", "bass-amp")] {
        let late = demo.track(second).unwrap().truth.delay_ms - demo.track(first).unwrap().truth.delay_ms;
        table.delay(&file(first), &file(second), late);
    }
    for track in demo.truth.tracks.iter().filter(|track| track.pan < 0.0) {
        if let (Some(other), true) = (&track.pair_of, track.role == "pad") {
            table.left_right(&track.file, other);
        }
    }
    for planted in &demo.truth.faults {
        match &planted.fault {
            Fault::Hum { hz, .. } => {
                let hz = f64::from(*hz);
                table.fact("hum", "fault.hum_hz", &planted.file, |found| (found - hz).abs() < 0.5);
            }
            Fault::Clipped { .. } => {
                table.fact("clips", "fault.clipping", &planted.file, |count| count > 0.0);
            }
            Fault::BuriedVoice { .. } => {
                // The balance must bring the voice above the others: louder than any other track in the mix.
                let level = |strip: &Strip| {
                    let stem = heard.listened.facts.number("loudness.active", &strip.id).unwrap_or(-120.0);
                    let knob =
                        |id| heard.session.value(&KINDS, &Address::strip(&strip.id, id)).unwrap_or(0.0);
                    stem + f64::from(knob("trim")) + f64::from(knob("fader"))
                };
                let voice = table.track(&planted.file).map_or(-120.0, level);
                let others = heard.session.tracks().filter(|strip| strip.role != "lead-vocal").map(level);
                let loudest = others.fold(-120.0, f64::max);
                let found = format!("voice {voice:.1}, loudest other {loudest:.1} LUFS");
                table.row(format!("{}: buried", planted.file), found, voice > loudest - 1.5);
            }
            _ => {}
        }
    }
    let tempo = heard.session.song.tempo;
    table.row("tempo 104".to_owned(), format!("{tempo:.1}"), (tempo - 104.0).abs() < 0.5);
    // Few low voices of the synthesiser's own singing sound like many: a choir, which is mixed as backing voices are.
    table.check("the demo song", &["oohs lo.wav: role backing-vocal"]);
}
