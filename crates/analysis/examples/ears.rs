//! Prints what is measured of each file: `cargo run --release -p mixsmith-analysis --example ears -- FILES`.
#![allow(clippy::disallowed_methods, reason = "measures speed")]

use std::path::PathBuf;
use std::time::Instant;

use mixsmith_analysis::{Qty, measure_stem};

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let only = arguments.first().and_then(|first| first.strip_prefix("--only=")).map(str::to_owned);
    if only.is_some() {
        arguments.remove(0);
    }
    for path in arguments.iter().map(PathBuf::from) {
        let read = match mixsmith_audio::read(&path) {
            Ok(read) => read,
            Err(error) => {
                println!("{}: {error}", path.display());
                continue;
            }
        };
        for stream in &read.streams {
            let start = Instant::now();
            let (facts, _) = measure_stem("x", &stream.audio);
            println!(
                "{} ({} Hz, {} channels, {:.0} s) measured in {:.2} s",
                path.display(),
                stream.audio.rate,
                stream.audio.channels.len(),
                stream.audio.seconds(),
                start.elapsed().as_secs_f64()
            );
            for fact in
                facts.iter().filter(|fact| only.as_ref().is_none_or(|only| fact.what.starts_with(only)))
            {
                println!("    {:<28} {}", fact.what, value(&fact.value));
            }
        }
    }
}

fn value(value: &Qty) -> String {
    let list = |values: &[f64]| {
        let shown: Vec<String> = values.iter().take(12).map(|v| format!("{v:.2}")).collect();
        format!("{} [{}{}]", values.len(), shown.join(" "), if values.len() > 12 { " ..." } else { "" })
    };
    match value {
        Qty::Number(number) => format!("{number:.4}"),
        Qty::Text(text) => text.clone(),
        Qty::Times(times) => list(times),
        Qty::Series { values, .. } | Qty::Bands(values) => {
            list(&values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>())
        }
        Qty::Spans(spans) => list(&spans.iter().flat_map(|span| [span.start, span.end]).collect::<Vec<_>>()),
    }
}
