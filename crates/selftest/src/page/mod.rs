//! The reference page of measured behaviour: every effect of the shelf, as it is, so that a new one appears by itself.

mod portrait;

use mixsmith_effects::all::ALL;
use mixsmith_processor::{Kind, Tail, Unit};

use crate::Failed;
use crate::rig::{Rig, Set, values};
use portrait::{Times, decays, levels, response, times};

/// Settings that show what an effect is for, beside its defaults: effect, what the setting is, values.
const SETTINGS: &[(&str, &str, &[Set])] = &[
    (
        "tone.equaliser",
        "a bell of 6 dB at 1 kHz, Q 1",
        &[("type4", 1.0), ("freq4", 1000.0), ("gain4", 6.0), ("q4", 1.0)],
    ),
    (
        "tone.equaliser",
        "a bell of 12 dB at 15 kHz, Q 2",
        &[("type8", 1.0), ("freq8", 15_000.0), ("gain8", 12.0), ("q8", 2.0)],
    ),
    (
        "tone.equaliser",
        "a high shelf of -6 dB at 8 kHz",
        &[("type7", 3.0), ("freq7", 8000.0), ("gain7", -6.0)],
    ),
    (
        "tone.equaliser",
        "a low cut of 24 dB an octave at 100 Hz",
        &[("type1", 4.0), ("freq1", 100.0), ("slope1", 3.0)],
    ),
    (
        "dynamics.compressor",
        "threshold -30 dB, ratio 8:1, knee 0 dB",
        &[("threshold", -30.0), ("ratio", 8.0), ("knee", 0.0)],
    ),
    (
        "dynamics.compressor",
        "attack 1 ms, release 50 ms",
        &[("threshold", -30.0), ("attack", 1.0), ("release", 50.0)],
    ),
    ("dynamics.limiter", "gain 12 dB", &[("gain", 12.0)]),
    ("dynamics.gate", "threshold -30 dB, range 80 dB", &[("threshold", -30.0), ("range", 80.0)]),
    ("colour.saturator", "drive 12 dB", &[("drive", 12.0)]),
    ("colour.saturator", "drive 12 dB, even 50%", &[("drive", 12.0), ("even", 50.0)]),
    ("space.delay", "250 ms, feedback 60%", &[("note", 0.0), ("time", 250.0), ("feedback", 60.0)]),
    ("space.reverb", "room, 0.6 s", &[("space", 0.0), ("decay", 0.6)]),
    ("space.reverb", "hall, 3 s", &[("space", 2.0), ("decay", 3.0)]),
];

const RATE: f64 = 48_000.0;

/// The page as text, with its heading.
pub fn page() -> Result<String, Failed> {
    let mut text = String::from(
        "<!-- Measured by the program: mixsmith selftest --docs docs/reference -->\n\n# Processors, measured\n\nWhat every \
         effect does, measured at its defaults and at settings that show what it is for. Rate 48 kHz and both channels alike \
         where nothing else is said. Levels are those of a sine's peak. A figure below -120 dB is given as that.\n",
    );
    for kind in ALL {
        text += &format!("\n## {}: `{}`\n\n{}\n\n", kind.name, kind.id, kind.doc);
        text += &timing(kind)?;
        text += &setting(kind, "At its defaults", &[])?;
        for (_, name, sets) in SETTINGS.iter().filter(|(id, ..)| *id == kind.id) {
            text += &setting(kind, &format!("With {name}"), sets)?;
        }
    }
    Ok(text)
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rows: String = rows.iter().map(|cells| line(cells)).collect();
    format!("{}|{}\n{rows}\n", line(head), " --- |".repeat(head.len()))
}

/// A figure with a decimal, without a minus before nought.
fn tenth(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let text = format!("{value:.1}");
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// Latency and tail at three rates; and how far the latency can go.
fn timing(kind: &Kind<f32>) -> Result<String, Failed> {
    let of = |sets: &[Set], rate: f64| -> Result<(usize, Tail), Failed> {
        let rig = Rig::of(kind, &values(kind, sets)?, rate, 2);
        Ok((rig.processor.latency(), rig.processor.tail()))
    };
    let mut rows = Vec::new();
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        let (latency, tail) = of(&[], rate)?;
        let tail = match tail {
            Tail::None => "none".to_owned(),
            Tail::Frames(frames) => format!("{:.2} s", frames as f64 / rate),
        };
        let late = format!("{latency} frames, {:.2} ms", 1000.0 * latency as f64 / rate);
        rows.push(vec![format!("{} kHz", rate / 1000.0), late, tail]);
    }
    let head = ["rate", "latency", "sounds on for at most"].map(str::to_owned);
    let mut text = table(&head, &rows);
    // Look-ahead is what moves a latency.
    if let Some((_, param)) = kind.param("lookahead") {
        for end in [*param.range.start(), *param.range.end()] {
            let (latency, _) = of(&[("lookahead", end)], RATE)?;
            text += &format!("With a look-ahead of {end} ms it is {latency} frames late at 48 kHz. ");
        }
        text = format!("{}\n\n", text.trim_end());
    }
    Ok(text)
}

/// What is measured at one setting, by family.
fn setting(kind: &Kind<f32>, name: &str, sets: &[Set]) -> Result<String, Failed> {
    let values = values(kind, sets)?;
    let mut text = format!("**{name}**\n\n");
    let answer = response(kind, &values);
    let head: Vec<String> =
        std::iter::once("frequency".to_owned()).chain(answer.iter().map(|(hz, _)| hertz(*hz))).collect();
    let gains: Vec<String> =
        std::iter::once("gain, dB".to_owned()).chain(answer.iter().map(|(_, gain)| tenth(*gain))).collect();
    text += &format!("A sine of {} dBFS:\n\n", portrait::QUIET);
    text += &table(&head, &[gains]);
    let space = kind.id.starts_with("space.");
    if !space {
        let found = levels(kind, &values);
        let line = |name: &str, of: &dyn Fn(&portrait::Level) -> String| -> Vec<String> {
            std::iter::once(name.to_owned()).chain(found.iter().map(of)).collect()
        };
        let head = line("997 Hz in, dBFS", &|level| tenth(level.level));
        let rest = |rest: f64| if rest < -120.0 { "below -120".to_owned() } else { tenth(rest) };
        let rows = [
            line("out, dBFS", &|level| tenth(level.out)),
            line("distortion and noise, dB", &|level| rest(level.rest)),
        ];
        text += &table(&head, &rows);
    }
    if kind.id.starts_with("dynamics.") {
        text += &courses(kind, &values);
    }
    if space {
        text += &answers(kind, &values);
    }
    Ok(text)
}

fn hertz(hz: f64) -> String {
    if hz >= 1000.0 { format!("{} kHz", hz / 1000.0) } else { format!("{hz} Hz") }
}

fn courses(kind: &Kind<f32>, values: &[f32]) -> String {
    let label = |id: &str| {
        let found = kind.param(id).filter(|(_, param)| param.unit == Unit::Ms);
        found.map_or("-".to_owned(), |(at, param)| format!("{} {}", param.name, param.unit.show(values[at])))
    };
    let Times { louder, softer } = times(kind, values);
    let row = |course: Option<(f64, f64)>, what: &str, label: String| match course {
        Some((ms, change)) => {
            vec![what.to_owned(), format!("{} dB", tenth(change)), format!("{} ms", tenth(ms)), label]
        }
        None => vec![what.to_owned(), "none".to_owned(), "-".to_owned(), label],
    };
    let head = ["a steady sound goes", "change of gain", "63 % of it after", "label"].map(str::to_owned);
    let rows =
        [row(louder, "from -60 to -6 dBFS", label("attack")), row(softer, "back again", label("release"))];
    table(&head, &rows)
}

fn answers(kind: &Kind<f32>, values: &[f32]) -> String {
    let found = decays(kind, values);
    let head = std::iter::once("octave about".to_owned()).chain(found.bands.iter().map(|(hz, _)| hertz(*hz)));
    let time = |time: &Option<f64>| time.map_or("-".to_owned(), |time| format!("{time:.2}"));
    let row = std::iter::once("time to fall by 60 dB, s".to_owned())
        .chain(found.bands.iter().map(|(_, decay)| time(decay)));
    let first = found
        .first
        .map_or("nothing comes".to_owned(), |ms| format!("the first sound comes after {ms:.2} ms"));
    format!("To a click, {first}.\n\n{}", table(&head.collect::<Vec<_>>(), &[row.collect()]))
}
