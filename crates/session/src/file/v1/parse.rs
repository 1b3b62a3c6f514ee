//! Text to session: every table and row by itself, so that one bad line never loses another.

use std::collections::BTreeMap;
use std::ops::Range;

use mixsmith_processor::{Kinds, Param};
use toml_edit::{Item, Table, TableLike, Value};

use super::{point, strips, time};
use crate::file::lines::Lines;
use crate::{Marker, Problem, Session, SongInfo, Source, Values, address, mend};

/// For each list of the file (path and name), the places that its usable elements had.
pub(crate) type Origins = BTreeMap<(Vec<String>, String), Vec<usize>>;

/// A session as read.
pub(crate) struct Read {
    pub session: Session,
    pub problems: Vec<Problem>,
    pub origins: Origins,
}

/// Reads a session from a parsed file; `text` is what the spans of `root` point into.
pub(crate) fn parse(text: &str, root: &Table, kinds: &Kinds) -> Read {
    let mut reader = Reader {
        kinds,
        problems: Vec::new(),
        spans: BTreeMap::new(),
        origins: BTreeMap::new(),
        rate: 48_000,
    };
    let mut session = Session::default();
    match root.get("format").map(Item::as_integer) {
        Some(Some(1)) => {}
        Some(_) => reader.say(span(root, "format"), "format", "`format` must be 1", "It was read as 1"),
        None => reader.say(0..0, "format", "there is no `format = 1`", "It was read as format 1"),
    }
    session.song = reader.song(root);
    for (id, table) in reader.tables(root, "source", "source") {
        session.sources.push(reader.source(id, table));
    }
    for (id, table) in reader.tables(root, "strip", "strip") {
        let strip = strips::strip(&mut reader, id, table);
        session.strips.push(std::sync::Arc::new(strip));
    }
    reader.only(root, "", &["format", "song", "source", "strip"]);
    let before = reader.problems.len();
    mend::mend(&mut session, kinds, &mut reader.problems);
    let (lines, head) = (Lines::new(text), reader.problems.len());
    for (i, problem) in reader.problems.iter_mut().enumerate().take(head) {
        // What the mending found has an address only; the reader remembers where each address stood.
        let offset = if i < before { problem.line } else { find(&reader.spans, &problem.address) };
        (problem.line, problem.column) = lines.place(offset);
    }
    reader.problems.sort_by_key(|problem| (problem.line, problem.column));
    prune(&mut reader.origins, &session);
    Read { session, problems: reader.problems, origins: reader.origins }
}

/// Origins speak of the lists as read: a list that was mended has lost its correspondence.
fn prune(origins: &mut Origins, session: &Session) {
    origins.retain(|(path, name), places| {
        let strip = path.get(1).and_then(|id| session.strip(id));
        let len = match (strip, name.as_str()) {
            (None, _) => session.song.markers.len(),
            (Some(strip), "clips") if path.len() == 2 => strip.clips().len(),
            (Some(strip), target) => {
                strip.lanes.iter().find(|lane| lane.target == target).map_or(0, |lane| lane.points.len())
            }
        };
        len == places.len()
    });
}

/// Where an address stands: itself, or the nearest thing around it.
fn find(spans: &BTreeMap<String, Range<usize>>, address: &str) -> usize {
    let mut rest = address;
    loop {
        if let Some(span) = spans.get(rest) {
            return span.start;
        }
        match rest.rfind(['/', '.', '[']) {
            Some(end) => rest = &rest[..end],
            None => return 0,
        }
    }
}

/// Where a row of a table begins.
pub(crate) fn span(table: &dyn TableLike, name: &str) -> Range<usize> {
    let (key, item) = (table.key(name), table.get(name));
    key.and_then(|key| key.span()).or_else(|| item.and_then(Item::span)).unwrap_or(0..0)
}

pub(crate) struct Reader<'a> {
    pub kinds: &'a Kinds,
    /// Until the end, `line` of each holds the byte.
    problems: Vec<Problem>,
    spans: BTreeMap<String, Range<usize>>,
    origins: Origins,
    pub rate: u32,
}

impl Reader<'_> {
    pub fn say(&mut self, at: Range<usize>, address: &str, says: impl Into<String>, help: impl Into<String>) {
        let mut problem = Problem::new(address, says, help);
        problem.line = at.start;
        self.problems.push(problem);
    }

    /// Remembers where something stands.
    pub fn mark(&mut self, address: String, at: Range<usize>) {
        self.spans.insert(address, at);
    }

    /// The tables of a table, those that are something else reported.
    pub fn tables<'t>(
        &mut self,
        parent: &'t dyn TableLike,
        name: &str,
        address: &str,
    ) -> Vec<(&'t str, &'t dyn TableLike)> {
        let Some(item) = parent.get(name) else { return Vec::new() };
        let Some(table) = item.as_table_like() else {
            self.wrong(parent, name, address, "a table");
            return Vec::new();
        };
        let mut found = Vec::new();
        for (id, item) in table.iter() {
            match item.as_table_like() {
                Some(inner) => found.push((id, inner)),
                None => self.wrong(table, id, &format!("{address}.{id}"), "a table"),
            }
        }
        found
    }

    fn wrong(&mut self, table: &dyn TableLike, name: &str, address: &str, wanted: &str) {
        let kind = table.get(name).map_or("nothing", Item::type_name);
        let says = format!("`{name}` must be {wanted}, not {kind}");
        self.say(span(table, name), address, says, "It was left out; the line stays in the file");
    }

    /// Reports rows that nobody asks for.
    pub fn only(&mut self, table: &dyn TableLike, address: &str, known: &[&str]) {
        for (name, _) in table.iter().filter(|(name, _)| !known.contains(name)) {
            let near = address::nearest(name, known.iter().copied());
            let help = near.map_or_else(
                || "It stays in the file and does nothing".to_owned(),
                |near| format!("Did you mean `{near}`? It stays in the file and does nothing"),
            );
            let at = if address.is_empty() { name.to_owned() } else { format!("{address}{name}") };
            self.say(span(table, name), &at, format!("`{name}` is not known here"), help);
        }
    }

    /// A row of text.
    pub fn text<'t>(&mut self, table: &'t dyn TableLike, name: &str, address: &str) -> Option<&'t str> {
        let item = table.get(name)?;
        self.mark(format!("{address}{name}"), span(table, name));
        if item.as_str().is_none() {
            self.wrong(table, name, &format!("{address}{name}"), "text in quotes");
        }
        item.as_str()
    }

    /// A whole number.
    fn count(&mut self, table: &dyn TableLike, name: &str, address: &str) -> Option<u32> {
        let item = table.get(name)?;
        self.mark(format!("{address}{name}"), span(table, name));
        let number = item.as_integer().and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.wrong(table, name, &format!("{address}{name}"), "a whole number");
        }
        number
    }

    /// A time that has to be there, in frames.
    pub fn time(&self, table: &dyn TableLike, name: &str) -> Result<i128, String> {
        match table.get(name).and_then(Item::as_value) {
            None => Err(format!("there is no `{name}`")),
            Some(Value::String(text)) => time::read(text.value(), self.rate),
            Some(Value::Integer(number)) => time::read(&number.value().to_string(), self.rate),
            Some(Value::Float(number)) => time::read(&number.value().to_string(), self.rate),
            Some(_) => Err(format!("`{name}` must be a time such as \"12.5 s\"")),
        }
    }

    /// A time from 0 that has to be there, in frames.
    pub fn span(&self, table: &dyn TableLike, name: &str) -> Result<u64, String> {
        u64::try_from(self.time(table, name)?).map_err(|_| format!("`{name}` cannot be negative"))
    }

    /// A time from 0 that may be missing, in frames.
    pub fn length(&mut self, table: &dyn TableLike, name: &str, address: &str) -> Option<u64> {
        table.get(name)?;
        let read = self.span(table, name);
        let at = format!("{address}{name}");
        self.mark(at.clone(), span(table, name));
        read.map_err(|says| self.say(span(table, name), &at, says, "It was left out")).ok()
    }

    /// The values of a table of parameters.
    pub fn values(&mut self, table: &dyn TableLike, address: &str, params: &[Param]) -> Values {
        let mut values = Values::new();
        for param in params {
            let Some(item) = table.get(param.id) else { continue };
            let at = format!("{address}{}", param.id);
            let here = span(table, param.id);
            self.mark(at.clone(), here.clone());
            match read_value(item, param) {
                Ok(value) => drop(values.insert(param.id.to_owned(), value)),
                Err(says) => {
                    let stands = param.unit.print(param.default);
                    let help =
                        format!("It stands at {stands}; {} goes from {}", param.name, param.range_text());
                    self.say(here, &at, says, help);
                }
            }
        }
        values
    }

    /// A list; the elements that can be read, with where they stood.
    pub fn list<T>(
        &mut self,
        table: &dyn TableLike,
        path: &[&str],
        name: &str,
        address: &str,
        mut read: impl FnMut(&mut Self, &Value, &str) -> Result<T, String>,
    ) -> Vec<T> {
        let Some(item) = table.get(name) else { return Vec::new() };
        self.mark(address.to_owned(), span(table, name));
        let Some(array) = item.as_array() else {
            self.wrong(table, name, address, "a list in [ ]");
            return Vec::new();
        };
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for (place, value) in array.iter().enumerate() {
            let here = value.span().unwrap_or(0..0);
            let at = format!("{address}[{}]", found.len());
            match read(self, value, &at) {
                Ok(element) => {
                    self.mark(at, here);
                    found.push(element);
                    places.push(place);
                }
                Err(says) => self.say(here, address, says, "This element was left out; it stays in the file"),
            }
        }
        let path = path.iter().map(|&word| word.to_owned()).collect();
        self.origins.insert((path, name.to_owned()), places);
        found
    }

    fn song(&mut self, root: &Table) -> SongInfo {
        let mut song = SongInfo { rate: 48_000, tempo: 120.0, ..SongInfo::default() };
        let Some(item) = root.get("song") else {
            self.say(
                0..0,
                "song",
                "there is no [song]",
                "48000 frames a second and 120 beats a minute were taken",
            );
            return song;
        };
        let Some(table) = item.as_table_like() else {
            self.wrong(root, "song", "song", "a table");
            return song;
        };
        self.mark("song".to_owned(), item.span().unwrap_or(0..0));
        song.title = self.text(table, "title", "song/").unwrap_or_default().to_owned();
        match self.count(table, "rate", "song/") {
            Some(rate) if mend::RATES.contains(&rate) => song.rate = rate,
            Some(_) => {
                let help = "Rates go from 8000 to 768000; 48000 was taken";
                self.say(span(table, "rate"), "song/rate", "the rate is out of range", help);
            }
            None if table.contains_key("rate") => {}
            None => self.say(span(root, "song"), "song/rate", "there is no rate", "48000 was taken"),
        }
        self.rate = song.rate;
        if let Some(item) = table.get("tempo") {
            self.mark("song/tempo".to_owned(), span(table, "tempo"));
            let whole = item.as_integer().map(|tempo| tempo as f32);
            match item.as_float().map(|tempo| tempo as f32).or(whole) {
                Some(tempo) => song.tempo = tempo,
                None => self.wrong(table, "tempo", "song/tempo", "a number, in beats a minute"),
            }
        }
        song.frames = self.length(table, "length", "song/").unwrap_or_default();
        song.markers =
            self.list(table, &["song"], "markers", "song/markers", |reader, value, at| match value {
                Value::String(text) => point::read_marker(text.value(), reader.rate),
                Value::InlineTable(inner) => {
                    reader.only(inner, &format!("{at}/"), &["at", "name"]);
                    let frames = reader.span(inner, "at")?;
                    let name = inner.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                    Ok(Marker { at: frames, name })
                }
                _ => Err("a marker is written \"12.5 s  chorus\"".to_owned()),
            });
        self.only(table, "song/", &["title", "rate", "tempo", "length", "markers"]);
        song
    }

    fn source(&mut self, id: &str, table: &dyn TableLike) -> Source {
        let address = format!("source.{id}/");
        self.mark(format!("source.{id}"), first(table));
        let source = Source {
            id: id.to_owned(),
            file: self.text(table, "file", &address).unwrap_or_default().to_owned(),
            stream: self.count(table, "stream", &address).unwrap_or_default(),
            hash: self.text(table, "hash", &address).unwrap_or_default().to_owned(),
            channels: self.count(table, "channels", &address).unwrap_or(2),
            frames: self.length(table, "length", &address).unwrap_or_default(),
        };
        self.only(table, &address, &["file", "stream", "hash", "channels", "length"]);
        source
    }
}

/// Where a table begins: at its first row, when it has no header of its own.
pub(crate) fn first(table: &dyn TableLike) -> Range<usize> {
    table.iter().map(|(name, _)| span(table, name)).min_by_key(|span| span.start).unwrap_or(0..0)
}

fn read_value(item: &Item, param: &Param) -> Result<f32, String> {
    let read = |text: &str| param.unit.parse(text).map_err(|error| error.to_string());
    let value = match item.as_value() {
        Some(Value::String(text)) => read(text.value())?,
        Some(Value::Integer(number)) => read(&number.value().to_string())?,
        Some(Value::Float(number)) => read(&number.value().to_string())?,
        Some(Value::Boolean(on)) => read(if *on.value() { "on" } else { "off" })?,
        _ => {
            return Err(format!(
                "`{}` must be a value such as \"{}\"",
                param.id,
                param.unit.print(param.default)
            ));
        }
    };
    if mend::fits(param, value) {
        return Ok(value);
    }
    Err(format!("{} is out of range", param.unit.print(value)))
}
