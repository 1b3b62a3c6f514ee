//! Live playing allocates nothing and calls nothing of the system (so it waits for no lock either), whatever effects a
//! session has and however its knobs move.
#![allow(
    clippy::disallowed_methods,
    reason = "starts itself again under another program and reads what that saw"
)]

use std::process::Command;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mixsmith_selftest::every_effect_live;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

#[test]
fn live_playing_allocates_nothing() {
    let mut runner = every_effect_live(48_000).unwrap();
    let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
    let mut at = 0;
    for block in [1, 63, 64, 127, 480, 1024, 8192].into_iter().cycle() {
        let to = (at + block).min(left.len());
        assert_no_alloc(|| runner.play(&mut left[at..to], &mut right[at..to]));
        at = to;
        if at == left.len() {
            break;
        }
    }
    assert!(left.iter().any(|x| *x != 0.0));
}

/// Plays between two marks on the error output; the other test watches it from outside.
#[test]
fn play_between_marks() {
    let mut runner = every_effect_live(24_000).unwrap();
    let (mut left, mut right) = ([0.0; 480], [0.0; 480]);
    // The first block may touch memory for the first time.
    runner.play(&mut left, &mut right);
    eprintln!("mark one");
    for _ in 0..40 {
        runner.play(&mut left, &mut right);
    }
    eprintln!("mark two");
    assert!(left.iter().all(|x| x.is_finite()));
}

#[test]
fn live_playing_calls_nothing_of_the_system() {
    let file = std::env::temp_dir().join(format!("mixsmith-calls-{}", std::process::id()));
    let own = std::env::current_exe().unwrap();
    let mut command = Command::new("strace");
    command.args(["-f", "-o"]).arg(&file).arg(own);
    command.args(["--exact", "play_between_marks", "--nocapture", "--test-threads=1"]);
    let ran = command.output();
    let seen = std::fs::read_to_string(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    let marked = |line: &str, mark: &str| line.contains("write(2") && line.contains(mark);
    let Some(first) = seen.lines().position(|line| marked(line, "mark one")) else {
        println!("skipped: strace cannot watch a process here ({:?})", ran.map(|ran| ran.status));
        return;
    };
    let thread = seen.lines().nth(first).and_then(|line| line.split_whitespace().next()).unwrap_or_default();
    let after = seen.lines().skip(first + 1).filter(|line| line.starts_with(thread));
    let calls: Vec<&str> = after.take_while(|line| !marked(line, "mark two")).collect();
    // The rest of the first mark's own line (its end of line) is written apart.
    let calls: Vec<&&str> = calls.iter().filter(|line| !line.contains("write(2")).collect();
    assert!(calls.is_empty(), "{calls:?}");
}
