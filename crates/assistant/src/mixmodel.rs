//! The mix, predicted: how loud every track and the whole are for a session's levels, without rendering.
//!
//! Each track is its momentary loudness every 100 ms (the fact `loudness.momentary`, K-weighted), and a mix is the
//! sum of energies: tracks count as unrelated, but for microphones of one source, which add up as far as they are
//! alike (the fact `pair.correlation`). What inserts do to the level is not in it. A four-minute song of 40 tracks takes about a millisecond.

use mixsmith_analysis::odd_files::late_start;
use mixsmith_session::{Address, Lane, Map, Strip};

use crate::Desk;
use crate::prepare::{pair_number, track_of};

/// Seconds between the values.
pub const STEP: f64 = 0.1;
/// Absolute gate of BS.1770-5 (annex 1), LUFS.
const GATE: f64 = -70.0;
/// A track that plays below this, LUFS as delivered, is as good as silent: nothing that it holds should be raised.
pub const SILENT: f64 = -54.0;
/// A track plays where it is within this of its own 95th percentile, LU: as `loudness.active` has it.
const ACTIVE: f64 = 20.0;
/// Roles that are two recordings of one source, and how alike these usually are once they are aligned. Above and below, a
/// snare sounds too different to count on.
const ONE_SOURCE: [[&str; 2]; 2] = [["kick-in", "kick-out"], ["bass-di", "bass-amp"]];
const USUAL_CORRELATION: f64 = 0.8;
/// Microphones that cancel each other are not raised by more than this share allows.
const LEAST_SHARE: f64 = 0.5;

/// What is known of the loudness of a mix.
#[derive(Clone, Debug)]
pub struct MixModel {
    /// The tracks in console order.
    pub parts: Vec<Part>,
    /// Those that play one source.
    pub coherent: Vec<Coherent>,
}

/// Two tracks that play one source: a drum's microphones, a bass's DI and amplifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coherent {
    /// Places in [`MixModel::parts`].
    pub parts: [usize; 2],
    /// How alike they are as the session plays them, -1 to 1.
    pub correlation: f64,
}

/// A track in the model.
#[derive(Clone, Debug)]
pub struct Part {
    /// Strip id.
    pub id: String,
    /// K-weighted energy every [`STEP`], with trim, rides and the levels of its buses, before its own fader.
    pub energy: Vec<f64>,
    /// Does it play?
    pub plays: Vec<bool>,
    /// Loudness while it plays, before its own fader, LUFS.
    pub active: f64,
    /// Its fader, dB.
    pub fader: f64,
}

/// Energy of a loudness in LUFS (BS.1770-5, annex 1, without the constant that cancels in sums).
pub fn energy(lufs: f64) -> f64 {
    10f64.powf(lufs / 10.0)
}

/// Loudness in LUFS of an energy; -120 for silence.
pub fn lufs(energy: f64) -> f64 {
    10.0 * energy.max(1e-12).log10()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Gated loudness (BS.1770-5, annex 1, eq. 5 to 7) of momentary energies.
pub fn integrated(energies: &[f64]) -> Option<f64> {
    let gate = energy(GATE);
    let relative = 0.1 * mean(energies.iter().copied().filter(|&e| e > gate))?;
    mean(energies.iter().copied().filter(|&e| e > gate && e > relative)).map(lufs)
}

impl Part {
    /// From energies before the fader.
    pub fn new(id: &str, energies: Vec<f64>, fader: f64) -> Option<Part> {
        let mut heard: Vec<f64> = energies.iter().copied().filter(|&e| e > energy(GATE)).collect();
        heard.sort_by(f64::total_cmp);
        // A track under the absolute gate still plays when it is only turned down: then its own top counts.
        if heard.is_empty() {
            heard = energies.iter().copied().filter(|&e| e > energy(-119.0)).collect();
            heard.sort_by(f64::total_cmp);
        }
        let loud = *heard.get((heard.len().checked_sub(1)? as f64 * 0.95) as usize)?;
        let gate = loud * energy(-ACTIVE);
        let plays: Vec<bool> = energies.iter().map(|&e| e >= gate).collect();
        let active = lufs(mean(energies.iter().copied().filter(|&e| e >= gate))?);
        Some(Part { id: id.to_owned(), energy: energies, plays, active, fader })
    }
}

impl MixModel {
    /// The model of the session as it stands. Muted tracks, and those as good as
    /// [`SILENT`], are not in it.
    pub fn new(desk: &Desk<'_>) -> MixModel {
        let audible = |strip: &&Strip| desk.value(&Address::strip(&strip.id, "mute")) < 0.5;
        let parts = desk.session.tracks().filter(audible).filter_map(|strip| part(desk, strip)).collect();
        MixModel::of(desk, parts)
    }

    /// The model of some tracks.
    pub fn of(desk: &Desk<'_>, parts: Vec<Part>) -> MixModel {
        let measured = desk.facts.of("pair.correlation").filter_map(|fact| match fact.about.as_slice() {
            [a, b] => coherent(desk, &parts, [a, b]),
            _ => None,
        });
        let coherent = measured.chain(out_of_step(desk, &parts)).collect();
        MixModel { coherent, parts }
    }

    /// A track.
    pub fn part(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }

    /// Energy of the mix every [`STEP`] for other fader levels, one a part, in dB.
    pub fn mix(&self, faders: &[f64]) -> Vec<f64> {
        let frames = self.parts.iter().map(|part| part.energy.len()).max().unwrap_or(0);
        let mut mix = vec![0.0; frames];
        for (part, &fader) in self.parts.iter().zip(faders) {
            let gain = energy(fader);
            for (sum, e) in mix.iter_mut().zip(&part.energy) {
                *sum += gain * e;
            }
        }
        for &Coherent { parts: [a, b], correlation } in &self.coherent {
            let gain = 2.0 * correlation * energy(0.5 * (faders[a] + faders[b]));
            let energies = self.parts[a].energy.iter().zip(&self.parts[b].energy);
            for (sum, (a, b)) in mix.iter_mut().zip(energies) {
                *sum += gain * (a * b).sqrt();
            }
        }
        mix
    }

    /// Integrated loudness of the mix for other fader levels, LUFS.
    pub fn loudness(&self, faders: &[f64]) -> Option<f64> {
        integrated(&self.mix(faders))
    }

    /// The faders as they stand.
    pub fn faders(&self) -> Vec<f64> {
        self.parts.iter().map(|part| part.fader).collect()
    }

    /// Over how many tracks the energy of `group[i]` is shared while it plays: 1 when the others rest, 4 when it is one
    /// of two that play the very same.
    pub fn sharing(&self, group: &[usize]) -> Vec<f64> {
        let overlap = |a: usize, b: usize| {
            let (a, b) = (&self.parts[a].plays, &self.parts[b].plays);
            a.iter().zip(b).filter(|(a, b)| **a && **b).count() as f64
        };
        let share = |&a: &usize| {
            let own = overlap(a, a).max(1.0);
            let unrelated = group.iter().map(|&b| overlap(a, b) / own).sum::<f64>();
            let pairs =
                self.coherent.iter().filter(|pair| pair.parts.iter().all(|part| group.contains(part)));
            let alike = pairs.map(|pair| {
                let [b, c] = pair.parts.map(|part| overlap(a, part) / own);
                2.0 * pair.correlation * b.min(c)
            });
            (unrelated.max(1.0) + alike.sum::<f64>()).max(LEAST_SHARE)
        };
        group.iter().map(share).collect()
    }
}

/// Two microphones of one source, where both are in the model.
fn coherent(desk: &Desk<'_>, parts: &[Part], stems: [&str; 2]) -> Option<Coherent> {
    let strips = [track_of(desk, stems[0])?, track_of(desk, stems[1])?];
    let place = |strip: &Strip| parts.iter().position(|part| part.id == strip.id);
    let moved = |i: usize| -> Option<i64> {
        let delivered = desk.song.stems.iter().find(|stem| stem.id == stems[i])?.start;
        // Pairs are measured where the files belong.
        Some(strips[i].clips().first()?.at - delivered - late_start(desk.song, desk.facts, stems[i]))
    };
    let together = moved(0)? == moved(1)?;
    let what = if together { "pair.correlation" } else { "pair.correlation_aligned" };
    let (correlation, _) = pair_number(desk.facts, what, stems[0], stems[1])?;
    let turned = |strip: &Strip| desk.value(&Address::strip(&strip.id, "polarity")) >= 0.5;
    let sign = if turned(strips[0]) == turned(strips[1]) { 1.0 } else { -1.0 };
    Some(Coherent { parts: [place(strips[0])?, place(strips[1])?], correlation: sign * correlation })
}

/// Microphones of one source of which one file plays at the wrong speed: the levels are set as they will stand when it has
/// been exported again.
fn out_of_step<'a>(desk: &'a Desk<'_>, parts: &'a [Part]) -> impl Iterator<Item = Coherent> + 'a {
    let wrong = |strip: &Strip| desk.facts.get("fault.wrong_rate", &[desk.stem_of(strip)]).is_some();
    ONE_SOURCE.iter().filter_map(move |roles| {
        let alone = |role: &str| {
            let mut all = desk.session.tracks().filter(|strip| desk.role(strip) == role);
            all.next().filter(|_| all.next().is_none())
        };
        let (a, b) = (alone(roles[0])?, alone(roles[1])?);
        let place = |strip: &Strip| parts.iter().position(|part| part.id == strip.id);
        let pair = Coherent { parts: [place(a)?, place(b)?], correlation: USUAL_CORRELATION };
        (wrong(a) || wrong(b)).then_some(pair)
    })
}

fn part(desk: &Desk<'_>, strip: &Strip) -> Option<Part> {
    let mut energies = recorded(desk, strip)?;
    if Part::new(&strip.id, energies.clone(), 0.0)?.active < SILENT {
        return None;
    }
    let rate = f64::from(desk.song.rate.max(1));
    let mut gain = f64::from(desk.value(&Address::strip(&strip.id, "trim")));
    let mut next = strip.to.as_deref();
    let mut rides: Vec<&Lane> = strip.lanes.iter().filter(|lane| lane.target == "ride").collect();
    // A route in a circle is a fault of the session, not of the model: eight buses in a row are enough.
    for _ in 0..8 {
        let Some(bus) = next.and_then(|id| desk.session.strip(id)) else { break };
        gain += f64::from(desk.value(&Address::strip(&bus.id, "trim")));
        gain += f64::from(desk.value(&Address::strip(&bus.id, "fader")));
        rides.extend(bus.lanes.iter().filter(|lane| lane.target == "ride"));
        next = bus.to.as_deref();
    }
    for (frame, e) in energies.iter_mut().enumerate() {
        let at = (frame as f64 * STEP * rate) as u64;
        let ride: f64 = rides.iter().map(|lane| value_at(lane, at)).sum();
        *e *= energy(gain + ride);
    }
    let fader = f64::from(desk.value(&Address::strip(&strip.id, "fader")));
    Part::new(&strip.id, energies, fader)
}

/// Momentary energies of what a track plays, as heard through its clips, in song time.
pub fn recorded(desk: &Desk<'_>, strip: &Strip) -> Option<Vec<f64>> {
    let rate = f64::from(desk.song.rate.max(1));
    let mut energies: Vec<f64> = Vec::new();
    for clip in strip.clips() {
        let Some((_, series)) = desk.facts.series("loudness.momentary", &clip.source) else { continue };
        let gain = energy(f64::from(clip.gain)) * heard(desk, &clip.source, clip.map);
        // Facts are in song time, with the stem where it was delivered.
        let delivered =
            desk.song.stems.iter().find(|stem| stem.id == clip.source).map_or(0, |stem| stem.start);
        let moved = clip.at - clip.from as i64 - delivered;
        let shift = (moved as f64 / rate / STEP).round() as i64;
        let length = (series.len() as i64 + shift).max(0) as usize;
        energies.resize(energies.len().max(length), 0.0);
        for (frame, &level) in series.iter().enumerate() {
            if let Some(sum) = usize::try_from(frame as i64 + shift).ok().and_then(|f| energies.get_mut(f)) {
                *sum += gain * energy(f64::from(level));
            }
        }
    }
    (!energies.is_empty()).then_some(energies)
}

/// How much of a stem's measured energy is heard when its channels go somewhere else. A mono file was measured as
/// played on both sides.
fn heard(desk: &Desk<'_>, stem: &str, map: Map) -> f64 {
    match map {
        Map::All => 1.0,
        Map::ToLeft | Map::ToRight => 0.5,
        // The one live channel comes out of both sides.
        Map::First | Map::Second if desk.facts.get("fault.dead_channel", &[stem]).is_some() => 2.0,
        Map::First | Map::Second => 1.0,
    }
}

/// Value of a lane at a frame of the song.
pub fn value_at(lane: &Lane, at: u64) -> f64 {
    use mixsmith_session::Curve;
    let after = lane.points.partition_point(|point| point.at <= at);
    match (after.checked_sub(1).and_then(|i| lane.points.get(i)), lane.points.get(after)) {
        (None, None) => 0.0,
        (None, Some(only)) | (Some(only), None) => f64::from(only.value),
        (Some(from), Some(_)) if from.curve == Curve::Hold => f64::from(from.value),
        (Some(from), Some(to)) => {
            let way = (at - from.at) as f64 / (to.at - from.at).max(1) as f64;
            f64::from(from.value) + way * f64::from(to.value - from.value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Phase;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::{Fact, Qty};

    fn part(id: &str, levels: &[f64]) -> Part {
        Part::new(id, levels.iter().map(|&l| energy(l)).collect(), 0.0).unwrap()
    }

    #[test]
    fn energies_add_up_and_rests_do_not_count() {
        let (a, b) = (part("a", &[-20.0; 100]), part("b", &[-20.0; 100]));
        assert!((a.active + 20.0).abs() < 1e-9);
        let model = MixModel { parts: vec![a, b], coherent: Vec::new() };
        assert!((model.loudness(&[0.0, 0.0]).unwrap() + 16.99).abs() < 0.01);
        assert!((model.loudness(&[0.0, -40.0]).unwrap() + 20.0).abs() < 0.01);
        let levels: Vec<f64> = (0..100).map(|i| if i < 50 { -20.0 } else { -120.0 }).collect();
        assert!((part("c", &levels).active + 20.0).abs() < 1e-9, "silence is not counted");
    }

    #[test]
    fn tracks_that_take_turns_do_not_share() {
        let first: Vec<f64> = (0..100).map(|i| if i < 50 { -20.0 } else { -120.0 }).collect();
        let second: Vec<f64> = first.iter().map(|l| -140.0 - l).collect();
        let turns = MixModel { parts: vec![part("a", &first), part("b", &second)], coherent: Vec::new() };
        assert_eq!(turns.sharing(&[0, 1]), [1.0, 1.0]);
        let parts = vec![part("a", &first), part("b", &first)];
        let mut together = MixModel { parts, coherent: Vec::new() };
        assert_eq!(together.sharing(&[0, 1]), [2.0, 2.0]);
        let loudness = |model: &MixModel| model.loudness(&[0.0, 0.0]).unwrap();
        let unrelated = loudness(&together);
        together.coherent = vec![Coherent { parts: [0, 1], correlation: 1.0 }];
        assert_eq!(together.sharing(&[0, 1]), [4.0, 4.0], "one sound twice is 6 dB more");
        assert!((loudness(&together) - unrelated - 3.01).abs() < 0.01);
    }

    #[test]
    fn a_cable_at_the_wrong_speed_moves_no_level() {
        let bass = || {
            let take = Take::new().mono("di", "bass-di", -20.0).mono("amp", "bass-amp", -23.0);
            take.mono("vox", "lead-vocal", -20.0).mono("kick", "kick", -20.0)
        };
        let amp = |take: Take| value(&take.mix(Phase::Balance).0, "amp/fader");
        let alike = Fact::new("pair.correlation", &["di", "amp"], Qty::Number(USUAL_CORRELATION));
        let wrong = amp(bass().number("fault.wrong_rate", "di", 0.919));
        assert!((wrong - amp(bass().fact(alike))).abs() < 1e-3);
        assert!(wrong < amp(bass()) - 0.5, "two that are not alike would be turned up");
    }

    #[test]
    fn silence_is_no_part() {
        assert!(Part::new("a", vec![energy(-120.0); 10], 0.0).is_none());
        assert!(Part::new("a", Vec::new(), 0.0).is_none());
    }
}
