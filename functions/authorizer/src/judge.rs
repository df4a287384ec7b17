//! The judgement: who asks, may they still, and how far.

use crate::event::AuthorizerEvent;
use crate::mint::{Mint, MintError};
use crate::routes::{Route, Routes};
use permissions::{Access, Grant as Reach, Role};
use problem::Kind;
use std::time::{SystemTime, UNIX_EPOCH};
use tenant_context::authorization::{self, Facts};
use tenant_context::{Aws, InitError, ProjectId, variable};
use tokens::context::{self, Grant, Outcome};
use tokens::{VerifyError, VerifyingKeys, access};
use uuid::Uuid;

/// What becomes of a request.
pub enum Verdict {
    /// Not a token of ours: the gateway refuses, and no function runs.
    TurnAway,
    /// The endpoint is called, with these tokens.
    PassOn {
        /// Says who asks and what they may do, or why not.
        context: String,
        /// To be traded for credentials of the tenant's data.
        tenant: Option<String>,
        /// To be traded for credentials of the user's own data.
        user: Option<String>,
    },
}

/// Keys and secrets, read once.
pub struct Verifier {
    access_keys: VerifyingKeys,
    mint: Mint,
    /// With caching, one answer serves every project of a route, so it must name them all.
    is_cached: bool,
}

impl Verifier {
    /// Reads environment and secret.
    ///
    /// # Errors
    /// When they are not as the template makes them.
    pub async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let access_keys = VerifyingKeys::from_jwks(&variable("ACCESS_PUBLIC_KEYS")?)
            .map_err(|error| InitError(format!("ACCESS_PUBLIC_KEYS: {error}")))?;
        let is_cached =
            std::env::var("AUTHORIZER_CACHE_SECONDS").is_ok_and(|seconds| seconds != "0");
        Ok(Self {
            access_keys,
            mint: Mint::from_environment(aws).await?,
            is_cached,
        })
    }

    /// Judges one request.
    pub async fn judge(&self, aws: &Aws, routes: &Routes, event: &AuthorizerEvent) -> Verdict {
        let Some(route) = routes.get(&event.route_key) else {
            return Verdict::TurnAway;
        };
        let Some(token) = event.bearer() else {
            return Verdict::TurnAway;
        };
        let now = now();
        let claims = match access::Claims::verify(&self.access_keys, token) {
            Ok(claims) => claims,
            Err(VerifyError::Invalid) => return Verdict::TurnAway,
            // Signed by us, so worth an answer that tells the client to refresh.
            Err(VerifyError::Expired) => {
                return self.refuse(event, Ids::default(), Kind::TokenExpired, now);
            }
        };
        let ids = Ids {
            tenant: claims.tid,
            user: claims.sub,
            session: claims.sid,
        };
        let facts = match authorization::read(aws, ids.user, ids.session, ids.tenant).await {
            Ok(facts) => facts,
            Err(problem) => return self.refuse(event, ids, problem.kind(), now),
        };
        match standing(route, &facts, now) {
            Err(kind) => self.refuse(event, ids, kind, now),
            Ok(role) => match self.grant(event, route, ids, role, &facts, now) {
                Ok(verdict) => verdict,
                Err(error) => self.broken(&error),
            },
        }
    }

    fn grant(
        &self,
        event: &AuthorizerEvent,
        route: &Route,
        ids: Ids,
        role: Role,
        facts: &Facts,
        now: u64,
    ) -> Result<Verdict, MintError> {
        let access = access_for(route, role);
        let grant = Grant {
            role,
            access,
            projects: self.projects(event, route, role, facts),
            cursor_key: self.mint.cursor_key(ids.tenant)?,
            person_only: route.is_personal(),
        };
        Ok(Verdict::PassOn {
            context: self
                .mint
                .context(&self.claims(event, ids, Outcome::Grant(grant), now))?,
            tenant: self.mint.tenant(route, ids.tenant, access, now)?,
            user: self.mint.user(route, ids.user, now)?,
        })
    }

    /// The projects the caller may see: the one that the route names, or all.
    fn projects(
        &self,
        event: &AuthorizerEvent,
        route: &Route,
        role: Role,
        facts: &Facts,
    ) -> Vec<Uuid> {
        let none = std::collections::BTreeSet::new();
        let of_tenant = facts
            .tenant
            .as_ref()
            .map_or(&none, |tenant| &tenant.project_ids);
        let of_member = facts
            .member
            .as_ref()
            .map_or(&none, |member| &member.project_ids);
        if route.is_personal() {
            return Vec::new();
        }
        let named = event
            .path_parameter("project_id")
            .and_then(|id| id.parse::<ProjectId>().ok());
        let one_only = route.project_scoped && !self.is_cached;
        of_tenant
            .iter()
            .filter(|id| role.sees_every_project() || of_member.contains(id))
            .filter(|id| !one_only || named.as_ref() == Some(id))
            .map(|id| id.uuid())
            .collect()
    }

    /// The endpoint will answer with this problem, in the one form that all problems have.
    fn refuse(&self, event: &AuthorizerEvent, ids: Ids, kind: Kind, now: u64) -> Verdict {
        let claims = self.claims(event, ids, Outcome::Refusal(kind.slug().to_owned()), now);
        match self.mint.context(&claims) {
            Ok(context) => Verdict::PassOn {
                context,
                tenant: None,
                user: None,
            },
            Err(error) => self.broken(&error),
        }
    }

    fn claims(
        &self,
        event: &AuthorizerEvent,
        ids: Ids,
        outcome: Outcome,
        now: u64,
    ) -> context::Claims {
        let about = context::About {
            route: event.route_key.clone(),
            request: (!self.is_cached).then(|| event.request_id().to_owned()),
            tenant: ids.tenant,
            user: ids.user,
            session: ids.session,
        };
        context::Claims::new(about, outcome, now)
    }

    fn broken(&self, error: &MintError) -> Verdict {
        tracing::error!(%error, "the authorizer can't sign");
        Verdict::TurnAway
    }
}

/// Who asks, as the access token says.
#[derive(Clone, Copy, Default)]
struct Ids {
    tenant: Uuid,
    user: Uuid,
    session: Uuid,
}

/// Whether session, membership and tenant still stand, and with which role.
///
/// On a route about the person alone the session decides: whoever was removed, or whose tenant is suspended, must
/// still be able to sign out or go on in another tenant.
fn standing(route: &Route, facts: &Facts, now: u64) -> Result<Role, Kind> {
    let session = facts.session.as_ref().ok_or(Kind::SessionRevoked)?;
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Err(Kind::SessionRevoked);
    }
    if route.is_personal() {
        return Ok(Role::Viewer);
    }
    let member = facts.member.as_ref().ok_or(Kind::NotAMember)?;
    if member.status != "active" {
        return Err(Kind::NotAMember);
    }
    match facts.tenant.as_ref().map(|tenant| tenant.status.as_str()) {
        Some("trial" | "active") => {}
        Some("suspended") => return Err(Kind::TenantSuspended),
        _ => return Err(Kind::NotAMember),
    }
    Role::parse(&member.role).ok_or(Kind::NotAMember)
}

/// What the credentials may change: what the route declares if the role has its permission, else nothing, so that IAM
/// refuses what the endpoint's own check would refuse too.
fn access_for(route: &Route, role: Role) -> Access {
    let declared = route.access.unwrap_or(Access::Read);
    match route.required {
        Some(permission) if role.may(permission) == Reach::None => Access::Read,
        _ => declared,
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| since.as_secs())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use tenant_context::authorization::{MemberState, SessionState, TenantState};

    fn route(auth: &str) -> Route {
        serde_json::from_value(serde_json::json!({
            "route_key": "GET /v1/me", "auth": auth, "permission": null, "access": null,
            "needs_user": true, "project_scoped": false,
        }))
        .unwrap()
    }

    fn facts() -> Facts {
        Facts {
            session: Some(SessionState {
                expires_at: 100,
                revoked_at: None,
            }),
            member: Some(MemberState {
                status: "active".into(),
                role: "viewer".into(),
                project_ids: [].into(),
            }),
            tenant: Some(TenantState {
                status: "trial".into(),
                project_ids: [].into(),
            }),
        }
    }

    #[test]
    fn each_fact_can_end_it() {
        let route = route("session");
        assert_eq!(standing(&route, &facts(), 50), Ok(Role::Viewer));
        type Change = fn(&mut Facts);
        let cases: [(Change, Kind); 8] = [
            (|f| f.session = None, Kind::SessionRevoked),
            (
                |f| {
                    f.session = Some(SessionState {
                        expires_at: 50,
                        revoked_at: None,
                    })
                },
                Kind::SessionRevoked,
            ),
            (
                |f| {
                    f.session = Some(SessionState {
                        expires_at: 99,
                        revoked_at: Some("x".into()),
                    })
                },
                Kind::SessionRevoked,
            ),
            (|f| f.member = None, Kind::NotAMember),
            (
                |f| {
                    f.member
                        .iter_mut()
                        .for_each(|m| m.status = "removed".into())
                },
                Kind::NotAMember,
            ),
            (
                |f| f.member.iter_mut().for_each(|m| m.role = "emperor".into()),
                Kind::NotAMember,
            ),
            (|f| f.tenant = None, Kind::NotAMember),
            (
                |f| {
                    f.tenant
                        .iter_mut()
                        .for_each(|t| t.status = "suspended".into())
                },
                Kind::TenantSuspended,
            ),
        ];
        for (number, (change, kind)) in cases.into_iter().enumerate() {
            let mut changed = facts();
            change(&mut changed);
            assert_eq!(standing(&route, &changed, 50), Err(kind), "case {number}");
        }
    }

    #[test]
    fn a_route_about_the_person_asks_for_the_session_alone() {
        let route = route("person");
        let mut facts = facts();
        facts.member = None;
        facts.tenant = None;
        assert!(standing(&route, &facts, 50).is_ok());
        facts.session = None;
        assert_eq!(standing(&route, &facts, 50), Err(Kind::SessionRevoked));
    }
}
