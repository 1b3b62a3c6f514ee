//! The third witness: the company a stem keeps.

use super::Odds;
use super::name::Reading;
use crate::{Facts, Song};

/// Odds from the other stems, given what name and sound said of each.
pub fn company(song: &Song, facts: &Facts, readings: &[Reading], odds: &[Odds]) -> Vec<Odds> {
    let mut out = vec![Odds::default(); song.stems.len()];
    one_lead(song, facts, readings, odds, &mut out);
    whole_kit(song, facts, readings, odds, &mut out);
    band(readings, odds, &mut out);
    once(readings, odds, &mut out);
    out
}

/// What a song mostly has once.
const ONCE: [&str; 6] = ["kick", "snare", "hihat", "ride", "crash", "bass"];
/// What each other track that is heard as the same takes away from a track without a name (natural log).
const AGAIN: f64 = 0.7;

/// Of two tracks without names that sound like the kick, the one that sounds less like it is rather a tom.
fn once(readings: &[Reading], odds: &[Odds], out: &mut [Odds]) {
    let heard: Vec<usize> = (0..odds.len()).filter(|&i| !readings[i].speaks() && odds[i].speaks()).collect();
    for id in ONCE {
        let shares: Vec<f64> = heard.iter().map(|&i| odds[i].share(id)).collect();
        let all: f64 = shares.iter().sum();
        for (&i, share) in heard.iter().zip(shares) {
            out[i].add(id, -AGAIN * (all - share));
        }
    }
}

/// A track without a name rather belongs to those that are named: where two guitars play there is a third one more
/// often than a lone trumpet. Sections that come with other songs are less likely where nobody names one.
fn band(readings: &[Reading], odds: &[Odds], out: &mut [Odds]) {
    let named = |family: &str| {
        let of = |i: &usize| readings[*i].speaks() && odds[*i].family(family) > 0.5;
        (0..odds.len()).filter(of).count()
    };
    if readings.iter().filter(|reading| reading.speaks()).count() * 2 < readings.len() {
        return;
    }
    let guitars = named("guitars") >= 2;
    let rare: Vec<&str> =
        [("brass", "brass"), ("strings", "strings"), ("backing-vocals", "choir"), ("keys", "mallet")]
            .into_iter()
            .filter(|(family, _)| named(family) == 0)
            .map(|(_, role)| role)
            .collect();
    for (i, _) in readings.iter().enumerate().filter(|(_, reading)| !reading.speaks()) {
        if guitars {
            out[i].add("electric-guitar", 1.5);
        }
        rare.iter().for_each(|role| out[i].add(role, -1.5));
    }
}

/// Among voices whose names leave it open, the one that sings loudest and longest leads.
fn one_lead(song: &Song, facts: &Facts, readings: &[Reading], odds: &[Odds], out: &mut [Odds]) {
    let voice = |i: usize| odds[i].family("lead-vocals") + odds[i].family("backing-vocals") > 0.5;
    let open = |i: usize| {
        let of = |id| super::place(id).map_or(0.0, |place| readings[i].odds.0[place]);
        (of("lead-vocal") - of("backing-vocal")).abs() < 3.0
    };
    let named = (0..odds.len()).any(|i| voice(i) && !open(i) && odds[i].best().0.id == "lead-vocal");
    if named {
        // Beside somebody who leads, others rather back than are a choir.
        out.iter_mut().for_each(|odds| odds.add("choir", -2.0));
    }
    let sounds = |i: usize, id: &str| super::place(id).map_or(0.0, |place| odds[i].0[place]);
    let lead = |i: usize| {
        let stem = &song.stems[i].id;
        let alone = sounds(i, "lead-vocal") - sounds(i, "backing-vocal").max(sounds(i, "choir"));
        let loud = facts.number("loudness.active", stem).unwrap_or(-70.0);
        let share = facts.number("activity.share", stem).unwrap_or(0.0).max(1e-3);
        // A natural logarithm of odds is worth as much as 3 dB.
        3.0 * alone + loud + 10.0 * share.log10() - 3.0 * facts.number("pitch.polyphony", stem).unwrap_or(1.0)
    };
    let singers: Vec<usize> = (0..odds.len()).filter(|&i| voice(i) && open(i)).collect();
    let first = singers.iter().copied().max_by(|&a, &b| lead(a).total_cmp(&lead(b)).then(b.cmp(&a)));
    for &i in &singers {
        if Some(i) == first && !named {
            out[i].add("lead-vocal", 2.5);
        } else {
            out[i].add("backing-vocal", 1.5);
        }
    }
}

/// A nameless stem that sounds like a whole kit beside at least three close microphones is a pair of overheads, or the room.
fn whole_kit(song: &Song, facts: &Facts, readings: &[Reading], odds: &[Odds], out: &mut [Odds]) {
    let close = |i: usize| {
        let (role, sure) = odds[i].best();
        sure > 0.7
            && matches!(
                role.id,
                "kick-in" | "kick-out" | "snare-top" | "snare-bottom" | "toms" | "kick" | "snare"
            )
    };
    if (0..odds.len()).filter(|&i| close(i)).count() < 3 {
        return;
    }
    for i in 0..odds.len() {
        if readings[i].speaks() || odds[i].best().0.id != "drums" {
            continue;
        }
        let wide = facts.number("stereo.width", &song.stems[i].id).is_some_and(|width| width > -25.0);
        out[i].add(if wide { "overheads" } else { "room" }, 3.0);
    }
}
