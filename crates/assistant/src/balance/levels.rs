//! Every fader, as the solver finds it: the usual levels, the rough mix and the balance that came in, weighed.

use mixsmith_session::{Address, Edit};

use super::rough::{Rough, TOLD};
use super::state::{self, ALIKE, State, TRUST};
use super::usual::{Usual, usual};
use crate::like::wanted;
use crate::mixmodel::{MixModel, Part};
use crate::prepare::gain::MIX;
use crate::ride::lead_tracks;
use crate::says::signed;
use crate::solver::bands::{self, Bands};
use crate::solver::elsewhere::Elsewhere;
use crate::solver::predict;
use crate::solver::scene::{Scene, Track};
use crate::solver::terms::tone::by_band;
use crate::solver::{Solved, solve};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "balance.levels",
    phase: Phase::Balance,
    doc: "**What it does.** Sets every fader to the levels that cost least. Each witness counts as far as it can be \
          trusted: the table of levels by role and genre (the lead vocal, without one the lead instrument, at its level \
          against the mix, the others moved together so that the energies fill it), the person's rough mix, and the \
          balance that came in: within 1 dB where the files are stems of a mix, within 7 dB where they are recordings. \
          A track of a balanced set that is three standard deviations from its usual level counts as a recording; more \
          than 20 LU under, it is buried on purpose. A rough mix with levels of its own for every track is where the \
          faders start, as good as the balance of stems. A fader that buys next to nothing is left where it is. \
          **Why.** Good mixes of one song differ by 1.6 LU in the voice and 3 to 6 LU in the rest, files come with gains at \
          random: what is known least is weighed least. \
          **When it is wrong.** When a role is wrong; when a part is meant to be buried or in front: a hand on its \
          fader settles it, and the rest is set around it. \
          **How far it goes.** Faders -60 to +12 dB; what they have no room for goes into the trim. \
          **Sources.** tables/levels.toml (De Man et al. 2014, Gerdes and Siedenburg 2023, practice); ITU-R \
          BS.1770-5.",
    decide,
};

/// Standard deviations from its usual level from which on a track of a balanced set is taken for a recording.
const OUTLIER: f64 = 3.0;
/// How near to the person's balance levels are that say nothing, dB.
const ANY: f64 = 1000.0;
/// A track this far under its usual level in a balanced set is a tail or a ghost, buried on purpose, LU.
const BURIED: f64 = 20.0;
/// The fader's upper end, dB.
const FULL: f32 = 12.0;
/// Moves below this are not made, dB.
const LEAST: f64 = 0.25;
/// Nor are those that buy less than this: in a balanced set, and in a raw one.
const PRICE: (f64, f64) = (0.5, 0.1);

/// The tracks of the model as the solver sees them.
fn scene(
    desk: &Desk<'_>,
    model: &MixModel,
    state: &State,
    usual: &[Usual],
    rough: &Rough,
    mix: f64,
) -> Scene {
    let start = rough.faders(desk, model, mix);
    let tracks = model.parts.iter().enumerate().map(|(i, part)| {
        let rough = rough.gains[i];
        let off = state.delivered.get(i).map_or(0.0, |level| level - usual[i].level);
        let stray = off.abs() > OUTLIER * usual[i].sd && off > -BURIED;
        Track {
            id: part.id.clone(),
            active: part.active,
            usual: usual[i].level,
            sd: usual[i].sd,
            gain: f64::from(desk.value(&Address::strip(&part.id, "trim"))),
            trust: match state.balanced && !stray {
                // A rough mix of these files says more than the levels that they came with.
                _ if rough.is_some_and(|(_, sure)| sure > TOLD) => ANY,
                true => TRUST.0,
                false if state.spread < ALIKE => ANY,
                false => TRUST.1,
            },
            rough,
            fader: start[i],
            fixed: desk.locks.held(&format!("{}/fader", part.id)),
        }
    });
    let mut scene = Scene::new(model, tracks.collect(), mix);
    let tracks = predict::tracks(desk);
    let known: Vec<Option<&(predict::Take, predict::Stand)>> =
        model.parts.iter().map(|part| tracks.iter().find(|(take, _)| take.id == part.id)).collect();
    let leads = |part: &Part| lead_tracks(desk.session).any(|strip| strip.id == part.id);
    let lead = (0..model.parts.len()).filter(|&i| leads(&model.parts[i])).collect();
    scene.tone = Some(wanted(desk.facts)).filter(|w| w.reference).map(|w| by_band(&w.rows));
    let heard = bands::heard(&known, &model.faders());
    scene.bands = Bands::new(&heard, &model.faders(), lead);
    // A balance that came is not moved for it.
    if !state.balanced {
        scene.elsewhere = Elsewhere::new(&heard);
    }
    scene
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let model = MixModel::new(desk);
    let Some(now) = model.loudness(&model.faders()) else { return Vec::new() };
    let fixed: Vec<bool> =
        model.parts.iter().map(|part| desk.locks.held(&format!("{}/fader", part.id))).collect();
    let state = state::judge(desk, &model);
    let mix = if state.balanced { now } else { MIX };
    let usual = usual(desk, &model, desk.brief.genre, &fixed, mix);
    let rough = Rough::new(desk, &model);
    let scene = scene(desk, &model, &state, &usual, &rough, mix);
    let price = if state.balanced || rough.whole { PRICE.0 } else { PRICE.1 };
    let solved = solve(scene, &model, price);
    let after = model.loudness(&solved.levels).unwrap_or(mix);
    let mut decisions = vec![overview(&state, &rough, now, after)];
    for (i, part) in model.parts.iter().enumerate() {
        if (solved.levels[i] - part.fader).abs() >= LEAST {
            decisions.extend(one(desk, &model, &state, &solved, i, after));
        }
    }
    decisions
}

/// The decision about one fader.
fn one(
    desk: &Desk<'_>,
    model: &MixModel,
    state: &State,
    solved: &Solved,
    i: usize,
    mix: f64,
) -> Option<Decision> {
    let (part, track, fader) = (&model.parts[i], &solved.scene.tracks[i], solved.levels[i]);
    let strip = desk.session.strip(&part.id)?;
    let (from, to) = (state.delivered.get(i).copied().unwrap_or(0.0), part.active + fader - mix);
    let genre = desk.brief.genre.name();
    let bought = solved.bought(i, part.fader);
    let reason = bought.first().map_or("", |(term, _)| term.name);
    let says = format!(
        "{} {} dB: it came {}, now it is {to:.1} LU, {reason}; {:.1} is usual in a {genre} mix of these parts.",
        strip.name,
        signed(fader - part.fader),
        against(from),
        track.usual,
    );
    // What the fader has no room for goes into the trim.
    let over = (fader - f64::from(FULL)).max(0.0) as f32;
    let stem = desk.stem_of(strip);
    let mut decision = Decision::new(RULE.code, &[&part.id], says)
        .because(Evidence::new("loudness.relative", &[stem], from, "LU").wanted(track.usual));
    for (term, drop) in bought.iter().filter(|(_, drop)| drop.abs() >= PRICE.1) {
        decision = decision.because(Evidence::new(term.id, &[stem], *drop, "points"));
    }
    decision =
        decision.edit(Edit::Set { at: Address::strip(&part.id, "fader"), to: (fader as f32).min(FULL) });
    if over > 0.0 {
        let at = Address::strip(&part.id, "trim");
        let to = (desk.value(&at) + over).min(60.0);
        decision = decision.edit(Edit::Set { at, to });
    }
    Some(decision)
}

/// Where a track sits, in words.
fn against(relative: f64) -> String {
    if relative < 0.0 {
        format!("{:.1} LU under the mix", -relative)
    } else {
        format!("{relative:.1} LU over the mix")
    }
}

fn overview(state: &State, rough: &Rough, now: f64, after: f64) -> Decision {
    let &State { balanced, stereo, odds, asked, spread, .. } = state;
    let mut says = if balanced {
        format!(
            "The tracks come balanced (their levels are {} times likelier in a mix than at random, {:.0} % of the files \
             are stereo): only what buys something moves.",
            odds.min(9.0).exp().round(),
            stereo * 100.0
        )
    } else {
        "The tracks come raw: usual levels set the balance, with what their own tell.".to_owned()
    };
    let told = rough.gains.iter().flatten().count();
    if rough.whole {
        says +=
            " The rough mix is a balance of nearly all of them: only what buys something moves from there.";
    } else if told > 0 {
        says += &format!(" The rough mix tells the level of {told} of them.");
    }
    says += &format!(" The mix goes from {now:.1} to {after:.1} LUFS.");
    Decision::new(RULE.code, &[], says)
        .because(Evidence::new("balance.odds", &[], odds, "log odds").at_least(asked))
        .because(Evidence::new("balance.stereo", &[], stereo, "share").at_least(0.5))
        .because(Evidence::new("balance.spread", &[], spread, "LU").at_least(ALIKE))
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

    /// Energies of all tracks in the mix, as a level, LUFS.
    fn sum(take: &Take, session: &mixsmith_session::Session) -> f64 {
        10.0 * ALL.iter().map(|id| energy(level(take, session, id))).sum::<f64>().log10()
    }

    #[test]
    fn tracks_whose_levels_say_nothing_get_the_usual_ones_and_fill_the_mix() {
        let roles = ["kick", "snare", "bass", "electric-guitar", "electric-guitar", "lead-vocal"];
        let take = ALL.iter().zip(roles).fold(Take::new(), |take, (id, role)| take.mono(id, role, -20.0));
        let (session, _) = take.mix(Phase::Balance);
        let level = |id: &str| level(&take, &session, id);
        assert!((sum(&take, &session) - MIX).abs() < 0.05);
        assert!((level("vox") - (MIX - 2.5)).abs() < 0.1, "{}", level("vox") - MIX);
        assert!((level("kick") - level("bass") + 1.5).abs() < 0.1, "kick -10, bass -8.5");
        let pair = level("gtr1") - level("bass");
        assert!((pair - (-9.0 - 1.5 + 8.5)).abs() < 0.1, "two guitars share -9 LU half: {pair}");
    }

    #[test]
    fn levels_at_random_are_weighed_little() {
        let take = raw();
        let (session, _) = take.mix(Phase::Balance);
        assert!((sum(&take, &session) - MIX).abs() < 0.05);
        assert!((level(&take, &session, "vox") - (MIX - 2.5)).abs() < 2.5, "it came 20 LU too low");
        // The snare came 6 LU over the kick: a little of that is kept.
        let over = level(&take, &session, "snare") - level(&take, &session, "kick");
        assert!((-1.0..2.0).contains(&over), "{over}");
    }

    #[test]
    fn a_hand_on_the_fader_stands_and_the_others_fill_the_rest() {
        let free = raw().mix(Phase::Balance).0;
        let at: Address = "vox/fader".parse().unwrap();
        let hand = value(&free, "vox/fader") - 6.0;
        let take = raw().hand(Edit::Set { at, to: hand });
        let (session, decisions) = take.mix(Phase::Balance);
        assert_eq!(value(&session, "vox/fader"), hand);
        assert!((sum(&take, &session) - MIX).abs() < 0.05, "the others make up for it");
        for id in ["kick", "snare", "bass", "gtr1", "gtr2"] {
            assert!(level(&take, &session, id) > level(&take, &free, id) + 0.5, "{id}");
        }
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
        assert!(gap(&session) < 1.6 && gap(&plain) > 3.0, "{} {}", gap(&session), gap(&plain));
    }

    #[test]
    fn a_rough_mix_of_all_tracks_is_kept_and_a_plain_sum_is_none() {
        let rough = |step: f64| {
            let gains = ALL.iter().enumerate().map(|(i, id)| (*id, step * (i % 3) as f64));
            gains.fold(raw(), |take, (id, gain)| take.number("rough.gain_db", id, gain + 10.0))
        };
        let overview = |take: &Take| take.decisions(Phase::Balance, RULE.code)[0].says.clone();
        let (whole, sum) = (rough(3.0), rough(0.0));
        assert!(overview(&whole).contains("a balance of nearly all of them"), "{}", overview(&whole));
        assert!(overview(&sum).contains("tells the level of 6"), "{}", overview(&sum));
        // Kick and guitar are as they were against each other, to a decibel.
        let (session, _) = whole.mix(Phase::Balance);
        let gap = level(&whole, &session, "kick") - level(&whole, &session, "gtr1");
        assert!((gap + 20.0 - 18.0).abs() < 1.0, "{gap}");
    }

    #[test]
    fn a_move_says_what_it_bought() {
        let told = raw().decisions(Phase::Balance, RULE.code);
        let vox = told.iter().find(|d| d.about == ["vox"]).expect("it moves");
        let bought: Vec<&Evidence> = vox.because.iter().filter(|e| e.fact.starts_with("bought.")).collect();
        assert!(bought.iter().any(|e| e.fact == "bought.usual" && e.value > 0.5), "{vox:?}");
    }
}
