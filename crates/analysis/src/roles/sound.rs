//! The second witness: the sound. A table of what each role usually measures, read as normal distributions.

use super::scores::{self, Scores};
use super::{Odds, features, place};
use crate::Facts;

/// Features, in the order of the table's columns.
const FEATURES: usize = 10;
/// (mean, standard deviation) of one feature.
type Usual = (f64, f64);

/// What a group of roles sounds like. Roles that differ only by where the microphone stands share a row; the number after a role
/// is what it costs to be that special (natural log).
struct Row {
    roles: &'static [(&'static str, f64)],
    /// Share below 120 Hz; centroid (log2 Hz); flatness (log10); decay (log10 ms); percussive share; voiced share; median pitch
    /// (log2 Hz); notes at once; width (dB); likeness to speech.
    usual: [Usual; FEATURES],
}

/// A feature that tells nothing about a role.
const ANY: Usual = (0.0, f64::INFINITY);

#[rustfmt::skip]
static TABLE: &[Row] = &[
    Row { roles: &[("kick", 0.0), ("kick-in", 1.5), ("kick-out", 1.5)],
          usual: [(0.8, 0.2), (6.8, 0.7), (-2.3, 1.0), (2.05, 0.25), (0.3, 0.25), (0.25, 0.25), (5.5, 0.4), ANY, (-45.0, 40.0), (0.15, 0.15)] },
    Row { roles: &[("snare", 0.0), ("snare-top", 1.5), ("snare-bottom", 2.0), ("clap", 1.0)],
          usual: [(0.01, 0.06), (10.6, 1.0), (-0.75, 0.4), (2.0, 0.25), (0.8, 0.12), (0.02, 0.1), ANY, (3.2, 1.5), (-50.0, 45.0), (0.02, 0.1)] },
    Row { roles: &[("hihat", 0.0)],
          usual: [(0.0, 0.04), (12.7, 0.7), (-0.4, 0.3), (1.9, 0.25), (0.78, 0.15), (0.01, 0.06), ANY, (4.0, 1.5), (-30.0, 40.0), (0.01, 0.06)] },
    Row { roles: &[("cymbals", 0.5), ("crash", 0.0), ("ride", 0.3)],
          usual: [(0.0, 0.04), (12.5, 0.6), (-0.35, 0.3), (2.75, 0.25), (0.47, 0.15), (0.01, 0.06), ANY, (4.0, 1.5), (-40.0, 45.0), (0.01, 0.06)] },
    Row { roles: &[("toms", 0.5)],
          usual: [(0.35, 0.3), (8.4, 0.8), (-1.4, 0.6), (2.2, 0.25), (0.35, 0.2), (0.3, 0.25), (6.4, 0.7), (3.2, 1.5), (-40.0, 40.0), (0.12, 0.15)] },
    Row { roles: &[("drums", 0.0), ("overheads", 2.0), ("room", 2.0)],
          usual: [(0.25, 0.28), (10.0, 1.2), (-0.8, 0.4), (2.15, 0.25), (0.58, 0.2), (0.05, 0.12), ANY, (4.0, 1.5), (-20.0, 25.0), (0.04, 0.1)] },
    Row { roles: &[("percussion", 0.3)],
          usual: [(0.02, 0.06), (10.6, 1.3), (-1.8, 1.2), (2.1, 0.35), (0.7, 0.2), (0.08, 0.18), ANY, (3.2, 1.5), (-50.0, 45.0), (0.04, 0.1)] },
    Row { roles: &[("bass", 0.0), ("bass-di", 2.0), ("bass-amp", 2.0)],
          usual: [(0.65, 0.25), (6.9, 0.6), (-4.0, 1.0), (2.25, 0.25), (0.14, 0.1), (0.65, 0.2), (5.8, 0.6), (1.8, 0.8), (-50.0, 40.0), (0.35, 0.18)] },
    Row { roles: &[("electric-guitar", 0.0), ("guitar", 0.3)],
          usual: [(0.08, 0.12), (9.8, 0.9), (-2.4, 1.0), (2.4, 0.25), (0.27, 0.15), (0.4, 0.3), (7.5, 0.7), (2.3, 1.0), (-50.0, 45.0), (0.2, 0.18)] },
    // A melody on the guitar: one note at a time, higher than the chords, and held.
    Row { roles: &[("electric-guitar", 1.0)],
          usual: [(0.02, 0.06), (9.9, 0.8), (-2.7, 0.9), (2.45, 0.25), (0.17, 0.14), (0.8, 0.2), (8.6, 0.7), (1.5, 0.8), (-50.0, 45.0), (0.35, 0.2)] },
    Row { roles: &[("acoustic-guitar", 0.5)],
          usual: [(0.05, 0.08), (10.0, 0.9), (-2.0, 0.7), (2.4, 0.25), (0.45, 0.18), (0.35, 0.3), (7.6, 0.6), (2.8, 1.0), (-50.0, 45.0), (0.2, 0.18)] },
    Row { roles: &[("keys", 0.3), ("piano", 0.0)],
          usual: [(0.05, 0.08), (9.2, 0.8), (-3.0, 0.8), (2.5, 0.25), (0.2, 0.12), (0.6, 0.3), (8.4, 0.9), (2.2, 1.2), (-18.0, 25.0), (0.27, 0.15)] },
    Row { roles: &[("pad", 0.0), ("organ", 1.0)],
          usual: [(0.1, 0.15), (8.7, 1.0), (-3.0, 1.0), (2.75, 0.35), (0.25, 0.18), (0.45, 0.35), (6.8, 1.2), (2.0, 1.2), (-4.0, 9.0), (0.27, 0.18)] },
    Row { roles: &[("synth", 0.0), ("synth-lead", 1.0)],
          usual: [(0.2, 0.28), (9.2, 1.3), (-2.3, 0.9), (2.0, 0.3), (0.4, 0.28), (0.3, 0.3), (7.5, 1.3), (2.2, 1.2), (-10.0, 15.0), (0.27, 0.22)] },
    Row { roles: &[("strings", 0.5)],
          usual: [(0.01, 0.04), (9.8, 0.7), (-2.4, 0.6), (3.0, 0.3), (0.08, 0.08), (0.75, 0.3), (8.6, 0.7), (1.8, 1.0), (-8.0, 14.0), (0.3, 0.18)] },
    Row { roles: &[("brass", 1.0)],
          usual: [(0.01, 0.04), (10.0, 0.7), (-2.6, 0.6), (2.5, 0.3), (0.15, 0.12), (0.8, 0.2), (8.5, 0.7), (1.5, 0.8), (-40.0, 40.0), (0.35, 0.2)] },
    Row { roles: &[("lead-vocal", 0.0), ("vocal-double", 2.5)],
          usual: [(0.0, 0.04), (9.7, 0.6), (-1.2, 0.6), (2.15, 0.25), (0.36, 0.14), (0.42, 0.2), (7.7, 0.5), (2.0, 1.0), (-45.0, 35.0), (0.42, 0.17)] },
    Row { roles: &[("backing-vocal", 0.3)],
          usual: [(0.01, 0.05), (9.8, 0.8), (-1.9, 0.7), (2.2, 0.25), (0.27, 0.14), (0.42, 0.32), (8.3, 0.6), (2.4, 1.0), (-3.0, 8.0), (0.25, 0.12)] },
    Row { roles: &[("choir", 1.0)],
          usual: [(0.01, 0.04), (9.4, 0.7), (-2.7, 0.7), (2.9, 0.3), (0.1, 0.1), (0.6, 0.3), (8.4, 0.6), (2.3, 1.0), (-8.0, 12.0), (0.3, 0.15)] },
    Row { roles: &[("mallet", 1.0)],
          usual: [(0.01, 0.04), (9.9, 0.9), (-2.6, 1.0), (2.1, 0.35), (0.75, 0.22), (0.15, 0.25), (8.9, 0.8), (3.5, 1.8), (-50.0, 45.0), (0.1, 0.15)] },
    Row { roles: &[("fx", 0.8)],
          usual: [(0.15, 0.3), (10.2, 1.5), (-1.6, 0.9), (2.0, 0.6), (0.4, 0.3), (0.12, 0.2), (7.8, 1.6), (2.2, 1.3), (-8.0, 12.0), (0.15, 0.2)] },
    Row { roles: &[("click-track", 3.0)],
          usual: [(0.0, 0.02), (10.3, 0.7), (-2.6, 0.6), (1.35, 0.2), (0.95, 0.08), (0.1, 0.15), (9.8, 0.7), (1.0, 0.6), (-95.0, 15.0), (0.15, 0.15)] },
];

/// Features are not independent: their summed log-odds count for this much.
const SHARED: f64 = 0.7;
/// One feature alone may not rule a role out: distances count up to this many deviations.
const FAR: f64 = 3.0;

/// Whose word counts for how much: that of the table by hand, and that of what was learned.
#[derive(Clone, Copy, Debug)]
pub struct Ears<'a> {
    /// Weight of the table in this file.
    pub by_hand: f64,
    /// Weight of the scores.
    pub by_scores: f64,
    /// What was learned.
    pub scores: &'a Scores,
}

/// Weights of both tables. The learned one alone tells more of what it was tested on, but no person has sung or
/// programmed a drum in it; the one by hand knows little, but of real songs. Beyond one because each was held back while
/// it was learned: with these, confidence is what was right among held-out songs and sounds.
const BY_HAND: f64 = 0.35;
/// The same of what was learned.
const BY_SCORES: f64 = 1.2;

impl Default for Ears<'_> {
    fn default() -> Self {
        Ears { by_hand: BY_HAND, by_scores: BY_SCORES, scores: scores::learned() }
    }
}

/// Odds from what was measured of one stem; nothing for a silent one.
pub fn hear(facts: &Facts, stem: &str, ears: &Ears<'_>) -> Odds {
    let mut odds = Odds::default();
    if facts.get("fault.silent", &[stem]).is_some() {
        return odds;
    }
    if ears.by_hand > 0.0 {
        odds.join(&by_hand(facts, stem), ears.by_hand);
    }
    if ears.by_scores > 0.0 {
        odds.join(&by_scores(facts, stem, ears.scores), ears.by_scores);
    }
    let audible = audible(facts, stem);
    odds.0.iter_mut().for_each(|odds| *odds *= audible);
    odds
}

/// Loudness in LUFS from which a sound counts in full, and at which its word is worth next to nothing: what is heard of
/// a track that is nearly silent is the tail of something, and whatever lies above -60 LUFS by chance.
const HEARD: (f64, f64) = (-50.0, -70.0);

/// How much the sound of a stem counts, 0.1 to 1.
fn audible(facts: &Facts, stem: &str) -> f64 {
    let loud = facts.number("loudness.active", stem).unwrap_or(HEARD.1);
    ((loud - HEARD.1) / (HEARD.0 - HEARD.1)).clamp(0.1, 1.0)
}

/// Roles that sound like a learned one, and what it costs to be that special (natural log).
const LIKE: &[(&str, &[(&str, f64)])] = &[
    ("kick-in", &[("kick", 1.5)]),
    ("kick-out", &[("kick", 1.5)]),
    ("snare-top", &[("snare", 1.5)]),
    ("snare-bottom", &[("snare", 2.0)]),
    ("cymbals", &[("crash", 0.3), ("ride", 0.3)]),
    ("overheads", &[("drums", 2.0)]),
    ("room", &[("drums", 2.0)]),
    ("bass-di", &[("bass", 2.0)]),
    ("bass-amp", &[("bass", 2.0)]),
    ("guitar", &[("electric-guitar", 0.5), ("acoustic-guitar", 0.5)]),
    ("vocal-double", &[("lead-vocal", 2.5)]),
];

/// What it costs to be a choir (natural log): in music files it stands where songs that are recorded have a pad or
/// backing voices.
const CHOIR: f64 = 1.5;

/// Odds of what was learned.
fn by_scores(facts: &Facts, stem: &str, scores: &Scores) -> Odds {
    let mut odds = Odds::default();
    let numbers = features::of(facts, stem);
    if numbers.iter().flatten().count() < 6 {
        return odds;
    }
    let sums = scores.sums(&numbers);
    let mut sorted = sums.clone();
    sorted.sort_by(f64::total_cmp);
    let Some(&middle) = sorted.get(sorted.len() / 2) else { return odds };
    for (role, sum) in scores.roles.iter().zip(&sums) {
        odds.add(role, sum - middle);
    }
    odds.add("choir", -CHOIR);
    for (role, like) in LIKE {
        let of = |(id, cost): &(&str, f64)| place(id).map_or(0.0, |place| odds.0[place]) - cost;
        let best = like.iter().map(of).fold(f64::MIN, f64::max);
        odds.add(role, best);
    }
    for role in ["click-track", "rough-mix", "reference", "unknown"] {
        odds.add(role, -1.0);
    }
    odds
}

/// Odds of the table.
fn by_hand(facts: &Facts, stem: &str) -> Odds {
    let mut odds = Odds::default();
    let number = |what: &str| facts.number(what, stem);
    let features: [Option<f64>; FEATURES] = [
        number("spectrum.low_share"),
        number("spectrum.centroid").map(|hz| hz.max(20.0).log2()),
        number("spectrum.flatness").map(|x| x.max(1e-5).log10()),
        number("onset.decay").map(|ms| ms.max(5.0).log10()),
        number("onset.percussive"),
        number("pitch.voiced"),
        // The pitch of a few voiced frames is an accident.
        number("pitch.median")
            .filter(|_| number("pitch.voiced").is_some_and(|share| share > 0.1))
            .map(|hz| hz.max(20.0).log2()),
        number("pitch.polyphony"),
        number("stereo.width").map(|db| db.clamp(-100.0, 0.0)),
        number("harmonic.formant"),
    ];
    if features.iter().flatten().count() < 4 {
        return odds;
    }
    let mut all: Vec<(&str, f64)> = Vec::new();
    for row in TABLE {
        let mut fit = 0.0;
        for (value, (mean, deviation)) in features.iter().zip(&row.usual) {
            let Some(value) = value else { continue };
            // An open feature counts as one deviation off.
            let off = if deviation.is_finite() { ((value - mean) / deviation).abs().min(FAR) } else { 1.0 };
            let width = if deviation.is_finite() { deviation.ln() } else { WIDTHS_OPEN };
            fit -= 0.5 * off * off + 0.3 * width;
        }
        all.extend(row.roles.iter().map(|&(role, cost)| (role, fit * SHARED - cost)));
    }
    // Against the middle role, so that zero means no evidence.
    let mut sorted: Vec<f64> = all.iter().map(|(_, fit)| *fit).collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    // Of two ways to play a part the nearer one counts.
    all.sort_by(|a, b| a.0.cmp(b.0).then(b.1.total_cmp(&a.1)));
    all.dedup_by_key(|(role, _)| *role);
    for (role, fit) in all {
        odds.add(role, fit - middle);
    }
    // What the sound cannot tell at all is less likely than the middle.
    for role in ["rough-mix", "reference", "unknown"] {
        odds.add(role, -1.0);
    }
    odds
}

/// Log of the deviation that an open feature is taken to have.
const WIDTHS_OPEN: f64 = 0.0;
