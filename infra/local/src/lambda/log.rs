//! What the functions wrote to stdout and stderr: kept in a bounded buffer and passed on to our own log.

use crate::sync::locked;
use serde::Serialize;
use std::{collections::VecDeque, sync::Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// Lines kept; older ones are forgotten.
const MAX_LINES: usize = 20_000;
/// Bytes kept over all lines.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A longer line is cut: a function can't fill our memory with one line.
const MAX_LINE: usize = 256 * 1024;

/// One line that a function wrote.
#[derive(Clone, Debug, Serialize)]
pub struct LogLine {
    /// When we read it (RFC 3339).
    pub time: String,
    /// The function's logical id.
    pub function: String,
    /// Which process wrote it.
    pub environment: String,
    /// The text, without the line end.
    pub line: String,
}

/// The captured output of every function.
#[derive(Debug, Default)]
pub struct FunctionLog {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<LogLine>,
    bytes: usize,
}

impl FunctionLog {
    /// Every line still kept, oldest first.
    pub fn lines(&self) -> Vec<LogLine> {
        locked(&self.kept).lines.iter().cloned().collect()
    }

    /// The last lines of one process, oldest first.
    pub(crate) fn last_of(&self, environment: &str, count: usize) -> Vec<String> {
        let kept = locked(&self.kept);
        let newest = kept
            .lines
            .iter()
            .rev()
            .filter(|line| line.environment == environment);
        let mut lines: Vec<String> = newest.take(count).map(|line| line.line.clone()).collect();
        lines.reverse();
        lines
    }

    pub(crate) fn push(&self, function: &str, environment: &str, line: String) {
        tracing::info!(target: "function", "[{function}] {line}");
        let mut kept = locked(&self.kept);
        kept.bytes += line.len();
        kept.lines.push_back(LogLine {
            time: jiff::Timestamp::now().to_string(),
            function: function.to_owned(),
            environment: environment.to_owned(),
            line,
        });
        while kept.lines.len() > MAX_LINES || kept.bytes > MAX_BYTES {
            match kept.lines.pop_front() {
                Some(old) => kept.bytes -= old.line.len(),
                None => break,
            }
        }
    }

    /// Reads a process's output until it ends.
    pub(crate) async fn follow(
        &self,
        function: &str,
        environment: &str,
        output: impl AsyncRead + Unpin,
    ) {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        let mut cut = false;
        loop {
            let available = match reader.fill_buf().await {
                Ok(bytes) if !bytes.is_empty() => bytes,
                // The end, or a broken pipe: the process is gone.
                _ => break,
            };
            let newline = available.iter().position(|&byte| byte == b'\n');
            let taken = newline.unwrap_or(available.len());
            let room = MAX_LINE.saturating_sub(line.len());
            cut |= taken > room;
            line.extend(available.iter().take(taken.min(room)));
            let used = newline.map_or(taken, |at| at + 1);
            reader.consume(used);
            if newline.is_some() {
                self.finish(function, environment, &mut line, &mut cut);
            }
        }
        if !line.is_empty() {
            self.finish(function, environment, &mut line, &mut cut);
        }
    }

    fn finish(&self, function: &str, environment: &str, line: &mut Vec<u8>, cut: &mut bool) {
        let mut text = String::from_utf8_lossy(line)
            .trim_end_matches('\r')
            .to_owned();
        if std::mem::take(cut) {
            text.push_str(" … (cut)");
        }
        line.clear();
        self.push(function, environment, text);
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[tokio::test]
    async fn lines_are_split_and_long_ones_cut() {
        let log = FunctionLog::default();
        let mut text = b"one\r\ntwo\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', MAX_LINE + 10));
        text.extend(b"\nlast");
        log.follow("F", "e", text.as_slice()).await;
        let lines: Vec<String> = log.lines().into_iter().map(|line| line.line).collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], "one");
        assert_eq!(lines[1], "two");
        assert!(lines[2].ends_with("… (cut)") && lines[2].len() < MAX_LINE + 20);
        assert_eq!(lines[3], "last");
    }

    #[test]
    fn old_lines_are_forgotten() {
        let log = FunctionLog::default();
        for number in 0..MAX_LINES + 5 {
            log.push("F", "e", number.to_string());
        }
        let lines = log.lines();
        assert_eq!(lines.len(), MAX_LINES);
        assert_eq!(lines[0].line, "5");
    }
}
