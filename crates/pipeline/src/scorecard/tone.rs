//! The balance of the spectrum.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, centres, edges};
use mixsmith_assistant::like::wanted;
use mixsmith_assistant::tables::{TargetRow, target};

use super::card::{Bar, Card, Figure};
use super::percentile;
use crate::Mixed;
use crate::report::spectrum;

const DISTANCE: Figure = Figure {
    group: "Tone",
    name: "Distance from records",
    unit: "",
    bar: Bar::Most(1.5),
    row: 6,
    how: "Root mean square, over the third octaves from 40 Hz to 16 kHz, of the distance from the usual balance of records \
          in its own standard deviations, in the louder half of the frames; the median from 200 Hz to 2 kHz is at 0 dB.",
    means: "Distance from the usual balance of records, in their own spread. People: 1.2 to 1.8.",
};

const RESONANCE: Figure = Figure {
    group: "Tone",
    name: "Largest resonance",
    unit: "dB",
    bar: Bar::Most(9.0),
    row: 7,
    how: "Highest rise of the mean spectrum in twelfths of an octave over itself smoothed to an octave.",
    means: "Highest peak over its surroundings in the whole mix. People: 2 to 12 dB.",
};

const HARSH: Figure = Figure {
    group: "Tone",
    name: "2 to 5 kHz at its sharpest",
    unit: "dB",
    bar: Bar::None,
    row: 7,
    how: "Energy from 2 to 5 kHz over that from 200 Hz to 2 kHz, less the same of the usual balance of records, frame by \
          frame of 100 ms: 95th percentile of the louder half of the frames.",
    means: "Over records where the ear is most sensitive, in the sharpest twentieth of the moments. People differ by 15 dB: \
            no limit.",
};

pub(super) const FIGURES: &[&Figure] = &[&DISTANCE, &RESONANCE, &HARSH];

pub(super) fn tone(mixed: &Mixed, card: &mut Card) {
    let sketch = mixed.heard.sketch("mix");
    let bands = mixed.heard.bands("spectrum.third_octave", "mix");
    // With a reference the distance is that from it.
    let rows = wanted(&mixed.listened.facts).rows;
    let distance = bands.zip(sketch).map(|(bands, sketch)| distance(&louder(bands, sketch), &rows));
    card.add(&DISTANCE, distance);
    card.add(&RESONANCE, mixed.heard.number("spectrum.resonance", "mix"));
    card.add(&HARSH, sketch.and_then(|sketch| sharpest(sketch)));
}

/// Distance of a mix, by its third octaves and its sketch, from the usual balance of records.
pub(super) fn from_records(thirds: &[f32], sketch: &Sketch) -> f64 {
    distance(&louder(thirds, sketch), target())
}

fn distance(thirds: &[f32], rows: &[TargetRow]) -> f64 {
    let bands = spectrum::normal(thirds);
    let heard = bands.iter().zip(rows).filter(|(_, row)| row.hz >= 40.0);
    let squares: Vec<f64> = heard.map(|(db, row)| ((db - row.db) / row.sd).powi(2)).collect();
    (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt()
}

/// Energy by band in one frame, mid and side together.
fn cells(sketch: &Sketch, frame: usize) -> impl Iterator<Item = f64> + '_ {
    let place = frame * BANDS..(frame + 1) * BANDS;
    sketch.mid[place.clone()].iter().zip(&sketch.side[place]).map(|(m, s)| f64::from(m + s))
}

/// The frames in which the mix plays (within 20 dB of its 95th percentile), loudest first.
fn playing(sketch: &Sketch) -> Vec<usize> {
    let energies: Vec<f64> = (0..sketch.frames()).map(|frame| cells(sketch, frame).sum()).collect();
    let mut sorted = energies.clone();
    sorted.sort_by(f64::total_cmp);
    let gate = percentile(&sorted, 0.95).unwrap_or(0.0) * 0.01;
    let mut frames: Vec<usize> =
        (0..energies.len()).filter(|&f| energies[f] > 0.0 && energies[f] >= gate).collect();
    frames.sort_by(|&a, &b| energies[b].total_cmp(&energies[a]));
    frames
}

/// Third octaves of all that plays, moved by what the bands of the sketch say of its louder half.
fn louder(thirds: &[f32], sketch: &Sketch) -> Vec<f32> {
    let frames = playing(sketch);
    let mean = |frames: &[usize]| {
        let mut sums = [0.0; BANDS];
        for &frame in frames {
            sums.iter_mut().zip(cells(sketch, frame)).for_each(|(sum, x)| *sum += x);
        }
        sums.map(|sum| sum / frames.len().max(1) as f64)
    };
    let (all, loud) = (mean(&frames), mean(&frames[..frames.len().div_ceil(2)]));
    let moved = |(&db, hz): (&f32, f64)| {
        let band = edges().partition_point(|&edge| edge <= hz).clamp(1, BANDS) - 1;
        let by =
            if all[band] > 0.0 && loud[band] > 0.0 { 10.0 * (loud[band] / all[band]).log10() } else { 0.0 };
        db + by as f32
    };
    thirds.iter().zip(target().iter().map(|row| row.hz)).map(moved).collect()
}

/// The 95th percentile of the excess from 2 to 5 kHz, dB.
fn sharpest(sketch: &Sketch) -> Option<f64> {
    let usual = |low: f64, high: f64| -> f64 {
        let rows = target().iter().filter(|row| (low..high).contains(&row.hz));
        rows.map(|row| 10f64.powf(row.db / 10.0)).sum()
    };
    let usual = usual(2000.0, 5000.1) / usual(200.0, 2000.0);
    let bands = |low: f64, high: f64| -> Vec<usize> {
        (0..BANDS).filter(|&band| (low..high).contains(&centres()[band])).collect()
    };
    let (middle, high) = (bands(180.0, 1790.0), bands(1790.0, 5620.0));
    let frames = playing(sketch);
    let mut found: Vec<f64> = Vec::new();
    for &frame in &frames[..frames.len().div_ceil(2)] {
        let energies: Vec<f64> = cells(sketch, frame).collect();
        let sum = |bands: &[usize]| bands.iter().map(|&band| energies[band]).sum::<f64>();
        let (middle, high) = (sum(&middle), sum(&high));
        if middle > 0.0 && high > 0.0 {
            found.push(10.0 * (high / middle / usual).log10());
        }
    }
    found.sort_by(f64::total_cmp);
    percentile(&found, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sketch whose bands have the energy of the usual balance.
    fn usual(frames: usize) -> Sketch {
        let density = |hz: f64| {
            let near =
                target().iter().min_by(|a, b| (a.hz / hz).ln().abs().total_cmp(&(b.hz / hz).ln().abs()));
            near.map_or(0.0, |row| 10f64.powf(row.db / 10.0) / (0.2316 * row.hz))
        };
        let frame: Vec<f32> = edges()
            .windows(2)
            .zip(centres())
            .map(|(edge, &hz)| (1e-4 * density(hz) * (edge[1] - edge[0])) as f32)
            .collect();
        Sketch { mid: frame.repeat(frames), side: vec![0.0; frames * BANDS] }
    }

    #[test]
    fn the_usual_balance_has_no_excess_and_sharp_moments_have_theirs() {
        let sketch = usual(400);
        let plain = sharpest(&sketch).unwrap();
        assert!(plain.abs() < 0.7, "{plain}");
        let mut sharp = sketch.clone();
        // One louder frame in ten is 12 dB sharper, which the mean of the song would hardly show.
        for frame in (0..400).step_by(10) {
            for band in (0..BANDS).filter(|&b| (1790.0..5620.0).contains(&centres()[b])) {
                sharp.mid[frame * BANDS + band] *= 15.85;
            }
        }
        let found = sharpest(&sharp).unwrap();
        assert!((found - plain - 12.0).abs() < 0.1, "{found}");
        assert_eq!(sharpest(&Sketch::default()), None);
    }

    #[test]
    fn only_the_louder_half_counts_for_the_distance() {
        let thirds: Vec<f32> = target().iter().map(|row| row.db as f32).collect();
        let mut sketch = usual(100);
        assert!(from_records(&thirds, &sketch) < 0.01);
        // The softer half is brighter by 30 dB at one place and 6 dB softer as a whole, so the mean of all is not the
        // balance of the louder half.
        let band = edges().partition_point(|&edge| edge <= 1000.0) - 1;
        for frame in 0..50 {
            sketch.mid[frame * BANDS..(frame + 1) * BANDS].iter_mut().for_each(|x| *x *= 0.1);
            sketch.mid[frame * BANDS + band] *= 40.0;
        }
        let mut mean: Vec<f32> = thirds.iter().map(|db| db + 10.0 * 0.55f32.log10()).collect();
        mean[15] = thirds[15] + 10.0 * 2.5f32.log10();
        assert!(distance(&mean, target()) > 0.2);
        assert!(from_records(&mean, &sketch) < 0.05, "{}", from_records(&mean, &sketch));
    }

    #[test]
    fn a_wrong_balance_is_an_alarm() {
        let mut thirds: Vec<f32> = target().iter().map(|row| row.db as f32).collect();
        thirds[16..].iter_mut().for_each(|db| *db -= 9.0);
        let mut card = Card::default();
        card.add(&DISTANCE, Some(distance(&thirds, target())));
        assert_eq!(card.0[0].verdict, super::super::Verdict::Alarm);
    }
}
