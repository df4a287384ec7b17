//! The tests of the whole product, against the local cloud. The folders mirror the URLs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod apart;
mod budget;
mod faults;
mod idempotency;
mod isolation;
mod issuer;
mod life_of_a_company;
mod local_cloud;
mod logs;
mod mail;
mod model;
mod races;
mod readme;
mod scale;
mod v1;
