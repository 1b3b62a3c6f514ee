//! CANON-1 in SuperCollider, out of real time: a score of messages for its server.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Job, Peer, place};
use crate::table::runs;
use crate::workload;

/// The server runs alone while it is timed; the synths are compiled before.
pub const PEER: Peer = Peer {
    name: "SuperCollider (scsynth -N)",
    note: "whole files in memory; its limiter reads samples, not the peaks between them",
    from: "apt install supercollider-server supercollider-language",
    found: || runs("scsynth", &["-v"]) && runs("sh", &["-c", "command -v sclang"]),
    prepare,
};

/// The master's node, and the group of the tracks' nodes.
const MASTER: i32 = 1000;
const TRACKS: i32 = 900;

fn prepare(job: &Job) -> io::Result<Command> {
    let mut compile = Command::new("sclang");
    let script = job.folder.join("synths.scd");
    mixsmith_audio::write_atomic(
        &mixsmith_audio::disk::real(),
        &script,
        include_bytes!("../../peers/supercollider_synths.scd"),
    )?;
    // Its language has a window system inside, which must not look for a screen.
    compile.env("QT_QPA_PLATFORM", "offscreen").env("QTWEBENGINE_DISABLE_SANDBOX", "1");
    compile.env("CANON_FOLDER", &job.folder).arg(&script);
    let _ = compile.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let score = job.folder.join("score.osc");
    mixsmith_audio::write_atomic(&mixsmith_audio::disk::real(), &score, &write_score(job)?)?;
    let mut command = Command::new("scsynth");
    command.arg("-N").arg(score).arg("_").arg(&job.out).args(["48000", "WAV", "int24"]);
    command.args(["-o", "2", "-z", "64", "-b", "2048", "-m", "262144", "-w", "1024", "-D", "0"]);
    Ok(command)
}

#[allow(clippy::disallowed_methods, reason = "reads what sclang has compiled")]
fn write_score(job: &Job) -> io::Result<Vec<u8>> {
    let mut score = Vec::new();
    for name in ["track", "master"] {
        let synth = std::fs::read(job.folder.join(format!("{name}.scsyndef")))?;
        at(&mut score, 0, &message("/d_recv", &[Value::Bytes(&synth)]));
    }
    for track in 0..job.tracks {
        let file = workload::file(&job.folder, track);
        let file = Value::Text(path(&file)?);
        let from = [Value::Whole(track as i32), file, Value::Whole(0), Value::Whole(0)];
        at(&mut score, 0, &message("/b_allocRead", &from));
    }
    let scale = Value::Real((job.tracks as f32).sqrt().recip());
    let values = [Value::Text("master"), Value::Whole(MASTER), Value::Whole(0), Value::Whole(0)];
    let knobs = [Value::Text("scale"), scale];
    at(&mut score, 0, &message("/s_new", &[&values[..], &knobs].concat()));
    let group = [Value::Whole(TRACKS), Value::Whole(0), Value::Whole(0)];
    at(&mut score, 0, &message("/g_new", &group));
    for track in 0..job.tracks {
        let number = track as i32;
        let place = place(track);
        let new = [Value::Text("track"), Value::Whole(2000 + number), Value::Whole(0), Value::Whole(TRACKS)];
        let knobs = [
            ("buffer", Value::Whole(number)),
            ("left", Value::Real(place.gains[0] as f32)),
            ("right", Value::Real(place.gains[1] as f32)),
            ("reverb", Value::Real(place.reverb as f32)),
            ("delay", Value::Real(place.delay as f32)),
        ];
        let knobs = knobs.into_iter().flat_map(|(name, value)| [Value::Text(name), value]);
        at(&mut score, 0, &message("/s_new", &new.into_iter().chain(knobs).collect::<Vec<_>>()));
    }
    at(&mut score, job.seconds as u32, &message("/n_free", &[Value::Whole(MASTER)]));
    Ok(score)
}

fn path(file: &Path) -> io::Result<&str> {
    file.to_str().ok_or_else(|| io::Error::other("the folder's name is no text"))
}

/// An argument of a message (Open Sound Control 1.0).
#[derive(Clone, Copy)]
enum Value<'a> {
    Whole(i32),
    Real(f32),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// Text ends with a zero and fills words of four bytes.
fn padded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize((bytes.len() / 4 + 1) * 4, 0);
    bytes
}

fn message(address: &str, values: &[Value]) -> Vec<u8> {
    let (mut types, mut data) = (",".to_owned(), Vec::new());
    for value in values {
        match *value {
            Value::Whole(number) => {
                types.push('i');
                data.extend(number.to_be_bytes());
            }
            Value::Real(number) => {
                types.push('f');
                data.extend(number.to_be_bytes());
            }
            Value::Text(text) => {
                types.push('s');
                data.extend(padded(text));
            }
            Value::Bytes(bytes) => {
                types.push('b');
                data.extend((bytes.len() as i32).to_be_bytes());
                data.extend(bytes);
                data.resize(data.len().next_multiple_of(4), 0);
            }
        }
    }
    [padded(address), padded(&types), data].concat()
}

/// Adds a message to a score, at a time in seconds.
fn at(score: &mut Vec<u8>, seconds: u32, message: &[u8]) {
    let length = |bytes: usize| (bytes as i32).to_be_bytes();
    score.extend(length(16 + 4 + message.len()));
    score.extend(padded("#bundle"));
    score.extend(seconds.to_be_bytes());
    score.extend([0; 4]);
    score.extend(length(message.len()));
    score.extend(message);
}
