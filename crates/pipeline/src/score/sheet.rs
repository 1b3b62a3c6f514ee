//! The answers as a page.

use std::fmt::Write as _;

use serde::Serialize;

use super::take::{ENOUGH, Take};
use crate::recovery::Recovery;
use crate::report::words::tenth;
use crate::scorecard::QUESTIONS;
use crate::{Score, Verdict};

/// The scorecard of a mix.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    /// The mix, as it was named.
    pub mix: String,
    /// The mix by a person beside it, as it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human: Option<String>,
    /// Length of the mix, seconds.
    pub seconds: f64,
    /// How many tracks were found in the mix.
    pub tracks: usize,
    /// Energy of the mix that the tracks do not explain, over all of it, dB: reverbs, parts that were not given, and what
    /// is more than gain, place and equalisation. None for silence.
    pub left_over: Option<f64>,
    /// The same of the mix by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human_left_over: Option<f64>,
    /// The sixteen questions in order.
    pub answers: Vec<Answer>,
}

/// A question with its figures.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// 1 to 16.
    pub row: usize,
    /// What is asked.
    pub question: &'static str,
    /// What was measured; empty where nothing can be.
    pub figures: Vec<Line>,
    /// What cannot be measured, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_measured: Vec<String>,
}

/// A figure.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What was measured.
    pub measure: String,
    /// Unit of the numbers; `%` of shares is of 100.
    pub unit: &'static str,
    /// Of the mix.
    pub value: Option<f64>,
    /// As it is printed, with what it is about.
    pub shown: String,
    /// Of the mix by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human: Option<f64>,
    /// The mix less the mix by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// The limit inside which good mixes lie; empty where there is none.
    pub limit: String,
    /// Inside or not.
    pub verdict: Verdict,
}

/// Figures that need more than a mix and its tracks, and what they need.
const NEEDS: [(&str, &str); 7] = [
    ("Clicks at edits", "clicks at edits: the session is not here, so nobody knows where it was cut"),
    ("Loudness against the one asked for", "loudness against the one asked for: no wish came with the mix"),
    (
        "Noise between the notes rises by",
        "noise between the notes: what it was before processing is not here",
    ),
    ("Peak over loudness, master", ""),
    ("Stems less mix", ""),
    ("Reverbs and delays", "reverbs and delays: they are not among the tracks as prints of their own"),
    ("Taken from gated hits", "what gates cut off: the gates are not here"),
];

/// Fader recovery of good mixes: what engineers differ by (De Man et al. 2014, pooled), dB.
const FADERS: f64 = 4.5;
/// The same of the lead voice.
const VOICE: f64 = 1.6;

pub(super) fn sheet(
    mix: &str,
    human: Option<String>,
    take: &Take,
    scores: &[Score],
    beside: Option<(Vec<Score>, &Take)>,
    faders: Option<&Recovery>,
    tracks: usize,
) -> Sheet {
    let known = |score: &&Score| !NEEDS.iter().any(|(measure, _)| *measure == score.measure);
    let theirs = beside.as_ref().map_or(&[][..], |(scores, _)| &scores[..]);
    let line = |score: &Score| {
        let scale = if score.unit == "%" { 100.0 } else { 1.0 };
        let human = theirs.iter().find(|s| (s.group, s.measure) == (score.group, score.measure));
        Line {
            measure: score.measure.to_owned(),
            unit: score.unit,
            value: Some(score.number * scale),
            shown: score.value.clone(),
            human: human.map(|human| human.number * scale),
            difference: human.map(|human| (score.number - human.number) * scale),
            limit: score.bar.clone(),
            verdict: score.verdict,
        }
    };
    let answers = QUESTIONS.iter().enumerate().map(|(place, question)| {
        let row = place + 1;
        let mut figures: Vec<Line> =
            scores.iter().filter(known).filter(|score| score.row == row).map(line).collect();
        if row == 1 {
            figures.extend(faders.iter().flat_map(|faders| recovered(faders)));
        }
        let not_measured = missing(row, &figures, take, human.is_some(), tracks);
        Answer { row, question, figures, not_measured }
    });
    Sheet {
        mix: mix.to_owned(),
        seconds: take.mixed.manifest.frames as f64 / f64::from(take.mixed.manifest.rate.max(1)),
        tracks,
        left_over: take.left_over,
        human_left_over: beside.as_ref().and_then(|(_, take)| take.left_over),
        answers: answers.collect(),
        human,
    }
}

/// The figures of the first question.
fn recovered(faders: &Recovery) -> Vec<Line> {
    let line = |measure: &str, value: f64, about: &str, most: Option<f64>| Line {
        measure: measure.to_owned(),
        unit: "dB",
        value: Some(value),
        shown: format!("{} dB{about}", tenth(value)),
        human: None,
        difference: None,
        limit: most.map_or(String::new(), |most| format!("at most {} dB", tenth(most))),
        verdict: match most {
            Some(most) if value.abs() <= most + 0.05 => Verdict::Pass,
            Some(_) => Verdict::Alarm,
            None => Verdict::Told,
        },
    };
    let far = faders.tracks.iter().reduce(|a, b| if b.1.abs() > a.1.abs() { b } else { a });
    let mut lines = vec![
        line("Distance of the faders, RMS", faders.rmse, "", Some(FADERS)),
        line("The same, loud tracks weighing more", faders.weighted, "", None),
    ];
    lines.extend(faders.voice.map(|voice| line("Lead voice", voice, "", Some(VOICE))));
    lines
        .extend(far.map(|(name, e)| line("The track that is furthest off", *e, &format!(" ({name})"), None)));
    lines
}

/// What of a question cannot be measured, and why.
fn missing(row: usize, figures: &[Line], take: &Take, human: bool, tracks: usize) -> Vec<String> {
    let mut says: Vec<String> = Vec::new();
    let explained = take.left_over.is_some_and(|left| left <= ENOUGH);
    let has = |measure: &str| figures.iter().any(|line| line.measure == measure);
    if !explained && [1, 2, 3, 4, 5, 12, 14, 15].contains(&row) {
        says.push(match take.left_over {
            None => "the mix is silent".to_owned(),
            Some(left) => format!(
                "the tracks explain too little of the mix ({} dB of it are left over): were all of them given, and do they \
                 begin with the mix?",
                tenth(left)
            ),
        });
        return says;
    }
    match row {
        1 if !human => says.push("faders: this needs a mix by a person beside it (`--human`)".to_owned()),
        1 if figures.is_empty() => says.push("faders: the tracks are not found in both mixes".to_owned()),
        2 | 3 if figures.is_empty() => says.push("no track is taken for a lead voice".to_owned()),
        3 if !has("Steadiness") => {
            says.push("steadiness: the lead voice has fewer than three phrases of a second".to_owned());
        }
        4 | 5 | 15 if tracks < 2 => says.push("a mix of one track hides nothing".to_owned()),
        12 if !figures.iter().any(|line| line.measure.starts_with("Onsets")) => {
            says.push("onsets: no family of tracks has five of them".to_owned());
        }
        13 => says.push("early decay: the reverbs are not here as processors".to_owned()),
        14 if !has("Kick against bass") => {
            says.push("kick against bass: not both are among the tracks".to_owned());
        }
        15 if !has("Bass on a phone") => {
            says.push("bass on a phone: no track is taken for a bass".to_owned())
        }
        _ => {}
    }
    let needs = match row {
        13 => &NEEDS[5..6],
        16 => &NEEDS[..3],
        _ => &[],
    };
    says.extend(needs.iter().map(|(_, why)| (*why).to_owned()));
    says
}

impl Sheet {
    /// How many figures are inside their limits, and how many have one.
    pub fn inside(&self) -> (usize, usize) {
        let lines = || self.answers.iter().flat_map(|answer| &answer.figures);
        let judged = lines().filter(|line| line.verdict != Verdict::Told).count();
        (lines().filter(|line| line.verdict == Verdict::Pass).count(), judged)
    }

    /// A page for a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let minutes = (self.seconds / 60.0) as u32;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}, {minutes}:{:04.1}", self.mix, self.seconds - f64::from(minutes) * 60.0);
        let tracks = |left: Option<f64>| match left {
            None => "it is silent".to_owned(),
            Some(left) if left <= -40.0 => {
                format!("the tracks add up to it: {} dB of it are left over", tenth(left))
            }
            Some(left) => format!(
                "turned up and down, placed and equalised, the tracks make it but for {} dB of its energy",
                tenth(left)
            ),
        };
        let _ = writeln!(text, "{} tracks; {}.", self.tracks, tracks(self.left_over));
        if let Some(human) = &self.human {
            let _ = writeln!(text, "Beside it {human}; {}.", tracks(self.human_left_over));
            let _ = writeln!(text, "\n{:45}{:>12} {:>9} {:>9}  limit", "", "mix", "human", "off by");
        }
        for answer in &self.answers {
            let _ = writeln!(text, "\n{:2} {}", answer.row, answer.question);
            for line in &answer.figures {
                text += &self.line(line);
            }
            for why in &answer.not_measured {
                let _ = writeln!(text, "   not measured: {why}");
            }
        }
        let (inside, judged) = self.inside();
        let _ = writeln!(text, "\n{inside} of {judged} figures are inside the limits of good mixes.");
        text
    }

    fn line(&self, line: &Line) -> String {
        let (shown, about) = line.shown.split_once(" (").unwrap_or((&line.shown, ""));
        let about = about.trim_end_matches(')');
        let mut text = format!("   {:42}{shown:>12}", line.measure);
        if self.human.is_some() {
            let number = |value: Option<f64>, plus: bool| {
                let digits = if matches!(line.unit, "" | "s") { 2 } else { 1 };
                // No minus before a zero.
                let value = value.map(|v| if v.abs() < 0.5 * 0.1_f64.powi(digits) { 0.0 } else { v });
                let digits = digits as usize;
                match value {
                    None => String::new(),
                    Some(v) if plus => format!("{v:+.digits$}"),
                    Some(v) => format!("{v:.digits$}"),
                }
            };
            text += &format!(" {:>9} {:>9}", number(line.human, false), number(line.difference, true));
        }
        let word = match line.verdict {
            Verdict::Told => String::new(),
            verdict => format!("  {}: {}", verdict.word(), line.limit),
        };
        text += &word;
        if !about.is_empty() {
            text += &format!("  ({about})");
        }
        text.trim_end().to_owned() + "\n"
    }
}
