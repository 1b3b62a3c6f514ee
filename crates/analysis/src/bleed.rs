//! Bleed: how much of the sound of each microphone's source is in every other microphone.
//!
//! Looked at where the source is loud and the other microphone soft, and of what is heard there only what follows the source's own
//! microphone is counted: its coherent part (Carter 1987), each frequency by itself, so that what a microphone's back does to the
//! tone counts too. What a microphone's own source plays at the same time does not follow, and averages out.

mod heard;
mod spectra;

use crate::odd_files::in_time;
use crate::{Fact, Facts, Measure, Qty, Song, Stem};

use heard::Bleed;
use spectra::{Hits, Transform};

/// The measures of these files.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "bleed",
        unit: "dB",
        doc: "About [source, microphone]: level of the source in the microphone over its level in its own, counting only what \
              follows its own. Bello et al. 2005 for the hits, Carter 1987 for the coherence.",
    },
    Measure { id: "bleed.bands", unit: "dB", doc: "The same from 40 to 160, 630, 2500, 6300 and 16000 Hz." },
    Measure {
        id: "bleed.level",
        unit: "dB",
        doc: "About [source, microphone]: level of the source's loud hits in the microphone against the loud hits of what the \
              microphone stands at; -20 is a tenth.",
    },
    Measure {
        id: "bleed.hits",
        unit: "dBFS",
        doc: "About a microphone: level of its own loud hits from 40 to 160, 630, 2500, 6300 and 16000 Hz, mean of 85 ms.",
    },
];

/// Edges of the bands of `bleed.bands` and `bleed.hits`, Hz.
pub const EDGES: [f64; 6] = [40.0, 160.0, 630.0, 2500.0, 6300.0, 16_000.0];
/// Bands of `bleed.bands` and `bleed.hits`.
pub const BANDS: usize = EDGES.len() - 1;

/// What has no microphone that could hear others, or hears all on purpose.
const NO_MICROPHONE: [&str; 16] = [
    "bass-di",
    "synth-lead",
    "synth",
    "pad",
    "keys",
    "fx",
    "clap",
    "overheads",
    "room",
    "cymbals",
    "drums",
    "unknown",
    "click-track",
    "rough-mix",
    "reference",
    "bass",
];

/// The band of a frequency.
pub fn band(hz: f64) -> Option<usize> {
    (0..BANDS).find(|&band| (EDGES[band]..EDGES[band + 1]).contains(&hz))
}

/// Adds the bleed between all microphones.
pub fn measure(song: &Song, facts: &mut Facts) {
    let microphone = |stem: &&Stem| {
        facts.text("role", &stem.id).is_some_and(|role| !NO_MICROPHONE.contains(&role))
            && in_time(facts, stem)
    };
    let stems: Vec<&Stem> = crate::leave_out::kept(song, facts).into_iter().filter(microphone).collect();
    let transform = Transform::new(song.rate);
    let hits: Vec<Option<Hits>> = stems.iter().map(|stem| transform.hits(song, facts, stem)).collect();
    let mut found: Vec<(&Stem, &Stem, Bleed)> = Vec::new();
    let known = || stems.iter().zip(&hits).filter_map(|(stem, hits)| Some((*stem, hits.as_ref()?)));
    for (source, of) in known() {
        for (other, own) in known().filter(|(other, _)| other.id != source.id) {
            if !one_source(facts, source, other) {
                let kit = [source, other].iter().all(|stem| drum(facts, stem));
                let bleed = heard::bleed(&transform, of, own, other, kit);
                found.extend(bleed.map(|bleed| (source, other, bleed)));
            }
        }
    }
    for (stem, hits) in stems.iter().zip(&hits) {
        if let Some(hits) = hits {
            facts.push(Fact::new("bleed.hits", &[&stem.id], Qty::Bands(levels(&hits.bands))));
        }
    }
    for (source, microphone, bleed) in found {
        let about = [source.id.as_str(), microphone.id.as_str()];
        let mut push = |what: &str, value: Qty| {
            facts.push(Fact::new(what, &about, value).confidence(bleed.sure));
        };
        push("bleed", Qty::Number(bleed.gain));
        push("bleed.bands", Qty::Bands(bleed.bands.to_vec()));
        push("bleed.level", Qty::Number(bleed.level));
    }
}

/// Levels of energies, dB.
fn levels(energies: &[f64; BANDS]) -> Vec<f32> {
    energies.iter().map(|energy| (10.0 * energy.max(1e-12).log10()) as f32).collect()
}

/// Does a microphone stand at a drum of the kit?
fn drum(facts: &Facts, stem: &Stem) -> bool {
    const DRUMS: [&str; 6] = ["kick", "snare", "hihat", "toms", "ride", "crash"];
    facts.text("role", &stem.id).and_then(|role| role.split('-').next()).is_some_and(|of| DRUMS.contains(&of))
}

/// Do two microphones stand at one source? Two of a drum hear it both: that is no bleed; nor is what two halves of a stereo pair
/// have in common.
fn one_source(facts: &Facts, a: &Stem, b: &Stem) -> bool {
    let role = |stem: &Stem| facts.text("role", &stem.id).unwrap_or_default().to_owned();
    let (x, y) = (role(a), role(b));
    let drum = |role: &str| ["kick", "snare"].into_iter().find(|drum| role.split('-').next() == Some(drum));
    let pair = |about: &[&str]| {
        facts.all("pair", about).any(|fact| !matches!(&fact.value, Qty::Text(kind) if kind == "double"))
    };
    (drum(&x).is_some() && drum(&x) == drum(&y)) || pair(&[&a.id, &b.id]) || pair(&[&b.id, &a.id])
}
