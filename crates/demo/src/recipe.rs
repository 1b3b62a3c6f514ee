//! What to play, how to deliver it, and what to spoil.

use serde::{Deserialize, Serialize};

pub use crate::score::Form;

/// A player, or a group of microphones that only make sense together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Kick in and out, snare top and bottom, hi-hat, toms, overheads, room.
    Drums,
    /// Shaker and tambourine.
    Percussion,
    /// Bass, direct and through the amplifier.
    Bass,
    /// Two takes of the distorted rhythm guitar.
    RhythmGuitars,
    /// The clean guitar's hook.
    HookGuitar,
    /// Strummed acoustic guitar.
    AcousticGuitar,
    /// Electric piano.
    Keys,
    /// String pad.
    Pad,
    /// Two tracks of backing voices.
    BackingVoices,
    /// The lead voice.
    LeadVoice,
    /// The lead voice's double.
    VocalDouble,
}

impl Part {
    /// Everyone, in the order of the files.
    pub const ALL: [Part; 11] = [
        Part::Drums,
        Part::Percussion,
        Part::Bass,
        Part::RhythmGuitars,
        Part::HookGuitar,
        Part::AcousticGuitar,
        Part::Keys,
        Part::Pad,
        Part::BackingVoices,
        Part::LeadVoice,
        Part::VocalDouble,
    ];
}

/// How the files come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Plain names, one rate, 24 bits, sensible levels.
    Clean,
    /// As real folders come: names of several habits, rates, depths and levels as they fell.
    Messy,
}

/// Something to spoil on purpose. `track` is a role id or a clean file's name without extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fault {
    /// The lead voice is `db` too low.
    BuriedVoice {
        /// How much too low, dB.
        db: f32,
    },
    /// 9 dB too much around 300 Hz.
    Mud300 {
        /// Which track.
        track: String,
    },
    /// One note stands out: a narrow lift (Q 8).
    BoomyNote {
        /// Which track.
        track: String,
        /// The note's frequency, Hz.
        hz: f32,
        /// How much it stands out, dB.
        db: f32,
    },
    /// 9 dB too much around 3 kHz.
    Harsh3k {
        /// Which track.
        track: String,
    },
    /// The lead voice's s, z and t are louder by `db`; nothing else of it changes.
    Sibilance {
        /// How much louder, dB.
        db: f32,
    },
    /// The microphone below the snare is left as it hears: upside down.
    InvertedSnareBottom,
    /// Mains hum with harmonics.
    Hum {
        /// Which track.
        track: String,
        /// Mains frequency, Hz.
        hz: f32,
        /// Level against the loudest 50 ms of the track, dB.
        db: f32,
    },
    /// A constant added.
    Dc {
        /// Which track.
        track: String,
        /// The constant, full scale is 1.
        value: f32,
    },
    /// Recorded too hot: one sample in three hundred is cut off at full scale.
    Clipped {
        /// Which track.
        track: String,
    },
    /// A stereo file with a silent right side.
    DeadChannel {
        /// Which track.
        track: String,
    },
    /// A hole of silence.
    Dropout {
        /// Which track.
        track: String,
        /// Where, in seconds.
        at: f64,
        /// How long, in seconds.
        seconds: f64,
    },
    /// A file that holds only silence.
    SilentTrack,
    /// A file byte for byte equal to another.
    DuplicateTrack,
    /// The click that the band played to.
    ClickTrack,
    /// A mix of everything.
    RoughMix,
    /// Recorded at 44.1 kHz, labelled 48 kHz: too fast and too high.
    WrongRate {
        /// Which track.
        track: String,
    },
    /// The last fifth is missing.
    WrongLength {
        /// Which track.
        track: String,
    },
    /// The file starts too late in the song: its beginning is missing, so that everything comes too early.
    OffsetStart {
        /// Which track.
        track: String,
        /// How much is missing, seconds.
        seconds: f64,
    },
}

impl Fault {
    /// The track that it is done to; none where it adds a file.
    pub fn target(&self) -> Option<&str> {
        match self {
            Fault::BuriedVoice { .. } | Fault::Sibilance { .. } => Some("lead-vocal"),
            Fault::InvertedSnareBottom => Some("snare-bottom"),
            Fault::Mud300 { track }
            | Fault::BoomyNote { track, .. }
            | Fault::Harsh3k { track }
            | Fault::Hum { track, .. }
            | Fault::Dc { track, .. }
            | Fault::Clipped { track }
            | Fault::DeadChannel { track }
            | Fault::Dropout { track, .. }
            | Fault::WrongRate { track }
            | Fault::WrongLength { track }
            | Fault::OffsetStart { track, .. } => Some(track),
            Fault::SilentTrack | Fault::DuplicateTrack | Fault::ClickTrack | Fault::RoughMix => None,
        }
    }
}

/// What to play, how to deliver it, and what to spoil.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Seed of all chance: the players' luck, not the composition.
    pub seed: u64,
    /// How many bars each section has.
    pub form: Form,
    /// How many times verse and chorus come.
    #[serde(default = "one")]
    pub rounds: usize,
    /// Beats a minute.
    pub tempo: f32,
    /// Beats in a bar: four, or three, which leaves out what is written on the fourth.
    #[serde(default = "four")]
    pub metre: usize,
    /// Semitones by which everything is played higher than D major; the players' ranges bear seven either way.
    #[serde(default)]
    pub transpose: i32,
    /// How much more each microphone of the kit hears of the other drums than in a good studio, dB.
    #[serde(default)]
    pub bleed: f32,
    /// Frames a second that the song is played at.
    pub rate: u32,
    /// Who plays.
    pub parts: Vec<Part>,
    /// How the files come.
    pub delivery: Delivery,
    /// How far levels fell from the sensible balance when they were recorded, dB either way by chance; a messy delivery has
    /// levels of its own.
    #[serde(default)]
    pub scatter: f32,
    /// What to spoil.
    pub faults: Vec<Fault>,
}

fn one() -> usize {
    1
}

fn four() -> usize {
    4
}

impl Recipe {
    /// Length in beats.
    pub(crate) fn beats(&self) -> f64 {
        (self.form.length(self.rounds) * self.metre.clamp(3, 4)) as f64
    }

    /// The demo song: about a minute, delivered as badly as real folders are.
    pub fn demo() -> Recipe {
        let track = |name: &str| name.to_string();
        Recipe {
            delivery: Delivery::Messy,
            faults: vec![
                Fault::InvertedSnareBottom,
                Fault::BuriedVoice { db: 7.0 },
                Fault::Hum { track: track("bass-amp"), hz: 50.0, db: -34.0 },
                Fault::Clipped { track: track("acoustic-guitar") },
                Fault::DuplicateTrack,
                Fault::SilentTrack,
                Fault::ClickTrack,
                Fault::RoughMix,
            ],
            ..Recipe::clean()
        }
    }

    /// The same song clean and balanced.
    pub fn clean() -> Recipe {
        Recipe {
            seed: 7,
            form: Form { intro: 4, verse: 8, chorus: 8, outro: 4 },
            rounds: 1,
            tempo: 104.0,
            metre: 4,
            transpose: 0,
            bleed: 0.0,
            rate: 48_000,
            parts: Part::ALL.to_vec(),
            delivery: Delivery::Clean,
            scatter: 0.0,
            faults: Vec::new(),
        }
    }

    /// Sixteen seconds of it with few players, for fast tests.
    pub fn short() -> Recipe {
        Recipe {
            form: Form { intro: 1, verse: 2, chorus: 3, outro: 1 },
            parts: vec![Part::Drums, Part::Bass, Part::Keys, Part::LeadVoice],
            ..Recipe::clean()
        }
    }
}
