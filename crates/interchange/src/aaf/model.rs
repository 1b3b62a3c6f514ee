//! The object model that every file carries, from its table.

use std::collections::BTreeMap;

use super::id::Auid;
use super::object::{Object, Value, utf16};
use super::terms::pids;

/// The table; its head says how it is to be read.
const TABLE: &str = include_str!("../../tables/aaf-model.txt");

/// Classes that define classes, properties and types, of which only one byte differs.
const fn meta(n: u8) -> Auid {
    Auid([1, 1, 1, 0x0d, n, 2, 0, 0, 6, 0x0e, 0x2b, 0x34, 2, 6, 1, 1])
}

/// The model as it is written, and what is looked up in it.
#[derive(Debug)]
pub(super) struct Model {
    /// The object that holds all definitions.
    pub dictionary: Object,
    /// The names of properties by number.
    pub names: BTreeMap<u16, &'static str>,
}

/// Ids of classes and of types by name.
type Ids = BTreeMap<&'static str, Auid>;

impl Model {
    /// Reads the table.
    pub fn new() -> Self {
        let (mut classes, mut types) = (Ids::new(), Ids::new());
        let lines = || TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines().filter(|line| !line.starts_with(' ')) {
            let mut words = line.split(' ');
            let (kind, name, id) = (words.next(), words.next().unwrap_or_default(), words.next());
            let Some(id) = id.and_then(Auid::parse) else { continue };
            if kind == Some("class") { &mut classes } else { &mut types }.insert(name, id);
        }
        let mut model =
            Reading { classes, types, names: pids_of_the_root(), found: Vec::new(), kinds: Vec::new() };
        lines().for_each(|line| model.line(line));
        let Reading { names, found, kinds, .. } = model;
        let dictionary = Object::new(meta(0x25))
            .set(pids::META_CLASSES, pids::META_IDENTIFICATION, found)
            .set(pids::META_TYPES, pids::META_IDENTIFICATION, kinds);
        Model { dictionary, names }
    }
}

fn pids_of_the_root() -> BTreeMap<u16, &'static str> {
    [(pids::META_DICTIONARY, "MetaDictionary"), (pids::HEADER, "Header")].into()
}

struct Reading {
    classes: Ids,
    types: Ids,
    names: BTreeMap<u16, &'static str>,
    found: Vec<Object>,
    kinds: Vec<Object>,
}

impl Reading {
    fn line(&mut self, line: &'static str) {
        let words: Vec<&'static str> = line.trim_start().split(' ').collect();
        if line.starts_with(' ') {
            self.property(&words);
        } else if words[0] == "class" {
            self.class(&words);
        } else {
            let kind = self.kind(&words);
            self.kinds.push(kind);
        }
    }

    fn class(&mut self, words: &[&'static str]) {
        let &[_, name, _, parent, concrete] = words else { return };
        let own = self.classes[name];
        // What has no parent is its own.
        let parent = self.classes.get(parent).copied().unwrap_or(own);
        self.found.push(
            defined(meta(1), name, own)
                .flag(pids::IS_CONCRETE, concrete == "concrete")
                .weak(pids::PARENT, parent),
        );
    }

    fn property(&mut self, words: &[&'static str]) {
        let &[name, id, pid, kind, need, ref key @ ..] = words else { return };
        let (Some(id), Ok(pid)) = (Auid::parse(id), u16::from_str_radix(pid, 16)) else { return };
        self.names.insert(pid, name);
        let property = defined(meta(2), name, id)
            .flag(pids::IS_OPTIONAL, need == "optional")
            .flag(pids::IS_KEY, *key == ["key"])
            .u16(pids::LOCAL_ID, pid)
            .id(pids::PROPERTY_TYPE, self.types[kind]);
        let Some(class) = self.found.last_mut() else { return };
        let keyed = (id.0.to_vec(), property);
        match class.properties.last_mut() {
            Some((pids::PROPERTIES, Value::Set(_, all))) => all.push(keyed),
            _ => {
                class.properties.push((pids::PROPERTIES, Value::Set(pids::META_IDENTIFICATION, vec![keyed])))
            }
        }
    }

    fn kind(&self, words: &[&'static str]) -> Object {
        use pids::*;
        let (word, name, rest) = (words[0], words[1], &words[3..]);
        let of = |n: u8| defined(meta(n), name, self.types[name]);
        let type_at = |object: Object, pid: u16| object.weak(pid, self.types[rest[0]]);
        let class_at = |object: Object, pid: u16| object.weak(pid, self.classes[rest[0]]);
        let pairs = |words: &[&'static str]| -> Vec<(&'static str, &'static str)> {
            words.iter().filter_map(|word| word.split_once('=')).collect()
        };
        let names =
            |pairs: &[(&str, &str)]| pairs.iter().flat_map(|(name, _)| utf16(name)).collect::<Vec<u8>>();
        let ids = |ids: &mut dyn Iterator<Item = &'static str>| -> Vec<u8> {
            ids.filter_map(Auid::parse).flat_map(|id| id.0).collect()
        };
        match word {
            "int" => {
                let size: u8 = rest[0].parse().unwrap_or(1);
                of(4).bytes(INTEGER_SIZE, [size]).flag(IS_SIGNED, rest[1] == "signed")
            }
            "strong" => class_at(of(5), STRONG_CLASS),
            "weak" => class_at(of(6), WEAK_CLASS).bytes(TARGET_SET, ids(&mut rest[1..].iter().copied())),
            "enum" => {
                let pairs = pairs(&rest[1..]);
                let numbers = pairs.iter().filter_map(|(_, number)| number.parse::<i64>().ok());
                let numbers: Vec<u8> = numbers.flat_map(i64::to_le_bytes).collect();
                type_at(of(7), ENUM_TYPE).bytes(ENUM_NAMES, names(&pairs)).bytes(ENUM_VALUES, numbers)
            }
            "array" => type_at(of(8), ARRAY_TYPE).u32(ARRAY_COUNT, rest[1].parse().unwrap_or(1)),
            "row" => type_at(of(9), ROW_TYPE),
            "set" => type_at(of(0x0a), SET_TYPE),
            "string" => type_at(of(0x0b), STRING_TYPE),
            "stream" => of(0x0c),
            "record" => {
                let pairs = pairs(rest);
                let types = pairs.iter().map(|(_, kind)| self.types[kind]).collect();
                of(0x0d).with(MEMBER_TYPES, Value::Weaks(types, true)).bytes(MEMBER_NAMES, names(&pairs))
            }
            "rename" => type_at(of(0x0e), RENAMED_TYPE),
            "names" => {
                let pairs = pairs(rest);
                of(0x20)
                    .bytes(ID_NAMES, names(&pairs))
                    .bytes(ID_VALUES, ids(&mut pairs.iter().map(|(_, id)| *id)))
            }
            "indirect" => of(0x21),
            "opaque" => of(0x22),
            _ => of(0x23),
        }
    }
}

fn defined(class: Auid, name: &str, id: Auid) -> Object {
    Object::new(class).id(pids::META_IDENTIFICATION, id).text(pids::META_NAME, name)
}

#[cfg(test)]
mod tests {
    use super::super::terms::classes;
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let model = Model::new();
        let lines = |starts: &dyn Fn(&str) -> bool| TABLE.lines().filter(|line| starts(line)).count();
        let count = |pid: u16| model.dictionary.all(pid).len();
        assert_eq!(count(pids::META_CLASSES), lines(&|line| line.starts_with("class ")));
        let kinds =
            lines(&|line| !line.is_empty() && !line.starts_with(['#', ' ']) && !line.starts_with("class "));
        assert_eq!(count(pids::META_TYPES), kinds);
        let properties: usize =
            model.dictionary.all(pids::META_CLASSES).iter().map(|c| c.all(pids::PROPERTIES).len()).sum();
        assert_eq!(properties, lines(&|line| line.starts_with("  ")));
        // What defines is itself defined, in the classes that the specification gives for it.
        let known = model.dictionary.all(pids::META_CLASSES);
        let name = |id: Auid| {
            let own = |class: &&&Object| class.read_id(pids::META_IDENTIFICATION) == Some(id);
            known.iter().find(own).and_then(|class| class.read_text(pids::META_NAME)).unwrap_or_default()
        };
        assert!(known.iter().all(|class| name(class.class) == "ClassDefinition"));
        let of = |kind: &str| {
            let kinds = model.dictionary.all(pids::META_TYPES);
            let found = kinds.into_iter().find(|k| k.read_text(pids::META_NAME).as_deref() == Some(kind));
            name(found.unwrap().class)
        };
        for (kind, class) in [
            ("aafUInt8", "TypeDefinitionInteger"),
            ("Rational", "TypeDefinitionRecord"),
            ("aafString", "TypeDefinitionString"),
            ("UsageType", "TypeDefinitionExtendibleEnumeration"),
            ("aafIndirect", "TypeDefinitionIndirect"),
            ("aafCharacter", "TypeDefinitionCharacter"),
        ] {
            assert_eq!(of(kind), class);
        }
        for (id, class) in [
            (classes::SOURCE_CLIP, "SourceClip"),
            (classes::VARYING_VALUE, "VaryingValue"),
            (classes::DESCRIPTIVE_MARKER, "DescriptiveMarker"),
            (classes::HEADER, "Header"),
        ] {
            assert_eq!(name(id), class);
        }
        assert_eq!(model.names[&pids::COMPONENTS], "Components");
        assert_eq!(model.names[&pids::CONSTANT], "Value");
        assert_eq!(model.names[&pids::POINT_LIST], "PointList");
    }
}
