//! The smallest value of a smooth function within bounds: limited-memory BFGS (Nocedal 1980; Nocedal and Wright 2006,
//! algorithm 7.4) with steps projected onto the bounds (Bertsekas 1982). Nothing in it is random.

/// Steps that are remembered.
const MEMORY: usize = 12;
/// Share of the promised fall that a step must give (Armijo).
const ENOUGH: f64 = 1e-4;
/// How often a step is halved before the search gives up.
const HALVINGS: usize = 40;

/// Where a search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The place.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// Steps taken.
    pub steps: usize,
}

/// Least and greatest value of a variable. Equal ones fix it.
pub type Bounds = (f64, f64);

/// Searches from `start` until no variable can go downhill by more than `tolerance` (value per unit), or for `steps` steps.
/// `f` gives the value at a place and writes its gradient.
pub fn minimise(
    f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    bounds: &[Bounds],
    tolerance: f64,
    steps: usize,
) -> Found {
    let mut x: Vec<f64> = start.iter().zip(bounds).map(|(x, b)| x.clamp(b.0, b.1)).collect();
    let mut gradient = vec![0.0; x.len()];
    let mut value = f(&x, &mut gradient);
    let mut memory: Vec<Pair> = Vec::new();
    let mut taken = 0;
    while taken < steps {
        let free: Vec<bool> = (0..x.len()).map(|i| is_free(x[i], gradient[i], bounds[i])).collect();
        let steepest = (0..x.len()).filter(|&i| free[i]).map(|i| gradient[i].abs()).fold(0.0, f64::max);
        if steepest <= tolerance {
            break;
        }
        let mut way = direction(&gradient, &free, &memory);
        if dot(&way, &gradient) >= 0.0 {
            memory.clear();
            way = direction(&gradient, &free, &memory);
        }
        // Without a memory the length of the gradient says nothing about that of the step: one unit at most.
        let mut length = if memory.is_empty() { 1.0 / steepest.max(1.0) } else { 1.0 };
        let mut next = None;
        for _ in 0..HALVINGS {
            let place: Vec<f64> =
                (0..x.len()).map(|i| (x[i] + length * way[i]).clamp(bounds[i].0, bounds[i].1)).collect();
            let promised: f64 = (0..x.len()).map(|i| gradient[i] * (place[i] - x[i])).sum();
            let mut slope = vec![0.0; x.len()];
            let there = f(&place, &mut slope);
            if there <= value + ENOUGH * promised {
                next = Some((place, there, slope));
                break;
            }
            length *= 0.5;
        }
        let Some((place, there, slope)) = next else {
            if memory.is_empty() {
                break;
            }
            memory.clear();
            continue;
        };
        memory.extend(Pair::new(&x, &place, &gradient, &slope));
        if memory.len() > MEMORY {
            memory.remove(0);
        }
        (x, value, gradient) = (place, there, slope);
        taken += 1;
    }
    Found { x, value, steps: taken }
}

/// May a variable go downhill, or does a bound hold it?
fn is_free(x: f64, slope: f64, (low, high): Bounds) -> bool {
    low < high && !(x <= low && slope > 0.0) && !(x >= high && slope < 0.0)
}

/// A step that was taken, and by how much it changed the gradient.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// One over their product.
    rho: f64,
}

impl Pair {
    /// None where the function does not bend upwards along the step.
    fn new(x: &[f64], place: &[f64], gradient: &[f64], slope: &[f64]) -> Option<Pair> {
        let step: Vec<f64> = place.iter().zip(x).map(|(a, b)| a - b).collect();
        let change: Vec<f64> = slope.iter().zip(gradient).map(|(a, b)| a - b).collect();
        let product = dot(&step, &change);
        (product > 1e-12 * dot(&change, &change)).then(|| Pair { step, change, rho: 1.0 / product })
    }
}

/// Downhill by the two loops of algorithm 7.4, over the variables that are free.
fn direction(gradient: &[f64], free: &[bool], memory: &[Pair]) -> Vec<f64> {
    let masked = |v: &[f64]| -> Vec<f64> {
        v.iter().zip(free).map(|(v, free)| if *free { *v } else { 0.0 }).collect()
    };
    let mut way = masked(gradient);
    let mut shares = vec![0.0; memory.len()];
    for (share, pair) in shares.iter_mut().zip(memory).rev() {
        *share = pair.rho * dot(&pair.step, &way);
        way.iter_mut().zip(&pair.change).for_each(|(w, y)| *w -= *share * y);
    }
    if let Some(last) = memory.last() {
        let scale = 1.0 / (last.rho * dot(&last.change, &last.change));
        way.iter_mut().for_each(|w| *w *= scale);
    }
    for (share, pair) in shares.iter().zip(memory) {
        let back = pair.rho * dot(&pair.change, &way);
        way.iter_mut().zip(&pair.step).for_each(|(w, s)| *w += (share - back) * s);
    }
    masked(&way).iter().map(|w| -w).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley in pairs of variables.
    fn valley(x: &[f64], slope: &mut [f64]) -> f64 {
        let mut sum = 0.0;
        for i in (0..x.len()).step_by(2) {
            let (a, b) = (1.0 - x[i], x[i + 1] - x[i] * x[i]);
            slope[i] = -2.0 * a - 400.0 * x[i] * b;
            slope[i + 1] = 200.0 * b;
            sum += a * a + 100.0 * b * b;
        }
        sum
    }

    #[test]
    fn the_bottom_of_a_bent_valley_is_found() {
        let found = minimise(&mut valley, &[-1.2, 1.0, 2.0, -1.0], &[(-5.0, 5.0); 4], 1e-8, 200);
        assert!(found.x.iter().all(|x| (x - 1.0).abs() < 1e-6), "{found:?}");
        assert!(found.steps < 100, "{found:?}");
    }

    #[test]
    fn bounds_hold_and_what_is_fixed_stays() {
        let bounds = [(-5.0, 0.5), (-5.0, 5.0), (2.0, 2.0), (-5.0, 5.0)];
        let found = minimise(&mut valley, &[-1.2, 1.0, 2.0, -1.0], &bounds, 1e-8, 200);
        let wanted = [0.5, 0.25, 2.0, 4.0];
        assert!(found.x.iter().zip(wanted).all(|(x, y)| (x - y).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn nothing_to_do_is_done_in_no_step() {
        let found = minimise(&mut valley, &[1.0, 1.0], &[(-5.0, 5.0); 2], 1e-8, 200);
        assert_eq!((found.steps, found.x), (0, vec![1.0, 1.0]));
    }
}
