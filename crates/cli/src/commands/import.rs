//! `mixsmith import`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::options;
use crate::failure::{Exit, Failure};
use crate::table::{Common, Wishes, examples};
use crate::{progress, say};

/// Makes a song of another program's project
///
/// Writes one file a track, from the start of the song, and the project's own mix as `mix/session.toml`: `mixsmith
/// render` plays that, and `mixsmith mix` mixes the tracks anew. What did not come with it stands in `mix/import.txt`.
/// Nothing is read that lies outside of the project's folder.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith import song.dawproject --out my-song"))]
pub struct Import {
    /// The project
    #[arg(value_name = "PROJECT")]
    project: PathBuf,
}

impl Import {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let Some(song) = &common.out else {
            let help = "Name a new folder for the song: `mixsmith import song.dawproject --out my-song`";
            return Err(Failure::new(Exit::Usage, "--out is missing", help));
        };
        let progress = progress::of(common);
        let options = options(common, &Wishes::default());
        let imported = mixsmith_pipeline::import(&self.project, song, &options, &*progress)?;
        drop(progress);
        if common.json {
            let strips: Vec<&str> = imported.session.strips.iter().map(|strip| strip.id.as_str()).collect();
            let said = json!({
                "song": imported.song,
                "format": imported.format,
                "strips": strips,
                "losses": imported.losses,
            });
            return say::line(&said.to_string());
        }
        let count = |word: &str| imported.losses.iter().filter(|loss| loss.fate.word() == word).count();
        let song = imported.song.display();
        say::line(&format!(
            "{song}  {} tracks of a {} project: {} near, {} lost (mix/import.txt)",
            imported.session.sources.len(),
            imported.format,
            count("near"),
            count("lost")
        ))?;
        if common.quiet {
            return Ok(());
        }
        say::line(&format!(
            "`mixsmith render {song}` plays its own mix; `mixsmith mix {song}` makes a new one."
        ))
    }
}
