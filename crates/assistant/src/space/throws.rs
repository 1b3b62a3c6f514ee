//! Echoes thrown after the last word of a phrase.

use mixsmith_analysis::Span;
use mixsmith_session::{Address, Curve, Edit, Lane, Point, Strip};

use super::{DELAY, LEAD, tempo};
use crate::tone::heard;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "space.throws",
    phase: Phase::Space,
    doc: "**What it does.** Lifts the lead voice's send to the delay for the last word before its longest rests: in \
          choruses, and where a section ends. \
          **Why.** An echo that answers in the gap keeps the tension; an echo under the next word does not. \
          **When it is wrong.** When something else answers there already. \
          **How far it goes.** +6 dB, six times a song at most, 8 s apart, only before rests of more than a beat. \
          **Sources.** Practice.",
    decide,
};

/// Lift of the send, dB.
const THROW: f32 = 6.0;
/// Throws in a song, and seconds between them.
const MOST: usize = 6;
const APART: f64 = 8.0;
/// Seconds in which the send rises and falls.
const RAMP: f64 = 0.04;
/// Longest last word, s.
const WORD: f64 = 0.6;
/// A phrase that ends this near to the end of its section is the last one, s.
const LAST: f64 = 4.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let Some(bpm) = tempo(desk).filter(|_| desk.session.strip(DELAY).is_some()) else { return Vec::new() };
    let voices = heard(desk).filter(|strip| desk.role(strip) == LEAD && strip.send(DELAY).is_some());
    let beat = 60.0 / bpm;
    voices.filter_map(|voice| throw(desk, voice, beat)).collect()
}

fn throw(desk: &Desk<'_>, voice: &Strip, beat: f64) -> Option<Decision> {
    let rate = f64::from(desk.song.rate.max(1));
    let clip = voice.clips().first()?;
    let shift = (clip.at as f64 - clip.from as f64) / rate;
    let phrases = desk.facts.spans("activity.phrases", &clip.source);
    let song = desk.song.frames as f64 / rate - shift;
    let sections = desk.facts.spans("sections", "");
    // Moments in the file.
    let mut rests: Vec<(f64, &Span)> = phrases
        .iter()
        .enumerate()
        .map(|(i, phrase)| (phrases.get(i + 1).map_or(song, |next| next.start) - phrase.end, phrase))
        .filter(|(rest, phrase)| *rest > beat && phrase.start + shift >= 0.0)
        .filter(|(_, phrase)| sections.is_empty() || worth(sections, phrase.end + shift))
        .collect();
    rests.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.end.total_cmp(&b.1.end)));
    let mut chosen: Vec<(f64, &Span)> = Vec::new();
    for (rest, phrase) in rests {
        if chosen.len() < MOST && chosen.iter().all(|(_, other)| (other.end - phrase.end).abs() >= APART) {
            chosen.push((rest, phrase));
        }
    }
    chosen.sort_by(|a, b| a.1.end.total_cmp(&b.1.end));
    let shortest = chosen.iter().map(|(rest, _)| *rest).fold(f64::INFINITY, f64::min);
    let (first, _) = (chosen.first()?, chosen.last()?);
    let base = desk.value(&Address::send(&voice.id, DELAY, "level"));
    let mut points: Vec<Point> = Vec::new();
    let mut moments = Vec::new();
    for (_, phrase) in &chosen {
        let end = phrase.end + shift;
        let start = (end - WORD).max(phrase.start + shift).max(0.0);
        let clock = format!("{}:{:02}", start as u64 / 60, start as u64 % 60);
        let point = |at: f64, value: f32, curve: Curve, label: String| Point {
            at: (at.max(0.0) * rate).round() as u64,
            value,
            curve,
            label,
        };
        points.push(point(start - RAMP, base, Curve::Line, String::new()));
        points.push(point(start, base + THROW, Curve::Hold, format!("throw {clock}")));
        points.push(point(end, base + THROW, Curve::Line, String::new()));
        points.push(point(end + RAMP, base, Curve::Hold, String::new()));
        moments.push(clock);
    }
    points.dedup_by_key(|point| point.at);
    let says = format!(
        "{}: the last word is thrown into the delay, +{THROW:.0} dB, at {}: a rest of at least {shortest:.1} s follows.",
        voice.name,
        crate::says::list(&moments),
    );
    let lane = Lane { target: Address::send(&voice.id, DELAY, "level").target(), points };
    let stem = clip.source.as_str();
    Some(
        Decision::new(RULE.code, &[&voice.id], says)
            .because(Evidence::new("activity.phrases", &[stem], first.0, "s").at_least(beat))
            .edit(Edit::Draw { strip: voice.id.clone(), lane }),
    )
}

/// Is it in a chorus, or the end of a section?
fn worth(sections: &[Span], at: f64) -> bool {
    let of = sections.iter().find(|section| (section.start..section.end).contains(&at));
    of.is_none_or(|section| section.label.starts_with("chorus") || section.end - at < LAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{FRAMES, Take};

    #[test]
    fn the_last_word_before_a_rest_is_thrown() {
        // Sings 0 to 9 s, 10 to 19 s and so on.
        let levels: Vec<f32> = (0..FRAMES).map(|i| if i % 100 < 90 { -20.0 } else { -100.0 }).collect();
        let mut take = Take::new().stem("vox", "lead-vocal", 1, &levels).mono("keys", "keys", -22.0);
        take.brief.tempo = Some(120.0);
        let (session, decisions) = take.mix(Phase::Space);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        let strip = session.strip("vox").unwrap();
        let lane = strip.lanes.iter().find(|lane| lane.target == "send.delay.level").unwrap();
        assert_eq!(lane.points.len(), 4 * MOST);
        assert_eq!((lane.points[1].label.as_str(), lane.points[1].at), ("throw 0:08", 8400));
    }

    #[test]
    fn a_voice_without_rests_has_none() {
        let mut take = Take::new().mono("vox", "lead-vocal", -20.0).mono("keys", "keys", -22.0);
        take.brief.tempo = Some(120.0);
        assert!(take.decisions(Phase::Space, RULE.code).is_empty());
    }
}
