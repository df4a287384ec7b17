//! Events of the clock. After an error Lambda brings the event twice more.

use crate::{Event, Source};
use serde::Deserialize;

/// It is time. What else the event says is of no use: the hour is read from the clock.
#[derive(Debug, Deserialize)]
pub struct Tick {}

impl Event for Tick {
    type Answer = ();

    fn fits(source: Source) -> bool {
        matches!(source, Source::Schedule(_))
    }

    fn len(&self) -> usize {
        1
    }

    fn left((): &()) -> usize {
        0
    }
}
