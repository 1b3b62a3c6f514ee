//! Was a planted fault found, cured and explained, and what else moved for it?
//!
//! Found: a decision about the track by a rule for such faults. Cured: the sound or the session is as it is in the mix of the
//! clean song. What no mix can mend (clipped tops, gaps, missing sound) counts as cured when it is said. Explained: the
//! decision has a number in its sentence and a measurement behind it.

use mixsmith_analysis::{Facts, measure_stem};
use mixsmith_assistant::dynamics::deess::sharpness;
use mixsmith_assistant::{Decision, Status};
use mixsmith_audio::Audio;
use mixsmith_demo::{Fault, PlantedFault, Song};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::Rehearsed;
use mixsmith_session::{Address, Map, Session, Strip};

/// A song and its mix.
pub struct Take {
    /// The song with its truth.
    pub song: Song,
    /// The mix.
    pub mix: Rehearsed,
}

/// What became of a fault.
pub struct Verdict {
    /// Did a rule for such faults speak about the track?
    pub found: bool,
    /// Is the track as in the clean song, or is it said that it cannot be?
    pub cured: bool,
    /// With a number and a measurement?
    pub explained: bool,
    /// What was seen.
    pub note: String,
}

/// Faders and bells of tracks without fault move less than this, dB: a jitter of this size changes no measure of a mix.
const STAY: f32 = 1.5;
/// Places move less than this, of 100.
const PLACE: f32 = 15.0;
/// The sharper s of produced voices stand 1 to 4.5 dB over their vowels (`dynamics.deess`): a little more is no fault yet, dB.
const PRODUCED: f64 = 6.0;
/// A spectrum is cured when it stands off the clean one by less than this, dB.
const LEFT: f64 = 4.5;

impl Take {
    /// The track that plays a file.
    fn track(&self, file: &str) -> Option<&Strip> {
        track(&self.mix.session, file)
    }

    /// A track as it is printed.
    fn stem(&self, file: &str) -> Option<&Audio> {
        let id = &self.track(file)?.id;
        self.mix.stems.iter().find(|(stem, _)| stem == id).map(|(_, audio)| audio)
    }

    /// A file as it was delivered.
    fn raw(&self, file: &str) -> Option<&Audio> {
        self.song.tracks.iter().find(|track| track.file == file).map(|track| &track.audio)
    }

    fn knob(&self, strip: &Strip, knob: &str) -> f32 {
        self.mix.session.value(&KINDS, &Address::strip(&strip.id, knob)).unwrap_or(0.0)
    }

    /// The first decision of some rules about a track that was taken.
    fn decision(&self, rules: &[&str], file: &str) -> Option<&Decision> {
        let id = &self.track(file)?.id;
        let fits = |d: &&Decision| {
            rules.contains(&d.rule.as_str()) && d.status == Status::Taken && d.about.contains(id)
        };
        self.mix.decisions.iter().find(fits)
    }

    /// A decision about a file that is no part of the mix, or about the song, whose words name it.
    fn named(&self, rule: &str, file: &str) -> Option<&Decision> {
        let bare = file.rsplit_once('.').map_or(file, |(bare, _)| bare);
        self.mix.decisions.iter().find(|d| d.rule == rule && d.says.contains(bare))
    }
}

fn track<'a>(session: &'a Session, file: &str) -> Option<&'a Strip> {
    let source = session.sources.iter().find(|source| source.file == file)?;
    session.tracks().find(|strip| strip.clips().iter().any(|clip| clip.source == source.id))
}

/// What is measured of a sound by itself, about `x`.
pub fn facts(audio: &Audio) -> Facts {
    let mut facts = Facts::default();
    facts.extend(measure_stem("x", audio).0);
    facts
}

fn number(audio: &Audio, what: &str) -> Option<f64> {
    facts(audio).number(what, "x")
}

/// How far a sound stands over another between two frequencies, against all third octaves more than an octave away, dB.
fn stands(sound: &Audio, clean: &Audio, low: f64, high: f64) -> Option<f64> {
    let (a, b) = (facts(sound), facts(clean));
    let (a, b) = (a.bands("spectrum.third_octave", "x")?, b.bands("spectrum.third_octave", "x")?);
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let hz = 1000.0 * 10f64.powf((i as f64 - 15.0) / 10.0);
        if (low..=high).contains(&hz) {
            inside.push(f64::from(a - b));
        } else if hz > 160.0 && hz < 10_000.0 && (hz < 0.4 * low || hz > 2.5 * high) {
            outside.push(f64::from(a - b));
        }
    }
    let mean = |offs: &[f64]| (!offs.is_empty()).then(|| offs.iter().sum::<f64>() / offs.len() as f64);
    Some(mean(&inside)? - mean(&outside)?)
}

/// Loudness of a track against the sum of the others, LU.
fn against_the_rest(take: &Take, file: &str) -> Option<f64> {
    let id = &take.track(file)?.id;
    let own = number(take.stem(file)?, "loudness.active")?;
    let mut rest = Audio::silence(take.mix.mix.rate, 2, take.mix.mix.frames());
    for (_, audio) in take.mix.stems.iter().filter(|(stem, _)| stem != id) {
        for (sum, x) in rest.channels.iter_mut().zip(&audio.channels) {
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        }
    }
    Some(own - number(&rest, "loudness.active")?)
}

fn verdict(decision: Option<&Decision>, cured: bool, note: String) -> Verdict {
    let explained = decision.is_some_and(|d| {
        !d.because.is_empty()
            && (d.says.contains(|c: char| c.is_ascii_digit()) || d.rule.starts_with("prepare."))
    });
    let says = decision.map_or_else(|| "not found".to_owned(), |d| format!("{}: {}", d.rule, d.says));
    Verdict { found: decision.is_some(), cured, explained, note: format!("{note}; {says}") }
}

/// What became of a planted fault.
pub fn judge(planted: &PlantedFault, take: &Take, clean: &Take) -> Verdict {
    let file = planted.file.as_str();
    let spectral = |rules: &[&str], low: f64, high: f64| {
        let before = take.raw(file).zip(clean.raw(file)).and_then(|(a, b)| stands(a, b, low, high));
        let after = take.stem(file).zip(clean.stem(file)).and_then(|(a, b)| stands(a, b, low, high));
        let (before, after) = (before.unwrap_or(f64::NAN), after.unwrap_or(f64::NAN));
        let note = format!("stood out by {before:.1} dB, now by {after:.1} dB");
        verdict(take.decision(rules, file), after.abs() < LEFT, note)
    };
    let left_out = || {
        let out = take.track(file).is_none();
        let note = if out { "left out" } else { "still in the mix" };
        verdict(take.named("prepare.leave-out", file), out, note.to_owned())
    };
    let said = |fact: &str| {
        let decision = take.track(file).and_then(|strip| {
            take.mix.decisions.iter().find(|d| {
                d.rule == "prepare.faults"
                    && d.about.contains(&strip.id)
                    && d.because.iter().any(|evidence| evidence.fact == fact)
            })
        });
        verdict(decision, true, fact.to_owned())
    };
    match &planted.fault {
        Fault::BuriedVoice { .. } => {
            let (ours, theirs) = (against_the_rest(take, file), against_the_rest(clean, file));
            let off = ours.zip(theirs).map_or(f64::NAN, |(a, b)| a - b);
            let note = format!("{off:+.1} dB against the rest from where it is in the clean song");
            verdict(take.decision(&["balance.levels"], file), off.abs() <= 1.5, note)
        }
        Fault::Mud300 { .. } => {
            spectral(&["tone.mud", "tone.resonance", "tone.boomy", "tone.character"], 250.0, 400.0)
        }
        Fault::Harsh3k { .. } => {
            spectral(&["tone.harsh", "tone.resonance", "tone.character"], 2500.0, 3200.0)
        }
        Fault::BoomyNote { hz, .. } => {
            let centre = 1000.0 * 10f64.powf((10.0 * (f64::from(*hz) / 1000.0).log10()).round() / 10.0);
            spectral(&["tone.boomy", "tone.resonance", "tone.mud"], 0.98 * centre, 1.02 * centre)
        }
        Fault::Sibilance { .. } => {
            // Where the s are is known from the clean voice: they are as loud as they are, whatever was done to the vowels.
            let voice = clean.raw(file).map(facts);
            let times = voice.as_ref().map_or(&[][..], |facts| facts.times("sibilance.times", "x"));
            let sharp = |audio: &Audio| sharpness(&measure_stem("x", audio).1, times);
            let [before, after] = [take.raw(file), take.stem(file)].map(|audio| audio.and_then(sharp));
            let (before, after) = (before.unwrap_or(f64::NAN), after.unwrap_or(f64::NAN));
            let note = format!("its s stood {before:.1} dB over the vowels, now {after:.1} dB");
            verdict(take.decision(&["dynamics.deess"], file), after <= PRODUCED, note)
        }
        Fault::InvertedSnareBottom => {
            let turned = |take: &Take| take.track(file).map_or(0.0, |strip| take.knob(strip, "polarity"));
            let right = turned(take) == 1.0 && turned(clean) == 0.0;
            verdict(take.decision(&["prepare.polarity"], file), right, "polarity".to_owned())
        }
        Fault::Hum { .. } => {
            let hum = |audio: &Audio| {
                let facts = facts(audio);
                Some(facts.number("fault.hum", "x")? - facts.number("loudness.active", "x")?)
            };
            let before = take.raw(file).and_then(hum).unwrap_or(f64::NAN);
            let after = take.stem(file).and_then(hum);
            let note = format!(
                "hum at {before:.0} dB, now at {}",
                after.map_or("none".to_owned(), |x| format!("{x:.0} dB"))
            );
            verdict(take.decision(&["tone.hum"], file), after.is_none_or(|after| after < before - 12.0), note)
        }
        Fault::Dc { value, .. } => {
            let left = take.stem(file).and_then(|stem| number(stem, "fault.dc"));
            let note = format!("offset {value:.3}, now {left:?}");
            verdict(take.decision(&["tone.hum", "prepare.faults"], file), left.is_none(), note)
        }
        Fault::DeadChannel { .. } => {
            let map = take.track(file).and_then(|strip| strip.clips().first()).map(|clip| clip.map);
            let decision =
                take.named("prepare.open", file).or_else(|| take.decision(&["prepare.open"], file));
            verdict(decision, map == Some(Map::First), format!("{map:?}"))
        }
        Fault::SilentTrack | Fault::DuplicateTrack | Fault::ClickTrack | Fault::RoughMix => left_out(),
        Fault::Clipped { .. } => said("fault.clipping"),
        Fault::Dropout { .. } => said("fault.dropout"),
        Fault::WrongRate { .. } => said("fault.wrong_rate"),
        Fault::WrongLength { .. } => said("fault.wrong_length"),
        Fault::OffsetStart { seconds, .. } => {
            let rate = f64::from(take.mix.session.song.rate.max(1));
            let at = take
                .track(file)
                .and_then(|strip| strip.clips().first())
                .map_or(0.0, |clip| clip.at as f64 / rate);
            let note = format!("{seconds:.2} s of the beginning missing, played from {at:.2} s");
            verdict(
                take.decision(&["prepare.time", "prepare.faults"], file),
                (at - seconds).abs() < 0.05,
                note,
            )
        }
    }
}

/// How many tracks without fault there are, and what moved on them beyond the tolerance.
pub fn moved(take: &Take, clean: &Take) -> (usize, Vec<String>) {
    let faulty: Vec<&str> = take.song.truth.faults.iter().map(|planted| planted.file.as_str()).collect();
    let (mut tracks, mut moved) = (0, Vec::new());
    for truth in take.song.truth.tracks.iter().filter(|track| !faulty.contains(&track.file.as_str())) {
        let (Some(ours), Some(theirs)) = (take.track(&truth.file), clean.track(&truth.file)) else {
            continue;
        };
        // The other half of a stereo pair with a fault is the same strip.
        if faulty.iter().any(|file| take.track(file).is_some_and(|strip| strip.id == ours.id)) {
            continue;
        }
        tracks += 1;
        // Against a microphone whose file runs at the wrong speed, no delay can be measured.
        let timed = !take.song.truth.faults.iter().any(|planted| {
            matches!(&planted.fault, Fault::WrongRate { track } if source(track) == source(&truth.role))
        });
        if let Some(how) = difference((take, ours), (clean, theirs), timed) {
            moved.push(format!("{}: {how}", truth.file));
        }
    }
    (tracks, moved)
}

/// What a microphone or cable stands at, of those that share one: `bass-di` and `bass-amp` do.
fn source(role: &str) -> &str {
    let shared = ["kick-", "snare-", "bass-"];
    shared.into_iter().find(|source| role.starts_with(source)).unwrap_or(role)
}

fn difference(
    (take, ours): (&Take, &Strip),
    (clean, theirs): (&Take, &Strip),
    timed: bool,
) -> Option<String> {
    let knob = |knob: &str| take.knob(ours, knob) - clean.knob(theirs, knob);
    let fader = knob("trim") + knob("fader");
    if fader.abs() > STAY {
        return Some(format!("level {fader:+.1} dB"));
    }
    if knob("polarity") != 0.0 {
        return Some("polarity".to_owned());
    }
    // Left and right may change places: which side is lighter hangs by a thread.
    let out = take.knob(ours, "pan").abs() - clean.knob(theirs, "pan").abs();
    if out.abs() > PLACE {
        return Some(format!("place {out:+.0} outwards"));
    }
    let at = |strip: &Strip| strip.clips().first().map_or(0, |clip| clip.at);
    if timed && (at(ours) - at(theirs)).abs() > 48 {
        return Some(format!("time {:+} frames", at(ours) - at(theirs)));
    }
    let (ours, theirs) = (bells(ours), bells(theirs));
    let beside = |bells: &[(f32, f32)], hz: f32| {
        bells.iter().filter(|bell| (bell.0 / hz).log2().abs() < 0.4).map(|bell| bell.1).sum::<f32>()
    };
    let changes = ours.iter().chain(&theirs).map(|&(hz, _)| (hz, beside(&ours, hz) - beside(&theirs, hz)));
    let worst = changes.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    (worst.1.abs() > STAY).then(|| format!("{:+.1} dB at {:.0} Hz", worst.1, worst.0))
}

/// Bells of a track's equaliser: frequency and gain.
fn bells(strip: &Strip) -> Vec<(f32, f32)> {
    let Some(eq) = strip.insert("eq") else { return Vec::new() };
    let value = |name: &str, n: usize| eq.values.get(&format!("{name}{n}")).copied().unwrap_or(0.0);
    (1..=8).filter(|&n| value("type", n) == 1.0).map(|n| (value("freq", n), value("gain", n))).collect()
}
