//! Momentary and short-term loudness while the sound goes by (ITU-R BS.1770-5, EBU Tech 3341).

use super::FLOOR;
use crate::loudness::KWeighting;

/// Stretches a second: EBU Tech 3341 wants 10 at least; bursts between two of ten would read too little.
const HOPS: u64 = 100;
/// Stretches in 400 ms and in 3 s.
const WINDOWS: [usize; 2] = [40, 300];

/// A meter of momentary (400 ms) and short-term (3 s) loudness, read every 10 ms. Integrated loudness and range need the
/// whole programme and gates: they are measured from stretches of 100 ms elsewhere.
#[derive(Clone, Debug)]
pub struct LoudnessMeter {
    weighting: KWeighting,
    rate: f64,
    /// Energy of the last stretches, as a ring.
    ring: Vec<f64>,
    /// Stretches that are whole, and frames that have passed.
    hops: u64,
    frames: u64,
    now: f64,
    most: [f64; 2],
}

impl LoudnessMeter {
    /// After endless silence. `rate` in frames a second.
    pub fn new(rate: f64) -> Self {
        LoudnessMeter {
            weighting: KWeighting::new(rate),
            rate,
            ring: vec![0.0; WINDOWS[1]],
            hops: 0,
            frames: 0,
            now: 0.0,
            most: [FLOOR; 2],
        }
    }

    /// Watches the next stretch of two equal lengths.
    pub fn run(&mut self, left: &[f32], right: &[f32]) {
        let frames = left.len().min(right.len());
        let mut from = 0;
        while from < frames {
            let end = ((self.hops + 1) as f64 * self.rate / HOPS as f64).round() as u64;
            let to = frames.min(from + end.saturating_sub(self.frames).max(1) as usize);
            let energy = self.weighting.energy(&left[from..to], &right[from..to]);
            self.now += energy.squares[0] + energy.squares[1];
            self.frames += (to - from) as u64;
            from = to;
            if self.frames >= end {
                let place = (self.hops % WINDOWS[1] as u64) as usize;
                self.ring[place] = std::mem::take(&mut self.now);
                self.hops += 1;
                let readings = [self.momentary(), self.short_term()];
                for (most, reading) in self.most.iter_mut().zip(readings) {
                    *most = most.max(reading);
                }
            }
        }
    }

    fn over(&self, window: usize) -> f64 {
        let last = self.hops as usize % self.ring.len();
        let ring = &self.ring;
        let sum: f64 = (1..=window).map(|ago| ring[(last + ring.len() - ago) % ring.len()]).sum();
        let frames = window as f64 * self.rate / HOPS as f64;
        (10.0 * (sum / frames).log10() - 0.691).max(FLOOR)
    }

    /// Loudness of the last 400 ms, LUFS.
    pub fn momentary(&self) -> f64 {
        self.over(WINDOWS[0])
    }

    /// Loudness of the last 3 s, LUFS.
    pub fn short_term(&self) -> f64 {
        self.over(WINDOWS[1])
    }

    /// The highest momentary loudness so far, LUFS.
    pub fn momentary_most(&self) -> f64 {
        self.most[0]
    }

    /// The highest short-term loudness so far, LUFS.
    pub fn short_term_most(&self) -> f64 {
        self.most[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// Stretches of a tone of 1 kHz, as level in dBFS and seconds, one after the other.
    fn tones(parts: &[(f64, f64)]) -> Vec<f32> {
        let mut sound = Vec::new();
        for &(db, seconds) in parts {
            let (from, frames) = (sound.len(), (seconds * RATE).round() as usize);
            let size = 10f64.powf(db / 20.0);
            let angle = |i: usize| std::f64::consts::TAU * 1000.0 * i as f64 / RATE;
            sound.extend((from..from + frames).map(|i| (size * angle(i).sin()) as f32));
        }
        sound
    }

    fn metered(sound: &[f32]) -> LoudnessMeter {
        let mut meter = LoudnessMeter::new(RATE);
        sound.chunks(517).for_each(|part| meter.run(part, part));
        meter
    }

    const SILENT: f64 = -300.0;

    #[test]
    fn a_tone_reads_its_level() {
        // Cases 1 and 2 of EBU Tech 3341.
        for db in [-23.0, -33.0] {
            let meter = metered(&tones(&[(db, 20.0)]));
            assert!((meter.momentary() - db).abs() < 0.02 && (meter.short_term() - db).abs() < 0.02);
        }
    }

    #[test]
    fn what_comes_and_goes_with_the_window_reads_steady() {
        // Case 9: short-term -23.0 after 3 s. Case 12: momentary -23.0 after 1 s.
        for (loud, soft, after, short) in [(1.34, 1.66, 3.0, true), (0.18, 0.22, 1.0, false)] {
            let sound = tones(&[(-20.0, loud), (-30.0, soft)].repeat(if short { 5 } else { 25 }));
            let mut meter = LoudnessMeter::new(RATE);
            for (i, part) in sound.chunks(480).enumerate() {
                meter.run(part, part);
                let found = if short { meter.short_term() } else { meter.momentary() };
                assert!((i as f64) < after * 100.0 || (found + 23.0).abs() < 0.1, "{i}: {found}");
            }
        }
    }

    #[test]
    fn the_most_is_found_wherever_it_begins() {
        for i in 0..20 {
            // Case 10: 3 s of -23 dBFS; case 13: 400 ms of it.
            let short = metered(&tones(&[(SILENT, 0.15 * f64::from(i)), (-23.0, 3.0), (SILENT, 1.0)]));
            assert!((short.short_term_most() + 23.0).abs() < 0.1, "{i}: {}", short.short_term_most());
            let moment = metered(&tones(&[(SILENT, 0.02 * f64::from(i)), (-23.0, 0.4), (SILENT, 1.0)]));
            assert!((moment.momentary_most() + 23.0).abs() < 0.1, "{i}: {}", moment.momentary_most());
        }
        assert_eq!(metered(&[]).momentary_most(), FLOOR);
    }
}
