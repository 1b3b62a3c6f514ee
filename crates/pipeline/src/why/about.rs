//! What a person asks about: a track, a knob, a rule, a decision.

use mixsmith_assistant::Decision;
use mixsmith_effects::KINDS;
use mixsmith_session::{Edit, Session, nearest};

use crate::{Journal, PipelineError, naming};

/// What is asked about.
pub(super) enum About<'a> {
    All,
    Number(u32),
    /// A rule or a family of rules: `balance.levels`, `balance`.
    Rule(&'a str),
    /// A strip, by id.
    Strip(&'a str),
    /// A strip and the beginning of a knob: `comp`, `comp.threshold`.
    Knob(&'a str, &'a str),
}

/// Finds what a text means, or says what it might have meant.
pub(super) fn understand<'a>(
    session: &'a Session,
    journal: &Journal,
    text: &'a str,
) -> Result<About<'a>, PipelineError> {
    if let Ok(number) = text.trim_start_matches('#').parse::<u32>() {
        return match journal.decisions.iter().any(|decision| decision.id == number) {
            true => Ok(About::Number(number)),
            false => {
                let last = journal.decisions.last().map_or(0, |decision| decision.id);
                Err(PipelineError::Edit(format!("there is no decision {number}; they go from 1 to {last}")))
            }
        };
    }
    // A name may hold a slash, so the whole text is tried first.
    if let Ok(id) = naming::strip(session, text) {
        return Ok(About::Strip(id));
    }
    let of_rule =
        |decision: &Decision| decision.rule == text || decision.rule.split('.').next() == Some(text);
    if journal.decisions.iter().any(of_rule) {
        return Ok(About::Rule(text));
    }
    let (word, knob) = text.split_once('/').map_or((text, None), |(word, knob)| (word, Some(knob)));
    let id = naming::strip(session, word)?;
    let Some(knob) = knob else { return Ok(About::Strip(id)) };
    let known = knobs(session, id, journal);
    if known.iter().any(|place| begins(place, knob)) {
        return Ok(About::Knob(id, knob));
    }
    let hint = nearest(knob, known.iter().map(String::as_str)).map_or_else(
        || format!("`{id}` has {}", known.join(", ")),
        |near| format!("did you mean `{id}/{near}`?"),
    );
    Err(PipelineError::Edit(format!("there is no knob `{id}/{knob}`; {hint}")))
}

/// What may stand behind the slash of a strip: its own knobs, its processors and sends, and what was considered.
fn knobs(session: &Session, id: &str, journal: &Journal) -> Vec<String> {
    let mut known: Vec<String> = mixsmith_session::STRIP.iter().map(|param| param.id.to_owned()).collect();
    if let Some(strip) = session.strip(id) {
        known.extend(strip.inserts.iter().map(|insert| insert.id.clone()));
        known.extend(strip.sends.iter().map(|send| format!("send.{}", send.to)));
        for insert in &strip.inserts {
            let table = KINDS.get(&insert.kind).map_or(&[][..], |kind| kind.params);
            known.extend(table.iter().map(|param| format!("{}.{}", insert.id, param.id)));
        }
    }
    let edits = journal.decisions.iter().flat_map(|decision| &decision.edits);
    known.extend(edits.flat_map(places).filter(|(strip, _)| strip == id).map(|(_, place)| place));
    known
}

/// Is a place what was asked for, or a part of it?
fn begins(place: &str, asked: &str) -> bool {
    let (place, asked) = (place.to_lowercase(), asked.to_lowercase());
    place == asked || place.strip_prefix(&asked).is_some_and(|rest| rest.starts_with('.'))
}

/// The strips and places that an edit touches; an added processor touches each of its knobs.
fn places(edit: &Edit) -> Vec<(String, String)> {
    let one = |strip: &str, place: String| vec![(strip.to_owned(), place)];
    match edit {
        Edit::Set { at, .. } => one(&at.strip, at.target()),
        Edit::AddInsert { strip, insert, .. } => {
            let knobs = insert.values.keys().map(|id| format!("{}.{id}", insert.id));
            [insert.id.clone()].into_iter().chain(knobs).map(|place| (strip.clone(), place)).collect()
        }
        Edit::RemoveInsert { strip, insert }
        | Edit::Switch { strip, insert, .. }
        | Edit::Key { strip, insert, .. }
        | Edit::Impulse { strip, insert, .. } => one(strip, insert.clone()),
        Edit::Route { strip, .. } => one(strip, "to".to_owned()),
        Edit::AddSend { strip, send } => one(strip, format!("send.{}", send.to)),
        Edit::RemoveSend { strip, to } => one(strip, format!("send.{to}")),
        Edit::Draw { strip, lane } => one(strip, lane.target.clone()),
        Edit::AddStrip { strip } => strip.values.keys().map(|id| (strip.id.clone(), id.clone())).collect(),
        Edit::RemoveStrip { strip } | Edit::Clips { strip, .. } | Edit::Label { strip, .. } => {
            one(strip, String::new())
        }
        Edit::AddSource { .. }
        | Edit::Sources { .. }
        | Edit::Order { .. }
        | Edit::Song { .. }
        | Edit::Mark { .. } => Vec::new(),
    }
}

impl About<'_> {
    /// Is the decision about it?
    pub fn meets(&self, decision: &Decision) -> bool {
        match self {
            About::All => true,
            About::Number(number) => decision.id == *number,
            About::Rule(rule) => decision.rule == *rule || decision.rule.split('.').next() == Some(rule),
            About::Strip(id) => {
                decision.about.iter().any(|about| about == id)
                    || decision.edits.iter().any(|edit| self.meets_edit(edit))
            }
            About::Knob(..) => decision.edits.iter().any(|edit| self.meets_edit(edit)),
        }
    }

    /// Does the edit touch it?
    pub fn meets_edit(&self, edit: &Edit) -> bool {
        match self {
            About::All => true,
            About::Number(_) | About::Rule(_) => false,
            About::Strip(id) => {
                places(edit).iter().any(|(strip, _)| strip == id)
                    || matches!(edit, Edit::AddStrip { strip } if strip.id == *id)
            }
            About::Knob(id, knob) => {
                places(edit).iter().any(|(strip, place)| strip == id && begins(place, knob))
            }
        }
    }
}
