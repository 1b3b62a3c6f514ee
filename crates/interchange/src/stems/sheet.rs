//! Texts for people: markers as labels, and what every channel is set to.

use mixsmith_session::{FADER_OFF, Tap};

use crate::{Course, Desk, Kind};

/// Markers as Audacity imports them: start, end and name, with tabs.
pub(super) fn labels(desk: &Desk) -> String {
    let ends = desk.markers.iter().skip(1).map(|marker| marker.at).chain([desk.frames]);
    let line = |(marker, end): (&mixsmith_session::Marker, u64)| {
        let (start, end) = (desk.seconds(marker.at as f64), desk.seconds(end.max(marker.at) as f64));
        format!("{start:.6}\t{end:.6}\t{}\n", marker.name.replace(['\t', '\n'], " "))
    };
    desk.markers.iter().zip(ends).map(line).collect()
}

fn level(course: &Course) -> String {
    let db = if course.value <= FADER_OFF { "off".to_owned() } else { format!("{:+.1} dB", course.value) };
    if course.moves() { format!("{db}, automated ({} points)", course.points.len()) } else { db }
}

/// What every channel is set to.
pub(super) fn settings(desk: &Desk) -> String {
    let mut text = format!("{}\n{} Hz, {:.2} quarter notes a minute\n", desk.title, desk.rate, desk.tempo);
    for channel in &desk.channels {
        let kind = match channel.kind {
            Kind::Track => "track",
            Kind::Bus => "bus",
            Kind::Return => "return",
            Kind::Master => "master",
        };
        text += &format!("\n{} ({kind})\n", channel.name);
        text += &format!("  fader {}\n", level(&channel.volume));
        let (side, pan) = (if channel.pan.value < 0.0 { "left" } else { "right" }, channel.pan.value.abs());
        let moves = if channel.pan.moves() { ", automated" } else { "" };
        text += &match pan {
            0.0 => format!("  pan centre{moves}\n"),
            _ => format!("  pan {pan:.0} % {side}{moves}\n"),
        };
        if channel.mute.value >= 0.5 || channel.mute.moves() {
            text += if channel.mute.moves() { "  mute automated\n" } else { "  muted\n" };
        }
        for line in &channel.sheet {
            text += &format!("  {line}\n");
        }
        for send in &channel.sends {
            let to = desk.channel(&send.to).map_or(send.to.as_str(), |to| &to.name);
            let tap = if send.tap == Tap::Pre { "before" } else { "after" };
            text += &format!("  send to {to} {} ({tap} the fader)\n", level(&send.level));
        }
        if let Some(to) = channel.to.as_deref().and_then(|to| desk.channel(to)) {
            text += &format!("  feeds {}\n", to.name);
        }
    }
    text
}
