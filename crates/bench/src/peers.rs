//! The programs that CANON-1 is timed beside.

pub mod ardour;
pub mod ffmpeg;
pub mod pedalboard;
pub mod supercollider;

use std::f64::consts::FRAC_PI_2;
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// What a program is to mix.
pub struct Job {
    /// Where the tracks are.
    pub folder: PathBuf,
    /// How many of them.
    pub tracks: usize,
    /// Their length.
    pub seconds: usize,
    /// The file to write.
    pub out: PathBuf,
}

/// A program in the table.
pub struct Peer {
    /// Its name.
    pub name: &'static str,
    /// Where it differs from the others.
    pub note: &'static str,
    /// How to get it.
    pub from: &'static str,
    /// Is it installed?
    pub found: fn() -> bool,
    /// Does what is not timed, and gives the command that is.
    pub prepare: fn(&Job) -> io::Result<Command>,
}

/// Every peer, in the order of the table.
pub const PEERS: [&Peer; 4] = [&pedalboard::PEER, &supercollider::PEER, &ffmpeg::PEER, &ardour::PEER];

/// The mixer's settings for a track.
pub struct Place {
    /// Gains to the left and to the right, fader and pan together.
    pub gains: [f64; 2],
    /// Send to the reverb, after the fader.
    pub reverb: f64,
    /// Send to the delay, after the fader.
    pub delay: f64,
}

/// Where a track stands in the mix.
pub fn place(track: usize) -> Place {
    let fader = 0.7 + 0.3 * (track as f64).cos();
    let angle = (track % 17) as f64 / 16.0 * FRAC_PI_2;
    Place {
        gains: [fader * angle.cos(), fader * angle.sin()],
        reverb: 0.1 + 0.2 * (track % 5) as f64 / 4.0,
        delay: 0.05 + 0.1 * (track % 3) as f64 / 2.0,
    }
}
