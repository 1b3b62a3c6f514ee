//! Reading a clip in small steps without asking the system each time.

use std::sync::Arc;

use super::Clip;

/// Frames fetched at a time.
const AHEAD: usize = 16_384;

/// Reads one clip, mostly forwards, in pieces as small as a quantum: it fetches 16384 frames at a time. Each
/// voice of the engine owns one. The frames are those that [`Clip::read`] gives.
#[derive(Debug)]
pub struct Reader {
    clip: Arc<Clip>,
    held: Vec<Vec<f32>>,
    from: i64,
    filled: usize,
}

impl Reader {
    /// A reader of this clip; allocates once.
    pub fn new(clip: Arc<Clip>) -> Reader {
        let held = match clip.is_in_memory() {
            true => Vec::new(),
            false => vec![vec![0.0; AHEAD]; clip.channels],
        };
        Reader { clip, held, from: 0, filled: 0 }
    }

    /// The clip.
    pub fn clip(&self) -> &Arc<Clip> {
        &self.clip
    }

    /// As [`Clip::read`].
    pub fn read(&mut self, from: i64, into: &mut [&mut [f32]]) {
        let wanted = into.first().map_or(0, |channel| channel.len());
        if self.clip.is_in_memory() || wanted > AHEAD {
            return self.clip.read(from, into);
        }
        let held = i128::from(self.from)..i128::from(self.from) + self.filled as i128;
        if i128::from(from) < held.start || i128::from(from) + wanted as i128 > held.end {
            match self.held.as_mut_slice() {
                // The usual cases, without a list of slices to allocate.
                [one] => self.clip.read(from, &mut [one]),
                [left, right] => self.clip.read(from, &mut [left, right]),
                many => {
                    let mut many: Vec<&mut [f32]> = many.iter_mut().map(Vec::as_mut_slice).collect();
                    self.clip.read(from, &mut many);
                }
            }
            (self.from, self.filled) = (from, AHEAD);
        }
        let offset = (i128::from(from) - i128::from(self.from)) as usize;
        for (number, channel) in into.iter_mut().enumerate() {
            match self.held.get(number) {
                Some(held) => channel.copy_from_slice(&held[offset..offset + wanted]),
                None => channel.fill(0.0),
            }
        }
    }
}
