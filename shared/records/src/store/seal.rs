//! Secrets on their way into the table, and what there is one of.

use super::Records;
use crate::collection::Scope;
use crate::secrets::{FieldKeys, Place};
use crate::validate::Valid;
use problem::{Kind, Problem};
use tenant_context::errors::internal;
use tenant_context::{RecordId, StoredItem};

impl<'a> Records<'a> {
    /// Secrets that are set are sealed with these keys.
    #[must_use]
    pub fn sealing(mut self, keys: &'a FieldKeys) -> Self {
        self.secrets = Some(keys);
        self
    }

    /// Seals the secrets that are set for this record.
    pub(super) async fn seal(&self, id: RecordId, valid: &mut Valid) -> Result<(), Problem> {
        if valid.secret.is_empty() {
            return Ok(());
        }
        let keys = self.secrets;
        let keys = keys.ok_or_else(|| internal("secret field", &"no key to seal it with"))?;
        let ring = keys.ring().await?;
        let is_tenants = self.collection.scope == Scope::Tenant;
        for (field, value) in &mut valid.secret {
            let place = Place {
                tenant: self.caller.context.tenant_id(),
                project: (!is_tenants).then_some(self.project.id()),
                part: self.collection.part,
                record: id,
                field,
            };
            *value = ring.seal(place, value)?;
        }
        Ok(())
    }

    /// The id of a new record.
    pub(super) fn new_id(&self) -> RecordId {
        let only = self.collection.only(self.caller.context.tenant_id());
        only.unwrap_or_else(RecordId::generate)
    }

    /// What to say where a new record was refused because there is one already, if that can be.
    pub(super) fn already_there(&self, found: Option<&StoredItem>) -> Option<Problem> {
        let is_only = self.collection.scope == Scope::Tenant && found.is_some();
        is_only.then(|| {
            let detail = "is the tenant's second one, and it has no more than one: change that";
            Problem::new(Kind::AlreadyTaken).field("", detail)
        })
    }
}
