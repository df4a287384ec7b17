//! The gateway over HTTP, driven by the real SDKs and by requests that no SDK would make.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod attributes;
mod batches;
mod capacity;
mod faults;
mod indexes;
mod items;
mod mail;
mod queries;
mod queues;
mod random;
mod refusals;
mod secrets;
mod signatures;
mod startup;
mod sts;
mod support;
mod transactions;
mod vectors;
mod web_identity;
