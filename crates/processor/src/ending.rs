//! The end of what sounds on: silence, exactly, once a tail is over.

use mixsmith_dsp::{Lane, lane::Mask};

use crate::{Io, QUANTUM};

/// Counts how long nothing has come in, for each lane by itself, and cuts off what is left after a tail.
///
/// A recursive filter never ends by itself; what is cut lies below the -120 dB of [`crate::Tail::Frames`]. The state of
/// the effect is left as it is, and decays further.
#[derive(Debug)]
pub(crate) struct Ending<L> {
    /// Frames since sound came in; and so at each frame of the last piece that was looked at.
    silent: L,
    counts: [L; QUANTUM],
    /// Frames that a sound lasts on with the parameters of now; nought where it ends by itself.
    tail: L,
    /// The longest since the lane was last at rest: what began to sound then may still do so.
    longest: L,
}

/// More than any tail that ends, and still exact as `f32`.
const LONG: f32 = 16_000_000.0;

/// Nothing, or so small that it counts as nothing.
#[inline(always)]
fn silent<L: Lane>(x: L) -> L::Mask {
    x.abs().lt(L::splat(f32::MIN_POSITIVE))
}

impl<L: Lane> Ending<L> {
    /// Before the first frame.
    pub fn new() -> Self {
        Ending { silent: L::zero(), counts: [L::zero(); QUANTUM], tail: L::zero(), longest: L::zero() }
    }

    /// Hears what is about to be processed. Says whether there may be something to cut off.
    #[inline(always)]
    pub fn hear(&mut self, io: &Io<'_, L>) -> bool {
        let rests = self.longest.lt(self.silent);
        self.longest = L::select(rests, self.tail, self.longest);
        let Some(&last) = io.left.last() else { return false };
        let last = match io.right.as_ref().and_then(|right| right.last()) {
            Some(right) => last.abs().max(right.abs()),
            None => last,
        };
        let one = L::splat(1.0);
        let ends = self.ends(self.silent + L::splat(io.left.len() as f32)).any();
        if !(ends | silent(last).any()) {
            self.silent = L::zero();
            return false;
        }
        // Frames since the piece began: now, and when sound came in last, before it or in it.
        let (mut now, mut sound) = (L::zero(), -self.silent);
        let long = L::splat(LONG);
        for (i, (count, &l)) in self.counts.iter_mut().zip(io.left.iter()).enumerate() {
            let quiet = match &io.right {
                Some(right) => silent(l) & silent(right[i]),
                None => silent(l),
            };
            now += one;
            sound = L::select(quiet, sound, now);
            *count = (now - sound).min(long);
        }
        self.silent = (now - sound).min(long);
        // A lane that sounds on for no known time may be given one within this piece.
        ends | (!L::zero().lt(self.longest)).any()
    }

    /// As [`Ending::hear`] and [`Ending::cut`] of a piece of silence of which nothing is left.
    #[inline(always)]
    pub fn pass(&mut self, frames: usize) {
        let rests = self.longest.lt(self.silent);
        self.longest = L::select(rests, self.tail, self.longest);
        self.silent = (self.silent + L::splat(frames as f32)).min(L::splat(LONG));
    }

    /// Where a sound that came in so many frames ago is over.
    #[inline(always)]
    fn ends(&self, ago: L) -> L::Mask {
        L::zero().lt(self.longest) & self.longest.lt(ago)
    }

    /// Frames that a sound lasts on in each lane, latency and tail, from now on; nought where it ends by itself.
    pub fn aim(&mut self, tail: L) {
        self.tail = tail;
        self.longest = self.longest.max(tail);
    }

    /// Silences, in each lane, the frames that come later after its last sound than that lasts on.
    #[inline(always)]
    pub fn cut(&self, left: &mut [L], right: Option<&mut [L]>) {
        if !L::zero().lt(self.longest).any() {
            return;
        }
        for channel in [Some(left), right].into_iter().flatten() {
            for (x, &silent) in channel.iter_mut().zip(&self.counts) {
                *x = L::select(self.ends(silent), L::zero(), *x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_dsp::X8;

    /// What is left of ones, where sound comes in at these frames, cut into pieces of these lengths in turn.
    fn rest(sounds: &[usize], tail: f32, lengths: &[usize]) -> Vec<f32> {
        let mut ending = Ending::new();
        ending.aim(tail);
        let (mut out, mut lengths) = (Vec::new(), lengths.iter().cycle());
        while out.len() < 300 {
            let Some(&length) = lengths.next() else { break };
            let at = out.len();
            let mut sound: Vec<f32> = (at..at + length).map(|i| f32::from(sounds.contains(&i))).collect();
            let ends = ending.hear(&Io { left: &mut sound, right: None, key: None });
            let mut piece = vec![1.0; length];
            if ends {
                ending.cut(&mut piece, None);
            }
            out.extend(piece);
        }
        out.truncate(300);
        out
    }

    #[test]
    fn sound_ends_to_the_frame_however_it_is_cut() {
        for lengths in [&[64][..], &[1], &[7, 31, 64, 2]] {
            let out = rest(&[0, 50, 120], 60.0, lengths);
            for (i, x) in out.iter().enumerate() {
                // From 50 on 60 frames; from 120 on 60 frames.
                let sounds = i <= 110 || (120..=180).contains(&i);
                assert_eq!(*x, f32::from(sounds), "frame {i}, {lengths:?}");
            }
        }
    }

    #[test]
    fn what_lasted_longer_when_it_began_ends_no_sooner() {
        let mut ending = Ending::new();
        ending.aim(500.0);
        let mut sound = [1.0f32; 64];
        ending.hear(&Io { left: &mut sound, right: None, key: None });
        ending.aim(10.0);
        let mut left = 0;
        for _ in 0..20 {
            let mut piece = [0.0f32; 64];
            ending.hear(&Io { left: &mut piece, right: None, key: None });
            piece.fill(1.0);
            ending.cut(&mut piece, None);
            left += piece.iter().filter(|x| **x == 1.0).count();
        }
        assert_eq!(left, 500);
        // At rest since then: the next sound lasts as long as the parameters say now.
        ending.hear(&Io { left: &mut sound, right: None, key: None });
        let mut piece = [0.0f32; 64];
        ending.hear(&Io { left: &mut piece, right: None, key: None });
        piece.fill(1.0);
        ending.cut(&mut piece, None);
        assert_eq!(piece.iter().filter(|x| **x == 1.0).count(), 10);
    }

    #[test]
    fn each_lane_ends_by_itself() {
        let mut ending = Ending::new();
        ending.aim(X8(std::array::from_fn(|lane| 10.0 * lane as f32 + 1.0)));
        let mut sound = [X8::splat(0.5); 64];
        ending.hear(&Io { left: &mut sound, right: None, key: None });
        let mut piece = [X8::zero(); 64];
        piece[9].0[3] = f32::NAN;
        assert!(ending.hear(&Io { left: &mut piece, right: None, key: None }));
        piece.fill(X8::splat(1.0));
        ending.cut(&mut piece, None);
        for lane in 0..8 {
            let left = piece.iter().filter(|x| x.0[lane] == 1.0).count();
            assert_eq!(left, if lane == 3 { 41 } else { (10 * lane + 1).min(64) });
        }
    }
}
