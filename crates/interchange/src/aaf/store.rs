//! Objects into a compound file: an object is a folder, its plain properties are one stream in it.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};

use cfb::{CompoundFile, Version};
use uuid::Uuid;

use super::object::{Among, LITTLE, Object, Value, utf16};

/// How properties are stored.
pub(super) mod forms {
    pub const DATA: u16 = 0x82;
    pub const ONE: u16 = 0x22;
    pub const ROW: u16 = 0x32;
    pub const SET: u16 = 0x3a;
    pub const WEAK: u16 = 0x02;
    pub const WEAK_ROW: u16 = 0x12;
    pub const WEAK_SET: u16 = 0x1a;
}

/// The version of stored properties.
const VERSION: u8 = 0x20;
/// What stands in the head of a compound file with sectors of 512 bytes to say that it is AAF.
const KIND: [u8; 16] = *b"AAFB\x0d\x00OM\x06\x0e+4\x01\x01\x01\xff";

/// Writes a root and all below it as a file, which has the same bytes each time.
pub(super) fn store(root: &Object, names: &BTreeMap<u16, &'static str>) -> io::Result<Vec<u8>> {
    let file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
    let mut storing = Storing { file, names };
    storing.object("", root)?;
    storing.stream("/referenced properties", &references())?;
    // Folders get the time at which they are made; no result may depend on that.
    let folders: Vec<_> =
        storing.file.walk().filter(|entry| !entry.is_stream()).map(|entry| entry.path().to_owned()).collect();
    for folder in folders {
        storing.file.set_created_time(&folder, std::time::UNIX_EPOCH)?;
        storing.file.set_modified_time(&folder, std::time::UNIX_EPOCH)?;
    }
    storing.file.flush()?;
    let mut bytes = storing.file.into_inner().into_inner();
    bytes[8..24].copy_from_slice(&KIND);
    Ok(bytes)
}

/// Where weak references lead, by the numbers that they use.
fn references() -> Vec<u8> {
    let paths: Vec<u16> =
        Among::ALL.iter().flat_map(|among| among.path().iter().copied().chain([0])).collect();
    let mut bytes = vec![LITTLE];
    bytes.extend((Among::ALL.len() as u16).to_le_bytes());
    bytes.extend((paths.len() as u32).to_le_bytes());
    bytes.extend(paths.iter().flat_map(|pid| pid.to_le_bytes()));
    bytes
}

struct Storing<'a> {
    file: CompoundFile<Cursor<Vec<u8>>>,
    names: &'a BTreeMap<u16, &'static str>,
}

impl Storing<'_> {
    fn stream(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut stream = self.file.create_new_stream(path)?;
        stream.write_all(bytes)?;
        stream.flush()
    }

    /// Stores an object in the folder at a path, which is made unless it is the root.
    fn object(&mut self, path: &str, object: &Object) -> io::Result<()> {
        let folder = if path.is_empty() { "/" } else { path };
        if !path.is_empty() {
            self.file.create_storage(folder)?;
        }
        self.file.set_storage_clsid(folder, Uuid::from_bytes_le(object.class.0))?;
        let mut head = vec![LITTLE, VERSION];
        head.extend((object.properties.len() as u16).to_le_bytes());
        let mut tail = Vec::new();
        for (pid, value) in &object.properties {
            let (form, bytes) = self.value(path, *pid, value)?;
            let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
            [*pid, form, length].iter().for_each(|number| head.extend(number.to_le_bytes()));
            tail.extend(bytes);
        }
        head.extend(tail);
        self.stream(&format!("{path}/properties"), &head)
    }

    /// Stores what a property leads to; gives its form and what stands in the stream of properties.
    fn value(&mut self, path: &str, pid: u16, value: &Value) -> io::Result<(u16, Vec<u8>)> {
        let name = |room| mangled(self.names.get(&pid).copied().unwrap_or_default(), pid, room);
        match value {
            Value::Data(bytes) => Ok((forms::DATA, bytes.clone())),
            Value::One(object) => {
                let name = name(NAME);
                self.object(&format!("{path}/{name}"), object)?;
                Ok((forms::ONE, utf16(&name)))
            }
            Value::Row(objects) => {
                let name = name(NAME - MARKS);
                let mut index = index_head(objects.len());
                for (n, object) in objects.iter().enumerate() {
                    index.extend((n as u32).to_le_bytes());
                    self.object(&format!("{path}/{name}{{{n:x}}}"), object)?;
                }
                self.stream(&format!("{path}/{name} index"), &index)?;
                Ok((forms::ROW, utf16(&name)))
            }
            Value::Set(key, objects) => {
                let name = name(NAME - MARKS);
                let mut index = index_head(objects.len());
                index.extend(key.to_le_bytes());
                index.push(objects.first().map_or(16, |(key, _)| key.len() as u8));
                for (n, (key, object)) in objects.iter().enumerate() {
                    index.extend((n as u32).to_le_bytes());
                    index.extend(1u32.to_le_bytes());
                    index.extend(key);
                    self.object(&format!("{path}/{name}{{{n:x}}}"), object)?;
                }
                self.stream(&format!("{path}/{name} index"), &index)?;
                Ok((forms::SET, utf16(&name)))
            }
            Value::Weak(id) => Ok((forms::WEAK, [reference(pid), id.0.to_vec()].concat())),
            Value::Weaks(ids, ordered) => {
                let name = name(NAME - MARKS);
                let mut index = (ids.len() as u32).to_le_bytes().to_vec();
                index.extend(reference(pid));
                ids.iter().for_each(|id| index.extend(id.0));
                self.stream(&format!("{path}/{name} index"), &index)?;
                Ok((if *ordered { forms::WEAK_ROW } else { forms::WEAK_SET }, utf16(&name)))
            }
        }
    }
}

/// How a reference names the set that it leads into, and the size of the key that follows.
fn reference(pid: u16) -> Vec<u8> {
    let among = Among::of(pid);
    let place = Among::ALL.iter().position(|known| *known == among).unwrap_or_default();
    let mut bytes = (place as u16).to_le_bytes().to_vec();
    bytes.extend(among.key().to_le_bytes());
    bytes.push(16);
    bytes
}

/// Number of objects, and the first and last numbers that are free.
fn index_head(count: usize) -> Vec<u8> {
    [count as u32, count as u32, u32::MAX].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Longest name of a folder or stream, with the zero at its end, and what is kept of it for marks behind the name.
const NAME: usize = 32;
const MARKS: usize = 10;

/// The name of a property's folder: its own, with the middle left out where it is too long, and its number.
fn mangled(name: &str, pid: u16, room: usize) -> String {
    let number = format!("{pid:x}");
    let room = room - number.len() - 2;
    if name.len() <= room {
        return format!("{name}-{number}");
    }
    let half = room / 2;
    let end = &name[name.len() - (room - half - 1)..];
    format!("{}-{end}-{number}", &name[..half])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_lose_their_middle() {
        assert_eq!(mangled("Mobs", 0x1901, 22), "Mobs-1901");
        // As Pro Tools names the folder.
        let long = mangled("OperationDefinitions", 0x2603, 22);
        assert_eq!(long, "Operatio-nitions-2603");
        assert!(format!("{long}{{ffffff}}").len() < NAME);
    }
}
