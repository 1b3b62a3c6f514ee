//! Second-order filters for the instruments (Bristow-Johnson, Audio EQ Cookbook) and a vowel's resonance.

use std::f64::consts::{PI, TAU};

/// One second-order section, in double precision.
#[derive(Clone, Default)]
pub(crate) struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    s: [f64; 2],
}

impl Biquad {
    fn of(b: [f64; 3], a: [f64; 3]) -> Self {
        Biquad { b: b.map(|x| x / a[0]), a: [a[1] / a[0], a[2] / a[0]], s: [0.0; 2] }
    }

    fn angle(rate: f32, hz: f32, q: f32) -> (f64, f64) {
        let w = TAU * f64::from(hz.min(0.49 * rate)) / f64::from(rate);
        (w.cos(), w.sin() / (2.0 * f64::from(q)))
    }

    /// Keeps what is below `hz`, 12 dB an octave.
    pub fn low_pass(rate: f32, hz: f32, q: f32) -> Self {
        let (c, alpha) = Self::angle(rate, hz, q);
        let half = (1.0 - c) / 2.0;
        Self::of([half, 1.0 - c, half], [1.0 + alpha, -2.0 * c, 1.0 - alpha])
    }

    /// Keeps what is above `hz`, 12 dB an octave.
    pub fn high_pass(rate: f32, hz: f32, q: f32) -> Self {
        let (c, alpha) = Self::angle(rate, hz, q);
        let half = (1.0 + c) / 2.0;
        Self::of([half, -1.0 - c, half], [1.0 + alpha, -2.0 * c, 1.0 - alpha])
    }

    /// Keeps a band around `hz`, its middle at 0 dB.
    pub fn band_pass(rate: f32, hz: f32, q: f32) -> Self {
        let (c, alpha) = Self::angle(rate, hz, q);
        Self::of([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * c, 1.0 - alpha])
    }

    /// Lifts or lowers a band around `hz` by `db`.
    pub fn bell(rate: f32, hz: f32, q: f32, db: f32) -> Self {
        let (c, alpha) = Self::angle(rate, hz, q);
        let a = 10f64.powf(f64::from(db) / 40.0);
        Self::of([1.0 + alpha * a, -2.0 * c, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * c, 1.0 - alpha / a])
    }

    /// Lifts or lowers what is above `hz` by `db`.
    pub fn high_shelf(rate: f32, hz: f32, q: f32, db: f32) -> Self {
        let (c, alpha) = Self::angle(rate, hz, q);
        let a = 10f64.powf(f64::from(db) / 40.0);
        let r = 2.0 * a.sqrt() * alpha;
        let (up, down) = (a + 1.0, a - 1.0);
        Self::of(
            [a * (up + down * c + r), -2.0 * a * (down + up * c), a * (up + down * c - r)],
            [up - down * c + r, 2.0 * (down - up * c), up - down * c - r],
        )
    }

    /// One sample.
    #[inline]
    pub fn run(&mut self, x: f32) -> f32 {
        let x = f64::from(x);
        let y = self.b[0] * x + self.s[0];
        self.s[0] = self.b[1] * x - self.a[0] * y + self.s[1];
        self.s[1] = self.b[2] * x - self.a[1] * y;
        y as f32
    }

    /// A whole track, in place.
    pub fn apply(mut self, track: &mut [f32]) {
        track.iter_mut().for_each(|x| *x = self.run(*x));
    }
}

/// A resonance of a vocal tract: 0 dB at 0 Hz, a peak at its frequency (Klatt 1980, eq. 1).
#[derive(Clone, Copy, Default)]
pub(crate) struct Formant {
    a: f64,
    b: f64,
    c: f64,
    y: [f64; 2],
}

impl Formant {
    /// Moves the resonance; what rings in it goes on.
    pub fn tune(&mut self, rate: f32, hz: f32, width: f32) {
        let r = (-PI * f64::from(width) / f64::from(rate)).exp();
        self.c = -r * r;
        self.b = 2.0 * r * (TAU * f64::from(hz) / f64::from(rate)).cos();
        self.a = 1.0 - self.b - self.c;
    }

    /// One sample.
    #[inline]
    pub fn run(&mut self, x: f64) -> f64 {
        let y = self.a * x + self.b * self.y[0] + self.c * self.y[1];
        self.y = [y, self.y[0]];
        y
    }
}
