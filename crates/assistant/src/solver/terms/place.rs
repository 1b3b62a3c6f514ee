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
    doc: "Level of the lead against the rest in every section in which it is heard, less its mean over them, over what it \
          differs by in human mixes.",
    source: "Human mixes: standard deviation over phrases 0.9 dB (0.6 to 1.2)",
    common: false,
    value,
};

/// How far the lead's level against the rest differs in human mixes, dB.
const SD: f64 = 1.0;
/// Sections in which it is this far under its loudest are its rests, dB.
const RESTS: f64 = 12.0;

fn value(course: &Course, moves: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let loudest = course.sections.iter().map(|section| section.lead).fold(0.0, f64::max);
    let gate = loudest * 10f64.powf(-RESTS / 10.0);
    let sings = |s: &usize| {
        let section = &course.sections[*s];
        loudest > 0.0 && section.lead >= gate && section.groups.iter().sum::<f64>() > 0.0
    };
    let places: Vec<(usize, f64)> = (0..course.sections.len())
        .filter(sings)
        .map(|s| {
            let heard = course.heard(s, moves);
            (s, lufs(heard.lead) - lufs(heard.rest()))
        })
        .collect();
    let mean = places.iter().map(|(_, place)| place).sum::<f64>() / places.len().max(1) as f64;
    let mut sum = 0.0;
    for (s, place) in places {
        let z = (place - mean) / SD;
        sum += 0.5 * z * z;
        // Around their mean the squares are least, so the mean itself adds no slope.
        let (by, heard) = (weight * z / SD, course.heard(s, moves));
        slope[course.variable(s, Who::Lead)] += by;
        for (group, e) in heard.groups.iter().enumerate() {
            slope[course.variable(s, Who::Group(group))] -= by * e / heard.rest();
        }
    }
    sum
}
