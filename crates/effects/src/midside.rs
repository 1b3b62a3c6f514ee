//! Left and right become middle and side, or back.

use mixsmith_dsp::Lane;
use mixsmith_processor::{Effect, Io, Ports, Ramp, Setup, params};

params! {
    /// Left and right become middle and side, or back.
    pub struct MidSideParams {
        /// Encode gives the middle on the left and the side on the right; decode gives left and right again.
        way: "Way", Choice(&["encode", "decode"]), 0.0..=1.0, Lin, 0.0, Step;
    }
}

/// Left and right become middle and side, or back.
#[derive(Debug)]
pub struct MidSide<L>(std::marker::PhantomData<L>);

impl<L: Lane> Effect<L> for MidSide<L> {
    const ID: &'static str = "stereo.midside";
    const NAME: &'static str = "Mid/side";
    const DOC: &'static str = "Turns left and right into middle (half of the sum) and side (half of the difference), \
                               or back. What stands between an encoder and a decoder works on middle and side.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = MidSideParams<U>;

    fn new(_: &Setup, _: &MidSideParams) -> Self {
        MidSide(std::marker::PhantomData)
    }

    fn still(&self) -> bool {
        true
    }

    #[inline(always)]
    fn process(&mut self, ramps: &MidSideParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let half = L::splat(0.5);
        let times = L::select(ramps.way.to.lt(half), half, L::splat(1.0));
        for (l, r) in io.left.iter_mut().zip(right) {
            (*l, *r) = ((*l + *r) * times, (*l - *r) * times);
        }
    }
}
