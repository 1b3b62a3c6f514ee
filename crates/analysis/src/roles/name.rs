//! The first witness: the file's name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Odds;
use super::words::{MICROPHONES, MODIFIERS, NOISE, NOUNS, PLACES, REFINE, VOICE};

/// Half of a stereo pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `Pno.L`
    Left,
    /// `Pno.R`
    Right,
}

/// What a word is for.
#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    Noun(&'static str, f32),
    Voice,
    Modifier(&'static str),
    Microphone(&'static str, f32),
    Place,
    Noise,
}

/// A word of a name, as the display name needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Lower case, parts joined by `_`.
    pub text: String,
    /// Says what plays.
    pub noun: bool,
    /// Says nothing at all.
    pub noise: bool,
}

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Odds for every role; all zero when the name says nothing.
    pub odds: Odds,
    /// Which half of a pair it says to be.
    pub side: Option<Side>,
    /// Its words, without numbers and sides.
    pub words: Vec<Word>,
    /// The last number after what plays: `BGVOX 2`.
    pub number: Option<u32>,
}

impl Reading {
    /// Does the name say what plays?
    pub fn speaks(&self) -> bool {
        self.words.iter().any(|word| word.noun)
    }
}

fn lexicon() -> &'static BTreeMap<String, Vec<Meaning>> {
    static LEXICON: OnceLock<BTreeMap<String, Vec<Meaning>>> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let mut all: BTreeMap<String, Vec<Meaning>> = BTreeMap::new();
        let mut put = |words: &str, meaning: Meaning| {
            for word in words.split(' ').filter(|word| !word.is_empty()) {
                let known = all.entry(word.to_owned()).or_default();
                if !known.contains(&meaning) {
                    known.push(meaning.clone());
                }
            }
        };
        for &(role, weight, words) in NOUNS {
            put(words, Meaning::Noun(role, weight));
        }
        put(VOICE, Meaning::Voice);
        for &(modifier, words) in MODIFIERS {
            put(words, Meaning::Modifier(modifier));
        }
        for &(role, weight, words) in MICROPHONES {
            put(words, Meaning::Microphone(role, weight));
        }
        put(PLACES, Meaning::Place);
        put(NOISE, Meaning::Noise);
        all
    })
}

/// How many different words the parser knows.
pub fn vocabulary() -> usize {
    lexicon().len()
}

/// Lower case without accents.
fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'å' => out.push('a'),
            'ä' => out.push_str("ae"),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ō' => out.push('o'),
            'ö' => out.push_str("oe"),
            'ù' | 'ú' | 'û' | 'ū' => out.push('u'),
            'ü' => out.push_str("ue"),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            'ß' => out.push_str("ss"),
            c => out.push(c),
        }
    }
    out
}

/// Takes `.ogg.flac` off, but not the `.L` of `Pno.L`.
fn without_extensions(file: &str) -> &str {
    const KINDS: [&str; 18] = [
        "wav", "wave", "aif", "aiff", "aifc", "flac", "mp3", "ogg", "oga", "opus", "m4a", "mp4", "w64",
        "caf", "rf64", "bwf", "ds", "aac",
    ];
    let mut name = file;
    while let Some((front, end)) = name.rsplit_once('.') {
        if front.is_empty() || !KINDS.contains(&end.to_ascii_lowercase().as_str()) {
            break;
        }
        name = front;
    }
    name
}

/// A piece of a name between separators, cut further where case or kind of character changes.
#[derive(Clone, Debug, PartialEq)]
struct Atom {
    text: String,
    /// Stands at the end of a separated word.
    ends: bool,
}

fn atoms(name: &str) -> Vec<Atom> {
    let mut out = Vec::new();
    for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let whole = fold(word);
        if lexicon().contains_key(&whole) {
            out.push(Atom { text: whole, ends: true });
            continue;
        }
        let mut pieces: Vec<String> = Vec::new();
        let letters: Vec<char> = word.chars().collect();
        for (i, &c) in letters.iter().enumerate() {
            let cut = i > 0 && {
                let p = letters[i - 1];
                let next_low = letters.get(i + 1).is_some_and(|n| n.is_lowercase());
                p.is_numeric() != c.is_numeric()
                    || (p.is_lowercase() && c.is_uppercase())
                    || (p.is_uppercase() && c.is_uppercase() && next_low)
            };
            match pieces.last_mut() {
                Some(piece) if !cut => piece.push(c),
                _ => pieces.push(c.to_string()),
            }
        }
        let folded: Vec<String> = pieces.iter().flat_map(|piece| segment(&fold(piece))).collect();
        let n = folded.len();
        out.extend(folded.into_iter().enumerate().map(|(i, text)| Atom { text, ends: i + 1 == n }));
    }
    out
}

/// Cuts a compound without separators (`padbass`) into known words, or leaves it whole.
fn segment(word: &str) -> Vec<String> {
    if word.len() < 6 || !word.is_ascii() || lexicon().contains_key(word) {
        return vec![word.to_owned()];
    }
    let tells = |part: &str| {
        lexicon().get(part).is_some_and(|m| m.iter().any(|m| !matches!(m, Meaning::Noise | Meaning::Place)))
    };
    for at in (2..=word.len() - 2).rev() {
        let (a, b) = word.split_at(at);
        let long = a.len() >= 3 && b.len() >= 3;
        if tells(a) && tells(b) && long {
            return vec![a.to_owned(), b.to_owned()];
        }
    }
    vec![word.to_owned()]
}

fn side_of(text: &str) -> Option<Side> {
    match text {
        "l" | "left" | "links" | "lft" | "gauche" | "izq" | "izquierda" | "esq" | "esquerda" | "sinistra"
        | "sx" | "hidari" => Some(Side::Left),
        "r" | "right" | "rechts" | "rgt" | "droite" | "droit" | "derecha" | "dir" | "direita" | "destra"
        | "migi" => Some(Side::Right),
        _ => None,
    }
}

/// The words in every one of at least three names that say nothing about the part: the song's and the artist's.
pub fn common_words(files: &[&str]) -> Vec<String> {
    if files.len() < 3 {
        return Vec::new();
    }
    let lists: Vec<Vec<Atom>> = files.iter().map(|file| atoms(without_extensions(file))).collect();
    let mut common = Vec::new();
    for atom in &lists[0] {
        let everywhere = lists.iter().all(|list| list.iter().any(|other| other.text == atom.text));
        // One song of kick microphones only: its word `kick` is in all names and still means the kick. But an artist called
        // `Brass Hat` brings two words that come first everywhere.
        let sole = lists.iter().any(|list| list.len() == 1);
        if everywhere && !sole && !common.contains(&atom.text) {
            common.push(atom.text.clone());
        }
    }
    let nouns = |text: &String| {
        lexicon().get(text).is_some_and(|m| m.iter().any(|m| matches!(m, Meaning::Noun(..) | Meaning::Voice)))
    };
    let others_speak =
        lists.iter().filter(|list| list.iter().any(|a| !common.contains(&a.text) && nouns(&a.text))).count();
    if others_speak * 2 < lists.len() {
        common.retain(|text| !nouns(text));
    }
    common
}

/// Reads a name. `common` are words to skip, of [`common_words`].
pub fn read(file: &str, common: &[String]) -> Reading {
    let atoms: Vec<Atom> =
        atoms(without_extensions(file)).into_iter().filter(|atom| !common.contains(&atom.text)).collect();
    let mut reading = Reading::default();
    let mut meanings: Vec<(usize, Meaning)> = Vec::new();
    let both_sides = atoms.windows(2).any(|w| side_of(&w[0].text).is_some() && side_of(&w[1].text).is_some());
    let mut i = 0;
    while i < atoms.len() {
        let text = &atoms[i].text;
        let (length, found) = longest(&atoms[i..]);
        if let Some(found) = found {
            let joined =
                atoms[i..i + length].iter().map(|atom| atom.text.as_str()).collect::<Vec<_>>().join("_");
            let noun = found.iter().any(|m| matches!(m, Meaning::Noun(..) | Meaning::Voice));
            let noise = found.iter().all(|m| matches!(m, Meaning::Noise));
            if text == "ohl" || text == "ohr" {
                reading.side = Some(if text == "ohl" { Side::Left } else { Side::Right });
            }
            let place = reading.words.len();
            meanings.extend(found.iter().map(|m| (place, m.clone())));
            reading.words.push(Word { text: joined, noun, noise });
            i += length;
            continue;
        }
        if text.chars().all(|c| c.is_numeric()) {
            // A number before the noun counts the files, one after it counts the parts.
            if reading.speaks() {
                reading.number = text.parse().ok().or(reading.number);
            }
        } else if let (Some(side), false, true) = (side_of(text), both_sides, i > 0) {
            reading.side = Some(side);
        } else if side_of(text).is_none() {
            // An unknown word tells tracks apart, if it is long enough to be one.
            reading.words.push(Word { text: text.clone(), noun: false, noise: text.chars().count() < 2 });
        }
        i += 1;
    }
    weigh(&mut reading.odds, &meanings);
    reading
}

/// The longest run of atoms that is one known word, and its meanings.
fn longest(atoms: &[Atom]) -> (usize, Option<&'static Vec<Meaning>>) {
    for length in (1..=atoms.len().min(3)).rev() {
        let run: Vec<&str> = atoms[..length].iter().map(|atom| atom.text.as_str()).collect();
        if let Some(found) = lexicon().get(&run.join("_")) {
            return (length, Some(found));
        }
        // `TR-808`, `D 112`: letters and digits are written together in the table.
        let inner_digits = length == 2 && run[1].chars().all(|c| c.is_numeric());
        if inner_digits && let Some(found) = lexicon().get(&run.concat()) {
            return (length, Some(found));
        }
    }
    (1, None)
}

fn weigh(odds: &mut Odds, meanings: &[(usize, Meaning)]) {
    let is_noun = |m: &Meaning| matches!(m, Meaning::Noun(..) | Meaning::Voice);
    let last = meanings.iter().filter(|(_, m)| is_noun(m)).map(|(place, _)| *place).max();
    let mut nouns: Vec<&str> = Vec::new();
    for (place, meaning) in meanings {
        // In `organ sweep effect` the last noun is what it is, the others say of what kind.
        let head = if Some(*place) == last { 0.7 } else { 0.0 };
        match *meaning {
            Meaning::Noun(role, weight) => {
                nouns.push(role);
                odds.reach(role, f64::from(weight) + head);
                for &(general, special, share) in LEANS {
                    if general == role {
                        odds.reach(special, f64::from(weight - share));
                    }
                }
            }
            Meaning::Voice => {
                nouns.push("voice");
                odds.reach("lead-vocal", 6.0 + head);
                odds.reach("backing-vocal", 4.5 + head);
                odds.reach("vocal-double", 2.0 + head);
            }
            Meaning::Microphone(role, weight) => odds.add(role, f64::from(weight)),
            _ => {}
        }
    }
    let modifiers: Vec<&str> = meanings
        .iter()
        .filter_map(|(_, m)| if let Meaning::Modifier(name) = m { Some(*name) } else { None })
        .collect();
    for &(noun, modifier, role, weight) in REFINE {
        let said = nouns.contains(&noun) || (noun == "kit" && modifiers.contains(&"kit"));
        if said && (modifiers.contains(&modifier) || nouns.contains(&modifier)) {
            odds.add(role, f64::from(weight));
        }
    }
    if nouns.is_empty() {
        for &(modifier, role, weight) in ALONE {
            if modifiers.contains(&modifier) {
                odds.add(role, weight);
            }
        }
    }
}

/// A general word leaves its special roles open, this much less likely.
static LEANS: &[(&str, &str, f32)] = &[
    ("kick", "kick-in", 3.0),
    ("kick", "kick-out", 3.5),
    ("snare", "snare-top", 3.0),
    ("snare", "snare-bottom", 4.5),
    ("bass", "bass-di", 3.0),
    ("bass", "bass-amp", 3.0),
    ("guitar", "electric-guitar", 2.0),
    ("guitar", "acoustic-guitar", 2.5),
    ("synth", "synth-lead", 2.0),
    ("synth", "pad", 3.0),
    ("keys", "piano", 3.0),
    ("keys", "organ", 3.5),
];

/// What a modifier leans to when no noun stands beside it.
static ALONE: &[(&str, &str, f64)] = &[
    ("lead", "lead-vocal", 2.0),
    ("lead", "synth-lead", 1.5),
    ("backing", "backing-vocal", 1.5),
    ("electric", "electric-guitar", 1.5),
    ("acoustic", "acoustic-guitar", 2.0),
    ("double", "vocal-double", 1.0),
    ("di", "bass-di", 1.0),
];
