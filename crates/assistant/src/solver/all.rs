//! The shelf: every term of the objective.

use super::Term;
use super::course::Course;
use super::room::Room;
use super::stage::Stage;
use super::terms::{
    ambience, came, colour, even, headroom, hump, lead, lift, low_mono, place, rough, seat, share, stretch,
    tie, tone, translation, turn, usual, width, words,
};
use super::tones::Tones;

/// What the level of every track is weighed by.
pub static LEVELS: &[Term] =
    &[usual::TERM, came::TERM, rough::TERM, lead::TERM, tone::TERM, translation::TERM, headroom::TERM];

/// What the moves of every section are weighed by.
pub static COURSE: &[Term<Course>] = &[lift::TERM, place::TERM, tie::TERM];

/// What the places from left to right are weighed by.
pub static STAGE: &[Term<Stage>] = &[even::TERM, seat::TERM];

/// What the bands of the equalisers are weighed by.
pub static TONES: &[Term<Tones>] = &[hump::TERM, words::TERM, colour::TERM, turn::TERM];

/// What the sends to the spaces are weighed by.
pub static SPACES: &[Term<Room>] = &[ambience::TERM, share::TERM];

/// What the widths of stereo tracks are weighed by.
pub static WIDTHS: &[Term<Room>] = &[width::TERM, low_mono::TERM, stretch::TERM];

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::mixmodel::{Coherent, MixModel, Part, energy};
    use mixsmith_analysis::sketch::BANDS;

    use crate::solver::Scene;
    use crate::solver::bands::{Bands, Cell};
    use crate::solver::course::Section;
    use crate::solver::scene::Track;
    use crate::solver::stage::Seat;
    use crate::solver::tones::Bell;
    use crate::solver::{elsewhere, room};
    use crate::tone::bands::{Band, Shape};

    /// Six tracks that take turns, two of them alike, some known from a rough mix.
    pub(crate) fn scene() -> (Scene, MixModel) {
        let part = |i: usize| {
            let at = |frame: usize| {
                let rests = (frame / (20 + 7 * i)) % 3 == 2;
                if rests { 0.0 } else { energy(-20.0 - 3.0 * i as f64 + (frame % 5) as f64) }
            };
            Part::new(&format!("t{i}"), (0..300).map(at).collect(), 0.0).unwrap()
        };
        let parts: Vec<Part> = (0..6).map(part).collect();
        let tracks = parts.iter().enumerate().map(|(i, part)| Track {
            id: part.id.clone(),
            active: part.active,
            usual: -5.0 - 2.0 * i as f64,
            sd: 2.0 + 0.5 * i as f64,
            gain: 3.0 - i as f64,
            trust: 4.0 + i as f64,
            rough: (i % 2 == 0).then_some((2.0 * i as f64, 0.5)),
            fader: 0.0,
            fixed: false,
        });
        let tracks = tracks.collect();
        let model = MixModel { parts, coherent: vec![Coherent { parts: [1, 2], correlation: -0.4 }] };
        (Scene::new(&model, tracks, -18.0), model)
    }

    /// A dull mix of six tracks in which the second leads and is covered.
    fn bands() -> Bands {
        let at = |i: usize, band: usize| 1e-3 / (1.0 + (band as f64 - 6.0 * i as f64).powi(2));
        let mean = (0..6).map(|i| std::array::from_fn(|band| at(i, band))).collect();
        let cell = |k: usize| Cell {
            band: 3 * k,
            weight: 0.1,
            own: 1e-5 * (1.0 + k as f64),
            over: (0..6).map(|i| if i == 1 { 0.0 } else { at(i, 3 * k) }).collect(),
        };
        Bands { mean, counts: vec![true; BANDS], lead: vec![1], cells: (0..10).map(cell).collect() }
    }

    /// Compares the slopes of terms with differences of their values.
    fn check<S>(terms: &[Term<S>], scene: &S, place: &[f64]) {
        for term in terms {
            let mut slope = vec![0.0; place.len()];
            let value = (term.value)(scene, place, &mut slope, 1.0);
            assert!(value > 0.0, "{} says nothing here", term.id);
            for i in 0..place.len() {
                let at = |by: f64| {
                    let mut moved = place.to_vec();
                    moved[i] += by;
                    (term.value)(scene, &moved, &mut vec![0.0; place.len()], 1.0)
                };
                let measured = (at(1e-4) - at(-1e-4)) / 2e-4;
                let error = (measured - slope[i]).abs() / (1.0 + measured.abs());
                assert!(error < 1e-5, "{} of variable {i}: {} instead of {measured}", term.id, slope[i]);
            }
        }
    }

    #[test]
    fn slopes_of_levels_are_those_of_their_values() {
        let (mut scene, _) = scene();
        scene.bands = bands();
        scene.elsewhere = elsewhere::tests::elsewhere();
        check(LEVELS, &scene, &[-3.0, 2.5, -14.0, 8.0, 0.5, 20.0]);
    }

    #[test]
    fn slopes_of_the_course_are_those_of_its_values() {
        let section = |label: &str, lead: f64, groups: [f64; 2]| Section {
            label: label.to_owned(),
            lead,
            groups: groups.to_vec(),
        };
        let sections = vec![
            section("verse", 0.01, [0.02, 0.005]),
            section("chorus", 0.004, [0.02, 0.01]),
            section("break", 0.0, [0.01, 0.0]),
            section("chorus 2", 0.02, [0.01, 0.01]),
        ];
        let home = (0..16).map(|i| 0.1 * f64::from(i)).collect();
        let course = Course { sections, groups: 2, place: 2.0, home };
        let moves: Vec<f64> = (0..16).map(|i| (0.7 * f64::from(i)).sin()).collect();
        check(COURSE, &course, &moves);
    }

    #[test]
    fn slopes_of_the_stage_are_those_of_its_values() {
        let seat = |i: usize| Seat {
            power: [4.0, 1.0, 0.5, 0.0, 2.0].map(|power| power / (1.0 + i as f64)),
            home: 30.0 * i as f64 - 50.0,
        };
        let others = [(3.0, 2.0), (1.0, 1.0), (0.0, 0.5), (0.0, 0.0), (2.0, 0.5)];
        let stage = Stage { seats: (0..4).map(seat).collect(), others };
        check(STAGE, &stage, &[-60.0, 20.0, 0.0, 85.0]);
    }

    #[test]
    fn slopes_of_the_tones_are_those_of_their_values() {
        let bell = |track: usize, hz: f64, gain: f64, stands: f64| Bell {
            track,
            band: Band { shape: Shape::Bell, hz, gain, q: 1.4 },
            stands,
        };
        let bells = vec![bell(0, 300.0, -4.0, 9.0), bell(2, 2500.0, -4.0, 6.0), bell(1, 3000.0, 3.0, -7.0)];
        let mut tones = Tones { bands: bands(), bells, target: None };
        for cell in &mut tones.bands.cells {
            cell.over = cell.over.iter().map(|over| 0.05 * over).collect();
        }
        check(TONES, &tones, &[-1.7, -2.2, 0.6]);
    }

    #[test]
    fn slopes_of_the_room_are_those_of_its_values() {
        let room = room::tests::room();
        let place = [-9.0, -14.0, -20.0, 2.0, -1.0];
        check(SPACES, &room, &place);
        check(WIDTHS, &room, &place);
    }

    #[test]
    fn a_term_has_a_name_of_its_own_a_source_and_a_weight() {
        let levels = LEVELS.iter().map(|term| (term.id, term.source, term.doc, term.unit, term.name));
        let course = COURSE.iter().map(|term| (term.id, term.source, term.doc, term.unit, term.name));
        let stage = STAGE.iter().map(|term| (term.id, term.source, term.doc, term.unit, term.name));
        let tones = TONES.iter().map(|term| (term.id, term.source, term.doc, term.unit, term.name));
        let room = SPACES.iter().chain(WIDTHS);
        let room = room.map(|term| (term.id, term.source, term.doc, term.unit, term.name));
        let all: Vec<_> = levels.chain(course).chain(stage).chain(tones).chain(room).collect();
        for (i, (id, source, doc, unit, name)) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|(other, ..)| other != id), "{id} is there twice");
            assert!(id.starts_with("bought.") && doc.len() > 40);
            assert!([source, unit, name].iter().all(|text| !text.is_empty()), "{id}");
        }
        assert!(LEVELS.iter().all(|term| term.weight > 0.0));
        assert!(TONES.iter().all(|term| term.weight > 0.0));
        assert!(SPACES.iter().chain(WIDTHS).all(|term| term.weight > 0.0));
        assert!(COURSE.iter().all(|term| term.weight > 0.0) && STAGE.iter().all(|term| term.weight > 0.0));
    }
}
