//! The local cloud: what the product needs of AWS, on one machine, driven by the template that is deployed.

mod api;
pub mod lambda;
mod sync;
