//! Digital sections against their analogue prototypes.

use mixsmith_dsp::filter::design::Shape;
use mixsmith_dsp::filter::{Prototype, matched_closely};

/// Largest distance from the prototype in dB from 20 Hz to 20 kHz at 44.1 kHz.
fn distance(shape: Shape, hz: f64) -> f64 {
    let rate = 44_100.0;
    let prototype = Prototype { hz, shape };
    let sections = matched_closely(&prototype, rate);
    let off = (0..500).map(|i| 20.0 * 1000f64.powf(f64::from(i) / 499.0)).map(|hz| {
        let got: f64 = sections.iter().map(|section| section.response_db(hz, rate)).sum();
        (got - prototype.response_db(hz)).abs()
    });
    off.fold(0.0, f64::max)
}

#[test]
fn bells_and_shelves_lie_within_a_tenth_of_a_decibel() {
    let mut worst = (0.0, None);
    for q in [0.1, 0.3, 0.5, 0.71, 1.0, 2.0, 5.0, 12.0, 40.0] {
        for db in [-24.0, -12.0, -3.0, 6.0, 12.0, 24.0] {
            for step in 0..=120 {
                let hz = if step == 0 { 20_000.0 } else { 10.0 * 2000f64.powf(f64::from(step) / 120.0) };
                let mut shapes = vec![Shape::Bell { db, q }];
                if (0.4..=1.0).contains(&q) {
                    shapes.extend([Shape::LowShelf { db, q }, Shape::HighShelf { db, q }]);
                }
                for shape in shapes {
                    let off = distance(shape, hz);
                    if off > worst.0 {
                        worst = (off, Some((shape, hz)));
                    }
                }
            }
        }
    }
    println!("within {:.3} dB: {:?}", worst.0, worst.1);
    assert!(worst.0 < 0.1, "{worst:?}");
}
