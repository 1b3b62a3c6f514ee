//! Records that a mix is to be like, and a rough mix of it: listened to, and noted among the facts.

use std::path::Path;
use std::sync::Arc;

use mixsmith_analysis::{Fact, Facts, Qty, Stem, rough};
use mixsmith_assistant::Brief;
use mixsmith_assistant::like::{REFERENCE, Trait, middle};
use mixsmith_assistant::wish;

use crate::listen::{Beside, Listened, hear_beside};
use crate::{Folder, Note, PipelineError};

/// Least and most loudness that is taken from a reference, LUFS.
const LOUDNESS: (f64, f64) = (-20.0, -7.0);
/// Highest true peak of a master that is as dynamic as a reference, dBTP.
const CEILING: f64 = -1.0;

/// Listens to references and rough mix, notes what was heard among the facts, and sets the loudness that is asked for.
pub(crate) fn hear(folder: &Folder, brief: &mut Brief, listened: &mut Listened) -> Result<(), PipelineError> {
    if !brief.reference.is_empty() {
        let heard: Vec<Beside> = brief
            .reference
            .iter()
            .map(|file| hear_beside(folder, Path::new(file), listened.song.rate))
            .collect::<Result<_, _>>()?;
        let facts: Vec<&[Fact]> = heard.iter().map(|beside| beside.facts.as_slice()).collect();
        reference(brief, &facts, &mut listened.facts);
    }
    if let Some(file) = brief.rough.clone() {
        let beside = hear_beside(folder, Path::new(&file), listened.song.rate)?;
        take_apart(&file, beside, listened);
    }
    let louder = wish::louder(&brief.wishes, &listened.facts);
    if louder != 0.0 {
        brief.asked = Some(brief.lufs() + louder);
    }
    Ok(())
}

/// The traits that are taken.
pub(crate) fn traits(brief: &Brief) -> Vec<Trait> {
    if brief.reference_for.is_empty() { Trait::ALL.to_vec() } else { brief.reference_for.clone() }
}

/// Notes the mean of the references.
fn reference(brief: &mut Brief, heard: &[&[Fact]], facts: &mut Facts) {
    let wanted = traits(brief);
    let bands = |what: &str, level: &dyn Fn(&[f32]) -> f64| {
        let all: Vec<Vec<f64>> = heard
            .iter()
            .filter_map(|facts| match &facts.iter().find(|fact| fact.what == what)?.value {
                Qty::Bands(bands) => {
                    let zero = level(bands);
                    Some(bands.iter().map(|&db| f64::from(db) - zero).collect())
                }
                _ => None,
            })
            .collect();
        let first = all.first()?.len();
        let mean = |i: usize| all.iter().filter_map(|bands| bands.get(i)).sum::<f64>() / all.len() as f64;
        Some(Qty::Bands((0..first).map(|i| mean(i) as f32).collect()))
    };
    let number = |what: &str| {
        let of = |facts: &&[Fact]| match facts.iter().find(|fact| fact.what == what)?.value {
            Qty::Number(value) => Some(value),
            _ => None,
        };
        let all: Vec<f64> = heard.iter().filter_map(of).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    };
    let mut note = |what: &str, value: Option<Qty>| {
        facts.extend(value.map(|value| Fact::new(what, &[REFERENCE], value)));
    };
    if wanted.contains(&Trait::Tone) {
        note("spectrum.third_octave", bands("spectrum.third_octave", &middle));
    }
    if wanted.contains(&Trait::Width) {
        note("stereo.width_bands", bands("stereo.width_bands", &|_| 0.0));
    }
    let (loudness, peak) = (number("loudness.integrated"), number("peak.true"));
    let (loud, dynamic) = (wanted.contains(&Trait::Loudness), wanted.contains(&Trait::Dynamics));
    let asked = match (loudness, peak) {
        (Some(loudness), _) if loud => Some(loudness),
        // As far as its peaks stand over its loudness, so far ours.
        (Some(loudness), Some(peak)) if dynamic => Some(CEILING - (peak - loudness)),
        _ => None,
    };
    if let Some(asked) = asked {
        note("loudness.integrated", Some(Qty::Number(asked)));
        brief.asked = Some(asked.clamp(LOUDNESS.0, LOUDNESS.1));
    }
}

/// Finds the gains of the tracks in a rough mix.
fn take_apart(file: &str, beside: Beside, listened: &mut Listened) {
    let mix = Stem {
        id: "rough".to_owned(),
        file: file.to_owned(),
        stream: 0,
        hash: beside.file.hash.clone(),
        rate: beside.file.rate,
        channels: beside.file.channels,
        lossy: beside.file.lossy,
        start: 0,
        clip: Arc::clone(&beside.clip),
    };
    // What is given by name stands over what lies in the folder.
    let (list, sketches) = std::mem::take(&mut listened.facts).into_parts();
    let mut facts = Facts::default();
    facts.extend(list.into_iter().filter(|fact| !fact.what.starts_with("rough.")));
    sketches.iter().for_each(|(id, sketch)| facts.push_sketch(id, Arc::clone(sketch)));
    rough::measure_in(&listened.song, &mix, &mut facts);
    if facts.number("rough.fit", "rough").is_none() {
        let says =
            "is no mix of these tracks, or starts at another time: nothing is learned from it".to_owned();
        listened.notes.push(Note { about: file.to_owned(), says, warning: true });
    }
    listened.facts = facts;
}
