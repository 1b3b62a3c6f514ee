//! A mix as mixers of other programs have it. What an export writes and an import reads.

use mixsmith_session::{Marker, Tap};

use crate::{Course, Device};

/// A mixing desk with its tape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desk {
    /// Name of the song.
    pub title: String,
    /// Frames a second.
    pub rate: u32,
    /// Quarter notes a minute.
    pub tempo: f32,
    /// Length in frames.
    pub frames: u64,
    /// Where sections start.
    pub markers: Vec<Marker>,
    /// The channels; the master is the last.
    pub channels: Vec<Channel>,
    /// The sound files that regions play.
    pub sounds: Vec<Sound>,
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Plays regions.
    Track,
    /// Sums the channels that feed it.
    Bus,
    /// Sums sends.
    Return,
    /// The end of the line.
    Master,
}

/// A channel of the desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Lower-case word, unique on the desk.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Role id of the session, or empty.
    pub role: String,
    /// `#rrggbb`, or empty.
    pub colour: String,
    /// What it is.
    pub kind: Kind,
    /// Channels of sound before the panner: 1 or 2.
    pub width: u32,
    /// What it plays.
    pub regions: Vec<Region>,
    /// Level before the processors, dB.
    pub trim: f32,
    /// Upside down?
    pub inverted: bool,
    /// Processors before the fader.
    pub devices: Vec<Device>,
    /// Fader with rides, dB; shut at [`mixsmith_session::FADER_OFF`].
    pub volume: Course,
    /// -100 left to 100 right.
    pub pan: Course,
    /// Silent where 0.5 or more.
    pub mute: Course,
    /// What it sends.
    pub sends: Vec<SendTo>,
    /// The channel that it feeds; only the master feeds none.
    pub to: Option<String>,
    /// What its processors are set to, in words, a line each: for sheets and comments.
    pub sheet: Vec<String>,
}

/// A send.
#[derive(Clone, Debug, PartialEq)]
pub struct SendTo {
    /// The channel that it feeds.
    pub to: String,
    /// Where it is taken.
    pub tap: Tap,
    /// dB.
    pub level: Course,
}

/// A stretch of a sound file on a track.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Place among the sounds of the desk.
    pub sound: usize,
    /// Frame of the song where it starts.
    pub at: i64,
    /// First frame of the sound that is heard.
    pub from: u64,
    /// Length in frames.
    pub frames: u64,
    /// Gain in dB.
    pub gain: f32,
    /// Length of the fade in, frames.
    pub fade_in: u64,
    /// Length of the fade out, frames.
    pub fade_out: u64,
}

/// A sound file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Name without ending, unique on the desk.
    pub name: String,
    /// Channels, 1 or 2.
    pub channels: u32,
    /// Length in frames at the desk's rate.
    pub frames: u64,
    /// Where its content comes from.
    pub of: SoundOf,
}

/// Where the content of a sound comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoundOf {
    /// A source of the session, decoded, at the song's rate.
    Source(String),
    /// The output of a strip of the layout's session.
    Print(String),
    /// A file that a project names.
    Found(Place),
    /// Single channels of files that a project names, counted from 0: one, or left and right.
    Channels(Vec<(Place, usize)>),
}

/// Where a project keeps a sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An entry of the project's own archive.
    Inside(String),
    /// A path below the folder that the project lies in.
    Beside(String),
    /// Nowhere that may be read: what the project says.
    Elsewhere(String),
}

impl Desk {
    /// A channel by its id.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// Seconds at a frame.
    pub fn seconds(&self, frame: f64) -> f64 {
        frame / f64::from(self.rate.max(1))
    }

    /// Quarter notes at a frame.
    pub fn beats(&self, frame: f64) -> f64 {
        self.seconds(frame) * f64::from(self.tempo) / 60.0
    }

    /// The nearest frame to a time in seconds.
    pub fn frame(&self, seconds: f64) -> i64 {
        (seconds * f64::from(self.rate)).round() as i64
    }
}

impl Channel {
    /// A channel with everything at rest.
    pub fn new(id: &str, name: &str, kind: Kind) -> Self {
        Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            role: String::new(),
            colour: String::new(),
            kind,
            width: 2,
            regions: Vec::new(),
            trim: 0.0,
            inverted: false,
            devices: Vec::new(),
            volume: Course::default(),
            pan: Course::default(),
            mute: Course::default(),
            sends: Vec::new(),
            to: None,
            sheet: Vec::new(),
        }
    }
}
