//! The commands: one file each.

pub mod check;
pub mod completions;
pub mod decide;
pub mod demo;
pub mod diff;
pub mod export;
pub mod facts;
pub mod import;
pub mod man;
pub mod meter;
pub mod mix;
pub mod prep;
pub mod render;
pub mod restore;
mod result;
pub mod score;
pub mod selftest;
pub mod set;
pub mod test;
pub mod unset;
pub mod why;
pub mod wish;
pub mod write_rides;

use mixsmith_pipeline::{Folder, Options};

use crate::failure::Failure;
use crate::stop;
use crate::table::{Cli, Command, Common, Song, Wishes};

/// Does what the command line asks for.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    let common = &cli.common;
    match &cli.command {
        Command::Demo(demo) => demo.run(common),
        Command::Mix(mix) => mix.run(common),
        Command::Prep(prep) => prep.run(common),
        Command::Facts(facts) => facts.run(common),
        Command::Meter(meter) => meter.run(common),
        Command::Decide(decide) => decide.run(common),
        Command::Render(render) => render.run(common),
        Command::Why(why) => why.run(common),
        Command::Wish(wish) => wish.run(common),
        Command::Set(set) => set.run(common),
        Command::Unset(unset) => unset.run(common),
        Command::WriteRides(write_rides) => write_rides.run(common),
        Command::Score(score) => score.run(common),
        Command::Diff(diff) => diff.run(common),
        Command::Test(test) => test.run(common),
        Command::Check(check) => check.run(common),
        Command::Selftest(selftest) => selftest.run(common),
        Command::Restore(restore) => restore.run(common),
        Command::Export(export) => export.run(common),
        Command::Import(import) => import.run(common),
        Command::Completions(completions) => completions.run(common),
        Command::Man(man) => man.run(common),
    }
}

/// The song's folder, with the place to write to.
fn folder(song: &Song, common: &Common) -> Result<Folder, Failure> {
    let folder = Folder::open(&song.song, common.out.as_deref())?;
    stop::watch(folder.clone(), common.json);
    Ok(folder)
}

/// What the road is told.
fn options(common: &Common, wishes: &Wishes) -> Options {
    Options {
        threads: common.threads,
        loudness: wishes.loudness.map(Into::into),
        genre: wishes.genre.map(Into::into),
        ..Options::default()
    }
}
