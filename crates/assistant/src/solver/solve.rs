//! The place that costs least, and what each move bought.

use super::lbfgs::{Bounds, minimise};
use super::{Scene, Term, all};
use crate::mixmodel::MixModel;

/// Lowest and highest level that the solver gives, dB. What a fader has no room for goes into the trim.
const RANGE: Bounds = (-60.0, 40.0);
/// How often the loud moments of the mix are found anew.
const ROUNDS: usize = 4;
/// Steps of one search, and the slope (cost a dB) at which it ends.
const STEPS: (usize, f64) = (200, 1e-6);

/// The levels of a whole song.
#[derive(Clone, Debug)]
pub struct Solved {
    /// Level of every track, dB.
    pub levels: Vec<f64>,
    /// The scene as it is gated for them.
    pub scene: Scene,
}

/// Looks for the levels that cost least. Tracks that a hand holds stay; so does every track whose move would buy less than
/// `least`.
pub fn solve(mut scene: Scene, model: &MixModel, least: f64) -> Solved {
    let start: Vec<f64> = scene.tracks.iter().map(|track| track.fader).collect();
    let bounds: Vec<Bounds> =
        scene.tracks.iter().map(|t| if t.fixed { (t.fader, t.fader) } else { RANGE }).collect();
    let mut levels = start.clone();
    for _ in 0..ROUNDS {
        levels = search(all::LEVELS, &scene, &levels, &bounds);
        scene.gate(model, &levels);
    }
    Solved { levels: settle(all::LEVELS, &scene, &start, &levels, bounds, least), scene }
}

impl Solved {
    /// What each term would rise by if one track stood at another level: what its move bought. The most first.
    pub fn bought(&self, track: usize, before: f64) -> Vec<(&'static Term, f64)> {
        bought(all::LEVELS, &self.scene, &self.levels, track, before)
    }
}

/// Sum of the terms and its gradient.
pub fn cost<S>(terms: &[Term<S>], scene: &S, place: &[f64], slope: &mut [f64]) -> f64 {
    slope.fill(0.0);
    terms.iter().map(|term| term.weight * (term.value)(scene, place, slope, term.weight)).sum()
}

/// The place that costs least within bounds.
pub(crate) fn search<S>(terms: &[Term<S>], scene: &S, from: &[f64], bounds: &[Bounds]) -> Vec<f64> {
    minimise(&mut |x, slope| cost(terms, scene, x, slope), from, bounds, STEPS.1, STEPS.0).x
}

/// The same, where a move is made only if it buys something: the one from `start` that buys least is taken back, and the rest
/// sought anew, until each buys `least` or more.
pub fn settle<S>(
    terms: &'static [Term<S>],
    scene: &S,
    start: &[f64],
    from: &[f64],
    mut bounds: Vec<Bounds>,
    least: f64,
) -> Vec<f64> {
    let mut place = from.to_vec();
    loop {
        place = search(terms, scene, &place, &bounds);
        let worth = |i: usize| bought(terms, scene, &place, i, start[i]).iter().map(|(_, drop)| drop).sum();
        let free = (0..bounds.len()).filter(|&i| bounds[i].0 < bounds[i].1);
        let poor = free.map(|i| (i, worth(i))).filter(|(_, worth): &(usize, f64)| *worth < least);
        let Some((poorest, _)) = poor.min_by(|a, b| a.1.total_cmp(&b.1)) else { return place };
        bounds[poorest] = (start[poorest], start[poorest]);
        place[poorest] = start[poorest];
    }
}

/// What each term would rise by if one variable had another value, the most first. Terms about all together are no reason
/// for a single move.
pub fn bought<S>(
    terms: &'static [Term<S>],
    scene: &S,
    place: &[f64],
    variable: usize,
    before: f64,
) -> Vec<(&'static Term<S>, f64)> {
    let mut slope = vec![0.0; place.len()];
    let mut value =
        |term: &Term<S>, place: &[f64]| term.weight * (term.value)(scene, place, &mut slope, term.weight);
    let mut other = place.to_vec();
    other[variable] = before;
    let own = terms.iter().filter(|term| !term.common);
    let mut bought: Vec<(&'static Term<S>, f64)> =
        own.map(|term| (term, value(term, &other) - value(term, place))).collect();
    bought.sort_by(|a, b| b.1.total_cmp(&a.1));
    bought
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::all::tests::scene;

    fn total(scene: &Scene, levels: &[f64]) -> f64 {
        cost(all::LEVELS, scene, levels, &mut vec![0.0; levels.len()])
    }

    #[test]
    fn no_other_level_costs_less_and_the_same_bits_come_again() {
        let (scene, model) = scene();
        let solved = solve(scene.clone(), &model, 0.0);
        let least = total(&solved.scene, &solved.levels);
        for i in 0..solved.levels.len() {
            for by in [-0.5, 0.5] {
                let mut moved = solved.levels.clone();
                moved[i] += by;
                assert!(total(&solved.scene, &moved) > least, "track {i} by {by}");
            }
        }
        assert_eq!(solve(scene, &model, 0.0).levels, solved.levels);
    }

    #[test]
    fn what_a_hand_holds_stays_and_the_mix_is_as_loud_as_asked() {
        let (mut scene, model) = scene();
        (scene.tracks[3].fixed, scene.tracks[3].fader) = (true, 7.5);
        let solved = solve(scene, &model, 0.0);
        assert_eq!(solved.levels[3], 7.5);
        assert!((model.loudness(&solved.levels).unwrap() + 18.0).abs() < 0.3);
    }

    #[test]
    fn a_move_that_buys_nothing_is_not_made() {
        let (scene, model) = scene();
        let (all, few) = (solve(scene.clone(), &model, 0.0), solve(scene, &model, 0.5));
        let moved = |solved: &Solved| solved.levels.iter().filter(|level| **level != 0.0).count();
        assert!((1..moved(&all)).contains(&moved(&few)), "{} of {}", moved(&few), moved(&all));
        for i in (0..6).filter(|&i| few.levels[i] != 0.0) {
            let worth: f64 = few.bought(i, 0.0).iter().map(|(_, drop)| drop).sum();
            assert!(worth >= 0.5, "track {i} bought {worth}");
        }
    }

    #[test]
    fn what_a_move_bought_is_told_by_term() {
        let (scene, model) = scene();
        let solved = solve(scene, &model, 0.0);
        let bought = solved.bought(5, solved.levels[5] - 30.0);
        assert!(bought[0].1 > 1.0 && bought.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    }
}
