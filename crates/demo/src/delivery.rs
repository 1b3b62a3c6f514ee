//! The hand-over: clean, or with the habits of whoever exported the tracks.

use mixsmith_audio::{Audio, Sample, resample};

use crate::ensemble::Channel;
use crate::random::Random;
use crate::recipe::{Delivery, Recipe};
use crate::song::{Format, Track};
use crate::sound::{ratio, scale};
use crate::truth::TrackTruth;

/// What becomes of the channels on the way into files.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// As it is.
    Same,
    /// One channel, written twice into a stereo file.
    Twice,
    /// Two channels, written into a file each.
    Split,
}

/// Name, file, dB against the sensible balance, rate, depth, shape.
type Habit = (&'static str, &'static str, f32, u32, Sample, Shape);

/// How the demo song's folder looks: six people, six habits.
const MESS: [Habit; 21] = {
    use Sample::{F32, I16, I24};
    use Shape::{Same, Split, Twice};
    [
        ("kick-in", "kik in 2.wav", 2.5, 48_000, I24, Same),
        ("kick-out", "Kick OUT.wav", -3.5, 48_000, I24, Same),
        ("snare-top", "SN top.wav", 2.0, 48_000, I24, Same),
        ("snare-bottom", "snr btm dbl.wav", 7.0, 48_000, I24, Same),
        ("hihat", "HH_01.wav", 12.0, 48_000, I24, Same),
        ("toms", "Audio 07_02.wav", -4.0, 48_000, I24, Same),
        ("overheads", "OHs st.wav", 6.5, 48_000, I24, Same),
        ("room", "rm mono (trashy).wav", 10.0, 44_100, I16, Same),
        ("percussion", "shkr+tamb.wav", 8.0, 44_100, I16, Same),
        ("bass-di", "Bs DI.wav", -9.0, 44_100, I16, Twice),
        ("bass-amp", "BASS amp dirty!.wav", 3.0, 44_100, I24, Same),
        ("electric-guitar-left", "GTR L FINAL2.wav", 7.0, 44_100, I24, Same),
        ("electric-guitar-right", "GTR R FINAL2.wav", 3.0, 44_100, I24, Same),
        ("hook-guitar", "Audio 11_01.wav", -6.0, 44_100, I24, Same),
        ("acoustic-guitar", "ac gtr bip.wav", 0.0, 48_000, I16, Same),
        ("keys", "Rhodes-ish st 32f.wav", 11.0, 48_000, F32, Same),
        ("pad", "pad.wav", -16.0, 48_000, F32, Split),
        ("backing-vocal-high", "BV hi stack.wav", 2.0, 44_100, I24, Same),
        ("backing-vocal-low", "oohs lo.wav", -5.0, 44_100, I24, Same),
        ("lead-vocal", "Lead Vox comp_03.wav", 0.0, 48_000, I24, Same),
        ("vocal-double", "LV dub (tuned).wav", 4.0, 48_000, I24, Same),
    ]
};

/// Makes files of the channels.
pub(crate) fn deliver(channels: &[Channel], recipe: &Recipe) -> Vec<Track> {
    let mut tracks = Vec::new();
    for channel in channels {
        let habit = MESS.iter().find(|habit| recipe.delivery == Delivery::Messy && habit.0 == channel.name);
        match habit {
            Some(habit) => hand_over(channel, habit, &mut tracks),
            None => {
                let format = Format { rate: channel.audio.rate, sample: Sample::I24 };
                let file = format!("{}.wav", channel.name);
                let gain = recipe.scatter * Random::new(recipe.seed, channel.name).noise();
                tracks.push(track(channel, file, channel.audio.clone(), format, gain));
            }
        }
    }
    pair(&mut tracks);
    tracks
}

fn track(channel: &Channel, file: String, mut audio: Audio, format: Format, gain_db: f32) -> Track {
    for samples in &mut audio.channels {
        scale(samples, ratio(gain_db));
    }
    let truth = TrackTruth {
        file: file.clone(),
        role: channel.role.to_string(),
        gain_db: channel.gain_db + gain_db,
        delay_ms: channel.delay_ms,
        inverted: channel.inverted,
        pair_of: None,
        bleed_db: channel.bleed.iter().map(|(source, db)| (source.to_string(), *db)).collect(),
        pan: channel.pan,
        notes: channel.notes.clone(),
        left_out: None,
    };
    Track { file, audio, format, truth, channel: channel.name }
}

fn hand_over(channel: &Channel, habit: &Habit, tracks: &mut Vec<Track>) {
    let &(_, file, gain_db, rate, sample, shape) = habit;
    let format = Format { rate, sample };
    let mut audio = resample(&channel.audio, rate);
    match (shape, audio.channels.len()) {
        (Shape::Split, 2) => {
            for (side, pan, samples) in [("L", -1.0, 0), ("R", 1.0, 1)] {
                let file = file.replace(".wav", &format!(".{side}.wav"));
                let half = Audio::mono(rate, std::mem::take(&mut audio.channels[samples]));
                let mut track = track(channel, file, half, format, gain_db);
                track.truth.pan = pan;
                tracks.push(track);
            }
        }
        (Shape::Twice, 1) => {
            audio.channels.push(audio.channels[0].clone());
            let mut track = track(channel, file.to_string(), audio, format, gain_db);
            track.truth.notes += "; mono in a stereo file";
            tracks.push(track);
        }
        _ => tracks.push(track(channel, file.to_string(), audio, format, gain_db)),
    }
}

/// Tells the halves of left and right pairs of each other: two neighbours of one role, far left and far right.
fn pair(tracks: &mut [Track]) {
    for at in 1..tracks.len() {
        let (left, right) = (&tracks[at - 1], &tracks[at]);
        if left.truth.role == right.truth.role && left.truth.pan <= -0.9 && right.truth.pan >= 0.9 {
            let (left, right) = (left.file.clone(), right.file.clone());
            tracks[at - 1].truth.pair_of = Some(right);
            tracks[at].truth.pair_of = Some(left);
        }
    }
}
