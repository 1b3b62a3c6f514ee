//! The mix on other playback systems, simulated on the sketches of its tracks.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::masking::masking;
use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_assistant::solver::systems::{SYSTEMS, System};
use rayon::prelude::*;

use super::block::{Block, Section, Table};
use super::parts::Part;
use super::words::tenth;

/// How the mix fares on one system, against the full range in stereo.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fare {
    /// Name of the system.
    pub system: &'static str,
    /// Change of the lead voice against the rest, dB; none without a voice.
    pub voice: Option<f64>,
    /// Change of the bass against the rest, dB; none without a bass.
    pub bass: Option<f64>,
    /// Rise of the masked share of the tracks, mean.
    pub masking: f64,
    /// The part that loses most, and by how much against the rest, dB.
    pub weakest: Option<(String, f64)>,
    /// Every part, in the order of the parts.
    pub parts: Vec<PartFare>,
}

/// How a part fares on one system.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PartFare {
    /// Change of its level against the rest while it plays, dB; none where nothing of it or of the rest is left.
    pub change: Option<f64>,
    /// Share of it that the others mask here, and there.
    pub masked: (f64, f64),
}

/// What comes out of a system.
fn play(system: &System, sketch: &Sketch) -> Sketch {
    let [middle, sides] = system.gains();
    let weigh = |energies: &[f32], gains: &[f32]| -> Vec<f32> {
        energies.chunks(BANDS).flat_map(|frame| frame.iter().zip(gains).map(|(e, g)| e * g)).collect()
    };
    Sketch { mid: weigh(&sketch.mid, &middle), side: weigh(&sketch.side, &sides) }
}

/// Squared magnitude of the K-weighting (BS.1770-5, annex 1) at a frequency, from its analogue prototypes.
fn k_weight(hz: f64) -> f64 {
    let second = |x: f64, q: f64| (1.0 - x * x).powi(2) + (x / q).powi(2);
    let (x, high) = (hz / 1681.974, 1.584_865);
    let shelf = ((1.0 - high * x * x).powi(2) + (1.258_721 * x / 0.707_175).powi(2)) / second(x, 0.707_175);
    let x = hz / 38.135;
    shelf * x.powi(4) / second(x, 0.500_327)
}

/// K-weighted energy of every frame.
fn loud(sketch: &Sketch) -> Vec<f64> {
    let weights: Vec<f64> = centres().iter().map(|&hz| k_weight(hz)).collect();
    let frames = sketch.mid.chunks(BANDS).zip(sketch.side.chunks(BANDS));
    let energy = |(mid, side): (&[f32], &[f32])| {
        mid.iter().zip(side).zip(&weights).map(|((m, s), w)| f64::from(m + s) * w).sum()
    };
    frames.map(energy).collect()
}

/// Level of some parts against all others while one of them plays, dB.
fn against(parts: &[Part], energies: &[Vec<f64>], wanted: impl Fn(&Part) -> bool) -> Option<f64> {
    let length = energies.iter().map(Vec::len).max()?;
    let (mut own, mut rest) = (0.0, 0.0);
    for frame in 0..length {
        if parts.iter().any(|part| wanted(part) && part.plays.get(frame) == Some(&true)) {
            for (part, energies) in parts.iter().zip(energies) {
                *if wanted(part) { &mut own } else { &mut rest } +=
                    energies.get(frame).copied().unwrap_or(0.0);
            }
        }
    }
    (own > 0.0 && rest > 0.0).then(|| 10.0 * (own / rest).log10())
}

/// Share of every part that the others mask.
fn masked_shares(parts: &[Part], sketches: &[Sketch]) -> Vec<f64> {
    let named: Vec<(&str, &Sketch)> = parts.iter().map(|part| part.id.as_str()).zip(sketches).collect();
    masking(&named, &vec![0.0; named.len()]).iter().map(|masked| f64::from(masked.fraction)).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Plays the parts on every system of the table.
pub(crate) fn fares(parts: &[Part]) -> Vec<Fare> {
    if parts.is_empty() {
        return Vec::new();
    }
    let voice = |part: &Part| part.is_voice();
    let bass = |part: &Part| part.family == "bass";
    let full: Vec<Sketch> = parts.iter().map(|part| part.sketch.clone()).collect();
    let here: Vec<Vec<f64>> = full.iter().map(loud).collect();
    let masked = masked_shares(parts, &full);
    let fare = |system: &'static System| {
        let played: Vec<Sketch> = full.iter().map(|sketch| play(system, sketch)).collect();
        let there: Vec<Vec<f64>> = played.iter().map(loud).collect();
        let change = |wanted: &dyn Fn(&Part) -> bool| {
            Some(against(parts, &there, wanted)? - against(parts, &here, wanted)?)
        };
        let shares = masked_shares(parts, &played);
        let part = |(part, masked): (&Part, (f64, f64))| PartFare {
            change: change(&|other: &Part| other.id == part.id),
            masked,
        };
        let found: Vec<PartFare> =
            parts.iter().zip(masked.iter().copied().zip(shares.iter().copied())).map(part).collect();
        let losses = parts.iter().zip(&found).filter_map(|(part, fare)| Some((part, fare.change?)));
        let weakest = losses.fold(None, |worst: Option<(&Part, f64)>, next| match worst {
            Some(worst) if worst.1 <= next.1 => Some(worst),
            _ => Some(next),
        });
        Fare {
            system: &system.name,
            voice: change(&voice),
            bass: change(&bass),
            masking: mean(&shares) - mean(&masked),
            weakest: weakest.map(|(part, loss)| (part.name.clone(), loss)),
            parts: found,
        }
    };
    SYSTEMS.par_iter().map(fare).collect()
}

/// Names of all systems, in the order of [`fares`].
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SYSTEMS.iter().map(|system| system.name.as_str())
}

/// The section of the report.
pub(crate) fn section(fares: &[Fare]) -> Section {
    let mut table = Table::new(
        "What changes on other systems, against full range in stereo",
        &["System", "Voice, dB", "Bass, dB", "Masked share, points", "Loses most"],
    );
    let change = |value: Option<f64>| value.map_or("none".to_owned(), signed);
    for fare in fares {
        let weakest = fare.weakest.as_ref().filter(|(_, loss)| *loss < -3.0);
        table.row(vec![
            fare.system.into(),
            change(fare.voice).into(),
            change(fare.bass).into(),
            signed(fare.masking * 100.0).into(),
            weakest.map_or(String::new(), |(name, loss)| format!("{name}: {} dB", tenth(*loss))).into(),
        ]);
    }
    let mut blocks = vec![Block::Para(
        "Simulated: every track's energy in 40 bands of the ear goes through a curve of the system, in mono where the \
         system is mono. Levels are against the rest of the mix while the part plays. A change of the voice beyond 2 dB, or \
         10 points more masking, is worth a listen on the real thing."
            .to_owned(),
    )];
    if table.is_empty() {
        blocks.push(Block::Para("No track plays, so there is nothing to compare.".to_owned()));
    } else {
        blocks.push(Block::Table(table));
    }
    Section { id: "elsewhere", title: "On other systems".to_owned(), blocks }
}

fn signed(value: f64) -> String {
    mixsmith_assistant::says::signed(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(id: &str, family: &'static str, band: usize) -> Part {
        Part::steady(id, family, band, 1e-3, 20)
    }

    #[test]
    fn a_phone_takes_the_bass_away_and_a_club_brings_it() {
        let parts = [part("vox", "lead-vocals", 20), part("bass", "bass", 1)];
        let fares = fares(&parts);
        let of = |name: &str| fares.iter().find(|fare| fare.system == name).unwrap().clone();
        assert!(of("Phone speaker").bass.unwrap() < -30.0);
        assert_eq!(of("Phone speaker").weakest.unwrap().0, "BASS");
        assert!(of("Club").bass.unwrap() > 5.0 && of("Club").voice.unwrap() < -5.0);
        assert!(fares.iter().all(|fare| fare.voice.is_some()));
    }

    #[test]
    fn k_weighting_has_its_published_ends() {
        let db = |hz: f64| 10.0 * k_weight(hz).log10();
        assert!((db(997.0) - 0.691).abs() < 0.05, "{}", db(997.0));
        assert!((db(10_000.0) - 4.0).abs() < 0.1 && db(20.0) < -12.0);
    }
}
