//! Event sources: streams, queues, what their functions are given, and what becomes of failures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod mail;
mod queues;
mod schedules;
mod startup;
mod streams;
mod support;
