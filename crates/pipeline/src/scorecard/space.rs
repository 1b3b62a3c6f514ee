//! Reverbs and delays.

use std::sync::Arc;

use mixsmith_assistant::mixmodel::{energy, lufs};
use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_engine::Sources;
use mixsmith_session::{Clip, Map, Session, Source, Strip, StripKind};
use rayon::prelude::*;

use super::card::{Bar, Card, Figure};
use super::{printed, stem};
use crate::Mixed;
use crate::print::listen_to;
use crate::progress::Silent;

const AMBIENCE: Figure = Figure {
    group: "Space",
    name: "Reverbs and delays",
    unit: "LU",
    bar: Bar::Within(-20.0, -10.0),
    row: 13,
    how: "Integrated loudness of the energy of all printed returns less that of the mix.",
    means: "All returns against the mix. Listeners punish too much more than too little.",
};

const EARLY: Figure = Figure {
    group: "Space",
    name: "Early decay",
    unit: "s",
    bar: Bar::None,
    row: 13,
    how: "A click is sent through every return alone; their energies that are still to come (Schroeder), weighed by how \
          loud each return is in the mix, fall by 10 dB in this time over 6 (ISO 3382-1, 5.3.3).",
    means: "How fast the space dies away at first, as time for 60 dB: long ones are heard as more reverb.",
};

pub(super) const FIGURES: &[&Figure] = &[&AMBIENCE, &EARLY];

/// Length of the response that is looked at, seconds, and values a second.
const RESPONSE: (usize, usize) = (4, 1000);

pub(super) fn space(mixed: &Mixed, card: &mut Card) {
    let returns = mixed.session.strips.iter().filter(|strip| strip.kind == StripKind::Return);
    let heard: Vec<(&Strip, f64)> = returns
        .filter_map(|strip| Some((&**strip, stem(mixed, &strip.id)?.level.loudness)))
        .filter(|(_, level)| *level > -70.0)
        .collect();
    let sum: f64 = heard.iter().map(|(_, level)| energy(*level)).sum();
    let mix = printed(mixed, "mix").filter(|_| sum > 1e-9);
    card.add(&AMBIENCE, mix.map(|mix| lufs(sum) - mix.level.loudness));
    let decays: Vec<(f64, Vec<f64>)> = heard
        .par_iter()
        .filter_map(|(strip, level)| Some((energy(*level), to_come(&response(mixed, strip)?)?)))
        .collect();
    card.add(&EARLY, early(&decays));
}

/// What comes out of a return that a click is sent into.
fn response(mixed: &Mixed, strip: &Strip) -> Option<Audio> {
    let session = &mixed.session;
    let rate = session.song.rate;
    let frames = u64::from(rate) * RESPONSE.0 as u64;
    let master = session.master()?.id.clone();
    let mut song = session.song.clone();
    (song.frames, song.markers) = (frames, Vec::new());
    let mut own = strip.clone();
    own.to = Some(master.clone());
    own.sends.clear();
    own.lanes.clear();
    // What listens to another track has nothing to listen to.
    own.inserts.retain(|insert| insert.key.is_none());
    let id = "a click".to_owned();
    let source = Source {
        id: id.clone(),
        file: String::new(),
        stream: 0,
        hash: String::new(),
        channels: 1,
        frames: 1,
    };
    let clip = Clip {
        source: id.clone(),
        at: 0,
        from: 0,
        frames: 1,
        gain: 0.0,
        fade_in: 0,
        fade_out: 0,
        map: Map::All,
    };
    let mut click = Strip::new("a-click", "Click", StripKind::Track { clips: vec![clip] });
    click.to = Some(own.id.clone());
    let master = Strip::new(&master, "Master", StripKind::Master);
    let small = Session {
        song,
        sources: vec![source],
        strips: [click, own, master].into_iter().map(Arc::new).collect(),
    };
    let sound = Audio::mono(rate, vec![0.5]);
    let impulses = strip.inserts.iter().filter_map(|insert| insert.impulse.as_ref());
    let impulses = impulses.filter_map(|named| Some((named.clone(), mixed.sources.get(named)?.clone())));
    let sources: Sources = impulses.chain([(id, Arc::new(Sound::in_memory(sound)))]).collect();
    Some(listen_to(&small, &sources, &strip.id, 1, &Silent).ok()?.0)
}

/// Energy still to come every millisecond, from where the response begins (20 dB below its largest), all of it as 1.
fn to_come(response: &Audio) -> Option<Vec<f64>> {
    let step = (response.rate as usize / RESPONSE.1).max(1);
    let at = |i: usize| -> f64 {
        response.channels.iter().filter_map(|x| x.get(i)).map(|&x| f64::from(x).powi(2)).sum()
    };
    let most = (0..response.frames()).map(at).fold(0.0, f64::max);
    let first = (0..response.frames()).find(|&i| most > 0.0 && at(i) >= 0.01 * most)?;
    let steps: Vec<f64> =
        (first..response.frames()).step_by(step).map(|from| (from..from + step).map(at).sum()).collect();
    let mut left: Vec<f64> = steps;
    for i in (0..left.len().saturating_sub(1)).rev() {
        left[i] += left[i + 1];
    }
    let all = left[0];
    left.iter_mut().for_each(|x| *x /= all);
    Some(left)
}

/// Time in which the weighed sum falls by 10 dB, times six, seconds.
fn early(decays: &[(f64, Vec<f64>)]) -> Option<f64> {
    let all: f64 = decays.iter().map(|(weight, _)| weight).sum();
    let length = decays.iter().map(|(_, decay)| decay.len()).max()?;
    let at = |i: usize| decays.iter().map(|(w, d)| w * d.get(i).copied().unwrap_or(0.0)).sum::<f64>() / all;
    (0..length).find(|&i| at(i) <= 0.1).map(|i| 6.0 * i as f64 / RESPONSE.1 as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_tail_decays_as_it_was_made() {
        // 60 dB in 1.2 s, 30 ms late.
        let tail = |seconds: f32| {
            let wave: Vec<f32> = (0..48_000 * 4)
                .map(|i| (i as f32 / 48_000.0 - 0.03, i))
                .map(|(t, i)| if t < 0.0 { 0.0 } else { 10f32.powf(-3.0 * t / seconds) * (i as f32).sin() })
                .collect();
            to_come(&Audio::stereo(48_000, wave.clone(), wave)).unwrap()
        };
        let found = early(&[(1.0, tail(1.2))]).unwrap();
        assert!((found - 1.2).abs() < 0.02, "{found}");
        // A second one that is 20 dB softer hardly counts.
        let both = early(&[(1.0, tail(1.2)), (0.01, tail(3.0))]).unwrap();
        assert!(both > found && both < 1.3, "{both}");
        assert_eq!(early(&[]), None);
        assert_eq!(to_come(&Audio::silence(48_000, 2, 100)), None);
    }
}
