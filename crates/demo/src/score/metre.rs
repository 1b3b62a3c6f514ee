//! The song in bars of three: what lies on the fourth beat is left out, and the next bar begins there.

use super::{BAR, Note, drums::Stroke, words::Syllable};
use crate::score::band::Strum;

/// What has a place in time: where it starts and, if it has one, how long it lasts, both in beats.
pub(crate) trait Timed {
    fn time(&mut self) -> (&mut f64, Option<&mut f64>);
}

impl Timed for Note {
    fn time(&mut self) -> (&mut f64, Option<&mut f64>) {
        (&mut self.at, Some(&mut self.length))
    }
}

impl Timed for (Note, bool) {
    fn time(&mut self) -> (&mut f64, Option<&mut f64>) {
        self.0.time()
    }
}

impl Timed for Strum {
    fn time(&mut self) -> (&mut f64, Option<&mut f64>) {
        (&mut self.at, Some(&mut self.length))
    }
}

impl Timed for Syllable {
    fn time(&mut self) -> (&mut f64, Option<&mut f64>) {
        (&mut self.at, Some(&mut self.length))
    }
}

impl Timed for Stroke {
    fn time(&mut self) -> (&mut f64, Option<&mut f64>) {
        (&mut self.at, None)
    }
}

/// A part written in bars of four, played in bars of `beats`.
pub(crate) fn in_bars_of<T: Timed>(beats: usize, part: Vec<T>) -> Vec<T> {
    let short = beats as f64;
    if short >= BAR {
        return part;
    }
    let place = |mut one: T| {
        let (at, length) = one.time();
        let bar = (*at / BAR).floor();
        let within = *at - bar * BAR;
        if within >= short {
            return None;
        }
        *at = bar * short + within;
        if let Some(length) = length.filter(|length| within + **length <= BAR) {
            *length = length.min(short - within);
        }
        Some(one)
    };
    part.into_iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_beat_goes_and_the_next_bar_comes_sooner() {
        let part = [(0.0, 4.0), (2.5, 0.5), (3.0, 0.5), (4.0, 6.0), (5.0, 1.0)];
        let part: Vec<Note> = part.iter().map(|&(at, length)| Note::new(at, length, 60, 1.0)).collect();
        let times = |part: Vec<Note>| part.iter().map(|n| (n.at, n.length)).collect::<Vec<_>>();
        assert_eq!(times(in_bars_of(3, part.clone())), [(0.0, 3.0), (2.5, 0.5), (3.0, 6.0), (4.0, 1.0)]);
        assert_eq!(in_bars_of(4, part.clone()), part);
    }
}
