//! The Fourier transform on lanes: eight channels side by side give the bits of each alone, on every machine.
//!
//! Radix two, in place and without putting bins in order: the way there leaves bin `k` at the place whose bits are those
//! of `k` backwards ([`Fft::place`]), and the way back takes them from there (Gentleman and Sande 1966; Cooley and Tukey
//! 1965). A convolution multiplies bins with bins and does not care.

use crate::Lane;

/// Turns of one size, a power of two.
#[derive(Clone, Debug)]
pub struct Fft {
    size: usize,
    /// For each step of `half` butterflies, at `half..2 half`: cosine and sine of `pi j / half`.
    turns: Vec<[f32; 2]>,
}

impl Fft {
    /// For `size` points, which is rounded up to a power of two.
    pub fn new(size: usize) -> Self {
        let size = size.next_power_of_two();
        let mut turns = vec![[1.0, 0.0]; size];
        let mut half = 1;
        while half < size {
            for j in 0..half {
                let (sin, cos) = (std::f64::consts::PI * j as f64 / half as f64).sin_cos();
                turns[half + j] = [cos as f32, sin as f32];
            }
            half *= 2;
        }
        Fft { size, turns }
    }

    /// How many points there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Where bin `k` stands.
    pub fn place(&self, k: usize) -> usize {
        if self.size == 1 { 0 } else { k.reverse_bits() >> (usize::BITS - self.size.trailing_zeros()) }
    }

    /// Sound to bins: `sum of x[n] e^(-2 pi i k n / size)`. Both slices have [`Fft::size`] points.
    pub fn forward<L: Lane>(&self, re: &mut [L], im: &mut [L]) {
        let mut half = self.size / 2;
        while half > 0 {
            let turns = &self.turns[half..2 * half];
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let ((re0, re1), (im0, im1)) = (re.split_at_mut(half), im.split_at_mut(half));
                let pairs = re0.iter_mut().zip(re1).zip(im0.iter_mut().zip(im1));
                for (((r0, r1), (i0, i1)), &[cos, sin]) in pairs.zip(turns) {
                    let (cos, sin) = (L::splat(cos), L::splat(sin));
                    let (dr, di) = (*r0 - *r1, *i0 - *i1);
                    *r0 += *r1;
                    *i0 += *i1;
                    *r1 = dr * cos + di * sin;
                    *i1 = di * cos - dr * sin;
                }
            }
            half /= 2;
        }
    }

    /// Bins to sound, not divided by [`Fft::size`].
    pub fn backward<L: Lane>(&self, re: &mut [L], im: &mut [L]) {
        let mut half = 1;
        while half < self.size {
            let turns = &self.turns[half..2 * half];
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let ((re0, re1), (im0, im1)) = (re.split_at_mut(half), im.split_at_mut(half));
                let pairs = re0.iter_mut().zip(re1).zip(im0.iter_mut().zip(im1));
                for (((r0, r1), (i0, i1)), &[cos, sin]) in pairs.zip(turns) {
                    let (cos, sin) = (L::splat(cos), L::splat(sin));
                    let (tr, ti) = (*r1 * cos - *i1 * sin, *i1 * cos + *r1 * sin);
                    *r1 = *r0 - tr;
                    *i1 = *i0 - ti;
                    *r0 += tr;
                    *i0 += ti;
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::X8;

    #[test]
    fn it_is_the_transform_and_comes_back() {
        for size in [1usize, 2, 8, 64, 512] {
            let fft = Fft::new(size);
            let sound = |i: usize| [(0.7 * i as f32).sin(), (1.3 * i as f32).cos() * 0.5];
            let (mut re, mut im): (Vec<f32>, Vec<f32>) = (0..size).map(sound).map(|[a, b]| (a, b)).unzip();
            let before = (re.clone(), im.clone());
            fft.forward(&mut re, &mut im);
            for k in 0..size {
                let (mut sum_re, mut sum_im) = (0.0, 0.0);
                for i in 0..size {
                    let [a, b] = sound(i).map(f64::from);
                    let (sin, cos) = (-std::f64::consts::TAU * (k * i) as f64 / size as f64).sin_cos();
                    sum_re += a * cos - b * sin;
                    sum_im += a * sin + b * cos;
                }
                let place = fft.place(k);
                let (off_re, off_im) = (f64::from(re[place]) - sum_re, f64::from(im[place]) - sum_im);
                assert!(off_re.hypot(off_im) < 2e-6 * size as f64, "bin {k} of {size}");
            }
            fft.backward(&mut re, &mut im);
            for i in 0..size {
                let scale = size as f32;
                assert!((re[i] / scale - before.0[i]).abs() + (im[i] / scale - before.1[i]).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn eight_lanes_give_the_bits_of_one() {
        let fft = Fft::new(256);
        let sound = |lane: usize, i: usize| ((lane + 1) as f32 * i as f32 * 0.1).sin();
        let all = |i: usize| X8(std::array::from_fn(|lane| sound(lane, i)));
        let (mut re, mut im): (Vec<X8>, Vec<X8>) = (0..256).map(|i| (all(i), all(i + 7))).unzip();
        fft.forward(&mut re, &mut im);
        for lane in 0..8 {
            let (mut one_re, mut one_im): (Vec<f32>, Vec<f32>) =
                (0..256).map(|i| (sound(lane, i), sound(lane, i + 7))).unzip();
            fft.forward(&mut one_re, &mut one_im);
            for i in 0..256 {
                assert_eq!(re[i].get(lane).to_bits(), one_re[i].to_bits());
                assert_eq!(im[i].get(lane).to_bits(), one_im[i].to_bits());
            }
        }
    }
}
