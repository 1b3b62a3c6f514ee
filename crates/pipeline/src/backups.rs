//! Earlier states of a mix: session and reasons, kept each time that a session is written.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use mixsmith_effects::KINDS;
use mixsmith_session::parse;
use serde::Serialize;

use crate::lock::Lock;
use crate::{Folder, Journal, Note, PipelineError, sessions};

/// So many of the newest are kept in any case.
const LAST: usize = 20;
/// For so long one an hour is kept, counted back from the newest, in milliseconds; before that one a day.
const HOURLY: i64 = 48 * HOUR;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

const SESSION: &str = ".session.toml";
const DECISIONS: &str = ".decisions.toml";

/// An earlier state of a mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// When it was written, in UTC: `2026-11-22T19-25-01-250Z`. It is called by this.
    pub when: String,
    /// Why it cannot be put back; nothing when it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
    /// Is it what stands in the song now?
    pub now: bool,
}

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// When it was written.
    pub when: String,
    /// What was passed over, and why.
    pub notes: Vec<Note>,
}

/// Keeps what stands on the disk, if it is not the newest that is kept. Those that are too many go.
pub(crate) fn keep(folder: &Folder) -> Result<(), PipelineError> {
    let Some(session) = text(folder, &folder.session())? else { return Ok(()) };
    let decisions = reasons(folder, &session)?;
    let earlier = stamps(folder);
    if let Some(newest) = earlier.last() {
        let same = text(folder, &place(folder, newest, SESSION))?.as_ref() == Some(&session)
            && text(folder, &place(folder, newest, DECISIONS))? == decisions;
        if same {
            return Ok(());
        }
    }
    folder.make(&folder.backups())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    // A clock that was put back must not make the newest the oldest.
    let latest = earlier.last().and_then(|stamp| milliseconds(stamp)).unwrap_or(i64::MIN);
    let stamp = stamp(now.max(latest.saturating_add(1)));
    // The session comes last: without it, the reasons are no backup.
    if let Some(decisions) = decisions {
        folder.write(&place(folder, &stamp, DECISIONS), &decisions)?;
    }
    folder.write(&place(folder, &stamp, SESSION), &session)?;
    let all: Vec<String> = earlier.into_iter().chain([stamp]).collect();
    for stamp in thin(&all) {
        for ending in [SESSION, DECISIONS] {
            // What cannot be removed stays, and is tried again with the next one.
            let _ = folder.disk().remove(&place(folder, &stamp, ending));
        }
    }
    Ok(())
}

/// What is kept of a mix, the newest first.
pub fn backups(folder: &Folder) -> Result<Vec<Backup>, PipelineError> {
    let session = text(folder, &folder.session())?;
    let decisions = reasons(folder, session.as_deref().unwrap_or_default())?;
    let mut found = Vec::new();
    for when in stamps(folder).into_iter().rev() {
        let its = text(folder, &place(folder, &when, SESSION))?;
        let now = its == session && text(folder, &place(folder, &when, DECISIONS))? == decisions;
        found.push(Backup { damaged: read(folder, &when).err(), when, now });
    }
    Ok(found)
}

/// Puts back what a song was: the state of that time, or the newest that can be read and is not what stands there now.
/// What stands there now is kept too, so this can be undone in the same way.
pub fn restore(folder: &Folder, when: Option<&str>) -> Result<Restored, PipelineError> {
    let none = || PipelineError::Missing { path: folder.backups(), first: "mix" };
    if stamps(folder).is_empty() {
        return Err(none());
    }
    let _lock = Lock::take(folder)?;
    keep(folder)?;
    let mut notes = Vec::new();
    for backup in backups(folder)? {
        let asked = when.is_none_or(|when| backup.when.starts_with(when.trim()));
        if !asked || when.is_none() && backup.now {
            continue;
        }
        match read(folder, &backup.when) {
            Ok((session, decisions)) => {
                sessions::put(folder, &session, decisions.as_deref())?;
                return Ok(Restored { when: backup.when, notes });
            }
            Err(why) => {
                let says = format!("it cannot be read, so the one before it was looked at: {why}");
                notes.push(Note { about: backup.when, says, warning: true });
            }
        }
    }
    Err(PipelineError::Edit(match when {
        Some(when) => format!(
            "nothing of `{when}` that can be read is kept; `mixsmith restore SONG --list` shows what is"
        ),
        None => format!("{}: nothing else that can be read is kept", folder.backups().display()),
    }))
}

/// The reasons of a session. A run may have ended when the new ones were beside the old.
fn reasons(folder: &Folder, session: &[u8]) -> Result<Option<Vec<u8>>, PipelineError> {
    let next = folder.decisions_to_be();
    let knows = |journal: Journal| journal.knows(&String::from_utf8_lossy(session));
    if Journal::read(folder, &next).ok().flatten().is_some_and(knows) {
        return text(folder, &next);
    }
    text(folder, &folder.decisions())
}

/// Texts of a state, when both can be read.
fn read(folder: &Folder, when: &str) -> Result<(String, Option<String>), String> {
    let said = |error: PipelineError| error.to_string();
    let session = folder.text(&place(folder, when, SESSION)).map_err(said)?;
    let session = session.ok_or("it is gone")?;
    parse(&session, &KINDS).map_err(|error| error.to_string())?;
    let path = place(folder, when, DECISIONS);
    Journal::read(folder, &path).map_err(said)?;
    Ok((session, folder.text(&path).map_err(said)?))
}

/// A file's bytes; nothing where there is none. A damaged text is kept as it is.
fn text(folder: &Folder, path: &std::path::Path) -> Result<Option<Vec<u8>>, PipelineError> {
    match folder.disk().read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PipelineError::io(path)(error)),
    }
}

fn place(folder: &Folder, stamp: &str, ending: &str) -> std::path::PathBuf {
    folder.backups().join(format!("{stamp}{ending}"))
}

/// Times of what is kept, the oldest first.
fn stamps(folder: &Folder) -> Vec<String> {
    let names = folder.disk().list(&folder.backups()).unwrap_or_default();
    let stamps = names.iter().filter_map(|name| name.strip_suffix(SESSION));
    stamps.filter(|stamp| milliseconds(stamp).is_some()).map(str::to_owned).collect()
}

/// Those that are too many, of stamps from old to new.
fn thin(stamps: &[String]) -> Vec<String> {
    let older = &stamps[..stamps.len().saturating_sub(LAST)];
    let newest = stamps.last().and_then(|stamp| milliseconds(stamp)).unwrap_or(0);
    let mut filled = BTreeSet::new();
    let mut gone = Vec::new();
    for stamp in older.iter().rev() {
        let at = milliseconds(stamp).unwrap_or(0);
        let room = if newest - at < HOURLY { (HOUR, at.div_euclid(HOUR)) } else { (DAY, at.div_euclid(DAY)) };
        if !filled.insert(room) {
            gone.push(stamp.clone());
        }
    }
    gone
}

/// A time as it stands in a name, from milliseconds since 1970. Days after Hinnant, "chrono-compatible low-level date
/// algorithms", `civil_from_days`.
fn stamp(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds.div_euclid(DAY), milliseconds.rem_euclid(DAY));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day = z.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = (if month < 10 { month + 3 } else { month - 9 }, year + era * 400);
    let year = if month <= 2 { year + 1 } else { year };
    let (hours, minutes) = (rest / HOUR, rest / 60_000 % 60);
    let (seconds, thousandths) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{date:02}T{hours:02}-{minutes:02}-{seconds:02}-{thousandths:03}Z")
}

/// The reverse of [`stamp`].
fn milliseconds(stamp: &str) -> Option<i64> {
    let fields: Vec<i64> =
        stamp.strip_suffix('Z')?.split(['-', 'T']).map(|field| field.parse().ok()).collect::<Option<_>>()?;
    let [year, month, date, hours, minutes, seconds, thousandths] = fields.try_into().ok()?;
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let of_year = (153 * m + 2) / 5 + date - 1;
    let era = y.div_euclid(400);
    let y = y.rem_euclid(400);
    let days = era * 146_097 + y * 365 + y / 4 - y / 100 + of_year - 719_468;
    let time = days * DAY + hours * HOUR + minutes * 60_000 + seconds * 1000 + thousandths;
    // Only what this program writes.
    (self::stamp(time) == stamp).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_back_from_its_name() {
        assert_eq!(stamp(0), "1970-01-01T00-00-00-000Z");
        assert_eq!(stamp(1_709_210_096_789), "2024-02-29T12-34-56-789Z");
        for days in (0..80_000).step_by(13) {
            let time = days * DAY + days * 997 % DAY;
            assert_eq!(milliseconds(&stamp(time)), Some(time));
        }
        for other in
            ["", "session", "2024-02-30T12-34-56-789Z", "2024-02-29T12-34-56Z", "2024-2-29T12-34-56-789Z"]
        {
            assert_eq!(milliseconds(other), None, "{other}");
        }
    }

    #[test]
    fn the_last_twenty_then_one_an_hour_then_one_a_day() {
        // A save every ten minutes for ten days.
        let mut kept: Vec<String> = Vec::new();
        for number in 0..1440 {
            kept.push(stamp(1_700_000_000_000 + number * 600_000));
            let gone = thin(&kept);
            kept.retain(|stamp| !gone.contains(stamp));
        }
        let times: Vec<i64> = kept.iter().map(|stamp| milliseconds(stamp).unwrap()).collect();
        let newest = times[times.len() - 1];
        assert_eq!(newest, 1_700_000_000_000 + 1439 * 600_000, "the newest is always there");
        let within =
            |from: i64, to: i64| times.iter().filter(|&&time| (from..to).contains(&(newest - time))).count();
        assert_eq!(within(0, 200 * 60_000), 20);
        assert!((43..=46).contains(&within(4 * HOUR, 48 * HOUR)), "{}", within(4 * HOUR, 48 * HOUR));
        assert!((7..=9).contains(&within(48 * HOUR, 10 * DAY)), "{}", within(48 * HOUR, 10 * DAY));
    }
}
