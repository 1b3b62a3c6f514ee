//! Files that lie in real folders and have no place in a mix: the click, a rough mix, an empty track, a copy.

use std::f32::consts::TAU;

use mixsmith_audio::{Audio, Sample, resample};

use crate::play::Stage;
use crate::recipe::{Delivery, Fault, Recipe};
use crate::song::{Format, Track};
use crate::truth::{PlantedFault, TrackTruth};

/// Adds the files that the recipe's faults ask for.
pub(crate) fn add(
    stage: &Stage,
    tracks: &mut Vec<Track>,
    balance: &Audio,
    recipe: &Recipe,
) -> Vec<PlantedFault> {
    let messy = recipe.delivery == Delivery::Messy;
    let mut done = Vec::new();
    for fault in &recipe.faults {
        let (name, role, why, audio, sample) = match fault {
            Fault::ClickTrack => {
                let name = if messy { "CLICK do not print.wav" } else { "click-track.wav" };
                (name, "click-track", "click", click(stage, recipe), Sample::I16)
            }
            Fault::RoughMix => {
                let name = if messy { "roughmix thurs night.wav" } else { "rough-mix.wav" };
                (name, "rough-mix", "rough-mix", rough_mix(balance), Sample::I16)
            }
            Fault::SilentTrack => {
                let name = if messy { "Audio 19.wav" } else { "silence.wav" };
                (name, "silence", "silent", Audio::silence(recipe.rate, 1, stage.frames), Sample::I24)
            }
            Fault::DuplicateTrack => {
                if let Some(track) = copy(tracks, messy) {
                    done.push(PlantedFault { file: track.file.clone(), fault: fault.clone() });
                    tracks.push(track);
                }
                continue;
            }
            _ => continue,
        };
        let format = Format { rate: audio.rate, sample };
        let truth = TrackTruth {
            file: name.to_string(),
            role: role.to_string(),
            gain_db: 0.0,
            delay_ms: 0.0,
            inverted: false,
            pair_of: None,
            bleed_db: Vec::new(),
            pan: 0.0,
            notes: String::new(),
            left_out: Some(why.to_string()),
        };
        done.push(PlantedFault { file: name.to_string(), fault: fault.clone() });
        tracks.push(Track { file: name.to_string(), audio, format, truth, channel: role });
    }
    done
}

/// A short beep on every beat, higher on the first of a bar.
fn click(stage: &Stage, recipe: &Recipe) -> Audio {
    let mut track = stage.silence();
    for beat in 0..recipe.beats() as usize {
        let hz = if beat % recipe.metre.clamp(3, 4) == 0 { 1760.0 } else { 1320.0 };
        let from = stage.frame(beat as f64, 0.0);
        for (n, x) in track.iter_mut().skip(from).take((0.03 * stage.rate) as usize).enumerate() {
            let t = n as f32 / stage.rate;
            *x = 0.5 * (-t / 0.008).exp() * (TAU * hz * t).sin();
        }
    }
    Audio::mono(recipe.rate, track)
}

/// The balance pushed into a limiter by someone in a hurry.
fn rough_mix(balance: &Audio) -> Audio {
    let mut mix = resample(balance, 44_100);
    mix.channels.iter_mut().flatten().for_each(|x| *x = 0.9 * (2.2 * *x).tanh());
    mix
}

/// A copy of the last rhythm guitar, or of the last track of the song where there is none.
fn copy(tracks: &[Track], messy: bool) -> Option<Track> {
    let is_guitar = |t: &&Track| t.truth.role == "electric-guitar" && t.truth.pair_of.is_some();
    let plays = |t: &&Track| t.truth.left_out.is_none();
    let original = tracks.iter().rfind(is_guitar).or_else(|| tracks.iter().rfind(plays))?;
    let mut copy = original.clone();
    let stem = original.file.trim_end_matches(".wav");
    copy.file = if messy { format!("{stem} (1).wav") } else { format!("{stem}-copy.wav") };
    copy.truth.file = copy.file.clone();
    copy.truth.notes = format!("copy of {}", original.file);
    copy.truth.role = "duplicate".to_string();
    copy.truth.pair_of = None;
    copy.truth.left_out = Some("duplicate".to_string());
    Some(copy)
}
