//! Left and right.

use super::Notes;
use super::frames::{Frames, between};
use super::loudness::{Blocks, integrated};
use super::sound::{Sound, power_db};
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure { id: "stereo.channels", unit: "", doc: "Channels of the file." },
    Measure {
        id: "stereo.dual_mono",
        unit: "",
        doc: "1 when both channels of a stereo file are the same within -80 dB, else 0.",
    },
    Measure {
        id: "stereo.width",
        unit: "dB",
        doc: "Power of side (L-R)/2 over power of mid (L+R)/2 while the track plays; -100 for mono.",
    },
    Measure {
        id: "stereo.width_bands",
        unit: "dB",
        doc: "stereo.width below 120 Hz, to 500, to 2000, to 8000 and above, held between -100 and 100.",
    },
    Measure {
        id: "stereo.correlation",
        unit: "",
        doc: "Correlation of left and right while the track plays, -1 to 1.",
    },
    Measure {
        id: "stereo.correlation_bands",
        unit: "",
        doc: "stereo.correlation in the bands of stereo.width_bands; 1 where a channel is silent.",
    },
    Measure {
        id: "stereo.balance",
        unit: "dB",
        doc: "Left power over right power while the track plays, within 100 dB.",
    },
    Measure {
        id: "stereo.mono_loss",
        unit: "LU",
        doc: "How much softer the integrated loudness is when both sides play (L+R)/2: 0 for mono, 3.01 for two \
              unrelated channels, more where they cancel.",
    },
];

/// Edges of the bands in Hz.
const EDGES: [f64; 6] = [20.0, 120.0, 500.0, 2000.0, 8000.0, 20_000.0];
/// Where a ratio in dB ends.
const LIMIT: f64 = 100.0;

/// Notes the stereo facts.
pub(crate) fn measure(sound: &Sound, blocks: &Blocks, frames: &Frames, notes: &mut Notes) {
    notes.number("stereo.channels", sound.channels as f64);
    notes.number("stereo.dual_mono", f64::from(u8::from(sound.dual_mono)));
    let whole = Powers::between(frames, EDGES[0], EDGES[5]);
    let bands: Vec<Powers> = EDGES.windows(2).map(|edge| Powers::between(frames, edge[0], edge[1])).collect();
    notes.number("stereo.width", whole.width());
    notes.note("stereo.width_bands", Qty::Bands(bands.iter().map(|band| band.width() as f32).collect()));
    notes.number("stereo.correlation", whole.correlation());
    notes.note(
        "stereo.correlation_bands",
        Qty::Bands(bands.iter().map(|band| band.correlation() as f32).collect()),
    );
    notes.number("stereo.balance", ratio(whole.left(), whole.right()));
    let loss = match (integrated(&blocks.energy), integrated(&blocks.mono)) {
        (Some(stereo), Some(mono)) => stereo - mono,
        (Some(stereo), None) if sound.right.is_some() => stereo + 70.0, // the sum is below the gate
        _ => 0.0,
    };
    notes.number("stereo.mono_loss", loss);
}

/// Powers in a band. With L = M + S and R = M - S: |L|² = |M|² + |S|² + 2 Re(M S*), and L R* = |M|² - |S|².
struct Powers {
    mid: f64,
    side: f64,
    cross: f64,
}

impl Powers {
    fn between(frames: &Frames, low: f64, high: f64) -> Self {
        let sum = |powers: &[f64]| between(powers, frames.bin, low, high);
        Powers { mid: sum(&frames.mid), side: sum(&frames.side), cross: sum(&frames.cross) }
    }

    fn left(&self) -> f64 {
        (self.mid + self.side + 2.0 * self.cross).max(0.0)
    }

    fn right(&self) -> f64 {
        (self.mid + self.side - 2.0 * self.cross).max(0.0)
    }

    fn width(&self) -> f64 {
        // Nothing at all is mono.
        if self.side <= 1e-18 { -LIMIT } else { ratio(self.side, self.mid) }
    }

    fn correlation(&self) -> f64 {
        let size = (self.left() * self.right()).sqrt();
        // Where one side is 100 dB down there is nothing to compare.
        if size <= 1e-5 * (self.mid + self.side) {
            1.0
        } else {
            ((self.mid - self.side) / size).clamp(-1.0, 1.0)
        }
    }
}

fn ratio(a: f64, b: f64) -> f64 {
    (power_db(a) - power_db(b)).clamp(-LIMIT, LIMIT)
}
