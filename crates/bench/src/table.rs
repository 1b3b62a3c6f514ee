//! What stands around the figures: the machine, the day, and where the table is kept.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first line that a program prints, or nothing where it cannot be run.
pub fn says(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// Does the program run and end well?
pub fn runs(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}

/// A line of a file of the system, after its colon.
#[allow(clippy::disallowed_methods, reason = "the system tells it in a file")]
fn line_of(file: &str, start: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(start))?;
    Some(line.split_once(':').map_or(line, |(_, value)| value).trim().to_owned())
}

/// The machine and the state that it is in.
pub fn machine() -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    writeln!(text, "- Date: {} UTC", says("date", &["-u", "+%Y-%m-%d %H:%M"]))?;
    writeln!(text, "- Machine: {cpu}, {cores} cores, {}", says("uname", &["-sr"]))?;
    if let Some(load) = line_of("/proc/loadavg", "") {
        let load = load.split(' ').next().unwrap_or_default().to_owned();
        writeln!(
            text,
            "- Load at the start: {load}; above 0.1, others were using the machine, and only times of the processor and ratios hold"
        )?;
    }
    let changed = says("git", &["status", "--porcelain", "--untracked-files=no"]);
    let build = if cfg!(debug_assertions) { "development build" } else { "release" };
    writeln!(text, "- Compiler: {}, {build}", says("rustc", &["-V"]))?;
    let state = if changed.is_empty() { "" } else { ", with changes" };
    writeln!(text, "- Commit: {}{state}", says("git", &["rev-parse", "--short=12", "HEAD"]))?;
    Ok(text)
}

/// Makes a table of its own, prints it under its title, and keeps it where it has a name.
pub fn of_its_own(
    title: &str,
    name: Option<&str>,
    table: impl FnOnce() -> Result<String, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let machine = machine()?;
    let text = format!("# {title}\n\n{machine}\n{}\n", table()?.trim_end());
    print!("{text}");
    if let Some(name) = name {
        eprintln!("{}", keep(name, &text)?.display());
    }
    Ok(())
}

/// Writes a table into `benches/runs`, under the day and a name.
#[allow(clippy::disallowed_methods, reason = "files")]
pub fn keep(name: &str, text: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = Path::new("benches/runs");
    std::fs::create_dir_all(folder)?;
    let place = folder.join(format!("{}-{name}.md", says("date", &["-u", "+%F"])));
    mixsmith_audio::write_atomic(&mixsmith_audio::disk::real(), &place, text.as_bytes())?;
    Ok(place)
}
