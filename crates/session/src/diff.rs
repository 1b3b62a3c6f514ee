//! The edits that turn one session into another.

use mixsmith_processor::{Kinds, Param};

use crate::{Address, Edit, Lane, SEND, STRIP, Session, Strip, StripKind, Values};

/// The edits that turn `a` into `b`, both sound ([`crate::check`]). A value that `b` does not set any more is set to its
/// default, so a hand that took a line out is seen to have turned the knob back.
pub fn diff(a: &Session, b: &Session, kinds: &Kinds) -> Vec<Edit> {
    let mut walk = Walk { now: a.clone(), kinds, edits: Vec::new() };
    walk.song(b);
    walk.new_sources(b);
    walk.strips(b);
    for strip in &b.strips {
        walk.strip(strip);
    }
    if walk.now.sources != b.sources {
        walk.push(Edit::Sources { sources: b.sources.clone() });
    }
    walk.edits
}

/// The session on its way from the one to the other.
struct Walk<'a> {
    now: Session,
    kinds: &'a Kinds,
    edits: Vec<Edit>,
}

impl Walk<'_> {
    /// Records an edit if it fits; between sound sessions it does.
    fn push(&mut self, edit: Edit) {
        if self.now.apply(self.kinds, &edit).is_ok() {
            self.edits.push(edit);
        }
    }

    fn song(&mut self, b: &Session) {
        let (old, new) = (&self.now.song, &b.song);
        let markers = (old.markers != new.markers).then(|| new.markers.clone());
        let title = (old.title != new.title).then(|| new.title.clone());
        let rate = (old.rate != new.rate).then_some(new.rate);
        let tempo = (old.tempo != new.tempo).then_some(new.tempo);
        let frames = (old.frames != new.frames).then_some(new.frames);
        if title.is_some() || rate.is_some() || tempo.is_some() || frames.is_some() {
            self.push(Edit::Song { title, rate, tempo, frames });
        }
        if let Some(markers) = markers {
            self.push(Edit::Mark { markers });
        }
    }

    /// Sources come before the clips that play them.
    fn new_sources(&mut self, b: &Session) {
        for source in &b.sources {
            if self.now.source(&source.id).is_none() {
                self.push(Edit::AddSource { source: source.clone() });
            }
        }
    }

    /// Adds, takes away and puts in order; afterwards the same strips stand in the same places.
    fn strips(&mut self, b: &Session) {
        let mut gone: Vec<String> = self.now.strips.iter().map(|s| s.id.clone()).collect();
        gone.retain(|id| {
            !b.strip(id).is_some_and(|new| self.now.strip(id).is_some_and(|old| same(old, new)))
        });
        // Whoever feeds a strip that goes and cannot be led elsewhere before is built anew too.
        loop {
            let stuck = self.now.strips.iter().find(|s| {
                let feeds_gone = s.to.as_ref().is_some_and(|to| gone.contains(to));
                let free = b.strip(&s.id).and_then(|s| s.to.as_ref()).is_some_and(|to| !gone.contains(to));
                feeds_gone && !free && !gone.contains(&s.id)
            });
            let Some(stuck) = stuck.map(|strip| strip.id.clone()) else { break };
            gone.push(stuck);
        }
        for strip in &b.strips {
            if self.now.strip(&strip.id).is_none() {
                self.push(Edit::AddStrip { strip: Strip::clone(strip) });
            }
        }
        self.unhook(b, &gone);
        // Those that feed others go first.
        while let Some(place) = gone.iter().position(|id| {
            !self.now.strips.iter().any(|strip| strip.id != *id && strip.to.as_ref() == Some(id))
        }) {
            self.push(Edit::RemoveStrip { strip: gone.remove(place) });
        }
        for strip in &b.strips {
            if self.now.strip(&strip.id).is_none() {
                self.push(Edit::AddStrip { strip: Strip::clone(strip) });
            }
        }
        let ids = |session: &Session| session.strips.iter().map(|strip| strip.id.clone()).collect::<Vec<_>>();
        if ids(&self.now) != ids(b) {
            self.push(Edit::Order { strips: ids(b) });
        }
    }

    /// Takes away whatever leads to the strips that go.
    fn unhook(&mut self, b: &Session, gone: &[String]) {
        for strip in self.now.strips.clone() {
            let id = &strip.id;
            for send in strip.sends.iter().filter(|send| gone.contains(&send.to)) {
                self.push(Edit::RemoveSend { strip: id.clone(), to: send.to.clone() });
            }
            for insert in
                strip.inserts.iter().filter(|i| i.key.as_ref().is_some_and(|key| gone.contains(key)))
            {
                self.push(Edit::Key { strip: id.clone(), insert: insert.id.clone(), key: None });
            }
            let to = b.strip(id).and_then(|new| new.to.clone()).filter(|to| !gone.contains(to));
            if let (Some(old), Some(to)) = (&strip.to, to)
                && gone.contains(old)
            {
                self.push(Edit::Route { strip: id.clone(), to });
            }
        }
    }

    fn strip(&mut self, new: &Strip) {
        let Some(old) = self.now.strip(&new.id).cloned() else { return };
        let id = &new.id;
        if (&old.name, &old.role, &old.colour) != (&new.name, &new.role, &new.colour) {
            let (name, role, colour) = (new.name.clone(), new.role.clone(), new.colour.clone());
            self.push(Edit::Label { strip: id.clone(), name, role, colour });
        }
        if let (true, Some(to)) = (old.to != new.to, &new.to) {
            self.push(Edit::Route { strip: id.clone(), to: to.clone() });
        }
        if old.clips() != new.clips() {
            self.push(Edit::Clips { strip: id.clone(), clips: new.clips().to_vec() });
        }
        self.values(&old.values, &new.values, STRIP, |param| Address::strip(id, param));
        self.inserts(new);
        self.sends(new);
        self.lanes(new);
    }

    fn values(&mut self, old: &Values, new: &Values, table: &[Param], at: impl Fn(&str) -> Address) {
        for param in table {
            let (before, after) = (old.get(param.id), new.get(param.id));
            let to = after.copied().unwrap_or(param.default);
            let turned_back = after.is_none() && before.is_some_and(|&before| before != param.default);
            if after.is_some() && before != after || turned_back {
                self.push(Edit::Set { at: at(param.id), to });
            }
        }
    }

    fn inserts(&mut self, new: &Strip) {
        let inserts = |walk: &Self| walk.now.strip(&new.id).map(|s| s.inserts.clone()).unwrap_or_default();
        let remove = |id: &str| Edit::RemoveInsert { strip: new.id.clone(), insert: id.to_owned() };
        for old in inserts(self) {
            if new.insert(&old.id).is_none_or(|insert| insert.kind != old.kind) {
                self.push(remove(&old.id));
            }
        }
        for (place, insert) in new.inserts.iter().enumerate() {
            let old = inserts(self);
            // The one here was moved back when its follower belongs here, else the one that belongs here was moved up.
            if old.get(place).is_some_and(|here| here.id != insert.id) {
                match old.get(place + 1).filter(|next| next.id == insert.id) {
                    Some(_) => self.push(remove(&old[place].id)),
                    None if old.iter().any(|i| i.id == insert.id) => self.push(remove(&insert.id)),
                    None => {}
                }
            }
            match inserts(self).into_iter().find(|i| i.id == insert.id) {
                None => {
                    let (strip, insert) = (new.id.clone(), insert.clone());
                    self.push(Edit::AddInsert { strip, place: Some(place), insert });
                }
                Some(old) => {
                    let (strip, name) = (new.id.clone(), insert.id.clone());
                    if old.on != insert.on {
                        self.push(Edit::Switch { strip: strip.clone(), insert: name.clone(), on: insert.on });
                    }
                    if old.impulse != insert.impulse {
                        let (strip, insert, impulse) = (strip.clone(), name.clone(), insert.impulse.clone());
                        self.push(Edit::Impulse { strip, insert, impulse });
                    }
                    if old.key != insert.key {
                        self.push(Edit::Key { strip, insert: name, key: insert.key.clone() });
                    }
                    let table = self.kinds.get(&insert.kind).map_or(&[][..], |kind| kind.params);
                    self.values(&old.values, &insert.values, table, |param| {
                        Address::insert(&new.id, &insert.id, param)
                    });
                }
            }
        }
    }

    fn sends(&mut self, new: &Strip) {
        let old = self.now.strip(&new.id).map(|s| s.sends.clone()).unwrap_or_default();
        let wanted: Vec<&str> = new.sends.iter().map(|send| send.to.as_str()).collect();
        for to in misplaced(old.iter().map(|send| send.to.as_str()), &wanted) {
            self.push(Edit::RemoveSend { strip: new.id.clone(), to: to.to_owned() });
        }
        for send in &new.sends {
            let old = self.now.strip(&new.id).and_then(|s| s.send(&send.to)).cloned();
            match old {
                Some(old) if old.tap == send.tap => self
                    .values(&old.values, &send.values, SEND, |param| Address::send(&new.id, &send.to, param)),
                _ => self.push(Edit::AddSend { strip: new.id.clone(), send: send.clone() }),
            }
        }
    }

    fn lanes(&mut self, new: &Strip) {
        let old = self.now.strip(&new.id).map(|s| s.lanes.clone()).unwrap_or_default();
        let wanted: Vec<&str> = new.lanes.iter().map(|lane| lane.target.as_str()).collect();
        for target in misplaced(old.iter().map(|lane| lane.target.as_str()), &wanted) {
            let lane = Lane { target: target.to_owned(), points: Vec::new() };
            self.push(Edit::Draw { strip: new.id.clone(), lane });
        }
        for lane in &new.lanes {
            let lanes = self.now.strip(&new.id).map(|s| s.lanes.clone()).unwrap_or_default();
            if !lanes.contains(lane) {
                self.push(Edit::Draw { strip: new.id.clone(), lane: lane.clone() });
            }
        }
    }
}

/// Can the one become the other by edits inside of it?
fn same(old: &Strip, new: &Strip) -> bool {
    let kind = |strip: &Strip| match strip.kind {
        StripKind::Track { .. } => 0,
        StripKind::Bus => 1,
        StripKind::Return => 2,
        StripKind::Master => 3,
    };
    kind(old) == kind(new) && (old.to.is_none() || new.to.is_some())
}

/// The old names that must go so that adding the missing ones at the end gives the wanted order.
fn misplaced<'n>(old: impl Iterator<Item = &'n str>, wanted: &[&str]) -> Vec<&'n str> {
    let mut kept = 0;
    old.filter(|name| {
        let stays = wanted.get(kept) == Some(name);
        kept += usize::from(stays);
        !stays
    })
    .collect()
}
