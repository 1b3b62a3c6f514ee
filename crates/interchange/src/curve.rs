//! By how much processors of other programs differ from ours, worked out over their curves.

use mixsmith_effects::equaliser;

use crate::{Band, Compressor};

/// Where curves are compared: 30 Hz to 16 kHz, a twelfth of an octave apart.
fn grid(rate: u32) -> impl Iterator<Item = f64> {
    let top = 16_000f64.min(f64::from(rate) * 0.45);
    (0..).map(|n| 30.0 * 2f64.powf(f64::from(n) / 12.0)).take_while(move |hz| *hz <= top)
}

/// The analogue shape that our equaliser follows, dB.
pub fn ours_db(band: &Band, hz: f64) -> f64 {
    as_ours(band).prototypes().map(|prototype| prototype.response_db(hz)).sum()
}

/// The same band as the digital filters of Bristow-Johnson's cookbook make it, which most programs use: the analogue
/// shape with its frequencies bent by the bilinear transform, dB.
pub fn cookbook_db(band: &Band, rate: u32, hz: f64) -> f64 {
    let bent = |hz: f64| (std::f64::consts::PI * hz.min(f64::from(rate) * 0.499) / f64::from(rate)).tan();
    let centre = f64::from(band.freq);
    let warped = centre * bent(hz) / bent(centre);
    as_ours(band).prototypes().map(|prototype| prototype.response_db(warped)).sum()
}

/// The band as our equaliser has it.
fn as_ours(band: &Band) -> equaliser::Band {
    let slope = [1, 2, 3, 4, 6, 8].iter().position(|&order| order >= band.order).unwrap_or(5);
    equaliser::Band {
        kind: if band.on { band.kind.place() } else { 0.0 },
        freq: band.freq,
        gain: band.gain,
        q: band.q,
        slope: slope as f32,
        place: 0.0,
    }
}

/// Largest difference between our bands and a cookbook's at a sample rate, dB, where neither is below -40 dB.
pub fn cookbook_error(bands: &[Band], rate: u32) -> f32 {
    difference(bands, bands, rate)
}

/// Largest difference between our bands and others that a cookbook makes, dB, where neither is below -40 dB.
pub fn difference(ours: &[Band], cookbook: &[Band], rate: u32) -> f32 {
    worst(grid(rate), |hz| {
        let ours: f64 = ours.iter().map(|band| ours_db(band, hz)).sum();
        let theirs: f64 = cookbook.iter().map(|band| cookbook_db(band, rate, hz)).sum();
        (ours.max(-40.0), theirs.max(-40.0))
    })
}

/// Largest difference over some places between two curves.
pub fn worst(places: impl Iterator<Item = f64>, both: impl Fn(f64) -> (f64, f64)) -> f32 {
    let apart = places.map(|place| {
        let (a, b) = both(place);
        (a - b).abs()
    });
    apart.fold(0.0, f64::max) as f32
}

/// Output level of a compressor for a steady input level, dB (Giannoulis, Massberg and Reiss 2012, eq. 4).
pub fn compressed_db(c: &Compressor, input: f64) -> f64 {
    let (over, knee) = (input - f64::from(c.threshold), f64::from(c.knee));
    let slope = 1.0 - 1.0 / f64::from(c.ratio);
    let reduction = if 2.0 * over.abs() < knee {
        slope * (over + knee / 2.0).powi(2) / (2.0 * knee)
    } else {
        slope * over.max(0.0)
    };
    input - reduction + f64::from(c.makeup)
}

/// Largest difference between the curves of two compressors from -80 to 0 dB.
pub fn compressor_error(a: &Compressor, b: &Compressor) -> f32 {
    let levels = (0..=320).map(|n| -80.0 + 0.25 * f64::from(n));
    worst(levels, |level| (compressed_db(a, level), compressed_db(b, level)))
}

/// What a compressor loses with its knee, dB.
pub fn without_knee(c: &Compressor) -> f32 {
    compressor_error(c, &Compressor { knee: 0.0, ..*c })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BandKind;

    #[test]
    fn a_cookbook_bell_is_right_below_and_cramped_above() {
        let band = |freq| Band { kind: BandKind::Bell, freq, gain: 6.0, q: 1.0, order: 2, on: true };
        assert!((ours_db(&band(1000.0), 1000.0) - 6.0).abs() < 1e-6);
        assert!((cookbook_db(&band(1000.0), 48_000, 1000.0) - 6.0).abs() < 1e-6);
        assert!(cookbook_error(&[band(200.0)], 48_000) < 0.05);
        assert!(cookbook_error(&[band(12_000.0)], 48_000) > 0.5);
        assert_eq!(cookbook_error(&[Band { on: false, ..band(12_000.0) }], 48_000), 0.0);
    }

    #[test]
    fn a_missing_knee_costs_an_eighth_of_it() {
        let soft =
            Compressor { threshold: -20.0, ratio: 4.0, knee: 6.0, attack: 10.0, release: 100.0, makeup: 2.0 };
        let hard = Compressor { knee: 0.0, ..soft };
        assert!((compressor_error(&soft, &hard) - 0.75 * 6.0 / 8.0).abs() < 1e-3);
        assert!((compressed_db(&hard, 0.0) - (-20.0 + 20.0 / 4.0 + 2.0)).abs() < 1e-9);
    }
}
