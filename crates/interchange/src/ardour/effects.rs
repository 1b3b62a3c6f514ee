//! Ardour's own delay and reverb. They only resemble ours; what they do was measured with the plugins of Ardour 7.3 at 44.1,
//! 48 and 96 kHz.

use super::plugins::{Plugin, equaliser};
use crate::curve::{cookbook_db, ours_db, worst};
use crate::xml::Node;
use crate::{Band, BandKind, Delay, Processing, Reverb};

const DELAY: &str = "urn:ardour:a-delay";
const REVERB: &str = "urn:ardour:a-reverb";

/// What the knob of the room's size gives: the decay from 500 Hz to 1 kHz in s, and the level of the tail of an impulse, dB.
const ROOMS: [(f32, f32, f32); 7] = [
    (0.5, 0.64, -8.9),
    (0.6, 0.78, -8.6),
    (0.7, 0.98, -8.1),
    (0.8, 1.20, -7.6),
    (0.9, 1.63, -6.8),
    (0.95, 1.92, -6.2),
    (1.0, 2.34, -5.6),
];
/// The level of the tail of an impulse in our reverb, of any kind and decay, dB.
const OUR_TAIL: f32 = -5.5;
/// How much of the dry sound Ardour's reverb lets through where it should give none, dB.
const DRY: f32 = -2.0;

/// The size whose decay is nearest to one in s, that decay, and the level of the tail.
fn room(decay: f32) -> (f32, f32, f32) {
    let (first, last) = (ROOMS[0], ROOMS[ROOMS.len() - 1]);
    let decay = if decay.is_finite() { decay.clamp(first.1, last.1) } else { first.1 };
    let next = ROOMS.iter().position(|row| row.1 >= decay).unwrap_or(ROOMS.len() - 1).max(1);
    let (a, b) = (ROOMS[next - 1], ROOMS[next]);
    let share = (decay - a.1) / (b.1 - a.1);
    (a.0 + share * (b.0 - a.0), decay, a.2 + share * (b.2 - a.2))
}

/// The decay of a size.
fn decay(size: f32) -> f32 {
    let next = ROOMS.iter().position(|row| row.0 >= size).unwrap_or(ROOMS.len() - 1).max(1);
    let (a, b) = (ROOMS[next - 1], ROOMS[next]);
    a.1 + (size - a.0) / (b.0 - a.0) * (b.1 - a.1)
}

/// A low cut of ours, by Ardour's equaliser, which has shelves alone: as low as one goes, where it meets the slope.
fn low_shelf(hz: f32) -> Option<Band> {
    let place = 0.577 * hz;
    (hz > 35.0).then_some(Band {
        kind: BandKind::LowShelf,
        freq: place,
        gain: -20.0,
        q: std::f32::consts::FRAC_1_SQRT_2,
        order: 2,
        on: true,
    })
}

fn high_shelf(hz: f32) -> Option<Band> {
    (hz < 20_000.0).then_some(Band {
        kind: BandKind::HighShelf,
        freq: (hz * 1.733).min(19_000.0),
        gain: -20.0,
        q: std::f32::consts::FRAC_1_SQRT_2,
        order: 2,
        on: true,
    })
}

fn pass(kind: BandKind, freq: f32) -> Band {
    Band { kind, freq, gain: 0.0, q: std::f32::consts::FRAC_1_SQRT_2, order: 2, on: true }
}

/// What Ardour's delay or reverb differs in from one of ours, and by how many dB.
pub(super) fn resembles(does: &Processing, rate: u32) -> (Option<f32>, String) {
    match does {
        Processing::Delay(d) => {
            let says = format!(
                "Ardour's own delay: {:.1} ms, exactly; all echoes have the tone of the first, where ours lose top and \
                 bottom each time",
                d.time
            );
            (Some(first_echo(d, rate)), says)
        }
        Processing::Reverb(r) => {
            let (_, decay, tail) = room(r.decay);
            let says = format!(
                "Ardour's own reverb: it decays in {decay:.2} s for {:.2} s, its tail is {:.1} dB softer, and it lets the dry \
                 sound through {:.0} dB below its own level",
                r.decay,
                OUR_TAIL - tail,
                -DRY
            );
            (Some(OUR_TAIL - tail), says)
        }
        _ => (None, String::new()),
    }
}

/// By how much the tone of the first echo differs, dB, as far as ours is not 12 dB down.
fn first_echo(d: &Delay, rate: u32) -> f32 {
    let low = (d.low_cut > 20.0).then(|| pass(BandKind::HighPass, d.low_cut));
    let high = (d.high_cut < 20_000.0).then(|| pass(BandKind::LowPass, d.high_cut));
    let ours: Vec<Band> = low.into_iter().chain(high).collect();
    let shelf = low_shelf(d.low_cut).filter(|_| d.mix >= 100.0);
    let theirs: Vec<Band> = shelf.into_iter().chain(high).collect();
    let at = |hz: f64| -> f64 { ours.iter().map(|band| ours_db(band, hz)).sum() };
    let grid = (0..110).map(|n| 30.0 * 2f64.powf(f64::from(n) / 12.0));
    let heard = grid.filter(|hz| *hz < 0.45 * f64::from(rate) && at(*hz) > -12.0);
    worst(heard, |hz| (at(hz), theirs.iter().map(|band| cookbook_db(band, rate, hz)).sum()))
}

fn delay(ms: f32, feedback: f32, mix: f32, top: f32, rate: u32) -> Plugin {
    // It counts whole frames and cuts off the rest; ours rounds.
    let rate = f64::from(rate.max(1));
    let frames = (f64::from(ms) * rate / 1000.0).round();
    let ports = [
        ("time", ((frames + 0.25) * 1000.0 / rate).clamp(1.0, 8000.0)),
        ("feedback", f64::from(feedback.clamp(0.0, 100.0))),
        ("drywet", f64::from(mix.clamp(0.0, 100.0))),
        ("lpf", f64::from(top.clamp(20.0, 20_000.0))),
        ("sync", 0.0),
        ("inv", 0.0),
        ("gain", 0.0),
        ("enable", 1.0),
    ];
    let ports = ports.map(|(symbol, value)| (symbol.to_owned(), value)).to_vec();
    Plugin { name: "ACE Delay", uri: DELAY, count: 2, ports }
}

/// The plugins that a delay or a reverb becomes on a stereo route, one after the other.
pub(super) fn write(does: &Processing, rate: u32) -> Vec<Plugin> {
    let cuts = |bands: &[Option<Band>], mix: f32| {
        let bands: Vec<Band> = bands.iter().flatten().copied().collect();
        // It would take from the dry sound too.
        (!bands.is_empty() && mix >= 100.0).then(|| equaliser(&bands, 2, rate))
    };
    match does {
        Processing::Delay(d) => {
            let own = delay(d.time, d.feedback, d.mix, d.high_cut, rate);
            [own].into_iter().chain(cuts(&[low_shelf(d.low_cut)], d.mix)).collect()
        }
        Processing::Reverb(r) => {
            let before =
                (r.predelay >= 1.0 && r.mix >= 100.0).then(|| delay(r.predelay, 0.0, 100.0, 20_000.0, rate));
            let ports = [
                ("roomsz", f64::from(room(r.decay).0)),
                ("blend", f64::from((r.mix * 0.01).clamp(0.0, 1.0))),
                ("enable", 1.0),
            ];
            let ports = ports.map(|(symbol, value)| (symbol.to_owned(), value)).to_vec();
            let own = Plugin { name: "ACE Reverb", uri: REVERB, count: 1, ports };
            let after = cuts(&[low_shelf(r.low_cut), high_shelf(r.high_cut)], r.mix);
            before.into_iter().chain([own]).chain(after).collect()
        }
        _ => Vec::new(),
    }
}

/// What a plugin does, if it is one of the two.
pub(super) fn read(processor: &Node) -> Option<Processing> {
    let ports = processor.child("lv2")?;
    let port = |symbol: &str, otherwise: f32| {
        let port = ports.all("Port").find(|port| port.get("symbol") == Some(symbol));
        port.and_then(|port| port.number("value")).map_or(otherwise, |value| value as f32)
    };
    match processor.get("unique-id")? {
        // Where the song's tempo says the time, it is not here.
        DELAY if port("sync", 0.0) == 0.0 => Some(Processing::Delay(Delay {
            time: port("time", 160.0),
            feedback: port("feedback", 20.0),
            low_cut: 20.0,
            high_cut: port("lpf", 6000.0),
            mix: port("drywet", 50.0),
        })),
        REVERB => Some(Processing::Reverb(Reverb {
            decay: decay(port("roomsz", 0.5)),
            predelay: 0.0,
            low_cut: 20.0,
            high_cut: 20_000.0,
            mix: 100.0 * port("blend", 0.3),
        })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decays_and_sizes_are_one_table() {
        for wanted in [0.7, 1.0, 1.5, 2.2] {
            let (size, found, _) = room(wanted);
            assert_eq!(found, wanted);
            assert!((decay(size) - wanted).abs() < 1e-3, "{wanted}");
        }
        assert_eq!((room(0.1).1, room(9.0).1), (0.64, 2.34));
    }

    #[test]
    fn an_echo_comes_in_its_frame() {
        let plugin = delay(333.337, 30.0, 100.0, 5000.0, 48_000);
        let time = plugin.ports.iter().find(|(symbol, _)| symbol == "time").unwrap().1;
        assert_eq!((time * 48.0) as u64, 16_000);
        // A cut by a shelf is near as far as it is heard; without one the top alone is left.
        let d = Delay { time: 350.0, feedback: 30.0, low_cut: 250.0, high_cut: 4000.0, mix: 100.0 };
        let (cut, open) = (first_echo(&d, 48_000), first_echo(&Delay { mix: 50.0, ..d }, 48_000));
        assert!(cut < 3.0 && open > 10.0, "{cut} {open}");
    }
}
