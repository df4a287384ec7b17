//! The receivers of changes.

pub mod files;
mod handover;
pub mod letters;
