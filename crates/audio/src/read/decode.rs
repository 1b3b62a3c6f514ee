//! Everything but plain WAV, through the decoding library.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known as codec;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::sniff::Container;
use super::{Stream, limits, mp4};
use crate::{Audio, Format, Info, Problem, ReadError};

/// Longest packet that is made up by silence when it cannot be decoded, in frames.
const LONGEST_PACKET: u64 = 1 << 17;

/// Most frames that are made up by silence in a stream where packets are missing: a header's numbers are
/// claims, and each costs memory.
const MOST_MISSING: u64 = 1 << 22;

/// Most samples that a byte of a true recording unpacks to, and how many any file may unpack to whatever its size:
/// 23 minutes in mono at 48 kHz. Digital silence in FLAC's usual blocks of 4096 frames comes to 600 a byte.
const UNPACKED: (u64, u64) = (1024, 1 << 26);

/// Decodes all audio streams of a file.
pub fn read(path: &Path, file: File, container: Container) -> Result<super::Read, ReadError> {
    // The library is safe Rust, but its arithmetic may panic on hostile input, and that must not end a mix.
    catch_unwind(AssertUnwindSafe(|| decode(path, file, container)))
        .unwrap_or_else(|_| Err(ReadError::damaged(path, "its content contradicts itself")))
}

/// One stream while it is decoded.
struct Voice {
    id: u32,
    decoder: Box<dyn AudioDecoder>,
    format: Format,
    bits: Option<u32>,
    float: bool,
    /// Frames that the file claims, without delay and padding, where it does.
    claimed: Option<u64>,
    removed_delay: Option<u64>,
    /// Do packets carry the number of their first frame, which tells what is missing between them?
    numbered: bool,
    rate: u32,
    channels: Vec<Vec<f32>>,
    /// How many more frames of silence are believed to be missing.
    patience: u64,
    broken: u64,
    first_broken: usize,
}

fn decode(path: &Path, file: File, container: Container) -> Result<super::Read, ReadError> {
    let length = file.metadata().map_err(|e| ReadError::io(path, e))?.len();
    let atoms = match container {
        Container::Mp4 => mp4::read(&file).map_err(|e| ReadError::io(path, e))?,
        _ => mp4::Atoms::default(),
    };
    if container == Container::Mp4 && !atoms.table {
        // The library would read to the end of the file in search of it.
        return Err(ReadError::damaged(
            path,
            "the table of what it holds is missing, as after a recording that was cut off",
        ));
    }
    let mut hint = Hint::new();
    hint.with_extension(container.extension());
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let probed = symphonia::default::get_probe().probe(
        &hint,
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    );
    let mut format = probed.map_err(|e| opening(path, e))?;
    let mut voices = voices(path, format.as_ref(), container)?;
    // Said before the memory is filled, where the file is large enough for the claim to be true.
    let claimed = format.tracks().iter().fold(0, |sum: u64, track| sum.saturating_add(samples(track)));
    if claimed > limits::SAMPLES && claimed <= length.saturating_mul(8 * UNPACKED.0) {
        return Err(ReadError::TooLong { file: path.to_owned(), limit: limits::SAMPLES });
    }
    let mut problems = Vec::new();
    packets(path, format.as_mut(), &mut voices, length, &mut problems)?;

    let many = voices.len() > 1;
    let mut streams = Vec::new();
    for (number, mut voice) in voices.into_iter().enumerate() {
        if voice.rate == 0 {
            continue;
        }
        if let Some(edit) = atoms.edits.get(&voice.id).copied() {
            voice.cut(edit);
        }
        let of = if many { format!("Stream {}: ", number + 1) } else { String::new() };
        voice.complain(&of, path, &mut problems);
        let stem = number.checked_sub(1).and_then(|stem| atoms.stems.get(stem));
        streams.push(voice.stream(stem));
    }
    // The first stream of a file of stems is the mix of the others.
    if streams.len() > 1 && (!atoms.stems.is_empty() || named_as_stems(path)) {
        streams.remove(0);
    }
    Ok(super::Read { streams, problems })
}

/// Samples over all channels that a stream claims.
fn samples(track: &Track) -> u64 {
    let channels = match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => parameters.channels.as_ref().map_or(1, |c| c.count()),
        _ => 0,
    };
    track.num_frames.unwrap_or(0).saturating_mul(channels as u64)
}

fn named_as_stems(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.ends_with(".stem.mp4") || name.ends_with(".stem.m4a")
}

fn opening(path: &Path, error: Error) -> ReadError {
    match error {
        // A place that a header names and no file can have.
        Error::IoError(e) if e.kind() == std::io::ErrorKind::InvalidInput => {
            ReadError::damaged(path, "its header claims a length that no file has")
        }
        Error::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => ReadError::io(path, e),
        Error::IoError(_) => ReadError::damaged(path, "it ends inside its header"),
        Error::Unsupported(what) if what.starts_with("core (probe)") => {
            ReadError::damaged(path, "it begins as a sound file does, but no sound could be found in it")
        }
        Error::Unsupported(what) => {
            ReadError::unsupported(path, format!("it holds what is not read here ({what})"))
        }
        other => ReadError::damaged(path, contradiction(&other)),
    }
}

/// The library's words, with a beginning that says what they are about.
fn contradiction(error: &Error) -> String {
    let words = error.to_string();
    format!("its content contradicts itself ({})", words.trim_start_matches("malformed stream: "))
}

/// A decoder for each stream with sound.
fn voices(path: &Path, format: &dyn FormatReader, container: Container) -> Result<Vec<Voice>, ReadError> {
    let mut voices = Vec::new();
    let mut missing = None;
    for track in format.tracks() {
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { continue };
        let made =
            symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default());
        match made {
            Ok(decoder) => voices.push(Voice::new(track, parameters, decoder, container)),
            Err(error) => missing = Some(refusal(parameters.codec, error)),
        }
    }
    match missing {
        _ if !voices.is_empty() => Ok(voices),
        Some(what) => Err(ReadError::unsupported(path, what)),
        None => Err(ReadError::not_audio(path, "it has no stream with sound")),
    }
}

fn refusal(id: AudioCodecId, error: Error) -> String {
    match id {
        codec::CODEC_ID_OPUS => "it is coded as Opus, which is not decoded".into(),
        codec::CODEC_ID_WAVPACK => "it is coded as WavPack, which is not decoded".into(),
        codec::CODEC_ID_AC3 | codec::CODEC_ID_EAC3 => "it is coded as AC-3, which is not decoded".into(),
        _ => format!("its sound is coded in a way that is not read ({error})"),
    }
}

/// Decodes to the end, or to where the file is damaged beyond going on.
fn packets(
    path: &Path,
    format: &mut dyn FormatReader,
    voices: &mut [Voice],
    length: u64,
    problems: &mut Vec<Problem>,
) -> Result<(), ReadError> {
    let mut total = 0u64;
    let most = UNPACKED.1.saturating_add(length.saturating_mul(UNPACKED.0));
    let stopped = loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break None,
            Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                break Some("the file ends in the middle".to_string());
            }
            Err(Error::IoError(e)) => return Err(ReadError::io(path, e)),
            Err(Error::ResetRequired) => break Some("a second recording follows in the same file".into()),
            Err(e) => break Some(contradiction(&e)),
        };
        let Some(voice) = voices.iter_mut().find(|voice| voice.id == packet.track_id) else { continue };
        voice.catch_up(packet.pts.get());
        match voice.decoder.decode(&packet) {
            Ok(sound) => {
                total += sound.samples_interleaved() as u64;
                if total > limits::SAMPLES {
                    return Err(ReadError::TooLong { file: path.to_owned(), limit: limits::SAMPLES });
                }
                if total > most {
                    let what = "it unpacks to more than a thousand times its size, as no recording does";
                    return Err(ReadError::damaged(path, what));
                }
                if let Err(what) = append(sound, &mut voice.rate, &mut voice.channels) {
                    if voice.rate == 0 {
                        return Err(ReadError::unsupported(path, what));
                    }
                    break Some(what);
                }
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) => voice.skip(packet.dur.get()),
            Err(e) => break Some(contradiction(&e)),
        }
    };
    if let Some(why) = stopped {
        let at = voices.iter().map(Voice::seconds).fold(0.0, f64::max);
        let what = format!(
            "Reading stopped at {at:.3} s: {why}. What came before was kept; \
             copy or export the file again if the end is missing."
        );
        problems.push(Problem::warning(path, what));
    }
    Ok(())
}

/// Adds decoded frames to the planar channels.
fn append(sound: GenericAudioBufferRef, rate: &mut u32, channels: &mut Vec<Vec<f32>>) -> Result<(), String> {
    let frames = sound.frames();
    if frames == 0 {
        return Ok(());
    }
    let (planes, its_rate) = (sound.num_planes(), sound.spec().rate());
    if *rate == 0 {
        if planes == 0 || planes > limits::CHANNELS {
            return Err(format!("it has {planes} channels, and 1 to {} are read", limits::CHANNELS));
        }
        if !limits::RATES.contains(&its_rate) {
            return Err(format!("its sample rate of {its_rate} Hz is not between 1 kHz and 768 kHz"));
        }
        *rate = its_rate;
        *channels = vec![Vec::new(); planes];
    }
    if planes != channels.len() || its_rate != *rate {
        return Err("the sample rate or the number of channels changes".into());
    }
    let from = channels[0].len();
    let mut room: Vec<&mut [f32]> = Vec::with_capacity(planes);
    for channel in channels {
        channel.resize(from + frames, 0.0);
        room.push(&mut channel[from..]);
    }
    sound.copy_to_slice_planar::<f32, _>(&mut room);
    Ok(())
}

impl Voice {
    fn new(
        track: &Track,
        parameters: &AudioCodecParameters,
        decoder: Box<dyn AudioDecoder>,
        container: Container,
    ) -> Voice {
        let format = match parameters.codec {
            codec::CODEC_ID_FLAC => Format::Flac,
            codec::CODEC_ID_ALAC => Format::Alac,
            codec::CODEC_ID_AAC => Format::Aac,
            codec::CODEC_ID_VORBIS => Format::Vorbis,
            codec::CODEC_ID_MP1 | codec::CODEC_ID_MP2 | codec::CODEC_ID_MP3 => Format::Mp3,
            _ => match container {
                Container::Aiff => Format::Aiff,
                Container::Caf => Format::Caf,
                Container::Riff => Format::Wav,
                _ => Format::Other,
            },
        };
        let float = matches!(
            parameters.codec,
            codec::CODEC_ID_PCM_F32LE
                | codec::CODEC_ID_PCM_F32BE
                | codec::CODEC_ID_PCM_F64LE
                | codec::CODEC_ID_PCM_F64BE
        );
        let bits = if format.lossy() { None } else { parameters.bits_per_sample };
        Voice {
            id: track.id,
            decoder,
            format,
            bits,
            float: float || format.lossy(),
            claimed: track.num_frames,
            // No MP3 encoder has a delay of nought: the tag is not one of those that state it.
            removed_delay: track.delay.filter(|delay| format != Format::Mp3 || *delay > 0).map(u64::from),
            numbered: container == Container::Flac,
            rate: 0,
            channels: Vec::new(),
            patience: MOST_MISSING,
            broken: 0,
            first_broken: 0,
        }
    }

    fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate.max(1))
    }

    /// Silence in place of frames that the library passed over in search of the next sound packet.
    fn catch_up(&mut self, frame: i64) {
        let missing = u64::try_from(frame).unwrap_or(0).saturating_sub(self.frames() as u64);
        if self.numbered && self.rate > 0 && missing > 0 && missing <= self.patience {
            self.patience -= missing;
            self.skip(missing);
        }
    }

    /// Silence in place of a packet that cannot be decoded, so that what follows stays in time.
    fn skip(&mut self, frames: u64) {
        if self.broken == 0 {
            self.first_broken = self.frames();
        }
        self.broken += 1;
        let to = self.frames() + frames.min(LONGEST_PACKET) as usize;
        self.channels.iter_mut().for_each(|channel| channel.resize(to, 0.0));
    }

    /// Removes what the encoder put before and after the sound.
    fn cut(&mut self, edit: mp4::Edit) {
        let rate = u128::from(self.rate);
        let frames = |time: u64| (u128::from(time) * rate / u128::from(edit.timescale.max(1))) as usize;
        let start = frames(edit.start).min(self.frames());
        let end = (frames(edit.start.saturating_add(edit.length))).clamp(start, self.frames());
        for channel in &mut self.channels {
            channel.truncate(end);
            channel.drain(..start);
        }
        self.removed_delay = Some(start as u64);
        self.claimed = Some(frames(edit.length) as u64);
    }

    fn complain(&self, of: &str, path: &Path, problems: &mut Vec<Problem>) {
        if self.broken > 0 {
            let at = self.first_broken as f64 / f64::from(self.rate);
            let what = match self.broken {
                1 => format!("{of}A piece at {at:.3} s is damaged. It was"),
                many => format!("{of}{many} pieces are damaged, the first at {at:.3} s. They were"),
            };
            let what = format!("{what} replaced by silence; copy or export the file again.");
            problems.push(Problem::warning(path, what));
        }
        let frames = self.frames() as u64;
        // Apple Lossless in CAF claims whole packets, and lossy codings end in padding.
        let slack = if self.format == Format::Alac || self.format.lossy() { 4096 } else { 0 };
        let claimed = self.claimed.filter(|claimed| *claimed > frames + slack);
        if let Some(claimed) = claimed {
            let rate = f64::from(self.rate);
            problems.push(Problem::short(path, of, claimed as f64 / rate, frames as f64 / rate));
        }
        if matches!(self.format, Format::Mp3 | Format::Aac) && self.removed_delay.is_none() {
            let what = format!(
                "{of}This {} does not state its encoder's delay, so it may lie some 25 to 50 ms late \
                 against the other tracks. Use the original recording if there is one.",
                self.format.name()
            );
            problems.push(Problem::note(path, what));
        }
    }

    fn stream(self, stem: Option<&mp4::Stem>) -> Stream {
        let info = Info {
            format: self.format,
            rate: self.rate,
            channels: self.channels.len(),
            bits: self.bits,
            float: self.float,
            lossy: self.format.lossy(),
            start: None,
            frames: self.frames() as u64,
            removed_delay: self.removed_delay,
            name: stem.map(|stem| stem.name.clone()),
            colour: stem.and_then(|stem| stem.colour.clone()),
        };
        Stream { info, audio: Audio { rate: self.rate, channels: self.channels } }
    }
}
