//! The sounds that the voices can make: where the formants stand, what the vocal cords do, what hisses.
//!
//! Vowels after Peterson and Barney (1952), men, with F4 and F5 close to F3 as singers have them (Sundberg
//! 1974); consonants after Klatt (1980).

/// One sound of speech.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phone {
    /// Its spelling in the words of the song.
    pub name: &'static str,
    /// The first three formants, Hz.
    pub formants: [f32; 3],
    /// How strongly the cords swing, 0 to 1.
    pub voice: f32,
    /// Noise around 1.5 kHz, 4 kHz and 6.8 kHz, 0 to 1.
    pub hiss: [f32; 3],
    /// How long it lasts, ms. A vowel (0) lasts as long as its note.
    pub ms: f32,
}

impl Phone {
    /// Can it be held?
    pub fn is_vowel(&self) -> bool {
        self.ms == 0.0
    }

    /// The sound of this spelling. The song's own words use only spellings of the table.
    pub fn named(name: &str) -> Option<&'static Phone> {
        PHONES.iter().find(|phone| phone.name == name)
    }
}

const fn vowel(name: &'static str, formants: [f32; 3]) -> Phone {
    Phone { name, formants, voice: 1.0, hiss: [0.0; 3], ms: 0.0 }
}

const fn voiced(name: &'static str, formants: [f32; 3], voice: f32, ms: f32) -> Phone {
    Phone { name, formants, voice, hiss: [0.0; 3], ms }
}

const fn hissed(name: &'static str, formants: [f32; 3], voice: f32, hiss: [f32; 3], ms: f32) -> Phone {
    Phone { name, formants, voice, hiss, ms }
}

/// The stop before a plosive's burst.
pub(crate) const STOP: Phone = voiced("", [400.0, 1500.0, 2500.0], 0.0, 45.0);
/// A breath in.
pub(crate) const INHALE: Phone = hissed("", [600.0, 1400.0, 2500.0], 0.0, [0.05, 0.035, 0.012], 330.0);

static PHONES: &[Phone] = &[
    vowel("ee", [300.0, 2150.0, 2850.0]),
    vowel("i", [400.0, 1900.0, 2550.0]),
    vowel("e", [540.0, 1780.0, 2480.0]),
    vowel("a", [690.0, 1620.0, 2420.0]),
    vowel("ah", [730.0, 1150.0, 2480.0]),
    vowel("aw", [580.0, 900.0, 2500.0]),
    vowel("oh", [490.0, 930.0, 2450.0]),
    vowel("oo", [340.0, 900.0, 2350.0]),
    vowel("uh", [610.0, 1200.0, 2450.0]),
    vowel("er", [490.0, 1350.0, 1750.0]),
    voiced("m", [270.0, 1000.0, 2200.0], 0.42, 70.0),
    voiced("n", [280.0, 1550.0, 2500.0], 0.42, 60.0),
    voiced("ng", [290.0, 1900.0, 2400.0], 0.4, 75.0),
    voiced("l", [340.0, 1050.0, 2750.0], 0.6, 60.0),
    voiced("r", [350.0, 1100.0, 1500.0], 0.6, 65.0),
    voiced("w", [300.0, 680.0, 2250.0], 0.55, 60.0),
    voiced("y", [280.0, 2200.0, 2900.0], 0.6, 55.0),
    hissed("b", [300.0, 1000.0, 2300.0], 0.2, [0.35, 0.05, 0.02], 18.0),
    hissed("d", [300.0, 1700.0, 2600.0], 0.2, [0.1, 0.4, 0.2], 18.0),
    hissed("t", [400.0, 1800.0, 2700.0], 0.0, [0.08, 0.5, 0.7], 34.0),
    hissed("k", [350.0, 1900.0, 2400.0], 0.0, [0.7, 0.25, 0.1], 38.0),
    hissed("s", [350.0, 1700.0, 2600.0], 0.0, [0.0, 0.1, 1.0], 115.0),
    hissed("z", [320.0, 1700.0, 2600.0], 0.3, [0.0, 0.06, 0.55], 85.0),
    hissed("f", [350.0, 1200.0, 2300.0], 0.0, [0.07, 0.1, 0.12], 85.0),
    hissed("v", [320.0, 1150.0, 2300.0], 0.45, [0.03, 0.05, 0.05], 60.0),
    hissed("th", [330.0, 1400.0, 2600.0], 0.45, [0.02, 0.05, 0.06], 50.0),
    hissed("h", [550.0, 1100.0, 2450.0], 0.08, [0.3, 0.12, 0.04], 70.0),
];

/// Does the mouth close before it?
pub(crate) fn is_plosive(phone: &Phone) -> bool {
    matches!(phone.name, "b" | "d" | "t" | "k")
}
