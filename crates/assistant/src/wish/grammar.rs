//! The grammar of wishes.
//!
//! `[WHO] [much | a bit] [more | less | too] QUALITY [by NUMBER [UNIT]] [in SECTION]`, or `WHO +NUMBER [dB]` for a level.
//! The order of the words does not matter but for `in SECTION`, which comes last; a section may also stand as a plain word
//! (`chorus wider`).

use mixsmith_analysis::{Facts, Span};
use mixsmith_session::{Session, nearest};

use super::quality::{QUALITIES, Quality};
use super::{Who, Wish};

/// What a wish can be about in a song.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    session: &'a Session,
    sections: &'a [Span],
}

impl<'a> Known<'a> {
    /// The strips of a session and the sections that were found.
    pub fn new(session: &'a Session, facts: &'a Facts) -> Self {
        Known { session, sections: facts.spans("sections", "") }
    }
}

/// Words of sections that are known without hearing the song.
const SECTIONS: [&str; 10] =
    ["intro", "verse", "pre-chorus", "chorus", "hook", "bridge", "solo", "break", "drop", "outro"];
/// Words that say nothing here.
const EMPTY: [&str; 26] = [
    "the", "a", "an", "make", "please", "should", "be", "is", "are", "sound", "sounds", "of", "on", "to",
    "for", "with", "i", "want", "like", "would", "me", "give", "turn", "push", "so", "at",
];
/// Words that halve the usual amount, and that double it.
const BIT: [&str; 6] = ["bit", "little", "slightly", "touch", "somewhat", "hair"];
const MUCH: [&str; 5] = ["much", "lot", "far", "way", "really"];
/// Words that ask for more, and for less.
const MORE: [&str; 2] = ["more", "further"];
const LESS: [&str; 5] = ["less", "not", "too", "fewer", "reduce"];

/// How a word asks for a quality.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// By itself: `brighter` 1, `darker` -1.
    Own(f64),
    /// With `more` or `less`: `bright` 1, `dark` -1.
    Bare(f64),
}

fn quality(word: &str) -> Option<(&'static Quality, Way)> {
    QUALITIES.iter().find_map(|quality| {
        let lists = [
            (quality.more, Way::Own(1.0)),
            (quality.less, Way::Own(-1.0)),
            (quality.bare, Way::Bare(1.0)),
            (quality.lack, Way::Bare(-1.0)),
        ];
        lists.into_iter().find(|(words, _)| words.contains(&word)).map(|(_, way)| (quality, way))
    })
}

/// An amount that was written: its value, was there a sign, and its unit.
struct Number {
    value: f64,
    signed: bool,
    unit: &'static str,
}

fn unit(word: &str) -> Option<&'static str> {
    match word {
        "db" | "lu" | "decibel" | "decibels" => Some("dB"),
        "%" | "percent" => Some("%"),
        _ => None,
    }
}

/// Takes the amount out of the words. A number alone may be part of a name (`guitar 2`): it counts with a sign, a unit or `by`.
fn number(words: &mut Vec<String>) -> Option<Number> {
    for i in 0..words.len() {
        let word = words[i].as_str();
        let end = word.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(word.len());
        let (digits, rest) = word.split_at(end);
        let Some(value) = digits.parse::<f64>().ok().filter(|value| value.is_finite()) else { continue };
        let signed = digits.starts_with(['+', '-']);
        let own = unit(rest);
        if !rest.is_empty() && own.is_none() {
            continue;
        }
        let next = words.get(i + 1).and_then(|word| unit(word)).filter(|_| own.is_none());
        let by = i > 0 && words[i - 1] == "by";
        if !signed && !by && own.is_none() && next.is_none() {
            continue;
        }
        words.drain(i - usize::from(by)..=i + usize::from(next.is_some()));
        return Some(Number { value, signed, unit: own.or(next).unwrap_or("") });
    }
    None
}

/// `choruses` and `all verses` as one of them.
fn one(words: &str) -> String {
    let words = words.strip_prefix("all ").or_else(|| words.strip_prefix("every ")).unwrap_or(words);
    let words = words.strip_prefix("the ").unwrap_or(words);
    match words.strip_suffix("es").filter(|_| words.ends_with("choruses")) {
        Some(one) => one.to_owned(),
        None if SECTIONS.contains(&words.trim_end_matches('s')) => words.trim_end_matches('s').to_owned(),
        None => words.to_owned(),
    }
}

/// `chorus` of `chorus 2`.
fn kind(label: &str) -> &str {
    label.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
}

/// Takes the section out of the words.
fn section(words: &mut Vec<String>, known: &Known<'_>) -> Result<(String, Vec<Span>), String> {
    let named = match words.iter().rposition(|word| ["in", "during"].contains(&word.as_str())) {
        Some(place) => {
            let named = one(&words[place + 1..].join(" "));
            words.truncate(place);
            Some(named)
        }
        None => {
            let is = |word: &String| {
                let word = one(word);
                // A track may have the name of a section.
                let track = known.session.tracks().any(|strip| strip.name.to_lowercase() == word);
                !track
                    && (SECTIONS.contains(&word.as_str())
                        || known.sections.iter().any(|span| kind(&span.label) == word))
            };
            words.iter().position(is).map(|place| {
                let mut named = one(&words.remove(place));
                // `chorus 2 wider`
                if words.get(place).is_some_and(|next| next.chars().all(|c| c.is_ascii_digit())) {
                    named = format!("{named} {}", words.remove(place));
                }
                named
            })
        }
    };
    let Some(named) = named else { return Ok((String::new(), Vec::new())) };
    if ["song", "whole song", "whole mix", "mix"].contains(&named.as_str()) {
        return Ok((String::new(), Vec::new()));
    }
    let meant = |span: &&Span| span.label == named || kind(&span.label) == named;
    let spans: Vec<Span> = known.sections.iter().filter(meant).cloned().collect();
    if spans.is_empty() {
        let mut kinds: Vec<&str> = known.sections.iter().map(|span| kind(&span.label)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        return Err(match kinds[..] {
            [] => "no sections were found in this song".to_owned(),
            _ => format!("no `{named}` was found in this song; it has {}", crate::says::list(&kinds)),
        });
    }
    Ok((named, spans))
}

/// What a wish says, or why it is not understood.
pub fn read(text: &str, known: &Known<'_>) -> Result<Wish, String> {
    let lower = text.to_lowercase().replace('\u{2212}', "-").replace(',', " , ");
    let mut words: Vec<String> =
        lower.split_whitespace().map(|word| word.trim_end_matches(['.', '!', '?']).to_owned()).collect();
    words.retain(|word| !word.is_empty());
    if words.is_empty() {
        return Err("there is nothing in it".to_owned());
    }
    let number = number(&mut words);
    let (section, spans) = section(&mut words, known)?;
    let (mut scale, mut asks, mut named): (f64, Option<f64>, Vec<(&'static Quality, Way)>) =
        (1.0, None, Vec::new());
    let mut rest: Vec<&str> = Vec::new();
    let found = words.iter().position(|word| quality(word).is_some());
    for (place, word) in words.iter().enumerate() {
        let word = word.as_str();
        // `far` and `further` speak of a distance only where nothing else does.
        let only = found == Some(place) && !words[place + 1..].iter().any(|word| quality(word).is_some());
        match word {
            _ if only && quality(word).is_some() => named.extend(quality(word)),
            _ if BIT.contains(&word) => scale *= 0.5,
            _ if MUCH.contains(&word) => scale *= 2.0,
            _ if MORE.contains(&word) => asks = Some(asks.unwrap_or(1.0)),
            _ if LESS.contains(&word) => asks = Some(-1.0),
            _ if EMPTY.contains(&word) => {}
            _ if quality(word).is_some() => named.extend(quality(word)),
            _ => rest.push(word),
        }
    }
    let level = || quality("louder");
    let (quality, sign) = match (&named[..], asks, &number) {
        ([], Some(asks), _) if !rest.is_empty() => (level(), asks),
        ([], None, Some(Number { signed: true, .. })) => (level(), 1.0),
        ([], ..) => return Err(unknown(&rest)),
        ([(quality, Way::Own(own))], asks, _) => (Some((*quality, Way::Own(1.0))), own * asks.unwrap_or(1.0)),
        ([(quality, Way::Bare(own))], Some(asks), _) => (Some((*quality, Way::Own(1.0))), own * asks),
        ([(quality, Way::Bare(own))], None, Some(Number { signed: true, .. })) => {
            (Some((*quality, Way::Own(1.0))), *own)
        }
        ([(_, Way::Bare(_))], ..) => {
            let word = words.iter().find(|word| self::quality(word).is_some()).map_or("", String::as_str);
            return Err(format!("more of it or less? Say `more {word}` or `less {word}`"));
        }
        _ => return Err("it asks for two things at once; say each as a wish of its own".to_owned()),
    };
    let Some((quality, _)) = quality else { return Err(unknown(&rest)) };
    let amount = match &number {
        None => quality.usual * scale,
        Some(Number { unit, .. }) if !unit.is_empty() && *unit != quality.unit => {
            return Err(format!("its amount is in {}, not in {unit}", quality.unit));
        }
        Some(number) => number.value,
    };
    if amount == 0.0 || amount.abs() > quality.most {
        return Err(format!("its amount goes up to {} {}", quality.most, quality.unit));
    }
    let who = Who::read(&rest.join(" "), known.session)?;
    Ok(Wish { text: text.trim().to_owned(), who, quality, amount: sign * amount, section, spans })
}

fn unknown(rest: &[&str]) -> String {
    let words = QUALITIES.iter().flat_map(|q| [q.more, q.less, q.bare, q.lack].concat());
    let words: Vec<&str> = words.collect();
    let near = rest.iter().find_map(|word| nearest(word, words.iter().copied()).filter(|_| word.len() > 3));
    match near {
        Some(near) => format!("it names nothing to change; did you mean `{near}`?"),
        None => "it names nothing to change; say for example `voice +1`, `drums roomier`, `less boomy` \
                 (docs/reference/wishes.md has all words)"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty};
    use mixsmith_session::{Strip, StripKind};

    use super::*;

    fn song() -> (Session, Facts) {
        let mut session = Session::default();
        for (id, role) in
            [("Vox", "lead-vocal"), ("Guitar 2", "guitar"), ("Kick", "kick"), ("Break", "unknown")]
        {
            let mut strip = Strip::new(&id.to_lowercase(), id, StripKind::Track { clips: Vec::new() });
            strip.role = role.to_owned();
            session.strips.push(strip.into());
        }
        let span = |start: f64, label: &str| Span { start, end: start + 10.0, label: label.to_owned() };
        let spans =
            vec![span(0.0, "verse"), span(10.0, "chorus"), span(20.0, "verse 2"), span(30.0, "chorus 2")];
        let mut facts = Facts::default();
        facts.push(Fact::new("sections", &[], Qty::Spans(spans)));
        (session, facts)
    }

    fn said(text: &str) -> String {
        let (session, facts) = song();
        match read(text, &Known::new(&session, &facts)) {
            Ok(wish) => wish.echo(),
            Err(why) => format!("? {why}"),
        }
    }

    #[test]
    fn wishes_are_read_as_people_say_them() {
        for (text, meant) in [
            ("voice +1", "lead voice (Vox): +1 dB against the rest, whole song"),
            ("Voice \u{2212}1.5 dB.", "lead voice (Vox): -1.5 dB against the rest, whole song"),
            ("drums roomier", "drums (Kick): +3 dB of reverb, whole song"),
            ("more reverb on the voice", "lead voice (Vox): +3 dB of reverb, whole song"),
            ("chorus wider", "the whole mix: +25 % of its width, chorus, 2 times"),
            ("wider by 40 % in chorus 2", "the whole mix: +40 % of its width, chorus 2, 1 time"),
            ("less boomy", "the whole mix: -3 dB around 210 Hz, whole song"),
            ("the kick is too boomy", "Kick: -3 dB around 210 Hz, whole song"),
            ("kick a bit punchier", "Kick: +1.5 dB on every stroke, whole song"),
            ("guitar 2 much darker", "Guitar 2: -4 dB above 4.0 kHz, whole song"),
            ("make guitar 2 less dark", "Guitar 2: +2 dB above 4.0 kHz, whole song"),
            ("guitar 2 further left", "Guitar 2: 20 % further left, whole song"),
            (
                "voice further",
                "lead voice (Vox): +3 dB of reverb, -1.2 dB above 6.0 kHz and -0.75 dB against the rest, whole song",
            ),
            ("more kick in the verses", "Kick: +1.5 dB against the rest, verse, 2 times"),
            ("break quieter", "Break: -1.5 dB against the rest, whole song"),
            ("louder", "the whole mix: +1.5 LU master loudness, whole song"),
        ] {
            assert_eq!(said(text), meant, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_says_why() {
        for (text, part) in [
            ("", "nothing in it"),
            ("voice", "names nothing to change"),
            ("voice brihgter", "did you mean `brighter`"),
            ("boomy", "`more boomy` or `less boomy`"),
            ("voice +40", "up to 12 dB"),
            ("voice wider by 3 dB", "in %, not in dB"),
            ("xqzzy louder", "nothing here is called `xqzzy`"),
            ("voice louder in the bridge", "it has chorus and verse"),
            ("voice louder brighter", "two things"),
        ] {
            assert!(said(text).starts_with('?') && said(text).contains(part), "{text}: {}", said(text));
        }
    }
}
