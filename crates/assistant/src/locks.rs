//! What a hand has set. A hand is never overruled.

use std::collections::BTreeSet;

use mixsmith_session::Edit;

/// Edits by hand, and the addresses that they hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Locks {
    /// What the hand changed against what the machine had written, in order.
    pub hand: Vec<Edit>,
    held: BTreeSet<String>,
}

impl Locks {
    /// The locks that these edits by hand set.
    pub fn new(hand: Vec<Edit>) -> Self {
        let held = hand.iter().map(subject).collect();
        Locks { hand, held }
    }

    /// Has a hand set this address (`vox/fader`, `vox/comp.threshold`, `vox/to`)?
    pub fn held(&self, address: &str) -> bool {
        self.held.contains(address)
    }

    /// Would the edit change what a hand has set? Then its address.
    ///
    /// Of title, rate, tempo and length a hand holds only those that it gave, and these are set after the rule's.
    pub fn holds(&self, edit: &Edit) -> Option<String> {
        if matches!(edit, Edit::Song { .. }) {
            return None;
        }
        Some(subject(edit)).filter(|address| self.held(address))
    }

    /// Does the edit bring a processor or send of which a hand has set a knob? Then the address of the knob.
    pub fn holds_knob_of(&self, edit: &Edit) -> Option<String> {
        let (prefix, values) = match edit {
            Edit::AddInsert { strip, insert, .. } => (format!("{strip}/{}", insert.id), &insert.values),
            Edit::AddSend { strip, send } => (format!("{strip}/send.{}", send.to), &send.values),
            _ => return None,
        };
        values.keys().map(|id| format!("{prefix}.{id}")).find(|address| self.held(address))
    }
}

/// The address that an edit changes.
fn subject(edit: &Edit) -> String {
    match edit {
        Edit::Set { at, .. } => at.to_string(),
        Edit::AddInsert { strip, insert, .. } => format!("{strip}/{}", insert.id),
        Edit::RemoveInsert { strip, insert } => format!("{strip}/{insert}"),
        Edit::Switch { strip, insert, .. } => format!("{strip}/{insert}.on"),
        Edit::Key { strip, insert, .. } => format!("{strip}/{insert}.key"),
        Edit::Route { strip, .. } => format!("{strip}/to"),
        Edit::AddSend { strip, send } => format!("{strip}/send.{}", send.to),
        Edit::RemoveSend { strip, to } => format!("{strip}/send.{to}"),
        Edit::Draw { strip, lane } => format!("{strip}/lane.{}", lane.target),
        Edit::AddStrip { strip } => strip.id.clone(),
        Edit::RemoveStrip { strip } => strip.clone(),
        Edit::Clips { strip, .. } => format!("{strip}/clips"),
        Edit::Label { strip, .. } => format!("{strip}/label"),
        Edit::AddSource { source } => format!("source {}", source.id),
        Edit::Sources { .. } => "sources".to_owned(),
        Edit::Order { .. } => "order".to_owned(),
        Edit::Song { .. } => "song".to_owned(),
        Edit::Mark { .. } => "markers".to_owned(),
    }
}
