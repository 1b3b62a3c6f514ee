//! What a hand has set. A hand is never overruled.

use std::collections::BTreeMap;
use std::fmt;

use mixsmith_session::{Edit, Insert, Send, Strip};

/// Edits by hand, and the addresses that they hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Locks {
    /// What the hand changed against what the machine had written, in order. No edit of it is made good for by a
    /// later one.
    pub hand: Vec<Edit>,
    held: BTreeMap<String, How>,
}

/// What a hand did to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Set,
    Added,
    Removed,
}

/// An address that a hand holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// `vox/fader`, `vox/comp`, `plate`.
    pub address: String,
    how: How,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Held { address, how } = self;
        match how {
            How::Set => write!(f, "a hand has set {address}"),
            How::Added => write!(f, "a hand has added {address}"),
            How::Removed => write!(f, "a hand has taken {address} away"),
        }
    }
}

impl Locks {
    /// The locks that these edits by hand set. Edits that later ones make good for are dropped.
    pub fn new(edits: Vec<Edit>) -> Self {
        let mut hand: Vec<Edit> = Vec::new();
        for edit in edits {
            hand.retain(|earlier| !replaces(&edit, earlier));
            hand.push(edit);
        }
        let mut held = BTreeMap::new();
        for edit in &hand {
            let how = match edit {
                Edit::RemoveInsert { .. } | Edit::RemoveSend { .. } | Edit::RemoveStrip { .. } => {
                    How::Removed
                }
                Edit::AddInsert { .. } | Edit::AddSend { .. } | Edit::AddStrip { .. } => How::Added,
                _ => How::Set,
            };
            held.insert(address(edit), how);
            held.extend(given(edit).into_iter().map(|address| (address, How::Set)));
        }
        Locks { hand, held }
    }

    /// Has a hand set this address (`vox/fader`, `vox/comp.threshold`, `vox/to`)?
    pub fn held(&self, address: &str) -> bool {
        self.held.contains_key(address)
    }

    /// Would the edit change what a hand has set, or something in or towards what a hand has taken away? Then what
    /// the hand holds.
    ///
    /// Of title, rate, tempo and length a hand holds only those that it gave, and these are set after the rule's. Of
    /// the order and the list of files likewise.
    pub fn holds(&self, edit: &Edit) -> Option<Held> {
        if matches!(edit, Edit::Song { .. } | Edit::Order { .. } | Edit::Sources { .. }) {
            return None;
        }
        let (own, place) = (address(edit), place(edit));
        let exact = |address: &str| self.found(address, |_| true);
        let gone = |address: &str| self.found(address, |how| how == How::Removed);
        exact(&own)
            // Where there is a lane it counts, not the value: a lane must not go over a value by hand.
            .or_else(|| exact(&place))
            .or_else(|| around(&place).find_map(gone))
            .or_else(|| leads_to(edit).and_then(gone))
            .or_else(|| takes_away(edit).then(|| self.below(&place)).flatten())
    }

    /// Does the edit bring a processor or send of which a hand has set a knob? Then the knob.
    pub fn holds_knob_of(&self, edit: &Edit) -> Option<Held> {
        match edit {
            Edit::AddInsert { .. } | Edit::AddSend { .. } => {
                given(edit).iter().find_map(|address| self.found(address, |_| true))
            }
            _ => None,
        }
    }

    /// The locks without what a hand did at an address and below it: a strip (`vox`), a processor (`vox/comp`), a
    /// send (`vox/send.plate`), a knob with its lane (`vox/ride`), a lane alone (`vox/lane.ride`). None when a hand
    /// holds nothing there.
    pub fn without(&self, at: &str) -> Option<Locks> {
        let within = |edit: &Edit| is_at(&place(edit), at) || is_at(&address(edit), at);
        let returns = self.hand.iter().any(|edit| matches!(edit, Edit::RemoveStrip { .. }) && within(edit));
        let keep = |edit: &Edit| {
            // With a return come the sends to it.
            let towards = matches!(edit, Edit::RemoveSend { to, .. } if to == at);
            if within(edit) || returns && towards { None } else { Some(without_value(edit, at)) }
        };
        let hand: Vec<Edit> = self.hand.iter().filter_map(keep).collect();
        (hand != self.hand).then(|| Locks::new(hand))
    }

    /// The addresses of all that a hand did, in its order.
    pub fn addresses(&self) -> Vec<String> {
        self.hand.iter().map(address).collect()
    }

    fn found(&self, address: &str, wanted: impl Fn(How) -> bool) -> Option<Held> {
        let how = *self.held.get(address)?;
        wanted(how).then(|| Held { address: address.to_owned(), how })
    }

    fn below(&self, root: &str) -> Option<Held> {
        let (address, &how) = self.held.iter().find(|(address, _)| is_at(address, root))?;
        Some(Held { address: address.clone(), how })
    }
}

/// The address that an edit changes. A lane has one of its own, beside that of its knob: `vox/lane.ride`.
pub fn address(edit: &Edit) -> String {
    match edit {
        Edit::Draw { strip, lane } => format!("{strip}/lane.{}", lane.target),
        _ => place(edit),
    }
}

/// The same, with a lane at its knob.
pub fn place(edit: &Edit) -> String {
    match edit {
        Edit::Set { at, .. } => at.to_string(),
        Edit::AddInsert { strip, insert, .. } => format!("{strip}/{}", insert.id),
        Edit::RemoveInsert { strip, insert } => format!("{strip}/{insert}"),
        Edit::Switch { strip, insert, .. } => format!("{strip}/{insert}.on"),
        Edit::Key { strip, insert, .. } => format!("{strip}/{insert}.key"),
        Edit::Impulse { strip, insert, .. } => format!("{strip}/{insert}.impulse"),
        Edit::Route { strip, .. } => format!("{strip}/to"),
        Edit::AddSend { strip, send } => format!("{strip}/send.{}", send.to),
        Edit::RemoveSend { strip, to } => format!("{strip}/send.{to}"),
        Edit::Draw { strip, lane } => format!("{strip}/{}", lane.target),
        Edit::AddStrip { strip } => strip.id.clone(),
        Edit::RemoveStrip { strip } => strip.clone(),
        Edit::Clips { strip, .. } => format!("{strip}/clips"),
        Edit::Label { strip, .. } => format!("{strip}/label"),
        Edit::AddSource { source } => format!("source.{}", source.id),
        Edit::Sources { .. } => "sources".to_owned(),
        Edit::Order { .. } => "order".to_owned(),
        Edit::Song { .. } => "song".to_owned(),
        Edit::Mark { .. } => "markers".to_owned(),
    }
}

/// Is an address this one, or a part of it?
pub fn is_at(address: &str, root: &str) -> bool {
    address.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

/// The addresses around one, from the inside out: `vox/comp` and `vox` around `vox/comp.threshold`.
fn around(address: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(address), |inner| inner.rfind(['/', '.']).map(|end| &inner[..end]))
}

/// The strip that an edit needs besides its own.
fn leads_to(edit: &Edit) -> Option<&str> {
    match edit {
        Edit::Route { to, .. } | Edit::AddSend { send: Send { to, .. }, .. } => Some(to),
        Edit::Key { key: Some(key), .. } | Edit::AddInsert { insert: Insert { key: Some(key), .. }, .. } => {
            Some(key)
        }
        _ => None,
    }
}

fn takes_away(edit: &Edit) -> bool {
    matches!(edit, Edit::RemoveInsert { .. } | Edit::RemoveSend { .. } | Edit::RemoveStrip { .. })
}

/// What an edit that adds something says about the parts of it.
fn given(edit: &Edit) -> Vec<String> {
    let insert = |strip: &str, insert: &Insert| -> Vec<String> {
        let knobs = insert.values.keys().map(String::as_str);
        let parts = knobs.chain(["on", "key", "impulse"]).map(|knob| format!("{strip}/{}.{knob}", insert.id));
        parts.collect()
    };
    let send = |strip: &str, send: &Send| -> Vec<String> {
        send.values.keys().map(|knob| format!("{strip}/send.{}.{knob}", send.to)).collect()
    };
    match edit {
        Edit::AddInsert { strip, insert: added, .. } => insert(strip, added),
        Edit::AddSend { strip, send: added } => send(strip, added),
        Edit::AddStrip { strip } => {
            let Strip { id, values, inserts, sends, lanes, .. } = strip;
            let own = values.keys().map(String::as_str).chain(["to", "clips", "label"]);
            let own = own.map(|part| format!("{id}/{part}"));
            let lanes = lanes.iter().map(|lane| format!("{id}/lane.{}", lane.target));
            let inserts = inserts
                .iter()
                .flat_map(|added| [format!("{id}/{}", added.id)].into_iter().chain(insert(id, added)));
            let sends = sends
                .iter()
                .flat_map(|added| [format!("{id}/send.{}", added.to)].into_iter().chain(send(id, added)));
            own.chain(lanes).chain(inserts).chain(sends).collect()
        }
        _ => Vec::new(),
    }
}

/// Does a later edit leave nothing of an earlier one?
fn replaces(later: &Edit, earlier: &Edit) -> bool {
    match later {
        // A processor that was moved was taken out and put in again: both count.
        Edit::AddInsert { .. } | Edit::AddStrip { .. } => {
            place(earlier) != place(later) && is_at(&place(earlier), &place(later))
        }
        Edit::AddSend { .. }
        | Edit::RemoveInsert { .. }
        | Edit::RemoveSend { .. }
        | Edit::RemoveStrip { .. } => is_at(&place(earlier), &place(later)),
        Edit::Song { title, rate, tempo, frames } => {
            let Edit::Song { title: t, rate: r, tempo: b, frames: f } = earlier else { return false };
            let covers = |later: bool, earlier: bool| later || !earlier;
            covers(title.is_some(), t.is_some())
                && covers(rate.is_some(), r.is_some())
                && covers(tempo.is_some(), b.is_some())
                && covers(frames.is_some(), f.is_some())
        }
        _ => {
            std::mem::discriminant(later) == std::mem::discriminant(earlier)
                && address(later) == address(earlier)
        }
    }
}

/// An edit that adds something, without the value that it gives a knob.
fn without_value(edit: &Edit, knob: &str) -> Edit {
    let mut edit = edit.clone();
    let place = place(&edit);
    let (values, inside) = match &mut edit {
        Edit::AddInsert { insert, .. } => (&mut insert.values, format!("{place}.")),
        Edit::AddSend { send, .. } => (&mut send.values, format!("{place}.")),
        Edit::AddStrip { strip } => (&mut strip.values, format!("{place}/")),
        _ => return edit,
    };
    if let Some(id) = knob.strip_prefix(&inside) {
        values.remove(id);
    }
    edit
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_session::{Address, Lane, Point, StripKind, Tap};

    fn set(at: &str, to: f32) -> Edit {
        Edit::Set { at: at.parse::<Address>().expect("address"), to }
    }

    fn remove(strip: &str, insert: &str) -> Edit {
        Edit::RemoveInsert { strip: strip.to_owned(), insert: insert.to_owned() }
    }

    fn add(strip: &str, id: &str, gain: f32) -> Edit {
        let insert = Insert::new(id, "tool.trim", &[("gain", gain)]);
        Edit::AddInsert { strip: strip.to_owned(), place: None, insert }
    }

    fn send(strip: &str, to: &str) -> Edit {
        let send = Send { to: to.to_owned(), tap: Tap::Post, values: Default::default() };
        Edit::AddSend { strip: strip.to_owned(), send }
    }

    fn draw(strip: &str, target: &str) -> Edit {
        let point = Point { at: 0, value: 0.0, curve: Default::default(), label: String::new() };
        Edit::Draw { strip: strip.to_owned(), lane: Lane { target: target.to_owned(), points: vec![point] } }
    }

    fn says(locks: &Locks, edit: &Edit) -> String {
        locks.holds(edit).map_or_else(|| "free".to_owned(), |held| held.to_string())
    }

    #[test]
    fn what_is_in_or_goes_to_what_a_hand_took_away_is_held() {
        let plate = Edit::RemoveStrip { strip: "plate".to_owned() };
        let locks = Locks::new(vec![remove("vox", "comp"), plate]);
        let comp = "a hand has taken vox/comp away";
        for edit in [add("vox", "comp", 1.0), set("vox/comp.threshold", -20.0), draw("vox", "comp.threshold")]
        {
            assert_eq!(says(&locks, &edit), comp, "{edit:?}");
        }
        for edit in [send("vox", "plate"), set("plate/fader", 1.0), add("plate", "verb", 0.0)] {
            assert_eq!(says(&locks, &edit), "a hand has taken plate away", "{edit:?}");
        }
        for edit in [set("vox/compact.ratio", 2.0), set("vox/fader", 1.0), send("vox", "plate-2")] {
            assert_eq!(says(&locks, &edit), "free", "{edit:?}");
        }
    }

    #[test]
    fn what_a_hand_gave_with_what_it_added_is_held_and_the_rest_of_it_is_free() {
        let mut strip = Strip::new("choir", "Choir", StripKind::Bus);
        strip.values.insert("fader".to_owned(), -3.0);
        let locks = Locks::new(vec![add("vox", "more", 2.0), Edit::AddStrip { strip }]);
        assert_eq!(says(&locks, &set("vox/more.gain", 0.0)), "a hand has set vox/more.gain");
        assert_eq!(says(&locks, &set("choir/fader", 0.0)), "a hand has set choir/fader");
        assert_eq!(says(&locks, &set("choir/pan", 0.0)), "free");
        assert_eq!(says(&locks, &remove("vox", "more")), "a hand has added vox/more");
    }

    #[test]
    fn a_lane_does_not_go_over_a_value_by_hand() {
        let locks = Locks::new(vec![set("vox/ride", -1.0)]);
        assert_eq!(says(&locks, &draw("vox", "ride")), "a hand has set vox/ride");
        let locks = Locks::new(vec![draw("vox", "ride")]);
        assert_eq!(says(&locks, &draw("vox", "ride")), "a hand has set vox/lane.ride");
        assert_eq!(says(&locks, &set("vox/ride", 1.0)), "free");
    }

    #[test]
    fn a_later_edit_drops_the_earlier_one_of_its_place() {
        let moved = [set("vox/comp.gain", 1.0), remove("vox", "comp"), add("vox", "comp", 3.0)];
        let locks =
            Locks::new(moved.iter().cloned().chain([set("vox/pan", 1.0), set("vox/pan", 2.0)]).collect());
        assert_eq!(locks.hand, [remove("vox", "comp"), add("vox", "comp", 3.0), set("vox/pan", 2.0)]);
        let again = Locks::new([locks.hand.clone(), vec![remove("vox", "comp")]].concat());
        assert_eq!(again.hand, [set("vox/pan", 2.0), remove("vox", "comp")]);
    }

    #[test]
    fn what_is_given_back_is_held_no_more() {
        let gone = Edit::RemoveStrip { strip: "plate".to_owned() };
        let unsent = Edit::RemoveSend { strip: "vox".to_owned(), to: "plate".to_owned() };
        let all = vec![set("vox/ride", 1.0), draw("vox", "ride"), add("vox", "more", 2.0), unsent, gone];
        let locks = Locks::new(all.clone());
        let left = |at: &str| locks.without(at).map(|locks| locks.hand);
        assert_eq!(left("vox/ride").map(|hand| hand.len()), Some(3));
        assert_eq!(left("vox/lane.ride").map(|hand| hand[0].clone()), Some(all[0].clone()));
        assert_eq!(left("plate").map(|hand| hand.len()), Some(3));
        assert_eq!(left("vox"), Some(vec![all[4].clone()]));
        assert_eq!(left("vox/fader"), None);
        let bare = left("vox/more.gain").expect("the value is given back");
        assert!(matches!(&bare[2], Edit::AddInsert { insert, .. } if insert.values.is_empty()));
    }
}
