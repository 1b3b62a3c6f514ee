//! Ableton Live 11 and 12: a set, which is XML packed with gzip, in a project folder with its sounds.
//!
//! Its author publishes no description. Sets are written as Live 11.3 saves them, which Live 12 opens too; the layout is
//! that of sets which Live 10.1, 11.3 and 12.1 have saved. No Live has opened one of ours yet: the format is experimental.

mod clips;
mod colours;
mod devices;
mod envelopes;
mod fold;
mod gzip;
mod pen;
mod read;
mod read_clips;
mod tempo;
mod tracks;
mod write;

use crate::{Carries, Desk, Format, Loss, Project, ReadError, Wishes, Written};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Live;

impl Format for Live {
    fn id(&self) -> &'static str {
        "live"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["als"]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "Live",
            region_gain: true,
            trim: false,
            knee: true,
            hold: false,
            devices: &["equaliser", "compressor", "limiter"],
            fader_max: 6.0,
            send_max: 0.0,
            equaliser_error: devices::equaliser_error,
            compressor_error: devices::compressor_error,
            resembles: crate::format::unlike,
            pan: "Live's own pan law, which was not measured",
            rides: true,
            ride: "drawn into the automation of the volume",
            dry: false,
        }
    }

    fn write(&self, desk: &Desk, _: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        write::write(desk)
    }

    fn read(&self, project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        read::read(project)
    }
}
