//! The nouns of a mix. Plain values; strips are shared between versions of a session, so copies are cheap.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Values set by hand or by the assistant, by parameter id; what is missing stands at its default.
pub type Values = BTreeMap<String, f32>;

/// A mix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// What concerns the whole song.
    pub song: SongInfo,
    /// The recorded files, in the order of the folder.
    pub sources: Vec<Source>,
    /// Tracks, buses, returns and the master, in the order of the console.
    pub strips: Vec<Arc<Strip>>,
}

/// What concerns the whole song.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SongInfo {
    /// Name of the song.
    pub title: String,
    /// Frames a second of the whole mix.
    pub rate: u32,
    /// Quarter notes a minute.
    pub tempo: f32,
    /// Length in frames, tails included.
    pub frames: u64,
    /// Where sections start.
    pub markers: Vec<Marker>,
}

/// A named moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marker {
    /// Frame of the song.
    pub at: u64,
    /// `chorus 2`.
    pub name: String,
}

/// A recorded file (or one stream of a stem file).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Lower-case word, unique among sources.
    pub id: String,
    /// Path below the song's folder, with `/`.
    pub file: String,
    /// Which stream of the file; 0 but for stem files.
    pub stream: u32,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// Channels, 1 or 2.
    pub channels: u32,
    /// Length in frames at the song's rate.
    pub frames: u64,
}

/// Track, bus, return or master: one shape for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// Lower-case word, unique among strips; what addresses begin with.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Role id of the assistant's table (`lead-vocal`), or empty. A doubtful role ends with `?`.
    pub role: String,
    /// `#rrggbb`, or empty.
    pub colour: String,
    /// What it is.
    pub kind: StripKind,
    /// Values of the strip's own table.
    pub values: Values,
    /// Processors in the order of the signal, before the fader.
    pub inserts: Vec<Insert>,
    /// Sends to returns.
    pub sends: Vec<Send>,
    /// The strip that it feeds; only the master feeds none.
    pub to: Option<String>,
    /// Automation.
    pub lanes: Vec<Lane>,
}

impl Strip {
    /// An empty strip.
    pub fn new(id: &str, name: &str, kind: StripKind) -> Self {
        Strip {
            id: id.to_owned(),
            name: name.to_owned(),
            role: String::new(),
            colour: String::new(),
            kind,
            values: Values::new(),
            inserts: Vec::new(),
            sends: Vec::new(),
            to: None,
            lanes: Vec::new(),
        }
    }

    /// An insert by its id.
    pub fn insert(&self, id: &str) -> Option<&Insert> {
        self.inserts.iter().find(|insert| insert.id == id)
    }

    /// A send by the return that it feeds.
    pub fn send(&self, to: &str) -> Option<&Send> {
        self.sends.iter().find(|send| send.to == to)
    }

    /// The clips of a track; none for the others.
    pub fn clips(&self) -> &[Clip] {
        match &self.kind {
            StripKind::Track { clips } => clips,
            _ => &[],
        }
    }
}

/// What a strip is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StripKind {
    /// Plays recorded clips.
    Track {
        /// What it plays.
        clips: Vec<Clip>,
    },
    /// Sums the strips that feed it.
    Bus,
    /// Sums the sends that feed it.
    Return,
    /// The end of the line.
    Master,
}

/// A stretch of a recorded file, placed in the song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    /// Which source.
    pub source: String,
    /// Frame of the song where it starts; may be before the song.
    pub at: i64,
    /// First frame of the source that is heard.
    pub from: u64,
    /// Length in frames.
    pub frames: u64,
    /// Gain in dB.
    pub gain: f32,
    /// Length of the fade in, frames.
    pub fade_in: u64,
    /// Length of the fade out, frames.
    pub fade_out: u64,
    /// Which channels go where.
    pub map: Map,
}

impl Clip {
    /// All of a source from the start of the song on, as recorded.
    pub fn whole(source: &str, frames: u64) -> Self {
        let source = source.to_owned();
        Clip { source, at: 0, from: 0, frames, gain: 0.0, fade_in: 0, fade_out: 0, map: Map::All }
    }
}

/// Which channels of a source go where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Map {
    /// All channels as they are.
    #[default]
    All,
    /// Only the first channel: a stereo file whose channels are equal, or whose second is dead.
    First,
    /// Only the second channel.
    Second,
    /// A mono file into the left side of a stereo strip.
    ToLeft,
    /// A mono file into the right side of a stereo strip.
    ToRight,
}

/// A processor in a strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Insert {
    /// Lower-case word, unique in the strip; `send` is taken.
    pub id: String,
    /// Effect id: `dynamics.compressor`.
    pub kind: String,
    /// In circuit or bypassed.
    pub on: bool,
    /// Values of the effect's table.
    pub values: Values,
    /// The strip whose output it listens to.
    pub key: Option<String>,
    /// The impulse response that it uses in place of its own: a source's id, or a path below the song's folder, with `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impulse: Option<String>,
}

impl Insert {
    /// An effect with values that differ from its defaults.
    pub fn new(id: &str, kind: &str, values: &[(&str, f32)]) -> Self {
        Insert {
            id: id.to_owned(),
            kind: kind.to_owned(),
            on: true,
            values: values.iter().map(|&(name, value)| (name.to_owned(), value)).collect(),
            key: None,
            impulse: None,
        }
    }
}

/// A send to a return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// The return (or bus) that it feeds.
    pub to: String,
    /// Where it is taken.
    pub tap: Tap,
    /// Values of the send's table.
    pub values: Values,
}

/// Where a send is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tap {
    /// After the inserts, before the fader.
    Pre,
    /// After fader and pan.
    #[default]
    Post,
}

/// Automation of one knob of a strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// The address without its strip: `ride`, `comp.threshold`, `send.plate.level`.
    pub target: String,
    /// Break-points in order of time. Before the first and after the last the value stands still.
    pub points: Vec<Point>,
}

/// A break-point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Frame of the song.
    pub at: u64,
    /// Value in the parameter's unit.
    pub value: f32,
    /// How the value goes on to the next point.
    #[serde(default)]
    pub curve: Curve,
    /// Why it is there: `chorus 2`. May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// How a value goes from a break-point to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curve {
    /// In a straight line.
    #[default]
    Line,
    /// Stays, then jumps.
    Hold,
}

impl Session {
    /// A strip by its id.
    pub fn strip(&self, id: &str) -> Option<&Strip> {
        self.strips.iter().find(|strip| strip.id == id).map(Arc::as_ref)
    }

    /// A source by its id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// The tracks.
    pub fn tracks(&self) -> impl Iterator<Item = &Strip> {
        self.strips.iter().map(Arc::as_ref).filter(|strip| matches!(strip.kind, StripKind::Track { .. }))
    }

    /// The master, if there is one.
    pub fn master(&self) -> Option<&Strip> {
        self.strips.iter().map(Arc::as_ref).find(|strip| strip.kind == StripKind::Master)
    }
}
