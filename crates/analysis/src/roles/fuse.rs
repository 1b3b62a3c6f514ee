//! The three witnesses put together.

use super::name::{self, Reading};
use super::sound::Ears;
use super::{Odds, Role, context, display, sound};
use crate::{Fact, Facts, Qty, Song};

/// What was found about one stem.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The role.
    pub role: &'static Role,
    /// 0 to 1; below 0.6 a person should be asked.
    pub confidence: f32,
    /// One sentence: who said what.
    pub evidence: String,
    /// The odds of all roles.
    pub odds: Odds,
}

/// Names can lie, and they are the only witness that can be plainly wrong: the log-odds they may bring are held.
const NAME_LIMIT: f64 = 9.0;

/// How much the sound counts beside a name that says something: on held-out songs such a name is wrong far less often
/// than the sound (`benches/runs`, roles).
const BESIDE_NAME: f64 = 0.6;

/// Judges every stem. `names_hidden` leaves the first witness out, to measure the other two.
pub fn judge(song: &Song, facts: &Facts, names_hidden: bool) -> Vec<(Reading, Verdict)> {
    judge_with(song, facts, names_hidden, &Ears::default())
}

/// The same with other ears than those that this program was given.
pub fn judge_with(
    song: &Song,
    facts: &Facts,
    names_hidden: bool,
    ears: &Ears<'_>,
) -> Vec<(Reading, Verdict)> {
    let files: Vec<&str> = song.stems.iter().map(|stem| stem.file.as_str()).collect();
    let common = name::common_words(&files);
    let readings: Vec<Reading> = files
        .iter()
        .map(|file| if names_hidden { Reading::default() } else { name::read(file, &common) })
        .collect();
    let heard: Vec<Odds> = song.stems.iter().map(|stem| sound::hear(facts, &stem.id, ears)).collect();
    let mut odds: Vec<Odds> = Vec::with_capacity(files.len());
    for (reading, heard) in readings.iter().zip(&heard) {
        let mut sum = Odds::default();
        sum.add("unknown", 1.0);
        for (total, name) in sum.0.iter_mut().zip(&reading.odds.0) {
            *total += name.min(NAME_LIMIT + 2.0);
        }
        sum.join(heard, if reading.speaks() { BESIDE_NAME } else { 1.0 });
        odds.push(sum);
    }
    let company = context::company(song, facts, &readings, &odds);
    for (odds, company) in odds.iter_mut().zip(&company) {
        odds.join(company, 1.0);
    }
    readings
        .into_iter()
        .enumerate()
        .map(|(i, reading)| {
            let (role, confidence) = odds[i].best();
            let evidence = sentence(&reading.odds, &heard[i], &company[i], role);
            let verdict = Verdict { role, confidence: confidence as f32, evidence, odds: odds[i].clone() };
            (reading, verdict)
        })
        .collect()
}

fn sentence(name: &Odds, heard: &Odds, company: &Odds, role: &Role) -> String {
    let mut parts = Vec::new();
    let mut say = |who: &str, odds: &Odds| {
        let (said, sure) = odds.best();
        if !odds.speaks() {
            parts.push(format!("{who} says nothing"));
        } else if said.id == role.id {
            parts.push(format!("{who} says {} ({:.0} %)", said.name, sure * 100.0));
        } else {
            parts.push(format!("{who} rather says {} ({:.0} %)", said.name, sure * 100.0));
        }
    };
    say("the name", name);
    say("the sound", heard);
    if company.speaks() {
        say("its company", company);
    }
    let mut text = parts.join(", ");
    if let Some(first) = text.get(..1) {
        let upper = first.to_uppercase();
        text.replace_range(..1, &upper);
    }
    text + "."
}

/// Adds `role`, `role.evidence`, `role.name` and `role.pair`.
pub fn measure(song: &Song, facts: &mut Facts) {
    let verdicts = judge(song, facts, false);
    let readings: Vec<(Reading, &'static Role)> =
        verdicts.iter().map(|(reading, verdict)| (reading.clone(), verdict.role)).collect();
    let names = display::names(&readings);
    for ((stem, (reading, verdict)), name) in song.stems.iter().zip(&verdicts).zip(names) {
        let about = [stem.id.as_str()];
        facts.push(
            Fact::new("role", &about, Qty::Text(verdict.role.id.to_owned())).confidence(verdict.confidence),
        );
        facts.push(Fact::new("role.evidence", &about, Qty::Text(verdict.evidence.clone())));
        facts.push(Fact::new("role.name", &about, Qty::Text(name)));
        if let Some(side) = reading.side {
            let side = if side == name::Side::Left { "L" } else { "R" };
            facts.push(Fact::new("role.pair", &about, Qty::Text(side.to_owned())));
        }
    }
}
