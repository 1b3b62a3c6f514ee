//! What is wished for is heard: each wish moves what is measured on the prints by what was said, and a hand stands.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::collections::BTreeMap;

use common::{OnDisk, sound};
use mixsmith_analysis::{Qty, ears};
use mixsmith_audio::Audio;
use mixsmith_demo::{Form, Part, Recipe};
use mixsmith_pipeline::{Folder, Mixed, Options, Silent, Wishlist, set, wish};

/// The printed stems by id, the returns too.
struct Prints(BTreeMap<String, Audio>);

fn prints(folder: &Folder, mixed: &Mixed) -> Prints {
    let stems = mixed.manifest.outputs.iter().filter(|output| output.kind == "stem");
    Prints(stems.map(|stem| (stem.of.clone(), sound(&folder.out.join(&stem.file)))).collect())
}

fn energy(audio: &Audio) -> f64 {
    audio.channels.iter().flatten().map(|&x| f64::from(x) * f64::from(x)).sum()
}

fn db(ratio: f64) -> f64 {
    10.0 * ratio.max(1e-30).log10()
}

impl Prints {
    fn sum(&self, wanted: impl Fn(&str) -> bool) -> f64 {
        self.0.iter().filter(|(id, _)| wanted(id)).map(|(_, audio)| energy(audio)).sum()
    }

    /// Level of some stems against all others, dB.
    fn above(&self, ids: &[&str]) -> f64 {
        db(self.sum(|id| ids.contains(&id)) / self.sum(|id| !ids.contains(&id)))
    }

    fn number(&self, id: &str, what: &str) -> f64 {
        let facts = ears::measure_stem("x", &self.0[id]).0;
        let fact = facts.iter().find(|fact| fact.what == what).unwrap();
        match &fact.value {
            Qty::Number(value) => *value,
            other => panic!("{what} is {other:?}"),
        }
    }

    /// Energy between two frequencies over all of it, dB.
    fn share(&self, id: &str, low: f64, high: f64) -> f64 {
        let facts = ears::measure_stem("x", &self.0[id]).0;
        let fact = facts.iter().find(|fact| fact.what == "spectrum.third_octave").unwrap();
        let Qty::Bands(bands) = &fact.value else { panic!("bands") };
        let power = |low: f64, high: f64| -> f64 {
            let hz = |i: usize| 1000.0 * 10f64.powf((i as f64 - 15.0) / 10.0);
            let inside = bands.iter().enumerate().filter(|(i, _)| (low..=high).contains(&hz(*i)));
            inside.map(|(_, band)| 10f64.powf(f64::from(*band) / 10.0)).sum()
        };
        db(power(low, high) / power(0.0, 25_000.0))
    }

    /// Side over mid, dB.
    fn width(&self, ids: &[&str]) -> f64 {
        let (mut mid, mut side) = (0.0, 0.0);
        let frames = self.0[ids[0]].frames();
        for n in 0..frames {
            let sum = |c: usize| -> f64 { ids.iter().map(|id| f64::from(self.0[*id].channels[c][n])).sum() };
            let (left, right) = (sum(0), sum(1));
            mid += (left + right).powi(2);
            side += (left - right).powi(2);
        }
        db(side / mid)
    }

    /// Left over right, dB.
    fn left(&self, id: &str) -> f64 {
        let of = |c: usize| -> f64 { self.0[id].channels[c].iter().map(|&x| f64::from(x).powi(2)).sum() };
        db(of(0) / of(1))
    }

    /// Peak over mean power, dB.
    fn crest(&self, id: &str) -> f64 {
        let audio = &self.0[id];
        let peak = audio.channels.iter().flatten().fold(0.0f64, |peak, &x| peak.max(f64::from(x).abs()));
        db(peak * peak * (2 * audio.frames()) as f64 / energy(audio))
    }
}

fn ask(song: &OnDisk, said: &[&str], forget: &[&str]) -> Wishlist {
    let words = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    wish(&song.folder(), &words(said), &words(forget), &Options::default(), &Silent).unwrap()
}

fn heard(song: &OnDisk) -> Prints {
    prints(&song.folder(), &song.render())
}

fn band() -> Recipe {
    Recipe {
        form: Form { intro: 0, verse: 2, chorus: 1, outro: 0 },
        parts: vec![Part::Drums, Part::Bass, Part::Keys, Part::LeadVoice],
        ..Recipe::short()
    }
}

fn id<'a>(mixed: &'a Mixed, role: &str) -> &'a str {
    &mixed.session.tracks().find(|strip| strip.role.trim_end_matches('?') == role).unwrap().id
}

#[test]
fn every_wish_is_heard_by_as_much_as_was_said() {
    let song = OnDisk::of(&band());
    let mixed = song.mix(2);
    let [voice, bass, keys, kick] = ["lead-vocal", "bass-di", "keys", "kick-in"].map(|role| id(&mixed, role));
    let on_bus = |s: &&mixsmith_session::Strip| s.to.as_deref() == Some("drums");
    let kit: Vec<&str> = mixed.session.tracks().filter(on_bus).map(|s| s.id.as_str()).collect();
    let before = prints(&song.folder(), &mixed);
    let spaces = ["room", "plate", "hall"];

    let list = ask(&song, &["voice +1", "banjo nicer"], &[]);
    assert!(list.wishes[0].means.as_deref().is_some_and(|means| means.contains("+1 dB against the rest")));
    assert!(list.wishes[1].why_not.is_some());
    let after = heard(&song);
    let change = after.above(&[voice]) - before.above(&[voice]);
    assert!((change - 1.0).abs() < 0.3, "{change}");
    ask(&song, &[], &["voice +1"]);
    let back = heard(&song);
    assert!((back.above(&[voice]) - before.above(&[voice])).abs() < 0.01, "it is forgotten");

    let said = [
        "drums roomier",
        &format!("{bass} less boomy"),
        &format!("{keys} further left"),
        &format!("{kick} punchier"),
        "voice brighter",
    ];
    let list = ask(&song, &said, &[]);
    assert!(list.wishes.iter().all(|wish| wish.means.is_some() && wish.moves > 0), "{list:#?}");
    let after = heard(&song);
    let change = |measure: &dyn Fn(&Prints) -> f64| measure(&after) - measure(&before);
    let wet = |prints: &Prints| {
        let room = prints.sum(|id| spaces.contains(&id) || id == "room-mono" || id.contains("room"));
        db(room / prints.sum(|id| !spaces.contains(&id)))
    };
    assert!(change(&wet) > 0.5, "roomier: {}", change(&wet));
    let boom = change(&|p: &Prints| p.share(bass, 150.0, 300.0));
    assert!((-4.0..-0.7).contains(&boom), "less boomy: {boom}");
    let left = change(&|p: &Prints| p.left(keys));
    assert!(left > 0.3, "left: {left}");
    assert!(change(&|p: &Prints| p.crest(kick)) > 0.7, "punch: {}", change(&|p: &Prints| p.crest(kick)));
    let bright = change(&|p: &Prints| p.share(voice, 5000.0, 16_000.0));
    assert!((1.0..2.6).contains(&bright), "brighter: {bright}");

    let said =
        ["all", "voice drier", "drums wider", "voice darker", &format!("{kick} smoother"), "keys closer"];
    let list = ask(&song, &said[1..], &["all"]);
    assert_eq!(list.wishes.len(), 5, "{list:#?}");
    let after = heard(&song);
    let change = |measure: &dyn Fn(&Prints) -> f64| measure(&after) - measure(&before);
    let spaces = change(&|p: &Prints| db(p.sum(|id| spaces.contains(&id)) / p.sum(|_| true)));
    assert!(spaces < -1.0, "drier: {spaces}");
    let wide = change(&|p: &Prints| p.width(&kit));
    assert!((wide - 1.94).abs() < 0.4, "wider: {wide}");
    assert!(change(&|p: &Prints| p.share(voice, 5000.0, 16_000.0)) < -1.0, "darker");
    assert!(change(&|p: &Prints| p.crest(kick)) < -0.5, "smoother");
    let near = change(&|p: &Prints| p.above(&[keys]));
    assert!((near - 0.75).abs() < 0.3, "closer is louder: {near}");
    assert!(
        after.number(keys, "spectrum.centroid") > before.number(keys, "spectrum.centroid"),
        "and brighter"
    );
}

#[test]
fn a_hand_stands_and_later_mixes_keep_what_was_wished() {
    let song = OnDisk::of(&common::few());
    let mixed = song.mix(2);
    let (voice, keys) = (id(&mixed, "lead-vocal").to_owned(), id(&mixed, "keys").to_owned());
    let fader = |mixed: &Mixed, id: &str| {
        mixed.session.strip(id).unwrap().values.get("fader").copied().unwrap_or(0.0)
    };
    let before = fader(&mixed, &keys);
    set(&song.folder(), &[format!("{voice}/fader=-3")]).unwrap();
    let list = ask(&song, &["voice +2", "keys -1"], &[]);
    assert!(list.wishes[0].stopped.iter().any(|why| why.contains("a hand has set")), "{list:#?}");
    assert!(list.wishes[1].stopped.is_empty());
    let again = song.mix(2);
    assert_eq!(fader(&again, &voice), -3.0);
    // Around the hand the balance is solved anew; the wish is on top of it.
    let said = ask(&song, &[], &["keys -1"]);
    assert_eq!(said.forgotten, ["keys -1"]);
    let without = song.decide();
    assert!((fader(&again, &keys) - fader(&without, &keys) + 1.0).abs() < 0.02, "{before}");
    let refused = wish(&song.folder(), &["banjo nicer".to_owned()], &[], &Options::default(), &Silent);
    assert!(refused.unwrap_err().to_string().contains("nothing was understood"));
    let text = std::fs::read_to_string(song.folder().wishes()).unwrap();
    assert!(text.contains("voice +2") && !text.contains("banjo"), "{text}");
}

#[test]
fn every_number_is_found_again_and_one_that_was_changed_is_named() {
    let song = OnDisk::of(&common::few());
    song.mix(2);
    ask(&song, &["voice +1"], &[]);
    song.mix(2);
    let before = common::hashes(&song.root);
    let verify = || mixsmith_pipeline::verify(&song.folder(), &Options::default(), &Silent).unwrap();
    let found = verify();
    assert!(found.differences.is_empty(), "{}", found.text());
    let numbers: usize = found.rules.values().map(|(_, numbers)| numbers).sum();
    assert!(numbers > 30 && found.rules.contains_key("wish.level"), "{}", found.text());
    assert_eq!(common::hashes(&song.root), before, "nothing is left behind");
    let place = song.folder().decisions();
    let text = std::fs::read_to_string(&place).unwrap();
    let line = text
        .lines()
        .skip_while(|line| !line.starts_with("fact = \"loudness"))
        .find(|l| l.starts_with("value = "));
    std::fs::write(&place, text.replacen(line.unwrap(), "value = -1.25", 1)).unwrap();
    let found = verify();
    assert!(found.differences.iter().any(|difference| difference.says.contains("-1.25")), "{}", found.text());
}

#[test]
fn wishes_work_on_the_stems_of_a_real_song() {
    let Some(song) = OnDisk::of_real("caesium") else { return };
    let mixed = song.mix(2);
    let (voice, synth) = (id(&mixed, "lead-vocal"), id(&mixed, "synth"));
    let before = prints(&song.folder(), &mixed);
    let list = ask(&song, &["voice +1", "synth wider", "drums roomier", "kick less boomy"], &[]);
    assert!(list.wishes.iter().all(|wish| wish.moves > 0), "{list:#?}");
    let mixed = song.mix(2);
    let after = prints(&song.folder(), &mixed);
    let spaces = ["room", "plate", "hall"];
    let change = |measure: &dyn Fn(&Prints) -> f64| measure(&after) - measure(&before);
    let level = |p: &Prints| db(energy(&p.0[voice]) / p.sum(|id| id != voice && !spaces.contains(&id)));
    assert!((change(&level) - 1.0).abs() < 0.3, "voice: {}", change(&level));
    assert!((change(&|p: &Prints| p.width(&[synth])) - 1.94).abs() < 0.3, "wider");
    assert!(
        db(after.sum(|id| spaces.contains(&id)) / after.sum(|id| id == "alt-hi-hats")) > -25.0,
        "a space is added"
    );
    assert!(change(&|p: &Prints| p.share("kick", 150.0, 300.0)) < -1.0, "less boomy");
}
