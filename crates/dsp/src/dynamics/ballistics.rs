//! How fast a gain reduction comes and goes.

use super::{Pole, REST};
use crate::{Lane, math};

/// The smooth decoupled detector of Giannoulis, Massberg and Reiss 2012 (eq. 17), run on the gain reduction.
///
/// A peak holder with the release time feeds a one-pole with the attack time, so that a steady tone settles
/// on its static curve. In the paper the attack time adds to the release; here both labels mean the time to
/// cover 63 % of a step. For that the holder is made faster by what the one-pole adds, and the one-pole falls
/// at a quarter of the release time where the attack is longer than that.
#[derive(Clone, Copy, Debug)]
pub struct Ballistics<L> {
    rate: f32,
    times: (L, L),
    rise: Pole<L>,
    fall: Pole<L>,
    hold: Pole<L>,
    held: L,
    smooth: L,
}

impl<L: Lane> Ballistics<L> {
    /// At rest: no reduction.
    pub fn new(rate: f32) -> Self {
        let none = L::zero();
        Ballistics {
            rate,
            times: (none, none),
            rise: Pole::new(L::splat(1.0)),
            fall: Pole::new(L::splat(1.0)),
            hold: Pole::new(L::splat(1.0)),
            held: none,
            smooth: none,
        }
    }

    /// Sets attack and release, each the time in ms to cover 63 % of a step (release above nought).
    #[inline(always)]
    pub fn set(&mut self, attack: L, release: L) {
        if self.times == (attack, release) {
            return;
        }
        self.times = (attack, release);
        let (fall, hold) = (Self::fall_ms(attack, release), Self::hold_ms(attack, release));
        let rate = self.rate;
        let pole = |ms: L| Pole::new(ms.map(|ms| math::one_pole(ms, rate)));
        (self.rise, self.fall, self.hold) = (pole(attack), pole(fall), pole(hold));
    }

    /// Time of the one-pole when it falls.
    fn fall_ms(attack: L, release: L) -> L {
        attack.min(release * L::splat(0.25))
    }

    /// Time of the holder, ms, such that it and the one-pole behind it cover 63 % in the release time.
    pub fn hold_ms(attack: L, release: L) -> L {
        // Two one-poles in a row, of times h and f, cover 63 % in r where h = r (1 - q - 0.62 q^2), q = f/r:
        // fitted, within 0.5 % for q up to 0.25.
        let q = Self::fall_ms(attack, release) / release;
        release * (L::splat(1.0) - q - L::splat(0.62) * q * q)
    }

    /// The reduction that is wanted in, the smoothed one out.
    #[inline(always)]
    pub fn next(&mut self, wanted: L) -> L {
        self.step::<false>(wanted)
    }

    /// Smooths what is wanted, in place. Returns the largest.
    #[inline(always)]
    pub fn smooth(&mut self, wanted: &mut [L]) -> L {
        // Where the release is at least four times the attack, one pole serves both ways, to the same bits.
        if self.rise == self.fall { self.smooth_by::<true>(wanted) } else { self.smooth_by::<false>(wanted) }
    }

    #[inline(always)]
    fn smooth_by<const ONE: bool>(&mut self, wanted: &mut [L]) -> L {
        // A copy, which stays in registers.
        let mut moving = *self;
        let mut largest = L::zero();
        for x in wanted {
            *x = moving.step::<ONE>(*x);
            largest = largest.max(*x);
        }
        *self = moving;
        largest
    }

    /// See [`Ballistics::next`]. `ONE`: it rises as it falls.
    #[inline(always)]
    fn step<const ONE: bool>(&mut self, wanted: L) -> L {
        let wanted = wanted.max(L::splat(REST));
        self.held = wanted.max(self.hold.next(self.held, wanted));
        self.smooth = if ONE { self.rise.next(self.smooth, self.held) } else { self.towards(self.held) };
        self.smooth
    }

    /// The one-pole alone, behind a holder of one's own.
    #[inline(always)]
    pub fn approach(&mut self, held: L) -> L {
        self.held = held;
        self.smooth = self.towards(held);
        self.smooth
    }

    /// Where the one-pole goes. It falls no slower than it rises: going up, the rise gives less than the fall would, and going
    /// down the fall does.
    #[inline(always)]
    fn towards(&self, held: L) -> L {
        self.rise.next(self.smooth, held).min(self.fall.next(self.smooth, held))
    }

    /// Does it stay as it is while no reduction is wanted?
    pub fn still(&self) -> bool {
        let mut next = *self;
        next.next(L::zero());
        (next.held, next.smooth) == (self.held, self.smooth)
    }

    /// The same times, with no reduction.
    pub fn at_rest(&self) -> Self {
        Ballistics { held: L::zero(), smooth: L::zero(), ..*self }
    }

    /// Takes over the state of another where `mask` is true.
    #[inline(always)]
    pub fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.held = L::select(mask, other.held, self.held);
        self.smooth = L::select(mask, other.smooth, self.smooth);
    }
}
