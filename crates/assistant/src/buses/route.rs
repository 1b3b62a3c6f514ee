//! Group buses: the drums, the guitars, the voices.

use mixsmith_session::{Edit, Strip, StripKind};

use super::mix::MIX;
use crate::says::list;
use crate::{Decision, Desk, Evidence, Phase, Rule};
use mixsmith_analysis::roles::{ROLES, role};

/// The rule.
pub const RULE: Rule = Rule {
    code: "buses.route",
    phase: Phase::Buses,
    doc: "**What it does.** Groups two or more tracks of a family (drums, bass, guitars, keys, synths, strings, \
          brass, lead vocals, backing vocals, effects) on a bus. \
          **Why.** What belongs together is compressed, placed and ridden together; listeners prefer mixes with \
          more subgroups. \
          **When it is wrong.** When a role is wrong: route the track elsewhere. \
          **How far it goes.** A bus at 0 dB changes no sound. A family of one track has no bus. \
          **Sources.** Ronan, De Man, Gunes, Reiss 2015, \"The impact of subgrouping practices on the perception of \
          multitrack music mixes\".",
    decide,
};

/// Families in desk order with what a person reads.
const FAMILIES: [(&str, &str); 10] = [
    ("drums", "Drums"),
    ("bass", "Bass"),
    ("guitars", "Guitars"),
    ("keys", "Keys"),
    ("synths", "Synths"),
    ("strings", "Strings"),
    ("brass", "Brass"),
    ("lead-vocals", "Lead Vocals"),
    ("backing-vocals", "Backing Vocals"),
    ("fx", "Effects"),
];

/// Fewest tracks of a family that get a bus.
const FEWEST: usize = 2;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    FAMILIES.iter().filter_map(|&(family, name)| group(desk, family, name)).collect()
}

fn group(desk: &Desk<'_>, family: &str, name: &str) -> Option<Decision> {
    let in_family = |strip: &&Strip| role(desk.role(strip)).is_some_and(|role| role.family == family);
    let members: Vec<&Strip> = desk.session.tracks().filter(in_family).collect();
    if members.len() < FEWEST || super::bus(desk.session, family).is_some() {
        return None;
    }
    // A track that is called `drums` keeps its name.
    let taken = desk.session.strip(family).is_some();
    let id = if taken { format!("{family}-bus") } else { family.to_owned() };
    let mut bus = Strip::new(&id, name, StripKind::Bus);
    bus.role = family.to_owned();
    bus.colour = ROLES.iter().find(|r| r.family == family).map_or_else(String::new, |r| r.colour.to_owned());
    bus.to = Some(MIX.to_owned());
    let names: Vec<&str> = members.iter().map(|strip| strip.name.as_str()).collect();
    let says =
        format!("{} go to the bus {name}: {}.", crate::says::count(members.len(), "track"), list(&names));
    let mut decision = Decision::new(RULE.code, &[&id], says)
        .because(Evidence::new("role.family", &names, members.len() as f64, "tracks").at_least(FEWEST as f64))
        .edit(Edit::AddStrip { strip: bus });
    for member in members {
        decision = decision.edit(Edit::Route { strip: member.id.clone(), to: id.clone() });
    }
    Some(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;

    #[test]
    fn families_share_a_bus_and_single_tracks_go_to_the_mix() {
        let take = Take::new()
            .mono("bd", "kick", -20.0)
            .mono("drums", "snare", -20.0)
            .mono("bass", "bass", -20.0)
            .mono("vox", "lead-vocal", -20.0);
        let (session, decisions) = take.mix(Phase::Buses);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        let to = |id: &str| session.strip(id).and_then(|s| s.to.clone()).unwrap_or_default();
        assert_eq!([to("bd"), to("drums"), to("bass"), to("vox")], ["drums-bus", "drums-bus", "mix", "mix"]);
        assert_eq!([to("drums-bus"), to("mix")], ["mix", "master"]);
        assert_eq!(crate::buses::bus(&session, "drums").map(|s| s.id.as_str()), Some("drums-bus"));
        let order: Vec<&str> = session.strips.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(order[order.len() - 3..], ["drums-bus", "mix", "master"]);
    }
}
