//! Peaks against loudness.

use mixsmith_assistant::Loudness;

use super::card::{Bar, Card};
use super::printed;
use crate::Mixed;
use crate::report::Players;

pub(super) fn dynamics(mixed: &Mixed, players: &Players, card: &mut Card) {
    let plr = |kind: &str| printed(mixed, kind).map(|print| print.level.true_peak - print.level.loudness);
    let means = "True peak over loudness of the mix: how much punch is left for the master.";
    card.add(("Dynamics", "Peak over loudness, mix"), plr("mix"), "LU", Bar::Within(12.0, 18.0), means);
    let means = "The same of the master. It falls as the master is made louder.";
    card.add(("Dynamics", "Peak over loudness, master"), plr("master"), "LU", Bar::None, means);
    let loud = mixed.brief.loudness == Loudness::Loud;
    let bar = if loud { Bar::None } else { Bar::Least(8.0) };
    let means = "Least peak over 3 seconds' loudness in the master: under 8 dB drums flatten.";
    card.add(("Dynamics", "Least short-term punch, master"), players.psr, "dB", bar, means);
    let before = players.heard.number("loudness.range", "before");
    let after = mixed.heard.number("loudness.range", "mix");
    let change = before.zip(after).map(|(before, after)| before - after);
    let means =
        "Loudness range of the plain sum less that of the mix: how much of the song's arc was levelled.";
    card.add(("Dynamics", "Loudness range given up"), change, "LU", Bar::Most(2.0), means);
}
