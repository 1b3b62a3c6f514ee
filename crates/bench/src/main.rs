//! Times the engine and its kernels, with the peers that are installed beside them, in interleaved rounds.
//!
//! `cargo run --release -p mixsmith-bench -- --name machine` writes all tables into `benches/runs/<day>-machine.md`;
//! `canon1`, `canon2`, `again`, `kernels` or `effects` asks for some of them. `quality` is a table of its own, written into
//! `benches/runs/<day>-quality.md`: how near mixes are to those that people made of the same tracks. So is `ardour`: what
//! Ardour makes of songs that are exported for it, beside our own render; and `bars`: planted faults, microphones, beats,
//! sections, the steadiness of the voice, the reasons computed again, and times.

mod again;
mod ardour;
mod bars;
mod canon;
mod contenders;
mod effects;
mod kernels;
mod measure;
mod mixes;
mod peers;
mod quality;
mod real;
mod table;
mod workload;

use std::error::Error;
use std::path::{Path, PathBuf};

use canon::Song;
use clap::{Parser, ValueEnum};
use mixes::Wish;

/// Times the engine and its kernels beside their peers.
#[derive(Parser)]
struct Flags {
    /// Which tables; all that time something if none is named.
    tables: Vec<Table>,
    /// How many tracks; lines in the tables for each.
    #[arg(long, value_delimiter = ',', default_value = "8,32,128")]
    tracks: Vec<usize>,
    /// Length of the sound, seconds.
    #[arg(long, default_value_t = 120)]
    seconds: usize,
    /// Runs of each program, one after the other in turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Which peers, by a word of their names; all that are installed if none is named.
    #[arg(long, value_delimiter = ',')]
    peers: Vec<String>,
    /// Where the sounds are kept between runs.
    #[arg(long, default_value = "target/canon")]
    folder: PathBuf,
    /// Name of the file in benches/runs, after the day; without one the tables are only printed.
    #[arg(long)]
    name: Option<String>,
    /// For `quality`, `bars` and `ardour`: where the songs are.
    #[arg(long, default_value = "../shared/songs")]
    songs: PathBuf,
    /// For `quality` and `ardour`: words of the songs' names; all of them if none is named.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// For `quality`: how many times each song is scrambled. For `bars`: how many times as many scenes as the fewest.
    #[arg(long, default_value_t = 2)]
    seeds: u64,
    /// For `quality`: only our mixes and the people's.
    #[arg(long, conflicts_with = "simple")]
    ours: bool,
    /// For `quality`: tell every part of our mixes, and what was decided.
    #[arg(long)]
    parts: bool,
    /// For `quality`: only the simple ways to mix, which take little time; the table is printed alone.
    #[arg(long)]
    simple: bool,
    /// For `ardour`: these songs and no others; mixed ones are taken as they are.
    #[arg(long)]
    song: Vec<PathBuf>,
    /// For `ardour`: how often it may bounce a session, of which the nearest counts.
    #[arg(long, default_value_t = 3)]
    tries: usize,
    /// For `bars`: which of them; all if none is named.
    #[arg(long, value_delimiter = ',')]
    bars: Vec<bars::Kind>,
    /// One run of the engine into a file, to be timed from outside: threads, file.
    #[arg(long, num_args = 2, hide = true)]
    once: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Table {
    /// N mono tracks with EQ and compressor, two sends, a master chain.
    Canon1,
    /// The same nearer to a real mix: stereo, automation, look-ahead, a key, a driven limiter.
    Canon2,
    /// CANON-1 rendered again after one move.
    Again,
    /// Single effects, the meter, decoding, resampling.
    Kernels,
    /// Every effect alone, and in lanes.
    Effects,
    /// Mixes beside those that people made of the same tracks.
    Quality,
    /// Songs as Ardour plays them, beside our own render.
    Ardour,
    /// What is asked of hearing and preparing.
    Bars,
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::parse();
    if let Some([threads, out]) = flags.once.as_deref() {
        let tracks = flags.tracks.first().copied().unwrap_or(8);
        if flags.tables.contains(&Table::Again) {
            return again::once(&flags.folder, tracks, flags.rounds);
        }
        let song = if flags.tables.contains(&Table::Canon2) { Song::Canon2 } else { Song::Canon1 };
        return canon::once(song, &flags.folder, tracks, threads.parse()?, Path::new(out));
    }
    if flags.tables.contains(&Table::Quality) {
        return quality(&flags);
    }
    if flags.tables.contains(&Table::Ardour) {
        return ardour(&flags);
    }
    if flags.tables.contains(&Table::Bars) {
        return bars(&flags);
    }
    let folder = flags.folder.join(format!("{}s", flags.seconds));
    let wish = Wish {
        folder: &folder,
        tracks: &flags.tracks,
        seconds: flags.seconds,
        rounds: flags.rounds.max(1),
        peers: &flags.peers,
    };
    let asked = |table| flags.tables.is_empty() || flags.tables.contains(&table);
    let mut text = format!("# The engine beside its peers\n\n{}", table::machine()?);
    if asked(Table::Canon1) {
        text += &mixes::canon1(&wish)?;
    }
    if asked(Table::Canon2) {
        text += &mixes::canon2(&wish)?;
    }
    if asked(Table::Again) {
        text += &again::table(&wish)?;
    }
    if asked(Table::Kernels) {
        text += &kernels::table(&wish)?;
    }
    if asked(Table::Effects) {
        text += &effects::table(&wish)?;
    }
    let text = format!("{}\n", text.trim_end());
    print!("{text}");
    if let Some(name) = flags.name {
        eprintln!("{}", table::keep(&name, &text)?.display());
    }
    Ok(())
}

/// Writes the table of quality; a part of it, asked for with `--only`, is printed alone.
fn quality(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let folder = flags.folder.with_file_name("quality");
    let wish = quality::Wish {
        songs: &flags.songs,
        folder: &folder,
        only: &flags.only,
        seeds: flags.seeds.max(1),
        road: !flags.simple,
        simple: !flags.ours,
        parts: flags.parts,
    };
    let tables = quality::table(&wish)?;
    let text = format!("# Quality\n\n{}\n{}\n", table::machine()?, tables.trim_end());
    print!("{text}");
    if flags.only.is_empty() && !flags.simple && !flags.ours {
        eprintln!("{}", table::keep(flags.name.as_deref().unwrap_or("quality"), &text)?.display());
    }
    Ok(())
}

/// Writes the table of Ardour; a part of it, asked for with `--only` or `--song`, is printed alone.
#[allow(clippy::disallowed_methods, reason = "looks for songs")]
fn ardour(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let mut songs = flags.song.clone();
    if songs.is_empty() {
        let entries = std::fs::read_dir(&flags.songs)?.collect::<Result<Vec<_>, _>>()?;
        songs.extend(entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()));
        songs.retain(|song| {
            let name = song.to_string_lossy();
            flags.only.is_empty() || flags.only.iter().any(|word| name.contains(word.as_str()))
        });
        songs.sort();
    }
    let folder = flags.folder.with_file_name("ardour");
    let wish = ardour::Wish { songs, folder: &folder, tries: flags.tries };
    let machine = table::machine()?;
    let (tables, above) = ardour::table(&wish)?;
    let text = format!("# Songs in Ardour\n\n{machine}\n{tables}");
    let text = format!("{}\n", text.trim_end());
    print!("{text}");
    if let Some(name) =
        flags.name.as_deref().or((flags.only.is_empty() && flags.song.is_empty()).then_some("ardour"))
    {
        eprintln!("{}", table::keep(name, &text)?.display());
    }
    if above > 0 { Err(format!("{above} residuals are above what they must be").into()) } else { Ok(()) }
}

/// Writes the table of the bars; some of them, asked for with `--bars`, are printed alone.
fn bars(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let folder = flags.folder.with_file_name("bars");
    let wish =
        bars::Wish { folder: &folder, songs: &flags.songs, seeds: flags.seeds.max(1), kinds: &flags.bars };
    let tables = bars::table(&wish)?;
    let text = format!("# Bars of hearing and preparing\n\n{}\n{}\n", table::machine()?, tables.trim_end());
    print!("{text}");
    if flags.bars.is_empty() || flags.name.is_some() {
        eprintln!("{}", table::keep(flags.name.as_deref().unwrap_or("bars"), &text)?.display());
    }
    Ok(())
}
