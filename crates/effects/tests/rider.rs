//! The vocal rider: how loud it makes a voice, how fast, and what it leaves alone.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.rider";

/// Stretches of a tone of 997 Hz, whose level in dB is its loudness in LUFS within 0.01 dB: seconds and level.
fn phrases(parts: &[(f64, f64)]) -> Vec<f32> {
    parts.iter().flat_map(|&(seconds, level)| sine((seconds * 48_000.0) as usize, 997.0, level)).collect()
}

/// The course of the fader in dB, heard on a constant.
fn course(sets: &[Set], key: &[f32]) -> Vec<f64> {
    let sound = both(&vec![0.25f32; key.len()]);
    let out = stereo(ID, sets, &sound, Some(&both(key)));
    out[0].iter().map(|y| db(f64::from(y / 0.25))).collect()
}

#[test]
fn a_steady_voice_comes_to_the_target_within_the_range() {
    for (level, range, want) in [
        (-24.0, 6.0, 4.0),
        (-18.0, 6.0, -2.0),
        (-30.0, 6.0, 6.0),
        (-8.0, 6.0, -6.0),
        (-21.5, 3.0, 1.5),
        (-26.0, 0.0, 0.0),
    ] {
        let tone = phrases(&[(6.0, level)]);
        let out = mono(ID, &[("range", range)], &tone);
        let got = db(rms(&out[240_000..]) / rms(&tone[240_000..]));
        println!("{level} LUFS, range {range} dB: {got:+.3} dB");
        assert!((got - want).abs() < 0.02, "{level} LUFS, range {range} dB: {got} for {want}");
    }
}

#[test]
fn loudness_is_that_of_the_standard() {
    // A tone of 3 kHz and one of 50 Hz are ridden by what BS.1770 makes of them (libebur128's reading).
    for hz in [50.0, 400.0, 997.0, 3000.0, 10_000.0] {
        let tone = sine(48_000 * 6, hz, -24.0);
        let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::I).expect("a meter");
        meter.add_frames_planar_f32(&[&tone, &tone]).expect("frames");
        let loudness = meter.loudness_global().expect("loud enough");
        let out = stereo(ID, &[("range", 12.0)], &both(&tone), None);
        let got = db(rms(&out[0][240_000..]) / rms(&tone[240_000..]));
        println!("{hz} Hz at -24 dB: {loudness:.2} LUFS, ridden by {got:+.2} dB");
        assert!((got - (-20.0 - loudness)).abs() < 0.1);
    }
}

#[test]
fn the_fader_moves_at_its_speed() {
    for speed in [50.0f32, 300.0, 1000.0] {
        // The key steps from far under the target to far over it, so that the fader knows its goal at once:
        // downwards it follows within milliseconds.
        let key = phrases(&[(8.0, -40.0), (8.0, 0.0)]);
        let gain = course(&[("speed", speed), ("range", 6.0)], &key);
        let took = covers_63(&gain[383_999..]) as f32 / 48.0;
        println!("speed {speed} ms: 63 % after {took:.1} ms");
        // 20 dB over the target is heard after 40 ms * 1 %.
        assert!((took - speed).abs() < 5.0 + 0.02 * speed);
    }
}

#[test]
fn breath_and_silence_are_not_raised() {
    // A soft phrase, a breath under the gate, a loud phrase, silence.
    let key = phrases(&[(4.0, -26.0), (4.0, -50.0), (4.0, -14.0), (4.0, -120.0)]);
    let gain = course(&[("range", 6.0)], &key);
    let at = |seconds: f64| gain[(seconds * 48_000.0) as usize];
    println!(
        "phrase {:+.2}, breath {:+.2}, loud {:+.2}, silence {:+.2} dB",
        at(3.9),
        at(7.9),
        at(11.9),
        at(15.9)
    );
    assert!((at(3.9) - 6.0).abs() < 0.02, "the soft phrase is raised");
    assert!(at(7.9).abs() < 0.02, "what was raised comes back to nought in the breath");
    assert!((at(11.9) + 6.0).abs() < 0.02, "the loud phrase is lowered");
    // By the time the quick mean is under the gate the slow one has fallen by 3 dB.
    assert!((at(15.9) + 3.0).abs() < 0.3, "in silence the fader waits where it was going");
    let never = course(&[("range", 12.0)], &phrases(&[(4.0, -46.0)]));
    assert!(never.iter().all(|&gain| gain == 0.0), "under the gate nothing ever happens");
}

#[test]
fn the_moves_can_be_read_out() {
    let voice = both(&phrases(&[(1.0, -26.0), (1.0, -14.0)]));
    let mut rig = Rig::new(ID, &[("lookahead", 50.0)], true);
    let latency = rig.processor.latency();
    assert_eq!(latency, 2400);
    let [mut left, mut right] = voice.clone();
    let mut at = 0;
    for cut in [64, 17, 47].into_iter().cycle() {
        let end = (at + cut).min(left.len());
        rig.piece(&mut left[at..end], &mut right[at..end]);
        let [gains, _] = rig.processor.gains().expect("a rider is a gain");
        assert_eq!(gains.len(), end - at);
        for (i, gain) in (at..end).zip(gains) {
            let sound = if i < latency { 0.0 } else { voice[0][i - latency] };
            assert_eq!(left[i], sound * gain);
        }
        at = end;
        if at == left.len() {
            break;
        }
    }
}

#[test]
fn every_setting_passes_what_all_must() {
    passes_all(ID, &[("range", 12.0), ("speed", 50.0), ("gate", -60.0)]);
    passes_all(ID, &[("range", 6.0), ("target", -30.0), ("lookahead", 20.0)]);
    pieces_do_not_matter(ID, &[("range", 12.0), ("speed", 50.0)], 0.0);
    for ms in [0.0, 10.0, 35.5] {
        assert_eq!(latency_by_impulse(ID, &[("lookahead", ms)]), (ms * 48.0).round() as usize);
    }
}
