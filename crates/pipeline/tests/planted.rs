//! Faults planted into a song: each is named in the decisions with its measurement, the printed stem comes back towards
//! that of the clean song, and no other track is moved for it.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::sync::LazyLock;

use common::OnDisk;
use mixsmith_analysis::{Facts, measure_stem};
use mixsmith_assistant::{Decision, Status};
use mixsmith_audio::Audio;
use mixsmith_demo::{Fault, Form, Part, Recipe};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::Mixed;
use mixsmith_session::{Address, Strip};

/// Faders of other tracks move less than this for a fault, dB: a jitter of this size on every stem changes no measure
/// of a mix.
const FADERS: f32 = 1.5;
/// Bells of other tracks change by less than this, dB.
const BELLS: f32 = 1.5;

/// Half a minute: a tune in which every note comes often enough to be judged.
fn tune(faults: Vec<Fault>) -> Recipe {
    Recipe {
        form: Form { intro: 0, verse: 8, chorus: 8, outro: 0 },
        parts: vec![Part::Bass, Part::AcousticGuitar, Part::LeadVoice],
        faults,
        ..Recipe::clean()
    }
}

/// A few bars with drums.
fn beat(faults: Vec<Fault>) -> Recipe {
    Recipe {
        form: Form { intro: 0, verse: 2, chorus: 2, outro: 0 },
        parts: vec![Part::Drums, Part::Bass],
        faults,
        ..Recipe::clean()
    }
}

/// A song on disk and its mix.
struct Take(OnDisk, Mixed);

static CLEAN: LazyLock<Take> = LazyLock::new(|| Take::of(&tune(Vec::new())));

impl Take {
    fn of(recipe: &Recipe) -> Take {
        let song = OnDisk::of(recipe);
        let mixed = song.mix(0);
        Take(song, mixed)
    }

    fn track(&self, role: &str) -> &Strip {
        self.1.session.tracks().find(|strip| strip.role == role).expect("a track of the role")
    }

    fn knob(&self, strip: &Strip, knob: &str) -> f32 {
        self.1.session.value(&KINDS, &Address::strip(&strip.id, knob)).expect("the knob")
    }

    /// The stem of a track as it is printed.
    fn stem(&self, role: &str) -> Audio {
        let id = &self.track(role).id;
        let mut stems = self.1.manifest.outputs.iter().filter(|printed| printed.kind == "stem");
        self.0.sound(&stems.find(|printed| printed.of == *id).expect("its stem").file)
    }

    /// The decision of a rule about a track.
    fn decision(&self, rule: &str, role: &str) -> Option<&Decision> {
        let id = &self.track(role).id;
        let taken = |d: &&Decision| d.rule == rule && d.status == Status::Taken && d.about.contains(id);
        self.1.journal.decisions.iter().find(taken)
    }

    /// Bells of a track's equaliser: frequency and gain.
    fn bells(&self, strip: &Strip) -> Vec<(f32, f32)> {
        let Some(eq) = strip.insert("eq") else { return Vec::new() };
        let value = |name: &str, n: usize| eq.values.get(&format!("{name}{n}")).copied().unwrap_or(0.0);
        (1..=8).filter(|&n| value("type", n) == 1.0).map(|n| (value("freq", n), value("gain", n))).collect()
    }
}

fn facts(audio: &Audio) -> Facts {
    let mut facts = Facts::default();
    facts.extend(measure_stem("x", audio).0);
    facts
}

/// How far a sound stands over another between two frequencies, against all third octaves more than an octave away, dB.
fn stands(sound: &Audio, clean: &Audio, low: f64, high: f64) -> f64 {
    let (a, b) = (facts(sound), facts(clean));
    let bands = |facts: &Facts| facts.bands("spectrum.third_octave", "x").expect("a spectrum").to_vec();
    let off = bands(&a).into_iter().zip(bands(&b)).map(|(a, b)| f64::from(a - b)).enumerate();
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (i, off) in off {
        let hz = 1000.0 * 10f64.powf((i as f64 - 15.0) / 10.0);
        if (low..=high).contains(&hz) {
            inside.push(off);
        } else if hz > 160.0 && hz < 10_000.0 && (hz < 0.4 * low || hz > 2.5 * high) {
            outside.push(off);
        }
    }
    let mean = |offs: &[f64]| offs.iter().sum::<f64>() / offs.len() as f64;
    mean(&inside) - mean(&outside)
}

/// What moved on the other tracks, as text; none of it by more than the tolerance.
fn others_stay(take: &Take, clean: &Take, role: &str) {
    for strip in take.1.session.tracks().filter(|strip| strip.role != role) {
        let was = clean.track(&strip.role);
        let fader = |take: &Take, strip: &Strip| take.knob(strip, "trim") + take.knob(strip, "fader");
        let moved = fader(take, strip) - fader(clean, was);
        assert!(moved.abs() < FADERS, "{} moved by {moved:.1} dB", strip.name);
        let (ours, theirs) = (take.bells(strip), clean.bells(was));
        let beside = |bells: &[(f32, f32)], hz: f32| {
            let near = bells.iter().filter(|bell| (bell.0 / hz).log2().abs() < 0.4);
            near.map(|bell| bell.1).sum::<f32>()
        };
        for &(hz, _) in ours.iter().chain(&theirs) {
            let change = beside(&ours, hz) - beside(&theirs, hz);
            assert!(change.abs() < BELLS, "{}: {change:.1} dB more at {hz:.0} Hz", strip.name);
        }
    }
}

/// A fault of a track's spectrum: found by the rule where it is not found without the fault, and mended to within
/// `left` dB of the clean print.
fn spectral(fault: Fault, role: &str, rule: &str, range: (f64, f64), left: f64) {
    assert!(CLEAN.decision(rule, role).is_none(), "{rule} acts on the clean song");
    let take = Take::of(&tune(vec![fault]));
    let decision = take.decision(rule, role).unwrap_or_else(|| panic!("{rule} does not act"));
    let raw = |take: &Take| {
        let id = &take.track(role).clips()[0].source;
        take.0.root.join(&take.1.session.source(id).expect("a source").file)
    };
    let before = stands(&common::sound(&raw(&take)), &common::sound(&raw(&CLEAN)), range.0, range.1);
    let after = stands(&take.stem(role), &CLEAN.stem(role), range.0, range.1);
    println!("{}\n  planted {before:.1} dB, in the print {after:.1} dB", decision.says);
    assert!(decision.because.iter().any(|evidence| evidence.value > 3.0), "{decision:?}");
    assert!(before > left + 2.0 && after.abs() < left, "planted {before:.1} dB, printed {after:.1} dB");
    others_stay(&take, &CLEAN, role);
}

fn named(role: &str) -> String {
    role.to_owned()
}

#[test]
fn mud_is_found_and_mended() {
    let fault = Fault::Mud300 { track: named("lead-vocal") };
    spectral(fault, "lead-vocal", "tone.mud", (250.0, 400.0), 4.5);
}

#[test]
fn harshness_is_found_and_mended() {
    let fault = Fault::Harsh3k { track: named("lead-vocal") };
    spectral(fault, "lead-vocal", "tone.harsh", (2500.0, 3200.0), 4.5);
}

#[test]
fn a_boomy_note_of_the_voice_is_found_and_mended() {
    let fault = Fault::BoomyNote { track: named("lead-vocal"), hz: 293.66, db: 12.0 };
    spectral(fault, "lead-vocal", "tone.boomy", (290.0, 320.0), 4.5);
}

#[test]
fn a_boomy_note_of_the_guitar_is_found_and_mended() {
    let fault = Fault::BoomyNote { track: named("acoustic-guitar"), hz: 293.66, db: 12.0 };
    spectral(fault, "acoustic-guitar", "tone.boomy", (290.0, 320.0), 4.5);
}

#[test]
fn a_buried_voice_is_lifted() {
    let take = Take::of(&tune(vec![Fault::BuriedVoice { db: 7.0 }]));
    let decision = take.decision("balance.levels", "lead-vocal").expect("the balance lifts it");
    let loud =
        |take: &Take| facts(&take.stem("lead-vocal")).number("loudness.active", "x").expect("it sounds");
    let (ours, theirs) = (loud(&take), loud(&CLEAN));
    println!("{}\n  the voice at {ours:.1} LUFS, in the clean song at {theirs:.1}", decision.says);
    assert!((ours - theirs).abs() < 1.0, "{ours:.1} against {theirs:.1} LUFS");
    others_stay(&take, &CLEAN, "lead-vocal");
}

#[test]
fn sibilance_is_softened() {
    assert!(CLEAN.decision("dynamics.deess", "lead-vocal").is_none(), "the clean voice is de-essed");
    let take = Take::of(&tune(vec![Fault::Sibilance { db: 9.0 }]));
    let decision = take.decision("dynamics.deess", "lead-vocal").expect("a de-esser");
    let sharp = |audio: &Audio| facts(audio).number("sibilance.excess", "x").expect("it has s");
    let (ours, theirs) = (sharp(&take.stem("lead-vocal")), sharp(&CLEAN.stem("lead-vocal")));
    println!("{}\n  its s stand out by {ours:.1} dB, in the clean song by {theirs:.1}", decision.says);
    assert!((ours - theirs).abs() < 3.0, "{ours:.1} against {theirs:.1} dB");
    others_stay(&take, &CLEAN, "lead-vocal");
}

#[test]
fn a_snare_bottom_upside_down_is_turned() {
    let take = Take::of(&beat(vec![Fault::InvertedSnareBottom]));
    let clean = Take::of(&beat(Vec::new()));
    let decision = take.decision("prepare.polarity", "snare-bottom").expect("it is turned");
    println!("{}", decision.says);
    let turned = |take: &Take| take.knob(take.track("snare-bottom"), "polarity");
    assert_eq!((turned(&take), turned(&clean)), (1.0, 0.0));
    // What was turned twice is as it was: the printed stem is the clean one.
    let (ours, theirs) = (take.stem("snare-bottom"), clean.stem("snare-bottom"));
    let energy =
        |audio: &Audio| -> f64 { audio.channels.iter().flatten().map(|x| f64::from(*x).powi(2)).sum() };
    let product: f64 = ours
        .channels
        .iter()
        .zip(&theirs.channels)
        .flat_map(|(a, b)| a.iter().zip(b))
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum();
    let alike = product / (energy(&ours) * energy(&theirs)).sqrt();
    assert!(alike > 0.9, "{alike:.2}");
    others_stay(&take, &clean, "snare-bottom");
}
