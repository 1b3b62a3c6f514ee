//! The sound of a strip from the start of a song to its end, stride by stride.

use std::sync::{Mutex, PoisonError};

use crate::node::Pair;

/// A stride of one channel. None is silence, which takes no memory.
type Stride = Option<Box<[f32]>>;

/// Two channels, or one that is heard on both sides.
#[derive(Debug)]
pub(crate) struct Sound {
    left: Vec<Stride>,
    right: Option<Vec<Stride>>,
}

impl Sound {
    /// A sound to be recorded.
    pub fn new(channels: usize) -> Sound {
        Sound { left: Vec::new(), right: (channels > 1).then(Vec::new) }
    }

    /// Bytes of the sound that it holds.
    pub fn bytes(&self) -> u64 {
        let strides = self.left.iter().chain(self.right.iter().flatten()).flatten();
        strides.map(|stride| 4 * stride.len() as u64).sum()
    }

    /// Records the next stride.
    pub fn record(&mut self, from: &Pair, spare: &Spare) {
        self.left.push(spare.copy(&from.left));
        if let Some(right) = &mut self.right {
            right.push(spare.copy(&from.right));
        }
    }

    /// Is it one channel?
    pub fn is_mono(&self) -> bool {
        self.right.is_none()
    }

    /// Plays a stride, counted from the start. The right side of a sound of one channel is left alone.
    pub fn play(&self, stride: usize, to: &mut Pair) {
        let play = |from: &[Stride], to: &mut [f32]| match from.get(stride) {
            Some(Some(sound)) => to.copy_from_slice(sound),
            _ => to.fill(0.0),
        };
        play(&self.left, &mut to.left);
        if let Some(right) = &self.right {
            play(right, &mut to.right);
        }
    }

    /// The memory, for other sounds.
    pub fn melt(self) -> impl Iterator<Item = Box<[f32]>> {
        self.left.into_iter().chain(self.right.into_iter().flatten()).flatten()
    }
}

/// Memory of sounds that are no longer wanted: what is recorded goes there first. New memory costs the system about as much as
/// the mixing of a strip.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Vec<Box<[f32]>>>);

impl Spare {
    /// How much there is.
    pub fn bytes(&self) -> u64 {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().map(|stride| 4 * stride.len() as u64).sum()
    }

    /// Takes in memory.
    pub fn add(&self, memory: impl Iterator<Item = Box<[f32]>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(memory);
    }

    fn copy(&self, from: &[f32]) -> Stride {
        if from.iter().all(|x| x.to_bits() == 0) {
            return None;
        }
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match spare.filter(|spare| spare.len() == from.len()) {
            Some(mut spare) => {
                spare.copy_from_slice(from);
                Some(spare)
            }
            None => Some(from.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_is_played_and_silence_takes_no_memory() {
        let spare = Spare::default();
        let tone = |from: i32| Pair {
            left: (0..8).map(|i| (from + i) as f32).collect(),
            right: (0..8).map(|i| -(from + i) as f32).collect(),
        };
        let silence = || Pair { left: vec![0.0; 8], right: vec![0.0; 8] };
        let mut sound = Sound::new(2);
        for stride in [tone(1), silence(), tone(100)] {
            sound.record(&stride, &spare);
        }
        assert_eq!(sound.bytes(), 4 * 4 * 8);
        let mut heard = tone(7);
        for (stride, wanted) in [(1, silence()), (2, tone(100)), (0, tone(1)), (9, silence())] {
            sound.play(stride, &mut heard);
            assert_eq!((&heard.left, &heard.right), (&wanted.left, &wanted.right), "stride {stride}");
        }
        // A negative nought is a sound: it has other bits.
        let mut nought = Sound::new(1);
        nought.record(&Pair { left: vec![-0.0; 8], right: vec![] }, &spare);
        assert_eq!(nought.bytes(), 4 * 8);
        spare.add(sound.melt());
        nought.record(&tone(3), &spare);
        assert_eq!(spare.0.lock().unwrap().len(), 3);
    }
}
