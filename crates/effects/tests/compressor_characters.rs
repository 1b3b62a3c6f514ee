//! The characters of the compressor by the laws in their documentation; clean is in tests/compressor.rs.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.compressor";
const GLUE: f32 = 1.0;
const OPTO: f32 = 2.0;
const FET: f32 = 3.0;
const VARI_MU: f32 = 4.0;

/// The soft knee of Giannoulis, Massberg and Reiss 2012, eq. 4, of slope one.
fn soft(over: f64, knee: f64) -> f64 {
    let within = (over + knee / 2.0).clamp(0.0, knee);
    within * within / (2.0 * knee) + (over - knee / 2.0).max(0.0)
}

/// What each character takes off a steady level, dB.
fn law(character: f32, over: f64, ratio: f64, knee: f64) -> f64 {
    let slope = 1.0 - 1.0 / ratio;
    match character as usize {
        // The level that comes out, found by halving: the reduction is (ratio - 1) times its own knee.
        1 => {
            let (mut low, mut high) = (-200.0, over.max(0.0));
            if over <= -knee / 2.0 {
                return 0.0;
            }
            for _ in 0..200 {
                let out = (low + high) / 2.0;
                if out + (ratio - 1.0) * soft(out, knee) < over { low = out } else { high = out }
            }
            over - low
        }
        3 => slope * soft(over, knee * 4.0 / ratio),
        4 => slope * over.max(0.0).powi(2) / (over.max(0.0) + knee + 6.0206),
        _ => slope * soft(over, knee),
    }
}

#[test]
fn static_curves() {
    for character in [GLUE, OPTO, FET, VARI_MU] {
        for (ratio, knee) in [(2.0f32, 6.0f32), (4.0, 12.0), (10.0, 3.0)] {
            let sets = [
                ("character", character),
                ("threshold", -30.0),
                ("ratio", ratio),
                ("knee", knee),
                // The fet's are a twentieth and a half of that.
                ("attack", if character == FET { 200.0 } else { 20.0 }),
                ("release", if character == FET { 800.0 } else { 400.0 }),
            ];
            let mut worst = 0f64;
            for step in 0..21 {
                let level = -60.0 + 3.0 * f64::from(step);
                let tone = sine(96_000, 997.0, level);
                let got = -db(rms(&mono(ID, &sets, &tone)[72_000..]) / rms(&tone[72_000..]));
                let want = law(character, level + 30.0, ratio.into(), knee.into());
                worst = worst.max((got - want).abs());
            }
            println!("character {character}, {ratio}:1, knee {knee} dB: within {worst:.4} dB of its law");
            assert!(worst < 0.05);
        }
    }
}

#[test]
fn the_ratio_of_a_vari_mu_rises_with_the_level() {
    let slope_at = |over: f64| {
        let by = |over: f64| law(VARI_MU, over, 10.0, 6.0);
        1.0 / (1.0 - (by(over + 0.01) - by(over - 0.01)) / 0.02)
    };
    let ratios = [1.0, 6.0, 12.0, 24.0, 60.0].map(slope_at);
    println!("ratio of a vari-mu at 10:1, knee 6 dB, 1 to 60 dB over: {ratios:.2?}");
    assert!(ratios.windows(2).all(|pair| pair[0] < pair[1]) && ratios[0] < 1.2 && ratios[4] < 10.0);
}

/// Times in ms to cover 63 % of the way, up and down, when a level comes for so many seconds.
fn times(sets: &[Set], seconds: f64, loud: f32) -> (f64, f64) {
    let part = (seconds * 48_000.0) as usize;
    let sound = [vec![0.001f32; 48_000], vec![loud; part], vec![0.001f32; 480_000]].concat();
    let out = mono(ID, sets, &sound);
    let gain: Vec<f64> = out.iter().zip(&sound).map(|(y, x)| db(f64::from(y / x))).collect();
    let up = covers_63(&gain[47_999..48_000 + part]) as f64 / 48.0;
    (up, covers_63(&gain[48_000 + part - 1..]) as f64 / 48.0)
}

#[test]
fn a_fet_is_faster_than_its_labels_by_twenty_and_by_two() {
    for (attack, release) in [(20.0f32, 100.0f32), (100.0, 400.0), (200.0, 1000.0)] {
        let sets = [("character", FET), ("threshold", -40.0), ("attack", attack), ("release", release)];
        let (up, down) = times(&sets, 2.0, 0.5);
        println!("fet: attack {attack} ms takes {up:.2}, release {release} ms {down:.1}");
        assert!((up - f64::from(attack) / 20.0).abs() < 0.03 + 0.03 * up);
        assert!((down - f64::from(release) / 2.0).abs() < 0.03 * down);
    }
}

#[test]
fn a_vari_mu_keeps_its_labels() {
    let sets = [("character", VARI_MU), ("threshold", -40.0), ("attack", 30.0), ("release", 250.0)];
    let (up, down) = times(&sets, 2.0, 0.5);
    println!("vari-mu: attack 30 ms takes {up:.2}, release 250 ms {down:.1}");
    assert!((up - 30.0).abs() < 1.0 && (down - 250.0).abs() < 8.0);
}

#[test]
fn an_opto_lets_go_slower_the_longer_and_the_more_it_has_reduced() {
    let release = 100.0f32;
    let of = |seconds: f64, reduction: f32| {
        // 20:1, hard knee: 20/19 of the reduction over -40 dB.
        let loud = 10f32.powf((-40.0 + reduction * 20.0 / 19.0) / 20.0);
        let sets = [
            ("character", OPTO),
            ("threshold", -40.0),
            ("ratio", 20.0),
            ("knee", 0.0),
            ("attack", 1.0),
            ("release", release),
        ];
        times(&sets, seconds, loud).1
    };
    for (seconds, reduction) in [(0.02, 6.0f32), (1.0, 6.0), (10.0, 6.0), (10.0, 12.0), (10.0, 18.0)] {
        // The memory is a mean over 2 s; it fades a little while the cell lets go.
        let mut memory = f64::from(reduction) / 6.0206 * (1.0 - (-seconds / 2.0f64).exp());
        let mut left = f64::from(reduction) / 6.0206;
        let (goal, step, mut want) = (left * (-1.0f64).exp(), 0.01, 0.0);
        while left > goal {
            left -= left * step / (f64::from(release) * (1.0 + 2.0 * memory));
            memory += (left - memory) * step / 2000.0;
            want += step;
        }
        let got = of(seconds, reduction);
        println!("opto, {reduction} dB for {seconds} s: {got:.1} ms, {want:.1} by the law");
        assert!((got / want - 1.0).abs() < 0.03);
    }
    assert!(of(10.0, 6.0) > 2.5 * of(0.02, 6.0) && of(10.0, 18.0) > 1.8 * of(10.0, 6.0));
}

#[test]
fn glue_lets_go_at_once_after_a_peak_and_slowly_after_a_passage() {
    let sets =
        [("character", GLUE), ("threshold", -30.0), ("ratio", 4.0), ("attack", 1.0), ("release", 100.0)];
    let (up, after_peak) = times(&sets, 0.02, 0.5);
    let (_, after_passage) = times(&sets, 6.0, 0.5);
    println!(
        "glue: attack {up:.2} ms; release {after_peak:.0} ms after 20 ms, {after_passage:.0} ms after 6 s"
    );
    assert!((up - 1.0).abs() < 0.1);
    // 20 ms fill it by 4 %, and by a little more while the first lets go.
    assert!(after_peak > 95.0 && after_peak < 110.0);
    // After a passage it is full. It falls over 600 ms towards the first, which falls over 100 ms: 6/5 e^(-t/600) less
    // 1/5 e^(-t/100) is left.
    let left = |ms: f64| 1.2 * (-ms / 600.0).exp() - 0.2 * (-ms / 100.0).exp();
    assert!((left(after_passage) / (-1.0f64).exp() - 1.0).abs() < 0.02);
}

#[test]
fn every_character_passes_what_all_must() {
    for character in [GLUE, OPTO, FET, VARI_MU] {
        let hard: &[Set] = &[
            ("character", character),
            ("threshold", -50.0),
            ("ratio", 20.0),
            ("attack", 0.5),
            ("release", 30.0),
        ];
        passes_all(ID, hard);
        passes_all(ID, &[hard, &[("detector", 1.0), ("link", 30.0), ("mix", 60.0), ("knee", 0.0)]].concat());
        pieces_do_not_matter(ID, hard, 0.0);
    }
}
