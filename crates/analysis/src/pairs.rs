//! Pairs of stems that hold one source: two microphones of a drum, DI and amplifier, the halves of a stereo file, doubles, and the
//! kit's close microphones against overheads and room.

use mixsmith_dsp::loudness::KWeighting;

use crate::delay::{self, Delay, Pair};
use crate::odd_files::in_time;
use crate::song::sketch_in_song;
use crate::window::{self, Side};
use crate::{Fact, Facts, Measure, Qty, Song, Stem};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "pair",
        unit: "name",
        doc: "About [a, b]: kick-mics, snare-mics, di-amp, left-right, double, kit-overhead, kit-room.",
    },
    Measure {
        id: "pair.delay",
        unit: "frames",
        doc: "Frames of the song's rate by which b is late against a.",
    },
    Measure { id: "pair.delay_ms", unit: "ms", doc: "The same in milliseconds." },
    Measure {
        id: "pair.polarity",
        unit: "sign",
        doc: "-1 when b stands upside down against a, judged in the low band.",
    },
    Measure {
        id: "pair.gain",
        unit: "dB",
        doc: "Energy gained about 60 and 200 Hz if b were moved and turned to fit a.",
    },
    Measure { id: "pair.gain_db", unit: "dB", doc: "The same in the band that matters for the source." },
    Measure {
        id: "pair.correlation",
        unit: "",
        doc: "About two microphones of one source, as delivered: correlation of what both play, K-weighted, -1 to 1. \
              Equally loud, both together are 10 log10(2 + 2 correlation) dB over one.",
    },
    Measure {
        id: "pair.correlation_aligned",
        unit: "",
        doc: "The same with b moved earlier by the delay, to whole frames.",
    },
];

/// How a kind of pair is compared.
struct Kind {
    name: &'static str,
    /// Largest delay, ms.
    reach: f64,
    /// Low band for polarity, Hz.
    band: (f64, f64),
    /// Confidence under which the pair is not believed.
    least: f64,
    /// Do both hear one source and nothing else?
    one_source: bool,
}

const KICK: Kind = Kind { name: "kick-mics", reach: 30.0, band: (40.0, 120.0), least: 0.4, one_source: true };
// Under 200 Hz the bottom microphone hears the kick more than the snare.
const SNARE: Kind =
    Kind { name: "snare-mics", reach: 30.0, band: (200.0, 2000.0), least: 0.4, one_source: true };
const DI_AMP: Kind = Kind { name: "di-amp", reach: 5.0, band: (40.0, 200.0), least: 0.4, one_source: true };
const LEFT_RIGHT: Kind =
    Kind { name: "left-right", reach: 5.0, band: (80.0, 2000.0), least: 0.0, one_source: false };

/// Adds every pair found.
pub fn measure(song: &Song, facts: &mut Facts) {
    let all: Vec<&Stem> = crate::leave_out::kept(song, facts);
    let kept: Vec<&Stem> = all.iter().copied().filter(|stem| in_time(facts, stem)).collect();
    let of = |wanted: &[&str]| -> Vec<&Stem> {
        kept.iter()
            .copied()
            .filter(|stem| facts.text("role", &stem.id).is_some_and(|id| wanted.contains(&id)))
            .collect()
    };
    let mut found: Vec<Fact> = Vec::new();
    for (a, b) in cross(&of(&["kick-in"]), &of(&["kick-out", "kick"])) {
        found.extend(compare(song, facts, a, b, &KICK));
    }
    for (a, b) in cross(&of(&["snare-top"]), &of(&["snare-bottom"])) {
        found.extend(compare(song, facts, a, b, &SNARE));
    }
    for (a, b) in cross(&of(&["bass-di"]), &of(&["bass-amp"])) {
        found.extend(compare(song, facts, a, b, &DI_AMP));
    }
    for (a, b) in halves(song, &all, facts) {
        if in_time(facts, a) && in_time(facts, b) {
            found.extend(compare(song, facts, a, b, &LEFT_RIGHT));
        } else {
            // Their names say it; nothing more can be known while one plays at the wrong speed.
            let pair = Qty::Text(LEFT_RIGHT.name.to_owned());
            found.push(Fact::new("pair", &[&a.id, &b.id], pair).confidence(0.7));
        }
    }
    let close = of(&["kick-in", "kick", "snare-top", "snare", "toms"]);
    for (far, name) in [("overheads", "kit-overhead"), ("room", "kit-room")] {
        for (a, b) in cross(&close, &of(&[far])) {
            let snare = facts.text("role", &a.id).is_some_and(|role| role.starts_with("snare"));
            let band = if snare { (150.0, 400.0) } else { (40.0, 150.0) };
            found.extend(compare(
                song,
                facts,
                a,
                b,
                &Kind { name, reach: 30.0, band, least: 0.7, one_source: false },
            ));
        }
    }
    found.extend(doubles(song, facts, &kept));
    facts.extend(found);
}

fn cross<'a>(a: &[&'a Stem], b: &[&'a Stem]) -> Vec<(&'a Stem, &'a Stem)> {
    a.iter().flat_map(|&a| b.iter().map(move |&b| (a, b))).collect()
}

/// Left and right halves of one name, with one role and sounding together.
fn halves<'a>(song: &Song, kept: &[&'a Stem], facts: &Facts) -> Vec<(&'a Stem, &'a Stem)> {
    let of = |side: &str| -> Vec<&'a Stem> {
        let half = |stem: &Stem| facts.text("role.pair", &stem.id) == Some(side) && stem.channels == 1;
        kept.iter().copied().filter(|stem| half(stem)).collect()
    };
    let (left, right) = (of("L"), of("R"));
    let name = |stem: &Stem| facts.text("role.name", &stem.id).unwrap_or_default().to_owned();
    let base = |name: &str| name.trim_end_matches(['L', 'R']).trim_end().to_owned();
    let same = |a: &Stem, b: &Stem| base(&name(a)) == base(&name(b));
    // A copy that is left out may have made a number two of the only right side that plays.
    let bare = |stem: &Stem| base(name(stem).trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '));
    let only = |sides: &[&Stem], wanted: &str| sides.iter().filter(|stem| bare(stem) == wanted).count() == 1;
    let belong = |a: &Stem, b: &Stem| {
        let wanted = bare(a);
        same(a, b) || (wanted == bare(b) && only(&left, &wanted) && only(&right, &wanted))
    };
    let together =
        |a: &Stem, b: &Stem| !in_time(facts, a) || !in_time(facts, b) || shape(song, facts, a, b) > 0.6;
    let partner = |a: &&'a Stem| right.iter().copied().find(|b| belong(a, b)).filter(|b| together(a, b));
    left.iter().filter_map(|a| Some((*a, partner(a)?))).collect()
}

/// Windows at the common onsets of two stems.
fn windows(song: &Song, facts: &Facts, a: &Stem, b: &Stem, side: Side, reach: usize) -> Vec<Pair> {
    let size = (f64::from(song.rate) * 0.09) as usize;
    let before = (song.rate / 200) as i64;
    let mut places = window::strong_onsets(song, facts, a, 24, 0.15);
    if places.len() < 8 {
        // Held sounds have few onsets: look where they play.
        for span in facts.spans("activity.spans", &a.id) {
            let mut time = span.start;
            while time + 0.2 < span.end && places.len() < 24 {
                places.push((time * f64::from(song.rate)) as i64 + a.start);
                time += 0.5;
            }
        }
    }
    let mut pairs: Vec<Pair> = places
        .iter()
        .map(|&place| {
            (
                window::read(a, Side::Mid, place - before, size),
                window::read(b, side, place - before, size + reach),
            )
        })
        .collect();
    // Another drum's sound takes another way to both microphones.
    keep_loud(&mut pairs, window::AFAR, |pair| &pair.0);
    keep_loud(&mut pairs, 1e-3, |pair| &pair.1);
    pairs
}

/// Keeps the windows with at least a share of the energy of the loudest, if four are left.
fn keep_loud(pairs: &mut Vec<Pair>, share: f64, side: fn(&Pair) -> &Vec<f32>) {
    let most = pairs.iter().map(|pair| window::energy(side(pair))).fold(0.0, f64::max);
    let loud = |pair: &Pair| window::energy(side(pair)) > most * share;
    if pairs.iter().filter(|pair| loud(pair)).count() >= 4 {
        pairs.retain(loud);
    }
}

fn compare(song: &Song, facts: &Facts, a: &Stem, b: &Stem, kind: &Kind) -> Vec<Fact> {
    let rate = f64::from(song.rate);
    let reach = (kind.reach * 1e-3 * rate) as usize;
    // In a stereo pair of microphones the nearer one tells: a mean of both would have two arrivals.
    let sides: &[Side] = if b.channels > 1 { &[Side::Left, Side::Right] } else { &[Side::Mid] };
    let mut best: Option<(Delay, Vec<Pair>)> = None;
    for &side in sides {
        let pairs = windows(song, facts, a, b, side, reach);
        let Some(found) = delay::between(&pairs, rate, reach, kind.band) else { continue };
        if best.as_ref().is_none_or(|(other, _)| found.confidence > other.confidence) {
            best = Some((found, pairs));
        }
    }
    let Some((found, pairs)) = best else { return Vec::new() };
    if found.confidence < kind.least || (kind.least > 0.0 && found.windows < 4) {
        return Vec::new();
    }
    let about = [a.id.as_str(), b.id.as_str()];
    let sure = found.confidence as f32;
    let gain = |band| delay::between(&pairs, rate, reach, band).map_or(0.0, |found| found.gain_db as f32);
    let mut facts =
        vec![Fact::new("pair", &about, Qty::Text(kind.name.to_owned())).confidence(if kind.least > 0.0 {
            sure
        } else {
            0.95
        })];
    let mut push =
        |what: &str, value: Qty, sure: f32| facts.push(Fact::new(what, &about, value).confidence(sure));
    push("pair.delay", Qty::Number(found.frames), sure);
    push("pair.delay_ms", Qty::Number(found.frames / rate * 1000.0), sure);
    push("pair.polarity", Qty::Number(found.polarity), sure);
    push("pair.gain", Qty::Bands(vec![gain((45.0, 85.0)), gain((140.0, 280.0))]), sure);
    push("pair.gain_db", Qty::Number(found.gain_db), sure);
    if kind.one_source {
        push("pair.correlation", Qty::Number(correlation(song, a, b, 0)), 1.0);
        let aligned = correlation(song, a, b, found.frames.round() as i64);
        push("pair.correlation_aligned", Qty::Number(aligned), sure);
    }
    facts
}

/// Correlation of two stems over the whole song, K-weighted, with the second moved earlier by so many frames.
fn correlation(song: &Song, a: &Stem, b: &Stem, late: i64) -> f64 {
    const PIECE: usize = 1 << 16;
    let mut weighting = KWeighting::new(f64::from(song.rate));
    let (mut squares, mut product) = ([0.0; 2], 0.0);
    for from in (0..song.frames as i64).step_by(PIECE) {
        let energy = weighting.energy(
            &window::read(a, Side::Mid, from, PIECE),
            &window::read(b, Side::Mid, from + late, PIECE),
        );
        squares = [squares[0] + energy.squares[0], squares[1] + energy.squares[1]];
        product += energy.product;
    }
    product / (squares[0] * squares[1]).sqrt().max(1e-12)
}

/// How alike two stems' levels move: correlation of their frame levels in dB where either plays.
fn shape(song: &Song, facts: &Facts, a: &Stem, b: &Stem) -> f64 {
    let level = |stem: &Stem| -> Vec<f64> {
        sketch_in_song(song, facts, stem).map_or(Vec::new(), |sketch| {
            sketch
                .mid
                .chunks(crate::sketch::BANDS)
                .map(|frame| 10.0 * (f64::from(frame.iter().sum::<f32>()) + 1e-7).log10())
                .collect()
        })
    };
    let (x, y) = (level(a), level(b));
    let n = x.len().min(y.len());
    if n < 20 {
        return 0.0;
    }
    let (mx, my) = (x[..n].iter().sum::<f64>() / n as f64, y[..n].iter().sum::<f64>() / n as f64);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y) {
        xy += (x - mx) * (y - my);
        xx += (x - mx).powi(2);
        yy += (y - my).powi(2);
    }
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

/// Two takes of one part: one role among voices and guitars, the same notes at the same times, but other samples.
fn doubles(song: &Song, facts: &Facts, kept: &[&Stem]) -> Vec<Fact> {
    let mut out = Vec::new();
    for (i, a) in kept.iter().enumerate() {
        for b in &kept[i + 1..] {
            let (Some(x), Some(y)) = (facts.text("role", &a.id), facts.text("role", &b.id)) else { continue };
            let lead = |role: &str| matches!(role, "lead-vocal" | "vocal-double");
            let same = (x == y || (lead(x) && lead(y)))
                && matches!(
                    x,
                    "lead-vocal"
                        | "vocal-double"
                        | "backing-vocal"
                        | "electric-guitar"
                        | "acoustic-guitar"
                        | "guitar"
                );
            let halves = facts.text("role.pair", &a.id).is_some()
                && facts.text("role.pair", &a.id) != facts.text("role.pair", &b.id);
            if !same || halves {
                continue;
            }
            let alike = shape(song, facts, a, b);
            if alike < 0.9 {
                continue;
            }
            let pairs = windows(song, facts, a, b, Side::Mid, 0);
            let waves = pairs.iter().map(|(a, b)| window::correlation(a, b).abs()).sum::<f64>()
                / pairs.len().max(1) as f64;
            if waves < 0.6 {
                let sure = ((alike - 0.85) / 0.15).clamp(0.0, 0.9) as f32;
                out.push(Fact::new("pair", &[&a.id, &b.id], Qty::Text("double".to_owned())).confidence(sure));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mixsmith_audio::{Audio, Clip};

    use super::*;
    use crate::Sketch;
    use crate::sketch::BANDS;

    /// Two sides of a guitar by their names, which sound together.
    fn sides(names: [&str; 2]) -> (Song, Facts) {
        let mid: Vec<f32> = (0..40 * BANDS).map(|i| 1e-3 * (1 + (i / BANDS) % 7) as f32).collect();
        let mut facts = Facts::default();
        let clip = Arc::new(Clip::in_memory(Audio::silence(1000, 1, 4000)));
        let stem = |(i, name): (usize, &str)| {
            let (id, side) = (format!("t{i}"), ["L", "R"][i]);
            for (what, text) in [("role.name", name), ("role.pair", side)] {
                facts.push(Fact::new(what, &[&id], Qty::Text(text.to_owned())));
            }
            facts.push_sketch(&id, Arc::new(Sketch { mid: mid.clone(), side: vec![0.0; mid.len()] }));
            let (file, hash) = (format!("{name}.wav"), id.clone());
            let (stream, rate, channels, lossy, start) = (0, 1000, 1, false, 0);
            Stem { id, file, stream, hash, rate, channels, lossy, start, clip: clip.clone() }
        };
        let stems = names.into_iter().enumerate().map(stem).collect();
        (Song { rate: 1000, frames: 4000, stems }, facts)
    }

    #[test]
    fn two_sides_are_one_recording_even_beside_a_copy_of_one() {
        let found = |names| {
            let (song, facts) = sides(names);
            let kept: Vec<&Stem> = song.stems.iter().collect();
            halves(&song, &kept, &facts).len()
        };
        assert_eq!(found(["Guitar L", "Guitar R"]), 1);
        // The copy, which is left out, has the name.
        assert_eq!(found(["Guitar L", "Guitar R 2"]), 1);
        assert_eq!(found(["Guitar 1 L", "Guitar 2 R"]), 0);
        assert_eq!(found(["Guitar L", "Piano R"]), 0);
    }
}
