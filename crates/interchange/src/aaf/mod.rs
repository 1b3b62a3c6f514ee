//! AAF, the Advanced Authoring Format: Pro Tools, Logic Pro and most programs for picture.
//!
//! A compound file of objects that name sound files beside it. It knows clips with a gain each, tracks with volume and pan,
//! both with automation, and markers; no buses, no sends, no processors and no musical time. Files are written as Pro Tools
//! 23.12 writes them.

mod definitions;
mod id;
mod load;
mod media;
mod model;
mod object;
mod pairs;
mod parts;
mod read;
mod store;
mod terms;
mod write;

use crate::{Carries, Desk, Format, Loss, Project, ReadError, Wishes, Written};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Aaf;

impl Format for Aaf {
    fn id(&self) -> &'static str {
        "aaf"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["aaf"]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "AAF",
            region_gain: true,
            trim: false,
            knee: false,
            hold: false,
            devices: &[],
            fader_max: 12.0,
            send_max: 12.0,
            equaliser_error: |_, _| f32::INFINITY,
            compressor_error: |_| f32::INFINITY,
            resembles: crate::format::unlike,
            dry: false,
            rides: false,
            ride: "drawn into the automation of the volume",
            pan: "the program's own pan law: it is ours where the middle is 3 dB below the sides",
        }
    }

    fn write(&self, desk: &Desk, _: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        write::write(desk)
    }

    fn read(&self, project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        read::read(project)
    }
}
