//! Which levels of the sends cost least, from what comes back of each.

use mixsmith_analysis::sketch::STEP;
use mixsmith_session::{Address, Edit, Strip};

use super::plan::{Plan, WANTED};
use crate::Desk;
use crate::mixmodel::lufs;
use crate::prepare::markers::sections;
use crate::solver::predict::{self, Stand, Take};
use crate::solver::room::{LOUD, Room, Sent};
use crate::solver::space::{Space, spaces};
use crate::solver::{Term, all, solve};

/// How far a send goes from what is usual for its part, dB.
const RANGE: (f64, f64) = (-12.0, 3.0);

/// A send that is as good as none, dB.
const SHUT: f64 = -60.0;

/// Sends at the levels that cost least.
#[derive(Clone, Debug)]
pub struct Weighed {
    room: Room,
    /// Of the plan's sends first.
    levels: Vec<f64>,
    before: Vec<f64>,
}

/// Weighs the sends of a plan; none where nothing is known of how their tracks sound.
pub fn weigh(desk: &Desk<'_>, plan: &Plan<'_>) -> Option<Weighed> {
    let (tracks, spaces) = (predict::tracks(desk), spaces(desk));
    let place = |strip: &Strip| tracks.iter().position(|(take, _)| take.id == strip.id);
    let (mut sends, mut before, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
    for planned in &plan.sends {
        let space = spaces.iter().find(|space| space.id == planned.space.id)?;
        let hand = by_hand(desk, planned.strip, &space.id);
        let home = hand.is_none().then_some(planned.usual);
        sends.push(Sent { track: place(planned.strip)?, space, home });
        let free = (planned.usual + RANGE.0, planned.usual + RANGE.1);
        bounds.push(hand.map_or(free, |level| (level, level)));
        before.push(hand.unwrap_or(planned.db));
    }
    // What a hand sends besides stays, and is heard.
    let ours =
        |sent: &Sent<'_>| sends.iter().any(|own| own.track == sent.track && own.space.id == sent.space.id);
    let (others, levels) = sent(desk, &tracks, &spaces);
    let others: Vec<_> = others.into_iter().zip(levels).filter(|(sent, _)| !ours(sent)).collect();
    for (sent, level) in others {
        sends.push(sent);
        bounds.push((level, level));
        before.push(level);
    }
    if plan.sends.is_empty() {
        return None;
    }
    let room = Room::new(&tracks, &sends, &[], &frames(desk, &tracks), WANTED);
    let levels = solve::search(all::SPACES, &room, &before, &bounds);
    Some(Weighed { room, levels, before })
}

/// What the session sends to the spaces, and its levels, dB.
pub fn sent<'a>(desk: &Desk<'_>, tracks: &[(Take, Stand)], spaces: &'a [Space]) -> (Vec<Sent<'a>>, Vec<f64>) {
    let of = |(track, (take, _)): (usize, &(Take, Stand))| -> Vec<(Sent<'a>, f64)> {
        let sends = desk.session.strip(&take.id).map_or(&[][..], |strip| &strip.sends);
        let level = |to: &str| f64::from(desk.value(&Address::send(&take.id, to, "level")));
        let there = |to: &str| spaces.iter().find(|space| space.id == to);
        let known = sends.iter().filter_map(|send| Some((there(&send.to)?, level(&send.to))));
        known.map(|(space, level)| (Sent { track, space, home: None }, level)).collect()
    };
    tracks.iter().enumerate().flat_map(of).unzip()
}

/// Level that a hand gives the send to a space, dB: one that it has taken away is shut.
fn by_hand(desk: &Desk<'_>, strip: &Strip, space: &str) -> Option<f64> {
    let at = Address::send(&strip.id, space, "level");
    let set = desk.locks.hand.iter().find_map(|edit| match edit {
        Edit::Set { at: own, to } if *own == at => Some(f64::from(*to)),
        _ => None,
    });
    let there = || strip.send(space).map(|_| f64::from(desk.value(&at)));
    let gone = || desk.locks.held(&format!("{}/send.{space}", strip.id)).then_some(SHUT);
    set.or_else(there).or_else(gone)
}

/// The sections of the song in frames of the sketch; all of it where they are not known.
pub fn frames(desk: &Desk<'_>, tracks: &[(Take, Stand)]) -> Vec<(usize, usize)> {
    let frame = |seconds: f64| (seconds.max(0.0) / STEP).round() as usize;
    let spans = sections(desk).iter().map(|span| (frame(span.start), frame(span.end)));
    let spans: Vec<(usize, usize)> = spans.filter(|(from, to)| from < to).collect();
    if !spans.is_empty() {
        return spans;
    }
    vec![(0, tracks.iter().map(|(take, _)| take.end()).max().unwrap_or(0))]
}

impl Weighed {
    /// Level of a send of the plan, dB: half decibels are as near as anybody hears a space.
    pub fn level(&self, i: usize) -> f64 {
        (self.levels[i] * 2.0).round() / 2.0
    }

    /// What comes back against the mix over the sections that count, LU.
    pub fn returns(&self) -> f64 {
        let heard = self.room.heard(&self.levels);
        let sum = |section: usize| heard.mid[section][LOUD] + heard.side[section][LOUD];
        let shares = self.room.shares.iter().enumerate();
        let (wet, mix) = shares.fold((0.0, 0.0), |(wet, mix), (section, share)| {
            (wet + share * heard.wet[section][LOUD], mix + share * sum(section))
        });
        lufs(wet) - lufs(mix)
    }

    /// What it bought that a send stands there and not where the table has it.
    pub fn bought(&self, i: usize) -> Vec<(&'static Term<Room>, f64)> {
        solve::bought(all::SPACES, &self.room, &self.levels, i, self.before[i])
    }
}
