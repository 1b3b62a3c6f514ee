//! The store of sounds between renders.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::mark::{Mark, Marks};
use super::sound::{Sound, Spare};
use crate::node::Reduced;
use crate::render::Worked;

/// What strips gave in earlier renders, in memory: [`render_again`](crate::render_again) plays what is still true, and runs only the
/// rest. As one freezes tracks in a console, but unasked, and thawed by any change.
///
/// Nothing is kept for ever: past its size, what was not wanted for longest goes first.
pub struct Frozen {
    size: u64,
    held: BTreeMap<Mark, Held>,
    spare: Spare,
    /// Counts renders.
    turn: u64,
    worked: Worked,
}

struct Held {
    /// The last render that could have used it.
    turn: u64,
    bytes: u64,
    what: What,
}

enum What {
    Sound(Arc<Sound>),
    Reduced(Arc<[Reduced]>),
}

/// A sound, or what inserts turned down, that a render would like to keep.
#[derive(Clone, Copy)]
pub(super) struct Want {
    /// The less, the more it helps later renders.
    pub rank: u8,
    pub mark: Mark,
    /// Bytes that it takes at most.
    pub bytes: u64,
}

impl Frozen {
    /// An empty store that takes up to so many bytes. Sixty seconds of a mono track before its fader take 12 MB at 48 kHz.
    pub fn new(bytes: u64) -> Self {
        let (held, spare, worked) = Default::default();
        Frozen { size: bytes, held, spare, turn: 0, worked }
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> u64 {
        self.held.values().map(|held| held.bytes).sum::<u64>() + self.spare.bytes()
    }

    /// What the last render had to do.
    pub fn worked(&self) -> Worked {
        self.worked
    }

    pub(super) fn sound(&self, mark: Mark) -> Option<Arc<Sound>> {
        match &self.held.get(&mark)?.what {
            What::Sound(sound) => Some(sound.clone()),
            What::Reduced(_) => None,
        }
    }

    pub(super) fn reduced(&self, mark: Mark) -> Option<Arc<[Reduced]>> {
        match &self.held.get(&mark)?.what {
            What::Reduced(reduced) => Some(reduced.clone()),
            What::Sound(_) => None,
        }
    }

    /// Begins a render of what has these marks: makes room for what it wants to keep, and says what it may.
    pub(super) fn begin(&mut self, marks: &[Marks], mut wants: Vec<Want>) -> BTreeSet<Mark> {
        self.turn += 1;
        for mark in marks.iter().flat_map(Marks::all) {
            if let Some(held) = self.held.get_mut(&mark) {
                held.turn = self.turn;
            }
        }
        let of_turn = |held: &&Held| held.turn == self.turn;
        let mut room =
            self.size.saturating_sub(self.held.values().filter(of_turn).map(|held| held.bytes).sum());
        wants.sort_by_key(|want| want.rank);
        let mut kept = BTreeSet::new();
        for want in wants {
            if want.bytes <= room && !self.held.contains_key(&want.mark) && kept.insert(want.mark) {
                room -= want.bytes;
            }
        }
        let mut old: Vec<(u64, Mark, u64)> =
            self.held.iter().map(|(mark, held)| (held.turn, *mark, held.bytes)).collect();
        old.retain(|&(turn, ..)| turn < self.turn);
        old.sort_unstable();
        let mut older: u64 = old.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, mark, bytes) in old {
            if older <= room {
                break;
            }
            older -= bytes;
            if let Some(Held { what: What::Sound(sound), .. }) = self.held.remove(&mark)
                && let Some(sound) = Arc::into_inner(sound)
            {
                self.spare.add(sound.melt());
            }
        }
        kept
    }

    pub(super) fn spare(&self) -> &Spare {
        &self.spare
    }

    pub(super) fn keep(&mut self, mark: Mark, sound: Sound) {
        let (turn, bytes) = (self.turn, sound.bytes());
        self.held.insert(mark, Held { turn, bytes, what: What::Sound(Arc::new(sound)) });
    }

    pub(super) fn keep_reduced(&mut self, mark: Mark, reduced: &[Reduced]) {
        let (turn, bytes) = (self.turn, Reduced::bytes(reduced.len()));
        self.held.insert(mark, Held { turn, bytes, what: What::Reduced(reduced.into()) });
    }

    pub(super) fn end(&mut self, worked: Worked) {
        self.worked = worked;
    }
}

impl fmt::Debug for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frozen({} of {} bytes)", self.bytes(), self.size)
    }
}
