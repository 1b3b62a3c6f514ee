//! Places that nobody has recorded: first reflections by mirror images, then noise that decays faster at the top.
//!
//! Reflections are those of a shoe box (Allen and Berkley, *Image method for efficiently simulating small-room acoustics*,
//! JASA 1979); the rest is noise whose bands decay exponentially (Moorer, *About this reverberation business*, CMJ 1979).
//! The same place comes out the same on every run.

use mixsmith_processor::Impulse;

/// What makes a place.
struct Place {
    /// Length, width and height in metres; none where there are no walls.
    walls: Option<[f64; 3]>,
    /// Share of the energy that is in the reflections.
    reflections: f64,
    /// Time constant in seconds in which the noise comes up.
    rise: f64,
    /// Decay of the bands below 250 Hz, to 1 kHz, to 4 kHz and above, as shares of the decay.
    decays: [f64; 4],
    seed: u64,
}

/// In the order of the choice: room, chamber, hall, plate.
const PLACES: [Place; 4] = [
    Place {
        walls: Some([5.2, 4.1, 2.7]),
        reflections: 0.2,
        rise: 0.004,
        decays: [0.9, 1.0, 1.0, 0.7],
        seed: 1,
    },
    Place {
        walls: Some([6.3, 4.9, 3.6]),
        reflections: 0.15,
        rise: 0.006,
        decays: [1.1, 1.0, 1.0, 0.6],
        seed: 2,
    },
    Place {
        walls: Some([34.0, 21.0, 15.0]),
        reflections: 0.1,
        rise: 0.03,
        decays: [1.15, 1.0, 1.0, 0.5],
        seed: 3,
    },
    Place { walls: None, reflections: 0.0, rise: 0.001, decays: [1.0, 1.0, 1.0, 0.6], seed: 4 },
];

/// Edges of the bands in Hz.
const EDGES: [f64; 3] = [250.0, 1000.0, 4000.0];
/// Metres a second.
const SPEED_OF_SOUND: f64 = 343.0;
/// The answer is made this many times as long as its decay: down to -78 dB.
const LONG: f64 = 1.3;
/// Reflections come within this many seconds.
const EARLY: f64 = 0.15;

/// The answer of a place that falls by 60 dB in `decay` seconds between 250 Hz and 4 kHz.
pub(super) fn impulse(place: usize, decay: f32, rate: f32) -> Impulse {
    let place = &PLACES[place.min(PLACES.len() - 1)];
    let (decay, rate) = (f64::from(decay), f64::from(rate));
    let frames = ((decay * LONG * rate) as usize).max(2);
    let mut sides = [0, 1].map(|side| decayed(&noise(place, side, frames, rate), place, decay, rate));
    if let Some(walls) = place.walls {
        let first = frames.min((EARLY * rate) as usize).max(2);
        let early = [0, 1].map(|side| decayed(&reflected(walls, side, first, rate), place, decay, rate));
        let energy = |sides: &[Vec<f64>; 2]| sides.iter().flatten().map(|x| x * x).sum::<f64>();
        let share = place.reflections / (1.0 - place.reflections);
        let level = (share * energy(&sides) / energy(&early).max(1e-20)).sqrt();
        for (side, early) in sides.iter_mut().zip(&early) {
            side.iter_mut().zip(early).for_each(|(x, early)| *x += level * early);
        }
    }
    Impulse { channels: sides.map(|side| side.iter().map(|&x| x as f32).collect()).to_vec() }
}

/// Noise of an even spectrum that comes up from silence.
fn noise(place: &Place, side: usize, frames: usize, rate: f64) -> Vec<f64> {
    let mut state = place.seed * 2 + side as u64;
    let mut next = || {
        // SplitMix64 (Steele, Lea and Flood 2014): good from any seed on.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64 - 0.5
    };
    let (share, mut level) = (1.0 - (-1.0 / (place.rise * rate)).exp(), 0.0);
    let mut risen = || {
        level += share * (1.0 - level);
        level * next()
    };
    (0..frames).map(|_| risen()).collect()
}

/// The mirror images of a click before two microphones. What it lost on its way by spreading is in here, what the walls took
/// is in the decay.
fn reflected(walls: [f64; 3], side: usize, frames: usize, rate: f64) -> Vec<f64> {
    let mut sound = vec![0.0; frames];
    // Neither in the middle of anything, so that no two ways are equally long.
    let at: [f64; 3] = std::array::from_fn(|k| walls[k] * [0.31, 0.46, 0.52][k]);
    let mut ear: [f64; 3] = std::array::from_fn(|k| walls[k] * [0.68, 0.53, 0.44][k]);
    ear[1] += if side == 0 { -0.15 } else { 0.15 };
    let image = |k: usize, n: i64| {
        let far = if n % 2 == 0 { at[k] } else { walls[k] - at[k] };
        n as f64 * walls[k] + far - ear[k]
    };
    let direct = (0..3).map(|k| image(k, 0).powi(2)).sum::<f64>().sqrt();
    for x in -4..=4i64 {
        for y in -4..=4i64 {
            for z in -4..=4i64 {
                let (dx, dy, dz) = (image(0, x), image(1, y), image(2, z));
                let far = (dx * dx + dy * dy + dz * dz).sqrt();
                let late = (far - direct) / SPEED_OF_SOUND * rate;
                if (x, y, z) == (0, 0, 0) || late < 0.0 || late >= (sound.len() - 1) as f64 {
                    continue;
                }
                // A microphone looks to its own side.
                let to_side = if side == 0 { -dy / far } else { dy / far };
                let sign = if (x + y + z) % 2 == 0 { 1.0 } else { -1.0 };
                let size = sign * direct / far * (0.6 + 0.4 * to_side);
                let (whole, part) = (late as usize, late.fract());
                sound[whole] += size * (1.0 - part);
                sound[whole + 1] += size * part;
            }
        }
    }
    sound
}

/// Cuts the sound into bands and lets each decay in its own time.
fn decayed(sound: &[f64], place: &Place, decay: f64, rate: f64) -> Vec<f64> {
    let poles = EDGES.map(|hz| 1.0 - (-std::f64::consts::TAU * (hz / rate).min(0.4)).exp());
    let falls = place.decays.map(|share| (-1000f64.ln() / (decay * share * rate)).exp());
    let mut gains = [1.0; 4];
    let mut low = [[0.0; 2]; 3];
    sound
        .iter()
        .map(|&x| {
            let mut sum = 0.0;
            let mut rest = x;
            for (k, (low, pole)) in low.iter_mut().zip(poles).enumerate() {
                // Two one-poles in a row; the next band gets what is left.
                low[0] += pole * (rest - low[0]);
                low[1] += pole * (low[0] - low[1]);
                sum += low[1] * gains[k];
                rest -= low[1];
            }
            sum += rest * gains[3];
            for (gain, fall) in gains.iter_mut().zip(falls) {
                *gain *= fall;
            }
            sum
        })
        .collect()
}
