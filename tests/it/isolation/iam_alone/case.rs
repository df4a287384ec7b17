//! The requests that are tried.

use super::HEADER;
use super::elsewhere::LEVEL_ELSEWHERE;
use reqwest::Method;
use serde_json::Value;
use tests::{Access, Answer, Person, Role, Route, TestCloud, TestTenant};

/// A request that, in its own tenant and by the right person, would go through.
pub(super) struct Case {
    pub(super) route: &'static str,
    pub(super) what: String,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// The lowest role that gets as far as the tables: a handler may look at ranks, too.
    pub(super) lowest: Role,
    /// Whether nobody but an owner gets through.
    pub(super) by_owner: bool,
}

impl Case {
    pub(super) fn new(
        route: &'static str,
        what: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            route,
            what: what.into(),
            path: path.into(),
            body: None,
            lowest: Role::Viewer,
            by_owner: false,
        }
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn not_below(mut self, lowest: Role) -> Self {
        self.lowest = lowest;
        self
    }

    pub(super) fn by_owner(mut self) -> Self {
        self.by_owner = true;
        self
    }

    /// Whether the credentials of this role's request have too low an access level for the case.
    pub(super) fn is_above(&self, role: Role) -> bool {
        let route = Route::named(self.route);
        let is_write = route.access > Some(Access::Read);
        let is_elsewhere = LEVEL_ELSEWHERE.iter().any(|(key, _)| *key == self.route);
        is_write
            && !is_elsewhere
            && route
                .required()
                .is_some_and(|needed| role.may(needed) == permissions::Grant::None)
    }
}

/// Sends a case; `foreign` is the tenant whose keys the handler is made to use.
pub(super) async fn send(
    cloud: &TestCloud,
    case: &Case,
    by: &Person,
    foreign: Option<&TestTenant>,
) -> Answer {
    let method: Method = Route::named(case.route).method().parse().unwrap();
    let mut request = cloud.request(method, &case.path).as_(by);
    if let Some(foreign) = foreign {
        request = request.header(HEADER, &foreign.id);
    }
    if let Some(body) = &case.body {
        request = request.json(body);
    }
    request.await
}
