//! Every fader, from the table of levels, the rough mix and the balance that came in.

use mixsmith_analysis::{Fact, Qty};
use mixsmith_session::{Address, Edit};

use super::state::{self, State, row};
use crate::mixmodel::MixModel;
use crate::prepare::gain::MIX;
use crate::says::signed;
use crate::{Decision, Desk, Evidence, Genre, Phase, Rule, tables};

/// The rule.
pub const RULE: Rule = Rule {
    code: "balance.levels",
    phase: Phase::Balance,
    doc: "**What it does.** Sets every fader. Raw tracks: the table of levels by role and genre decides. The lead \
          vocal (without one, the lead instrument) gets its level against the mix; all others are moved together so \
          that the energies add up to the mix; tracks of one part share its level while they play together. Stems \
          that come balanced: only outliers move, a lead vocal further than one standard deviation of good mixes \
          from its level, any other track further than two, and only back to that border; a track more than 20 LU \
          under is buried on purpose. \
          **Why.** Good mixes of one song differ by 1.6 LU in the voice and 3 to 6 LU in the rest: inside that, the \
          balance that came in is as good as any. \
          **When it is wrong.** When a role is wrong; when a part is meant to be buried or in front: a hand on its \
          fader settles it, and the rest is set around it. \
          **How far it goes.** Faders -60 to +12 dB. A rough mix counts for up to 80 % of the level of each track. \
          **Sources.** tables/levels.toml (De Man et al. 2014, Gerdes and Siedenburg 2023, practice); ITU-R \
          BS.1770-5.",
    decide,
};

/// How much a rough mix counts against the table.
const ROUGH: f64 = 0.8;
/// Standard deviations that a balanced track may be off: the lead, the others.
const PATIENCE: (f64, f64) = (1.0, 2.0);
/// A track this far under its usual level in a balanced set is a tail or a ghost, buried on purpose, LU.
const BURIED: f64 = 20.0;
/// The fader's upper end, dB.
const FULL: f32 = 12.0;
/// Moves below this are not made, dB.
const LEAST: f64 = 0.25;

/// The level that a track should have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// LU against the mix, its share of a part's level.
    pub level: f64,
    /// How far good mixes differ, LU.
    pub sd: f64,
    /// Keeps its level while the others are scaled?
    pub anchor: bool,
}

impl Wanted {
    /// What the table says of each track of a model.
    pub fn table(desk: &Desk<'_>, model: &MixModel, genre: Genre) -> Vec<Wanted> {
        let rows: Vec<&tables::LevelRow> = model.parts.iter().map(|part| row(desk, &part.id)).collect();
        let lead = ["lead-vocal", "synth-lead"].iter().find(|lead| rows.iter().any(|row| row.part == **lead));
        let wanted = |i: usize| {
            let group: Vec<usize> = (0..rows.len()).filter(|&j| rows[j].part == rows[i].part).collect();
            let place = group.iter().position(|&j| j == i).unwrap_or(0);
            let share = 10.0 * model.sharing(&group)[place].log10();
            Wanted {
                level: rows[i].level(genre) - share,
                sd: rows[i].sd,
                anchor: lead.is_some_and(|lead| rows[i].part == *lead),
            }
        };
        (0..rows.len()).map(wanted).collect()
    }
}

/// The faders that give the wanted levels in a mix of this loudness: anchors at their level, fixed faders as they
/// are, the others scaled together until the energies add up.
pub fn solve(model: &MixModel, wanted: &[Wanted], mix: f64, fixed: &[bool]) -> Vec<f64> {
    let is_fixed = |i: usize| fixed.get(i).copied().unwrap_or(false);
    let faders = |scale: f64| -> Vec<f64> {
        let fader = |(i, part): (usize, &crate::mixmodel::Part)| {
            let Wanted { level, anchor, .. } = wanted[i];
            if is_fixed(i) {
                part.fader
            } else {
                (mix + level + if anchor { 0.0 } else { scale } - part.active).clamp(-60.0, 40.0)
            }
        };
        model.parts.iter().enumerate().map(fader).collect()
    };
    let alone = wanted.iter().enumerate().all(|(i, wanted)| wanted.anchor || is_fixed(i));
    // Table values need a few dB at most to add up; more would mean that fixed faders fill the mix, and that is
    // no reason to lose the others.
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..if alone { 0 } else { 24 } {
        let middle = 0.5 * (low + high);
        match model.loudness(&faders(middle)) {
            Some(loudness) if loudness > mix => high = middle,
            _ => low = middle,
        }
    }
    faders(if alone { 0.0 } else { 0.5 * (low + high) })
}

/// Blends the levels of a rough mix into the wanted ones. Gives how many tracks it knows.
fn blend_rough(desk: &Desk<'_>, model: &MixModel, wanted: &mut [Wanted]) -> usize {
    let rough: Vec<Option<(f64, f64)>> = model
        .parts
        .iter()
        .map(|part| {
            let strip = desk.session.strip(&part.id)?;
            let Fact { value: Qty::Number(gain), confidence, .. } =
                desk.facts.get("rough.gain_db", &[desk.stem_of(strip)])?
            else {
                return None;
            };
            // The gain is for the file as it came: what trim has done since is taken back.
            let trim = f64::from(desk.value(&Address::strip(&part.id, "trim")));
            Some((gain - trim, f64::from(*confidence)))
        })
        .collect();
    let known: Vec<f64> = rough.iter().map(|r| r.map_or(-90.0, |(gain, _)| gain)).collect();
    let Some(loudness) = model.loudness(&known) else { return 0 };
    for ((part, wanted), rough) in model.parts.iter().zip(wanted).zip(&rough) {
        if let Some((gain, confidence)) = rough {
            let weight = ROUGH * confidence;
            wanted.level += weight * (part.active + gain - loudness - wanted.level);
            // What the person did is surer than what others do.
            wanted.sd *= 1.0 - weight;
        }
    }
    rough.iter().flatten().count()
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let model = MixModel::new(desk);
    let Some(now) = model.loudness(&model.faders()) else { return Vec::new() };
    let fixed: Vec<bool> =
        model.parts.iter().map(|part| desk.locks.held(&format!("{}/fader", part.id))).collect();
    let state = state::judge(desk, &model);
    let mut wanted = Wanted::table(desk, &model, desk.brief.genre);
    let rough = blend_rough(desk, &model, &mut wanted);
    let mix = if state.balanced { now } else { MIX };
    let mut faders = solve(&model, &wanted, mix, &fixed);
    if state.balanced {
        hold_back(&model, &wanted, &fixed, &mut faders);
    }
    let after = model.loudness(&faders).unwrap_or(mix);
    let mut decisions = vec![overview(&state, rough, now, after)];
    for (i, part) in model.parts.iter().enumerate() {
        let Some(strip) = desk.session.strip(&part.id) else { continue };
        let (from, to) = (state.delivered.get(i).copied().unwrap_or(0.0), part.active + faders[i] - after);
        let by = if rough > 0 { "by the rough mix and the table" } else { "usual" };
        let (goal, genre) = (wanted[i].level, desk.brief.genre.name());
        let says = format!(
            "{} {} dB: it came {}, now it is {to:.1} LU; {goal:.1} is {by} in a full {genre} mix.",
            strip.name,
            signed(faders[i] - part.fader),
            against(from),
        );
        // What the fader has no room for goes into the trim.
        let over = (faders[i] - f64::from(FULL)).max(0.0) as f32;
        let mut decision = Decision::new(RULE.code, &[&part.id], says)
            .because(Evidence::new("loudness.relative", &[desk.stem_of(strip)], from, "LU").wanted(goal))
            .edit(Edit::Set { at: Address::strip(&part.id, "fader"), to: (faders[i] as f32).min(FULL) });
        if over > 0.0 {
            let at = Address::strip(&part.id, "trim");
            let to = (desk.value(&at) + over).min(60.0);
            decision = decision.edit(Edit::Set { at, to });
        }
        if (faders[i] - part.fader).abs() >= LEAST {
            decisions.push(decision);
        }
    }
    decisions
}

/// Where a track sits, in words.
fn against(relative: f64) -> String {
    if relative < 0.0 {
        format!("{:.1} LU under the mix", -relative)
    } else {
        format!("{relative:.1} LU over the mix")
    }
}

/// Tracks that come balanced move only when they are outliers, and only back to the border of what is usual.
fn hold_back(model: &MixModel, wanted: &[Wanted], fixed: &[bool], faders: &mut [f64]) {
    for (i, part) in model.parts.iter().enumerate().filter(|&(i, _)| !fixed[i]) {
        let patience = wanted[i].sd * if wanted[i].anchor { PATIENCE.0 } else { PATIENCE.1 };
        let away = faders[i] - part.fader;
        let kept = if away > BURIED { 0.0 } else { away.signum() * (away.abs() - patience).max(0.0) };
        faders[i] = part.fader + kept;
    }
}

fn overview(state: &State, rough: usize, now: f64, after: f64) -> Decision {
    let &State { balanced, stereo, distance, spread, .. } = state;
    let mut says = if balanced {
        format!(
            "The tracks come balanced (the median track is {distance:.1} standard deviations from its usual level, \
             {:.0} % of the files are stereo): only outliers move.",
            stereo * 100.0
        )
    } else {
        "The tracks come raw: the table of levels sets the balance.".to_owned()
    };
    if rough > 0 {
        says += &format!(" The rough mix tells the level of {rough} of them.");
    }
    says += &format!(" The mix goes from {now:.1} to {after:.1} LUFS.");
    Decision::new(RULE.code, &[], says)
        .because(Evidence::new("balance.distance", &[], distance, "sd").at_most(state::BALANCED))
        .because(Evidence::new("balance.stereo", &[], stereo, "share").at_least(0.5))
        .because(Evidence::new("balance.spread", &[], spread, "LU").at_least(2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use crate::mixmodel::energy;

    fn raw() -> Take {
        Take::new()
            .mono("kick", "kick", -20.0)
            .mono("snare", "snare", -14.0)
            .mono("bass", "bass", -30.0)
            .mono("gtr1", "electric-guitar", -18.0)
            .mono("gtr2", "electric-guitar", -25.0)
            .mono("vox", "lead-vocal", -40.0)
    }

    /// Level of a track in the mix, LUFS.
    fn level(take: &Take, session: &mixsmith_session::Session, id: &str) -> f64 {
        let own = take.facts.number("loudness.active", id).unwrap();
        own + f64::from(value(session, &format!("{id}/trim")) + value(session, &format!("{id}/fader")))
    }

    const ALL: [&str; 6] = ["kick", "snare", "bass", "gtr1", "gtr2", "vox"];

    #[test]
    fn energies_of_a_raw_song_add_up_to_the_mix_and_the_voice_keeps_its_level() {
        let take = raw();
        let (session, _) = take.mix(Phase::Balance);
        let sum: f64 = ALL.iter().map(|id| energy(level(&take, &session, id))).sum();
        assert!((10.0 * sum.log10() - MIX).abs() < 0.05);
        assert!((level(&take, &session, "vox") - (MIX - 2.5)).abs() < 0.01);
        let between = level(&take, &session, "kick") - level(&take, &session, "bass");
        assert!((between + 1.5).abs() < 0.01, "kick -10, bass -8.5: {between}");
        let pair = level(&take, &session, "gtr1") - level(&take, &session, "bass");
        assert!((pair - (-9.0 - 3.01 + 8.5)).abs() < 0.01, "two guitars share -9 LU: {pair}");
    }

    #[test]
    fn a_hand_on_the_fader_stands_and_the_others_fill_the_rest() {
        let free = raw().mix(Phase::Balance).0;
        let at: Address = "vox/fader".parse().unwrap();
        let take = raw().hand(Edit::Set { at, to: value(&free, "vox/fader") - 6.0 });
        let (session, decisions) = take.mix(Phase::Balance);
        assert!((value(&session, "vox/fader") - value(&free, "vox/fader") + 6.0).abs() < 1e-5);
        let sum: f64 = ALL.iter().map(|id| energy(level(&take, &session, id))).sum();
        assert!((10.0 * sum.log10() - MIX).abs() < 0.05, "the others make up for it");
        let rise: Vec<f32> = ["kick", "bass", "gtr2"]
            .map(|id| value(&session, &format!("{id}/fader")) - value(&free, &format!("{id}/fader")))
            .into();
        // The voice had 10^-0.25 of the energy and now has a quarter of that.
        let (before, after) = (1.0 - 10f64.powf(-0.25), 1.0 - 10f64.powf(-0.85));
        let expected = 10.0 * (after / before).log10();
        assert!(rise.iter().all(|r| (f64::from(*r) - expected).abs() < 0.05), "{rise:?} {expected}");
        assert!(decisions.iter().all(|d| !matches!(d.status, crate::Status::Refused(_))));
    }

    #[test]
    fn a_balanced_set_of_stems_is_left_alone_but_for_the_outlier() {
        let stems = |keys: f32| {
            Take::new()
                .stereo("vox", "lead-vocal", -12.5)
                .stereo("bass", "bass", -17.0)
                .stereo("kick", "kick", -20.0)
                .stereo("snare", "snare", -23.0)
                .stereo("keys", "keys", keys)
        };
        let moved = |take: Take| -> Vec<Vec<String>> {
            take.decisions(Phase::Balance, RULE.code)
                .into_iter()
                .map(|d| d.about)
                .filter(|a| !a.is_empty())
                .collect()
        };
        assert!(moved(stems(-20.0)).is_empty());
        assert_eq!(moved(stems(-38.0)), [["keys"]]);
    }

    #[test]
    fn a_rough_mix_tells_more_than_the_table() {
        let rough = |take: Take, id: &str, gain: f64| take.number("rough.gain_db", id, gain);
        let mut take = raw();
        // The rough mix has the bass as loud as the voice.
        for (id, gain) in
            [("kick", -10.0), ("snare", -16.0), ("bass", 5.0), ("gtr1", -12.0), ("gtr2", -5.0), ("vox", 15.0)]
        {
            take = rough(take, id, gain);
        }
        let (session, _) = take.mix(Phase::Balance);
        let (plain, _) = raw().mix(Phase::Balance);
        let gap = |session| level(&take, session, "vox") - level(&take, session, "bass");
        assert!(gap(&session) < 1.6 && gap(&plain) > 4.0, "{} {}", gap(&session), gap(&plain));
    }
}
