//! `honesty.txt` and `honesty.json`: what arrives in the other program, and what does not.

use serde_json::json;

use crate::{Fate, Loss};

/// The two texts that stand beside every export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Honesty {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: String,
}

/// Writes down what became of everything. `format` is the name that a person would use.
pub fn honesty(format: &str, title: &str, losses: &[Loss]) -> Honesty {
    let count = |word: &str| losses.iter().filter(|loss| loss.fate.word() == word).count();
    let mut text = format!("{title} for {format}\n\n");
    text += &format!(
        "{} exact, {} near, {} printed, {} lost\n",
        count("exact"),
        count("near"),
        count("printed"),
        count("lost")
    );
    for (word, meaning) in [
        ("lost", "Lost: not there"),
        ("printed", "Printed: in the sound, and no more to be turned"),
        ("near", "Near: there and to be turned, with a difference"),
        ("exact", "Exact"),
    ] {
        if count(word) == 0 {
            continue;
        }
        text += &format!("\n{meaning}\n");
        for Loss { at, fate } in losses.iter().filter(|loss| loss.fate.word() == word) {
            text += &match fate {
                Fate::Exact => format!("  {at}\n"),
                Fate::Near { error_db: Some(db), says } => format!("  {at}: {says} (at most {db:.2} dB)\n"),
                Fate::Near { error_db: None, says } | Fate::Printed { says } | Fate::Lost { says } => {
                    format!("  {at}: {says}\n")
                }
            };
        }
    }
    let json = json!({ "format": format, "title": title, "losses": losses });
    Honesty { text, json: format!("{json:#}\n") }
}
