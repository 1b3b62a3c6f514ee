//! The mix for other programs: a folder a format, and beside it what did not go with it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mixsmith_audio::{Audio, Clip, Dither, Sample, WavWriter};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_interchange::all::{ALL, named};
use mixsmith_interchange::{
    Content, Course, Format, Layout, Loss, Packer, Print, SoundOf, Wishes, Written, beneath, honesty, lay_out,
};
use mixsmith_session::Session;

use crate::listen::listen_held;
use crate::lock::Lock;
use crate::manifest::Manifest;
use crate::{Folder, Note, Options, PipelineError, Progress, impulses, sessions};

/// What was written for another program.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The word of `--to`.
    pub format: &'static str,
    /// The name that a person would use.
    pub name: &'static str,
    /// Where it is.
    pub folder: PathBuf,
    /// Its files, below the folder.
    pub files: Vec<String>,
    /// What became of everything.
    pub losses: Vec<Loss>,
}

/// The words that `--to` knows.
pub fn formats() -> Vec<&'static str> {
    ALL.iter().map(|format| format.id()).collect()
}

/// Writes the session on disk for other programs, into the folder `daw` of the outputs.
pub fn export(
    folder: &Folder,
    to: &[String],
    wishes: &Wishes,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<Exported>, Vec<Note>), PipelineError> {
    let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
    if !folder.session().exists() {
        return Err(missing());
    }
    let _lock = Lock::take(folder)?;
    let opened = sessions::open(folder)?.ok_or_else(missing)?;
    let mut notes = opened.notes(&opened.session);
    let session = opened.session;
    let (ids, rate) = (sessions::ids(&session), Some(session.song.rate));
    let listened = listen_held(folder, &ids, rate, options.threads(), progress)?;
    notes.extend(listened.notes.iter().cloned());
    let sources = impulses::sources(folder, &session, &listened.song)?;
    let wishes = Wishes { prints: printed(folder), ..wishes.clone() };
    let mut done: Vec<Exported> = Vec::new();
    for word in to {
        let format = named(word).ok_or_else(|| {
            PipelineError::Edit(format!("there is no format `{word}`; there are {}", formats().join(", ")))
        })?;
        if done.iter().any(|exported| exported.format == format.id()) {
            continue;
        }
        progress.stage(&format!("Export to {}", format.carries().name), session.song.frames);
        let writing = Writing { folder, session: &session, sources: &sources, options, progress };
        done.push(writing.format(format, &wishes)?);
    }
    Ok((done, notes))
}

/// What the last run has printed and is still there.
fn printed(folder: &Folder) -> Vec<Print> {
    let text = folder.disk().read(&folder.out.join("manifest.json")).unwrap_or_default();
    let manifest: Manifest = serde_json::from_slice(&text).unwrap_or_default();
    let print = |printed: crate::Printed| Print { file: printed.file, kind: printed.kind };
    let inside = |print: &Print| beneath(&print.file).is_some_and(|file| folder.out.join(file).is_file());
    manifest.outputs.into_iter().map(print).filter(inside).collect()
}

struct Writing<'a> {
    folder: &'a Folder,
    session: &'a Session,
    sources: &'a Sources,
    options: &'a Options,
    progress: &'a dyn Progress,
}

/// Sounds of a desk as WAV files that wait for their place; they go when this goes.
struct Waiting<'a> {
    folder: &'a Folder,
    files: Vec<PathBuf>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        for file in &self.files {
            // Those that have been moved to their place are no longer there.
            let _ = self.folder.disk().remove(file);
        }
    }
}

impl Writing<'_> {
    fn format(&self, format: &'static dyn Format, wishes: &Wishes) -> Result<Exported, PipelineError> {
        let carries = format.carries();
        let mut layout = lay_out(self.session, &carries, wishes);
        let waiting = self.sounds(&mut layout)?;
        let (written, more) = format.write(&layout.desk, wishes);
        // What the format says of a thing counts more than what was laid out for it.
        let own = |loss: &Loss| more.iter().any(|other| other.at == loss.at);
        let mut losses: Vec<Loss> = layout.losses.into_iter().filter(|loss| !own(loss)).collect();
        losses.extend(more);
        let to = self.folder.out.join("daw").join(format.id());
        self.folder.make(&to)?;
        let mut files = Vec::new();
        for file in &written {
            self.file(&to, file, &waiting)?;
            files.push(file.path.clone());
        }
        let said = honesty(carries.name, &self.session.song.title, &losses);
        self.folder.write(&to.join("honesty.txt"), said.text.as_bytes())?;
        self.folder.write(&to.join("honesty.json"), said.json.as_bytes())?;
        Ok(Exported { format: format.id(), name: carries.name, folder: to, files, losses })
    }

    /// Writes every sound of a desk: sources as they are, prints as they come out of the engine. Gains that move by themselves are
    /// heard too, and drawn into the faders.
    fn sounds(&self, layout: &mut Layout) -> Result<Waiting<'_>, PipelineError> {
        let Layout { desk, session, rides, .. } = layout;
        let place = self.folder.cache().join("export");
        self.folder.make(&place)?;
        let path = |n: usize| place.join(format!("{n}.wav"));
        let waiting = Waiting { folder: self.folder, files: (0..desk.sounds.len()).map(path).collect() };
        let mut prints = Prints::default();
        let mut tapes: Vec<Tape> = Vec::new();
        for (sound, file) in desk.sounds.iter().zip(&waiting.files) {
            match &sound.of {
                SoundOf::Source(id) => {
                    if let Some(clip) = self.sources.get(id) {
                        self.copy(clip, sound.channels as usize, file).map_err(PipelineError::io(file))?;
                    }
                }
                SoundOf::Print(strip) => {
                    let (rate, channels) = (desk.rate, sound.channels as usize);
                    let writer = WavWriter::create_on(
                        self.folder.disk(),
                        file,
                        rate,
                        channels,
                        Sample::F32,
                        Dither::None,
                    );
                    tapes.push(Tape { writer: writer.map_err(PipelineError::io(file))?, channels });
                    prints.strips.push(strip.clone());
                }
                SoundOf::Found(_) | SoundOf::Channels(_) => {}
            }
        }
        if tapes.is_empty() && rides.is_empty() {
            return Ok(waiting);
        }
        let mut sources = self.sources.clone();
        if let Some(ride) = rides.first() {
            let channels = vec![vec![1.0; desk.frames as usize]];
            let ones = Clip::in_memory(Audio { rate: desk.rate, channels });
            sources.insert(ride.ones.clone(), Arc::new(ones));
        }
        prints.strips.extend(rides.iter().map(|ride| ride.print.clone()));
        let mut gains = vec![Gain::default(); rides.len()];
        let plan = compile(session, &KINDS, &sources, &prints)?;
        let mut sinks: Vec<Box<dyn Sink + '_>> =
            tapes.iter_mut().map(|tape| Box::new(tape) as Box<dyn Sink>).collect();
        sinks.extend(gains.iter_mut().map(|gain| Box::new(gain) as Box<dyn Sink>));
        let mut watch = |frame: u64| {
            self.progress.step(frame, "prints");
            !self.progress.stopped()
        };
        render(&plan, desk.frames, self.options.threads(), &mut sinks, &mut watch)
            .map_err(|error| PipelineError::render(&place, error))?;
        drop(sinks);
        for tape in tapes {
            tape.writer.finish().map_err(PipelineError::io(&place))?;
        }
        for (ride, gain) in rides.iter().zip(gains) {
            let course = Course::of_gain(&gain.0);
            if let Some(channel) = desk.channels.iter_mut().find(|channel| channel.id == ride.channel) {
                channel.volume = channel.volume.plus(&course);
            }
        }
        Ok(waiting)
    }

    /// Writes a clip with as few bits as hold it exactly.
    fn copy(&self, clip: &Arc<Clip>, channels: usize, to: &Path) -> io::Result<()> {
        let mut sample = Sample::I16;
        blocks(clip, channels, |block| {
            for x in block.iter().flat_map(|channel| channel.iter()) {
                sample = match sample {
                    Sample::I16 if !holds(*x, 32_768.0) => Sample::I24,
                    known => known,
                };
                if sample == Sample::I24 && !holds(*x, 8_388_608.0) {
                    sample = Sample::F32;
                }
            }
            Ok(())
        })?;
        let mut writer =
            WavWriter::create_on(self.folder.disk(), to, clip.rate, channels, sample, Dither::None)?;
        blocks(clip, channels, |block| writer.write(block))?;
        writer.finish().map(|_| ())
    }

    fn file(&self, to: &Path, file: &Written, sounds: &Waiting<'_>) -> Result<(), PipelineError> {
        let path = to.join(&file.path);
        if let Some(folder) = path.parent() {
            self.folder.make(folder)?;
        }
        match &file.content {
            Content::Bytes(bytes) => self.folder.write(&path, bytes),
            Content::Sound(n) => {
                let from = sounds.files.get(*n).cloned().unwrap_or_default();
                mixsmith_audio::copy_atomic(self.folder.disk(), &from, &path)
                    .map_err(PipelineError::io(&path))
            }
            Content::Channel(n, channel) => {
                let from = sounds.files.get(*n).map_or(Path::new(""), PathBuf::as_path);
                self.channel(from, *channel, &path).map_err(PipelineError::io(&path))
            }
            Content::Print(printed) => {
                let from = self.folder.out.join(printed);
                mixsmith_audio::copy_atomic(self.folder.disk(), &from, &path)
                    .map_err(PipelineError::io(&path))
            }
            Content::Archive(entries) => {
                self.archive(&path, entries, sounds).map_err(PipelineError::io(&path))
            }
        }
    }

    /// Writes one channel of a WAV file, as it is, in floating point.
    fn channel(&self, from: &Path, channel: usize, to: &Path) -> io::Result<()> {
        let mut read = mixsmith_audio::read(from).map_err(io::Error::other)?;
        let audio = read.streams.pop().map(|stream| stream.audio).unwrap_or_default();
        let samples = audio.channels.get(channel).map_or(&[][..], Vec::as_slice);
        let disk = self.folder.disk();
        let mut writer = WavWriter::create_on(disk, to, audio.rate, 1, Sample::F32, Dither::None)?;
        writer.write(&[samples])?;
        writer.finish().map(|_| ())
    }

    fn archive(&self, path: &Path, entries: &[Written], sounds: &Waiting<'_>) -> io::Result<()> {
        let disk = self.folder.disk();
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut packer = Packer::new(disk.create(&part)?);
        for entry in entries {
            match &entry.content {
                Content::Bytes(bytes) => packer.add(&entry.path, true, &mut bytes.as_slice())?,
                Content::Sound(n) => {
                    let from = sounds.files.get(*n).cloned().unwrap_or_default();
                    let mut file = File::open(from)?;
                    packer.add(&entry.path, false, &mut file as &mut dyn Read)?;
                }
                Content::Channel(..) | Content::Print(_) | Content::Archive(_) => {}
            }
        }
        let mut file = packer.finish()?;
        file.sync()?;
        drop(file);
        disk.rename(&part, path)
    }
}

/// Can a whole number of a scale hold the sample exactly?
fn holds(x: f32, scale: f32) -> bool {
    let scaled = x * scale;
    scaled.fract() == 0.0 && scaled >= -scale && scaled < scale
}

/// Reads a clip block by block.
fn blocks(clip: &Clip, channels: usize, mut each: impl FnMut(&[&[f32]]) -> io::Result<()>) -> io::Result<()> {
    const BLOCK: u64 = 1 << 15;
    let mut from = 0;
    while from < clip.frames {
        let frames = BLOCK.min(clip.frames - from) as usize;
        let mut block = vec![vec![0.0f32; frames]; channels];
        let mut slices: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
        clip.read(from as i64, &mut slices);
        let slices: Vec<&[f32]> = block.iter().map(Vec::as_slice).collect();
        each(&slices)?;
        from += frames as u64;
    }
    match clip.fault() {
        Some(fault) => Err(io::Error::other(fault.to_owned())),
        None => Ok(()),
    }
}

/// A gain, frame by frame.
#[derive(Clone, Debug, Default)]
struct Gain(Vec<f32>);

impl Sink for &mut Gain {
    fn write(&mut self, left: &[f32], _: &[f32]) -> io::Result<()> {
        self.0.extend_from_slice(left);
        Ok(())
    }
}

/// A print on its way to a file.
struct Tape {
    writer: WavWriter,
    channels: usize,
}

impl Sink for &mut Tape {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        if self.channels == 1 { self.writer.write(&[left]) } else { self.writer.write(&[left, right]) }
    }
}
