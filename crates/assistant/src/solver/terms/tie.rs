//! Sections stay near the song.

use crate::solver::course::{Course, Who};
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Course> = Term {
    id: "bought.tie",
    name: "nearer to the rest of the song",
    unit: "dB",
    weight: 1.0,
    doc: "Every move of a section away from the level of the song, over what such moves usually are: 1 dB for a group and for \
          the mix, 1.5 dB for the lead. Moves that make little difference are not made.",
    source: "Practice: section moves of 0.5 to 1 dB, rides of 3 dB at most",
    common: false,
    value,
};

/// Usual moves, dB: of the mix, of the lead, of a group.
const SD: [f64; 3] = [1.0, 1.5, 1.0];

fn value(course: &Course, moves: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mut sum = 0.0;
    for section in 0..course.sections.len() {
        let groups = (0..course.groups).map(|group| (Who::Group(group), SD[2]));
        for (who, sd) in [(Who::Mix, SD[0]), (Who::Lead, SD[1])].into_iter().chain(groups) {
            let i = course.variable(section, who);
            let z = (moves[i] - course.home[i]) / sd;
            sum += 0.5 * z * z;
            slope[i] += weight * z / sd;
        }
    }
    sum
}
