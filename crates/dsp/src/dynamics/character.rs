//! Compressors with a character: curves and times that come of what detectors are built of.
//!
//! Topologies after Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design" (JAES 60/6, 2012), section
//! 1.2, and Massberg's and Reiss' companion text on the kinds of detector; the numbers are ours. Levels and reductions in
//! octaves, times in ms.

use super::{Ballistics, Curve, REST};
use crate::{Lane, math};

/// How a compressor's detector is built, where it is not the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Character {
    /// Listens to its own output, and lets go at two speeds. With `y` the level that comes out and `k` the soft knee of
    /// [`Curve`], the reduction is `(ratio - 1) k(y)`: so the knee bends from half its width below the threshold to
    /// `ratio` times half its width above it. A second reservoir follows the first up over 5 release times and down over 6;
    /// the greater of both counts: after a peak it lets go at once, after a loud passage in seven times that.
    Glue,
    /// A lamp and a cell that remembers light. The release time is `1 + 2 m` times what its label says, `m` being the mean
    /// reduction in octaves over 2 seconds: three times as long after a long reduction of 6 dB.
    Opto,
    /// A transistor. Attack times are a twentieth of their label and release times a half; the knee is `4 / ratio` times as
    /// wide as its label, so that high ratios have a hard corner.
    Fet,
    /// A tube whose gain falls as its bias does. A level `x` over the threshold is reduced by `s x^2 / (x + w)`, `s` being
    /// `1 - 1 / ratio` and `w` the knee and 6 dB: the ratio begins at one and rises with the level towards its label.
    VariMu,
}

/// Time in ms over which an opto detector remembers.
const MEMORY_MS: f32 = 2000.0;

/// The detector of one channel.
#[derive(Clone, Copy, Debug)]
pub struct Coloured<L> {
    character: Character,
    rate: f32,
    ballistics: Ballistics<L>,
    times: (L, L),
    /// Shares a frame: of the holder, of the second reservoir up and down, of the memory.
    hold: L,
    charge: L,
    discharge: L,
    remember: L,
    held: L,
    slow: L,
    memory: L,
}

impl<L: Lane> Coloured<L> {
    /// At rest. `rate` is in frames a second.
    pub fn new(character: Character, rate: f32) -> Self {
        let none = L::zero();
        Coloured {
            character,
            rate,
            ballistics: Ballistics::new(rate),
            times: (none, none),
            hold: none,
            charge: none,
            discharge: none,
            remember: L::splat(math::one_pole(MEMORY_MS, rate)),
            held: none,
            slow: none,
            memory: none,
        }
    }

    /// Sets attack and release as on their labels.
    #[inline(always)]
    pub fn set(&mut self, attack: L, release: L) {
        if self.times == (attack, release) {
            return;
        }
        self.times = (attack, release);
        match self.character {
            Character::Fet => self.ballistics.set(attack * L::splat(0.05), release * L::splat(0.5)),
            _ => self.ballistics.set(attack, release),
        }
        let rate = self.rate;
        let share = |ms: L| ms.map(|ms| math::one_pole(ms, rate));
        self.hold = share(Ballistics::hold_ms(attack, release));
        self.charge = share(release * L::splat(5.0));
        self.discharge = share(release * L::splat(6.0));
    }

    /// Reduction for a level this far over the threshold; `slope` is `1 - 1/ratio`, the knee is in octaves.
    #[inline(always)]
    pub fn next(&mut self, over: L, slope: L, knee: L) -> L {
        let one = L::splat(1.0);
        match self.character {
            Character::Glue => {
                let wanted = feedback(over, slope, knee).max(L::splat(REST));
                self.held = wanted.max(self.held + self.hold * (wanted - self.held));
                let share = L::select(self.slow.lt(self.held), self.charge, self.discharge);
                self.slow += share * (self.held - self.slow);
                self.ballistics.approach(self.held.max(self.slow))
            }
            Character::Opto => {
                let wanted = Curve::new(knee, slope).reduction(over).max(L::splat(REST));
                let hold = self.hold / (one + self.memory + self.memory);
                self.held = wanted.max(self.held + hold * (wanted - self.held));
                let smooth = self.ballistics.approach(self.held);
                self.memory += self.remember * (smooth - self.memory);
                smooth
            }
            Character::Fet => {
                let knee = knee * L::splat(4.0) * (one - slope);
                self.ballistics.next(Curve::new(knee, slope).reduction(over))
            }
            Character::VariMu => {
                let over = over.max(L::zero());
                let width = knee + L::splat(1.0);
                self.ballistics.next(slope * over * over / (over + width))
            }
        }
    }

    /// Takes over the state of another where `mask` is true.
    #[inline(always)]
    pub fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.ballistics.follow(&other.ballistics, mask);
        self.held = L::select(mask, other.held, self.held);
        self.slow = L::select(mask, other.slow, self.slow);
        self.memory = L::select(mask, other.memory, self.memory);
    }
}

/// What a detector behind the gain comes to: `g = (ratio - 1) k(over - g)`, solved for `g`.
#[inline(always)]
fn feedback<L: Lane>(over: L, slope: L, knee: L) -> L {
    let (one, half) = (L::splat(1.0), L::splat(0.5));
    let knee = knee.max(L::splat(1e-3));
    let steep = slope / (one - slope);
    // From where the knee begins; within it this is z + (ratio - 1) z^2 / (2 knee), z being what is left of it.
    let from = (over + half * knee).max(L::zero());
    let left = (from + from) / (one + (one + (steep + steep) * from / knee).sqrt());
    L::select(left.lt(knee), from - left, slope * over)
}
