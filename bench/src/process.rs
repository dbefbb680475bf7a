//! A program measured from outside: one process a run, its wall time and its peak memory.

use std::fs;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

/// What a run took.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// How it ended.
    pub status: ExitStatus,
    /// Wall time of the whole process.
    pub milliseconds: u64,
    /// The largest resident set.
    pub peak_mib: u64,
}

/// The peak of a running process, MiB; `None` when it has ended.
fn peak_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Runs a command to its end, its standard output thrown away.
///
/// # Errors
/// The command does not start.
pub fn measure(command: &mut Command) -> anyhow::Result<Measured> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().context("the program does not start")?;
    let mut peak_mib = 0;
    let status = loop {
        if let Some(peak) = peak_of(child.id()) {
            peak_mib = peak_mib.max(peak);
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    Ok(Measured { status, milliseconds: u64::try_from(begun.elapsed().as_millis())?.max(1), peak_mib })
}
