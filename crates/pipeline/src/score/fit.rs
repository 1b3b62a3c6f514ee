//! How tracks sound in a mix that somebody made of them.
//!
//! A mixer turns each track up or down, moves it and bends its spectrum: nearly a complex gain for each side and band. These
//! gains are found by least squares, so that the sum of the tracks comes as near to the mix as it can, in the bands of the ear
//! over the whole song (the idea of Barchiesi and Reiss 2010, "Reverse Engineering of a Mix", J. Audio Eng. Soc. 58, 563,
//! in the frequency domain). What comes and goes, as rides and compression, counts with its mean; reverbs are left over.

use std::f64::consts::TAU;

use mixsmith_analysis::sketch::{BANDS, edges};
use mixsmith_analysis::{Song, Stem};
use mixsmith_audio::Audio;
use rayon::prelude::*;
use realfft::RealFftPlanner;
use realfft::num_complex::{Complex32, Complex64};

/// Frames of a window up to 50 kHz; twice as many at each doubling of the rate.
const WINDOW: usize = 4096;
/// Windows whose sums are made together, whatever the number of threads.
const TOGETHER: usize = 64;
/// Added to what a track correlates with itself, as a share: two copies of a track share its gain.
const RIDGE: f64 = 1e-6;
/// Tracks that add up to the mix but for this share of its energy (-40 dB) are the mix in pieces.
const PIECES: f64 = 1e-4;

/// How tracks make a mix.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    how: How,
    /// Energy of the mix that the tracks do not explain, over all of it, dB.
    pub left_over: f64,
}

#[derive(Clone, Debug)]
enum How {
    /// They are the mix in pieces, all with one gain.
    Pieces(f32),
    /// By track, side and band.
    Gains(Vec<[Vec<Complex32>; 2]>),
}

/// What is summed over windows, by side and band: every track with every other one, with the mix, and the mix with itself.
struct Sums {
    tracks: usize,
    pairs: Vec<Complex64>,
    with_mix: Vec<Complex64>,
    mix: Vec<f64>,
}

impl Sums {
    fn new(tracks: usize) -> Self {
        let places = 2 * BANDS;
        Sums {
            tracks,
            pairs: vec![Complex64::ZERO; places * tracks * tracks],
            with_mix: vec![Complex64::ZERO; places * tracks],
            mix: vec![0.0; places],
        }
    }

    fn add(&mut self, more: &Sums) {
        self.pairs.iter_mut().zip(&more.pairs).for_each(|(a, b)| *a += b);
        self.with_mix.iter_mut().zip(&more.with_mix).for_each(|(a, b)| *a += b);
        self.mix.iter_mut().zip(&more.mix).for_each(|(a, b)| *a += b);
    }
}

/// Window length, its shape (the root of Hann's, so that it can be used there and back) and the band of each bin.
struct Windows {
    size: usize,
    shape: Vec<f32>,
    bands: Vec<usize>,
}

impl Windows {
    fn new(rate: u32) -> Self {
        let size = WINDOW * (f64::from(rate) / 50_000.0).ceil().max(1.0) as usize;
        let size = size.next_power_of_two();
        let shape = (0..size).map(|i| (0.5 - 0.5 * (TAU * i as f64 / size as f64).cos()).sqrt() as f32);
        let band = |bin: usize| {
            let hz = bin as f64 * f64::from(rate) / size as f64;
            edges().partition_point(|&edge| edge <= hz).clamp(1, BANDS) - 1
        };
        Windows { size, shape: shape.collect(), bands: (0..=size / 2).map(band).collect() }
    }

    /// Where the window of a number begins; the first begins half a window before the song.
    fn start(&self, number: usize) -> i64 {
        (number as i64 - 1) * (self.size / 2) as i64
    }

    /// How many windows cover a song.
    fn count(&self, frames: usize) -> usize {
        frames.div_ceil(self.size / 2) + 1
    }
}

/// Reads two channels of a track from a frame of the song on; a mono track gives both.
pub(crate) fn read(stem: &Stem, from: i64, into: &mut [Vec<f32>; 2]) {
    let [left, right] = into;
    if stem.clip.channels >= 2 {
        stem.clip.read(from - stem.start, &mut [left.as_mut_slice(), right.as_mut_slice()]);
    } else {
        stem.clip.read(from - stem.start, &mut [left.as_mut_slice()]);
        right.copy_from_slice(left);
    }
}

/// Finds how the tracks make the mix. None for a silent mix or no tracks.
pub(crate) fn fit(mix: &Audio, song: &Song, tracks: &[&Stem]) -> Option<Fit> {
    let windows = Windows::new(song.rate);
    let frames = mix.frames().min(song.frames as usize);
    let count = windows.count(frames);
    let chunks: Vec<usize> = (0..count).step_by(TOGETHER).collect();
    let parts: Vec<Sums> = chunks
        .par_iter()
        .map(|&first| sums(&windows, mix, tracks, first..(first + TOGETHER).min(count)))
        .collect();
    let mut all = Sums::new(tracks.len());
    parts.iter().for_each(|part| all.add(part));
    let energy: f64 = all.mix.iter().sum();
    if tracks.is_empty() || energy <= 0.0 {
        return None;
    }
    let left_over = |share: f64| 10.0 * share.max(1e-12).log10();
    // All with one gain: what is left of the mix beside their plain sum.
    let whole: f64 = all.pairs.iter().map(|x| x.re).sum();
    let shared: f64 = all.with_mix.iter().map(|x| x.re).sum();
    let rest = (energy - shared * shared / whole.max(1e-30)) / energy;
    if rest < PIECES && shared > 0.0 {
        return Some(Fit { how: How::Pieces((shared / whole) as f32), left_over: left_over(rest) });
    }
    let mut gains = vec![[vec![Complex32::ZERO; BANDS], vec![Complex32::ZERO; BANDS]]; tracks.len()];
    let mut explained = 0.0;
    for place in 0..2 * BANDS {
        let n = all.tracks;
        let with_mix = &all.with_mix[place * n..(place + 1) * n];
        let found = solve(&all.pairs[place * n * n..(place + 1) * n * n], with_mix);
        explained += found.iter().zip(with_mix).map(|(g, r)| (g.conj() * r).re).sum::<f64>().max(0.0);
        for (gains, found) in gains.iter_mut().zip(found) {
            gains[place / BANDS][place % BANDS] = Complex32::new(found.re as f32, found.im as f32);
        }
    }
    let rest = ((energy - explained) / energy).max(0.0);
    Some(Fit { how: How::Gains(gains), left_over: left_over(rest) })
}

/// Sums over some windows.
fn sums(windows: &Windows, mix: &Audio, tracks: &[&Stem], numbers: std::ops::Range<usize>) -> Sums {
    let mut sums = Sums::new(tracks.len());
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(windows.size);
    let mut scratch = transform.make_scratch_vec();
    let mut line = transform.make_input_vec();
    let mut bins: Vec<Vec<Complex32>> = vec![transform.make_output_vec(); tracks.len() + 1];
    let mut sound = [vec![0f32; windows.size], vec![0f32; windows.size]];
    for number in numbers {
        let from = windows.start(number);
        let mut sounds: Vec<Option<[Vec<f32>; 2]>> = Vec::with_capacity(tracks.len());
        for stem in tracks {
            read(stem, from, &mut sound);
            let plays = sound.iter().flatten().any(|x| *x != 0.0);
            sounds.push(plays.then(|| sound.clone()));
        }
        let playing: Vec<usize> = (0..tracks.len()).filter(|&i| sounds[i].is_some()).collect();
        for side in 0..2 {
            let mut turn = |sound: &dyn Fn(usize) -> f32, bins: &mut Vec<Complex32>| {
                for (i, (x, shape)) in line.iter_mut().zip(&windows.shape).enumerate() {
                    *x = sound(i) * shape;
                }
                // Lengths are those that the transform made: it cannot fail.
                let _ = transform.process_with_scratch(&mut line, bins, &mut scratch);
            };
            let channel = &mix.channels[side.min(mix.channels.len() - 1)];
            let sample = |i: usize| {
                usize::try_from(from + i as i64).ok().and_then(|at| channel.get(at)).copied().unwrap_or(0.0)
            };
            turn(&sample, &mut bins[tracks.len()]);
            for &i in &playing {
                if let Some(sound) = &sounds[i] {
                    turn(&|k| sound[side][k], &mut bins[i]);
                }
            }
            tally(&mut sums, side, &windows.bands, &bins, &playing);
        }
    }
    sums
}

/// Adds one window of one side.
fn tally(sums: &mut Sums, side: usize, bands: &[usize], bins: &[Vec<Complex32>], playing: &[usize]) {
    let n = sums.tracks;
    let wide = |x: Complex32| Complex64::new(f64::from(x.re), f64::from(x.im));
    let mut from = 0;
    while from < bands.len() {
        let band = bands[from];
        let to = from + bands[from..].iter().take_while(|&&other| other == band).count();
        let place = side * BANDS + band;
        let mix = &bins[n][from..to];
        sums.mix[place] += mix.iter().map(|x| f64::from(x.norm_sqr())).sum::<f64>();
        for (at, &i) in playing.iter().enumerate() {
            let own = &bins[i][from..to];
            let dot = |other: &[Complex32]| wide(own.iter().zip(other).map(|(a, b)| a.conj() * b).sum());
            sums.with_mix[place * n + i] += dot(mix);
            for &j in &playing[at..] {
                let product = dot(&bins[j][from..to]);
                sums.pairs[place * n * n + i * n + j] += product;
                if j != i {
                    sums.pairs[place * n * n + j * n + i] += product.conj();
                }
            }
        }
        from = to;
    }
}

/// Solves for the gains of one band (Cholesky). Tracks that are silent in it get none.
fn solve(pairs: &[Complex64], with_mix: &[Complex64]) -> Vec<Complex64> {
    let n = with_mix.len();
    let loudest = (0..n).map(|i| pairs[i * n + i].re).fold(0.0, f64::max);
    let heard: Vec<usize> = (0..n).filter(|&i| pairs[i * n + i].re > loudest * 1e-12).collect();
    let m = heard.len();
    let mut lower = vec![Complex64::ZERO; m * m];
    for row in 0..m {
        for column in 0..=row {
            let mut sum = pairs[heard[row] * n + heard[column]];
            if row == column {
                sum += sum.re * RIDGE + loudest * 1e-14;
            }
            for k in 0..column {
                sum -= lower[row * m + k] * lower[column * m + k].conj();
            }
            lower[row * m + column] = if row == column {
                Complex64::new(sum.re.max(loudest * 1e-16).sqrt(), 0.0)
            } else {
                sum / lower[column * m + column].re
            };
        }
    }
    let mut found: Vec<Complex64> = heard.iter().map(|&i| with_mix[i]).collect();
    for row in 0..m {
        for k in 0..row {
            let known = found[k];
            found[row] -= lower[row * m + k] * known;
        }
        found[row] /= lower[row * m + row].re;
    }
    for row in (0..m).rev() {
        for k in row + 1..m {
            let known = found[k];
            found[row] -= lower[k * m + row].conj() * known;
        }
        found[row] /= lower[row * m + row].re;
    }
    let mut gains = vec![Complex64::ZERO; n];
    heard.iter().zip(found).for_each(|(&i, gain)| gains[i] = gain);
    gains
}

impl Fit {
    /// Are the tracks the mix in pieces?
    pub fn is_pieces(&self) -> bool {
        matches!(self.how, How::Pieces(_))
    }

    /// A track as it sounds in the mix, on the song's clock. `place`: its place among the tracks that were given.
    pub fn sound(&self, song: &Song, stem: &Stem, place: usize) -> Audio {
        let frames = song.frames as usize;
        let mut sound = [vec![0f32; frames], vec![0f32; frames]];
        match &self.how {
            How::Pieces(gain) => {
                read(stem, 0, &mut sound);
                sound.iter_mut().flatten().for_each(|x| *x *= gain);
            }
            How::Gains(gains) => {
                if let Some(gains) = gains.get(place) {
                    filter(&Windows::new(song.rate), stem, gains, &mut sound);
                }
            }
        }
        let [left, right] = sound;
        Audio::stereo(song.rate, left, right)
    }
}

/// Plays a track through gains by band, window over window.
fn filter(windows: &Windows, stem: &Stem, gains: &[Vec<Complex32>; 2], out: &mut [Vec<f32>; 2]) {
    let size = windows.size;
    let mut planner = RealFftPlanner::<f32>::new();
    let (there, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let (mut line, mut bins) = (there.make_input_vec(), there.make_output_vec());
    let (mut scratch, mut scratch_back) = (there.make_scratch_vec(), back.make_scratch_vec());
    let mut sound = [vec![0f32; size], vec![0f32; size]];
    let frames = out[0].len();
    for number in 0..windows.count(frames) {
        let from = windows.start(number);
        read(stem, from, &mut sound);
        if sound.iter().flatten().all(|x| *x == 0.0) {
            continue;
        }
        for (side, out) in out.iter_mut().enumerate() {
            line.iter_mut().zip(&sound[side]).zip(&windows.shape).for_each(|((x, s), w)| *x = s * w);
            let _ = there.process_with_scratch(&mut line, &mut bins, &mut scratch);
            bins.iter_mut().zip(&windows.bands).for_each(|(x, &band)| *x *= gains[side][band]);
            // The ends of the spectrum of a real sound have no phase.
            bins[0].im = 0.0;
            bins[size / 2].im = 0.0;
            let _ = back.process_with_scratch(&mut bins, &mut line, &mut scratch_back);
            for (i, (x, w)) in line.iter().zip(&windows.shape).enumerate() {
                let at = usize::try_from(from + i as i64).ok();
                if let Some(out) = at.and_then(|at| out.get_mut(at)) {
                    *out += x * w / size as f32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mixsmith_audio::Clip;

    use super::*;

    const RATE: u32 = 48_000;

    fn noise(seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as f32 / u32::MAX as f32 - 0.5
        };
        (0..4 * RATE).map(|_| 0.2 * next()).collect()
    }

    fn song(sounds: &[Vec<f32>]) -> Song {
        let stem = |(i, sound): (usize, &Vec<f32>)| Stem {
            id: format!("s{i}"),
            file: format!("{i}.wav"),
            stream: 0,
            hash: String::new(),
            rate: RATE,
            channels: 1,
            lossy: false,
            start: 0,
            clip: Arc::new(Clip::in_memory(Audio::mono(RATE, sound.clone()))),
        };
        Song {
            rate: RATE,
            frames: sounds[0].len() as u64,
            stems: sounds.iter().enumerate().map(stem).collect(),
        }
    }

    fn mixed(sounds: &[Vec<f32>], gains: &[[f32; 2]]) -> Audio {
        let side = |side: usize| {
            (0..sounds[0].len())
                .map(|i| sounds.iter().zip(gains).map(|(s, g)| s[i] * g[side]).sum())
                .collect()
        };
        Audio::stereo(RATE, side(0), side(1))
    }

    fn power(sound: &[f32]) -> f64 {
        sound.iter().map(|x| f64::from(x * x)).sum()
    }

    #[test]
    fn gains_and_places_are_found_again() {
        let sounds = [noise(1), noise(2), noise(3)];
        let song = song(&sounds);
        let tracks: Vec<&Stem> = song.stems.iter().collect();
        let gains = [[1.0, 0.5], [0.1, 0.1], [0.0, 2.0]];
        let found = fit(&mixed(&sounds, &gains), &song, &tracks).unwrap();
        assert!(found.left_over < -50.0 && !found.is_pieces(), "{}", found.left_over);
        for (place, stem) in song.stems.iter().enumerate() {
            let sound = found.sound(&song, stem, place);
            for (channel, wanted) in sound.channels.iter().zip(gains[place]) {
                let gain = (power(channel) / power(&sounds[place])).sqrt();
                assert!((gain - f64::from(wanted)).abs() < 0.01, "{place}: {gain} for {wanted}");
            }
        }
    }

    #[test]
    fn pieces_are_known_as_pieces_and_what_is_missing_is_told() {
        let sounds = [noise(1), noise(2), noise(3)];
        let song = song(&sounds);
        let tracks: Vec<&Stem> = song.stems.iter().collect();
        let found = fit(&mixed(&sounds, &[[0.5; 2]; 3]), &song, &tracks).unwrap();
        assert!(found.is_pieces() && found.left_over < -80.0, "{}", found.left_over);
        let sound = found.sound(&song, tracks[1], 1);
        assert!((sound.channels[0][100] - 0.5 * sounds[1][100]).abs() < 1e-6);
        // A third of the mix is of a track that nobody gave.
        let found = fit(&mixed(&sounds, &[[1.0; 2]; 3]), &song, &tracks[..2]).unwrap();
        assert!((found.left_over + 4.77).abs() < 0.2, "{}", found.left_over);
        assert!(fit(&Audio::silence(RATE, 2, 1000), &song, &tracks).is_none());
    }
}
