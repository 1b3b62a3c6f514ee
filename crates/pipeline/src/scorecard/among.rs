//! Parts among each other, from nothing but their sound in a mix: who is covered, and how that changes on other systems.

use mixsmith_analysis::{Facts, Sketch, ears};
use mixsmith_assistant::mixmodel::{self, energy};
use mixsmith_audio::Audio;

use super::clarity::lead_among;
use crate::report::parts::Part;
use crate::report::systems::fares;

/// A part as it sounds in a mix.
#[derive(Clone)]
pub struct Sounding {
    part: Part,
    mono_loss: Option<f64>,
}

impl Sounding {
    /// From its sound; none for silence. A voice leads the song.
    pub fn new(name: &str, voice: bool, audio: &Audio) -> Option<Sounding> {
        let (measured, sketch): (_, Sketch) = ears::measure_levels(name, audio);
        let mut facts = Facts::default();
        facts.extend(measured);
        let (_, momentary) = facts.series("loudness.momentary", name)?;
        let energies = momentary.iter().map(|&lufs| energy(f64::from(lufs))).collect();
        let mixmodel::Part { energy, plays, active, .. } = mixmodel::Part::new(name, energies, 0.0)?;
        let part = Part {
            id: name.to_owned(),
            name: name.to_owned(),
            role: String::new(),
            family: if voice { "lead-vocals" } else { "none" },
            energy,
            plays,
            before: active,
            after: active,
            sketch,
        };
        Some(Sounding { part, mono_loss: facts.number("stereo.mono_loss", name) })
    }
}

/// What parts are like among each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Among {
    /// Share of the lead voice from 1 to 4 kHz that the others mask.
    pub words: Option<f64>,
    /// Largest rise of the masked share of all parts on the simulated systems, mean.
    pub rise: Option<f64>,
    /// Largest change of the lead voice against the rest there, dB.
    pub voice_elsewhere: Option<f64>,
    /// Largest loss of a part in mono, LU.
    pub mono_loss: Option<f64>,
}

/// Compares the parts of a mix.
pub fn among(soundings: &[Sounding]) -> Among {
    let parts: Vec<Part> = soundings.iter().map(|sounding| sounding.part.clone()).collect();
    if parts.len() < 2 {
        return Among::default();
    }
    let fares = fares(&parts);
    Among {
        words: lead_among(&parts).map(|masked| f64::from(masked.presence)),
        rise: fares.iter().map(|fare| fare.masking).reduce(f64::max),
        voice_elsewhere: fares.iter().filter_map(|fare| Some(fare.voice?.abs())).reduce(f64::max),
        mono_loss: soundings.iter().filter_map(|sounding| sounding.mono_loss).reduce(f64::max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, size: f32) -> Audio {
        let wave: Vec<f32> =
            (0..96_000).map(|i| size * (i as f32 * hz / 48_000.0 * std::f32::consts::TAU).sin()).collect();
        Audio::stereo(48_000, wave.clone(), wave)
    }

    #[test]
    fn a_voice_under_a_louder_neighbour_is_covered_and_alone_it_is_not() {
        let voice = Sounding::new("voice", true, &tone(2000.0, 0.05)).unwrap();
        let near = Sounding::new("near", false, &tone(2050.0, 0.5)).unwrap();
        let far = Sounding::new("far", false, &tone(100.0, 0.5)).unwrap();
        assert!(among(&[voice.clone(), near]).words.unwrap() > 0.9);
        let apart = among(&[voice.clone(), far]);
        assert!(apart.words.unwrap() < 0.1 && apart.mono_loss.unwrap().abs() < 0.01, "{apart:?}");
        // A phone plays nothing of the low tone: the voice stands further out.
        assert!(apart.voice_elsewhere.unwrap() > 10.0);
        assert_eq!(among(&[voice]), Among::default());
        assert!(Sounding::new("silent", false, &Audio::silence(48_000, 2, 96_000)).is_none());
    }
}
