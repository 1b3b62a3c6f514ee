//! What the prediction of a mix missed: by how much its tracks came out louder than their levels say.

use std::io;

use mixsmith_analysis::{Fact, Facts};
use mixsmith_assistant::Desk;
use mixsmith_assistant::mixmodel::{MixModel, energy, lufs};
use mixsmith_dsp::loudness::KWeighting;
use mixsmith_engine::Sink;

/// Weighs a print: its energy as the ear has it.
pub(crate) struct Scales {
    weighting: KWeighting,
    rate: f64,
    squares: f64,
}

impl Scales {
    pub fn new(rate: u32) -> Scales {
        let rate = f64::from(rate);
        Scales { weighting: KWeighting::new(rate), rate, squares: 0.0 }
    }

    /// Energy of all that was printed: mean square times seconds.
    pub fn energy(&self) -> f64 {
        self.squares / self.rate
    }
}

impl Sink for Scales {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.squares += self.weighting.energy(left, right).squares.iter().sum::<f64>();
        Ok(())
    }
}

/// Loudness of an energy of 1 (BS.1770-5, annex 1), LUFS.
const OFFSET: f64 = -0.691;
/// Seconds between the values of the model.
const STEP: f64 = mixsmith_assistant::mixmodel::STEP;
/// What is less than this need not be mended, dB.
const LEAST: f64 = 0.5;

/// The fact `heard.gain` of every track, from the energies of the tracks in the mix: that over what the model of levels has of
/// it, dB. Compressors, equalisers and what buses do are not in the model. Nothing where it missed next to nothing.
pub(crate) fn missed(desk: &Desk<'_>, energies: &[(String, f64)]) -> Facts {
    let model = MixModel::new(desk);
    let of = |(id, heard): &(String, f64)| {
        let (part, strip) = (model.part(id)?, desk.session.strip(id)?);
        let foretold = energy(part.fader) * part.energy.iter().sum::<f64>() * STEP;
        let gain = lufs(*heard) + OFFSET - lufs(foretold);
        (*heard > 0.0 && foretold > 0.0).then(|| Fact::number("heard.gain", desk.stem_of(strip), gain))
    };
    let found: Vec<Fact> = energies.iter().filter_map(of).collect();
    let mut facts = Facts::default();
    if found.iter().any(|fact| facts_gain(fact).abs() >= LEAST) {
        facts.extend(found);
    }
    facts
}

fn facts_gain(fact: &Fact) -> f64 {
    if let mixsmith_analysis::Qty::Number(gain) = fact.value { gain } else { 0.0 }
}
