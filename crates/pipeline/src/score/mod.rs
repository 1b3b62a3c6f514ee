//! The scorecard of anybody's mix: the sixteen questions, answered from the mix and the tracks that it was made of.

pub(crate) mod fit;
mod sheet;
mod take;

use std::path::Path;

use mixsmith_audio::{Audio, read, resample};

use crate::listen::listen_held;
use crate::lock::Lock;
use crate::recovery::{Twin, recovery};
use crate::report::parts::{Part, parts};
use crate::report::systems::fares;
use crate::scorecard::scorecard;
use crate::{Folder, Options, PipelineError, Progress, brief};
use take::{Take, take};

pub use sheet::{Answer, Line, Sheet};

/// Measures a mix with the tracks that it was made of, and a person's mix of the same tracks beside it. Caches what it hears of
/// the tracks in the folder's `mix/cache`; writes nothing else.
pub fn score(
    mix: &Path,
    stems: &Folder,
    human: Option<&Path>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Sheet, PipelineError> {
    let _lock = Lock::take(stems)?;
    let threads = options.threads();
    let mut brief = brief::read(&stems.brief())?;
    brief.genre = options.genre.unwrap_or(brief.genre);
    let listened = listen_held(stems, &Default::default(), None, threads, progress)?;
    let rate = listened.song.rate;
    let sound = sound(mix, rate)?;
    let beside = human.map(|path| self::sound(path, rate)).transpose()?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| PipelineError::Threads(error.to_string()))?;
    progress.stage("Measure", 1 + u64::from(human.is_some()));
    Ok(pool.install(|| {
        let ours = take(&listened, &brief, &sound, threads);
        progress.step(1, &mix.display().to_string());
        let theirs = beside.map(|sound| take(&listened, &brief, &sound, threads));
        let (mine, parts) = card(&ours);
        let others = theirs.as_ref().map(card);
        let faders = others.as_ref().and_then(|(_, theirs)| recovery(&twins(&parts, theirs)));
        let human = human.map(|path| path.display().to_string());
        let others = others.map(|(card, _)| card).zip(theirs.as_ref());
        sheet::sheet(&mix.display().to_string(), human, &ours, &mine, others, faders.as_ref(), parts.len())
    }))
}

fn card(take: &Take) -> (Vec<crate::Score>, Vec<Part>) {
    let parts = parts(&take.mixed);
    let fares = fares(&parts);
    (scorecard(&take.mixed, &take.players, &parts, &fares), parts)
}

/// Tracks that are in both mixes.
fn twins(ours: &[Part], theirs: &[Part]) -> Vec<Twin> {
    let twin = |theirs: &Part| {
        let ours = ours.iter().find(|part| part.id == theirs.id);
        Twin {
            name: theirs.name.clone(),
            voice: theirs.is_voice(),
            ours: ours.map_or_else(Vec::new, |part| part.energy.clone()),
            theirs: theirs.energy.clone(),
        }
    };
    if ours.is_empty() { Vec::new() } else { theirs.iter().map(twin).collect() }
}

/// A sound file as two channels at a rate.
pub(crate) fn sound(path: &Path, rate: u32) -> Result<Audio, PipelineError> {
    let no_sound = |why: String| PipelineError::NoSound { path: path.to_owned(), why };
    let streams = read(path).map_err(|error| no_sound(error.to_string()))?.streams;
    let nothing = || no_sound("there is no sound in it".to_owned());
    let mut audio = streams.into_iter().next().ok_or_else(nothing)?.audio;
    audio.channels.truncate(2);
    if audio.frames() == 0 {
        return Err(nothing());
    }
    if audio.channels.len() == 1 {
        audio.channels.push(audio.channels[0].clone());
    }
    Ok(if audio.rate == rate { audio } else { resample(&audio, rate) })
}
