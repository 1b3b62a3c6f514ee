//! One name for every knob: `vox/fader`, `vox/comp.threshold`, `vox/send.plate.level`.

use std::fmt;
use std::str::FromStr;

use mixsmith_processor::{Kinds, Param};
use serde::{Deserialize, Serialize};

use crate::{SEND, STRIP, Session};

/// The name of a knob.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// Strip id.
    pub strip: String,
    /// Which knob of the strip.
    pub slot: Slot,
}

/// Which knob of a strip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A parameter of the strip's own table.
    Strip(String),
    /// Insert id and parameter.
    Insert(String, String),
    /// The return that a send feeds, and parameter.
    Send(String, String),
}

/// Text that is not an address, or an address that leads nowhere. Says what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(pub String);

impl Address {
    /// A knob of the strip itself.
    pub fn strip(strip: &str, param: &str) -> Self {
        Address { strip: strip.to_owned(), slot: Slot::Strip(param.to_owned()) }
    }
    /// A knob of an insert.
    pub fn insert(strip: &str, insert: &str, param: &str) -> Self {
        Address { strip: strip.to_owned(), slot: Slot::Insert(insert.to_owned(), param.to_owned()) }
    }
    /// A knob of a send.
    pub fn send(strip: &str, to: &str, param: &str) -> Self {
        Address { strip: strip.to_owned(), slot: Slot::Send(to.to_owned(), param.to_owned()) }
    }

    /// The part after the slash, as lanes name their target.
    pub fn target(&self) -> String {
        self.slot.to_string()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slot::Strip(param) => write!(f, "{param}"),
            Slot::Insert(insert, param) => write!(f, "{insert}.{param}"),
            Slot::Send(to, param) => write!(f, "send.{to}.{param}"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.strip, self.slot)
    }
}

impl FromStr for Slot {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let parts: Vec<&str> = text.split('.').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(AddressError(format!(
                "`{text}` has an empty part; write `fader` or `comp.threshold`"
            )));
        }
        match parts[..] {
            [param] => Ok(Slot::Strip(param.to_owned())),
            ["send", to, param] => Ok(Slot::Send(to.to_owned(), param.to_owned())),
            [insert, param] => Ok(Slot::Insert(insert.to_owned(), param.to_owned())),
            _ => Err(AddressError(format!(
                "`{text}` is not a knob; write `fader`, `comp.threshold` or `send.plate.level`"
            ))),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (strip, slot) = text.trim().split_once('/').ok_or_else(|| {
            AddressError(format!(
                "`{text}` has no strip; write for example `vox/fader` or `vox/comp.threshold`"
            ))
        })?;
        if strip.is_empty() {
            return Err(AddressError(format!("`{text}` has no strip before the slash")));
        }
        Ok(Address { strip: strip.to_owned(), slot: slot.parse()? })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

/// The nearest of several words, for "did you mean".
pub fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    words
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, candidate)| *d <= 1 + candidate.len().max(word.len()) / 3)
        .min_by_key(|(d, _)| *d)
        .map(|(_, candidate)| candidate)
}

/// Edits from one word to the other (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// An error that offers the nearest word, or the whole list when it is short.
pub(crate) fn unknown<'a>(
    what: &str,
    word: &str,
    words: impl IntoIterator<Item = &'a str> + Clone,
) -> AddressError {
    let hint = match nearest(word, words.clone()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => {
            let list: Vec<&str> = words.into_iter().collect();
            if list.is_empty() { String::new() } else { format!("; there are: {}", list.join(", ")) }
        }
    };
    AddressError(format!("there is no {what} `{word}`{hint}"))
}

impl Session {
    /// The table's record of the knob at an address, or what is wrong with the address.
    pub fn param(&self, kinds: &Kinds, at: &Address) -> Result<&'static Param, AddressError> {
        let strip = self
            .strip(&at.strip)
            .ok_or_else(|| unknown("strip", &at.strip, self.strips.iter().map(|strip| strip.id.as_str())))?;
        let find = |table: &'static [Param], param: &str, of: &str| {
            table
                .iter()
                .find(|p| p.id == param)
                .ok_or_else(|| unknown(&format!("knob of {of} called"), param, table.iter().map(|p| p.id)))
        };
        match &at.slot {
            Slot::Strip(param) => find(STRIP, param, "a strip"),
            Slot::Send(to, param) => {
                strip.send(to).ok_or_else(|| {
                    let sends = strip.sends.iter().map(|send| send.to.as_str());
                    unknown(&format!("send of `{}` to", strip.id), to, sends)
                })?;
                find(SEND, param, "a send")
            }
            Slot::Insert(insert, param) => {
                let found = strip.insert(insert).ok_or_else(|| {
                    let inserts = strip.inserts.iter().map(|insert| insert.id.as_str());
                    unknown(&format!("insert of `{}` called", strip.id), insert, inserts)
                })?;
                let kind = kinds
                    .get(&found.kind)
                    .ok_or_else(|| unknown("effect", &found.kind, kinds.0.iter().map(|kind| kind.id)))?;
                find(kind.params, param, kind.id)
            }
        }
    }

    /// The value at an address: what was set, or the default.
    pub fn value(&self, kinds: &Kinds, at: &Address) -> Result<f32, AddressError> {
        let param = self.param(kinds, at)?;
        Ok(self.given(at).unwrap_or(param.default))
    }

    /// Is a value given at an address, be it the default?
    pub fn sets(&self, at: &Address) -> bool {
        self.given(at).is_some()
    }

    fn given(&self, at: &Address) -> Option<f32> {
        let strip = self.strip(&at.strip)?;
        let set = match &at.slot {
            Slot::Strip(id) => strip.values.get(id),
            Slot::Insert(insert, id) => strip.insert(insert).and_then(|i| i.values.get(id)),
            Slot::Send(to, id) => strip.send(to).and_then(|s| s.values.get(id)),
        };
        set.copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_printed() {
        for text in ["vox/fader", "vox/comp.threshold", "drums/send.plate.level"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for text in ["fader", "/fader", "vox/", "vox/a..b", "vox/a.b.c"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        assert_eq!(nearest("fadr", ["fader", "pan"]), Some("fader"));
        assert_eq!(nearest("xyzzy", ["fader", "pan"]), None);
    }
}
