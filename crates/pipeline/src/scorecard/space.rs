//! Reverbs and delays.

use mixsmith_assistant::mixmodel::{energy, lufs};

use super::card::{Bar, Card};
use super::printed;
use crate::Mixed;

pub(super) fn space(mixed: &Mixed, card: &mut Card) {
    let returns =
        mixed.session.strips.iter().filter(|strip| strip.kind == mixsmith_session::StripKind::Return);
    let prints = returns
        .filter_map(|strip| mixed.manifest.outputs.iter().find(|o| o.kind == "stem" && o.of == strip.id));
    let sum: f64 = prints.map(|print| energy(print.level.loudness)).sum();
    let ambience =
        (sum > 1e-9).then(|| lufs(sum)).zip(printed(mixed, "mix")).map(|(l, mix)| l - mix.level.loudness);
    let means = "All returns against the mix. Listeners punish too much more than too little.";
    card.add(("Space", "Reverbs and delays"), ambience, "LU", Bar::Within(-20.0, -10.0), means);
}
