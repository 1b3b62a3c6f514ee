//! Where the road is, told to a person at a terminal, to a log, or to a program.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mixsmith_pipeline::Progress;
use serde_json::json;

use crate::stop;
use crate::table::Common;

/// The progress that the flags and the terminal ask for. All of it goes to the error output.
pub fn of(common: &Common) -> Box<dyn Progress> {
    match common {
        Common { quiet: true, .. } => Box::new(Quiet),
        Common { json: true, .. } => Box::new(Lines::new(true)),
        _ if std::io::stderr().is_terminal() => Box::new(Bar::new()),
        _ => Box::new(Lines::new(false)),
    }
}

/// Says nothing, but can be stopped.
struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _: &str, _: u64) {}
    fn step(&self, _: u64, _: &str) {}
    fn stopped(&self) -> bool {
        stop::asked()
    }
}

/// A bar that names the stage and what is being worked on.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        Bar(bar)
    }
}

impl Progress for Bar {
    fn stage(&self, name: &str, steps: u64) {
        let shape = if steps > 0 {
            "{prefix:>14} {bar:30} {percent:>3}%  {wide_msg}"
        } else {
            "{prefix:>14} {wide_msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(shape) {
            self.0.set_style(style);
        }
        self.0.set_length(steps);
        self.0.set_position(0);
        self.0.set_message("");
        self.0.set_prefix(name.to_owned());
        self.0.tick();
    }
    fn step(&self, done: u64, what: &str) {
        if self.0.message() != what {
            self.0.set_message(what.to_owned());
        }
        self.0.set_position(done);
    }
    fn stopped(&self) -> bool {
        stop::asked()
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A line for each stage and each tenth of it: enough for a log, little enough for a voice that reads it out.
struct Lines {
    json: bool,
    at: Mutex<At>,
}

#[derive(Default)]
struct At {
    stage: String,
    steps: u64,
    tenth: u64,
}

impl Lines {
    fn new(json: bool) -> Self {
        Lines { json, at: Mutex::default() }
    }
}

impl Progress for Lines {
    fn stage(&self, name: &str, steps: u64) {
        let Ok(mut at) = self.at.lock() else { return };
        *at = At { stage: name.to_owned(), steps, tenth: 0 };
        if self.json {
            eprintln!("{}", json!({ "stage": name, "steps": steps }));
        } else {
            eprintln!("{name}");
        }
    }
    fn step(&self, done: u64, what: &str) {
        let Ok(mut at) = self.at.lock() else { return };
        let Some(line) = at.step(done, what, self.json) else { return };
        eprintln!("{line}");
    }
    fn stopped(&self) -> bool {
        stop::asked()
    }
}

impl At {
    /// The line for a step, if it reaches a new tenth.
    fn step(&mut self, done: u64, what: &str, as_json: bool) -> Option<String> {
        let tenth = done.min(self.steps).saturating_mul(10).checked_div(self.steps)?;
        if tenth <= self.tenth {
            return None;
        }
        self.tenth = tenth;
        let At { stage, steps, .. } = self;
        Some(if as_json {
            json!({ "stage": stage, "done": done, "steps": steps, "what": what }).to_string()
        } else {
            format!("{stage} {}%  {what}", tenth * 10)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_hears_of_each_tenth_once() {
        let mut at = At { stage: "Listen".to_owned(), steps: 24, tenth: 0 };
        let lines: Vec<String> = (1..=30).filter_map(|done| at.step(done, "Kick.wav", false)).collect();
        assert_eq!(lines.len(), 10);
        assert_eq!(lines[0], "Listen 10%  Kick.wav");
        assert_eq!(lines[9], "Listen 100%  Kick.wav");
    }

    #[test]
    fn a_program_hears_the_same_as_json() {
        let mut at = At { stage: "Print".to_owned(), steps: 2, tenth: 0 };
        let line: serde_json::Value = serde_json::from_str(&at.step(1, "a \"b\"", true).unwrap()).unwrap();
        assert_eq!(line, json!({ "stage": "Print", "done": 1, "steps": 2, "what": "a \"b\"" }));
        assert_eq!(At::default().step(5, "", true), None, "a stage of unknown length has no tenths");
    }
}
