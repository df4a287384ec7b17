//! One tenant's data for functions that no request reaches: those that a stream, a queue, a topic or a schedule wakes.
//!
//! There is no user and so no token to trade. The function takes on `TenantSystemRole` and names the tenant in the
//! session's tags; the tenant comes from the item that woke it. That a function may choose is why few may: the role's
//! trust policy names each, pins the access, and its own policy holds less than a request's. IAM compares the tags with
//! every key, here as there.
//!
//! Only event functions may use it: `clippy.toml` bans [`System::new`], and each use says why it is one.

use crate::aws::Aws;
use crate::billing;
use crate::context::ProjectScope;
use crate::credentials::Lent;
use crate::files::Files;
use crate::http::Http;
use crate::ids::{ProjectId, TenantId};
use crate::keys::{Key, Partition, TenantKeys};
use crate::outbox::{self, Outbox};
use crate::table::{Stamp, Table};
use permissions::Access;
use problem::Problem;
use std::sync::Arc;

/// Access for an event function.
#[derive(Clone)]
pub struct System {
    aws: Arc<Aws>,
    name: String,
}

impl System {
    /// For the function of this name: it stands in every item that it changes.
    pub fn new(aws: &Arc<Aws>, name: &str) -> Self {
        Self {
            aws: Arc::clone(aws),
            name: name.to_owned(),
        }
    }

    /// The data of the tenant that the item names which woke this function. `request` tells one change from another: two
    /// attempts at one thing have two.
    ///
    /// # Errors
    /// When STS does not answer or refuses: the role's trust policy decides.
    pub async fn tenant(
        &self,
        tenant: TenantId,
        access: Access,
        request: &str,
    ) -> Result<SystemContext, Problem> {
        let client = self.aws.trader.lend_to_system(tenant, access).await?.client;
        let names = Arc::clone(self.aws.names());
        Ok(SystemContext {
            table: Table::new(client, names, self.stamp(request)),
            keys: TenantKeys::of(tenant),
        })
    }

    /// For requests to S3.
    pub(crate) fn http(&self) -> &Http {
        self.aws.http()
    }

    /// The bytes of a tenant's files.
    pub(crate) async fn files(&self, tenant: TenantId, access: Access) -> Result<Files, Problem> {
        let (aws, lent) = self.lent(tenant, access).await?;
        Files::new(aws, tenant, lent)
    }

    /// Credentials of a tenant.
    pub(crate) async fn lent(
        &self,
        tenant: TenantId,
        access: Access,
    ) -> Result<(&Arc<Aws>, Lent), Problem> {
        let lent = self.aws.trader.lend_to_system(tenant, access).await?;
        Ok((&self.aws, lent))
    }

    /// The tables with the function's own role, for the items of no tenant.
    pub fn own_table(&self, request: &str) -> Table {
        self.aws.own_table(self.stamp(request))
    }

    /// The key of a letter.
    pub fn letter(&self, outbox: Outbox) -> Key {
        outbox.key()
    }

    /// That an address gets no more mail, by the SHA-256 of its normalised form in hexadecimal.
    pub fn suppressed(&self, hash: &str) -> Key {
        outbox::suppressed(hash)
    }

    /// The trials that end on a day (in days since 1970), in several parts.
    pub fn trials_due(&self, day: i64) -> Vec<Partition> {
        let shards = 0..billing::TRIAL_SHARDS;
        shards
            .map(|shard| billing::trials_due(day, shard))
            .collect()
    }

    /// That a tenant's trial ends on a day.
    pub fn trial_due(&self, day: i64, tenant: TenantId) -> Key {
        billing::trial_due(day, tenant)
    }

    /// How far the work on trials has come.
    pub fn trials_cursor(&self) -> Key {
        billing::trials_cursor()
    }

    fn stamp(&self, request: &str) -> Stamp {
        Stamp {
            by: self.name.clone(),
            request: request.to_owned(),
        }
    }
}

/// One tenant's data.
pub struct SystemContext {
    table: Table,
    keys: TenantKeys,
}

impl SystemContext {
    /// The tables, with credentials of this tenant.
    pub fn table(&self) -> &Table {
        &self.table
    }

    pub(crate) fn into_table(self) -> Table {
        self.table
    }

    /// Keys of this tenant's items.
    pub fn keys(&self) -> TenantKeys {
        self.keys
    }

    /// A project of this tenant; whoever asked for its records was found to see it.
    pub fn project(&self, project: ProjectId) -> ProjectScope {
        ProjectScope::trusted(self.keys, project)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::ids::UserId;
    use uuid::Uuid;

    #[test]
    fn a_letter_is_found_by_the_keys_in_the_stream() {
        let (tenant, user, letter) = (TenantId::generate(), UserId::generate(), Uuid::now_v7());
        for outbox in [Outbox::Tenant(tenant, letter), Outbox::User(user, letter)] {
            let key = outbox.key();
            assert!(Outbox::has(&key.pk));
            assert_eq!(Outbox::of(&key.pk, &key.sk).unwrap(), outbox);
        }
    }

    #[test]
    fn nothing_else_is_a_letter() {
        let id = Uuid::now_v7();
        let letter = format!("LETTER#{id}");
        for pk in [
            format!("TENANT#{id}"),
            format!("TENANT#{id}#PROJECT#{id}#OUTBOX"),
            format!("TENANT#{}#OUTBOX", id.simple()),
            format!("TENANT#{}#OUTBOX", id.to_string().to_uppercase()),
            format!("SLUG#{id}#OUTBOX"),
            "#OUTBOX".to_owned(),
        ] {
            assert_eq!(Outbox::of(&pk, &letter), None, "{pk}");
        }
        let pk = format!("TENANT#{id}#OUTBOX");
        assert_eq!(Outbox::of(&pk, "LETTER#1"), None);
        assert_eq!(Outbox::of(&pk, &format!("RECORD#{id}")), None);
    }
}
