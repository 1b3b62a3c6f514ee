//! How wide stereo tracks stand.

use mixsmith_session::{Address, Edit, Map, Strip};

use crate::solver::predict;
use crate::solver::room::{Room, in_db};
use crate::solver::space::spaces;
use crate::solver::{all, solve};
use crate::space::plan::WANTED;
use crate::space::weigh::{frames, sent};
use crate::tone::{mixed, printed, worked};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "pan.width",
    phase: Phase::Pan,
    doc: "**What it does.** Narrows a stereo track that loses more than 5 LU when its sides are added, until it \
          loses about 5. Then it turns the stereo tracks of a raw song to the widths that cost least: the mix near to the \
          usual width in four parts of the spectrum, its bottom in the middle, every picture near to what was recorded. \
          **Why.** On a phone, a club system or one speaker what is all side would be gone, and one woofer plays the bottom of \
          both sides. \
          **When it is wrong.** When it is an effect that may be lost. \
          **How far it goes.** Width from 100 down to 30 %; nothing is widened. Tracks with printed effects and stems of a \
          mix are only narrowed for mono. \
          **Sources.** Fact `stereo.mono_loss`; the worst tracks of ten mixes by people lose 2.4 LU on average and \
          at most about 5; the terms width, low_mono and stretch of the solver.",
    decide,
};

/// Largest loss of a track in mono, LU.
const LOSS: f64 = 5.0;
/// Least and most of a track's width, percent.
const RANGE: (f64, f64) = (30.0, 100.0);
/// A turn that buys less than this is not made, points.
const LEAST: f64 = 0.1;
/// Nor is one that is smaller, percent.
const SMALL: f64 = 5.0;

/// What a turn bought is told from here on, points.
const TOLD: f64 = 0.05;

/// A stereo track.
struct Wide<'a> {
    strip: &'a Strip,
    stem: &'a str,
    /// What it loses in mono, LU.
    loss: f64,
    /// Greatest width at which it loses no more than it may, percent.
    most: f64,
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let wide: Vec<Wide<'_>> = desk.session.tracks().filter_map(|strip| wide(desk, strip)).collect();
    let weighed = if mixed(desk) || printed(desk) { None } else { weigh(desk, &wide) };
    let decision = |(i, wide): (usize, &Wide<'_>)| {
        let turned = weighed.as_ref().and_then(|weighed| weighed.decision(i, wide));
        turned.or_else(|| (wide.loss > LOSS).then(|| narrowed(wide)))
    };
    wide.iter().enumerate().filter_map(decision).collect()
}

/// The decision to narrow a track for mono.
fn narrowed(wide: &Wide<'_>) -> Decision {
    let (to, loss) = (wide.start(), wide.loss);
    let says = format!("{} narrowed to {to:.0} %: in mono it loses {loss:.1} LU.", wide.strip.name);
    Decision::new(RULE.code, &[&wide.strip.id], says)
        .because(Evidence::new("stereo.mono_loss", &[wide.stem], loss, "LU").at_most(LOSS))
        .edit(Edit::Set { at: Address::strip(&wide.strip.id, "width"), to: to as f32 })
}

/// Widths that cost least.
struct Weighed {
    room: Room,
    /// Of the sends, which stay, and then of the widths, dB.
    place: Vec<f64>,
    before: Vec<f64>,
    /// Variable of each wide track that may be turned.
    variables: Vec<Option<usize>>,
}

/// Weighs the widths of the tracks that may be turned; none where there are none.
fn weigh(desk: &Desk<'_>, wide: &[Wide<'_>]) -> Option<Weighed> {
    let (mut tracks, spaces) = (predict::tracks(desk), spaces(desk));
    let (sends, mut before) = sent(desk, &tracks, &spaces);
    let mut bounds: Vec<(f64, f64)> = before.iter().map(|&level| (level, level)).collect();
    let (mut widths, mut variables) = (Vec::new(), vec![None; wide.len()]);
    for (i, wide) in wide.iter().enumerate() {
        let Some(track) = tracks.iter().position(|(take, _)| take.id == wide.strip.id) else { continue };
        if desk.locks.held(&format!("{}/width", wide.strip.id)) {
            continue;
        }
        if worked(desk, wide.strip) {
            tracks[track].1.width = wide.start();
            continue;
        }
        variables[i] = Some(before.len());
        widths.push(track);
        before.push(in_db(wide.start()));
        bounds.push((in_db(RANGE.0), in_db(wide.most)));
    }
    if widths.is_empty() {
        return None;
    }
    let room = Room::new(&tracks, &sends, &widths, &frames(desk, &tracks), WANTED);
    let place = solve::settle(all::WIDTHS, &room, &before, &before, bounds, LEAST);
    Some(Weighed { room, place, before, variables })
}

impl Weighed {
    /// The decision about a track, where it is turned.
    fn decision(&self, i: usize, wide: &Wide<'_>) -> Option<Decision> {
        let variable = self.variables[i]?;
        let to = (100.0 * 10f64.powf(self.place[variable] / 20.0)).round();
        if (to - wide.start()).abs() < SMALL {
            return None;
        }
        let bought = solve::bought(all::WIDTHS, &self.room, &self.place, variable, self.before[variable]);
        let reason = bought.first().map_or("", |(term, _)| term.name);
        let says = format!("{} at {to:.0} % of its width: {reason}.", wide.strip.name);
        let loss = Evidence::new("stereo.mono_loss", &[wide.stem], wide.loss, "LU").at_most(LOSS);
        let mut decision = Decision::new(RULE.code, &[&wide.strip.id], says).because(loss);
        for (term, drop) in bought.iter().filter(|(_, drop)| drop.abs() >= TOLD) {
            decision = decision.because(Evidence::new(term.id, &[wide.stem], *drop, "points"));
        }
        let at = Address::strip(&wide.strip.id, "width");
        Some(decision.edit(Edit::Set { at, to: to as f32 }))
    }
}

impl Wide<'_> {
    /// Its width before anything is weighed, percent.
    fn start(&self) -> f64 {
        self.most.round()
    }
}

/// A stereo track whose loss in mono is known.
fn wide<'a>(desk: &Desk<'a>, strip: &'a Strip) -> Option<Wide<'a>> {
    let stem = desk.stem_of(strip);
    let loss = desk.facts.number("stereo.mono_loss", stem)?;
    if strip.clips().iter().any(|clip| clip.map != Map::All) {
        return None;
    }
    // With side over mid s, the loss is 1 + s; the width w makes it 1 + w² s.
    let ratio = |loss: f64| (10f64.powf(loss / 10.0) - 1.0).max(1e-9);
    let most = (100.0 * (ratio(LOSS) / ratio(loss)).sqrt()).clamp(RANGE.0, RANGE.1);
    Some(Wide { strip, stem, loss, most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, hiss, value};

    #[test]
    fn only_what_cancels_is_narrowed() {
        let take = |loss| Take::new().stereo("pad", "pad", -20.0).number("stereo.mono_loss", "pad", loss);
        let session = take(12.0).mix(Phase::Pan).0;
        // 12 LU: side is 14.8 times mid; at 38 % it is 2.16 times, which loses 5 LU.
        assert_eq!(value(&session, "pad/width"), 38.0);
        assert!(take(3.0).decisions(Phase::Pan, RULE.code).is_empty());
    }

    /// A mono band in the middle and two keys with sides, as their energies and those of the band have it.
    fn band(side: f32) -> Take {
        let mut take = Take::new()
            .mono("kick", "kick", -20.0)
            .mono("bass", "bass", -20.0)
            .mono("vox", "lead-vocal", -20.0)
            .stereo("piano", "piano", -20.0)
            .stereo("strings", "strings", -20.0)
            .number("stereo.mono_loss", "piano", 2.0)
            .number("stereo.mono_loss", "strings", 2.0);
        for (id, low, high) in [("kick", 40.0, 120.0), ("bass", 40.0, 300.0), ("vox", 200.0, 8000.0)] {
            take.facts.push_sketch(id, hiss(low, high, 1e-4));
        }
        for id in ["piano", "strings"] {
            let mut sketch = (*hiss(40.0, 12_000.0, 1e-4)).clone();
            sketch.side = sketch.mid.iter().map(|mid| side * mid).collect();
            take.facts.push_sketch(id, std::sync::Arc::new(sketch));
        }
        take
    }

    #[test]
    fn what_is_narrow_or_as_wide_as_usual_is_left() {
        for side in [0.01, 0.05] {
            assert!(band(side).decisions(Phase::Pan, RULE.code).is_empty(), "{side}");
        }
    }

    #[test]
    fn what_is_all_side_at_the_bottom_is_drawn_in() {
        let take = band(3.0);
        let told = take.decisions(Phase::Pan, RULE.code);
        assert!(!told.is_empty() && value(&take.mix(Phase::Pan).0, "piano/width") < 90.0, "{told:?}");
        assert!(told.iter().all(|d| d.because.iter().any(|e| e.fact == "bought.low_mono")), "{told:?}");
    }

    #[test]
    fn a_width_by_hand_stands_and_the_others_are_turned_around_it() {
        let at = Address::strip("piano", "width");
        let hand = band(0.6).hand(Edit::Set { at, to: 100.0 });
        let (session, decisions) = hand.mix(Phase::Pan);
        assert_eq!(value(&session, "piano/width"), 100.0);
        assert!(value(&session, "strings/width") < value(&band(0.6).mix(Phase::Pan).0, "strings/width"));
        let overruled = |d: &&Decision| d.about == ["piano"] && d.rule == RULE.code;
        let status = decisions.iter().find(overruled).map(|d| &d.status);
        assert!(matches!(status, Some(crate::Status::Overruled(_))), "{status:?}");
    }
}
