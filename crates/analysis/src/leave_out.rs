//! What lies in the folder but should not be mixed: clicks, rough mixes, references, copies, silence.

use crate::rough::{Company, SURE};
use crate::window::{self, Side};
use crate::{Fact, Facts, Measure, Qty, Song, Stem};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "leave-out",
        unit: "name",
        doc: "Why a file is no part of the mix: click, rough-mix, duplicate, silent, reference.",
    },
    Measure { id: "leave-out.why", unit: "sentence", doc: "The evidence for leave-out." },
    Measure { id: "duplicate.of", unit: "stem", doc: "The stem of which this one is a copy." },
];

/// The stems that are mixed.
pub fn kept<'a>(song: &'a Song, facts: &Facts) -> Vec<&'a Stem> {
    song.stems.iter().filter(|stem| facts.get("leave-out", &[&stem.id]).is_none()).collect()
}

/// Is the stem silent?
pub(crate) fn silent(facts: &Facts, stem: &Stem) -> bool {
    facts.get("fault.silent", &[&stem.id]).is_some()
}

/// Adds `leave-out` and its evidence.
pub fn measure(song: &Song, facts: &mut Facts) {
    let company = Company::new(song, facts);
    let mut out: Vec<(usize, &str, String, Option<usize>, f32)> = Vec::new();
    for (i, stem) in song.stems.iter().enumerate() {
        if silent(facts, stem) {
            out.push((i, "silent", "There is no sound in it.".to_owned(), None, 1.0));
            continue;
        }
        let role = facts.text("role", &stem.id);
        let sure = facts.get("role", &[&stem.id]).map_or(0.0, |fact| fact.confidence);
        match role {
            Some("click-track") => {
                out.push((
                    i,
                    "click",
                    format!("{} {}", role_why(facts, stem), regular(facts, stem)),
                    None,
                    sure,
                ));
                continue;
            }
            Some("rough-mix") => {
                let why = match company.explains(i) {
                    Some(share) => format!(
                        "Its name says rough mix, and the other files explain {:.0} % of it.",
                        share * 100.0
                    ),
                    None => "Its name says rough mix.".to_owned(),
                };
                out.push((i, "rough-mix", why, None, sure));
                continue;
            }
            Some("reference") => {
                out.push((i, "reference", role_why(facts, stem), None, sure));
                continue;
            }
            _ => {}
        }
        if let Some((other, same)) = copy_of(song, facts, i) {
            let what = if same { "byte for byte" } else { "sample for sample, apart from its level" };
            let why = format!("It equals {} {what}.", song.stems[other].file);
            out.push((i, "duplicate", why, Some(other), if same { 1.0 } else { 0.97 }));
        } else if is_click(facts, stem) {
            out.push((
                i,
                "click",
                format!("It sounds like a click track. {}", regular(facts, stem)),
                None,
                0.8,
            ));
        } else if let Some(share) = company.explains(i).filter(|&share| share > SURE) {
            let why = format!(
                "The other files together explain {:.0} % of it: it is a mix of them.",
                share * 100.0
            );
            out.push((i, "rough-mix", why, None, 0.9));
        }
    }
    for (i, what, why, of, sure) in out {
        let about = [song.stems[i].id.as_str()];
        facts.push(Fact::new("leave-out", &about, Qty::Text(what.to_owned())).confidence(sure));
        facts.push(Fact::new("leave-out.why", &about, Qty::Text(why)));
        if let Some(other) = of {
            facts.push(Fact::new("duplicate.of", &about, Qty::Text(song.stems[other].id.clone())));
        }
    }
}

fn role_why(facts: &Facts, stem: &Stem) -> String {
    facts.text("role.evidence", &stem.id).unwrap_or("Its name says so.").to_owned()
}

fn regular(facts: &Facts, stem: &Stem) -> String {
    match click_grid(facts, stem) {
        Some((period, share)) => format!("{:.0} % of its hits stand {period:.3} s apart.", share * 100.0),
        None => String::new(),
    }
}

/// The most common distance between neighbouring onsets, and the share of onsets that keep it within 10 ms.
fn click_grid(facts: &Facts, stem: &Stem) -> Option<(f64, f64)> {
    let times = facts.times("onset.times", &stem.id);
    let mut gaps: Vec<f64> = times.windows(2).map(|w| w[1] - w[0]).collect();
    if gaps.len() < 8 {
        return None;
    }
    gaps.sort_by(f64::total_cmp);
    let period = gaps[gaps.len() / 2];
    let near = gaps.iter().filter(|gap| (*gap - period).abs() < 0.01).count();
    Some((period, near as f64 / gaps.len() as f64))
}

/// Sounds like a click: short pips at one steady distance from start to end, silence between, all of one or two kinds, narrow in
/// frequency and without low end. A hi-hat on the beat is as steady but noise, and pauses somewhere.
fn is_click(facts: &Facts, stem: &Stem) -> bool {
    let Some((period, share)) = click_grid(facts, stem) else { return false };
    let number = |what: &str| facts.number(what, &stem.id);
    let times = facts.times("onset.times", &stem.id);
    let whole = facts.spans("activity.spans", &stem.id).last().map_or(0.0, |span| span.end);
    let covered = times.len() as f64 * period > 0.9 * whole && times.len() >= 16;
    share > 0.97
        && (0.25..=1.2).contains(&period)
        && covered
        && number("stereo.width").is_none_or(|width| width < -40.0)
        && number("spectrum.flatness").is_some_and(|flat| flat < 0.02)
        && number("spectrum.low_share").is_some_and(|low| low < 0.02)
        && number("onset.decay").is_some_and(|decay| decay < 120.0)
}

/// The earlier stem that this one copies, and whether to the byte.
fn copy_of(song: &Song, facts: &Facts, i: usize) -> Option<(usize, bool)> {
    let stem = &song.stems[i];
    let copies = |other: &Stem| -> bool {
        let sides = (facts.text("role.pair", &stem.id), facts.text("role.pair", &other.id));
        // Two equal halves of a pair are a mono sound, not a mistake.
        !matches!(sides, (Some(a), Some(b)) if a != b)
    };
    let same =
        song.stems.iter().position(|other| other.hash == stem.hash && !stem.hash.is_empty() && copies(other));
    // Which of two copies is kept: the one whose name does not say copy, else the first.
    let looks_copied = |stem: &Stem| {
        let name = stem.file.to_lowercase();
        ["copy", "kopie", "copie", "copia", "(1)", "(2)"].iter().any(|word| name.contains(word))
    };
    if same.is_some() {
        let best = (0..song.stems.len())
            .filter(|&j| song.stems[j].hash == stem.hash && copies(&song.stems[j]))
            .min_by_key(|&j| (looks_copied(&song.stems[j]), j))?;
        return (best != i).then_some((best, true));
    }
    None.or_else(|| {
        (0..song.stems.len())
            .filter(|&j| j != i && copies(&song.stems[j]) && !silent(facts, &song.stems[j]))
            .filter(|&j| {
                let (mine, theirs) = (&song.stems[i], &song.stems[j]);
                // The lossless file, and then the earlier one, is the original.
                (theirs.lossy, looks_copied(theirs), j) < (mine.lossy, looks_copied(mine), i)
            })
            .find(|&j| alike(song, facts, i, j))
            .map(|j| (j, false))
    })
}

/// Same samples at another level? First the cheap look at lengths and spectra, then the samples.
fn alike(song: &Song, facts: &Facts, i: usize, j: usize) -> bool {
    let (a, b) = (&song.stems[i], &song.stems[j]);
    let slack = f64::from(song.rate) * 0.2;
    if (a.clip.frames as f64 - b.clip.frames as f64).abs() > slack {
        return false;
    }
    let (Some(x), Some(y)) =
        (facts.bands("spectrum.third_octave", &a.id), facts.bands("spectrum.third_octave", &b.id))
    else {
        return false;
    };
    // Levels are in dB: one common difference means equal spectra.
    let top = x.iter().fold(f32::MIN, |m, &v| m.max(v));
    let gaps: Vec<f32> = x.iter().zip(y).filter(|(x, _)| **x > top - 30.0).map(|(x, y)| x - y).collect();
    let mean = gaps.iter().sum::<f32>() / gaps.len().max(1) as f32;
    if gaps.iter().any(|gap| (gap - mean).abs() > 1.5) {
        return false;
    }
    let mut places = window::strong_onsets(song, facts, a, 6, 1.0);
    if places.len() < 3 {
        places = (1..=5).map(|k| a.start + (a.clip.frames as i64) * k / 6).collect();
    }
    let size = (song.rate / 5) as usize;
    let mut loud = 0;
    for &place in &places {
        let (x, y) = (window::read(a, Side::Mid, place, size), window::read(b, Side::Mid, place, size));
        if window::energy(&x) < 1e-7 * size as f64 && window::energy(&y) < 1e-7 * size as f64 {
            continue;
        }
        loud += 1;
        if window::correlation(&x, &y).abs() < 0.999 {
            return false;
        }
    }
    loud >= 2
}
