//! What every endpoint binary shares: its declaration, how a request reaches the handler, how the answer leaves.
//!
//! An endpoint file implements [`Endpoint`] and calls [`run`] in its `main`. Route, permission and documentation are
//! declared once, beside the handler; `--describe` prints them, and template.yaml, openapi.json, the permission table
//! and the isolation sweep are all made from that.
//!
//! Functions read the API Gateway event themselves instead of through `lambda_http`: that crate rebuilds a URI from
//! the decoded path and panics where it can't, which would let a client cause a 500.

mod caller;
mod declaration;
mod describe;
mod event;
mod idempotency;
mod input;
pub mod log;
mod output;
pub mod paging;
pub mod process;
mod run;

pub use caller::{Anonymous, Caller};
pub use declaration::{Api, Declaration, Method, Needs, Requirement};
pub use event::RequestInfo;
pub use input::{Input, NoInput};
pub use output::{Download, NoContent, Reply};
pub use run::run;
pub use tenant_context::variable;

use problem::Problem;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tenant_context::{Aws, InitError};

/// This moment in RFC 3339, UTC, to the millisecond: how times stand in items and answers.
pub fn now() -> String {
    let now = jiff::Timestamp::now()
        .round(jiff::Unit::Millisecond)
        .unwrap_or_else(|_| jiff::Timestamp::now());
    format!("{now:.3}")
}

/// One endpoint: a route and what it does.
pub trait Endpoint: Sized + Send + Sync + 'static {
    /// Route, permission and documentation.
    const DECLARATION: Declaration;
    /// Who may call: [`Anonymous`], [`tenant_context::Newcomer`] or [`tenant_context::TenantContext`].
    type Caller: Caller;
    /// The path parameters.
    type Path: DeserializeOwned + JsonSchema + Send;
    /// The query parameters.
    type Query: DeserializeOwned + JsonSchema + Send;
    /// The body.
    type Body: DeserializeOwned + JsonSchema + Send;
    /// The body of the answer.
    type Output: Serialize + JsonSchema;

    /// Makes what the handler needs, in Lambda's init phase.
    fn init(aws: &Arc<Aws>) -> impl Future<Output = Result<Self, InitError>> + Send;

    /// Answers one request. The caller is verified and has the declared permission; the input is valid.
    fn handle(
        &self,
        caller: Self::Caller,
        input: Input<Self>,
    ) -> impl Future<Output = Result<Reply<Self::Output>, Problem>> + Send;
}

/// The names that nearly every endpoint file uses.
pub mod prelude {
    pub use crate::paging::{List, Paging};
    pub use crate::{
        Anonymous, Declaration, Download, Endpoint, Input, Needs, NoContent, NoInput, Reply, run,
    };
    pub use permissions::{
        Access, Action, Grant, Permission, PermissionSet, ProjectRole, Resource, Role, RoleRef,
        Standing,
    };
    pub use problem::{Kind, Problem};
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
    pub use std::process::ExitCode;
    pub use std::sync::Arc;
    pub use tenant_context::{
        Aws, Condition, InitError, Newcomer, Repeats, TenantContext, Update, Write, WriteError,
    };
}
