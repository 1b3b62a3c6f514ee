//! Ctrl-C: the road is asked to stop, and if it does not at once, the program ends all the same.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mixsmith_pipeline::{Folder, PipelineError};

use crate::failure::{Exit, Failure};

static ASKED: AtomicBool = AtomicBool::new(false);

/// How long the road may take to stop by itself. It looks up after every file and every stretch of sound.
const PATIENCE: Duration = Duration::from_millis(600);

/// Has the person asked to stop?
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// From now on Ctrl-C, or a polite end from the system, stops the work on a song and leaves nothing half-written.
pub fn watch(folder: Folder, as_json: bool) {
    let stop = move || {
        ASKED.store(true, Ordering::Relaxed);
        std::thread::sleep(PATIENCE);
        // Still here: the road is deep in a measurement.
        folder.clear();
        Failure::from(PipelineError::Stopped).show(as_json);
        std::process::exit(i32::from(Exit::Interrupted.code()));
    };
    // Without it Ctrl-C ends the program as it ends any other.
    let _ = ctrlc::set_handler(stop);
}
