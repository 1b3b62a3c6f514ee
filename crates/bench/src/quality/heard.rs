//! What a part or a mix is like, and how far two of them are apart.

use std::f64::consts::TAU;
use std::sync::Arc;

use mixsmith_audio::{Audio, resample};
use mixsmith_dsp::loudness::KWeighting;
use mixsmith_dsp::meter::Octaves;
use realfft::{RealFftPlanner, RealToComplex};

/// What is measured of a part as it sounds in a mix. All of it adds up over parts that are unlike each other.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// K-weighted energy of both sides every 100 ms.
    pub energy: Vec<f64>,
    /// Power by third octave, mean of both sides.
    thirds: Vec<f64>,
    /// Power of the left and of the right side.
    sides: [f64; 2],
}

/// Measures two channels.
pub fn heard(audio: &Audio) -> Heard {
    let [left, right] = &audio.channels[..] else { return Heard::default() };
    let rate = f64::from(audio.rate);
    let mut weighting = KWeighting::new(rate);
    let step = (audio.rate as usize / 10).max(1);
    let frame = |(l, r): (&[f32], &[f32])| weighting.energy(l, r).squares.iter().sum::<f64>() / step as f64;
    let energy = left.chunks(step).zip(right.chunks(step)).map(frame).collect();
    let mut octaves = Octaves::new(3, rate);
    octaves.run(left, right);
    let thirds = octaves.bands().into_iter().map(|(_, db)| 10f64.powf(db / 10.0)).collect();
    let power = |x: &[f32]| x.iter().map(|x| f64::from(x * x)).sum::<f64>();
    Heard { energy, thirds, sides: [power(left), power(right)] }
}

impl Heard {
    /// The mean of several: microphones of one source at equal levels are as loud as the source.
    pub fn mean(all: &[Heard]) -> Heard {
        let mut sum = Heard::default();
        let share = 1.0 / all.len().max(1) as f64;
        for one in all {
            add(&mut sum.energy, &one.energy, share);
            add(&mut sum.thirds, &one.thirds, share);
            sum.sides.iter_mut().zip(one.sides).for_each(|(sum, x)| *sum += share * x);
        }
        sum
    }

    /// Distance of the spectra once the level is taken away: root mean square over the third octaves within 40 dB of the
    /// loudest of `right`, dB.
    pub fn spectrum_from(&self, right: &Heard) -> Option<f64> {
        let most = right.thirds.iter().copied().fold(0.0, f64::max);
        let both = self.thirds.iter().zip(&right.thirds);
        let off: Vec<f64> = both
            .filter(|(_, theirs)| **theirs > most * 1e-4)
            .map(|(ours, theirs)| 10.0 * (ours.max(most * 1e-9) / theirs).log10())
            .collect();
        deviation(&off)
    }

    /// Distance of the places from left to right, dB of one side over the other; a side alone counts as 20 dB.
    pub fn place_from(&self, right: &Heard) -> Option<f64> {
        let side = |heard: &Heard| {
            let [l, r] = heard.sides;
            (l + r > 0.0).then(|| (10.0 * ((r + 1e-12) / (l + 1e-12)).log10()).clamp(-20.0, 20.0))
        };
        Some((side(self)? - side(right)?).abs())
    }
}

fn add(sum: &mut Vec<f64>, more: &[f64], share: f64) {
    sum.resize(sum.len().max(more.len()), 0.0);
    sum.iter_mut().zip(more).for_each(|(sum, x)| *sum += share * x);
}

fn deviation(values: &[f64]) -> Option<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
    (!values.is_empty()).then(|| square.sqrt())
}

/// Level of the lead voice against the rest while it sings, and how much that differs from phrase to phrase, dB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Voice {
    /// Voice over rest.
    pub level: Option<f64>,
    /// Standard deviation over the phrases of a second and more; three are needed.
    pub steadiness: Option<f64>,
}

/// Measures the voice. `sings`: the frames in which it sings in the person's mix.
pub fn voice(parts: &[(bool, &[f64])], sings: &[bool]) -> Voice {
    let against = |frames: &mut dyn Iterator<Item = usize>| {
        let (mut voice, mut rest) = (0.0, 0.0);
        for frame in frames {
            for (is_voice, energy) in parts {
                *if *is_voice { &mut voice } else { &mut rest } += energy.get(frame).copied().unwrap_or(0.0);
            }
        }
        (voice > 0.0 && rest > 0.0).then(|| 10.0 * (voice / rest).log10())
    };
    let phrases: Vec<f64> =
        phrases(sings).into_iter().filter_map(|(from, to)| against(&mut (from..to))).collect();
    Voice {
        level: against(&mut (0..sings.len()).filter(|&frame| sings[frame])),
        steadiness: deviation(&phrases).filter(|_| phrases.len() >= 3),
    }
}

/// Frames in which a part plays: within 20 dB of the 95th percentile of its frames.
pub fn plays(energy: &[f64]) -> Vec<bool> {
    let mut sorted: Vec<f64> = energy.iter().copied().filter(|e| *e > 1e-10).collect();
    sorted.sort_by(f64::total_cmp);
    let gate = sorted.get((sorted.len() as f64 * 0.95) as usize).map_or(f64::INFINITY, |loud| loud * 0.01);
    energy.iter().map(|&e| e >= gate).collect()
}

/// Runs of at least a second, where pauses under half a second do not count.
fn phrases(sings: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for frame in (0..sings.len()).filter(|&frame| sings[frame]) {
        match runs.last_mut() {
            Some((_, end)) if frame - *end < 5 => *end = frame + 1,
            _ => runs.push((frame, frame + 1)),
        }
    }
    runs.retain(|(from, to)| to - from >= 10);
    runs
}

/// The features of a mix after De Man et al. 2014, as Diff-MST defines them: root mean square, crest, width, imbalance, and the
/// Bark spectrum of mid and side.
#[derive(Clone, Debug)]
pub struct Features {
    rms: [f64; 2],
    crest: [f64; 2],
    width: f64,
    imbalance: f64,
    bark: Vec<f64>,
}

/// Rate at which the features are measured.
const RATE: u32 = 44_100;
const WINDOW: usize = 32_768;
/// Edges of the critical bands, Hz (Zwicker 1961).
const BARKS: [f64; 25] = [
    20.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1480.0, 1720.0, 2000.0,
    2320.0, 2700.0, 3150.0, 3700.0, 4400.0, 5300.0, 6400.0, 7700.0, 9500.0, 12_000.0, 15_500.0,
];

/// Measures a mix, played at a gain.
pub fn features(audio: &Audio, gain: f64) -> Features {
    let audio = if audio.rate == RATE { audio.clone() } else { resample(audio, RATE) };
    let right = audio.channels.get(1).unwrap_or(&audio.channels[0]);
    let left = &audio.channels[0];
    let length = left.len().max(1) as f64;
    let square = |x: &[f32]| (x.iter().map(|x| f64::from(x * x)).sum::<f64>() / length).sqrt() * gain;
    let peak = |x: &[f32]| f64::from(x.iter().fold(0f32, |a, x| a.max(x.abs()))) * gain;
    let rms = [square(left), square(right)];
    let crest = |side: usize, x: &[f32]| 20.0 * (peak(x).max(1e-9) / rms[side].max(1e-9)).log10();
    let both = |sign: f32| left.iter().zip(right).map(|(l, r)| f64::from(l + sign * r).powi(2)).sum::<f64>();
    let powers = rms.map(|x| x * x);
    let sides = [1.0, -1.0].map(|sign: f32| {
        left.iter().zip(right).map(|(l, r)| gain as f32 * (l + sign * r)).collect::<Vec<f32>>()
    });
    Features {
        crest: [crest(0, left), crest(1, right)],
        width: both(-1.0) / both(1.0).max(1e-12),
        imbalance: (powers[1] - powers[0]) / (powers[0] + powers[1]).max(1e-12),
        bark: sides.iter().flat_map(|side| bark(side)).collect(),
        rms,
    }
}

/// Natural logarithm of the mean magnitude of each band.
fn bark(sound: &[f32]) -> Vec<f64> {
    let transform: Arc<dyn RealToComplex<f32>> = RealFftPlanner::new().plan_fft_forward(WINDOW);
    let shape: Vec<f32> =
        (0..WINDOW).map(|i| (0.5 - 0.5 * (TAU * i as f64 / WINDOW as f64).cos()) as f32).collect();
    let (mut line, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
    let mut sums = vec![0.0f64; bins.len()];
    let mut windows = 0u32;
    for from in (0..sound.len().saturating_sub(WINDOW - 1)).step_by(WINDOW / 4) {
        line.iter_mut().zip(&sound[from..]).zip(&shape).for_each(|((x, s), w)| *x = s * w);
        // The lengths are those of the plan.
        if transform.process(&mut line, &mut bins).is_ok() {
            sums.iter_mut().zip(&bins).for_each(|(sum, x)| *sum += f64::from(x.norm()));
        }
        windows += 1;
    }
    let bin = |hz: f64| (hz * WINDOW as f64 / f64::from(RATE)).round() as usize;
    let band = |edges: &[f64]| {
        let some = &sums[bin(edges[0])..bin(edges[1])];
        (some.iter().sum::<f64>() / some.len().max(1) as f64 / f64::from(windows.max(1)) + 1e-4).ln()
    };
    BARKS.windows(2).map(band).collect()
}

impl Features {
    /// Weighted sum of the mean square errors, with the weights of Diff-MST.
    pub fn distance(&self, right: &Features) -> f64 {
        let pair = |a: [f64; 2], b: [f64; 2]| ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)) / 2.0;
        0.1 * pair(self.rms, right.rms)
            + 0.001 * pair(self.crest, right.crest)
            + (self.width - right.width).powi(2)
            + (self.imbalance - right.imbalance).powi(2)
            + 0.1 * self.bark_square(right)
    }

    /// Mean square distance of the Bark spectra of mid and side, natural logarithms.
    pub fn bark_square(&self, right: &Features) -> f64 {
        self.bark_squares(right).iter().sum::<f64>() / 2.0
    }

    /// That of mid and that of side.
    pub fn bark_squares(&self, right: &Features) -> [f64; 2] {
        let squares: Vec<f64> = self.bark.iter().zip(&right.bark).map(|(a, b)| (a - b).powi(2)).collect();
        let (mid, side) = squares.split_at(squares.len() / 2);
        [mid, side].map(|squares| squares.iter().sum::<f64>() / squares.len().max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, left: f32, right: f32) -> Audio {
        let wave = |gain: f32| {
            (0..2 * RATE).map(|i| gain * (f64::from(i) * hz / f64::from(RATE) * TAU).sin() as f32).collect()
        };
        Audio::stereo(RATE, wave(left), wave(right))
    }

    #[test]
    fn a_mix_is_no_distance_from_itself_and_a_wide_one_is_far() {
        let (narrow, wide) = (tone(440.0, 0.3, 0.3), tone(440.0, 0.3, -0.1));
        let (a, b) = (features(&narrow, 1.0), features(&wide, 1.0));
        assert!(a.distance(&a) == 0.0 && a.bark_square(&a) == 0.0);
        assert!(a.distance(&b) > 1.0, "{}", a.distance(&b));
        // Mid and side have changed places in one band of 24: the others hold what leaks there.
        assert!(a.bark_square(&b) > 0.1);
    }

    #[test]
    fn parts_have_spectra_and_places() {
        let (a, b) = (heard(&tone(440.0, 0.3, 0.3)), heard(&tone(440.0, 0.6, 0.6)));
        assert!(b.spectrum_from(&a).unwrap() < 0.01 && b.place_from(&a).unwrap() < 1e-6);
        let side = heard(&tone(440.0, 0.3, 0.15));
        assert!((side.place_from(&a).unwrap() - 6.02).abs() < 0.01);
        assert!(
            (Heard::mean(&[a.clone(), b.clone()]).energy[5] - (a.energy[5] + b.energy[5]) / 2.0).abs() < 1e-9
        );
    }

    #[test]
    fn a_voice_that_sinks_in_one_phrase_is_unsteady() {
        let sings: Vec<bool> = (0..100).map(|frame| frame % 25 < 20).collect();
        assert_eq!(phrases(&sings).len(), 4);
        let voice_energy: Vec<f64> = (0..100).map(|f| if f >= 75 { 0.1 } else { 1.0 }).collect();
        let rest = vec![1.0; 100];
        let found = voice(&[(true, &voice_energy), (false, &rest)], &sings);
        assert!((found.steadiness.unwrap() - 10.0 * 0.1875f64.sqrt()).abs() < 1e-9, "{found:?}");
        assert!(found.level.unwrap() < 0.0);
        assert_eq!(plays(&[1.0, 1.0, 0.001, 1.0]), [true, true, false, true]);
    }
}
