//! Writes the demo song (`messy`), its clean twin (`clean`), the short one (`short`) or the recipe of a JSON file into a
//! folder, and its truth to standard output.
#![allow(clippy::disallowed_methods, reason = "reads and writes what it is asked to")]

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(which), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: write_song messy|clean|short|RECIPE.json FOLDER");
        return Ok(());
    };
    let recipe = match which.as_str() {
        "clean" => mixsmith_demo::Recipe::clean(),
        "short" => mixsmith_demo::Recipe::short(),
        file if file.ends_with(".json") => serde_json::from_str(&std::fs::read_to_string(file)?)?,
        _ => mixsmith_demo::Recipe::demo(),
    };
    let song = mixsmith_demo::song(&recipe);
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    mixsmith_demo::write(&song, &folder)?;
    println!("{}", song.truth.to_json());
    Ok(())
}
