//! One decoded recording, read from anywhere.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::read::{self, limits, samples::Stored};
use crate::{Audio, ReadError, Stamp};

/// Most frames read from a file at a time: of a unit of sixteen mono tracks of 24 bits, 400 kB.
const PIECE: usize = 8192;

/// The identity of the next clip.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// One decoded recording at the song's rate. It may be read by many threads at once, at any position.
#[derive(Debug)]
pub struct Clip {
    /// Frames per second.
    pub rate: u32,
    /// How many channels.
    pub channels: usize,
    /// Length in frames.
    pub frames: u64,
    source: Source,
    /// What a recording was when it was opened where it stands: nobody has looked through it, and others may write to it.
    foreign: Option<Stamp>,
    fault: OnceLock<String>,
    identity: u64,
}

#[derive(Debug)]
enum Source {
    Memory(Audio),
    /// Plain samples, from this byte on.
    File {
        file: File,
        from: u64,
        stored: Stored,
    },
}

thread_local! {
    /// Kept so that reading allocates only once a thread.
    static AHEAD: RefCell<Ahead> = RefCell::default();
}

/// What was read of a clip beyond what was asked for: many short reads, one after the other, are a few long ones for the system.
#[derive(Debug, Default)]
pub struct Ahead {
    /// The identity of the clip, and the frames of it that are here.
    clip: u64,
    frames: Range<u64>,
    bytes: Vec<u8>,
}

/// Plain samples in a file, from a byte on.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'a File,
    from: u64,
    stored: Stored,
}

impl Ahead {
    /// The bytes of these frames, at most a [`PIECE`] of them, of a clip in a file; `beyond` reads more where it must read.
    fn bytes(&mut self, clip: &Clip, place: Place, frames: Range<u64>, beyond: bool) -> io::Result<&[u8]> {
        let block = place.stored.block();
        let here = self.frames.start <= frames.start && frames.end <= self.frames.end;
        if !here || self.clip != clip.identity {
            let most = if beyond { clip.frames.min(frames.start + PIECE as u64) } else { 0 };
            self.bytes.resize(self.bytes.len().max(PIECE * block), 0);
            (self.clip, self.frames) = (clip.identity, 0..0);
            let byte = place.from + frames.start * block as u64;
            let read = |end: u64, bytes: &mut [u8]| {
                let length = (end - frames.start) as usize * block;
                read_exact_at(place.file, &mut bytes[..length], byte).map(|()| end)
            };
            let end = match read(most.max(frames.end), &mut self.bytes) {
                // What lies beyond may be missing where what is asked for is there.
                Err(_) if most > frames.end => read(frames.end, &mut self.bytes)?,
                read => read?,
            };
            self.frames = frames.start..end;
        }
        let first = (frames.start - self.frames.start) as usize * block;
        Ok(&self.bytes[first..first + (frames.end - frames.start) as usize * block])
    }
}

impl Clip {
    /// A clip that stays in memory. What is not a number, or endless, is silence: one track must not take the mix with it.
    pub fn in_memory(mut audio: Audio) -> Clip {
        for x in audio.channels.iter_mut().flatten().filter(|x| !x.is_finite()) {
            *x = 0.0;
        }
        let (rate, channels, frames) = (audio.rate, audio.channels.len(), audio.frames() as u64);
        Clip::new(rate, channels, frames, Source::Memory(audio))
    }

    /// A clip of plain samples that stay on disk, from this byte on.
    pub(crate) fn in_file(file: File, from: u64, stored: Stored, rate: u32, frames: u64) -> Clip {
        Clip::new(rate, stored.channels, frames, Source::File { file, from, stored })
    }

    fn new(rate: u32, channels: usize, frames: u64, source: Source) -> Clip {
        let identity = NEXT.fetch_add(1, Ordering::Relaxed);
        Clip { rate, channels, frames, source, foreign: None, fault: OnceLock::new(), identity }
    }

    /// A number that no other clip of this run of the program has or had: two reads of one identity give the same sound,
    /// as long as there is no [`Clip::fault`].
    pub fn identity(&self) -> u64 {
        self.identity
    }

    /// Opens a file of plain samples (WAV and its relatives, AIFF, CAF) where it stands: nothing is read yet, and no memory taken
    /// for its sound. Gives none where it must be decoded first, or where anything about it needs a word to the person:
    /// see [`read`](crate::read()).
    pub fn open(path: &Path) -> Result<Option<Clip>, ReadError> {
        let (mut file, container) = read::open(path)?;
        let stamp = Stamp::from(&file.metadata().map_err(|e| ReadError::io(path, e))?);
        let Some(plain) = read::find(path, &mut file, container)? else { return Ok(None) };
        if !plain.problems.is_empty() || plain.info.frames == 0 {
            return Ok(None);
        }
        let clip = Clip::in_file(file, plain.from, plain.stored, plain.info.rate, plain.info.frames);
        Ok(Some(Clip { foreign: Some(stamp), ..clip }))
    }

    /// Fills the slices, one a channel and all of equal length, with the frames from `from` on. Frames
    /// before the start and past the end are silence, and so are channels that the clip does not have.
    ///
    /// What cannot be read is silence too, and [`Clip::fault`] says so afterwards.
    pub fn read(&self, from: i64, into: &mut [&mut [f32]]) {
        AHEAD.with_borrow_mut(|ahead| {
            ahead.frames = 0..0;
            self.fill(ahead, false, from, into);
        });
    }

    /// As [`Clip::read`], for short pieces in a row: what is read from a file beyond a piece waits for the next.
    pub fn read_on(&self, ahead: &mut Ahead, from: i64, into: &mut [&mut [f32]]) {
        self.fill(ahead, true, from, into);
    }

    fn fill(&self, ahead: &mut Ahead, beyond: bool, from: i64, into: &mut [&mut [f32]]) {
        let wanted = into.first().map_or(0, |channel| channel.len());
        // The part of the wanted frames, counted from `from`, where the clip has sound.
        let begin = from.saturating_neg().clamp(0, wanted as i64) as usize;
        let end = (i128::from(self.frames) - i128::from(from)).clamp(begin as i128, wanted as i128) as usize;
        for (number, channel) in into.iter_mut().enumerate() {
            if number < self.channels {
                channel[..begin].fill(0.0);
                channel[end..].fill(0.0);
            } else {
                channel.fill(0.0);
            }
        }
        if begin == end || self.channels == 0 {
            return;
        }
        // Not negative: where `begin` is not past `from`'s deficit there is nothing to read.
        let first = (i128::from(from) + begin as i128) as u64;
        match &self.source {
            Source::Memory(audio) => {
                let first = first as usize;
                for (channel, samples) in into.iter_mut().zip(&audio.channels) {
                    channel[begin..end].copy_from_slice(&samples[first..first + end - begin]);
                }
            }
            Source::File { file, from, stored } => {
                let place = Place { file, from: *from, stored: *stored };
                self.read_file(ahead, beyond, place, first, begin..end, into);
            }
        }
    }

    /// The first thing that went wrong while this clip was read: asked after a render, since reading itself gives silence. A
    /// recording that is read where it stands is also asked whether somebody has written to it since it was opened.
    pub fn fault(&self) -> Option<&str> {
        if self.fault.get().is_none() && self.is_another() {
            let _ = self.fault.set("another program wrote to it in the meantime".to_owned());
        }
        self.fault.get().map(String::as_str)
    }

    fn is_another(&self) -> bool {
        match (&self.source, &self.foreign) {
            (Source::File { file, .. }, Some(stamp)) => {
                !file.metadata().is_ok_and(|about| Stamp::from(&about) == *stamp)
            }
            _ => false,
        }
    }

    fn read_file(
        &self,
        ahead: &mut Ahead,
        beyond: bool,
        place: Place,
        first: u64,
        span: Range<usize>,
        into: &mut [&mut [f32]],
    ) {
        let stored = place.stored;
        for at in span.clone().step_by(PIECE) {
            let frames = PIECE.min(span.end - at);
            let frame = first + (at - span.start) as u64;
            let bytes = match ahead.bytes(self, place, frame..frame + frames as u64, beyond) {
                Ok(bytes) => bytes,
                Err(error) => {
                    into.iter_mut().take(self.channels).for_each(|c| c[at..span.end].fill(0.0));
                    self.fault.get_or_init(|| {
                        format!("the sound could not be read from frame {frame} on: {error}")
                    });
                    return;
                }
            };
            for (number, channel) in into.iter_mut().take(self.channels).enumerate() {
                let to = &mut channel[at..at + frames];
                stored.decode(bytes, number, to);
                if self.foreign.is_some() && stored.coding.float() {
                    // What is not a number, or absurd, is silence.
                    to.iter_mut().for_each(|x| *x = if x.abs() <= limits::LOUDEST { *x } else { 0.0 });
                }
            }
        }
    }
}

#[cfg(unix)]
pub(crate) fn read_exact_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(windows)]
pub(crate) fn read_exact_at(file: &File, mut into: &mut [u8], mut at: u64) -> io::Result<()> {
    while !into.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, into, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                into = &mut into[read..];
                at += read as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
