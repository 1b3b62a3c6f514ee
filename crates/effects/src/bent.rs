//! What bends a waveform at eight times the rate, with the sound as it came kept in time beside it.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::oversample::{LATENCY, Oversampler, TIMES};
use mixsmith_dsp::shaper::Bender;
use mixsmith_processor::QUANTUM;

/// Frames until nothing is left of a sound: the filters of both ways reach as far behind the latency as before it.
pub(crate) const TAIL: usize = LATENCY + 1;

/// One channel.
#[derive(Debug)]
pub(crate) struct Bent<L> {
    oversampler: Oversampler<L>,
    bender: Bender<L>,
    late: DelayLine<L>,
}

impl<L: Lane> Bent<L> {
    /// At rest.
    pub(crate) fn new() -> Self {
        let bender = Bender::new(L::zero(), L::zero());
        Bent { oversampler: Oversampler::new(QUANTUM), bender, late: DelayLine::new(LATENCY) }
    }

    /// Bends a piece in place. `curve` is asked with the place in the piece and the two ends of a step, as the curves of
    /// [`mixsmith_dsp::shaper`] are. Nought has to stay nought.
    #[inline(always)]
    pub(crate) fn run(&mut self, piece: &mut [L], curve: impl Fn(usize, L, L) -> L) {
        let bender = &mut self.bender;
        self.oversampler.run(piece, |high| {
            bender.run(high, |i, before, now| curve(i / TIMES, before, now));
        });
    }

    /// The sound as it came, as late as the bent one: one sample in, one out.
    #[inline(always)]
    pub(crate) fn dry(&mut self, x: L) -> L {
        self.late.next(x)
    }
}
