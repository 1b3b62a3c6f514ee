//! The tables of CANON-1 and CANON-2: whole programs, one after the other in turn.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::measure::{self, Cost, median};
use crate::peers::{Job, PEERS, Peer};
use crate::workload::{self, RATE};

/// What all tables are asked for.
pub struct Wish<'a> {
    /// Where the tracks are kept.
    pub folder: &'a Path,
    /// Numbers of tracks.
    pub tracks: &'a [usize],
    /// Length of the tracks, seconds.
    pub seconds: usize,
    /// Runs of each program.
    pub rounds: usize,
    /// Words of the peers' names; all of them if empty.
    pub peers: &'a [String],
}

/// A program in a table, and what its runs cost.
pub struct Row {
    name: String,
    command: Command,
    /// What each run cost.
    pub costs: Vec<Cost>,
    level: f64,
}

impl Row {
    /// Before the first run.
    pub fn new(name: &str, command: Command) -> Row {
        Row { name: name.to_owned(), command, costs: Vec::new(), level: 0.0 }
    }

    fn middle(&self, of: fn(&Cost) -> f64) -> f64 {
        median(self.costs.iter().map(of).collect())
    }
}

/// CANON-1 beside every peer that is installed.
pub fn canon1(wish: &Wish) -> Result<String, Box<dyn Error>> {
    workload::write(wish.folder, wish.tracks.iter().copied().max().unwrap_or(0), wish.seconds)?;
    let named = |peer: &&Peer| {
        let name = peer.name.to_lowercase();
        wish.peers.is_empty() || wish.peers.iter().any(|word| name.contains(&word.to_lowercase()))
    };
    let (here, absent): (Vec<&Peer>, Vec<&Peer>) =
        PEERS.iter().copied().filter(named).partition(|peer| (peer.found)());
    let mut text = format!("\n## CANON-1, {} s, medians of {} rounds\n\n", wish.seconds, wish.rounds);
    for peer in &here {
        writeln!(text, "- {}: {}.", peer.name, peer.note)?;
    }
    for peer in &absent {
        writeln!(text, "- {} is absent here (`{}`).", peer.name, peer.from)?;
    }
    text += HEAD;
    let mut threads = String::new();
    for &tracks in wish.tracks {
        let job = job(wish, tracks)?;
        let mut rows = vec![
            Row::new("mixsmith, 1 thread", ours("canon1", &job, 1)),
            Row::new("mixsmith, 2 threads", ours("canon1", &job, 2)),
        ];
        for peer in &here {
            match (peer.prepare)(&job) {
                Ok(command) => rows.push(Row::new(peer.name, command)),
                Err(error) => writeln!(threads, "{} at {tracks} tracks: {error}.\n", peer.name)?,
            }
        }
        in_turn(wish, &job, &mut rows)?;
        threads += &print(&mut text, wish, tracks, &rows)?;
    }
    Ok(format!("{text}\n{threads}"))
}

/// CANON-2 beside our own CANON-1: the peers cannot all express it.
pub fn canon2(wish: &Wish) -> Result<String, Box<dyn Error>> {
    let most = wish.tracks.iter().copied().max().unwrap_or(0);
    workload::write(wish.folder, most, wish.seconds)?;
    workload::write_real(wish.folder, most, wish.seconds)?;
    let mut text = format!(
        "\n## CANON-2, {} s, medians of {} rounds\n\nOurs alone, beside CANON-1; the ratio is to CANON-1. Half the tracks \
         stereo, one at 44.1 kHz, fader and one band automated on each track, look-ahead on every fourth, a keyed \
         compressor, 12 dB into the limiter.\n",
        wish.seconds, wish.rounds
    );
    text += HEAD;
    let mut threads = String::new();
    for &tracks in wish.tracks {
        let job = job(wish, tracks)?;
        let mut rows = vec![
            Row::new("CANON-1, 1 thread", ours("canon1", &job, 1)),
            Row::new("CANON-2, 1 thread", ours("canon2", &job, 1)),
            Row::new("CANON-2, 2 threads", ours("canon2", &job, 2)),
        ];
        in_turn(wish, &job, &mut rows)?;
        print(&mut text, wish, tracks, &rows)?;
        threads += &gain_of_two(tracks, &rows[1], &rows[2]);
    }
    Ok(format!("{text}\n{threads}"))
}

const HEAD: &str = "\n| program | tracks | CPU s | wall s | times real time | memory MB | level dB RMS | CPU over that of \
    the first line |\n|---|---|---|---|---|---|---|---|\n";

/// Where a program finds its work, and where it leaves it.
pub fn job(wish: &Wish, tracks: usize) -> Result<Job, Box<dyn Error>> {
    let folder = std::path::absolute(wish.folder)?;
    Ok(Job { out: folder.join("out.wav"), folder, tracks, seconds: wish.seconds })
}

/// A run of our own, by this program itself.
pub fn ours(song: &str, job: &Job, threads: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.arg(song).arg("--folder").arg(&job.folder).args(["--tracks", &job.tracks.to_string()]);
    command.args(["--once", &threads.to_string()]).arg(&job.out);
    command
}

/// Runs every program once a round. The work is whole when the file is.
pub fn in_turn(wish: &Wish, job: &Job, rows: &mut [Row]) -> Result<(), Box<dyn Error>> {
    let least = (wish.seconds * RATE as usize * 2 * 3) as u64;
    for round in 0..wish.rounds {
        for row in rows.iter_mut() {
            remove(&job.out);
            let whole = || length(&job.out) >= least;
            row.costs.push(measure::run(&mut row.command, &whole)?);
            if !whole() {
                return Err(format!("{} wrote too little", row.name).into());
            }
            if round == 0 && least > 0 {
                row.level = level(&job.out)?;
            }
            eprintln!("{} tracks, round {round}, {}: {:?}", job.tracks, row.name, row.costs[round]);
        }
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "what the run before wrote")]
fn remove(file: &Path) {
    // It may not be there.
    let _ = std::fs::remove_file(file);
}

#[allow(clippy::disallowed_methods, reason = "how much was written")]
fn length(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |about| about.len())
}

/// Level of a mix, dB of full scale: equal levels show that the routing is equal.
fn level(file: &Path) -> Result<f64, Box<dyn Error>> {
    let read = mixsmith_audio::read(file)?;
    let channels = read.streams.iter().flat_map(|stream| &stream.audio.channels);
    let (mut sum, mut count) = (0.0, 0usize);
    for x in channels.flatten() {
        sum += f64::from(*x) * f64::from(*x);
        count += 1;
    }
    Ok(10.0 * (sum / count.max(1) as f64).max(1e-12).log10())
}

/// Writes the lines of one number of tracks, and gives what two threads gain.
fn print(text: &mut String, wish: &Wish, tracks: usize, rows: &[Row]) -> Result<String, Box<dyn Error>> {
    let [one, two, ..] = rows else { return Ok(String::new()) };
    let ours = one.middle(|cost| cost.cpu);
    for row in rows {
        let cpu = row.middle(|cost| cost.cpu);
        writeln!(
            text,
            "| {} | {tracks} | {cpu:.2} | {:.2} | {:.0} | {:.0} | {:.1} | {:.2} |",
            row.name,
            row.middle(|cost| cost.wall),
            wish.seconds as f64 / cpu,
            row.middle(|cost| cost.memory),
            row.level,
            cpu / ours,
        )?;
    }
    Ok(gain_of_two(tracks, one, two))
}

fn gain_of_two(tracks: usize, one: &Row, two: &Row) -> String {
    let wall = |row: &Row| row.middle(|cost| cost.wall);
    format!("Two threads over one at {tracks} tracks, wall: {:.2}.\n\n", wall(one) / wall(two))
}
