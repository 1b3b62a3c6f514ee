//! Knobs turned by hand, and given back.

use mixsmith_assistant::locks::{is_at, place};
use mixsmith_assistant::{Locks, replay};
use mixsmith_effects::KINDS;
use mixsmith_engine::Sources;
use mixsmith_session::{Address, Edit, Session, Slot, diff, nearest};

use crate::lock::Lock;
use crate::report::words;
use crate::sessions::{self, Opened};
use crate::{Folder, Journal, PipelineError, impulses, naming};

/// Takes the song and reads its mix.
pub(crate) fn open(folder: &Folder) -> Result<(Lock, Opened), PipelineError> {
    let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
    if !folder.session().exists() {
        return Err(missing());
    }
    let lock = Lock::take(folder)?;
    Ok((lock, sessions::open(folder)?.ok_or_else(missing)?))
}

/// Sets knobs by hand: `vox/fader=-2.5`. Returns a line for each, with the value before.
pub fn set(folder: &Folder, settings: &[String]) -> Result<Vec<String>, PipelineError> {
    let (_lock, Opened { mut session, .. }) = open(folder)?;
    let mut said = Vec::new();
    for setting in settings {
        let (address, value) = setting.split_once('=').ok_or_else(|| {
            PipelineError::Edit(format!("`{setting}` sets nothing; write for example `vox/fader=-2.5`"))
        })?;
        let mut at: Address = address.parse().map_err(|error| PipelineError::Edit(format!("{error}")))?;
        at.strip = naming::strip(&session, &at.strip)?.to_owned();
        if let Slot::Insert(insert, word) = &at.slot
            && word == "impulse"
        {
            let impulse = (!value.trim().is_empty()).then(|| value.trim().to_owned());
            let (strip, insert) = (at.strip.clone(), insert.clone());
            let edit = Edit::Impulse { strip, insert, impulse };
            session.apply(&KINDS, &edit).map_err(|error| PipelineError::Edit(format!("{at}: {error}")))?;
            impulses::gather(folder, &session, &Sources::new())?;
            said.extend(words::edit(&edit, &session));
            continue;
        }
        let param = session.param(&KINDS, &at).map_err(|error| PipelineError::Edit(error.to_string()))?;
        let to = param.unit.parse(value).map_err(|error| PipelineError::Edit(format!("{at}: {error}")))?;
        let before = session.value(&KINDS, &at).unwrap_or(param.default);
        session
            .apply(&KINDS, &Edit::Set { at: at.clone(), to })
            .map_err(|error| PipelineError::Edit(error.to_string()))?;
        said.push(format!("{at}: {} (was {})", param.unit.show(to), param.unit.show(before)));
    }
    sessions::write_by_hand(folder, &session)?;
    Ok(said)
}

/// Gives what a hand has set back to the machine: at addresses (a knob, a lane, a processor, a send, a strip), or all
/// of it when there are none. What was decided where the hand was stands at once; the next mix decides it anew. Returns
/// a line for each change.
pub fn unset(folder: &Folder, addresses: &[String]) -> Result<Vec<String>, PipelineError> {
    let (_lock, Opened { session, journal, locks, .. }) = open(folder)?;
    if journal.decisions.is_empty() {
        return Err(PipelineError::Missing { path: folder.decisions(), first: "mix" });
    }
    let mut left = locks.clone();
    for address in addresses {
        let at = held(&session, &left, address)?;
        left = left.without(&at).ok_or_else(|| not_by_hand(&left, address))?;
    }
    if addresses.is_empty() {
        left = Locks::default();
    }
    let (after, decisions) = replay(&KINDS, &left, &journal.decisions);
    if let Some((edit, error)) = stranded(&left, &after) {
        let says = format!("{} by hand would no longer fit ({error}); unset it too", place(edit));
        return Err(PipelineError::Edit(says));
    }
    let edits = diff(&session, &after, &KINDS);
    let said = edits.iter().flat_map(|edit| line(edit, &session, &after)).collect();
    sessions::write(folder, &after, &Journal::new(decisions, left.hand))?;
    Ok(said)
}

/// The address that a person means: of a strip its id, its name or what plays on it.
fn held(session: &Session, locks: &Locks, text: &str) -> Result<String, PipelineError> {
    let text = text.trim();
    // A strip that a hand took away has no name any more, and `order` or `song` are no strips.
    if locks.without(text).is_some() {
        return Ok(text.to_owned());
    }
    let (strip, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
    let known = naming::strip(session, text).map(str::to_owned);
    known.or_else(|_| Ok(format!("{}{rest}", naming::strip(session, strip)?)))
}

fn not_by_hand(locks: &Locks, address: &str) -> PipelineError {
    let all = locks.addresses();
    let hint = match nearest(address, all.iter().map(String::as_str)) {
        _ if all.is_empty() => "nothing is set by hand".to_owned(),
        Some(near) if !is_at(near, address) => format!("did you mean `{near}`?"),
        _ => format!("by hand are {}", all.join(", ")),
    };
    PipelineError::Edit(format!("`{address}` is not set by hand; {hint}"))
}

/// An edit by hand that stays and stands on one that goes.
fn stranded<'a>(locks: &'a Locks, after: &Session) -> Option<(&'a Edit, String)> {
    let needs = |edit: &&Edit| {
        matches!(
            edit,
            Edit::Set { .. }
                | Edit::Switch { .. }
                | Edit::Key { .. }
                | Edit::Impulse { .. }
                | Edit::Route { .. }
                | Edit::Draw { .. }
        )
    };
    let fails = |edit: &'a Edit| Some((edit, after.clone().apply(&KINDS, edit).err()?.to_string()));
    locks.hand.iter().filter(needs).find_map(fails)
}

fn line(edit: &Edit, before: &Session, after: &Session) -> Vec<String> {
    match edit {
        Edit::Set { at, to } => match (before.param(&KINDS, at), before.value(&KINDS, at)) {
            (Ok(param), Ok(was)) => {
                vec![format!("{at}: {} (was {})", param.unit.show(*to), param.unit.show(was))]
            }
            _ => words::edit(edit, after),
        },
        _ => words::edit(edit, after),
    }
}
