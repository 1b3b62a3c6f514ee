//! `mixsmith facts`

use std::collections::BTreeMap;

use clap::Args;
use mixsmith_pipeline::{Fact, Qty, listen, unit};
use serde_json::json;

use super::{folder, options, result};
use crate::failure::{Exit, Failure};
use crate::table::{Common, Song, Wishes, examples};
use crate::{progress, say};

/// Lists what was measured of a song
///
/// Every decision rests on these numbers. Give a track, a measure or a part of its name to see only those.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith facts my-song", "mixsmith facts my-song loudness", "mixsmith facts my-song vox --json"))]
pub struct ListFacts {
    #[command(flatten)]
    song: Song,
    /// Show only facts about this track or of this measure
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

impl ListFacts {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let folder = folder(&self.song, common)?;
        let progress = progress::of(common);
        let threads = options(common, &Wishes::default()).threads();
        let listened = listen(&folder, &BTreeMap::new(), threads, &*progress)?;
        drop(progress);
        result::warn(common, &listened.notes);
        let facts: Vec<&Fact> = listened.facts.iter().filter(|fact| self.wants(fact)).collect();
        if let (Some(word), true) = (&self.word, facts.is_empty()) {
            let tracks: Vec<&str> = listened.song.stems.iter().map(|stem| stem.id.as_str()).collect();
            let help = format!("Tracks: {}", tracks.join(", "));
            return Err(Failure::new(
                Exit::Usage,
                format!("nothing was measured that is called `{word}`"),
                help,
            ));
        }
        if common.json {
            return say::line(&json!({ "files": listened.files, "facts": facts }).to_string());
        }
        let lines = facts
            .iter()
            .map(|fact| format!("{:24} {:28} {}\n", fact.about.join(" "), fact.what, value(fact)));
        say::text(lines.collect::<String>().as_bytes())
    }

    fn wants(&self, fact: &Fact) -> bool {
        let Some(word) = &self.word else { return true };
        fact.what.contains(word) || fact.about.iter().any(|stem| stem == word)
    }
}

/// A value in a few words.
fn value(fact: &Fact) -> String {
    match &fact.value {
        Qty::Number(number) => format!("{number:.2} {}", unit(&fact.what)).trim_end().to_owned(),
        Qty::Text(text) => text.clone(),
        Qty::Times(times) => format!("{} moments", times.len()),
        Qty::Series { step, values } => format!("{} values, one every {step} s", values.len()),
        Qty::Bands(bands) => {
            let bands: Vec<String> = bands.iter().map(|band| format!("{band:.1}")).collect();
            format!("{} {}", bands.join(" "), unit(&fact.what)).trim_end().to_owned()
        }
        Qty::Spans(spans) => {
            let spans =
                spans.iter().map(|span| format!("{:.1}-{:.1} s {}", span.start, span.end, span.label));
            let spans = spans.map(|span| span.trim_end().to_owned());
            spans.collect::<Vec<_>>().join(", ")
        }
    }
}
