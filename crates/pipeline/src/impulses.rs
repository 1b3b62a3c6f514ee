//! Impulse responses that a mix names: sources of the session, or files below the song's folder.

use std::sync::Arc;

use mixsmith_audio::{Clip, content_hash, hex, read, resample};
use mixsmith_effects::KINDS;
use mixsmith_engine::Sources;
use mixsmith_processor::Impulse;
use mixsmith_session::Session;

use crate::manifest::Input;
use crate::{Folder, PipelineError, print};

/// The sound of a session: its tracks, and the impulse responses that its processors use.
pub(crate) fn sources(
    folder: &Folder,
    session: &Session,
    song: &mixsmith_analysis::Song,
) -> Result<Sources, PipelineError> {
    let mut sources = print::sources(song);
    let own = gather(folder, session, &sources)?;
    sources.extend(own);
    Ok(sources)
}

/// The impulse responses that are not among `known`, at the rate of the song.
pub(crate) fn gather(folder: &Folder, session: &Session, known: &Sources) -> Result<Sources, PipelineError> {
    let mut found = Sources::new();
    for strip in &session.strips {
        for insert in strip.inserts.iter().filter(|insert| insert.on) {
            let takes = KINDS.get(&insert.kind).is_some_and(|kind| kind.ports.impulse);
            let Some(named) = insert.impulse.as_ref().filter(|_| takes) else { continue };
            if known.contains_key(named) || found.contains_key(named) {
                continue;
            }
            let clip = open(folder, session, named).map_err(|why| PipelineError::Impulse {
                at: format!("{}/{}", strip.id, insert.id),
                named: named.clone(),
                why,
            })?;
            found.insert(named.clone(), Arc::new(clip));
        }
    }
    Ok(found)
}

/// The files of those in `sources` that are no tracks, for the manifest.
pub(crate) fn inputs(folder: &Folder, session: &Session, sources: &Sources) -> Vec<Input> {
    let mut names: Vec<&String> = session
        .strips
        .iter()
        .flat_map(|strip| &strip.inserts)
        .filter_map(|insert| insert.impulse.as_ref())
        .collect();
    names.sort();
    names.dedup();
    let used =
        names.into_iter().filter(|named| sources.contains_key(*named) && session.source(named).is_none());
    used.filter_map(|file| {
        let hash = content_hash(&folder.root.join(file)).ok()?;
        Some(Input { file: file.clone(), sha256: hex(&hash) })
    })
    .collect()
}

/// Reads one; else says why not.
fn open(folder: &Folder, session: &Session, named: &str) -> Result<Clip, String> {
    let (file, stream) =
        session.source(named).map_or((named, 0), |source| (source.file.as_str(), source.stream as usize));
    let real = |path: &std::path::Path| std::fs::canonicalize(path).map_err(|error| error.to_string());
    let (path, root) = (real(&folder.root.join(file))?, real(&folder.root)?);
    if !path.starts_with(&root) {
        return Err("it leads out of the song's folder".to_owned());
    }
    let streams = read(&path).map_err(|error| error.to_string())?.streams;
    let mut audio = streams.into_iter().nth(stream).ok_or("there is no sound in it")?.audio;
    // Two sides are all that a strip has, and what is longer is cut.
    let frames = audio.frames().min((Impulse::LONGEST * f64::from(audio.rate)) as usize);
    audio.channels.truncate(2);
    audio.channels.iter_mut().for_each(|channel| channel.truncate(frames));
    if frames == 0 {
        return Err("there is no sound in it".to_owned());
    }
    let same = audio.rate == session.song.rate;
    Ok(Clip::in_memory(if same { audio } else { resample(&audio, session.song.rate) }))
}
