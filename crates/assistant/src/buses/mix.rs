//! The mix bus and the master.

use mixsmith_session::{Edit, Strip, StripKind};

use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "buses.mix",
    phase: Phase::Buses,
    doc: "**What it does.** Adds the mix bus, which everything feeds, and the master behind it. \
          **Why.** The mix and the master are two products: the mix bus is bounced without limiter for mastering \
          elsewhere, the master for listening. \
          **When it is wrong.** Never: a song needs both. \
          **How far it goes.** Two strips, no sound changed. \
          **Sources.** Practice.",
    decide,
};

/// Id of the mix bus.
pub const MIX: &str = "mix";
/// Id of the master.
pub const MASTER: &str = "master";

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if desk.session.master().is_some() {
        return Vec::new();
    }
    let master = Strip::new(MASTER, "Master", StripKind::Master);
    let mut mix = Strip::new(MIX, "Mix", StripKind::Bus);
    mix.role = "mix".to_owned();
    mix.to = Some(MASTER.to_owned());
    let mut decision =
        Decision::new(RULE.code, &[MIX, MASTER], "Everything runs through the mix bus into the master.")
            .edit(Edit::AddStrip { strip: master })
            .edit(Edit::AddStrip { strip: mix });
    for track in desk.session.tracks().filter(|track| track.to.is_none()) {
        decision = decision.edit(Edit::Route { strip: track.id.clone(), to: MIX.to_owned() });
    }
    vec![decision]
}
