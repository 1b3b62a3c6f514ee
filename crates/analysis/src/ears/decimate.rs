//! A lower rate, for what needs no treble.

use super::sound::dot;

/// Every `factor`-th sample of the line below 0.45 of the new rate (windowed sinc, Blackman, 16 crossings).
/// Sample `n` of the result is at the time of sample `n * factor`.
pub(crate) fn decimate(line: &[f32], factor: usize) -> Vec<f32> {
    if factor <= 1 {
        return line.to_vec();
    }
    let taps = taps(factor);
    let half = taps.len() / 2;
    let mut edge = Vec::new();
    (0..line.len().div_ceil(factor))
        .map(|n| {
            let centre = n * factor;
            if centre >= half && centre + half < line.len() {
                return dot(&line[centre - half..=centre + half], &taps);
            }
            edge.clear();
            edge.extend(
                (0..taps.len())
                    .map(|k| (centre + k).checked_sub(half).and_then(|i| line.get(i)).unwrap_or(&0.0)),
            );
            dot(&edge, &taps)
        })
        .collect()
}

fn taps(factor: usize) -> Vec<f32> {
    let half = 8 * factor;
    let taps: Vec<f64> = (0..=2 * half)
        .map(|i| {
            let t = i as f64 - half as f64;
            let w = std::f64::consts::PI * t / half as f64;
            let x = std::f64::consts::PI * 0.9 * t / factor as f64;
            let sinc = if t == 0.0 { 1.0 } else { x.sin() / x };
            sinc * (0.42 + 0.5 * w.cos() + 0.08 * (2.0 * w).cos())
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
}
