//! What a print is like over time: peaks and energies that the scorecard reads of every stem.

/// Seconds between the peaks.
pub(crate) const PEAKS: f64 = 0.01;
/// Slices of [`PEAKS`] in a frame of energy: the frames of a sketch.
const SLICES: usize = 10;
/// Sums that are kept side by side, so that they run on wide registers.
const WIDE: usize = 8;

/// Peaks and energies of two channels over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// Largest sample of either side every 10 ms.
    pub peaks: Vec<f32>,
    /// Mean square of mid `(L+R)/2` every 100 ms.
    pub mid: Vec<f32>,
    /// The same of side `(L-R)/2`.
    pub side: Vec<f32>,
    /// Samples that are no number.
    pub broken: u64,
}

/// Sums of a slice. The sample at place `i` of the slice is in sum `i % WIDE`, however the sound arrives.
#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    peaks: [f32; WIDE],
    mids: [f32; WIDE],
    sides: [f32; WIDE],
    frames: usize,
}

impl Slice {
    fn add(&mut self, left: &[f32], right: &[f32]) {
        let first = self.frames % WIDE;
        let head = if first == 0 { 0 } else { (WIDE - first).min(left.len()) };
        let (left_head, left) = left.split_at(head);
        let (right_head, right) = right.split_at(head);
        self.row(first, left_head, right_head);
        for (left, right) in left.chunks(WIDE).zip(right.chunks(WIDE)) {
            self.row(0, left, right);
        }
        self.frames += head + left.len();
    }

    #[inline]
    fn row(&mut self, first: usize, left: &[f32], right: &[f32]) {
        for (k, (&l, &r)) in left.iter().zip(right).enumerate().map(|(k, both)| (k + first, both)) {
            let (mid, side) = (l + r, l - r);
            self.mids[k] += mid * mid;
            self.sides[k] += side * side;
            let most = if l.abs() > r.abs() { l.abs() } else { r.abs() };
            self.peaks[k] = if most > self.peaks[k] { most } else { self.peaks[k] };
        }
    }
}

/// Follows two channels while they pass.
#[derive(Debug)]
pub(crate) struct Follower {
    rate: u64,
    seen: u64,
    slice: Slice,
    /// Energies of mid and side, and length, of the frame that is open.
    energy: [f64; 2],
    frames: usize,
    found: Envelope,
}

impl Follower {
    /// At the start of a song.
    pub fn new(rate: u32) -> Self {
        Follower {
            rate: u64::from(rate),
            seen: 0,
            slice: Slice::default(),
            energy: [0.0; 2],
            frames: 0,
            found: Envelope::default(),
        }
    }

    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        let length = left.len().min(right.len());
        let mut from = 0;
        while from < length {
            // Whole numbers, so that slices do not drift.
            let cut = (self.found.peaks.len() as u64 + 1) * self.rate / 100;
            let many = (cut.saturating_sub(self.seen) as usize).min(length - from);
            let (left, right) = (&left[from..from + many], &right[from..from + many]);
            self.slice.add(left, right);
            // One bad sample spoils the sums, and then the samples are looked at.
            let whole = self.slice.mids.iter().chain(&self.slice.sides).sum::<f32>();
            if !whole.is_finite() {
                self.found.broken += left.iter().chain(right).filter(|x| !x.is_finite()).count() as u64;
            }
            self.seen += many as u64;
            from += many;
            if self.seen >= cut {
                self.close();
            }
        }
    }

    /// Ends a slice. One with a sample that is no number counts as silent.
    fn close(&mut self) {
        let slice = std::mem::take(&mut self.slice);
        let sum = |sums: [f32; WIDE]| sums.iter().map(|&x| f64::from(x)).sum::<f64>() / 4.0;
        let energy = [sum(slice.mids), sum(slice.sides)];
        let whole = energy.iter().all(|x| x.is_finite());
        let peak = if whole { slice.peaks.iter().fold(0f32, |a, &b| a.max(b)) } else { 0.0 };
        self.found.peaks.push(peak);
        if whole {
            self.energy.iter_mut().zip(energy).for_each(|(sum, x)| *sum += x);
        }
        self.frames += slice.frames;
        if self.found.peaks.len().is_multiple_of(SLICES) {
            self.close_frame();
        }
    }

    fn close_frame(&mut self) {
        let frames = std::mem::take(&mut self.frames).max(1) as f64;
        let [mid, side] = std::mem::take(&mut self.energy).map(|sum| (sum / frames) as f32);
        self.found.mid.push(mid);
        self.found.side.push(side);
    }

    /// What was found, the open ends included.
    pub fn finish(mut self) -> Envelope {
        if self.slice.frames > 0 {
            self.close();
        }
        if self.frames > 0 {
            self.close_frame();
        }
        self.found
    }
}

impl Envelope {
    /// Mean square of both in one frame of 100 ms.
    pub fn energy(&self, frame: usize) -> f64 {
        let at = |energies: &[f32]| energies.get(frame).map_or(0.0, |&e| f64::from(e));
        at(&self.mid) + at(&self.side)
    }

    /// Largest sample from one moment in seconds to another.
    pub fn peak(&self, from: f64, to: f64) -> f32 {
        let place = |seconds: f64| ((seconds.max(0.0) / PEAKS).round() as usize).min(self.peaks.len());
        let (from, to) = (place(from), place(to));
        self.peaks.get(from..to).unwrap_or(&[]).iter().fold(0.0, |a, &b| a.max(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_matter_how_the_sound_arrives() {
        let left: Vec<f32> = (0..44_100).map(|i| (i as f32 * 0.05).sin()).collect();
        let right: Vec<f32> = left.iter().map(|x| -0.5 * x).collect();
        let found = |block: usize| {
            let mut follower = Follower::new(44_100);
            left.chunks(block).zip(right.chunks(block)).for_each(|(l, r)| follower.add(l, r));
            follower.finish()
        };
        let (one, two) = (found(44_100), found(997));
        assert_eq!(one, two);
        assert_eq!((one.peaks.len(), one.mid.len(), one.broken), (100, 10, 0));
        // Mid is a quarter of left, side three quarters; a sine has half its squared peak.
        assert!((one.mid[3] - 0.0625 / 2.0).abs() < 1e-3 && (one.side[3] - 0.5625 / 2.0).abs() < 1e-3);
        assert!((one.peak(0.2, 0.4) - 1.0).abs() < 1e-3 && one.peak(9.0, 10.0) == 0.0);
    }

    #[test]
    fn what_is_no_number_is_counted_and_spoils_nothing() {
        let mut follower = Follower::new(48_000);
        let mut wave = vec![0.5f32; 4800 * 2];
        wave[100] = f32::NAN;
        wave[200] = f32::INFINITY;
        follower.add(&wave, &wave);
        let found = follower.finish();
        assert_eq!(found.broken, 4);
        assert!(found.mid.iter().chain(&found.peaks).all(|x| x.is_finite()));
        assert_eq!((found.mid[1], found.peaks[0]), (0.25, 0.0));
    }
}
