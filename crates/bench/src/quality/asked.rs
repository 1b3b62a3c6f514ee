//! What is asked of a mix, and what ours comes to.

use std::fmt::Write as _;

use super::Figures;
use super::table::mean;

/// A figure with what is asked of it. Less is better.
struct Asked {
    name: &'static str,
    unit: &'static str,
    decimals: usize,
    /// What it must be, and what it should be.
    must: f64,
    goal: f64,
    /// What of the program aims at it. What nothing aims at tells most.
    aim: &'static str,
    /// Where it counts.
    when: &'static [&'static str],
    /// Of every song, and not of their mean?
    each: bool,
    of: fn(&Figures) -> Option<f64>,
}

const ALL: &[&str] = &["scrambled", "messy", "as they are"];
const MOVED: &[&str] = &["scrambled", "messy"];
const NOTHING: &str = "nothing";
const LEVELS: &str = "terms usual, came, rough";

const ASKED: &[Asked] = &[
    Asked {
        name: "Faders",
        unit: "dB",
        decimals: 1,
        must: 4.0,
        goal: 3.0,
        aim: LEVELS,
        when: MOVED,
        each: false,
        of: |f| Some(f.faders?.0),
    },
    Asked {
        name: "Faders",
        unit: "dB",
        decimals: 1,
        must: 1.5,
        goal: 0.5,
        aim: LEVELS,
        when: &["as they are"],
        each: false,
        of: |f| Some(f.faders?.0),
    },
    Asked {
        name: "Faders, loud parts weighing more",
        unit: "dB",
        decimals: 1,
        must: 3.5,
        goal: 2.5,
        aim: LEVELS,
        when: ALL,
        each: false,
        of: |f| Some(f.faders?.1),
    },
    Asked {
        name: "Lead voice against the rest, off by",
        unit: "dB",
        decimals: 1,
        must: 1.6,
        goal: 0.8,
        aim: "terms usual, lead",
        when: ALL,
        each: false,
        of: |f| f.voice,
    },
    Asked {
        name: "Steadiness of the voice, over the human's",
        unit: "dB",
        decimals: 1,
        must: 0.3,
        goal: -0.2,
        aim: "rule ride.voice, term place",
        when: ALL,
        each: false,
        of: |f| f.steadiness,
    },
    Asked {
        name: "Audio features",
        unit: "",
        decimals: 3,
        must: 0.05,
        goal: 0.03,
        aim: NOTHING,
        when: ALL,
        each: false,
        of: |f| Some(f.features),
    },
    Asked {
        name: "Bark spectra",
        unit: "",
        decimals: 2,
        must: 0.30,
        goal: 0.20,
        aim: NOTHING,
        when: ALL,
        each: false,
        of: |f| Some(f.bark),
    },
    Asked {
        name: "Third octaves of the parts",
        unit: "dB",
        decimals: 2,
        must: 0.66,
        goal: 0.45,
        aim: NOTHING,
        when: &["scrambled", "as they are"],
        each: false,
        of: |f| f.spectra,
    },
    Asked {
        name: "Places of parts that came in stereo",
        unit: "dB",
        decimals: 2,
        must: 1.0,
        goal: 0.5,
        aim: NOTHING,
        when: ALL,
        each: false,
        of: |f| f.places,
    },
    Asked {
        name: "Lead voice masked from 1 to 4 kHz, over the human's",
        unit: "",
        decimals: 3,
        must: 0.0,
        goal: 0.0,
        aim: "terms lead, words, rule tone.unmask",
        when: ALL,
        each: false,
        of: |f| Some(f.among[0].words? - f.among[1].words?),
    },
    Asked {
        name: "Distance from the tone of records",
        unit: "sd",
        decimals: 2,
        must: 1.5,
        goal: 1.5,
        aim: "terms tone, colour",
        when: ALL,
        each: true,
        of: |f| f.portrait.tonal_distance,
    },
    Asked {
        name: "Largest resonance",
        unit: "dB",
        decimals: 1,
        must: 9.0,
        goal: 9.0,
        aim: "rule tone.resonance, by track",
        when: ALL,
        each: true,
        of: |f| f.portrait.resonance,
    },
    Asked {
        name: "Side over mid below 120 Hz",
        unit: "dB",
        decimals: 1,
        must: -12.0,
        goal: -12.0,
        aim: "rule check.mono",
        when: ALL,
        each: true,
        of: |f| f.portrait.low_width,
    },
    Asked {
        name: "Loss in mono",
        unit: "LU",
        decimals: 1,
        must: 1.5,
        goal: 1.5,
        aim: "rule check.mono",
        when: ALL,
        each: true,
        of: |f| f.portrait.mono_loss,
    },
    Asked {
        name: "Loss in mono, worst part",
        unit: "LU",
        decimals: 1,
        must: 5.0,
        goal: 5.0,
        aim: "rule pan.width",
        when: ALL,
        each: true,
        of: |f| f.among[0].mono_loss,
    },
    Asked {
        name: "Left against right",
        unit: "dB",
        decimals: 1,
        must: 1.0,
        goal: 1.0,
        aim: "term even",
        when: ALL,
        each: true,
        of: |f| f.portrait.balance,
    },
    Asked {
        name: "Masking on eight other systems rises by",
        unit: "",
        decimals: 3,
        must: 0.10,
        goal: 0.07,
        aim: NOTHING,
        when: ALL,
        each: true,
        of: |f| f.among[0].rise,
    },
    Asked {
        name: "Lead voice changes there, over the human's",
        unit: "dB",
        decimals: 1,
        must: 0.3,
        goal: 0.0,
        aim: NOTHING,
        when: ALL,
        each: false,
        of: |f| Some(f.among[0].voice_elsewhere? - f.among[1].voice_elsewhere?),
    },
];

/// The tables of what is asked, for our mixes: first what nothing of the program looks at, which proves most.
pub fn text(all: &[Figures]) -> String {
    let mut text = "Less is better everywhere. Mean: of the songs. Worst: of the songs; it is what counts where it is bold, else the \
                    mean. Human: mean of the people's own mixes by the same measure; of raw folders, what the people's levels make \
                    of these very files.\n"
        .to_owned();
    let free = |asked: &&Asked| asked.aim == NOTHING;
    text += &table("Nothing in the program aims at these", ASKED.iter().filter(free), all);
    text += &table("A term or a rule aims at these", ASKED.iter().filter(|asked| !free(asked)), all);
    text
}

fn table<'a>(title: &str, some: impl Iterator<Item = &'a Asked>, all: &[Figures]) -> String {
    let mut text = format!(
        "\n### {title}\n\n| figure | tracks | mean | worst | human | must | goal | | aim |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |\n"
    );
    for asked in some {
        for when in asked.when {
            let of = |system: &str| -> Vec<f64> {
                let own = all.iter().filter(|f| f.system == system && f.condition.name() == *when);
                own.filter_map(|f| (asked.of)(f)).collect()
            };
            let ours = of("Mixsmith");
            let Some(ours_mean) = mean(&ours) else { continue };
            let worst = ours.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (judged, decimals) = (if asked.each { worst } else { ours_mean }, asked.decimals);
            // Judged as it is shown.
            let shown = |value: f64| format!("{value:.decimals$}").parse::<f64>().unwrap_or(value);
            let verdict = match shown(judged) {
                value if value <= asked.goal => "goal",
                value if value <= asked.must => "met",
                _ => "**missed**",
            };
            let unit = if asked.unit.is_empty() { String::new() } else { format!(", {}", asked.unit) };
            let bold = if asked.each { "**" } else { "" };
            // How far from a person's mix the person's own levels are, where that mix was made of other files.
            let levels = if asked.each { None } else { mean(&of("human's levels")) };
            let human = levels.or_else(|| mean(&of("human")));
            let human = human.map_or("-".to_owned(), |v| format!("{v:.decimals$}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| {}{unit} | {when} | {ours_mean:.decimals$} | {bold}{worst:.decimals$}{bold} | {human} | \
                 {:.decimals$} | {:.decimals$} | {verdict} | {} |",
                asked.name, asked.must, asked.goal, asked.aim,
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::songs::Condition;
    use super::*;

    #[test]
    fn a_miss_is_told_and_what_was_not_measured_is_not() {
        let figures = |faders: f64, tone: f64| Figures {
            system: "Mixsmith",
            song: "a".to_owned(),
            condition: Condition::Messy,
            faders: Some((faders, 3.0)),
            voice: None,
            steadiness: None,
            features: 0.03,
            bark: 0.25,
            bark_sides: [0.2; 2],
            spectra: None,
            places: None,
            portrait: mixsmith_pipeline::Portrait { tonal_distance: Some(tone), ..Default::default() },
            among: Default::default(),
            parts: Vec::new(),
            says: Vec::new(),
        };
        let text = text(&[figures(4.0, 1.0), figures(4.4, 1.6)]);
        let row = |name: &str| text.lines().find(|line| line.starts_with(&format!("| {name}"))).unwrap();
        assert!(row("Faders, dB").contains("| 4.2 | 4.4 | - | 4.0 | 3.0 | **missed** |"), "{text}");
        assert!(row("Audio features").contains("| goal |") && row("Bark").contains("| met |"));
        // The worst song counts, though the mean is inside.
        assert!(row("Distance from the tone").contains("| 1.30 | **1.60** |"), "{text}");
        assert!(row("Distance from the tone").contains("**missed**") && !text.contains("Lead voice"));
    }
}
