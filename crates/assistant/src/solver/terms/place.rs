//! The lead keeps its place in every section.

use crate::mixmodel::lufs;
use crate::solver::course::{Course, Who};
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Course> = Term {
    id: "bought.place",
    name: "the lead keeps its place",
    unit: "dB",
    weight: 1.0,
    doc: "By how much the lead is lower against the rest in a section than it is in the song, over what it differs by in human \
          mixes. Where the rest is thin, the lead may stand out.",
    source: "Human mixes: standard deviation over phrases 0.9 dB (0.6 to 1.2)",
    common: false,
    value,
};

/// How far the lead's level against the rest differs in human mixes, dB.
const SD: f64 = 1.0;
/// Sections in which it is this far under its loudest are its rests, dB.
const RESTS: f64 = 12.0;

/// Level of the lead against the rest, dB, in every section in which it sings.
pub fn places(course: &Course, moves: &[f64]) -> Vec<(usize, f64)> {
    let loudest = course.sections.iter().map(|section| section.lead).fold(0.0, f64::max);
    let gate = loudest * 10f64.powf(-RESTS / 10.0);
    let sings = |s: &usize| {
        let section = &course.sections[*s];
        loudest > 0.0 && section.lead >= gate && section.groups.iter().sum::<f64>() > 0.0
    };
    let place = |s: usize| {
        let heard = course.heard(s, moves);
        (s, lufs(heard.lead) - lufs(heard.rest()))
    };
    (0..course.sections.len()).filter(sings).map(place).collect()
}

fn value(course: &Course, moves: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mut sum = 0.0;
    for (s, place) in places(course, moves) {
        let z = ((course.place - place) / SD).max(0.0);
        sum += 0.5 * z * z;
        let (by, heard) = (weight * z / SD, course.heard(s, moves));
        slope[course.variable(s, Who::Lead)] -= by;
        for (group, e) in heard.groups.iter().enumerate() {
            slope[course.variable(s, Who::Group(group))] += by * e / heard.rest();
        }
    }
    sum
}
