//! What would be a fault of the files, or a damage that processing did.

use super::card::{Bar, Card, Figure};
use super::wet::onsets;
use super::{percentile, printed, stem};
use crate::Mixed;
use crate::envelope::Envelope;
use crate::report::Players;
use crate::report::parts::Part;
use crate::report::words::moments;

const PEAK: Figure = Figure {
    group: "Safety",
    name: "True peak of the master",
    unit: "dBTP",
    bar: Bar::Most(-1.0),
    row: 16,
    how: "BS.1770-5, annex 2.",
    means: "Higher peaks distort in players and in coding for streaming.",
};

const CLIPPED: Figure = Figure {
    group: "Safety",
    name: "Clipped samples",
    unit: "samples",
    bar: Bar::Most(0.0),
    row: 16,
    how: "Samples of all printed files that did not fit into 24 bits.",
    means: "Samples of any printed file held at full scale.",
};

const BROKEN: Figure = Figure {
    group: "Safety",
    name: "Samples that are no number",
    unit: "samples",
    bar: Bar::Most(0.0),
    row: 16,
    how: "Samples of all prints that are infinite or not a number before they are written.",
    means: "A sign of a fault in this program.",
};

const CLICKS: Figure = Figure {
    group: "Safety",
    name: "Clicks at edits",
    unit: "clicks",
    bar: Bar::Most(0.0),
    row: 16,
    how: "Cuts and fades of clips and points of automation where the largest second difference of the mix within 2 ms is \
          above -60 dBFS, more than four times the largest one from 4 to 50 ms around, and more than twice as far above it \
          as in the plain sum of the recorded tracks.",
    means: "Places where a cut or a jump of automation is heard as a click that the recordings do not have.",
};

const LOUDNESS: Figure = Figure {
    group: "Safety",
    name: "Loudness against the one asked for",
    unit: "LU",
    bar: Bar::Within(-0.3, 0.3),
    row: 16,
    how: "Integrated loudness of the master (BS.1770-5) less that of the brief.",
    means: "Master against the loudness asked for. Below, when more would have cost the song its punch.",
};

const GATED: Figure = Figure {
    group: "Safety",
    name: "Taken from gated hits",
    unit: "%",
    bar: Bar::None,
    row: 16,
    how: "On tracks with a gate: energy of the 200 ms after each strong onset (within 12 dB of the 90th percentile) in the \
          printed stem, against the recording with the gain of the median hit; the share that is missing, worst track.",
    means: "What the gates cut off the hits that they should let through.",
};

const NOISE: Figure = Figure {
    group: "Safety",
    name: "Noise between the notes rises by",
    unit: "dB",
    bar: Bar::None,
    row: 16,
    how: "Gain of a track, printed stem over recording, in frames of 100 ms at least 300 ms away from any in which it plays, \
          over the gain while it plays; worst track whose pauses are above -70 dBFS in the mix.",
    means: "How much compression lifts what is between the notes of a track. Below 0 it was cleaned.",
};

const STEMS: Figure = Figure {
    group: "Safety",
    name: "Stems less mix",
    unit: "dBFS",
    bar: Bar::Most(-100.0),
    row: 16,
    how: "Largest sample of the sum of all printed stems less the printed mix.",
    means: "Largest sample of all stems added up less the mix: they are the mix, in pieces.",
};

pub(super) const FIGURES: &[&Figure] =
    &[&PEAK, &CLIPPED, &BROKEN, &CLICKS, &LOUDNESS, &GATED, &NOISE, &STEMS];

pub(super) fn safety(mixed: &Mixed, players: &Players, parts: &[Part], card: &mut Card) {
    let master = printed(mixed, "master");
    card.add(&PEAK, master.map(|print| print.level.true_peak));
    let outputs = &mixed.manifest.outputs;
    let sum = |of: fn(&crate::Printed) -> u64| {
        (!outputs.is_empty()).then(|| outputs.iter().map(of).sum::<u64>() as f64)
    };
    card.add(&CLIPPED, sum(|print| print.clipped));
    card.add(&BROKEN, sum(|print| print.envelope.broken));
    card.add_about(&CLICKS, Some(players.clicks.len() as f64), &moments(&players.clicks));
    card.add(&LOUDNESS, master.map(|print| print.level.loudness - mixed.brief.lufs()));
    let worst = |of: &dyn Fn(&Part, &Envelope) -> Option<f64>| {
        let found = parts.iter().filter_map(|part| Some((of(part, &stem(mixed, &part.id)?.envelope)?, part)));
        found.fold(None, |worst: Option<(f64, &Part)>, next| match worst {
            Some(worst) if worst.0 >= next.0 => Some(worst),
            _ => Some(next),
        })
    };
    let gated = worst(&|part, print| {
        let strip = mixed.session.strip(&part.id)?;
        let has = strip.inserts.iter().any(|insert| insert.on && insert.kind == "dynamics.gate");
        has.then(|| taken(part, print, &onsets(mixed, &part.id))).flatten()
    });
    card.add_about(&GATED, gated.map(|(share, _)| share), gated.map_or("", |(_, part)| &part.name));
    let noise = worst(&|part, print| noise_gain(part, print));
    card.add_about(&NOISE, noise.map(|(gain, _)| gain), noise.map_or("", |(_, part)| &part.name));
    card.add(&STEMS, (!outputs.is_empty()).then_some(mixed.manifest.stems_minus_mix));
}

/// Frames after an onset that belong to a hit.
const HIT: usize = 2;

/// Share of the energy of the strong hits that is missing in a print.
fn taken(part: &Part, print: &Envelope, onsets: &[f64]) -> Option<f64> {
    let sum = |from: usize, of: &dyn Fn(usize) -> f64| (from..from + HIT).map(of).sum::<f64>();
    let hits = onsets.iter().map(|at| (at * 10.0) as usize);
    let hits = hits.map(|f| (sum(f, &|f| part.recorded(f)), sum(f, &|f| print.energy(f))));
    let mut hits: Vec<(f64, f64)> = hits.filter(|(before, _)| *before > 0.0).collect();
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let strong = hits.get((hits.len().checked_sub(1)? as f64 * 0.9) as usize)?.0 * 0.0631;
    hits.retain(|(before, _)| *before >= strong);
    let mut gains: Vec<f64> = hits.iter().map(|(before, after)| after / before).collect();
    gains.sort_by(f64::total_cmp);
    let usual = percentile(&gains, 0.5).filter(|gain| *gain > 0.0)?;
    let all: f64 = hits.iter().map(|(before, _)| before * usual).sum();
    let missing: f64 = hits.iter().map(|(before, after)| (before * usual - after).max(0.0)).sum();
    (gains.len() >= 5).then(|| missing / all)
}

/// Frames of silence before and after which a pause begins and ends.
const GUARD: usize = 3;
/// Pauses need this many frames to be measured, and this energy each in the mix (-70 dBFS).
const PAUSES: (usize, f64) = (20, 1e-7);

/// Gain in the pauses over gain while a track plays, dB.
fn noise_gain(part: &Part, print: &Envelope) -> Option<f64> {
    let frames = part.plays.len();
    let near = |frame: usize| {
        let (from, to) = (frame.saturating_sub(GUARD), (frame + GUARD + 1).min(frames));
        part.plays[from..to].iter().any(|&plays| plays)
    };
    let (mut pause, mut play, mut count) = ((0.0, 0.0), (0.0, 0.0), 0);
    for frame in 0..frames {
        let (before, after) = (part.recorded(frame), print.energy(frame));
        if part.plays[frame] {
            play = (play.0 + before, play.1 + after);
        } else if before > 1e-12 && !near(frame) {
            pause = (pause.0 + before, pause.1 + after);
            count += 1;
        }
    }
    let heard = count >= PAUSES.0 && pause.1 > PAUSES.1 * count as f64 && play.1 > 0.0 && play.0 > 0.0;
    heard.then(|| 10.0 * (pause.1 / pause.0 * play.0 / play.1).log10())
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::sketch::BANDS;

    use super::*;
    use crate::scorecard::Verdict;

    /// A track of hits every half second over noise, and its print with gains for both.
    fn track(hits: impl Fn(usize) -> f64, noise: f64) -> (Part, Envelope, Vec<f64>) {
        let mut part = Part::steady("snare", "drums", 20, 1e-4, 200);
        let mut print =
            Envelope { mid: vec![(1e-4 * noise) as f32; 200], side: vec![0.0; 200], ..Envelope::default() };
        part.plays.fill(false);
        for hit in 0..20 {
            let frame = hit * 10;
            part.sketch.mid[frame * BANDS + 20] = 1e-2;
            part.plays[frame] = true;
            print.mid[frame] = (1e-2 * hits(hit)) as f32;
        }
        (part, print, (0..20).map(f64::from).collect())
    }

    #[test]
    fn hits_that_a_gate_cuts_are_missing() {
        let (part, print, onsets) = track(|_| 4.0, 0.0);
        assert!(taken(&part, &print, &onsets).unwrap() < 0.02, "{:?}", taken(&part, &print, &onsets));
        // A tenth of the hits is gone.
        let (part, print, onsets) = track(|hit| if hit % 10 == 3 { 0.0 } else { 4.0 }, 0.0);
        assert!((taken(&part, &print, &onsets).unwrap() - 0.1).abs() < 0.01);
    }

    #[test]
    fn noise_rises_by_the_gain_in_the_pauses() {
        let (part, print, _) = track(|_| 2.0, 8.0);
        assert!((noise_gain(&part, &print).unwrap() - 6.02).abs() < 0.05, "{:?}", noise_gain(&part, &print));
        let (part, print, _) = track(|_| 2.0, 2.0);
        assert!(noise_gain(&part, &print).unwrap().abs() < 0.05);
        let (part, print, _) = track(|_| 2.0, 0.0);
        assert_eq!(noise_gain(&part, &print), None, "nothing is left in the pauses");
    }

    #[test]
    fn faults_are_alarms() {
        let mut card = Card::default();
        card.add(&BROKEN, Some(2.0));
        card.add_about(&CLICKS, Some(1.0), "0:32");
        assert!(card.0.iter().all(|score| score.verdict == Verdict::Alarm));
        assert_eq!(card.0[1].value, "1 click (0:32)");
    }
}
