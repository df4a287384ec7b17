//! The judgement: who asks, may they still, and how far.

use crate::event::AuthorizerEvent;
use crate::mint::{Mint, MintError};
use crate::routes::{Route, Routes};
use fields::Host;
use permissions::{
    Access, Action, Grant as Reach, Permission, Resource, Role, RoleRef, Standing, in_project,
};
use problem::Kind;
use std::time::{SystemTime, UNIX_EPOCH};
use tenant_context::authorization::{self, Facts, TenantState};
use tenant_context::{Aws, InitError, ProjectId, variable};
use tokens::context::{self, Grant, Outcome, Project};
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
    /// Below it each tenant has a host name.
    base_domain: String,
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
            base_domain: variable("BASE_DOMAIN")?,
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
        let host = Host::read(event.host(), &self.base_domain);
        let domain = match &host {
            Host::Domain(domain) => Some(domain.as_str()),
            Host::Product | Host::Slug(_) => None,
        };
        let read = authorization::read(aws, ids.user, ids.session, ids.tenant, domain);
        let facts = match read.await {
            Ok(facts) => facts,
            Err(problem) => return self.refuse(event, ids, problem.kind(), now),
        };
        match standing(route, ids, &host, &facts, now) {
            Err(kind) => self.refuse(event, ids, kind, now),
            Ok(standing) => match self.grant(event, route, ids, &standing, &facts, now) {
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
        standing: &Standing,
        facts: &Facts,
        now: u64,
    ) -> Result<Verdict, MintError> {
        let named = event
            .path_parameter("project_id")
            .and_then(|id| id.parse::<ProjectId>().ok());
        let mut projects = projects(route, standing, facts);
        if route.project_scoped && !self.is_cached {
            projects.retain(|project| Some(project.id) == named.map(ProjectId::uuid));
        }
        let access = access_for(route, standing, &projects, named);
        let grant = Grant {
            role: standing.role(),
            permissions: match standing.role() {
                RoleRef::Fixed(_) => None,
                RoleRef::Custom(_) => Some(standing.permissions().compact()),
            },
            access,
            projects,
            cursor_key: self.mint.cursor_key(ids.tenant)?,
            person_only: route.is_personal(),
            stepped_up_at: facts
                .session
                .as_ref()
                .and_then(|session| session.stepped_up_at),
        };
        Ok(Verdict::PassOn {
            context: self
                .mint
                .context(&self.claims(event, ids, Outcome::Grant(grant), now))?,
            tenant: self.mint.tenant(route, ids.tenant, access, now)?,
            user: self.mint.user(route, ids.user, now)?,
        })
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
fn standing(
    route: &Route,
    ids: Ids,
    host: &Host,
    facts: &Facts,
    now: u64,
) -> Result<Standing, Kind> {
    let session = facts.session.as_ref().ok_or(Kind::SessionRevoked)?;
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Err(Kind::SessionRevoked);
    }
    if route.is_personal() {
        return Ok(Standing::fixed(Role::Viewer));
    }
    let member = facts.member.as_ref().ok_or(Kind::NotAMember)?;
    if member.status != "active" {
        return Err(Kind::NotAMember);
    }
    let tenant = facts.tenant.as_ref().ok_or(Kind::NotAMember)?;
    if !is_at_home(host, tenant, ids, facts) {
        return Err(Kind::NotFound);
    }
    match tenant.status.as_str() {
        "trial" | "active" => {}
        "suspended" | "cancelled" if route.while_suspended => {}
        "suspended" => return Err(Kind::TenantSuspended),
        "cancelled" => return Err(Kind::TenantCancelled),
        _ => return Err(Kind::NotAMember),
    }
    // A session's id is of version 7: it holds the time of its beginning.
    let began = ids
        .session
        .get_timestamp()
        .map_or(0, |time| time.to_unix().0);
    if tenant
        .session_max_seconds
        .is_some_and(|longest| began.saturating_add(longest) <= now)
    {
        return Err(Kind::SessionRevoked);
    }
    if tenant.mfa_required && session.mfa_at.is_none() {
        return Err(Kind::MfaEnrolmentRequired);
    }
    tenant.standing(&member.role).ok_or(Kind::NotAMember)
}

/// Whether the host name that was called is the product's own or this tenant's: under another tenant's name, this one
/// is not to be found.
fn is_at_home(host: &Host, tenant: &TenantState, ids: Ids, facts: &Facts) -> bool {
    match host {
        Host::Product => true,
        Host::Slug(slug) => slug.as_str() == tenant.slug,
        Host::Domain(_) => {
            let owner = facts.domain.as_ref().map(|domain| domain.tenant_id.0);
            owner.is_none_or(|owner| owner.uuid() == ids.tenant)
        }
    }
}

/// The projects the caller may see.
fn projects(route: &Route, standing: &Standing, facts: &Facts) -> Vec<Project> {
    let (Some(tenant), Some(member)) = (&facts.tenant, &facts.member) else {
        return Vec::new();
    };
    if route.is_personal() {
        return Vec::new();
    }
    let may = |action| {
        let permission = Permission::new(Resource::Projects, action);
        standing.permissions().permits(permission) == Reach::All
    };
    let (sees_private, sees_open) = (may(Action::Manage), may(Action::Read));
    let visible = tenant.project_ids.iter().filter_map(|id| {
        let role = member.project_roles.get(id).copied();
        let is_private = tenant.private_project_ids.contains(id);
        let seen = role.is_some() || sees_private || (sees_open && !is_private);
        seen.then(|| Project {
            id: id.uuid(),
            role,
            archived: tenant.archived_project_ids.contains(id),
        })
    });
    visible.collect()
}

/// What the credentials may change: what the route declares if the caller has its permission, else nothing, so that IAM
/// refuses what the endpoint's own check would refuse too.
fn access_for(
    route: &Route,
    standing: &Standing,
    projects: &[Project],
    named: Option<ProjectId>,
) -> Access {
    let declared = route.access.unwrap_or(Access::Read);
    let Some(required) = route.required else {
        return declared;
    };
    // Where the body names the project, and not the path, it can be any of them.
    let is_any = !route.project_scoped && required.resource == Resource::Records;
    let roles = projects
        .iter()
        .filter(|project| is_any || Some(project.id) == named.map(ProjectId::uuid))
        .map(|project| project.role);
    let may = |role| in_project(standing.permissions(), role).permits_somewhere(required);
    let is_permitted = std::iter::once(None)
        .chain(roles)
        .any(|role| may(role) != Reach::None);
    match is_permitted {
        true => declared,
        false => Access::Read,
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| since.as_secs())
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
