//! The strips of a file.

use mixsmith_processor::{Kinds, Unit};
use toml_edit::{InlineTable, TableLike, Value};

use super::page::map_word;
use super::parse::{Reader, first, span};
use super::point;
use crate::{Clip, Insert, Lane, Map, SEND, STRIP, Send, Slot, Strip, StripKind, Tap};

const ROWS: [&str; 9] = ["name", "role", "colour", "kind", "to", "clips", "inserts", "sends", "lanes"];

/// Reads a strip with all that is in it.
pub(crate) fn strip(reader: &mut Reader<'_>, id: &str, table: &dyn TableLike) -> Strip {
    reader.mark(id.to_owned(), first(table));
    let address = format!("{id}/");
    let name = reader.text(table, "name", &address).unwrap_or(id).to_owned();
    let mut strip = Strip::new(id, &name, kind(reader, id, table));
    strip.role = reader.text(table, "role", &address).unwrap_or_default().to_owned();
    strip.colour = reader.text(table, "colour", &address).unwrap_or_default().to_owned();
    strip.to = reader.text(table, "to", &address).map(str::to_owned);
    strip.values = reader.values(table, &address, STRIP);
    let clips = reader.list(table, &["strip", id], "clips", &format!("{id}/clips"), clip);
    if let StripKind::Track { clips: place } = &mut strip.kind {
        *place = clips;
    }
    let known: Vec<&str> = ROWS.into_iter().chain(STRIP.iter().map(|param| param.id)).collect();
    reader.only(table, &address, &known);
    for (id, table) in reader.tables(table, "inserts", &format!("{id}/inserts")) {
        strip.inserts.push(insert(reader, &strip.id, id, table));
    }
    for (to, table) in reader.tables(table, "sends", &format!("{id}/sends")) {
        strip.sends.push(send(reader, &strip.id, to, table));
    }
    lanes(reader, &mut strip, table);
    strip
}

fn kind(reader: &mut Reader<'_>, id: &str, table: &dyn TableLike) -> StripKind {
    let address = format!("{id}/");
    let track = StripKind::Track { clips: Vec::new() };
    match reader.text(table, "kind", &address) {
        Some("track") => track,
        Some("bus") => StripKind::Bus,
        Some("return") => StripKind::Return,
        Some("master") => StripKind::Master,
        found => {
            let taken = if table.contains_key("clips") { track } else { StripKind::Bus };
            let word = if taken == StripKind::Bus { "bus" } else { "track" };
            let says = found.map_or_else(
                || "it does not say its kind".to_owned(),
                |k| format!("`{k}` is no kind of strip"),
            );
            let at = if table.contains_key("kind") { span(table, "kind") } else { first(table) };
            let help = format!("It was taken for a {word}; the kinds are track, bus, return, master");
            reader.say(at, &format!("{id}/kind"), says, help);
            taken
        }
    }
}

fn clip(reader: &mut Reader<'_>, value: &Value, at: &str) -> Result<Clip, String> {
    let Some(table) = value.as_inline_table() else {
        return Err("a clip is written { source = \"vox\", at = \"0 s\", length = \"10 s\" }".to_owned());
    };
    let address = format!("{at}/");
    let rows = ["source", "at", "from", "length", "gain", "fade_in", "fade_out", "map"];
    reader.only(table, &address, &rows);
    let source = text(table, "source").ok_or("a clip needs a `source`")?.to_owned();
    let start = if table.contains_key("at") { reader.time(table, "at")? } else { 0 };
    let start = i64::try_from(start).map_err(|_| "`at` is too far away")?;
    let frames = reader.span(table, "length")?;
    let gain = match table.get("gain") {
        None => Ok(0.0),
        Some(Value::String(text)) => Unit::Db.parse(text.value()).map_err(|error| error.to_string()),
        Some(Value::Integer(number)) => Ok(*number.value() as f32),
        Some(Value::Float(number)) => Ok(*number.value() as f32),
        Some(_) => Err("`gain` must be a level such as \"-3 dB\"".to_owned()),
    };
    let gain = gain.unwrap_or_else(|says| {
        reader.say(span(table, "gain"), &format!("{address}gain"), says, "The clip plays at 0 dB");
        0.0
    });
    let map = text(table, "map").unwrap_or("all");
    let all = [Map::All, Map::First, Map::Second, Map::ToLeft, Map::ToRight];
    let map = all.into_iter().find(|&m| map_word(m) == map).unwrap_or_else(|| {
        let help = format!("All channels are played; there are: {}", all.map(map_word).join(", "));
        reader.say(span(table, "map"), &format!("{address}map"), format!("`{map}` is no map"), help);
        Map::All
    });
    Ok(Clip {
        source,
        at: start,
        from: reader.length(table, "from", &address).unwrap_or_default(),
        frames,
        gain,
        fade_in: reader.length(table, "fade_in", &address).unwrap_or_default(),
        fade_out: reader.length(table, "fade_out", &address).unwrap_or_default(),
        map,
    })
}

fn text<'t>(table: &'t InlineTable, name: &str) -> Option<&'t str> {
    table.get(name).and_then(Value::as_str)
}

fn insert(reader: &mut Reader<'_>, strip: &str, id: &str, table: &dyn TableLike) -> Insert {
    reader.mark(format!("{strip}/{id}"), first(table));
    let address = format!("{strip}/{id}.");
    let mut insert = Insert::new(id, reader.text(table, "kind", &address).unwrap_or_default(), &[]);
    insert.key = reader.text(table, "key", &address).map(str::to_owned);
    insert.impulse = reader.text(table, "impulse", &address).map(str::to_owned);
    if let Some(item) = table.get("on") {
        insert.on = item.as_bool().unwrap_or_else(|| {
            let says = "`on` must be true or false";
            reader.say(span(table, "on"), &format!("{address}on"), says, "The insert is in circuit");
            true
        });
    }
    // The rows of an effect that is not there cannot be judged: they stay in the file as they are.
    if let Some(kind) = reader.kinds.get(&insert.kind) {
        insert.values = reader.values(table, &address, kind.params);
        let params = kind.params.iter().map(|param| param.id);
        let known: Vec<&str> = ["kind", "on", "key", "impulse"].into_iter().chain(params).collect();
        reader.only(table, &address, &known);
    }
    insert
}

fn send(reader: &mut Reader<'_>, strip: &str, to: &str, table: &dyn TableLike) -> Send {
    reader.mark(format!("{strip}/send.{to}"), first(table));
    let address = format!("{strip}/send.{to}.");
    let tap = match reader.text(table, "tap", &address) {
        None | Some("post") => Tap::Post,
        Some("pre") => Tap::Pre,
        Some(other) => {
            let says = format!("`{other}` is no tap");
            let help = "It is taken after the fader (post); the other is pre";
            reader.say(span(table, "tap"), &format!("{address}tap"), says, help);
            Tap::Post
        }
    };
    let values = reader.values(table, &address, SEND);
    let known: Vec<&str> = ["tap"].into_iter().chain(SEND.iter().map(|param| param.id)).collect();
    reader.only(table, &address, &known);
    Send { to: to.to_owned(), tap, values }
}

fn lanes(reader: &mut Reader<'_>, strip: &mut Strip, table: &dyn TableLike) {
    let Some(item) = table.get("lanes") else { return };
    let id = strip.id.clone();
    let Some(table) = item.as_table_like() else {
        let says = "`lanes` must be a table of lists";
        reader.say(span(table, "lanes"), &format!("{id}/lanes"), says, "It was left out");
        return;
    };
    for (target, _) in table.iter() {
        let address = format!("{id}/{target}");
        let kinds = reader.kinds;
        let Some(unit) = unit(kinds, strip, target) else {
            let near = target.parse::<Slot>().err().map_or_else(String::new, |error| format!(" ({error})"));
            let says = format!("there is no knob `{target}` here{near}");
            reader.say(span(table, target), &address, says, "The lane stays in the file and does nothing");
            continue;
        };
        let path = ["strip", &id, "lanes"];
        let points = reader.list(table, &path, target, &address, |reader, value, _| match value {
            Value::String(text) => point::read(text.value(), unit, reader.rate),
            _ => Err("a break-point is written \"12.5 s  -1.2 dB\"".to_owned()),
        });
        if !points.is_empty() {
            strip.lanes.push(Lane { target: target.to_owned(), points });
        }
    }
}

fn unit(kinds: &Kinds, strip: &Strip, target: &str) -> Option<Unit> {
    let (table, param) = match target.parse().ok()? {
        Slot::Strip(param) => (STRIP, param),
        Slot::Send(to, param) => (strip.send(&to).map(|_| SEND)?, param),
        Slot::Insert(insert, param) => (kinds.get(&strip.insert(&insert)?.kind)?.params, param),
    };
    table.iter().find(|p| p.id == param).map(|param| param.unit)
}
