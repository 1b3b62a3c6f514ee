//! Choruses arrive.

use crate::solver::course::Course;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Course> = Term {
    id: "bought.lift",
    name: "choruses arrive",
    unit: "dB",
    weight: 1.0,
    doc: "By how much choruses, mean of their loudness, are louder than verses, as far as it is less than 1.5 dB, over half a \
          decibel. A song that lifts itself asks for nothing.",
    source: "Practice: choruses 0.5 to 1 dB up, verses as much down",
    common: false,
    value,
};

/// How much louder choruses are at least, dB, and how near to that is near.
const ENOUGH: (f64, f64) = (1.5, 0.5);

/// By how much choruses are louder than verses with these moves, dB; none where there are not both.
pub fn lift(course: &Course, moves: &[f64]) -> Option<f64> {
    let mean = |sections: &[usize]| {
        let sum: f64 = sections.iter().map(|&s| course.heard(s, moves).loudness).sum();
        sum / sections.len() as f64
    };
    let (choruses, verses) = (course.named("chorus"), course.named("verse"));
    (!choruses.is_empty() && !verses.is_empty()).then(|| mean(&choruses) - mean(&verses))
}

fn value(course: &Course, moves: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let Some(lift) = lift(course, moves) else { return 0.0 };
    let z = ((ENOUGH.0 - lift) / ENOUGH.1).max(0.0);
    for (word, sign) in [("chorus", -1.0), ("verse", 1.0)] {
        let sections = course.named(word);
        for &section in &sections {
            let by = weight * sign * z / ENOUGH.1 / sections.len() as f64;
            course.louder(section, &course.heard(section, moves), by, slope);
        }
    }
    0.5 * z * z
}
