//! The mix, predicted by band and moment: the sketch of what would come out for any fader, equaliser, pan, width and send to
//! a reverb, and for the compressors of the tracks.
//!
//! Tracks count as unrelated: energies add up. What is not in it: compressors of buses and those with a key, delays, microphones that share a source.

use std::f64::consts::{FRAC_PI_2, SQRT_2};
use std::sync::Arc;

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, STEP, centres};
use mixsmith_analysis::song::sketch_in_song;
use mixsmith_session::{Address, Map, Strip};

use super::press::{Press, press};
use super::space::Space;
use crate::Desk;
use crate::tone::{bands, heard, level};

/// How a track stands in a mix.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand {
    /// Level from the file to the mix, dB.
    pub level: f64,
    /// What its equaliser does to every band, as a factor of power.
    pub tone: [f64; BANDS],
    /// Place, -100 to 100, as the strip's knob.
    pub pan: f64,
    /// Width in percent, as the strip's knob.
    pub width: f64,
    /// Its compressor, after the equaliser.
    pub press: Option<Press>,
    /// What goes to each return, against its level, dB.
    pub sends: Vec<(String, f64)>,
    /// By how much more there is of it where sends leave than in the mix, dB: they leave before the buses.
    pub before: f64,
}

/// A track as it was recorded.
#[derive(Clone, Debug)]
pub struct Take {
    /// Strip id.
    pub id: String,
    /// Energies of its file.
    pub sketch: Arc<Sketch>,
    /// Frames by which it starts later than its file was delivered.
    pub late: i64,
    /// Has it one channel?
    pub(super) mono: bool,
    /// Left less right over their sum, of the energy of the file: -1 to 1.
    pub(super) lean: f64,
}

impl Take {
    /// Frames of the song until its end.
    pub fn end(&self) -> usize {
        (self.sketch.frames() as i64 + self.late).max(0) as usize
    }
}

/// The tracks that are heard, and how they stand in the session.
pub fn tracks(desk: &Desk<'_>) -> Vec<(Take, Stand)> {
    heard(desk).filter_map(|strip| Some((take(desk, strip)?, stand(desk, strip)))).collect()
}

fn take(desk: &Desk<'_>, strip: &Strip) -> Option<Take> {
    let clip = strip.clips().first()?;
    let stem = desk.song.stems.iter().find(|stem| stem.id == clip.source)?;
    let moved = (clip.at - clip.from as i64 - stem.start) as f64 / f64::from(desk.song.rate.max(1));
    let balance = desk.facts.number("stereo.balance", &stem.id).unwrap_or(0.0);
    let over = 10f64.powf(balance / 10.0);
    let mono = stem.channels < 2 || clip.map != Map::All;
    Some(Take {
        id: strip.id.clone(),
        sketch: Arc::new(sketch_in_song(desk.song, desk.facts, stem)?),
        late: (moved / STEP).round() as i64,
        mono,
        lean: if mono { 0.0 } else { (over - 1.0) / (over + 1.0) },
    })
}

fn stand(desk: &Desk<'_>, strip: &Strip) -> Stand {
    let value = |knob: &str| f64::from(desk.value(&Address::strip(&strip.id, knob)));
    let bands = bands::present(strip);
    let tone = std::array::from_fn(|band| bands.iter().map(|b| b.power(centres()[band])).product());
    // What is sent leaves before the buses.
    let before = value("trim") + strip.clips().first().map_or(0.0, |clip| f64::from(clip.gain));
    let own = before + value("fader");
    let level = level(desk, strip);
    let sent = |to: &str| f64::from(desk.value(&Address::send(&strip.id, to, "level")));
    let sends = strip.sends.iter().map(|send| (send.to.clone(), sent(&send.to) + own - level)).collect();
    let press = press(desk, strip, before);
    Stand { level, tone, pan: value("pan"), width: value("width"), press, sends, before: own - level }
}

/// Gains of left and right: constant power for a mono track, full in both at the centre; a stereo track keeps its near side.
fn sides(pan: f64, mono: bool) -> (f64, f64) {
    if mono {
        let angle = (pan + 100.0) / 200.0 * FRAC_PI_2;
        (SQRT_2 * angle.cos(), SQRT_2 * angle.sin())
    } else {
        let far = (pan.abs() / 100.0 * FRAC_PI_2).cos();
        if pan > 0.0 { (far, 1.0) } else { (1.0, far) }
    }
}

/// What of a track's mid and side comes out as mid and as side, by the place and width (percent): `[mid to mid, side to mid, mid
/// to side, side to side]`, of power; and by how much each changes for a percent of width. Left less right over their sum is
/// the lean of its energy, -1 to 1.
pub(super) fn turned(mono: bool, lean: f64, pan: f64, width: f64) -> ([f64; 4], [f64; 4]) {
    let (left, right) = sides(pan, mono);
    let (both, apart) = (0.5 * (left + right), 0.5 * (left - right));
    let (wide, percent) = if mono { (1.0, 0.0) } else { (0.01 * width, 0.01) };
    // Mid times side is a quarter of left less right; which is spread over mid and side as they are.
    let shared = both * apart * lean;
    let powers = [
        both * both + wide * shared,
        (apart * wide).powi(2) + wide * shared,
        apart * apart + wide * shared,
        (both * wide).powi(2) + wide * shared,
    ];
    let slopes = [shared, 2.0 * apart * apart * wide + shared, shared, 2.0 * both * both * wide + shared];
    let heard = |i: usize| if powers[i] > 0.0 { (powers[i], percent * slopes[i]) } else { (0.0, 0.0) };
    (std::array::from_fn(|i| heard(i).0), std::array::from_fn(|i| heard(i).1))
}

/// What the compressor does to every frame from a place in the sketch on, as factors of power.
pub(super) fn pressed(take: &Take, stand: &Stand, skip: usize) -> Vec<f32> {
    let frames = take.sketch.mid.chunks_exact(BANDS).zip(take.sketch.side.chunks_exact(BANDS));
    let Some(press) = stand.press else { return vec![1.0; take.sketch.frames()] };
    // Both channels follow the louder one.
    let louder = 1.0 + take.lean.abs();
    let energy = |(mid, side): (&[f32], &[f32])| {
        let bands = mid.iter().zip(side).zip(&stand.tone);
        louder * bands.map(|((m, s), tone)| tone * f64::from(m + s)).sum::<f64>()
    };
    press.gains(frames.map(energy).skip(skip / BANDS))
}

/// The sketch of a mix of these tracks and spaces.
pub fn mix(tracks: &[(Take, Stand)], spaces: &[Space]) -> Sketch {
    let frames = tracks.iter().map(|(take, _)| take.end()).max().unwrap_or(0);
    let mut out = Sketch { mid: vec![0.0; frames * BANDS], side: vec![0.0; frames * BANDS] };
    let mut sent = vec![vec![0.0; frames * BANDS]; spaces.len()];
    for (take, stand) in tracks {
        let gain = 10f64.powf(stand.level / 10.0);
        let (turned, _) = turned(take.mono, take.lean, stand.pan, stand.width);
        let factors: [[f32; BANDS]; 4] =
            turned.map(|power| std::array::from_fn(|band| (power * gain * stand.tone[band]) as f32));
        let skip = ((-take.late).max(0) as usize * BANDS).min(take.sketch.mid.len());
        let at = (take.late.max(0) as usize * BANDS).min(out.mid.len());
        let mids = out.mid[at..].chunks_exact_mut(BANDS);
        let sides = out.side[at..].chunks_exact_mut(BANDS);
        let recorded =
            take.sketch.mid[skip..].chunks_exact(BANDS).zip(take.sketch.side[skip..].chunks_exact(BANDS));
        let gains = pressed(take, stand, skip);
        for (((mid, side), (m, s)), gain) in mids.zip(sides).zip(recorded.clone()).zip(&gains) {
            for band in 0..BANDS {
                mid[band] += gain * (factors[0][band] * m[band] + factors[1][band] * s[band]);
                side[band] += gain * (factors[2][band] * m[band] + factors[3][band] * s[band]);
            }
        }
        for (space, sent) in spaces.iter().zip(&mut sent) {
            let Some((_, db)) = stand.sends.iter().find(|(to, _)| *to == space.id) else { continue };
            let level = 10f64.powf(db / 10.0) as f32;
            let frames = sent[at..].chunks_exact_mut(BANDS).zip(recorded.clone());
            for ((sum, (m, s)), gain) in frames.zip(&gains) {
                let gain = level * gain;
                for band in 0..BANDS {
                    let (mid, side) =
                        (factors[0][band] + factors[2][band], factors[1][band] + factors[3][band]);
                    sum[band] += gain * (mid * m[band] + side * s[band]);
                }
            }
        }
    }
    for (space, sent) in spaces.iter().zip(&sent) {
        space.answer(sent, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn still(pan: f64, width: f64) -> Stand {
        Stand { level: 0.0, tone: [1.0; BANDS], pan, width, press: None, sends: Vec::new(), before: 0.0 }
    }

    fn take(mid: f32, side: f32, lean: f64, mono: bool) -> Take {
        let sketch = Sketch { mid: vec![mid; 2 * BANDS], side: vec![side; 2 * BANDS] };
        Take { id: String::new(), sketch: Arc::new(sketch), late: 0, mono, lean }
    }

    #[test]
    fn a_mono_track_at_a_side_is_as_much_side_as_mid_and_as_loud() {
        let out = mix(&[(take(1.0, 0.0, 0.0, true), still(-100.0, 100.0))], &[]);
        assert!((out.mid[0] - 0.5).abs() < 1e-6 && (out.side[0] - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_stereo_track_of_one_side_that_is_turned_to_the_other_is_silent() {
        // All left: mid and side are equal, and one and the same.
        let left = take(0.25, 0.25, 1.0, false);
        let out = mix(&[(left.clone(), still(100.0, 100.0))], &[]);
        assert!(out.mid[0] + out.side[0] < 1e-6, "{} {}", out.mid[0], out.side[0]);
        let out = mix(&[(left, still(0.0, 0.0))], &[]);
        assert_eq!((out.mid[0], out.side[0]), (0.25, 0.0), "no width is mono");
    }

    #[test]
    fn levels_tones_and_starts_are_counted() {
        let mut late = take(1.0, 0.0, 0.0, true);
        late.late = 1;
        let mut stand = Stand { level: -10.0, ..still(0.0, 100.0) };
        stand.tone[7] = 2.0;
        let out = mix(&[(take(1.0, 0.0, 0.0, true), still(0.0, 100.0)), (late, stand)], &[]);
        assert_eq!(out.frames(), 3);
        assert!((out.mid[BANDS] - 1.1).abs() < 1e-6 && (out.mid[BANDS + 7] - 1.2).abs() < 1e-6);
        assert!((out.mid[0] - 1.0).abs() < 1e-6 && (out.mid[2 * BANDS] - 0.1).abs() < 1e-6);
    }
}
