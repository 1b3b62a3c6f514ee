//! Times the engine on CANON-1, with the peers that are installed beside it, in interleaved rounds.
//!
//! `cargo run --release -p mixsmith-bench -- --name 2026-11-22-machine` writes `benches/runs/<name>.md`.

mod canon;
mod measure;
mod workload;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use measure::{Cost, median};

/// Times the engine beside its peers.
#[derive(Parser)]
struct Flags {
    /// How many tracks; a table row for each.
    #[arg(long, value_delimiter = ',', default_value = "8,32")]
    tracks: Vec<usize>,
    /// Length of the tracks, seconds.
    #[arg(long, default_value_t = 120)]
    seconds: usize,
    /// Runs of each program, one after the other in turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Where the tracks are kept between runs.
    #[arg(long, default_value = "target/canon")]
    folder: PathBuf,
    /// Name of the table in benches/runs; without one it is only printed.
    #[arg(long)]
    name: Option<String>,
    /// One run of the engine into a file, to be timed from outside: threads, file.
    #[arg(long, num_args = 2, hide = true)]
    once: Option<Vec<String>>,
}

/// A program in the table.
struct Runner {
    name: &'static str,
    command: fn(&Path, usize, &Path) -> Command,
}

const RUNNERS: [Runner; 3] = [
    Runner { name: "mixsmith, 1 thread", command: |folder, tracks, out| engine(folder, tracks, out, "1") },
    Runner { name: "mixsmith, 2 threads", command: |folder, tracks, out| engine(folder, tracks, out, "2") },
    Runner { name: "pedalboard", command: pedalboard },
];

fn engine(folder: &Path, tracks: usize, out: &Path, threads: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.arg("--folder").arg(folder).args(["--tracks", &tracks.to_string(), "--once", threads]).arg(out);
    command
}

fn pedalboard(folder: &Path, tracks: usize, out: &Path) -> Command {
    let mut command = Command::new("python3");
    command
        .args(["-c", include_str!("../peers/pedalboard_canon.py")])
        .arg(folder)
        .arg(tracks.to_string())
        .arg(out);
    command
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::parse();
    if let Some([threads, out]) = flags.once.as_deref() {
        let tracks = flags.tracks.first().copied().unwrap_or(8);
        return canon::once(&flags.folder, tracks, threads.parse()?, Path::new(out));
    }
    let has = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|o| o.status.success())
    };
    let peer = has("python3", &["-c", "import pedalboard"]);
    let runners: Vec<&Runner> = RUNNERS.iter().filter(|runner| runner.name != "pedalboard" || peer).collect();
    workload::write(&flags.folder, flags.tracks.iter().copied().max().unwrap_or(0), flags.seconds)?;
    let out = flags.folder.join("out.wav");
    let mut text = format!("# CANON-1, {} s, {} rounds\n\n", flags.seconds, flags.rounds);
    if !peer {
        text += "pedalboard is not installed here (`pip install pedalboard`): no ratio to a peer.\n\n";
    }
    text +=
        "| program | tracks | CPU s | wall s | times real time | memory MB | CPU of the peer over ours |\n";
    text += "|---|---|---|---|---|---|---|\n";
    for &tracks in &flags.tracks {
        let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); runners.len()];
        for _ in 0..flags.rounds {
            for (runner, costs) in runners.iter().zip(&mut costs) {
                costs.push(measure::run(&mut (runner.command)(&flags.folder, tracks, &out))?);
            }
        }
        let middle = |costs: &[Cost], of: fn(&Cost) -> f64| median(costs.iter().map(of).collect());
        let ours = costs.first().map_or(0.0, |costs| middle(costs, |cost| cost.cpu));
        for (runner, costs) in runners.iter().zip(&costs) {
            let cpu = middle(costs, |cost| cost.cpu);
            writeln!(
                text,
                "| {} | {tracks} | {cpu:.2} | {:.2} | {:.0} | {:.0} | {:.2} |",
                runner.name,
                middle(costs, |cost| cost.wall),
                flags.seconds as f64 / cpu,
                middle(costs, |cost| cost.memory),
                cpu / ours,
            )?;
        }
    }
    print!("{text}");
    if let Some(name) = flags.name {
        let place = Path::new("benches/runs").join(format!("{name}.md"));
        std::fs::create_dir_all("benches/runs")?;
        mixsmith_audio::write_atomic(&mixsmith_audio::disk::real(), &place, text.as_bytes())?;
    }
    Ok(())
}
