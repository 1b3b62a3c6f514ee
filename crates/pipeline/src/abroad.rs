//! What is lost of each part of a printed mix where other people hear it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::parts::{Part, parts};
use crate::report::systems::{Fare, fares, names};
use crate::report::words::tenth;
use crate::{Folder, Options, PipelineError, Progress, reopen::reopen};

/// The voice may change by this against the rest, dB.
const VOICE: f64 = 2.0;
/// The masked share of the parts may rise by this, mean.
const MASKING: f64 = 0.10;
/// A part that loses this against the rest, dB, or of which this much more is masked, is lost.
const LOST: (f64, f64) = (-10.0, 0.5);

/// A mix on other systems.
#[derive(Clone, Debug, Serialize)]
pub struct Abroad {
    /// By system, as they were asked for.
    pub systems: Vec<System>,
}

/// One system.
#[derive(Clone, Debug, Serialize)]
pub struct System {
    /// Its name.
    pub name: &'static str,
    /// Change of the lead voice against the rest, dB; none without a voice.
    pub voice: Option<f64>,
    /// Rise of the masked share of the parts, mean.
    pub masking: f64,
    /// Voice within 2 dB, and at most 10 points more masking?
    pub pass: bool,
    /// Every part, in the order of the console.
    pub parts: Vec<PartOn>,
}

/// A part on a system.
#[derive(Clone, Debug, Serialize)]
pub struct PartOn {
    /// Name of the track.
    pub name: String,
    /// Change of its level against the rest while it plays, dB; none where nothing of it is left.
    pub change: Option<f64>,
    /// Share of it that the others mask in the full mix, and there.
    pub masked: [f64; 2],
    /// Is it as good as gone there, though it is heard in the full mix?
    pub lost: bool,
}

/// Plays a printed mix on other systems. `on`: words of their names; all of them if there are none.
pub fn abroad(
    folder: &Folder,
    on: &[String],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Abroad, PipelineError> {
    let wanted = wanted(on)?;
    let (mixed, _) = reopen(folder, options, progress)?;
    let parts = parts(&mixed);
    let fares = fares(&parts);
    let of = |name: &&'static str| fares.iter().find(|fare| fare.system == *name);
    Ok(Abroad { systems: wanted.iter().filter_map(of).map(|fare| system(fare, &parts)).collect() })
}

/// The systems that some words mean.
fn wanted(on: &[String]) -> Result<Vec<&'static str>, PipelineError> {
    let mut found: Vec<&'static str> = Vec::new();
    for word in on {
        let word = word.trim().to_lowercase();
        let meant: Vec<&'static str> =
            names().filter(|name| !word.is_empty() && name.to_lowercase().contains(&word)).collect();
        if meant.is_empty() {
            let all: Vec<&str> = names().collect();
            let says = format!("there is no system `{word}`. Systems: {}", all.join(", "));
            return Err(PipelineError::Edit(says));
        }
        meant.into_iter().for_each(|name| {
            if !found.contains(&name) {
                found.push(name);
            }
        });
    }
    Ok(if on.is_empty() { names().collect() } else { found })
}

fn system(fare: &Fare, parts: &[Part]) -> System {
    let heard = parts.iter().zip(&fare.parts).map(|(part, fare)| {
        let (here, there) = fare.masked;
        let faint = fare.change.is_none_or(|change| change < LOST.0);
        PartOn {
            name: part.name.clone(),
            change: fare.change,
            masked: [here, there],
            // What was buried before cannot get lost.
            lost: here < 0.8 && (faint || there - here > LOST.1),
        }
    });
    // Judged as it is shown.
    let shown = |value: f64| (value * 10.0).round() / 10.0;
    System {
        name: fare.system,
        voice: fare.voice,
        masking: fare.masking,
        pass: fare.voice.is_none_or(|voice| shown(voice.abs()) <= VOICE)
            && (fare.masking * 100.0).round() <= MASKING * 100.0,
        parts: heard.collect(),
    }
}

impl Abroad {
    /// A page for a person.
    pub fn text(&self) -> String {
        let mut text =
            "Level of each part against the rest while it plays, and the share of it that the others mask, \
                        against the full mix.\n"
                .to_owned();
        for system in &self.systems {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n{}", system.name);
            for part in &system.parts {
                let change = part.change.map_or("gone".to_owned(), |change| format!("{change:+.1} dB"));
                let [here, there] = part.masked.map(|share| share * 100.0);
                let lost = if part.lost { "  lost" } else { "" };
                let _ = writeln!(
                    text,
                    "  {:32}{change:>10}   masked {here:3.0} -> {there:3.0} %{lost}",
                    short(&part.name)
                );
            }
            let voice = system.voice.map_or("no voice".to_owned(), |v| format!("voice {v:+.1} dB"));
            let _ = writeln!(
                text,
                "  {}: {voice} (within {} dB), masking {:+.0} points (at most {:.0})",
                if system.pass { "pass" } else { "listen" },
                tenth(VOICE),
                system.masking * 100.0,
                MASKING * 100.0,
            );
        }
        text
    }
}

fn short(name: &str) -> String {
    if name.chars().count() > 31 { name.chars().take(30).chain(['~']).collect() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_find_systems_and_strange_ones_get_the_list() {
        let of = |words: &[&str]| wanted(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["phone", "Laptop"]).unwrap(), ["Phone speaker", "Laptop"]);
        assert_eq!(of(&["speaker", "phone"]).unwrap().len(), 2);
        assert_eq!(of(&[]).unwrap().len(), names().count());
        let error = of(&["fridge"]).unwrap_err().to_string();
        assert!(error.contains("`fridge`") && error.contains("Kitchen radio"), "{error}");
    }

    #[test]
    fn a_phone_loses_the_bass_and_keeps_the_voice() {
        let parts =
            [Part::steady("vox", "lead-vocals", 20, 1e-3, 20), Part::steady("bass", "bass", 1, 1e-3, 20)];
        let fares = fares(&parts);
        let on = |name: &str| system(fares.iter().find(|fare| fare.system == name).unwrap(), &parts);
        let phone = on("Phone speaker");
        assert!(phone.parts[1].lost && !phone.parts[0].lost, "{phone:?}");
        // A voice that is suddenly alone has changed, too.
        assert!(!phone.pass);
        assert!(on("Small monitors").parts.iter().all(|part| !part.lost));
        let text = Abroad { systems: vec![phone] }.text();
        assert!(text.contains("BASS") && text.contains("lost") && text.contains("listen: voice +"), "{text}");
    }
}
