//! What a rule may see, and nothing else.

use std::collections::BTreeMap;

use mixsmith_analysis::{Facts, Song};
use mixsmith_processor::Kinds;
use mixsmith_session::{Address, Session, Strip};
use serde::{Deserialize, Serialize};

use crate::Locks;
use crate::like::Trait;

/// What the person wants: `song.toml` and the command line. All of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Brief {
    /// Name of the song.
    pub title: Option<String>,
    /// Quarter notes a minute, when known.
    pub tempo: Option<f32>,
    /// Which column of the tables.
    pub genre: Genre,
    /// How loud the master is.
    pub loudness: Loudness,
    /// Roles by file name, corrected by hand.
    pub roles: BTreeMap<String, String>,
    /// Files to leave out, by name.
    pub leave_out: Vec<String>,
    /// Files to keep although they look like clicks, rough mixes or copies.
    pub keep: Vec<String>,
    /// What is to be otherwise, in words: `voice +1`, `drums roomier` (see [`crate::wish`]).
    pub wishes: Vec<String>,
    /// Sound files of records that the mix is to be like, and what it takes from them; all of it when none is named.
    pub reference: Vec<String>,
    /// What it takes from them.
    pub reference_for: Vec<Trait>,
    /// A rough mix of these tracks: a sound file.
    pub rough: Option<String>,
    /// Loudness that the master is to have instead, LUFS.
    #[serde(skip)]
    pub asked: Option<f64>,
}

impl Brief {
    /// Integrated loudness that the master is to have, LUFS.
    pub fn lufs(&self) -> f64 {
        self.asked.unwrap_or(self.loudness.lufs())
    }
}

/// Which column of the role tables counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Genre {
    /// Songs with a voice in front.
    #[default]
    Pop,
    /// Guitars beside the voice.
    Rock,
    /// Voice over beat and bass.
    HipHop,
    /// Electronic dance music.
    Edm,
    /// Acoustic ensembles.
    Jazz,
    /// Loud guitars.
    Metal,
}

/// How loud the master is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loudness {
    /// -14 LUFS, all punch kept.
    Dynamic,
    /// -11 LUFS.
    #[default]
    Balanced,
    /// -8.5 LUFS.
    Loud,
}

impl Loudness {
    /// Integrated loudness to reach, LUFS.
    pub fn lufs(self) -> f64 {
        match self {
            Loudness::Dynamic => -14.0,
            Loudness::Balanced => -11.0,
            Loudness::Loud => -8.5,
        }
    }
}

/// What a rule may see.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// All that was measured. Stems of left-out files are among it.
    pub facts: &'a Facts,
    /// The stems.
    pub song: &'a Song,
    /// What the person wants.
    pub brief: &'a Brief,
    /// The session as earlier rules left it.
    pub session: &'a Session,
    /// The effects there are.
    pub kinds: Kinds,
    /// What a hand has set: solve around it.
    pub locks: &'a Locks,
}

impl<'a> Desk<'a> {
    /// The value of a knob in the session as it stands; what is not there stands at 0.
    pub fn value(&self, at: &Address) -> f32 {
        self.session.value(&self.kinds, at).unwrap_or(0.0)
    }

    /// The stem that a track plays (track ids are stem ids; a stereo pair of two files has the left file's id).
    pub fn stem_of(&self, strip: &'a Strip) -> &'a str {
        strip.clips().first().map_or(strip.id.as_str(), |clip| clip.source.as_str())
    }

    /// The role of a strip without the mark of doubt.
    pub fn role(&self, strip: &'a Strip) -> &'a str {
        strip.role.trim_end_matches('?')
    }
}
