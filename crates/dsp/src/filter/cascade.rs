//! Sections that stand still, several of them at once.

use super::settled::Settled;
use super::skewed;
use super::svf::Svf;
use crate::{Lane, lane::Mask};

/// Runs sections one after the other over the first `M` channels, to the bits of [`Svf::run`]. While one section waits
/// for its own last sample the others work: each sample goes through several of them at once.
#[inline(always)]
pub fn cascade<'a, L: Lane, const N: usize, const M: usize>(
    sections: impl Iterator<Item = &'a mut Svf<L, N>>,
    mut channels: [&mut [L]; M],
) {
    let mut still: [Option<&mut Svf<L, N>>; WAITING] = [const { None }; WAITING];
    let mut count = 0;
    for section in sections.filter(|section| section.active().any()) {
        if section.glides() {
            // One that glides goes alone, after those before it.
            run_still(&mut still, &mut count, &mut channels);
            section.run(channels.each_mut().map(|channel| &mut **channel));
            continue;
        }
        still[count] = Some(section);
        count += 1;
        if count == WAITING {
            run_still(&mut still, &mut count, &mut channels);
        }
    }
    run_still(&mut still, &mut count, &mut channels);
}

/// Sections that wait at most until they run in [`cascade`].
const WAITING: usize = 8;
/// Sections that a sample goes through at once: as many as keep the registers busy and fit into them.
const TOGETHER: usize = 6;
const TOGETHER_IN_LANES: usize = 3;

/// Runs and forgets those that wait.
#[inline(always)]
fn run_still<L: Lane, const N: usize, const M: usize>(
    still: &mut [Option<&mut Svf<L, N>>; WAITING],
    count: &mut usize,
    channels: &mut [&mut [L]; M],
) {
    let waiting = &mut still[..*count];
    *count = 0;
    if skewed::run(waiting, channels) {
        return;
    }
    let one = L::WIDTH == 1;
    for waiting in waiting.chunks_mut(if one { TOGETHER } else { TOGETHER_IN_LANES }) {
        let mut next = waiting.iter_mut().filter_map(Option::take);
        match [(); TOGETHER].map(|()| next.next()) {
            [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] if one => {
                together([a, b, c, d, e, f], channels);
            }
            [Some(a), Some(b), Some(c), Some(d), Some(e), _] if one => together([a, b, c, d, e], channels),
            [Some(a), Some(b), Some(c), Some(d), ..] if one => together([a, b, c, d], channels),
            [Some(a), Some(b), Some(c), ..] => together([a, b, c], channels),
            [Some(a), Some(b), ..] => together([a, b], channels),
            [Some(a), ..] => together([a], channels),
            _ => {}
        }
    }
}

/// Runs sections that stand still.
#[inline(always)]
pub(super) fn together<L: Lane, const N: usize, const M: usize, const K: usize>(
    mut sections: [&mut Svf<L, N>; K],
    channels: &mut [&mut [L]; M],
) {
    let mut all = true;
    for section in &sections {
        all &= !(!section.active()).any();
    }
    if all {
        pass_together::<L, N, M, K, true>(&mut sections, channels);
    } else {
        pass_together::<L, N, M, K, false>(&mut sections, channels);
    }
    for section in sections {
        section.clean();
    }
}

/// Still sections in a row; `ALL` of them work in every lane.
struct Pass<L: Lane, const K: usize, const ALL: bool> {
    settled: [Settled<L>; K],
    active: [L::Mask; K],
}

#[allow(clippy::needless_range_loop, reason = "several arrays are walked at once")]
impl<L: Lane, const K: usize, const ALL: bool> Pass<L, K, ALL> {
    /// One sample through all of them.
    #[inline(always)]
    fn next(&self, states: &mut [[L; 2]; K], mut x: L) -> L {
        for k in 0..K {
            let y = self.settled[k].next(&mut states[k], x);
            x = if ALL { y } else { L::select(self.active[k], y, x) };
        }
        x
    }
}

#[allow(clippy::needless_range_loop, reason = "several arrays are walked at once")]
#[inline(always)]
fn pass_together<L: Lane, const N: usize, const M: usize, const K: usize, const ALL: bool>(
    sections: &mut [&mut Svf<L, N>; K],
    channels: &mut [&mut [L]; M],
) {
    let mut settled = [Settled::default(); K];
    let mut active = [L::zero().lt(L::zero()); K];
    let mut states = [[[L::zero(); 2]; K]; M];
    for k in 0..K {
        sections[k].rest();
        settled[k] = *sections[k].settled();
        active[k] = sections[k].active();
        for c in 0..M {
            states[c][k] = sections[k].state[c];
        }
    }
    let frames = channels.iter().map(|c| c.len()).min().unwrap_or(0);
    let cascade = Pass::<L, K, ALL> { settled, active };
    if L::WIDTH == 1 {
        // Single numbers leave room for all channels at once.
        for i in 0..frames {
            for (channel, states) in channels.iter_mut().zip(&mut states) {
                channel[i] = cascade.next(states, channel[i]);
            }
        }
    } else {
        for (channel, states) in channels.iter_mut().zip(&mut states) {
            for sample in channel.iter_mut() {
                *sample = cascade.next(states, *sample);
            }
        }
    }
    for k in 0..K {
        for c in 0..M {
            for (kept, s) in sections[k].state[c].iter_mut().zip(states[c][k]) {
                *kept = if ALL { s } else { L::select(active[k], s, L::zero()) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Section;
    use super::*;
    use crate::X8;

    /// A section of some shape; every fourth lets everything pass.
    fn section(i: usize) -> Section {
        let x = i as f64;
        match i % 4 {
            3 => Section::IDENTITY,
            _ => Section { g: 0.02 + 0.05 * x, k: 0.5 + 0.1 * x, high: 1.2, band: 0.3 * x, low: 0.8 },
        }
    }

    #[test]
    fn sections_together_give_the_bits_of_one_after_the_other() {
        for count in 0..=11 {
            let build = |lane: usize| {
                let mut svf = Svf::<X8, 2>::default();
                (0..8).for_each(|i| svf.aim(i, &section(lane + i), true));
                svf
            };
            let mut one: Vec<Svf<X8, 2>> = (0..count).map(build).collect();
            let mut all = one.clone();
            for block in 0..6 {
                // In the third block some of them begin to glide.
                if block == 2 {
                    for sections in [&mut one, &mut all] {
                        sections.iter_mut().step_by(3).for_each(|svf| svf.aim(1, &section(9), false));
                    }
                }
                let sound = |c: usize| -> [X8; 64] {
                    std::array::from_fn(|i| {
                        X8(std::array::from_fn(|l| ((i * (l + c + 1) + block) as f32).sin()))
                    })
                };
                let (mut a, mut b) = ([sound(0), sound(1)], [sound(0), sound(1)]);
                let [left, right] = &mut a;
                one.iter_mut().for_each(|svf| svf.run([&mut left[..], &mut right[..]]));
                let [left, right] = &mut b;
                cascade(all.iter_mut(), [&mut left[..], &mut right[..]]);
                assert_eq!(a, b, "{count} sections, block {block}");
            }
        }
    }
}
