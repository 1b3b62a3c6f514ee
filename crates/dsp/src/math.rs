//! Logarithms and powers as polynomials, equal on every [`Lane`] and every machine.
//!
//! The C library's `log` and `exp` differ between systems in the last bit; these use only exactly rounded
//! operations, most of them fused. Errors are tested: `log2` within 2e-7 relative or 1.5e-7 absolute, `exp2` within 3e-7 relative.

use crate::Lane;

/// Decibels of one factor of two in amplitude: 20 log10(2).
pub const DB_PER_OCTAVE: f32 = 6.020_6;

/// Base-2 logarithm of a positive normal number. Smaller numbers count as 2^-126.
#[inline(always)]
pub fn log2<L: Lane>(x: L) -> L {
    log2_of_normal(x.max(L::splat(f32::MIN_POSITIVE)))
}

/// Base-2 logarithm of what is known to be a positive normal number.
#[inline(always)]
pub fn log2_of_normal<L: Lane>(x: L) -> L {
    let (exponent, mantissa) = x.exponent_and_mantissa();
    // log2(1 + t) / t for t from -0.293 to 0.414, nearest in the largest error (5e-8) of log2. A division, as of a series in
    // (m - 1) / (m + 1), would take longer than all else. Terms in pairs (Estrin's scheme): the processor works on several
    // at once.
    let t = mantissa - L::splat(1.0);
    let pair = |low: f32, high: f32| L::splat(high).mul_add(t, L::splat(low));
    let (a, b) = (pair(1.442_694_8, -0.721_357_17), pair(0.480_939_45, -0.360_087_22));
    let (c, d) = (pair(0.286_707_5, -0.250_069_2), pair(0.236_890_05, -0.145_743_64));
    let t2 = t * t;
    let series = d.mul_add(t2, c).mul_add(t2 * t2, b.mul_add(t2, a));
    t.mul_add(series, exponent)
}

/// Two to the power of `x`, held between 2^-126 and 2^127.
#[inline(always)]
pub fn exp2<L: Lane>(x: L) -> L {
    exp2_within(x.clamp(L::splat(-126.0), L::splat(127.0)))
}

/// Two to the power of what is known to lie between -126 and 127.
#[inline(always)]
pub fn exp2_within<L: Lane>(x: L) -> L {
    let whole = x.nearest();
    let f = x - whole;
    // 2^f for f from -0.5 to 0.5, nearest in the largest relative error (1e-7) with the slope of 2^f at nought. In pairs, as above.
    let f2 = f * f;
    let low = L::splat(std::f32::consts::LN_2).mul_add(f, L::splat(1.0));
    let middle = L::splat(0.055_505_585).mul_add(f, L::splat(0.240_222_83));
    let high = L::splat(0.001_330_060_5).mul_add(f, L::splat(0.009_669_691));
    high.mul_add(f2, middle).mul_add(f2, low).scaled(whole)
}

/// Amplitude ratio of a level in dB.
#[inline(always)]
pub fn amplitude<L: Lane>(db: L) -> L {
    exp2(db * L::splat(1.0 / DB_PER_OCTAVE))
}

/// Level in dB of an amplitude; nothing is below -758 dB.
#[inline(always)]
pub fn decibels<L: Lane>(amplitude: L) -> L {
    log2(amplitude) * L::splat(DB_PER_OCTAVE)
}

/// The share that a one-pole smoother moves towards its target each frame: `1 - exp(-1 / (ms * rate))`.
/// `ms` is the time to cover 63 % of a step (Giannoulis, Massberg and Reiss 2012, eq. 7).
pub fn one_pole(ms: f32, rate: f32) -> f32 {
    if ms <= 0.0 {
        return 1.0;
    }
    (1.0 - (-1.0 / (f64::from(ms) * 0.001 * f64::from(rate))).exp()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::X8;

    #[test]
    fn log2_and_exp2_are_close_to_the_truth() {
        for i in 0..20_000 {
            let x = (-100.0 + 0.01 * f64::from(i)).exp2() as f32;
            let truth = f64::from(x).log2();
            let error = (f64::from(log2(x)) - truth).abs();
            assert!(error <= 1.5e-7 + 2e-7 * truth.abs(), "log2 of {x}: off by {error}");
            let y = -100.0 + 0.01 * i as f32;
            let truth = f64::from(y).exp2();
            assert!((f64::from(exp2(y)) / truth - 1.0).abs() < 3e-7, "exp2 of {y}");
        }
        assert_eq!(exp2(0.0f32), 1.0);
        assert_eq!(log2(1.0f32), 0.0);
        assert_eq!(amplitude(0.0f32), 1.0);
    }

    #[test]
    fn eight_lanes_give_the_bits_of_one() {
        for i in 0..1000 {
            let x: [f32; 8] = std::array::from_fn(|k| 1e-6 * (1 + i * 8 + k) as f32);
            let (wide_log, wide_exp) = (log2(X8(x)), exp2(X8(x)));
            for (k, &one) in x.iter().enumerate() {
                assert_eq!(wide_log.0[k].to_bits(), log2(one).to_bits());
                assert_eq!(wide_exp.0[k].to_bits(), exp2(one).to_bits());
            }
        }
    }
}
