//! Room for what must be heard: the words of the lead voice.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::BANDS;

use super::bands::{Band, Equalisers, ID};
use super::picture::{self, View};
use super::{hertz, mixed, while_sung};
use crate::says::count;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.unmask",
    phase: Phase::Tone,
    doc: "**What it does.** Where the mix as it stands hides more than 5 % of a lead voice's important energy between \
          1 and 4 kHz, finds the tracks whose absence would help most, and cuts them where they hide it most. What \
          is left is answered by a small lift of the voice. Each move is tried on the sketch of the song first, and \
          made only when it helps. \
          **Why.** Words are understood from 1 to 4 kHz. In human mixes 0 to 4 % of the voice is hidden there. \
          **When it is wrong.** When the voice is too low: its fader comes first. When the voice is one instrument \
          among others. \
          **How far it goes.** A double under a louder lead is not opened: its words are the lead's. Three tracks, 2 to 4 dB each, Q 1.4; the voice is lifted by half of the deepest cut. \
          Where the voice rests for four seconds and more and the track plays on, a curve takes the cut back. \
          Drums and other voices are not touched. Masking is not minimised for its own sake: that leads to mixes in \
          which all is equally loud. \
          **Sources.** masking.voice_1_4k; three conflicts a track: Hafezi and Reiss 2015, \"Autonomous multitrack \
          equalization based on masking reduction\"; boost half the cut: Wakefield and Dewey 2015.",
    decide,
};

/// Words live here, Hz.
const WORDS: (f64, f64) = (1000.0, 4000.0);
/// Hidden share from which on something is done, and which is as good as in human mixes.
const TOO_MUCH: f64 = 0.05;
const WANTED: f64 = 0.04;
/// A track is to blame when without it this much less is hidden.
const BLAME: f64 = 0.01;
/// Share of the hidden energy that a cut must bring back.
const EARNED: f64 = 0.08;
/// Cuts that are tried, dB, and their quality factor; that of the lift.
const CUTS: [f64; 3] = [2.0, 3.0, 4.0];
const CUT_Q: f64 = 1.4;
const LIFT_Q: f64 = 1.0;
/// Energy of a lead over a voice that is its double: 6 dB.
const DOUBLE: f64 = 4.0;
/// Tracks that are cut for one voice.
const MOST: usize = 3;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut views = picture::views(desk);
    let mut equalisers = Equalisers::new(desk);
    let mut decisions = Vec::new();
    let leads: Vec<usize> = (0..views.len()).filter(|&i| views[i].role == "lead-vocal").collect();
    let carries_words = |&voice: &usize| !leads.iter().any(|&lead| doubles(&views, voice, lead));
    for voice in leads.iter().copied().filter(carries_words).collect::<Vec<_>>() {
        decisions.extend(free(desk, &mut views, voice, &mut equalisers));
    }
    decisions
}

/// Does one lead voice sound under another while it sings? Then the words are the other's.
fn doubles(views: &[View<'_>], voice: usize, lead: usize) -> bool {
    let frames =
        |i: usize| views[i].sketch.mid.chunks(BANDS).map(|frame| frame.iter().map(|&e| f64::from(e)).sum());
    let own: Vec<f64> = frames(voice).collect();
    let sings = own.iter().copied().fold(0.0, f64::max) * 1e-3;
    let (under, over) = own
        .iter()
        .zip(frames(lead).chain(std::iter::repeat(0.0)))
        .filter(|(own, _): &(&f64, f64)| **own > sings)
        .fold((0.0, 0.0), |sum, (own, lead)| (sum.0 + own, sum.1 + lead));
    voice != lead && under > 0.0 && over > DOUBLE * under
}

/// A track that hides the voice.
struct Culprit {
    place: usize,
    blame: f64,
    /// Where it hides most, Hz.
    hz: f64,
}

fn free(
    desk: &Desk<'_>,
    views: &mut [View<'_>],
    voice: usize,
    equalisers: &mut Equalisers<'_>,
) -> Vec<Decision> {
    let mut decisions = Vec::new();
    let hidden = |voice: &Sketch, rest: &Sketch| f64::from(picture::masked(voice, rest).presence);
    let mut rest = picture::sum(others(views, voice));
    let mut now = hidden(&views[voice].sketch, &rest);
    if now <= TOO_MUCH {
        return decisions;
    }
    let mut deepest: Option<(f64, f64)> = None;
    for culprit in culprits(views, voice, &rest, now) {
        if now <= WANTED {
            break;
        }
        let own = views[culprit.place].sketch.clone();
        let without = picture::sum(
            others(views, voice).filter(|sketch| !std::ptr::eq(*sketch, &views[culprit.place].sketch)),
        );
        let mut best = None;
        for cut in CUTS {
            let band = Band::bell(culprit.hz, -cut, CUT_Q);
            let cut_rest = picture::sum([&without, &picture::through(&own, &band)].into_iter());
            let after = hidden(&views[voice].sketch, &cut_rest);
            best = Some((band, cut_rest, after));
            if after <= WANTED {
                break;
            }
        }
        let Some((band, cut_rest, after)) = best.filter(|(.., after)| now - after >= EARNED * now) else {
            continue;
        };
        let strip = views[culprit.place].strip;
        let Some(edits) = equalisers.add(strip, &[band]) else { continue };
        let time = picture::time_share(&picture::masked(
            &views[voice].sketch,
            &picture::between(&own, WORDS.0, WORDS.1),
        ));
        let singer = views[voice].strip;
        let curve = while_sung::rest_with(desk, (strip, &own), singer, ID, (&edits, band.gain));
        let only = curve.as_ref().map_or_else(String::new, |(_, rests)| {
            format!(" The cut goes while the voice rests, {}.", count(*rests, "time"))
        });
        let says = format!(
            "{} {:.1} dB at {}: it hid {} there in {:.0} % of its singing time. All together hid {:.0} % of its \
             words' energy, now {:.0} %.{only}",
            strip.name,
            band.gain,
            hertz(band.hz),
            singer.name,
            time * 100.0,
            now * 100.0,
            after * 100.0,
        );
        let mut decision = Decision::new(RULE.code, &[&strip.id, &singer.id], says)
            .because(
                Evidence::new("masking.voice_1_4k", &[desk.stem_of(singer)], now, "share").wanted(WANTED),
            )
            .because(Evidence::new("masking.after", &[desk.stem_of(singer)], after, "share").wanted(WANTED))
            .because(Evidence::new(
                "masking.pair",
                &[desk.stem_of(singer), desk.stem_of(strip)],
                time,
                "share",
            ));
        decision.edits = edits;
        decision.edits.extend(curve.map(|(edit, _)| edit));
        decisions.push(decision);
        views[culprit.place].sketch = picture::through(&own, &band);
        (rest, now) = (cut_rest, after);
        if deepest.is_none_or(|(gain, _)| band.gain < gain) {
            deepest = Some((band.gain, band.hz));
        }
    }
    if let Some((gain, hz)) = deepest.filter(|_| now > TOO_MUCH) {
        decisions.extend(lift(
            desk,
            &mut views[voice],
            &rest,
            now,
            Band::bell(hz, -0.5 * gain, LIFT_Q),
            equalisers,
        ));
    }
    decisions
}

fn others<'v>(views: &'v [View<'_>], voice: usize) -> impl Iterator<Item = &'v Sketch> {
    views
        .iter()
        .enumerate()
        .filter(move |(i, view)| *i != voice && !view.family.ends_with("vocals"))
        .map(|(_, view)| &view.sketch)
}

/// The tracks that hide most, worst first.
fn culprits(views: &[View<'_>], voice: usize, rest: &Sketch, now: f64) -> Vec<Culprit> {
    let before = picture::masked(&views[voice].sketch, rest);
    let may_be_cut = |view: &View<'_>| !view.family.ends_with("vocals") && view.family != "drums";
    let mut found: Vec<Culprit> = (0..views.len())
        .filter(|&i| may_be_cut(&views[i]))
        .filter_map(|place| {
            let without = picture::sum(
                others(views, voice).filter(|sketch| !std::ptr::eq(*sketch, &views[place].sketch)),
            );
            let masked = picture::masked(&views[voice].sketch, &without);
            let blame = now - f64::from(masked.presence);
            let gain = |&(band, _): &(usize, f64)| before.bands[band] - masked.bands[band];
            let (_, hz) = mixsmith_analysis::sketch::centres()
                .iter()
                .copied()
                .enumerate()
                .filter(|(_, hz)| (WORDS.0..=WORDS.1).contains(hz))
                .max_by(|a, b| gain(a).total_cmp(&gain(b)).then(b.0.cmp(&a.0)))?;
            (blame >= BLAME).then_some(Culprit { place, blame, hz })
        })
        .collect();
    found.sort_by(|a, b| b.blame.total_cmp(&a.blame).then(a.place.cmp(&b.place)));
    found.truncate(MOST);
    found
}

fn lift(
    desk: &Desk<'_>,
    voice: &mut View<'_>,
    rest: &Sketch,
    now: f64,
    band: Band,
    equalisers: &mut Equalisers<'_>,
) -> Option<Decision> {
    let lifted = picture::through(&voice.sketch, &band);
    let after = f64::from(picture::masked(&lifted, rest).presence);
    if now - after < EARNED * now {
        return None;
    }
    let stem = desk.stem_of(voice.strip);
    let says = format!(
        "{} {:+.1} dB at {}: the cuts around it leave {:.0} % of its words' energy hidden, this leaves {:.0} %.",
        voice.strip.name,
        band.gain,
        hertz(band.hz),
        now * 100.0,
        after * 100.0,
    );
    let mut decision = Decision::new(RULE.code, &[&voice.strip.id], says)
        .because(Evidence::new("masking.voice_1_4k", &[stem], now, "share").wanted(WANTED))
        .because(Evidence::new("masking.after", &[stem], after, "share").wanted(WANTED));
    decision.edits = equalisers.add(voice.strip, &[band])?;
    voice.sketch = lifted;
    Some(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{FRAMES, Take, hiss, value};

    fn take(guitar: f32) -> Take {
        let mut take = Take::new().mono("vox", "lead-vocal", -20.0).mono("gtr", "electric-guitar", -20.0);
        take.facts.push_sketch("vox", hiss(300.0, 4000.0, 1e-4));
        take.facts.push_sketch("gtr", hiss(1500.0, 3000.0, guitar));
        take
    }

    #[test]
    fn a_guitar_over_the_words_is_cut_where_it_lies() {
        // The balance puts the guitar under the voice, but it is dense in few bands.
        let take = take(1.5e-3);
        let (session, decisions) = take.mix(Phase::Tone);
        let said: Vec<&str> =
            decisions.iter().filter(|d| d.rule == RULE.code).map(|d| d.says.as_str()).collect();
        assert!(!said.is_empty() && said[0].starts_with("GTR -"), "{said:?}");
        let hz = value(&session, "gtr/eq.freq1");
        assert!((1400.0..=3200.0).contains(&hz) && value(&session, "gtr/eq.gain1") <= -2.0, "{hz}");
    }

    #[test]
    fn the_cut_goes_while_the_voice_rests() {
        let lane = |sung: [std::ops::Range<usize>; 2]| {
            let sings = |i| sung.iter().any(|span| span.contains(&i));
            let levels: Vec<f32> = (0..FRAMES).map(|i| if sings(i) { -20.0 } else { -120.0 }).collect();
            let band = Take::new().stem("vox", "lead-vocal", 1, &levels);
            let mut take = band.mono("gtr", "electric-guitar", -20.0);
            take.facts.push_sketch("vox", hiss(300.0, 4000.0, 1e-4));
            take.facts.push_sketch("gtr", hiss(1500.0, 3000.0, 1.5e-3));
            let strip = take.mix(Phase::Tone).0.strip("gtr").cloned();
            strip.and_then(|strip| strip.lanes.into_iter().find(|lane| lane.target == "eq.gain1"))
        };
        let points = lane([60..200, 300..580]).map_or(Vec::new(), |lane| lane.points);
        let at: Vec<(u64, bool)> = points.iter().map(|point| (point.at / 100, point.value < -1.0)).collect();
        let wanted =
            [(0, false), (55, false), (59, true), (201, true), (205, false), (295, false), (299, true)];
        assert_eq!(at, wanted);
        assert_eq!(lane([0..290, 310..600]), None, "a breath is no rest");
    }

    #[test]
    fn a_double_under_the_lead_is_not_opened() {
        let mut take = take(1e-6).mono("dub", "lead-vocal", -40.0);
        take.facts.push_sketch("dub", hiss(1500.0, 3000.0, 1e-7));
        assert!(take.decisions(Phase::Tone, RULE.code).is_empty());
    }

    #[test]
    fn a_guitar_that_leaves_room_is_left_alone() {
        assert!(take(1e-6).decisions(Phase::Tone, RULE.code).is_empty());
    }
}
