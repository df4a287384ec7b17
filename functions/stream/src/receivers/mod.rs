//! The receivers of changes.

pub mod letters;
