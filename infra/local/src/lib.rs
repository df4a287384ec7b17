//! The local cloud: what the product needs of AWS, on one machine, driven by the template that is deployed.
//!
//! [`Cloud`] is the whole of it. API Gateway and Lambda are here; DynamoDB, IAM, STS, Secrets Manager and SES are the
//! `gateway` crate's. Pages about what happened are under `/_local/` on the AWS port.

mod api;
pub mod cli;
mod client;
mod cloud;
mod data;
mod demo;
mod dns;
mod error;
mod fill;
mod functions;
mod functions_build;
mod issuer;
pub mod lambda;
mod listen;
mod options;
mod pages;
mod sources;
mod stack;
mod start;
mod sync;
mod variables;

pub use cloud::Cloud;
pub use demo::create as create_demo_data;
pub use dns::Dns;
pub use error::StartError;
pub use fill::{Filled, GROUP, Generator};
pub use functions_build::Binaries;
pub use options::Options;
pub use sources::Unsettled;
