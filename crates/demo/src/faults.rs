//! Faults planted on purpose: first those of a sound, then those of a file.

use std::f32::consts::TAU;

use mixsmith_audio::Audio;

use crate::ensemble::Channel;
use crate::filter::Biquad;
use crate::recipe::Fault;
use crate::song::Track;
use crate::sound::{add, hit_level, ratio, scale};
use crate::truth::PlantedFault;

fn planted(file: &str, fault: &Fault) -> PlantedFault {
    PlantedFault { file: file.to_string(), fault: fault.clone() }
}

/// Plants what belongs to the sound of a channel.
pub(crate) fn spoil(channels: &mut [Channel], faults: &[Fault]) {
    for fault in faults {
        let named = |c: &&mut Channel| fault.target().is_some_and(|name| c.name == name || c.role == name);
        let Some(channel) = channels.iter_mut().find(named) else { continue };
        let rate = channel.audio.rate as f32;
        match *fault {
            Fault::BuriedVoice { db } => {
                channel.gain_db -= db;
                for track in channel.audio.channels.iter_mut().chain(&mut channel.sibilants) {
                    scale(track, ratio(-db));
                }
            }
            Fault::Sibilance { db } => {
                if let Some(sibilants) = &channel.sibilants {
                    add(&mut channel.audio.channels[0], sibilants, 0, ratio(db) - 1.0);
                }
            }
            Fault::InvertedSnareBottom => {
                channel.inverted = true;
                channel.audio.channels.iter_mut().for_each(|track| scale(track, -1.0));
            }
            Fault::Mud300 { .. } => shape(&mut channel.audio, &Biquad::bell(rate, 300.0, 1.0, 9.0)),
            Fault::Harsh3k { .. } => shape(&mut channel.audio, &Biquad::bell(rate, 3000.0, 1.4, 9.0)),
            Fault::BoomyNote { hz, db, .. } => shape(&mut channel.audio, &Biquad::bell(rate, hz, 8.0, db)),
            Fault::Hum { hz, db, .. } => hum(&mut channel.audio, hz, db),
            _ => {}
        }
    }
}

fn shape(audio: &mut Audio, filter: &Biquad) {
    audio.channels.iter_mut().for_each(|track| filter.clone().apply(track));
}

/// Mains hum: fundamental, second, third and fifth harmonic, steady from the first frame to the last.
fn hum(audio: &mut Audio, hz: f32, db: f32) {
    const HARMONICS: [(f32, f32); 4] = [(1.0, 1.0), (2.0, 0.5), (3.0, 0.35), (5.0, 0.2)];
    let power: f32 = HARMONICS.iter().map(|(_, amplitude)| 0.5 * amplitude * amplitude).sum();
    let rate = audio.rate;
    for track in &mut audio.channels {
        let level = ratio(db) * hit_level(track, rate) / power.sqrt();
        for (n, x) in track.iter_mut().enumerate() {
            // Whole seconds are taken out of the angle: it stays exact to the end of the song.
            let cycles = (f64::from(hz) * n as f64 / f64::from(rate)).fract() as f32;
            *x += HARMONICS.iter().map(|(h, a)| level * a * (TAU * h * cycles).sin()).sum::<f32>();
        }
    }
}

/// Plants what belongs to a file, and lists every fault that found its target, in the recipe's order. Files
/// that a fault adds are [`crate::extras`]'s.
pub(crate) fn spoil_files(tracks: &mut [Track], faults: &[Fault]) -> Vec<PlantedFault> {
    let mut done = Vec::new();
    for fault in faults {
        let named =
            |t: &&mut Track| fault.target().is_some_and(|name| t.channel == name || t.truth.role == name);
        let Some(track) = tracks.iter_mut().find(named) else { continue };
        spoil_file(track, fault);
        done.push(planted(&track.file, fault));
    }
    done
}

fn spoil_file(track: &mut Track, fault: &Fault) {
    let rate = f64::from(track.audio.rate);
    let frame = |seconds: f64| (seconds.max(0.0) * rate).round() as usize;
    let channels = &mut track.audio.channels;
    match *fault {
        Fault::Dc { value, .. } => channels.iter_mut().flatten().for_each(|x| *x += value),
        Fault::Clipped { .. } => clip(track),
        Fault::DeadChannel { .. } => {
            let frames = channels.first().map_or(0, Vec::len);
            channels.truncate(1);
            channels.push(vec![0.0; frames]);
        }
        Fault::Dropout { at, seconds, .. } => {
            for samples in channels {
                let end = frame(at + seconds).min(samples.len());
                samples[frame(at).min(end)..end].fill(0.0);
            }
        }
        Fault::WrongRate { .. } => {
            track.audio = mixsmith_audio::resample(&track.audio, 44_100);
            track.audio.rate = 48_000;
            track.format.rate = 48_000;
        }
        Fault::WrongLength { .. } => {
            channels.iter_mut().for_each(|samples| samples.truncate(samples.len() / 5 * 4));
        }
        Fault::OffsetStart { seconds, .. } => {
            for samples in channels {
                samples.drain(..frame(seconds).min(samples.len()));
            }
        }
        _ => {}
    }
}

/// Brings the loudest three hundredth of the samples above full scale, and cuts them off there.
fn clip(track: &mut Track) {
    let mut sizes: Vec<f32> = track.audio.channels.iter().flatten().map(|x| x.abs()).collect();
    if sizes.is_empty() {
        return;
    }
    let at = sizes.len() - 1 - sizes.len() / 300;
    let (_, &mut limit, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
    if limit <= 0.0 {
        return;
    }
    for x in track.audio.channels.iter_mut().flatten() {
        *x = (*x / limit).clamp(-1.0, 1.0);
    }
    track.truth.gain_db -= 20.0 * limit.log10();
}
