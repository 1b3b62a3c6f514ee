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

/// Root mean square of the loudest 50 ms (looked for in steps of 5 ms): how loud the loudest hit of a drum is.
pub(crate) fn hit_level(track: &[f32], rate: u32) -> f32 {
    let step = (rate / 200).max(1) as usize;
    let steps: Vec<f64> =
        track.chunks(step).map(|chunk| chunk.iter().map(|x| f64::from(x * x)).sum()).collect();
    let loudest = steps.windows(10).map(|window| window.iter().sum::<f64>()).fold(0.0, f64::max);
    (loudest / (10 * step) as f64).sqrt() as f32
}

#[cfg(test)]
pub(crate) mod measure {
    //! What the tests measure with.

    /// Frequency in Hz of a periodic sound between `low` and `high`: the peak of its autocorrelation.
    pub fn pitch(sound: &[f32], rate: f32, low: f32, high: f32) -> f32 {
        let lags = ((rate / high) as usize - 1)..((rate / low) as usize + 2);
        let length = sound.len() - lags.end;
        let likeness: Vec<f64> = lags
            .clone()
            .map(|lag| (0..length).map(|n| f64::from(sound[n] * sound[n + lag])).sum::<f64>())
            .collect();
        let best = (1..likeness.len() - 1).max_by(|a, b| likeness[*a].total_cmp(&likeness[*b])).unwrap_or(1);
        let (a, b, c) = (likeness[best - 1], likeness[best], likeness[best + 1]);
        let part = 0.5 * (a - c) / (a - 2.0 * b + c);
        rate / ((lags.start + best) as f32 + part as f32)
    }

    /// Cents from `b` to `a`.
    pub fn cents(a: f32, b: f32) -> f32 {
        1200.0 * (a / b).log2()
    }
}
