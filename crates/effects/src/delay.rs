//! Echoes in time with the song.

use mixsmith_dsp::lane::largest;
use mixsmith_dsp::space::TappedDelay;
use mixsmith_dsp::{Lane, math};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::{Cuts, sane};

/// The names of the note values, in the order of their values; `d` is dotted, `t` a triplet.
pub const NOTES: &[&str] = &[
    "free", "1/32t", "1/32", "1/32d", "1/16t", "1/16", "1/16d", "1/8t", "1/8", "1/8d", "1/4t", "1/4", "1/4d",
    "1/2t", "1/2", "1/2d", "1/1t", "1/1", "1/1d",
];

params! {
    /// Echoes in time with the song.
    pub struct DelayParams {
        /// Time between echoes as a note value; `d` is dotted, `t` a triplet.
        note: "Note", Choice(NOTES), 0.0..=18.0, Lin, 11.0, Step;
        /// Time between echoes where the note is free.
        time: "Time", Ms, 5.0..=2000.0, Log, 350.0, Step;
        /// How much of an echo goes into the next one.
        feedback: "Feedback", Percent, 0.0..=95.0, Lin, 30.0, Smooth(20.0);
        /// Echoes go from side to side, left first.
        pingpong: "Ping-pong", Choice(&["off", "on"]), 0.0..=1.0, Lin, 0.0, Step;
        /// Takes out the bottom of each echo, 12 dB an octave; 20 Hz is off.
        lowcut: "Low cut", Hz, 20.0..=1000.0, Log, 200.0, Smooth(20.0);
        /// Takes out the top of each echo, 12 dB an octave; 20 kHz is off.
        highcut: "High cut", Hz, 1000.0..=20000.0, Log, 5000.0, Smooth(20.0);
        /// How far the echoes step back while the key (else the input) sounds.
        duck: "Duck", Db, 0.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Share of the echoes; the rest is the dry sound.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
    }
}

/// Level of the key in dB of full scale at which ducking begins, and at which it is complete.
const DUCK_FROM_TO: (f32, f32) = (-50.0, -20.0);
/// Time constants of the ducking in ms.
const ATTACK_RELEASE: (f32, f32) = (10.0, 300.0);

/// Milliseconds between echoes.
fn spacing(note: f32, free: f32, tempo: f32) -> f32 {
    let note = note as usize;
    if note == 0 || note >= NOTES.len() {
        return free;
    }
    // In quarter notes: 1/32 is an eighth of one, each third entry doubles.
    let straight = 0.125 * (1 << ((note - 1) / 3)) as f32;
    let beats = straight * [2.0 / 3.0, 1.0, 1.5][(note - 1) % 3];
    beats * 60_000.0 / tempo.clamp(20.0, 400.0)
}

/// Echoes in time with the song.
#[derive(Debug)]
pub struct Delay<L: Lane> {
    setup: Setup,
    lines: [TappedDelay<L>; 2],
    cuts: Cuts<L>,
    /// The time between echoes; none before the first piece.
    fade: Option<Fade<L>>,
    echo: [[L; QUANTUM]; 2],
    scratch: [L; QUANTUM],
    /// Shares by which the ducking attacks and releases in a piece of one frame, two, three...
    follow: [(f32, f32); QUANTUM],
    /// Level of the key, and the gain at the end of the last piece.
    level: L,
    gain: L,
    /// Frames that each lane sounds on.
    tail: L,
}

/// From one time between echoes to another, over [`QUANTUM`] frames.
#[derive(Clone, Copy, Debug)]
struct Fade<L> {
    /// Frames between echoes, before and after.
    from: L,
    to: L,
    /// Frames faded so far.
    done: L,
}

impl<L: Lane> Fade<L> {
    /// Turns to another time in the lanes that have reached theirs.
    fn aim(&mut self, to: L) {
        let whole = L::splat(QUANTUM as f32);
        let under_way = self.done.lt(whole);
        self.from = L::select(under_way, self.from, self.to);
        self.to = L::select(under_way, self.to, to);
        let changes = self.from.lt(self.to) | self.to.lt(self.from);
        self.done = L::select(under_way, self.done, L::select(changes, L::zero(), whole));
    }
}

impl<L: Lane> Delay<L> {
    /// The share of an echo by which it falls each time decides how many are heard.
    fn tail_of(spacing: f32, feedback: f32, rate: f32) -> f32 {
        let echoes = if feedback > 0.0 { 1.0 + (-13.9 / (feedback * 0.01).ln()).ceil() } else { 1.0 };
        // Low cuts at 20 Hz and up ring for less than a quarter of a second in all.
        (spacing * echoes + 0.25 * rate).floor() + QUANTUM as f32
    }

    /// Reads an echo of each lane's own time; where the time has changed, the old one fades into the new.
    #[inline(always)]
    fn read(&mut self, channel: usize, fade: &Fade<L>, n: usize) {
        let (line, out) = (&self.lines[channel], &mut self.echo[channel][..n]);
        let scratch = &mut self.scratch[..n];
        let step = 1.0 / QUANTUM as f32;
        for lane in 0..L::WIDTH {
            let (new, done) = (fade.to.get(lane), fade.done.get(lane) as usize);
            if lane == 0 || new != fade.to.get(lane - 1) {
                line.read(new as usize, scratch);
            }
            for (o, s) in out.iter_mut().zip(&*scratch) {
                o.set(lane, s.get(lane));
            }
            if done < QUANTUM {
                let mut past = [L::zero(); QUANTUM];
                let past = &mut past[..n];
                line.read(fade.from.get(lane) as usize, past);
                for (at, (o, p)) in (done..QUANTUM).zip(out.iter_mut().zip(past)) {
                    let (x, y) = (p.get(lane), o.get(lane));
                    o.set(lane, x + (y - x) * (step * (at + 1) as f32));
                }
            }
        }
    }

    /// Follows the key and gives the gain at the end of this piece of `n` frames.
    #[inline(always)]
    fn duck(&mut self, peak: L, duck: L, n: usize) -> L {
        let (attack, release) = self.follow[n - 1];
        let share = L::select(self.level.lt(peak), L::splat(attack), L::splat(release));
        self.level += share * (peak - self.level);
        let (from, to) = DUCK_FROM_TO;
        let depth = (math::decibels(self.level) - L::splat(from)) * L::splat(1.0 / (to - from));
        math::amplitude(-duck * depth.clamp(L::zero(), L::splat(1.0)))
    }
}

/// The largest sane sample of at most [`QUANTUM`].
#[inline(always)]
fn peak<L: Lane>(channel: &[L]) -> L {
    let mut sound = [L::zero(); QUANTUM];
    for (to, &x) in sound.iter_mut().zip(channel) {
        *to = sane(x);
    }
    largest(&sound)
}

impl<L: Lane> Effect<L> for Delay<L> {
    const ID: &'static str = "space.delay";
    const NAME: &'static str = "Delay";
    const DOC: &'static str = "Echoes in time with the song, which step back while the voice sings.";
    const PORTS: Ports = Ports::STEREO_KEYED;
    type Params<U: Copy> = DelayParams<U>;

    fn new(setup: &Setup, start: &DelayParams) -> Self {
        let frames = setup.rate * 0.001;
        let longest = spacing((NOTES.len() - 1) as f32, 0.0, setup.tempo).max(2000.0) * frames;
        let follow = |ms: f32, n: usize| math::one_pole(ms, setup.rate / n as f32);
        let (attack, release) = ATTACK_RELEASE;
        let reach = spacing(start.note, start.time, setup.tempo) * frames;
        Delay {
            setup: setup.clone(),
            lines: [0, 1].map(|_| TappedDelay::new(longest as usize + 1, QUANTUM)),
            cuts: Cuts::new(setup.rate),
            fade: None,
            echo: [[L::zero(); QUANTUM]; 2],
            scratch: [L::zero(); QUANTUM],
            follow: std::array::from_fn(|i| (follow(attack, i + 1), follow(release, i + 1))),
            level: L::zero(),
            gain: L::splat(1.0),
            tail: L::splat(Self::tail_of(reach, start.feedback, setup.rate)),
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        Tail::Frames(self.tail.get(lane) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &DelayParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let left = io.left;
        let n = left.len();
        let mut reach = L::zero();
        for lane in 0..L::WIDTH {
            let ms = spacing(ramps.note.to.get(lane), ramps.time.to.get(lane), self.setup.tempo);
            let frames = (ms * self.setup.rate * 0.001).round();
            let frames = frames.clamp(QUANTUM as f32, self.lines[0].longest() as f32);
            reach.set(lane, frames);
            self.tail.set(lane, Self::tail_of(frames, ramps.feedback.to.get(lane), self.setup.rate));
        }
        let whole = L::splat(QUANTUM as f32);
        let mut fade = self.fade.unwrap_or(Fade { from: reach, to: reach, done: whole });
        fade.aim(reach);
        self.read(0, &fade, n);
        self.read(1, &fade, n);
        self.fade = Some(Fade { done: (fade.done + L::splat(n as f32)).min(whole), ..fade });

        // The cuts are in the loop, so every echo is duller than the one before.
        if self.cuts.fresh() {
            self.cuts.aim(ramps.lowcut.from, ramps.highcut.from);
        }
        self.cuts.aim(ramps.lowcut.to, ramps.highcut.to);
        let [echo_left, echo_right] = self.echo.each_mut().map(|echo| &mut echo[..n]);
        self.cuts.run(echo_left, echo_right);

        let (share, hundredth, half) = (1.0 / n as f32, L::splat(0.01), L::splat(0.5));
        let part = |ramp: Ramp<L>| Ramp { from: ramp.from * hundredth, to: ramp.to * hundredth };
        let (feedback, mix) = (part(ramps.feedback), part(ramps.mix));
        let across = half.lt(ramps.pingpong.to);
        let floor = L::splat(1e-15);
        let mut fresh = [[L::zero(); QUANTUM]; 2];
        let [fresh_left, fresh_right] = fresh.each_mut().map(|fresh| &mut fresh[..n]);
        let (left, right) = (&mut left[..n], &mut right[..n]);
        for i in 0..n {
            let feedback = feedback.along(i, share);
            let (l, r) = (sane(left[i]), sane(right[i]));
            let (a, b) = (echo_left[i] * feedback, echo_right[i] * feedback);
            // From side to side, what comes in starts on the left, and each echo feeds the other side.
            let next = (L::select(across, half * (l + r) + b, l + a), L::select(across, a, r + b));
            fresh_left[i] = (next.0 + floor) - floor;
            fresh_right[i] = (next.1 + floor) - floor;
        }
        self.lines[0].write(fresh_left);
        self.lines[1].write(fresh_right);

        let loudest = match io.key {
            Some(key) => key.right.map_or(L::zero(), peak).max(peak(key.left)),
            None => peak(left).max(peak(right)),
        };
        let from = self.gain;
        self.gain = self.duck(loudest, ramps.duck.to, n);
        let gain = Ramp { from, to: self.gain };
        let [echo_left, echo_right] = self.echo.each_ref().map(|echo| &echo[..n]);
        for i in 0..n {
            let (mix, gain) = (mix.along(i, share), gain.along(i, share));
            left[i] += mix * (echo_left[i] * gain - left[i]);
            right[i] += mix * (echo_right[i] * gain - right[i]);
        }
    }

    fn reduction_db(&self) -> L {
        (-math::decibels(self.gain)).max(L::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_as_long_as_they_are() {
        let at = |name: &str| spacing(NOTES.iter().position(|n| *n == name).unwrap_or(0) as f32, 77.0, 120.0);
        assert_eq!(at("1/4"), 500.0);
        assert_eq!(at("1/8d"), 375.0);
        assert!((at("1/4t") - 1000.0 / 3.0).abs() < 1e-3);
        assert_eq!(at("1/1d"), 3000.0);
        assert_eq!(at("1/32"), 62.5);
        assert_eq!(at("free"), 77.0);
    }
}
