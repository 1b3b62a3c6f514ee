//! The second witness: the sound. A table of what each role usually measures, read as normal distributions.

use super::Odds;
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
          usual: [(0.75, 0.25), (7.2, 1.2), (-2.5, 0.8), (2.1, 0.3), (0.65, 0.25), (0.3, 0.35), (5.9, 0.7), (1.0, 0.7), (-60.0, 40.0), (0.05, 0.15)] },
    Row { roles: &[("snare", 0.0), ("snare-top", 1.5), ("snare-bottom", 2.0), ("clap", 1.0)],
          usual: [(0.04, 0.10), (10.8, 1.2), (-0.8, 0.5), (2.1, 0.3), (0.75, 0.2), (0.06, 0.15), (7.6, 1.0), ANY, (-50.0, 40.0), (0.05, 0.12)] },
    Row { roles: &[("hihat", 0.0)],
          usual: [(0.0, 0.04), (12.9, 0.6), (-0.6, 0.5), (1.9, 0.4), (0.75, 0.25), (0.02, 0.08), ANY, ANY, (-40.0, 40.0), (0.02, 0.08)] },
    Row { roles: &[("cymbals", 0.5), ("crash", 0.0), ("ride", 0.3)],
          usual: [(0.01, 0.04), (12.4, 0.8), (-0.7, 0.5), (2.8, 0.4), (0.45, 0.25), (0.03, 0.1), ANY, ANY, (-30.0, 40.0), (0.02, 0.08)] },
    Row { roles: &[("toms", 0.5)],
          usual: [(0.4, 0.3), (7.8, 1.0), (-2.2, 0.7), (2.5, 0.3), (0.5, 0.25), (0.3, 0.3), (6.7, 0.5), (1.2, 0.8), (-40.0, 40.0), (0.05, 0.12)] },
    Row { roles: &[("drums", 0.0), ("overheads", 2.0), ("room", 2.0)],
          usual: [(0.35, 0.3), (9.8, 1.8), (-1.2, 0.6), (2.1, 0.3), (0.7, 0.2), (0.08, 0.12), ANY, (1.5, 1.0), (-25.0, 25.0), (0.04, 0.1)] },
    Row { roles: &[("percussion", 0.3)],
          usual: [(0.03, 0.08), (11.0, 1.2), (-1.5, 0.8), (2.1, 0.4), (0.7, 0.25), (0.12, 0.25), (9.5, 1.2), ANY, (-40.0, 40.0), (0.05, 0.12)] },
    Row { roles: &[("bass", 0.0), ("bass-di", 2.0), ("bass-amp", 2.0)],
          usual: [(0.7, 0.25), (7.0, 0.8), (-3.3, 0.8), (2.6, 0.4), (0.15, 0.18), (0.75, 0.25), (6.0, 0.6), (1.0, 0.5), (-60.0, 40.0), (0.15, 0.2)] },
    Row { roles: &[("electric-guitar", 0.0), ("guitar", 0.3)],
          usual: [(0.06, 0.1), (9.6, 0.9), (-2.2, 0.7), (2.5, 0.4), (0.18, 0.15), (0.4, 0.3), (7.8, 0.7), (2.2, 1.0), (-40.0, 40.0), (0.2, 0.2)] },
    Row { roles: &[("acoustic-guitar", 0.5)],
          usual: [(0.05, 0.08), (9.8, 0.9), (-2.0, 0.6), (2.5, 0.4), (0.35, 0.2), (0.35, 0.3), (7.7, 0.7), (2.5, 1.0), (-40.0, 40.0), (0.2, 0.2)] },
    Row { roles: &[("keys", 0.3), ("piano", 0.0)],
          usual: [(0.06, 0.1), (9.2, 0.9), (-2.9, 0.7), (2.7, 0.4), (0.15, 0.15), (0.4, 0.3), (8.2, 0.9), (2.6, 1.0), (-20.0, 30.0), (0.15, 0.15)] },
    Row { roles: &[("pad", 0.0), ("organ", 1.0)],
          usual: [(0.1, 0.15), (9.2, 1.2), (-2.9, 0.8), (3.0, 0.4), (0.04, 0.06), (0.4, 0.35), (8.2, 1.0), (2.6, 1.2), (-8.0, 12.0), (0.15, 0.15)] },
    Row { roles: &[("synth", 0.0), ("synth-lead", 1.0)],
          usual: [(0.1, 0.2), (9.7, 1.4), (-2.4, 0.9), (2.5, 0.4), (0.15, 0.15), (0.5, 0.35), (8.0, 1.2), (1.9, 1.2), (-15.0, 25.0), (0.2, 0.2)] },
    Row { roles: &[("strings", 0.5)],
          usual: [(0.03, 0.05), (9.7, 0.8), (-2.5, 0.6), (3.0, 0.4), (0.04, 0.06), (0.45, 0.3), (8.8, 0.8), (2.3, 1.0), (-12.0, 15.0), (0.2, 0.2)] },
    Row { roles: &[("brass", 1.0)],
          usual: [(0.02, 0.05), (9.9, 0.7), (-2.6, 0.6), (2.6, 0.4), (0.08, 0.1), (0.65, 0.25), (8.5, 0.8), (1.5, 0.8), (-30.0, 30.0), (0.25, 0.2)] },
    Row { roles: &[("lead-vocal", 0.0), ("vocal-double", 2.5)],
          usual: [(0.02, 0.05), (9.8, 0.7), (-1.9, 0.5), (2.5, 0.3), (0.12, 0.1), (0.6, 0.2), (8.0, 0.6), (1.2, 0.5), (-45.0, 30.0), (0.55, 0.18)] },
    Row { roles: &[("backing-vocal", 0.3)],
          usual: [(0.02, 0.05), (9.9, 0.8), (-1.9, 0.6), (2.6, 0.3), (0.12, 0.1), (0.5, 0.25), (8.2, 0.6), (1.5, 0.8), (-12.0, 15.0), (0.45, 0.2)] },
    Row { roles: &[("choir", 1.0)],
          usual: [(0.02, 0.04), (9.4, 0.7), (-2.5, 0.6), (3.0, 0.4), (0.04, 0.06), (0.4, 0.3), (8.3, 0.6), (2.5, 1.0), (-10.0, 15.0), (0.3, 0.2)] },
    Row { roles: &[("mallet", 1.0)],
          usual: [(0.02, 0.05), (9.8, 1.0), (-2.8, 0.8), (2.4, 0.3), (0.4, 0.25), (0.4, 0.3), (8.9, 0.8), (1.5, 0.9), (-30.0, 30.0), (0.08, 0.12)] },
    Row { roles: &[("fx", 0.8)],
          usual: [(0.15, 0.3), (10.5, 2.0), (-1.6, 1.0), (2.8, 0.6), (0.2, 0.25), (0.2, 0.3), (8.5, 1.8), (1.8, 1.5), (-12.0, 20.0), (0.15, 0.2)] },
    Row { roles: &[("click-track", 3.0)],
          usual: [(0.0, 0.02), (10.3, 0.8), (-3.2, 0.7), (1.6, 0.25), (0.75, 0.25), (0.15, 0.25), (10.0, 0.8), (1.0, 0.6), (-95.0, 20.0), (0.02, 0.08)] },
];

/// Features are not independent: their summed log-odds count for this much.
const SHARED: f64 = 0.7;
/// One feature alone may not rule a role out: distances count up to this many deviations.
const FAR: f64 = 3.0;

/// Odds from what was measured of one stem; nothing for a silent one.
pub fn hear(facts: &Facts, stem: &str) -> Odds {
    let mut odds = Odds::default();
    if facts.get("fault.silent", &[stem]).is_some() {
        return odds;
    }
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
