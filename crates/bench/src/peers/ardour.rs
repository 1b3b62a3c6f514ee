//! CANON-1 as a session of Ardour, exported without a screen.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Job, Peer};
use crate::table::runs;

/// A whole workstation, its export.
pub const PEER: Peer = Peer {
    name: "Ardour (headless export)",
    note: "x42's equaliser and true-peak limiter, its own compressor, reverb and delay; faders and sends at 0 dB, pans \
           in the middle",
    from: "apt install ardour ardour-lv2-plugins x42-plugins",
    found: || {
        runs("sh", &["-c", "command -v ardour7-lua && command -v ardour7-export && command -v python3"])
    },
    prepare,
};

fn prepare(job: &Job) -> io::Result<Command> {
    let session = session(job)?;
    let script = job.folder.join("ardour_session.lua");
    mixsmith_audio::write_atomic(
        &mixsmith_audio::disk::real(),
        &script,
        include_bytes!("../../peers/ardour_session.lua"),
    )?;
    let mut make = Command::new("ardour7-lua");
    make.env("CANON_SESSION", &session).env("CANON_TRACKS", job.tracks.to_string()).arg(script);
    // It may crash on its way out; whether the session is there is seen in the next step.
    let _ = make.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let mut fill = Command::new("python3");
    fill.args(["-c", include_str!("../../peers/ardour_session.py")]).arg(&job.folder).arg(&session);
    let seconds = job.seconds.to_string();
    if !fill.arg(job.tracks.to_string()).arg(seconds).status()?.success() {
        return Err(io::Error::other("the session of Ardour could not be made"));
    }
    let mut command = Command::new("ardour7-export");
    command.args(["-b", "24", "-s", "48000", "-o"]).arg(&job.out).arg(session).arg("canon");
    Ok(command)
}

#[allow(clippy::disallowed_methods, reason = "a folder for the session")]
fn session(job: &Job) -> io::Result<PathBuf> {
    let folder = std::path::absolute(&job.folder)?.join(format!("ardour{}", job.tracks));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(folder)
}
