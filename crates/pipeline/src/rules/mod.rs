//! A person's own rules for a mix, each checked against what was printed.

mod grammar;

use std::fmt::Write as _;
use std::path::Path;

use mixsmith_analysis::{Span, sketch::STEP};
use mixsmith_assistant::mixmodel::lufs;
use serde::Serialize;

use crate::report::parts::{Part, parts, voice_against_rest};
use crate::report::systems::fares;
use crate::report::words::tenth;
use crate::scorecard::{printed, scorecard};
use crate::{Folder, Mixed, Options, PipelineError, Progress, Score, figures, reopen::reopen};
use grammar::Rule;

/// The rules that are checked where a person has none.
pub const USUAL: &str = "# What every mix should keep.\n\
true peak under -0.9 dBTP\n\
mono loss at most 1.5 LU\n\
side/mid below 120 Hz at most -12 dB\n\
left/right at most 1 dB\n\
clipped samples at most 0\n";

/// Short names, and the figures of the scorecard that they mean.
const SHORT: [(&str, &str); 10] = [
    ("mono loss", "Lost in mono"),
    ("true peak", "True peak of the master"),
    ("side/mid below 120 hz", "Width below 120 Hz"),
    ("side/mid 120 to 500 hz", "Width 120 to 500 Hz"),
    ("side/mid 0.5 to 2 khz", "Width 0.5 to 2 kHz"),
    ("side/mid 2 to 8 khz", "Width 2 to 8 kHz"),
    ("side/mid above 8 khz", "Width above 8 kHz"),
    ("left/right", "Left against right"),
    ("voice masked", "Lead voice masked, 1 to 4 kHz"),
    ("tonal distance", "Distance from records"),
];

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// It holds.
    Kept,
    /// It does not.
    Broken,
    /// The song has not what it is about.
    NotMeasured,
}

/// A rule and what was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Line of the file.
    pub line: usize,
    /// The rule as it was written.
    pub rule: String,
    /// Does it hold?
    pub held: Held,
    /// What was measured, in the unit of the figure; in the section where it is nearest to breaking.
    pub value: Option<f64>,
    /// The figure as it is shown, or why there is none.
    pub shown: String,
}

/// All rules of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// In the order of the file.
    pub rules: Vec<Checked>,
}

/// What a rule is about.
enum Subject {
    /// A figure of the scorecard, by its name.
    Figure(&'static str),
    /// Integrated loudness of a print.
    Loudness(&'static str),
    /// The lead voice against the rest.
    Voice,
    /// A strip against the rest, by its place among the parts.
    Part(usize),
}

/// Checks what was printed of a song against a rules file, or the usual rules without one.
pub fn examine(
    folder: &Folder,
    rules: Option<&Path>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Examination, PipelineError> {
    let own = folder.root.join("rules.txt");
    let path = rules.map(Path::to_owned).or_else(|| own.exists().then_some(own));
    let text = match &path {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| PipelineError::Text { path: path.clone(), what: error.to_string() })?,
        None => USUAL.to_owned(),
    };
    let place = path.unwrap_or_else(|| "the usual rules".into());
    let fault = |line: usize, what: String| PipelineError::Text {
        path: place.clone(),
        what: format!("line {line}: {what}"),
    };
    let read = grammar::read(&text).map_err(|error| fault(error.line, error.what))?;
    let (mixed, players) = reopen(folder, options, progress)?;
    let parts = parts(&mixed);
    let subjects: Vec<Subject> = read
        .iter()
        .map(|rule| subject(rule, &parts).map_err(|what| fault(rule.line, what)))
        .collect::<Result<_, _>>()?;
    let fares = fares(&parts);
    let scores = scorecard(&mixed, &players, &parts, &fares);
    let song = Song { mixed: &mixed, parts: &parts, scores: &scores };
    let rules = read.iter().zip(&subjects).map(|(rule, subject)| song.check(rule, subject)).collect();
    Ok(Examination { rules })
}

/// What a rule is about, or what it might have been about.
fn subject(rule: &Rule, parts: &[Part]) -> Result<Subject, String> {
    let what = rule.what.trim_start_matches("the ");
    let subject = match what {
        "voice" | "lead voice" | "vocal" | "lead vocal" => Some(Subject::Voice),
        "loudness" | "master loudness" | "loudness of the master" => Some(Subject::Loudness("master")),
        "mix loudness" | "loudness of the mix" => Some(Subject::Loudness("mix")),
        _ => None,
    };
    let short = || SHORT.iter().find(|(short, _)| *short == what).map(|(_, measure)| *measure);
    let named = || figures().into_iter().find(|figure| figure.name.to_lowercase() == what).map(|f| f.name);
    let part = || {
        parts.iter().position(|part| part.id == what || part.name.to_lowercase() == what).map(Subject::Part)
    };
    let subject = subject.or_else(|| short().or_else(named).map(Subject::Figure)).or_else(part);
    let Some(subject) = subject else {
        let mut known = vec!["voice", "loudness", "mix loudness"];
        known.extend(SHORT.iter().map(|(short, _)| *short));
        let tracks: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        return Err(format!(
            "`{}`: nothing is measured that is called `{}`. There are: {}; every figure of the scorecard by its name \
             (docs/reference/scorecard.md); and, against the rest, the tracks {}",
            rule.text,
            rule.what,
            known.join(", "),
            tracks.join(", ")
        ));
    };
    let unit = match &subject {
        Subject::Figure(name) => figures().iter().find(|f| f.name == *name).map_or("", |f| f.unit),
        Subject::Loudness(_) => "LUFS",
        Subject::Voice | Subject::Part(_) => "dB",
    };
    // Between two loudnesses dB and LU are the same.
    let same = |a: &str, b: &str| a == b || (["db", "lu"].contains(&a) && ["db", "lu"].contains(&b));
    if !rule.unit.is_empty() && !same(&rule.unit, &unit.to_lowercase()) {
        let unit = if unit.is_empty() { "a plain number" } else { unit };
        return Err(format!("`{}`: `{}` is measured in {unit}, not in {}", rule.text, rule.what, rule.unit));
    }
    if !rule.section.is_empty() && !matches!(subject, Subject::Voice | Subject::Part(_)) {
        return Err(format!(
            "`{}`: `{}` is measured of the whole song; the voice and tracks can be asked about in sections",
            rule.text, rule.what
        ));
    }
    Ok(subject)
}

/// What is known of the song.
struct Song<'a> {
    mixed: &'a Mixed,
    parts: &'a [Part],
    scores: &'a [Score],
}

impl Song<'_> {
    fn check(&self, rule: &Rule, subject: &Subject) -> Checked {
        let checked = |held, value, shown: String| Checked {
            line: rule.line,
            rule: rule.text.clone(),
            held,
            value,
            shown,
        };
        let none = |why: &str| checked(Held::NotMeasured, None, why.to_owned());
        let judged = |value: f64, shown: String| {
            let held = if rule.passes(value) { Held::Kept } else { Held::Broken };
            checked(held, Some(value), shown)
        };
        match subject {
            Subject::Figure(name) => {
                let Some(score) = self.scores.iter().find(|score| score.measure == *name) else {
                    return none("the song has nothing of the kind");
                };
                let scale = if score.unit == "%" { 100.0 } else { 1.0 };
                judged(score.number * scale, score.value.clone())
            }
            Subject::Loudness(kind) => match printed(self.mixed, kind) {
                Some(print) => judged(print.level.loudness, format!("{} LUFS", tenth(print.level.loudness))),
                None => none("it was not printed"),
            },
            Subject::Voice | Subject::Part(_) => {
                if matches!(subject, Subject::Voice) && !self.parts.iter().any(Part::is_voice) {
                    return none("no track is taken for a lead voice");
                }
                let spans = self.sections(&rule.section);
                let (Some(spans), false) = (spans, self.parts.is_empty()) else {
                    return none("the song has no such section");
                };
                let worst = spans
                    .iter()
                    .filter_map(|span| Some((self.level(subject, span)?, span)))
                    .reduce(|worst, next| if rule.room(next.0) < rule.room(worst.0) { next } else { worst });
                let Some((value, span)) = worst else { return none("it does not play there") };
                let place = if rule.section.is_empty() {
                    String::new()
                } else {
                    format!(" in {} at {}", span.label, clock(span.start))
                };
                judged(value, format!("{} dB{place}", tenth(value)))
            }
        }
    }

    /// The sections that a word means: all of a kind, or one with its number. The whole song without a word.
    fn sections(&self, word: &str) -> Option<Vec<Span>> {
        if word.is_empty() {
            return Some(vec![Span { start: 0.0, end: f64::INFINITY, label: String::new() }]);
        }
        let spans = self.mixed.listened.facts.spans("sections", "");
        let kind = |label: &str| label.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned();
        let meant = spans.iter().filter(|span| span.label == word || kind(&span.label) == word);
        let meant: Vec<Span> = meant.cloned().collect();
        (!meant.is_empty()).then_some(meant)
    }

    /// Level against the rest within a span, dB.
    fn level(&self, subject: &Subject, span: &Span) -> Option<f64> {
        let inside = |frame: usize| {
            let time = frame as f64 * STEP;
            (span.start..span.end).contains(&time)
        };
        let Subject::Part(place) = subject else { return voice_against_rest(self.parts, inside) };
        let part = &self.parts[*place];
        let (mut own, mut rest) = (0.0, 0.0);
        for frame in (0..part.plays.len()).filter(|&frame| part.plays[frame] && inside(frame)) {
            for other in self.parts {
                let energy = other.energy.get(frame).copied().unwrap_or(0.0);
                *if other.id == part.id { &mut own } else { &mut rest } += energy;
            }
        }
        (own > 0.0 && rest > 0.0).then(|| lufs(own) - lufs(rest))
    }
}

fn clock(seconds: f64) -> String {
    format!("{}:{:02}", (seconds / 60.0) as u32, (seconds % 60.0) as u32)
}

impl Examination {
    /// How many rules are broken.
    pub fn broken(&self) -> usize {
        self.rules.iter().filter(|rule| rule.held == Held::Broken).count()
    }

    /// A line for each rule.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let long = self.rules.iter().map(|rule| rule.rule.chars().count()).max().unwrap_or(0);
        for rule in &self.rules {
            let word = match rule.held {
                Held::Kept => "kept",
                Held::Broken => "BROKEN",
                Held::NotMeasured => "not measured",
            };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{word:13}{:long$}   {}", rule.rule, rule.shown);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Rule {
        grammar::read(text).unwrap().remove(0)
    }

    #[test]
    fn the_usual_rules_are_about_something() {
        for rule in grammar::read(USUAL).unwrap() {
            assert!(subject(&rule, &[]).is_ok(), "{}", rule.text);
        }
        for (short, measure) in SHORT {
            assert!(figures().iter().any(|figure| figure.name == measure), "{short}: {measure}");
        }
    }

    #[test]
    fn unknown_names_units_and_sections_are_explained() {
        let parts = [Part::steady("bass-di", "bass", 2, 1e-3, 10)];
        let says = |text: &str| subject(&rule(text), &parts).err().unwrap_or_default();
        assert!(says("volume at least 3 dB").contains("mono loss, true peak"));
        assert!(says("volume at least 3 dB").contains("bass-di"));
        assert!(says("mono loss under 1 dBTP").contains("measured in LU"));
        assert!(says("mono loss under 1 LU in choruses").contains("whole song"));
        assert_eq!(says("bass-di at most -3 dB in verses"), "");
        assert_eq!(says("largest resonance at most 9 dB"), "");
    }
}
