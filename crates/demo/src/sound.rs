//! The few things that every instrument does with it.

/// Amplitude ratio of a level in dB.
pub(crate) fn ratio(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// Frequency in Hz of a MIDI pitch (69 is 440 Hz).
pub(crate) fn hertz(pitch: f32) -> f32 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

/// Adds `sound` to `track` from frame `at` on, `gain` times as loud. What falls outside is left out.
pub(crate) fn add(track: &mut [f32], sound: &[f32], at: usize, gain: f32) {
    for (out, x) in track.iter_mut().skip(at).zip(sound) {
        *out += x * gain;
    }
}

/// Multiplies every sample.
pub(crate) fn scale(track: &mut [f32], gain: f32) {
    track.iter_mut().for_each(|x| *x *= gain);
}

/// The largest magnitude.
pub(crate) fn peak(track: &[f32]) -> f32 {
    track.iter().fold(0.0, |p, x| p.max(x.abs()))
}

/// Root mean square of the loudest 50 ms: how loud the loudest hit of a drum is.
pub(crate) fn hit_level(track: &[f32], rate: u32) -> f32 {
    let window = (rate / 20) as usize;
    let energy = |w: &[f32]| w.iter().map(|x| f64::from(x * x)).sum::<f64>() / window as f64;
    let mut loudest = 0.0f64;
    let mut at = 0;
    while at + window <= track.len() {
        loudest = loudest.max(energy(&track[at..at + window]));
        at += window / 10;
    }
    loudest.sqrt() as f32
}
