//! Lines of `session.toml` that could not be read as they stand: they are nobody's will.

use mixsmith_assistant::locks::{is_at, place};
use mixsmith_effects::KINDS;
use mixsmith_session::{Address, Edit, Problem, Session};

use crate::Note;

/// What could not be read of a session.
pub(crate) struct Unread<'a> {
    pub problems: &'a [Problem],
    /// The session as far as it was read.
    pub session: &'a Session,
}

impl Unread<'_> {
    /// What a hand meant of an edit: all of it, a part of it, or nothing, because it only comes of a line that could
    /// not be read.
    pub fn meant(&self, edit: &Edit) -> Option<Edit> {
        if let Edit::Song { title, rate, tempo, frames } = edit {
            let bad =
                |name: &str| self.problems.iter().any(|problem| problem.address == format!("song/{name}"));
            let edit = Edit::Song {
                title: title.clone().filter(|_| !bad("title")),
                rate: rate.filter(|_| !bad("rate")),
                tempo: tempo.filter(|_| !bad("tempo")),
                frames: frames.filter(|_| !bad("length")),
            };
            let nothing = Edit::Song { title: None, rate: None, tempo: None, frames: None };
            return (edit != nothing).then_some(edit);
        }
        let missing = self.leaves_nothing(edit);
        let comes_of = |problem: &Problem| self.comes_of(&place(edit), missing, problem);
        (!self.problems.iter().any(comes_of)).then(|| edit.clone())
    }

    /// Does the edit only say that something is not in the file?
    fn leaves_nothing(&self, edit: &Edit) -> bool {
        match edit {
            Edit::Set { at, .. } => !self.session.sets(at),
            Edit::Draw { lane, .. } => lane.points.is_empty(),
            Edit::Clips { clips, .. } => clips.is_empty(),
            Edit::RemoveInsert { .. } | Edit::RemoveSend { .. } | Edit::RemoveStrip { .. } => true,
            _ => false,
        }
    }

    /// Is an edit at this place the fault of a line? Of a list that was read in part, the rest counts.
    fn comes_of(&self, place: &str, missing: bool, problem: &Problem) -> bool {
        let (bad, in_list) = match problem.address.split_once('[') {
            Some((list, _)) => (list, true),
            None => (problem.address.as_str(), false),
        };
        if !missing {
            return !in_list && bad == place;
        }
        // The line may be wrong in its name: then whatever is missing beside it may be meant.
        let known = bad.parse::<Address>().is_ok_and(|at| self.session.param(&KINDS, &at).is_ok());
        let beside = |a: &str, b: &str| match (a.rsplit_once(['/', '.']), b.rsplit_once(['/', '.'])) {
            (Some((a, _)), Some((b, _))) => a == b,
            _ => false,
        };
        is_at(bad, place) || is_at(place, bad) || !known && beside(bad, place)
    }
}

/// What is odd about a session's file. Of a knob it is said what it stands at now.
pub(crate) fn notes(problems: &[Problem], now: &Session) -> Vec<Note> {
    let note = |problem: &Problem| {
        let at = problem.address.parse::<Address>().ok();
        let knob = at.and_then(|at| Some((now.param(&KINDS, &at).ok()?, now.value(&KINDS, &at).ok()?)));
        let mut problem = problem.clone();
        if let Some((param, value)) = knob {
            let (name, range) = (param.name, param.range_text());
            problem.help = format!("It stands at {}; {name} goes from {range}", param.unit.show(value));
        }
        // The line is in the name of what it is about.
        let line = std::mem::take(&mut problem.line);
        let says = problem.to_string();
        Note { about: format!("session.toml:{line}"), says, warning: true }
    };
    problems.iter().map(note).collect()
}
