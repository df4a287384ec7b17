//! Who asks, for which tenant, and what they may do: made from a verified context token and from nothing else.

use crate::aws::Aws;
use crate::credentials::{Reach, TradeableTokens};
use crate::cursor::Cursors;
use crate::errors;
use crate::ids::{ProjectId, SessionId, TenantId, UserId};
use crate::keys::{Partition, TenantKeys, UserKeys};
use crate::table::{Stamp, Table};
use permissions::{Access, Grant, Permission, Role};
use problem::{Kind, Problem};
use std::sync::Arc;
use tokens::VerifyError;
use tokens::context::Outcome;

/// The verified caller of a tenant endpoint.
///
/// A handler that has one can reach this tenant's data and no other's: its keys come from here, and so do the
/// credentials that IAM checks those keys against.
pub struct TenantContext {
    aws: Arc<Aws>,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    role: Role,
    access: Access,
    person_only: bool,
    projects: Vec<ProjectId>,
    cursors: Cursors,
    tokens: TradeableTokens,
    request_id: String,
    #[cfg(feature = "unguarded")]
    foreign: Option<TenantId>,
}

/// What came with a request, before anything of it is believed.
pub struct Presented<'a> {
    /// The context token.
    pub context: &'a str,
    /// The tokens to trade at STS.
    pub tokens: TradeableTokens,
    /// The route of this function.
    pub route: &'a str,
    /// The id of this request.
    pub request_id: &'a str,
    /// Test-only build: the tenant whose keys the handler is made to use with the caller's own credentials.
    #[cfg(feature = "unguarded")]
    pub foreign_tenant: Option<uuid::Uuid>,
}

impl TenantContext {
    /// The only constructor: checks signature, audience, expiry, route and request id of the context token, on every request.
    ///
    /// # Errors
    /// `unauthenticated` for a token that is not for this request, or the refusal that the authorizer put in it.
    pub fn verify(aws: &Arc<Aws>, presented: Presented<'_>) -> Result<Self, Problem> {
        let claims = aws.verify_context(presented.context).map_err(|error| {
            let expired = error == VerifyError::Expired;
            tracing::warn!(
                event = "context_refused",
                expired,
                "a context token was refused"
            );
            Problem::new(Kind::Unauthenticated)
        })?;
        let is_for_this_request = claims
            .request
            .as_deref()
            .is_none_or(|request| request == presented.request_id);
        if claims.route != presented.route || !is_for_this_request {
            tracing::warn!(
                event = "context_refused",
                "a context token of another route or request was refused"
            );
            return Err(Kind::Unauthenticated.into());
        }
        let grant = match claims.outcome {
            Outcome::Grant(grant) => grant,
            Outcome::Refusal(slug) => {
                return Err(Kind::from_slug(&slug)
                    .unwrap_or(Kind::Unauthenticated)
                    .into());
            }
        };
        Ok(Self {
            aws: Arc::clone(aws),
            tenant: TenantId::trusted(claims.tenant),
            user: claims.user.into(),
            session: claims.session.into(),
            role: grant.role,
            access: grant.access,
            person_only: grant.person_only,
            projects: grant.projects.into_iter().map(ProjectId::from).collect(),
            cursors: Cursors::new(&grant.cursor_key, claims.user, presented.route)
                .map_err(|error| errors::internal("cursor key", &error))?,
            tokens: presented.tokens,
            request_id: presented.request_id.to_owned(),
            #[cfg(feature = "unguarded")]
            foreign: presented.foreign_tenant.map(TenantId::trusted),
        })
    }

    /// The tenant.
    pub fn tenant_id(&self) -> TenantId {
        self.tenant
    }

    /// The user who asks.
    pub fn user_id(&self) -> UserId {
        self.user
    }

    /// The session in which they ask.
    pub fn session_id(&self) -> SessionId {
        self.session
    }

    /// Their role in the tenant.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The projects they may see, as far as the route needs to know.
    pub fn projects(&self) -> &[ProjectId] {
        &self.projects
    }

    /// How far the caller's permission reaches; a refusal is a security event.
    ///
    /// # Errors
    /// `permission-denied` when they do not have it at all.
    pub fn require(&self, permission: Permission) -> Result<Grant, Problem> {
        #[cfg(feature = "unguarded")]
        if self.role.may(permission) == Grant::None {
            return Ok(Grant::All);
        }
        match self.role.may(permission) {
            Grant::None => {
                tracing::warn!(event = "permission_denied", %permission, role = %self.role, "a permission was missing");
                Err(Problem::new(Kind::PermissionDenied)
                    .detail(format!("Your role lacks the permission {permission}.")))
            }
            grant => Ok(grant),
        }
    }

    /// Keys of this tenant's items.
    pub fn keys(&self) -> TenantKeys {
        #[cfg(feature = "unguarded")]
        if let Some(foreign) = self.foreign {
            return TenantKeys::of(foreign);
        }
        TenantKeys::of(self.tenant)
    }

    /// Keys of the caller's own items in the directory.
    pub fn own_keys(&self) -> UserKeys {
        UserKeys::of(self.user)
    }

    /// A project that the caller may see.
    ///
    /// # Errors
    /// `not-found` for one that is missing, another tenant's, or closed to the caller: all alike.
    pub fn project(&self, id: ProjectId) -> Result<ProjectScope, Problem> {
        #[cfg(not(feature = "unguarded"))]
        if !self.projects.contains(&id) {
            return Err(Kind::NotFound.into());
        }
        Ok(ProjectScope {
            keys: self.keys(),
            id,
        })
    }

    /// The tables, with credentials of this tenant at the access level of this request.
    ///
    /// # Errors
    /// When STS does not answer, or refuses the tenant token; `not-a-member` on a route that is about the person alone,
    /// where nobody has judged the membership.
    pub async fn table(&self) -> Result<Table, Problem> {
        if self.person_only {
            return Err(Kind::NotAMember.into());
        }
        let reach = Reach::Tenant(self.tenant, self.access);
        let client = self
            .aws
            .trader
            .client(reach, self.tokens.tenant.as_deref())
            .await?;
        Ok(Table::new(
            client,
            Arc::clone(self.aws.names()),
            self.stamp(),
        ))
    }

    /// The directory, with credentials of the caller's own partition.
    ///
    /// # Errors
    /// When STS does not answer, or refuses the user token.
    pub async fn own_table(&self) -> Result<Table, Problem> {
        let client = self
            .aws
            .trader
            .client(Reach::User(self.user), self.tokens.user.as_deref())
            .await?;
        Ok(Table::new(
            client,
            Arc::clone(self.aws.names()),
            self.stamp(),
        ))
    }

    /// Seals and opens the cursors of this caller's list.
    pub fn cursors(&self) -> &Cursors {
        &self.cursors
    }

    /// Who changes what in this request.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            by: self.user.to_string(),
            request: self.request_id.clone(),
        }
    }
}

/// A project of the tenant that the caller may see.
#[derive(Debug, Clone, Copy)]
pub struct ProjectScope {
    keys: TenantKeys,
    id: ProjectId,
}

impl ProjectScope {
    /// The project.
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// The records of one collection; `part` is the collection's constant part of the partition key.
    pub fn records(&self, part: &'static str) -> Partition {
        self.keys.records(self.id, part)
    }
}
