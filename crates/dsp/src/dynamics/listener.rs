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

    /// Does it stay as it is while it hears nothing?
    pub fn still(&self) -> bool {
        let silence = square(L::zero());
        let next = self.means.map(|mean| mean + self.share * (silence - mean));
        self.filters.iter().all(KeyFilter::still) && (self.means == [L::zero(); 2] || next == self.means)
    }

    /// Writes the level of each output channel, and says where the two differ. If they differ nowhere, only
    /// the first is written. The key has at most `N` frames; levels beyond it mean nothing.
    #[inline(always)]
    pub fn hear<const N: usize>(
        &mut self,
        hearing: &Hearing<L>,
        key: (&[L], Option<&[L]>),
        stereo: bool,
        levels: &mut [[L; N]; 2],
    ) -> L::Mask {
        let n = key.0.len().min(N);
        if self.hears_peaks(hearing, key, stereo) {
            peaks(key, &mut levels[0][..n]);
            for level in &mut levels[0][..n] {
                *level = octaves(*level);
            }
            return L::zero().lt(L::zero());
        }
        let (apart, differ) = apart(hearing, key, stereo);
        let rms = L::zero().lt(hearing.rms);
        let [first, second] = levels.each_mut().map(|levels| &mut levels[..n]);
        for ((power, key), c) in [&mut *first, &mut *second].into_iter().zip([Some(key.0), key.1]).zip(0..) {
            let Some(key) = key else { continue };
            for (x, &key) in power.iter_mut().zip(key) {
                *x = sane(key);
            }
            self.filters[c].process(hearing.low_cut, hearing.high_cut, power);
            for x in power {
                let square = square(*x);
                self.means[c] += self.share * (square - self.means[c]);
                *x = L::select(rms, self.means[c], square);
            }
        }
        self.rest(rms);
        let two = key.1.is_some();
        for (left, right) in first.iter_mut().zip(second) {
            let louder = octaves(if two { left.max(*right) } else { *left });
            if differ.any() {
                // Written so that a full link gives the bits of the louder one.
                let (one, other) = (octaves(*left), octaves(*right));
                *left = louder - (louder - one) * apart;
                *right = louder - (louder - other) * apart;
            } else {
                *left = louder;
            }
        }
        differ
    }

    /// Does it hear the [`peaks`] of one channel, or of the louder one, as most do? Then they are all that there is to hear
    /// in this piece.
    #[inline(always)]
    pub fn hears_peaks(&mut self, hearing: &Hearing<L>, key: (&[L], Option<&[L]>), stereo: bool) -> bool {
        let rms = L::zero().lt(hearing.rms);
        let differ = apart(hearing, key, stereo).1;
        if differ.any() || rms.any() || KeyFilter::cuts(hearing.low_cut, hearing.high_cut) {
            return false;
        }
        self.rest(rms);
        for filter in &mut self.filters {
            filter.rest();
        }
        true
    }

    /// A mean that nobody reads starts from rest when it is asked for again.
    #[inline(always)]
    fn rest(&mut self, rms: L::Mask) {
        for mean in &mut self.means {
            *mean = L::select(rms, *mean, L::zero());
        }
    }
}

/// How far the channels of a key have levels of their own, and where they do.
#[inline(always)]
fn apart<L: Lane>(hearing: &Hearing<L>, key: (&[L], Option<&[L]>), stereo: bool) -> (L, L::Mask) {
    let apart = if stereo && key.1.is_some() { L::splat(1.0) - hearing.link } else { L::zero() };
    (apart, L::zero().lt(apart))
}

/// The power of each frame of a key, of its louder channel: normal numbers.
#[inline(always)]
pub fn peaks<L: Lane>(key: (&[L], Option<&[L]>), powers: &mut [L]) {
    let left = powers.iter_mut().zip(key.0);
    match key.1 {
        None => {
            for (power, &x) in left {
                *power = peak(x);
            }
        }
        Some(right) => {
            for ((power, &l), &r) in left.zip(right) {
                *power = peak(l).max(peak(r));
            }
        }
    }
}

/// The least keeps a mean from becoming a subnormal number in silence.
#[inline(always)]
fn square<L: Lane>(x: L) -> L {
    (x * x).max(L::splat(1e-30))
}

/// As [`square`] of what is [`sane`].
#[inline(always)]
fn peak<L: Lane>(x: L) -> L {
    let power = x * x;
    L::select(power.lt(L::splat(1e18)), power, L::zero()).max(L::splat(1e-30))
}

/// The level of a power, in octaves of amplitude.
#[inline(always)]
fn octaves<L: Lane>(power: L) -> L {
    L::splat(0.5) * math::log2(power)
}
