//! The session on disk as its master sounds, in memory.

use mixsmith_audio::Audio;

use crate::listen::listen_held;
use crate::lock::Lock;
use crate::{Folder, Options, PipelineError, Progress, impulses, print, sessions};

/// Renders the session on disk up to the end of its master. Nothing but the cache of what was measured is written.
pub fn bounce(folder: &Folder, options: &Options, progress: &dyn Progress) -> Result<Audio, PipelineError> {
    let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
    let _lock = Lock::take(folder)?;
    let session = sessions::open(folder)?.ok_or_else(missing)?.session;
    let (ids, rate) = (sessions::ids(&session), Some(session.song.rate));
    let listened = listen_held(folder, &ids, rate, options.threads(), progress)?;
    let sources = impulses::sources(folder, &session, &listened.song)?;
    let master = session.master().map(|master| master.id.clone()).unwrap_or_default();
    progress.stage("Bounce", session.song.frames);
    print::listen_to(&session, &sources, &master, options.threads(), progress).map(|(audio, _)| audio)
}
