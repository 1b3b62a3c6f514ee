//! The portable devices.

use super::units::{hertz, level, milliseconds, parameter, ratio, semitones};
use crate::xml::{Node, Writer};
use crate::{Band, BandKind, Compressor, Device, Gate, Limiter, Processing};

/// Gives out ids.
#[derive(Debug, Default)]
pub(super) struct Ids(u32);

impl Ids {
    /// The next one.
    pub fn next(&mut self) -> String {
        self.0 += 1;
        format!("id{}", self.0 - 1)
    }
}

fn words(kind: BandKind) -> &'static str {
    match kind {
        BandKind::Bell => "bell",
        BandKind::LowShelf => "lowShelf",
        BandKind::HighShelf => "highShelf",
        BandKind::HighPass => "highPass",
        BandKind::LowPass => "lowPass",
        BandKind::Notch => "notch",
    }
}

struct Pen<'a> {
    to: &'a mut Writer,
    ids: &'a mut Ids,
}

impl Pen<'_> {
    fn real(&mut self, element: &str, name: &str, unit: &str, [low, value, high]: [f64; 3]) {
        let attributes = [
            ("max", format!("{high:.6}")),
            ("min", format!("{low:.6}")),
            ("unit", unit.to_owned()),
            ("value", format!("{value:.6}")),
            ("id", self.ids.next()),
            ("name", name.to_owned()),
        ];
        self.to.empty(element, &attributes);
    }

    fn switch(&mut self, element: &str, name: &str, on: bool) {
        let attributes = [("value", on.to_string()), ("id", self.ids.next()), ("name", name.to_owned())];
        self.to.empty(element, &attributes);
    }

    fn decibels(&mut self, element: &str, value: f32, low: f64, high: f64) {
        self.real(element, element, "decibel", [low, f64::from(value), high]);
    }

    fn seconds(&mut self, element: &str, ms: f32, high: f64) {
        self.real(element, element, "seconds", [0.0, f64::from(ms) / 1000.0, high]);
    }

    fn ratio(&mut self, ratio: f32) {
        self.real("Ratio", "Ratio", "percent", [0.0, 100.0 * (1.0 - 1.0 / f64::from(ratio)), 100.0]);
    }
}

/// Writes a device.
pub(super) fn write(device: &Device, to: &mut Writer, ids: &mut Ids) {
    let (element, name) = match device.does {
        Processing::Equaliser(_) => ("Equalizer", "EQ+"),
        Processing::Compressor(_) => ("Compressor", "Compressor"),
        Processing::Gate(_) => ("NoiseGate", "Gate"),
        Processing::Limiter(_) => ("Limiter", "Peak Limiter"),
        // It has no such devices; see what it carries.
        Processing::Delay(_) | Processing::Reverb(_) => return,
    };
    let attributes = [
        ("deviceName", name.to_owned()),
        ("deviceRole", "audioFX".to_owned()),
        ("loaded", "true".to_owned()),
        ("id", ids.next()),
        ("name", device.name.clone()),
    ];
    to.open(element, &attributes);
    to.empty("Parameters", &[]);
    let mut pen = Pen { to, ids };
    pen.switch("Enabled", "On/Off", device.on);
    match &device.does {
        Processing::Equaliser(bands) => {
            for (n, band) in bands.iter().enumerate() {
                let kind = words(band.kind).to_owned();
                pen.to.open("Band", &[("type", kind), ("order", band.order.to_string())]);
                let name = |what: &str| format!("Band {} {what}", n + 1);
                let freq = semitones(band.freq);
                pen.real("Freq", &name("Frequency"), "semitones", [15.486_821, freq, 135.076_232]);
                let gain = if band.kind.is_pass() || band.kind == BandKind::Notch { 0.0 } else { band.gain };
                pen.real("Gain", &name("Gain"), "decibel", [-30.0, f64::from(gain), 30.0]);
                pen.real("Q", &name("Q"), "linear", [0.024_998, f64::from(band.q), 40.003_685]);
                pen.switch("Enabled", &name("On"), band.on);
                pen.to.close();
            }
        }
        Processing::Compressor(c) => {
            pen.seconds("Attack", c.attack, 1.0);
            pen.switch("AutoMakeup", "AutoMakeup", false);
            pen.decibels("InputGain", 0.0, -24.0, 24.0);
            pen.decibels("OutputGain", c.makeup, -24.0, 24.0);
            pen.ratio(c.ratio);
            pen.seconds("Release", c.release, 5.0);
            pen.decibels("Threshold", c.threshold, -60.0, 0.0);
        }
        Processing::Gate(g) => {
            pen.seconds("Attack", g.attack, 1.0);
            // How much lower it is when shut.
            pen.decibels("Range", -g.range, -120.0, 0.0);
            pen.ratio(g.ratio);
            pen.seconds("Release", g.release, 5.0);
            pen.decibels("Threshold", g.threshold, -80.0, 0.0);
        }
        Processing::Limiter(l) => {
            pen.decibels("InputGain", l.gain, -24.0, 24.0);
            pen.decibels("OutputGain", 0.0, -24.0, 24.0);
            pen.seconds("Release", l.release, 5.0);
            pen.decibels("Threshold", l.ceiling, -24.0, 0.0);
        }
        Processing::Delay(_) | Processing::Reverb(_) => {}
    }
    pen.to.close();
}

/// Reads a device; nothing where it is none of the portable ones.
pub(super) fn read(node: &Node, tempo: f32) -> Option<Device> {
    let real = |name: &str| node.child(name).and_then(parameter);
    let db = |name: &str, otherwise: f32| {
        real(name).map_or(otherwise, |(v, unit)| if unit == "decibel" { v as f32 } else { level(v, unit) })
    };
    let ms =
        |name: &str, otherwise: f32| real(name).map_or(otherwise, |(v, unit)| milliseconds(v, unit, tempo));
    let ratio = |otherwise: f32| real("Ratio").map_or(otherwise, |(v, unit)| ratio(v, unit));
    let (id, does) = match node.name.as_str() {
        "Equalizer" => ("eq", Processing::Equaliser(node.all("Band").filter_map(band).collect())),
        "Compressor" => {
            let makeup = db("InputGain", 0.0) + db("OutputGain", 0.0);
            let c = Compressor {
                threshold: db("Threshold", 0.0) - db("InputGain", 0.0),
                ratio: ratio(1.0),
                knee: 0.0,
                attack: ms("Attack", 10.0),
                release: ms("Release", 100.0),
                makeup,
            };
            ("comp", Processing::Compressor(c))
        }
        "NoiseGate" => {
            let g = Gate {
                threshold: db("Threshold", -80.0),
                range: db("Range", -80.0).abs(),
                ratio: ratio(20.0),
                attack: ms("Attack", 1.0),
                hold: 0.0,
                release: ms("Release", 100.0),
            };
            ("gate", Processing::Gate(g))
        }
        "Limiter" => {
            let ceiling = db("Threshold", 0.0) + db("OutputGain", 0.0);
            let gain = db("InputGain", 0.0) + db("OutputGain", 0.0);
            ("limiter", Processing::Limiter(Limiter { ceiling, gain, release: ms("Release", 300.0) }))
        }
        _ => return None,
    };
    let on = node.child("Enabled").and_then(|node| node.get("value")) != Some("false");
    let name = node.get("name").or_else(|| node.get("deviceName")).unwrap_or(id);
    Some(Device { id: id.to_owned(), name: name.to_owned(), on, does })
}

fn band(node: &Node) -> Option<Band> {
    let kind = match node.get("type")? {
        "lowShelf" => BandKind::LowShelf,
        "highShelf" => BandKind::HighShelf,
        "highPass" => BandKind::HighPass,
        "lowPass" => BandKind::LowPass,
        "notch" => BandKind::Notch,
        "bell" => BandKind::Bell,
        _ => return None,
    };
    let real = |name: &str| node.child(name).and_then(parameter);
    let (freq, unit) = real("Freq")?;
    Some(Band {
        kind,
        freq: hertz(freq, unit),
        gain: real("Gain").map_or(0.0, |(value, _)| value as f32),
        q: real("Q").map_or(std::f32::consts::FRAC_1_SQRT_2, |(value, _)| value as f32),
        order: node.number("order").map_or(2, |order| (order as u32).clamp(1, 8)),
        on: node.child("Enabled").and_then(|node| node.get("value")) != Some("false"),
    })
}
