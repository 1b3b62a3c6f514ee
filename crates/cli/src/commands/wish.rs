//! `mixsmith wish`

use clap::Args;
use mixsmith_pipeline::{Wished, Wishlist};
use serde_json::json;

use super::{folder, options};
use crate::failure::Failure;
use crate::progress;
use crate::say;
use crate::table::{Common, Song, Wishes, examples};

/// Asks for a change in words
///
/// Whom, what, how much and where: "voice +1", "drums roomier", "guitars a bit darker in the verses", "less boomy". Says what
/// it understood, with numbers, and decides the mix again around it; what it does not understand it leaves alone. Wishes stay
/// with the song, and every later mix honours them. Without a wish it lists those that there are.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!(
    "mixsmith wish my-song \"voice +1\" \"drums roomier\" \"chorus wider\" \"less boomy\"",
    "mixsmith wish my-song",
    "mixsmith wish my-song --forget \"voice +1\""
))]
pub struct Wish {
    #[command(flatten)]
    song: Song,
    /// What you wish for; every word there is is in docs/reference/wishes.md
    #[arg(value_name = "WISH")]
    wishes: Vec<String>,
    /// Take a wish back; `all` takes back all of them, `reference` and `rough` what `mix --reference` and `--rough` gave
    #[arg(long, value_name = "WISH")]
    forget: Vec<String>,
    #[command(flatten)]
    mix: Wishes,
}

impl Wish {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &self.mix));
        let progress = progress::of(common);
        let list = mixsmith_pipeline::wish(&folder, &self.wishes, &self.forget, &options, &*progress)?;
        drop(progress);
        if common.json {
            return say::line(&json!(list).to_string());
        }
        tell(&list)?;
        if common.quiet || self.wishes.is_empty() && self.forget.is_empty() {
            return Ok(());
        }
        say::line(&format!("To hear it: `mixsmith mix {}`.", folder.words()))
    }
}

fn tell(list: &Wishlist) -> Result<(), Failure> {
    for wish in &list.forgotten {
        say::line(&format!("forgotten: {wish}"))?;
    }
    for like in &list.like {
        say::line(&format!("like {like}"))?;
    }
    if let Some(rough) = &list.rough {
        say::line(&format!("levels as in {rough}"))?;
    }
    if list.wishes.is_empty() && list.like.is_empty() && list.rough.is_none() {
        return say::line("Nothing is wished for.");
    }
    for Wished { wish, means, why_not, stopped, moves } in &list.wishes {
        match (means, why_not) {
            (Some(means), _) => say::line(&format!("{wish}\n  {means}"))?,
            (None, why) => {
                say::line(&format!("{wish}\n  not understood: {}", why.as_deref().unwrap_or_default()))?
            }
        }
        for why in stopped {
            say::line(&format!("  {}: {why}", if *moves > 0 { "not all of it" } else { "not done" }))?;
        }
    }
    Ok(())
}
