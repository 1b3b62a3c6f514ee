use super::transform::Transform;
use super::*;
use crate::X8;
#[cfg(target_arch = "x86_64")]
use crate::lane::wide;

fn noise(mut seed: u32, frames: usize) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..frames).map(|_| next()).collect()
}

fn convolved(taps: &[f32], sound: &[f32], pieces: &[usize]) -> Vec<f32> {
    let mut convolver = Convolver::new(Arc::new(Response::new(taps)));
    let mut out = sound.to_vec();
    let (mut rest, mut lengths) = (&mut out[..], pieces.iter().cycle());
    while !rest.is_empty() {
        let (piece, later) = rest.split_at_mut(rest.len().min(*lengths.next().expect("a length")));
        convolver.run(piece);
        rest = later;
    }
    out
}

#[test]
fn it_is_the_sum_of_products_without_latency_at_every_length() {
    for frames in [1, 63, 64, 65, 127, 500, 512, 513, 1500, 8191, 8192, 8300, 20_000] {
        let (taps, sound) = (noise(frames as u32, frames), noise(7, 12_000));
        let found = convolved(&taps, &sound, &[64]);
        // In double precision, and against the level of what comes out.
        let (mut worst, mut level) = (0.0f64, 0.0f64);
        for n in (0..sound.len()).step_by(37) {
            let products = taps.iter().zip(sound[..=n].iter().rev());
            let wanted: f64 = products.map(|(h, x)| f64::from(*h) * f64::from(*x)).sum();
            worst = worst.max((f64::from(found[n]) - wanted).abs());
            level = level.max(wanted.abs());
        }
        let db = 20.0 * (worst / level).log10();
        assert!(db < -120.0, "{frames} taps: {db} dB");
    }
}

#[test]
fn pieces_change_no_bit() {
    let (taps, sound) = (noise(1, 10_000), noise(2, 20_000));
    let whole = convolved(&taps, &sound, &[64]);
    assert!(whole == convolved(&taps, &sound, &[1, 64, 13, 700, 7]));
    assert!(whole == convolved(&taps, &sound, &[20_000]));
}

#[test]
fn it_falls_silent_and_sounds_again_as_if_new() {
    let (taps, sound) = (noise(1, 9000), noise(2, 4096));
    let mut twice = sound.clone();
    twice.extend(vec![0.0; 36_864]);
    let begin = twice.len();
    twice.extend(&sound);
    let found = convolved(&taps, &twice, &[64]);
    let end = sound.len() + taps.len();
    assert_eq!(begin % STAGES[2], 0, "the same bits need the same place in a block");
    // Rounding in the transforms lasts up to two blocks longer, 120 dB down, and then there is nothing.
    let loudest = found.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    assert!(found[end..].iter().take(2 * 8192).all(|x| x.abs() < 1e-6 * loudest));
    assert!(found[end + 2 * 8192..begin].iter().all(|x| *x == 0.0));
    assert!(found[begin..] == found[..sound.len()]);
}

#[test]
fn silent_taps_before_and_within_are_kept() {
    let mut taps = vec![0.0; 3000];
    (taps[700], taps[2900]) = (1.0, -0.5);
    let sound = noise(3, 6000);
    let found = convolved(&taps, &sound, &[64]);
    for n in 0..6000 {
        let at = |ago: usize| if n >= ago { sound[n - ago] } else { 0.0 };
        assert!((found[n] - at(700) + 0.5 * at(2900)).abs() < 1e-6, "{n}");
    }
}

#[test]
fn the_transform_gives_the_same_bits_in_wide_registers_and_comes_back() {
    for block in [256, 512, 1024, 2048, 4096, 8192, 32_768] {
        let transform = Transform::new(block);
        let eights = |seed: u32| noise(seed, block).as_chunks().0.iter().map(|x| X8(*x)).collect::<Vec<X8>>();
        let (first, second) = (eights(9), eights(10));
        let (mut bins, mut back) = (vec![X8::default(); block / 4], vec![X8::default(); block / 8]);
        transform.forward::<X8>([&first, &second], &mut bins);
        #[cfg(target_arch = "x86_64")]
        let mut other = (bins.clone(), back.clone());
        #[cfg(target_arch = "x86_64")]
        if wide::available() {
            transform.forward::<wide::Widest>([&first, &second], &mut other.0);
            assert!(bins == other.0, "{block}");
            transform.backward::<wide::Widest>(&mut other.0, &mut other.1);
        }
        transform.backward::<X8>(&mut bins, &mut back);
        #[cfg(target_arch = "x86_64")]
        if wide::available() {
            assert!(back == other.1, "{block}");
        }
        for (found, wanted) in back.iter().zip(&second) {
            for (found, wanted) in found.0.iter().zip(wanted.0) {
                assert!((found / block as f32 - wanted).abs() < 1e-5, "{block}");
            }
        }
    }
}
