//! The mix, measured: every figure that needs no mix of a person beside it, with the limit inside which good mixes lie.
//!
//! The limits come from ten mixes by people put through the same measures. A figure outside is a reason to listen, not
//! a fault; where people differ too much for a limit, there is none.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::masking::{Masked, masking};
use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_assistant::Loudness;
use mixsmith_assistant::mixmodel::{energy, lufs};
use mixsmith_assistant::tables::target;
use serde::Serialize;

use crate::report::parts::{Part, voice_against_rest};
use crate::report::systems::Fare;
use crate::report::words::tenth;
use crate::report::{Players, spectrum};
use crate::{Mixed, Printed};

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// What is judged: `Voice`, `Tone`, …
    pub group: &'static str,
    /// What was measured.
    pub measure: &'static str,
    /// The figure with its unit.
    pub value: String,
    /// The limit; empty where there is none.
    pub bar: String,
    /// Inside or not.
    pub verdict: Verdict,
    /// What it means, for somebody who hears it for the first time.
    pub means: &'static str,
}

/// Inside the limit or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Inside.
    Pass,
    /// Outside: listen.
    Alarm,
    /// No limit is usable.
    Told,
}

/// The limit of a figure.
enum Bar {
    None,
    Most(f64),
    Least(f64),
    Within(f64, f64),
}

/// Collects the figures.
#[derive(Default)]
struct Card(Vec<Score>);

impl Card {
    /// A figure with a unit; one that could not be measured is left out.
    fn add(
        &mut self,
        name: (&'static str, &'static str),
        value: Option<f64>,
        unit: &str,
        bar: Bar,
        means: &'static str,
    ) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        let (scale, unit) = if unit == "%" { (100.0, "%") } else { (1.0, unit) };
        let show = |x: f64| match unit {
            "%" => format!("{:.0}", x * scale),
            "" => format!("{x:.2}"),
            "samples" => format!("{x:.0}"),
            _ => tenth(x),
        };
        // Judged as it is shown, so that no figure contradicts its limit.
        let shown: f64 = show(value).parse::<f64>().unwrap_or(value) / scale;
        let close = 1e-9;
        let (bar, inside) = match bar {
            Bar::None => (String::new(), None),
            Bar::Most(most) => (format!("at most {} {unit}", show(most)), Some(shown <= most + close)),
            Bar::Least(least) => (format!("at least {} {unit}", show(least)), Some(shown >= least - close)),
            Bar::Within(low, high) => (
                format!("{} to {} {unit}", show(low), show(high)),
                Some((low - close..=high + close).contains(&shown)),
            ),
        };
        let verdict = match inside {
            Some(true) => Verdict::Pass,
            Some(false) => Verdict::Alarm,
            None => Verdict::Told,
        };
        let value = format!("{} {unit}", show(value)).trim_end().to_owned();
        let bar = bar.trim_end().to_owned();
        self.0.push(Score { group: name.0, measure: name.1, value, bar, verdict, means });
    }
}

/// Measures the mix.
pub(crate) fn scorecard(mixed: &Mixed, players: &Players, parts: &[Part], fares: &[Fare]) -> Vec<Score> {
    let mut card = Card::default();
    voice(mixed, parts, &mut card);
    masked(parts, &mut card);
    tone(mixed, &mut card);
    low_end(parts, &mut card);
    stereo(mixed, &mut card);
    dynamics(mixed, players, &mut card);
    space(mixed, &mut card);
    elsewhere(parts, fares, &mut card);
    safety(mixed, &mut card);
    card.0
}

fn voice(mixed: &Mixed, parts: &[Part], card: &mut Card) {
    let level = voice_against_rest(parts, |_| true);
    let means = "Lead voice against everything else while it sings. Records go from -9 to +3 dB, so there is no limit.";
    card.add(("Voice", "Level against the rest"), level, "dB", Bar::None, means);
    // The loudest lead sings the words; its doubles follow it.
    let leads = parts.iter().filter(|part| part.role == "lead-vocal");
    let lead = leads.reduce(|a, b| if b.after > a.after { b } else { a });
    let phrases = lead.map_or(&[][..], |lead| mixed.listened.facts.spans("activity.phrases", &lead.id));
    let frame = |seconds: f64| (seconds * 10.0).round() as usize;
    let long = phrases.iter().filter(|phrase| phrase.end - phrase.start >= 1.0);
    let levels: Vec<f64> = long
        .filter_map(|phrase| {
            voice_against_rest(parts, |f| (frame(phrase.start)..frame(phrase.end)).contains(&f))
        })
        .collect();
    let means =
        "How much that level differs from phrase to phrase (standard deviation). People: 0.6 to 1.2 dB.";
    card.add(("Voice", "Steadiness"), deviation(&levels), "dB", Bar::Most(1.5), means);
}

fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 3 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
    Some(square.sqrt())
}

fn masked(parts: &[Part], card: &mut Card) {
    let named: Vec<(&str, &Sketch)> = parts.iter().map(|part| (part.id.as_str(), &part.sketch)).collect();
    let found = masking(&named, &vec![0.0; named.len()]);
    if found.len() < 2 {
        return;
    }
    let shares: Vec<f64> = found.iter().map(|masked| f64::from(masked.fraction)).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let means = "Share of each track's sound that the others cover, mean of all tracks. People: 2 to 29 %.";
    card.add(("Clarity", "Masked, mean"), Some(mean), "%", Bar::Most(0.31), means);
    let worst = shares.iter().copied().reduce(f64::max);
    let means =
        "The track that is covered most. Pads and effects are buried on purpose, so there is no limit.";
    card.add(("Clarity", "Masked, worst track"), worst, "%", Bar::None, means);
    let lead = lead_among(parts);
    let means = "Share of the lead voice that is covered where words are understood. People: 0 to 4 %.";
    let presence = lead.map(|masked| f64::from(masked.presence));
    card.add(("Clarity", "Lead voice masked, 1 to 4 kHz"), presence, "%", Bar::Most(0.04), means);
}

/// How the others cover the lead voice, its doubles included: takes of one voice do not hide each other.
fn lead_among(parts: &[Part]) -> Option<Masked> {
    let leads = parts.iter().filter(|part| part.is_voice());
    let voice = leads.map(|part| part.sketch.clone()).reduce(|mut sum, sketch| {
        for (sum, more) in [(&mut sum.mid, &sketch.mid), (&mut sum.side, &sketch.side)] {
            sum.resize(sum.len().max(more.len()), 0.0);
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        sum
    })?;
    let others = parts.iter().filter(|part| !part.is_voice());
    let named: Vec<(&str, &Sketch)> =
        [("voice", &voice)].into_iter().chain(others.map(|part| (part.id.as_str(), &part.sketch))).collect();
    masking(&named, &vec![0.0; named.len()]).into_iter().next()
}

fn tone(mixed: &Mixed, card: &mut Card) {
    let bands = mixed.heard.bands("spectrum.third_octave", "mix").map(spectrum::normal);
    let distance = bands.as_ref().map(|bands| {
        let heard = bands.iter().zip(target()).filter(|(_, row)| row.hz >= 40.0);
        let squares: Vec<f64> = heard.map(|(db, row)| ((db - row.db) / row.sd).powi(2)).collect();
        (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt()
    });
    let means = "Distance from the usual balance of records, in their own spread. People: 1.2 to 1.8.";
    card.add(("Tone", "Distance from records"), distance, "", Bar::Most(1.5), means);
    let resonance = mixed.heard.number("spectrum.resonance", "mix");
    let means = "Highest peak over its surroundings in the whole mix. People: 2 to 12 dB.";
    card.add(("Tone", "Largest resonance"), resonance, "dB", Bar::Most(9.0), means);
    let presence = bands.as_ref().map(|bands| {
        let heard: Vec<f64> = bands
            .iter()
            .zip(target())
            .filter(|(_, row)| (2000.0..=5000.0).contains(&row.hz))
            .map(|(db, row)| db - row.db)
            .collect();
        heard.iter().sum::<f64>() / heard.len().max(1) as f64
    });
    let means =
        "Over (+) or under (-) records where the ear is most sensitive. People differ by 15 dB: no limit.";
    card.add(("Tone", "2 to 5 kHz against records"), presence, "dB", Bar::None, means);
    let bass = mixed.heard.bands("spectrum.third_octave", "mix").map(|bands| {
        let sum: f64 = bands.iter().map(|&db| energy(f64::from(db))).sum();
        bands.first().map_or(0.0, |&db| energy(f64::from(db))) / sum.max(1e-12)
    });
    let means = "Energy around 30 Hz, which few speakers play and every limiter feels.";
    card.add(("Low end", "Share around 30 Hz"), bass, "%", Bar::Most(0.05), means);
}

fn low_end(parts: &[Part], card: &mut Card) {
    let low = |part: &Part, frame: usize| -> f64 {
        let bands = centres().iter().enumerate().filter(|(_, hz)| (40.0..100.0).contains(*hz));
        let at = |band: usize| {
            let place = frame * BANDS + band;
            let of = |energies: &[f32]| energies.get(place).copied().unwrap_or(0.0);
            f64::from(of(&part.sketch.mid) + of(&part.sketch.side))
        };
        bands.map(|(band, _)| at(band)).sum()
    };
    let kicks: Vec<&Part> = parts.iter().filter(|part| part.role.starts_with("kick")).collect();
    let basses: Vec<&Part> = parts.iter().filter(|part| part.family == "bass").collect();
    let (mut kick, mut bass) = (0.0, 0.0);
    let frames = kicks.iter().map(|part| part.plays.len()).max().unwrap_or(0);
    for frame in (0..frames).filter(|&f| kicks.iter().any(|part| part.plays.get(f) == Some(&true))) {
        kick += kicks.iter().map(|part| low(part, frame)).sum::<f64>();
        bass += basses.iter().map(|part| low(part, frame)).sum::<f64>();
    }
    let ratio = (kick > 0.0 && bass > 0.0).then(|| lufs(kick) - lufs(bass));
    let means =
        "Kick against bass from 40 to 100 Hz while the kick sounds: under this the kick loses its weight.";
    card.add(("Low end", "Kick against bass"), ratio, "dB", Bar::Least(-3.0), means);
}

/// The bands of `stereo.width_bands` and the widths inside which mixes by people lie, dB of side against mid.
pub(crate) const WIDTHS: [(&str, f64, f64); 5] = [
    ("below 120 Hz", -100.0, -12.0),
    ("120 to 500 Hz", -23.0, -5.0),
    ("0.5 to 2 kHz", -18.0, -3.0),
    ("2 to 8 kHz", -20.0, 0.0),
    ("above 8 kHz", -100.0, 0.0),
];

fn stereo(mixed: &Mixed, card: &mut Card) {
    const NAMES: [&str; 5] = [
        "Width below 120 Hz",
        "Width 120 to 500 Hz",
        "Width 0.5 to 2 kHz",
        "Width 2 to 8 kHz",
        "Width above 8 kHz",
    ];
    let widths = mixed.heard.bands("stereo.width_bands", "mix").unwrap_or(&[]);
    const MEANS: [&str; 5] = [
        "Side against mid. Deep bass belongs in the middle, or mono and vinyl lose it.",
        "Side against mid: lower is narrower, 0 dB is as wide as two unrelated channels.",
        "Where voices and most melodies are.",
        "Where words, attacks and detail are.",
        "Where air and cymbals are.",
    ];
    for (((&width, (_, low, high)), name), means) in widths.iter().zip(WIDTHS).zip(NAMES).zip(MEANS) {
        let bar = if low <= -100.0 { Bar::Most(high) } else { Bar::Within(low, high) };
        card.add(("Stereo", name), Some(f64::from(width)), "dB", bar, means);
    }
    let balance = mixed.heard.number("stereo.balance", "mix").map(f64::abs);
    card.add(
        ("Stereo", "Left against right"),
        balance,
        "dB",
        Bar::Most(1.0),
        "Difference of the two sides' power.",
    );
    let loss = mixed.heard.number("stereo.mono_loss", "mix");
    let means = "What is lost when both sides are added up, as in many shops, phones and clubs.";
    card.add(("Stereo", "Lost in mono"), loss, "LU", Bar::Most(1.5), means);
    let facts = &mixed.listened.facts;
    let tracks = mixed
        .session
        .tracks()
        .filter_map(|strip| facts.number("stereo.mono_loss", &strip.clips().first()?.source));
    let means = "The track, as recorded, that loses most in mono.";
    card.add(("Stereo", "Lost in mono, worst track"), tracks.reduce(f64::max), "LU", Bar::Most(5.0), means);
    let low = mixed.heard.bands("stereo.correlation_bands", "mix").and_then(|bands| bands.first());
    let means = "1 is mono, 0 unrelated, -1 upside down. Deep bass must survive mono and vinyl.";
    card.add(("Stereo", "Correlation below 120 Hz"), low.map(|&c| f64::from(c)), "", Bar::Least(0.8), means);
}

fn dynamics(mixed: &Mixed, players: &Players, card: &mut Card) {
    let plr = |kind: &str| printed(mixed, kind).map(|print| print.level.true_peak - print.level.loudness);
    let means = "True peak over loudness of the mix: how much punch is left for the master.";
    card.add(("Dynamics", "Peak over loudness, mix"), plr("mix"), "LU", Bar::Within(12.0, 18.0), means);
    let means = "The same of the master. It falls as the master is made louder.";
    card.add(("Dynamics", "Peak over loudness, master"), plr("master"), "LU", Bar::None, means);
    let loud = mixed.brief.loudness == Loudness::Loud;
    let bar = if loud { Bar::None } else { Bar::Least(8.0) };
    let means = "Least peak over 3 seconds' loudness in the master: under 8 dB drums flatten.";
    card.add(("Dynamics", "Least short-term punch, master"), players.psr, "dB", bar, means);
    let before = players.heard.number("loudness.range", "before");
    let after = mixed.heard.number("loudness.range", "mix");
    let change = before.zip(after).map(|(before, after)| before - after);
    let means =
        "Loudness range of the plain sum less that of the mix: how much of the song's arc was levelled.";
    card.add(("Dynamics", "Loudness range given up"), change, "LU", Bar::Most(2.0), means);
}

fn space(mixed: &Mixed, card: &mut Card) {
    let returns =
        mixed.session.strips.iter().filter(|strip| strip.kind == mixsmith_session::StripKind::Return);
    let prints = returns
        .filter_map(|strip| mixed.manifest.outputs.iter().find(|o| o.kind == "stem" && o.of == strip.id));
    let sum: f64 = prints.map(|print| energy(print.level.loudness)).sum();
    let ambience =
        (sum > 1e-9).then(|| lufs(sum)).zip(printed(mixed, "mix")).map(|(l, mix)| l - mix.level.loudness);
    let means = "All returns against the mix. Listeners punish too much more than too little.";
    card.add(("Space", "Reverbs and delays"), ambience, "LU", Bar::Within(-20.0, -10.0), means);
}

fn elsewhere(parts: &[Part], fares: &[Fare], card: &mut Card) {
    let voice = fares.iter().filter_map(|fare| fare.voice).map(f64::abs).reduce(f64::max);
    let means = "Largest change of the voice against the rest on eight simulated systems.";
    card.add(("Elsewhere", "Voice changes by"), voice, "dB", Bar::Most(2.0), means);
    let masking = (parts.len() > 1).then(|| fares.iter().map(|fare| fare.masking).reduce(f64::max)).flatten();
    let means = "Largest rise of the masked share on them. People: 4 to 8 points.";
    card.add(("Elsewhere", "Masking rises by"), masking, "%", Bar::Most(0.10), means);
    let bass = parts.iter().filter(|part| part.family == "bass");
    let (mut audible, mut all) = (0.0, 0.0);
    for part in bass {
        for (place, e) in part.sketch.mid.iter().enumerate() {
            all += f64::from(*e);
            audible += if (300.0..1000.0).contains(&centres()[place % BANDS]) { f64::from(*e) } else { 0.0 };
        }
    }
    let share = (all > 0.0 && audible > 0.0).then(|| 10.0 * (audible / all).log10());
    let means =
        "The bass's overtones from 300 Hz to 1 kHz against all of it: what a phone plays of the bass line.";
    card.add(("Elsewhere", "Bass on a phone"), share, "dB", Bar::Least(-20.0), means);
}

fn safety(mixed: &Mixed, card: &mut Card) {
    let master = printed(mixed, "master");
    let means = "Higher peaks distort in players and in coding for streaming.";
    let peak = master.map(|print| print.level.true_peak);
    card.add(("Safety", "True peak of the master"), peak, "dBTP", Bar::Most(-1.0), means);
    let outputs = &mixed.manifest.outputs;
    let clipped =
        (!outputs.is_empty()).then(|| outputs.iter().map(|print| print.clipped).sum::<u64>() as f64);
    let means = "Samples of any printed file held at full scale.";
    card.add(("Safety", "Clipped samples"), clipped, "samples", Bar::Most(0.0), means);
    let off = master.map(|print| print.level.loudness - mixed.brief.loudness.lufs());
    let means = "Master against the loudness asked for. Below, when more would have cost the song its punch.";
    card.add(("Safety", "Loudness against the one asked for"), off, "LU", Bar::Within(-0.3, 0.3), means);
    let stems = (!outputs.is_empty()).then_some(mixed.manifest.stems_minus_mix);
    let means = "Largest sample of all stems added up less the mix: they are the mix, in pieces.";
    card.add(("Safety", "Stems less mix"), stems, "dBFS", Bar::Most(-100.0), means);
}

/// The print of a kind.
pub(crate) fn printed<'a>(mixed: &'a Mixed, kind: &str) -> Option<&'a Printed> {
    mixed.manifest.outputs.iter().find(|output| output.kind == kind)
}

impl Verdict {
    /// As a word, so that colour says nothing alone.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Alarm => "listen",
            Verdict::Told => "no limit",
        }
    }
}

/// `27 of 30 figures are inside their limits`.
pub(crate) fn verdict(scores: &[Score]) -> String {
    let judged = scores.iter().filter(|score| score.verdict != Verdict::Told).count();
    let inside = scores.iter().filter(|score| score.verdict == Verdict::Pass).count();
    format!("{inside} of {judged} figures are inside their limits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_judged_as_it_is_shown() {
        let mut card = Card::default();
        card.add(("a", "b"), Some(1.04), "dB", Bar::Most(1.0), "");
        card.add(("a", "b"), Some(-1.06), "dBTP", Bar::Most(-1.0), "");
        card.add(("a", "b"), Some(0.115), "%", Bar::Most(0.10), "");
        card.add(("a", "b"), Some(f64::NAN), "dB", Bar::None, "");
        card.add(("a", "b"), Some(11.9), "LU", Bar::Within(12.0, 18.0), "");
        let seen: Vec<(&str, Verdict)> = card.0.iter().map(|s| (s.value.as_str(), s.verdict)).collect();
        let (pass, alarm) = (Verdict::Pass, Verdict::Alarm);
        assert_eq!(seen, [("1.0 dB", pass), ("-1.1 dBTP", pass), ("12 %", alarm), ("11.9 LU", alarm)]);
        assert_eq!(card.0[3].bar, "12.0 to 18.0 LU");
        assert_eq!(verdict(&card.0), "2 of 4 figures are inside their limits");
    }

    #[test]
    fn two_takes_of_the_voice_do_not_hide_each_other() {
        let part = |id: &str, family: &'static str, energy: f32| Part {
            id: id.to_owned(),
            name: id.to_owned(),
            role: "lead-vocal".to_owned(),
            family,
            energy: Vec::new(),
            plays: Vec::new(),
            before: -20.0,
            after: -20.0,
            sketch: Sketch { mid: vec![energy; 10 * BANDS], side: vec![0.0; 10 * BANDS] },
        };
        let hidden = |parts: &[Part]| lead_among(parts).unwrap().presence;
        let (quiet, loud) = (part("double", "lead-vocals", 1e-4), part("voice", "lead-vocals", 1e-2));
        assert_eq!(hidden(&[quiet.clone(), loud.clone(), part("pad", "synths", 1e-6)]), 0.0);
        assert!(hidden(&[quiet, loud, part("pad", "synths", 1.0)]) > 0.9);
    }

    #[test]
    fn a_deviation_needs_three_values() {
        assert_eq!(deviation(&[1.0, 2.0]), None);
        assert_eq!(deviation(&[1.0, 2.0, 3.0]), Some(1.0));
    }
}
