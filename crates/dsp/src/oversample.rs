//! Eight times the sample rate and back, linear in phase, for what bends the waveform.
//!
//! Three half-band filters up and three down (Kaiser windows; Crochiere and Rabiner, *Multirate Digital Signal
//! Processing*, 1983, ch. 4). Together with the two samples that [`crate::shaper::Bender`] is late, the way there and
//! back takes a whole number of frames: [`LATENCY`].

use std::f64::consts::PI;

use crate::Lane;

/// How many times the rate is raised.
pub const TIMES: usize = 8;
/// Frames that the way up and down takes, with the two samples (of the high rate) that
/// [`crate::shaper::Bender`] adds.
pub const LATENCY: usize = 71;

/// Stop-band of the windows in dB.
const DEPTH: f64 = 100.0;

/// Kaiser window of `n` points at `i`; Kaiser 1974.
fn kaiser(i: usize, n: usize) -> f64 {
    let bessel = |x: f64| {
        let (mut sum, mut term) = (1.0, 1.0);
        for k in 1..40 {
            term *= (x / (2.0 * f64::from(k))).powi(2);
            sum += term;
        }
        sum
    };
    let beta = 0.1102 * (DEPTH - 8.7);
    let r = 2.0 * i as f64 / (n - 1) as f64 - 1.0;
    bessel(beta * (1.0 - r * r).max(0.0).sqrt()) / bessel(beta)
}

/// Windowed sinc with its corner at a quarter of the rate.
fn quarter_band(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| {
            let t = i as f64 - (n - 1) as f64 / 2.0;
            let sinc = if t == 0.0 { 0.5 } else { (PI * t / 2.0).sin() / (PI * t) };
            sinc * kaiser(i, n)
        })
        .collect()
}

/// The taps beside the centre of a half-band filter of `4 half - 1` taps, scaled to the sum given.
pub(crate) fn side_taps(half: usize, sum: f64) -> Vec<f32> {
    let taps: Vec<f64> = quarter_band(4 * half - 1).into_iter().step_by(2).collect();
    let scale = sum / taps.iter().sum::<f64>();
    taps.into_iter().map(|t| (t * scale) as f32).collect()
}

/// Adds `tap[j] * (a[i + start - j] + b[i + j])` to each frame `i` of `out`, in the order of the taps on any
/// lane. So many frames are summed at once as fit into registers.
#[inline(always)]
fn mirrored<L: Lane>(taps: &[f32], a: &[L], start: usize, b: &[L], out: &mut [L]) {
    if L::WIDTH == 1 {
        chunked::<L, 64>(taps, a, start, b, out);
    } else {
        chunked::<L, 2>(taps, a, start, b, out);
    }
}

/// [`mirrored`] by `C` frames, and what is left over frame by frame.
#[inline(always)]
fn chunked<L: Lane, const C: usize>(taps: &[f32], a: &[L], start: usize, b: &[L], out: &mut [L]) {
    let whole = out.len() - out.len() % C;
    let (out, rest) = out.split_at_mut(whole);
    chunks::<L, C>(taps, a, start, b, out);
    if !rest.is_empty() {
        chunks::<L, 1>(taps, &a[whole..], start, &b[whole..], rest);
    }
}

/// [`mirrored`] by `C` frames; `out` must hold a whole number of them.
#[inline(always)]
fn chunks<L: Lane, const C: usize>(taps: &[f32], a: &[L], start: usize, b: &[L], out: &mut [L]) {
    // Windows that the taps reach, so that nothing is looked up beyond them.
    let reach = taps.len() - 1 + C;
    for (chunk, out) in out.chunks_exact_mut(C).enumerate() {
        let mut sum = [L::zero(); C];
        sum.copy_from_slice(out);
        let (a, b) = (&a[chunk * C + start + 1 - taps.len()..][..reach], &b[chunk * C..][..reach]);
        for ((&tap, a), b) in taps.iter().zip(a.windows(C).rev()).zip(b.windows(C)) {
            for k in 0..C {
                sum[k] = L::splat(tap).mul_add(a[k] + b[k], sum[k]);
            }
        }
        out.copy_from_slice(&sum);
    }
}

/// The last frames of a stream that comes block by block, each of any length up to the longest.
#[derive(Clone, Debug)]
struct Stream<L> {
    /// The frames of the past, then the block.
    frames: Vec<L>,
    past: usize,
    /// Frames of the last block.
    block: usize,
}

impl<L: Lane> Stream<L> {
    fn new(past: usize, longest: usize) -> Self {
        Stream { frames: vec![L::zero(); past + longest], past, block: 0 }
    }

    /// Takes the next block in.
    #[inline(always)]
    fn push<'a>(&mut self, block: impl ExactSizeIterator<Item = &'a L>) {
        self.frames.copy_within(self.block..self.block + self.past, 0);
        self.block = block.len();
        for (kept, &x) in self.frames[self.past..].iter_mut().zip(block) {
            *kept = x;
        }
    }

    /// The block as it was `late` frames ago.
    #[inline(always)]
    fn late(&self, late: usize) -> &[L] {
        &self.frames[self.past - late..]
    }
}

/// A symmetric filter over one stream.
#[derive(Clone, Debug)]
struct Fir<L> {
    taps: Vec<f32>,
    /// With the past that the taps reach back to.
    stream: Stream<L>,
}

impl<L: Lane> Fir<L> {
    fn new(taps: Vec<f32>, block: usize) -> Self {
        let stream = Stream::new(taps.len() - 1, block);
        Fir { taps, stream }
    }

    /// Adds the filtered block to `out`.
    #[inline(always)]
    fn add_to(&self, out: &mut [L]) {
        let (n, frames) = (self.taps.len(), &self.stream.frames);
        mirrored(&self.taps[..n / 2], frames, n - 1, frames, out);
    }
}

/// Doubles the rate.
#[derive(Clone, Debug)]
struct Up<L> {
    fir: Fir<L>,
    even: Vec<L>,
}

impl<L: Lane> Up<L> {
    fn new(half: usize, block: usize) -> Self {
        Up { fir: Fir::new(side_taps(half, 1.0), block), even: vec![L::zero(); block] }
    }

    #[inline(always)]
    fn run(&mut self, block: &[L], out: &mut [L]) {
        self.fir.stream.push(block.iter());
        let even = &mut self.even[..block.len()];
        even.fill(L::zero());
        self.fir.add_to(even);
        let odd = self.fir.stream.late(self.fir.taps.len() / 2 - 1);
        for ((pair, &even), &odd) in out.chunks_exact_mut(2).zip(&*even).zip(odd) {
            pair[0] = even;
            pair[1] = odd;
        }
    }
}

/// Halves the rate with a half-band filter: the odd frames pass through its centre only.
#[derive(Clone, Debug)]
struct Down<L> {
    even: Fir<L>,
    odd: Stream<L>,
}

impl<L: Lane> Down<L> {
    fn new(half: usize, block: usize) -> Self {
        Down { even: Fir::new(side_taps(half, 0.5), block), odd: Stream::new(half, block) }
    }

    #[inline(always)]
    fn run(&mut self, block: &[L], out: &mut [L]) {
        self.even.stream.push(block.chunks_exact(2).map(|pair| &pair[0]));
        self.odd.push(block.chunks_exact(2).map(|pair| &pair[1]));
        for (o, &x) in out.iter_mut().zip(&self.odd.frames) {
            *o = L::splat(0.5) * x;
        }
        self.even.add_to(out);
    }
}

/// One channel's way up.
#[derive(Clone, Debug)]
pub(crate) struct Upsampler<L> {
    steps: [Up<L>; 3],
    two: Vec<L>,
    four: Vec<L>,
}

impl<L: Lane> Upsampler<L> {
    /// For blocks of at most this many frames. `halves` is half the taps of each step; the way takes
    /// `halves[0] - 1/2`, `halves[1] / 2 - 1/4` and `halves[2] / 4 - 1/8` frames.
    pub(crate) fn new(halves: [usize; 3], block: usize) -> Self {
        let [first, second, third] = halves;
        Upsampler {
            steps: [Up::new(first, block), Up::new(second, 2 * block), Up::new(third, 4 * block)],
            two: vec![L::zero(); 2 * block],
            four: vec![L::zero(); 4 * block],
        }
    }

    /// Writes eight samples for each frame of the block. How a sound is cut into blocks does not change a bit of it.
    #[inline(always)]
    pub(crate) fn run(&mut self, block: &[L], eight: &mut [L]) {
        let (two, four) = (&mut self.two[..2 * block.len()], &mut self.four[..4 * block.len()]);
        self.steps[0].run(block, two);
        self.steps[1].run(two, four);
        self.steps[2].run(four, eight);
    }
}

/// One channel's way up and down.
#[derive(Clone, Debug)]
pub struct Oversampler<L> {
    up: Upsampler<L>,
    down: [Down<L>; 3],
    two: Vec<L>,
    four: Vec<L>,
    eight: Vec<L>,
}

impl<L: Lane> Oversampler<L> {
    /// For blocks of at most this many frames.
    pub fn new(block: usize) -> Self {
        // Delays in frames of the low rate: 63/2 + 11/4 + 7/8 up; (2 + 7)/8 + 13/4 + 63/2 down.
        Oversampler {
            up: Upsampler::new([32, 6, 4], block),
            down: [Down::new(4, 4 * block), Down::new(7, 2 * block), Down::new(32, block)],
            two: vec![L::zero(); 2 * block],
            four: vec![L::zero(); 4 * block],
            eight: vec![L::zero(); TIMES * block],
        }
    }

    /// Raises the block, lets `bend` change it at the high rate, and brings it back in place. How a sound is cut into
    /// blocks does not change a bit of it.
    #[inline(always)]
    pub fn run(&mut self, block: &mut [L], bend: impl FnOnce(&mut [L])) {
        let n = block.len();
        let (two, four) = (&mut self.two[..2 * n], &mut self.four[..4 * n]);
        let eight = &mut self.eight[..TIMES * n];
        self.up.run(block, eight);
        bend(eight);
        self.down[0].run(eight, four);
        self.down[1].run(four, two);
        self.down[2].run(two, block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::X8;

    /// Noise through the way up, a bend, and the way down, cut into pieces of these lengths in turn.
    fn cut<L: Lane>(lengths: &[usize]) -> Vec<L> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let frame = |_| {
            let mut frame = L::zero();
            (0..L::WIDTH).for_each(|lane| frame.set(lane, next()));
            frame
        };
        let mut sound: Vec<L> = (0..1000).map(frame).collect();
        let mut oversampler = Oversampler::new(64);
        let (mut rest, mut lengths) = (&mut sound[..], lengths.iter().cycle());
        while let Some(&length) = lengths.next().filter(|_| !rest.is_empty()) {
            let (piece, later) = rest.split_at_mut(length.min(rest.len()));
            oversampler.run(piece, |high| high.iter_mut().for_each(|x| *x = *x * *x * *x));
            rest = later;
        }
        sound
    }

    #[test]
    fn how_the_sound_is_cut_does_not_matter() {
        for lengths in [&[1][..], &[7, 1, 64, 31], &[63, 2, 17]] {
            assert_eq!(cut::<f32>(lengths), cut::<f32>(&[64]), "{lengths:?}");
            assert_eq!(cut::<X8>(lengths), cut::<X8>(&[64]), "{lengths:?}");
        }
    }
}
