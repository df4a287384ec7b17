//! Trading a tenant token for credentials of that tenant alone, at AWS STS (`AssumeRoleWithWebIdentity`).
//!
//! The credentials carry the session tags of the token; IAM compares them with every key. They are kept per tenant and
//! access level for as long as they live, so a warm function makes no STS call. There is no fall-back: without a token
//! that STS takes, there is no data access.

use crate::aws::variable;
use crate::dynamodb::{DynamoDb, Place};
use crate::errors;
use crate::ids::{TenantId, UserId};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_sts::types::Tag;
use lru::LruCache;
use permissions::Access;
use problem::{Kind, Problem};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Credentials live an hour (`MaxSessionDuration`, and AWS's limit for chained roles).
const LIFETIME: Duration = Duration::from_secs(3600);
/// How long before their end they are renewed; up to a further fifth is added at random, so that a fleet of functions
/// does not renew at once.
const RENEW_BEFORE: Duration = Duration::from_secs(300);
/// How many tenants' credentials one process keeps: those used last. Where tenants are many and small, this decides how
/// many requests must wait for STS (`infra/docs/scale-simulation.md`); each takes 2.7 KB with a token of AWS's length, so all of them 27 MB.
const CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// The tokens that the authorizer made for this request, as they came.
#[derive(Clone, Default)]
pub struct TradeableTokens {
    /// Good for the data of the request's tenant.
    pub tenant: Option<String>,
    /// Good for the caller's own data in the directory.
    pub user: Option<String>,
}

/// Whose data credentials reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    Tenant(TenantId, Access),
    User(UserId),
    /// As [`Reach::Tenant`], for a function that no request reaches (see [`crate::system`]).
    System(TenantId, Access),
}

impl Reach {
    /// The `sub` of the token that is traded for it.
    fn subject(self) -> String {
        match self {
            Reach::Tenant(tenant, access) => format!("tenant:{}:{access}", tenant.uuid()),
            Reach::User(user) => format!("user:{}", user.uuid()),
            // No token leads there: STS never names it.
            Reach::System(..) => String::new(),
        }
    }

    /// What the role's session is called in AWS's own log.
    fn session_name(self) -> String {
        match self {
            Reach::Tenant(tenant, access) | Reach::System(tenant, access) => {
                format!("{}-{access}", tenant.uuid())
            }
            Reach::User(user) => user.uuid().to_string(),
        }
    }
}

#[derive(Clone)]
struct Entry {
    lent: Lent,
    renew_at: SystemTime,
}

/// Credentials of one tenant or user, and a client that works with them.
#[derive(Clone)]
pub(crate) struct Lent {
    pub(crate) client: DynamoDb,
    pub(crate) credentials: Credentials,
    pub(crate) expires_at: SystemTime,
}

impl Entry {
    /// Whether it is good for so long.
    fn lasts(&self, life: Duration) -> bool {
        let now = SystemTime::now();
        self.renew_at > now && self.lent.expires_at > now + life
    }
}

/// Trades tokens and keeps what it got.
pub(crate) struct Trader {
    sts: aws_sdk_sts::Client,
    place: Arc<Place>,
    kept: Mutex<LruCache<Reach, Entry>>,
}

impl Trader {
    pub(crate) fn new(sdk: &SdkConfig, place: Arc<Place>) -> Self {
        Self {
            sts: aws_sdk_sts::Client::new(sdk),
            place,
            kept: Mutex::new(LruCache::new(CAPACITY)),
        }
    }

    /// A client whose credentials reach `reach` and nothing else.
    ///
    /// The caller has verified the context that `reach` comes from; only then may a kept client be handed out.
    pub(crate) async fn client(
        &self,
        reach: Reach,
        token: Option<&str>,
    ) -> Result<DynamoDb, Problem> {
        let lent = self.lend(reach, token, Duration::ZERO).await?;
        Ok(lent.client)
    }

    /// The same with the credentials themselves, which last at least so long.
    pub(crate) async fn lend(
        &self,
        reach: Reach,
        token: Option<&str>,
        life: Duration,
    ) -> Result<Lent, Problem> {
        if let Some(lent) = self.kept(reach, life) {
            return Ok(lent);
        }
        let token = token.ok_or_else(|| {
            errors::internal(
                "credentials",
                &"the authorizer sent no token for the data this route needs",
            )
        })?;
        let role = match reach {
            Reach::Tenant(..) => variable("TENANT_ROLE_ARN"),
            Reach::User(_) => variable("USER_ROLE_ARN"),
            Reach::System(..) => {
                return Err(errors::internal("credentials", &"a token for the system"));
            }
        };
        let role = role.map_err(|error| errors::internal("credentials", &error))?;
        let answer = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(role)
            .role_session_name(reach.session_name())
            .web_identity_token(token)
            .duration_seconds(i32::try_from(LIFETIME.as_secs()).unwrap_or(900))
            .send()
            .await
            .map_err(|error| errors::problem("AssumeRoleWithWebIdentity", &error))?;
        // What is kept under a tenant must be that tenant's: another's credentials would meet IAM's refusal until
        // they are renewed.
        if answer.subject_from_web_identity_token() != Some(reach.subject().as_str()) {
            tracing::error!(
                event = "isolation_refused",
                "the token to trade is another tenant's or user's than the context's"
            );
            return Err(Kind::IsolationRefused.into());
        }
        let given = answer
            .credentials
            .ok_or_else(|| Problem::new(Kind::Unavailable))?;
        Ok(self.keep(reach, given))
    }

    /// Credentials that reach one tenant, for a function that no request reaches: the function's own role takes
    /// on another and names the tenant itself. Which functions may, and with which access, is in that role's trust policy.
    pub(crate) async fn lend_to_system(
        &self,
        tenant: TenantId,
        access: Access,
    ) -> Result<Lent, Problem> {
        let reach = Reach::System(tenant, access);
        if let Some(lent) = self.kept(reach, Duration::ZERO) {
            return Ok(lent);
        }
        let role = variable("TENANT_SYSTEM_ROLE_ARN")
            .map_err(|error| errors::internal("credentials", &error))?;
        let answer = self
            .sts
            .assume_role()
            .role_arn(role)
            .role_session_name(reach.session_name())
            .tags(tag("TenantId", tenant.uuid().to_string())?)
            .tags(tag("Access", access.to_string())?)
            .duration_seconds(i32::try_from(LIFETIME.as_secs()).unwrap_or(900))
            .send()
            .await
            .map_err(|error| errors::problem("AssumeRole", &error))?;
        let given = answer
            .credentials
            .ok_or_else(|| Problem::new(Kind::Unavailable))?;
        Ok(self.keep(reach, given))
    }

    fn kept(&self, reach: Reach, life: Duration) -> Option<Lent> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&reach)
            .filter(|entry| entry.lasts(life))
            .map(|entry| entry.lent.clone())
    }

    fn keep(&self, reach: Reach, given: aws_sdk_sts::types::Credentials) -> Lent {
        let credentials = Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            None,
            "one tenant's or user's",
        );
        let lent = Lent {
            client: DynamoDb::new(&self.place, credentials.clone()),
            credentials,
            expires_at: SystemTime::now() + LIFETIME,
        };
        let jitter = RENEW_BEFORE
            .mul_f64(f64::from(uuid::Uuid::new_v4().as_fields().1) / f64::from(u16::MAX) / 5.0);
        let renew_at = lent.expires_at - RENEW_BEFORE - jitter;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Entry {
            lent: lent.clone(),
            renew_at,
        };
        kept.put(reach, entry);
        lent
    }
}

fn tag(key: &str, value: String) -> Result<Tag, Problem> {
    let tag = Tag::builder().key(key).value(value).build();
    tag.map_err(|error| errors::internal("tag", &error))
}
