//! The harness of the tests: a local cloud for the whole test process, tenants with people in it, and a small client.
//!
//! A test makes its own tenants and shares nothing with other tests but the cloud, so all of them may run at once:
//!
//! ```ignore
//! let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
//! let viewer = tenant.member(Role::Viewer).await;
//! let cloud = tenant.cloud();
//! cloud.post(tenant.records("contacts")).as_(&viewer).json(json!({"name": "Ada"})).await
//!     .assert_problem(Kind::PermissionDenied);
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod authenticator;
mod aws;
mod billing;
pub mod budget;
mod cargo;
mod client;
mod cloud;
mod direct;
mod files;
mod forge;
mod mailbox;
mod problem;
mod routes;
mod tenant;
pub mod totp;

pub use ::problem::Kind;
pub use authenticator::Authenticator;
pub use aws::AwsAnswer;
pub use billing::{billing_event, billing_tag};
pub use cargo::cargo;
pub use client::{Answer, Request};
pub use cloud::TestCloud;
pub use direct::{Direct, function_id};
pub use files::{described, sha256};
pub use forge::{Forge, now};
pub use mailbox::Letter;
pub use permissions::{Access, Role};
pub use routes::Route;
pub use tenant::{Invited, PASSWORD, Person, TestTenant, unique};
pub use tokens;
