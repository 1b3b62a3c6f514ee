//! The bands of the equalisers: what each could do, and what the mix is without it.

use mixsmith_analysis::sketch::{BANDS, centres};

use super::bands::Bands;
use crate::tone::bands::Band;

/// A bell that a rule has proposed. Its gain is a variable, from none to what was proposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bell {
    /// Place of its track.
    pub track: usize,
    /// As it was proposed.
    pub band: Band,
    /// By how much the track's spectrum stands out of its surroundings there without it, dB; under 0 where it sinks in.
    pub stands: f64,
}

/// All tracks without the bells, levels as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tones {
    /// Energies of the tracks, and the moments of the lead in which it can be lost.
    pub bands: Bands,
    /// A variable each: the gain, dB.
    pub bells: Vec<Bell>,
    /// Level and standard deviation wanted in every band, dB, when they are not those of records.
    pub target: Option<Vec<(f64, f64)>>,
}

/// The tracks with their bells.
#[derive(Clone, Debug, PartialEq)]
pub struct Turned {
    /// What the bells of each track do to every band, dB.
    pub tracks: Vec<[f64; BANDS]>,
    /// By how much that changes for a decibel of each bell.
    pub slopes: Vec<[f64; BANDS]>,
}

impl Tones {
    /// What the bells do with these gains.
    pub fn turned(&self, gains: &[f64]) -> Turned {
        let mut tracks = vec![[0.0; BANDS]; self.bands.mean.len()];
        let mut slopes = Vec::with_capacity(gains.len());
        for (bell, &gain) in self.bells.iter().zip(gains) {
            let band = Band { gain, ..bell.band };
            let does: [(f64, f64); BANDS] = std::array::from_fn(|i| band.bell_db(centres()[i]));
            if let Some(track) = tracks.get_mut(bell.track) {
                track.iter_mut().zip(&does).for_each(|(sum, (db, _))| *sum += db);
            }
            slopes.push(does.map(|(_, slope)| slope));
        }
        Turned { tracks, slopes }
    }
}
