//! Roles: what part a stem plays, from its name, its sound and its company.
//!
//! Three witnesses, each with odds for every role, multiplied together (sums of log-odds).

pub mod context;
pub mod display;
pub mod features;
pub mod fuse;
pub mod name;
pub mod scores;
pub mod sound;
mod words;

use crate::Measure;

/// The measures of these files.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "role",
        unit: "name",
        doc: "The part a stem plays: one of the roles; confidence below 0.6 should be asked about.",
    },
    Measure {
        id: "role.evidence",
        unit: "sentence",
        doc: "What name, sound and company said about the role.",
    },
    Measure {
        id: "role.name",
        unit: "name",
        doc: "The name a person reads on the strip; unique in the song.",
    },
    Measure {
        id: "role.pair",
        unit: "name",
        doc: "L or R when the file is half of a stereo pair by its name.",
    },
];

/// A part that a stem can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// What it is called in files: `kick-in`.
    pub id: &'static str,
    /// What a person reads: `Kick In`.
    pub name: &'static str,
    /// The group it is mixed in: drums, bass, guitars, keys, synths, strings, brass, lead-vocals, backing-vocals, fx, none.
    pub family: &'static str,
    /// Colour of its strip, `#rrggbb`.
    pub colour: &'static str,
    /// Its place from left to right on a desk.
    pub order: u16,
}

const fn row(
    id: &'static str,
    name: &'static str,
    family: &'static str,
    colour: &'static str,
    order: u16,
) -> Role {
    Role { id, name, family, colour, order }
}

/// Every role, in desk order.
pub static ROLES: &[Role] = &[
    row("kick-in", "Kick In", "drums", "#c0392b", 10),
    row("kick-out", "Kick Out", "drums", "#c0392b", 11),
    row("kick", "Kick", "drums", "#c0392b", 12),
    row("snare-top", "Snare Top", "drums", "#d35400", 20),
    row("snare-bottom", "Snare Bottom", "drums", "#d35400", 21),
    row("snare", "Snare", "drums", "#d35400", 22),
    row("clap", "Clap", "drums", "#d35400", 23),
    row("hihat", "Hi-Hat", "drums", "#d4a017", 30),
    row("toms", "Toms", "drums", "#b9561f", 31),
    row("ride", "Ride", "drums", "#d4a017", 32),
    row("crash", "Crash", "drums", "#d4a017", 33),
    row("cymbals", "Cymbals", "drums", "#d4a017", 34),
    row("overheads", "Overheads", "drums", "#c9971c", 35),
    row("room", "Room", "drums", "#9c7a3c", 36),
    row("drums", "Drums", "drums", "#b03a2e", 37),
    row("percussion", "Percussion", "drums", "#a0522d", 38),
    row("bass", "Bass", "bass", "#6c3fb4", 50),
    row("bass-di", "Bass DI", "bass", "#6c3fb4", 51),
    row("bass-amp", "Bass Amp", "bass", "#6c3fb4", 52),
    row("electric-guitar", "Electric Guitar", "guitars", "#1e8449", 60),
    row("acoustic-guitar", "Acoustic Guitar", "guitars", "#58a55c", 61),
    row("guitar", "Guitar", "guitars", "#2e9e5b", 62),
    row("piano", "Piano", "keys", "#2471a3", 70),
    row("keys", "Keys", "keys", "#2e86c1", 71),
    row("organ", "Organ", "keys", "#1f618d", 72),
    row("mallet", "Mallet", "keys", "#5499c7", 73),
    row("synth-lead", "Synth Lead", "synths", "#148f77", 80),
    row("synth", "Synth", "synths", "#17a589", 81),
    row("pad", "Pad", "synths", "#45b39d", 82),
    row("strings", "Strings", "strings", "#8e6b3d", 90),
    row("brass", "Brass", "brass", "#b7950b", 100),
    row("lead-vocal", "Lead Vocal", "lead-vocals", "#d81b60", 110),
    row("vocal-double", "Vocal Double", "lead-vocals", "#e0558a", 111),
    row("backing-vocal", "Backing Vocal", "backing-vocals", "#e58bb0", 120),
    row("choir", "Choir", "backing-vocals", "#e8a7c3", 121),
    row("fx", "FX", "fx", "#7f8c8d", 130),
    row("click-track", "Click Track", "none", "#566573", 140),
    row("rough-mix", "Rough Mix", "none", "#566573", 141),
    row("reference", "Reference", "none", "#566573", 142),
    row("unknown", "Track", "none", "#95a5a6", 150),
];

/// The role of this id.
pub fn role(id: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.id == id)
}

/// Place of a role in [`ROLES`].
pub(crate) fn place(id: &str) -> Option<usize> {
    ROLES.iter().position(|role| role.id == id)
}

/// Log-odds for every role, in the order of [`ROLES`].
#[derive(Clone, Debug, PartialEq)]
pub struct Odds(pub Vec<f64>);

impl Default for Odds {
    fn default() -> Self {
        Odds(vec![0.0; ROLES.len()])
    }
}

impl Odds {
    /// Adds evidence (natural log) for a role.
    pub fn add(&mut self, id: &str, weight: f64) {
        if let Some(i) = place(id) {
            self.0[i] += weight;
        }
    }

    /// Lifts a role to this weight, unless it has it already: two words for one thing are one witness.
    pub(crate) fn reach(&mut self, id: &str, weight: f64) {
        if let Some(i) = place(id) {
            self.0[i] = self.0[i].max(weight);
        }
    }

    /// Adds all of another's evidence.
    pub fn join(&mut self, other: &Odds, weight: f64) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a += b * weight;
        }
    }

    /// The probability of every role, in the order of [`ROLES`].
    fn shares(&self) -> Vec<f64> {
        let top = self.0.iter().copied().fold(f64::MIN, f64::max);
        let shares: Vec<f64> = self.0.iter().map(|&odds| (odds - top).exp()).collect();
        let all: f64 = shares.iter().sum();
        shares.into_iter().map(|share| share / all).collect()
    }

    /// The likeliest role and its probability; the first in desk order where several are.
    pub fn best(&self) -> (&'static Role, f64) {
        let shares = self.shares();
        let best = (1..shares.len()).fold(0, |best, i| if self.0[i] > self.0[best] { i } else { best });
        (&ROLES[best], shares[best])
    }

    /// The probability of a role.
    pub(crate) fn share(&self, id: &str) -> f64 {
        place(id).map_or(0.0, |i| self.shares()[i])
    }

    /// The probability that the role belongs to this family.
    pub fn family(&self, family: &str) -> f64 {
        ROLES
            .iter()
            .zip(self.shares())
            .filter(|(role, _)| role.family == family)
            .map(|(_, share)| share)
            .sum()
    }

    /// Does it say anything?
    pub fn speaks(&self) -> bool {
        self.0.iter().any(|&odds| odds > 0.5)
    }
}
