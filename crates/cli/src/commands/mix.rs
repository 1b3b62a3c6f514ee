//! `mixsmith mix`

use std::path::PathBuf;

use clap::Args;
use mixsmith_pipeline::{Folder, Options, song_of};

use super::{options, result, why};
use crate::failure::Failure;
use crate::table::{Common, Wishes, examples};
use crate::{progress, stop};

/// Mixes and masters a song
///
/// Listens to every track, decides, listens to its own mix, masters, and writes mix, master, stems and the reasons to
/// the song's folder `mix`. Run it again after changing `mix/session.toml`: it mixes around what you changed.
///
/// A project (.ardour, .dawproject, .rpp, .als) is as good as a folder. It becomes a song in a folder beside it that has its
/// name, or in the folder given with --out; the next mix of the project goes on with that song.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith mix my-song", "mixsmith mix my-song --loudness dynamic --genre rock", "mixsmith mix my-song --dry-run", "mixsmith mix my-song.rpp"))]
pub struct Mix {
    /// The folder with the song's recorded tracks, or a project of another program
    #[arg(value_name = "SONG")]
    song: PathBuf,
    #[command(flatten)]
    wishes: Wishes,
    /// Say what would be done, and write nothing but the cache of measurements
    #[arg(long)]
    dry_run: bool,
}

impl Mix {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let options = options(common, &self.wishes);
        let progress = progress::of(common);
        let folder = if self.song.is_file() {
            let (song, notes) = song_of(&self.song, common.out.as_deref(), &options, &*progress)?;
            result::warn(common, &notes);
            Folder::open(&song, None)?
        } else {
            Folder::open(&self.song, common.out.as_deref())?
        };
        stop::watch(folder.clone(), common.json);
        if self.dry_run {
            let options = Options { dry_run: true, ..options };
            let planned = mixsmith_pipeline::decide(&folder, &options, &*progress)?;
            drop(progress);
            result::warn(common, &planned.notes);
            return why::tell(common, &mixsmith_pipeline::explain(&planned.session, &planned.journal, None)?);
        }
        let mixed = mixsmith_pipeline::mix(&folder, &options, &*progress)?;
        drop(progress);
        result::tell(common, &folder, &mixed)
    }
}
