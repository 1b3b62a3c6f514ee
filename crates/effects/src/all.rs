//! The shelf: one line an effect.

use mixsmith_dsp::X8;
use mixsmith_dsp::lane::wide::{Widest, Widest16};
use mixsmith_processor::{Kind, Kinds};

macro_rules! shelf {
    ($($module:ident :: $effect:ident $(=> $widest:ident)?,)*) => {
        /// Every effect, one channel at a time.
        pub static ALL: &[Kind<f32>] = &[$(Kind::of::<crate::$module::$effect<f32>>()),*];
        /// The same effects in the same order, eight channels side by side.
        pub static WIDE: &[Kind<X8>] = &[$(shelf!(@wide $module::$effect $($widest)?)),*];
    };
    (@wide $module:ident :: $effect:ident) => { Kind::of::<crate::$module::$effect<X8>>() };
    (@wide $module:ident :: $effect:ident widest) => {
        Kind::widest::<
            crate::$module::$effect<X8>,
            crate::$module::$effect<Widest>,
            crate::$module::$effect<Widest16>,
        >()
    };
}

// `=> widest` is for what most tracks have: it is compiled for wider registers too, with all of its loops inlined.

shelf! {
    trim::Trim,
    compressor::Compressor => widest,
    equaliser::Equaliser => widest,
    saturator::Saturator,
    delay::Delay,
    reverb::Reverb,
    width::Width,
    gate::Gate,
    deesser::DeEsser,
    limiter::Limiter,
    clipper::Clipper,
    transient::Transient,
    rider::Rider,
    dynamic_equaliser::DynamicEqualiser,
    multiband::Multiband,
    linear_equaliser::LinearEqualiser,
    exciter::Exciter,
    tape::Tape,
    tremolo::Tremolo,
    autopan::AutoPan,
    mono::MonoMaker,
    midside::MidSide,
    chorus::Chorus,
    flanger::Flanger,
    phaser::Phaser,
    doubler::Doubler,
    convolution::Convolution,
}

/// Every effect, for whoever must know them all.
pub const KINDS: Kinds = Kinds(ALL, WIDE);
