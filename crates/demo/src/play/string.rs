//! A plucked string (Karplus and Strong 1983, with the tuning and damping of Jaffe and Smith 1983).

use crate::random::Random;

/// How a string is made and plucked.
#[derive(Clone, Copy)]
pub(crate) struct Pluck {
    /// Frequency, Hz.
    pub hz: f32,
    /// Seconds until it has fallen by 60 dB.
    pub decay: f32,
    /// 0 dull to 1 bright: how slowly the high partials die.
    pub bright: f32,
    /// Corner of the plectrum's or finger's low-pass, Hz.
    pub touch: f32,
    /// Where along the string it is plucked, 0 to 0.5.
    pub place: f32,
}

/// Adds `frames` frames of the plucked string to `track` at `at`, then damps it within 25 ms.
pub(crate) fn pluck(
    track: &mut [f32],
    rate: f32,
    (at, frames): (usize, usize),
    how: &Pluck,
    gain: f32,
    chance: &mut Random,
) {
    let damping = 0.5 * (1.0 - how.bright.clamp(0.0, 1.0));
    let period = rate / how.hz;
    // What the damping filter delays, and the tuning filter (kept within 0.3 to 1.3 frames), the line must not.
    let whole = (period - damping - 0.3).floor().max(2.0);
    let part = period - damping - whole;
    let tuning = (1.0 - part) / (1.0 + part);
    let loss = 10f32.powf(-3.0 / (how.hz * how.decay));
    let mut line = excitation(rate, whole as usize, how, chance);
    let fade = (0.025 * rate) as usize;
    let (mut at_line, mut damped, mut last_in, mut last_out) = (0, 0.0f32, 0.0f32, 0.0f32);
    for (n, out) in track.iter_mut().skip(at).take(frames + fade).enumerate() {
        let x = line[at_line];
        let low = (1.0 - damping) * x + damping * damped;
        damped = x;
        let y = tuning * low + last_in - tuning * last_out;
        (last_in, last_out) = (low, y);
        line[at_line] = loss * y;
        at_line = (at_line + 1) % line.len();
        let release = if n < frames { 1.0 } else { 1.0 - (n - frames) as f32 / fade as f32 };
        *out += gain * release * x;
    }
}

/// One period of noise as soft as the touch, with the notches of the place where it is plucked.
fn excitation(rate: f32, length: usize, how: &Pluck, chance: &mut Random) -> Vec<f32> {
    let smooth = 1.0 - (-std::f32::consts::TAU * how.touch / rate).exp();
    let mut low = [0.0f32; 2];
    let noise: Vec<f32> = (0..2 * length)
        .map(|_| {
            low[0] += smooth * (chance.noise() - low[0]);
            low[1] += smooth * (low[0] - low[1]);
            low[1]
        })
        .collect();
    // The second half: the filter has settled.
    let noise = &noise[length..];
    let shift = ((how.place * length as f32) as usize).max(1);
    let mut shape: Vec<f32> = (0..length).map(|n| noise[n] - noise[(n + length - shift) % length]).collect();
    let mean = shape.iter().sum::<f32>() / length as f32;
    shape.iter_mut().for_each(|x| *x -= mean);
    let power = shape.iter().map(|x| x * x).sum::<f32>() / length as f32;
    let level = 0.3 / power.sqrt().max(1e-9);
    shape.iter_mut().for_each(|x| *x *= level);
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::measure::{cents, pitch};

    #[test]
    fn strings_are_in_tune() {
        for (hz, bright) in [(41.2, 0.35), (110.0, 0.8), (329.63, 0.82), (880.0, 0.7)] {
            let mut track = vec![0.0; 24_000];
            let how = Pluck { hz, decay: 3.0, bright, touch: 3000.0, place: 0.17 };
            pluck(&mut track, 48_000.0, (0, 24_000), &how, 1.0, &mut Random::new(1, "string"));
            let found = pitch(&track[2400..14_400], 48_000.0, 0.8 * hz, 1.2 * hz);
            assert!(cents(found, hz).abs() < 6.0, "{hz} Hz sounds at {found} Hz");
        }
    }
}
