//! Who covers whom, and what is left to hear.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::masking::{Masked, masking};
use mixsmith_analysis::partial::audible;

use super::card::{Bar, Card, Figure};
use super::printed;
use crate::Mixed;
use crate::report::parts::Part;

const MASKED: Figure = Figure {
    group: "Clarity",
    name: "Masked, mean",
    unit: "%",
    bar: Bar::Most(0.31),
    row: 4,
    how: "Share of a track's important energy (cells of 100 ms and an ERB within 12 dB of the frame's largest) that lies \
          more than 4 dB under what the others spread over it; mean of the tracks.",
    means: "Share of each track's sound that the others cover, mean of all tracks. People: 2 to 29 %.",
};

const WORST: Figure = Figure {
    group: "Clarity",
    name: "Masked, worst track",
    unit: "%",
    bar: Bar::None,
    row: 4,
    how: "The largest of these shares.",
    means: "The track that is covered most. Pads and effects are buried on purpose, so there is no limit.",
};

const WORDS: Figure = Figure {
    group: "Clarity",
    name: "Lead voice masked, 1 to 4 kHz",
    unit: "%",
    bar: Bar::Most(0.04),
    row: 4,
    how: "The same share of the lead voice with its doubles, bands from 1 to 4 kHz, against all other tracks.",
    means: "Share of the lead voice that is covered where words are understood. People: 0 to 4 %.",
};

const LEAD: Figure = Figure {
    group: "Clarity",
    name: "Lead voice heard",
    unit: "%",
    bar: Bar::Least(0.4),
    row: 5,
    how: "Partial loudness (Moore, Glasberg and Baer 1997, on 40 ERB bands every 100 ms, the mix played at 80 dB) of the \
          lead voice with its doubles among the other tracks, over its loudness alone.",
    means: "How loud the lead voice is among the others, of how loud it is alone. A sound as strong as all others in every \
            band keeps 27 %. Two records by people: 50 and 67 %.",
};

const LEAST: Figure = Figure {
    group: "Clarity",
    name: "Heard least",
    unit: "%",
    bar: Bar::None,
    row: 5,
    how: "The smallest of these shares among the parts, each against all others. Microphones of one drum, of the bass and \
          of the lead voice are one part; rooms and overheads are none.",
    means: "The part of which the least is left among the others.",
};

const LOST: Figure = Figure {
    group: "Clarity",
    name: "Parts hardly heard",
    unit: "parts",
    bar: Bar::None,
    row: 5,
    how: "Parts with a share under 3 %.",
    means: "Parts of which so little is left that few would miss them. A pad may be one on purpose; a tune should not.",
};

pub(super) const FIGURES: &[&Figure] = &[&MASKED, &WORST, &WORDS, &LEAD, &LEAST, &LOST];

/// A track with less partial loudness than this is hardly heard.
const HARDLY: f64 = 0.03;

pub(super) fn masked(parts: &[Part], card: &mut Card) {
    let named: Vec<(&str, &Sketch)> = parts.iter().map(|part| (part.id.as_str(), &part.sketch)).collect();
    let found = masking(&named, &vec![0.0; named.len()]);
    if found.len() < 2 {
        return;
    }
    let shares = || found.iter().map(|masked| f64::from(masked.fraction));
    card.add(&MASKED, Some(shares().sum::<f64>() / found.len() as f64));
    let worst = shares().zip(parts).fold(None, |worst: Option<(f64, &Part)>, next| match worst {
        Some(worst) if worst.0 >= next.0 => Some(worst),
        _ => Some(next),
    });
    card.add_about(&WORST, worst.map(|(share, _)| share), worst.map_or("", |(_, part)| &part.name));
    card.add(&WORDS, lead_among(parts).map(|masked| f64::from(masked.presence)));
}

/// How loud the tracks are among each other.
pub(super) fn heard(mixed: &Mixed, parts: &[Part], card: &mut Card) {
    let Some(loudness) = printed(mixed, "mix").map(|print| print.level.loudness) else { return };
    if parts.len() < 2 || loudness <= -70.0 {
        return;
    }
    card.add(&LEAD, lead_heard(parts, loudness));
    let units = units(parts);
    let named: Vec<(&str, &Sketch)> = units.iter().map(|unit| (unit.name, &unit.sketch)).collect();
    let shares = audible(&named, loudness);
    let mut order: Vec<(f64, &str)> = shares
        .into_iter()
        .zip(&units)
        .filter(|(_, unit)| unit.close)
        .map(|(share, unit)| (share, unit.name))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let least = order.first();
    card.add_about(&LEAST, least.map(|(share, _)| *share), least.map_or("", |(_, name)| name));
    let lost: Vec<&str> = order.iter().filter(|(share, _)| *share < HARDLY).map(|(_, name)| *name).collect();
    card.add_about(&LOST, Some(lost.len() as f64), &lost.join(", "));
}

/// What is heard as one: the microphones of one drum, of the bass, of the lead voice, or a track.
struct Unit<'a> {
    key: &'a str,
    /// Name of its loudest track.
    name: &'a str,
    loudest: f64,
    sketch: Sketch,
    /// Rooms and overheads hold what the close microphones have, and are not asked for themselves.
    close: bool,
}

fn units(parts: &[Part]) -> Vec<Unit<'_>> {
    let mut units: Vec<Unit<'_>> = Vec::new();
    for part in parts {
        let drum = part.role.split('-').next().unwrap_or_default();
        let key = match part.family {
            "lead-vocals" | "bass" => part.family,
            "drums" if !matches!(drum, "drums" | "percussion" | "") => drum,
            _ => part.id.as_str(),
        };
        if let Some(unit) = units.iter_mut().find(|unit| unit.key == key) {
            add(&mut unit.sketch, &part.sketch);
            if part.after > unit.loudest {
                (unit.loudest, unit.name) = (part.after, &part.name);
            }
        } else {
            let close = !matches!(drum, "room" | "overheads");
            let (name, sketch) = (part.name.as_str(), part.sketch.clone());
            units.push(Unit { key, name, loudest: part.after, sketch, close });
        }
    }
    units
}

/// Adds energies.
fn add(sum: &mut Sketch, more: &Sketch) {
    for (sum, more) in [(&mut sum.mid, &more.mid), (&mut sum.side, &more.side)] {
        sum.resize(sum.len().max(more.len()), 0.0);
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

/// The lead voice with its doubles, and all others: takes of one voice do not hide each other.
fn lead_and_others(parts: &[Part]) -> Option<(Sketch, Vec<&Part>)> {
    let leads = parts.iter().filter(|part| part.is_voice());
    let voice = leads.map(|part| part.sketch.clone()).reduce(|mut sum, sketch| {
        add(&mut sum, &sketch);
        sum
    })?;
    Some((voice, parts.iter().filter(|part| !part.is_voice()).collect()))
}

fn named<'a>(voice: &'a Sketch, others: &[&'a Part]) -> Vec<(&'a str, &'a Sketch)> {
    [("voice", voice)].into_iter().chain(others.iter().map(|part| (part.id.as_str(), &part.sketch))).collect()
}

/// How the others cover the lead voice.
pub(super) fn lead_among(parts: &[Part]) -> Option<Masked> {
    let (voice, others) = lead_and_others(parts)?;
    let named = named(&voice, &others);
    masking(&named, &vec![0.0; named.len()]).into_iter().next()
}

/// How loud the lead voice is among the others.
fn lead_heard(parts: &[Part], loudness: f64) -> Option<f64> {
    let (voice, others) = lead_and_others(parts)?;
    // The others together are one masker.
    let mut rest = Sketch::default();
    others.iter().for_each(|part| add(&mut rest, &part.sketch));
    audible(&[("voice", &voice), ("rest", &rest)], loudness).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorecard::Verdict;

    #[test]
    fn two_takes_of_the_voice_do_not_hide_each_other() {
        let part = |id: &str, family: &'static str, energy: f32| Part::even(id, family, energy, 10);
        let hidden = |parts: &[Part]| lead_among(parts).unwrap().presence;
        let heard = |parts: &[Part]| lead_heard(parts, -20.0).unwrap();
        let (quiet, loud) = (part("double", "lead-vocals", 1e-4), part("voice", "lead-vocals", 1e-2));
        let clear = [quiet.clone(), loud.clone(), part("pad", "synths", 1e-6)];
        let buried = [quiet, loud, part("pad", "synths", 1.0)];
        assert_eq!(hidden(&clear), 0.0);
        assert!(hidden(&buried) > 0.9);
        assert!(heard(&clear) > 0.9 && heard(&buried) < 0.02, "{} {}", heard(&clear), heard(&buried));
        let mut card = Card::default();
        card.add(&LEAD, lead_heard(&clear, -20.0));
        card.add(&LEAD, lead_heard(&buried, -20.0));
        assert_eq!((card.0[0].verdict, card.0[1].verdict), (Verdict::Pass, Verdict::Alarm));
    }

    #[test]
    fn microphones_of_one_drum_are_one_part() {
        let drum = |id: &str, role: &str, after: f64| Part {
            role: role.to_owned(),
            after,
            ..Part::steady(id, "drums", 4, 1e-3, 20)
        };
        let parts = [
            drum("in", "kick-in", -20.0),
            drum("out", "kick-out", -18.0),
            drum("room", "room", -30.0),
            Part::steady("pad", "synths", 20, 1e-3, 20),
        ];
        let units = units(&parts);
        let seen: Vec<(&str, bool)> = units.iter().map(|unit| (unit.name, unit.close)).collect();
        assert_eq!(seen, [("OUT", true), ("ROOM", false), ("PAD", true)]);
        assert_eq!(units[0].sketch.mid[4], 2e-3);
    }
}
