//! What the authorizer reads: session, member and tenant, in ONE strongly consistent BatchGetItem, and of each only the
//! attributes that decide.

use crate::aws::Aws;
use crate::errors;
use crate::ids::{ProjectId, SessionId, TenantId, UserId};
use crate::keys::{Key, TenantKeys, UserKeys};
use crate::table::StoredItem;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use problem::{Kind, Problem};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
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
}

/// The deciding attributes of a member.
#[derive(Debug, Deserialize)]
pub struct MemberState {
    /// `active`, or why not.
    pub status: String,
    /// The name of the role.
    pub role: String,
    /// The projects the member is in.
    #[serde(default)]
    pub project_ids: BTreeSet<ProjectId>,
}

/// The deciding attributes of a tenant.
#[derive(Debug, Deserialize)]
pub struct TenantState {
    /// `trial`, `active`, `suspended` …
    pub status: String,
    /// All its projects.
    #[serde(default)]
    pub project_ids: BTreeSet<ProjectId>,
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
}

const ATTRIBUTES: [&str; 7] = [
    "pk",
    "sk",
    "status",
    "role",
    "project_ids",
    "expires_at",
    "revoked_at",
];

/// Reads the facts about one request's claims: at most 3 items of up to 4 KB, so 3 read units.
///
/// # Errors
/// `unavailable` when DynamoDB does not give all of them.
pub async fn read(aws: &Aws, user: Uuid, session: Uuid, tenant: Uuid) -> Result<Facts, Problem> {
    let user = UserId::from(user);
    let tenant = TenantKeys::of(TenantId::trusted(tenant));
    let session_key = UserKeys::of(user).session(SessionId::from(session));
    let (member_key, tenant_key) = (tenant.member(user), tenant.tenant());
    let mut found = Vec::new();
    let mut wanted = HashMap::from([
        (aws.names().directory.clone(), keys_of(&[&session_key])?),
        (
            aws.names().tenant.clone(),
            keys_of(&[&member_key, &tenant_key])?,
        ),
    ]);
    for attempt in 1.. {
        let request = aws
            .own_client()
            .batch_get_item()
            .set_request_items(Some(wanted));
        let answer = request
            .send()
            .await
            .map_err(|error| errors::problem("BatchGetItem", &error))?;
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
