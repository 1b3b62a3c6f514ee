//! Every number behind the decisions of whole mixes, computed again.

use mixsmith_demo::{Delivery, Fault, Form, Recipe};
use mixsmith_pipeline::{Options, Silent, mix, verify};

use super::{Bar, Fallible, Wish, percent, scene};

/// The bar.
pub fn bars(wish: &Wish) -> Fallible<Vec<Bar>> {
    let (mut quoted, mut decisions, mut missed) = (0, 0, Vec::new());
    let scenes = wish.seeds.max(2);
    for seed in 1..=scenes {
        let form = Form { intro: 1, verse: 4, chorus: 4, outro: 1 };
        let faults = vec![Fault::InvertedSnareBottom, Fault::BuriedVoice { db: 5.0 }, Fault::RoughMix];
        let recipe = Recipe { delivery: Delivery::Messy, faults, ..scene::recipe(40 + seed, form) };
        let folder =
            scene::write(&wish.folder.join(format!("verify-{seed}")), &mixsmith_demo::song(&recipe))?;
        mix(&folder, &Options::default(), &Silent)?;
        let verified = verify(&folder, &Options::default(), &Silent)?;
        let (some, numbers) = verified.rules.values().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        decisions += some;
        quoted += numbers;
        let song = format!("seed {seed}");
        missed.extend(verified.differences.iter().map(|d| format!("{song}, {}: {}", d.rule, d.says)));
        eprintln!("verify: {song}: {numbers} numbers, {} differ", verified.differences.len());
    }
    let all = quoted + missed.len();
    Ok(vec![Bar {
        name: "Reasons computed again that match".to_owned(),
        unit: " %",
        decimals: 1,
        must: 100.0,
        goal: 100.0,
        figure: percent(quoted, all),
        of: format!("{all} numbers of {decisions} decisions in {scenes} mixes"),
        missed,
    }])
}
