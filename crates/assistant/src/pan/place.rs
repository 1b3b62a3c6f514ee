//! Places of mono tracks from left to right.

use mixsmith_analysis::Qty;
use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_session::{Address, Edit, Map, Strip};

use crate::balance::state;
use crate::mixmodel::{MixModel, Part, energy};
use crate::prepare::{SURE, name_of, other_side, pairs};
use crate::solver::predict::{self, Stand, Take};
use crate::solver::stage::{self, Stage, ZONES, shares};
use crate::solver::{all, solve};
use crate::tone::{heard, worked};
use crate::{Decision, Desk, Evidence, Phase, Rule, tables};

/// The rule.
pub const RULE: Rule = Rule {
    code: "pan.place",
    phase: Phase::Pan,
    doc: "**What it does.** Leaves kick, snare, bass and lead voice in the middle, sets doubled guitars and \
          tracks named left and right hard left and right, and places the other mono tracks by role, less far out the lower they sound, the loudest first, each \
          on the side that has less energy. Then all move towards the middle as far as both sides need it to be equally \
          loud, in all and in four zones of the spectrum. \
          **Why.** What stands apart masks less, and both ears are equally busy: left and right of 928 number-one \
          singles differ by at most 0.8 dB. \
          **When it is wrong.** When a stage picture is wanted (a kit, an orchestra). \
          **How far it goes.** Mono tracks of raw songs only: stereo tracks keep their picture, and stems of a mix \
          their place; so do all where two tracks or more came printed with a place or a width of their own. Hi-hat, toms and ride stand \
          where the overheads hear them, without overheads where a pair of room microphones does (fact `kit.place`); so does \
          a snare that they hear 2 dB or more to a side. \
          **Sources.** tables/pan.toml; Pestana and Reiss 2014; De Man 2014.",
    decide,
};

/// Measurements of the overheads' picture that are less sure than this do not count.
const SEEN: f32 = 0.4;

/// A snare that the overheads hear so far to a side does not stand in the middle, dB.
const ASIDE: f64 = 2.0;

/// A move from the usual place buys at least this.
const LEAST: f64 = 0.05;

/// How alike both sides of a file are that holds one source, and by how much they differ in level where it was placed, dB.
const ONE_SOURCE: (f64, f64) = (0.995, 1.5);
/// Roles that are recorded with one microphone or cable, and stay mono unless effects are printed with them.
const NARROW: [&str; 10] =
    ["kick", "snare", "clap", "hihat", "toms", "ride", "crash", "bass", "lead-vocal", "vocal-double"];

/// Were tracks printed with their places? Two that stand aside in stereo files, or have width that no microphone gives, say
/// that somebody had placed them all: then mono tracks were left in the middle.
fn placed(desk: &Desk<'_>) -> bool {
    let stands_aside = |strip: &Strip| {
        let number = |what: &str| desk.facts.number(what, desk.stem_of(strip));
        let whole = strip.clips().iter().any(|clip| clip.map == Map::All);
        whole
            && number("stereo.correlation").is_some_and(|alike| alike >= ONE_SOURCE.0)
            && number("stereo.balance").is_some_and(|lean| lean.abs() >= ONE_SOURCE.1)
    };
    let tells =
        |strip: &&Strip| stands_aside(strip) || NARROW.contains(&desk.role(strip)) && worked(desk, strip);
    heard(desk).filter(tells).count() >= 2
}

/// A mono track that may leave the middle.
struct Seat<'a> {
    strip: &'a Strip,
    part: &'a Part,
    out: f64,
    /// Row of its partner in a doubled part.
    twin: Option<String>,
    /// The side where its name or the overheads put it.
    named: Option<f64>,
    /// Where overheads hear it, and which.
    seen: Option<(f64, &'a str)>,
    /// It stays there, whatever the balance of the sides.
    fixed: bool,
    why: String,
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let model = MixModel::new(desk);
    if state::judge(desk, &model).balanced || placed(desk) {
        return Vec::new();
    }
    let mut sides = (0.0, 0.0);
    let mut seats: Vec<Seat<'_>> = Vec::new();
    for strip in desk.session.tracks() {
        let Some(part) = model.part(&strip.id) else { continue };
        match seat(desk, strip, part).filter(|seat| seat.out > 0.0) {
            Some(seat) => seats.push(seat),
            None => add(&mut sides, power(part), stands(desk, strip)),
        }
    }
    seats.sort_by(|a, b| power(b.part).total_cmp(&power(a.part)));
    let mut places: Vec<f64> = vec![0.0; seats.len()];
    for i in 0..seats.len() {
        let twin = seats[i].twin.as_ref().and_then(|id| seats[..i].iter().position(|s| s.strip.id == *id));
        let side = match twin {
            _ if seats[i].named.is_some() => seats[i].named.unwrap_or(1.0),
            Some(twin) => -places[twin].signum(),
            None if sides.0 <= sides.1 => -1.0,
            None => 1.0,
        };
        places[i] = side * seats[i].out;
        add(&mut sides, power(seats[i].part), shares(places[i]));
    }
    let (settled, stage) = settle(desk, &seats, &places, &model);
    let decided = |i: usize| decision(desk, &seats[i], &stage, &settled, i);
    (0..seats.len()).map(decided).collect()
}

/// Where a mono track may stand; none for stereo tracks and those that a hand has placed.
fn seat<'a>(desk: &Desk<'a>, strip: &'a Strip, part: &'a Part) -> Option<Seat<'a>> {
    let stereo = strip.clips().iter().any(|clip| match clip.map {
        Map::All => desk.session.source(&clip.source).is_some_and(|source| source.channels == 2),
        Map::ToLeft | Map::ToRight => true,
        Map::First | Map::Second => false,
    });
    if stereo || desk.locks.held(&format!("{}/pan", strip.id)) {
        return None;
    }
    let (stem, role) = (desk.stem_of(strip), desk.role(strip));
    if let Some((side, other)) = other_side(desk, strip).filter(|_| tables::place_row(role).out > 0.0) {
        let named = Some(if side == "L" { -1.0 } else { 1.0 });
        let why = format!("its name says so, and {} is its other side", other.name);
        let twin = Some(other.id.clone());
        return Some(Seat { strip, part, out: 100.0, twin, named, seen: None, fixed: true, why });
    }
    let aside = |lean: f64| role.starts_with("snare") && lean.abs() >= ASIDE;
    let seen = seen(desk, strip).filter(|(lean, _)| tables::place_row(role).out > 0.0 || aside(*lean));
    if let Some((place, overheads)) = seen {
        let why = format!("there {} hear it, by {:.1} dB", name_of(desk, overheads), place.abs());
        let out = pan_of(place).abs().round();
        let named = Some(place.signum());
        return Some(Seat { strip, part, out, twin: None, named, seen, fixed: true, why });
    }
    let twin =
        pairs(desk.facts, "double").filter(|(.., sure)| *sure >= SURE.min(0.5)).find_map(|(a, b, _)| {
            let other = if a == stem {
                b
            } else if b == stem {
                a
            } else {
                return None;
            };
            crate::prepare::track_of(desk, other).map(|strip| strip.id.clone())
        });
    if twin.is_some() && role.ends_with("guitar") {
        return Some(Seat {
            strip,
            part,
            out: 100.0,
            twin,
            named: None,
            seen: None,
            fixed: true,
            why: "one of two takes of one part".to_owned(),
        });
    }
    let centroid = desk.facts.number("spectrum.centroid", stem).unwrap_or(1000.0);
    let out = tables::place_row(role).out.min(100.0 * reach(centroid));
    let why = format!("usual for its part, its weight is at {centroid:.0} Hz");
    Some(Seat { strip, part, out: out.round(), twin: None, named: None, seen: None, fixed: false, why })
}

/// How far out a sound may stand, by the middle of its spectrum: lows stay in the middle (Pestana and Reiss 2014).
fn reach(hz: f64) -> f64 {
    match hz {
        hz if hz < 250.0 => 0.0,
        hz if hz < 500.0 => 0.2 + 0.1 * (hz - 250.0) / 250.0,
        hz if hz < 2000.0 => 0.3 + 0.3 * (hz / 500.0).log2() / 2.0,
        hz if hz < 4000.0 => 0.6 + 0.3 * (hz / 2000.0).log2(),
        _ => 1.0,
    }
}

/// Energy of a track over the song.
fn power(part: &Part) -> f64 {
    part.energy.iter().sum::<f64>() * energy(part.fader)
}

fn add(sides: &mut (f64, f64), power: f64, shares: (f64, f64)) {
    sides.0 += power * shares.0;
    sides.1 += power * shares.1;
}

/// Shares of left and right of a track that is not placed here.
fn stands(desk: &Desk<'_>, strip: &Strip) -> (f64, f64) {
    let pan = f64::from(desk.value(&Address::strip(&strip.id, "pan")));
    let balance = match strip.clips() {
        [clip] if clip.map == Map::All => desk.facts.number("stereo.balance", &clip.source).unwrap_or(0.0),
        _ => 0.0,
    };
    let mended = desk.facts.number("fault.imbalance", desk.stem_of(strip)).unwrap_or(0.0);
    let left = energy(balance - mended);
    let (l, r) = shares(pan);
    let sum = l * left + r;
    (l * left / sum, r / sum)
}

/// Energy of a track in all and in each zone of the spectrum, as far as its sketch is known.
fn zones(heard: &[(Take, Stand)], part: &Part) -> [f64; ZONES.len()] {
    let mut sums = [0.0; ZONES.len()];
    if let Some((take, stand)) = heard.iter().find(|(take, _)| take.id == part.id) {
        let frames = take.sketch.mid.chunks_exact(BANDS).zip(take.sketch.side.chunks_exact(BANDS));
        for (mid, side) in frames {
            for band in 0..BANDS {
                let zone = (1..ZONES.len()).find(|&zone| centres()[band] < ZONES[zone]).unwrap_or(0);
                sums[zone] += stand.tone[band] * f64::from(mid[band] + side[band]);
            }
        }
    }
    let all: f64 = sums.iter().sum();
    let power = power(part);
    sums = sums.map(|sum| if all > 0.0 { power * sum / all } else { 0.0 });
    sums[0] = power;
    sums
}

/// Moves the tracks from their usual places as far as it takes for both sides to be equally busy. Two halves of a part stay
/// where they are: one drawn in would be a hole on its side.
fn settle(desk: &Desk<'_>, seats: &[Seat<'_>], places: &[f64], model: &MixModel) -> (Vec<f64>, Stage) {
    let heard = predict::tracks(desk);
    let mut stage = Stage::default();
    for strip in desk.session.tracks().filter(|strip| seats.iter().all(|seat| seat.strip.id != strip.id)) {
        let Some(part) = model.part(&strip.id) else { continue };
        let shares = stands(desk, strip);
        for (sides, power) in stage.others.iter_mut().zip(zones(&heard, part)) {
            add(sides, power, shares);
        }
    }
    let seated = |(seat, &home): (&Seat<'_>, &f64)| stage::Seat { power: zones(&heard, seat.part), home };
    stage.seats = seats.iter().zip(places).map(seated).collect();
    // A track keeps its side, and goes no further out than its sound may.
    let bounds = seats.iter().zip(places).map(|(seat, &place)| match seat.fixed {
        true => (place, place),
        false => (place.min(0.0), place.max(0.0)),
    });
    let bounds = bounds.collect();
    (solve::settle(all::STAGE, &stage, places, places, bounds, LEAST), stage)
}

/// How much louder the overheads hear a close microphone's drum on the right than on the left, dB, and which overheads. Two
/// microphones of one drum stand together.
fn seen<'a>(desk: &Desk<'a>, strip: &Strip) -> Option<(f64, &'a str)> {
    let stem = desk.stem_of(strip);
    let partner = pairs(desk.facts, "snare-mics").find(|(_, bottom, _)| *bottom == stem).map(|(top, ..)| top);
    desk.facts.of("kit.place").filter(|fact| fact.confidence >= SEEN).find_map(|fact| {
        match (&fact.value, &fact.about[..]) {
            (Qty::Number(lean), [close, overheads]) if close == stem || partner == Some(close.as_str()) => {
                Some((*lean, overheads.as_str()))
            }
            _ => None,
        }
    })
}

/// The place at which one side is so many dB louder than the other, -100 to 100.
fn pan_of(lean: f64) -> f64 {
    10f64.powf(lean / 20.0).atan() * 400.0 / std::f64::consts::PI - 100.0
}

fn decision(desk: &Desk<'_>, seat: &Seat<'_>, stage: &Stage, settled: &[f64], i: usize) -> Decision {
    let place = settled[i].round();
    let side = if place < 0.0 { "left" } else { "right" };
    let says = format!("{} {:.0} {side}: {}.", seat.strip.name, place.abs(), seat.why);
    let stem = desk.stem_of(seat.strip);
    let mut decision = Decision::new(RULE.code, &[&seat.strip.id], says);
    if let Some((lean, overheads)) = seat.seen {
        return decision
            .because(Evidence::new("kit.place", &[stem, overheads], lean, "dB"))
            .edit(Edit::Set { at: Address::strip(&seat.strip.id, "pan"), to: place as f32 });
    }
    if let Some(centroid) = desk.facts.number("spectrum.centroid", stem) {
        decision = decision.because(Evidence::new("spectrum.centroid", &[stem], centroid, "Hz"));
    }
    for (term, drop) in solve::bought(all::STAGE, stage, settled, i, stage.seats[i].home) {
        if drop.abs() >= LEAST {
            decision = decision.because(Evidence::new(term.id, &[stem], drop, "points"));
        }
    }
    decision.edit(Edit::Set { at: Address::strip(&seat.strip.id, "pan"), to: place as f32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take as Song, value};

    fn band() -> Song {
        Song::new()
            .mono("kick", "kick", -20.0)
            .mono("bass", "bass", -20.0)
            .mono("g1", "electric-guitar", -20.0)
            .mono("g2", "electric-guitar", -20.0)
            .mono("piano", "piano", -20.0)
            .mono("shaker", "percussion", -20.0)
            .mono("vox", "lead-vocal", -20.0)
            .text("pair", &["g1", "g2"], "double")
            .number("spectrum.centroid", "piano", 900.0)
            .number("spectrum.centroid", "shaker", 8000.0)
    }

    #[test]
    fn where_two_tracks_were_printed_with_their_places_the_others_stay_in_the_middle() {
        let aside = |song: Song, id: &str, lean: f64| {
            let song = song.stereo(id, "keys", -20.0).number("stereo.correlation", id, 1.0);
            song.number("stereo.balance", id, lean)
        };
        let one = aside(band(), "left", 4.0);
        assert!(!one.decisions(Phase::Pan, RULE.code).is_empty());
        let two = aside(aside(band(), "left", 4.0), "right", -10.0);
        assert!(two.decisions(Phase::Pan, RULE.code).is_empty());
    }

    #[test]
    fn a_band_is_spread_evenly() {
        let session = band().mix(Phase::Pan).0;
        let pan = |id: &str| value(&session, &format!("{id}/pan"));
        assert_eq!([pan("kick"), pan("bass"), pan("vox")], [0.0; 3]);
        assert_eq!(pan("g1").abs() + pan("g2").abs(), 200.0);
        assert_eq!(pan("g1"), -pan("g2"));
        assert!(pan("piano").abs() > 5.0 && pan("shaker").abs() > 20.0);
        assert!(pan("piano") * pan("shaker") < 0.0, "on both sides");
        let takes = ["kick", "bass", "g1", "g2", "piano", "shaker", "vox"].map(|id| {
            let level = -23.0 + f64::from(value(&session, &format!("{id}/fader")));
            let (l, r) = shares(f64::from(pan(id)));
            (energy(level) * l, energy(level) * r)
        });
        let (left, right) = takes.iter().fold((0.0, 0.0), |sum, t| (sum.0 + t.0, sum.1 + t.1));
        assert!((10.0 * (left / right).log10()).abs() <= 0.8, "as in number-one singles");
    }

    #[test]
    fn tracks_named_left_and_right_stand_there() {
        let session = band()
            .mono("gtr l", "guitar", -20.0)
            .mono("gtr r 2", "guitar", -26.0)
            .text("role.pair", &["gtr l"], "L")
            .text("role.pair", &["gtr r 2"], "R")
            .mix(Phase::Pan)
            .0;
        let pan = |id: &str| value(&session, &format!("{id}/pan"));
        assert_eq!([pan("gtr l"), pan("gtr r 2")], [-100.0, 100.0]);
    }

    #[test]
    fn a_hat_stands_where_the_overheads_hear_it() {
        let song = |sure: f32| {
            let lean = mixsmith_analysis::Fact::new("kit.place", &["hat", "oh"], Qty::Number(-6.0));
            let song = band()
                .mono("hat", "hihat", -30.0)
                .stereo("oh", "overheads", -20.0)
                .fact(lean.confidence(sure));
            value(&song.mix(Phase::Pan).0, "hat/pan")
        };
        // Half as loud on the right: 26.6 degrees of 90 from the left.
        assert!((song(0.9) + 41.0).abs() <= 1.0, "{}", song(0.9));
        assert!((song(0.1) + 41.0).abs() > 1.0);
    }

    #[test]
    fn both_microphones_of_a_snare_stand_where_the_overheads_hear_it_aside() {
        let pans = |lean: f64| {
            let session = band()
                .mono("top", "snare-top", -20.0)
                .mono("bottom", "snare-bottom", -26.0)
                .stereo("oh", "overheads", -20.0)
                .text("pair", &["top", "bottom"], "snare-mics")
                .fact(mixsmith_analysis::Fact::new("kit.place", &["top", "oh"], Qty::Number(lean)))
                .mix(Phase::Pan)
                .0;
            ["top", "bottom"].map(|id| value(&session, &format!("{id}/pan")))
        };
        let [top, bottom] = pans(3.0);
        assert!((top - 22.0).abs() <= 1.0 && top == bottom, "{top} {bottom}");
        assert_eq!(pans(1.0), [0.0; 2]);
    }

    #[test]
    fn stereo_tracks_and_low_sounds_stay() {
        let take = Song::new()
            .stereo("keys", "keys", -20.0)
            .mono("pad", "pad", -20.0)
            .mono("vox", "lead-vocal", -20.0)
            .number("spectrum.centroid", "pad", 150.0);
        assert!(take.decisions(Phase::Pan, RULE.code).is_empty());
    }
}
