//! How the authorizer judges a request. See `src/bin/authorizer.rs`.

mod answer;
mod event;
mod judge;
mod mint;
mod routes;

pub use answer::Answer;
pub use event::AuthorizerEvent;
pub use judge::{Verdict, Verifier};
pub use routes::{Route, Routes};
