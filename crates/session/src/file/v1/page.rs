//! A session as tables of rows: what is printed, and what two versions of a file are compared by.

use mixsmith_processor::{Kinds, Param, Unit};
use toml_edit::Key;

use super::{point, time};
use crate::{Clip, Insert, Lane, Map, SEND, STRIP, Session, Slot, Source, Strip, StripKind, Tap, Values};

/// A table of the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    /// The words of its header; none at the top of the file.
    pub path: Vec<String>,
    /// Its rows.
    pub rows: Vec<(String, Row)>,
}

/// A row of a table; values as TOML.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Row {
    /// On the line of its name.
    One(String),
    /// One element a line.
    List(Vec<String>),
}

const HEAD: &str =
    "# Mixsmith session. Edit by hand as you like: the next `mixsmith mix` keeps what you change.\n";

/// The session as text.
pub(crate) fn print(session: &Session, kinds: &Kinds) -> String {
    let mut text = HEAD.to_owned();
    for page in pages(session, kinds) {
        if !page.path.is_empty() {
            let path: Vec<String> = page.path.iter().map(|word| key(word)).collect();
            text.push_str(&format!("\n[{}]\n", path.join(".")));
        }
        for (name, row) in page.rows {
            match row {
                Row::One(value) => text.push_str(&format!("{} = {value}\n", key(&name))),
                Row::List(list) => {
                    text.push_str(&format!("{} = [\n", key(&name)));
                    list.iter().for_each(|value| text.push_str(&format!("    {value},\n")));
                    text.push_str("]\n");
                }
            }
        }
    }
    text
}

fn key(word: &str) -> String {
    Key::new(word).display_repr().into_owned()
}

/// Text in quotes, on one line whatever is in it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A table on one line.
fn inline(rows: Rows) -> String {
    let rows = rows.0.into_iter().filter_map(|(name, row)| match row {
        Row::One(value) => Some(format!("{} = {value}", key(&name))),
        Row::List(_) => None,
    });
    format!("{{ {} }}", rows.collect::<Vec<_>>().join(", "))
}

/// The tables of a session in the order of the file.
pub(crate) fn pages(session: &Session, kinds: &Kinds) -> Vec<Page> {
    let rate = session.song.rate;
    let mut pages = vec![
        Page { path: vec![], rows: vec![("format".to_owned(), Row::One("1".to_owned()))] },
        song(session),
    ];
    pages.extend(session.sources.iter().map(|source| source_page(source, rate)));
    for strip in &session.strips {
        pages.push(strip_page(strip, rate));
        pages.extend(strip.inserts.iter().map(|insert| insert_page(strip, insert, kinds)));
        for send in &strip.sends {
            let mut rows = Rows::default();
            rows.maybe("tap", send.tap == Tap::Pre, "pre");
            rows.values(&send.values, SEND);
            pages.push(rows.page(&["strip", &strip.id, "sends", &send.to]));
        }
        if !strip.lanes.is_empty() {
            let lanes = strip.lanes.iter().map(|lane| lane_row(session, strip, lane, kinds));
            let path = ["strip", &strip.id, "lanes"].map(str::to_owned).to_vec();
            pages.push(Page { path, rows: lanes.collect() });
        }
    }
    pages
}

fn song(session: &Session) -> Page {
    let (song, mut rows) = (&session.song, Rows::default());
    rows.text("title", &song.title);
    rows.one("rate", song.rate.to_string());
    rows.one("tempo", number(song.tempo));
    rows.text("length", &time::print(song.frames.into(), song.rate));
    if !song.markers.is_empty() {
        let markers = song.markers.iter().map(|marker| match point::print_marker(marker, song.rate) {
            Some(text) => quoted(&text),
            None => {
                let mut rows = Rows::default();
                rows.text("at", &time::print(marker.at.into(), song.rate));
                rows.text("name", &marker.name);
                inline(rows)
            }
        });
        rows.0.push(("markers".to_owned(), Row::List(markers.collect())));
    }
    rows.page(&["song"])
}

fn source_page(source: &Source, rate: u32) -> Page {
    let mut rows = Rows::default();
    rows.text("file", &source.file);
    if source.stream != 0 {
        rows.one("stream", source.stream.to_string());
    }
    rows.text("hash", &source.hash);
    rows.one("channels", source.channels.to_string());
    rows.text("length", &time::print(source.frames.into(), rate));
    rows.page(&["source", &source.id])
}

fn strip_page(strip: &Strip, rate: u32) -> Page {
    let mut rows = Rows::default();
    rows.text("name", &strip.name);
    rows.maybe("role", !strip.role.is_empty(), &strip.role);
    rows.maybe("colour", !strip.colour.is_empty(), &strip.colour);
    let kind = match strip.kind {
        StripKind::Track { .. } => "track",
        StripKind::Bus => "bus",
        StripKind::Return => "return",
        StripKind::Master => "master",
    };
    rows.text("kind", kind);
    rows.maybe("to", strip.to.is_some(), strip.to.as_deref().unwrap_or_default());
    rows.values(&strip.values, STRIP);
    if !strip.clips().is_empty() {
        let clips = strip.clips().iter().map(|clip| clip_text(clip, rate));
        rows.0.push(("clips".to_owned(), Row::List(clips.collect())));
    }
    rows.page(&["strip", &strip.id])
}

fn clip_text(clip: &Clip, rate: u32) -> String {
    let mut rows = Rows::default();
    rows.text("source", &clip.source);
    rows.text("at", &time::print(clip.at.into(), rate));
    rows.maybe("from", clip.from != 0, &time::print(clip.from.into(), rate));
    rows.text("length", &time::print(clip.frames.into(), rate));
    rows.maybe("gain", clip.gain != 0.0, &Unit::Db.print(clip.gain));
    rows.maybe("fade_in", clip.fade_in != 0, &time::print(clip.fade_in.into(), rate));
    rows.maybe("fade_out", clip.fade_out != 0, &time::print(clip.fade_out.into(), rate));
    rows.maybe("map", clip.map != Map::All, map_word(clip.map));
    inline(rows)
}

/// The word for which channels go where.
pub(crate) fn map_word(map: Map) -> &'static str {
    match map {
        Map::All => "all",
        Map::First => "first",
        Map::Second => "second",
        Map::ToLeft => "to-left",
        Map::ToRight => "to-right",
    }
}

fn insert_page(strip: &Strip, insert: &Insert, kinds: &Kinds) -> Page {
    let mut rows = Rows::default();
    rows.text("kind", &insert.kind);
    if !insert.on {
        rows.one("on", "false".to_owned());
    }
    rows.maybe("key", insert.key.is_some(), insert.key.as_deref().unwrap_or_default());
    rows.maybe("impulse", insert.impulse.is_some(), insert.impulse.as_deref().unwrap_or_default());
    rows.values(&insert.values, kinds.get(&insert.kind).map_or(&[], |kind| kind.params));
    rows.page(&["strip", &strip.id, "inserts", &insert.id])
}

fn lane_row(session: &Session, strip: &Strip, lane: &Lane, kinds: &Kinds) -> (String, Row) {
    let slot: Option<Slot> = lane.target.parse().ok();
    let param = slot.and_then(|slot| {
        let at = crate::Address { strip: strip.id.clone(), slot };
        session.param(kinds, &at).ok()
    });
    // A knob that is not known has no unit: a bare number is all that can be said.
    let unit = param.map_or(Unit::Q, |param| param.unit);
    let points = lane.points.iter().map(|p| quoted(&point::print(p, unit, session.song.rate)));
    (lane.target.clone(), Row::List(points.collect()))
}

fn number(value: f32) -> String {
    let text = value.to_string();
    if text.contains('.') || !value.is_finite() { text } else { format!("{text}.0") }
}

#[derive(Default)]
struct Rows(Vec<(String, Row)>);

impl Rows {
    fn one(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), Row::One(value)));
    }
    fn text(&mut self, name: &str, value: &str) {
        self.one(name, quoted(value));
    }
    fn maybe(&mut self, name: &str, there: bool, value: &str) {
        if there {
            self.text(name, value);
        }
    }
    /// Values in the order of the table; then those that the table does not know, as numbers.
    fn values(&mut self, values: &Values, table: &[Param]) {
        for param in table {
            if let Some(&value) = values.get(param.id) {
                self.text(param.id, &param.unit.print(value));
            }
        }
        for (name, &value) in values.iter().filter(|(name, _)| !table.iter().any(|p| p.id == **name)) {
            self.one(name, number(value));
        }
    }
    fn page(self, path: &[&str]) -> Page {
        Page { path: path.iter().map(|&word| word.to_owned()).collect(), rows: self.0 }
    }
}
