//! What a file says of itself.

/// How the sound was coded, or for plain samples the kind of file that held them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// WAV, Broadcast WAV, RF64, BW64 or Wave64.
    Wav,
    /// AIFF or AIFF-C.
    Aiff,
    /// Apple Core Audio with plain samples.
    Caf,
    /// Free Lossless Audio Codec.
    Flac,
    /// Apple Lossless.
    Alac,
    /// MPEG audio, layers 1 to 3.
    Mp3,
    /// Ogg Vorbis.
    Vorbis,
    /// Advanced Audio Coding.
    Aac,
    /// Anything else that could be decoded.
    Other,
}

impl Format {
    /// The name a person would use.
    pub fn name(self) -> &'static str {
        match self {
            Format::Wav => "WAV",
            Format::Aiff => "AIFF",
            Format::Caf => "CAF",
            Format::Flac => "FLAC",
            Format::Alac => "Apple Lossless",
            Format::Mp3 => "MP3",
            Format::Vorbis => "Ogg Vorbis",
            Format::Aac => "AAC",
            Format::Other => "another format",
        }
    }

    /// Does this coding throw detail away (and so perhaps move the sound in time)?
    pub fn lossy(self) -> bool {
        matches!(self, Format::Mp3 | Format::Vorbis | Format::Aac)
    }
}

/// What a file, or one stream of it, says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// How the sound was coded.
    pub format: Format,
    /// Frames per second.
    pub rate: u32,
    /// How many channels.
    pub channels: usize,
    /// Bits a sample, where the coding has such a thing.
    pub bits: Option<u32>,
    /// Are the samples floating point, so that they may pass full scale?
    pub float: bool,
    /// Was detail thrown away? Then alignment is not guaranteed either.
    pub lossy: bool,
    /// Where the sound starts on its session's clock, in frames since midnight: the time reference of
    /// Broadcast WAV (EBU Tech 3285).
    pub start: Option<u64>,
    /// Frames really read, after the encoder's delay was removed.
    pub frames: u64,
    /// Frames of encoder delay that were removed, where the file states it.
    pub removed_delay: Option<u64>,
    /// Name of the stem inside a file of several stems.
    pub name: Option<String>,
    /// Colour of that stem, `#RRGGBB`.
    pub colour: Option<String>,
}
