//! What both spaces share: a low cut, a high cut, and a guard at the door.

use mixsmith_dsp::Lane;
use mixsmith_dsp::filter::{Prototype, Section, Svf, design::Shape, matched};

/// A high-pass and a low-pass, and the corners that they were designed for.
#[derive(Debug)]
pub(crate) struct Cuts<L: Lane> {
    rate: f64,
    designed: Option<(L, L)>,
    sections: [Svf<L, 2>; 2],
}

impl<L: Lane> Cuts<L> {
    /// Nothing is cut until [`Cuts::aim`] says so.
    pub(crate) fn new(rate: f32) -> Self {
        Cuts { rate: f64::from(rate), designed: None, sections: [Svf::default(); 2] }
    }

    /// Sets the corners in Hz, at once the first time; 20 Hz and 20 kHz are off.
    pub(crate) fn aim(&mut self, low: L, high: L) {
        let before = self.designed.replace((low, high));
        if before == Some((low, high)) {
            return;
        }
        let q = std::f64::consts::FRAC_1_SQRT_2;
        for lane in 0..L::WIDTH {
            let (low, high) = (f64::from(low.get(lane)), f64::from(high.get(lane)));
            let shapes = [
                (low > 20.0).then_some(Prototype { hz: low, shape: Shape::HighPass { q } }),
                (high < 20_000.0).then_some(Prototype { hz: high, shape: Shape::LowPass { q } }),
            ];
            for (svf, shape) in self.sections.iter_mut().zip(shapes) {
                let section = shape.map_or(Section::IDENTITY, |p| matched(&p, self.rate));
                svf.aim(lane, &section, before.is_none());
            }
        }
    }

    /// Is this the first piece?
    pub(crate) fn fresh(&self) -> bool {
        self.designed.is_none()
    }

    /// Filters both channels in place.
    #[inline(always)]
    pub(crate) fn run(&mut self, left: &mut [L], right: &mut [L]) {
        for section in &mut self.sections {
            section.run([&mut *left, &mut *right]);
        }
    }
}

/// Keeps what is no number, or louder than 120 dB over full scale, out of a recursion.
#[inline(always)]
pub(crate) fn sane<L: Lane>(x: L) -> L {
    L::select(x.abs().lt(L::splat(1e6)), x, L::zero())
}
