//! Where the overheads hear each drum: the picture of the kit that its close microphones must not contradict. Where no pair of
//! overheads tells, a pair of room microphones does.
//!
//! A close microphone is the key: of what the overheads hear, only the part that follows it is counted, each side at its own
//! delay. What else sounds at the same time does not follow it, and its share of the product averages out over the hits.

use crate::odd_files::in_time;
use crate::window::{self, Side};
use crate::{Fact, Facts, Measure, Qty, Song, Stem};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[Measure {
    id: "kit.place",
    unit: "dB",
    doc: "About [close microphone, overheads or room]: how much louder the drum is on the right of that pair than on the left. \
          Gain of the part of each side that follows the close microphone, over its hits.",
}];

/// Close microphones that have a place of their own.
const CLOSE: [&str; 8] = ["kick-in", "kick", "snare-top", "snare", "hihat", "toms", "ride", "crash"];
/// Seconds of a hit, and the latest that overheads may hear it.
const HIT: f64 = 0.06;
const REACH: f64 = 0.012;
/// Share of a side's energy that must follow the close microphone.
const FOLLOWS: f64 = 0.02;

/// Adds `kit.place`.
pub fn measure(song: &Song, facts: &mut Facts) {
    let of = |wanted: &[&str]| -> Vec<&Stem> {
        let role = |stem: &&Stem| {
            facts.text("role", &stem.id).is_some_and(|id| wanted.contains(&id)) && in_time(facts, stem)
        };
        crate::leave_out::kept(song, facts).into_iter().filter(role).collect()
    };
    let mut found: Vec<Fact> = Vec::new();
    for pair in ["overheads", "room"] {
        let mut seen = Vec::new();
        for far in of(&[pair]).into_iter().filter(|stem| stem.channels == 2) {
            let unseen = |close: &&Stem| found.iter().all(|fact| fact.about[0] != close.id);
            let close = of(&CLOSE).into_iter().filter(unseen);
            seen.extend(close.filter_map(|close| place(song, facts, close, far)));
        }
        found.extend(seen);
    }
    facts.extend(found);
}

fn place(song: &Song, facts: &Facts, close: &Stem, overheads: &Stem) -> Option<Fact> {
    let rate = f64::from(song.rate);
    let (size, reach) = ((HIT * rate) as usize, (REACH * rate) as usize);
    let onsets = window::strong_onsets(song, facts, close, 24, 0.1);
    let hits: Vec<Vec<f32>> =
        onsets.iter().map(|&at| window::read(close, Side::Mid, at - size as i64 / 12, size)).collect();
    let loudest = hits.iter().map(|hit| window::energy(hit)).fold(0.0, f64::max);
    let mut sums = [vec![0.0; reach + 1], vec![0.0; reach + 1]];
    let (mut own, mut theirs, mut count) = (0.0, [0.0; 2], 0);
    for (hit, &at) in hits.iter().zip(&onsets) {
        let energy = window::energy(hit);
        if energy <= window::AFAR * loudest || energy <= 0.0 {
            continue;
        }
        own += energy;
        count += 1;
        for ((side, sum), theirs) in [Side::Left, Side::Right].into_iter().zip(&mut sums).zip(&mut theirs) {
            let heard = window::read(overheads, side, at - size as i64 / 12, size + reach);
            *theirs += window::energy(&heard[..size]);
            for (late, sum) in sum.iter_mut().enumerate() {
                *sum += hit.iter().zip(&heard[late..]).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            }
        }
    }
    if count < 4 {
        return None;
    }
    let gain = |sum: &[f64]| sum.iter().fold(0.0f64, |most, x| most.max(x.abs())) / own;
    let [left, right] = [gain(&sums[0]), gain(&sums[1])];
    let follows = (left * left + right * right) * own / (theirs[0] + theirs[1]).max(1e-20);
    if left.min(right) <= 0.0 || follows < FOLLOWS {
        return None;
    }
    let about = [close.id.as_str(), overheads.id.as_str()];
    let sure = ((follows / (4.0 * FOLLOWS)).min(1.0) * (f64::from(count) / 8.0).min(1.0)) as f32;
    Some(Fact::new("kit.place", &about, Qty::Number(20.0 * (right / left).log10())).confidence(sure))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mixsmith_audio::{Audio, Clip};

    use super::*;
    use crate::noise::Noise;
    use crate::{measure_song, measure_stem};

    /// Hits of a noisy drum every so many seconds.
    fn drum(every: f64, first: f64, decay: f32, noise: &mut Noise) -> Vec<f32> {
        let mut x = vec![0.0; 48_000 * 12];
        let mut at = first;
        while at < 11.5 {
            let from = (at * 48_000.0) as usize;
            for (i, x) in x[from..].iter_mut().take(9600).enumerate() {
                *x += 0.3 * (-(i as f32) / 48_000.0 / decay).exp() * noise.next();
            }
            at += every;
        }
        x
    }

    /// Where a pair of this name hears the hat and the snare.
    fn places(pair: &str) -> [f64; 2] {
        let mut noise = Noise(5);
        let (hat, snare) = (drum(0.25, 0.5, 0.03, &mut noise), drum(1.0, 1.0, 0.06, &mut noise));
        let heard = |hat_gain: f32, hat_late: usize| -> Vec<f32> {
            let at = |x: &[f32], i: usize, late: usize| x.get(i.wrapping_sub(late)).copied().unwrap_or(0.0);
            (0..hat.len()).map(|i| hat_gain * at(&hat, i, hat_late) + 0.8 * at(&snare, i, 160)).collect()
        };
        let files = [
            ("HH.wav", Audio::mono(48_000, hat.clone())),
            ("Snare top.wav", Audio::mono(48_000, snare.clone())),
            (pair, Audio::stereo(48_000, heard(0.4, 150), heard(0.2, 180))),
        ];
        let (mut stems, mut facts) = (Vec::new(), Facts::default());
        for (i, (file, audio)) in files.into_iter().enumerate() {
            let id = format!("t{i}");
            let (list, sketch) = measure_stem(&id, &audio);
            facts.extend(list);
            facts.push_sketch(&id, Arc::new(sketch));
            let (channels, file) = (audio.channels.len(), file.to_owned());
            let (hash, clip) = (id.clone(), Arc::new(Clip::in_memory(audio)));
            stems.push(Stem {
                id,
                file,
                stream: 0,
                hash,
                rate: 48_000,
                channels,
                lossy: false,
                start: 0,
                clip,
            });
        }
        let song = Song { rate: 48_000, frames: 48_000 * 12, stems };
        measure_song(&song, &mut facts);
        let place = |close: &str| match facts.get("kit.place", &[close, "t2"]).map(|fact| &fact.value) {
            Some(Qty::Number(place)) => *place,
            _ => f64::NAN,
        };
        ["t0", "t1"].map(place)
    }

    #[test]
    fn a_hat_that_plays_with_the_snare_is_found_on_its_side() {
        for pair in ["OH.wav", "Room.wav"] {
            let [hat, snare] = places(pair);
            assert!((hat + 6.0).abs() < 1.0, "hat {hat}");
            assert!(snare.abs() < 1.0, "snare {snare}");
        }
    }
}
