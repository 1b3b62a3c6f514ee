//! Every number behind the decisions of a mix, computed again and compared.
//!
//! The same road is gone once more: the files are measured without the cache, every rule is asked, the mix is rendered and
//! heard, the master is settled. The road is deterministic, so every number must come out as it was quoted.

use std::collections::BTreeMap;
use std::fmt::Write;

use mixsmith_assistant::{Decision, Evidence, Limit, Locks, all};
use serde::Serialize;

use crate::by_hand::open;
use crate::sessions::Opened;
use crate::{Folder, Options, PipelineError, Progress, start, wishes};

/// Numbers that differ by more than this share are not the same. Bits are equal on one machine; other machines may
/// round the sine differently.
const SAME: f64 = 1e-6;

/// A reason that does not come out as it is quoted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Number of the decision; 0 for one that is made now and was not.
    pub decision: u32,
    /// The rule's code.
    pub rule: String,
    /// What differs, in words.
    pub says: String,
}

/// What was computed again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verified {
    /// Files that were measured.
    pub files: usize,
    /// By rule: decisions, and numbers that are as quoted.
    pub rules: BTreeMap<String, (usize, usize)>,
    /// What is not.
    pub differences: Vec<Difference>,
}

/// Computes the evidence of every decision again and compares. Writes nothing that stays.
pub fn verify(
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Verified, PipelineError> {
    let (_lock, Opened { journal, .. }) = open(folder)?;
    if journal.decisions.is_empty() {
        return Err(PipelineError::Missing { path: folder.decisions(), first: "mix" });
    }
    let brief = wishes::brief(folder)?;
    let afresh = folder.afresh();
    let swept = Swept(&afresh);
    let mut start = start::start_from(folder, &afresh, options, progress, brief)?;
    // What was decided knew what the hand had set by then, not what it has set since.
    start.locks = Locks::new(journal.hand.clone());
    let heard = journal.decisions.iter().any(|decision| decision.rule.starts_with("master."));
    let (_, mut now) = if heard { start.whole(&afresh, options, progress)? } else { start.decided(progress) };
    // After `prep` nothing later was decided.
    let phase = |d: &Decision| all::ALL.iter().find(|rule| rule.code == d.rule).map(|rule| rule.phase);
    let last = journal.decisions.iter().filter_map(phase).max();
    now.retain(|decision| phase(decision) <= last || phase(decision).is_none());
    drop(swept);
    let mut verified = compared(&journal.decisions, &now);
    verified.files = start.listened.files.len();
    Ok(verified)
}

/// The cache of a verification, which goes with it.
struct Swept<'a>(&'a Folder);

impl Drop for Swept<'_> {
    fn drop(&mut self) {
        // What cannot be removed is in the cache and may be deleted at any time.
        let _ = std::fs::remove_dir_all(&self.0.mix);
    }
}

/// Quoted decisions beside those that are made now.
fn compared(quoted: &[Decision], now: &[Decision]) -> Verified {
    let mut verified = Verified::default();
    let mut left: Vec<&Decision> = now.iter().collect();
    for decision in quoted {
        let entry = verified.rules.entry(decision.rule.clone()).or_default();
        entry.0 += 1;
        let mut differ = |says: String| {
            verified.differences.push(Difference {
                decision: decision.id,
                rule: decision.rule.clone(),
                says,
            });
        };
        // The nearest of the same rule about the same strips: several may be about one.
        let alike = |other: &&Decision| other.rule == decision.rule && other.about == decision.about;
        let best = left.iter().position(|other| alike(other) && other.says == decision.says);
        let Some(place) = best.or_else(|| left.iter().position(alike)) else {
            differ(format!("is not decided again: {}", decision.says));
            continue;
        };
        let again = left.remove(place);
        let mut more = again.because.iter();
        for evidence in &decision.because {
            match more.next() {
                Some(other) => match apart(evidence, other) {
                    Some(says) => differ(says),
                    None => entry.1 += numbers(evidence),
                },
                None => differ(format!("{} is quoted and not found again", name(evidence))),
            }
        }
        more.for_each(|other| differ(format!("{} is found and not quoted", name(other))));
        if again.says != decision.says {
            differ(format!("says \"{}\" and would say \"{}\"", decision.says, again.says));
        }
        if (&decision.edits, &decision.status) != (&again.edits, &again.status) {
            differ("turns other knobs than it would now".to_owned());
        }
    }
    for decision in left {
        let says = format!("is decided now and was not: {}", decision.says);
        verified.differences.push(Difference { decision: 0, rule: decision.rule.clone(), says });
    }
    verified
}

fn name(evidence: &Evidence) -> String {
    match &evidence.of[..] {
        [] => evidence.fact.clone(),
        of => format!("{} of {}", evidence.fact, of.join(" and ")),
    }
}

/// How many numbers an evidence quotes.
fn numbers(evidence: &Evidence) -> usize {
    1 + usize::from(evidence.wanted.is_some()) + usize::from(evidence.limit.is_some())
}

/// What differs between two measurements, in words.
fn apart(quoted: &Evidence, now: &Evidence) -> Option<String> {
    if (&quoted.fact, &quoted.of, &quoted.unit) != (&now.fact, &now.of, &now.unit) {
        return Some(format!("{} is quoted, {} is found", name(quoted), name(now)));
    }
    let same = |a: f64, b: f64| (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0);
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a == b,
    };
    let unit = &quoted.unit;
    if !same(quoted.value, now.value) {
        return Some(format!(
            "{} is quoted as {} {unit} and is {} {unit}",
            name(quoted),
            quoted.value,
            now.value
        ));
    }
    let limit = |evidence: &Evidence| evidence.limit.map(Limit::value);
    if !both(quoted.wanted, now.wanted) || !both(limit(quoted), limit(now)) {
        return Some(format!("what is wanted of {} is quoted otherwise", name(quoted)));
    }
    None
}

impl Verified {
    /// As text for a terminal.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        for (rule, (decisions, numbers)) in &self.rules {
            let of = self.differences.iter().filter(|difference| difference.rule == *rule).count();
            let word = if of == 0 { "as quoted".to_owned() } else { format!("{of} DIFFER") };
            let _ = writeln!(text, "{rule:24}{decisions:4} decisions {numbers:5} numbers  {word}");
        }
        let (decisions, numbers) = self.rules.values().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        let _ = writeln!(
            text,
            "{} files were measured anew: {numbers} numbers of {decisions} decisions are as quoted, {} differ.",
            self.files,
            self.differences.len()
        );
        for Difference { decision, rule, says } in &self.differences {
            let who = if *decision == 0 { rule.clone() } else { format!("{decision}. {rule}") };
            let _ = writeln!(text, "{who}: {says}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_changed_is_found() {
        let made = |value: f64| {
            Decision::new("tone.boomy", &["bass"], "Bass -3 dB.")
                .because(Evidence::new("pitch.boom", &["bass"], value, "dB").at_most(4.0))
        };
        let same = compared(&[made(7.0)], &[made(7.0 + 1e-9)]);
        assert_eq!((same.differences.len(), same.rules["tone.boomy"]), (0, (1, 2)));
        let other = compared(&[made(7.0)], &[made(7.1)]);
        assert!(other.differences[0].says.contains("is quoted as 7 dB and is 7.1 dB"));
        assert!(other.text().contains("1 DIFFER"), "{}", other.text());
        assert_eq!(compared(&[], &[made(1.0)]).differences[0].decision, 0);
        assert!(compared(&[made(1.0)], &[]).differences[0].says.starts_with("is not decided again"));
    }
}
