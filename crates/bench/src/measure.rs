//! What a program costs: processor time, time on the clock, memory.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The cost of one run.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Seconds of processor time, user and system.
    pub cpu: f64,
    /// Seconds on the clock.
    pub wall: f64,
    /// Most memory resident at one time, MB; 0 where the system does not tell.
    pub memory: f64,
}

/// Runs a program to its end. One that fails on its way out may still have done its `whole` work.
#[allow(clippy::disallowed_methods, reason = "measures time")]
pub fn run(command: &mut Command, whole: &dyn Fn() -> bool) -> io::Result<Cost> {
    let (before, start) = (of_children()?, Instant::now());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let mut memory = 0.0f64;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        memory = memory.max(peak(child.id()));
        std::thread::sleep(Duration::from_millis(5));
    };
    let wall = start.elapsed().as_secs_f64();
    let cpu = of_children()? - before;
    if !status.success() && !whole() {
        return Err(io::Error::other(format!("{command:?} ended with {status}")));
    }
    Ok(Cost { cpu, wall, memory })
}

/// Processor time of what this program does itself, seconds.
pub fn own(work: &mut dyn FnMut()) -> io::Result<f64> {
    let before = spent(Who::Own)?;
    work();
    Ok(spent(Who::Own)? - before)
}

/// Time on the clock of some work, seconds.
#[allow(clippy::disallowed_methods, reason = "measures time")]
pub fn clock(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn of_children() -> io::Result<f64> {
    spent(Who::Children)
}

/// Whose time.
#[derive(Clone, Copy)]
enum Who {
    Own,
    Children,
}

/// Processor time so far, seconds.
#[cfg(unix)]
fn spent(who: Who) -> io::Result<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    let usage = getrusage(match who {
        Who::Own => UsageWho::RUSAGE_SELF,
        Who::Children => UsageWho::RUSAGE_CHILDREN,
    })?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 * 1e-6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// Processor time so far, seconds.
#[cfg(not(unix))]
fn spent(_who: Who) -> io::Result<f64> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "processor time is read on Unix only"))
}

/// Most resident memory of a process so far, MB.
#[allow(clippy::disallowed_methods, reason = "the system tells it in a file")]
pub fn peak(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// The middle of some values, of an even number the lower of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_work_of_a_child_is_counted() {
        let mut work = Command::new("sh");
        work.args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"]);
        let cost = run(&mut work, &|| false).unwrap();
        assert!(cost.cpu > 0.0 && cost.wall > 0.0, "{cost:?}");
        assert!(run(&mut Command::new("false"), &|| false).is_err());
        assert!(run(&mut Command::new("false"), &|| true).is_ok());
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
