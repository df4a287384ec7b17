//! `/v1/billing`, and what its events bring about

mod purchase;
mod suspension;
mod trials;
mod webhook;
