//! What one microphone hears of the source of another.

use realfft::num_complex::Complex32;

use super::BANDS;
use super::spectra::{Hits, Transform};
use crate::Stem;
use crate::window;

/// Fewest windows that tell something.
pub const LEAST: usize = 5;
/// Most that are compared.
const MOST: usize = 24;
/// Windows in which a microphone hears this much more than in those where it hears least have its own source in them, dB.
const ALONE: f64 = 6.0;
/// Latest arrival, and the earliest: a microphone hears its neighbour's source after that does. Two windows are not aligned better
/// than a share of a millisecond, s.
const LATEST: f64 = 0.020;
const EARLIEST: f64 = -0.0003;
/// Arrivals from here on are far enough that no two layers of one sound are, s.
const AWAY: f64 = 0.0004;
/// An arrival is clear when none further from it than this, s, comes within the factor.
const BESIDE: f64 = 0.001;
const CLEAR: f32 = 1.5;
/// Windows that it takes outside of a kit.
const MANY: usize = 12;
/// How far the spectrum is whitened to find the arrival, as in [`crate::delay`].
const WHITENING: f32 = 0.75;
/// Share of what the microphone hears in a band that must follow the source: where it tells most, and where it still counts.
const TELLS: f64 = 0.25;
const FOLLOWS: f64 = 0.1;
/// Share of the source's energy in a band that can tell.
const STRONG: f64 = 0.1;
/// Bleed this far under a microphone's own sound is not said, dB.
const FAINT: f64 = -45.0;
/// Louder than that, two sounds are layers of one, dB.
const LAYER: f64 = -3.0;
/// By how much more a microphone may hear of a source in a band than in that where the source is loudest, dB: its back colours
/// sound, but what it hears much more of is a third source, which both hear.
const COLOUR: f64 = 6.0;
/// What is said of a band in which nothing follows, dB.
pub const NOTHING: f32 = -60.0;

/// Bleed of a source in a microphone.
pub struct Bleed {
    /// Level over that in the source's own microphone, dB.
    pub gain: f64,
    /// The same by band.
    pub bands: [f32; BANDS],
    /// Level of loud hits against the microphone's own, dB.
    pub level: f64,
    /// 0 to 1.
    pub sure: f32,
}

/// Sums over windows.
struct Sums {
    cross: Vec<Complex32>,
    source: Vec<f32>,
    microphone: Vec<f32>,
    windows: usize,
}

/// How much of a source is in a microphone that stands at something else; `kit`: both stand at one drum kit. Elsewhere parts play
/// the same notes at the same time, which in programmed songs follow each other as if one were heard in the other's microphone:
/// there only what has a clear arrival counts, and is heard in all of the source's bands.
pub fn bleed(transform: &Transform, of: &Hits, own: &Hits, microphone: &Stem, kit: bool) -> Option<Bleed> {
    if !own.open {
        return None;
    }
    let over = 10.0 * (of.loud / own.loud.max(1e-12)).log10();
    let chosen = soft(transform, of, microphone, FAINT - over)?;
    // In some band the microphone's own source may be as loud as the bleed: it is told by another.
    let strong = |band: &usize| of.bands[*band] > STRONG * of.bands.iter().sum::<f64>();
    let at_once = sums(transform, of, microphone, &chosen, 0);
    let (late, after) = arrivals(transform, &at_once, strong)?;
    let away = late as f64 >= AWAY * transform.rate;
    if !(kit || away && chosen.len() >= MANY && clear(transform, &at_once, late)) {
        return None;
    }
    let sums = sums(transform, of, microphone, &chosen, late);
    let (mut heard, mut there, mut source) = ([0.0; BANDS], [0.0; BANDS], [0.0; BANDS]);
    for (k, band) in transform.band.iter().enumerate() {
        let Some(band) = *band else { continue };
        heard[band] += sums.follows(k);
        there[band] += f64::from(sums.microphone[k]);
        source[band] += f64::from(sums.source[k]);
    }
    let share = |band: usize| heard[band] / there[band].max(1e-20);
    let gains: [f64; BANDS] = std::array::from_fn(|band| heard[band].max(0.0) / source[band].max(1e-20));
    let tells = (0..BANDS).filter(strong).filter(|&band| after[band]);
    let main = tells.max_by(|&a, &b| share(a).total_cmp(&share(b)))?;
    let most = gains[main] * 10f64.powf(0.1 * COLOUR);
    let its = |band: &usize| after[*band] && gains[*band] <= most && share(*band) > FOLLOWS;
    let sum = |of: &[f64; BANDS]| (0..BANDS).filter(its).map(|band| of[band]).sum::<f64>();
    let gain = db(sum(&heard) / sum(&source).max(1e-20));
    let level = gain + over;
    let all = || (0..BANDS).filter(strong).all(|band| share(band) >= TELLS);
    if share(main) < TELLS || !(FAINT..LAYER).contains(&level) || !(kit || all()) {
        return None;
    }
    let bands = std::array::from_fn(|band| if its(&band) { db(gains[band]) as f32 } else { NOTHING });
    let sure = (share(main) / 0.5).min(1.0) * (sums.windows as f64 / 8.0).min(1.0);
    Some(Bleed { gain, bands, level, sure: sure as f32 })
}

/// The source's windows in which a microphone is softest beside it: there it hears hardly anything else. Nothing where that is
/// still less than worth saying, dB over the source.
fn soft(transform: &Transform, of: &Hits, microphone: &Stem, faint: f64) -> Option<Vec<usize>> {
    let ratio = |i: usize| {
        let there = window::energy(&transform.read(microphone, of.places[i])) / transform.size as f64;
        (i, 10.0 * (there.max(1e-12) / of.energies[i]).log10())
    };
    let mut ratios: Vec<(usize, f64)> = (0..of.places.len()).map(ratio).collect();
    ratios.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let floor = ratios.get(LEAST / 2)?.1;
    ratios.retain(|&(_, ratio)| ratio < floor + ALONE);
    ratios.truncate(MOST);
    (floor > faint && ratios.len() >= LEAST).then(|| ratios.into_iter().map(|(i, _)| i).collect())
}

/// A ratio of energies, dB.
fn db(ratio: f64) -> f64 {
    if ratio > 0.0 { (10.0 * ratio.log10()).max(f64::from(NOTHING)) } else { f64::from(NOTHING) }
}

/// Spectra of some windows of the source and of the microphone, so many frames later, multiplied and summed. Each window counts
/// alike.
fn sums(transform: &Transform, of: &Hits, microphone: &Stem, chosen: &[usize], late: i64) -> Sums {
    let bins = transform.size + 1;
    let mut sums = Sums {
        cross: vec![Complex32::default(); bins],
        source: vec![0.0; bins],
        microphone: vec![0.0; bins],
        windows: chosen.len(),
    };
    for &i in chosen {
        let heard = transform.spectrum(&transform.read(microphone, of.places[i] + late));
        let even = (1.0 / of.energies[i]) as f32;
        for (k, (x, y)) in of.spectra[i].iter().zip(&heard).enumerate() {
            sums.cross[k] += x.conj() * y * even;
            sums.source[k] += x.norm_sqr() * even;
            sums.microphone[k] += y.norm_sqr() * even;
        }
    }
    sums
}

impl Sums {
    /// Energy of the microphone at a frequency that follows the source, less what as many windows of unrelated sound have.
    fn follows(&self, k: usize) -> f64 {
        let (source, there) = (f64::from(self.source[k]), f64::from(self.microphone[k]));
        if source <= 0.0 {
            return 0.0;
        }
        let chance = 1.0 / self.windows as f64;
        (f64::from(self.cross[k].norm_sqr()) / source - chance * there) / (1.0 - chance)
    }
}

/// How late the source arrives, frames, and in which bands it does so after it was in its own microphone. The microphone's own
/// source may be in the other as well, and arrive there later; where the one is a low drum and the other a cymbal, the band tells.
fn arrivals(
    transform: &Transform,
    sums: &Sums,
    strong: impl Fn(&usize) -> bool,
) -> Option<(i64, [bool; BANDS])> {
    let after = |late: i64, least: f64| late as f64 >= least * transform.rate;
    let all = arrival(transform, sums, |_| true)?;
    if after(all, EARLIEST) {
        return Some((all, [true; BANDS]));
    }
    let each: [i64; BANDS] =
        std::array::from_fn(|band| arrival(transform, sums, |k| k == band).unwrap_or(i64::MIN));
    let late = (0..BANDS).filter(strong).map(|band| each[band]).find(|&late| after(late, AWAY))?;
    Some((late, each.map(|late| after(late, AWAY))))
}

/// Does one arrival stand out? Notes that two parts play at once follow each other at every period.
fn clear(transform: &Transform, sums: &Sums, late: i64) -> bool {
    let curve = curve(transform, sums, |_| true);
    let at = |late: i64| curve[late.rem_euclid(curve.len() as i64) as usize].abs();
    let frames = |seconds: f64| (seconds * transform.rate).round() as i64;
    let reach = frames(LATEST);
    let others = (-reach..=reach).filter(|other| (other - late).abs() > frames(BESIDE)).map(at);
    at(late) > CLEAR * others.fold(0.0, f32::max)
}

/// How late the source arrives in some bands, frames.
fn arrival(transform: &Transform, sums: &Sums, of: impl Fn(usize) -> bool) -> Option<i64> {
    let curve = curve(transform, sums, of);
    let at = |late: i64| curve[late.rem_euclid(curve.len() as i64) as usize].abs();
    let reach = (LATEST * transform.rate).round() as i64;
    (-reach..=reach).max_by(|&a, &b| at(a).total_cmp(&at(b)).then(b.cmp(&a)))
}

/// Correlation of the whitened spectra in some bands.
fn curve(transform: &Transform, sums: &Sums, of: impl Fn(usize) -> bool) -> Vec<f32> {
    let most = sums.cross.iter().map(|x| x.norm()).fold(0.0, f32::max);
    let whitened = |(k, x): (usize, &Complex32)| match transform.band[k].is_some_and(&of) {
        true => x / (x.norm() + 1e-4 * most).powf(WHITENING).max(f32::MIN_POSITIVE),
        false => Complex32::default(),
    };
    transform.correlation(sums.cross.iter().enumerate().map(whitened).collect())
}
