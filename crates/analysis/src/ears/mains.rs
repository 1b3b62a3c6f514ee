//! Mains hum under a programme that never rests.
//!
//! In a bass line or a pad no window shows the hum alone. But the mains keep their frequency and phase for many
//! seconds, and music does not: seen through a filter of half a minute, hum is a line at its place and music is
//! spread around it. Moments count by the inverse of their level, so that the pauses between notes speak loudest:
//! the matched filter for a known sine in noise that is not stationary (Kay 1998, "Detection theory", 4.4).

use std::f64::consts::TAU;
use std::ops::Range;

/// Harmonics looked at.
const HARMONICS: usize = 6;
/// Seconds that a window of the band around a harmonic is long, and from window to window.
const WINDOW: f64 = 0.2;
const STEP: f64 = 0.05;
/// Windows over which the level of a moment is taken.
const AROUND: usize = 5;
/// Power of the level's inverse: less than one, for a level of few windows is itself uncertain.
const TRUST: f64 = 0.75;
/// Longest and shortest stretch in seconds in which the phase must hold.
const STRETCH: (f64, f64) = (24.0, 12.0);
/// Distance from the place in Hz: step of the search, reach of the mains (times the harmonic), reach of the comparison.
const GRID: f64 = 0.02;
const NEAR: f64 = 0.04;
const FAR: f64 = 1.5;
/// The line stands this far above the mean of all that lies around, and above the largest of it, dB.
const ABOVE_MEAN: f64 = 11.0;
const ABOVE_ALL: f64 = 4.0;
/// Hum of less than this power is nothing to hear: -90 dBFS.
const FAINT: f64 = 1e-9;
/// Power of a moment that is digital silence.
const SILENT: f64 = 1e-13;

/// Power of the hum at multiples of the mains frequency: at least two lines, one of them low.
pub(super) fn hum(line: &[f32], rate: f64, mains: f64) -> Option<f64> {
    let lines: Vec<(usize, f64)> =
        (1..=HARMONICS).filter_map(|h| Some((h, power(line, rate, mains * h as f64, h)?))).collect();
    let low = lines.iter().any(|&(h, _)| h <= 2);
    (low && lines.len() >= 2).then(|| lines.iter().map(|&(_, power)| power).sum())
}

/// A complex number.
type Point = (f64, f64);

/// Power of the line at a harmonic, if there is one.
fn power(line: &[f32], rate: f64, hz: f64, harmonic: usize) -> Option<f64> {
    let band = band(line, rate, hz);
    let level: Vec<f64> = {
        let powers: Vec<f64> = band.iter().map(|(re, im)| re * re + im * im).collect();
        let half = AROUND / 2;
        (0..powers.len())
            .map(|i| {
                let near = &powers[i.saturating_sub(half)..(i + half + 1).min(powers.len())];
                near.iter().sum::<f64>() / near.len() as f64
            })
            .collect()
    };
    let weights_of: Vec<f64> =
        level.iter().map(|&level| if level > SILENT { level.powf(-TRUST) } else { 0.0 }).collect();
    let weight = |i: usize| weights_of[i];
    let stretch = (STRETCH.0 / STEP) as usize;
    let shortest = (STRETCH.1 / STEP) as usize;
    let places = (FAR / GRID) as i32;
    // For every distance: how far the weighted sum stands over what chance gives, and the amplitude squared.
    let mut powers = vec![0.0; 2 * places as usize + 1];
    let mut amplitudes = vec![0.0; powers.len()];
    let mut weights = 0.0;
    for start in (0..band.len()).step_by(stretch) {
        let range = start..(start + stretch).min(band.len());
        let all: f64 = range.clone().map(weight).sum();
        if range.len() < shortest || all <= 0.0 {
            continue;
        }
        weights += all;
        let chance: f64 = range.clone().map(|i| weight(i).powi(2) * level[i]).sum();
        for (k, place) in (-places..=places).enumerate() {
            let power = turned(&band, range.clone(), weight, TAU * f64::from(place) * GRID * STEP);
            powers[k] += power / chance;
            amplitudes[k] += power / all;
        }
    }
    if weights <= 0.0 {
        return None;
    }
    let away = |k: usize| (k as f64 - f64::from(places)).abs() * GRID;
    let near = NEAR + 0.01 * harmonic as f64;
    let best = (0..powers.len())
        .filter(|&k| away(k) <= near)
        .max_by(|&a, &b| powers[a].total_cmp(&powers[b]).then(b.cmp(&a)))?;
    let around: Vec<f64> = (0..powers.len()).filter(|&k| away(k) >= near + 0.12).map(|k| powers[k]).collect();
    let mean = around.iter().sum::<f64>() / around.len() as f64;
    let most = around.iter().copied().fold(0.0, f64::max);
    let above = |other: f64, db: f64| powers[best] > other * 10f64.powf(db / 10.0);
    // A sine of amplitude a has the power a²/2; the band holds half its amplitude.
    let found = 2.0 * amplitudes[best] / weights;
    (above(mean, ABOVE_MEAN) && above(most, ABOVE_ALL) && found > FAINT).then_some(found)
}

/// Power of the weighted sum of a stretch whose phase turns by so much from moment to moment.
fn turned(band: &[Point], range: Range<usize>, weight: impl Fn(usize) -> f64, turn: f64) -> f64 {
    let (sin, cos) = turn.sin_cos();
    let (mut phase, mut sum): (Point, Point) = ((1.0, 0.0), (0.0, 0.0));
    for i in range {
        let ((re, im), w) = (band[i], weight(i));
        sum.0 += w * (re * phase.0 + im * phase.1);
        sum.1 += w * (im * phase.0 - re * phase.1);
        phase = (phase.0 * cos - phase.1 * sin, phase.0 * sin + phase.1 * cos);
    }
    sum.0 * sum.0 + sum.1 * sum.1
}

/// The band around a frequency, turned down to zero: the complex amplitude every [`STEP`] seconds.
fn band(line: &[f32], rate: f64, hz: f64) -> Vec<Point> {
    let size = (WINDOW * rate).round() as usize;
    let shape: Vec<Point> = (0..size)
        .map(|i| {
            let hann = (1.0 - (TAU * i as f64 / size as f64).cos()) / size as f64;
            let (sin, cos) = (TAU * hz * i as f64 / rate).sin_cos();
            (hann * cos, -hann * sin)
        })
        .collect();
    let count = (line.len().saturating_sub(size) as f64 / (STEP * rate)) as usize;
    (0..count)
        .map(|n| {
            let start = (n as f64 * STEP * rate).round() as usize;
            let (re, im) = line[start..start + size]
                .iter()
                .zip(&shape)
                .fold((0.0, 0.0), |(re, im), (&x, p)| (re + f64::from(x) * p.0, im + f64::from(x) * p.1));
            let (sin, cos) = (TAU * hz * start as f64 / rate).sin_cos();
            (re * cos + im * sin, im * cos - re * sin)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 2000.0;

    /// A bass without a rest, half a minute of notes around 50 Hz that start anew every 0.6 s, and hum below it.
    fn bass(hum: f64) -> Vec<f32> {
        const NOTES: [f64; 7] = [49.0, 55.0, 61.74, 51.91, 58.27, 46.25, 65.41];
        let length = (0.6 * RATE) as usize;
        (0..(30.0 * RATE) as usize)
            .map(|n| {
                let time = (n % length) as f64 / RATE;
                let note = n / length * 5 % NOTES.len();
                let tone = |h: f64| (TAU * h * NOTES[note] * time + n as f64 / length as f64).sin() / (h * h);
                let played = 0.1 * (-3.0 * time).exp() * (1..=4).map(|h| tone(f64::from(h))).sum::<f64>();
                let mains = |h: f64| (TAU * 50.0 * h * n as f64 / RATE).sin() / h;
                (played + hum * (mains(1.0) + mains(2.0) + mains(3.0))) as f32
            })
            .collect()
    }

    #[test]
    fn hum_is_found_below_a_bass_that_never_rests() {
        let found = hum(&bass(0.002), RATE, 50.0).expect("hum");
        let planted = 0.5 * 0.002f64.powi(2) * (1.0 + 0.25 + 1.0 / 9.0);
        let off = 10.0 * (found / planted).log10();
        assert!(off.abs() < 3.0, "{off} dB");
    }

    #[test]
    fn the_bass_alone_is_no_hum() {
        assert_eq!(hum(&bass(0.0), RATE, 50.0), None);
        assert_eq!(hum(&bass(0.0), RATE, 60.0), None);
    }
}
