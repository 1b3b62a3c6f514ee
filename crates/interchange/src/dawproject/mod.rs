//! DAWproject 1.0: Bitwig Studio, Studio One, Cubase, Cubasis, VST Live, n-Track.
//!
//! The schema leaves the units open; they are written as Bitwig Studio 5.3 writes them, and read by what each says.

mod clips;
mod devices;
mod read;
mod units;
mod write;

use crate::{Carries, Desk, Format, Loss, Project, ReadError, Wishes, Written, curve};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct DawProject;

impl Format for DawProject {
    fn id(&self) -> &'static str {
        "dawproject"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["dawproject"]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "DAWproject",
            region_gain: false,
            trim: false,
            knee: false,
            hold: false,
            devices: &["equaliser", "compressor", "gate", "limiter"],
            fader_max: 6.0206,
            send_max: 0.0,
            equaliser_error: curve::cookbook_error,
            compressor_error: curve::without_knee,
            resembles: crate::format::unlike,
            dry: false,
            rides: true,
            ride: "drawn into the automation of the fader",
            pan: "the format fixes no pan law: each program has its own",
        }
    }

    fn write(&self, desk: &Desk, wishes: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        write::write(desk, wishes)
    }

    fn read(&self, project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        read::read(project)
    }
}
