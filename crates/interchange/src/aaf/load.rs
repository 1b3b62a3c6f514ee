//! Objects out of a compound file, no more of them than a project can honestly have.

use std::collections::BTreeSet;
use std::io::{self, Read, SeekFrom};

use cfb::CompoundFile;

use super::id::Auid;
use super::object::{LITTLE, Object, Value, text_of};
use super::store::forms;
use super::terms::pids;
use crate::format::MOST_TEXT;
use crate::{ReadError, ReadSeek};

/// Most objects of a project, beside its definitions: each point of automation is one.
const MOST: usize = 100_000;
/// Most properties of all objects.
const MOST_PROPERTIES: usize = 500_000;
/// How deep objects may lie in each other: far deeper than any program puts them.
const DEEPEST: usize = 64;
/// Most bytes of all streams that are read, which may be no more than those of the file.
const MOST_BYTES: usize = MOST_TEXT as usize;

/// What is not read: definitions, comments and the attributes of single programs.
const PASSED_OVER: [u16; 9] = [
    pids::META_DICTIONARY,
    pids::DICTIONARY,
    pids::IDENTIFICATION_LIST,
    pids::KLV_DATA,
    pids::USER_COMMENTS,
    pids::ATTRIBUTES,
    pids::MOB_USER_COMMENTS,
    pids::MOB_KLV_DATA,
    pids::MOB_ATTRIBUTES,
];

/// A project's content.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The mobs.
    pub mobs: Vec<Object>,
    /// Does the file hold sound itself?
    pub holds_sound: bool,
}

/// Reads the content of a file.
pub(super) fn load(file: &mut dyn ReadSeek) -> Result<Loaded, ReadError> {
    sane(file)?;
    let file = CompoundFile::open(file).map_err(not)?;
    let mut loading = Loading { file, taken: BTreeSet::new(), properties: 0, bytes: 0 };
    let root = loading.object("", 0)?;
    let content = root.read_one(pids::HEADER).and_then(|header| header.read_one(pids::CONTENT));
    let content = content.ok_or_else(|| no("it has no header with content"))?;
    let holds_sound = content.get(pids::ESSENCE_DATA).is_some();
    let mobs = content.all(pids::MOBS).into_iter().cloned().collect();
    Ok(Loaded { mobs, holds_sound })
}

fn no(why: &str) -> ReadError {
    ReadError::NotThis("AAF", why.to_owned())
}

fn not(error: io::Error) -> ReadError {
    no(&error.to_string())
}

fn refused(why: &str) -> ReadError {
    ReadError::Refused(why.to_owned())
}

/// Looks whether the container's own tables are in proportion to the file, before they are taken into memory.
fn sane(file: &mut dyn ReadSeek) -> Result<(), ReadError> {
    let length = file.seek(SeekFrom::End(0))?;
    if length > MOST_TEXT {
        let says = format!(
            "it is larger than {} MB: export it with its audio files beside it, not inside",
            MOST_TEXT >> 20
        );
        return Err(ReadError::Refused(says));
    }
    file.rewind()?;
    let mut head = [0u8; 512];
    file.read_exact(&mut head).map_err(|_| no("it is too short"))?;
    if head[..8] != *b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" {
        return Err(no("it is no compound file"));
    }
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let sector: u64 = if head[30] == 12 { 4096 } else { 512 };
    // A sector of the list names a table of sectors with each of its numbers but the last, which leads to the next.
    let tables = (length / sector).div_ceil(sector / 4);
    let most = tables.saturating_sub(109).div_ceil(sector / 4 - 1) + 1;
    let mut next = number(68);
    for _ in 0..=most {
        if next >= 0xffff_fffa {
            file.rewind()?;
            return Ok(());
        }
        let at = (u64::from(next) + 1) * sector + sector - 4;
        let mut bytes = [0u8; 4];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes).map_err(|_| no("a list of its sectors is cut off"))?;
        next = u32::from_le_bytes(bytes);
    }
    Err(refused("its tables are larger than the file needs"))
}

struct Loading<'a> {
    file: CompoundFile<&'a mut dyn ReadSeek>,
    /// Folders and streams that were read. Each belongs to one object, so nothing goes round in a circle.
    taken: BTreeSet<String>,
    properties: usize,
    bytes: usize,
}

/// Numbers from the front of some bytes.
struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| no("a stream is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, ReadError> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Result<u16, ReadError> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }

    fn u32(&mut self) -> Result<u32, ReadError> {
        self.take(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}

impl Loading<'_> {
    fn stream(&mut self, path: &str) -> Result<Vec<u8>, ReadError> {
        // Names are the same whatever their case (MS-CFB, 2.6.4).
        if !path.is_ascii() || !self.taken.insert(path.to_ascii_lowercase()) {
            return Err(refused("two of its objects share what they are made of"));
        }
        if self.taken.len() > 2 * MOST {
            return Err(refused("it has more objects than a project can"));
        }
        let stream = self.file.open_stream(path).map_err(not)?;
        let mut bytes = Vec::new();
        let room = MOST_BYTES.saturating_sub(self.bytes);
        stream.take(room as u64 + 1).read_to_end(&mut bytes).map_err(not)?;
        self.bytes += bytes.len();
        if bytes.len() > room {
            return Err(refused("its streams hold more than a project can"));
        }
        Ok(bytes)
    }

    /// Reads the object in the folder at a path, and all in it.
    fn object(&mut self, path: &str, depth: usize) -> Result<Object, ReadError> {
        if depth > DEEPEST {
            return Err(refused("its objects lie deeper in each other than those of any project"));
        }
        let folder = if path.is_empty() { "/" } else { path };
        let class = Auid(self.file.entry(folder).map_err(not)?.clsid().to_bytes_le());
        let bytes = self.stream(&format!("{path}/properties"))?;
        let mut head = Numbers(&bytes);
        if head.byte()? != LITTLE {
            return Err(no("its numbers have the high byte first"));
        }
        head.byte()?;
        let count = usize::from(head.u16()?);
        self.properties += count;
        if self.properties > MOST_PROPERTIES {
            return Err(refused("its objects have more properties than those of a project can"));
        }
        let mut head = Numbers(head.take(6 * count)?);
        let mut tail = Numbers(&bytes[4 + 6 * count..]);
        let mut object = Object::new(class);
        for _ in 0..count {
            let (pid, form, length) = (head.u16()?, head.u16()?, head.u16()?);
            let bytes = tail.take(usize::from(length))?;
            if let Some(value) = self.value(path, pid, form, bytes, depth)? {
                object.properties.push((pid, value));
            }
        }
        Ok(object)
    }

    fn value(
        &mut self,
        path: &str,
        pid: u16,
        form: u16,
        bytes: &[u8],
        depth: usize,
    ) -> Result<Option<Value>, ReadError> {
        if pid == pids::ESSENCE_DATA {
            return Ok(Some(Value::Data(Vec::new())));
        }
        if pid >= 0x8000 || PASSED_OVER.contains(&pid) {
            return Ok(None);
        }
        // A name that is a path would lead to what belongs to others.
        let name = || match text_of(bytes) {
            name if name.contains(['/', '\\']) || name.starts_with('.') => Err(no("a name in it is a path")),
            name => Ok(format!("{path}/{name}")),
        };
        Ok(match form {
            forms::DATA => Some(Value::Data(bytes.to_vec())),
            forms::ONE => Some(Value::One(Box::new(self.object(&name()?, depth + 1)?))),
            forms::ROW | forms::SET => {
                let name = name()?;
                let index = self.stream(&format!("{name} index"))?;
                let mut index = Numbers(&index);
                let count = index.u32()?;
                index.take(8)?;
                let mut keys = 0;
                if form == forms::SET {
                    index.u16()?;
                    keys = 4 + usize::from(index.byte()?);
                }
                let mut objects = Vec::new();
                for _ in 0..count {
                    let number = index.u32()?;
                    index.take(keys)?;
                    objects.push(self.object(&format!("{name}{{{number:x}}}"), depth + 1)?);
                }
                Some(Value::Row(objects))
            }
            forms::WEAK => {
                let mut reference = Numbers(bytes);
                reference.take(4)?;
                let size = usize::from(reference.byte()?);
                let id = reference.take(size)?;
                id.try_into().ok().map(|id| Value::Weak(Auid(id)))
            }
            _ => None,
        })
    }
}
