//! Do the stems add up to the mix? Found while both are printed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// One in the whole numbers of a sum.
const ONE: f64 = (1u64 << 40) as f64;

/// Sums prints, and keeps the largest sample of the sum. The mix counts against its stems, so what is left is what they
/// do not add up to.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddUp(Arc<Mutex<Sum>>);

/// In whole numbers, so that the order of threads does not matter.
#[derive(Debug, Default)]
struct Sum {
    /// Left and right of the frames that some print has yet to add.
    open: VecDeque<[i64; 2]>,
    /// How many frames of `open` each print has added.
    ahead: Vec<usize>,
    worst: i64,
}

/// A print's place in a sum.
#[derive(Debug)]
pub(crate) struct Share {
    of: AddUp,
    number: usize,
    sign: f64,
}

impl AddUp {
    /// The place of another print. All places are taken before the first of them adds anything.
    pub fn share(&self, sign: f64) -> Share {
        let number = self.0.lock().map_or(0, |mut sum| {
            sum.ahead.push(0);
            sum.ahead.len() - 1
        });
        Share { of: self.clone(), number, sign }
    }

    /// The largest sample of the sum, dBFS.
    pub fn worst_db(&self) -> f64 {
        let worst = self.0.lock().map_or(0, |sum| sum.worst);
        (20.0 * (worst as f64 / ONE).log10()).max(-240.0)
    }
}

impl Share {
    /// The print's next frames. Prints may be ahead of each other.
    pub fn add(&self, left: &[f32], right: &[f32]) {
        // A poisoned sum means that another print panicked, which ends the render anyway.
        if let Ok(mut sum) = self.of.0.lock() {
            sum.add(self.number, self.sign * ONE, left, right);
        }
    }
}

impl Sum {
    fn add(&mut self, number: usize, one: f64, left: &[f32], right: &[f32]) {
        let from = self.ahead[number];
        let to = from + left.len();
        self.ahead[number] = to;
        self.open.resize(self.open.len().max(to), [0; 2]);
        for (sum, x) in self.open.range_mut(from..to).zip(left.iter().zip(right)) {
            sum[0] += (f64::from(*x.0) * one) as i64;
            sum[1] += (f64::from(*x.1) * one) as i64;
        }
        let done = self.ahead.iter().copied().min().unwrap_or(0);
        self.ahead.iter_mut().for_each(|ahead| *ahead -= done);
        let done = self.open.drain(..done).flatten();
        self.worst = done.fold(self.worst, |worst, x| worst.max(x.abs()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_the_order_nor_on_how_prints_are_cut() {
        let sum = AddUp::default();
        let [mix, one, two] = [-1.0, 1.0, 1.0].map(|sign| sum.share(sign));
        // Left is out by 0.125 in the second frame.
        one.add(&[0.5, 0.5, 0.25], &[0.25, 0.0, 0.5]);
        mix.add(&[0.75, 0.875], &[0.5, 0.125]);
        two.add(&[0.25], &[0.25]);
        assert_eq!(sum.worst_db(), -240.0);
        mix.add(&[0.5], &[0.5]);
        two.add(&[0.25, 0.25], &[0.125, 0.0]);
        assert!((sum.worst_db() - 20.0 * 0.125f64.log10()).abs() < 1e-9);
    }
}
