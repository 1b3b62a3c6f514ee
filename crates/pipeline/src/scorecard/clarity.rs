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
    how: "The smallest of these shares among the tracks, each against all others.",
    means: "The track of which the least is left among the others.",
};

const LOST: Figure = Figure {
    group: "Clarity",
    name: "Tracks hardly heard",
    unit: "tracks",
    bar: Bar::None,
    row: 5,
    how: "Tracks with a share under 3 %.",
    means: "Tracks of which so little is left that few would miss them. A pad may be one on purpose; a part should not.",
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
    let ((), shares) = rayon::join(
        || card.add(&LEAD, lead_heard(parts, loudness)),
        || {
            let named: Vec<(&str, &Sketch)> =
                parts.iter().map(|part| (part.id.as_str(), &part.sketch)).collect();
            audible(&named, loudness)
        },
    );
    let mut order: Vec<(f64, &Part)> = shares.into_iter().zip(parts).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let least = order.first();
    card.add_about(&LEAST, least.map(|(share, _)| *share), least.map_or("", |(_, part)| &part.name));
    let lost: Vec<&str> =
        order.iter().filter(|(share, _)| *share < HARDLY).map(|(_, part)| part.name.as_str()).collect();
    card.add_about(&LOST, Some(lost.len() as f64), &lost.join(", "));
}

/// The lead voice with its doubles, and all others: takes of one voice do not hide each other.
fn lead_and_others(parts: &[Part]) -> Option<(Sketch, Vec<&Part>)> {
    let leads = parts.iter().filter(|part| part.is_voice());
    let voice = leads.map(|part| part.sketch.clone()).reduce(|mut sum, sketch| {
        for (sum, more) in [(&mut sum.mid, &sketch.mid), (&mut sum.side, &sketch.side)] {
            sum.resize(sum.len().max(more.len()), 0.0);
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        sum
    })?;
    Some((voice, parts.iter().filter(|part| !part.is_voice()).collect()))
}

fn named<'a>(voice: &'a Sketch, others: &[&'a Part]) -> Vec<(&'a str, &'a Sketch)> {
    [("voice", voice)].into_iter().chain(others.iter().map(|part| (part.id.as_str(), &part.sketch))).collect()
}

/// How the others cover the lead voice.
fn lead_among(parts: &[Part]) -> Option<Masked> {
    let (voice, others) = lead_and_others(parts)?;
    let named = named(&voice, &others);
    masking(&named, &vec![0.0; named.len()]).into_iter().next()
}

/// How loud the lead voice is among the others.
fn lead_heard(parts: &[Part], loudness: f64) -> Option<f64> {
    let (voice, others) = lead_and_others(parts)?;
    // The others together are one masker.
    let mut rest = Sketch::default();
    for part in others {
        for (sum, more) in [(&mut rest.mid, &part.sketch.mid), (&mut rest.side, &part.sketch.side)] {
            sum.resize(sum.len().max(more.len()), 0.0);
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
    }
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
}
