//! Files: a record says what a file is, S3 holds its bytes. They never pass through a function: a client sends and fetches
//! them by URLs that are signed with its tenant's credentials and good for minutes.
//!
//! An upload is complete when S3 has taken the last byte and found the checksum right. Its event then makes the bytes the
//! record's own ([`settle`]); nobody else writes `status`, `upload_id` and what is said of the bytes.
//!
//! A file to which no bytes come is given up ([`pending`]). What is in a project goes with it ([`purge`]). All of that is asked for
//! in one queue ([`task`]), of which a run does what it has [`time`] for.

pub mod allowance;
pub mod input;
pub mod pending;
pub mod purge;
pub mod record;
pub mod settle;
pub mod sorted;
pub mod task;
pub mod time;
