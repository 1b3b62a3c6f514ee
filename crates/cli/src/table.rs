//! The one table of commands and flags. Parser, help, completions and man pages all come from it.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::commands::{
    check, completions, decide, demo, diff, export, facts, import, man, meter, mix, prep, render, restore,
    score, selftest, set, test, unset, why, wish, write_rides,
};
use crate::failure::CODES;

/// Examples at the end of a command's help.
macro_rules! examples {
    ($($example:literal),+ $(,)?) => {
        concat!("Example:" $(, "\n  ", $example)+)
    };
}
pub(crate) use examples;

/// The table as a parser: with the exit codes in the help of every command.
pub fn table() -> clap::Command {
    with_codes(Cli::command())
}

fn with_codes(command: clap::Command) -> clap::Command {
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let codes: String = CODES.iter().map(|(code, meaning)| format!("\n  {code:>3}  {meaning}")).collect();
    command.after_help(format!("{examples}\n\nExit codes:{codes}")).mut_subcommands(with_codes)
}

/// Mixes a folder of recorded tracks and says why.
///
/// Give it the folder that holds a song's tracks: it prepares, balances, equalises, compresses, places, adds space,
/// automates, checks and masters, writes the files next to the song in `mix/`, and gives a measurement for each move.
/// Everything it did can be changed in `mix/session.toml`; the next run keeps what you changed. The tracks themselves
/// are only read.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mixsmith",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = examples!("mixsmith demo", "mixsmith mix my-song", "mixsmith why my-song lead-vocal")
)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// Print the result as JSON, and progress as JSON lines on the error output
    #[arg(long, global = true)]
    pub json: bool,
    /// Use this many threads (0: all that the machine has); the sound does not depend on it
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Write here and nowhere else; without it, to the folder `mix` of the song
    #[arg(long, global = true, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print nothing but the result and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands, in the order of the help.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Mix(mix::Mix),
    Prep(prep::Prep),
    Facts(facts::ListFacts),
    Meter(meter::Meter),
    Decide(decide::Decide),
    Render(render::Render),
    Why(why::Why),
    Wish(wish::Wish),
    Set(set::Set),
    Unset(unset::Unset),
    WriteRides(write_rides::WriteRides),
    Score(score::Score),
    Diff(diff::Diff),
    Test(test::Test),
    Check(check::Check),
    Selftest(selftest::Selftest),
    Restore(restore::Restore),
    Export(export::Export),
    Import(import::Import),
    Completions(completions::Completions),
    Man(man::Man),
}

/// A song's folder.
#[derive(Clone, Debug, Args)]
pub struct Song {
    /// The folder with the song's recorded tracks
    #[arg(value_name = "SONG")]
    pub song: PathBuf,
}

/// What is wanted of a mix.
#[derive(Clone, Debug, Default, Args)]
pub struct Wishes {
    /// How loud the master is: dynamic -14 LUFS, balanced -11 LUFS, loud -8.5 LUFS
    #[arg(long, value_enum, value_name = "HOW")]
    pub loudness: Option<Loudness>,
    /// Which kind of music the tables are read for
    #[arg(long, value_enum, value_name = "KIND")]
    pub genre: Option<Genre>,
}

/// How loud the master is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Loudness {
    /// -14 LUFS, all punch kept
    Dynamic,
    /// -11 LUFS
    Balanced,
    /// -8.5 LUFS
    Loud,
}

/// Which kind of music.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Genre {
    /// Songs with a voice in front
    Pop,
    /// Guitars beside the voice
    Rock,
    /// Voice over beat and bass
    HipHop,
    /// Electronic dance music
    Edm,
    /// Acoustic ensembles
    Jazz,
    /// Loud guitars
    Metal,
}

impl From<Loudness> for mixsmith_pipeline::Loudness {
    fn from(loudness: Loudness) -> Self {
        match loudness {
            Loudness::Dynamic => Self::Dynamic,
            Loudness::Balanced => Self::Balanced,
            Loudness::Loud => Self::Loud,
        }
    }
}

/// What is taken from a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Trait {
    /// The balance of its spectrum
    Tone,
    /// How far left and right differ
    Width,
    /// How far its peaks stand over its loudness
    Dynamics,
    /// How loud it is
    Loudness,
}

impl From<Trait> for mixsmith_pipeline::Trait {
    fn from(part: Trait) -> Self {
        match part {
            Trait::Tone => Self::Tone,
            Trait::Width => Self::Width,
            Trait::Dynamics => Self::Dynamics,
            Trait::Loudness => Self::Loudness,
        }
    }
}

impl From<Genre> for mixsmith_pipeline::Genre {
    fn from(genre: Genre) -> Self {
        match genre {
            Genre::Pop => Self::Pop,
            Genre::Rock => Self::Rock,
            Genre::HipHop => Self::HipHop,
            Genre::Edm => Self::Edm,
            Genre::Jazz => Self::Jazz,
            Genre::Metal => Self::Metal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_sound() {
        table().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_that_can_be_read_and_says_its_exit_codes() {
        let mut table = table();
        table.build();
        let mut names = BTreeSet::new();
        for command in table.get_subcommands_mut().filter(|command| command.get_name() != "help") {
            let name = command.get_name().to_owned();
            assert!(names.insert(name.clone()), "{name} is there twice");
            assert!(
                command.get_about().is_some_and(|about| about.to_string().len() > 10),
                "{name} has no help"
            );
            assert!(command.get_long_about().is_some(), "{name} has no long help");
            let help = command.render_long_help().to_string();
            for (code, meaning) in CODES {
                assert!(help.contains(&format!("{code}  {meaning}")), "{name} does not say {code}");
            }
            let ending = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<&str> =
                ending.lines().map(str::trim).filter(|line| line.starts_with("mixsmith ")).collect();
            assert!(examples.iter().any(|line| line.starts_with(&format!("mixsmith {name}"))), "{name}");
            for example in examples {
                let words = example.split(" > ").next().unwrap_or_default().split_whitespace();
                if let Err(error) = Cli::try_parse_from(words) {
                    panic!("{name}: the example `{example}` cannot be read: {error}");
                }
            }
        }
        assert_eq!(names.len(), 22);
    }

    #[test]
    fn every_flag_has_help_and_a_name_of_its_own() {
        let mut table = table();
        table.build();
        for command in table.get_subcommands().filter(|command| command.get_name() != "help") {
            let mut flags = BTreeSet::new();
            for arg in command.get_arguments() {
                let id = format!("{} {}", command.get_name(), arg.get_id());
                assert!(arg.get_help().is_some_and(|help| help.to_string().len() > 5), "{id} has no help");
                if let Some(long) = arg.get_long() {
                    assert!(flags.insert(format!("--{long}")), "{id}: --{long} is there twice");
                }
                if let Some(short) = arg.get_short() {
                    assert!(flags.insert(format!("-{short}")), "{id}: -{short} is there twice");
                }
            }
            for flag in ["--json", "--threads", "--out", "--quiet", "--help"] {
                assert!(flags.contains(flag), "{} has no {flag}", command.get_name());
            }
        }
    }

    #[test]
    fn what_can_be_wanted_here_can_be_wanted_there() {
        for genre in Genre::value_variants() {
            let word = genre.to_possible_value().map(|value| value.get_name().to_owned());
            let there = serde_json::to_value(mixsmith_pipeline::Genre::from(*genre)).unwrap();
            assert_eq!(word.as_deref(), there.as_str());
        }
        for loudness in Loudness::value_variants() {
            let word = loudness.to_possible_value().map(|value| value.get_name().to_owned());
            let there = serde_json::to_value(mixsmith_pipeline::Loudness::from(*loudness)).unwrap();
            assert_eq!(word.as_deref(), there.as_str());
            let help =
                loudness.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
            let lufs = format!("{} LUFS", mixsmith_pipeline::Loudness::from(*loudness).lufs());
            assert!(help.is_some_and(|help| help.contains(&lufs)), "{lufs}");
        }
    }
}
