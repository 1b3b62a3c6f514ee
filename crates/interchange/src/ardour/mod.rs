//! Ardour 7 and 8, and Mixbus: a session as XML with a folder of sounds beside it.

mod effects;
mod glide;
mod panners;
mod plugins;
mod read;
mod route;
mod write;

use crate::{Carries, Desk, Format, Loss, Project, ReadError, Wishes, Written};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Ardour;

impl Format for Ardour {
    fn id(&self) -> &'static str {
        "ardour"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["ardour"]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "Ardour",
            region_gain: true,
            trim: true,
            knee: true,
            hold: true,
            devices: &["equaliser", "compressor", "delay", "reverb"],
            fader_max: 6.0206,
            send_max: 6.0206,
            equaliser_error: plugins::equaliser_error,
            compressor_error: plugins::compressor_error,
            resembles: effects::resembles,
            dry: false,
            rides: true,
            ride: "drawn into the automation of the fader, which glides: a jump takes some 20 ms",
            pan: "",
        }
    }

    fn write(&self, desk: &Desk, _: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        write::write(desk)
    }

    fn read(&self, project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        read::read(project)
    }
}
