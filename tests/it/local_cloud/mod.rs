//! `cargo local` as a user meets it: its options, its errors, its pages, and data that stays.

mod command_line;
mod credentials;
mod data;
mod memory;
mod pages;
mod run;
mod switched;
