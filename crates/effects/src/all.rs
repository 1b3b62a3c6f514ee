//! The shelf: one line an effect.

use mixsmith_dsp::X8;
use mixsmith_processor::{Kind, Kinds};

macro_rules! shelf {
    ($($(#[$meta:meta])* $module:ident :: $effect:ident,)*) => {
        /// Every effect, one channel at a time.
        pub static ALL: &[Kind<f32>] = &[$(Kind::of::<crate::$module::$effect<f32>>()),*];
        /// The same effects in the same order, eight channels side by side.
        pub static WIDE: &[Kind<X8>] = &[$(Kind::of::<crate::$module::$effect<X8>>()),*];
    };
}

shelf! {
    trim::Trim,
    compressor::Compressor,
    equaliser::Equaliser,
    saturator::Saturator,
    delay::Delay,
    reverb::Reverb,
    width::Width,
    gate::Gate,
    deesser::DeEsser,
    limiter::Limiter,
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
