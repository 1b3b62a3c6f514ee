//! REAPER: a project as text, `.rpp`.
//!
//! Its author publishes no description. The layout is that of files which REAPER 5.50 and 7.62 have saved; what no such
//! file shows is marked as recalled where it stands.

mod chunks;
mod read;
mod text;
mod write;

use crate::{Band, Carries, Desk, Format, Loss, Project, ReadError, Wishes, Written, curve};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Reaper;

/// REAPER's passes fall by 12 dB an octave; several in a row make those that fall by 24, 36 and 48.
fn equaliser_error(bands: &[Band], rate: u32) -> f32 {
    let odd = bands.iter().any(|band| band.on && band.kind.is_pass() && band.order % 2 == 1);
    if odd { f32::INFINITY } else { curve::cookbook_error(bands, rate) }
}

impl Format for Reaper {
    fn id(&self) -> &'static str {
        "reaper"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["rpp"]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "REAPER",
            region_gain: true,
            trim: false,
            knee: true,
            hold: false,
            devices: &["equaliser", "compressor"],
            fader_max: 12.0,
            send_max: 12.0,
            equaliser_error,
            compressor_error: |_| 0.0,
            resembles: crate::format::unlike,
            dry: false,
            rides: true,
            ride: "drawn into the automation of the fader",
            pan: "REAPER's own pan law, 0 dB in the middle",
        }
    }

    fn write(&self, desk: &Desk, wishes: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        write::write(desk, wishes)
    }

    fn read(&self, project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        read::read(project)
    }
}
