//! The receivers of changes.

pub mod exports;
pub mod files;
mod handover;
pub mod letters;
pub mod vectors;
