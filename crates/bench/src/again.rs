//! What it costs to render CANON-1 again after one move, beside the whole render, in turn.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use mixsmith_effects::all::KINDS;
use mixsmith_engine::{Frozen, Prints, Sink, Sources, Worked, compile, render, render_again};
use mixsmith_session::Session;

use crate::canon::{self, Song};
use crate::measure::{self, median};
use crate::mixes::Wish;
use crate::workload;

/// The track that is moved.
const TRACK: usize = 5;
/// Room in the store, bytes: for all of 32 tracks of two minutes.
const ROOM: u64 = 3 << 30;

/// One move of a hand, a little further each time.
struct Move {
    what: &'static str,
    make: fn(&mut Session, f32),
}

const MOVES: [Move; 4] = [
    Move {
        what: "one fader",
        make: |session, by| set(session, &canon::name(TRACK), None, "fader", -6.0 + by),
    },
    Move {
        what: "one band of one equaliser",
        make: |session, by| set(session, &canon::name(TRACK), Some("eq"), "gain3", -3.0 + by),
    },
    Move {
        what: "the fader of the mix bus",
        make: |session, by| set(session, "mix", None, "fader", -9.0 + by),
    },
    Move {
        what: "the ceiling of the master's limiter",
        make: |session, by| set(session, "master", Some("limit"), "ceiling", -2.0 + by),
    },
];

fn set(session: &mut Session, strip: &str, insert: Option<&str>, knob: &str, value: f32) {
    let strips = session.strips.iter_mut().filter(|other| other.id == strip);
    for strip in strips.map(Arc::make_mut) {
        let inserts = strip.inserts.iter_mut().filter(|other| Some(other.id.as_str()) == insert);
        let values = inserts.map(|insert| &mut insert.values);
        match values.last() {
            Some(values) => values.insert(knob.to_owned(), value),
            None => strip.values.insert(knob.to_owned(), value),
        };
    }
}

/// Takes the sound of a render and forgets it.
struct Nothing;

impl Sink for Nothing {
    fn write(&mut self, _: &[f32], _: &[f32]) -> std::io::Result<()> {
        Ok(())
    }
}

/// Compiles and renders on one thread; seconds of processor time.
fn cost(
    session: &Session,
    sources: &Sources,
    mut frozen: Option<&mut Frozen>,
) -> Result<f64, Box<dyn Error>> {
    let prints = Prints { strips: vec!["master".to_owned()], ..Prints::default() };
    let mut done = Ok(());
    let spent = measure::own(&mut || {
        done = compile(session, &KINDS, sources, &prints).map_err(Box::<dyn Error>::from).and_then(|plan| {
            let mut sinks: Vec<Box<dyn Sink>> = vec![Box::new(Nothing)];
            match &mut frozen {
                Some(frozen) => render_again(&plan, plan.frames, 1, frozen, &mut sinks, &mut |_| true)?,
                None => render(&plan, plan.frames, 1, &mut sinks, &mut |_| true)?,
            };
            Ok(())
        });
    })?;
    done.map(|()| spent)
}

/// Measures in this program itself, and prints a line for each figure.
pub fn once(folder: &Path, tracks: usize, rounds: usize) -> Result<(), Box<dyn Error>> {
    let (mut session, sources) = canon::song(Song::Canon1, folder, tracks)?;
    let mut frozen = Frozen::new(ROOM);
    println!("first\t{}", cost(&session, &sources, Some(&mut frozen))?);
    for round in 0..rounds.max(1) {
        println!("whole\t{}", cost(&session, &sources, None)?);
        for Move { what, make } in MOVES {
            make(&mut session, 0.1 * (round + 1) as f32);
            println!("{what}\t{}", cost(&session, &sources, Some(&mut frozen))?);
            let Worked { run, mixed, .. } = frozen.worked();
            println!("{what}, run\t{run}");
            println!("{what}, mixed\t{mixed}");
        }
    }
    println!("store\t{}", frozen.bytes() as f64 / 1e6);
    println!("memory\t{}", measure::peak(std::process::id()));
    Ok(())
}

/// The table.
pub fn table(wish: &Wish) -> Result<String, Box<dyn Error>> {
    let most = wish.tracks.iter().copied().max().unwrap_or(0);
    workload::write(wish.folder, most, wish.seconds)?;
    let mut text = format!(
        "\n## CANON-1 again after one move, {} s, medians of {} rounds\n\nOne thread, into no file, plan included; equal \
         to the bit with a whole render. What runs: strips as a whole, and strips from their faders on.\n\n\
         | move | tracks | CPU s | whole render over it | strips run | mixed |\n|---|---|---|---|---|---|\n",
        wish.seconds, wish.rounds
    );
    let mut memory = String::new();
    for &tracks in wish.tracks {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("again").arg("--folder").arg(wish.folder).args(["--tracks", &tracks.to_string()]);
        let told = command.args(["--rounds", &wish.rounds.to_string(), "--once", "1", ""]).output()?;
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let figure = |what: &str| {
            let lines = told.lines().filter_map(|line| line.split_once('\t'));
            median(
                lines
                    .filter(|(name, _)| *name == what)
                    .filter_map(|(_, figure)| figure.parse().ok())
                    .collect(),
            )
        };
        let whole = figure("whole");
        let mut row = |what: &str, name: &str| {
            let (cpu, run, mixed) =
                (figure(what), figure(&format!("{what}, run")), figure(&format!("{what}, mixed")));
            writeln!(text, "| {name} | {tracks} | {cpu:.3} | {:.1} | {run} | {mixed} |", whole / cpu)
        };
        row("whole", "whole render")?;
        row("first", "whole render, recorded")?;
        MOVES.iter().try_for_each(|Move { what, .. }| row(what, what))?;
        writeln!(
            memory,
            "The store of {tracks} tracks holds {:.0} MB; the program's memory is {:.0} MB at most.\n",
            figure("store"),
            figure("memory")
        )?;
    }
    Ok(format!("{text}\n{memory}"))
}
