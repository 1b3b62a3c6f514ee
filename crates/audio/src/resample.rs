//! Change of sample rate.

use audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

use crate::Audio;

/// About how many input frames are transformed at a time: the length of the filter, so its sharpness.
const BLOCK: usize = 4096;

/// The same sound at another rate: linear phase, computed in `f64`, not moved in time by as much as a
/// thousandth of a sample, and `round(frames * to / from)` frames long. Rates of 0 give the sound unchanged.
pub fn resample(audio: &Audio, to: u32) -> Audio {
    let from = audio.rate;
    if from == to || from == 0 || to == 0 {
        return audio.clone();
    }
    let frames = audio.frames();
    let wanted = ((frames as u128 * u128::from(to) * 2 + u128::from(from)) / (u128::from(from) * 2)) as usize;
    let channels = audio.channels.iter().map(|channel| one_channel(channel, from, to, wanted)).collect();
    Audio { rate: to, channels }
}

fn one_channel(samples: &[f32], from: u32, to: u32, wanted: usize) -> Vec<f32> {
    if samples.is_empty() {
        return Vec::new();
    }
    // The delay that the library trims is half the output block. With an odd block it is half a sample
    // wrong (192 kHz to 44.1 kHz has blocks of 147 * 7), so an even number of smallest blocks is asked for.
    let smallest = 2 * (from / gcd(from, to)) as usize;
    let block = smallest * BLOCK.div_ceil(smallest);
    let made = Fft::<f64>::new_custom(
        from as usize,
        to as usize,
        block,
        1,
        1,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    );
    let mut resampler = made.expect("both rates are above nought, which is all it asks");
    let input = [samples.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>()];
    let room = resampler.process_all_needed_output_len(samples.len());
    let mut output = [vec![0.0f64; room]];
    let sizes = "the buffers have the lengths that they are declared with";
    let reader = SequentialSliceOfVecs::new(&input[..], 1, samples.len()).expect(sizes);
    let mut writer = SequentialSliceOfVecs::new_mut(&mut output[..], 1, room).expect(sizes);
    resampler.process_all_into_buffer(&reader, &mut writer, samples.len(), None).expect(sizes);
    output[0].iter().take(wanted).map(|x| *x as f32).collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const RATES: [u32; 9] = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

    fn sine(rate: u32, hz: f64, frames: usize) -> Audio {
        let sample = |n: usize| (0.5 * (TAU * hz * n as f64 / f64::from(rate) + 0.3).sin()) as f32;
        Audio::mono(rate, (0..frames).map(sample).collect())
    }

    /// Amplitude and phase (radians) of a tone in the middle of the sound.
    fn tone(samples: &[f32], rate: u32, hz: f64) -> (f64, f64) {
        let middle = samples.len() / 4..samples.len() * 3 / 4;
        // Whole periods only, else the window leaks.
        let periods = (middle.len() as f64 * hz / f64::from(rate)).floor();
        let length = (periods * f64::from(rate) / hz).round() as usize;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, x) in samples.iter().enumerate().skip(middle.start).take(length) {
            let phase = TAU * hz * n as f64 / f64::from(rate);
            re += f64::from(*x) * phase.sin();
            im += f64::from(*x) * phase.cos();
        }
        (2.0 * re.hypot(im) / length as f64, im.atan2(re))
    }

    #[test]
    fn no_shift_in_time_for_any_pair_of_rates() {
        for from in RATES {
            for to in RATES {
                let frames = from as usize + 7;
                // 1 kHz and 2 kHz have whole periods at all rates over the length taken.
                for hz in [1000.0, 2000.0] {
                    let made = resample(&sine(from, hz, frames), to);
                    let exact = (frames as f64 * f64::from(to) / f64::from(from)).round() as usize;
                    assert_eq!(made.frames(), exact, "{from} to {to}");
                    let (level, phase) = tone(&made.channels[0], to, hz);
                    let shift = (phase - 0.3) / TAU * f64::from(to) / hz;
                    assert!(shift.abs() < 1e-3, "{from} to {to} at {hz} Hz: {shift} frames");
                    assert!((20.0 * (level / 0.5).log10()).abs() < 0.001, "{from} to {to}: {level}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_below_half_the_rate_is_gone() {
        let made = resample(&sine(96_000, 23_000.0, 96_000), 44_100);
        let middle = &made.channels[0][8_000..36_000];
        let peak = middle.iter().fold(0.0f32, |p, x| p.max(x.abs()));
        assert!(peak < 1e-7, "{peak}");
    }

    #[test]
    fn flat_to_twenty_kilohertz() {
        for hz in [20.0, 997.0, 10_000.0, 19_000.0, 20_000.0] {
            let made = resample(&sine(96_000, hz, 192_000), 44_100);
            let (level, _) = tone(&made.channels[0], 44_100, hz);
            assert!((20.0 * (level / 0.5).log10()).abs() < 0.01, "{hz} Hz: {level}");
        }
    }

    #[test]
    fn short_and_empty_sounds() {
        for frames in [0, 1, 2, 5, 100] {
            for (from, to) in [(44_100, 48_000), (48_000, 44_100), (192_000, 8_000)] {
                let made = resample(&sine(from, 100.0, frames), to);
                assert_eq!(made.frames(), (frames as f64 * f64::from(to) / f64::from(from)).round() as usize);
                assert_eq!(made.rate, to);
            }
        }
    }

    #[test]
    fn channels_do_not_touch_each_other() {
        let one = sine(44_100, 300.0, 5000);
        let both = Audio::stereo(44_100, one.channels[0].clone(), vec![0.0; 5000]);
        let made = resample(&both, 48_000);
        assert_eq!(made.channels[0], resample(&one, 48_000).channels[0]);
        assert!(made.channels[1].iter().all(|x| *x == 0.0));
    }
}
