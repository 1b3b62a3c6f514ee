//! Why a command did not do what was asked, as a code, a message and what to do.

use mixsmith_pipeline::PipelineError;
use serde_json::json;

/// The codes that the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The song could not be mixed, a rule is broken, or the self-test missed a gate.
    Song,
    /// The command line asks for something that there is not.
    Usage,
    /// `session.toml`, `song.toml` or `decisions.toml` cannot be used.
    Text,
    /// There are no input files, or they cannot be read.
    Input,
    /// Something could not be written.
    Output,
    /// Stopped from outside.
    Interrupted,
}

/// Every code and what it means, as `--help` says it.
pub const CODES: [(u8, &str); 7] = [
    (0, "all went well"),
    (1, "the song could not be mixed, a rule is broken, or the self-test missed a gate"),
    (2, "the command line is wrong"),
    (3, "session.toml, song.toml, decisions.toml or a rules file has a fault"),
    (4, "there are no input files, or they cannot be read"),
    (5, "something could not be written (disk full, no permission)"),
    (130, "interrupted"),
];

impl Exit {
    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Song => 1,
            Exit::Usage => 2,
            Exit::Text => 3,
            Exit::Input => 4,
            Exit::Output => 5,
            Exit::Interrupted => 130,
        }
    }
}

/// Why a command ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code that the program ends with.
    pub exit: Exit,
    /// What happened, and to what.
    pub message: String,
    /// What to do; empty when the message says it.
    pub help: String,
}

impl Failure {
    /// A failure.
    pub fn new(exit: Exit, message: impl Into<String>, help: impl Into<String>) -> Self {
        Failure { exit, message: message.into(), help: help.into() }
    }

    /// Tells the person, or the program that asked for JSON.
    pub fn show(&self, as_json: bool) {
        if as_json {
            eprintln!("{}", json!({ "error": self.message, "help": self.help, "exit": self.exit.code() }));
            return;
        }
        eprintln!("error: {}", self.message);
        if !self.help.is_empty() {
            eprintln!("{}", self.help);
        }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        let exit = match &error {
            PipelineError::NoSong { .. }
            | PipelineError::NoSound { .. }
            | PipelineError::NoProject { .. }
            | PipelineError::NoTracks { .. }
            | PipelineError::Track { .. }
            | PipelineError::Missing { .. } => Exit::Input,
            PipelineError::Text { .. } | PipelineError::Compile(_) | PipelineError::Impulse { .. } => {
                Exit::Text
            }
            PipelineError::Edit(_) | PipelineError::OverTracks { .. } | PipelineError::NotOf { .. } => {
                Exit::Usage
            }
            PipelineError::Io { .. } => Exit::Output,
            PipelineError::Stopped => Exit::Interrupted,
            _ => Exit::Song,
        };
        Failure::new(exit, error.to_string(), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_is_documented_once() {
        let exits = [Exit::Song, Exit::Usage, Exit::Text, Exit::Input, Exit::Output, Exit::Interrupted];
        let mut codes: Vec<u8> = exits.map(Exit::code).to_vec();
        codes.insert(0, 0);
        assert_eq!(codes, CODES.map(|(code, _)| code));
    }

    #[test]
    fn what_went_wrong_on_the_road_finds_its_code() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let failure = Failure::from(PipelineError::Io { path: "out/mix.wav".into(), source: full });
        assert_eq!(failure.exit.code(), 5);
        assert!(failure.message.contains("the disk is full"), "{}", failure.message);
        assert_eq!(Failure::from(PipelineError::Stopped).exit.code(), 130);
    }
}
