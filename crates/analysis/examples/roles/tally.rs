//! How often roles were told right, what was taken for what, and whether confidence means what it says.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result, Write as _};

use mixsmith_analysis::roles::fuse::judge_with;
use mixsmith_analysis::roles::sound::Ears;
use mixsmith_analysis::{Facts, Song, role};

/// One stem that was judged.
struct Judged {
    file: String,
    wanted: String,
    found: &'static str,
    confidence: f64,
    right: bool,
    kin: bool,
}

/// What was judged.
#[derive(Default)]
pub struct Tally {
    all: Vec<Judged>,
}

impl Tally {
    /// Judges a song; stems without a wanted role are not counted.
    pub fn judge(
        &mut self,
        song: &Song,
        facts: &Facts,
        wanted: &[Option<Vec<String>>],
        hidden: bool,
        ears: &Ears<'_>,
    ) {
        let verdicts = judge_with(song, facts, hidden, ears);
        for ((stem, wanted), (_, verdict)) in song.stems.iter().zip(wanted).zip(verdicts) {
            let Some(wanted) = wanted else { continue };
            if facts.get("fault.silent", &[&stem.id]).is_some() {
                continue;
            }
            let family = |id: &String| role(id).map(|role| role.family);
            self.all.push(Judged {
                file: stem.file.clone(),
                wanted: wanted.first().cloned().unwrap_or_default(),
                found: verdict.role.id,
                confidence: f64::from(verdict.confidence),
                right: wanted.iter().any(|id| id == verdict.role.id),
                kin: wanted.iter().any(|id| family(id) == Some(verdict.role.family)),
            });
        }
    }

    fn share(&self, of: impl Fn(&Judged) -> bool) -> f64 {
        100.0 * self.all.iter().filter(|judged| of(judged)).count() as f64 / self.all.len().max(1) as f64
    }

    /// Expected calibration error over ten steps of confidence, per cent (Guo et al. 2017, eq. 3).
    fn calibration(&self) -> f64 {
        let mut error = 0.0;
        for step in 0..10 {
            let (count, sure, right) = self.step(step);
            error += (sure - right).abs() * count as f64;
        }
        100.0 * error / self.all.len().max(1) as f64
    }

    /// Of the stems in a tenth of the scale of confidence: how many, their mean confidence, the share that was right.
    fn step(&self, step: usize) -> (usize, f64, f64) {
        let inside: Vec<&Judged> =
            self.all.iter().filter(|j| ((j.confidence * 10.0) as usize).min(9) == step).collect();
        let count = inside.len().max(1) as f64;
        (
            inside.len(),
            inside.iter().map(|j| j.confidence).sum::<f64>() / count,
            inside.iter().filter(|j| j.right).count() as f64 / count,
        )
    }

    /// A table of confidence against what was right.
    pub fn reliability(&self) -> String {
        let mut text = String::from("| confidence | stems | mean | right |\n|---|---|---|---|\n");
        for step in 0..10 {
            let (count, sure, right) = self.step(step);
            if count > 0 {
                let _ = writeln!(
                    text,
                    "| {:.1} to {:.1} | {count} | {sure:.2} | {right:.2} |",
                    step as f64 / 10.0,
                    (step + 1) as f64 / 10.0
                );
            }
        }
        text
    }

    /// By role: how many, how many right, and what they were taken for.
    pub fn confusions(&self) -> String {
        let mut table: BTreeMap<&str, (usize, usize, BTreeMap<&str, usize>)> = BTreeMap::new();
        for judged in &self.all {
            let row = table.entry(&judged.wanted).or_default();
            row.0 += 1;
            if judged.right {
                row.1 += 1;
            } else {
                *row.2.entry(judged.found).or_default() += 1;
            }
        }
        let mut text = String::from("| role | stems | right | taken for |\n|---|---|---|---|\n");
        for (role, (count, right, wrong)) in table {
            let mut wrong: Vec<(&str, usize)> = wrong.into_iter().collect();
            wrong.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let wrong: Vec<String> = wrong.iter().map(|(role, count)| format!("{role} {count}")).collect();
            let _ = writeln!(text, "| {role} | {count} | {right} | {} |", wrong.join(", "));
        }
        text
    }

    /// A line for each that was told wrong.
    pub fn mistakes(&self) -> String {
        let mut text = String::new();
        for judged in self.all.iter().filter(|judged| !judged.right) {
            let _ = writeln!(
                text,
                "  - {} ({}) is heard as {}, {:.0} %",
                judged.file,
                judged.wanted,
                judged.found,
                100.0 * judged.confidence
            );
        }
        text
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(
            f,
            "role {:.1} %, family {:.1} % of {} stems; expected calibration error {:.1} %",
            self.share(|judged| judged.right),
            self.share(|judged| judged.kin),
            self.all.len(),
            self.calibration()
        )
    }
}
