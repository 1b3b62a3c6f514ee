//! The tracks as they sound in the mix: loudness and energy by band over time.
//!
//! What was measured of the recordings is brought to the level of the printed stem, so trim, fader, inserts and buses
//! count with the level that they change. What an equaliser does to single bands is not in it.

use std::f64::consts::FRAC_PI_2;

use mixsmith_analysis::Sketch;
use mixsmith_analysis::roles::role;
use mixsmith_analysis::sketch::{BANDS, STEP};
use mixsmith_assistant::mixmodel::{self, MixModel, energy, integrated, lufs};
use mixsmith_assistant::{Desk, Locks};
use mixsmith_effects::KINDS;
use mixsmith_session::{Clip, Map, Strip};

use crate::Mixed;

/// A track in the mix.
#[derive(Clone)]
pub(crate) struct Part {
    /// Strip id.
    pub id: String,
    /// Strip name.
    pub name: String,
    /// Role without the mark of doubt.
    pub role: String,
    /// Family of the role.
    pub family: &'static str,
    /// K-weighted energy every 100 ms, as in the mix.
    pub energy: Vec<f64>,
    /// Does it play?
    pub plays: Vec<bool>,
    /// Loudness while it plays, as recorded, LUFS.
    pub before: f64,
    /// Loudness while it plays, in the mix, LUFS.
    pub after: f64,
    /// Energy by band and frame, as in the mix.
    pub sketch: Sketch,
}

/// Every track that can be heard.
pub(crate) fn parts(mixed: &Mixed) -> Vec<Part> {
    let locks = Locks::default();
    let desk = Desk {
        facts: &mixed.listened.facts,
        song: &mixed.listened.song,
        brief: &mixed.brief,
        session: &mixed.session,
        kinds: KINDS,
        locks: &locks,
    };
    let model = MixModel::new(&desk);
    model.parts.into_iter().filter_map(|modelled| part(mixed, &desk, modelled)).collect()
}

fn part(mixed: &Mixed, desk: &Desk<'_>, modelled: mixmodel::Part) -> Option<Part> {
    let strip = mixed.session.strip(&modelled.id)?;
    let recorded = mixmodel::recorded(desk, strip)?;
    let unity = mixmodel::Part::new(&strip.id, recorded.clone(), 0.0)?;
    let printed = mixed.manifest.outputs.iter().find(|output| output.kind == "stem" && output.of == strip.id);
    let printed = printed.map(|output| output.level.loudness).filter(|&level| level > -70.0);
    // Without a print the fader says how loud it is.
    let gain = match (printed, integrated(&modelled.energy)) {
        (Some(printed), Some(model)) => printed - model,
        _ => modelled.fader,
    };
    let from_unity = match (printed, integrated(&recorded)) {
        (Some(printed), Some(recorded)) => printed - recorded,
        _ => modelled.active + gain - unity.active,
    };
    let id = strip.role.trim_end_matches('?');
    Some(Part {
        id: strip.id.clone(),
        name: strip.name.clone(),
        role: id.to_owned(),
        family: role(id).map_or("none", |role| role.family),
        energy: modelled.energy.iter().map(|e| e * energy(gain)).collect(),
        plays: modelled.plays,
        before: unity.active,
        after: modelled.active + gain,
        sketch: sketch(mixed, strip, energy(from_unity) as f32),
    })
}

/// Sums the sketches of what a track plays.
fn sketch(mixed: &Mixed, strip: &Strip, gain: f32) -> Sketch {
    let mut sum = Sketch::default();
    let pan = f64::from(strip.values.get("pan").copied().unwrap_or(0.0));
    for clip in strip.clips() {
        let Some(sketch) = mixed.listened.facts.sketch(&clip.source) else { continue };
        let [mid, mid_to_side, side] = spread(clip.map, sketch, pan).map(|share| share as f32 * gain);
        let shift = (late(mixed, clip) / STEP).round() as i64;
        let length = (sketch.frames() as i64 + shift).max(0) as usize * BANDS;
        sum.mid.resize(sum.mid.len().max(length), 0.0);
        sum.side.resize(sum.side.len().max(length), 0.0);
        for (place, (&m, &s)) in sketch.mid.iter().zip(&sketch.side).enumerate() {
            let Ok(to) = usize::try_from(place as i64 + shift * BANDS as i64) else { continue };
            if let (Some(into_mid), Some(into_side)) = (sum.mid.get_mut(to), sum.side.get_mut(to)) {
                *into_mid += m * mid;
                *into_side += m * mid_to_side + s * side;
            }
        }
    }
    sum
}

/// How much later than delivered a clip plays its source, seconds. Facts are in song time, with the stem where it was
/// delivered.
pub(crate) fn late(mixed: &Mixed, clip: &Clip) -> f64 {
    let stems = &mixed.listened.song.stems;
    let delivered = stems.iter().find(|stem| stem.id == clip.source).map_or(0, |stem| stem.start);
    (clip.at - clip.from as i64 - delivered) as f64 / f64::from(mixed.session.song.rate.max(1))
}

/// Shares of energy that go from mid to mid, from mid to side and from side to side.
fn spread(map: Map, sketch: &Sketch, pan: f64) -> [f64; 3] {
    match map {
        Map::All if sketch.side.iter().any(|&x| x != 0.0) => [1.0, 0.0, 1.0],
        // A mono file in one side alone: half the amplitude in mid, half in side.
        Map::ToLeft | Map::ToRight => [0.25, 0.25, 0.0],
        // One source, with the law of the strip's pan: equal power, which mid and side share.
        Map::All | Map::First | Map::Second => {
            let (left, right) = ((pan + 100.0) / 200.0 * FRAC_PI_2).sin_cos();
            [(left + right).powi(2) / 2.0, (left - right).powi(2) / 2.0, 0.0]
        }
    }
}

/// Level of the lead voice against the rest over some frames, dB; none where it does not sing.
pub(crate) fn voice_against_rest(parts: &[Part], frames: impl Fn(usize) -> bool) -> Option<f64> {
    let voices: Vec<&Part> = parts.iter().filter(|part| part.is_voice()).collect();
    let length = parts.iter().map(|part| part.energy.len()).max()?;
    let (mut voice, mut rest) = (0.0, 0.0);
    for frame in (0..length).filter(|&frame| frames(frame)) {
        if voices.iter().any(|part| part.plays.get(frame) == Some(&true)) {
            for part in parts {
                let e = part.energy.get(frame).copied().unwrap_or(0.0);
                *if part.is_voice() { &mut voice } else { &mut rest } += e;
            }
        }
    }
    (voice > 0.0 && rest > 0.0).then(|| lufs(voice) - lufs(rest))
}

impl Part {
    /// Is it the lead voice?
    pub fn is_voice(&self) -> bool {
        self.family == "lead-vocals"
    }

    /// Energy of all bands in one frame, as recorded and at the level of the mix.
    pub fn recorded(&self, frame: usize) -> f64 {
        let place = frame * BANDS..(frame + 1) * BANDS;
        let sum = |energies: &[f32]| {
            energies.get(place.clone()).map_or(0.0, |e| e.iter().map(|&e| f64::from(e)).sum())
        };
        sum(&self.sketch.mid) + sum(&self.sketch.side)
    }
}

#[cfg(test)]
impl Part {
    /// A track for tests: one band of the sketch at an energy for some frames, and as loud.
    pub fn steady(id: &str, family: &'static str, band: usize, energy: f32, frames: usize) -> Part {
        let mut part = Part::even(id, family, 0.0, frames);
        part.energy = vec![f64::from(energy); frames];
        part.sketch.mid.iter_mut().skip(band).step_by(BANDS).for_each(|x| *x = energy);
        part
    }

    /// A track for tests: the same energy in every band.
    pub fn even(id: &str, family: &'static str, energy: f32, frames: usize) -> Part {
        Part {
            id: id.to_owned(),
            name: id.to_uppercase(),
            role: String::new(),
            family,
            energy: vec![f64::from(energy); frames],
            plays: vec![true; frames],
            before: -20.0,
            after: -20.0,
            sketch: Sketch { mid: vec![energy; frames * BANDS], side: vec![0.0; frames * BANDS] },
        }
    }
}
