//! `mixsmith restore`

use clap::Args;
use serde_json::json;

use super::{folder, result};
use crate::failure::Failure;
use crate::say;
use crate::table::{Common, Song, examples};

/// Puts an earlier state of the mix back
///
/// Each time that the mix is written, what `mix/session.toml` and its reasons are is kept in `mix/backups`: the last
/// twenty times, one an hour for two days, and one a day before that. Without a time, the newest is put back that can be
/// read and differs from what stands there now; what stands there now is kept too.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!(
    "mixsmith restore my-song",
    "mixsmith restore my-song --list",
    "mixsmith restore my-song 2026-11-22T19-25"
))]
pub struct Restore {
    #[command(flatten)]
    song: Song,
    /// Which one, by its time or the beginning of it
    #[arg(value_name = "TIME")]
    when: Option<String>,
    /// List what is kept, the newest first, and put nothing back
    #[arg(long, conflicts_with = "when")]
    list: bool,
}

impl Restore {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let folder = folder(&self.song, common)?;
        if self.list {
            let kept = mixsmith_pipeline::backups(&folder)?;
            if common.json {
                return say::line(&json!({ "backups": kept }).to_string());
            }
            return kept.iter().try_for_each(|backup| {
                let now = if backup.now { "  (as it is now)" } else { "" };
                let damaged = if backup.damaged.is_some() { "  (cannot be read)" } else { "" };
                say::line(&format!("{}{now}{damaged}", backup.when))
            });
        }
        let restored = mixsmith_pipeline::restore(&folder, self.when.as_deref())?;
        result::warn(common, &restored.notes);
        if common.json {
            return say::line(&json!({ "restored": restored.when }).to_string());
        }
        if common.quiet {
            return Ok(());
        }
        let song = folder.words();
        say::line(&format!(
            "The mix is as it was at {}. To hear it: `mixsmith render {song}`.",
            restored.when
        ))
    }
}
