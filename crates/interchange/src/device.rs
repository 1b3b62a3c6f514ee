//! Processors that other programs have too.

/// A processor in a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Id of the insert in the session.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// In circuit or bypassed.
    pub on: bool,
    /// What it does.
    pub does: Processing,
}

/// What a processor does.
#[derive(Clone, Debug, PartialEq)]
pub enum Processing {
    /// Bands of tone.
    Equaliser(Vec<Band>),
    /// Holds loud moments back.
    Compressor(Compressor),
    /// Turns quiet moments down.
    Gate(Gate),
    /// Keeps peaks below a ceiling.
    Limiter(Limiter),
    /// Echoes.
    Delay(Delay),
    /// A space.
    Reverb(Reverb),
}

/// A band of an equaliser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Its shape.
    pub kind: BandKind,
    /// Centre or corner, Hz.
    pub freq: f32,
    /// dB, for bells and shelves.
    pub gain: f32,
    /// Quality factor.
    pub q: f32,
    /// Poles, for passes: 6 dB an octave each.
    pub order: u32,
    /// In circuit?
    pub on: bool,
}

impl Band {
    /// A pass as several that fall by 12 dB an octave each: the pole pairs of a Butterworth filter. Any other band as it is.
    pub(crate) fn pairs(&self) -> Vec<Band> {
        if !self.kind.is_pass() {
            return vec![*self];
        }
        let pairs = (self.order / 2).max(1);
        let own = |n: u32| {
            let angle = f64::from(2 * n + 1) * std::f64::consts::PI / f64::from(4 * pairs);
            (1.0 / (2.0 * angle.sin())) as f32
        };
        // As ours: the quality factor scales the most resonant pair.
        let q = |n: u32| if n == 0 { own(n) * self.q / std::f32::consts::FRAC_1_SQRT_2 } else { own(n) };
        (0..pairs).map(|n| Band { q: q(n), order: 2, ..*self }).collect()
    }
}

/// The shape of a band, in the order of the equaliser's own list after `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandKind {
    /// A hill or a dip.
    Bell,
    /// Everything below.
    LowShelf,
    /// Everything above.
    HighShelf,
    /// Takes away what is below.
    HighPass,
    /// Takes away what is above.
    LowPass,
    /// Takes away one frequency.
    Notch,
}

impl BandKind {
    /// All of them, in the order of the equaliser's own list.
    pub const ALL: [BandKind; 6] = [
        BandKind::Bell,
        BandKind::LowShelf,
        BandKind::HighShelf,
        BandKind::HighPass,
        BandKind::LowPass,
        BandKind::Notch,
    ];

    /// Its place in the equaliser's own list, where 0 is `off`.
    pub fn place(self) -> f32 {
        BandKind::ALL.iter().position(|&kind| kind == self).map_or(0.0, |place| (place + 1) as f32)
    }

    /// Does it have a slope?
    pub fn is_pass(self) -> bool {
        matches!(self, BandKind::HighPass | BandKind::LowPass)
    }
}

/// A compressor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compressor {
    /// dB.
    pub threshold: f32,
    /// Input change over output change.
    pub ratio: f32,
    /// dB.
    pub knee: f32,
    /// ms.
    pub attack: f32,
    /// ms.
    pub release: f32,
    /// dB.
    pub makeup: f32,
}

/// A gate or expander.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// dB.
    pub threshold: f32,
    /// Most that is taken off, dB.
    pub range: f32,
    /// Output change over input change.
    pub ratio: f32,
    /// ms.
    pub attack: f32,
    /// ms.
    pub hold: f32,
    /// ms.
    pub release: f32,
}

/// A limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limiter {
    /// dB.
    pub ceiling: f32,
    /// Gain before it, dB.
    pub gain: f32,
    /// ms.
    pub release: f32,
}

/// Echoes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// Time between echoes, ms.
    pub time: f32,
    /// How much of an echo goes into the next one, %.
    pub feedback: f32,
    /// Takes out the bottom, Hz; nothing at 20 and below.
    pub low_cut: f32,
    /// Takes out the top, Hz; nothing at 20 000 and above.
    pub high_cut: f32,
    /// Share of the echoes, %.
    pub mix: f32,
}

/// A space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reverb {
    /// Time to fall by 60 dB, s.
    pub decay: f32,
    /// ms.
    pub predelay: f32,
    /// Takes out the bottom, Hz; nothing at 20 and below.
    pub low_cut: f32,
    /// Takes out the top, Hz; nothing at 20 000 and above.
    pub high_cut: f32,
    /// Share of the space, %.
    pub mix: f32,
}

impl Processing {
    /// Does it only resemble what another program has under this word?
    pub fn only_resembles(&self) -> bool {
        matches!(self, Processing::Delay(_) | Processing::Reverb(_))
    }

    /// The word that a person would use.
    pub fn word(&self) -> &'static str {
        match self {
            Processing::Equaliser(_) => "equaliser",
            Processing::Compressor(_) => "compressor",
            Processing::Gate(_) => "gate",
            Processing::Limiter(_) => "limiter",
            Processing::Delay(_) => "delay",
            Processing::Reverb(_) => "reverb",
        }
    }

    /// The same for a sound that is `db` softer: thresholds go with it.
    pub fn lowered(&self, db: f32) -> Processing {
        match self {
            Processing::Equaliser(_) | Processing::Delay(_) | Processing::Reverb(_) => self.clone(),
            Processing::Compressor(c) => {
                Processing::Compressor(Compressor { threshold: c.threshold - db, ..*c })
            }
            Processing::Gate(g) => Processing::Gate(Gate { threshold: g.threshold - db, ..*g }),
            Processing::Limiter(l) => Processing::Limiter(Limiter { ceiling: l.ceiling - db, ..*l }),
        }
    }
}
