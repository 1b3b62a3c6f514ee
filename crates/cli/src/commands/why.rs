//! `mixsmith why`

use clap::Args;
use mixsmith_pipeline::{Decision, Journal, PipelineError, Status};

use super::folder;
use crate::failure::{Exit, Failure};
use crate::say;
use crate::table::{Common, Song, examples};

/// Says why the mix is as it is
///
/// Every move with the measurement behind it, what was refused and why, and where a hand overruled the machine.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith why my-song", "mixsmith why my-song vox", "mixsmith why my-song --json"))]
pub struct Why {
    #[command(flatten)]
    song: Song,
    /// Only what is about this strip, this rule or this number
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

impl Why {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let folder = folder(&self.song, common)?;
        let journal = Journal::read(&folder.decisions())?;
        if journal.decisions.is_empty() {
            return Err(PipelineError::Missing { path: folder.decisions(), first: "mix" }.into());
        }
        let wanted: Vec<&Decision> =
            journal.decisions.iter().filter(|decision| self.wants(decision)).collect();
        if let (Some(word), true) = (&self.word, wanted.is_empty()) {
            let message = format!("no decision is about `{word}`");
            return Err(Failure::new(Exit::Usage, message, "`mixsmith why SONG` lists them all"));
        }
        tell(common, wanted.into_iter())
    }

    fn wants(&self, decision: &Decision) -> bool {
        let Some(word) = &self.word else { return true };
        let strip = word.split('/').next().unwrap_or(word);
        decision.about.iter().any(|about| about == strip)
            || decision.rule.starts_with(word.as_str())
            || decision.id.to_string() == *word
    }
}

/// Prints decisions with their reasons.
pub fn tell<'a>(common: &Common, decisions: impl Iterator<Item = &'a Decision>) -> Result<(), Failure> {
    if common.json {
        let decisions: Vec<&Decision> = decisions.collect();
        return say::line(&serde_json::json!({ "decisions": decisions }).to_string());
    }
    say::text(decisions.map(lines).collect::<String>().as_bytes())
}

fn lines(decision: &Decision) -> String {
    let mut text = format!("{:>4}. {}  [{}]\n", decision.id, decision.says, decision.rule);
    for evidence in &decision.because {
        let of =
            if evidence.of.is_empty() { String::new() } else { format!(" of {}", evidence.of.join(", ")) };
        let wanted = evidence
            .wanted
            .map_or_else(String::new, |wanted| format!(", wanted {wanted:.1} {}", evidence.unit));
        text.push_str(&format!(
            "      {}{of}: {:.1} {}{wanted}\n",
            evidence.fact, evidence.value, evidence.unit
        ));
    }
    match &decision.status {
        Status::Taken => {}
        Status::Refused(why) => text.push_str(&format!("      not done: {why}\n")),
        Status::Overruled(why) => text.push_str(&format!("      overruled: {why}\n")),
    }
    text
}
