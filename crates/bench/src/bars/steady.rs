//! How steadily the voice stands over the rest, beside mixes by people.

use super::{Bar, Fallible, Wish};
use crate::quality;

/// The bar, over the songs at hand that have a voice and a mix by a person.
pub fn bars(wish: &Wish) -> Fallible<Vec<Bar>> {
    let songs = quality::Wish {
        songs: wish.songs.clone(),
        folder: wish.folder.with_file_name("quality"),
        only: Vec::new(),
        seeds: 1,
        ours: true,
        simple: false,
        parts: false,
        name: String::new(),
    };
    let found = if wish.songs.is_dir() { quality::steadiness(&songs)? } else { Vec::new() };
    let must = 0.3;
    let mean = found.iter().map(|(_, over)| over).sum::<f64>() / found.len().max(1) as f64;
    let list: Vec<String> = found.iter().map(|(song, over)| format!("{song} {over:+.1}")).collect();
    let of = match list.is_empty() {
        true => format!("no songs in {}", wish.songs.display()),
        false => format!("mean over songs with a mix by a person: {}", list.join("; ")),
    };
    let over = found.iter().filter(|(_, over)| *over > must);
    let missed = over.map(|(song, over)| format!("{song}: {over:+.1} dB")).collect();
    let name = "Steadiness of the voice over phrases, over the human's".to_owned();
    let figure = (!found.is_empty()).then_some(mean);
    Ok(vec![Bar { name, unit: " dB", decimals: 1, must, goal: -0.2, figure, of, missed }])
}
