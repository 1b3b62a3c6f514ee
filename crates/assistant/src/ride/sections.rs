//! Choruses that arrive, verses that breathe: what each group does in each section.

use mixsmith_analysis::{Span, role};
use mixsmith_session::{Edit, Lane, Point, Strip};

use super::{SPACING, between, lead_tracks, point, tidy};
use crate::balance::state;
use crate::buses::{bus, mix::MIX};
use crate::mixmodel::{MixModel, energy};
use crate::prepare::markers::sections;
use crate::says::{list, signed};
use crate::solver::all;
use crate::solver::course::{Course, Section, Who};
use crate::solver::solve::{bought, settle};
use crate::solver::terms::{lift::lift, place::places};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "ride.sections",
    phase: Phase::Ride,
    doc: "**What it does.** Moves the mix and its groups from section to section by what costs least: choruses at least \
          1.5 dB over the verses, backing vocals up where choruses need it, groups down where they bury the lead, and \
          everything near the level that it has in the song. Moves over the two seconds before a section. \
          **Why.** A chorus should arrive. \
          **When it is wrong.** When the sections are wrong, or the song is meant to stay level. \
          **How far it goes.** 1 dB for the mix, 3 dB for a group, nothing below 0.3 dB, nothing that buys next to nothing. Groups \
          of stems that come balanced stay. The voice is ridden by phrase and keeps its place. \
          **Sources.** Practice: 0.5 to 1 dB; terms in the folder solver/terms.",
    decide,
};

/// How much louder a chorus is without help, dB.
const ENOUGH: f64 = 1.5;
/// Furthest moves of the mix and of a group, dB.
const MOST: (f64, f64) = (1.0, 3.0);
/// Smallest move, dB, and the least that it buys.
const LEAST: (f64, f64) = (0.3, 0.1);
/// Where backing vocals rest in choruses that do not arrive by themselves, dB.
const BACKING: f64 = 1.0;

/// What is moved together: a bus, or the only track of a family.
struct Group<'a> {
    strip: &'a Strip,
    /// Tracks, by place in the model.
    parts: Vec<usize>,
    /// May it be moved here?
    free: bool,
    backing: bool,
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let spans = sections(desk);
    let Some(mix) = desk.session.strip(MIX).filter(|_| spans.len() > 1) else { return Vec::new() };
    let model = MixModel::new(desk);
    let groups = groups(desk, &model);
    let course = course(desk, &model, &groups, spans);
    let start = vec![0.0; course.variables()];
    let before = lift(&course, &start);
    let held = |strip: &Strip| desk.locks.held(&format!("{}/ride", strip.id));
    let most = |who| match who {
        Who::Mix if held(mix) || before.is_none() => 0.0,
        Who::Mix => MOST.0,
        Who::Lead => MOST.1,
        Who::Group(group) if !groups[group].free || held(groups[group].strip) => 0.0,
        Who::Group(_) => MOST.1,
    };
    let all_groups = (0..groups.len()).map(Who::Group);
    let row: Vec<Who> = [Who::Mix, Who::Lead].into_iter().chain(all_groups).collect();
    let bounds = spans.iter().flat_map(|_| row.iter().map(|&who| (-most(who), most(who)))).collect();
    let mut moves = settle(all::COURSE, &course, &start, &start, bounds, LEAST.1);
    for by in &mut moves {
        *by = if by.abs() < LEAST.0 { 0.0 } else { (*by * 10.0).round() / 10.0 };
    }
    let strips = std::iter::once((Who::Mix, mix))
        .chain(groups.iter().enumerate().map(|(group, g)| (Who::Group(group), g.strip)));
    strips.filter_map(|(who, strip)| decision(desk, &course, &moves, spans, who, strip)).collect()
}

/// The groups of the mix, in the order of their first tracks; the lead is none.
fn groups<'a>(desk: &Desk<'a>, model: &MixModel) -> Vec<Group<'a>> {
    let balanced = state::judge(desk, model).balanced;
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (i, part) in model.parts.iter().enumerate() {
        let Some(track) = desk.session.strip(&part.id) else { continue };
        if lead_tracks(desk.session).any(|lead| lead.id == part.id) {
            continue;
        }
        let family = role(desk.role(track)).map_or("", |role| role.family);
        let bus = bus(desk.session, family).filter(|bus| track.to.as_deref() == Some(&bus.id));
        let strip = bus.unwrap_or(track);
        match groups.iter_mut().find(|group| group.strip.id == strip.id) {
            Some(group) => group.parts.push(i),
            None => {
                // A track alone may lead where the voice rests: that is another rule's.
                let backing = family == "backing-vocals";
                let free = (bus.is_some() && !balanced) || backing;
                groups.push(Group { strip, parts: vec![i], free, backing });
            }
        }
    }
    groups
}

/// The sections as the mix stands.
fn course(desk: &Desk<'_>, model: &MixModel, groups: &[Group<'_>], spans: &[Span]) -> Course {
    let mean = |i: usize, span: &Span| {
        let part = &model.parts[i];
        energy(part.fader) * between(&part.energy, span.start, span.end)
    };
    let lead: Vec<usize> = (0..model.parts.len())
        .filter(|&i| lead_tracks(desk.session).any(|lead| lead.id == model.parts[i].id))
        .collect();
    let section = |span: &Span| Section {
        label: span.label.clone(),
        lead: lead.iter().map(|&i| mean(i, span)).sum(),
        groups: groups.iter().map(|group| group.parts.iter().map(|&i| mean(i, span)).sum()).collect(),
    };
    let sections: Vec<Section> = spans.iter().map(section).collect();
    let mut course = Course { sections, groups: groups.len(), place: 0.0, home: Vec::new() };
    course.home = vec![0.0; course.variables()];
    let places = places(&course, &course.home);
    course.place = places.iter().map(|(_, place)| place).sum::<f64>() / places.len().max(1) as f64;
    if lift(&course, &course.home).is_some_and(|lift| lift < ENOUGH) {
        for section in course.named("chorus") {
            for group in (0..groups.len()).filter(|&group| groups[group].backing) {
                let variable = course.variable(section, Who::Group(group));
                course.home[variable] = BACKING;
            }
        }
    }
    course
}

/// What one strip does in the course of the song.
fn decision(
    desk: &Desk<'_>,
    course: &Course,
    moves: &[f64],
    spans: &[Span],
    who: Who,
    strip: &Strip,
) -> Option<Decision> {
    let by: Vec<f64> = (0..spans.len()).map(|section| moves[course.variable(section, who)]).collect();
    let moved: Vec<usize> = (0..spans.len()).filter(|&section| by[section] != 0.0).collect();
    if moved.is_empty() {
        return None;
    }
    let named: Vec<String> =
        moved.iter().map(|&s| format!("{} dB in {}", signed(by[s]), spans[s].label)).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let mut says = format!("{} {}", strip.name, list(&named));
    let start = vec![0.0; moves.len()];
    if let Some(before) = lift(course, &start) {
        let after = lift(course, moves).unwrap_or(before);
        says += &format!(": choruses go from {} to {} dB against the verses", signed(before), signed(after));
    }
    let mut decision = Decision::new(RULE.code, &[&strip.id], says + ".");
    if let Some(before) = lift(course, &start) {
        decision = decision.because(Evidence::new("section.lift", &[], before, "dB").wanted(ENOUGH));
    }
    for (i, term) in all::COURSE.iter().enumerate() {
        let drop = |&s: &usize| {
            let all = bought(all::COURSE, course, moves, course.variable(s, who), 0.0);
            all.iter().find(|(own, _)| own.id == all::COURSE[i].id).map_or(0.0, |(_, drop)| *drop)
        };
        let sum: f64 = moved.iter().map(drop).sum();
        if sum.abs() >= LEAST.1 {
            decision = decision.because(Evidence::new(term.id, &[&strip.id], sum, "points"));
        }
    }
    let lane = Lane { target: "ride".to_owned(), points: points(desk.song.rate, spans, &by) };
    Some(decision.edit(Edit::Draw { strip: strip.id.clone(), lane }))
}

/// From level to level over the two seconds before a section.
fn points(rate: u32, spans: &[Span], by: &[f64]) -> Vec<Point> {
    let mut points = Vec::new();
    let mut level = 0.0;
    for (span, &to) in spans.iter().zip(by) {
        if to != level {
            if span.start >= SPACING {
                points.push(point(rate, span.start - SPACING, level, ""));
            }
            points.push(point(rate, span.start, to, if to == 0.0 { "" } else { &span.label }));
        }
        level = to;
    }
    tidy(points)
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty};

    use super::*;
    use crate::fixture::{FRAMES, Take};

    fn song(chorus: f32) -> Take {
        let section = |start: f64, end: f64, label: &str| Span { start, end, label: label.to_owned() };
        let spans = vec![section(0.0, 30.0, "verse"), section(30.0, 60.0, "chorus")];
        let levels: Vec<f32> = (0..FRAMES).map(|i| if i < 300 { -20.0 } else { chorus }).collect();
        Take::new()
            .stem("band", "keys", 1, &levels)
            .stem("oohs", "backing-vocal", 1, &levels)
            .fact(Fact::new("sections", &[], Qty::Spans(spans)))
    }

    fn lane(session: &mixsmith_session::Session, id: &str) -> Vec<(u64, f32)> {
        let lanes = &session.strip(id).unwrap().lanes;
        lanes.iter().flat_map(|lane| &lane.points).map(|point| (point.at, point.value)).collect()
    }

    #[test]
    fn a_level_song_is_lifted_and_a_song_that_lifts_itself_is_not() {
        let session = song(-20.0).mix(Phase::Ride).0;
        let mix = lane(&session, "mix");
        let (verse, chorus) = (mix[0].1, mix[mix.len() - 1].1);
        assert!((0.5..=1.5).contains(&(chorus - verse)) && verse <= 0.0 && chorus > 0.0, "{mix:?}");
        assert_eq!((mix[mix.len() - 2].0, mix[mix.len() - 1].0), (28_000, 30_000));
        let oohs = lane(&session, "oohs");
        assert!(oohs.iter().any(|&(at, by)| at == 30_000 && by >= 0.5), "{oohs:?}");
        assert!(song(-18.0).decisions(Phase::Ride, RULE.code).is_empty());
    }

    #[test]
    fn a_move_names_its_sections_and_what_it_bought() {
        let told = song(-20.0).decisions(Phase::Ride, RULE.code);
        let mix = told.iter().find(|d| d.about == ["mix"]).expect("the mix moves");
        assert!(mix.says.contains("in chorus"), "{}", mix.says);
        assert!(mix.because.iter().any(|e| e.fact == "bought.lift" && e.value > 0.1), "{mix:?}");
    }

    #[test]
    fn a_hand_on_the_ride_of_the_mix_is_left_alone() {
        let at = "mix/ride".parse().unwrap();
        let take = song(-20.0).hand(Edit::Set { at, to: -1.0 });
        assert!(lane(&take.mix(Phase::Ride).0, "mix").is_empty());
    }
}
