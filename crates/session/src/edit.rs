//! The only way to change a session.

use std::sync::Arc;

use mixsmith_processor::Kinds;
use serde::{Deserialize, Serialize};

use crate::address::unknown;
use crate::mend::fits;
use crate::{
    Address, AddressError, Clip, Insert, Lane, Marker, Send, Session, Slot, Source, Strip, StripKind,
};

/// A change of a session, by the assistant, a hand or an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// Turns a knob.
    Set {
        /// Which.
        at: Address,
        /// New value in the parameter's unit.
        to: f32,
    },
    /// Puts a processor into a strip.
    AddInsert {
        /// Strip id.
        strip: String,
        /// Place in the chain, from 0; at the end when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<usize>,
        /// The processor.
        insert: Insert,
    },
    /// Takes a processor out, its lanes too.
    RemoveInsert {
        /// Strip id.
        strip: String,
        /// Insert id.
        insert: String,
    },
    /// Puts a processor in circuit or bypasses it.
    Switch {
        /// Strip id.
        strip: String,
        /// Insert id.
        insert: String,
        /// In circuit?
        on: bool,
    },
    /// Sets what a processor listens to.
    Key {
        /// Strip id.
        strip: String,
        /// Insert id.
        insert: String,
        /// Strip whose output it listens to; its own input when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// Sets the impulse response of a processor.
    Impulse {
        /// Strip id.
        strip: String,
        /// Insert id.
        insert: String,
        /// A source's id, or a path below the song's folder; its own when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        impulse: Option<String>,
    },
    /// Sends a strip's output somewhere else.
    Route {
        /// Strip id.
        strip: String,
        /// Bus id.
        to: String,
    },
    /// Adds a send, or replaces the one to the same return.
    AddSend {
        /// Strip id.
        strip: String,
        /// The send.
        send: Send,
    },
    /// Takes a send away, its lanes too.
    RemoveSend {
        /// Strip id.
        strip: String,
        /// The return.
        to: String,
    },
    /// Draws automation in place of what was there; a lane without points takes it away.
    Draw {
        /// Strip id.
        strip: String,
        /// The lane.
        lane: Lane,
    },
    /// Adds a strip at the end of the console, before the master.
    AddStrip {
        /// The strip.
        strip: Strip,
    },
    /// Takes a strip away. Nothing may feed it or listen to it any more.
    RemoveStrip {
        /// Strip id.
        strip: String,
    },
    /// Changes what a track plays.
    Clips {
        /// Strip id.
        strip: String,
        /// The clips.
        clips: Vec<Clip>,
    },
    /// Changes what a strip is called and taken for.
    Label {
        /// Strip id.
        strip: String,
        /// New name.
        name: String,
        /// New role id.
        role: String,
        /// New colour.
        colour: String,
    },
    /// Adds a recorded file.
    AddSource {
        /// The file.
        source: Source,
    },
    /// Replaces the list of recorded files. Those that clips play must stay.
    Sources {
        /// The files in the order of the folder.
        sources: Vec<Source>,
    },
    /// Puts the strips of the console in another order.
    Order {
        /// All strip ids.
        strips: Vec<String>,
    },
    /// Sets what is given of title, rate, tempo and length. The rest stays: a hand that names the song must not hold its
    /// length.
    Song {
        /// Name of the song.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Frames a second.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<u32>,
        /// Quarter notes a minute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tempo: Option<f32>,
        /// Length in frames.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frames: Option<u64>,
    },
    /// Sets where sections start.
    Mark {
        /// The markers in order of time.
        markers: Vec<Marker>,
    },
}

/// Why an edit was refused. The session is as it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// It names something that is not there.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The value is outside the parameter's range.
    #[error("{at} = {value} is out of range: {name} goes from {range}")]
    Range {
        /// Which knob.
        at: String,
        /// The value as text with its unit.
        value: String,
        /// Name of the knob.
        name: &'static str,
        /// The range as text.
        range: String,
    },
    /// It would break the session.
    #[error("{0}")]
    Conflict(String),
}

impl Session {
    fn strip_mut(&mut self, id: &str) -> Result<&mut Strip, EditError> {
        let Some(place) = self.strips.iter().position(|strip| strip.id == id) else {
            return Err(unknown("strip", id, self.strips.iter().map(|strip| strip.id.as_str())).into());
        };
        Ok(Arc::make_mut(&mut self.strips[place]))
    }

    fn must_exist(&self, id: &str) -> Result<(), EditError> {
        match self.strip(id) {
            Some(_) => Ok(()),
            None => Err(unknown("strip", id, self.strips.iter().map(|strip| strip.id.as_str())).into()),
        }
    }

    /// Checks a value against the table.
    fn in_range(&self, kinds: &Kinds, at: &Address, value: f32) -> Result<(), EditError> {
        let param = self.param(kinds, at)?;
        if fits(param, value) {
            return Ok(());
        }
        let value = param.unit.print(value);
        Err(EditError::Range { at: at.to_string(), value, name: param.name, range: param.range_text() })
    }

    /// Puts a strip in place of the one of its name, if all its values are in range.
    fn replace(&mut self, kinds: &Kinds, strip: Strip) -> Result<(), EditError> {
        let id = strip.id.clone();
        let own = strip.values.iter().map(|(param, &value)| (Address::strip(&id, param), value));
        let inserts = strip.inserts.iter().flat_map(|insert| {
            insert.values.iter().map(|(param, &value)| (Address::insert(&id, &insert.id, param), value))
        });
        let sends = strip.sends.iter().flat_map(|send| {
            send.values.iter().map(|(param, &value)| (Address::send(&id, &send.to, param), value))
        });
        let values: Vec<(Address, f32)> = own.chain(inserts).chain(sends).collect();
        let before = std::mem::replace(self.strip_mut(&id)?, strip);
        for (at, value) in values {
            if let Err(error) = self.in_range(kinds, &at, value) {
                *self.strip_mut(&id)? = before;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Applies one edit, wholly or not at all.
    pub fn apply(&mut self, kinds: &Kinds, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Set { at, to } => {
                self.in_range(kinds, at, *to)?;
                let strip = self.strip_mut(&at.strip)?;
                let (values, id) = match &at.slot {
                    Slot::Strip(id) => (Some(&mut strip.values), id),
                    Slot::Insert(insert, id) => {
                        (strip.inserts.iter_mut().find(|i| i.id == *insert).map(|i| &mut i.values), id)
                    }
                    Slot::Send(to, id) => {
                        (strip.sends.iter_mut().find(|s| s.to == *to).map(|s| &mut s.values), id)
                    }
                };
                if let Some(values) = values {
                    values.insert(id.clone(), *to);
                }
            }
            Edit::AddInsert { strip, place, insert } => {
                let found = self.strip_mut(strip)?;
                if insert.id == "send" || found.insert(&insert.id).is_some() {
                    return Err(EditError::Conflict(format!(
                        "`{strip}` has an insert `{}` already",
                        insert.id
                    )));
                }
                if kinds.get(&insert.kind).is_none() {
                    return Err(unknown("effect", &insert.kind, kinds.0.iter().map(|kind| kind.id)).into());
                }
                let place = place.unwrap_or(found.inserts.len()).min(found.inserts.len());
                let mut after = found.clone();
                after.inserts.insert(place, insert.clone());
                self.replace(kinds, after)?;
            }
            Edit::RemoveInsert { strip, insert } => {
                let found = self.strip_mut(strip)?;
                found.inserts.retain(|i| i.id != *insert);
                let prefix = format!("{insert}.");
                found.lanes.retain(|lane| !lane.target.starts_with(&prefix));
            }
            Edit::Switch { strip, insert, on } => {
                self.insert_mut(strip, insert)?.on = *on;
            }
            Edit::Key { strip, insert, key } => {
                if let Some(key) = key {
                    self.must_exist(key)?;
                }
                self.insert_mut(strip, insert)?.key.clone_from(key);
            }
            Edit::Impulse { strip, insert, impulse } => {
                if let Some(impulse) = impulse
                    && let Some(says) = crate::mend::outside(impulse)
                {
                    return Err(EditError::Conflict(says));
                }
                let found = self.insert_mut(strip, insert)?;
                if impulse.is_some() && kinds.get(&found.kind).is_some_and(|kind| !kind.ports.impulse) {
                    return Err(EditError::Conflict(format!("`{}` takes no impulse response", found.kind)));
                }
                found.impulse.clone_from(impulse);
            }
            Edit::Route { strip, to } => {
                self.must_exist(to)?;
                self.strip_mut(strip)?.to = Some(to.clone());
            }
            Edit::AddSend { strip, send } => {
                self.must_exist(&send.to)?;
                let mut after = self.strip_mut(strip)?.clone();
                match after.sends.iter_mut().find(|s| s.to == send.to) {
                    Some(old) => *old = send.clone(),
                    None => after.sends.push(send.clone()),
                }
                self.replace(kinds, after)?;
            }
            Edit::RemoveSend { strip, to } => {
                let found = self.strip_mut(strip)?;
                found.sends.retain(|send| send.to != *to);
                let prefix = format!("send.{to}.");
                found.lanes.retain(|lane| !lane.target.starts_with(&prefix));
            }
            Edit::Draw { strip, lane } => {
                let at = Address { strip: strip.clone(), slot: lane.target.parse()? };
                for point in &lane.points {
                    self.in_range(kinds, &at, point.value)?;
                }
                if lane.points.windows(2).any(|pair| pair[1].at <= pair[0].at) {
                    return Err(EditError::Conflict(format!("the points of {at} are not in order of time")));
                }
                let found = self.strip_mut(strip)?;
                let place = found.lanes.iter().position(|l| l.target == lane.target);
                match (place, lane.points.is_empty()) {
                    (Some(place), true) => drop(found.lanes.remove(place)),
                    (Some(place), false) => found.lanes[place] = lane.clone(),
                    (None, true) => {}
                    (None, false) => found.lanes.push(lane.clone()),
                }
            }
            Edit::AddStrip { strip } => {
                if self.strip(&strip.id).is_some() {
                    return Err(EditError::Conflict(format!("there is a strip `{}` already", strip.id)));
                }
                let master = self.strips.iter().position(|s| s.kind == StripKind::Master);
                if strip.kind == StripKind::Master && master.is_some() {
                    return Err(EditError::Conflict("there is a master already".to_owned()));
                }
                let place = master.unwrap_or(self.strips.len());
                self.strips.insert(place, Arc::new(strip.clone()));
                if let Err(error) = self.replace(kinds, strip.clone()) {
                    self.strips.remove(place);
                    return Err(error);
                }
            }
            Edit::RemoveStrip { strip } => {
                self.must_exist(strip)?;
                let user = self.strips.iter().find(|s| {
                    s.to.as_deref() == Some(strip)
                        || s.sends.iter().any(|send| send.to == *strip)
                        || (s.id != *strip && s.inserts.iter().any(|i| i.key.as_deref() == Some(strip)))
                });
                if let Some(user) = user {
                    return Err(EditError::Conflict(format!("`{strip}` is still used by `{}`", user.id)));
                }
                self.strips.retain(|s| s.id != *strip);
            }
            Edit::Clips { strip, clips } => {
                for clip in clips {
                    if self.source(&clip.source).is_none() {
                        let sources = self.sources.iter().map(|source| source.id.as_str());
                        return Err(unknown("source", &clip.source, sources).into());
                    }
                }
                match &mut self.strip_mut(strip)?.kind {
                    StripKind::Track { clips: old } => old.clone_from(clips),
                    _ => {
                        return Err(EditError::Conflict(format!(
                            "`{strip}` is not a track: it plays no clips"
                        )));
                    }
                }
            }
            Edit::Label { strip, name, role, colour } => {
                let found = self.strip_mut(strip)?;
                found.name.clone_from(name);
                found.role.clone_from(role);
                found.colour.clone_from(colour);
            }
            Edit::AddSource { source } => {
                if self.source(&source.id).is_some() {
                    return Err(EditError::Conflict(format!("there is a source `{}` already", source.id)));
                }
                self.sources.push(source.clone());
            }
            Edit::Sources { sources } => {
                let missing = |clip: &&Clip| !sources.iter().any(|source| source.id == clip.source);
                if let Some(clip) = self.tracks().flat_map(Strip::clips).find(missing) {
                    return Err(EditError::Conflict(format!("`{}` is still played", clip.source)));
                }
                self.sources.clone_from(sources);
            }
            Edit::Order { strips } => {
                let found = |id: &String| self.strips.iter().find(|strip| strip.id == *id).cloned();
                let ordered: Vec<Arc<Strip>> = strips.iter().filter_map(found).collect();
                let twice = strips.iter().enumerate().any(|(i, id)| strips[..i].contains(id));
                if twice || ordered.len() != self.strips.len() || strips.len() != self.strips.len() {
                    let says = "the new order must name every strip once";
                    return Err(EditError::Conflict(says.to_owned()));
                }
                self.strips = ordered;
            }
            Edit::Song { title, rate, tempo, frames } => {
                let song = &mut self.song;
                if let Some(title) = title {
                    song.title.clone_from(title);
                }
                song.rate = rate.unwrap_or(song.rate);
                song.tempo = tempo.unwrap_or(song.tempo);
                song.frames = frames.unwrap_or(song.frames);
            }
            Edit::Mark { markers } => self.song.markers.clone_from(markers),
        }
        Ok(())
    }

    fn insert_mut(&mut self, strip: &str, insert: &str) -> Result<&mut Insert, EditError> {
        let found = self.strip_mut(strip)?;
        let names: Vec<String> = found.inserts.iter().map(|i| i.id.clone()).collect();
        found.inserts.iter_mut().find(|i| i.id == insert).ok_or_else(|| {
            unknown(&format!("insert of `{strip}` called"), insert, names.iter().map(String::as_str)).into()
        })
    }
}
