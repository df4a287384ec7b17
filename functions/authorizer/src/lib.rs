//! How the authorizer judges a request. See `src/bin/authorizer.rs`.

mod event;
mod judge;
mod mint;
mod routes;

pub use event::{Answer, AuthorizerEvent};
pub use judge::{Verdict, Verifier};
pub use routes::{Route, Routes};
