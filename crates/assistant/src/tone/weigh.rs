//! How much of every proposed cut and lift is worth its price.

use mixsmith_session::{Address, Edit, Strip};

use super::bands::{Band, ID, Shape, numbered, present};
use super::{hertz, mixed, shape};
use crate::like::wanted;
use crate::ride::lead_tracks;
use crate::solver::bands::{self, Bands};
use crate::solver::predict::{self, Stand, Take};
use crate::solver::terms::tone::by_band;
use crate::solver::tones::{Bell, Tones};
use crate::solver::{all, solve};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.weigh",
    phase: Phase::Tone,
    doc: "**What it does.** Looks at all wide bells together that the rules before it proposed, and finds for each the gain, \
          from none to what was proposed, at which what stands out, the words of the lead and the tone of the mix are served \
          best for the least turning. A bell that buys next to nothing is taken out. \
          **Why.** Two cuts that make room for the same words do not need to be as deep as one of them; every turn takes \
          a sound further from what was recorded. \
          **When it is wrong.** When a hand wants the whole cut: a hand on the gain stands. \
          **How far it goes.** Never deeper than proposed. Bells of a quality factor over 3, and cuts of what stands out by more \
          than is a matter of taste, are repairs and stay. Nothing on finished stems. \
          **Sources.** The terms hump, words, colour and turn of the solver.",
    decide,
};

/// Narrower bells are repairs.
const REPAIR: f64 = 3.0;
/// A bell that buys less is taken out, points.
const LEAST: f64 = 0.1;
/// So is one that is turned less than this, dB.
const SMALL: f64 = 0.4;

/// A bell in the session.
struct Found<'a> {
    strip: &'a Strip,
    number: usize,
    bell: Bell,
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut tracks = predict::tracks(desk);
    let found = bells(desk, &tracks);
    if found.is_empty() {
        return Vec::new();
    }
    for Found { bell, .. } in &found {
        let tone = &mut tracks[bell.track].1.tone;
        let without = Band { gain: -bell.band.gain, ..bell.band };
        for (power, &hz) in tone.iter_mut().zip(mixsmith_analysis::sketch::centres()) {
            *power *= without.power(hz);
        }
    }
    let leads = |(take, _): &(Take, Stand)| lead_tracks(desk.session).any(|strip| strip.id == take.id);
    let lead = (0..tracks.len()).filter(|&i| leads(&tracks[i])).collect();
    let known: Vec<Option<&(Take, Stand)>> = tracks.iter().map(Some).collect();
    let levels = vec![0.0; tracks.len()];
    let tones = Tones {
        bands: Bands::new(&bands::heard(&known, &levels), &levels, lead),
        bells: found.iter().map(|found| found.bell).collect(),
        target: Some(wanted(desk.facts)).filter(|w| w.reference).map(|w| by_band(&w.rows)),
    };
    let proposed: Vec<f64> = tones.bells.iter().map(|bell| bell.band.gain).collect();
    let bounds = proposed.iter().map(|gain| (gain.min(0.0), gain.max(0.0))).collect();
    let none = vec![0.0; proposed.len()];
    let gains = solve::settle(all::TONES, &tones, &none, &proposed, bounds, LEAST);
    (0..found.len()).map(|i| decision(desk, &found[i], &tones, &gains, i)).collect()
}

/// The wide bells of the tracks.
fn bells<'a>(desk: &Desk<'a>, tracks: &[(Take, Stand)]) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    for (track, (take, _)) in tracks.iter().enumerate() {
        let Some(strip) = desk.session.strip(&take.id) else { continue };
        let wide = |band: &Band| band.shape == Shape::Bell && band.q <= REPAIR && band.gain != 0.0;
        for (number, band) in numbered(strip).into_iter().filter(|(_, band)| wide(band)) {
            let knob = |name: &str| format!("{}/{ID}.{name}{number}", strip.id);
            if ["type", "freq", "gain", "q"].iter().any(|name| desk.locks.held(&knob(name))) {
                continue;
            }
            let others: Vec<Band> = present(strip).into_iter().filter(|other| *other != band).collect();
            if band.gain < 0.0 && shape::is_fault(desk, strip, &others, band.hz) {
                continue;
            }
            let stands = shape::through(desk, strip, &others).and_then(|t| shape::stands(&t, band.hz));
            let bell = Bell { track, band, stands: stands.unwrap_or(0.0) };
            found.push(Found { strip, number, bell });
        }
    }
    found
}

fn decision(desk: &Desk<'_>, found: &Found<'_>, tones: &Tones, gains: &[f64], i: usize) -> Decision {
    let Found { strip, number, bell } = found;
    let (proposed, hz) = (bell.band.gain, hertz(bell.band.hz));
    let gain = (10.0 * gains[i]).round() / 10.0;
    let out = gain.abs() < SMALL;
    let bought = solve::bought(all::TONES, tones, gains, i, 0.0);
    let most = bought.first().map_or("", |(term, _)| term.name);
    let says = if out {
        format!("{} stays as it is at {hz}: {proposed:+.1} dB would buy less than it costs.", strip.name)
    } else if (gain - proposed).abs() < 0.05 {
        format!("{} {gain:+.1} dB at {hz} is worth its price: {most}.", strip.name)
    } else {
        format!(
            "{} {gain:+.1} dB at {hz} instead of {proposed:+.1}: {most}, and more would buy little.",
            strip.name
        )
    };
    let stem = desk.stem_of(strip);
    let mut decision = Decision::new(RULE.code, &[&strip.id], says);
    for (term, drop) in bought.iter().filter(|(_, drop)| !out && drop.abs() >= LEAST) {
        decision = decision.because(Evidence::new(term.id, &[stem], *drop, "points"));
    }
    let set = |name: &str, to: f64| Edit::Set {
        at: Address::insert(&strip.id, ID, &format!("{name}{number}")),
        to: to as f32,
    };
    let decision = if out {
        decision.edit(set("type", 0.0))
    } else if (gain - proposed).abs() >= 0.05 {
        decision.edit(set("gain", gain))
    } else {
        return decision;
    };
    match curve(strip, *number, if out { 0.0 } else { gain / proposed }) {
        Some(edit) => decision.edit(edit),
        None => decision,
    }
}

/// The curve of a bell's gain, where it has one, so many times as deep; none of it where that is nought.
pub(super) fn curve(strip: &Strip, number: usize, times: f64) -> Option<Edit> {
    let target = Address::insert(&strip.id, ID, &format!("gain{number}")).target();
    let mut lane = strip.lanes.iter().find(|lane| lane.target == target)?.clone();
    for point in &mut lane.points {
        point.value *= times as f32;
    }
    lane.points.retain(|_| times != 0.0);
    Some(Edit::Draw { strip: strip.id.clone(), lane })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, hiss, value};
    use mixsmith_analysis::Fact;

    /// A voice that stands out by so much at 300 Hz.
    fn muddy(by: f64) -> Take {
        let bands = shape::lifted("lead-vocal", 300.0, by);
        let mut take = Take::new().mono("vox", "lead-vocal", -20.0).fact(Fact::new(
            "spectrum.third_octave",
            &["vox"],
            bands,
        ));
        take.facts.push_sketch("vox", hiss(200.0, 4000.0, 1e-4));
        take
    }

    /// Gain of the bell that `tone.mud` gave the voice, and what is left of it.
    fn before_and_after(take: &Take) -> (f32, f32) {
        let (session, decisions) = take.mix(Phase::Tone);
        let mud = decisions.iter().find(|d| d.rule == "tone.mud").expect("a cut");
        let mut knobs = mud.edits.iter().flat_map(|edit| match edit {
            Edit::Set { at, to } => vec![(at.target().to_owned(), *to)],
            Edit::AddInsert { insert, .. } => {
                insert.values.iter().map(|(name, to)| (format!("{ID}.{name}"), *to)).collect()
            }
            _ => Vec::new(),
        });
        let (knob, proposed) = knobs.find(|(knob, to)| knob.contains("gain") && *to < 0.0).expect("a gain");
        let number = knob.trim_start_matches("eq.gain").to_owned();
        let on = value(&session, &format!("vox/eq.type{number}")) > 0.5;
        (proposed, if on { value(&session, &format!("vox/{knob}")) } else { 0.0 })
    }

    #[test]
    fn a_cut_is_as_deep_as_it_is_worth() {
        // Between what buys next to nothing and what counts as a fault.
        let muddy = muddy(6.4);
        let (proposed, left) = before_and_after(&muddy);
        assert!(proposed < left && left < -SMALL as f32, "{proposed} {left}");
        let decisions = muddy.decisions(Phase::Tone, RULE.code);
        let bought = decisions[0].because.iter().find(|e| e.fact == "bought.hump");
        assert!(bought.is_some_and(|e| e.value > 0.1), "{decisions:?}");
    }

    #[test]
    fn a_repair_stays() {
        assert_eq!(before_and_after(&muddy(12.0)), (-6.0, -6.0));
        assert!(muddy(12.0).decisions(Phase::Tone, RULE.code).is_empty());
    }

    #[test]
    fn what_buys_less_than_it_costs_is_taken_out() {
        let (proposed, left) = before_and_after(&muddy(5.5));
        assert!(proposed < -2.0 && left == 0.0, "{proposed} {left}");
    }

    #[test]
    fn the_curve_of_a_gain_goes_with_it() {
        let mut take = Take::new().mono("gtr", "electric-guitar", -20.0);
        take.facts.push_sketch("gtr", hiss(200.0, 4000.0, 1e-4));
        let (session, _) = take.mix(Phase::Prepare);
        let mut strip = session.strip("gtr").expect("a strip").clone();
        let drawn = [(0.0, 0.0), (6.0, -4.0)].map(|(at, gain)| crate::ride::point(1000, at, gain, ""));
        strip.lanes.push(mixsmith_session::Lane { target: "eq.gain1".to_owned(), points: drawn.to_vec() });
        let gains = |number, times| match curve(&strip, number, times) {
            Some(Edit::Draw { lane, .. }) => Some(lane.points.iter().map(|point| point.value).collect()),
            _ => None::<Vec<f32>>,
        };
        assert_eq!(gains(1, 0.5), Some(vec![0.0, -2.0]));
        assert_eq!(gains(1, 0.0), Some(Vec::new()), "taken out with its bell");
        assert_eq!(gains(2, 0.5), None);
    }

    #[test]
    fn a_hand_on_the_gain_stands() {
        let (session, _) = muddy(5.5).mix(Phase::Tone);
        let insert = session.strip("vox").and_then(|strip| strip.insert(ID)).expect("an equaliser");
        let (name, _) = insert
            .values
            .iter()
            .find(|(name, gain)| name.starts_with("gain") && **gain < 0.0)
            .expect("a gain");
        let at = Address::insert("vox", ID, name);
        let hand = muddy(5.5).hand(Edit::Set { at: at.clone(), to: -6.0 });
        let (session, _) = hand.mix(Phase::Tone);
        assert_eq!(value(&session, &at.to_string()), -6.0);
        let kind = at.to_string().replace("gain", "type");
        assert!(value(&session, &kind) > 0.5, "and its band is not taken out");
    }
}
