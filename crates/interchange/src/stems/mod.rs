//! Stems for any program at all: dry and wet, aligned, with tempo, markers and what everything is set to.

pub(crate) mod midi;
mod sheet;

use crate::{Carries, Content, Desk, Format, Kind, Loss, Project, ReadError, Wishes, Written, curve};

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Stems;

impl Format for Stems {
    fn id(&self) -> &'static str {
        "stems"
    }

    fn endings(&self) -> &'static [&'static str] {
        &[]
    }

    fn carries(&self) -> Carries {
        Carries {
            name: "any program, as stems",
            region_gain: false,
            trim: false,
            knee: true,
            hold: true,
            devices: &[],
            fader_max: 12.0,
            send_max: 12.0,
            equaliser_error: curve::cookbook_error,
            compressor_error: |_| 0.0,
            resembles: crate::format::unlike,
            dry: true,
            rides: false,
            ride: "in the printed stems",
            pan: "",
        }
    }

    fn write(&self, desk: &Desk, wishes: &Wishes) -> (Vec<Written>, Vec<Loss>) {
        let mut files = Vec::new();
        let mut add = |path: String, content: Content| files.push(Written { path, content });
        for channel in desk.channels.iter().filter(|channel| channel.kind == Kind::Track) {
            for region in &channel.regions {
                add(format!("dry/{}.wav", desk.sounds[region.sound].name), Content::Sound(region.sound));
            }
        }
        for print in &wishes.prints {
            let name = print.file.rsplit('/').next().unwrap_or(&print.file);
            let folder = match print.kind.as_str() {
                "stem" => "wet/",
                "group" => "buses/",
                _ => "",
            };
            add(format!("{folder}{name}"), Content::Print(print.file.clone()));
        }
        add("tempo and markers.mid".to_owned(), Content::Bytes(midi::write(desk)));
        add("labels.txt".to_owned(), Content::Bytes(sheet::labels(desk).into_bytes()));
        add("settings.txt".to_owned(), Content::Bytes(sheet::settings(desk).into_bytes()));
        let mut losses = vec![Loss::exact("song/tempo")];
        if !desk.markers.is_empty() {
            losses.push(Loss::exact("song/markers"));
        }
        if wishes.prints.is_empty() {
            let says = "nothing has been printed of the mix: run `mixsmith render` first";
            losses.push(Loss::lost("wet stems", says));
        }
        (files, losses)
    }

    fn read(&self, _: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
        Err(ReadError::NotThis(
            "stems",
            "a folder of stems is a song: `mixsmith mix` takes it as it is".to_owned(),
        ))
    }
}
