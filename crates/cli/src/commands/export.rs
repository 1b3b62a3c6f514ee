//! `mixsmith export`

use clap::Args;
use clap::builder::PossibleValuesParser;
use mixsmith_pipeline::{ExportWishes, Exported, formats};
use serde_json::json;

use super::{folder, options, result};
use crate::failure::Failure;
use crate::table::{Common, Song, Wishes, examples};
use crate::{progress, say};

/// Writes the mix as a project of other programs
///
/// Tracks, buses, returns, faders, pans, mutes, sends, automation, markers and tempo arrive as such, and so do
/// processors that the other program has too. The rest is printed into the sound of its track. What is exact, what is
/// near, what is printed and what is lost stands in `honesty.txt` beside each project, in the folder `daw` of the
/// outputs.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!(
    "mixsmith export my-song --to ardour,dawproject,reaper,stems",
    "mixsmith export my-song --to dawproject --flat",
    "mixsmith export my-song --to reaper --print-near",
    "mixsmith export my-song --to ardour --own-effects"
))]
pub struct Export {
    #[command(flatten)]
    song: Song,
    /// For which programs, with commas between them
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', required = true,
        value_parser = PossibleValuesParser::new(formats()))]
    to: Vec<String>,
    /// Tell buses by routing alone, without folders, for programs that lose tracks in folders
    #[arg(long)]
    flat: bool,
    /// Print into the sound what the other program has only nearly, as far as tracks and returns have it; without this, an
    /// equaliser may be 0.5 dB off and a compressor 1 dB
    #[arg(long)]
    print_near: bool,
    /// Take the other program's own delay and reverb, to be turned there, where it has them (Ardour); they only resemble
    /// ours, which are printed without this
    #[arg(long, conflicts_with = "print_near")]
    own_effects: bool,
}

impl Export {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &Wishes::default()));
        let progress = progress::of(common);
        let wishes = ExportWishes {
            flat: self.flat,
            print_near: self.print_near,
            own_effects: self.own_effects,
            ..Default::default()
        };
        let (exported, notes) = mixsmith_pipeline::export(&folder, &self.to, &wishes, &options, &*progress)?;
        drop(progress);
        if common.json {
            let list: Vec<_> = exported.iter().map(as_json).collect();
            return say::line(&json!({ "exports": list, "notes": notes }).to_string());
        }
        result::warn(common, &notes);
        for export in &exported {
            let count = |word: &str| export.losses.iter().filter(|loss| loss.fate.word() == word).count();
            say::line(&format!(
                "{}  {}: {} exact, {} near, {} printed, {} lost",
                export.folder.display(),
                export.name,
                count("exact"),
                count("near"),
                count("printed"),
                count("lost")
            ))?;
        }
        Ok(())
    }
}

fn as_json(export: &Exported) -> serde_json::Value {
    json!({
        "format": export.format,
        "folder": export.folder,
        "files": export.files,
        "losses": export.losses,
    })
}
