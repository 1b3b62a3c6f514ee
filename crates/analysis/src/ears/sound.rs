//! The sound of one stem as the measures read it.

use std::borrow::Cow;

use mixsmith_audio::Audio;

/// Channels whose difference lies this far below their sum are one channel written twice.
const DUAL_MONO_DB: f64 = -80.0;

/// One stem: two channels that differ, or one.
pub(crate) struct Sound<'a> {
    /// Frames a second.
    pub rate: f64,
    /// Channels of the file.
    pub channels: usize,
    /// Is it one channel written twice?
    pub dual_mono: bool,
    /// The left channel, or the only one.
    pub left: Cow<'a, [f32]>,
    /// The right channel where it differs from the left.
    pub right: Option<Cow<'a, [f32]>>,
}

impl<'a> Sound<'a> {
    /// The first two channels of the file; what is not a number counts as silence.
    pub(crate) fn new(audio: &'a Audio) -> Self {
        let channel = |index: usize| audio.channels.get(index).map(|x| finite(x));
        let left = channel(0).unwrap_or_default();
        let mut right = channel(1).filter(|right| right.len() == left.len());
        let mut dual_mono = false;
        if let Some(x) = &right {
            let (mut sum, mut difference) = (0.0, 0.0);
            // Short sums in single precision, and those in double: fast, and exact enough at -80 dB.
            for (l, r) in left.chunks(1024).zip(x.chunks(1024)) {
                let (mut s, mut d) = (0.0f32, 0.0f32);
                for (l, r) in l.iter().zip(r) {
                    s += (l + r) * (l + r);
                    d += (l - r) * (l - r);
                }
                sum += f64::from(s);
                difference += f64::from(d);
            }
            dual_mono = difference <= sum * 10f64.powf(DUAL_MONO_DB / 10.0);
        }
        if dual_mono {
            right = None;
        }
        Sound { rate: f64::from(audio.rate.max(1)), channels: audio.channels.len(), dual_mono, left, right }
    }

    /// Length in frames.
    pub(crate) fn len(&self) -> usize {
        self.left.len()
    }

    /// The channels that differ.
    pub(crate) fn each(&self) -> impl Iterator<Item = &[f32]> {
        std::iter::once(self.left.as_ref()).chain(self.right.as_deref())
    }

    /// The sound on one line: mid, or the left channel (the louder one) where both would cancel each other.
    pub(crate) fn line(&self) -> Cow<'_, [f32]> {
        let Some(right) = &self.right else { return Cow::Borrowed(&self.left) };
        let energy = |a: &[f32], b: &[f32]| {
            a.chunks(4096).zip(b.chunks(4096)).map(|(a, b)| f64::from(dot(a, b))).sum::<f64>()
        };
        let (product, left, r) =
            (energy(&self.left, right), energy(&self.left, &self.left), energy(right, right));
        if product < -0.25 * (left + r) {
            return Cow::Borrowed(if left >= r { &self.left } else { right });
        }
        Cow::Owned(self.left.iter().zip(right.iter()).map(|(l, r)| 0.5 * (l + r)).collect())
    }

    /// First frame of the stretch `index` when the file is cut every `step` seconds.
    pub(crate) fn cut(&self, index: usize, step: f64) -> usize {
        ((index as f64 * step * self.rate).round() as usize).min(self.len())
    }

    /// Number of stretches of `step` seconds; the last one may be shorter.
    pub(crate) fn cuts(&self, step: f64) -> usize {
        // A remainder below one frame is rounding, not sound.
        ((self.len() as f64 - 0.5).max(0.0) / (step * self.rate)).ceil() as usize
    }
}

fn finite(x: &[f32]) -> Cow<'_, [f32]> {
    // The product of zero with anything but a finite number is not zero: one pass without branches.
    if x.iter().map(|x| x * 0.0).sum::<f32>() == 0.0 {
        Cow::Borrowed(x)
    } else {
        Cow::Owned(x.iter().map(|&x| if x.is_finite() { x } else { 0.0 }).collect())
    }
}

/// Level in dB of a mean square or another energy; nothing is below -200 dB.
pub(crate) fn power_db(energy: f64) -> f64 {
    10.0 * energy.max(1e-20).log10()
}

/// Value below which the given share (0 to 1) of the values lies, between neighbours by proportion.
pub(crate) fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
}

/// Sum of products of two slices of equal length, in eight interleaved sums so that it runs on wide registers.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().sum::<f32>() + rest
}
