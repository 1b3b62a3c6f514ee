//! The table of qualities: what a person can wish for, one row each.

use super::plain;

/// What of a strip is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// Its level against the rest; of the whole mix, the loudness of the master.
    Level,
    /// All above a frequency, Hz, dB.
    Above(f64),
    /// All below a frequency, Hz, dB.
    Below(f64),
    /// What lies around a frequency, Hz, with a quality factor, dB.
    Around(f64, f64),
    /// How much of it goes to the shared spaces, dB.
    Space,
    /// Its width, per cent of what it is.
    Width,
    /// Its place from left to right, per cent of the way to a side; positive to the right.
    Place,
    /// The beginning of every stroke, dB.
    Attack,
}

impl Part {
    /// What is done to it, in words.
    pub fn words(&self, by: f64) -> String {
        let amount = plain(by);
        match self {
            Part::Level => format!("{amount} dB against the rest"),
            Part::Above(hz) => format!("{amount} dB above {}", crate::tone::hertz(*hz)),
            Part::Below(hz) => format!("{amount} dB below {}", crate::tone::hertz(*hz)),
            Part::Around(hz, _) => format!("{amount} dB around {}", crate::tone::hertz(*hz)),
            Part::Space => format!("{amount} dB of reverb"),
            Part::Width => format!("{amount} % of its width"),
            Part::Place if by < 0.0 => format!("{} % further left", plain(-by).trim_start_matches('+')),
            Part::Place => format!("{} % further right", amount.trim_start_matches('+')),
            Part::Attack => format!("{amount} dB on every stroke"),
        }
    }

    /// Unit of its amount.
    pub fn unit(&self) -> &'static str {
        match self {
            Part::Width | Part::Place => "%",
            _ => "dB",
        }
    }
}

/// What can be wished for.
#[derive(Debug)]
pub struct Quality {
    /// Under which it stands in evidence: `wish.boomy`.
    pub id: &'static str,
    /// Words that ask for more of it by themselves: `louder`.
    pub more: &'static [&'static str],
    /// Words that ask for less of it: `quieter`.
    pub less: &'static [&'static str],
    /// Words that ask with `more` or `less` before them: `less boomy`, `more reverb`.
    pub bare: &'static [&'static str],
    /// The same for words that say the opposite: `less dry`, `too dark`.
    pub lack: &'static [&'static str],
    /// What it moves, each by its share of the amount.
    pub parts: &'static [(Part, f64)],
    /// Unit of the amount.
    pub unit: &'static str,
    /// The amount when none is given.
    pub usual: f64,
    /// The largest amount.
    pub most: f64,
    /// What it does, for the reference.
    pub doc: &'static str,
}

/// Every quality.
pub static QUALITIES: &[Quality] = &[
    Quality {
        id: "level",
        more: &["louder", "up", "higher"],
        less: &["quieter", "softer", "lower", "down"],
        bare: &["loud", "level"],
        lack: &["quiet", "soft"],
        parts: &[(Part::Level, 1.0)],
        unit: "dB",
        usual: 1.5,
        most: 12.0,
        doc: "The fader of every track that is meant; nothing else moves. In a section, the ride. Of the whole mix, the \
              loudness that the master is given.",
    },
    Quality {
        id: "bright",
        more: &["brighter", "clearer"],
        less: &["darker", "duller"],
        bare: &["bright", "treble", "top"],
        lack: &["dark", "dull"],
        parts: &[(Part::Above(4000.0), 1.0)],
        unit: "dB",
        usual: 2.0,
        most: 9.0,
        doc: "A high shelf at 4 kHz.",
    },
    Quality {
        id: "air",
        more: &["airier"],
        less: &[],
        bare: &["air", "airy"],
        lack: &[],
        parts: &[(Part::Above(10_000.0), 1.0)],
        unit: "dB",
        usual: 2.0,
        most: 9.0,
        doc: "A high shelf at 10 kHz.",
    },
    Quality {
        id: "harsh",
        more: &["harsher"],
        less: &[],
        bare: &["harsh", "harshness", "piercing"],
        lack: &[],
        parts: &[(Part::Around(3200.0, 0.8), 1.0)],
        unit: "dB",
        usual: 2.0,
        most: 9.0,
        doc: "A bell at 3.2 kHz, as wide as an octave and a half.",
    },
    Quality {
        id: "present",
        more: &["forwarder"],
        less: &[],
        bare: &["presence", "present", "bite"],
        lack: &[],
        parts: &[(Part::Around(2500.0, 0.8), 1.0)],
        unit: "dB",
        usual: 2.0,
        most: 9.0,
        doc: "A bell at 2.5 kHz.",
    },
    Quality {
        id: "muddy",
        more: &["muddier"],
        less: &["cleaner"],
        bare: &["muddy", "mud", "boxy"],
        lack: &[],
        parts: &[(Part::Around(350.0, 0.8), 1.0)],
        unit: "dB",
        usual: 2.5,
        most: 9.0,
        doc: "A bell at 350 Hz.",
    },
    Quality {
        id: "boomy",
        more: &["boomier"],
        less: &[],
        bare: &["boomy", "boom"],
        lack: &[],
        parts: &[(Part::Around(210.0, 0.8), 1.0)],
        unit: "dB",
        usual: 3.0,
        most: 9.0,
        doc: "A bell at 210 Hz, which takes in 150 to 300 Hz.",
    },
    Quality {
        id: "warm",
        more: &["warmer", "fuller", "fatter", "thicker"],
        less: &["thinner", "leaner", "colder"],
        bare: &["warm", "warmth", "full", "fat", "body", "thick"],
        lack: &["thin", "lean"],
        parts: &[(Part::Below(250.0), 1.0)],
        unit: "dB",
        usual: 2.0,
        most: 9.0,
        doc: "A low shelf at 250 Hz.",
    },
    Quality {
        id: "deep",
        more: &["deeper"],
        less: &[],
        bare: &["deep", "sub", "low-end", "lows"],
        lack: &[],
        parts: &[(Part::Below(80.0), 1.0)],
        unit: "dB",
        usual: 2.0,
        most: 9.0,
        doc: "A low shelf at 80 Hz.",
    },
    Quality {
        id: "room",
        more: &["roomier", "wetter"],
        less: &["drier", "dryer"],
        bare: &["room", "roomy", "reverb", "wet", "space", "spacious", "ambience", "echo"],
        lack: &["dry"],
        parts: &[(Part::Space, 1.0)],
        unit: "dB",
        usual: 3.0,
        most: 12.0,
        doc: "The sends of the tracks to the shared spaces; a track that goes to none is sent to the space that is usual for \
              its part. Room microphones among the tracks go along. Of the whole mix, the returns.",
    },
    Quality {
        id: "near",
        more: &["closer", "nearer"],
        less: &["further", "farther"],
        bare: &["close", "near", "intimate"],
        lack: &["far"],
        parts: &[(Part::Space, -1.0), (Part::Above(6000.0), 0.4), (Part::Level, 0.25)],
        unit: "dB",
        usual: 3.0,
        most: 9.0,
        doc: "Less reverb (the amount), a little brighter (a shelf at 6 kHz by 0.4 of it) and louder (0.25 of it): what is near \
              is drier, brighter and louder.",
    },
    Quality {
        id: "wide",
        more: &["wider"],
        less: &["narrower"],
        bare: &["wide", "width"],
        lack: &["narrow"],
        parts: &[(Part::Width, 1.0)],
        unit: "%",
        usual: 25.0,
        most: 100.0,
        doc: "Width: how far left and right differ. Of a family with a bus that of the bus, of the whole mix that of the mix \
              bus. A mono track alone has none.",
    },
    Quality {
        id: "right",
        more: &["right"],
        less: &["left"],
        bare: &[],
        lack: &[],
        parts: &[(Part::Place, 1.0)],
        unit: "%",
        usual: 20.0,
        most: 100.0,
        doc: "Pan, in per cent of the way from the middle to a side.",
    },
    Quality {
        id: "punch",
        more: &["punchier", "tighter", "snappier"],
        less: &["smoother", "rounder"],
        bare: &["punch", "punchy", "attack", "snap"],
        lack: &[],
        parts: &[(Part::Attack, 1.0)],
        unit: "dB",
        usual: 3.0,
        most: 12.0,
        doc: "A transient shaper that lifts the beginning of every stroke. Of the whole mix, on the drums.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_one_thing() {
        let mut all: Vec<&str> = Vec::new();
        for quality in QUALITIES {
            for word in [quality.more, quality.less, quality.bare, quality.lack].concat() {
                assert!(!all.contains(&word), "{word} is there twice");
                assert!(!word.contains(' ') && word == word.to_lowercase(), "{word}");
                all.push(word);
            }
            assert!(quality.usual > 0.0 && quality.most >= quality.usual && !quality.parts.is_empty());
            assert!(quality.parts.iter().all(|(part, _)| part.unit() == quality.unit), "{}", quality.id);
            assert!(quality.doc.ends_with('.'), "{}", quality.id);
        }
    }
}
