//! The macro that declares an effect's parameters once.

/// Declares a struct of parameters and its table.
///
/// ```
/// use mixsmith_processor::{params, ParamSet, Unit};
/// params! {
///     /// Turns the level up or down.
///     pub struct TrimParams {
///         /// Change of level.
///         gain: "Gain", Db, -60.0..=24.0, Lin, 0.0, Smooth(20.0);
///         /// Which way round.
///         polarity: "Polarity", Choice(&["normal", "inverted"]), 0.0..=1.0, Lin, 0.0, Step;
///     }
/// }
/// assert_eq!(<TrimParams as ParamSet<f32>>::TABLE[0].unit, Unit::Db);
/// assert_eq!(TrimParams::default().gain, 0.0);
/// ```
///
/// gives `struct TrimParams<T = f32> { pub gain: T, … }`, where `T` is `f32` (a setting) or
/// [`crate::Ramp`] (its course over one piece), [`crate::ParamSet`] and `Default`.
#[macro_export]
macro_rules! params {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $id:ident : $label:literal, $unit:ident $(($($unit_arg:expr),+))?, $range:expr, $taper:ident, $default:expr,
                $change:ident $(($($change_arg:expr),+))?;
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<T = f32> {
            $( $(#[doc = $doc])+ pub $id: T, )*
        }

        impl<T: Copy> $crate::ParamSet<T> for $name<T> {
            const TABLE: &'static [$crate::Param] = &[
                $( $crate::Param {
                    id: stringify!($id),
                    name: $label,
                    unit: $crate::Unit::$unit $(($($unit_arg),+))?,
                    range: $range,
                    taper: $crate::Taper::$taper,
                    default: $default,
                    change: $crate::Change::$change $(($($change_arg),+))?,
                    doc: concat!($($doc),+),
                }, )*
            ];
            // The last step of the place is not read.
            #[allow(unused_assignments)]
            fn from_slice(values: &[T]) -> Self {
                let mut at = 0;
                $( let $id = values[at]; at += 1; )*
                $name { $($id),* }
            }
            fn to_vec(&self) -> Vec<T> {
                vec![$(self.$id),*]
            }
        }

        impl Default for $name<f32> {
            fn default() -> Self {
                $name { $($id: $default),* }
            }
        }
    };
}
