//! What the operating system says of a process. Linux alone tells it; elsewhere these figures are missing.

use std::fs;
use std::time::Duration;

/// The processor time that the threads of a process have used.
pub(crate) fn cpu(process: i32) -> Option<Duration> {
    let mut total = 0_u64;
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        // proc(5): the first figure is the time on the processor in nanoseconds.
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        total += text.split_ascii_whitespace().next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(total))
}

/// Bytes of memory that a process holds.
pub(crate) fn resident(process: i32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024)
}

/// Whether a process has ended; one that nobody has asked after yet is still listed.
pub(crate) fn has_ended(process: i32) -> bool {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let state = text.lines().find_map(|line| line.strip_prefix("State:"));
    state.is_none_or(|state| state.trim().starts_with('Z'))
}
