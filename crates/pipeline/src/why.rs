//! Why a knob stands where it stands: the decisions about it, and what a hand has changed since.

mod about;

use mixsmith_assistant::{Decision, Evidence, Locks, Status};
use mixsmith_effects::KINDS;
use mixsmith_session::{Address, Edit, Session};
use serde::Serialize;

use crate::report::words;
use crate::{Folder, Journal, PipelineError, sessions};
use about::{About, understand};

/// The answer to "why?".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// What was asked about; nothing for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The decisions, in their order.
    pub reasons: Vec<Reason>,
    /// Knobs that a hand has set and no decision speaks of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hand: Vec<Knob>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Number in the list of decisions.
    pub id: u32,
    /// The rule's code.
    pub rule: String,
    /// Names of the strips that it is about.
    pub about: Vec<String>,
    /// What was done and why.
    pub says: String,
    /// `taken`, `refused` or `overruled`.
    pub status: &'static str,
    /// Why it was not carried out, or not wholly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The measurements behind it.
    pub because: Vec<Evidence>,
    /// The knobs that it set.
    pub knobs: Vec<Knob>,
}

/// A knob, then and now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Knob {
    /// `vox/comp.threshold = -18 dB`: what was set. For a knob set by hand alone, its address.
    pub set: String,
    /// What it stands at now, when that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Did a hand change it?
    pub by_hand: bool,
}

/// Reads why, for all of the mix or about a track (its id or name), an address (`vox/fader`, `vox/comp`), a rule (its code)
/// or a decision (its number).
pub fn why(folder: &Folder, about: Option<&str>) -> Result<Why, PipelineError> {
    let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
    let sessions::Opened { session, mut journal, locks, .. } = sessions::open(folder)?.ok_or_else(missing)?;
    journal.hand = locks.hand;
    explain(&session, &journal, about.map(str::trim).filter(|about| !about.is_empty()))
}

/// The same of a mix that need not be on disk. What a hand did is in the journal.
pub fn explain(session: &Session, journal: &Journal, about: Option<&str>) -> Result<Why, PipelineError> {
    let asked = match about {
        None => About::All,
        Some(text) => understand(session, journal, text)?,
    };
    let locks = Locks::new(journal.hand.clone());
    let view = View { session, locks: &locks, journal };
    let chosen = journal.decisions.iter().filter(|decision| asked.meets(decision));
    let reasons = chosen.map(|decision| view.reason(decision)).collect();
    let mut hand: Vec<Knob> = Vec::new();
    for edit in &locks.hand {
        let spoken_of =
            |d: &Decision| d.status == Status::Taken && d.edits.iter().any(|e| same_place(e, edit));
        if asked.meets_edit(edit) && !journal.decisions.iter().any(spoken_of) {
            let lines = words::edit(edit, session).into_iter();
            hand.extend(lines.map(|set| Knob { set, now: None, by_hand: true }));
        }
    }
    Ok(Why { about: about.map(str::to_owned), reasons, hand })
}

fn same_place(a: &Edit, b: &Edit) -> bool {
    matches!((a, b), (Edit::Set { at: a, .. }, Edit::Set { at: b, .. }) if a == b)
}

/// The mix as it is, and what of it a hand has set.
struct View<'a> {
    session: &'a Session,
    locks: &'a Locks,
    journal: &'a Journal,
}

impl View<'_> {
    fn reason(&self, decision: &Decision) -> Reason {
        let name =
            |id: &String| self.session.strip(id).map_or_else(|| id.clone(), |strip| strip.name.clone());
        let (status, reason) = match &decision.status {
            Status::Taken => ("taken", None),
            Status::Refused(why) => ("refused", Some(why.clone())),
            Status::Overruled(why) => ("overruled", Some(why.clone())),
        };
        Reason {
            id: decision.id,
            rule: decision.rule.clone(),
            about: decision.about.iter().map(name).collect(),
            says: decision.says.clone(),
            status,
            reason,
            because: decision.because.clone(),
            knobs: decision.edits.iter().flat_map(|edit| self.knobs(decision, edit)).collect(),
        }
    }

    /// What an edit set, and what stands there now.
    fn knobs(&self, decision: &Decision, edit: &Edit) -> Vec<Knob> {
        let refused = matches!(decision.status, Status::Refused(_));
        let lines = words::edit(edit, self.session);
        let now = |at: &Address, to: f32| if refused { (None, false) } else { self.now(at, to) };
        let knob = |set: String, (now, by_hand)| Knob { set, now, by_hand };
        match edit {
            Edit::Set { at, to } => lines.into_iter().map(|line| knob(line, now(at, *to))).collect(),
            Edit::AddInsert { strip, insert, .. } => {
                let gone = self.session.strip(strip).is_none_or(|strip| strip.insert(&insert.id).is_none());
                let head =
                    if gone && !refused { (Some("not in the mix".to_owned()), true) } else { (None, false) };
                let states = insert.values.iter().map(|(id, &to)| {
                    if gone { (None, false) } else { now(&Address::insert(strip, &insert.id, id), to) }
                });
                lines
                    .into_iter()
                    .zip([head].into_iter().chain(states))
                    .map(|(line, state)| knob(line, state))
                    .collect()
            }
            Edit::AddStrip { strip } => {
                let states = strip.values.iter().map(|(id, &to)| now(&Address::strip(&strip.id, id), to));
                lines
                    .into_iter()
                    .zip([(None, false)].into_iter().chain(states))
                    .map(|(l, s)| knob(l, s))
                    .collect()
            }
            Edit::AddSend { strip, send } => {
                let states = send.values.iter().map(|(id, &to)| now(&Address::send(strip, &send.to, id), to));
                lines
                    .into_iter()
                    .zip([(None, false)].into_iter().chain(states))
                    .map(|(l, s)| knob(l, s))
                    .collect()
            }
            _ => lines.into_iter().map(|line| knob(line, (None, false))).collect(),
        }
    }

    /// What a knob stands at when it is not what was decided, and whether a hand did it.
    fn now(&self, at: &Address, decided: f32) -> (Option<String>, bool) {
        let Ok(value) = self.session.value(&KINDS, at) else {
            return (Some("not in the mix".to_owned()), true);
        };
        if value == decided {
            return (None, false);
        }
        let shown =
            self.session.param(&KINDS, at).map_or_else(|_| value.to_string(), |param| param.unit.show(value));
        let by_hand = self.locks.held(&at.to_string());
        (Some(if by_hand { format!("{shown}, by hand") } else { self.later(at, shown) }), by_hand)
    }

    /// Which later decision turned a knob again.
    fn later(&self, at: &Address, shown: String) -> String {
        let turns = |decision: &&Decision| {
            let set = |edit: &Edit| matches!(edit, Edit::Set { at: other, .. } if other == at);
            !matches!(decision.status, Status::Refused(_)) && decision.edits.iter().any(set)
        };
        match self.journal.decisions.iter().rev().find(turns) {
            Some(decision) => format!("{shown}, by decision {}", decision.id),
            None => shown,
        }
    }
}

impl Why {
    /// As text for a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for reason in &self.reasons {
            let who = words::who(&reason.about, &reason.says);
            out += &format!("{}. {}{}\n", reason.id, words::plain(&who), words::plain(&reason.says));
            if let Some(why) = &reason.reason {
                let word = if reason.status == "refused" { "Not done" } else { "Left to your hand" };
                out += &format!("   {word}: {}\n", words::plain(why));
            }
            for evidence in &reason.because {
                out += &format!("   because {}\n", words::plain(&words::evidence(evidence)));
            }
            for knob in &reason.knobs {
                out += &line(knob);
            }
        }
        if !self.hand.is_empty() {
            out += "Set by hand:\n";
            self.hand.iter().for_each(|knob| out += &line(knob));
        }
        if out.is_empty() {
            let about = self
                .about
                .as_deref()
                .map_or(String::new(), |about| format!(" about {}", words::plain(about)));
            out = format!("Nothing was decided{about}; it stands as recorded.\n");
        }
        out
    }
}

fn line(knob: &Knob) -> String {
    let now = knob.now.as_ref().map_or(String::new(), |now| format!("  (now {now})"));
    format!("   {}{}\n", words::plain(&knob.set), words::plain(&now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_assistant::replay;
    use mixsmith_session::{Insert, Strip, StripKind};

    fn set(address: &str, to: f32) -> Edit {
        Edit::Set { at: address.parse().unwrap(), to }
    }

    fn fixture() -> (Session, Journal) {
        let track = |id: &str, name: &str| Edit::AddStrip { strip: Strip::new(id, name, StripKind::Bus) };
        let comp = Insert::new("comp", "dynamics.compressor", &[("threshold", -18.0)]);
        let mut decisions =
            vec![
                Decision::new("prepare.open", &["vox"], "Lead Vocal is vox.wav.")
                    .edit(track("vox", "Lead Vocal"))
                    .edit(track("kick", "Kick")),
                Decision::new("balance.levels", &["vox"], "Lead Vocal +3.0 dB.")
                    .because(Evidence::new("loudness.active", &["vox"], -24.0, "LUFS").wanted(-21.0))
                    .edit(set("vox/fader", 3.0)),
                Decision::new("dynamics.vocal", &["vox"], "Lead Vocal is held steady.")
                    .edit(Edit::AddInsert { strip: "vox".into(), place: None, insert: comp }),
                Decision::new("balance.levels", &["vox"], "Lead Vocal a little more.")
                    .edit(set("vox/fader", 3.5)),
                Decision::new("tone.low", &["kick"], "Kick needs nothing.").edit(set("kick/fader", 1.0)),
            ];
        decisions[4].status = Status::Refused("it is fine".to_owned());
        (1..).zip(&mut decisions).for_each(|(id, decision)| decision.id = id);
        let hand = vec![set("vox/comp.threshold", -20.0), set("kick/pan", -30.0)];
        let (session, decisions) = replay(&KINDS, &Locks::new(hand.clone()), &decisions);
        (session, Journal::new(decisions, hand))
    }

    fn ask(about: &str) -> Result<Why, PipelineError> {
        let (session, journal) = fixture();
        explain(&session, &journal, Some(about))
    }

    #[test]
    fn a_track_is_found_by_id_and_by_name() {
        for about in ["vox", "VOX", "lead vocal"] {
            let ids: Vec<u32> = ask(about).unwrap().reasons.iter().map(|reason| reason.id).collect();
            assert_eq!(ids, [1, 2, 3, 4], "{about}");
        }
        assert_eq!(ask("3").unwrap().reasons[0].rule, "dynamics.vocal");
        assert_eq!(ask("balance.levels").unwrap().reasons.len(), 2);
        assert_eq!(ask("balance").unwrap().reasons.len(), 2);
    }

    #[test]
    fn then_and_now_and_whose_hand() {
        assert_eq!(
            ask("vox/fader").unwrap().text(),
            "2. Lead Vocal +3.0 dB.\n   because loudness while it plays: -24.0 LUFS, wanted -21.0 LUFS\n   \
             vox/fader = 3 dB  (now 3.5 dB, by decision 4)\n4. Lead Vocal a little more.\n   vox/fader = 3.5 dB\n"
        );
        let comp = ask("vox/comp").unwrap();
        assert!(
            comp.text().contains("vox/comp.threshold = -18 dB  (now -20 dB, by hand)"),
            "{}",
            comp.text()
        );
        assert!(comp.reasons[0].knobs.iter().any(|knob| knob.by_hand));
        let kick = ask("kick").unwrap().text();
        assert!(kick.contains("Not done: it is fine") && kick.contains("kick/pan = L30"), "{kick}");
        assert!(ask("kick/width").unwrap().text().contains("Nothing was decided about kick/width"));
    }

    #[test]
    fn slips_are_understood() {
        let error = |about: &str| ask(about).unwrap_err().to_string();
        assert_eq!(error("vxo"), "there is no track or bus `vxo`; did you mean `vox`?");
        assert_eq!(error("Lead Vocl"), "there is no track or bus `Lead Vocl`; did you mean `Lead Vocal`?");
        assert_eq!(error("vox/fadr"), "there is no knob `vox/fadr`; did you mean `vox/fader`?");
        assert!(error("xyzzy").contains("there are vox, kick"));
        assert!(error("99").contains("from 1 to 5"));
    }

    #[test]
    fn it_can_be_read_by_programs() {
        let json = serde_json::to_value(ask("vox/comp").unwrap()).unwrap();
        assert_eq!(json["reasons"][0]["knobs"][1]["now"], "-20 dB, by hand");
    }
}
