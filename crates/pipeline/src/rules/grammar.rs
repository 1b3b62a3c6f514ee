//! What a line of a rules file says.
//!
//! `WHAT  at least | at most | over | under | between A and B  NUMBER [UNIT]  [above the bed]  [in SECTION]`

/// A rule as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    /// Line of the file, from 1.
    pub line: usize,
    /// The line.
    pub text: String,
    /// What is measured, lower case.
    pub what: String,
    /// Least and most that pass.
    pub bounds: (f64, f64),
    /// May the value be at its bound?
    pub at_bound: bool,
    /// The unit that was written, lower case; empty when left out.
    pub unit: String,
    /// The kind of section, lower case; empty for the whole song.
    pub section: String,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub line: usize,
    pub what: String,
}

/// How comparisons are written.
const WORDS: [&str; 9] = [
    " at least ",
    " at most ",
    " no more than ",
    " no less than ",
    " more than ",
    " less than ",
    " over ",
    " under ",
    " between ",
];

/// What may follow the number of a level and adds nothing.
const AGAINST: [&str; 4] = ["above the bed", "above the rest", "against the bed", "against the rest"];

/// Reads every line; empty ones and what follows `#` say nothing.
pub(super) fn read(text: &str) -> Result<Vec<Rule>, Fault> {
    let mut rules = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if !line.is_empty() {
            rules.push(rule(number + 1, line)?);
        }
    }
    Ok(rules)
}

fn rule(number: usize, line: &str) -> Result<Rule, Fault> {
    let fault = |what: String| Fault { line: number, what: format!("`{line}`: {what}") };
    let lower = line.to_lowercase().replace('\u{2212}', "-");
    // The last one counts: `side/mid below 120 Hz under -12 dB`.
    let found = WORDS.iter().filter_map(|word| Some((lower.rfind(word)?, *word)));
    let Some((at, word)) = found.max_by_key(|(at, word)| (at + word.len(), word.len())) else {
        let words = WORDS.map(str::trim).join(", ");
        return Err(fault(format!("there is no comparison in it. Comparisons: {words}")));
    };
    let what = lower[..at].trim().to_owned();
    let mut rest = lower[at + word.len()..].trim();
    let mut section = String::new();
    if let Some((before, after)) = rest.rsplit_once(" in ") {
        section = one(after.trim());
        rest = before.trim();
    }
    for words in AGAINST {
        rest = rest.strip_suffix(words).unwrap_or(rest).trim();
    }
    let number_of = |text: &str| -> Result<(f64, String), Fault> {
        let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(text.len());
        let value = text[..end].parse::<f64>().ok().filter(|value| value.is_finite());
        let value =
            value.ok_or_else(|| fault(format!("there should be a number after `{}`", word.trim())))?;
        Ok((value, text[end..].trim().to_owned()))
    };
    let (bounds, unit) = if word == " between " {
        let Some((low, high)) = rest.split_once(" and ") else {
            return Err(fault("`between` needs two numbers: between A and B".to_owned()));
        };
        let ((low, unit_low), (high, unit)) = (number_of(low)?, number_of(high)?);
        if low > high {
            return Err(fault(format!("{low} is more than {high}")));
        }
        ((low, high), if unit.is_empty() { unit_low } else { unit })
    } else {
        let (value, unit) = number_of(rest)?;
        let least = [" at least ", " over ", " no less than ", " more than "].contains(&word);
        (if least { (value, f64::INFINITY) } else { (f64::NEG_INFINITY, value) }, unit)
    };
    let at_bound = ![" over ", " under ", " more than ", " less than "].contains(&word);
    Ok(Rule { line: number, text: line.to_owned(), what, bounds, at_bound, unit, section })
}

/// `choruses` and `all verses` as one of them.
fn one(section: &str) -> String {
    let section = section.strip_prefix("the ").or_else(|| section.strip_prefix("all ")).unwrap_or(section);
    match section {
        "choruses" => "chorus".to_owned(),
        "bridges" | "verses" | "intros" | "outros" | "solos" | "breaks" => {
            section.trim_end_matches('s').to_owned()
        }
        _ => section.to_owned(),
    }
}

impl Rule {
    /// Does a value pass, as it is shown (tenths)?
    pub fn passes(&self, value: f64) -> bool {
        let shown = (value * 10.0).round() / 10.0;
        let (low, high) = self.bounds;
        if self.at_bound { (low..=high).contains(&shown) } else { shown > low && shown < high }
    }

    /// How far a value is inside; negative outside.
    pub fn room(&self, value: f64) -> f64 {
        (value - self.bounds.0).min(self.bounds.1 - value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_a_musician_writes_them() {
        let text = "# how we like it\n\nvoice at least 1 LU above the bed in choruses\nMono loss under 1 dB # always\n\
                    side/mid below 120 Hz under -12 dB\nloudness between -15 and -13 LUFS\n";
        let rules = read(text).unwrap();
        let seen: Vec<_> = rules
            .iter()
            .map(|r| (r.line, r.what.as_str(), r.bounds, r.unit.as_str(), r.section.as_str()))
            .collect();
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(
            seen,
            [
                (3, "voice", (1.0, high), "lu", "chorus"),
                (4, "mono loss", (low, 1.0), "db", ""),
                (5, "side/mid below 120 hz", (low, -12.0), "db", ""),
                (6, "loudness", (-15.0, -13.0), "lufs", ""),
            ]
        );
        assert!(rules[0].passes(1.0) && rules[0].passes(0.96) && !rules[0].passes(0.9));
        assert!(!rules[1].passes(1.0) && rules[1].passes(0.9));
        assert!(rules[3].room(-14.0) == 1.0 && rules[3].room(-16.0) == -1.0);
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line, part) in [
            ("voice loud", 1, "no comparison"),
            ("\nvoice at least loud", 2, "a number"),
            ("loudness between -13 LUFS", 1, "two numbers"),
            ("loudness between 3 and 1", 1, "more than"),
        ] {
            let fault = read(text).unwrap_err();
            assert!(fault.line == line && fault.what.contains(part), "{fault:?}");
        }
    }
}
