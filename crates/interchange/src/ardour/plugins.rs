//! The equaliser and the compressor that come with Ardour, beside its delay and its reverb in [`super::effects`].

use std::f32::consts::FRAC_1_SQRT_2;

use crate::curve::difference;
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

/// By how much Ardour's equaliser differs from bands of ours, dB. It has four bells, made as the cookbook makes them, and a
/// shelf at each end; see [`corner`]. It has no passes.
pub(super) fn equaliser_error(bands: &[Band], rate: u32) -> f32 {
    let live: Vec<Band> = bands.iter().filter(|band| band.on).copied().collect();
    let fits = |band: &Band| {
        let range = 20.0..=20_000.0;
        let place = match band.kind {
            BandKind::Bell => range.contains(&band.freq) && (0.1..=4.0).contains(&octaves(band.q)),
            BandKind::LowShelf | BandKind::HighShelf => range.contains(&(corner(band, rate) as f32)),
            _ => false,
        };
        place && band.gain.abs() <= 20.0
    };
    let count = |kind: BandKind| live.iter().filter(|band| band.kind == kind).count();
    let (low, high) = (count(BandKind::LowShelf), count(BandKind::HighShelf));
    if !live.iter().all(fits) || count(BandKind::Bell) > BELLS.len() || low > 1 || high > 1 {
        return f32::INFINITY;
    }
    let steep =
        |band: &Band| if band.kind == BandKind::Bell { *band } else { Band { q: FRAC_1_SQRT_2, ..*band } };
    let theirs: Vec<Band> = live.iter().map(steep).collect();
    difference(&live, &theirs, rate)
}

/// Its gains glide to where their knobs stand and stop short of it, by 0.042 to 0.050 dB: so measured with Ardour 7.3, bells and
/// shelves from -12 to 12 dB. The knobs stand this much further out.
const SHORT: f32 = 0.046;

/// Where the knob of a shelf has to stand, Hz. Ardour's shelves are the cookbook's with a quality factor of 0.7071 and the
/// corner at the foot of the slope: the middle lies further up the slope by the fourth root of the gain, as the bilinear
/// transform bends frequencies.
fn corner(band: &Band, rate: u32) -> f64 {
    moved(band, rate, -1.0)
}

/// Where the middle of a shelf is whose knob stands at its frequency, Hz.
fn middle(band: &Band, rate: u32) -> f64 {
    moved(band, rate, 1.0)
}

fn moved(band: &Band, rate: u32, way: f64) -> f64 {
    let way = if band.kind == BandKind::HighShelf { -way } else { way };
    let root = 10f64.powf(way * f64::from(band.gain) / 80.0);
    let rate = f64::from(rate.max(1));
    let freq = f64::from(band.freq).min(0.49 * rate);
    (root * (std::f64::consts::PI * freq / rate).tan()).atan() * rate / std::f64::consts::PI
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

/// The plugins that a processing becomes on a route of so many channels at a sample rate, one after the other.
pub(super) fn write(does: &Processing, channels: u32, rate: u32) -> Vec<Plugin> {
    match does {
        Processing::Equaliser(bands) => {
            vec![equaliser(bands, channels, rate)]
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
            vec![Plugin { name: "ACE Compressor", uri, count: 1, ports }]
        }
        Processing::Delay(_) | Processing::Reverb(_) => super::effects::write(does, rate),
        Processing::Gate(_) | Processing::Limiter(_) => Vec::new(),
    }
}

/// Ardour's equaliser with bands of ours, on so many channels.
pub(super) fn equaliser(bands: &[Band], channels: u32, rate: u32) -> Plugin {
    let live = |kind: BandKind| bands.iter().filter(move |band| band.on && band.kind == kind);
    let mut ports = vec![("master".to_owned(), 0.0), ("enable".to_owned(), 1.0)];
    let mut switch = |place: &str, band: Option<&Band>| {
        ports.push((format!("filtog{place}"), f64::from(u8::from(band.is_some()))));
        let Some(band) = band else { return };
        let freq = if band.kind == BandKind::Bell { f64::from(band.freq) } else { corner(band, rate) };
        ports.push((format!("freq{place}"), freq));
        // It stops short of its knob.
        let gain = (band.gain + SHORT.copysign(band.gain)).clamp(-20.0, 20.0);
        ports.push((format!("g{place}"), f64::from(if band.gain == 0.0 { 0.0 } else { gain })));
        if band.kind == BandKind::Bell {
            ports.push((format!("bw{place}"), octaves(band.q)));
        }
    };
    let mut bells = live(BandKind::Bell);
    BELLS.iter().for_each(|place| switch(place, bells.next()));
    switch("l", live(BandKind::LowShelf).next());
    switch("h", live(BandKind::HighShelf).next());
    Plugin { name: "ACE EQ", uri: EQ, count: channels, ports }
}

/// What a plugin does, if it is one of the two.
pub(super) fn read(processor: &Node, rate: u32) -> Option<Processing> {
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
            let shelf = |place: &str, kind: BandKind| {
                let (freq, gain) = (port(&format!("freq{place}"))?, port(&format!("g{place}"))?);
                let on = port(&format!("filtog{place}")) != Some(0.0) && gain != 0.0;
                let band = Band { kind, freq, gain, q: FRAC_1_SQRT_2, order: 2, on };
                Some(Band { freq: middle(&band, rate) as f32, ..band })
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
        _ => super::effects::read(processor),
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

    /// What is read of what is written.
    fn again(does: &Processing) -> Option<Processing> {
        let plugin = write(does, 2, 48_000).remove(0);
        let ports: String = plugin
            .ports
            .iter()
            .map(|(symbol, value)| format!("<Port symbol=\"{symbol}\" value=\"{value}\"/>"))
            .collect();
        let xml = format!("<Processor unique-id=\"{}\"><lv2>{ports}</lv2></Processor>", plugin.uri);
        read(&crate::xml::parse(&xml).unwrap(), 48_000)
    }

    #[test]
    fn a_compressor_comes_back() {
        let c =
            Compressor { threshold: -24.0, ratio: 4.0, knee: 6.0, attack: 12.0, release: 150.0, makeup: 3.0 };
        assert_eq!(again(&Processing::Compressor(c)), Some(Processing::Compressor(c)));
    }

    #[test]
    fn shelves_stand_where_ardour_was_measured() {
        let shelf = |kind, freq, gain| Band { kind, freq, gain, q: FRAC_1_SQRT_2, order: 2, on: true };
        // The knob at this frequency, and what came out there with Ardour 7.3 at 48 kHz, dB.
        for (kind, knob, gain, measured) in [
            (BandKind::LowShelf, 150.0, 6.0, 3.921),
            (BandKind::LowShelf, 200.0, -9.0, -2.487),
            (BandKind::HighShelf, 8000.0, 6.0, 3.924),
            (BandKind::HighShelf, 3000.0, -6.0, -2.027),
        ] {
            let stands = shelf(kind, knob, gain);
            let ours = Band { freq: middle(&stands, 48_000) as f32, ..stands };
            assert!((corner(&ours, 48_000) - f64::from(knob)).abs() < 0.01);
            let heard = crate::curve::cookbook_db(&ours, 48_000, f64::from(knob));
            assert!((heard - measured).abs() <= 0.05, "{heard} {measured}");
            assert!(equaliser_error(&[ours], 48_000) < 0.5);
        }
        let one = shelf(BandKind::LowShelf, 120.0, 3.0);
        assert_eq!(equaliser_error(&[one, one], 48_000), f32::INFINITY);
        assert!(equaliser_error(&[Band { q: 2.0, gain: 9.0, ..one }], 48_000) > 0.5);
        let both = [one, shelf(BandKind::HighShelf, 6000.0, -4.0)];
        let Some(Processing::Equaliser(found)) = again(&Processing::Equaliser(both.to_vec())) else {
            panic!()
        };
        let found: Vec<Band> = found.into_iter().filter(|band| band.on).collect();
        assert_eq!(found.len(), 2);
        for (a, b) in found.iter().zip(&both) {
            assert!(
                a.kind == b.kind && (a.freq / b.freq - 1.0).abs() < 2e-3 && (a.gain - b.gain).abs() < 0.05,
                "{a:?}"
            );
        }
    }
}
