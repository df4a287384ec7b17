//! What a new tenant begins with.

use endpoint::prelude::*;
use fields::{Name, Slug};
use plans::Plan;
use std::collections::{BTreeMap, BTreeSet};
use tenant_context::billing::{Subscription, TrialDue};
use tenant_context::identity::Identity;
use tenant_context::items::{
    Member, MemberStatus, Membership, Project, SlugOwner, StoredTenantId, Tenant, TenantStatus,
};
use tenant_context::{ProjectId, TenantId, UserId};

/// A tenant to be made, with its first project.
pub struct Founding {
    /// Its id.
    pub tenant: StoredTenantId,
    project: ProjectId,
    name: String,
    slug: String,
    now: String,
    trial_ends_at: jiff::Timestamp,
}

/// Who founds it.
pub struct Owner<'a> {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

/// The position of the slug's write, which is refused when the slug is in use.
pub const SLUG: usize = 0;

impl Founding {
    /// A tenant of this name.
    pub fn new(name: &Name, slug: &Slug) -> Self {
        Self {
            tenant: StoredTenantId(TenantId::generate()),
            project: ProjectId::generate(),
            name: name.to_string(),
            slug: slug.to_string(),
            now: endpoint::now(),
            trial_ends_at: jiff::Timestamp::now()
                .checked_add(jiff::SignedDuration::from_hours(24 * Plan::TRIAL_DAYS))
                .unwrap_or(jiff::Timestamp::MAX),
        }
    }

    /// Everything of the tenant, and that `owner` belongs to it; the slug comes first.
    ///
    /// # Errors
    /// `internal` when an item can't be stored.
    pub fn writes(&self, identity: &Identity, owner: &Owner<'_>) -> Result<Vec<Write>, Problem> {
        let keys = identity.tenant_keys(self.tenant.0);
        let membership_key = identity.user_keys(owner.id).membership(self.tenant.0);
        Ok(vec![
            Write::create(identity.slug_key(&self.slug), &self.slug_owner())?,
            Write::create(keys.tenant(), &self.tenant())?,
            Write::create(keys.member(owner.id), &self.member(owner))?,
            Write::create(keys.project(self.project), &self.first_project(owner))?,
            Write::create(membership_key, &self.membership())?,
            Write::create(keys.subscription(), &self.subscription())?,
            // From here the end of the trial is found when it comes: nobody can look through all tenants.
            Write::create(
                identity.trial_due_key(self.tenant.0, self.trial_ends_at.as_second()),
                &self.trial_due(),
            )?,
        ])
    }

    fn slug_owner(&self) -> SlugOwner {
        SlugOwner {
            tenant_id: self.tenant,
            tenant_name: self.name.clone(),
            slug: self.slug.clone(),
        }
    }

    fn tenant(&self) -> Tenant {
        Tenant {
            id: self.tenant,
            name: self.name.clone(),
            slug: self.slug.clone(),
            status: TenantStatus::Trial,
            plan: Plan::TRIAL.as_str().to_owned(),
            trial_ends_at: Some(format!("{:.3}", self.trial_ends_at)),
            seats: Plan::TRIAL.seats(),
            members: 1,
            owners: 1,
            seats_taken: 1,
            project_ids: BTreeSet::from([self.project]),
            private_project_ids: BTreeSet::new(),
            archived_project_ids: BTreeSet::new(),
            custom_roles: BTreeMap::new(),
            mfa_required: false,
            session_max_seconds: None,
            created_at: self.now.clone(),
        }
    }

    fn subscription(&self) -> Subscription {
        Subscription::trial(Plan::TRIAL.as_str(), format!("{:.3}", self.trial_ends_at))
    }

    fn trial_due(&self) -> TrialDue {
        TrialDue {
            tenant_id: self.tenant,
            noticed: false,
        }
    }

    fn member(&self, owner: &Owner<'_>) -> Member {
        Member {
            user_id: owner.id,
            name: owner.name.to_owned(),
            email: owner.email.to_owned(),
            role: Role::Owner.into(),
            status: MemberStatus::Active,
            project_roles: BTreeMap::from([(self.project, ProjectRole::Lead)]),
            joined_at: self.now.clone(),
        }
    }

    fn first_project(&self, owner: &Owner<'_>) -> Project {
        Project::new(self.project, "Default project", owner.id, &self.now)
    }

    fn membership(&self) -> Membership {
        let (name, slug) = (self.name.clone(), self.slug.clone());
        Membership {
            tenant_id: self.tenant,
            name,
            slug,
            joined_at: self.now.clone(),
        }
    }
}
