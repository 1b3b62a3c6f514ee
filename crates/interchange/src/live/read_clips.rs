//! Clips of the arrangement as stretches of their sounds.

use super::read::Reading;
use super::tempo::Tempo;
use crate::course::decibels;
use crate::xml::Node;
use crate::{Channel, Loss, Place, Region, Sound, SoundOf, beneath, file_stem};

/// Most stretches that a clip which loops becomes.
const MOST: usize = 10_000;

/// A stretch of a sound, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub at: f64,
    pub from: f64,
    pub length: f64,
    /// How fast the sound is to play; it plays at 1.
    pub speed: f64,
}

/// The value of an element in an element.
pub(super) fn value(node: &Node, name: &str) -> Option<f64> {
    node.child(name)?.number("Value")
}

/// Is an element set to true?
pub(super) fn is(node: &Node, name: &str) -> bool {
    node.child(name).and_then(|child| child.get("Value")) == Some("true")
}

/// The stretches of a clip.
pub(super) fn stretches(clip: &Node, tempo: &Tempo) -> Vec<Stretch> {
    let start = value(clip, "CurrentStart").or_else(|| clip.number("Time")).unwrap_or(0.0);
    let end = value(clip, "CurrentEnd").unwrap_or(start);
    let whole = tempo.seconds(end) - tempo.seconds(start);
    let Some(frame) = clip.child("Loop").filter(|_| whole > 0.0) else { return Vec::new() };
    let number = |name: &str| value(frame, name).unwrap_or(0.0);
    let (from, to) = (number("LoopStart"), number("LoopEnd"));
    let first = from + number("StartRelative");
    let content = Content::new(clip);
    if !is(frame, "LoopOn") {
        return content.stretch(tempo, start, end, first).into_iter().collect();
    }
    let mut found = Vec::new();
    let (mut at, mut heard) = (start, first);
    while at < end && found.len() < MOST {
        // How far the song is when the loop begins again.
        let next = content.beat_after(tempo, at, to - heard);
        if next <= at {
            break;
        }
        found.extend(content.stretch(tempo, at, next.min(end), heard));
        (at, heard) = (next, from);
    }
    found
}

/// What a clip's own time stands for: seconds of its sound, or beats that its markers tie to seconds.
struct Content {
    markers: Vec<(f64, f64)>,
}

impl Content {
    fn new(clip: &Node) -> Self {
        let markers = clip.child("WarpMarkers").into_iter().flat_map(|markers| markers.all("WarpMarker"));
        let mut markers: Vec<(f64, f64)> = markers
            .filter_map(|marker| Some((marker.number("BeatTime")?, marker.number("SecTime")?)))
            .collect();
        markers.sort_by(|a, b| a.0.total_cmp(&b.0));
        markers.dedup_by(|a, b| a.0 <= b.0);
        if !is(clip, "IsWarped") || markers.len() < 2 {
            markers.clear();
        }
        Content { markers }
    }

    /// Seconds of the sound at a place of the clip.
    fn seconds(&self, place: f64) -> f64 {
        let count = self.markers.len();
        if count == 0 {
            return place;
        }
        let next = self.markers.partition_point(|marker| marker.0 <= place).clamp(1, count - 1);
        let ((a, x), (b, y)) = (self.markers[next - 1], self.markers[next]);
        x + (y - x) * (place - a) / (b - a)
    }

    /// The beat of the song that is so much of the clip's own time after one.
    fn beat_after(&self, tempo: &Tempo, beat: f64, own: f64) -> f64 {
        if self.markers.is_empty() { beat + own * tempo_near(tempo, beat) / 60.0 } else { beat + own }
    }

    fn stretch(&self, tempo: &Tempo, start: f64, end: f64, place: f64) -> Option<Stretch> {
        let at = tempo.seconds(start);
        let length = tempo.seconds(end) - at;
        let from = self.seconds(place);
        let speed =
            if self.markers.is_empty() { 1.0 } else { (self.seconds(place + end - start) - from) / length };
        let cut = (-from).max(0.0);
        let found = Stretch { at: at + cut, from: from.max(0.0), length: length - cut, speed };
        (found.length > 0.0 && found.at.is_finite() && found.from.is_finite()).then_some(found)
    }
}

/// Quarter notes a minute near a beat.
fn tempo_near(tempo: &Tempo, beat: f64) -> f64 {
    60.0 / (tempo.seconds(beat + 1.0) - tempo.seconds(beat)).max(1e-3)
}

impl Reading<'_> {
    /// The clips of a track's arrangement.
    pub fn clips(&mut self, track: &Node, channel: &mut Channel) {
        let Some(sequencer) = track.child("DeviceChain").and_then(|chain| chain.child("MainSequencer"))
        else {
            return;
        };
        let at = format!("{}/clips", channel.name);
        let slots = sequencer.child("ClipSlotList").into_iter().flat_map(|slots| slots.all("ClipSlot"));
        let launched =
            slots.filter_map(|slot| slot.child("ClipSlot")?.child("Value")?.children.first()).count();
        if launched > 0 {
            let says = format!("{launched} that are launched by hand have no place in the song");
            self.losses.push(Loss::lost(&at, says));
        }
        let events = sequencer.child("Sample").and_then(|sample| sample.child("ArrangerAutomation"));
        let clips = events.and_then(|events| events.child("Events"));
        let (mut bent, mut lost) = (0.0f64, Vec::new());
        for clip in clips.into_iter().flat_map(|clips| clips.all("AudioClip")) {
            if is(clip, "Disabled") {
                continue;
            }
            let Some(sound) = clip.child("SampleRef").and_then(|sample| self.sound(sample)) else { continue };
            let gain = value(clip, "SampleVolume").map_or(0.0, decibels).max(-120.0);
            if ["PitchCoarse", "PitchFine"].iter().any(|name| value(clip, name).is_some_and(|by| by != 0.0)) {
                lost.push("a change of its pitch");
            }
            let fades = clip.child("Fades");
            let fade = |name: &str| fades.and_then(|fades| value(fades, name)).is_some_and(|by| by > 0.0);
            if fade("FadeInLength") || fade("FadeOutLength") {
                lost.push("fades");
            }
            for stretch in stretches(clip, &self.tempo) {
                bent = bent.max((stretch.speed - 1.0).abs());
                let frames = |seconds: f64| self.desk.frame(seconds).max(0).unsigned_abs();
                let known = self.desk.sounds[sound].frames.saturating_sub(frames(stretch.from));
                channel.regions.push(Region {
                    sound,
                    at: self.desk.frame(stretch.at),
                    from: frames(stretch.from),
                    frames: frames(stretch.length).min(if known > 0 { known } else { u64::MAX }),
                    gain,
                    fade_in: 0,
                    fade_out: 0,
                });
            }
        }
        lost.sort_unstable();
        lost.dedup();
        self.losses.extend(lost.into_iter().map(|what| Loss::lost(&at, what)));
        if bent > 1e-4 {
            let says = format!("stretched by up to {:.2} %: it plays at its own speed", 100.0 * bent);
            self.losses.push(Loss::lost(&at, says));
        }
    }

    /// The place of a sound file on the desk.
    fn sound(&mut self, sample: &Node) -> Option<usize> {
        let file = sample.child("FileRef")?;
        let word = |name: &str| file.child(name).and_then(|child| child.get("Value")).unwrap_or_default();
        let relative = file.child("RelativePath")?;
        // Up to Live 10 a path is a list of folders, and an empty one leads up.
        let parts = relative.all("RelativePathElement").map(|part| part.get("Dir").unwrap_or_default());
        let parts: Vec<&str> = parts.map(|dir| if dir.is_empty() { ".." } else { dir }).collect();
        let path = match relative.get("Value") {
            Some(path) => path.to_owned(),
            None => parts.into_iter().chain([word("Name")]).collect::<Vec<_>>().join("/"),
        };
        // 1: from the set's folder; 3: from the project's, which is the same.
        let near = matches!(word("RelativePathType"), "1" | "3") && beneath(&path).is_some();
        let named = [word("Path"), path.as_str(), word("Name")].into_iter().find(|path| !path.is_empty())?;
        let place = if near { Place::Beside(path.clone()) } else { Place::Elsewhere(named.to_owned()) };
        let of = SoundOf::Found(place);
        if let Some(known) = self.desk.sounds.iter().position(|sound| sound.of == of) {
            return Some(known);
        }
        if !near {
            let says = "it lies outside of the project's folder, where nothing is read: use \"Collect All and Save\" first";
            self.losses.push(Loss::lost(named, says));
        }
        let stem = named.rsplit(['/', '\\']).next().unwrap_or(named);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let rate = value(sample, "DefaultSampleRate").filter(|rate| *rate > 0.0);
        let seconds = value(sample, "DefaultDuration").zip(rate).map_or(0.0, |(frames, rate)| frames / rate);
        self.desk.sounds.push(Sound {
            name: file_stem(stem, &mut self.taken),
            channels: 2,
            frames: self.desk.frame(seconds).max(0).unsigned_abs(),
            of,
        });
        Some(self.desk.sounds.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse;

    fn of(inside: &str) -> Vec<Stretch> {
        let xml = format!(
            "<AudioClip Time=\"4\"><CurrentStart Value=\"4\"/><CurrentEnd Value=\"14\"/>{inside}</AudioClip>"
        );
        stretches(&parse(&xml).unwrap(), &Tempo::new(120.0, &[]))
    }

    #[test]
    fn clips_play_from_where_they_say_and_loops_begin_again() {
        let plain =
            "<Loop><LoopStart Value=\"1\"/><LoopEnd Value=\"9\"/><StartRelative Value=\"0.5\"/></Loop>";
        assert_eq!(of(plain), [Stretch { at: 2.0, from: 1.5, length: 5.0, speed: 1.0 }]);
        let warped = "<IsWarped Value=\"true\"/><Loop><LoopStart Value=\"2\"/><LoopEnd Value=\"6\"/><StartRelative Value=\"1\"/>\
            <LoopOn Value=\"true\"/></Loop><WarpMarkers><WarpMarker SecTime=\"0\" BeatTime=\"0\"/>\
            <WarpMarker SecTime=\"4\" BeatTime=\"8\"/></WarpMarkers>";
        let found = of(warped);
        let wanted = [(2.0, 1.5, 1.5), (3.5, 1.0, 2.0), (5.5, 1.0, 1.5)];
        assert_eq!(found.len(), 3, "{found:?}");
        for (stretch, (at, from, length)) in found.iter().zip(wanted) {
            assert_eq!(*stretch, Stretch { at, from, length, speed: 1.0 });
        }
        let endless =
            "<Loop><LoopStart Value=\"0\"/><LoopEnd Value=\"1e-9\"/><LoopOn Value=\"true\"/></Loop>";
        assert!(of(endless).len() <= MOST);
    }
}
