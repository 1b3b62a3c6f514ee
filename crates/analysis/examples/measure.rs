//! Measures a folder of tracks and prints what was found: `cargo run --release --example measure -- FOLDER [what ...]`.

use std::path::Path;
use std::sync::Arc;

use mixsmith_analysis::{Facts, Qty, Song, Stem, measure_song, measure_stem};
use mixsmith_audio::{Clip, content_hash, hex, read, resample};

fn open(folder: &Path) -> (Song, Facts) {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let mut facts = Facts::default();
    let mut stems = Vec::new();
    let rate = 48_000;
    for path in files {
        let Ok(found) = read(&path) else { continue };
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for stream in found.streams {
            let id = format!("s{}", stems.len() + 1);
            let (list, sketch) = measure_stem(&id, &stream.audio);
            facts.extend(list);
            facts.push_sketch(&id, Arc::new(sketch));
            stems.push(Stem {
                id,
                file: file.clone(),
                hash: content_hash(&path).map(|hash| hex(&hash)).unwrap_or_default(),
                rate: stream.audio.rate,
                channels: stream.audio.channels.len(),
                lossy: matches!(path.extension().and_then(|e| e.to_str()), Some("mp3" | "ogg")),
                start: 0,
                clip: Arc::new(Clip::in_memory(resample(&stream.audio, rate))),
            });
        }
    }
    let frames = stems.iter().map(|stem| stem.clip.frames).max().unwrap_or(0);
    (Song { rate, frames, stems }, facts)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_default();
    let wanted: Vec<String> = arguments.collect();
    let (song, mut facts) = open(Path::new(&folder));
    let before = facts.iter().count();
    let clock = std::time::Instant::now();
    measure_song(&song, &mut facts);
    let spent = clock.elapsed().as_secs_f64();
    let file = |id: &String| {
        song.stems.iter().find(|stem| stem.id == *id).map_or(id.clone(), |stem| stem.file.clone())
    };
    let shown = |wanted: &[String], what: &str| wanted.iter().any(|w| what.starts_with(w.as_str()));
    for (i, fact) in facts.iter().enumerate() {
        if (wanted.is_empty() && i < before) || (!wanted.is_empty() && !shown(&wanted, &fact.what)) {
            continue;
        }
        let value = match &fact.value {
            Qty::Number(x) => format!("{x:.3}"),
            Qty::Text(text) => text.clone(),
            Qty::Spans(spans) => spans
                .iter()
                .map(|s| format!("{:.1}-{:.1} {}", s.start, s.end, s.label))
                .collect::<Vec<_>>()
                .join(", "),
            Qty::Bands(bands) if bands.len() < 13 => format!("{bands:.3?}"),
            Qty::Times(times) => {
                format!("{} times, {:?}", times.len(), times.iter().take(4).collect::<Vec<_>>())
            }
            _ => "...".to_owned(),
        };
        println!(
            "{:60} {:20} {value} ({:.2})",
            fact.about.iter().map(file).collect::<Vec<_>>().join(" | "),
            fact.what,
            fact.confidence
        );
    }
    eprintln!("song facts in {spent:.2} s");
}
