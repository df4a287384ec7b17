//! What the authorizer reads: session, member and tenant, in ONE strongly consistent BatchGetItem, and of each only the
//! attributes that decide. A host name that may be a tenant's own domain makes it one item more.

use crate::aws::Aws;
use crate::errors;
use crate::ids::{ProjectId, SessionId, TenantId, UserId};
use crate::items::StoredTenantId;
use crate::keys::{self, Key, TenantKeys, UserKeys};
use crate::table::StoredItem;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use permissions::{PermissionSet, ProjectRole, RoleRef, Standing};
use problem::{Kind, Problem};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use uuid::Uuid;

/// How often keys that DynamoDB left unprocessed are asked for again before the answer is 503: an item that was not
/// read must never count as missing.
const TRIES: u32 = 4;

/// The deciding attributes of a session.
#[derive(Debug, Deserialize)]
pub struct SessionState {
    /// When it ends, in seconds since 1970.
    pub expires_at: u64,
    /// When it was revoked.
    pub revoked_at: Option<String>,
    /// When a second factor was given in it, in seconds since 1970.
    pub mfa_at: Option<u64>,
    /// When the person last proved in it who they are, in seconds since 1970.
    pub stepped_up_at: Option<u64>,
}

/// The deciding attributes of a member.
#[derive(Debug, Deserialize)]
pub struct MemberState {
    /// `active`, or why not.
    pub status: String,
    /// The name of the role.
    pub role: String,
    /// The projects the member is in, with their role there.
    #[serde(default)]
    pub project_roles: BTreeMap<ProjectId, ProjectRole>,
}

/// The deciding attributes of a tenant.
#[derive(Debug, Deserialize)]
pub struct TenantState {
    /// `trial`, `active`, `suspended` …
    pub status: String,
    /// Its host name below our own domain.
    #[serde(default)]
    pub slug: String,
    /// All its projects.
    #[serde(default)]
    pub project_ids: BTreeSet<ProjectId>,
    /// Those that only their members and the tenant's admins see.
    #[serde(default)]
    pub private_project_ids: BTreeSet<ProjectId>,
    /// Those that can be read only.
    #[serde(default)]
    pub archived_project_ids: BTreeSet<ProjectId>,
    /// What each custom role carries, in compact form, by `rol_…`.
    #[serde(default)]
    pub custom_roles: BTreeMap<String, String>,
    /// Whether its members must have given a second factor.
    #[serde(default)]
    pub mfa_required: bool,
    /// How long after its beginning a session is good for this tenant, in seconds.
    pub session_max_seconds: Option<u64>,
}

impl TenantState {
    /// The role of this name with what it carries. A custom role that is gone carries nothing.
    pub fn standing(&self, role: &str) -> Option<Standing> {
        Some(match role.parse().ok()? {
            RoleRef::Fixed(role) => Standing::fixed(role),
            RoleRef::Custom(id) => {
                let carried = self.custom_roles.get(role).map(String::as_str);
                Standing::custom(id, PermissionSet::from_compact(carried.unwrap_or_default()))
            }
        })
    }
}

/// What stands in the tables; `None` is known to be missing.
#[derive(Debug)]
pub struct Facts {
    /// The session.
    pub session: Option<SessionState>,
    /// The member.
    pub member: Option<MemberState>,
    /// The tenant.
    pub tenant: Option<TenantState>,
    /// Whose domain the request came to.
    pub domain: Option<DomainState>,
}

/// Whose a domain is.
#[derive(Debug, Deserialize)]
pub struct DomainState {
    /// The tenant that has proved it.
    pub tenant_id: StoredTenantId,
}

const ATTRIBUTES: [&str; 17] = [
    "pk",
    "sk",
    "status",
    "slug",
    "tenant_id",
    "role",
    "project_roles",
    "project_ids",
    "private_project_ids",
    "archived_project_ids",
    "custom_roles",
    "mfa_required",
    "session_max_seconds",
    "expires_at",
    "revoked_at",
    "mfa_at",
    "stepped_up_at",
];

/// Reads the facts about one request's claims: 3 items of up to 4 KB, so 3 read units; with a `domain` one more.
///
/// # Errors
/// `unavailable` when DynamoDB does not give all of them.
pub async fn read(
    aws: &Aws,
    user: Uuid,
    session: Uuid,
    tenant: Uuid,
    domain: Option<&str>,
) -> Result<Facts, Problem> {
    let user = UserId::from(user);
    let tenant = TenantKeys::of(TenantId::trusted(tenant));
    let session_key = UserKeys::of(user).session(SessionId::from(session));
    let (member_key, tenant_key) = (tenant.member(user), tenant.tenant());
    let domain_key = domain.map(keys::domain);
    let of_directory: Vec<&Key> = [&session_key].into_iter().chain(&domain_key).collect();
    let mut found = Vec::new();
    let mut wanted = HashMap::from([
        (aws.names().directory.clone(), keys_of(&of_directory)?),
        (
            aws.names().tenant.clone(),
            keys_of(&[&member_key, &tenant_key])?,
        ),
    ]);
    for attempt in 1.. {
        let request = BatchGetItemInput::builder().set_request_items(Some(wanted));
        let answer = aws.own_client().send(request.build()).await;
        let answer = answer.map_err(|error| errors::problem("BatchGetItem", &error))?;
        found.extend(answer.responses.unwrap_or_default().into_values().flatten());
        wanted = answer.unprocessed_keys.unwrap_or_default();
        if wanted.is_empty() {
            break;
        }
        if attempt == TRIES {
            return Err(Kind::Unavailable.into());
        }
        tokio::time::sleep(Duration::from_millis(10 << attempt)).await;
    }
    let mut take = |key: &Key| {
        let position = found
            .iter()
            .position(|item: &HashMap<String, AttributeValue>| {
                let text = |name| item.get(name).and_then(|value| value.as_s().ok());
                text("pk") == Some(&key.pk) && text("sk") == Some(&key.sk)
            })?;
        Some(StoredItem(found.swap_remove(position)))
    };
    Ok(Facts {
        session: take(&session_key).map(StoredItem::read).transpose()?,
        member: take(&member_key).map(StoredItem::read).transpose()?,
        tenant: take(&tenant_key).map(StoredItem::read).transpose()?,
        domain: (domain_key.as_ref())
            .and_then(&mut take)
            .map(StoredItem::read)
            .transpose()?,
    })
}

fn keys_of(keys: &[&Key]) -> Result<KeysAndAttributes, Problem> {
    let mut wanted = KeysAndAttributes::builder().consistent_read(true);
    let mut projection = Vec::new();
    for (position, name) in ATTRIBUTES.iter().enumerate() {
        wanted = wanted.expression_attribute_names(format!("#n{position}"), *name);
        projection.push(format!("#n{position}"));
    }
    for key in keys {
        wanted = wanted.keys(HashMap::from([
            ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
        ]));
    }
    wanted
        .projection_expression(projection.join(", "))
        .build()
        .map_err(|error| errors::internal("BatchGetItem", &error))
}
