//! The tables of what every strip and every send has.

use mixsmith_processor::{Param, ParamSet, params};

/// A fader or a send at this level or below is shut.
pub const FADER_OFF: f32 = -90.0;

params! {
    /// The knobs of every track, bus, return and master.
    pub struct StripParams {
        /// Level before the inserts, where gain staging happens.
        trim: "Trim", Db, -60.0..=60.0, Lin, 0.0, Smooth(20.0);
        /// Turns the waveform upside down.
        polarity: "Polarity", Choice(&["normal", "inverted"]), 0.0..=1.0, Lin, 0.0, Step;
        /// Level after the inserts. At -90 dB it is shut.
        fader: "Fader", Db, -90.0..=12.0, Lin, 0.0, Smooth(20.0);
        /// Level that automation adds to the fader: phrase rides and section moves live here, so that the fader
        /// stays free for the hand.
        ride: "Ride", Db, -90.0..=12.0, Lin, 0.0, Smooth(20.0);
        /// Place from left to right. A mono strip keeps its power (full level in both sides at the centre, 3 dB more
        /// at a side); a stereo strip keeps its near side and turns down the other.
        pan: "Pan", Pan, -100.0..=100.0, Lin, 0.0, Smooth(20.0);
        /// Distance of left from right of a stereo strip: 0 is mono, 100 as recorded.
        width: "Width", Percent, 0.0..=200.0, Lin, 100.0, Smooth(20.0);
        /// Silences the strip, its sends too.
        mute: "Mute", Choice(&["off", "on"]), 0.0..=1.0, Lin, 0.0, Smooth(5.0);
    }
}

params! {
    /// The knobs of every send.
    pub struct SendParams {
        /// Level that goes to the return. At -90 dB it is shut.
        level: "Level", Db, -90.0..=12.0, Lin, 0.0, Smooth(20.0);
    }
}

/// The strip's table.
pub const STRIP: &[Param] = <StripParams as ParamSet<f32>>::TABLE;
/// The send's table.
pub const SEND: &[Param] = <SendParams as ParamSet<f32>>::TABLE;
