//! `mixsmith-hostile FOLDER` writes the corpus; `mixsmith-hostile --read FILE` reads one file as Mixsmith does, and says
//! what came of it and what it cost; `mixsmith-hostile --seeds TARGET FOLDER` writes what a fuzzer begins with.
#![allow(clippy::disallowed_methods, reason = "asks the system what a run has cost")]

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use mixsmith_hostile::{corpus, seeds, targets};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [read, file] if read == "--read" => {
            let path = Path::new(file).to_owned();
            let result = mixsmith_audio::read(&path);
            targets::whole(&path, &result);
            match result {
                Err(error) => println!("refused {error:?}\n{error}"),
                Ok(read) => {
                    let frames = read.streams.iter().map(|stream| stream.audio.frames()).sum::<usize>();
                    let samples = read.streams.iter().map(|s| s.audio.frames() * s.audio.channels.len());
                    println!("sound {frames} {}", 4 * samples.sum::<usize>());
                    read.problems.iter().for_each(|problem| println!("{}", problem.what));
                }
            }
            println!("cost {} {}", processor_ms(), peak_kb());
            ExitCode::SUCCESS
        }
        [option, target, folder] if option == "--seeds" => {
            let found = seeds(&target.to_string_lossy());
            written(folder, &|folder| {
                // Numbers as names: a fuzzer asks for nothing else.
                found
                    .iter()
                    .enumerate()
                    .try_for_each(|(n, seed)| std::fs::write(folder.join(format!("{n:03}")), seed))
            })
        }
        [folder] if !folder.as_encoded_bytes().starts_with(b"-") => {
            written(folder, &|folder| corpus().iter().try_for_each(|file| file.put(folder).map(|_| ())))
        }
        _ => {
            eprintln!(
                "usage: mixsmith-hostile FOLDER\n       mixsmith-hostile --read FILE\n       \
                 mixsmith-hostile --seeds TARGET FOLDER"
            );
            ExitCode::from(2)
        }
    }
}

/// Makes a folder and what belongs into it.
fn written(folder: &OsStr, fill: &dyn Fn(&Path) -> io::Result<()>) -> ExitCode {
    let folder = Path::new(folder);
    match std::fs::create_dir_all(folder).and_then(|()| fill(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

/// Time of the processor that this process has used, milliseconds; 0 where the system does not say.
fn processor_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold spaces. Then user and system time are the 12th and 13th, in hundredths of a second.
    let fields: Vec<u64> = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    10 * fields.iter().sum::<u64>()
}

/// Most memory that this process has held, kB; 0 where the system does not say.
fn peak_kb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
