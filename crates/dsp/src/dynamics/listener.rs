//! Turns a key into the level that a detector reads.

use super::{KeyFilter, sane};
use crate::lane::{Lane, Mask};
use crate::math;

/// How a [`Listener`] hears.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<L> {
    /// Corner of the low cut in Hz; see [`KeyFilter::LOW_OFF`].
    pub low_cut: L,
    /// Corner of the high cut in Hz; see [`KeyFilter::HIGH_OFF`].
    pub high_cut: L,
    /// 1 to read the root of the mean square over 10 ms, 0 to read each sample's size.
    pub rms: L,
    /// 0: each channel has its own level; 1: both have that of the louder one.
    pub link: L,
}

/// Filters the key and reads its level, in octaves of amplitude.
#[derive(Clone, Copy, Debug)]
pub struct Listener<L> {
    filters: [KeyFilter<L>; 2],
    means: [L; 2],
    share: L,
}

impl<L: Lane> Listener<L> {
    /// The time constant of the mean square, ms.
    pub const RMS_MS: f32 = 10.0;

    /// At rest.
    pub fn new(rate: f32) -> Self {
        Listener {
            filters: [KeyFilter::new(rate); 2],
            means: [L::zero(); 2],
            share: L::splat(math::one_pole(Self::RMS_MS, rate)),
        }
    }

    /// Writes the level of each output channel, and says where the two differ. If they differ nowhere, only
    /// the first is written. The key has at most `N` frames.
    #[inline(always)]
    pub fn hear<const N: usize>(
        &mut self,
        hearing: &Hearing<L>,
        key: (&[L], Option<&[L]>),
        stereo: bool,
        levels: &mut [[L; N]; 2],
    ) -> L::Mask {
        let mut power = [[L::zero(); N]; 2];
        let rms = L::zero().lt(hearing.rms);
        for (c, key) in [Some(key.0), key.1].into_iter().enumerate() {
            let Some(key) = key else { continue };
            for (x, &key) in power[c].iter_mut().zip(key) {
                *x = sane(key);
            }
            self.filters[c].process(hearing.low_cut, hearing.high_cut, &mut power[c]);
            for x in &mut power[c] {
                // The least keeps the mean from becoming a subnormal number in silence.
                let square = (*x * *x).max(L::splat(1e-30));
                self.means[c] += self.share * (square - self.means[c]);
                *x = L::select(rms, self.means[c], square);
            }
        }
        let level = |power: L| L::splat(0.5) * math::log2(power);
        let apart = L::splat(1.0) - hearing.link;
        let apart = if stereo && key.1.is_some() { apart } else { L::zero() };
        let differ = L::zero().lt(apart);
        for i in 0..N {
            let louder = level(power[0][i].max(power[1][i]));
            levels[0][i] = louder;
            if differ.any() {
                // Written so that a full link gives the bits of the louder one.
                levels[0][i] = louder - (louder - level(power[0][i])) * apart;
                levels[1][i] = louder - (louder - level(power[1][i])) * apart;
            }
        }
        differ
    }
}
