//! Everybody in one place: who plays what into which track, how loud and where in the sensible balance.

use mixsmith_audio::Audio;

use crate::loudness;
use crate::microphones;
use crate::play::voice::{Singer, sing, stack};
use crate::play::{Stage, cymbals, drums, guitar, keys, pad};
use crate::recipe::{Part, Recipe};
use crate::score::metre::in_bars_of;
use crate::score::{Bar, band, drums as drum_part, words};
use crate::sound::{ratio, scale};

/// One track before delivery.
pub(crate) struct Channel {
    /// The clean file's name without extension.
    pub name: &'static str,
    pub role: &'static str,
    pub audio: Audio,
    /// Level that [`Channel::audio`] has relative to the sensible balance, dB.
    pub gain_db: f32,
    /// -1 left to 1 right.
    pub pan: f32,
    pub delay_ms: f64,
    pub inverted: bool,
    pub bleed: Vec<(&'static str, f32)>,
    pub notes: String,
    /// The lead voice's sibilants alone, at the level that they have in `audio`.
    pub sibilants: Option<Vec<f32>>,
}

/// Loudness of the balanced mix in LUFS.
pub(crate) const MIX_LUFS: f32 = -18.0;

/// The sensible balance: name, role, loudness while playing relative to the mix (LU), pan.
const BALANCE: [(&str, &str, f32, f32); 21] = [
    ("kick-in", "kick-in", -10.0, 0.0),
    ("kick-out", "kick-out", -11.0, 0.0),
    ("snare-top", "snare-top", -11.0, 0.0),
    ("snare-bottom", "snare-bottom", -18.0, 0.0),
    ("hihat", "hihat", -21.0, -0.3),
    ("toms", "toms", -16.0, 0.1),
    ("overheads", "overheads", -15.0, 0.0),
    ("room", "room", -18.0, 0.0),
    ("percussion", "percussion", -20.0, 0.35),
    ("bass-di", "bass-di", -9.0, 0.0),
    ("bass-amp", "bass-amp", -10.5, 0.0),
    ("electric-guitar-left", "electric-guitar", -12.0, -0.9),
    ("electric-guitar-right", "electric-guitar", -12.0, 0.9),
    ("hook-guitar", "electric-guitar", -12.0, -0.35),
    ("acoustic-guitar", "acoustic-guitar", -15.0, 0.45),
    ("keys", "keys", -14.0, 0.0),
    ("backing-vocal-high", "backing-vocal", -14.0, -0.5),
    ("backing-vocal-low", "backing-vocal", -14.0, 0.5),
    ("lead-vocal", "lead-vocal", -3.5, 0.0),
    ("vocal-double", "vocal-double", -13.0, 0.0),
    ("pad", "pad", -14.0, 0.0),
];

const LEAD: Singer = Singer { name: "lead voice", throat: 1.04, vibrato: 38.0, looseness: 1.0, air: 1.0 };

struct Recorder<'a> {
    stage: &'a Stage,
    channels: Vec<Channel>,
}

impl Recorder<'_> {
    fn add(&mut self, name: &'static str, audio: Audio, notes: &str) -> &mut Channel {
        let (role, pan) = BALANCE.iter().find(|row| row.0 == name).map_or(("fx", 0.0), |row| (row.1, row.3));
        let (delay_ms, inverted, bleed, sibilants) = (0.0, false, Vec::new(), None);
        let notes = notes.to_string();
        let channel =
            Channel { name, role, audio, gain_db: 0.0, pan, delay_ms, inverted, bleed, notes, sibilants };
        let at = self.channels.len();
        self.channels.push(channel);
        &mut self.channels[at]
    }

    fn mono(&mut self, name: &'static str, track: Vec<f32>, notes: &str) -> &mut Channel {
        self.add(name, Audio::mono(self.stage.rate as u32, track), notes)
    }

    fn play(&mut self, part: Part, bars: &[Bar], recipe: &Recipe) {
        let stage = self.stage;
        let metre = recipe.metre;
        let rate = stage.rate as u32;
        match part {
            Part::Drums => {
                let kit = drums::kit(stage, &in_bars_of(metre, drum_part::kit(bars)));
                for capture in microphones::record(stage, &kit, recipe.bleed) {
                    let channel = self.add(capture.role, capture.audio, capture.notes);
                    channel.delay_ms = capture.delay_ms;
                    channel.bleed = capture.bleed;
                }
            }
            Part::Percussion => {
                let track = cymbals::percussion(stage, &in_bars_of(metre, drum_part::percussion(bars)));
                self.mono("percussion", track, "shaker and tambourine");
            }
            Part::Bass => {
                let direct = guitar::bass(stage, &in_bars_of(metre, band::bass(bars)));
                let amp = guitar::bass_amp(stage, &direct);
                let late = (0.0012 * f64::from(rate)).round() as usize;
                let mut track = stage.silence();
                crate::sound::add(&mut track[late..], &amp, 0, 1.0);
                self.mono("bass-di", direct, "direct from the pick-up");
                let channel =
                    self.mono("bass-amp", track, "through the amplifier; its filters delay further");
                channel.delay_ms = late as f64 * 1000.0 / f64::from(rate);
            }
            Part::RhythmGuitars => {
                let part = in_bars_of(metre, band::rhythm_guitar(bars));
                let left = guitar::rhythm(stage, &part, "rhythm guitar, first take");
                let right = guitar::rhythm(stage, &part, "rhythm guitar, second take");
                self.mono("electric-guitar-left", left, "first of two takes");
                self.mono("electric-guitar-right", right, "second of two takes");
            }
            Part::HookGuitar => {
                let track = guitar::hook(stage, &in_bars_of(metre, band::hook_guitar(bars)));
                self.mono("hook-guitar", track, "clean, plays the hook");
            }
            Part::AcousticGuitar => {
                let track = guitar::acoustic(stage, &in_bars_of(metre, band::acoustic(bars)));
                self.mono("acoustic-guitar", track, "strummed");
            }
            Part::Keys => {
                let [left, right] = keys::electric_piano(stage, &in_bars_of(metre, band::keys(bars)));
                self.add("keys", Audio::stereo(rate, left, right), "electric piano");
            }
            Part::Pad => {
                let [left, right] = pad::pad(stage, &in_bars_of(metre, band::pad(bars)));
                self.add("pad", Audio::stereo(rate, left, right), "string pad");
            }
            Part::BackingVoices => self.backing(bars, metre),
            Part::LeadVoice => {
                let sung = sing(stage, &in_bars_of(metre, words::lead(bars)), &LEAD);
                self.mono("lead-vocal", sung.voice, "phrases of uneven level").sibilants =
                    Some(sung.sibilants);
            }
            Part::VocalDouble => {
                let second = Singer { name: "second take", looseness: 1.8, air: 1.3, ..LEAD };
                let words = words::lead(bars).into_iter().filter(|s| s.db > -1.5).collect();
                let words = in_bars_of(metre, words);
                self.mono("vocal-double", sing(stage, &words, &second).voice, "the lead voice's second take");
            }
        }
    }

    fn backing(&mut self, bars: &[Bar], metre: usize) {
        let singer = |name, throat| Singer { name, throat, vibrato: 22.0, looseness: 2.0, air: 1.7 };
        let high = stack(
            self.stage,
            &in_bars_of(metre, band::backing(bars, 1)),
            "ah",
            &[singer("alto", 1.16), singer("second alto", 1.12), singer("third alto", 1.19)],
        );
        let low = stack(
            self.stage,
            &in_bars_of(metre, band::backing(bars, 0)),
            "oo",
            &[singer("tenor", 1.02), singer("second tenor", 1.06), singer("third tenor", 1.0)],
        );
        self.mono("backing-vocal-high", high, "three singers on ah");
        self.mono("backing-vocal-low", low, "three singers on ooh");
    }
}

/// Plays the recipe's parts and sets the sensible balance.
pub(crate) fn record(stage: &Stage, recipe: &Recipe) -> Vec<Channel> {
    let bars = recipe.form.bars(recipe.rounds);
    let mut recorder = Recorder { stage, channels: Vec::new() };
    for part in Part::ALL {
        if recipe.parts.contains(&part) {
            recorder.play(part, &bars, recipe);
        }
    }
    balance(&mut recorder.channels);
    recorder.channels
}

/// Brings every channel to its loudness in the balance, and the whole to [`MIX_LUFS`].
fn balance(channels: &mut [Channel]) {
    for channel in channels.iter_mut() {
        let target = BALANCE.iter().find(|row| row.0 == channel.name).map_or(-20.0, |row| row.2);
        let now = loudness::active(&channel.audio.slices(), channel.audio.rate);
        amplify(channel, if now > -100.0 { MIX_LUFS + target - now } else { 0.0 });
    }
    let mix = mix(channels);
    let correction = MIX_LUFS - loudness::integrated(&mix.slices(), mix.rate);
    for channel in channels {
        amplify(channel, if correction.abs() < 40.0 { correction } else { 0.0 });
    }
}

fn amplify(channel: &mut Channel, db: f32) {
    for track in channel.audio.channels.iter_mut().chain(&mut channel.sibilants) {
        scale(track, ratio(db));
    }
}

/// The channels summed in stereo: mono panned at constant power (-3 dB in the middle), stereo as it is.
pub(crate) fn mix(channels: &[Channel]) -> Audio {
    let rate = channels.first().map_or(48_000, |channel| channel.audio.rate);
    let frames = channels.iter().map(|channel| channel.audio.frames()).max().unwrap_or(0);
    let mut mix = Audio::silence(rate, 2, frames);
    for channel in channels {
        let angle = (channel.pan + 1.0) * std::f32::consts::FRAC_PI_4;
        for (side, out) in mix.channels.iter_mut().enumerate() {
            match channel.audio.channels.as_slice() {
                [left, right] => crate::sound::add(out, if side == 0 { left } else { right }, 0, 1.0),
                [mono] => crate::sound::add(out, mono, 0, if side == 0 { angle.cos() } else { angle.sin() }),
                _ => {}
            }
        }
    }
    mix
}
