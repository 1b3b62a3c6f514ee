//! The states of ReaComp and ReaEQ, which REAPER keeps as bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::course::{amplitude, decibels};
use crate::{Band, BandKind, Compressor, Processing};

/// What REAPER calls a plugin: name, file and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plugin {
    pub name: &'static str,
    pub file: &'static str,
    pub id: u32,
    /// Channels that go in.
    inputs: u32,
}

pub(super) const REACOMP: Plugin =
    Plugin { name: "VST: ReaComp (Cockos)", file: "reacomp.dll", id: 1_919_247_213, inputs: 4 };
pub(super) const REAEQ: Plugin =
    Plugin { name: "VST: ReaEQ (Cockos)", file: "reaeq.dll", id: 1_919_247_729, inputs: 2 };

/// Bytes in a line of a state.
const LINE: usize = 210;

/// The plugin that a processing becomes, and the lines of its state.
pub(super) fn write(does: &Processing) -> Option<(Plugin, Vec<String>)> {
    let (plugin, body) = match does {
        Processing::Compressor(c) => (REACOMP, compressor(c)),
        Processing::Equaliser(bands) => (REAEQ, equaliser(bands)),
        _ => return None,
    };
    let mut head = Vec::new();
    let mut words = |words: &[u32]| head.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    words(&[plugin.id, 0xfeed_5eef]);
    for pins in [plugin.inputs, 2] {
        words(&[pins]);
        (0..pins).for_each(|pin| words(&[1 << pin, 0]));
    }
    words(&[body.len() as u32, 0, 0x0010_0000]);
    let mut lines = vec![STANDARD.encode(head)];
    lines.extend(body.chunks(LINE).map(|bytes| STANDARD.encode(bytes)));
    lines.push(STANDARD.encode([0, 0, 0x10, 0, 0, 0]));
    Some((plugin, lines))
}

/// What a state does, if it is one of ours.
pub(super) fn read(id: &str, lines: &[Vec<String>]) -> Option<Processing> {
    let id = id.split(['<', '{']).next()?.parse::<u32>().ok()?;
    let plugin = [REACOMP, REAEQ].into_iter().find(|plugin| plugin.id == id)?;
    let mut bytes = Vec::new();
    for line in lines.iter().skip(1) {
        bytes.extend(STANDARD.decode(line.first()?).ok()?);
    }
    if plugin == REACOMP { read_compressor(&bytes) } else { read_equaliser(&bytes) }
}

/// Longest attack and release of ReaComp in ms, its highest ratio less one, widest knee in dB and longest mean in ms: what
/// 1 stands for. Attack and release follow from its defaults of 3 and 100 ms in a file; the others are recalled.
const ATTACK: f32 = 500.0;
const RELEASE: f32 = 5000.0;
const RATIO: f32 = 99.0;
const KNEE: f32 = 24.0;

fn compressor(c: &Compressor) -> Vec<u8> {
    let mut values = [0.0f32; 19];
    values[0] = amplitude(c.threshold) as f32;
    values[1] = ((c.ratio - 1.0) / RATIO).clamp(0.0, 1.0);
    values[2] = (c.attack / ATTACK).min(1.0);
    values[3] = (c.release / RELEASE).min(1.0);
    values[6] = 1.0;
    values[10] = 3.162_277_7e-8;
    values[11] = amplitude(c.makeup) as f32;
    values[14] = (c.knee / KNEE).min(1.0);
    let magic = [0xdead_beefu32, 0xdead_f00d].into_iter().flat_map(u32::to_le_bytes);
    magic.chain(values.into_iter().flat_map(f32::to_le_bytes)).collect()
}

fn read_compressor(bytes: &[u8]) -> Option<Processing> {
    let value =
        |place: usize| Some(f32::from_le_bytes(bytes.get(8 + 4 * place..12 + 4 * place)?.try_into().ok()?));
    if bytes.get(..4)? != 0xdead_beefu32.to_le_bytes() {
        return None;
    }
    Some(Processing::Compressor(Compressor {
        threshold: decibels(f64::from(value(0)?)),
        ratio: 1.0 + RATIO * value(1)?,
        knee: KNEE * value(14)?,
        attack: ATTACK * value(2)?,
        release: RELEASE * value(3)?,
        makeup: decibels(f64::from(value(11)?)),
    }))
}

/// Octaves between the sides of a band.
fn octaves(q: f32) -> f64 {
    2.0 * (1.0 / (2.0 * f64::from(q))).asinh() / std::f64::consts::LN_2
}

/// The quality factor of a width in octaves.
fn quality(octaves: f64) -> f32 {
    (1.0 / (2.0 * (octaves * std::f64::consts::LN_2 / 2.0).sinh())) as f32
}

fn word(kind: BandKind) -> u32 {
    match kind {
        BandKind::LowShelf => 0,
        BandKind::HighShelf => 1,
        BandKind::LowPass => 3,
        BandKind::HighPass => 4,
        BandKind::Notch => 6,
        BandKind::Bell => 8,
    }
}

fn equaliser(bands: &[Band]) -> Vec<u8> {
    let bands: Vec<Band> = bands.iter().flat_map(Band::pairs).collect();
    let mut bytes = Vec::new();
    bytes.extend(33u32.to_le_bytes());
    bytes.extend((bands.len() as u32).to_le_bytes());
    for band in &bands {
        bytes.extend(word(band.kind).to_le_bytes());
        bytes.extend(u32::from(band.on).to_le_bytes());
        let gain =
            if band.kind.is_pass() || band.kind == BandKind::Notch { 1.0 } else { amplitude(band.gain) };
        for value in [f64::from(band.freq), gain, octaves(band.q)] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.push(1);
    }
    bytes.extend([1u32, 1].into_iter().flat_map(u32::to_le_bytes));
    bytes.extend(1.0f64.to_le_bytes());
    bytes.extend(0u32.to_le_bytes());
    bytes
}

fn read_equaliser(bytes: &[u8]) -> Option<Processing> {
    let int = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let double = |at: usize| Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let count = int(4)?;
    let mut bands = Vec::new();
    for n in 0..count.min(64) as usize {
        let at = 8 + 33 * n;
        let kind = match int(at)? {
            0 => BandKind::LowShelf,
            1 => BandKind::HighShelf,
            3 => BandKind::LowPass,
            4 => BandKind::HighPass,
            6 => BandKind::Notch,
            8 => BandKind::Bell,
            _ => continue,
        };
        bands.push(Band {
            kind,
            on: int(at + 4)? != 0,
            freq: double(at + 8)? as f32,
            gain: decibels(double(at + 16)?),
            q: quality(double(at + 24)?),
            order: 2,
        });
    }
    Some(Processing::Equaliser(bands))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(does: &Processing) -> Processing {
        let (plugin, lines) = write(does).unwrap();
        let lines: Vec<Vec<String>> = lines.into_iter().map(|line| vec![line]).collect();
        read(&format!("{}<5653547265>", plugin.id), &lines).unwrap()
    }

    #[test]
    fn a_compressor_comes_back() {
        let c =
            Compressor { threshold: -24.0, ratio: 4.0, knee: 6.0, attack: 12.0, release: 150.0, makeup: 3.0 };
        let Processing::Compressor(found) = again(&Processing::Compressor(c)) else { panic!() };
        for (a, b) in [(c.threshold, found.threshold), (c.ratio, found.ratio), (c.knee, found.knee)] {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        for (a, b) in [(c.attack, found.attack), (c.release, found.release), (c.makeup, found.makeup)] {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }

    #[test]
    fn steep_passes_become_several_and_bands_come_back() {
        let band = |kind, order| Band {
            kind,
            freq: 90.0,
            gain: 0.0,
            q: std::f32::consts::FRAC_1_SQRT_2,
            order,
            on: true,
        };
        let bell = Band { gain: -3.5, q: 1.4, freq: 320.0, ..band(BandKind::Bell, 2) };
        let steep = band(BandKind::HighPass, 4);
        let Processing::Equaliser(found) = again(&Processing::Equaliser(vec![steep, bell])) else { panic!() };
        assert_eq!(found.len(), 3);
        assert!((found[0].q - 1.306_56).abs() < 1e-3 && (found[1].q - 0.541_2).abs() < 1e-3);
        assert!((found[2].q - 1.4).abs() < 1e-4 && (found[2].gain + 3.5).abs() < 1e-4);
        let curve =
            |bands: &[Band], hz: f64| -> f64 { bands.iter().map(|b| crate::curve::ours_db(b, hz)).sum() };
        for hz in [30.0, 60.0, 90.0, 200.0, 1000.0] {
            assert!((curve(&found[..2], hz) - crate::curve::ours_db(&steep, hz)).abs() < 0.01, "{hz} Hz");
        }
    }
}
