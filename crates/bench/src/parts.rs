//! The table of what the parts of CANON-1 cost: the same song with one part fewer each time.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use mixsmith_session::{Session, Strip};

use crate::canon::{self, Song};
use crate::measure::median;
use crate::mixes::{Row, Wish, in_turn, job, ours};
use crate::workload::{self, file};

/// A part, and what takes it out.
type Part = (&'static str, fn(&mut Session));

/// What is taken out, one after the other.
const PARTS: [Part; 4] = [
    ("the master's equaliser, compressor and limiter", |session| {
        each(session, "master", |strip| strip.inserts.clear())
    }),
    ("reverb and delay, with what is sent to them", |session| {
        session.strips.retain(|strip| !["reverb", "delay"].contains(&strip.id.as_str()));
        each(session, "t", |strip| strip.sends.clear());
    }),
    ("the tracks' compressors", |session| {
        each(session, "t", |strip| strip.inserts.retain(|insert| insert.id != "comp"))
    }),
    ("the tracks' equalisers", |session| each(session, "t", |strip| strip.inserts.clear())),
];

/// What is left when all is taken out, and of that the part that no engine is spared.
const REST: [&str; 2] =
    ["reading, decoding, adding up and writing", "reading alone: the files copied from the page cache"];

/// Changes the strips whose names begin so.
fn each(session: &mut Session, name: &str, change: impl Fn(&mut Strip)) {
    for strip in session.strips.iter_mut().filter(|strip| strip.id.starts_with(name)) {
        change(Arc::make_mut(strip));
    }
}

/// Mixes without the first so many parts; without more than there are, only reads the files.
pub fn once(folder: &Path, tracks: usize, without: usize, out: &Path) -> Result<(), Box<dyn Error>> {
    if without > PARTS.len() {
        return read(folder, tracks);
    }
    let (mut session, sources) = canon::song(Song::Canon1, folder, tracks)?;
    PARTS[..without].iter().for_each(|(_, take_out)| take_out(&mut session));
    canon::print(&session, &sources, 1, out)
}

#[allow(clippy::disallowed_methods, reason = "the files are read as they lie there")]
fn read(folder: &Path, tracks: usize) -> Result<(), Box<dyn Error>> {
    let mut bytes = vec![0; 1 << 18];
    for track in 0..tracks {
        let mut file = File::open(file(folder, track))?;
        while file.read(&mut bytes)? > 0 {}
    }
    Ok(())
}

/// What each part costs.
pub fn table(wish: &Wish) -> Result<String, Box<dyn Error>> {
    workload::write(wish.folder, wish.tracks.iter().copied().max().unwrap_or(0), wish.seconds)?;
    let mut text = format!(
        "\n## The parts of CANON-1, {} s, medians of {} rounds\n\nThe whole song, then with one part fewer each time: what a part \
         costs is the difference. One thread.\n\n| part | tracks | CPU s | share |\n|---|---|---|---|\n",
        wish.seconds, wish.rounds
    );
    for &tracks in wish.tracks {
        let job = job(wish, tracks)?;
        let run = |without: usize| {
            let mut command = ours("parts", &job, 1);
            command.args(["--rounds", &without.to_string()]);
            Row::new(&format!("without {without}"), command)
        };
        let mut rows: Vec<Row> = (0..=PARTS.len()).map(run).collect();
        in_turn(wish, &job, &mut rows)?;
        let mut alone = vec![run(PARTS.len() + 1)];
        in_turn(&Wish { seconds: 0, ..*wish }, &job, &mut alone)?;
        let costs: Vec<f64> = rows
            .iter()
            .chain(&alone)
            .map(|row| median(row.costs.iter().map(|cost| cost.cpu).collect()))
            .collect();
        let whole = costs[0];
        let mut line = |part: &str, cost: f64| {
            writeln!(text, "| {part} | {tracks} | {cost:.3} | {:.0} % |", 100.0 * cost / whole)
        };
        line("the whole song", whole)?;
        for (k, (part, _)) in PARTS.iter().enumerate() {
            line(part, costs[k] - costs[k + 1])?;
        }
        for (rest, &cost) in REST.iter().zip(&costs[PARTS.len()..]) {
            line(rest, cost)?;
        }
    }
    Ok(text)
}
