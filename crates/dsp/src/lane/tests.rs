//! Every lane gives the bits of one channel alone.

use super::wide::{self, Bundle, Widest, Widest16};
use super::{Lane, Mask, X8, X16, silent};

/// Numbers of every kind, in an order that meets each with each.
fn numbers(round: usize) -> ([f32; 16], [f32; 16]) {
    let some = [0.0, -0.0, 1.0, -1.5, 1e-40, -3e38, f32::INFINITY, f32::NAN, 0.1, 6.5e4, -7.25, 1e-20];
    let pick = |i: usize| some[i % some.len()];
    (std::array::from_fn(|i| pick(i + round)), std::array::from_fn(|i| pick(i + round / some.len())))
}

/// The results of every operation on two lanes.
fn all<L: Lane>(a: L, b: L) -> Vec<L> {
    let mask = a.lt(b);
    let (exponent, mantissa) = a.abs().exponent_and_mantissa();
    let whole = L::select(a.abs().lt(L::splat(100.0)), a.floor(), L::splat(3.0));
    vec![
        a + b,
        a - b,
        a * b,
        a / b,
        a.mul_add(b, a),
        a.mul_add(a, b),
        -a,
        a.abs(),
        a.abs().sqrt(),
        a.max(b),
        a.min(b),
        a.floor(),
        exponent,
        mantissa,
        L::power_of_two(whole),
        (mantissa + L::splat(0.5)).scaled(whole),
        L::select(a.nought(), b, a),
        L::select(a.abs().lt(L::splat(1e5)), a * L::splat(0.5), L::splat(2.5)).nearest() + L::zero(),
        L::select(mask, a, b),
        L::select(!mask, a, b),
        L::select(mask & b.lt(L::splat(2.0)), a, b),
        L::select(mask | b.lt(L::splat(2.0)), a, b),
        L::splat(if mask.any() { 1.0 } else { 0.0 }),
        L::splat(if a == b { 1.0 } else { 0.0 }),
    ]
}

/// Not-a-number may carry different bits.
fn bits(x: f32) -> u32 {
    if x.is_nan() { f32::NAN.to_bits() } else { x.to_bits() }
}

/// Compares all that does not ask about several channels at once.
fn compare<L: Lane>(of: impl Fn([f32; 16]) -> L) {
    for round in 0..144 {
        let (a, b) = numbers(round);
        let wide = all(of(a), of(b));
        let single = wide.len() - 2;
        for lane in 0..L::WIDTH {
            let one = all(a[lane], b[lane]);
            for (i, (wide, one)) in wide.iter().zip(&one).enumerate().take(single) {
                assert_eq!(bits(wide.get(lane)), bits(*one), "operation {i} of {} and {}", a[lane], b[lane]);
            }
        }
        let (a_all, a, b) = (a, &a[..L::WIDTH], &b[..L::WIDTH]);
        let risen = of(a_all).risen([7.0, 9.0]);
        assert_eq!([risen.get(0), risen.get(1)], [7.0, 9.0]);
        assert!((2..L::WIDTH).all(|lane| bits(risen.get(lane)) == bits(a[lane - 2])));
        let any = a.iter().zip(b).any(|(a, b)| a < b);
        assert_eq!(wide[single].get(0) == 1.0, any);
        assert_eq!(wide[single + 1].get(0) == 1.0, a == b);
    }
}

fn eight(x: [f32; 16]) -> X8 {
    X8(std::array::from_fn(|i| x[i]))
}

fn sixteen(x: [f32; 16]) -> X16 {
    X16([eight(x), X8(std::array::from_fn(|i| x[8 + i]))])
}

#[test]
fn channels_side_by_side_give_the_bits_of_one() {
    compare(eight);
    compare(sixteen);
    if X8::available() {
        compare(|x| Widest::from(eight(x)));
    } else {
        println!("skipped: this machine has no wider registers for eight");
    }
    if X16::available() {
        compare(|x| Widest16::from(sixteen(x)));
    } else {
        println!("skipped: this machine has no wider registers for sixteen");
    }
}

fn there_and_back<B: Bundle, const N: usize>() {
    let rows: Vec<[f32; N]> = (0..B::WIDTH).map(|j| std::array::from_fn(|i| (1000 * j + i) as f32)).collect();
    let mut wide = [B::splat(-1.0); N];
    for (part, rows) in rows.chunks(8).enumerate() {
        wide::gather(std::array::from_fn(|j| &rows[j]), part, &mut wide);
    }
    for (i, frame) in wide.iter().enumerate() {
        assert!((0..B::WIDTH).all(|j| frame.get(j) == (1000 * j + i) as f32));
    }
    let mut back = vec![[-1.0; N]; B::WIDTH];
    for (part, back) in back.chunks_mut(8).enumerate() {
        let mut rows = back.iter_mut();
        wide::scatter(&wide, part, std::array::from_fn(|_| rows.next().unwrap()));
    }
    assert_eq!(back, rows);
}

#[test]
fn channels_are_laid_together_and_taken_apart() {
    there_and_back::<X8, 8>();
    there_and_back::<X8, 64>();
    there_and_back::<X16, 8>();
    there_and_back::<X16, 64>();
}

fn silence_is_plus_nought<L: Lane>() {
    for frames in [0, 1, 9, 64] {
        let mut sound = vec![L::zero(); frames];
        assert!(silent(&sound));
        for i in 0..frames {
            for x in [-0.0, 1e-45, -1e-45, 1e-30, -2.0, f32::INFINITY, f32::NAN, -f32::NAN] {
                sound[i].set(i % L::WIDTH, x);
                assert!(!silent(&sound), "{x} at {i} of {frames}");
            }
            sound[i] = L::zero();
        }
    }
}

#[test]
fn only_plus_nought_in_every_channel_is_silence() {
    silence_is_plus_nought::<f32>();
    silence_is_plus_nought::<X8>();
    silence_is_plus_nought::<X16>();
    if X8::available() {
        silence_is_plus_nought::<Widest>();
    }
    if X16::available() {
        silence_is_plus_nought::<Widest16>();
    }
}
