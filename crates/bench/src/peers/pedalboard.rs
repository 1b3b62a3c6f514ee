//! CANON-1 in pedalboard, a library for Python.

use std::process::Command;

use super::{Job, Peer};
use crate::table::runs;

/// See the script.
pub const PEER: Peer = Peer {
    name: "pedalboard",
    note: "whole files in memory; its limiter reads samples, not the peaks between them",
    from: "pip install pedalboard",
    found: || runs("python3", &["-c", "import pedalboard, numpy"]),
    prepare: |job| Ok(command(job)),
};

fn command(job: &Job) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", include_str!("../../peers/pedalboard_canon.py")]);
    command.arg(&job.folder).arg(job.tracks.to_string()).arg(&job.out);
    command
}
