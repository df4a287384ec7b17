//! A person's name and address, and their copies in the tenants.
//!
//! A list of members must not read every person's item, and a tenant's credentials reach no person's partition: so each
//! member item holds a copy. A change of the original writes all copies in its own transaction: nobody sees the one
//! without the other. Who joins a tenant at the same moment copies what was before; so joining raises `tenants_joined`
//! on the original while name and address are what it copied, and a change demands the number that it has read.

use endpoint::prelude::*;
use fields::EmailAddress;
use tenant_context::identity::Identity;
use tenant_context::items::{Membership, UserProfile};
use tenant_context::keys::UserKeys;
use tenant_context::{Table, UserId, errors};

/// How many copies a transaction changes, which has 100 writes at most. Who belongs to more tenants is refused a change:
/// one by halves would be worse.
const MOST: usize = 80;

/// The part of a person's item that is copied.
#[derive(Deserialize)]
pub struct Original {
    /// Name, address and the rest that is shown.
    #[serde(flatten)]
    pub profile: UserProfile,
    /// How many tenants they have joined or founded.
    #[serde(default)]
    tenants_joined: i64,
}

impl Original {
    /// Its attributes: to be read without the rest of the item.
    pub const ATTRIBUTES: &[&str] = &[
        "id",
        "name",
        "email",
        "email_verified_at",
        "locale",
        "time_zone",
        "created_at",
        "tenants_joined",
    ];

    /// Reads it.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn read(table: &Table, keys: UserKeys) -> Result<Option<Self>, Problem> {
        table.get_some(&keys.user(), Self::ATTRIBUTES).await
    }

    /// A change of the original that happens only if it is as it was read, and nobody has copied it since.
    pub fn change(&self) -> Update {
        self.copied()
            .when(Condition::equals("tenants_joined", self.tenants_joined))
    }

    /// The change that goes with a further copy: a tenant is founded or joined.
    pub fn joined(&self) -> Update {
        self.copied().add("tenants_joined", 1)
    }

    fn copied(&self) -> Update {
        Update::new()
            .when(Condition::equals("name", self.profile.name.as_str()))
            .when(Condition::equals("email", self.profile.email.as_str()))
    }
}

/// The writes that change a person's copies.
///
/// # Errors
/// `conflict` for a person in too many tenants.
pub fn writes(
    identity: &Identity,
    user: UserId,
    memberships: &[Membership],
    change: &Update,
) -> Result<Vec<Write>, Problem> {
    if memberships.len() > MOST {
        let detail = "You belong to too many tenants for this: leave some of them first.";
        return Err(Problem::new(Kind::Conflict).detail(detail));
    }
    let keys = memberships
        .iter()
        .map(|membership| identity.tenant_keys(membership.tenant_id.0).member(user));
    let change = change.clone().when(Condition::Exists);
    Ok(keys.map(|key| Write::update(key, change.clone())).collect())
}

/// The form under which a stored address is unique.
///
/// # Errors
/// `internal` when what is stored is no address.
pub fn normalised(stored: &str) -> Result<String, Problem> {
    let address: EmailAddress = stored
        .parse()
        .map_err(|error| errors::internal("stored address", &error))?;
    Ok(address.normalised())
}
