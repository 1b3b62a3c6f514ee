//! Clips in clips, loops and warps, down to stretches of sound files in seconds.

use crate::xml::Node;

/// What time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Beats,
    Seconds,
}

impl Unit {
    /// The unit that an attribute names, or the one around it.
    pub fn of(node: &Node, attribute: &str, around: Unit) -> Unit {
        match node.get(attribute) {
            Some("beats") => Unit::Beats,
            Some("seconds") => Unit::Seconds,
            _ => around,
        }
    }
}

/// A stretch of a sound file, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch<'a> {
    /// The element of the sound.
    pub audio: &'a Node,
    pub at: f64,
    pub from: f64,
    pub length: f64,
    pub fade_in: f64,
    pub fade_out: f64,
    /// Seconds of sound a second of song.
    pub speed: f64,
}

/// Most stretches that one clip may come to by looping.
const MOST: usize = 10_000;

/// Takes clips apart.
#[derive(Debug)]
pub(super) struct Scissors<'a> {
    /// Quarter notes a minute.
    pub tempo: f64,
    pub found: Vec<Stretch<'a>>,
    /// What could not be taken along.
    pub left: Vec<String>,
}

/// A window through which content is seen: where it lies in the song and which part of the content it shows, seconds.
#[derive(Clone, Copy, Debug)]
struct Window {
    at: f64,
    from: f64,
    length: f64,
}

impl<'a> Scissors<'a> {
    pub fn seconds(&self, time: f64, unit: Unit) -> f64 {
        if unit == Unit::Beats { time * 60.0 / self.tempo } else { time }
    }

    /// Takes the clips of a lane.
    pub fn lane(&mut self, clips: &'a Node, unit: Unit) {
        let unit = Unit::of(clips, "timeUnit", unit);
        for clip in clips.all("Clip") {
            self.clip(clip, unit, Window { at: 0.0, from: 0.0, length: f64::INFINITY });
        }
    }

    /// A clip that lies in content of which a window is seen.
    fn clip(&mut self, clip: &'a Node, unit: Unit, seen: Window) {
        if clip.get("enable") == Some("false") {
            return;
        }
        let inside = Unit::of(clip, "contentTimeUnit", unit);
        let time = |name: &str, unit: Unit| clip.number(name).map(|t| self.seconds(t, unit));
        let start = time("time", unit).unwrap_or(0.0);
        let play = time("playStart", inside).unwrap_or(0.0);
        let length = time("duration", unit);
        let length = length.or_else(|| Some((time("playStop", inside)? - play).max(0.0)));
        let length = length.unwrap_or(f64::INFINITY);
        // The part of the clip that the window shows.
        let first = (seen.from - start).max(0.0);
        let last = (seen.from + seen.length - start).min(length);
        if last <= first {
            return;
        }
        let fades = Unit::of(clip, "fadeTimeUnit", unit);
        let fade = |name: &str| time(name, fades).unwrap_or(0.0).max(0.0);
        let (fade_in, fade_out) = (fade("fadeInTime"), fade("fadeOutTime"));
        let place = seen.at + start + first - seen.from;
        let before = self.found.len();
        let loops =
            time("loopStart", inside).unwrap_or(0.0)..time("loopEnd", inside).unwrap_or(f64::INFINITY);
        let round = loops.end - loops.start;
        if !round.is_finite() || round <= 1e-4 {
            let window = Window { at: place, from: play + first, length: last - first };
            self.content(clip, inside, window);
        } else {
            let (mut done, mut turns) = (0.0, 0);
            let mut from = play;
            while done < last && turns < MOST {
                let piece = (loops.end - from).max(0.0).min(last - done);
                let skipped = (first - done).clamp(0.0, piece);
                if piece > skipped {
                    let at = place + done + skipped - first;
                    self.content(clip, inside, Window { at, from: from + skipped, length: piece - skipped });
                }
                done += piece;
                from = loops.start;
                turns += 1;
            }
            if turns == MOST {
                self.left.push(format!("rounds of a loop after the first {MOST}"));
            }
        }
        // Fades belong to the clip, so to its first and last stretch.
        let own = &mut self.found[before..];
        if let Some(one) = own.first_mut().filter(|_| first == 0.0 && fade_in > 0.0) {
            one.fade_in = fade_in.min(one.length);
        }
        if let Some(one) = own.last_mut().filter(|_| fade_out > 0.0) {
            one.fade_out = fade_out.min(one.length);
        }
    }

    fn content(&mut self, clip: &'a Node, unit: Unit, seen: Window) {
        for node in &clip.children {
            let unit = Unit::of(node, "timeUnit", unit);
            match node.name.as_str() {
                "Clips" => node.all("Clip").for_each(|clip| self.clip(clip, unit, seen)),
                "Lanes" => {
                    for clips in node.all("Clips") {
                        clips.all("Clip").for_each(|clip| self.clip(clip, unit, seen));
                    }
                }
                "Audio" => self.sound(node, seen, 1.0),
                "Warps" => self.warped(node, unit, seen),
                "Notes" => self.left.push("notes: they need an instrument".to_owned()),
                "Video" => self.left.push("a video".to_owned()),
                "Points" => self.left.push("automation inside a clip".to_owned()),
                _ => {}
            }
        }
    }

    /// A sound whose time is bent; between two marks it runs at one speed.
    fn warped(&mut self, warps: &'a Node, unit: Unit, seen: Window) {
        let Some(audio) = warps.child("Audio") else { return };
        let content = Unit::of(warps, "contentTimeUnit", unit);
        let marks: Vec<(f64, f64)> = warps
            .all("Warp")
            .filter_map(|warp| {
                let (time, sound) = (warp.number("time")?, warp.number("contentTime")?);
                Some((self.seconds(time, unit), self.seconds(sound, content)))
            })
            .collect();
        for (n, pair) in marks.windows(2).enumerate() {
            let [(t0, s0), (t1, s1)] = [pair[0], pair[1]];
            // The first and the last line go on.
            let from = if n == 0 { seen.from } else { seen.from.max(t0) };
            let end = seen.from + seen.length;
            let end = if n + 2 == marks.len() { end } else { end.min(t1) };
            if end <= from || t1 <= t0 {
                continue;
            }
            let speed = (s1 - s0) / (t1 - t0);
            let sound = s0 + (from - t0) * speed;
            self.sound(
                audio,
                Window { at: seen.at + from - seen.from, from: sound, length: end - from },
                speed,
            );
        }
        if marks.len() < 2 {
            self.sound(audio, seen, 1.0);
        }
    }

    fn sound(&mut self, audio: &'a Node, seen: Window, speed: f64) {
        // Nothing sounds before the file or after it.
        let whole = audio.number("duration").unwrap_or(f64::INFINITY);
        let early = (-seen.from / speed.max(1e-9)).max(0.0);
        let from = seen.from.max(0.0);
        let length = (seen.length - early).min((whole - from) / speed.max(1e-9));
        if length > 1e-9 && length.is_finite() {
            let at = seen.at + early;
            self.found.push(Stretch { audio, at, from, length, fade_in: 0.0, fade_out: 0.0, speed });
        }
    }
}
