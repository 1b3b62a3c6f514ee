//! A few figures of a mix that need nothing but its sound.

use mixsmith_analysis::{Facts, ears};
use mixsmith_audio::Audio;
use serde::Serialize;

use super::tone;

/// What a mix is like, without its tracks. What a silent mix has not is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Portrait {
    /// Distance from the usual balance of records, in its own standard deviations.
    pub tonal_distance: Option<f64>,
    /// Loudness lost in mono, LU.
    pub mono_loss: Option<f64>,
    /// Difference of left and right power, dB.
    pub balance: Option<f64>,
    /// Side over mid below 120 Hz, dB.
    pub low_width: Option<f64>,
    /// Highest peak of the spectrum over its surroundings, dB.
    pub resonance: Option<f64>,
}

/// Measures a mix.
pub fn portrait(mix: &Audio) -> Portrait {
    let (measured, sketch) = ears::measure_stem("mix", mix);
    let mut heard = Facts::default();
    heard.extend(measured);
    // A silent file has no peak, and then nothing else is a figure.
    if heard.number("peak.sample", "mix").is_none() {
        return Portrait::default();
    }
    let low = heard.bands("stereo.width_bands", "mix").and_then(|bands| bands.first());
    Portrait {
        tonal_distance: heard
            .bands("spectrum.third_octave", "mix")
            .map(|bands| tone::from_records(bands, &sketch)),
        mono_loss: heard.number("stereo.mono_loss", "mix"),
        balance: heard.number("stereo.balance", "mix").map(f64::abs),
        low_width: low.map(|&width| f64::from(width)),
        resonance: heard.number("spectrum.resonance", "mix"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lopsided_mix_is_seen_and_silence_has_nothing() {
        let wave: Vec<f32> = (0..48_000 * 3).map(|i| 0.3 * (i as f32 * 0.05).sin()).collect();
        let soft = wave.iter().map(|x| 0.5 * x).collect();
        let found = portrait(&Audio::stereo(48_000, wave, soft));
        assert!((found.balance.unwrap() - 6.02).abs() < 0.05, "{found:?}");
        assert!(found.tonal_distance.unwrap() > 2.0 && found.mono_loss.unwrap() > 0.0);
        let silent = portrait(&Audio::silence(48_000, 2, 48_000));
        assert!(silent.tonal_distance.is_none() && silent.low_width.is_none(), "{silent:?}");
    }
}
