//! Low frequencies in the sound itself, where the bands of the sketch are too wide.

use std::f64::consts::PI;

use mixsmith_audio::Audio;
use mixsmith_dsp::filter::{Section, Svf};

/// Below this, Hz, few speakers play anything and every limiter feels it.
const DEEP: f64 = 35.0;
/// Frames of 100 ms that a sound has to hold.
const HELD: usize = 5;
/// Rate near which low frequencies are filtered, Hz.
const LOW_RATE: f64 = 1000.0;

/// The sound below a frequency, 48 dB an octave, at a lower rate, and that rate.
pub(super) fn below(wave: &[f32], rate: u32, hz: f64) -> (Vec<f32>, f64) {
    let factor = (f64::from(rate) / LOW_RATE).round().max(1.0) as usize;
    // A mean over the new step: what is near its rate and would come out low is 29 dB down.
    let mean = |step: &[f32]| step.iter().sum::<f32>() / step.len() as f32;
    let mut low: Vec<f32> = wave.chunks_exact(factor).map(mean).collect();
    let rate = f64::from(rate) / factor as f64;
    let g = (PI * hz / rate).tan();
    for pair in 0..4 {
        // Butterworth's four pairs of poles.
        let k = 2.0 * (f64::from(2 * pair + 1) * PI / 16.0).sin();
        let mut section = Svf::<f32, 1>::default();
        section.aim(0, &Section { g, k, high: 0.0, band: 0.0, low: 1.0 }, true);
        section.run([&mut low[..]]);
    }
    (low, rate)
}

/// Share of the energy that is held below 35 Hz for half a second and more; none of silence.
pub(crate) fn held(audio: &Audio) -> Option<f64> {
    let frames = audio.frames() * 10 / audio.rate.max(1) as usize;
    let (mut low, mut all) = (vec![0f64; frames], 0f64);
    for channel in &audio.channels {
        let (filtered, rate) = below(channel, audio.rate, DEEP);
        for (frame, sum) in low.iter_mut().enumerate() {
            let cut = |frame: usize| ((frame as f64 * rate * 0.1) as usize).min(filtered.len());
            let slice = &filtered[cut(frame)..cut(frame + 1)];
            let mean = |slice: &[f32]| {
                slice.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / slice.len().max(1) as f64
            };
            *sum += mean(slice);
        }
        let energy = channel.chunks(64).map(|x| f64::from(x.iter().map(|x| x * x).sum::<f32>()));
        all += energy.sum::<f64>() / (f64::from(audio.rate) * 0.1);
    }
    let held: f64 = open(&low).iter().sum();
    (all > 1e-9).then(|| held / all)
}

/// What holds: the least of every stretch of [`HELD`] frames, spread over the stretch again (an opening).
fn open(energies: &[f64]) -> Vec<f64> {
    let mut out = vec![0f64; energies.len()];
    for (start, stretch) in energies.windows(HELD).enumerate() {
        let least = stretch.iter().copied().fold(f64::INFINITY, f64::min);
        out[start..start + HELD].iter_mut().for_each(|x| *x = x.max(least));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: usize, wave: impl Fn(f64) -> f64) -> Audio {
        let wave: Vec<f32> = (0..48_000 * seconds).map(|i| wave(i as f64 / 48_000.0) as f32).collect();
        Audio::stereo(48_000, wave.clone(), wave)
    }

    fn sine(hz: f64, t: f64) -> f64 {
        (t * hz * std::f64::consts::TAU).sin()
    }

    #[test]
    fn a_held_deep_tone_counts_and_a_kick_does_not() {
        // A tenth of the energy at 25 Hz.
        let share = held(&tone(20, |t| 0.3 * sine(400.0, t) + 0.1 * sine(25.0, t))).unwrap();
        assert!((share - 0.1).abs() < 0.003, "{share}");
        let kick = |t: f64| (-(t % 0.5) * 25.0).exp() * sine(30.0, t % 0.5);
        let share = held(&tone(20, |t| 0.1 * sine(400.0, t) + 0.5 * kick(t))).unwrap();
        assert!(share < 0.02, "{share}");
        let share = held(&tone(20, |t| 0.3 * sine(55.0, t))).unwrap();
        assert!(share < 0.002, "a bass is not deep: {share}");
        assert_eq!(held(&tone(2, |_| 0.0)), None);
    }
}
