//! Faults that are there are found, and none that are not.

mod common;
use common::*;
use mixsmith_analysis::Facts;

/// A loud, clean, moving sound.
fn clean() -> Vec<f32> {
    let swell = |hz: f64, phase: f64| -> Vec<f32> {
        let gain = |i: usize| (0.6 + 0.4 * (i as f64 / 9000.0 + phase).sin()) as f32;
        sine(hz, -9.0, 6.0).iter().enumerate().map(|(i, x)| x * gain(i)).collect()
    };
    mix(&[swell(98.0, 0.0), swell(311.0, 1.0), swell(1250.0, 2.0), noise(7, 0.02, 6.0)])
}

fn clipped(x: &[f32], rail: f32) -> Vec<f32> {
    x.iter().map(|x| x.clamp(-rail, rail)).collect()
}

fn sixteen_bit(x: &[f32]) -> Vec<f32> {
    x.iter().map(|x| (x * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0).collect()
}

fn faults(facts: &Facts) -> Vec<&str> {
    facts.iter().map(|fact| fact.what.as_str()).filter(|what| what.starts_with("fault.")).collect()
}

#[test]
fn clean_material_has_no_faults() {
    let bass = sine(49.0, -0.1, 6.0);
    let square: Vec<f32> = sine(110.0, 0.0, 6.0).iter().map(|x| 0.9 * x.signum()).collect();
    let normalised = clean();
    let peak = normalised.iter().fold(0.0f32, |a, x| a.max(x.abs()));
    let normalised: Vec<f32> = normalised.iter().map(|x| x / peak).collect();
    let other = [&[0.0; 300], &clean()[300..]].concat();
    for x in [clean(), sixteen_bit(&bass), bass, square, sixteen_bit(&normalised)] {
        assert_eq!(faults(&measured(&mono(x)).0), Vec::<&str>::new());
    }
    assert_eq!(faults(&measured(&stereo(clean(), other)).0), Vec::<&str>::new());
}

#[test]
fn flat_tops_are_found_at_any_level() {
    let x = clean();
    let clipped = clipped(&x, 0.6);
    let quiet: Vec<f32> = clipped.iter().map(|x| x * 0.2).collect();
    for x in [sixteen_bit(&clipped), sixteen_bit(&quiet), clipped, quiet] {
        let (facts, _) = measured(&mono(x));
        assert!(number(&facts, "fault.clipping") > 20.0);
        assert!(!facts.times("fault.clipping_times", "x").is_empty());
    }
}

#[test]
fn overs_of_a_float_file_are_not_clipping() {
    let x: Vec<f32> = clean().iter().map(|x| x * 1.6).collect();
    let (facts, _) = measured(&mono(x));
    assert_eq!(faults(&facts), ["fault.over"]);
    let peak = number(&facts, "peak.sample");
    near(&facts, "fault.over", peak, 1e-9);
}

#[test]
fn offset_is_found() {
    let x: Vec<f32> = clean().iter().map(|x| 0.5 * x - 0.01).collect();
    let (facts, _) = measured(&mono(x));
    assert_eq!(faults(&facts), ["fault.dc"]);
    near(&facts, "fault.dc", -0.01, 5e-4);
}

#[test]
fn hum_is_found_between_notes_and_bass_notes_are_not_hum() {
    // A riff on G1 and G2, which lie beside 50 and 100 Hz, with rests.
    let note = |hz| join(&[mix(&[sine(hz, -12.0, 1.4), sine(2.0 * hz, -20.0, 1.4)]), vec![0.0; frames(2.6)]]);
    let riff = join(&[note(49.0), note(98.0), note(49.0), note(61.74), note(49.0), note(98.0)]);
    let floor = noise(9, 1e-4, 24.0);
    assert_eq!(faults(&measured(&mono(mix(&[riff.clone(), floor.clone()]))).0), Vec::<&str>::new());
    for mains in [50.0, 60.0] {
        let hum = mix(&[sine(mains, -58.0, 24.0), sine(3.0 * mains, -66.0, 24.0)]);
        let (facts, _) = measured(&mono(mix(&[riff.clone(), hum, floor.clone()])));
        assert_eq!(faults(&facts), ["fault.hum", "fault.hum_hz"]);
        near(&facts, "fault.hum_hz", mains, 0.0);
        near(&facts, "fault.hum", -58.0 - 3.01 + 0.64, 1.0);
    }
}

#[test]
fn channels_that_are_dead_or_out_of_balance_are_found() {
    let x = clean();
    let (facts, _) = measured(&stereo(x.clone(), vec![0.0; x.len()]));
    assert_eq!(faults(&facts), ["fault.dead_channel"]);
    near(&facts, "fault.dead_channel", 1.0, 0.0);
    // Two microphones on one source: alike, not equal; one of them 4 dB down.
    let room = noise(11, 0.08, 6.0);
    let x: Vec<f32> = x.iter().map(|x| 0.5 * x).collect();
    let left = mix(&[x.clone(), room]);
    let right: Vec<f32> =
        mix(&[x, noise(12, 0.08, 6.0)]).iter().map(|x| x * amplitude(-4.0) as f32).collect();
    let (facts, _) = measured(&stereo(left, right));
    assert_eq!(faults(&facts), ["fault.imbalance"]);
    near(&facts, "fault.imbalance", 4.0, 0.3);
}

#[test]
fn silence_and_dropouts_are_found() {
    let (facts, _) = measured(&mono(vec![0.0; frames(3.0)]));
    assert_eq!(faults(&facts), ["fault.silent"]);
    let mut x = clean();
    x[frames(2.0)..frames(2.03)].fill(0.0);
    let (facts, _) = measured(&mono(x));
    assert_eq!(faults(&facts), ["fault.dropout"]);
    let times = facts.times("fault.dropout", "x");
    assert!(times.len() == 1 && (times[0] - 2.0).abs() < 1e-3);
}

#[test]
fn dropouts_of_low_notes_are_found_wherever_the_wave_is_cut() {
    // A new note begins within the gap: what comes after it is three times as loud.
    let note = |n: usize| {
        let time = n as f64 / 48_000.0;
        let gain = if time < 2.02 { 0.1 } else { 0.3 };
        (gain * (std::f64::consts::TAU * 41.2 * time).sin()) as f32
    };
    for shift in 0..24 {
        let mut x: Vec<f32> = (0..frames(4.0)).map(note).collect();
        // A period is 24 ms: the edges of the gap come by every phase of the wave.
        let start = 2.0 + 0.001 * f64::from(shift);
        x[frames(start)..frames(start + 0.05)].fill(0.0);
        let (facts, _) = measured(&mono(x));
        assert_eq!(facts.times("fault.dropout", "x").len(), 1, "{shift}");
    }
}

#[test]
fn what_a_sampler_leaves_between_its_notes_is_no_dropout() {
    // Notes that fall and are cut off, each beginning at full level 20 ms later.
    let note = |n: usize| {
        let (time, place) = (n as f64 / 48_000.0, n % frames(0.3));
        let sounding = place < frames(0.28);
        let gain = if sounding { 0.4 * (-(place as f64) / 9600.0).exp() } else { 0.0 };
        (gain * (std::f64::consts::TAU * 220.0 * time + 1.0).sin()) as f32
    };
    let (facts, _) = measured(&mono((0..frames(4.0)).map(note).collect()));
    assert!(facts.times("fault.dropout", "x").is_empty());
}
