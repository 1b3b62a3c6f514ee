//! Objects of AAF in memory: what a file stores in folders and streams.

use super::id::{Auid, MobId};
use super::terms::pids;

/// Which set of definitions a weak reference leads into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    Classes,
    Types,
    Data,
    Containers,
    Interpolations,
    Operations,
    Parameters,
}

impl Among {
    /// All of them; a reference names its set by the place in this list.
    pub const ALL: [Among; 7] = [
        Among::Classes,
        Among::Types,
        Among::Data,
        Among::Containers,
        Among::Interpolations,
        Among::Operations,
        Among::Parameters,
    ];

    /// The set that a property's references lead into.
    pub fn of(pid: u16) -> Among {
        use pids::*;
        match pid {
            PARENT | STRONG_CLASS | WEAK_CLASS => Among::Classes,
            CONTAINER_FORMAT => Among::Containers,
            INTERPOLATION => Among::Interpolations,
            OPERATION => Among::Operations,
            PARAMETERS_DEFINED => Among::Parameters,
            DATA_DEFINITION | OPERATION_DATA_DEFINITION => Among::Data,
            _ => Among::Types,
        }
    }

    /// The properties that lead from the root to the set.
    pub fn path(self) -> &'static [u16] {
        use pids::*;
        match self {
            Among::Classes => &[META_DICTIONARY, META_CLASSES],
            Among::Types => &[META_DICTIONARY, META_TYPES],
            Among::Data => &[HEADER, DICTIONARY, DATA_DEFINITIONS],
            Among::Containers => &[HEADER, DICTIONARY, CONTAINER_DEFINITIONS],
            Among::Interpolations => &[HEADER, DICTIONARY, INTERPOLATION_DEFINITIONS],
            Among::Operations => &[HEADER, DICTIONARY, OPERATION_DEFINITIONS],
            Among::Parameters => &[HEADER, DICTIONARY, PARAMETER_DEFINITIONS],
        }
    }

    /// The property that tells members of the set apart.
    pub fn key(self) -> u16 {
        match self {
            Among::Classes | Among::Types => pids::META_IDENTIFICATION,
            _ => pids::IDENTIFICATION,
        }
    }
}

/// What a property holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Bytes.
    Data(Vec<u8>),
    /// An object.
    One(Box<Object>),
    /// Objects in order.
    Row(Vec<Object>),
    /// Objects by a key that one of their properties holds.
    Set(u16, Vec<(Vec<u8>, Object)>),
    /// A definition.
    Weak(Auid),
    /// Definitions in order, or in none.
    Weaks(Vec<Auid>, bool),
}

/// An object: its class, and its properties by number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    pub class: Auid,
    pub properties: Vec<(u16, Value)>,
}

/// A rational number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rational(pub i32, pub i32);

impl Rational {
    /// As a number, if it is one.
    pub fn number(self) -> Option<f64> {
        (self.1 != 0).then(|| f64::from(self.0) / f64::from(self.1))
    }

    fn bytes(self) -> Vec<u8> {
        [self.0.to_le_bytes(), self.1.to_le_bytes()].concat()
    }
}

/// Text as it is stored: UTF-16 with a zero at its end.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// Text up to the first zero.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units)
}

/// The first bytes as numbers of a kind are stored.
fn first<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.get(..N)?.try_into().ok()
}

impl Object {
    /// An object without properties.
    pub fn new(class: Auid) -> Self {
        Object { class, properties: Vec::new() }
    }

    pub fn with(mut self, pid: u16, value: Value) -> Self {
        self.properties.push((pid, value));
        self
    }

    pub fn bytes(self, pid: u16, bytes: impl Into<Vec<u8>>) -> Self {
        self.with(pid, Value::Data(bytes.into()))
    }

    pub fn text(self, pid: u16, text: &str) -> Self {
        self.bytes(pid, utf16(text))
    }

    pub fn u16(self, pid: u16, number: u16) -> Self {
        self.bytes(pid, number.to_le_bytes())
    }

    pub fn u32(self, pid: u16, number: u32) -> Self {
        self.bytes(pid, number.to_le_bytes())
    }

    pub fn i64(self, pid: u16, number: i64) -> Self {
        self.bytes(pid, number.to_le_bytes())
    }

    pub fn flag(self, pid: u16, is: bool) -> Self {
        self.bytes(pid, [u8::from(is)])
    }

    pub fn id(self, pid: u16, id: Auid) -> Self {
        self.bytes(pid, id.0)
    }

    pub fn mob(self, pid: u16, id: MobId) -> Self {
        self.bytes(pid, id.0)
    }

    pub fn rational(self, pid: u16, number: Rational) -> Self {
        self.bytes(pid, number.bytes())
    }

    /// A rational number where any type may stand: its type goes before it.
    pub fn any(self, pid: u16, number: Rational) -> Self {
        let mut bytes = vec![LITTLE];
        bytes.extend(super::terms::defined::RATIONAL.0);
        bytes.extend(number.bytes());
        self.bytes(pid, bytes)
    }

    pub fn one(self, pid: u16, object: Object) -> Self {
        self.with(pid, Value::One(Box::new(object)))
    }

    pub fn row(self, pid: u16, objects: Vec<Object>) -> Self {
        self.with(pid, Value::Row(objects))
    }

    /// A set of objects by the bytes of one of their properties.
    pub fn set(self, pid: u16, key: u16, objects: Vec<Object>) -> Self {
        let keyed = objects.into_iter().map(|object| (object.data(key).unwrap_or_default().to_vec(), object));
        let keyed = keyed.collect();
        self.with(pid, Value::Set(key, keyed))
    }

    pub fn weak(self, pid: u16, id: Auid) -> Self {
        self.with(pid, Value::Weak(id))
    }

    /// What a property holds, if the object has it.
    pub fn get(&self, pid: u16) -> Option<&Value> {
        self.properties.iter().find(|(own, _)| *own == pid).map(|(_, value)| value)
    }

    pub fn data(&self, pid: u16) -> Option<&[u8]> {
        match self.get(pid)? {
            Value::Data(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn read_text(&self, pid: u16) -> Option<String> {
        self.data(pid).map(text_of)
    }

    pub fn read_u32(&self, pid: u16) -> Option<u32> {
        self.data(pid).and_then(first).map(u32::from_le_bytes)
    }

    pub fn read_i64(&self, pid: u16) -> Option<i64> {
        self.data(pid).and_then(first).map(i64::from_le_bytes)
    }

    pub fn read_id(&self, pid: u16) -> Option<Auid> {
        self.data(pid).and_then(first).map(Auid)
    }

    pub fn read_mob(&self, pid: u16) -> Option<MobId> {
        self.data(pid).and_then(first).map(MobId)
    }

    pub fn read_rational(&self, pid: u16) -> Option<Rational> {
        self.data(pid).and_then(rational)
    }

    /// A number where any type may stand.
    pub fn read_any(&self, pid: u16) -> Option<f64> {
        let bytes = self.data(pid)?;
        if bytes.first() != Some(&LITTLE) {
            return None;
        }
        let (kind, bytes) = (Auid(first(bytes.get(1..)?)?), bytes.get(17..)?);
        if kind == super::terms::defined::RATIONAL {
            return rational(bytes)?.number();
        }
        // Whole numbers of 4 bytes, which Media Composer uses for places.
        (bytes.len() == 4).then(|| first(bytes).map(|b| f64::from(i32::from_le_bytes(b))))?
    }

    pub fn read_one(&self, pid: u16) -> Option<&Object> {
        match self.get(pid)? {
            Value::One(object) => Some(object),
            _ => None,
        }
    }

    /// The objects of a row or a set, or the one that there is.
    pub fn all(&self, pid: u16) -> Vec<&Object> {
        match self.get(pid) {
            Some(Value::Row(objects)) => objects.iter().collect(),
            Some(Value::Set(_, objects)) => objects.iter().map(|(_, object)| object).collect(),
            Some(Value::One(object)) => vec![object],
            _ => Vec::new(),
        }
    }

    pub fn read_weak(&self, pid: u16) -> Option<Auid> {
        match self.get(pid)? {
            Value::Weak(id) => Some(*id),
            _ => None,
        }
    }
}

/// The mark of numbers with the low byte first.
pub(super) const LITTLE: u8 = 0x4c;

fn rational(bytes: &[u8]) -> Option<Rational> {
    let [a, b] = [first(bytes)?, first(bytes.get(4..)?)?].map(i32::from_le_bytes);
    Some(Rational(a, b))
}
