//! EQ Eight, Compressor and Limiter.

use super::pen::Pen;
use crate::course::{amplitude, decibels};
use crate::curve::cookbook_error;
use crate::xml::Node;
use crate::{Band, BandKind, Compressor, Device, Limiter, Processing};

/// The bands of EQ Eight.
const BANDS: [&str; 8] =
    ["Bands.0", "Bands.1", "Bands.2", "Bands.3", "Bands.4", "Bands.5", "Bands.6", "Bands.7"];
/// Its shapes: low cut of 48 and of 12 dB an octave, shelf, bell, notch, shelf, high cut of 12 and of 48.
const MODES: [(BandKind, u32); 8] = [
    (BandKind::HighPass, 8),
    (BandKind::HighPass, 2),
    (BandKind::LowShelf, 2),
    (BandKind::Bell, 2),
    (BandKind::Notch, 2),
    (BandKind::HighShelf, 2),
    (BandKind::LowPass, 2),
    (BandKind::LowPass, 8),
];
/// Where the bands stand that are not used, Hz.
const RESTING: [f32; 8] = [30.0, 200.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 18_000.0];

/// By how much EQ Eight differs from bands of ours, dB, if it is made as the cookbook makes such: no Live is here to measure.
pub(super) fn equaliser_error(bands: &[Band], rate: u32) -> f32 {
    let live: Vec<Band> = bands.iter().filter(|band| band.on).flat_map(Band::pairs).collect();
    let odd = bands.iter().any(|band| band.on && band.kind.is_pass() && band.order % 2 == 1);
    let fits = |band: &Band| {
        (10.0..=22_000.0).contains(&band.freq) && band.gain.abs() <= 15.0 && (0.1..=18.0).contains(&band.q)
    };
    if odd || live.len() > BANDS.len() || !live.iter().all(fits) {
        return f32::INFINITY;
    }
    cookbook_error(bands, rate)
}

/// Nothing where the ranges of Live's compressor hold the knobs of ours.
pub(super) fn compressor_error(c: &Compressor) -> f32 {
    let fits = (-70.0..=6.0).contains(&c.threshold)
        && (0.01..=1000.0).contains(&c.attack)
        && (1.0..=3000.0).contains(&c.release)
        && (0.0..=18.0).contains(&c.knee)
        && c.makeup.abs() <= 36.0;
    if fits { 0.0 } else { f32::INFINITY }
}

/// Writes a device; its id is its place.
pub(super) fn write(pen: &mut Pen<'_>, place: usize, device: &Device) {
    let name = match device.does {
        Processing::Equaliser(_) => "Eq8",
        Processing::Compressor(_) => "Compressor2",
        Processing::Limiter(_) => "Limiter",
        Processing::Gate(_) | Processing::Delay(_) | Processing::Reverb(_) => return,
    };
    pen.open_id(name, place);
    pen.head(device.on, &device.name, "");
    pen.value("OverwriteProtectionNumber", 2819);
    match &device.does {
        Processing::Equaliser(bands) => equaliser(pen, bands),
        Processing::Compressor(c) => compressor(pen, c),
        Processing::Limiter(l) => limiter(pen, l),
        Processing::Gate(_) | Processing::Delay(_) | Processing::Reverb(_) => {}
    }
    pen.close();
}

fn equaliser(pen: &mut Pen<'_>, bands: &[Band]) {
    let bands: Vec<Band> = bands.iter().filter(|band| band.on).flat_map(Band::pairs).collect();
    pen.values(&[("Precision", "0"), ("Mode", "0"), ("EditMode", "false"), ("SelectedBand", "0")]);
    pen.knob("GlobalGain", 0.0, ["-12", "12"], None);
    pen.knob("Scale", 1.0, ["-2", "2"], None);
    for (n, name) in BANDS.into_iter().enumerate() {
        let rests = Band {
            kind: BandKind::Bell,
            freq: RESTING[n],
            gain: 0.0,
            q: std::f32::consts::FRAC_1_SQRT_2,
            order: 2,
            on: false,
        };
        pen.open(name);
        // The other half is that of the right or the side, where the two are set apart.
        for (name, band) in [("ParameterA", bands.get(n).unwrap_or(&rests)), ("ParameterB", &rests)] {
            let mode = MODES.iter().position(|(kind, order)| (*kind, *order) == (band.kind, 2));
            pen.around(name, |pen| {
                pen.switch("IsOn", band.on, None);
                pen.choice("Mode", mode.unwrap_or(3) as u32, None);
                pen.knob("Freq", f64::from(band.freq), ["10", "22000"], None);
                let gain = if band.kind.is_pass() || band.kind == BandKind::Notch { 0.0 } else { band.gain };
                pen.knob("Gain", f64::from(gain), ["-15", "15"], None);
                pen.knob("Q", f64::from(band.q), ["0.1000000015", "18"], None);
            });
        }
        pen.close();
    }
    pen.open("SpectrumAnalyzer");
    pen.head(true, "", "");
    pen.values(&[
        ("OverwriteProtectionNumber", "2819"),
        ("ScaleYBegin", "0"),
        ("ScaleYRange", "80"),
        ("AutoScaleY", "false"),
        ("ScaleXMode", "1"),
        ("ShowBins", "false"),
        ("ShowMax", "true"),
        ("AnalyzeOn", "true"),
        ("Length", "2"),
        ("Window", "3"),
        ("ChannelMode", "2"),
        ("NumAverages", "1"),
        ("MinRefreshTime", "60"),
    ]);
    pen.close();
    pen.values(&[
        ("Live8ShelfScaleLegacyMode", "false"),
        ("AuditionOnOff", "false"),
        ("AdaptiveQFactor", "1.12"),
    ]);
    // Else the quality factor would change with the gain.
    pen.switch("AdaptiveQ", false, None);
    pen.value("AdaptiveQAffectsShelves", false);
}

fn compressor(pen: &mut Pen<'_>, c: &Compressor) {
    const MOST: &str = "340282326356119256160033759537265639424";
    pen.knob("Threshold", amplitude(c.threshold), ["0.0003162277571", "1.99526238"], None);
    pen.knob("Ratio", f64::from(c.ratio), ["1", MOST], None);
    pen.knob("ExpansionRatio", 1.15, ["1", "2"], None);
    pen.knob("Attack", f64::from(c.attack), ["0.009999999776", "1000"], None);
    pen.knob("Release", f64::from(c.release), ["1", "3000"], None);
    pen.switch("AutoReleaseControlOnOff", false, None);
    pen.knob("Gain", f64::from(c.makeup), ["-36", "36"], None);
    pen.switch("GainCompensation", false, None);
    pen.knob("DryWet", 1.0, ["0", "1"], None);
    // Its detector reads peaks.
    pen.choice("Model", 0, None);
    pen.choice("LegacyModel", 0, None);
    pen.switch("LogEnvelope", true, None);
    pen.choice("LegacyEnvFollowerMode", 0, None);
    pen.knob("Knee", f64::from(c.knee), ["0", "18"], None);
    pen.choice("LookAhead", 0, None);
    pen.switch("SideListen", false, None);
    pen.open("SideChain");
    pen.switch("OnOff", false, None);
    pen.open("RoutedInput");
    pen.around("Routable", |pen| {
        pen.values(&[
            ("Target", "AudioIn/None"),
            ("UpperDisplayString", "No Output"),
            ("LowerDisplayString", ""),
        ]);
        pen.mpe();
    });
    pen.knob("Volume", 1.0, ["0.0003162277571", "15.8489332"], None);
    pen.close();
    pen.knob("DryWet", 1.0, ["0", "1"], None);
    pen.close();
    pen.switch("SideChainEq_On", false, None);
    pen.choice("SideChainEq_Mode", 5, None);
    pen.knob("SideChainEq_Freq", 80.0, ["30", "15000"], None);
    pen.knob("SideChainEq_Q", std::f64::consts::FRAC_1_SQRT_2, ["0.1000000015", "12"], None);
    pen.knob("SideChainEq_Gain", 0.0, ["-15", "15"], None);
    pen.values(&[
        ("Live8LegacyMode", "false"),
        ("ViewMode", "2"),
        ("IsOutputCurveVisible", "false"),
        ("RmsTimeShort", "8"),
        ("RmsTimeLong", "250"),
        ("ReleaseTimeShort", "15"),
        ("ReleaseTimeLong", "1500"),
        ("CrossfaderSmoothingTime", "10"),
    ]);
}

fn limiter(pen: &mut Pen<'_>, l: &Limiter) {
    pen.knob("Gain", f64::from(l.gain.clamp(-24.0, 24.0)), ["-24", "24"], None);
    pen.knob("Ceiling", f64::from(l.ceiling.clamp(-24.0, 0.0)), ["-24", "0"], None);
    pen.knob("Release", f64::from(l.release.clamp(0.01, 3000.0)), ["0.009999999776", "3000"], None);
    pen.switch("AutoRelease", false, None);
    pen.switch("LinkChannels", true, None);
    pen.choice("Lookahead", 1, None);
}

/// A knob's value.
pub(super) fn knob(node: &Node, name: &str) -> Option<f64> {
    node.child(name)?.child("Manual")?.number("Value")
}

/// Is a switch on?
pub(super) fn switch(node: &Node, name: &str) -> Option<bool> {
    Some(node.child(name)?.child("Manual")?.get("Value")? == "true")
}

/// Reads a device, or says why it is none of the three.
pub(super) fn read(node: &Node) -> Result<Device, String> {
    let level = |name: &str, otherwise: f64| knob(node, name).unwrap_or(otherwise) as f32;
    let (id, name, does) = match node.name.as_str() {
        "Eq8" => {
            if node.child("Mode").and_then(|mode| mode.number("Value")).unwrap_or(0.0) != 0.0 {
                return Err("an EQ Eight that sets left and right, or middle and sides, apart".to_owned());
            }
            (
                "eq",
                "EQ Eight",
                Processing::Equaliser(BANDS.iter().filter_map(|name| band(node, name)).collect()),
            )
        }
        "Compressor2" => {
            let mode = knob(node, "Model").unwrap_or(0.0);
            if mode >= 2.0 {
                return Err("a Compressor that expands".to_owned());
            }
            if node.child("SideChain").and_then(|chain| switch(chain, "OnOff")) == Some(true) {
                return Err("a Compressor that listens to another track".to_owned());
            }
            let compressor = Compressor {
                // Mean power reads a sine 3 dB below its peak.
                threshold: decibels(knob(node, "Threshold").unwrap_or(1.0))
                    + if mode == 1.0 { 3.01 } else { 0.0 },
                ratio: level("Ratio", 4.0).min(1000.0),
                knee: level("Knee", 6.0),
                attack: level("Attack", 1.0),
                release: level("Release", 30.0),
                makeup: level("Gain", 0.0),
            };
            ("comp", "Compressor", Processing::Compressor(compressor))
        }
        "Limiter" => {
            let limiter = Limiter {
                ceiling: level("Ceiling", -0.3),
                gain: level("Gain", 0.0),
                release: level("Release", 300.0),
            };
            ("limiter", "Limiter", Processing::Limiter(limiter))
        }
        _ => return Err("a plugin or device of the other program".to_owned()),
    };
    let named = node.child("UserName").and_then(|name| name.get("Value")).filter(|name| !name.is_empty());
    Ok(Device {
        id: id.to_owned(),
        name: named.unwrap_or(name).to_owned(),
        on: switch(node, "On").unwrap_or(true),
        does,
    })
}

fn band(node: &Node, name: &str) -> Option<Band> {
    let band = node.child(name)?.child("ParameterA")?;
    let (kind, order) = *MODES.get(knob(band, "Mode")? as usize)?;
    Some(Band {
        kind,
        freq: knob(band, "Freq")? as f32,
        gain: knob(band, "Gain")? as f32,
        q: knob(band, "Q")? as f32,
        order,
        on: switch(band, "IsOn")?,
    })
    .filter(|band| band.on)
}
