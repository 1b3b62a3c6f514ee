//! Clips of the arrangement as stretches of their sounds.

use super::tempo::Tempo;
use crate::xml::Node;

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
