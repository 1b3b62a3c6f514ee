//! Microphones that hear one source at different times.

use mixsmith_analysis::odd_files::late_start as late_start_of;
use mixsmith_session::{Edit, Strip};

use super::polarity::CLOSE;
use super::{SURE, name_of, pair_number, pairs, track_of};
use crate::says::signed;
use crate::{Decision, Desk, Evidence, Phase, Rule, Status};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.time",
    phase: Phase::Prepare,
    doc: "**What it does.** Moves the later of two close microphones of one source (kick in and out, snare top and \
          bottom, bass DI and amp) so that both hear it at once. Overheads and rooms are measured and left alone: \
          their delay is the depth of the room. A file that lacks its beginning is moved to where it fits the others. \
          **Why.** A delay of a millisecond between two close microphones is a comb filter. \
          **When it is wrong.** When the colour of the delay is wanted. \
          **How far it goes.** Microphones by at most 30 ms, whole frames of the song's rate, only the place of the clip. \
          **Sources.** Facts `fault.late_start`; `pair.delay` (generalised cross-correlation; Clifford and Reiss 2013).",
    decide,
};

/// Delays below this are left, ms: a frame or two make no comb in the range of hearing.
const LEAST_MS: f64 = 0.05;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut moved: Vec<&str> = Vec::new();
    let mut decisions: Vec<Decision> =
        desk.song.stems.iter().filter_map(|stem| late_start(desk, &stem.id)).collect();
    for kind in CLOSE {
        for (a, b, sure) in pairs(desk.facts, kind) {
            let Some(delay) = Delay::of(desk, a, b).filter(|_| sure >= SURE && !moved.contains(&b)) else {
                continue;
            };
            if let Some(strip) = track_of(desk, b).filter(|strip| strip.clips().len() == 1) {
                moved.push(b);
                let (gain, way) = (
                    pair_number(desk.facts, "pair.gain_db", a, b),
                    if delay.ms > 0.0 { "late" } else { "early" },
                );
                // In time they need not be louder together: only a gain is worth a word.
                let bought = gain.filter(|(gain, _)| *gain >= 0.1).map_or_else(String::new, |(gain, _)| {
                    format!(", {} dB together when mended", signed(gain))
                });
                let says = format!(
                    "{} moves by {} ms: it is {:.2} ms {way} against {}{bought}.",
                    strip.name,
                    milli(-delay.ms),
                    delay.ms.abs(),
                    name_of(desk, a)
                );
                decisions.push(shift(desk, strip, &delay, says, [a, b]));
            }
        }
    }
    for strip in desk.session.tracks() {
        decisions.extend(offer(desk, strip));
    }
    decisions
}

/// A file whose beginning is missing is put where it belongs.
fn late_start(desk: &Desk<'_>, stem: &str) -> Option<Decision> {
    let frames = missing(desk, stem);
    let strip = track_of(desk, stem).filter(|_| frames != 0)?;
    let seconds = desk.facts.number("fault.late_start", stem)?;
    let says = format!(
        "{} starts {seconds:.2} s later: its file lacks so much at the beginning, and so it fits the others.",
        strip.name
    );
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new("fault.late_start", &[stem], seconds, "s").wanted(0.0))
            .edit(placed(desk, strip, 0)),
    )
}

/// The delay of an overhead or room microphone against the close ones: said, offered, not done.
fn offer(desk: &Desk<'_>, strip: &Strip) -> Option<Decision> {
    let stem = desk.stem_of(strip);
    let heard = ["kit-overhead", "kit-room"].into_iter().flat_map(|kind| pairs(desk.facts, kind));
    let mut delays: Vec<(Delay, &str)> = heard
        .filter(|(_, b, sure)| *b == stem && *sure >= SURE)
        .filter_map(|(a, b, _)| Some((Delay::of(desk, a, b)?, a)))
        .collect();
    delays.sort_by(|a, b| a.0.ms.total_cmp(&b.0.ms));
    let (delay, close) = delays.get(delays.len() / 2)?;
    let says = format!(
        "{} hears {} {:.1} ms after its own microphone and stays: that is the depth of the room. To tighten the kit, \
         apply this move.",
        strip.name,
        name_of(desk, close),
        delay.ms
    );
    let mut decision = shift(desk, strip, delay, says, [close, stem]);
    decision.status = Status::Refused("the delay of a distant microphone is part of its sound".to_owned());
    Some(decision).filter(|_| delay.ms > 0.0)
}

/// How late b is.
struct Delay {
    frames: i64,
    ms: f64,
}

impl Delay {
    fn of(desk: &Desk<'_>, a: &str, b: &str) -> Option<Delay> {
        let (frames, sure) = pair_number(desk.facts, "pair.delay", a, b)?;
        let ms = frames / f64::from(desk.song.rate.max(1)) * 1000.0;
        (sure >= SURE && ms.abs() >= LEAST_MS && ms.abs() <= 30.0)
            .then_some(Delay { frames: frames.round() as i64, ms })
    }
}

fn milli(ms: f64) -> String {
    format!("{ms:+.2}")
}

fn shift(desk: &Desk<'_>, strip: &Strip, delay: &Delay, says: String, [a, b]: [&str; 2]) -> Decision {
    Decision::new(RULE.code, &[&strip.id], says)
        .because(Evidence::new("pair.delay_ms", &[a, b], delay.ms, "ms").wanted(0.0))
        .edit(placed(desk, strip, delay.frames))
}

/// Frames that a file lacks at its beginning.
fn missing(desk: &Desk<'_>, stem: &str) -> i64 {
    late_start_of(desk.song, desk.facts, stem)
}

/// A track's clips where their files belong, and so many frames earlier: delays are measured there.
fn placed(desk: &Desk<'_>, strip: &Strip, earlier: i64) -> Edit {
    let mut clips = strip.clips().to_vec();
    clips.iter_mut().for_each(|clip| clip.at += missing(desk, &clip.source) - earlier);
    Edit::Clips { strip: strip.id.clone(), clips }
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty};

    use super::*;
    use crate::fixture::Take;

    fn two(kind: &str, roles: [&str; 2], frames: f64) -> Take {
        let about = ["a", "b"];
        Take::new()
            .mono("a", roles[0], -20.0)
            .mono("b", roles[1], -20.0)
            .text("pair", &about, kind)
            .fact(Fact::new("pair.delay", &about, Qty::Number(frames)))
    }

    #[test]
    fn only_a_gain_is_said_to_be_bought() {
        let says = |gain: f64| {
            let take = two("di-amp", ["bass-di", "bass-amp"], 3.2);
            let take = take.fact(Fact::new("pair.gain_db", &["a", "b"], Qty::Number(gain)));
            take.decisions(Phase::Prepare, RULE.code)[0].says.clone()
        };
        assert!(says(2.0).contains("+2.0 dB together"), "{}", says(2.0));
        assert!(!says(-0.2).contains("together"), "{}", says(-0.2));
    }

    #[test]
    fn a_file_without_its_beginning_goes_where_it_belongs_and_then_into_time() {
        let late = |stem: &str| Fact::number("fault.late_start", stem, 1.5).confidence(0.8);
        let take = two("di-amp", ["bass-di", "bass-amp"], 3.2).fact(late("b"));
        let frames = (1.5 * f64::from(take.song.rate)) as i64;
        let at = |take: &Take, id: &str| take.mix(Phase::Prepare).0.strip(id).unwrap().clips()[0].at;
        assert_eq!(at(&take, "b"), frames - 3);
        let other = two("di-amp", ["bass-di", "bass-amp"], 0.0).fact(late("a"));
        assert_eq!([at(&other, "a"), at(&other, "b")], [frames, 0]);
    }

    #[test]
    fn the_late_amplifier_moves_and_the_overheads_stay() {
        let at = |take: &Take| take.mix(Phase::Prepare).0.strip("b").unwrap().clips()[0].at;
        assert_eq!(at(&two("di-amp", ["bass-di", "bass-amp"], 3.2)), -3);
        assert_eq!(at(&two("di-amp", ["bass-di", "bass-amp"], 0.01)), 0);
        let overheads = two("kit-overhead", ["snare", "overheads"], 4.0);
        assert_eq!(at(&overheads), 0);
        let said = overheads.decisions(Phase::Prepare, RULE.code);
        assert!(
            matches!(&said[..], [one] if matches!(one.status, Status::Refused(_)) && !one.edits.is_empty())
        );
    }
}
