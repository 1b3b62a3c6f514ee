//! A printed mix, opened again to be asked: nothing is decided and nothing printed.

use mixsmith_audio::Audio;
use mixsmith_engine::{Rendered, Sources};

use crate::compare::printed_from;
use crate::envelope::Follower;
use crate::like;
use crate::listen::listen_held;
use crate::lock::Lock;
use crate::report::Players;
use crate::road::hear_prints;
use crate::score::sound;
use crate::{Folder, Manifest, Mixed, Options, PipelineError, Progress, sessions, wishes};

/// Opens what was printed of a song. An error where the session has changed since.
pub(crate) fn reopen(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Mixed, Players), PipelineError> {
    let missing = || PipelineError::Missing { path: folder.out.join("manifest.json"), first: "mix" };
    let _lock = Lock::take(folder)?;
    let opened = sessions::open(folder)?.ok_or_else(missing)?;
    let text = folder.text(&folder.out.join("manifest.json"))?.ok_or_else(missing)?;
    let mut manifest: Manifest = serde_json::from_str(&text).map_err(|_| missing())?;
    if !printed_from(folder)? {
        let what =
            format!("has changed since the mix was printed. Run `mixsmith render {}` first.", folder.words());
        return Err(PipelineError::Text { path: folder.session(), what });
    }
    let mut brief = wishes::brief(folder)?;
    let (ids, rate) = (sessions::ids(&opened.session), opened.session.song.rate);
    let mut listened = listen_held(folder, &ids, Some(rate), options.threads(), progress)?;
    like::hear(folder, &mut brief, &mut listened)?;
    progress.stage("Measure", manifest.outputs.len() as u64);
    for (number, output) in manifest.outputs.iter_mut().enumerate() {
        if ["stem", "group", "mix"].contains(&output.kind.as_str()) {
            output.envelope = follow(&sound(&folder.out.join(&output.file), rate)?);
        }
        progress.step(number as u64 + 1, &output.of);
    }
    let notes = opened.notes(&opened.session);
    let sessions::Opened { session, journal, .. } = opened;
    let mut mixed = Mixed {
        listened,
        brief,
        session,
        journal,
        heard: Default::default(),
        rendered: Rendered::default(),
        manifest,
        sources: Sources::new(),
        notes,
    };
    let players = hear_prints(folder, &mut mixed, options)?;
    Ok((mixed, players))
}

fn follow(audio: &Audio) -> crate::Envelope {
    let mut follower = Follower::new(audio.rate);
    if let [left, right] = &audio.channels[..] {
        follower.add(left, right);
    }
    follower.finish()
}
