//! Peaks against loudness.

use mixsmith_assistant::Loudness;

use super::card::{Bar, Card, Figure};
use super::printed;
use crate::Mixed;
use crate::report::Players;

const MIX: Figure = Figure {
    group: "Dynamics",
    name: "Peak over loudness, mix",
    unit: "LU",
    bar: Bar::Within(12.0, 18.0),
    row: 11,
    how: "True peak of the mix less its integrated loudness (PLR).",
    means: "True peak over loudness of the mix: how much punch is left for the master.",
};

const MASTER: Figure = Figure {
    group: "Dynamics",
    name: "Peak over loudness, master",
    unit: "LU",
    bar: Bar::None,
    row: 11,
    how: "The same of the master.",
    means: "The same of the master. It falls as the master is made louder.",
};

const PUNCH: Figure = Figure {
    group: "Dynamics",
    name: "Least short-term punch, master",
    unit: "dB",
    bar: Bar::Least(8.0),
    row: 11,
    how: "Least difference of sample peak and loudness over 3 s in the master, where it is within 10 LU of its loudest \
          (PSR). No limit for a brief that asks for a loud master.",
    means: "Least peak over 3 seconds' loudness in the master: under 8 dB drums flatten.",
};

const RANGE: Figure = Figure {
    group: "Dynamics",
    name: "Loudness range",
    unit: "LU",
    bar: Bar::None,
    row: 11,
    how: "Loudness range of the mix (EBU Tech 3342).",
    means: "From the soft to the loud parts of the song.",
};

const GIVEN_UP: Figure = Figure {
    group: "Dynamics",
    name: "Loudness range given up",
    unit: "LU",
    bar: Bar::Most(2.0),
    row: 11,
    how: "Loudness range of the plain sum of the tracks less that of the mix.",
    means: "Loudness range of the plain sum less that of the mix: how much of the song's arc was levelled.",
};

pub(super) const FIGURES: &[&Figure] = &[&MIX, &MASTER, &PUNCH, &RANGE, &GIVEN_UP];

pub(super) fn dynamics(mixed: &Mixed, players: &Players, card: &mut Card) {
    let plr = |kind: &str| printed(mixed, kind).map(|print| print.level.true_peak - print.level.loudness);
    card.add(&MIX, plr("mix"));
    card.add(&MASTER, plr("master"));
    let loud = mixed.brief.loudness == Loudness::Loud;
    card.add(&Figure { bar: if loud { Bar::None } else { PUNCH.bar }, ..PUNCH }, players.psr);
    let before = players.heard.number("loudness.range", "before");
    let after = mixed.heard.number("loudness.range", "mix");
    card.add(&RANGE, after);
    card.add(&GIVEN_UP, before.zip(after).map(|(before, after)| before - after));
}
