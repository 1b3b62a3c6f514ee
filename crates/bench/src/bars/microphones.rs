//! Two microphones on one source: which way up they stand and how late the second is, under noise and bleed.
//!
//! The second microphone is turned over and moved by chance, and something that is not the source is added to it: noise, or
//! other players. Level against the source: energies while the source plays.

use mixsmith_analysis::{Facts, Qty, Song};
use mixsmith_audio::Audio;
use mixsmith_demo::{Form, Part, Recipe};

use super::chance::Chance;
use super::{Bar, Wish, percent, scene};

/// Pairs: first and second microphone, largest planted delay in ms either way, and whether the true delay is known to the
/// frame (an amplifier's filters delay by themselves; there the delay is counted from what was found without noise).
const PAIRS: [(&str, &str, f64, bool); 3] = [
    ("kick-in.wav", "kick-out.wav", 8.0, true),
    ("snare-top.wav", "snare-bottom.wav", 8.0, true),
    ("bass-di.wav", "bass-amp.wav", 2.5, false),
];

/// Source over everything else in the second microphone, dB.
const RATIOS: [f64; 5] = [40.0, 10.0, 5.0, 0.0, -10.0];

/// What was planted.
struct Planted {
    turned: bool,
    frames: i64,
}

fn recipe(seed: u64) -> Recipe {
    let mut chance = Chance::new(2000 + seed);
    Recipe {
        seed,
        form: Form { intro: 0, verse: 6, chorus: 4, outro: 0 },
        tempo: chance.whole(80, 150) as f32,
        transpose: chance.whole(-5, 5) as i32,
        bleed: chance.whole(-6, 3) as f32,
        parts: vec![Part::Drums, Part::Bass],
        ..Recipe::clean()
    }
}

/// Mean energy of the 50 ms windows within 20 dB of the loudest.
fn playing(x: &[f32], rate: u32) -> f64 {
    let energies: Vec<f64> = x
        .chunks((rate / 20) as usize)
        .map(|chunk| chunk.iter().map(|x| f64::from(x * x)).sum::<f64>() / chunk.len() as f64)
        .collect();
    let most = energies.iter().copied().fold(0.0, f64::max);
    let loud: Vec<f64> = energies.into_iter().filter(|e| *e > 0.01 * most).collect();
    loud.iter().sum::<f64>() / loud.len().max(1) as f64
}

/// Noise with equal energy in every octave, roughly (Kellet's three poles).
fn noise(chance: &mut Chance, frames: usize) -> Vec<f32> {
    let mut poles = [0.0f64; 3];
    let mut next = || {
        let white = chance.between(-1.0, 1.0);
        poles[0] = 0.99765 * poles[0] + white * 0.099_046;
        poles[1] = 0.963 * poles[1] + white * 0.296_516_4;
        poles[2] = 0.57 * poles[2] + white * 1.052_691_3;
        (poles.iter().sum::<f64>() + white * 0.1848) as f32
    };
    (0..frames).map(|_| next()).collect()
}

/// Other players, who play a song of their own.
fn players(seed: u64) -> Vec<f32> {
    let parts = vec![Part::RhythmGuitars, Part::Keys, Part::LeadVoice];
    let song = mixsmith_demo::song(&Recipe { parts, tempo: 97.0, seed: seed + 77, ..recipe(seed) });
    let balance = song.balance();
    balance.channels[0].iter().zip(&balance.channels[1]).map(|(l, r)| l + r).collect()
}

/// The second microphone as it is handed over.
fn spoilt(own: &[f32], rate: u32, planted: &Planted, other: &[f32], ratio_db: f64) -> Vec<f32> {
    let level = (playing(own, rate) / playing(other, rate).max(1e-20)).sqrt() * 10f64.powf(-ratio_db / 20.0);
    let sign = if planted.turned { -1.0 } else { 1.0 };
    let at = |i: usize| {
        let from = i as i64 - planted.frames;
        usize::try_from(from).ok().and_then(|from| own.get(from)).copied().unwrap_or(0.0)
    };
    (0..own.len())
        .map(|i| sign * at(i) + level as f32 * other.get(i % other.len().max(1)).copied().unwrap_or(0.0))
        .collect()
}

fn number(song: &Song, facts: &Facts, what: &str, pair: (&str, &str)) -> Option<f64> {
    let id = |file: &str| song.stems.iter().find(|stem| stem.file == file).map(|stem| stem.id.as_str());
    match facts.get(what, &[id(pair.0)?, id(pair.1)?])?.value {
        Qty::Number(value) => Some(value),
        _ => None,
    }
}

/// Hits and misses at one level of noise.
#[derive(Default)]
struct Tally {
    pairs: usize,
    upright: usize,
    /// Sizes of the errors of the delay, frames; endless where none was found.
    errors: Vec<f64>,
    wrong_way: Vec<String>,
    off: Vec<String>,
}

impl Tally {
    fn count(&mut self, what: &str, planted: &Planted, polarity: Option<f64>, error: Option<f64>) {
        self.pairs += 1;
        if polarity == Some(if planted.turned { -1.0 } else { 1.0 }) {
            self.upright += 1;
        } else {
            let heard = polarity.map_or("not found".to_owned(), |p| format!("heard as {p:+.0}"));
            self.wrong_way.push(format!("{what}: turned {}, {heard}", planted.turned));
        }
        let error = error.map_or(f64::INFINITY, f64::abs);
        self.errors.push(error);
        if error > 1.0 {
            self.off.push(format!("{what}: off by {error:.1} frames of {}", planted.frames));
        }
    }
}

/// The bars of polarity and of delay, down to 0 dB and down to -10 dB.
pub fn bars(wish: &Wish) -> Vec<Bar> {
    let scenes = 6 * wish.seeds.max(1);
    let mut tallies: Vec<Tally> = RATIOS.iter().map(|_| Tally::default()).collect();
    for seed in 1..=scenes {
        let recipe = recipe(seed);
        let song = mixsmith_demo::song(&recipe);
        let rate = recipe.rate;
        let own = |file: &str| song.track(file).map_or(Vec::new(), |track| track.audio.channels[0].clone());
        let files = || PAIRS.iter().flat_map(|pair| [pair.0, pair.1]);
        let clean =
            scene::hear(files().map(|file| (file.to_owned(), Audio::mono(rate, own(file)))).collect());
        let mut chance = Chance::new(3000 + seed);
        let band = players(seed);
        for (ratio, tally) in RATIOS.into_iter().zip(&mut tallies) {
            let other = if chance.unit() < 0.5 {
                ("noise", noise(&mut chance, band.len()))
            } else {
                ("a band", band.clone())
            };
            let mut planted = Vec::new();
            let mut tracks = Vec::new();
            for (first, second, reach, _) in PAIRS {
                let frames = (chance.between(-reach, reach) * 0.001 * f64::from(rate)).round() as i64;
                let one = Planted { turned: chance.unit() < 0.5, frames };
                tracks.push((first.to_owned(), Audio::mono(rate, own(first))));
                let second_track = spoilt(&own(second), rate, &one, &other.1, ratio);
                tracks.push((second.to_owned(), Audio::mono(rate, second_track)));
                planted.push(one);
            }
            let (heard, facts) = scene::hear(tracks);
            for (&(first, second, _, known), planted) in PAIRS.iter().zip(&planted) {
                let late =
                    song.track(second).map_or(0.0, |track| track.truth.delay_ms) * 0.001 * f64::from(rate);
                let before = if known {
                    Some(late)
                } else {
                    number(&clean.0, &clean.1, "pair.delay", (first, second))
                };
                let delay = number(&heard, &facts, "pair.delay", (first, second));
                let error = delay.zip(before).map(|(found, before)| found - before - planted.frames as f64);
                let polarity = number(&heard, &facts, "pair.polarity", (first, second));
                let what = format!("{second}, {} at {ratio} dB, seed {seed}", other.0);
                tally.count(&what, planted, polarity, error);
            }
        }
        eprintln!("microphones: scene {seed} of {scenes}");
    }
    let split = RATIOS.iter().position(|ratio| *ratio < 0.0).unwrap_or(RATIOS.len());
    let (loud, faint) = tallies.split_at(split);
    [("down to 0 dB", loud, 1.0), ("at -10 dB", faint, 0.95)]
        .into_iter()
        .flat_map(|(name, tallies, share)| rows(name, tallies, share))
        .collect()
}

/// What a group of levels comes to. `share`: of the delays that must be within the bar.
fn rows(name: &str, tallies: &[Tally], share: f64) -> [Bar; 2] {
    let pairs: usize = tallies.iter().map(|tally| tally.pairs).sum();
    let upright: usize = tallies.iter().map(|tally| tally.upright).sum();
    let mut errors: Vec<f64> = tallies.iter().flat_map(|tally| tally.errors.iter().copied()).collect();
    errors.sort_by(f64::total_cmp);
    let within = errors.iter().filter(|error| **error <= 1.0).count();
    let gather =
        |of: fn(&Tally) -> &Vec<String>| tallies.iter().flat_map(|tally| of(tally).iter().cloned()).collect();
    let must = 100.0 * share;
    [
        Bar {
            name: format!("Polarity right, {name}"),
            unit: " %",
            decimals: 1,
            must,
            goal: 100.0,
            figure: percent(upright, pairs),
            of: format!("{pairs} pairs: kick, snare, bass; one in two upside down"),
            missed: gather(|tally| &tally.wrong_way),
        },
        Bar {
            name: format!("Delay within a frame, {name}"),
            unit: " %",
            decimals: 1,
            must,
            goal: 100.0,
            figure: percent(within, pairs),
            of: format!(
                "the same {pairs}; median error {:.2} frames",
                errors.get(errors.len() / 2).copied().unwrap_or(0.0)
            ),
            missed: gather(|tally| &tally.off),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_the_energies_while_the_source_plays() {
        let own: Vec<f32> =
            (0..48_000).map(|i| if i % 9600 < 2400 { (i as f32 * 0.05).sin() } else { 0.0 }).collect();
        let other = noise(&mut Chance::new(1), 48_000);
        let planted = Planted { turned: true, frames: 7 };
        let with = spoilt(&own, 48_000, &planted, &other, 6.0);
        let rest: Vec<f32> =
            (0..48_000usize).map(|i| with[i] + own.get(i.wrapping_sub(7)).copied().unwrap_or(0.0)).collect();
        let found = 10.0 * (playing(&own, 48_000) / playing(&rest, 48_000)).log10();
        assert!((found - 6.0).abs() < 0.1, "{found}");
    }
}
