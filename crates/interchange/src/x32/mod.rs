//! A scene for Behringer X32 and Midas M32 desks: lines as the desk itself answers to `/node`.
//!
//! No desk has loaded one of these yet; the curves of fader, filters and dynamics are those measured on an emulator.

use std::fmt::Write as _;

use mixsmith_session::FADER_OFF;

use crate::{
    Band, BandKind, Carries, Channel, Content, Desk, Format, Kind, Loss, Processing, Project, ReadError,
    Wishes, Written, curve,
};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct X32;

/// Channels and mix buses of the desk.
const CHANNELS: usize = 32;
const BUSES: usize = 16;
/// Bands of a channel.
const BANDS: usize = 4;
/// Longest name.
const NAME: usize = 12;

impl Format for X32 {
    fn id(&self) -> &'static str {
        "x32"
    }

    fn endings(&self) -> &'static [&'static str] {
        &[]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "X32 and M32",
            region_gain: true,
            trim: false,
            knee: true,
            hold: true,
            devices: &["equaliser", "compressor", "gate"],
            fader_max: 10.0,
            send_max: 10.0,
            equaliser_error: curve::cookbook_error,
            compressor_error: |_| 0.0,
            resembles: crate::format::unlike,
            dry: false,
            rides: false,
            ride: "a scene stands still",
            pan: "the desk's own pan law",
        }
    }

    fn write(&self, desk: &Desk, _: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        let mut losses = Vec::new();
        let text = scene(desk, &mut losses);
        let name = crate::file_stem(&desk.title, &mut Vec::new());
        (vec![Written { path: format!("{name}.scn"), content: Content::Bytes(text.into_bytes()) }], losses)
    }

    fn read(&self, _: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        Err(ReadError::NotThis("X32", "scenes are only written".to_owned()))
    }
}

fn scene(desk: &Desk, losses: &mut Vec<Loss>) -> String {
    let tracks: Vec<&Channel> = desk.channels.iter().filter(|channel| channel.kind == Kind::Track).collect();
    let sums = desk.channels.iter().filter(|channel| matches!(channel.kind, Kind::Bus | Kind::Return));
    // What only feeds the master with everything in it is the master of the desk.
    let all: Vec<&Channel> = sums.collect();
    let mut text = format!("#4.0# {} \"\" %000000000 1\n", quoted(&desk.title));
    for (channel, left) in tracks
        .iter()
        .skip(CHANNELS)
        .map(|c| (c, "channels"))
        .chain(all.iter().skip(BUSES).map(|c| (c, "buses")))
    {
        losses.push(Loss::lost(&channel.id, format!("the desk has no more {left}")));
    }
    let buses: Vec<&Channel> = all.into_iter().take(BUSES).collect();
    for (n, channel) in tracks.iter().take(CHANNELS).enumerate() {
        strip(&format!("/ch/{:02}", n + 1), channel, &buses, desk, &mut text, losses);
        losses.push(Loss::lost(
            format!("{}/clips", channel.id),
            "a scene holds no sound: play the dry stems into the channels",
        ));
    }
    for (n, channel) in buses.iter().enumerate() {
        strip(&format!("/bus/{:02}", n + 1), channel, &[], desk, &mut text, losses);
    }
    if let Some(master) = desk.channels.iter().find(|channel| channel.kind == Kind::Master) {
        let _ = writeln!(text, "/main/st/mix ON {} {:+.0}", level(master.volume.value), master.pan.value);
        dynamics("/main/st", master, &mut text, losses);
    }
    text
}

fn strip(
    at: &str,
    channel: &Channel,
    buses: &[&Channel],
    desk: &Desk,
    text: &mut String,
    losses: &mut Vec<Loss>,
) {
    let _ = writeln!(text, "{at}/config {} 1 {}", quoted(&channel.name), colour(&channel.colour));
    dynamics(at, channel, text, losses);
    let on = |is: bool| if is { "ON" } else { "OFF" };
    let routed = buses.iter().position(|bus| channel.to.as_deref() == Some(&bus.id));
    let open = channel.mute.value < 0.5;
    let main = on(routed.is_none());
    let fader = level(channel.volume.value);
    let _ = writeln!(text, "{at}/mix {} {fader} {main} {:+.0} OFF -oo", on(open), channel.pan.value);
    if channel.volume.moves() || channel.pan.moves() || channel.mute.moves() {
        losses.push(Loss::lost(
            format!("{}/automation", channel.id),
            "a scene stands still: its first values are there",
        ));
    }
    for (n, bus) in buses.iter().enumerate() {
        let send = channel.sends.iter().find(|send| send.to == bus.id);
        let (open, gain, tap) = match send {
            Some(send) => {
                let tap = if send.tap == mixsmith_session::Tap::Pre { "PRE" } else { "POST" };
                (true, level(send.level.value), tap)
            }
            None if routed == Some(n) => (true, level(0.0), "GRP"),
            None => (false, "-oo".to_owned(), "POST"),
        };
        // Buses are pairs: pan and tap stand at the odd one.
        let pair = if n % 2 == 0 { format!(" {:+.0} {tap} 0", channel.pan.value) } else { String::new() };
        let _ = writeln!(text, "{at}/mix/{:02} {} {gain}{pair}", n + 1, on(open));
    }
    if buses.is_empty()
        && channel.to.as_deref().and_then(|to| desk.channel(to)).is_some_and(|to| to.kind == Kind::Bus)
    {
        losses.push(Loss::near(
            format!("{}/to", channel.id),
            None,
            "the buses of the desk feed the master, not each other",
        ));
    }
}

/// Gate, compressor and equaliser.
fn dynamics(at: &str, channel: &Channel, text: &mut String, losses: &mut Vec<Loss>) {
    let of = |channel: &Channel| channel.id.clone();
    let (mut gates, mut compressors, mut equalisers) = (0, 0, 0);
    for device in &channel.devices {
        let on = if device.on { "ON" } else { "OFF" };
        let place = match &device.does {
            Processing::Gate(g) => {
                gates += 1;
                let _ = writeln!(
                    text,
                    "{at}/gate {on} GATE {:.1} {:.1} {:.0} {:.1} {:.0} 0",
                    g.threshold.clamp(-80.0, 0.0),
                    g.range.clamp(3.0, 60.0),
                    g.attack.clamp(0.0, 120.0),
                    g.hold.clamp(0.02, 2000.0),
                    g.release.clamp(5.0, 4000.0)
                );
                gates
            }
            Processing::Compressor(c) => {
                compressors += 1;
                let knee = (c.knee / 24.0 * 5.0).round().clamp(0.0, 5.0);
                let _ = writeln!(
                    text,
                    "{at}/dyn {on} COMP PEAK LOG {:.1} {:.1} {knee:.0} {:.2} {:.0} 10.0 {:.0} POST 0 100 OFF",
                    c.threshold.clamp(-60.0, 0.0),
                    nearest_ratio(c.ratio),
                    c.makeup.clamp(0.0, 24.0),
                    c.attack.clamp(0.0, 120.0),
                    c.release.clamp(5.0, 4000.0)
                );
                compressors
            }
            Processing::Equaliser(bands) => {
                equalisers += 1;
                if equalisers == 1 {
                    equaliser(at, on, bands, &of(channel), text, losses);
                }
                equalisers
            }
            Processing::Limiter(_) | Processing::Delay(_) | Processing::Reverb(_) => 1,
        };
        if place > 1 {
            let says = "the desk has one of each kind in a channel";
            losses.push(Loss::lost(format!("{}/{}", channel.id, device.id), says));
        }
    }
}

fn equaliser(at: &str, on: &str, bands: &[Band], id: &str, text: &mut String, losses: &mut Vec<Loss>) {
    let live: Vec<&Band> = bands.iter().filter(|band| band.on).collect();
    if live.len() > BANDS {
        losses
            .push(Loss::lost(format!("{id}/eq"), format!("{} bands more than {BANDS}", live.len() - BANDS)));
    }
    let _ = writeln!(text, "{at}/eq {on}");
    for (n, band) in live.into_iter().take(BANDS).enumerate() {
        let kind = match band.kind {
            BandKind::Bell | BandKind::Notch => "PEQ",
            BandKind::LowShelf => "LShv",
            BandKind::HighShelf => "HShv",
            BandKind::HighPass => "LCut",
            BandKind::LowPass => "HCut",
        };
        let gain = if band.kind == BandKind::Notch { -15.0 } else { band.gain.clamp(-15.0, 15.0) };
        let (freq, q) = (band.freq.clamp(20.0, 20_000.0), band.q.clamp(0.3, 10.0));
        let _ = writeln!(text, "{at}/eq/{} {kind} {freq:.1} {gain:+.2} {q:.1}", n + 1);
    }
}

/// A level as the desk writes it.
fn level(db: f32) -> String {
    if db <= FADER_OFF { "-oo".to_owned() } else { format!("{:+.1}", db.clamp(-89.9, 10.0)) }
}

/// The ratios that the desk has.
fn nearest_ratio(ratio: f32) -> f32 {
    let ratios = [1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 100.0f32];
    let apart = |known: &f32| ((1.0 / known) - (1.0 / ratio)).abs();
    ratios.into_iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(4.0)
}

fn quoted(name: &str) -> String {
    let name: String =
        name.chars().filter(|c| c.is_ascii_graphic() && *c != '"' || *c == ' ').take(NAME).collect();
    format!("\"{}\"", name.trim())
}

/// The nearest of the desk's colours.
fn colour(text: &str) -> &'static str {
    let number = text.strip_prefix('#').and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(number) = number else { return "WH" };
    let [_, red, green, blue] = number.to_be_bytes().map(i32::from);
    let known = [
        ("RD", [255, 0, 0]),
        ("GN", [0, 255, 0]),
        ("YE", [255, 255, 0]),
        ("BL", [0, 0, 255]),
        ("MG", [255, 0, 255]),
        ("CY", [0, 255, 255]),
        ("WH", [255, 255, 255]),
    ];
    let far = |[r, g, b]: [i32; 3]| (r - red).pow(2) + (g - green).pow(2) + (b - blue).pow(2);
    known.into_iter().min_by_key(|(_, rgb)| far(*rgb)).map_or("WH", |(name, _)| name)
}
