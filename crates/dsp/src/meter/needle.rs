//! Needles: meters that take their time to rise and to fall.

use std::f64::consts::{FRAC_PI_2, SQRT_2};

use super::level;

/// How a needle moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballistics {
    /// Peak programme meter of type I (IEC 60268-10, section 4): a burst of 5 ms reads 2 dB less than a steady tone; falls
    /// by 20 dB in 1.7 s.
    PeakOne,
    /// Peak programme meter of type II (IEC 60268-10, section 5): a burst of 5 ms reads 4 dB less; falls by 24 dB in 2.8 s.
    PeakTwo,
    /// Digital peak meter (IEC 60268-18): every sample counts; falls by 20 dB in 1.7 s.
    DigitalPeak,
    /// Volume indicator (IEC 60268-17): the mean of the rectified sound, 99 % of a tone after 300 ms, and 1 to 1.5 % beyond.
    Vu,
    /// Mean power, 99 % of a tone's amplitude after 600 ms: the average of the K-system (Katz, *An integrated approach to
    /// metering, monitoring and levelling practices*, JAES 2000).
    Average,
}

/// Paths of a peak programme meter: each charges at its own speed, and their weighed sum is shown. The speeds (charges a
/// second) were fitted to the bursts of the standard's tables; the last number brings a steady tone to its amplitude.
const TYPE_ONE: [f64; 4] = [500.0, 900.0, 0.5, 0.978];
const TYPE_TWO: [f64; 4] = [130.0, 800.0, 0.4, 0.9702];
/// Damping and speed of the volume indicator: beyond its aim by 1.25 %, at 99 % after 300 ms.
const VU: (f64, f64) = (0.8127, 13.51);

/// One channel's needle. A sine that stands still reads its amplitude, whatever the ballistics.
#[derive(Clone, Debug)]
pub struct Needle {
    ballistics: Ballistics,
    rate: f64,
    state: [f64; 2],
    most: f64,
}

impl Needle {
    /// At rest. `rate` in frames a second.
    pub fn new(ballistics: Ballistics, rate: f64) -> Self {
        Needle { ballistics, rate, state: [0.0; 2], most: 0.0 }
    }

    /// Watches the next stretch of sound. What is no number is passed over.
    pub fn run(&mut self, sound: &[f32]) {
        let sizes = sound.iter().map(|x| f64::from(x.abs())).filter(|x| x.is_finite());
        let fall = |db: f64, seconds: f64| 10f64.powf(-db / (20.0 * seconds * self.rate));
        let share = |speed: f64| 1.0 - (-speed / self.rate).exp();
        let [mut a, mut b] = self.state;
        let mut most = self.most;
        match self.ballistics {
            Ballistics::PeakOne | Ballistics::PeakTwo => {
                let (paths, fall) = match self.ballistics {
                    Ballistics::PeakOne => (TYPE_ONE, fall(20.0, 1.7)),
                    _ => (TYPE_TWO, fall(24.0, 2.8)),
                };
                let (first, second) = (share(paths[0]), share(paths[1]));
                for x in sizes {
                    (a, b) = (a * fall, b * fall);
                    a += first * (x - a).max(0.0);
                    b += second * (x - b).max(0.0);
                    most = most.max((paths[2] * a + (1.0 - paths[2]) * b) / paths[3]);
                }
            }
            Ballistics::DigitalPeak => {
                let fall = fall(20.0, 1.7);
                for x in sizes {
                    a = (a * fall).max(x);
                    most = most.max(a);
                }
            }
            Ballistics::Vu => {
                let turn = VU.1 / self.rate;
                for x in sizes {
                    // A mass on a spring: the place, and its speed.
                    b += turn * (x * FRAC_PI_2 - a - 2.0 * VU.0 * b);
                    a += turn * b;
                    most = most.max(a);
                }
            }
            Ballistics::Average => {
                // In power 0.98 of the way, which is 0.99 in amplitude.
                let share = share(-(1.0f64 - 0.9801).ln() / 0.6);
                for x in sizes {
                    a += share * (x * x - a);
                    most = most.max(a);
                }
            }
        }
        self.most = most;
        // What is too small to be seen must not end in denormal numbers, which are slow.
        self.state = [a, b].map(|x| if x.abs() < 1e-30 { 0.0 } else { x });
    }

    /// Where it stands, dB of a full-scale sine.
    pub fn reading(&self) -> f64 {
        let [a, b] = self.state;
        self.shown(match self.ballistics {
            Ballistics::PeakOne => (TYPE_ONE[2] * a + (1.0 - TYPE_ONE[2]) * b) / TYPE_ONE[3],
            Ballistics::PeakTwo => (TYPE_TWO[2] * a + (1.0 - TYPE_TWO[2]) * b) / TYPE_TWO[3],
            _ => a,
        })
    }

    /// The highest that it has stood, dB of a full-scale sine.
    pub fn most(&self) -> f64 {
        self.shown(self.most)
    }

    fn shown(&self, value: f64) -> f64 {
        match self.ballistics {
            Ballistics::Average => level(value.sqrt() * SQRT_2),
            _ => level(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate: f64, seconds: f64) -> Vec<f32> {
        (0..(seconds * rate).round() as usize)
            .map(|i| (std::f64::consts::TAU * hz * i as f64 / rate).sin() as f32)
            .collect()
    }

    fn after(ballistics: Ballistics, rate: f64, sounds: &[Vec<f32>]) -> Needle {
        let mut needle = Needle::new(ballistics, rate);
        sounds.iter().for_each(|sound| needle.run(sound));
        needle
    }

    const ALL: [Ballistics; 5] = [
        Ballistics::PeakOne,
        Ballistics::PeakTwo,
        Ballistics::DigitalPeak,
        Ballistics::Vu,
        Ballistics::Average,
    ];

    #[test]
    fn a_steady_tone_reads_its_level() {
        for ballistics in ALL {
            for rate in [44_100.0, 48_000.0, 96_000.0] {
                let found = after(ballistics, rate, &[tone(997.0, rate, 3.0)]).reading();
                assert!(found.abs() < 0.15, "{ballistics:?} at {rate}: {found}");
            }
            assert_eq!(Needle::new(ballistics, 48_000.0).reading(), super::super::FLOOR);
        }
    }

    #[test]
    fn bursts_read_as_in_the_tables() {
        // Seconds, dB below the steady tone and tolerance at 5 kHz: IEC 60268-10, type I and type II.
        let one = [(0.010, -1.0, 0.5), (0.005, -2.0, 1.0), (0.003, -4.0, 1.0), (0.0004, -15.0, 4.0)];
        let two = [
            (0.1, 0.0, 0.5),
            (0.010, -2.3, 0.5),
            (0.005, -4.0, 0.5),
            (0.0015, -9.0, 1.0),
            (0.0005, -17.0, 2.0),
        ];
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for (ballistics, table) in [(Ballistics::PeakOne, &one[..]), (Ballistics::PeakTwo, &two[..])] {
                for &(seconds, wanted, tolerance) in table {
                    let found = after(ballistics, rate, &[tone(5000.0, rate, seconds)]).most();
                    // Half of what the standard allows; a burst of two waves has few samples at 44.1 kHz.
                    let most = if seconds < 0.001 { 0.75 * tolerance } else { 0.5 * tolerance };
                    assert!((found - wanted).abs() <= most, "{ballistics:?} {seconds} s at {rate}: {found}");
                }
            }
        }
        let sample = after(Ballistics::DigitalPeak, 48_000.0, &[vec![0.5], vec![0.0; 100]]);
        assert!((sample.most() - -6.02).abs() < 0.01);
    }

    #[test]
    fn needles_fall_as_fast_as_they_should() {
        for (ballistics, seconds, db) in [
            (Ballistics::PeakOne, 1.7, 20.0),
            (Ballistics::PeakTwo, 2.8, 24.0),
            (Ballistics::DigitalPeak, 1.7, 20.0),
        ] {
            let rate = 48_000.0;
            let silence = vec![0.0; (seconds * rate) as usize];
            let full = after(ballistics, rate, &[tone(1000.0, rate, 1.0)]).reading();
            let found = after(ballistics, rate, &[tone(1000.0, rate, 1.0), silence]).reading() - full;
            assert!((found + db).abs() < 0.05, "{ballistics:?}: {found}");
        }
    }

    #[test]
    fn the_volume_indicator_reaches_its_aim_in_time_and_goes_a_little_beyond() {
        for rate in [44_100.0, 96_000.0] {
            let share = |seconds: f64| {
                10f64.powf(after(Ballistics::Vu, rate, &[tone(1000.0, rate, seconds)]).reading() / 20.0)
            };
            // IEC 60268-17: 99 % after 300 ms, within 10 %; beyond by 1 to 1.5 %.
            assert!(share(0.27) < 0.99 && share(0.33) > 0.99, "{} {}", share(0.27), share(0.33));
            let most = 10f64.powf(after(Ballistics::Vu, rate, &[tone(1000.0, rate, 2.0)]).most() / 20.0);
            assert!((1.01..=1.015).contains(&most), "{most}");
        }
        let rate = 48_000.0;
        let average = |seconds: f64| {
            10f64.powf(after(Ballistics::Average, rate, &[tone(1000.0, rate, seconds)]).reading() / 20.0)
        };
        assert!((average(0.6) - 0.99).abs() < 1e-3, "{}", average(0.6));
    }

    #[test]
    fn how_sound_is_cut_does_not_matter_and_no_number_stays() {
        let sound = tone(333.0, 48_000.0, 0.2);
        for ballistics in ALL {
            let whole = after(ballistics, 48_000.0, std::slice::from_ref(&sound));
            let parts: Vec<Vec<f32>> = sound.chunks(77).map(<[f32]>::to_vec).collect();
            assert_eq!(after(ballistics, 48_000.0, &parts).reading(), whole.reading());
            let bad = after(ballistics, 48_000.0, &[vec![f32::NAN, f32::INFINITY], sound.clone()]);
            assert_eq!(bad.reading(), whole.reading());
        }
    }
}
