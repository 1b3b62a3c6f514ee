//! A clipper.

use mixsmith_dsp::{Lane, math, oversample, shaper};
use mixsmith_processor::{Effect, Io, Ports, Ramp, Setup, Tail, params};

use crate::bent::{Bent, TAIL};

params! {
    /// Cuts peaks off.
    pub struct ClipperParams {
        /// Gain before the clipper.
        drive: "Drive", Db, 0.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Where the curve ends. Peaks come out higher where clipping makes sound above half the sample rate, which is not kept: up to 4 dB for noise driven 24 dB in.
        ceiling: "Ceiling", Db, -24.0..=0.0, Lin, 0.0, Smooth(20.0);
        /// How far below the ceiling it begins to bend: 0 is hard, 12 soft.
        knee: "Knee", Db, 0.0..=12.0, Lin, 3.0, Smooth(20.0);
    }
}

/// Cuts peaks off at eight times the sample rate. The curve is [`shaper::Clip`].
#[derive(Debug)]
pub struct Clipper<L> {
    channels: [Bent<L>; 2],
}

impl<L: Lane> Effect<L> for Clipper<L> {
    const ID: &'static str = "dynamics.clipper";
    const NAME: &'static str = "Clipper";
    const DOC: &'static str = "Cuts peaks off, hard or with a soft knee, at eight times the sample rate. Below the knee nothing changes.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = ClipperParams<U>;

    fn new(_: &Setup, _: &ClipperParams) -> Self {
        Clipper { channels: [Bent::new(), Bent::new()] }
    }

    fn latency(&self) -> usize {
        oversample::LATENCY
    }

    fn tail(&self, _: usize) -> Tail {
        Tail::Frames(TAIL)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &ClipperParams<Ramp<L>>, io: Io<'_, L>) {
        let share = L::splat(1.0 / io.left.len() as f32);
        let (from, to) = (math::amplitude(ramps.ceiling.from), math::amplitude(ramps.ceiling.to));
        let ceiling_step = (to - from) * share;
        let drive = math::amplitude(ramps.drive.from);
        let drive_step = (math::amplitude(ramps.drive.to) - drive) * share;
        let clip = shaper::Clip::new(math::amplitude(-ramps.knee.to));
        for (bent, channel) in self.channels.iter_mut().zip([Some(io.left), io.right].into_iter().flatten()) {
            bent.run(channel, |frame, before, now| {
                let at = L::splat((frame + 1) as f32);
                let ceiling = from + ceiling_step * at;
                let push = (drive + drive_step * at) / ceiling;
                clip.mean(before * push, now * push) * ceiling
            });
        }
    }
}
