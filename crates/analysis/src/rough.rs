//! The rough mix: is a file the sum of the others, and which level and polarity did each stem have in it?
//!
//! A person's rough mix is the best evidence of what they want.

use crate::delay::{self, Pair};
use crate::sketch::BANDS;
use crate::window::{self, Side};
use crate::{Fact, Facts, Measure, Sketch, Song, Stem, role};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "rough.gain_db",
        unit: "dB",
        doc: "Level of a stem in the person's rough mix over its file, by least squares.",
    },
    Measure {
        id: "rough.polarity",
        unit: "sign",
        doc: "-1 when a stem stands in the rough mix upside down against its file.",
    },
    Measure {
        id: "rough.delay",
        unit: "frames",
        doc: "Frames by which the rough mix is late (coder delay, other start).",
    },
    Measure {
        id: "rough.fit",
        unit: "share",
        doc: "Share of the rough mix's energy that the stems explain.",
    },
];

/// From this share on a file without a telling name is taken for a mix of the others.
pub const SURE: f64 = 0.97;

/// Energies of all stems against each other, for regressions.
pub struct Company {
    gram: Vec<Vec<f64>>,
    families: Vec<&'static str>,
}

impl Company {
    /// Sums over all sketches.
    pub fn new(song: &Song, facts: &Facts) -> Self {
        let sketches: Vec<Sketch> = song
            .stems
            .iter()
            .map(|stem| crate::song::sketch_in_song(song, facts, stem).unwrap_or_default())
            .collect();
        let families = song
            .stems
            .iter()
            .map(|stem| facts.text("role", &stem.id).and_then(role).map_or("none", |role| role.family))
            .collect();
        let n = sketches.len();
        let mut gram = vec![vec![0.0; n]; n];
        let energies: Vec<Vec<f32>> =
            sketches.iter().map(|s| s.mid.iter().zip(&s.side).map(|(m, s)| m + s).collect()).collect();
        for i in 0..n {
            for j in i..n {
                let mut sum = 0.0;
                for (x, y) in energies[i].chunks(BANDS).zip(energies[j].chunks(BANDS)) {
                    sum += f64::from(x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>());
                }
                gram[i][j] = sum;
                gram[j][i] = sum;
            }
        }
        Company { gram, families }
    }

    /// The share of a stem's energies (by band and time) that a sum of the others explains, if many of different families are
    /// needed for it: microphones in the room explain each other too.
    pub fn explains(&self, i: usize) -> Option<f64> {
        let own = self.gram[i][i];
        if own <= 0.0 {
            return None;
        }
        let others: Vec<usize> = (0..self.gram.len()).filter(|&j| j != i && self.gram[j][j] > 0.0).collect();
        let mut weights = vec![0f64; self.gram.len()];
        // Non-negative least squares by coordinate descent: powers add, they do not cancel.
        for _ in 0..200 {
            for &j in &others {
                let rest: f64 =
                    others.iter().filter(|&&k| k != j).map(|&k| weights[k] * self.gram[j][k]).sum();
                weights[j] = ((self.gram[j][i] - rest) / self.gram[j][j]).max(0.0);
            }
        }
        let cross: f64 = others.iter().map(|&j| weights[j] * self.gram[j][i]).sum();
        let mut needed: Vec<&str> = Vec::new();
        let mut parts = 0;
        for &j in &others {
            if weights[j] * weights[j] * self.gram[j][j] > 1e-4 * own {
                parts += 1;
                if !needed.contains(&self.families[j]) {
                    needed.push(self.families[j]);
                }
            }
        }
        (parts >= 4 && needed.len() >= 3).then_some((cross / own).clamp(0.0, 1.0))
    }
}

/// Adds level and polarity of every stem in the rough mix, if there is one.
pub fn measure(song: &Song, facts: &mut Facts) {
    let found = song.stems.iter().find(|stem| facts.text("leave-out", &stem.id) == Some("rough-mix"));
    if let Some(mix) = found {
        measure_in(song, mix, facts);
    }
}

/// Adds level and polarity of every stem in a mix of them, which need not be one of the stems.
pub fn measure_in(song: &Song, mix: &Stem, facts: &mut Facts) {
    let stems: Vec<usize> = (0..song.stems.len())
        .filter(|&i| facts.get("leave-out", &[&song.stems[i].id]).is_none())
        .filter(|&i| !crate::leave_out::silent(facts, &song.stems[i]))
        .collect();
    if stems.is_empty() {
        return;
    }
    let places = places(song, facts, &stems);
    let Some(late) = lateness(song, &stems, mix, &places) else { return };
    let shift = late.round() as i64;
    let size = (song.rate / 4) as usize;
    let n = stems.len();
    let (mut gram, mut right, mut own) = (vec![vec![0f64; n]; n], vec![0f64; n], 0f64);
    for &place in &places {
        let target = window::read(mix, Side::Mid, place + shift, size);
        let parts: Vec<Vec<f32>> =
            stems.iter().map(|&i| window::read(&song.stems[i], Side::Mid, place, size)).collect();
        own += window::energy(&target);
        for i in 0..n {
            right[i] += dot(&parts[i], &target);
            for j in i..n {
                let sum = dot(&parts[i], &parts[j]);
                gram[i][j] += sum;
                if i != j {
                    gram[j][i] += sum;
                }
            }
        }
    }
    let Some(gains) = solve(gram.clone(), &right) else { return };
    let fit = (gains.iter().zip(&right).map(|(g, r)| g * r).sum::<f64>() / own.max(1e-30)).clamp(0.0, 1.0);
    facts.push(Fact::number("rough.delay", &mix.id, late));
    facts.push(Fact::number("rough.fit", &mix.id, fit));
    for (k, &i) in stems.iter().enumerate() {
        let id = &song.stems[i].id;
        // What would be lost of the fit without this stem, against what is unexplained: the F of its gain.
        let part = gains[k] * gains[k] * gram[k][k];
        let unexplained = own * (1.0 - fit);
        let sure = (part / (part + 0.3 * unexplained + 1e-30)).clamp(0.0, 1.0) as f32;
        if gains[k] == 0.0 || gram[k][k] <= 0.0 {
            continue;
        }
        facts.push(Fact::number("rough.polarity", id, gains[k].signum()).confidence(sure));
        facts.push(Fact::number("rough.gain_db", id, 20.0 * gains[k].abs().log10()).confidence(sure));
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.chunks(256)
        .zip(b.chunks(256))
        .map(|(a, b)| f64::from(a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>()))
        .sum()
}

/// Frames of the song in which every stem is heard several times.
fn places(song: &Song, facts: &Facts, stems: &[usize]) -> Vec<i64> {
    let grid = i64::from(song.rate / 4);
    let mut places: Vec<i64> = Vec::new();
    for &i in stems {
        let stem = &song.stems[i];
        let mut mine = window::strong_onsets(song, facts, stem, 6, 1.0);
        if mine.len() < 3 {
            mine.extend((1..=6).map(|k| stem.start + stem.clip.frames as i64 * k / 7));
        }
        places.extend(mine.iter().map(|place| place.div_euclid(grid) * grid));
    }
    places.sort_unstable();
    places.dedup();
    // Where a stem's beginning or end is missing, the mix holds what no stem explains.
    let cut = |stem: &&Stem| {
        ["fault.wrong_length", "fault.late_start"].iter().any(|what| facts.get(what, &[&stem.id]).is_some())
    };
    let cut: Vec<&Stem> = stems.iter().map(|&i| &song.stems[i]).filter(cut).collect();
    let there =
        |stem: &&Stem, place: i64| (stem.start..stem.start + stem.clip.frames as i64 - grid).contains(&place);
    let whole: Vec<i64> =
        places.iter().copied().filter(|&place| cut.iter().all(|stem| there(stem, place))).collect();
    if 2 * whole.len() > places.len() { whole } else { places }
}

/// Frames by which the mix is late against the plain sum of the stems.
fn lateness(song: &Song, stems: &[usize], mix: &Stem, places: &[i64]) -> Option<f64> {
    let size = song.rate as usize;
    let step = (places.len() / 10).max(1);
    let mut pairs: Vec<Pair> = Vec::new();
    for &place in places.iter().step_by(step).take(12) {
        let mut sum = vec![0f32; size];
        for &i in stems {
            for (sum, x) in sum.iter_mut().zip(window::read(&song.stems[i], Side::Mid, place, size)) {
                *sum += x;
            }
        }
        pairs.push((sum, window::read(mix, Side::Mid, place, size)));
    }
    let found = delay::between(&pairs, f64::from(song.rate), (song.rate / 2) as usize, (80.0, 2000.0))?;
    (found.agreeing * 2 >= found.windows).then_some(found.frames)
}

/// Solves a symmetric positive system by Cholesky's factors, with a little ridge against copies among the stems.
fn solve(mut a: Vec<Vec<f64>>, b: &[f64]) -> Option<Vec<f64>> {
    let n = b.len();
    let mean = (0..n).map(|i| a[i][i]).sum::<f64>() / n as f64;
    for (i, row) in a.iter_mut().enumerate() {
        row[i] += 1e-9 * mean + 1e-6 * row[i];
    }
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = a[i][j] - (0..j).map(|k| a[i][k] * a[j][k]).sum::<f64>();
            if i == j {
                if sum <= 0.0 {
                    return None;
                }
                a[i][i] = sum.sqrt();
            } else {
                a[i][j] = sum / a[j][j];
            }
        }
    }
    let mut x = b.to_vec();
    for i in 0..n {
        x[i] = (x[i] - (0..i).map(|k| a[i][k] * x[k]).sum::<f64>()) / a[i][i];
    }
    for i in (0..n).rev() {
        x[i] = (x[i] - (i + 1..n).map(|k| a[k][i] * x[k]).sum::<f64>()) / a[i][i];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_solved() {
        let a = vec![vec![4.0, 1.0, 0.0], vec![1.0, 3.0, -1.0], vec![0.0, -1.0, 2.0]];
        let x = solve(a.clone(), &[1.0, 2.0, 3.0]).expect("positive");
        for (row, b) in a.iter().zip([1.0, 2.0, 3.0]) {
            let sum: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
            assert!((sum - b).abs() < 1e-4, "{sum} {b}");
        }
        assert_eq!(solve(vec![vec![-1.0]], &[1.0]), None);
    }
}
