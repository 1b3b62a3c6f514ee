//! A compressor in a predicted mix: by how much it turns down every frame.

use mixsmith_analysis::sketch::STEP;
use mixsmith_session::{Address, Strip};

use crate::Desk;

/// What a detector reads over the mean power of a frame, as far as the attack follows it, dB: of peaks, and of the mean over 10
/// ms.
const READS: [f64; 2] = [4.0, 1.0];

/// A compressor that hears its own track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Press {
    /// Level above which it turns down, dB of a peak.
    pub threshold: f64,
    /// Input change over output change above it.
    pub ratio: f64,
    /// Width of the bend around the threshold, dB.
    pub knee: f64,
    /// Seconds until it has let go of 63 %.
    pub release: f64,
    /// Gain afterwards, dB.
    pub makeup: f64,
    /// What the detector reads over the mean power of the file, dB: gain before the compressor, and the detector's way.
    pub reads: f64,
}

/// The compressor of a strip; none where there is none, or it listens to another track.
pub fn press(desk: &Desk<'_>, strip: &Strip, before: f64) -> Option<Press> {
    let insert = strip.inserts.iter().find(|insert| insert.kind == "dynamics.compressor" && insert.on)?;
    if insert.key.is_some() {
        return None;
    }
    let value = |knob: &str| f64::from(desk.value(&Address::insert(&strip.id, &insert.id, knob)));
    Some(Press {
        threshold: value("threshold"),
        ratio: value("ratio"),
        knee: value("knee"),
        release: 0.001 * value("release"),
        makeup: value("makeup"),
        reads: before + READS[usize::from(value("detector") >= 0.5)],
    })
}

impl Press {
    /// By how much it turns down in each frame, as factors of power with the make-up, for the energies that come in.
    pub fn gains(&self, energies: impl Iterator<Item = f64>) -> Vec<f32> {
        let hold = (-STEP / self.release.max(0.005)).exp();
        let mut down = 0.0f64;
        let gain = |energy: f64| {
            let wanted = self.curve(10.0 * energy.max(1e-12).log10() + self.reads);
            down = if wanted >= down { wanted } else { wanted + hold * (down - wanted) };
            10f64.powf((self.makeup - down) / 10.0) as f32
        };
        energies.map(gain).collect()
    }

    /// What it takes off a level, dB: nothing below the knee, a parabola within it (Giannoulis, Massberg and Reiss 2012, eq. 4).
    fn curve(&self, level: f64) -> f64 {
        let (over, slope) = (level - self.threshold, 1.0 - 1.0 / self.ratio.max(1.0));
        if 2.0 * over <= -self.knee {
            0.0
        } else if 2.0 * over < self.knee {
            slope * (over + 0.5 * self.knee).powi(2) / (2.0 * self.knee)
        } else {
            slope * over
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loud_is_turned_down_by_the_ratio_and_let_go_slowly() {
        let press = Press { threshold: -20.0, ratio: 4.0, knee: 6.0, release: 0.1, makeup: 2.0, reads: 4.0 };
        let at = |level: f64| 10f64.powf((level - 4.0) / 10.0);
        let db: Vec<f64> = press
            .gains([-40.0, -12.0, -40.0, -40.0].into_iter().map(at))
            .iter()
            .map(|&gain| 10.0 * f64::from(gain).log10())
            .collect();
        let wanted = [2.0, -4.0, 2.0 - 6.0 * (-1f64).exp(), 2.0 - 6.0 * (-2f64).exp()];
        assert!(db.iter().zip(wanted).all(|(db, wanted)| (db - wanted).abs() < 1e-4), "{db:?}");
    }
}
