//! The pool of decoded clips that the engine streams from.

use std::collections::BTreeMap;
use std::sync::Arc;

mod cache;
mod clip;
mod reader;

pub use cache::{cache_clip, cache_clip_on, open_cached};
pub use clip::Clip;
pub use reader::Reader;

/// The name by which a session knows a source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub String);

impl<S: Into<String>> From<S> for SourceId {
    fn from(name: S) -> SourceId {
        SourceId(name.into())
    }
}

impl std::fmt::Display for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The clips of a song, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    clips: BTreeMap<SourceId, Arc<Clip>>,
}

impl Pool {
    /// An empty pool.
    pub fn new() -> Pool {
        Pool::default()
    }

    /// Adds a clip, and gives back the one that had its name before.
    pub fn insert(&mut self, id: impl Into<SourceId>, clip: impl Into<Arc<Clip>>) -> Option<Arc<Clip>> {
        self.clips.insert(id.into(), clip.into())
    }

    /// The clip of a source.
    pub fn get(&self, id: &SourceId) -> Option<&Arc<Clip>> {
        self.clips.get(id)
    }

    /// All clips in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&SourceId, &Arc<Clip>)> {
        self.clips.iter()
    }

    /// How many clips there are.
    pub fn len(&self) -> usize {
        self.clips.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// What went wrong while clips were read: asked after a render, since reading itself gives silence.
    pub fn faults(&self) -> Vec<(&SourceId, &str)> {
        self.iter().filter_map(|(id, clip)| clip.fault().map(|fault| (id, fault))).collect()
    }
}
