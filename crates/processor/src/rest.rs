//! Silence that goes past an effect at rest, to the bits of one that runs.

use mixsmith_dsp::{Lane, lane};

use crate::Io;

/// What is known of an effect's rest. It rests where a piece of silence found it still and left it so, and silence came out: the
/// next piece of silence, as long as that one and with the same parameters, would do nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rest {
    /// Does a parameter move?
    moves: bool,
    /// Was the effect still after the last piece, which was silence?
    still: bool,
    rests: bool,
    passed: bool,
    /// Of the last piece.
    frames: usize,
}

impl Rest {
    /// The parameters have been set.
    pub fn set(&mut self, moves: bool) {
        *self = Rest { moves, ..Rest::default() };
    }

    /// A piece comes in, silence or not. Does it pass without the effect?
    #[inline(always)]
    pub fn passes(&mut self, silence: bool, frames: usize) -> bool {
        let alike = frames == std::mem::replace(&mut self.frames, frames);
        self.rests &= silence && alike;
        self.still &= silence;
        self.passed = self.rests;
        self.rests
    }

    /// The effect ran over silence. Is it still now, and did silence come out?
    #[inline(always)]
    pub fn ran(&mut self, still: bool, silent: bool) {
        self.rests = self.still && still && silent;
        self.still = still && !self.moves;
    }

    /// Did the last piece pass?
    pub fn passed(&self) -> bool {
        self.passed
    }
}

/// Is every sample plus nought, bit for bit?
#[inline(always)]
pub(crate) fn silent<L: Lane>(io: &Io<'_, L>) -> bool {
    match &io.right {
        Some(right) => lane::silent(io.left) && lane::silent(right),
        None => lane::silent(io.left),
    }
}
