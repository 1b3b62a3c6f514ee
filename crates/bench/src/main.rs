//! Times the engine and its kernels, with the peers that are installed beside them, in interleaved rounds.
//!
//! `cargo run --release -p mixsmith-bench -- --name machine` writes all tables into `benches/runs/<day>-machine.md`;
//! `canon1`, `canon2`, `again`, `parts`, `kernels` or `effects` asks for some of them. Sub-commands have tables of their own in
//! `benches/runs/<day>-<sub-command>.md`: `quality`, how near mixes are to those that people made of the same tracks; `ardour`,
//! what Ardour makes of songs that are exported for it; `bars`, what hearing and preparing come to.

mod again;
mod ardour;
mod bars;
mod canon;
mod contenders;
mod effects;
mod kernels;
mod measure;
mod mixes;
mod parts;
mod peers;
mod quality;
mod real;
mod table;
mod workload;

use std::error::Error;
use std::path::{Path, PathBuf};

use canon::Song;
use clap::{Parser, Subcommand, ValueEnum};
use mixes::Wish;

/// Times the engine and its kernels beside their peers.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Flags {
    #[command(subcommand)]
    of_its_own: Option<OfItsOwn>,
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
    /// What the parts of CANON-1 cost.
    Parts,
    /// Single effects, the meter, decoding, resampling.
    Kernels,
    /// Every effect alone, and in lanes.
    Effects,
}

/// Tables of their own.
#[derive(Subcommand)]
enum OfItsOwn {
    /// Mixes beside those that people made of the same tracks.
    Quality(quality::Wish),
    /// Songs as Ardour plays them, beside our own render.
    Ardour(ardour::Wish),
    /// What is asked of hearing and preparing.
    Bars(bars::Wish),
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::parse();
    match &flags.of_its_own {
        Some(OfItsOwn::Quality(wish)) => return quality::run(wish),
        Some(OfItsOwn::Ardour(wish)) => return ardour::run(wish),
        Some(OfItsOwn::Bars(wish)) => return bars::run(wish),
        None => {}
    }
    if let Some([threads, out]) = flags.once.as_deref() {
        let tracks = flags.tracks.first().copied().unwrap_or(8);
        if flags.tables.contains(&Table::Again) {
            return again::once(&flags.folder, tracks, flags.rounds);
        }
        if flags.tables.contains(&Table::Parts) {
            return parts::once(&flags.folder, tracks, flags.rounds, Path::new(out));
        }
        let song = if flags.tables.contains(&Table::Canon2) { Song::Canon2 } else { Song::Canon1 };
        return canon::once(song, &flags.folder, tracks, threads.parse()?, Path::new(out));
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
    if asked(Table::Parts) {
        text += &parts::table(&wish)?;
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
