//! Names, numbers and edits as a person reads them.

use mixsmith_analysis::all;
use mixsmith_assistant::Evidence;
use mixsmith_effects::KINDS;
use mixsmith_processor::{Param, Unit};
use mixsmith_session::{Clip, Edit, SEND, STRIP, Session, Slot, StripKind, Values};

/// Text that may stand anywhere in HTML, attributes included. What HTML cannot hold at all becomes U+FFFD.
pub(crate) fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Text for a terminal or a text file: on one line, with nothing that steers a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `1:02`.
pub(crate) fn time(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// `1:02.5`, for what is shorter than a second.
pub(crate) fn moment(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// The first few moments, and how many there are in all.
pub(crate) fn moments(times: &[f64]) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = times.iter().take(MOST).map(|&t| moment(t)).collect();
    let more = times.len().saturating_sub(MOST);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// One decimal, without a negative zero.
pub(crate) fn tenth(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    format!("{:.1}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// `-18.2 dB`, `2.5 kHz`, `31 %`: a measured value, rounded as the trade does.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    if !value.is_finite() {
        return "not measured".to_owned();
    }
    match unit {
        "Hz" if value.abs() >= 1000.0 => format!("{} kHz", trimmed(value / 1000.0, 2)),
        "Hz" => format!("{value:.0} Hz"),
        "share" => format!("{:.0} %", value * 100.0),
        "s" => format!("{} s", trimmed(value, 2)),
        "sign" => if value < 0.0 { "inverted" } else { "normal" }.to_owned(),
        "sd" => format!("{} standard deviations", tenth(value)),
        "tracks" | "rests" => format!("{value:.0} {unit}"),
        "" | "ratio" | "name" => trimmed(value, 2),
        unit => format!("{} {unit}", tenth(value)),
    }
}

fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// What the measures of rules are called that are not on the shelf, and short names of some that are.
const FACTS: &[(&str, &str)] = &[
    ("loudness.integrated", "loudness"),
    ("loudness.active", "loudness while it plays"),
    ("loudness.range", "loudness range"),
    ("loudness.short_max", "loudest 3 seconds"),
    ("loudness.momentary_max", "loudest 0.4 seconds"),
    ("peak.true", "true peak"),
    ("peak.sample", "sample peak"),
    ("reduction.most", "most gain reduction"),
    ("reduction.mean", "mean gain reduction"),
    ("role", "sure of the role"),
    ("leave-out", "sure to leave it out"),
    ("stereo.width", "width, side against mid"),
    ("stereo.width_bands", "width by band"),
    ("stereo.balance", "left against right"),
    ("stereo.mono_loss", "lost in mono"),
    ("stereo.correlation", "correlation of left and right"),
    ("stereo.correlation_bands", "correlation in a band"),
    ("spectrum.third_octave", "level in a third octave"),
    ("spectrum.resonance", "strongest resonance"),
    ("spectrum.resonance_hz", "place of the resonance"),
    ("spectrum.low_share", "share below 120 Hz"),
    ("spectrum.tilt", "slope of the spectrum"),
    ("masking.fraction", "masked by the others"),
    ("masking.voice_1_4k", "voice masked from 1 to 4 kHz"),
    ("masking.pair", "masked by one other track"),
    ("pair.delay_ms", "late by"),
    ("pair.delay", "late by"),
    ("pair.polarity", "polarity against its partner"),
    ("pair.gain", "gained by moving it"),
    ("pair.gain_db", "gained by moving it"),
    ("fault.clipping", "clipped peaks"),
    ("fault.dc", "constant offset"),
    ("fault.hum", "mains hum"),
    ("fault.hum_hz", "frequency of the hum"),
    ("fault.imbalance", "left against right"),
    ("balance.odds", "likelier balanced than at random"),
    ("balance.spread", "spread of the levels"),
    ("balance.stereo", "stereo tracks"),
    ("bleed", "bleed"),
    ("bleed.level", "bleed against its own hits"),
    ("bleed.rise", "rises more than its source"),
    ("dynamics.crest", "peak over average"),
    ("dynamics.hits", "hits"),
    ("loudness.relative", "level against the mix"),
    ("bought.usual", "bought: usual level"),
    ("bought.came", "bought: the balance that came in"),
    ("bought.rough", "bought: the rough mix"),
    ("bought.lead", "bought: the lead is understood"),
    ("bought.tone", "bought: tone of the mix"),
    ("bought.hump", "bought: less stands out"),
    ("bought.words", "bought: the words are understood"),
    ("bought.colour", "bought: tone of the mix"),
    ("bought.turn", "bought: less turned"),
    ("bought.lift", "bought: choruses arrive"),
    ("bought.place", "bought: place of the lead"),
    ("bought.even", "bought: both sides equally loud"),
    ("bought.seat", "bought: the usual place of the part"),
    ("bought.translation", "bought: less lost on other systems"),
    ("bought.ambience", "bought: as much space as listeners like"),
    ("bought.share", "bought: the part as far back as usual"),
    ("bought.width", "bought: the usual width of a mix"),
    ("bought.low_mono", "bought: the bottom in the middle"),
    ("bought.stretch", "bought: the width it came with"),
    ("bought.tie", "bought: nearness to the song"),
    ("loudness.sum", "loudness of the plain sum"),
    ("loudness.swing", "swing of the loudness"),
    ("masking.after", "masked afterwards"),
    ("pitch.low", "lowest note"),
    ("role.family", "tracks of one group"),
    ("rough.polarity", "polarity against the rough mix"),
    ("section.lift", "lift of the section"),
    ("sibilance.excess", "esses stand out by"),
    ("sibilance.hz", "esses lie at"),
    ("spectrum.centroid", "centre of the spectrum"),
    ("spectrum.resonances", "resonance"),
    ("voice.rests", "rests of the voice"),
    ("voice.spread", "spread between phrases"),
    ("activity.phrases", "phrases"),
    ("tempo.bpm", "tempo"),
    ("activity.share", "plays for"),
    ("song.end", "end of the song"),
];

/// Whom a sentence is about, to stand before it: `Vox: `. Nothing when it begins with the name already.
pub(crate) fn who(names: &[String], says: &str) -> String {
    let who = names.join(", ");
    if who.is_empty() || says.starts_with(&who) { String::new() } else { format!("{who}: ") }
}

/// What a measure is called in plain words.
pub(crate) fn fact(id: &str) -> String {
    if let Some(quality) = id.strip_prefix("wish.") {
        return format!("your wish ({quality})");
    }
    let known = FACTS.iter().find(|(fact, _)| *fact == id);
    known.map_or_else(|| id.replace(['.', '_', '-'], " "), |(_, words)| (*words).to_owned())
}

/// What a measure means, from its own shelf; empty for others.
pub(crate) fn meaning(id: &str) -> &'static str {
    all::ALL
        .iter()
        .flat_map(|shelf| shelf.iter())
        .find(|measure| measure.id == id)
        .map_or("", |measure| measure.doc)
}

/// Unit of a measurement. How sure something is reads better in hundredths.
pub(crate) fn unit(evidence: &Evidence) -> &str {
    let sureness = matches!(evidence.fact.as_str(), "role" | "leave-out");
    if sureness && evidence.unit.is_empty() { "share" } else { &evidence.unit }
}

/// What a measurement is held against: `wanted -18.0 LUFS`, `limit 60 %`.
pub(crate) fn against(evidence: &Evidence) -> Vec<String> {
    let beside = [("wanted", evidence.wanted), ("limit", evidence.limit.map(|limit| limit.value()))];
    let said = beside.into_iter().filter_map(|(what, value)| Some((what, value?)));
    said.map(|(what, value)| format!("{what} {}", quantity(value, unit(evidence)))).collect()
}

/// `loudness while it plays: -23.1 LUFS, wanted -18.0 LUFS`.
pub(crate) fn evidence(evidence: &Evidence) -> String {
    let value = format!("{}: {}", fact(&evidence.fact), quantity(evidence.value, unit(evidence)));
    [vec![value], against(evidence)].concat().join(", ")
}

/// The changes of an edit, one a line: `vox/comp.threshold = -18 dB`.
pub(crate) fn edit(edit: &Edit, session: &Session) -> Vec<String> {
    match edit {
        Edit::Set { at, to } => {
            let unit = session.param(&KINDS, at).ok().map(|param| param.unit).or_else(|| match &at.slot {
                Slot::Strip(id) => unit_in(STRIP, id),
                Slot::Send(_, id) => unit_in(SEND, id),
                Slot::Insert(..) => None,
            });
            vec![format!("{at} = {}", unit.map_or_else(|| to.to_string(), |unit| unit.show(*to)))]
        }
        Edit::AddInsert { strip, insert, .. } => {
            let kind = KINDS.get(&insert.kind);
            let what = kind.map_or(insert.kind.as_str(), |kind| kind.name);
            let key = insert.key.as_ref().map_or_else(String::new, |key| format!(", keyed by {key}"));
            let head = format!("{strip}/{}: {what} added{key}", insert.id);
            let table = kind.map_or(&[][..], |kind| kind.params);
            [head]
                .into_iter()
                .chain(values(&format!("{strip}/{}.", insert.id), &insert.values, table))
                .collect()
        }
        Edit::RemoveInsert { strip, insert } => vec![format!("{strip}/{insert}: taken out")],
        Edit::Switch { strip, insert, on } => {
            vec![format!("{strip}/{insert}: {}", if *on { "in circuit" } else { "bypassed" })]
        }
        Edit::Key { strip, insert, key } => {
            vec![format!("{strip}/{insert}: listens to {}", key.as_deref().unwrap_or("its own input"))]
        }
        Edit::Impulse { strip, insert, impulse } => {
            let named = impulse.as_deref().unwrap_or("its own");
            vec![format!("{strip}/{insert}: the impulse response is {named}")]
        }
        Edit::Route { strip, to } => vec![format!("{strip}: goes to {to}")],
        Edit::AddSend { strip, send } => {
            let prefix = format!("{strip}/send.{}.", send.to);
            [format!("{strip}: sends to {}", send.to)]
                .into_iter()
                .chain(values(&prefix, &send.values, SEND))
                .collect()
        }
        Edit::RemoveSend { strip, to } => vec![format!("{strip}: sends to {to} no longer")],
        Edit::Draw { strip, lane } => {
            vec![format!("{strip}/{}: automation, {} points", lane.target, lane.points.len())]
        }
        Edit::AddStrip { strip } => {
            let what = match strip.kind {
                StripKind::Track { .. } => "track",
                StripKind::Bus => "bus",
                StripKind::Return => "return",
                StripKind::Master => "master",
            };
            let head = format!("{}: {what} \u{201c}{}\u{201d} added", strip.id, strip.name);
            [head].into_iter().chain(values(&format!("{}/", strip.id), &strip.values, STRIP)).collect()
        }
        Edit::RemoveStrip { strip } => vec![format!("{strip}: taken away")],
        Edit::Clips { strip, clips } => clips_at(strip, clips, session),
        Edit::Label { strip, name, role, .. } => {
            vec![format!("{strip}: called \u{201c}{name}\u{201d}, taken for {role}")]
        }
        Edit::AddSource { source } => vec![format!("file {}: {}", source.id, source.file)],
        Edit::Sources { sources } => vec![format!("song: {} files", sources.len())],
        Edit::Order { .. } => vec!["song: strips in another order".to_owned()],
        Edit::Song { title, rate, tempo, frames } => {
            let rate = rate.map(|rate| format!("{rate} Hz"));
            let tempo = tempo.map(|tempo| format!("{} BPM", tenth(f64::from(tempo))));
            // What every run sets is not worth a word; what a hand set alone is.
            let alone = rate.is_none() && tempo.is_none();
            let title =
                title.as_ref().filter(|_| alone).map(|title| format!("called \u{201c}{title}\u{201d}"));
            let second = f64::from(session.song.rate.max(1));
            let frames =
                frames.filter(|_| alone).map(|frames| format!("{} s long", tenth(frames as f64 / second)));
            let parts: Vec<String> = [title, rate, tempo, frames].into_iter().flatten().collect();
            vec![format!("song: {}", parts.join(", "))]
        }
        Edit::Mark { markers } => vec![format!("song: {} markers", markers.len())],
    }
}

/// Where the clips of a strip now start.
fn clips_at(strip: &str, clips: &[Clip], session: &Session) -> Vec<String> {
    let rate = f64::from(session.song.rate.max(1));
    let at =
        |clip: &Clip| format!("{strip}: {} starts at {:.2} ms", clip.source, clip.at as f64 / rate * 1000.0);
    clips.iter().map(at).collect()
}

fn unit_in(table: &[Param], id: &str) -> Option<Unit> {
    table.iter().find(|param| param.id == id).map(|param| param.unit)
}

fn values(prefix: &str, values: &Values, table: &[Param]) -> Vec<String> {
    let show = |(id, value): (&String, &f32)| {
        let value = unit_in(table, id).map_or_else(|| value.to_string(), |unit| unit.show(*value));
        format!("{prefix}{id} = {value}")
    };
    values.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_session::Insert;

    #[test]
    fn nothing_escapes_from_a_name() {
        assert_eq!(esc("<script>&\"'"), "&lt;script&gt;&amp;&quot;&#39;");
        assert_eq!(esc("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(plain("a\u{1b}b\nc"), "a b c");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([time(62.4), moment(62.46)], ["1:02", "1:02.5"]);
        assert_eq!(quantity(-0.01, "dB"), "0.0 dB");
        assert_eq!([quantity(2500.0, "Hz"), quantity(0.31, "share")], ["2.5 kHz", "31 %"]);
        assert_eq!(
            moments(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            "0:01.0, 0:02.0, 0:03.0, 0:04.0, 0:05.0 and 1 more"
        );
    }

    #[test]
    fn a_moved_clip_says_where_it_starts() {
        let mut session = Session::default();
        session.song.rate = 48_000;
        let source = "kick-out".to_owned();
        let (gain, map) = (0.0, mixsmith_session::Map::All);
        let clips = vec![Clip { source, at: -48, from: 0, frames: 480, gain, fade_in: 0, fade_out: 0, map }];
        let lines = edit(&Edit::Clips { strip: "kick-out".into(), clips }, &session);
        assert_eq!(lines, ["kick-out: kick-out starts at -1.00 ms"]);
    }

    #[test]
    fn edits_are_addresses_with_units() {
        let insert = Insert::new("comp", "dynamics.compressor", &[("threshold", -18.0)]);
        let lines = edit(&Edit::AddInsert { strip: "vox".into(), place: None, insert }, &Session::default());
        assert_eq!(lines, ["vox/comp: Compressor added", "vox/comp.threshold = -18 dB"]);
        let at = "vox/fader".parse().unwrap();
        assert_eq!(edit(&Edit::Set { at, to: -2.5 }, &Session::default()), ["vox/fader = -2.5 dB"]);
    }
}
