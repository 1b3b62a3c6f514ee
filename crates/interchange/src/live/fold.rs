//! A desk as Live's mixer has it: groups that tracks lie in, returns that lead to the master, and no bus before the master.

use std::collections::BTreeSet;

use mixsmith_session::{FADER_OFF, Tap};

use crate::{Channel, Course, Desk, Device, Kind, Loss, Processing};

/// Most returns of a set.
const RETURNS: usize = 12;
/// Highest fader, dB.
const FADER: f32 = 6.0;

/// A desk on which every bus is a group and every return leads to the master, in the order that Live wants: each group
/// with its tracks behind it, then the returns, then the master.
pub(super) fn fold(desk: &Desk) -> (Desk, Vec<Loss>) {
    let mut folding = Folding { desk: desk.clone(), losses: Vec::new() };
    if let Some(master) = desk.channels.iter().find(|channel| channel.kind == Kind::Master) {
        folding.bus_of_master(&master.id);
        folding.groups(&master.id);
        folding.returns(&master.id);
        folding.sends();
        folding.order(&master.id);
    }
    (folding.desk, folding.losses)
}

struct Folding {
    desk: Desk,
    losses: Vec<Loss>,
}

impl Folding {
    /// A bus that alone feeds the master becomes part of it: Live's returns lead nowhere else.
    fn bus_of_master(&mut self, master: &str) {
        let feeds = |channel: &&Channel| channel.to.as_deref() == Some(master);
        let mut feeding = self.desk.channels.iter().filter(feeds);
        let Some(bus) = feeding.next().filter(|bus| bus.kind == Kind::Bus).cloned() else { return };
        let still = !bus.volume.moves() && !bus.pan.moves() && !bus.mute.moves();
        let plain = bus.pan.value == 0.0 && bus.mute.value < 0.5 && bus.sends.is_empty();
        let fed_by_sends = self.desk.channels.iter().flat_map(|c| &c.sends).any(|send| send.to == bus.id);
        if feeding.next().is_some() || !still || !plain || fed_by_sends || bus.volume.value <= FADER_OFF {
            return;
        }
        let fader = bus.volume.value;
        for channel in &mut self.desk.channels {
            if channel.to.as_deref() == Some(&bus.id) {
                channel.to = Some(master.to_owned());
            }
            if channel.id == master {
                // The fader of the bus comes after the master's processors now, so they hear a sound without it; a
                // limiter has a gain of its own to hold it.
                let mut left = fader;
                let own: Vec<Device> = channel
                    .devices
                    .drain(..)
                    .map(|mut device| {
                        match &mut device.does {
                            Processing::Limiter(limiter) if device.on => {
                                limiter.gain += left;
                                left = 0.0;
                            }
                            does => *does = does.lowered(left),
                        }
                        device
                    })
                    .collect();
                let mut devices = bus.devices.clone();
                devices.extend(own);
                channel.devices = devices;
                channel.volume = channel.volume.plus(&Course::still(left)).map(|db| db.min(FADER));
                let mut sheet = bus.sheet.clone();
                sheet.append(&mut channel.sheet);
                channel.sheet = sheet;
            }
        }
        self.desk.channels.retain(|channel| channel.id != bus.id);
        let says = "its processors and its fader are part of Live's master";
        self.losses.push(Loss::near(format!("{}/channel", bus.id), None, says));
    }

    /// A group needs tracks: a bus that sends alone feed is a return, and one that nothing feeds goes.
    fn groups(&mut self, master: &str) {
        loop {
            let fed: BTreeSet<String> =
                self.desk.channels.iter().filter_map(|channel| channel.to.clone()).collect();
            let empty = |channel: &Channel| channel.kind == Kind::Bus && !fed.contains(&channel.id);
            let Some(n) = self.desk.channels.iter().position(empty) else { break };
            let id = self.desk.channels[n].id.clone();
            if self.desk.channels.iter().flat_map(|channel| &channel.sends).any(|send| send.to == id) {
                self.desk.channels[n].kind = Kind::Return;
            } else {
                self.losses.push(Loss::lost(format!("{id}/channel"), "nothing feeds it"));
                self.desk.channels.remove(n);
            }
        }
        let kinds: Vec<(String, Kind)> =
            self.desk.channels.iter().map(|channel| (channel.id.clone(), channel.kind)).collect();
        for channel in &mut self.desk.channels {
            let Some(to) = channel.to.clone() else { continue };
            let kind = kinds.iter().find(|(id, _)| *id == to).map(|(_, kind)| *kind);
            if channel.kind != Kind::Return && !matches!(kind, Some(Kind::Bus | Kind::Master)) {
                let says = format!("it feeds {to}, which is no group in Live: it goes to the master");
                self.losses.push(Loss::lost(format!("{}/to", channel.id), says));
                channel.to = Some(master.to_owned());
            }
        }
    }

    fn returns(&mut self, master: &str) {
        let mut count = 0;
        self.desk.channels.retain(|channel| {
            count += usize::from(channel.kind == Kind::Return);
            let fits = channel.kind != Kind::Return || count <= RETURNS;
            if !fits {
                let says = format!("Live has no more than {RETURNS} returns");
                self.losses.push(Loss::lost(format!("{}/channel", channel.id), says));
            }
            fits
        });
        for channel in self.desk.channels.iter_mut().filter(|channel| channel.kind == Kind::Return) {
            if channel.to.as_deref() != Some(master) {
                let says = format!(
                    "a return of Live leads to the master: it does not pass {}",
                    channel.to.as_deref().unwrap_or_default()
                );
                self.losses.push(Loss::lost(format!("{}/to", channel.id), says));
                channel.to = Some(master.to_owned());
            }
        }
    }

    /// Sends lead to returns alone, and all sends to one are taken before the faders or behind them.
    fn sends(&mut self) {
        let returns: Vec<String> =
            self.desk.channels.iter().filter(|c| c.kind == Kind::Return).map(|c| c.id.clone()).collect();
        let pre = |desk: &Desk, to: &str| takes_before(desk, to);
        let before: BTreeSet<String> = returns.iter().filter(|id| pre(&self.desk, id)).cloned().collect();
        for channel in &mut self.desk.channels {
            let id = channel.id.clone();
            channel.sends.retain_mut(|send| {
                let at = format!("{id}/send.{}", send.to);
                if !returns.contains(&send.to) {
                    self.losses.push(Loss::lost(at, "Live sends to returns alone"));
                    return false;
                }
                let tap = if before.contains(&send.to) { Tap::Pre } else { Tap::Post };
                if send.tap != tap {
                    let side = if tap == Tap::Pre { "before the fader" } else { "behind the fader" };
                    let says = format!("taken {side}, as the other sends to this return");
                    self.losses.push(Loss::near(at, None, says));
                    send.tap = tap;
                }
                true
            });
        }
    }

    fn order(&mut self, master: &str) {
        let channels = std::mem::take(&mut self.desk.channels);
        let mut ordered = Vec::new();
        below(&channels, master, &mut ordered);
        let rest = |kind: Kind| channels.iter().filter(move |channel| channel.kind == kind);
        ordered.extend(rest(Kind::Return).chain(rest(Kind::Master)).cloned());
        self.desk.channels = ordered;
    }
}

/// Are most of the sends to a return taken before the fader?
fn takes_before(desk: &Desk, to: &str) -> bool {
    let sends = || desk.channels.iter().flat_map(|channel| &channel.sends).filter(|send| send.to == to);
    2 * sends().filter(|send| send.tap == Tap::Pre).count() > sends().count()
}

/// The tracks and groups that lie in a group, with all that lies in them.
fn below(channels: &[Channel], to: &str, ordered: &mut Vec<Channel>) {
    let inside = |c: &&Channel| c.to.as_deref() == Some(to) && matches!(c.kind, Kind::Track | Kind::Bus);
    for channel in channels.iter().filter(inside) {
        ordered.push(channel.clone());
        if channel.kind == Kind::Bus {
            below(channels, &channel.id, ordered);
        }
    }
}
