//! Do echoes come when they should, from where they should, and do they step back for the key?

use mixsmith_effects::KINDS;
use mixsmith_effects::delay::{DelayParams, NOTES};
use mixsmith_processor::{Io, Key, ParamSet, QUANTUM, Ramp, Setup};

const RATE: f32 = 48_000.0;

/// What comes back for a sound on the left, with a steady key of this level.
fn run(params: &DelayParams, tempo: f32, left: &[f32], key: f32) -> [Vec<f32>; 2] {
    let kind = KINDS.get("space.delay").expect("on the shelf");
    let values = params.to_vec();
    let mut processor = (kind.build)(&Setup { rate: RATE, tempo, channels: 2, impulse: None }, &values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    let key = [key; QUANTUM];
    let (mut left, mut right) = (left.to_vec(), vec![0.0; left.len()]);
    for (l, r) in left.chunks_exact_mut(QUANTUM).zip(right.chunks_exact_mut(QUANTUM)) {
        processor.process(&ramps, Io { left: l, right: Some(r), key: Some(Key { left: &key, right: None }) });
    }
    [left, right]
}

fn click(frames: usize) -> Vec<f32> {
    let mut click = vec![0.0; frames];
    click[0] = 1.0;
    click
}

fn plain() -> DelayParams {
    DelayParams { lowcut: 20.0, highcut: 20_000.0, feedback: 50.0, ..Default::default() }
}

/// Where something sounds, and how loud.
fn echoes(sound: &[f32]) -> Vec<(usize, f32)> {
    sound.iter().enumerate().filter(|(_, x)| x.abs() > 1e-3).map(|(i, &x)| (i, x)).collect()
}

#[test]
fn echoes_fall_on_the_beat() {
    let [left, right] = run(&plain(), 120.0, &click(QUANTUM * 1200), 0.0);
    assert_eq!(echoes(&left), [(24_000, 1.0), (48_000, 0.5), (72_000, 0.25)]);
    assert!(echoes(&right).is_empty());
    let dotted = NOTES.iter().position(|n| *n == "1/8d").expect("a note") as f32;
    let [left, _] = run(&DelayParams { note: dotted, ..plain() }, 90.0, &click(QUANTUM * 500), 0.0);
    assert_eq!(echoes(&left)[0], (24_000, 1.0));
    let [left, _] = run(&DelayParams { note: 0.0, time: 100.0, ..plain() }, 90.0, &click(QUANTUM * 100), 0.0);
    assert_eq!(echoes(&left)[0], (4800, 1.0));
}

#[test]
fn ping_pong_goes_from_side_to_side() {
    let [left, right] = run(&DelayParams { pingpong: 1.0, ..plain() }, 120.0, &click(QUANTUM * 1600), 0.0);
    assert_eq!(echoes(&left), [(24_000, 0.5), (72_000, 0.125)]);
    assert_eq!(echoes(&right), [(48_000, 0.25), (96_000, 0.0625)]);
}

#[test]
fn the_key_turns_the_echoes_down_and_only_the_key() {
    let tone: Vec<f32> = (0..QUANTUM * 1500).map(|i| (i as f32 * 0.05).sin()).collect();
    let params = DelayParams { duck: 12.0, feedback: 0.0, ..plain() };
    let loud = |key: f32, share: f32| {
        let quiet: Vec<f32> = tone.iter().map(|x| x * share).collect();
        let [left, _] = run(&params, 120.0, &quiet, key);
        10.0 * (left[60_000..].iter().map(|x| x * x).sum::<f32>() / (share * share)).log10()
    };
    let fall = loud(0.0, 1.0) - loud(0.5, 1.0);
    assert!((fall - 12.0).abs() < 0.1, "{fall}");
    // A hundredth of the sound gives a hundredth of the echo, so stems add up to the mix.
    assert!((loud(0.05, 1.0) - loud(0.05, 0.01)).abs() < 0.01);
}

#[test]
fn a_new_time_fades_in_over_a_quantum_however_the_sound_is_cut() {
    let kind = KINDS.get("space.delay").expect("on the shelf");
    let sound = |lengths: &[usize]| {
        let times = [100.0, 140.0, 60.0].map(|time| DelayParams { note: 0.0, time, ..plain() }.to_vec());
        let mut processor =
            (kind.build)(&Setup { rate: RATE, tempo: 120.0, channels: 2, impulse: None }, &times[0]);
        let tone = |i: usize| 0.5 * (i as f32 * 0.05).sin();
        let mut left: Vec<f32> = (0..QUANTUM * 450).map(tone).collect();
        let mut right = left.clone();
        let mut at = 0;
        for length in lengths.iter().cycle() {
            let span = at..(at + length).min(left.len());
            let which = if at < QUANTUM * 150 { 0 } else { 1 + at / (QUANTUM * 300) };
            let ramps: Vec<_> = times[which].iter().map(|&v| Ramp::still(v)).collect();
            at = span.end;
            let io = Io { left: &mut left[span.clone()], right: Some(&mut right[span]), key: None };
            processor.process(&ramps, io);
            if at == left.len() {
                return left;
            }
        }
        left
    };
    let whole = sound(&[QUANTUM]);
    for lengths in [&[1][..], &[7, 31, 26], &[63, 1]] {
        assert_eq!(sound(lengths), whole, "{lengths:?}");
    }
    let step = |sound: &[f32]| sound.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
    assert!(step(&whole) < 0.1, "{}", step(&whole));
}
