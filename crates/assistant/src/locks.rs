//! What a hand has set. A hand is never overruled.

use std::collections::BTreeSet;

use mixsmith_session::{Edit, Slot};

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
        let held = hand.iter().flat_map(touches).collect();
        Locks { hand, held }
    }

    /// Has a hand set something that the edit would change? Then its address.
    pub fn holds(&self, edit: &Edit) -> Option<String> {
        touches(edit).into_iter().find(|address| self.held.contains(address))
    }

    /// Has a hand set this address (`vox/fader`, `vox/comp`, `vox/to`)?
    pub fn held(&self, address: &str) -> bool {
        self.held.contains(address)
    }
}

/// The addresses that an edit changes. A processor put in or taken out by hand holds the name of its place.
fn touches(edit: &Edit) -> Vec<String> {
    match edit {
        Edit::Set { at, .. } => match &at.slot {
            Slot::Insert(insert, _) => vec![at.to_string(), format!("{}/{insert}", at.strip)],
            Slot::Send(to, _) => vec![at.to_string(), format!("{}/send.{to}", at.strip)],
            Slot::Strip(_) => vec![at.to_string()],
        },
        Edit::AddInsert { strip, insert, .. } => vec![format!("{strip}/{}", insert.id)],
        Edit::RemoveInsert { strip, insert } | Edit::Switch { strip, insert, .. } | Edit::Key { strip, insert, .. } => {
            vec![format!("{strip}/{insert}")]
        }
        Edit::Route { strip, .. } => vec![format!("{strip}/to")],
        Edit::AddSend { strip, send } => vec![format!("{strip}/send.{}", send.to)],
        Edit::RemoveSend { strip, to } => vec![format!("{strip}/send.{to}")],
        Edit::Draw { strip, lane } => vec![format!("{strip}/lane.{}", lane.target)],
        Edit::AddStrip { strip } => vec![strip.id.clone()],
        Edit::RemoveStrip { strip } => vec![strip.clone()],
        Edit::Clips { strip, .. } => vec![format!("{strip}/clips")],
        Edit::Label { strip, .. } => vec![format!("{strip}/label")],
        Edit::AddSource { source } => vec![format!("source {}", source.id)],
        Edit::Song { .. } => vec!["song".to_owned()],
        Edit::Mark { .. } => vec!["markers".to_owned()],
    }
}
