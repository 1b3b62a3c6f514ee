//! Row 36 of the scorecard: every file of the corpus gives sound, or a message that names the file and says why. No
//! panic, no hang, and no more memory than what is really in the file.
#![allow(clippy::disallowed_methods, reason = "tests write files and run the program")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mixsmith_hostile::{Hostile, Made, corpus, targets};

/// Memory that a reader may hold beside the sound, kB.
const MEMORY: u64 = 64 << 10;
/// Time of the processor that a file may cost, milliseconds.
const TIME: u64 = 2_000;
/// When a reader that does nothing is ended: far more than a busy machine can make of [`TIME`].
const HANGS: Duration = Duration::from_secs(120);

/// What the reader said, with what it has cost.
struct Said {
    text: String,
    /// Bytes of sound that it holds; none where it refused.
    sound: Option<u64>,
    milliseconds: u64,
    kilobytes: u64,
}

/// Reads a file in a process of its own.
fn read(path: &Path) -> Result<Said, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mixsmith-hostile"));
    // To look up the lines of a backtrace takes more memory than any file.
    command.env_remove("RUST_BACKTRACE");
    command.arg("--read").arg(path).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| error.to_string())?;
    let output = ended(child)?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // A panic that was caught is one all the same.
    if !output.status.success() || !err.is_empty() {
        return Err(format!("{}: {err}", output.status));
    }
    let (text, cost) = out.trim_end().rsplit_once("\ncost ").ok_or("it says no cost")?;
    let numbers: Vec<u64> = cost.split(' ').filter_map(|number| number.parse().ok()).collect();
    let sound =
        text.strip_prefix("sound ").and_then(|rest| rest.lines().next()?.split(' ').nth(1)?.parse().ok());
    Ok(Said { text: text.to_owned(), sound, milliseconds: numbers[0], kilobytes: numbers[1] })
}

/// Waits for a process, or ends it when it hangs.
fn ended(mut child: Child) -> Result<std::process::Output, String> {
    let begun = Instant::now();
    while begun.elapsed() < HANGS {
        match child.try_wait() {
            Ok(Some(_)) => return child.wait_with_output().map_err(|error| error.to_string()),
            _ => std::thread::sleep(Duration::from_millis(2)),
        }
    }
    let _ = child.kill();
    Err("it hangs".to_owned())
}

/// A row of the page: the file, and what comes of it.
fn row(hostile: &Hostile, path: &Path, said: &Said) -> Option<String> {
    let plain = matches!(hostile.made, Made::Bytes(_) | Made::Sparse(..));
    let name = hostile.name.to_str().filter(|name| {
        plain && name.len() < 100 && !name.contains(['\n', '\t', '\u{7}', '|', '`', '\u{202e}'])
    })?;
    // A refusal comes as its kind, then its words; a sound as its length, then what is wrong with it.
    let (first, rest) = said.text.split_once('\n').unwrap_or((&said.text, ""));
    let what = match first.strip_prefix("sound ").and_then(|rest| rest.split(' ').next()) {
        Some("1") => format!("1 frame. {}", rest.replace('\n', " ")),
        Some(frames) => format!("{frames} frames. {}", rest.replace('\n', " ")),
        None => rest.replace(&path.display().to_string(), "It").replace('\n', " "),
    };
    Some(format!("| `{name}` | {} |\n", what.trim().replace('|', "\\|")))
}

#[test]
fn every_file_gives_sound_or_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let files = corpus();
    let mut wrong = Vec::new();
    let mut page = String::new();
    let (mut sound, mut refused, mut skipped) = (0, 0, 0);
    let (mut slowest, mut largest) = ((0, String::new()), (0, String::new()));
    for hostile in &files {
        let name = hostile.name.to_string_lossy().into_owned();
        let Some(path) = hostile.put(folder.path()).unwrap_or_else(|error| panic!("{name}: {error}")) else {
            println!("skipped: this system or this user makes no {name:?}");
            skipped += 1;
            continue;
        };
        let said = match read(&path) {
            Ok(said) => said,
            Err(why) => {
                wrong.push(format!("{name:?}: {why}"));
                continue;
            }
        };
        page.extend(row(hostile, &path, &said));
        *if said.sound.is_some() { &mut sound } else { &mut refused } += 1;
        let beside = said.kilobytes.saturating_sub(said.sound.unwrap_or(0) / 1024);
        if said.milliseconds > TIME {
            wrong.push(format!("{name:?}: {} ms of the processor", said.milliseconds));
        }
        if beside > MEMORY {
            wrong.push(format!("{name:?}: {beside} kB of memory beside the sound"));
        }
        slowest = slowest.max((said.milliseconds, name.clone()));
        largest = largest.max((beside, name));
    }
    println!("{} files: {sound} sounds, {refused} refused, {skipped} skipped", files.len());
    println!("most time {} ms ({}), most memory {} kB ({})", slowest.0, slowest.1, largest.0, largest.1);
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    keep(&page);
}

/// Compares the page with what it says now, or writes it when the environment says `UPDATE=1`.
fn keep(rows: &str) {
    let head = "<!-- Made from the corpus: UPDATE=1 cargo test -p mixsmith-hostile --test corpus -->\n\n\
                # What comes of hostile files\n\n\
                Each is made by a rule in `crates/hostile`, and read in a process of its own.\n\n\
                | file | what Mixsmith makes of it |\n| --- | --- |\n";
    let page = format!("{head}{rows}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/hostile.md");
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        std::fs::write(path, page).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    for (found, made) in found.lines().zip(page.lines()) {
        assert_eq!(
            found, made,
            "docs/reference/hostile.md is stale: run with UPDATE=1 and look at what changed"
        );
    }
    assert_eq!(found.lines().count(), page.lines().count(), "docs/reference/hostile.md is stale");
}

#[test]
fn there_are_three_hundred_and_no_two_have_one_name() {
    let files = corpus();
    assert!(files.len() >= 300, "{}", files.len());
    let names: BTreeSet<_> = files.iter().map(|file| file.name.to_string_lossy().to_lowercase()).collect();
    assert_eq!(names.len(), files.len());
}

/// Row 40: one bit flipped at each of the first 4 kB: a sample of the bits of each file, and with `MIXSMITH_GATE=1` all
/// bits of every eighth file, which comes past every form.
#[test]
fn one_bit_flipped() {
    let gate = std::env::var("MIXSMITH_GATE").is_ok_and(|gate| gate == "1");
    let files = corpus();
    let mut flipped = 0u64;
    for (number, hostile) in files.iter().enumerate() {
        let Some(bytes) = hostile.bytes().filter(|bytes| bytes.len() < 1 << 20) else { continue };
        let bits = bytes.len().min(4096) * 8;
        // A prime step, begun elsewhere in each file, comes past every bit of a byte.
        let (first, step) = if gate && number % 8 == 3 { (0, 1) } else { (number * 37 % 251, 251) };
        for bit in (first..bits).step_by(step) {
            let mut bytes = bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            targets::any(&bytes);
            flipped += 1;
        }
    }
    println!("{flipped} files with one bit flipped");
    assert!(flipped > 10_000);
}
