//! Runs one effect over a signal.

use mixsmith_effects::KINDS;
use mixsmith_processor::{Io, Key, Kind, Processor, QUANTUM, Ramp, Setup, Tail};

use crate::Failed;
use crate::signal::Stereo;

/// A parameter's id and value.
pub(crate) type Set<'a> = (&'a str, f32);

/// One processor and the values that it stands at.
pub(crate) struct Rig {
    pub processor: Box<dyn Processor<f32>>,
    pub ramps: Vec<Ramp<f32>>,
    stereo: bool,
}

/// An effect by its id.
pub(crate) fn kind(id: &str) -> Result<&'static Kind<f32>, Failed> {
    KINDS.get(id).ok_or_else(|| Failed(format!("there is no effect `{id}`")))
}

/// The values of an effect, with some set.
pub(crate) fn values(kind: &Kind<f32>, sets: &[Set]) -> Result<Vec<f32>, Failed> {
    let mut values: Vec<f32> = kind.params.iter().map(|param| param.default).collect();
    for &(id, value) in sets {
        let found = kind.param(id).filter(|(_, param)| param.accepts(value));
        let (at, _) = found.ok_or_else(|| Failed(format!("{} cannot have {id} at {value}", kind.id)))?;
        values[at] = value;
    }
    Ok(values)
}

impl Rig {
    /// A processor at its defaults but for what is set.
    pub fn new(id: &str, sets: &[Set], rate: f64, channels: usize) -> Result<Rig, Failed> {
        let kind = kind(id)?;
        Ok(Rig::of(kind, &values(kind, sets)?, rate, channels))
    }

    /// A processor with these values.
    pub fn of(kind: &Kind<f32>, values: &[f32], rate: f64, channels: usize) -> Rig {
        let setup = Setup { impulse: None, rate: rate as f32, tempo: 120.0, channels };
        let ramps = values.iter().map(|&value| Ramp::still(value)).collect();
        Rig { processor: (kind.build)(&setup, values), ramps, stereo: channels == 2 }
    }

    /// Runs a signal through. A key is as long as the sound.
    pub fn run(&mut self, sound: &Stereo, key: Option<&Stereo>) -> Stereo {
        let mut out = sound.clone();
        let [left, right] = &mut out;
        for (q, (left, right)) in left.chunks_mut(QUANTUM).zip(right.chunks_mut(QUANTUM)).enumerate() {
            let span = q * QUANTUM..q * QUANTUM + left.len();
            let key = key.map(|key| Key {
                left: &key[0][span.clone()],
                right: self.stereo.then(|| &key[1][span.clone()]),
            });
            let io = Io { left, right: self.stereo.then_some(right), key };
            let (processor, ramps) = (&mut self.processor, &self.ramps);
            mixsmith_dsp::denormals::flushed(|| processor.process(ramps, io));
        }
        out
    }

    /// Frames until it has to be silent after its input is: latency and tail, to whole quanta, and one more.
    pub fn settles(&self) -> usize {
        let tail = match self.processor.tail() {
            Tail::None => 0,
            Tail::Frames(frames) => frames,
        };
        (self.processor.latency() + tail).next_multiple_of(QUANTUM) + QUANTUM
    }
}

/// The same in both channels.
pub(crate) fn both(sound: &[f32]) -> Stereo {
    [sound.to_vec(), sound.to_vec()]
}

/// What becomes of a mono signal.
pub(crate) fn mono(id: &str, sets: &[Set], rate: f64, sound: &[f32]) -> Result<Vec<f32>, Failed> {
    let [left, _] = Rig::new(id, sets, rate, 1)?.run(&both(sound), None);
    Ok(left)
}

/// What becomes of a stereo signal.
pub(crate) fn stereo(id: &str, sets: &[Set], rate: f64, sound: &Stereo) -> Result<Stereo, Failed> {
    Ok(Rig::new(id, sets, rate, 2)?.run(sound, None))
}
