//! Long filters that differ from lane to lane and glide, a block at a time. (For impulse responses see [`crate::convolution`].)
//!
//! The filter is cut into partitions as long as the block; the spectra of the last blocks are kept, each meets its
//! partition, and one transform back gives the block (Stockham 1966; Torger and Farina, *Real-time partitioned
//! convolution for ambiophonics surround sound*, 2001). Two channels go through one transform, as the real and the
//! imaginary part of one signal.

use crate::{Lane, fft::Fft};

/// Spectra of a filter's partitions: what each channel keeps of itself, and what it gets of the other.
///
/// A filter on the middle and another one on the sides is one that keeps their mean and gives half of their difference.
#[derive(Clone, Debug)]
pub struct Filter<L> {
    own: [Vec<L>; 2],
    other: [Vec<L>; 2],
    /// Does anything of one channel go to the other, in any lane?
    crosses: bool,
}

/// Two channels convolved.
#[derive(Clone, Debug)]
pub struct Convolver<L> {
    fft: Fft,
    block: usize,
    partitions: usize,
    /// Where the bin stands whose number is the negative of that of the bin here.
    mirror: Vec<usize>,
    /// The last block and this one.
    sound: [Vec<L>; 2],
    /// Spectra of the last blocks, the newest at `at`.
    spectra: [Vec<L>; 2],
    at: usize,
    work: [Vec<L>; 2],
}

impl<L: Lane> Convolver<L> {
    /// For blocks of this many frames (a power of two) and filters of up to `partitions` blocks.
    pub fn new(block: usize, partitions: usize) -> Self {
        let fft = Fft::new(2 * block);
        let size = fft.size();
        let mut mirror = vec![0; size];
        for k in 0..size {
            mirror[fft.place(k)] = fft.place((size - k) % size);
        }
        let zeros = |n: usize| [vec![L::zero(); n], vec![L::zero(); n]];
        Convolver {
            block: size / 2,
            partitions,
            mirror,
            sound: zeros(size),
            spectra: zeros(size * partitions),
            at: 0,
            work: zeros(size),
            fft,
        }
    }

    /// A filter that lets nothing through.
    pub fn filter(&self) -> Filter<L> {
        let zeros = || [(); 2].map(|_| vec![L::zero(); self.fft.size() * self.partitions]);
        Filter { own: zeros(), other: zeros(), crosses: false }
    }

    /// Sets the taps of one lane: those that a channel is convolved with itself, and those that the other one is
    /// convolved with, if there are any. Missing taps are nought. `work` has two blocks each.
    pub fn set(
        &self,
        filter: &mut Filter<L>,
        lane: usize,
        own: &[f32],
        other: Option<&[f32]>,
        work: &mut [Vec<f32>; 2],
    ) {
        filter.crosses |= other.is_some();
        let size = self.fft.size();
        let [re, im] = work;
        for (spectra, taps) in [(&mut filter.own, Some(own)), (&mut filter.other, other)] {
            let taps = taps.unwrap_or(&[]);
            for part in 0..self.partitions {
                let from = (part * self.block).min(taps.len());
                let taps = &taps[from..(from + self.block).min(taps.len())];
                re.fill(0.0);
                im.fill(0.0);
                for (re, &tap) in re.iter_mut().zip(taps) {
                    // The way back does not divide.
                    *re = tap / size as f32;
                }
                self.fft.forward(re, im);
                for (spectra, bins) in spectra.iter_mut().zip([&*re, &*im]) {
                    for (bin, &x) in spectra[part * size..][..size].iter_mut().zip(bins) {
                        bin.set(lane, x);
                    }
                }
            }
        }
    }

    /// Takes a block of both channels in.
    pub fn push(&mut self, left: &[L], right: &[L]) {
        let size = self.fft.size();
        self.at = (self.at + self.partitions - 1) % self.partitions;
        for ((sound, spectra), new) in self.sound.iter_mut().zip(&mut self.spectra).zip([left, right]) {
            sound.copy_within(self.block.., 0);
            sound[self.block..].copy_from_slice(new);
            spectra[self.at * size..][..size].copy_from_slice(sound);
        }
        let [re, im] = &mut self.spectra;
        self.fft.forward(&mut re[self.at * size..][..size], &mut im[self.at * size..][..size]);
    }

    /// The block that comes out of a filter now.
    pub fn convolve(&mut self, filter: &Filter<L>, left: &mut [L], right: &mut [L]) {
        let size = self.fft.size();
        let [re, im] = &mut self.work;
        re.fill(L::zero());
        im.fill(L::zero());
        for part in 0..self.partitions {
            let age = (self.at + part) % self.partitions;
            let z = self.spectra.each_ref().map(|spectra| &spectra[age * size..][..size]);
            let own = filter.own.each_ref().map(|spectra| &spectra[part * size..][..size]);
            for i in 0..size {
                re[i] += own[0][i] * z[0][i] - own[1][i] * z[1][i];
                im[i] += own[0][i] * z[1][i] + own[1][i] * z[0][i];
            }
            if filter.crosses {
                // The other channel's part of the signal is i times its conjugate, whose bins are mirrored.
                let other = filter.other.each_ref().map(|spectra| &spectra[part * size..][..size]);
                for (i, &k) in self.mirror.iter().enumerate() {
                    let (r, q) = (z[1][k], z[0][k]);
                    re[i] += other[0][i] * r - other[1][i] * q;
                    im[i] += other[0][i] * q + other[1][i] * r;
                }
            }
        }
        self.fft.backward(re, im);
        left.copy_from_slice(&re[self.block..]);
        right.copy_from_slice(&im[self.block..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sum_of_products() {
        let (block, partitions) = (16, 3);
        let mut convolver = Convolver::<f32>::new(block, partitions);
        let taps = |seed: usize| -> Vec<f32> { (0..40).map(|i| ((i * i + seed) as f32).sin()).collect() };
        let (own, other) = (taps(1), taps(5));
        let sound: [Vec<f32>; 2] =
            [3, 7].map(|seed| (0..160).map(|i| ((i * seed) as f32 * 0.3).cos()).collect());
        let mut work = [vec![0.0; 2 * block], vec![0.0; 2 * block]];
        for crosses in [false, true] {
            let mut filter = convolver.filter();
            convolver.set(&mut filter, 0, &own, crosses.then_some(&other[..]), &mut work);
            let mut fresh = Convolver::<f32>::new(block, partitions);
            let mut out = [vec![0.0; 160], vec![0.0; 160]];
            for at in (0..160).step_by(block) {
                fresh.push(&sound[0][at..at + block], &sound[1][at..at + block]);
                let [left, right] = &mut out;
                fresh.convolve(&filter, &mut left[at..at + block], &mut right[at..at + block]);
            }
            for c in 0..2 {
                for i in 0..160 {
                    let sum = |taps: &[f32], of: &[f32]| -> f32 {
                        (0..=i.min(39)).map(|t| taps[t] * of[i - t]).sum()
                    };
                    let want = sum(&own, &sound[c]) + if crosses { sum(&other, &sound[1 - c]) } else { 0.0 };
                    assert!(
                        (out[c][i] - want).abs() < 2e-5,
                        "{crosses} channel {c} frame {i}: {}",
                        out[c][i]
                    );
                }
            }
            convolver = fresh;
        }
    }
}
