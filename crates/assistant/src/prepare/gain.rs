//! Gain staging: every track enters its processors at one level.

use mixsmith_session::{Address, Edit, Strip};

use crate::balance::state;
use crate::mixmodel::{MixModel, Part, SILENT, recorded};
use crate::says::signed;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.gain",
    phase: Phase::Prepare,
    doc: "**What it does.** Trims every track so that it enters its processors at -23 LUFS while it plays. When the \
          tracks come balanced (stems of a mix), all get one and the same trim, so that their sum is at -18 LUFS. \
          **Why.** Thresholds mean the same on every track, faders stand near 0, and nothing overloads. Mono and \
          dual-mono files end at the same heard level. \
          **When it is wrong.** A level is only a number here: the balance is set afterwards. \
          **How far it goes.** -60 to +40 dB; tracks below -60 LUFS are as good as silent and stay as they are. \
          **Sources.** Level of EBU R 128; headroom of a mix before mastering: practice.",
    decide,
};

/// Where tracks enter their processors, LUFS while playing.
pub const LEVEL: f64 = -23.0;
/// Where the mix is before mastering, LUFS.
pub const MIX: f64 = -18.0;
/// Trims below this are not worth a line, dB.
const LEAST: f64 = 0.1;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let model = MixModel::new(desk);
    let judged = state::judge(desk, &model);
    let mut decisions = if judged.balanced { together(desk, &model) } else { each(desk, &model) };
    decisions.extend(silent(desk));
    decisions
}

/// Tracks that hold next to nothing.
fn silent(desk: &Desk<'_>) -> Vec<Decision> {
    let level = |strip: &Strip| Some(Part::new(&strip.id, recorded(desk, strip)?, 0.0)?.active);
    let note = |strip: &Strip| {
        let active = level(strip).filter(|&active| active < SILENT)?;
        let says = format!(
            "{} is as good as silent ({active:.0} LUFS while it plays): it stays as it is, raised it would be noise.",
            strip.name
        );
        let evidence =
            Evidence::new("loudness.active", &[desk.stem_of(strip)], active, "LUFS").at_least(SILENT);
        Some(Decision::new(RULE.code, &[&strip.id], says).because(evidence))
    };
    desk.session.tracks().filter_map(note).collect()
}

/// One trim for all.
fn together(desk: &Desk<'_>, model: &MixModel) -> Vec<Decision> {
    let Some(loudness) = model.loudness(&model.faders()) else { return Vec::new() };
    let trim = (MIX - loudness).clamp(-60.0, 40.0);
    if trim.abs() < LEAST {
        return Vec::new();
    }
    let says = format!(
        "All tracks {} dB: their sum is at {loudness:.1} LUFS, {MIX:.0} leaves room; their balance stays.",
        signed(trim)
    );
    let mut decision = Decision::new(RULE.code, &[], says)
        .because(Evidence::new("loudness.sum", &[], loudness, "LUFS").wanted(MIX));
    for strip in desk.session.tracks() {
        decision = decision.edit(Edit::Set { at: Address::strip(&strip.id, "trim"), to: trim as f32 });
    }
    vec![decision]
}

/// Every track by itself.
fn each(desk: &Desk<'_>, model: &MixModel) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for part in &model.parts {
        // The level through whatever trim a hand has set: the rest is what is missing.
        let trim = (LEVEL - part.active).clamp(-60.0, 40.0);
        let Some(strip) = desk.session.strip(&part.id).filter(|_| trim.abs() >= LEAST) else { continue };
        let says = format!(
            "{} {} dB: it plays at {:.1} LUFS, processors are set for {LEVEL:.0}.",
            strip.name,
            signed(trim),
            part.active
        );
        let at = Address::strip(&part.id, "trim");
        let to = (trim as f32 + desk.value(&at)).clamp(-60.0, 60.0);
        decisions.push(
            Decision::new(RULE.code, &[&part.id], says)
                .because(
                    Evidence::new("loudness.active", &[desk.stem_of(strip)], part.active, "LUFS")
                        .wanted(LEVEL),
                )
                .edit(Edit::Set { at, to }),
        );
    }
    decisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    #[test]
    fn raw_tracks_enter_at_one_level() {
        let take = Take::new().mono("vox", "lead-vocal", -31.0).mono("bass", "bass", -12.0);
        let (session, _) = take.mix(Phase::Prepare);
        assert!((value(&session, "vox/trim") - 8.0).abs() < 0.01);
        assert!((value(&session, "bass/trim") + 11.0).abs() < 0.01);
    }

    #[test]
    fn one_live_channel_of_two_is_heard_on_both_sides() {
        let take = Take::new().mono("vox", "lead-vocal", -23.0).stereo("bass", "bass", -23.0).number(
            "fault.dead_channel",
            "bass",
            2.0,
        );
        let (session, _) = take.mix(Phase::Prepare);
        assert!((value(&session, "bass/trim") + 3.01).abs() < 0.01);
        assert_eq!(value(&session, "vox/trim"), 0.0, "nothing to do, nothing done");
    }

    #[test]
    fn next_to_nothing_is_not_raised() {
        let take = Take::new().mono("vox", "lead-vocal", -31.0).mono("hiss", "pad", -75.0);
        let (session, decisions) = take.mix(Phase::Balance);
        assert_eq!([value(&session, "hiss/trim"), value(&session, "hiss/fader")], [0.0; 2]);
        assert!(decisions.iter().any(|d| d.about == ["hiss"] && d.says.contains("as good as silent")));
    }

    #[test]
    fn balanced_stems_get_one_trim() {
        let take = Take::new()
            .stereo("vox", "lead-vocal", -12.5)
            .stereo("bass", "bass", -17.0)
            .stereo("kick", "kick", -19.0)
            .stereo("keys", "keys", -20.0);
        let (session, _) = take.mix(Phase::Prepare);
        let trims: Vec<f32> =
            ["vox", "bass", "kick", "keys"].map(|id| value(&session, &format!("{id}/trim"))).into();
        assert!(trims[0] < -4.0 && trims.iter().all(|&trim| trim == trims[0]), "{trims:?}");
    }
}
