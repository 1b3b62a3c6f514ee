//! The figures as tables.

use std::fmt::Write as _;

use super::systems::SYSTEMS;
use super::{Figures, asked};

/// A column: its heading, its decimals, and where its figure is.
type Column = (&'static str, usize, fn(&Figures) -> Option<f64>);

const COLUMNS: [Column; 12] = [
    ("faders", 1, |f| Some(f.faders?.0)),
    ("weighed", 1, |f| Some(f.faders?.1)),
    ("voice", 1, |f| f.voice),
    ("unsteady", 1, |f| f.steadiness),
    ("features", 3, |f| Some(f.features)),
    ("Bark", 2, |f| Some(f.bark)),
    ("spectra", 2, |f| f.spectra),
    ("places", 1, |f| f.places),
    ("mono loss", 1, |f| f.portrait.mono_loss),
    ("tone", 2, |f| f.portrait.tonal_distance),
    ("left/right", 1, |f| f.portrait.balance),
    ("low side", 1, |f| f.portrait.low_width),
];

const LEGEND: &str = "Nearer to the human mix is lower, but for the last four, which are of the mix alone.\n\n\
- faders: root mean square of how far each active part is from the human's level, less the gain that all have in common, dB; \
weighed: loud parts count more. A part's level is its K-weighted energy in the mix over the frames in which it plays in the \
human's; a part that is left out is 60 dB off; parts 40 dB under the loudest moment are nobody's balance\n\
- voice: size of the difference of the lead voice against the rest, dB; unsteady: how much more that differs from phrase to phrase, dB\n\
- features: weighted mean square distance of level, crest, width, imbalance and Bark spectra, as Diff-MST has it (after De Man et \
al. 2014), at equal loudness; Bark: mean square distance of the Bark spectra of mid and side alone, natural logarithms\n\
- spectra: distance of the third octaves of the parts at equal level, dB; places: distance of left over right of the parts that \
came in stereo, dB\n\
- mono loss: LU; tone: distance from the usual balance of records; left/right: dB; low side: side over mid below 120 Hz, dB\n\
- human's levels: the person's levels on these very files, nothing else. Where the person's mix was made of others (a raw session with \
overheads that the mix has not), this is what no balance can mend\n";

/// All tables.
pub fn text(all: &[Figures], seeds: u64) -> String {
    let mut text =
        format!("## What is asked\n\n{}\n## Mixes beside those of people\n\n{LEGEND}", asked::text(all));
    let kinds: [(&str, String); 3] = [
        (
            "scrambled",
            format!(
                "Every track at random within 12 dB, tilted within 3 dB from end to end, folded to mono where it nearly is; {seeds} \
                 seeds."
            ),
        ),
        ("messy", "Raw folders as they are.".to_owned()),
        ("as they are", "Tracks with the person's own balance.".to_owned()),
    ];
    for (kind, says) in kinds {
        let some: Vec<&Figures> = all.iter().filter(|f| f.condition.name() == kind).collect();
        if some.is_empty() {
            continue;
        }
        let mut songs: Vec<&str> = some.iter().map(|f| f.song.as_str()).collect();
        songs.dedup();
        // Writing to a string cannot fail.
        let _ = write!(text, "\n### {kind}\n\n{says} Mean of {} songs.\n\n| |", songs.len());
        text += &COLUMNS.map(|(name, _, _)| format!(" {name} |")).concat();
        let _ = write!(text, "\n| --- |{}", " ---: |".repeat(COLUMNS.len()));
        for system in SYSTEMS.into_iter().filter(|system| some.iter().any(|f| f.system == *system)) {
            let _ = write!(text, "\n| {system} |");
            for (_, decimals, of) in COLUMNS {
                let values: Vec<f64> =
                    some.iter().filter(|f| f.system == system).filter_map(|f| of(f)).collect();
                text += &cell(mean(&values), decimals);
            }
        }
        let _ = write!(text, "\n\nFaders by song, dB (all / voice alone):\n\n| |");
        for song in &songs {
            let _ = write!(text, " {song} |");
        }
        let _ = write!(text, "\n| --- |{}", " ---: |".repeat(songs.len()));
        for system in SYSTEMS.iter().filter(|system| !system.starts_with("human")) {
            let _ = write!(text, "\n| {system} |");
            for song in &songs {
                let of = |of: &dyn Fn(&Figures) -> Option<f64>| {
                    let own = some.iter().filter(|f| f.system == *system && f.song == *song);
                    mean(&own.filter_map(|f| of(f)).collect::<Vec<f64>>())
                };
                let faders = of(&|f| Some(f.faders?.0)).map_or("-".to_owned(), |v| format!("{v:.1}"));
                let voice = of(&|f| f.voice).map_or(String::new(), |v| format!(" / {v:.1}"));
                let _ = write!(text, " {faders}{voice} |");
            }
        }
        text.push('\n');
    }
    text
}

/// Every part of our mix of one song: fader off by, spectrum off by, and that of its untouched file; and what was decided.
pub fn parts(made: &[Figures]) -> String {
    let of = |system: &str| made.iter().find(|figures| figures.system == system);
    let (Some(ours), Some(raw)) = (of("Mixsmith"), of("raw sum")) else { return String::new() };
    let mut text = format!("{}, {}\n", ours.song, ours.condition.name());
    for one in [ours, raw] {
        let [mid, side] = one.bark_sides;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  {}: features {:.3}, Bark of mid {mid:.2}, of side {side:.2}, voice off by {:.1}, masking elsewhere {:.3}",
            one.system,
            one.features,
            one.voice.unwrap_or(0.0),
            one.among[0].rise.unwrap_or(0.0),
        );
    }
    for ((name, off, spectrum), (_, _, untouched)) in ours.parts.iter().zip(&raw.parts) {
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "  {name:45} fader {off:6.1}  spectrum {spectrum:5.2}, untouched {untouched:5.2}");
    }
    ours.says.iter().for_each(|says| text += &format!("    {says}\n"));
    text
}

pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn cell(value: Option<f64>, decimals: usize) -> String {
    match value {
        // No minus before a zero.
        Some(value) => format!(" {:.*} |", decimals, if value.abs() < 5e-4 { 0.0 } else { value }),
        None => " - |".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::songs::Condition;
    use super::*;

    #[test]
    fn a_table_has_a_row_for_everybody_and_a_mean_over_songs() {
        let figures = |system, song: &str, faders| Figures {
            system,
            song: song.to_owned(),
            condition: Condition::Scrambled(1),
            faders: Some((faders, 1.0)),
            voice: None,
            steadiness: None,
            features: 0.1,
            bark: 1.0,
            bark_sides: [1.0; 2],
            spectra: None,
            places: None,
            portrait: Default::default(),
            among: Default::default(),
            parts: Vec::new(),
            says: Vec::new(),
        };
        let all = [figures("raw sum", "a", 6.0), figures("raw sum", "b", 7.0)];
        let text = text(&all, 1);
        assert!(
            text.contains("| raw sum | 6.5 | 1.0 | - |") && text.contains("| raw sum | 6.0 | 7.0 |"),
            "{text}"
        );
        assert!(!text.contains("### messy") && !text.contains("| human's levels |"), "{text}");
    }
}
