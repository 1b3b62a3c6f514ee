//! The elements that a set is made of.

use std::collections::BTreeMap;

use crate::xml::Writer;
use crate::{Channel, Desk};

/// The ids by which automation and other tracks speak of a channel.
#[derive(Clone, Debug)]
pub(super) struct Refs {
    pub track: u32,
    pub volume: u32,
    pub pan: u32,
    /// The switch that is off where the track is muted.
    pub speaker: u32,
    /// Send levels, by the order of the returns.
    pub sends: Vec<u32>,
}

/// What a set is written with. Everything that automation can point at, and every track, has an id of its own in the whole
/// set: Live refuses a set where two are alike.
pub(super) struct Pen<'a> {
    pub desk: &'a Desk,
    pub to: Writer,
    last: u32,
    pub refs: BTreeMap<&'a str, Refs>,
    /// Ids of the returns, in their order.
    pub returns: Vec<&'a str>,
}

/// Ids of the knobs that only the master has.
pub(super) const TEMPO: u32 = 1;
pub(super) const SIGNATURE: u32 = 2;
const FIRST: u32 = 3;

impl<'a> Pen<'a> {
    pub fn new(desk: &'a Desk, returns: Vec<&'a str>) -> Self {
        let to = Writer::new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        let mut pen = Pen { desk, to, last: FIRST, refs: BTreeMap::new(), returns };
        for channel in &desk.channels {
            let refs = Refs {
                track: pen.id(),
                volume: pen.id(),
                pan: pen.id(),
                speaker: pen.id(),
                sends: (0..pen.returns.len()).map(|_| pen.id()).collect(),
            };
            pen.refs.insert(&channel.id, refs);
        }
        pen
    }

    pub fn refs(&self, channel: &Channel) -> Option<Refs> {
        self.refs.get(channel.id.as_str()).cloned()
    }

    /// The next id.
    pub fn id(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    pub fn open(&mut self, name: &'static str) {
        self.to.open(name, &[]);
    }

    pub fn open_id(&mut self, name: &'static str, id: impl ToString) {
        self.to.open(name, &[("Id", id.to_string())]);
    }

    pub fn close(&mut self) {
        self.to.close();
    }

    pub fn value(&mut self, name: &str, value: impl ToString) {
        self.to.empty(name, &[("Value", value.to_string())]);
    }

    pub fn values(&mut self, values: &[(&str, &str)]) {
        values.iter().for_each(|(name, value)| self.value(name, value));
    }

    pub fn nothing(&mut self, name: &str) {
        self.to.empty(name, &[]);
    }

    /// Something in an element of its own.
    pub fn around(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.open(name);
        inside(self);
        self.close();
    }

    /// A place that automation can point at.
    pub fn target(&mut self, name: &'static str, id: u32) {
        self.open_id(name, id);
        self.value("LockEnvelope", 0);
        self.close();
    }

    pub fn new_target(&mut self, name: &'static str) {
        let id = self.id();
        self.target(name, id);
    }

    /// A knob with its range.
    pub fn knob(&mut self, name: &'static str, value: f64, range: [&str; 2], id: Option<u32>) {
        let id = id.unwrap_or_else(|| self.id());
        self.around(name, |pen| {
            pen.value("LomId", 0);
            pen.value("Manual", value);
            pen.around("MidiControllerRange", |pen| pen.values(&[("Min", range[0]), ("Max", range[1])]));
            pen.target("AutomationTarget", id);
            pen.new_target("ModulationTarget");
        });
    }

    /// A switch.
    pub fn switch(&mut self, name: &'static str, on: bool, id: Option<u32>) {
        let id = id.unwrap_or_else(|| self.id());
        self.around(name, |pen| {
            pen.value("LomId", 0);
            pen.value("Manual", on);
            pen.target("AutomationTarget", id);
            pen.around("MidiCCOnOffThresholds", |pen| pen.values(&[("Min", "64"), ("Max", "127")]));
        });
    }

    /// A knob that chooses one of several.
    pub fn choice(&mut self, name: &'static str, value: u32, id: Option<u32>) {
        let id = id.unwrap_or_else(|| self.id());
        self.around(name, |pen| {
            pen.value("LomId", 0);
            pen.value("Manual", value);
            pen.target("AutomationTarget", id);
        });
    }

    /// What every device begins with, mixers and sequencers too.
    pub fn head(&mut self, on: bool, name: &str, note: &str) {
        self.values(&[("LomId", "0"), ("LomIdView", "0"), ("IsExpanded", "true")]);
        self.switch("On", on, None);
        self.value("ModulationSourceCount", 0);
        self.to.empty("ParametersListWrapper", &[("LomId", "0".to_owned())]);
        let id = self.id();
        self.to.empty("Pointee", &[("Id", id.to_string())]);
        self.values(&[("LastSelectedTimeableIndex", "0"), ("LastSelectedClipEnvelopeIndex", "0")]);
        self.around("LastPresetRef", |pen| pen.nothing("Value"));
        self.nothing("LockedScripts");
        self.values(&[("IsFolded", "false"), ("ShouldShowPresetName", "false")]);
        self.value("UserName", name);
        self.value("Annotation", note);
        self.around("SourceContext", |pen| pen.nothing("Value"));
    }

    /// The number that is above all ids.
    pub fn next_id(&self) -> u32 {
        self.last + 1
    }
}
