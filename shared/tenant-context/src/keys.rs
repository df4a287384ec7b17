//! Keys of the tables. Their parts are private: a handler gets them ready-made and can't spell one.
//!
//! | table | partition key | sort key | item |
//! |---|---|---|---|
//! | tenant | `TENANT#<t>` | `TENANT` | profile, status, seats, project ids |
//! | tenant | `TENANT#<t>` | `MEMBER#<user>` | a member |
//! | tenant | `TENANT#<t>` | `PROJECT#<project>` | a project |
//! | tenant | `TENANT#<t>` | `DELETED_PROJECT#<project>` | a deleted project, until it is purged |
//! | tenant | `TENANT#<t>#PURGES` | `PROJECT#<project>` | how far the purge of a deleted project has come |
//! | tenant | `TENANT#<t>#USAGE` | `DAY#<day>` | what was used on a day |
//! | tenant | `TENANT#<t>#USAGE` | `STORAGE` | how many bytes its files have |
//! | tenant | `TENANT#<t>#USAGE` | `PURGED#<file>` | that a file's bytes are counted no more |
//! | tenant | `TENANT#<t>` | `INVITATION#<id>` | an invitation |
//! | tenant | `TENANT#<t>` | `INVITED#<hash of address>` | that an address has a pending invitation |
//! | tenant | `TENANT#<t>` | `ROLE#<role>` | a custom role |
//! | tenant | `TENANT#<t>` | `ROLE_NAME#<hash of name>` | that a custom role has this name |
//! | tenant | `TENANT#<t>` | `SETTINGS` | the tenant's settings |
//! | tenant | `TENANT#<t>` | `BRANDING` | the tenant's branding |
//! | tenant | `TENANT#<t>` | `SUBSCRIPTION` | plan, status and period of the subscription |
//! | tenant | `TENANT#<t>` | `PAYMENT#<time>#<event>` | a payment |
//! | tenant | `TENANT#<t>` | `METADATA` | what the tenant notes of itself |
//! | tenant | `TENANT#<t>` | `DOMAINS` | the names of its domains, so that they can be counted |
//! | tenant | `TENANT#<t>` | `DOMAIN#<domain>` | a domain, proved or not |
//! | tenant | `TENANT#<t>#PROJECT#<p>#<COLLECTION>` | `RECORD#<id>` | a record |
//! | tenant | `TENANT#<t>#PROJECT#<p>#<COLLECTION>#<user>` | `RECORD#<id>` | a record that its owner alone sees |
//! | tenant | `TENANT#<t>#<COLLECTION>` | `RECORD#<id>` | a record of the whole tenant |
//! | tenant | `TENANT#<t>#PROJECT#<p>#<COLLECTION>#DELETED` | `RECORD#<id>` | a deleted record, until it is purged |
//! | tenant | `TENANT#<t>#PROJECT#<p>#<COLLECTION>#<user>#DELETED` | `RECORD#<id>` | a deleted one of those that their owner alone sees |
//! | tenant | `TENANT#<t>#PROJECT#<p>#FILES#PENDING` | `RECORD#<id>` | that a file waits for its bytes; gone when it has waited long enough |
//! | tenant | `TENANT#<t>#PROJECT#<p>#VECTORS` | `VECTORS` | the dimension of a project's embeddings, and how many there are |
//! | tenant | `TENANT#<t>#PROJECT#<p>#VECTORS#<shard>` | `RECORD#<id>` | a chunk's vector, as a search looks through them |
//! | tenant | `TENANT#<t>#PROJECT#<p>#VECTORS#<shard>` | `EXACT#<id>` | the same as it was given; a deleted chunk's until it is purged |
//! | tenant | `TENANT#<t>#OUTBOX` | `LETTER#<id>` | a letter to be sent, in the tenant's name |
//! | tenant | `TENANT#<t>#EXPORTS#<user>` | `EXPORT#<id>` | a file that a user has asked for, and how far it has come |
//! | tenant | `TENANT#<t>#IDEMPOTENCY#<2 digits>` | `KEY#<sha256>` | the answer of a request that can be repeated |
//! | directory | `USER#<user>#OUTBOX` | `LETTER#<id>` | a letter to be sent, about the user's own account |
//! | directory | `USER#<user>#IDEMPOTENCY` | `KEY#<sha256>` | the same for requests about the user's own account |
//! | directory | `IDEMPOTENCY#<sha256>` | `IDEMPOTENCY` | the same for requests of people who have no account yet |
//! | directory | `USER#<user>` | `USER` | name, e-mail, password hash |
//! | directory | `USER#<user>` | `SESSION#<session>` | a session |
//! | directory | `USER#<user>` | `TENANT#<t>` | a tenant the user belongs to |
//! | directory | `USER#<user>` | `TOKEN#<purpose>` | the link that was last sent to the user for this purpose |
//! | directory | `MFA#<user>` | `MFA` | the user's second factors: out of reach of the user's own credentials |
//! | directory | `LOGIN#<id>` | `LOGIN` | a log-in that waits for its second factor |
//! | directory | `EMAIL#<address>` | `EMAIL` | the user with this address |
//! | directory | `BACKOFF#ACCOUNT#<sha256>` | `BACKOFF` | how often somebody tried an account lately |
//! | directory | `BACKOFF#IP#<network>` | `BACKOFF` | how often a network did |
//! | directory | `SUPPRESSED#<sha256 of address>` | `SUPPRESSED` | an address that gets no more mail |
//! | directory | `BILLINGEVENT#<id>` | `BILLINGEVENT` | that an event of the billing provider has been dealt with |
//! | directory | `DUE#TRIAL#<day>#<shard>` | `TENANT#<t>` | that a tenant's trial ends on this day |
//! | directory | `DUE#TRIAL#CURSOR` | `CURSOR` | up to which day trials that ended have been dealt with |
//! | directory | `SLUG#<slug>` | `SLUG` | the tenant with this slug |
//! | directory | `DOMAIN#<domain>` | `DOMAIN` | the tenant that has proved this domain to be its own |

use crate::ids::{
    ExportId, InvitationId, ProjectId, RecordId, RoleId, SessionId, TenantId, UserId,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

/// What ends the partition key of letters to be sent.
pub(crate) const OUTBOX: &str = "#OUTBOX";
/// What begins their sort key.
pub(crate) const LETTER: &str = "LETTER#";

/// What stands between tenant and user in the partition key of exports.
pub(crate) const EXPORTS: &str = "#EXPORTS#";
/// What begins their sort key.
pub(crate) const EXPORT: &str = "EXPORT#";

/// What begins the sort key of a record.
pub const RECORD: &str = "RECORD#";
/// What begins the sort key of an embedding as it was given.
pub(crate) const EXACT: &str = "EXACT#";
/// The part of a project's vectors.
pub(crate) const VECTORS: &str = "VECTORS";
/// What begins the sort key of a member.
pub(crate) const MEMBER: &str = "MEMBER#";
/// What begins the sort key of a session.
pub(crate) const SESSION: &str = "SESSION#";
/// What begins the sort key of a user's pointer to a tenant.
pub(crate) const MEMBERSHIP: &str = "TENANT#";

/// Which table an item stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableName {
    Tenant,
    Directory,
}

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(crate) table: TableName,
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// A partition, or the part of it whose sort keys share a beginning: what a list reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    pub(crate) table: TableName,
    pub(crate) pk: String,
    pub(crate) prefix: &'static str,
}

impl Partition {
    /// The key of a record in this partition.
    pub fn record(&self, id: RecordId) -> Key {
        Key {
            table: self.table,
            pk: self.pk.clone(),
            sk: format!("{}{}", self.prefix, id.uuid()),
        }
    }

    /// The part of this partition's records that a user alone sees.
    #[must_use]
    pub fn of_user(&self, user: UserId) -> Partition {
        Partition {
            table: self.table,
            pk: format!("{}#{}", self.pk, user.uuid()),
            prefix: self.prefix,
        }
    }

    /// Where this partition's deleted records wait for their purge.
    #[must_use]
    pub fn deleted(&self) -> Partition {
        Partition {
            table: self.table,
            pk: format!("{}#DELETED", self.pk),
            prefix: self.prefix,
        }
    }

    /// Where it is noted which of this partition's records wait for something that is to follow.
    pub(crate) fn pending(&self) -> Partition {
        Partition {
            table: self.table,
            pk: format!("{}#PENDING", self.pk),
            prefix: self.prefix,
        }
    }
}

/// Keys of one tenant's items.
#[derive(Debug, Clone, Copy)]
pub struct TenantKeys(TenantId);

impl TenantKeys {
    pub(crate) fn of(tenant: TenantId) -> Self {
        Self(tenant)
    }

    /// Whose they are.
    pub(crate) fn id(self) -> TenantId {
        self.0
    }

    fn core(self, sk: String) -> Key {
        Key {
            table: TableName::Tenant,
            pk: self.core_pk(),
            sk,
        }
    }

    fn core_pk(self) -> String {
        format!("TENANT#{}", self.0.uuid())
    }

    /// The tenant's profile.
    pub fn tenant(self) -> Key {
        self.core("TENANT".to_owned())
    }

    /// A member.
    pub fn member(self, user: UserId) -> Key {
        self.core(format!("{MEMBER}{}", user.uuid()))
    }

    /// All members.
    pub fn members(self) -> Partition {
        self.core_part(MEMBER)
    }

    /// A project.
    pub fn project(self, project: ProjectId) -> Key {
        self.core(format!("PROJECT#{}", project.uuid()))
    }

    /// A deleted project.
    pub fn deleted_project(self, project: ProjectId) -> Key {
        self.core(format!("DELETED_PROJECT#{}", project.uuid()))
    }

    /// How far the purge of a deleted project has come.
    pub(crate) fn purge(self, project: ProjectId) -> Key {
        Key {
            table: TableName::Tenant,
            pk: format!("{}#PURGES", self.core_pk()),
            sk: format!("PROJECT#{}", project.uuid()),
        }
    }

    /// All projects.
    pub fn projects(self) -> Partition {
        self.core_part("PROJECT#")
    }

    /// That a custom role has this name; the caller gives it in the form in which it is unique.
    pub fn role_name(self, name: &str) -> Key {
        self.core(format!("ROLE_NAME#{}", hash(name)))
    }

    /// A custom role.
    pub fn role(self, role: RoleId) -> Key {
        self.core(format!("ROLE#{}", role.uuid()))
    }

    /// All custom roles.
    pub fn roles(self) -> Partition {
        self.core_part("ROLE#")
    }

    /// The tenant's settings.
    pub fn settings(self) -> Key {
        self.core("SETTINGS".to_owned())
    }

    /// The tenant's branding.
    pub fn branding(self) -> Key {
        self.core("BRANDING".to_owned())
    }

    /// What the tenant notes of itself.
    pub fn metadata(self) -> Key {
        self.core("METADATA".to_owned())
    }

    /// The names of its domains.
    pub fn domain_names(self) -> Key {
        self.core("DOMAINS".to_owned())
    }

    /// A domain.
    pub fn domain(self, domain: &str) -> Key {
        self.core(format!("DOMAIN#{domain}"))
    }

    /// All domains.
    pub fn domains(self) -> Partition {
        self.core_part("DOMAIN#")
    }

    /// All invitations.
    pub fn invitations(self) -> Partition {
        self.core_part("INVITATION#")
    }

    /// An invitation.
    pub fn invitation(self, invitation: InvitationId) -> Key {
        self.core(format!("INVITATION#{}", invitation.uuid()))
    }

    /// That an address, in its normalised form, has a pending invitation.
    pub fn invited(self, normalised: &str) -> Key {
        self.core(format!("INVITED#{}", hash(normalised)))
    }

    /// All pending invitations, by their addresses.
    pub fn all_invited(self) -> Partition {
        self.core_part("INVITED#")
    }

    /// What was used on a day (`2026-11-21`).
    pub(crate) fn usage(self, day: &str) -> Key {
        self.used(format!("DAY#{day}"))
    }

    /// How many bytes its files have.
    pub fn storage(self) -> Key {
        self.used("STORAGE".to_owned())
    }

    /// That a file's bytes are counted no more.
    pub(crate) fn purged(self, file: RecordId) -> Key {
        self.used(format!("PURGED#{}", file.uuid()))
    }

    fn used(self, sk: String) -> Key {
        Key {
            table: TableName::Tenant,
            pk: format!("{}#USAGE", self.core_pk()),
            sk,
        }
    }

    /// The exports that a user has asked for.
    pub fn exports(self, user: UserId) -> Partition {
        Partition {
            table: TableName::Tenant,
            pk: format!("{}{EXPORTS}{}", self.core_pk(), user.uuid()),
            prefix: EXPORT,
        }
    }

    /// One of them.
    pub fn export(self, user: UserId, export: ExportId) -> Key {
        let Partition { table, pk, prefix } = self.exports(user);
        Key {
            table,
            pk,
            sk: format!("{prefix}{}", export.uuid()),
        }
    }

    /// A letter to be sent in the tenant's name.
    pub fn outbox(self, letter: Uuid) -> Key {
        Key {
            table: TableName::Tenant,
            pk: format!("{}{OUTBOX}", self.core_pk()),
            sk: format!("{LETTER}{letter}"),
        }
    }

    /// The answer of a request that can be repeated. They are spread, so that no partition limits how many there can be.
    pub(crate) fn answer(self, hash: &str) -> Key {
        let spread = hash.get(..2).unwrap_or_default();
        Key {
            table: TableName::Tenant,
            pk: format!("{}#IDEMPOTENCY#{spread}", self.core_pk()),
            sk: format!("KEY#{hash}"),
        }
    }

    fn core_part(self, prefix: &'static str) -> Partition {
        Partition {
            table: TableName::Tenant,
            pk: self.core_pk(),
            prefix,
        }
    }

    /// The records of a collection in a project. `part` is the collection's own constant.
    pub(crate) fn records(self, project: ProjectId, part: &'static str) -> Partition {
        Partition {
            table: TableName::Tenant,
            pk: format!("{}#{part}", self.all_records(project).pk),
            prefix: RECORD,
        }
    }

    /// What the keys of all records in a project begin with.
    pub(crate) fn all_records(self, project: ProjectId) -> Partition {
        Partition {
            table: TableName::Tenant,
            pk: format!("TENANT#{}#PROJECT#{}", self.0.uuid(), project.uuid()),
            prefix: RECORD,
        }
    }

    /// What is said of all vectors of a project.
    pub(crate) fn vectors(self, project: ProjectId) -> Key {
        Key {
            table: TableName::Tenant,
            pk: self.records(project, VECTORS).pk,
            sk: VECTORS.to_owned(),
        }
    }

    /// One part of a project's vectors; `prefix` says in which form.
    pub(crate) fn vector_shard(
        self,
        project: ProjectId,
        shard: u8,
        prefix: &'static str,
    ) -> Partition {
        Partition {
            table: TableName::Tenant,
            pk: format!("{}#{shard}", self.records(project, VECTORS).pk),
            prefix,
        }
    }

    /// The records of a collection that the whole tenant has.
    pub(crate) fn tenant_records(self, part: &'static str) -> Partition {
        Partition {
            table: TableName::Tenant,
            pk: format!("{}#{part}", self.core_pk()),
            prefix: RECORD,
        }
    }
}

/// Keys of one user's own items in the directory.
#[derive(Debug, Clone, Copy)]
pub struct UserKeys(UserId);

impl UserKeys {
    pub(crate) fn of(user: UserId) -> Self {
        Self(user)
    }

    fn pk(self) -> String {
        format!("USER#{}", self.0.uuid())
    }

    fn own(self, sk: String) -> Key {
        Key {
            table: TableName::Directory,
            pk: self.pk(),
            sk,
        }
    }

    /// A letter to be sent about the user's own account.
    pub fn outbox(self, letter: Uuid) -> Key {
        Key {
            table: TableName::Directory,
            pk: format!("{}{OUTBOX}", self.pk()),
            sk: format!("{LETTER}{letter}"),
        }
    }

    /// The answer of a request that can be repeated.
    pub(crate) fn answer(self, hash: &str) -> Key {
        Key {
            table: TableName::Directory,
            pk: format!("{}#IDEMPOTENCY", self.pk()),
            sk: format!("KEY#{hash}"),
        }
    }

    /// Name, e-mail, password hash.
    pub fn user(self) -> Key {
        self.own("USER".to_owned())
    }

    /// The second factors. In a partition that the user's own credentials don't reach: for roles of their own.
    pub fn second_factor(self) -> Key {
        Key {
            table: TableName::Directory,
            pk: format!("MFA#{}", self.0.uuid()),
            sk: "MFA".to_owned(),
        }
    }

    /// Everything from the sessions to the user: their sort keys, `SESSION#…`, `TENANT#…` and `USER`, are neighbours.
    pub(crate) fn person(self) -> (Key, Key) {
        (self.own(SESSION.to_owned()), self.user())
    }

    /// A session.
    pub fn session(self, session: SessionId) -> Key {
        self.own(format!("{SESSION}{}", session.uuid()))
    }

    /// All sessions.
    pub fn sessions(self) -> Partition {
        Partition {
            table: TableName::Directory,
            pk: self.pk(),
            prefix: SESSION,
        }
    }

    /// The link that was last sent to the user for this purpose.
    pub fn token(self, purpose: &'static str) -> Key {
        self.own(format!("TOKEN#{purpose}"))
    }

    /// That the user belongs to a tenant.
    pub fn membership(self, tenant: TenantId) -> Key {
        self.own(format!("TENANT#{}", tenant.uuid()))
    }

    /// The same for the tenant of this id, as a client wrote it. The partition is the user's own, so whatever the text
    /// names, only a tenant that the user belongs to is found.
    pub fn membership_named(self, tenant: &str) -> Option<Key> {
        let named = TenantId::trusted(tenant.strip_prefix(TenantId::PREFIX)?.parse().ok()?);
        // One spelling only, as for every id.
        (named.to_string() == tenant).then(|| self.membership(named))
    }

    /// All tenants that the user belongs to.
    pub fn memberships(self) -> Partition {
        Partition {
            table: TableName::Directory,
            pk: self.pk(),
            prefix: "TENANT#",
        }
    }
}

/// A text in a key where it must not be read, or could be longer than a key: SHA-256, base64url.
fn hash(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref())
}

/// A log-in that waits for its second factor.
pub(crate) fn pending_login(id: Uuid) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("LOGIN#{id}"),
        sk: "LOGIN".to_owned(),
    }
}

/// The e-mail address as it stands in keys: the caller gives the normalised form.
pub(crate) fn email(normalised: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("EMAIL#{normalised}"),
        sk: "EMAIL".to_owned(),
    }
}

/// How often somebody tried an account (by a hash) or from a network lately.
pub(crate) fn backoff(of: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("BACKOFF#{of}"),
        sk: "BACKOFF".to_owned(),
    }
}

/// The domain as it stands in keys: the caller gives its one spelling.
pub(crate) fn domain(domain: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("DOMAIN#{domain}"),
        sk: "DOMAIN".to_owned(),
    }
}

/// The answer of a request that can be repeated, of somebody who has no account yet.
pub(crate) fn newcomers_answer(hash: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("IDEMPOTENCY#{hash}"),
        sk: "IDEMPOTENCY".to_owned(),
    }
}

/// The slug as it stands in keys.
pub(crate) fn slug(slug: &str) -> Key {
    Key {
        table: TableName::Directory,
        pk: format!("SLUG#{slug}"),
        sk: "SLUG".to_owned(),
    }
}
