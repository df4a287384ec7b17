//! Waiting until nothing is on its way: for tests that look at what events have brought about.

use super::{Sources, stream::Position};
use gateway::{Queue, Topic};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Events bring about further events. A letter takes: stream, queue, topic, stream; others write meanwhile, so there has to be an end.
const ROUNDS: usize = 8;
const LOOK_AGAIN: Duration = Duration::from_millis(3);

/// Something was still on its way when the time was over.
#[derive(Debug, thiserror::Error)]
#[error("after {0:?}, {1} is still not done")]
pub struct Unsettled(Duration, String);

/// How far everything had come at one moment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Marks {
    streams: Vec<Option<String>>,
    queues: Vec<u64>,
    topics: Vec<u64>,
}

impl Sources {
    /// Waits until every record, message and event there was is done with, and what they brought about too. Messages that are hidden
    /// (delayed, or left to their visibility time-out) are not waited for.
    pub(crate) async fn settled(&self, limit: Duration) -> Result<(), Unsettled> {
        let begun = Instant::now();
        let mut marks = self.marks().await;
        for _ in 0..ROUNDS {
            while let Some(what) = self.outstanding(&marks) {
                if begun.elapsed() > limit {
                    return Err(Unsettled(limit, what));
                }
                sleep(LOOK_AGAIN).await;
            }
            let now = self.marks().await;
            if now == marks {
                return Ok(());
            }
            marks = now;
        }
        // Others keep it busy. What there was when we came, and what followed from it, is done.
        Ok(())
    }

    async fn marks(&self) -> Marks {
        let mut marks = Marks {
            streams: Vec::new(),
            topics: self
                .topics
                .iter()
                .map(|topic| topic.last_number())
                .collect(),
            queues: self
                .queues
                .iter()
                .map(|queue| queue.last_number())
                .collect(),
        };
        for position in &self.streams {
            // A stream that can't be read is reported by its poller.
            marks
                .streams
                .push(position.newest().await.unwrap_or_default());
        }
        marks
    }

    /// What of that is not done yet.
    fn outstanding(&self, marks: &Marks) -> Option<String> {
        let behind =
            |(position, mark): &(&Arc<Position>, &Option<String>)| position.done() < **mark;
        let mut streams = self.streams.iter().zip(&marks.streams);
        if let Some((position, _)) = streams.find(behind) {
            return Some(position.name().to_owned());
        }
        let busy = |(queue, mark): &(&Arc<Queue>, &u64)| queue.is_outstanding(**mark);
        let mut queues = self.queues.iter().zip(&marks.queues);
        if let Some((queue, _)) = queues.find(busy) {
            return Some(queue.name().to_owned());
        }
        let busy = |(topic, mark): &(&Arc<Topic>, &u64)| topic.is_outstanding(**mark);
        let mut topics = self.topics.iter().zip(&marks.topics);
        if let Some((topic, _)) = topics.find(busy) {
            return Some(topic.name().to_owned());
        }
        let mut schedules = self.schedules.iter();
        schedules
            .find(|scheduled| scheduled.caller.is_busy())
            .map(|scheduled| scheduled.caller.function().to_owned())
    }
}
