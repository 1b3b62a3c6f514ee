//! The limiter at the end.

use mixsmith_session::{Edit, Insert};

use super::heard;
use crate::buses::mix::MASTER;
use crate::{Decision, Desk, Evidence, Loudness, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "master.limit",
    phase: Phase::Master,
    doc: "**What it does.** Puts a true-peak limiter at the end of the master, with the ceiling that streaming services \
          ask for and the gain that should reach the loudness asked for; the gain is then found by rendering and \
          measuring (`master.loudness`). \
          **Why.** Peaks above the ceiling distort in players and in the coders of streaming services. \
          **When it is wrong.** For vinyl and for mastering elsewhere: use `mix.wav`. \
          **How far it goes.** The ceiling is never passed. \
          **Sources.** Spotify: -1 dBTP, -2 dBTP for masters louder than -14 LUFS; EBU R 128: -1 dBTP; AES TD1008.",
    decide,
};

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let loudness = desk.brief.loudness;
    let target = desk.brief.lufs();
    let ceiling: f32 = if loudness == Loudness::Dynamic { -1.0 } else { -2.0 };
    let found = heard(desk.facts, "loudness.integrated").filter(|&lufs| lufs > -70.0);
    let gain = found.map_or(0.0, |lufs| (target - lufs).clamp(0.0, 24.0)) as f32;
    let says = format!(
        "A true-peak limiter at {ceiling:.0} dBTP ends the master; {target:.1} LUFS is asked for{}.",
        found.map_or_else(String::new, |lufs| format!(", the mix stands at {lufs:.1} LUFS"))
    );
    let insert = Insert::new("limit", "dynamics.limiter", &[("ceiling", ceiling), ("gain", gain)]);
    let mut decision = Decision::new(RULE.code, &[MASTER], says).edit(Edit::AddInsert {
        strip: MASTER.to_owned(),
        place: None,
        insert,
    });
    if let Some(lufs) = found {
        decision =
            decision.because(Evidence::new("loudness.integrated", &["mix"], lufs, "LUFS").wanted(target));
    }
    vec![decision]
}
