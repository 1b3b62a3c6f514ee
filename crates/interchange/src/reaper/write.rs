//! Writes a project with lines that REAPER itself writes.

use std::collections::BTreeMap;

use mixsmith_session::{Curve, Point, Tap};

use super::chunks;
use super::text::{Pen, quoted};
use crate::course::amplitude;
use crate::{Channel, Content, Course, Desk, Device, Kind, Loss, Region, Wishes, Written};

/// Writes the files of a project.
pub(super) fn write(desk: &Desk, wishes: &Wishes) -> (Vec<Written>, Vec<Loss>) {
    let order = if wishes.flat { flat(desk) } else { folders(desk) };
    let places: BTreeMap<&str, usize> =
        order.iter().enumerate().map(|(n, row)| (row.channel.id.as_str(), n)).collect();
    let mut pen = Pen::default();
    pen.open("REAPER_PROJECT 0.1 \"7.0/mixsmith\" 0");
    head(desk, &mut pen);
    for (n, row) in order.iter().enumerate() {
        track(desk, row, n, &order, &places, &mut pen);
    }
    pen.close();
    let name = crate::file_stem(&desk.title, &mut Vec::new());
    let mut files =
        vec![Written { path: format!("{name}.rpp"), content: Content::Bytes(pen.text.into_bytes()) }];
    let sounds = desk.sounds.iter().enumerate();
    files.extend(
        sounds.map(|(n, sound)| Written {
            path: format!("audio/{}.wav", sound.name),
            content: Content::Sound(n),
        }),
    );
    let mut losses = vec![Loss::exact("song/tempo")];
    if !desk.markers.is_empty() {
        losses.push(Loss::exact("song/markers"));
    }
    (files, losses)
}

/// A channel at its place in the list of tracks.
struct Row<'a> {
    channel: &'a Channel,
    /// Opens a folder.
    opens: bool,
    /// How many folders it closes.
    closes: usize,
    /// Is its output that of the folder around it (or the master)?
    to_parent: bool,
}

/// Tracks in the folders of their buses.
fn folders(desk: &Desk) -> Vec<Row<'_>> {
    fn inside<'a>(desk: &'a Desk, of: Option<&str>, rows: &mut Vec<Row<'a>>) {
        for channel in desk.channels.iter().filter(|channel| channel.kind != Kind::Master) {
            let to = channel.to.as_deref().and_then(|to| desk.channel(to));
            let folder = to.filter(|to| to.kind == Kind::Bus).map(|to| to.id.as_str());
            // What feeds a return has no folder there.
            let to_parent = to.is_none_or(|to| matches!(to.kind, Kind::Bus | Kind::Master));
            if folder != of {
                continue;
            }
            let place = rows.len();
            rows.push(Row { channel, opens: false, closes: 0, to_parent });
            if channel.kind == Kind::Bus {
                inside(desk, Some(&channel.id), rows);
            }
            if rows.len() > place + 1 {
                rows[place].opens = true;
                if let Some(last) = rows.last_mut() {
                    last.closes += 1;
                }
            }
        }
    }
    let mut rows = Vec::new();
    inside(desk, None, &mut rows);
    rows
}

/// Tracks in a row; what feeds a bus is received there.
fn flat(desk: &Desk) -> Vec<Row<'_>> {
    let channels = desk.channels.iter().filter(|channel| channel.kind != Kind::Master);
    channels
        .map(|channel| {
            let to = channel.to.as_deref().and_then(|to| desk.channel(to));
            let to_parent = to.is_none_or(|to| to.kind == Kind::Master);
            Row { channel, opens: false, closes: 0, to_parent }
        })
        .collect()
}

fn head(desk: &Desk, pen: &mut Pen) {
    pen.line("PANLAW 1");
    pen.line("PANMODE 3");
    pen.line(&format!("SAMPLERATE {} 1 0", desk.rate));
    pen.line(&format!("TEMPO {} 4 4", desk.tempo));
    if let Some(master) = desk.channels.iter().find(|channel| channel.kind == Kind::Master) {
        let mute = u8::from(master.mute.value >= 0.5);
        pen.line(&format!("MASTERMUTESOLO {mute}"));
        pen.line("MASTER_NCH 2 2");
        let (volume, pan) = (amplitude(master.volume.value), f64::from(master.pan.value) / 100.0);
        pen.line(&format!("MASTER_VOLUME {volume:.10} {pan:.6} -1 -1 1"));
        pen.line("MASTER_FX 1");
        chain("MASTERFXLIST", &master.devices, pen);
        volume_envelope(desk, "MASTERVOLENV2", &master.volume, pen);
    }
    for (n, marker) in desk.markers.iter().enumerate() {
        let at = desk.seconds(marker.at as f64);
        pen.line(&format!("MARKER {} {at:.12} {} 0", n + 1, quoted(&marker.name)));
    }
}

/// A GUID that is the same each time.
fn guid(n: usize, what: u32) -> String {
    format!("{{4D495853-{what:04X}-4D49-8000-{n:012X}}}")
}

fn track(
    desk: &Desk,
    row: &Row<'_>,
    n: usize,
    order: &[Row<'_>],
    places: &BTreeMap<&str, usize>,
    pen: &mut Pen,
) {
    let channel = row.channel;
    let id = guid(n, 1);
    pen.open(&format!("TRACK {id}"));
    pen.line(&format!("NAME {}", quoted(&channel.name)));
    if let Some(colour) = colour(&channel.colour) {
        pen.line(&format!("PEAKCOL {colour}"));
    }
    pen.line("AUTOMODE 0");
    let (volume, pan) = (amplitude(channel.volume.value), f64::from(channel.pan.value) / 100.0);
    pen.line(&format!("VOLPAN {volume:.10} {pan:.6} -1 -1 1"));
    pen.line(&format!("MUTESOLO {} 0 0", u8::from(channel.mute.value >= 0.5)));
    pen.line(&format!("IPHASE {}", u8::from(channel.inverted)));
    let folder = match (row.opens, row.closes) {
        (true, _) => "1 1".to_owned(),
        (false, 0) => "0 0".to_owned(),
        (false, closes) => format!("2 -{closes}"),
    };
    pen.line(&format!("ISBUS {folder}"));
    pen.line("NCHAN 2");
    pen.line("FX 1");
    pen.line(&format!("TRACKID {id}"));
    pen.line(&format!("MAINSEND {} 0", u8::from(row.to_parent)));
    receives(desk, channel, order, places, pen);
    volume_envelope(desk, "VOLENV2", &channel.volume, pen);
    if channel.pan.moves() {
        // In envelopes left is up (recalled).
        let points = channel.pan.dense(f32::INFINITY, true);
        envelope(desk, "PANENV2", points.iter().map(|p| (p, -f64::from(p.value) / 100.0)), pen);
    }
    if channel.mute.moves() {
        let points = channel.mute.points.iter().map(|p| (p, f64::from(u8::from(p.value < 0.5))));
        envelope(desk, "MUTEENV", points, pen);
    }
    if !channel.devices.is_empty() {
        chain("FXCHAIN", &channel.devices, pen);
    }
    for (place, region) in channel.regions.iter().enumerate() {
        item(desk, channel, region, guid(1000 * n + place, 2), pen);
    }
    pen.close();
}

/// What a track receives: sends, and what feeds it otherwise than as its folder.
fn receives(
    desk: &Desk,
    channel: &Channel,
    order: &[Row<'_>],
    places: &BTreeMap<&str, usize>,
    pen: &mut Pen,
) {
    let mut receive = |from: &str, mode: u32, level: &Course| {
        let Some(from) = places.get(from) else { return };
        let gain = amplitude(level.value);
        pen.line(&format!("AUXRECV {from} {mode} {gain:.10} 0 0 0 0 0 0 -1:U 0 -1 ''"));
        volume_envelope(desk, "AUXVOLENV", level, pen);
    };
    for other in order {
        if !other.to_parent && other.channel.to.as_deref() == Some(&channel.id) {
            receive(&other.channel.id, 0, &Course::still(0.0));
        }
        for send in other.channel.sends.iter().filter(|send| send.to == channel.id) {
            receive(&other.channel.id, if send.tap == Tap::Pre { 3 } else { 0 }, &send.level);
        }
    }
}

fn volume_envelope(desk: &Desk, name: &str, course: &Course, pen: &mut Pen) {
    if course.moves() {
        let points = course.dense(1.0, true);
        envelope(desk, name, points.iter().map(|p| (p, amplitude(p.value))), pen);
    }
}

fn envelope<'a>(desk: &Desk, name: &str, points: impl Iterator<Item = (&'a Point, f64)>, pen: &mut Pen) {
    pen.open(name);
    for line in ["ACT 1 -1", "VIS 1 1 1", "LANEHEIGHT 0 0", "ARM 0", "DEFSHAPE 0 -1 -1"] {
        pen.line(line);
    }
    for (point, value) in points {
        let shape = if point.curve == Curve::Hold { 1 } else { 0 };
        pen.line(&format!("PT {:.12} {value:.10} {shape}", desk.seconds(point.at as f64)));
    }
    pen.close();
}

fn chain(name: &str, devices: &[Device], pen: &mut Pen) {
    pen.open(name);
    for line in ["SHOW 0", "LASTSEL 0", "DOCKED 0"] {
        pen.line(line);
    }
    for (n, device) in devices.iter().enumerate() {
        let Some((plugin, state)) = chunks::write(&device.does) else { continue };
        pen.line(&format!("BYPASS {} 0 0", u8::from(!device.on)));
        let called = quoted(&device.id);
        pen.open(&format!("VST {} {} 0 {called} {}", quoted(plugin.name), plugin.file, plugin.id));
        state.iter().for_each(|line| pen.line(line));
        pen.close();
        pen.line(&format!("FXID {}", guid(n, 3)));
        pen.line("WAK 0");
    }
    pen.close();
}

fn item(desk: &Desk, channel: &Channel, region: &Region, id: String, pen: &mut Pen) {
    let Some(sound) = desk.sounds.get(region.sound) else { return };
    let seconds = |frames: f64| format!("{:.12}", desk.seconds(frames));
    pen.open("ITEM");
    pen.line(&format!("POSITION {}", seconds(region.at as f64)));
    pen.line("SNAPOFFS 0");
    pen.line(&format!("LENGTH {}", seconds(region.frames as f64)));
    pen.line("LOOP 0");
    pen.line("ALLTAKES 0");
    pen.line(&format!("FADEIN 1 {} 0 1 0 0", seconds(region.fade_in as f64)));
    pen.line(&format!("FADEOUT 1 {} 0 1 0 0", seconds(region.fade_out as f64)));
    pen.line("MUTE 0");
    pen.line(&format!("IGUID {id}"));
    pen.line(&format!("NAME {}", quoted(&channel.name)));
    pen.line(&format!("VOLPAN {:.10} 0 1 -1", amplitude(region.gain)));
    pen.line(&format!("SOFFS {}", seconds(region.from as f64)));
    pen.line("PLAYRATE 1 1 0 -1 0 0.0025");
    pen.line("CHANMODE 0");
    pen.line(&format!("GUID {id}"));
    pen.open("SOURCE WAVE");
    pen.line(&format!("FILE {}", quoted(&format!("audio/{}.wav", sound.name))));
    pen.close();
    pen.close();
}

/// A colour as the number of Windows: blue, green and red from high to low, and a bit that says that it is set (recalled).
fn colour(text: &str) -> Option<u32> {
    let number = u32::from_str_radix(text.strip_prefix('#')?, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some(0x0100_0000 | u32::from_be_bytes([0, blue, green, red]))
}
