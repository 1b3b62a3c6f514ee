//! Lifts that would raise what bleeds into a microphone more than what it stands at.

use mixsmith_analysis::bleed::{BANDS, EDGES};
use mixsmith_session::{Address, Edit, Strip};

use super::bands::{Band, ID, Shape, numbered};
use super::{heard, hertz, weigh};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.bleed",
    phase: Phase::Tone,
    doc: "**What it does.** Holds back a lift of a microphone that would raise what bleeds into it more than its own source: \
          8 kHz on a snare full of hi-hat. \
          **Why.** What is lifted there is the hi-hat, at the wrong place; its own microphone is the one to turn. \
          **When it is wrong.** When the bleed is wanted: a hand on the gain stands. \
          **How far it goes.** The gain comes down until bleed rises by 1 dB more than the source at most. Only where \
          bleed was measured within 26 dB of the source's own hits. \
          **Sources.** The bleed as measured; how far: practice.",
    decide,
};

/// Bleed may rise by so much more than the source, dB.
const MORE: f64 = 1.0;
/// Bleed this far under the source does no harm, dB.
const HARMLESS: f64 = -26.0;
/// Measurements of bleed that are less sure than this do not count.
const SURE: f32 = 0.4;
/// Steps in which a gain is turned back, dB.
const STEP: f64 = 0.1;

/// What bleeds into a microphone: the source, its level against the microphone's own and its level by band.
struct Guest<'a> {
    stem: &'a str,
    level: f64,
    bands: [f64; BANDS],
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    heard(desk).flat_map(|strip| held_back(desk, strip)).collect()
}

/// Every lift of a strip that is held back.
fn held_back(desk: &Desk<'_>, strip: &Strip) -> Vec<Decision> {
    let stem = desk.stem_of(strip);
    let (Some(own), guests) = (hits(desk, stem), guests(desk, stem)) else { return Vec::new() };
    let lift = |(number, band): (usize, Band)| {
        let knob = format!("{}/{ID}.gain{number}", strip.id);
        let shaped = matches!(band.shape, Shape::Bell | Shape::LowShelf | Shape::HighShelf);
        let band = Band { gain: band.gain.max(drawn(strip, number)), ..band };
        if !shaped || band.gain <= 0.0 || desk.locks.held(&knob) {
            return None;
        }
        let over = |guest: &Guest<'_>, gain: f64| {
            let band = Band { gain, ..band };
            rise(&guest.bands, &band) - rise(&own, &band)
        };
        let worst = guests.iter().max_by(|a, b| over(a, band.gain).total_cmp(&over(b, band.gain)))?;
        let more = over(worst, band.gain);
        if more <= MORE {
            return None;
        }
        let fits = |gain: &f64| guests.iter().all(|guest| over(guest, *gain) <= MORE);
        let steps = (band.gain / STEP).floor() as usize;
        let gain = (0..=steps).rev().map(|i| i as f64 * STEP).find(fits).unwrap_or(0.0);
        Some(decision(desk, strip, (number, band), gain, worst, more))
    };
    numbered(strip).into_iter().filter_map(lift).collect()
}

fn decision(
    desk: &Desk<'_>,
    strip: &Strip,
    (number, band): (usize, Band),
    gain: f64,
    guest: &Guest<'_>,
    more: f64,
) -> Decision {
    let says = format!(
        "{} {gain:+.1} dB at {} instead of {:+.1}: {} bleeds into it, {:.0} dB under its own hits, and would rise by \
         {more:.1} dB more than they.",
        strip.name,
        hertz(band.hz),
        band.gain,
        crate::prepare::name_of(desk, guest.stem),
        -guest.level,
    );
    let about = [guest.stem, desk.stem_of(strip)];
    let mut decision = Decision::new(RULE.code, &[&strip.id], says)
        .because(Evidence::new("bleed.level", &about, guest.level, "dB"))
        .because(Evidence::new("bleed.rise", &about, more, "dB").at_most(MORE));
    // Of a lift that is only drawn the knob itself is at rest.
    let knob = numbered(strip).into_iter().find(|(n, _)| *n == number).map_or(0.0, |(_, band)| band.gain);
    let times = gain / band.gain;
    if knob > 0.0 {
        let at = Address::insert(&strip.id, ID, &format!("gain{number}"));
        decision = decision.edit(Edit::Set { at, to: (knob * times) as f32 });
    }
    match weigh::curve(strip, number, times) {
        Some(edit) => decision.edit(edit),
        None => decision,
    }
}

/// The highest gain that is drawn for a band.
fn drawn(strip: &Strip, number: usize) -> f64 {
    let target = format!("{ID}.gain{number}");
    let lane = strip.lanes.iter().find(|lane| lane.target == target);
    lane.map_or(0.0, |lane| lane.points.iter().map(|point| f64::from(point.value)).fold(0.0, f64::max))
}

/// What bleeds into a stem loud enough to matter.
fn guests<'a>(desk: &Desk<'a>, stem: &str) -> Vec<Guest<'a>> {
    let guest = |fact: &'a mixsmith_analysis::Fact| {
        let [source, microphone] = &fact.about[..] else { return None };
        let level = match fact.value {
            mixsmith_analysis::Qty::Number(level) => level,
            _ => return None,
        };
        if microphone != stem || fact.confidence < SURE || level < HARMLESS {
            return None;
        }
        let (there, gains) = (hits(desk, source)?, desk.facts.get("bleed.bands", &[source, microphone])?);
        let mixsmith_analysis::Qty::Bands(gains) = &gains.value else { return None };
        let bands = std::array::from_fn(|i| there[i] + gains.get(i).copied().map_or(-60.0, f64::from));
        Some(Guest { stem: source, level, bands })
    };
    desk.facts.of("bleed.level").filter_map(guest).collect()
}

/// Level of a microphone's own loud hits by band, dBFS.
fn hits(desk: &Desk<'_>, stem: &str) -> Option<[f64; BANDS]> {
    let bands = desk.facts.bands("bleed.hits", stem)?;
    (bands.len() == BANDS).then(|| std::array::from_fn(|i| f64::from(bands[i])))
}

/// By how much a band of an equaliser raises a sound of these levels by band, dB.
fn rise(levels: &[f64; BANDS], band: &Band) -> f64 {
    const POINTS: i32 = 8;
    let power = |i: usize| {
        let at = |point: i32| {
            EDGES[i] * (EDGES[i + 1] / EDGES[i]).powf((f64::from(point) + 0.5) / f64::from(POINTS))
        };
        (0..POINTS).map(|point| band.power(at(point))).sum::<f64>() / f64::from(POINTS)
    };
    let energy = |i: usize| 10f64.powf(levels[i] / 10.0);
    let (before, after) =
        (0..BANDS).fold((0.0, 0.0), |sum, i| (sum.0 + energy(i), sum.1 + energy(i) * power(i)));
    10.0 * (after / before).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::{Fact, Qty};

    /// A snare that is wished brighter, with a hi-hat so loud in it.
    fn snare(level: f64) -> Take {
        let bands =
            |stem: &str, levels: [f32; 5]| Fact::new("bleed.hits", &[stem], Qty::Bands(levels.to_vec()));
        let mut take = Take::new()
            .mono("sn", "snare", -20.0)
            .mono("hat", "hihat", -30.0)
            .fact(bands("sn", [-40.0, -20.0, -22.0, -30.0, -36.0]))
            .fact(bands("hat", [-80.0, -60.0, -50.0, -30.0, -26.0]))
            .fact(Fact::new("bleed.bands", &["hat", "sn"], Qty::Bands(vec![level as f32 + 8.0; 5])))
            .fact(Fact::new("bleed.level", &["hat", "sn"], Qty::Number(level)));
        take.brief.wishes = vec!["snare brighter +4".to_owned()];
        take
    }

    /// The gain of the last band of the snare, and where it is.
    fn gain(take: &Take) -> (f32, String) {
        let (session, _) = take.mix(Phase::Tone);
        let insert = session.strip("sn").and_then(|strip| strip.insert(ID)).expect("an equaliser");
        let (name, _) = insert.values.iter().rfind(|(name, _)| name.starts_with("gain")).expect("a gain");
        let at = format!("sn/{ID}.{name}");
        (value(&session, &at), at)
    }

    #[test]
    fn a_lift_that_would_raise_the_hat_is_held_back() {
        let (held, _) = gain(&snare(-16.0));
        assert!((0.5..2.0).contains(&held), "{held}");
        let told = snare(-16.0).decisions(Phase::Tone, RULE.code);
        assert_eq!(told.len(), 1);
        assert!(
            told[0].because.iter().any(|evidence| evidence.fact == "bleed.rise" && evidence.value > MORE)
        );
    }

    #[test]
    fn where_little_bleeds_or_a_hand_says_so_the_lift_stays() {
        assert_eq!(gain(&snare(-30.0)).0, 4.0);
        let at = gain(&snare(-16.0)).1.parse().expect("an address");
        let hand = snare(-16.0).hand(Edit::Set { at, to: 4.0 });
        assert_eq!(gain(&hand).0, 4.0);
    }

    #[test]
    fn a_lift_raises_what_lies_there() {
        let shelf = Band { shape: Shape::HighShelf, hz: 6000.0, gain: 6.0, q: 0.7 };
        assert!(rise(&[-20.0, -20.0, -80.0, -80.0, -80.0], &shelf) < 0.1);
        let most = rise(&[-80.0, -80.0, -80.0, -80.0, -20.0], &shelf);
        assert!((4.0..6.0).contains(&most), "{most}");
    }
}
