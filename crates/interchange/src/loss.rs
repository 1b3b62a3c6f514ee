//! What became of each thing on its way to another program.

use serde::Serialize;

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// Its address in the session: `vox/comp`, `vox/fader`. In an import, its place in the project.
    pub at: String,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What can become of a thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "fate", rename_all = "lowercase")]
pub enum Fate {
    /// It is there and can be turned, and it does the same.
    Exact,
    /// It is there and can be turned, and it does nearly the same.
    Near {
        /// Largest difference that was worked out, dB; none where it depends on the program.
        #[serde(skip_serializing_if = "Option::is_none")]
        error_db: Option<f32>,
        /// What differs.
        says: String,
    },
    /// It can be heard and no more be turned: it is in the sound.
    Printed {
        /// What holds it.
        says: String,
    },
    /// It is not there.
    Lost {
        /// What is missing, and what to do.
        says: String,
    },
}

impl Fate {
    /// `exact`, `near`, `printed` or `lost`.
    pub fn word(&self) -> &'static str {
        match self {
            Fate::Exact => "exact",
            Fate::Near { .. } => "near",
            Fate::Printed { .. } => "printed",
            Fate::Lost { .. } => "lost",
        }
    }
}

impl Loss {
    /// It arrives as it is.
    pub fn exact(at: impl Into<String>) -> Self {
        Loss { at: at.into(), fate: Fate::Exact }
    }
    /// It arrives with a difference.
    pub fn near(at: impl Into<String>, error_db: Option<f32>, says: impl Into<String>) -> Self {
        Loss { at: at.into(), fate: Fate::Near { error_db, says: says.into() } }
    }
    /// It is in the sound.
    pub fn printed(at: impl Into<String>, says: impl Into<String>) -> Self {
        Loss { at: at.into(), fate: Fate::Printed { says: says.into() } }
    }
    /// It does not arrive.
    pub fn lost(at: impl Into<String>, says: impl Into<String>) -> Self {
        Loss { at: at.into(), fate: Fate::Lost { says: says.into() } }
    }
}
