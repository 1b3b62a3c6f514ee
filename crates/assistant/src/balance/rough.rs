//! The person's rough mix: which level it gave to every track.

use mixsmith_analysis::{Fact, Qty};
use mixsmith_session::Address;

use super::state::ALIKE;
use crate::Desk;
use crate::mixmodel::{MixModel, Part};

/// A rough mix that is understood this well tells the level of a track.
pub const TOLD: f64 = 0.5;
/// How many times a rough mix counts that was given by name: as if one engineer's balances were half as far apart.
const NAMED: f64 = 4.0;
/// One that tells the level of this share of the tracks is a balance of all: what is hardly heard in it is never sure.
const MOST: f64 = 0.75;
/// How many times one counts that is a balance of all tracks: as near to what is wanted as the balance of finished stems,
/// 1 dB, and not 1.5.
const WHOLE: f64 = 2.25;

/// What a rough mix says of the tracks of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Rough {
    /// Gain of each file in it, dB, and how much that counts; none where it does not tell.
    pub gains: Vec<Option<(f64, f64)>>,
    /// Is it a balance of all tracks, with levels that somebody has set? A plain sum of the files is none.
    pub whole: bool,
}

impl Rough {
    /// From the facts about the files of the tracks.
    pub fn new(desk: &Desk<'_>, model: &MixModel) -> Rough {
        let named = if desk.brief.rough.is_some() { NAMED } else { 1.0 };
        let told = |part: &Part| {
            let strip = desk.session.strip(&part.id)?;
            match desk.facts.get("rough.gain_db", &[desk.stem_of(strip)])? {
                Fact { value: Qty::Number(gain), confidence, .. } => Some((*gain, f64::from(*confidence))),
                _ => None,
            }
        };
        let told: Vec<Option<(f64, f64)>> = model.parts.iter().map(told).collect();
        let sure: Vec<f64> =
            told.iter().flatten().filter(|(_, sure)| *sure > TOLD).map(|(gain, _)| *gain).collect();
        let mean = sure.iter().sum::<f64>() / sure.len().max(1) as f64;
        let square = sure.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / sure.len().max(1) as f64;
        let whole =
            !told.is_empty() && sure.len() as f64 >= MOST * told.len() as f64 && square.sqrt() >= ALIKE;
        let counts = named.max(if whole { WHOLE } else { 1.0 });
        let gains = told.into_iter().map(|told| told.map(|(gain, sure)| (gain, counts * sure))).collect();
        Rough { gains, whole }
    }

    /// Faders that give the rough mix's balance at a loudness, LUFS; as they stand where it is not a whole one.
    pub fn faders(&self, desk: &Desk<'_>, model: &MixModel, loudness: f64) -> Vec<f64> {
        let fader = |(part, told): (&Part, &Option<(f64, f64)>)| match told {
            Some((gain, _)) if self.whole && !desk.locks.held(&format!("{}/fader", part.id)) => {
                gain - f64::from(desk.value(&Address::strip(&part.id, "trim")))
            }
            _ => part.fader,
        };
        let faders: Vec<f64> = model.parts.iter().zip(&self.gains).map(fader).collect();
        if !self.whole {
            return faders;
        }
        let more = loudness - model.loudness(&faders).unwrap_or(loudness);
        let held = |part: &Part| desk.locks.held(&format!("{}/fader", part.id));
        let all = model.parts.iter().zip(faders);
        all.map(|(part, fader)| if held(part) { fader } else { fader + more }).collect()
    }
}
