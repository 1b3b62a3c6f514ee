//! The one equaliser of a track, and its next free band.

use std::collections::{BTreeMap, BTreeSet};

use mixsmith_session::{Address, Edit, Insert, Strip};

use crate::Desk;

/// Id of the equaliser in every strip.
pub const ID: &str = "eq";
/// Bands that it has.
const BANDS: usize = 8;

/// Shape of a band; its place among the equaliser's types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Lifts or lowers around a frequency.
    Bell = 1,
    /// Lifts or lowers all below.
    LowShelf = 2,
    /// Lifts or lowers all above.
    HighShelf = 3,
    /// Takes out what is below, 12 dB an octave.
    HighPass = 4,
    /// Takes out what is above, 12 dB an octave.
    LowPass = 5,
    /// Takes out one frequency.
    Notch = 6,
}

/// A band of the equaliser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// What it does.
    pub shape: Shape,
    /// Centre or corner, Hz.
    pub hz: f64,
    /// Gain of bell and shelves, dB.
    pub gain: f64,
    /// Quality factor.
    pub q: f64,
}

impl Band {
    /// A bell, in the steps in which a hand would turn it.
    pub fn bell(hz: f64, gain: f64, q: f64) -> Band {
        Band { shape: Shape::Bell, hz: round(hz), gain: (gain * 10.0).round() / 10.0, q }
    }

    /// A high-pass, 12 dB an octave without a bump.
    pub fn high_pass(hz: f64) -> Band {
        Band { shape: Shape::HighPass, hz: round(hz), gain: 0.0, q: std::f64::consts::FRAC_1_SQRT_2 }
    }

    /// A notch.
    pub fn notch(hz: f64, q: f64) -> Band {
        Band { shape: Shape::Notch, hz, gain: 0.0, q }
    }

    /// Gain of a bell at a frequency, dB, and by how much that changes for a decibel of its own gain.
    pub fn bell_db(&self, hz: f64) -> (f64, f64) {
        let w2 = (hz / self.hz).powi(2);
        let (away, resonance) = ((1.0 - w2).powi(2), w2 / (self.q * self.q));
        let lift = 10f64.powf(self.gain / 20.0);
        let (up, down) = (resonance * lift, resonance / lift);
        let db = 10.0 * ((away + up) / (away + down)).log10();
        (db, 0.5 * (up / (away + up) + down / (away + down)))
    }

    /// Gain of power at a frequency, of the analogue prototype (Bristow-Johnson's cookbook; shelves of one pole).
    pub fn power(&self, hz: f64) -> f64 {
        let w2 = (hz / self.hz).powi(2);
        let resonance = w2 / (self.q * self.q);
        let away = (1.0 - w2).powi(2);
        let lift = 10f64.powf(self.gain / 20.0);
        match self.shape {
            Shape::Bell => (away + resonance * lift) / (away + resonance / lift),
            Shape::Notch => away / (away + resonance),
            Shape::HighPass => w2 * w2 / (away + resonance),
            Shape::LowPass => 1.0 / (away + resonance),
            Shape::LowShelf => (w2 + lift * lift) / (w2 + 1.0),
            Shape::HighShelf => (w2 * lift * lift + 1.0) / (w2 + 1.0),
        }
    }
}

/// Whole Hz below 1 kHz, tens above.
fn round(hz: f64) -> f64 {
    let step = if hz < 1000.0 { 1.0 } else { 10.0 };
    (hz / step).round() * step
}

/// The bands that stand in a strip's equaliser.
pub fn present(strip: &Strip) -> Vec<Band> {
    numbered(strip).into_iter().map(|(_, band)| band).collect()
}

/// The same with their numbers in the equaliser.
pub fn numbered(strip: &Strip) -> Vec<(usize, Band)> {
    let Some(insert) = strip.insert(ID).filter(|insert| insert.on) else { return Vec::new() };
    let value = |name: &str, n: usize| insert.values.get(&format!("{name}{n}")).copied().map(f64::from);
    let band = |n: usize| {
        let shape = match value("type", n)? as u8 {
            1 => Shape::Bell,
            2 => Shape::LowShelf,
            3 => Shape::HighShelf,
            4 => Shape::HighPass,
            5 => Shape::LowPass,
            6 => Shape::Notch,
            _ => return None,
        };
        let q = value("q", n).unwrap_or(std::f64::consts::FRAC_1_SQRT_2);
        Some((n, Band { shape, hz: value("freq", n)?, gain: value("gain", n).unwrap_or(0.0), q }))
    };
    (1..=BANDS).filter_map(band).collect()
}

/// How many bells a strip's equaliser has.
pub fn bells(strip: &Strip) -> usize {
    present(strip).iter().filter(|band| band.shape == Shape::Bell).count()
}

/// Gives out bands during one rule, whose edits are not in the session yet.
#[derive(Debug)]
pub struct Equalisers<'a> {
    desk: Desk<'a>,
    /// By strip: bands given out.
    taken: BTreeMap<String, BTreeSet<usize>>,
}

impl<'a> Equalisers<'a> {
    /// None given out yet.
    pub fn new(desk: &Desk<'a>) -> Self {
        Equalisers { desk: *desk, taken: BTreeMap::new() }
    }

    /// The edits that put bands into a strip's equaliser. None when a hand has taken the equaliser out, or when it
    /// has not that many free bands.
    pub fn add(&mut self, strip: &Strip, bands: &[Band]) -> Option<Vec<Edit>> {
        let stands = strip.insert(ID);
        let first = stands.is_none() && !self.taken.contains_key(&strip.id);
        if first && self.desk.locks.held(&format!("{}/{ID}", strip.id)) {
            return None;
        }
        let taken = self.taken.entry(strip.id.clone()).or_default();
        let off = |n: &usize| {
            let value = stands.and_then(|insert| insert.values.get(&format!("type{n}")));
            value.is_none_or(|&kind| kind < 0.5) && !taken.contains(n)
        };
        let free: Vec<usize> = (1..=BANDS).filter(off).take(bands.len()).collect();
        if free.len() < bands.len() {
            return None;
        }
        taken.extend(&free);
        let values = free.iter().zip(bands).flat_map(|(&n, band)| values(n, band));
        Some(if first {
            let insert = Insert { values: values.collect(), ..Insert::new(ID, "tone.equaliser", &[]) };
            vec![Edit::AddInsert { strip: strip.id.clone(), place: None, insert }]
        } else {
            let set = |(name, to): (String, f32)| Edit::Set { at: Address::insert(&strip.id, ID, &name), to };
            values.map(set).collect()
        })
    }
}

fn values(n: usize, band: &Band) -> Vec<(String, f32)> {
    let mut values = vec![("type", band.shape as u8 as f32), ("freq", band.hz as f32), ("q", band.q as f32)];
    if matches!(band.shape, Shape::Bell | Shape::LowShelf | Shape::HighShelf) {
        values.push(("gain", band.gain as f32));
    }
    values.into_iter().map(|(name, value)| (format!("{name}{n}"), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_does_what_it_says() {
        let db = |band: Band, hz: f64| 10.0 * band.power(hz).log10();
        let bell = Band::bell(3000.0, -4.0, 2.0);
        assert!((db(bell, 3000.0) + 4.0).abs() < 1e-9 && db(bell, 300.0).abs() < 0.1);
        for hz in [700.0, 2600.0, 3000.0, 9000.0] {
            let at = |by: f64| db(Band { gain: -4.0 + by, ..bell }, hz);
            let (own, slope) = bell.bell_db(hz);
            assert!((own - at(0.0)).abs() < 1e-9);
            assert!((slope - (at(1e-4) - at(-1e-4)) / 2e-4).abs() < 1e-6, "{hz} Hz: {slope}");
        }
        assert!((db(Band::high_pass(100.0), 100.0) + 3.01).abs() < 0.01);
        assert!(db(Band::notch(50.0, 20.0), 50.0) < -100.0 && db(Band::notch(50.0, 20.0), 60.0).abs() < 0.1);
    }
}
