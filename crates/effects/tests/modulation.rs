//! Do the effects that move by themselves do what theory says, at the pace that they were told?

mod stand;

use mixsmith_effects::autopan::AutoPanParams;
use mixsmith_effects::chorus::ChorusParams;
use mixsmith_effects::doubler::DoublerParams;
use mixsmith_effects::flanger::FlangerParams;
use mixsmith_effects::phaser::PhaserParams;
use mixsmith_effects::tremolo::TremoloParams;
use stand::{RATE, at, click, db, noise, run, size};

const TAU: f64 = std::f64::consts::TAU;

/// One and a share of a turn by an angle: what loops and combs are made of.
fn one_plus(share: f64, angle: f64) -> [f64; 2] {
    [1.0 + share * angle.cos(), share * angle.sin()]
}

/// The same for ever.
fn steady(frames: usize) -> Vec<f32> {
    vec![1.0; frames]
}

#[test]
fn a_tremolo_has_the_sidebands_of_its_depth_at_its_rate() {
    let tone: Vec<f32> =
        (0..96_000).map(|i| (TAU * 1000.0 * f64::from(i) / f64::from(RATE)).sin() as f32).collect();
    let plain = TremoloParams { rate: 4.0, depth: 60.0, ..Default::default() };
    // At a tempo of 120 half a beat is a quarter of a second.
    let beats = TremoloParams { rate: 9.0, beats: 0.5, ..plain };
    for params in [plain, beats] {
        let [left, right] = run("modulation.tremolo", &params, [&tone, &tone]);
        assert!(left == right);
        let line = |hz: f64| size(at(&left, hz)) / 48_000.0;
        // 1 - d/2 + d/2 sin: a carrier of 0.7 and two sidebands of 0.15.
        for (hz, wanted) in [(1000.0, 0.7), (996.0, 0.15), (1004.0, 0.15), (992.0, 0.0), (1009.0, 0.0)] {
            assert!((line(hz) - wanted).abs() < 1e-5, "{hz} Hz: {}", line(hz));
        }
    }
}

#[test]
fn a_tremolo_goes_from_full_level_to_its_depth_and_from_side_to_side() {
    let params = TremoloParams { rate: 2.0, depth: 80.0, spread: 180.0, ..Default::default() };
    let [left, right] = run("modulation.tremolo", &params, [&steady(48_000), &steady(48_000)]);
    assert!((left[0] - 1.0).abs() < 1e-6 && (right[0] - 0.2).abs() < 1e-6);
    assert!((left[12_000] - 0.2).abs() < 1e-6 && (left[24_000] - 1.0).abs() < 1e-6);
    for (l, r) in left.iter().zip(&right) {
        assert!((l + r - 1.2).abs() < 1e-6);
    }
    // A square stays at its ends most of the time, and does not jump: a step would be 0.8.
    let square = TremoloParams { shape: 2.0, spread: 0.0, ..params };
    let [left, _] = run("modulation.tremolo", &square, [&steady(48_000), &steady(48_000)]);
    let at_ends = left.iter().filter(|x| **x > 0.95 || **x < 0.25).count();
    let step = left.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
    assert!(at_ends > 42_000 && step < 0.002, "{at_ends} {step}");
}

#[test]
fn an_auto_pan_keeps_the_power_and_reaches_the_sides() {
    for shape in [0.0, 1.0, 2.0] {
        let params = AutoPanParams { rate: 1.0, depth: 100.0, shape, phase: 90.0, ..Default::default() };
        let [left, right] = run("stereo.auto-pan", &params, [&steady(48_000), &steady(48_000)]);
        for (l, r) in left.iter().zip(&right) {
            assert!((l * l + r * r - 2.0).abs() < 2e-6, "{l} {r}");
        }
        assert!(left[0].abs() < 1e-5 && right[24_000].abs() < 1e-5, "{} {}", left[0], right[24_000]);
    }
    let half = AutoPanParams { rate: 1.0, depth: 50.0, phase: 90.0, ..Default::default() };
    let [left, right] = run("stereo.auto-pan", &half, [&steady(100), &steady(100)]);
    // From the left at 0 over the middle at 45 to the right at 90 degrees: half way to the right is 67.5.
    let angle = (left[0] / right[0]).atan().to_degrees();
    assert!((angle - 22.5).abs() < 1e-3, "{angle}");
}

#[test]
fn the_voices_of_a_chorus_stand_where_theory_puts_them() {
    for (choice, voices) in [(0.0, 2), (1.0, 3), (2.0, 4)] {
        let params = ChorusParams {
            voices: choice,
            rate: 0.02,
            delay: 8.0,
            depth: 5.0,
            phase: 30.0,
            spread: 90.0,
            mix: 100.0,
            ..Default::default()
        };
        let sound = click(2048);
        let out = run("modulation.chorus", &params, [&sound, &sound]);
        for (side, out) in out.iter().enumerate() {
            // A click is heard from a voice when the voice's delay has passed, and the delay goes on moving.
            let late: Vec<f64> = (0..voices)
                .map(|k| {
                    let start = 30.0 / 360.0 + side as f64 * 0.25 + f64::from(k) / f64::from(voices);
                    (0..20).fold(0.01, |seconds: f64, _| {
                        0.008 + 0.005 * (0.5 + 0.5 * (TAU * (start + 0.02 * seconds)).sin())
                    })
                })
                .collect();
            for hz in [50.0, 300.0, 777.0, 1900.0, 4000.0] {
                let found = at(out, hz);
                let wanted = late.iter().fold([0.0; 2], |[re, im], late| {
                    let (sin, cos) = (TAU * hz * late).sin_cos();
                    let level = f64::from(voices).sqrt();
                    [re + cos / level, im - sin / level]
                });
                let off = size([found[0] - wanted[0], found[1] - wanted[1]]);
                assert!(off < 5e-3, "{voices} voices, side {side}, {hz} Hz: off by {off}");
            }
        }
    }
}

#[test]
fn a_flanger_is_a_comb_with_true_notches() {
    for (feedback, polarity) in [(0.0, 0.0), (60.0, 0.0), (60.0, 1.0), (90.0, 0.0)] {
        let params =
            FlangerParams { delay: 1.0, depth: 0.0, feedback, polarity, mix: 100.0, ..Default::default() };
        let sound = click(48_000);
        let [left, right] = run("modulation.flanger", &params, [&sound, &sound]);
        assert!(left == right);
        let (back, sign) = (f64::from(feedback) * 0.01, 1.0 - 2.0 * f64::from(polarity));
        for step in 1..200 {
            let hz = 50.0 * f64::from(step);
            let angle = -TAU * hz * 0.001;
            let level = 0.5 * (1.0 - back * back).sqrt();
            let wanted = level * size(one_plus(sign, angle)) / size(one_plus(-sign * back, angle));
            let found = size(at(&left, hz));
            if wanted < 1e-3 {
                assert!(db(found) < -90.0, "{hz} Hz: a notch of {} dB", db(found));
            } else {
                assert!(
                    (db(found) - db(wanted)).abs() < 0.02,
                    "{hz} Hz: {} for {} dB",
                    db(found),
                    db(wanted)
                );
            }
        }
    }
}

#[test]
fn the_notches_of_a_phaser_are_where_theory_puts_them() {
    let rate = f64::from(RATE);
    for (choice, stages) in [(0.0, 4), (1.0, 6), (2.0, 8), (3.0, 10), (4.0, 12)] {
        for feedback in [0.0, 70.0] {
            let params = PhaserParams {
                stages: choice,
                lowest: 900.0,
                highest: 900.0,
                feedback,
                ..Default::default()
            };
            let sound = click(48_000);
            let [left, right] = run("modulation.phaser", &params, [&sound, &sound]);
            assert!(left == right);
            let corner = (TAU / 2.0 * 900.0 / rate).tan();
            for k in 1..=stages / 2 {
                // Where the stages together turn by an odd number of half turns.
                let turn = f64::from(2 * k - 1) * TAU / 2.0 / f64::from(2 * stages);
                let hz = rate / (TAU / 2.0) * (corner * turn.tan()).atan();
                let found = db(size(at(&left, hz)));
                assert!(found < -60.0, "{stages} stages, notch {k} at {hz:.1} Hz: {found:.1} dB");
            }
            let back = f64::from(feedback) * 0.01;
            for step in 1..60 {
                let hz = 20.0 * 1.12f64.powi(step);
                if hz > 20_000.0 {
                    break;
                }
                let angle = -2.0 * f64::from(stages) * ((TAU / 2.0 * hz / rate).tan() / corner).atan();
                let round = angle - TAU * hz / rate;
                let level = 0.5 * (1.0 - back * back).sqrt();
                let wanted = level * size(one_plus(1.0, angle)) / size(one_plus(-back, round));
                let found = size(at(&left, hz));
                assert!(
                    (found - wanted).abs() < 1e-3 * wanted + 1e-4,
                    "{stages} stages, {hz} Hz: {found} for {wanted}"
                );
            }
        }
    }
}

#[test]
fn the_corner_of_a_phaser_moves_by_equal_ratios() {
    // Half way in the swing the corner is the geometric middle, at the phase where a sine is nought.
    let moving = PhaserParams { rate: 0.02, lowest: 200.0, highest: 3200.0, ..Default::default() };
    let still = PhaserParams { lowest: 800.0, highest: 800.0, ..moving };
    let sound = click(512);
    let [moving, _] = run("modulation.phaser", &moving, [&sound, &sound]);
    let [still, _] = run("modulation.phaser", &still, [&sound, &sound]);
    let off = moving.iter().zip(&still).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(off < 2e-3, "{off}");
}

#[test]
fn a_doubler_keeps_its_promise_in_mono_and_hardly_bends_the_pitch() {
    for level in [-6.0f32, -12.0] {
        let params = DoublerParams { level, drift: 0.0, ..Default::default() };
        let sound = click(4096);
        let [left, right] = run("modulation.doubler", &params, [&sound, &sound]);
        let mono: Vec<f32> = left.iter().zip(&right).map(|(l, r)| 0.5 * (l + r)).collect();
        let takes = 10f64.powf(f64::from(level) / 20.0);
        let (mut least, mut power) = (f64::MAX, 0.0);
        for step in 0..2000 {
            let found = size(at(&mono, 20.0 + 4.0 * f64::from(step)));
            least = least.min(found);
            power += found * found / 2000.0;
        }
        // The worst that two takes can do is to meet the sound upside down.
        assert!(least > 1.0 - takes - 1e-3 && least < 1.0 - 0.9 * takes, "{level}: {least}");
        // What they add on the whole: half the power of one take, as each is on one side only.
        let wanted = 1.0 + takes * takes / 2.0;
        assert!((power - wanted).abs() < 0.03, "{level}: {power} for {wanted}");
    }
    // A tone of 500 Hz: the phase of the take on the left tells its delay.
    let params = DoublerParams { time: 10.0, drift: 1.0, rate: 0.2, level: 0.0, ..Default::default() };
    let tone: Vec<f32> =
        (0..480_000).map(|i| (TAU * 500.0 * f64::from(i) / f64::from(RATE)).sin() as f32).collect();
    let [left, _] = run("modulation.doubler", &params, [&tone, &tone]);
    let take: Vec<f32> = left.iter().zip(&tone).map(|(l, x)| l - x).collect();
    let late = |from: usize| {
        let [re, im] = at(&take[from..from + 96], 500.0);
        // A sine that starts in phase is -j; later means a phase further back.
        (-(im.atan2(re) + TAU / 4.0) / (TAU * 500.0)).rem_euclid(0.002)
    };
    let mut before: Option<f64> = None;
    for i in 10..4990 {
        let from = 96 * i;
        let seconds = (from + 48) as f64 / f64::from(RATE);
        let wanted = 0.010 + 0.0005 + 0.0005 * (TAU * 0.2 * seconds).sin();
        let off = (late(from) - wanted).rem_euclid(0.002);
        assert!(off.min(0.002 - off) < 3e-6, "{seconds}: off by {off} s");
        if let Some(before) = before.replace(late(from)) {
            let change = late(from) - before;
            let cents = 1200.0 * (1.0 - change / 0.002).log2();
            assert!(change.abs() > 0.001 || cents.abs() < 1.2, "{seconds}: {cents} cents");
        }
    }
}

#[test]
fn a_mono_sound_stays_mono_where_the_sides_are_not_apart() {
    let sound = noise(7, 4800);
    let chorus = ChorusParams { spread: 0.0, ..Default::default() };
    let [left, right] = run("modulation.chorus", &chorus, [&sound, &sound]);
    assert!(left == right);
    let doubler = DoublerParams { width: 0.0, ..Default::default() };
    let [left, right] = run("modulation.doubler", &doubler, [&sound, &sound]);
    assert!(left == right);
}
