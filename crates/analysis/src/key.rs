//! The key of the song, from the notes of its pitched stems.

use crate::{Fact, Facts, Measure, Qty, Song, role};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[Measure {
    id: "key",
    unit: "name",
    doc: "Key of the song: correlation of the stems' summed chroma with the profiles of Temperley, Music and Probability \
          (2007), table 6.1.",
}];

const NAMES: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
/// How often each degree sounds in a major key, and in a minor one.
const MAJOR: [f64; 12] = [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400];
const MINOR: [f64; 12] = [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330];

/// The key that fits best, and how sure that is (0 to 1); none without notes. `chroma` counts from C.
pub fn key_of(chroma: &[f64; 12]) -> Option<(String, f32)> {
    if chroma.iter().sum::<f64>() <= 0.0 {
        return None;
    }
    let mut fits: Vec<(f64, usize, &str)> = Vec::new();
    for tonic in 0..12 {
        for (profile, mode) in [(&MAJOR, "major"), (&MINOR, "minor")] {
            let turned: Vec<f64> = (0..12).map(|i| profile[(i + 12 - tonic) % 12]).collect();
            fits.push((correlation(chroma, &turned), tonic, mode));
        }
    }
    fits.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (fit, tonic, mode) = fits[0];
    // A clear key fits at 0.8 or better and stands 0.15 above its relatives.
    let margin = ((fit - fits[1].0) / 0.15).clamp(0.0, 1.0);
    let confidence = (fit.max(0.0) * (0.5 + 0.5 * margin)).clamp(0.0, 1.0);
    Some((format!("{} {mode}", NAMES[tonic]), confidence as f32))
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len().max(1) as f64;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma) * (x - ma);
        bb += (y - mb) * (y - mb);
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// Chroma of the song from C: every pitched stem by how loud it is and how long it plays.
pub fn song_chroma(song: &Song, facts: &Facts) -> [f64; 12] {
    let mut sum = [0.0; 12];
    for stem in crate::leave_out::kept(song, facts) {
        let family = facts.text("role", &stem.id).and_then(role).map_or("none", |role| role.family);
        let weight = match family {
            "drums" | "fx" => 0.0,
            "bass" | "guitars" | "keys" | "synths" | "strings" | "brass" => 1.0,
            _ => 0.5,
        };
        let Some(chroma) = facts.bands("harmonic.chroma", &stem.id).filter(|chroma| chroma.len() == 12)
        else {
            continue;
        };
        let total: f64 = chroma.iter().map(|&x| f64::from(x.max(0.0))).sum();
        let loud = facts.number("loudness.active", &stem.id).unwrap_or(-70.0);
        let share = facts.number("activity.share", &stem.id).unwrap_or(0.0);
        if weight == 0.0 || total <= 0.0 || loud < -70.0 {
            continue;
        }
        // The square root of energy: a loud stem leads, but does not silence the others.
        let weight = weight * share * 10f64.powf(loud / 20.0);
        for (sum, &x) in sum.iter_mut().zip(chroma) {
            *sum += weight * f64::from(x.max(0.0)) / total;
        }
    }
    sum
}

/// Adds `key`.
pub fn measure(song: &Song, facts: &mut Facts) {
    if let Some((name, confidence)) = key_of(&song_chroma(song, facts)) {
        facts.push(Fact::new("key", &[], Qty::Text(name)).confidence(confidence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chroma of triads on these roots (true: major).
    fn chords(list: &[(usize, bool)]) -> [f64; 12] {
        let mut chroma = [0.02; 12];
        for &(root, major) in list {
            for (step, weight) in [(0, 1.0), (if major { 4 } else { 3 }, 0.7), (7, 0.8)] {
                chroma[(root + step) % 12] += weight;
            }
        }
        chroma
    }

    #[test]
    fn cadences_give_their_key_in_every_transposition() {
        for (tonic, name) in NAMES.iter().enumerate() {
            let at = |list: &[(usize, bool)]| {
                chords(&list.iter().map(|&(r, m)| ((r + tonic) % 12, m)).collect::<Vec<_>>())
            };
            let major = at(&[(0, true), (5, true), (7, true), (0, true)]);
            assert_eq!(key_of(&major).map(|k| k.0), Some(format!("{} major", name)));
            let minor = at(&[(0, false), (5, false), (7, true), (0, false)]);
            assert_eq!(key_of(&minor).map(|k| k.0), Some(format!("{} minor", name)));
        }
    }

    #[test]
    fn silence_has_no_key_and_noise_no_sure_one() {
        assert_eq!(key_of(&[0.0; 12]), None);
        let (_, confidence) = key_of(&[1.0; 12]).expect("a guess");
        assert!(confidence < 0.1, "{confidence}");
    }
}
