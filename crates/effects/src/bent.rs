//! What bends a waveform at eight times the rate, with the sound as it came kept in time beside it.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::oversample::{LATENCY, Oversampler, TIMES};
use mixsmith_processor::QUANTUM;

/// Frames until nothing is left of a sound: the filters of both ways reach as far behind the latency as before it.
pub(crate) const TAIL: usize = LATENCY + 1;

/// One channel.
#[derive(Debug)]
pub(crate) struct Bent<L> {
    oversampler: Oversampler<L>,
    /// The last sample at the high rate.
    before: L,
    late: DelayLine<L>,
}

impl<L: Lane> Bent<L> {
    /// At rest.
    pub(crate) fn new() -> Self {
        Bent { oversampler: Oversampler::new(QUANTUM), before: L::zero(), late: DelayLine::new(LATENCY) }
    }

    /// Bends a piece in place. `curve` is asked with the place in the piece and two samples in a row, as the curves of
    /// [`mixsmith_dsp::shaper`] are.
    #[inline(always)]
    pub(crate) fn run(&mut self, piece: &mut [L], curve: impl Fn(usize, L, L) -> L) {
        let mut before = self.before;
        self.oversampler.run(piece, |high| {
            for (frame, samples) in high.chunks_exact_mut(TIMES).enumerate() {
                for x in samples {
                    let now = *x;
                    *x = curve(frame, before, now);
                    before = now;
                }
            }
        });
        self.before = before;
    }

    /// The sound as it came, as late as the bent one: one sample in, one out.
    #[inline(always)]
    pub(crate) fn dry(&mut self, x: L) -> L {
        self.late.next(x)
    }
}
