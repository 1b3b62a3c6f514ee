//! A MIDI file that holds no notes: tempo, time signature and markers (Standard MIDI Files 1.0, RP-001).

use crate::Desk;

/// Ticks of a quarter note.
const TICKS: u16 = 960;

/// Writes the file.
pub(crate) fn write(desk: &Desk) -> Vec<u8> {
    let mut track = Vec::new();
    let mut meta = |wait: u32, kind: u8, bytes: &[u8]| {
        number(&mut track, wait);
        track.extend([0xff, kind]);
        number(&mut track, bytes.len() as u32);
        track.extend(bytes);
    };
    meta(0, 0x03, desk.title.as_bytes());
    let quarter = (60e6 / f64::from(desk.tempo)).round() as u32;
    meta(0, 0x51, &quarter.min(0xff_ffff).to_be_bytes()[1..]);
    meta(0, 0x58, &[4, 2, 24, 8]);
    // Ticks follow from the tempo as it is written, in whole microseconds, so that markers do not drift.
    let ticks = |frame: u64| {
        let micros = desk.seconds(frame as f64) * 1e6;
        (micros / f64::from(quarter) * f64::from(TICKS)).round() as u32
    };
    let mut now = 0;
    for marker in &desk.markers {
        let at = ticks(marker.at).max(now);
        meta(at - now, 0x06, marker.name.as_bytes());
        now = at;
    }
    meta(ticks(desk.frames).saturating_sub(now), 0x2f, &[]);
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01".to_vec();
    file.extend(TICKS.to_be_bytes());
    file.extend(b"MTrk");
    file.extend((track.len() as u32).to_be_bytes());
    file.extend(track);
    file
}

/// A number of as many bytes as it needs, seven bits in each.
fn number(to: &mut Vec<u8>, value: u32) {
    let value = value.min(0x0fff_ffff);
    let groups = (1..4).filter(|n| value >> (7 * n) != 0).count();
    for n in (0..=groups).rev() {
        let more = if n > 0 { 0x80 } else { 0 };
        to.push((value >> (7 * n)) as u8 & 0x7f | more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_the_standard_gives_them() {
        for (value, bytes) in [
            (0, &[0u8][..]),
            (0x7f, &[0x7f]),
            (0x80, &[0x81, 0]),
            (0x3fff, &[0xff, 0x7f]),
            (0x0fff_ffff, &[0xff, 0xff, 0xff, 0x7f]),
        ] {
            let mut found = Vec::new();
            number(&mut found, value);
            assert_eq!(found, bytes, "{value}");
        }
    }
}
