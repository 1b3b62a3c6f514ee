//! The room of a mix: what goes to the shared spaces, and how wide stereo tracks stand. Mid and side by section, for any level
//! of the sends and any width, with slopes.

use mixsmith_analysis::sketch::{BANDS, centres};

use super::k_weight;
use super::predict::{Stand, Take, pressed, turned};
use super::space::Space;

/// Upper borders of the parts of the spectrum that are looked at, Hz.
pub const BORDERS: [f64; 5] = [120.0, 500.0, 2000.0, 8000.0, f64::INFINITY];
/// Which view is all of it as the ear weighs it, after one for each part of the spectrum.
pub const LOUD: usize = BORDERS.len();
/// How many views there are.
pub const VIEWS: usize = LOUD + 1;
/// Energies of a mid and of a side.
type Sides = [f64; 2];

/// A track of the room.
#[derive(Clone, Debug, PartialEq)]
struct Player {
    /// Energies that come from its own mid and side, by section and view.
    own: Vec<[Sides; VIEWS]>,
    /// Where it stands: has it one channel, its lean and its pan.
    place: (bool, f64, f64),
    /// Its width as it stands, percent, and which variable turns it.
    width: (f64, Option<usize>),
}

/// A send to be.
#[derive(Clone, Debug, PartialEq)]
struct Feed {
    player: usize,
    /// What comes back of the player's own mid and side when the send stands at 0 dB, by section and view.
    back: Vec<[Sides; VIEWS]>,
}

/// A send that is to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent<'a> {
    /// Place of its track.
    pub track: usize,
    /// Where it goes.
    pub space: &'a Space,
    /// Level that is usual for its part, dB; none for a send that stays as it is.
    pub home: Option<f64>,
}

/// What is sent and how wide it is: a variable for each send, its level in dB, and then one for each width, in dB of the side
/// against the side as recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    players: Vec<Player>,
    feeds: Vec<Feed>,
    /// Levels that are usual for the sends, dB; none for those that stay as they are.
    pub homes: Vec<Option<f64>>,
    /// Widths as they were, dB.
    pub stood: Vec<f64>,
    /// Share of every section in the song.
    pub lengths: Vec<f64>,
    /// The same of those in which somebody who goes to a space is heard, and none of the others.
    pub shares: Vec<f64>,
    /// How loud the returns should be against the mix, LU.
    pub wanted: f64,
}

/// Energies by section and view, or by how much a cost rises with each.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Of the middle.
    pub mid: Vec<[f64; VIEWS]>,
    /// Of the sides.
    pub side: Vec<[f64; VIEWS]>,
    /// Of what comes back from the spaces, which is in both.
    pub wet: Vec<[f64; VIEWS]>,
}

impl Heard {
    /// Nothing.
    pub fn none(sections: usize) -> Heard {
        let none = vec![[0.0; VIEWS]; sections];
        Heard { mid: none.clone(), side: none.clone(), wet: none }
    }
}

/// A section counts for the spaces when what is sent there makes this share of it.
const SENT: f64 = 0.1;
/// How much of a section's power lies within a decibel: natural logarithm.
const NEPER: f64 = std::f64::consts::LN_10 / 10.0;

impl Room {
    /// From the tracks, the sends that are to be found, the tracks whose width is, and the sections as frames. Returns should stand
    /// `wanted` LU against the mix.
    pub fn new(
        tracks: &[(Take, Stand)],
        sends: &[Sent<'_>],
        widths: &[usize],
        sections: &[(usize, usize)],
        wanted: f64,
    ) -> Room {
        let views = views();
        let gains: Vec<Vec<f32>> = tracks.iter().map(|(take, stand)| pressed(take, stand, 0)).collect();
        let player = |(i, (take, stand)): (usize, &(Take, Stand))| {
            let tone = stand.tone.map(|tone| tone * 10f64.powf(stand.level / 10.0));
            let variable = widths.iter().position(|&track| track == i).map(|w| sends.len() + w);
            let own = |energies: &[f32]| through(energies, &gains[i], take.late);
            Player {
                own: gathered(&[own(&take.sketch.mid), own(&take.sketch.side)], &tone, &views, sections),
                place: (take.mono, take.lean, stand.pan),
                width: (stand.width, variable),
            }
        };
        let feed = |sent: &Sent<'_>| {
            let (take, stand) = &tracks[sent.track];
            let tone = stand.tone.map(|tone| tone * 10f64.powf((stand.level + stand.before) / 10.0));
            let frames = sections.iter().map(|s| s.1).max().unwrap_or(0).max(take.end());
            let own = |energies: &[f32]| {
                let mut sent_there = through(energies, &gains[sent.track], take.late);
                sent_there.resize(frames * BANDS, 0.0);
                sent.space.back(&sent_there)
            };
            let back = gathered(&[own(&take.sketch.mid), own(&take.sketch.side)], &tone, &views, sections);
            Feed { player: sent.track, back }
        };
        let mut room = Room {
            players: tracks.iter().enumerate().map(player).collect(),
            feeds: sends.iter().map(feed).collect(),
            homes: sends.iter().map(|sent| sent.home).collect(),
            stood: widths.iter().map(|&track| in_db(tracks[track].1.width)).collect(),
            lengths: Vec::new(),
            shares: Vec::new(),
            wanted,
        };
        room.lengths = room.weigh(sections, |_| true);
        room.shares = room.weigh(sections, |section| room.is_sent(section));
        room
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.feeds.len() + self.players.iter().filter(|player| player.width.1.is_some()).count()
    }

    /// The sections that count, by length.
    fn weigh(&self, sections: &[(usize, usize)], counts: impl Fn(usize) -> bool) -> Vec<f64> {
        let length = |(i, &(from, to)): (usize, &(usize, usize))| {
            if counts(i) { to.saturating_sub(from) as f64 } else { 0.0 }
        };
        let lengths: Vec<f64> = sections.iter().enumerate().map(length).collect();
        let all = lengths.iter().sum::<f64>().max(1.0);
        lengths.iter().map(|length| length / all).collect()
    }

    /// Is somebody heard in a section who goes to a space?
    fn is_sent(&self, section: usize) -> bool {
        let sum = |player: &Player| player.own[section][LOUD].iter().sum::<f64>();
        let goes = |i: usize| self.feeds.iter().any(|feed| feed.player == i);
        let all: f64 = self.players.iter().map(sum).sum();
        let sent: f64 = (0..self.players.len()).filter(|&i| goes(i)).map(|i| sum(&self.players[i])).sum();
        all > 0.0 && sent >= SENT * all
    }

    /// How many sends are to be found.
    pub fn sends(&self) -> usize {
        self.feeds.len()
    }

    /// Width of a player, percent, and by how much that changes for a decibel.
    fn width(&self, player: &Player, place: &[f64]) -> (f64, f64) {
        match player.width.1 {
            Some(variable) => {
                let width = 100.0 * 10f64.powf(place[variable] / 20.0);
                (width, 0.5 * NEPER * width)
            }
            None => (player.width.0, 0.0),
        }
    }

    /// What is heard with these sends and widths.
    pub fn heard(&self, place: &[f64]) -> Heard {
        let mut heard = Heard::none(self.shares.len());
        for player in &self.players {
            let (mono, lean, pan) = player.place;
            let ([mm, sm, ms, ss], _) = turned(mono, lean, pan, self.width(player, place).0);
            for (section, views) in player.own.iter().enumerate() {
                for (view, [mid, side]) in views.iter().enumerate() {
                    heard.mid[section][view] += mm * mid + sm * side;
                    heard.side[section][view] += ms * mid + ss * side;
                }
            }
        }
        for (i, feed) in self.feeds.iter().enumerate() {
            let player = &self.players[feed.player];
            let (mono, lean, pan) = player.place;
            let ([mm, sm, ms, ss], _) = turned(mono, lean, pan, self.width(player, place).0);
            let gain = 10f64.powf(place[i] / 10.0);
            for (section, views) in feed.back.iter().enumerate() {
                for (view, [mid, side]) in views.iter().enumerate() {
                    let back = gain * ((mm + ms) * mid + (sm + ss) * side);
                    heard.wet[section][view] += back;
                    // As much in the middle as at the sides.
                    heard.mid[section][view] += 0.5 * back;
                    heard.side[section][view] += 0.5 * back;
                }
            }
        }
        heard
    }

    /// Middle and sides over the song in a part of the spectrum.
    pub fn song(&self, heard: &Heard, view: usize) -> Sides {
        let sum = |energies: &[[f64; VIEWS]]| {
            self.lengths.iter().zip(energies).map(|(share, views)| share * views[view]).sum()
        };
        [sum(&heard.mid), sum(&heard.side)]
    }

    /// Adds to a gradient what a cost rises by, which rises so much with each energy that is heard.
    pub fn rises(&self, place: &[f64], by: &Heard, slope: &mut [f64]) {
        for player in &self.players {
            let Some(variable) = player.width.1 else { continue };
            let (mono, lean, pan) = player.place;
            let (width, per_db) = self.width(player, place);
            let (_, [mm, sm, ms, ss]) = turned(mono, lean, pan, width);
            for (section, views) in player.own.iter().enumerate() {
                for (view, [mid, side]) in views.iter().enumerate() {
                    let rise = by.mid[section][view] * (mm * mid + sm * side)
                        + by.side[section][view] * (ms * mid + ss * side);
                    slope[variable] += per_db * rise;
                }
            }
        }
        for (i, feed) in self.feeds.iter().enumerate() {
            let player = &self.players[feed.player];
            let (mono, lean, pan) = player.place;
            let (width, per_db) = self.width(player, place);
            let ([mm, sm, ms, ss], wider) = turned(mono, lean, pan, width);
            let gain = 10f64.powf(place[i] / 10.0);
            for (section, views) in feed.back.iter().enumerate() {
                for (view, [mid, side]) in views.iter().enumerate() {
                    let rise = by.wet[section][view] + 0.5 * (by.mid[section][view] + by.side[section][view]);
                    slope[i] += NEPER * gain * ((mm + ms) * mid + (sm + ss) * side) * rise;
                    if let Some(variable) = player.width.1 {
                        let more = (wider[0] + wider[2]) * mid + (wider[1] + wider[3]) * side;
                        slope[variable] += per_db * gain * more * rise;
                    }
                }
            }
        }
    }
}

/// A width in percent as decibels of the side.
pub fn in_db(width: f64) -> f64 {
    20.0 * (0.01 * width).max(1e-3).log10()
}

/// Weights of the bands in each view.
fn views() -> [[f64; BANDS]; VIEWS] {
    std::array::from_fn(|view| {
        std::array::from_fn(|band| {
            let hz = centres()[band];
            match view {
                LOUD => k_weight(hz),
                _ => f64::from(u8::from(BORDERS.iter().position(|&edge| hz < edge) == Some(view))),
            }
        })
    })
}

/// Energies with the gain of every frame, in the time of the song.
fn through(energies: &[f32], gains: &[f32], late: i64) -> Vec<f32> {
    let skip = (-late).max(0) as usize;
    let mut out = vec![0.0; late.max(0) as usize * BANDS];
    for (frame, gain) in energies.chunks_exact(BANDS).zip(gains).skip(skip) {
        out.extend(frame.iter().map(|e| gain * e));
    }
    out
}

/// Mean energies by section and view.
fn gathered(
    sides: &[Vec<f32>; 2],
    tone: &[f64; BANDS],
    views: &[[f64; BANDS]; VIEWS],
    sections: &[(usize, usize)],
) -> Vec<[Sides; VIEWS]> {
    let bands = |energies: &[f32], &(from, to): &(usize, usize)| -> [f64; BANDS] {
        let mut sums = [0.0f64; BANDS];
        let frames = energies.chunks_exact(BANDS).skip(from).take(to.saturating_sub(from));
        for frame in frames {
            sums.iter_mut().zip(frame).for_each(|(sum, &e)| *sum += f64::from(e));
        }
        let share = 1.0 / to.saturating_sub(from).max(1) as f64;
        std::array::from_fn(|band| share * tone[band] * sums[band])
    };
    let section = |section: &(usize, usize)| {
        let [mid, side] = [bands(&sides[0], section), bands(&sides[1], section)];
        std::array::from_fn(|view| {
            let sum = |x: &[f64; BANDS]| x.iter().zip(&views[view]).map(|(x, w)| x * w).sum();
            [sum(&mid), sum(&side)]
        })
    };
    sections.iter().map(section).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use mixsmith_analysis::Sketch;
    use mixsmith_analysis::sketch::STEP;

    use super::*;
    use crate::solver::predict::mix;

    const FRAMES: usize = 60;
    const SECTIONS: [(usize, usize); 3] = [(0, 20), (20, 35), (35, 60)];
    /// Tracks whose sends are looked for, and those whose widths are.
    const SENT: [usize; 3] = [0, 2, 3];
    const WIDE: [usize; 2] = [2, 3];

    /// Two mono tracks and two with sides, one of them turned and leaning, that take turns.
    fn tracks() -> Vec<(Take, Stand)> {
        let track = |i: usize| {
            let at = |cell: usize, part: f32| {
                let (frame, band) = (cell / BANDS, cell % BANDS);
                let rests = (frame / (7 + 3 * i)) % 3 == 2;
                if rests { 0.0 } else { part * 1e-3 / (1.0 + (band as f32 - 9.0 * i as f32).abs()) }
            };
            let mono = i < 2;
            let side = if mono { 0.0 } else { 0.4 };
            let sketch = Sketch {
                mid: (0..FRAMES * BANDS).map(|cell| at(cell, 1.0)).collect(),
                side: (0..FRAMES * BANDS).map(|cell| at(cell, side)).collect(),
            };
            let lean = if mono { 0.0 } else { 0.3 };
            let take = Take { id: format!("t{i}"), sketch: Arc::new(sketch), late: i as i64 % 2, mono, lean };
            let pan = [0.0, 60.0, -40.0, 25.0][i];
            let tone = std::array::from_fn(|band| 1.0 + 0.02 * band as f64);
            let level = -3.0 * i as f64;
            (take, Stand { level, tone, pan, width: 100.0, press: None, sends: Vec::new(), before: 1.5 })
        };
        (0..4).map(track).collect()
    }

    fn spaces() -> Vec<Space> {
        ["room", "hall"]
            .iter()
            .zip([0.6, 0.9])
            .map(|(id, keep)| Space {
                id: (*id).to_owned(),
                level: -1.0,
                tone: [0.8; BANDS],
                keep: [keep; BANDS],
                late: 0.3 * STEP,
            })
            .collect()
    }

    fn sends(spaces: &[Space]) -> Vec<Sent<'_>> {
        let sent = |(i, &track): (usize, &usize)| Sent {
            track,
            space: &spaces[i % 2],
            home: Some(-12.0 - i as f64),
        };
        SENT.iter().enumerate().map(sent).collect()
    }

    pub(crate) fn room() -> Room {
        let spaces = spaces();
        Room::new(&tracks(), &sends(&spaces), &WIDE, &SECTIONS, -15.0)
    }

    #[test]
    fn it_is_the_mix_that_is_predicted_frame_by_frame() {
        let place = [-9.0, -14.0, -4.0, 2.0, -1.0];
        let (mut tracks, spaces) = (tracks(), spaces());
        let heard = room().heard(&place);
        for (i, sent) in sends(&spaces).iter().enumerate() {
            let stand = &mut tracks[sent.track].1;
            stand.sends.push((sent.space.id.clone(), place[i] + stand.before));
        }
        for (i, &track) in WIDE.iter().enumerate() {
            tracks[track].1.width = 100.0 * 10f64.powf(place[SENT.len() + i] / 20.0);
        }
        let (wet, dry) = (mix(&tracks, &spaces), mix(&tracks, &[]));
        for (section, &(from, to)) in SECTIONS.iter().enumerate() {
            for (view, weights) in views().iter().enumerate() {
                let mean = |energies: &[f32]| -> f64 {
                    let frames = energies[from * BANDS..to * BANDS].chunks_exact(BANDS);
                    let of = |frame: &[f32]| {
                        frame.iter().zip(weights).map(|(&e, w)| w * f64::from(e)).sum::<f64>()
                    };
                    frames.map(of).sum::<f64>() / (to - from) as f64
                };
                let back = mean(&wet.mid) + mean(&wet.side) - mean(&dry.mid) - mean(&dry.side);
                for (found, wanted) in [
                    (heard.mid[section][view], mean(&wet.mid)),
                    (heard.side[section][view], mean(&wet.side)),
                    (heard.wet[section][view], back),
                ] {
                    assert!((found / wanted - 1.0).abs() < 1e-3, "{section} {view}: {found} for {wanted}");
                }
            }
        }
    }

    #[test]
    fn a_section_in_which_nobody_goes_to_a_space_asks_for_none() {
        let spaces = spaces();
        let mut tracks = tracks();
        let silent = Sketch { mid: vec![0.0; FRAMES * BANDS], side: vec![0.0; FRAMES * BANDS] };
        let late = &mut Arc::make_mut(&mut tracks[0].0.sketch).mid;
        late[..20 * BANDS].fill(0.0);
        tracks[2].0.sketch = Arc::new(silent);
        let sent = [Sent { track: 0, space: &spaces[0], home: Some(-12.0) }];
        let room = Room::new(&tracks, &sent, &[], &SECTIONS, -15.0);
        assert!(room.shares[0] == 0.0 && room.lengths[0] > 0.3, "{:?}", room.shares);
        assert!((room.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
