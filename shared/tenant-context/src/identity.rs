//! The directory and the core partitions, for the few functions that sign people up and in ("identity writers").
//!
//! They act before there is a context, with their own role, which the template narrows to exactly the actions, key
//! prefixes and attributes that each needs. In any other function these keys lead nowhere: its role has no data access.

use crate::aws::Aws;
use crate::billing;
use crate::ids::{TenantId, UserId};
use crate::keys::{self, Key, TenantKeys, UserKeys};
use crate::table::{Stamp, Table};
use std::sync::Arc;
use uuid::Uuid;

const DAY: i64 = 86_400;

/// Access with the function's own role.
#[derive(Clone)]
pub struct Identity {
    aws: Arc<Aws>,
}

impl Identity {
    /// With the role of this function.
    pub fn new(aws: &Arc<Aws>) -> Self {
        Self {
            aws: Arc::clone(aws),
        }
    }

    /// The tables; `by` is the user who changes something, as far as one is known.
    pub fn table(&self, by: Option<UserId>, request_id: &str) -> Table {
        let by = by.map_or_else(|| "anonymous".to_owned(), |user| user.to_string());
        self.aws.own_table(Stamp {
            by,
            request: request_id.to_owned(),
        })
    }

    /// The tenant that a directory item or a sealed token of ours names.
    pub fn tenant(&self, uuid: Uuid) -> TenantId {
        TenantId::trusted(uuid)
    }

    /// Keys of a tenant's core items.
    pub fn tenant_keys(&self, tenant: TenantId) -> TenantKeys {
        TenantKeys::of(tenant)
    }

    /// Keys of a user's partition.
    pub fn user_keys(&self, user: UserId) -> UserKeys {
        UserKeys::of(user)
    }

    /// Who has this e-mail address, in its normalised form.
    pub fn email_key(&self, normalised: &str) -> Key {
        keys::email(normalised)
    }

    /// A log-in that waits for its second factor.
    pub fn pending_login_key(&self, id: Uuid) -> Key {
        keys::pending_login(id)
    }

    /// How often an account was tried lately. It is known by a hash: the key names nobody.
    pub fn account_backoff_key(&self, hash: &str) -> Key {
        keys::backoff(&format!("ACCOUNT#{hash}"))
    }

    /// How often a network tried lately.
    pub fn network_backoff_key(&self, network: &str) -> Key {
        keys::backoff(&format!("IP#{network}"))
    }

    /// Which tenant has proved this domain to be its own; the caller gives its one spelling.
    pub fn domain_key(&self, domain: &str) -> Key {
        keys::domain(domain)
    }

    /// An event of the billing provider, by its id; the caller has checked its form.
    pub fn billing_event_key(&self, id: &str) -> Key {
        billing::billing_event(id)
    }

    /// That a tenant's trial ends at a time, given in seconds since 1970.
    pub fn trial_due_key(&self, tenant: TenantId, ends_at: i64) -> Key {
        billing::trial_due(ends_at.div_euclid(DAY), tenant)
    }

    /// Which tenant has this slug.
    pub fn slug_key(&self, slug: &str) -> Key {
        keys::slug(slug)
    }
}
