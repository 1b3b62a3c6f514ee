//! Loudness by ITU-R BS.1770-5, for setting the sensible balance.

use crate::filter::Biquad;

/// Mean square of each 400 ms block (75 % overlap), K-weighted, summed over the channels.
fn blocks(channels: &[&[f32]], rate: u32) -> Vec<f64> {
    let hop = (rate / 10) as usize;
    let count = channels.first().map_or(0, |c| c.len() / hop);
    let mut hops = vec![0.0f64; count];
    for channel in channels {
        let rate = rate as f32;
        let mut shelf = Biquad::high_shelf(rate, 1681.97, 0.7072, 4.0);
        let mut low = Biquad::high_pass(rate, 38.14, 0.5);
        for (sum, hop) in hops.iter_mut().zip(channel.chunks_exact(hop)) {
            *sum += hop.iter().map(|x| f64::from(low.run(shelf.run(*x)).powi(2))).sum::<f64>();
        }
    }
    hops.windows(4).map(|w| w.iter().sum::<f64>() / (4 * hop) as f64).collect()
}

fn lufs(power: f64) -> f32 {
    (-0.691 + 10.0 * power.max(1e-12).log10()) as f32
}

fn mean_above(blocks: &[f64], gate: f64) -> f64 {
    let loud: Vec<f64> = blocks.iter().copied().filter(|p| *p > gate).collect();
    loud.iter().sum::<f64>() / loud.len().max(1) as f64
}

/// Integrated loudness in LUFS, with both gates.
pub(crate) fn integrated(channels: &[&[f32]], rate: u32) -> f32 {
    let blocks = blocks(channels, rate);
    let absolute = 10f64.powf((-70.0 + 0.691) / 10.0);
    lufs(mean_above(&blocks, (0.1 * mean_above(&blocks, absolute)).max(absolute)))
}

/// Loudness while the track plays: blocks within 20 LU of its own 95th percentile.
pub(crate) fn active(channels: &[&[f32]], rate: u32) -> f32 {
    let blocks = blocks(channels, rate);
    let mut sorted = blocks.clone();
    sorted.sort_by(f64::total_cmp);
    let loud = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(0.0);
    lufs(mean_above(&blocks, 0.01 * loud))
}
