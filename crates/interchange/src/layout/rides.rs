//! Processors on buses that another strip plays: what they do is a gain, and can be drawn into a fader.

use mixsmith_session::{Clip, Insert, Source, Strip, StripKind};

use super::{Laying, lanes};

/// A gain that moves by itself: what a print of the layout's session gives, which plays a source of ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GainRide {
    /// The channel whose fader it belongs into.
    pub channel: String,
    /// The strip to be printed.
    pub print: String,
    /// The source that is 1 in every frame of the song.
    pub ones: String,
}

pub(super) const SAYS: &str = "what it does to the level is drawn into the automation of the fader, to be edited there; it \
     no more follows its key";

impl Laying<'_> {
    /// Has a strip of ones go through a processor that another strip plays, if that is all gain.
    pub fn ride(&mut self, strip: &Strip, insert: &Insert) -> bool {
        let shape = insert.values.get("character").is_none_or(|character| *character == 0.0);
        if !self.carries.rides || insert.kind != "dynamics.compressor" || insert.key.is_none() || !shape {
            return false;
        }
        let mut ones = "ones".to_owned();
        while self.session.source(&ones).is_some() {
            ones.push('-');
        }
        let frames = self.session.song.frames;
        if self.rides.is_empty() {
            self.with_prints.sources.push(Source {
                id: ones.clone(),
                file: String::new(),
                stream: 0,
                hash: String::new(),
                channels: 1,
                frames,
            });
        }
        let place = strip.inserts.iter().position(|other| other.id == insert.id).unwrap_or(0);
        let before = lanes(strip, place, &[]);
        let mut own = lanes(strip, place + 1, &[]);
        own.retain(|lane| !before.contains(lane));
        let id = self.print_id(&format!("{}-{}", strip.id, insert.id));
        let kind = StripKind::Track { clips: vec![Clip::whole(&ones, frames)] };
        let print = Strip { inserts: vec![insert.clone()], lanes: own, ..Strip::new(&id, &strip.name, kind) };
        self.add(print);
        self.rides.push(GainRide { channel: strip.id.clone(), print: id, ones });
        true
    }
}
