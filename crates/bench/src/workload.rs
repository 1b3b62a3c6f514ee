//! The sounds: bursts of decaying tone and noise with rests, the same for every program.

use std::io;
use std::path::{Path, PathBuf};

use mixsmith_audio::{Dither, Sample, WavWriter};

/// Frames a second.
pub const RATE: u32 = 48_000;
/// The track of CANON-2 that was recorded at another rate.
pub const OTHER_RATE: usize = 2;
/// Beats a minute.
const TEMPO: f64 = 120.0;
/// Largest sample of a track.
const PEAK: f32 = 0.35;

/// The file of a track.
pub fn file(folder: &Path, track: usize) -> PathBuf {
    folder.join(format!("t{track:03}.wav"))
}

/// Writes the tracks that are not there yet: mono, 24 bits.
pub fn write(folder: &Path, tracks: usize, seconds: usize) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for number in 0..tracks {
        let path = file(folder, number);
        let frames = (seconds * RATE as usize) as u64;
        if std::fs::metadata(&path).is_ok_and(|about| about.len() >= frames * 3) {
            continue;
        }
        let mut writer = WavWriter::create(&path, RATE, 1, Sample::I24, Dither::None)?;
        writer.write(&[&track(number, seconds)])?;
        writer.finish()?;
    }
    Ok(())
}

/// The file of a track of CANON-2.
pub fn real_file(folder: &Path, track: usize) -> PathBuf {
    folder.join(format!("u{track:03}.wav"))
}

/// Writes the tracks of CANON-2: those of CANON-1, every second in stereo, and the one called [`OTHER_RATE`] at 44.1 kHz.
pub fn write_real(folder: &Path, tracks: usize, seconds: usize) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for number in 0..tracks {
        let left = track(number, seconds);
        let rate = if number == OTHER_RATE { 44_100 } else { RATE };
        let left = &left[..seconds * rate as usize];
        // The other microphone hears it later and softer.
        let right: Vec<f32> =
            std::iter::repeat_n(0.0, 13).chain(left.iter().map(|x| 0.8 * x)).take(left.len()).collect();
        let both: &[&[f32]] = if number % 2 == 1 { &[left, &right] } else { &[left] };
        let path = real_file(folder, number);
        let mut writer = WavWriter::create(&path, rate, both.len(), Sample::I24, Dither::None)?;
        writer.write(both)?;
        writer.finish()?;
    }
    Ok(())
}

/// A stereo sound of several tracks at once, for the kernels, into a file.
pub fn write_sum(path: &Path, seconds: usize, rate: u32) -> io::Result<()> {
    let sum = |numbers: [usize; 3]| -> Vec<f32> {
        let tracks = numbers.map(|number| track(number, seconds));
        let frames = seconds * rate as usize;
        (0..frames).map(|i| tracks.iter().map(|track| 0.9 * track[i]).sum()).collect()
    };
    let mut writer = WavWriter::create(path, rate, 2, Sample::I24, Dither::None)?;
    writer.write(&[&sum([1, 2, 5]), &sum([1, 6, 7])])?;
    writer.finish()?;
    Ok(())
}

/// Writes a room for those that have no other reverb: 3 s of noise that dies away.
pub fn impulse(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("impulse.wav");
    let mut dice = Dice(0x5eed);
    let mut side = || -> Vec<f32> {
        let fall = |i: usize| (-6.9 / 3.0 * i as f64 / f64::from(RATE)).exp();
        (0..3 * RATE as usize).map(|i| (0.02 * fall(i) * dice.between(-1.7, 1.7)) as f32).collect()
    };
    let (left, right) = (side(), side());
    let mut writer = WavWriter::create(&path, RATE, 2, Sample::F32, Dither::None)?;
    writer.write(&[&left, &right])?;
    writer.finish()?;
    Ok(path)
}

/// xorshift64*, evenly from 0 to 1.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// One track. Every fourth has a stretch of digital silence, which finds engines that are slow in it.
fn track(number: usize, seconds: usize) -> Vec<f32> {
    let mut dice = Dice((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let rate = f64::from(RATE);
    let hz = 55.0 * (dice.between(0.0, 60.0).floor() / 12.0).exp2();
    let step = (rate * 60.0 / TEMPO / [1.0, 2.0, 4.0][(dice.next() * 3.0) as usize]) as usize;
    let length = step.min((0.6 * rate) as usize);
    let (decay, tonal) = (dice.between(0.03, 0.25), dice.between(0.2, 0.9));
    let note: Vec<(f32, f32)> = (0..length)
        .map(|i| {
            let time = i as f64 / rate;
            let tone: f64 =
                (1..6).map(|k| (std::f64::consts::TAU * hz * f64::from(k) * time).sin() / f64::from(k)).sum();
            ((-time / decay).exp() as f32, (tonal * tone * 0.5) as f32)
        })
        .collect();
    let mut sound = vec![0.0f32; seconds * RATE as usize];
    let noise = |dice: &mut Dice| (dice.next() + dice.next() + dice.next() - 1.5) as f32 * 2.0;
    for start in (0..sound.len().saturating_sub(length)).step_by(step) {
        if dice.next() < 0.15 {
            continue;
        }
        let level = dice.between(0.3, 1.0) as f32;
        for (sample, (envelope, tone)) in sound[start..].iter_mut().zip(&note) {
            *sample += envelope * level * (tone + (1.0 - tonal as f32) * 0.5 * noise(&mut dice));
        }
    }
    let silent = number % 4 == 3;
    if silent {
        let start = (dice.next() * sound.len() as f64 * 0.8) as usize;
        let end = (start + 20 * RATE as usize).min(sound.len());
        sound[start..end].fill(0.0);
    } else {
        sound.iter_mut().for_each(|sample| *sample += 1e-4 * noise(&mut dice));
    }
    let peak = sound.iter().fold(1e-9f32, |peak, x| peak.max(x.abs()));
    sound.iter_mut().for_each(|sample| *sample *= PEAK / peak);
    sound
}
