//! The microphones around the kit: what each hears of its own drum, how late, and how much of the others.

use mixsmith_audio::Audio;

use crate::play::{Stage, drums::Kit};
use crate::room;
use crate::sound::{add, hit_level, ratio};

/// What one microphone recorded, and what is known about it.
pub(crate) struct Capture {
    /// Role id, which is also the name of the clean file.
    pub role: &'static str,
    pub audio: Audio,
    /// Delay in ms behind the first microphone of its group.
    pub delay_ms: f64,
    /// Source and level of each bleed, dB relative to the microphone's own source (loudest 50 ms of each).
    pub bleed: Vec<(&'static str, f32)>,
    pub notes: &'static str,
}

/// The sources that bleed, in the order of the columns of [`CLOSE`].
const SOURCES: [&str; 5] = ["kick", "snare", "hihat", "toms", "cymbals"];

type Close = (&'static str, f64, [f32; 5], [f64; 5], &'static str);

/// The close microphones: role, ms late, bleed of each source in dB, ms that the bleed takes, notes. NaN marks
/// the microphone's own source.
const CLOSE: [Close; 6] = {
    const OWN: f32 = f32::NAN;
    [
        ("kick-in", 0.0, [OWN, -26.0, -30.0, -22.0, -30.0], [0.0, 1.9, 2.6, 1.5, 3.0], "inside the kick"),
        (
            "kick-out",
            0.9,
            [OWN, -20.0, -27.0, -18.0, -23.0],
            [0.0, 2.6, 3.3, 2.2, 3.7],
            "in front of the kick",
        ),
        ("snare-top", 0.0, [-20.0, OWN, -16.0, -18.0, -20.0], [1.9, 0.0, 1.2, 1.4, 2.4], "above the snare"),
        (
            "snare-bottom",
            0.3,
            [-16.0, OWN, -22.0, -20.0, -25.0],
            [1.7, 0.0, 1.5, 1.6, 2.7],
            "below the snare",
        ),
        ("hihat", 0.0, [-24.0, -14.0, OWN, -20.0, -15.0], [2.6, 1.2, 0.0, 2.2, 1.8], "above the hi-hat"),
        ("toms", 0.0, [-18.0, -15.0, -24.0, OWN, -16.0], [1.5, 1.4, 2.2, 0.0, 1.6], "between the toms"),
    ]
};

fn level(track: &[f32], rate: u32) -> f32 {
    1.0 / hit_level(track, rate).max(1e-6)
}

fn sum(tracks: &[(&[f32], f32)]) -> Vec<f32> {
    let mut mix = vec![0.0; tracks.first().map_or(0, |(track, _)| track.len())];
    for (track, gain) in tracks {
        add(&mut mix, track, 0, *gain);
    }
    mix
}

/// Records the kit. The microphone below the snare sees the skin go away when the one above sees it come; here
/// its polarity is already turned over, so that the snare is upright in it and the bleed upside down. The close microphones hear `more` dB more of the other drums than stated.
pub(crate) fn record(stage: &Stage, kit: &Kit, more: f32) -> Vec<Capture> {
    let rate = stage.rate as u32;
    let frames = |ms: f64| (ms * 0.001 * f64::from(rate)).round() as usize;
    let snare = sum(&[(&kit.snare_head, 1.0), (&kit.snare_wires, 0.45)]);
    let toms = sum(&[(&kit.toms[0], 1.0), (&kit.toms[1], 1.0), (&kit.toms[2], 1.0)]);
    let sources: [&[f32]; 5] = [&kit.kick, &snare, &kit.hat, &toms, &kit.cymbals];
    let kick_out = sum(&[(&kit.kick, 0.4), (&kit.kick_body, 1.0)]);
    let below = sum(&[(&kit.snare_wires, 1.0), (&kit.snare_head, 0.4)]);

    let mut captures = Vec::new();
    for (role, delay_ms, bleeds, distances, notes) in CLOSE {
        let own = match role {
            "kick-out" => &kick_out,
            "snare-bottom" => &below,
            _ => sources[bleeds.iter().position(|db| db.is_nan()).unwrap_or(0)],
        };
        let late = frames(delay_ms);
        let mut track = stage.silence();
        let polarity = if role == "snare-bottom" { -1.0 } else { 1.0 };
        add(&mut track[late..], own, 0, level(own, rate));
        let mut bleed = Vec::new();
        for (i, source) in sources.iter().enumerate() {
            if !bleeds[i].is_nan() && hit_level(source, rate) > 0.0 {
                add(
                    &mut track[frames(distances[i])..],
                    source,
                    0,
                    polarity * ratio(bleeds[i] + more) * level(source, rate),
                );
                bleed.push((SOURCES[i], bleeds[i] + more));
            }
        }
        let delay_ms = late as f64 * 1000.0 / f64::from(rate);
        captures.push(Capture { role, audio: Audio::mono(rate, track), delay_ms, bleed, notes });
    }
    captures.push(overheads(stage, kit, &snare));
    captures.push(room_microphone(stage, &sources));
    captures
}

/// The spaced pair above the kit, as the drummer sees it: hi-hat left, floor tom right, the snare in the middle.
fn overheads(stage: &Stage, kit: &Kit, snare: &[f32]) -> Capture {
    let rate = stage.rate as u32;
    // Source, gain and ms of delay left and right.
    type Place<'a> = (&'a [f32], [f32; 2], [f64; 2]);
    let picture: [Place; 7] = [
        (&kit.kick, [0.34, 0.34], [3.5, 3.5]),
        (snare, [0.75, 0.75], [3.5, 3.5]),
        (&kit.hat, [0.5, 0.26], [3.2, 3.8]),
        (&kit.toms[0], [0.55, 0.42], [3.3, 3.6]),
        (&kit.toms[1], [0.45, 0.52], [3.5, 3.4]),
        (&kit.toms[2], [0.34, 0.6], [3.9, 3.2]),
        (&kit.cymbals, [0.8, 0.7], [3.0, 3.3]),
    ];
    let side = |i: usize| {
        let mut track = stage.silence();
        for (source, gains, delays) in &picture {
            if hit_level(source, rate) > 0.0 {
                let late = (delays[i] * 0.001 * f64::from(rate)).round() as usize;
                add(&mut track[late..], source, 0, gains[i] * level(source, rate));
            }
        }
        track
    };
    Capture {
        role: "overheads",
        audio: Audio::stereo(rate, side(0), side(1)),
        delay_ms: 3.5,
        bleed: Vec::new(),
        notes: "spaced pair, drummer's view, equally far from kick and snare",
    }
}

fn room_microphone(stage: &Stage, sources: &[&[f32]; 5]) -> Capture {
    let rate = stage.rate as u32;
    let mut direct = stage.silence();
    for (source, gain) in sources.iter().zip([0.9, 1.0, 0.25, 0.8, 0.45]) {
        if hit_level(source, rate) > 0.0 {
            add(&mut direct, source, 0, gain * level(source, rate));
        }
    }
    let late = (0.015 * f64::from(rate)).round() as usize;
    let mut track = stage.silence();
    add(&mut track[late..], &direct, 0, 0.5);
    add(&mut track[late..], &room::tail(&direct, rate, 0.75), 0, 0.14);
    Capture {
        role: "room",
        audio: Audio::mono(rate, track),
        delay_ms: 15.0,
        bleed: Vec::new(),
        notes: "five metres away, with the room's tail",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::drums;
    use crate::score::{Form, drums::kit};

    #[test]
    fn bleed_is_as_loud_as_stated() {
        let stage =
            Stage { seed: 5, rate: 48_000.0, tempo: 104.0, lead_in: 0.5, frames: 250_000, transpose: 0.0 };
        let form = Form { intro: 0, verse: 2, chorus: 0, outro: 0 };
        let whole = drums::kit(&stage, &kit(&form.bars(1)));
        let captures = record(&stage, &whole, 0.0);
        let mut checked = 0;
        for source in ["kick", "hihat", "toms", "cymbals"] {
            let mut without = whole.clone();
            match source {
                "kick" => without.kick.fill(0.0),
                "hihat" => without.hat.fill(0.0),
                "toms" => without.toms.iter_mut().for_each(|tom| tom.fill(0.0)),
                _ => without.cymbals.fill(0.0),
            }
            let rest = record(&stage, &without, 0.0);
            for (capture, rest) in captures.iter().zip(&rest) {
                let Some((_, stated)) = capture.bleed.iter().find(|(name, _)| *name == source) else {
                    continue;
                };
                let both = std::iter::zip(&capture.audio.channels[0], &rest.audio.channels[0]);
                let bleed: Vec<f32> = both.map(|(a, b)| a - b).collect();
                // Each microphone's own source has a level of 1.
                let found = 20.0 * hit_level(&bleed, 48_000).log10();
                assert!((found - stated).abs() < 0.5, "{source} in {}: {found} dB", capture.role);
                checked += 1;
            }
        }
        assert_eq!(checked, 20);
    }
}
