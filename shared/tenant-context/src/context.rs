//! Who asks, for which tenant, and what they may do: made from a verified context token and from nothing else.

use crate::aws::Aws;
use crate::credentials::{Lent, Reach, TradeableTokens};
use crate::cursor::Cursors;
use crate::errors;
use crate::idempotency::{IdempotencyKey, Once, Repeats, Repetition};
use crate::ids::{ProjectId, SessionId, TenantId, UserId};
use crate::keys::{Key, Partition, TenantKeys, UserKeys};
use crate::table::{Stamp, Table};
use permissions::{
    Access, Action, Grant, Permission, PermissionSet, ProjectRole, Resource, RoleRef, Standing,
    beside_records, in_project,
};
use problem::{Kind, Problem};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokens::VerifyError;
use tokens::context::Outcome;

/// How long a proof of who somebody is counts for what must not be done from an unattended session.
pub const STEP_UP: Duration = Duration::from_secs(600);

/// The verified caller of a tenant endpoint.
///
/// A handler that has one can reach this tenant's data and no other's: its keys come from here, and so do the
/// credentials that IAM checks those keys against.
pub struct TenantContext {
    aws: Arc<Aws>,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    standing: Standing,
    /// What the caller may do on this route: what their role carries, and inside a project their project role besides.
    effective: PermissionSet,
    access: Access,
    person_only: bool,
    stepped_up_at: Option<u64>,
    projects: Vec<VisibleProject>,
    cursors: Cursors,
    /// The tenant's, for what is sealed for this caller.
    secret: String,
    once: Option<Arc<Once>>,
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
    /// The project that the request's path names.
    pub project: Option<ProjectId>,
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
        let standing = grant.standing();
        let projects: Vec<VisibleProject> = grant.projects.iter().map(VisibleProject::of).collect();
        // A route that names a project comes with that one alone.
        let in_it = match (presented.project, projects.as_slice()) {
            (Some(named), projects) => projects.iter().find(|project| project.id == named),
            (None, _) => None,
        };
        let effective = in_project(
            standing.permissions(),
            in_it.and_then(|project| project.role),
        );
        Ok(Self {
            aws: Arc::clone(aws),
            tenant: TenantId::trusted(claims.tenant),
            user: claims.user.into(),
            session: claims.session.into(),
            standing,
            effective,
            access: grant.access,
            person_only: grant.person_only,
            stepped_up_at: grant.stepped_up_at,
            projects,
            cursors: Cursors::new(&grant.cursor_key, claims.user, presented.route)
                .map_err(|error| errors::internal("cursor key", &error))?,
            secret: grant.cursor_key,
            once: None,
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
    pub fn role(&self) -> RoleRef {
        self.standing.role()
    }

    /// Their role with what it carries.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What they may do on this route: what their role carries, and inside a project their project role besides.
    pub fn permissions(&self) -> &PermissionSet {
        &self.effective
    }

    /// The projects they may see, as far as the route needs to know.
    pub fn projects(&self) -> &[VisibleProject] {
        &self.projects
    }

    /// How far the caller's permission reaches; a refusal is a security event.
    ///
    /// # Errors
    /// `permission-denied` when they do not have it at all.
    pub fn require(&self, permission: Permission) -> Result<Grant, Problem> {
        self.granted(self.effective.permits(permission), &permission)
    }

    /// The same for an action on the records of one collection, which a custom role may name.
    ///
    /// # Errors
    /// `permission-denied` when they do not have it at all.
    pub fn require_in(&self, collection: &str, action: Action) -> Result<Grant, Problem> {
        let grant = self.effective.permits_in(collection, action);
        let besides = beside_records(collection, action);
        let lacking = besides.filter(|one| self.effective.permits(*one) == Grant::None);
        let records = Permission::new(Resource::Records, action);
        self.granted(grant, &lacking.unwrap_or(records))
    }

    /// How far a permission reaches in the one of the caller's projects where it reaches furthest: enough to come as far as
    /// a project's own check, on a route whose path names none.
    ///
    /// # Errors
    /// `permission-denied` when they have it nowhere.
    pub fn require_somewhere(&self, permission: Permission) -> Result<Grant, Problem> {
        let everywhere = self.standing.permissions().permits_somewhere(permission);
        let roles = self.projects.iter().filter_map(|project| project.role);
        let grants = roles.map(|role| {
            in_project(self.standing.permissions(), Some(role)).permits_somewhere(permission)
        });
        self.granted(grants.fold(everywhere, Grant::max), &permission)
    }

    /// How far an action on the records of one collection reaches in a project that the caller may see, on a route whose
    /// path names neither.
    pub fn grant_in(&self, project: &ProjectScope, collection: &str, action: Action) -> Grant {
        #[cfg(feature = "unguarded")]
        return Grant::All;
        #[cfg(not(feature = "unguarded"))]
        {
            let mut projects = self.projects.iter();
            let project = projects.find(|visible| visible.id == project.id);
            let role = project.and_then(|project| project.role);
            in_project(self.standing.permissions(), role).permits_in(collection, action)
        }
    }

    fn granted(&self, grant: Grant, permission: &Permission) -> Result<Grant, Problem> {
        #[cfg(feature = "unguarded")]
        if grant == Grant::None {
            return Ok(Grant::All);
        }
        match grant {
            Grant::None => {
                let role = self.role();
                tracing::warn!(event = "permission_denied", %permission, %role, "a permission was missing");
                Err(Problem::new(Kind::PermissionDenied)
                    .detail(format!("Your role lacks the permission {permission}.")))
            }
            grant => Ok(grant),
        }
    }

    /// Demands that the person has proved in this session, not longer ago than [`STEP_UP`], who they are.
    ///
    /// # Errors
    /// `step-up-required` when they have not.
    pub fn require_step_up(&self) -> Result<(), Problem> {
        #[cfg(feature = "unguarded")]
        return Ok(());
        #[cfg(not(feature = "unguarded"))]
        {
            let since = UNIX_EPOCH + Duration::from_secs(self.stepped_up_at.unwrap_or_default());
            // A moment that is still to come is no proof either.
            match SystemTime::now().duration_since(since) {
                Ok(age) if age <= STEP_UP => Ok(()),
                _ => Err(Kind::StepUpRequired.into()),
            }
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

    /// A project that the caller may see; on a route that writes, one that is not archived.
    ///
    /// # Errors
    /// `not-found` for one that is missing, another tenant's, or closed to the caller: all alike. `project-archived`.
    pub fn project(&self, id: ProjectId) -> Result<ProjectScope, Problem> {
        let scope = self.project_or_archived(id)?;
        #[cfg(not(feature = "unguarded"))]
        if scope.archived && self.access > Access::Read {
            return Err(Kind::ProjectArchived.into());
        }
        Ok(scope)
    }

    /// A project that the caller may see, archived or not, for the routes that are about the project itself.
    ///
    /// # Errors
    /// `not-found` for one that is missing, another tenant's, or closed to the caller: all alike.
    pub fn project_or_archived(&self, id: ProjectId) -> Result<ProjectScope, Problem> {
        let found = self.projects.iter().find(|project| project.id == id);
        #[cfg(not(feature = "unguarded"))]
        if found.is_none() {
            return Err(Kind::NotFound.into());
        }
        Ok(ProjectScope {
            keys: self.keys(),
            id,
            archived: found.is_some_and(|project| project.archived),
        })
    }

    /// The tables, with credentials of this tenant at the access level of this request.
    ///
    /// # Errors
    /// When STS does not answer, or refuses the tenant token; `not-a-member` on a route that is about the person alone,
    /// where nobody has judged the membership.
    pub async fn table(&self) -> Result<Table, Problem> {
        let (aws, lent) = self.lent(Duration::ZERO).await?;
        let names = Arc::clone(aws.names());
        Ok(Table::new(lent.client, names, self.stamp()).answering(self))
    }

    /// Credentials of this tenant at the access level of this request, which last at least so long.
    pub(crate) async fn lent(&self, life: Duration) -> Result<(&Arc<Aws>, Lent), Problem> {
        if self.person_only {
            return Err(Kind::NotAMember.into());
        }
        let reach = Reach::Tenant(self.tenant, self.access);
        let token = self.tokens.tenant.as_deref();
        let lent = self.aws.trader.lend(reach, token, life).await?;
        Ok((&self.aws, lent))
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
        let names = Arc::clone(self.aws.names());
        Ok(Table::new(client, names, self.stamp()).answering(self))
    }

    /// Makes the request one that can be repeated: it came with an Idempotency-Key.
    ///
    /// # Errors
    /// When there are no credentials to be had.
    pub async fn repeatable(&mut self, key: IdempotencyKey) -> Result<Repetition, Problem> {
        let (keys, own) = (self.keys(), self.own_keys());
        let place = |hash: &str| match self.person_only {
            true => own.answer(hash),
            false => keys.answer(hash),
        };
        let once = Once::of_member(key, self.tenant, self.user, &self.secret, place)?;
        let once = Arc::new(once);
        self.once = Some(Arc::clone(&once));
        let table = match self.person_only {
            true => self.own_table().await?,
            false => self.table().await?,
        };
        Ok(Repetition::new(table, once))
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

impl Repeats for TenantContext {
    fn once(&self) -> Option<&Arc<Once>> {
        self.once.as_ref()
    }
}

/// A project that the caller may see, as the authorizer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisibleProject {
    /// The project.
    pub id: ProjectId,
    /// The caller's role in it, if they are one of its members.
    pub role: Option<ProjectRole>,
    /// Whether it can be read only.
    pub archived: bool,
}

impl VisibleProject {
    fn of(claim: &tokens::context::Project) -> Self {
        Self {
            id: claim.id.into(),
            role: claim.role,
            archived: claim.archived,
        }
    }
}

/// A project of the tenant that the caller may see.
#[derive(Debug, Clone, Copy)]
pub struct ProjectScope {
    keys: TenantKeys,
    id: ProjectId,
    archived: bool,
}

impl ProjectScope {
    pub(crate) fn trusted(keys: TenantKeys, id: ProjectId) -> Self {
        Self {
            keys,
            id,
            archived: false,
        }
    }

    /// The project.
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// The records of one collection; `part` is the collection's constant part of the partition key.
    pub fn records(&self, part: &'static str) -> Partition {
        self.keys.records(self.id, part)
    }

    /// The records of a collection that the whole tenant has.
    pub fn tenant_records(&self, part: &'static str) -> Partition {
        self.keys.tenant_records(part)
    }

    /// Whose it is.
    pub(crate) fn tenant(&self) -> TenantId {
        self.keys.id()
    }

    /// What is said of all its vectors.
    pub(crate) fn vectors(&self) -> Key {
        self.keys.vectors(self.id)
    }

    /// One part of its vectors; `prefix` says in which form.
    pub(crate) fn vector_shard(&self, shard: u8, prefix: &'static str) -> Partition {
        self.keys.vector_shard(self.id, shard, prefix)
    }

    /// What the keys of all the project's records begin with.
    pub(crate) fn all_records(&self) -> Partition {
        self.keys.all_records(self.id)
    }
}
