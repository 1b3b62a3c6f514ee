//! Archives (ZIP) as projects are packed in, without those that are made to do harm.

use std::io::{self, Read, Seek, SeekFrom, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::format::MOST_TEXT;
use crate::{ReadError, ReadSeek};

/// Most entries: a project has one for each sound and each state of a plugin.
const MOST: u64 = 10_000;
/// Largest share of an entry's size over its packed size.
const RATIO: u64 = 200;
/// How far from the end the archive's list can be found: its own size and the longest comment (APPNOTE 4.3.16).
const END: u64 = 22 + 65_535;

/// An archive that may be opened.
pub(crate) struct Archive<'a>(ZipArchive<&'a mut dyn ReadSeek>);

impl<'a> Archive<'a> {
    /// Opens an archive, if it has no more entries than a project can have.
    pub fn open(file: &'a mut dyn ReadSeek, what: &'static str) -> Result<Self, ReadError> {
        let count = entries(file)?.ok_or_else(|| ReadError::NotThis(what, "it is no archive".to_owned()))?;
        if count > MOST {
            return Err(ReadError::Refused(format!(
                "it has {count} entries, and no project has more than {MOST}"
            )));
        }
        let archive = ZipArchive::new(file).map_err(|error| ReadError::NotThis(what, error.to_string()))?;
        Ok(Archive(archive))
    }

    /// The content of a text in it; nothing where there is none of that name.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        let entry = match self.0.by_name(name) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(ReadError::NotThis("ZIP", error.to_string())),
        };
        let most = entry.compressed_size().saturating_mul(RATIO).clamp(1 << 16, MOST_TEXT);
        if entry.size() > most {
            return Err(ReadError::Refused(format!("{name} says that it is {} MB", entry.size() >> 20)));
        }
        let mut bytes = Vec::new();
        entry.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(ReadError::Refused(format!("{name} is longer than it says")));
        }
        crate::format::text(bytes).map(Some)
    }
}

/// How many entries an archive says that it has.
fn entries(file: &mut dyn ReadSeek) -> Result<Option<u64>, ReadError> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut tail = Vec::new();
    (&mut *file).take(END).read_to_end(&mut tail)?;
    file.rewind()?;
    let Some(at) = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else { return Ok(None) };
    let number =
        |from: usize| tail.get(from..from + 2).map_or(0, |b| u64::from(u16::from_le_bytes([b[0], b[1]])));
    // 65535 means that the true number stands in another record, which no project of ours needs.
    Ok(Some(number(at + 10)))
}

/// Copies an entry of a project's archive out of it, no more than it can honestly hold.
pub fn copy_entry(
    file: &mut dyn ReadSeek,
    name: &str,
    to: &mut dyn Write,
    most: u64,
) -> Result<u64, ReadError> {
    let mut archive = Archive::open(file, "ZIP")?;
    let entry = archive.0.by_name(name).map_err(|error| ReadError::NotThis("ZIP", error.to_string()))?;
    if entry.is_dir() || entry.is_symlink() {
        return Err(ReadError::Refused(format!("{name} is no file")));
    }
    let most = entry.compressed_size().saturating_mul(RATIO).max(1 << 16).min(most);
    let mut taken = entry.take(most + 1);
    let copied = io::copy(&mut taken, to)?;
    if copied > most {
        return Err(ReadError::Refused(format!("{name} unpacks to more than {} MB", most >> 20)));
    }
    Ok(copied)
}

/// Packs an archive (ZIP) that has the same bytes each time.
#[derive(Debug)]
pub struct Packer<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Packer<W> {
    /// Begins an archive.
    pub fn new(to: W) -> Self {
        Packer(ZipWriter::new(to))
    }

    /// Adds a file, made smaller where it is said to be worth it: sound is not.
    pub fn add(&mut self, path: &str, smaller: bool, content: &mut dyn Read) -> io::Result<()> {
        let method = if smaller { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .large_file(!smaller);
        self.0.start_file(path, options).map_err(io::Error::other)?;
        io::copy(content, &mut self.0).map(|_| ())
    }

    /// Ends the archive and gives back what it was written to.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish().map_err(io::Error::other)
    }
}
