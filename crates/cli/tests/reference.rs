//! The pages in docs/reference are what the tables say. `UPDATE=1 cargo test -p mixsmith --test reference` writes
//! them anew.
#![allow(clippy::disallowed_methods, reason = "reads and writes pages")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mixsmith_processor::{Change, Kind, Param, Setup, Tail, Taper, Unit};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

const RATE: f32 = 48_000.0;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a page with the file, or writes it when the environment says `UPDATE=1`.
fn keep(name: &str, title: &str, body: &str) {
    let head = "<!-- Made from the program's tables: UPDATE=1 cargo test -p mixsmith --test reference -->";
    let body = body.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    keep_page(name, format!("{head}\n\n# {title}\n\n{}\n", body.trim()));
}

/// Compares a whole page with the file, or writes it.
fn keep_page(name: &str, page: String) {
    let path = root().join("docs/reference").join(name);
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, page).unwrap();
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let first = found.lines().zip(page.lines()).position(|(found, page)| found != page);
    assert!(
        found == page,
        "docs/reference/{name} is stale from line {}: run `UPDATE=1 cargo test -p mixsmith --test reference` and \
         commit what it writes",
        first.unwrap_or_else(|| found.lines().count().min(page.lines().count())) + 1
    );
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "))
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = row(&head.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    text += &format!("|{}\n", " --- |".repeat(head.len()));
    text + &rows.into_iter().map(|cells| row(&cells)).collect::<String>()
}

fn params(params: &[Param]) -> String {
    let of = |param: &Param| {
        let unit = match param.unit {
            Unit::Choice(_) => "choice",
            Unit::Pan => "L/R",
            Unit::Q => "Q",
            unit => unit.symbol(),
        };
        let taper = match (param.unit, param.taper) {
            (Unit::Choice(_), _) => "",
            (_, Taper::Lin) => "equal steps",
            (_, Taper::Log) => "equal ratios",
        };
        let change = match param.change {
            Change::Smooth(ms) => format!("glides, {ms} ms"),
            Change::Step => "at once".to_owned(),
            Change::Rebuild => "not automated".to_owned(),
        };
        vec![
            format!("`{}`", param.id),
            param.name.to_owned(),
            unit.to_owned(),
            param.range_text(),
            param.unit.print(param.default),
            taper.to_owned(),
            change,
            param.doc.to_owned(),
        ]
    };
    let head = ["id", "name", "unit", "range", "default", "travel of a knob", "a change", "what it does"];
    table(&head, params.iter().map(of))
}

#[test]
fn effects() {
    let mut text = String::from(
        "Every effect that a strip can have as an insert. `kind` in `session.toml` is the id. Values that are not \
         written stand at their defaults. Latencies and tails are those of the defaults at 48 kHz.\n\n",
    );
    let latency = |frames: usize| match frames {
        0 => "no latency".to_owned(),
        _ => format!("{frames} frames of latency ({:.2} ms)", frames as f32 * 1000.0 / RATE),
    };
    let tail = |tail: Tail| match tail {
        Tail::None => "no tail".to_owned(),
        Tail::Frames(frames) => format!("sounds on for {:.2} s at most", frames as f32 / RATE),
    };
    for kind in mixsmith_effects::all::ALL {
        let Kind { id, name, doc, ports, .. } = kind;
        let defaults: Vec<f32> = kind.params.iter().map(|param| param.default).collect();
        let built = (kind.build)(&Setup { rate: RATE, tempo: 120.0, channels: 2, impulse: None }, &defaults);
        let channels = if ports.mono { "One channel or two" } else { "Two channels" };
        let key = if ports.key { "a side-chain key" } else { "no side chain" };
        text += &format!("## {name}: `{id}`\n\n{}\n\n", cell(doc));
        let impulse = if ports.impulse { ", an impulse response of your own" } else { "" };
        text +=
            &format!("{channels}, {key}{impulse}; {}, {}.\n\n", latency(built.latency()), tail(built.tail()));
        text += &format!("{}\n", params(kind.params));
    }
    keep("effects.md", "Effects", &text);
}

/// Made by `mixsmith selftest --docs docs/reference` as well.
#[test]
fn processors() {
    keep_page("processors.md", mixsmith_selftest::page().unwrap());
}

#[test]
fn selftest() {
    let text = "What `mixsmith selftest` measures, and the figures that it is held to: the gate, which must be reached, and what \
                counts as best. The smaller a figure the better, for every row. What is only told stops nothing: it hangs on \
                the machine, or there is no agreed measure.\n\n";
    let row = |row: mixsmith_selftest::Row| {
        let gate =
            if row.only_told { format!("{}, only told", row.show(row.gate)) } else { row.show(row.gate) };
        vec![row.number.to_string(), row.title.to_owned(), gate, row.show(row.best)]
    };
    let rows = table(&["row", "what is measured", "gate", "best"], mixsmith_selftest::rows().map(row));
    keep("selftest.md", "Self-test", &format!("{text}{rows}"));
}

#[test]
fn strip() {
    let text = format!(
        "Every track, bus, return and the master has the same knobs. A knob has one address: the id of the strip, a \
         slash, and the knob.\n\n| address | knob |\n| --- | --- |\n| `vox/fader` | a knob of the strip |\n| \
         `vox/comp.threshold` | a knob of the insert `comp` |\n| `vox/send.plate.level` | a knob of the send to \
         `plate` |\n\n## The strip\n\n{}\n## A send\n\n{}",
        params(mixsmith_session::STRIP),
        params(mixsmith_session::SEND)
    );
    keep("strip.md", "The strip", &text);
}

#[test]
fn facts() {
    let mut text = String::from(
        "Everything that is measured. `mixsmith facts SONG` prints the values; decisions name these ids as their \
         evidence.\n",
    );
    for measures in mixsmith_analysis::all::ALL.iter().filter(|measures| !measures.is_empty()) {
        let family = |id: &'static str| id.split('.').next().unwrap_or(id);
        let mut families: Vec<&str> = measures.iter().map(|measure| family(measure.id)).collect();
        families.dedup();
        text += &format!("\n## {}\n\n", families.join(", "));
        let row = |measure: &mixsmith_analysis::Measure| {
            vec![format!("`{}`", measure.id), measure.unit.to_owned(), measure.doc.to_owned()]
        };
        text += &table(&["id", "unit", "what it is"], measures.iter().map(row));
    }
    keep("facts.md", "Facts", &text);
}

#[test]
fn roles() {
    let text = "What a track can be. `song.toml` takes these ids when a name and a sound do not tell.\n\n";
    let row = |role: &mixsmith_analysis::Role| {
        vec![format!("`{}`", role.id), role.name.to_owned(), role.family.to_owned()]
    };
    let roles = table(&["id", "what a track is called", "family"], mixsmith_analysis::ROLES.iter().map(row));
    keep("roles.md", "Roles", &format!("{text}{roles}"));
}

#[test]
fn rules() {
    let mut text = String::from(
        "Every rule, in the order in which they are asked. `mixsmith why SONG CODE` shows what a rule did to a song.\n",
    );
    let mut phase = "";
    for rule in mixsmith_assistant::all::ALL {
        if rule.phase.name() != phase {
            phase = rule.phase.name();
            text += &format!("\n## {phase}\n");
        }
        // Each part of the text begins with a bold word and becomes a paragraph.
        let doc = rule.doc.replace(". **", ".\n\n**");
        text += &format!("\n### `{}`\n\n{}\n", rule.code, doc.trim());
    }
    keep("rules.md", "Rules", &text);
}

#[test]
fn wishes() {
    let mut text = String::from(
        "What `mixsmith wish SONG` understands.\n\n```text\n[WHO] [much | a bit] [more | less | too] QUALITY [by NUMBER \
         [UNIT]] [in SECTION]\nWHO +NUMBER [dB]\n```\n\n`WHO` is a family (`drums`, `voice`, `backing vocals`, `guitars`), a \
         part (`kick`, `acoustic guitar`), a track by its name, several of them with `and` between; without it, the whole mix. \
         `SECTION` is what `mixsmith facts SONG sections` shows: all of a kind (`chorus`) or one (`chorus 2`); it may also stand \
         as a plain word (`chorus wider`). `a bit` is half of the usual amount, `much` twice. A number counts with a sign, a \
         unit or `by` before it.\n\n",
    );
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let row = |quality: &mixsmith_assistant::wish::Quality| {
        vec![
            format!("`{}`", quality.id),
            words(quality.more),
            words(quality.less),
            words(quality.bare),
            words(quality.lack),
            format!("{} {}", quality.usual, quality.unit),
            format!("{} {}", quality.most, quality.unit),
            quality.doc.to_owned(),
        ]
    };
    let head = [
        "id",
        "more of it",
        "less of it",
        "with `more` or `less`",
        "the opposite",
        "usual amount",
        "most",
        "what it does",
    ];
    text += &table(&head, mixsmith_assistant::wish::QUALITIES.iter().map(row));
    keep("wishes.md", "Wishes", &text);
}

#[test]
fn scorecard() {
    let mut text = String::from(
        "Every figure of the scorecard in `report.html` and `report.txt`, by the question that it answers. The limits are \
         where ten mixes by people lie that were put through the same measures, unless a figure says otherwise; where people \
         differ too much, there is none. A figure outside is a reason to listen, not a fault. Levels, peaks, stereo, tone, \
         low end, clicks and the dynamics of the tracks are measured on the printed files. Masking, partial loudness and \
         other systems are computed from the bands of the recorded tracks at the levels of their printed stems, so what an \
         equaliser does to single bands is not in them.\n",
    );
    let figures = mixsmith_pipeline::figures();
    for (place, question) in mixsmith_pipeline::QUESTIONS.iter().enumerate() {
        text += &format!("\n## {}. {}{}\n\n", place + 1, question[..1].to_uppercase(), &question[1..]);
        let rows: Vec<Vec<String>> = figures
            .iter()
            .filter(|figure| figure.row == place + 1)
            .map(|figure| {
                let limit = if figure.limit().is_empty() { "none".to_owned() } else { figure.limit() };
                let name = format!("{}: {}", figure.group, figure.name);
                [name, figure.unit.to_owned(), limit, figure.how.to_owned(), figure.means.to_owned()].to_vec()
            })
            .collect();
        text += &match rows.is_empty() {
            true => "Needs a mix by a person, so it is not measured.\n".to_owned(),
            false => table(&["figure", "unit", "limit", "how it is measured", "what it means"], rows),
        };
    }
    keep("scorecard.md", "Scorecard", &text);
}

/// The lines of comment that a file begins with.
fn heading(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    lines.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join("\n")
}

/// A value of a table of data as a person reads it.
fn show(item: &Item) -> String {
    fn value(found: &Value) -> String {
        match found {
            Value::String(text) => text.value().clone(),
            Value::Array(list) => {
                let nested = list.iter().any(Value::is_array);
                list.iter().map(value).collect::<Vec<_>>().join(if nested { "; " } else { ", " })
            }
            other => other.to_string().trim().to_owned(),
        }
    }
    item.as_value().map_or_else(|| item.to_string(), value)
}

/// Rows of equal shape as a table; columns in the order in which they first come.
fn rows<'a>(rows: impl Iterator<Item = &'a dyn TableLike>) -> String {
    let rows: Vec<_> = rows.collect();
    let mut head: Vec<&str> = Vec::new();
    for (key, _) in rows.iter().flat_map(|row| row.iter()) {
        if !head.contains(&key) {
            head.push(key);
        }
    }
    // The source says where a row is from, so it comes last.
    head.sort_by_key(|&key| key == "source");
    let cells =
        rows.iter().map(|row| head.iter().map(|key| row.get(key).map_or_else(String::new, show)).collect());
    table(&head, cells.collect::<Vec<_>>())
}

fn data(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let document: DocumentMut = text.parse().unwrap();
    let mut page = format!("{}\n\n", heading(&text));
    let top: &Table = document.as_table();
    for (key, item) in top.iter() {
        let inline = item.as_array().filter(|list| list.iter().all(Value::is_inline_table));
        if let Some(list) = item.as_array_of_tables() {
            page += &format!("{}\n", rows(list.iter().map(|table| table as &dyn TableLike)));
        } else if let Some(list) = inline.filter(|list| !list.is_empty()) {
            let tables = list.iter().filter_map(Value::as_inline_table);
            page += &format!("{}\n", rows(tables.map(|table| table as &dyn TableLike)));
        } else if let Some(one) = item.as_table_like() {
            page += &format!("`{key}`\n\n{}\n", rows(std::iter::once(one)));
        } else {
            page += &format!("{key}: {}\n\n", show(item));
        }
    }
    page
}

#[test]
fn tables() {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let inside = fs::read_dir(entry.unwrap().path().join("tables"));
        files.extend(inside.into_iter().flatten().map(|file| file.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let mut text = String::from(
        "The numbers that the program decides and judges by. They are data files in `crates/*/tables`; every row says \
         where it is from.\n",
    );
    for path in &files {
        let below = path.strip_prefix(root()).unwrap().components();
        let name: Vec<_> = below.map(|part| part.as_os_str().to_string_lossy()).collect();
        text += &format!("\n## `{}`\n\n{}", name.join("/"), data(path));
    }
    keep("tables.md", "Tables", &text);
}

/// What the program prints. It is asked, because its table of commands is its own.
fn printed(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mixsmith"));
    // Without a terminal, COLUMNS gives the width.
    command.args(words).env("COLUMNS", "100").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "mixsmith {words:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn commands() {
    let short = printed(&["-h"]);
    let list =
        short.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names =
        list.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
    let names: Vec<&str> = names.filter(|&name| name != "help").collect();
    assert!(names.contains(&"mix"), "{short}");
    let (usage, codes) =
        printed(&["--help"]).split_once("Exit codes:").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let mut text = format!("```text\n{}\n```\n\n## Exit codes\n\n", usage.trim());
    let code = |line: &str| {
        let (code, meaning) = line.trim().split_once("  ")?;
        Some(vec![code.to_owned(), meaning.trim().to_owned()])
    };
    text += &table(&["code", "meaning"], codes.lines().filter_map(code));
    for name in names {
        let help = printed(&[name, "--help"]);
        let help = help.split("Exit codes:").next().unwrap_or_default().trim();
        text += &format!("\n## mixsmith {name}\n\n```text\n{help}\n```\n");
    }
    keep("commands.md", "Commands", &text);
}
