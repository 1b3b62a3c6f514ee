//! CANON-1 as a session: N mono tracks with EQ and compressor, two sends, a master chain.

use std::error::Error;
use std::f32::consts::FRAC_PI_2;
use std::io;
use std::path::Path;
use std::sync::Arc;

use mixsmith_audio::{Clip as Sound, Dither, Sample, WavWriter, cache_clip, resample};
use mixsmith_effects::all::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_session::{Clip, Insert, Send, Session, SongInfo, Source, Strip, StripKind, Tap};

use crate::real;
use crate::workload::{RATE, file, real_file};

const Q: f32 = 0.7;

/// What is mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Song {
    /// Mono tracks that stand still.
    Canon1,
    /// Nearer to a real mix: see [`real`].
    Canon2,
}

/// Reads the tracks, mixes them and writes the mix: what each program in the table does.
pub fn once(
    song: Song,
    folder: &Path,
    tracks: usize,
    threads: usize,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let (session, sources) = self::song(song, folder, tracks)?;
    print(&session, &sources, threads, out)
}

/// Mixes a song and writes the mix.
pub fn print(session: &Session, sources: &Sources, threads: usize, out: &Path) -> Result<(), Box<dyn Error>> {
    let prints = Prints { strips: vec!["master".to_owned()], ..Prints::default() };
    let plan = compile(session, &KINDS, sources, &prints)?;
    let mut tape = Tape(WavWriter::create(out, RATE, 2, Sample::I24, Dither::Tpdf)?);
    let mut sinks: Vec<Box<dyn Sink + '_>> = vec![Box::new(Borrowed(&mut tape))];
    render(&plan, session.song.frames, threads, &mut sinks, &mut |_| true)?;
    drop(sinks);
    tape.0.finish()?;
    Ok(())
}

/// Opens the tracks, and says how they are mixed.
pub fn song(song: Song, folder: &Path, tracks: usize) -> Result<(Session, Sources), Box<dyn Error>> {
    let mut session = session(tracks);
    let mut sources = Sources::new();
    for number in 0..tracks {
        let sound = match song {
            Song::Canon1 => open(&file(folder, number), folder)?,
            Song::Canon2 => open(&real_file(folder, number), folder)?,
        };
        let (id, frames) = (name(number), sound.frames);
        session.song.frames = session.song.frames.max(frames);
        session.sources.push(Source {
            id: id.clone(),
            file: String::new(),
            stream: 0,
            hash: String::new(),
            channels: sound.channels as u32,
            frames,
        });
        let clip = Clip::whole(&id, frames);
        if let Some(strip) = session.strips.iter_mut().find(|strip| strip.id == id) {
            Arc::make_mut(strip).kind = StripKind::Track { clips: vec![clip] };
        }
        sources.insert(id, Arc::new(sound));
    }
    if song == Song::Canon2 {
        real::make(&mut session);
    }
    Ok((session, sources))
}

/// Opens a recording as the program does: where it stands, or, at another rate, through the cache.
fn open(path: &Path, folder: &Path) -> Result<Sound, Box<dyn Error>> {
    let sound = Sound::open(path)?.ok_or_else(|| format!("{} is not plain samples", path.display()))?;
    if sound.rate == RATE {
        return Ok(sound);
    }
    let read = mixsmith_audio::read(path)?;
    let stream = read.streams.first().ok_or("no sound")?;
    Ok(cache_clip(&resample(&stream.audio, RATE), folder, "other-rate")?)
}

struct Tape(WavWriter);

struct Borrowed<'a>(&'a mut Tape);

impl Sink for Borrowed<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.0.0.write(&[left, right])
    }
}

/// The strip of a track.
pub fn name(track: usize) -> String {
    format!("t{track:03}")
}

/// A gain as a level.
fn db(gain: f32) -> f32 {
    20.0 * gain.log10()
}

fn eq(id: &str, bands: &[(&str, f32, f32, f32)]) -> Insert {
    let mut insert = Insert::new(id, "tone.equaliser", &[]);
    for (number, &(kind, hz, gain, q)) in (1..).zip(bands) {
        let kind = mixsmith_effects::equaliser::TYPES.iter().position(|name| *name == kind).unwrap_or(0);
        for (knob, value) in [("type", kind as f32), ("freq", hz), ("gain", gain), ("q", q)] {
            insert.values.insert(format!("{knob}{number}"), value);
        }
    }
    insert
}

fn compressor(threshold: f32, ratio: f32, attack: f32, release: f32) -> Insert {
    let values =
        [("threshold", threshold), ("ratio", ratio), ("attack", attack), ("release", release), ("knee", 0.0)];
    Insert::new("comp", "dynamics.compressor", &values)
}

fn session(tracks: usize) -> Session {
    let song =
        SongInfo { title: "CANON-1".to_owned(), rate: RATE, tempo: 120.0, frames: 0, markers: Vec::new() };
    let mut session = Session { song, ..Session::default() };
    for number in 0..tracks {
        let mut strip = Strip::new(&name(number), &name(number), StripKind::Track { clips: Vec::new() });
        strip.to = Some("mix".to_owned());
        strip.inserts = vec![
            eq(
                "eq",
                &[
                    ("high-pass", 80.0, 0.0, std::f32::consts::FRAC_1_SQRT_2),
                    ("low-shelf", 120.0, 2.0, Q),
                    ("bell", 400.0, -3.0, 1.0),
                    ("bell", 3000.0, 2.0, 1.0),
                    ("high-shelf", 10_000.0, 1.5, Q),
                ],
            ),
            compressor(-18.0, 3.0, 10.0, 100.0),
        ];
        let i = number as f32;
        // The pan law here keeps full level at the centre: 3 dB less makes it that of the others.
        strip.values.insert("fader".to_owned(), db((0.7 + 0.3 * i.cos()) / 2f32.sqrt()));
        let angle = (number % 17) as f32 / 16.0 * FRAC_PI_2;
        strip.values.insert("pan".to_owned(), (angle / FRAC_PI_2 * 200.0 - 100.0).clamp(-100.0, 100.0));
        for (to, gain) in [
            ("reverb", 0.1 + 0.2 * (number % 5) as f32 / 4.0),
            ("delay", 0.05 + 0.1 * (number % 3) as f32 / 2.0),
        ] {
            let values = [("level".to_owned(), db(gain))].into();
            strip.sends.push(Send { to: to.to_owned(), tap: Tap::Post, values });
        }
        session.strips.push(Arc::new(strip));
    }
    let spaces = [
        (
            "reverb",
            Insert::new(
                "verb",
                "space.reverb",
                &[("predelay", 0.0), ("lowcut", 20.0), ("highcut", 20_000.0)],
            ),
        ),
        (
            "delay",
            Insert::new(
                "echo",
                "space.delay",
                &[
                    ("note", 0.0),
                    ("time", 375.0),
                    ("feedback", 35.0),
                    ("lowcut", 20.0),
                    ("highcut", 20_000.0),
                ],
            ),
        ),
    ];
    for (id, insert) in spaces {
        let mut strip = Strip::new(id, id, StripKind::Return);
        (strip.to, strip.inserts) = (Some("mix".to_owned()), vec![insert]);
        session.strips.push(Arc::new(strip));
    }
    let mut mix = Strip::new("mix", "Mix", StripKind::Bus);
    mix.to = Some("master".to_owned());
    mix.values.insert("fader".to_owned(), db(1.0 / (tracks as f32).sqrt()));
    let mut master = Strip::new("master", "Master", StripKind::Master);
    master.inserts = vec![
        eq(
            "eq",
            &[
                ("low-shelf", 100.0, 1.0, Q),
                ("bell", 400.0, -1.0, 1.0),
                ("bell", 3000.0, 1.0, 1.0),
                ("high-shelf", 10_000.0, 1.0, Q),
            ],
        ),
        compressor(-12.0, 2.0, 20.0, 150.0),
        Insert::new("limit", "dynamics.limiter", &[("ceiling", -1.0), ("release", 100.0)]),
    ];
    session.strips.extend([Arc::new(mix), Arc::new(master)]);
    session
}
