//! The tracks as they sound together at this moment of mixing: their sketches with levels and equalisers.

use mixsmith_analysis::masking::{Masked, masking};
use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_analysis::{Sketch, song::sketch_in_song};
use mixsmith_session::Strip;

use super::bands::{self, Band};
use crate::Desk;
use mixsmith_analysis::role;

/// A track in the picture.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The strip.
    pub strip: &'a Strip,
    /// Its role without the mark of doubt.
    pub role: &'a str,
    /// Its family, or empty.
    pub family: &'static str,
    /// Energy of both mid and side, kept in mid.
    pub sketch: Sketch,
}

/// Every track that is heard.
pub fn views<'a>(desk: &Desk<'a>) -> Vec<View<'a>> {
    let desk = *desk;
    super::heard(&desk).filter_map(|strip| view(&desk, strip)).collect()
}

fn view<'a>(desk: &Desk<'a>, strip: &'a Strip) -> Option<View<'a>> {
    let stem = desk.song.stems.iter().find(|stem| stem.id == desk.stem_of(strip))?;
    let mut sketch = sketch_in_song(desk.song, desk.facts, stem)?;
    let side = std::mem::take(&mut sketch.side);
    sketch.mid.iter_mut().zip(&side).for_each(|(mid, side)| *mid += side);
    sketch.side = vec![0.0; sketch.mid.len()];
    let gain = 10f64.powf(super::level(desk, strip) / 10.0);
    let bands = bands::present(strip);
    shape(&mut sketch, |hz| gain * bands.iter().map(|band| band.power(hz)).product::<f64>());
    let role_id = desk.role(strip);
    Some(View { strip, role: role_id, family: role(role_id).map_or("", |role| role.family), sketch })
}

/// Multiplies every band by a gain of power.
fn shape(sketch: &mut Sketch, gain: impl Fn(f64) -> f64) {
    let gains: Vec<f32> = centres().iter().map(|&hz| gain(hz) as f32).collect();
    for frame in sketch.mid.chunks_mut(BANDS) {
        frame.iter_mut().zip(&gains).for_each(|(x, gain)| *x *= gain);
    }
}

/// The same sketch through a band of an equaliser.
pub fn through(sketch: &Sketch, band: &Band) -> Sketch {
    let mut out = sketch.clone();
    shape(&mut out, |hz| band.power(hz));
    out
}

/// Only what lies between two frequencies.
pub fn between(sketch: &Sketch, low: f64, high: f64) -> Sketch {
    let mut out = sketch.clone();
    shape(&mut out, |hz| f64::from(u8::from((low..=high).contains(&hz))));
    out
}

/// All of these sounding at once.
pub fn sum<'a>(sketches: impl Iterator<Item = &'a Sketch>) -> Sketch {
    let mut sum = Sketch::default();
    for sketch in sketches {
        let length = sum.mid.len().max(sketch.mid.len());
        sum.mid.resize(length, 0.0);
        sum.mid.iter_mut().zip(&sketch.mid).for_each(|(sum, x)| *sum += x);
    }
    sum.side = vec![0.0; sum.mid.len()];
    sum
}

/// How one sound is masked by another.
pub fn masked(sketch: &Sketch, by: &Sketch) -> Masked {
    masking(&[("it", sketch), ("others", by)], &[0.0, 0.0]).swap_remove(0)
}

/// Share of the first sound's time in which the second masks some of it.
pub fn time_share(masked: &Masked) -> f64 {
    masked.by.first().map_or(0.0, |by| f64::from(by.share))
}
