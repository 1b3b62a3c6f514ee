//! The equaliser and the compressor that come with Ardour.

use crate::curve::cookbook_error;
use crate::xml::Node;
use crate::{Band, BandKind, Compressor, Processing};

/// A plugin with its knobs.
#[derive(Debug)]
pub(super) struct Plugin {
    pub name: &'static str,
    pub uri: &'static str,
    /// How many run side by side.
    pub count: u32,
    pub ports: Vec<(String, f64)>,
}

const EQ: &str = "urn:ardour:a-eq";
const COMP: &str = "urn:ardour:a-comp";
const COMP_STEREO: &str = "urn:ardour:a-comp#stereo";

/// Width of the knee in dB that its knob stands for at 1. The knee ends at the threshold, so that its middle lies half of it
/// below. Both measured with Ardour 7.3: with this the curve of a 4:1 compressor from -40 to 0 dB is ours.
const KNEE: f32 = 6.0;

/// Octaves between the sides of a bell.
fn octaves(q: f32) -> f64 {
    2.0 * (1.0 / (2.0 * f64::from(q))).asinh() / std::f64::consts::LN_2
}

/// The quality factor of a width in octaves.
fn quality(octaves: f64) -> f32 {
    (1.0 / (2.0 * (octaves * std::f64::consts::LN_2 / 2.0).sinh())) as f32
}

/// By how much Ardour's equaliser differs from bands of ours, dB. It has four bells, made as the cookbook makes them. Its
/// shelves were measured to be another shape by 0.7 dB, and it has no passes.
pub(super) fn equaliser_error(bands: &[Band], rate: u32) -> f32 {
    let live = || bands.iter().filter(|band| band.on);
    let fits = |band: &Band| {
        let place = (20.0..=20_000.0).contains(&band.freq) && band.gain.abs() <= 20.0;
        place && band.kind == BandKind::Bell && (0.1..=4.0).contains(&octaves(band.q))
    };
    if live().count() <= BELLS.len() && live().all(fits) {
        cookbook_error(bands, rate)
    } else {
        f32::INFINITY
    }
}

/// The bells by the ends of their knobs' names.
const BELLS: [&str; 4] = ["1", "2", "3", "4"];

/// By how much Ardour's compressor differs from one of ours, dB: its curve is the same within the ranges of its knobs.
pub(super) fn compressor_error(c: &Compressor) -> f32 {
    let fits = c.attack <= 100.0
        && (0.0..=30.0).contains(&c.makeup)
        && c.knee <= 8.0 * KNEE
        && c.threshold + c.knee / 2.0 <= 0.0;
    if fits { 0.0 } else { f32::INFINITY }
}

/// The plugin that a processing becomes on a route of so many channels.
pub(super) fn write(does: &Processing, channels: u32) -> Option<Plugin> {
    match does {
        Processing::Equaliser(bands) => {
            Some(Plugin { name: "ACE EQ", uri: EQ, count: channels, ports: equaliser(bands) })
        }
        Processing::Compressor(c) => {
            let uri = if channels == 1 { COMP } else { COMP_STEREO };
            let ports = [
                ("att", c.attack.clamp(0.1, 100.0)),
                ("rel", c.release.clamp(1.0, 2000.0)),
                ("kn", (c.knee / KNEE).clamp(0.0, 8.0)),
                ("rat", c.ratio.clamp(1.0, 20.0)),
                ("thr", (c.threshold + c.knee / 2.0).clamp(-60.0, 0.0)),
                ("mak", c.makeup.clamp(0.0, 30.0)),
                ("enable", 1.0),
            ];
            let ports = ports.map(|(symbol, value)| (symbol.to_owned(), f64::from(value))).to_vec();
            Some(Plugin { name: "ACE Compressor", uri, count: 1, ports })
        }
        _ => None,
    }
}

fn equaliser(bands: &[Band]) -> Vec<(String, f64)> {
    let live: Vec<&Band> = bands.iter().filter(|band| band.on).collect();
    let mut ports = vec![("master".to_owned(), 0.0), ("enable".to_owned(), 1.0)];
    for (place, band) in BELLS.iter().zip(&live) {
        ports.push((format!("freq{place}"), f64::from(band.freq)));
        ports.push((format!("g{place}"), f64::from(band.gain)));
        ports.push((format!("bw{place}"), octaves(band.q)));
    }
    let on = |n: usize| f64::from(u8::from(n < live.len()));
    ports.extend(BELLS.iter().enumerate().map(|(n, place)| (format!("filtog{place}"), on(n))));
    ports.extend(["l", "h"].map(|place| (format!("filtog{place}"), 0.0)));
    ports
}

/// What a plugin does, if it is one of the two.
pub(super) fn read(processor: &Node) -> Option<Processing> {
    let ports = processor.child("lv2")?;
    let port = |symbol: &str| {
        let port = ports.all("Port").find(|port| port.get("symbol") == Some(symbol))?;
        port.number("value").map(|value| value as f32)
    };
    match processor.get("unique-id")? {
        EQ => {
            let bell = |place: &str| {
                let (freq, gain) = (port(&format!("freq{place}"))?, port(&format!("g{place}"))?);
                let q = quality(f64::from(port(&format!("bw{place}"))?));
                let on = port(&format!("filtog{place}")) != Some(0.0) && gain != 0.0;
                Some(Band { kind: BandKind::Bell, freq, gain, q, order: 2, on })
            };
            // Shelves are taken by their labels.
            let shelf = |place: &str, kind: BandKind| {
                let (freq, gain) = (port(&format!("freq{place}"))?, port(&format!("g{place}"))?);
                let on = port(&format!("filtog{place}")) != Some(0.0) && gain != 0.0;
                Some(Band { kind, freq, gain, q: std::f32::consts::FRAC_1_SQRT_2, order: 2, on })
            };
            let shelves = [shelf("l", BandKind::LowShelf), shelf("h", BandKind::HighShelf)];
            Some(Processing::Equaliser(BELLS.map(bell).into_iter().chain(shelves).flatten().collect()))
        }
        COMP | COMP_STEREO => Some(Processing::Compressor(Compressor {
            threshold: port("thr").unwrap_or(0.0) - KNEE * port("kn").unwrap_or(0.0) / 2.0,
            ratio: port("rat").unwrap_or(4.0),
            knee: KNEE * port("kn").unwrap_or(0.0),
            attack: port("att").unwrap_or(10.0),
            release: port("rel").unwrap_or(80.0),
            makeup: port("mak").unwrap_or(0.0),
        })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ardour_has_not_is_not_asked_of_it() {
        let bell = Band { kind: BandKind::Bell, freq: 320.0, gain: -3.5, q: 1.4, order: 2, on: true };
        assert!(equaliser_error(&[bell; 4], 48_000) < 0.1);
        assert_eq!(equaliser_error(&[bell; 5], 48_000), f32::INFINITY);
        assert_eq!(equaliser_error(&[Band { kind: BandKind::HighPass, ..bell }], 48_000), f32::INFINITY);
        let c =
            Compressor { threshold: -24.0, ratio: 4.0, knee: 6.0, attack: 12.0, release: 150.0, makeup: 3.0 };
        assert_eq!(compressor_error(&c), 0.0);
        assert_eq!(compressor_error(&Compressor { makeup: -2.0, ..c }), f32::INFINITY);
    }

    #[test]
    fn a_compressor_comes_back() {
        let c =
            Compressor { threshold: -24.0, ratio: 4.0, knee: 6.0, attack: 12.0, release: 150.0, makeup: 3.0 };
        let plugin = write(&Processing::Compressor(c), 2).unwrap();
        let ports: String = plugin
            .ports
            .iter()
            .map(|(symbol, value)| format!("<Port symbol=\"{symbol}\" value=\"{value}\"/>"))
            .collect();
        let xml = format!("<Processor unique-id=\"{}\"><lv2>{ports}</lv2></Processor>", plugin.uri);
        assert_eq!(read(&crate::xml::parse(&xml).unwrap()), Some(Processing::Compressor(c)));
    }
}
