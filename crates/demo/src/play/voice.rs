//! Singing by formants: a glottal pulse through a cascade of resonances, consonants of noise, and a singer's
//! habits: scoops, vibrato that sets in late, breaths.

use super::Stage;
use super::phone::{INHALE, Phone, STOP, is_plosive};
use crate::filter::{Biquad, Formant};
use crate::random::Random;
use crate::score::{Note, words::Syllable};
use crate::sound::ratio;

/// Who sings.
#[derive(Clone, Copy)]
pub(crate) struct Singer {
    /// Names the stream of chance.
    pub name: &'static str,
    /// Formants relative to a tenor's: shorter throats are above 1.
    pub throat: f32,
    /// Depth of the vibrato in cents.
    pub vibrato: f32,
    /// How late and how far off pitch, relative to the lead singer.
    pub looseness: f32,
    /// How much air is in the voice, 0 to 1.
    pub air: f32,
}

/// What was sung: `voice` is the whole, `sibilants` what s, z and t put above 5 kHz into it.
pub(crate) struct Sung {
    /// Everything.
    pub voice: Vec<f32>,
    /// The sibilants alone.
    pub sibilants: Vec<f32>,
}

/// Control values every millisecond.
struct Mouth {
    pitch: Vec<f32>,
    voice: Vec<f32>,
    hiss: [Vec<f32>; 3],
    formants: [Vec<f32>; 3],
}

const STEPS: f64 = 1000.0;

/// Sings words.
pub(crate) fn sing(stage: &Stage, part: &[Syllable], singer: &Singer) -> Sung {
    let mut chance = stage.random(singer.name);
    let mouth = articulate(stage, part, singer, &mut chance);
    phonate(stage, &mouth, singer, &mut chance)
}

/// Sings each note on one vowel.
pub(crate) fn hum(stage: &Stage, part: &[Note], vowel: &'static str, singer: &Singer) -> Vec<f32> {
    let words: Vec<Syllable> = part
        .iter()
        .map(|note| Syllable {
            at: note.at,
            length: note.length,
            pitch: note.pitch,
            sounds: vowel,
            db: 12.0 * (note.velocity - 1.0),
            breath: false,
        })
        .collect();
    sing(stage, &words, singer).voice
}

fn articulate(stage: &Stage, part: &[Syllable], singer: &Singer, chance: &mut Random) -> Mouth {
    let steps = (stage.frames as f64 / f64::from(stage.rate) * STEPS) as usize + 2;
    let track = |x: f32| vec![x; steps];
    let mut mouth = Mouth {
        pitch: track(57.0),
        voice: track(0.0),
        hiss: [track(0.0), track(0.0), track(0.0)],
        formants: [track(500.0), track(1500.0), track(2500.0)],
    };
    let step_of = |seconds: f64| ((seconds * STEPS).max(0.0) as usize).min(steps);
    let mut free_from = 0usize;
    for (i, syllable) in part.iter().enumerate() {
        let late = f64::from(0.008 * chance.spread() * singer.looseness);
        let at = step_of(stage.seconds(syllable.at) + late);
        let phones: Vec<&Phone> = syllable.sounds.split(' ').filter_map(Phone::named).collect();
        let first = phones.iter().position(|p| p.is_vowel()).unwrap_or(0);
        let last = phones.iter().rposition(|p| p.is_vowel()).unwrap_or(0);
        let level = ratio(syllable.db + 0.7 * chance.spread());

        let onset = spell(&phones[..first]);
        let mut from = at.saturating_sub(length(&onset)).max(free_from);
        if syllable.breath {
            let breath = from.saturating_sub(INHALE.ms as usize + 70).max(free_from);
            paint(&mut mouth, breath, from.saturating_sub(70), &INHALE, 1.0);
        }
        for phone in onset {
            let end = (from + phone.ms as usize).min(at.max(from));
            paint(&mut mouth, from, end, &phone, level);
            from = end;
        }
        // The vowel gives way to what closes the syllable, and that to the next syllable's consonants.
        let next = part.get(i + 1).map_or(steps, |next| {
            let first = next.sounds.split(' ').filter_map(Phone::named).take_while(|p| !p.is_vowel());
            let first: Vec<&Phone> = first.collect();
            step_of(stage.seconds(next.at)).saturating_sub(length(&spell(&first)))
        });
        let coda = spell(&phones[(last + 1).min(phones.len())..]);
        let end = step_of(stage.seconds(syllable.at + syllable.length)).min(next);
        let vowels_end = end.saturating_sub(length(&coda)).max(from + 40).min(steps);
        let vowels = &phones[first..=last];
        let glide =
            if vowels.len() > 1 { from + (vowels_end - from.min(vowels_end)) * 3 / 5 } else { vowels_end };
        paint(&mut mouth, from, glide, vowels[0], level);
        paint(&mut mouth, glide, vowels_end, vowels[vowels.len() - 1], level);
        from = vowels_end;
        for phone in coda {
            let end = (from + phone.ms as usize).min(steps);
            paint(&mut mouth, from, end, &phone, level);
            from = end;
        }
        free_from = from;
        intone(&mut mouth.pitch, syllable, at, steps, singer, chance);
    }
    prepare_rests(&mut mouth);
    mouth.voice = smooth(&mouth.voice, 11);
    mouth.hiss = mouth.hiss.map(|track| smooth(&track, 5));
    mouth.formants = mouth.formants.map(|track| smooth(&track, 24));
    mouth.pitch = smooth(&mouth.pitch, 22);
    vibrate(&mut mouth.pitch, stage, part, singer, chance);
    mouth
}

/// The consonants of a group in order, with the closed mouth before each plosive.
fn spell(phones: &[&'static Phone]) -> Vec<Phone> {
    let mut spelt = Vec::new();
    for &&phone in phones {
        if is_plosive(&phone) {
            spelt.push(Phone { formants: phone.formants, ..STOP });
        }
        spelt.push(phone);
    }
    spelt
}

fn length(phones: &[Phone]) -> usize {
    phones.iter().map(|phone| phone.ms as usize).sum()
}

fn paint(mouth: &mut Mouth, from: usize, to: usize, phone: &Phone, level: f32) {
    let to = to.min(mouth.voice.len());
    let from = from.min(to);
    mouth.voice[from..to].fill(phone.voice * level);
    for (track, value) in mouth.hiss.iter_mut().zip(phone.hiss) {
        // Consonants follow the level of the phrase only half as much: whoever sings softly still speaks.
        track[from..to].fill(value * level.sqrt());
    }
    for (track, value) in mouth.formants.iter_mut().zip(phone.formants) {
        track[from..to].fill(value);
    }
}

/// The pitch from this syllable on; the first of a phrase is scooped up to.
fn intone(
    pitch: &mut [f32],
    syllable: &Syllable,
    at: usize,
    steps: usize,
    singer: &Singer,
    chance: &mut Random,
) {
    let from = at.saturating_sub(30);
    let off = 0.05 * chance.spread() * singer.looseness;
    pitch[from..].fill(syllable.pitch + off);
    if syllable.breath {
        for n in 0..110.min(steps - at.min(steps)) {
            pitch[at + n] -= 0.9 * (1.0 - n as f32 / 110.0);
        }
    }
}

/// While nothing is sung, the mouth already takes the shape of what comes.
fn prepare_rests(mouth: &mut Mouth) {
    let mut next: Option<[f32; 3]> = None;
    for n in (0..mouth.voice.len()).rev() {
        let silent = mouth.voice[n] == 0.0 && mouth.hiss.iter().all(|track| track[n] == 0.0);
        if !silent {
            next = Some([0, 1, 2].map(|i| mouth.formants[i][n]));
        } else if let Some(shape) = next {
            for (track, value) in mouth.formants.iter_mut().zip(shape) {
                track[n] = value;
            }
        }
    }
}

/// A moving average, run twice: no overshoot, no delay.
fn smooth(track: &[f32], reach: usize) -> Vec<f32> {
    let once = |track: &[f32]| -> Vec<f32> {
        let mut sums = vec![0.0f64; track.len() + 1];
        for (n, x) in track.iter().enumerate() {
            sums[n + 1] = sums[n] + f64::from(*x);
        }
        (0..track.len())
            .map(|n| {
                let (from, to) = (n.saturating_sub(reach), (n + reach + 1).min(track.len()));
                ((sums[to] - sums[from]) / (to - from) as f64) as f32
            })
            .collect()
    };
    once(&once(track))
}

/// Vibrato that sets in a quarter of a second into a note, and the slow drift of a human pitch.
fn vibrate(pitch: &mut [f32], stage: &Stage, part: &[Syllable], singer: &Singer, chance: &mut Random) {
    let mut phase = 0.0f32;
    let mut drift = 0.0f32;
    let mut current = part.iter().peekable();
    let mut onset = 0.0f64;
    for (n, value) in pitch.iter_mut().enumerate() {
        let now = n as f64 / STEPS;
        while let Some(syllable) = current.next_if(|s| stage.seconds(s.at) <= now) {
            onset = stage.seconds(syllable.at);
        }
        let depth = ((now - onset - 0.25) / 0.35).clamp(0.0, 1.0) as f32;
        phase = (phase + 5.6 / STEPS as f32 * (1.0 + 2.0 * drift)).fract();
        drift = 0.995 * drift + 0.0025 * chance.spread();
        let vibrato = singer.vibrato * depth * (std::f32::consts::TAU * phase).sin();
        *value += 0.01 * vibrato + 2.0 * drift * singer.looseness;
    }
}

/// Width of the resonances in Hz; the two fixed ones above them keep the top alive.
const WIDTHS: [f32; 7] = [120.0, 105.0, 120.0, 150.0, 200.0, 350.0, 500.0];
const FIXED: [f32; 4] = [3250.0, 3900.0, 5600.0, 7300.0];

fn phonate(stage: &Stage, mouth: &Mouth, singer: &Singer, chance: &mut Random) -> Sung {
    let rate = stage.rate;
    let mut tract = [Formant::default(); 7];
    for (formant, (hz, width)) in tract[3..].iter_mut().zip(FIXED.iter().zip(&WIDTHS[3..])) {
        formant.tune(rate, hz * singer.throat, *width);
    }
    let mut hisses =
        [(1500.0, 0.9), (4000.0, 1.1), (6800.0, 1.6)].map(|(hz, q)| Biquad::band_pass(rate, hz, q));
    let mut breath = Biquad::high_pass(rate, 2200.0, 0.6);
    // The cascade has no poles above its seventh: what a real throat passes there goes round it.
    let mut brilliance = Biquad::high_pass(rate, 3600.0, 0.6);
    let mut tilt = Biquad::low_pass(rate, 7000.0, 0.6);
    let (mut voice, mut sibilants) = (stage.silence(), stage.silence());
    let mut phase = 0.0f32;
    let per_step = rate / STEPS as f32;
    let at = |track: &[f32], x: f32| {
        let (n, part) = (x as usize, x.fract());
        let a = track[n.min(track.len() - 1)];
        a + part * (track[(n + 1).min(track.len() - 1)] - a)
    };
    let mut hz = 0.0;
    let mut silent_for = 0;
    for n in 0..stage.frames {
        let x = n as f32 / per_step;
        let loud = at(&mouth.voice, x);
        let hiss = [0, 1, 2].map(|i| at(&mouth.hiss[i], x));
        silent_for = if loud + hiss[0] + hiss[1] + hiss[2] > 1e-6 { 0 } else { silent_for + 1 };
        // A rest, and the resonances have rung out.
        if silent_for > stage.rate as usize / 10 {
            continue;
        }
        if n % 32 == 0 || hz == 0.0 {
            hz = stage.hertz(at(&mouth.pitch, x));
            for (i, formant) in tract[..3].iter_mut().enumerate() {
                let mut centre = at(&mouth.formants[i], x) * singer.throat;
                if i == 0 {
                    // A singer opens the mouth rather than let the first formant fall to the note: in a chest voice it
                    // stays towards the second harmonic (Bourne and Garnier 2012, belting).
                    centre = centre.max(1.55 * hz);
                }
                formant.tune(rate, centre, WIDTHS[i]);
            }
        }
        let noise = chance.noise();
        phase = (phase + hz / rate).fract();
        let flow = glottis(phase, hz / rate);
        let open = if phase < OPEN { 1.0 } else { 0.25 };
        let source = loud * (tilt.run(flow) + 0.045 * singer.air * open * noise);
        let mut sung = f64::from(source);
        for formant in &mut tract {
            sung = formant.run(sung);
        }
        let airy = loud * (0.013 * singer.air * open * breath.run(noise) + 0.05 * brilliance.run(flow));
        let hissed = [0, 1, 2].map(|i| hisses[i].run(noise) * hiss[i]);
        sibilants[n] = 0.26 * hissed[2];
        voice[n] = 0.3 * sung as f32 + airy + 0.3 * hissed[0] + 0.3 * hissed[1] + sibilants[n];
    }
    // A close condenser microphone: no rumble, a little presence. The sibilants pass it as well.
    for track in [&mut voice, &mut sibilants] {
        Biquad::high_pass(rate, 75.0, 0.7).apply(track);
        Biquad::bell(rate, 850.0, 0.8, -8.0).apply(track);
        Biquad::high_shelf(rate, 2600.0, 0.6, 6.0).apply(track);
    }
    Sung { voice, sibilants }
}

/// The share of a period in which the cords are open.
const OPEN: f32 = 0.62;

/// Derivative of the glottal flow, KLGLOTT88 (Klatt and Klatt 1990): `t (2 - 3t)` while open, with the
/// closing edge band-limited by half a frame on either side.
fn glottis(phase: f32, step: f32) -> f32 {
    let t = phase / OPEN;
    let mut flow = if phase < OPEN { t * (2.0 - 3.0 * t) } else { 0.0 };
    // The edge at closing is a step of +1.
    let from_edge = (phase - OPEN) / step;
    if (-1.0..0.0).contains(&from_edge) {
        flow += 0.5 * (1.0 + from_edge).powi(2);
    } else if (0.0..1.0).contains(&from_edge) {
        flow -= 0.5 * (1.0 - from_edge).powi(2);
    }
    flow
}

/// Several singers of one part, the first exactly in front of the microphone.
pub(crate) fn stack(stage: &Stage, part: &[Note], vowel: &'static str, singers: &[Singer]) -> Vec<f32> {
    let mut track = stage.silence();
    for singer in singers {
        crate::sound::add(&mut track, &hum(stage, part, vowel, singer), 0, 1.0);
    }
    track
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_song_is_spelt_in_known_sounds() {
        let form = crate::score::Form { intro: 4, verse: 8, chorus: 8, outro: 4 };
        let part = crate::score::words::lead(&form.bars(1));
        assert!(part.len() > 50, "{} syllables", part.len());
        for syllable in part {
            assert!(
                syllable.sounds.split(' ').all(|name| Phone::named(name).is_some()),
                "{}",
                syllable.sounds
            );
            assert!(syllable.sounds.split(' ').any(|name| Phone::named(name).is_some_and(Phone::is_vowel)));
        }
    }

    #[test]
    fn the_voice_sings_the_written_pitch() {
        let stage =
            Stage { seed: 3, rate: 48_000.0, tempo: 120.0, lead_in: 0.2, frames: 96_000, transpose: 0.0 };
        for (pitch, vowel) in [(57, "ah"), (62, "ee"), (66, "oh"), (71, "oo")] {
            let singer = Singer { name: "test", throat: 1.0, vibrato: 0.0, looseness: 0.0, air: 1.0 };
            let sung = hum(&stage, &[Note::new(0.0, 3.0, pitch, 0.9)], vowel, &singer);
            let hz = crate::sound::hertz(pitch as f32);
            let found = crate::sound::measure::pitch(&sung[33_600..57_600], 48_000.0, 0.7 * hz, 1.4 * hz);
            let off = crate::sound::measure::cents(found, hz);
            assert!(off.abs() < 10.0, "{vowel} at {hz} Hz sounds at {found} Hz");
        }
    }

    #[test]
    fn an_s_is_noise_between_five_and_nine_kilohertz_and_lies_before_the_beat() {
        let stage =
            Stage { seed: 3, rate: 48_000.0, tempo: 120.0, lead_in: 0.5, frames: 96_000, transpose: 0.0 };
        let singer = Singer { name: "test", throat: 1.0, vibrato: 30.0, looseness: 0.0, air: 1.0 };
        let word = Syllable { at: 0.0, length: 1.5, pitch: 62.0, sounds: "s ee", db: 0.0, breath: false };
        let sung = sing(&stage, &[word], &singer);
        let energy = |track: &[f32]| track.iter().map(|x| f64::from(x * x)).sum::<f64>();
        let (hiss, vowel) = (20_000..23_000, 30_000..40_000);
        let mut band = sung.voice.clone();
        Biquad::high_pass(48_000.0, 4500.0, 0.7).apply(&mut band);
        assert!(energy(&band[hiss.clone()]) > 0.8 * energy(&sung.voice[hiss.clone()]));
        assert!(energy(&sung.sibilants[hiss]) > 100.0 * energy(&sung.sibilants[vowel]));
    }
}
