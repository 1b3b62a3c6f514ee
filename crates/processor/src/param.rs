//! One knob: its name, unit, range and how a change of it reaches the sound.

use std::ops::RangeInclusive;

use mixsmith_dsp::Lane;

use crate::Unit;

/// How a knob's travel maps to its value. Only widgets and plugin borders need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taper {
    /// Equal steps of the value.
    Lin,
    /// Equal ratios of the value (its range must be positive).
    Log,
}

/// How a change of a parameter reaches the sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Glides to the new value over this many milliseconds.
    Smooth(f32),
    /// Takes effect at once.
    Step,
    /// Cannot be automated: the processor is built anew.
    Rebuild,
}

/// A parameter as declared in [`crate::params!`].
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Stable, lower-case, one word. Never changes once released.
    pub id: &'static str,
    /// What a person reads.
    pub name: &'static str,
    /// Unit of the value, everywhere inside.
    pub unit: Unit,
    /// Smallest and largest value.
    pub range: RangeInclusive<f32>,
    /// Travel of a knob.
    pub taper: Taper,
    /// Value when nothing is said.
    pub default: f32,
    /// How a change reaches the sound.
    pub change: Change,
    /// One sentence or two.
    pub doc: &'static str,
}

impl Param {
    /// Is the value inside the range (and a number)?
    pub fn accepts(&self, value: f32) -> bool {
        self.range.contains(&value)
    }

    /// Position of a value on the knob, 0 to 1.
    pub fn position(&self, value: f32) -> f32 {
        let (low, high) = (*self.range.start(), *self.range.end());
        match self.taper {
            Taper::Lin => (value - low) / (high - low),
            Taper::Log => (value / low).ln() / (high / low).ln(),
        }
    }

    /// Value at a position of the knob, 0 to 1.
    pub fn value(&self, position: f32) -> f32 {
        let (low, high) = (*self.range.start(), *self.range.end());
        let value = match self.taper {
            Taper::Lin => low + position * (high - low),
            Taper::Log => low * (high / low).powf(position),
        };
        value.clamp(low, high)
    }

    /// The range as a person writes it: `-60 dB to 0 dB`, or the list of choices.
    pub fn range_text(&self) -> String {
        match self.unit {
            Unit::Choice(names) => names.join(", "),
            unit => format!("{} to {}", unit.print(*self.range.start()), unit.print(*self.range.end())),
        }
    }
}

/// The course of a parameter over one piece of sound: a line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ramp<T> {
    /// Value just before the first frame. Where the parameter steps at the first frame, the value after the step: a
    /// step is between two pieces, never within one.
    pub from: T,
    /// Value at the last frame.
    pub to: T,
}

impl<T: Copy> Ramp<T> {
    /// Stands still.
    pub fn still(value: T) -> Self {
        Ramp { from: value, to: value }
    }
}

impl<T: PartialEq> Ramp<T> {
    /// Does it move within this piece?
    pub fn moves(&self) -> bool {
        self.from != self.to
    }
}

impl<T: Lane> Ramp<T> {
    /// The value at frame `i` of a piece of which each frame is this `share`: one over its frames.
    #[inline(always)]
    pub fn along(&self, i: usize, share: f32) -> T {
        // By way of i32, whose conversion the processor has for several numbers at once.
        self.from + (self.to - self.from) * T::splat((i + 1) as i32 as f32 * share)
    }
}

/// A typed set of parameter values, made by [`crate::params!`].
pub trait ParamSet<T: Copy>: Sized {
    /// The parameters, in the order of the slice.
    const TABLE: &'static [Param];
    /// Reads the values in the order of the table. The slice must have as many values as the table.
    fn from_slice(values: &[T]) -> Self;
    /// The values in the order of the table.
    fn to_vec(&self) -> Vec<T>;
}
