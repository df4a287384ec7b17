//! Making the tokens of one answer.

use crate::routes::Route;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use permissions::Access;
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tenant_context::{Aws, InitError, variable};
use tokens::keys::AuthorizerSecret;
use tokens::{SigningKey, context, web_identity};
use uuid::Uuid;

/// Seconds a kept token must still live to be handed out again: more than API Gateway may keep the answer
/// (`AuthorizerCacheSeconds`, at most 30).
const REUSE_MARGIN: u64 = 40;
/// How many tokens are kept.
const CAPACITY: usize = 1000;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum For {
    Tenant(Uuid, Access),
    User(Uuid),
}

/// Signs what the authorizer says.
pub(crate) struct Mint {
    issuer_key: SigningKey,
    context_key: SigningKey,
    cursor_secret: Vec<u8>,
    issuer: String,
    tenant_role: String,
    user_role: String,
    kept: Mutex<HashMap<For, (String, u64)>>,
}

/// A key can't sign; a fault of the deployment.
pub(crate) type MintError = tokens::KeyError;

impl Mint {
    pub(crate) async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let secret = aws.secret(&variable("ISSUER_KEY_SECRET")?).await?;
        let failed =
            |_| InitError("the issuer's secret is not as `cargo xtask keys` makes it".to_owned());
        let AuthorizerSecret { issuer, context } =
            serde_json::from_str(&secret).map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            issuer_key: SigningKey::es256(&issuer.kid, &issuer.private_key)
                .map_err(|e| failed(e.to_string()))?,
            context_key: SigningKey::eddsa(&context.kid, &context.private_key)
                .map_err(|e| failed(e.to_string()))?,
            cursor_secret: BASE64_STANDARD
                .decode(&issuer.cursor_secret)
                .map_err(|e| failed(e.to_string()))?,
            issuer: variable("ISSUER_URL")?,
            tenant_role: variable("TENANT_ROLE_ARN")?,
            user_role: variable("USER_ROLE_ARN")?,
            kept: Mutex::default(),
        })
    }

    pub(crate) fn context(&self, claims: &context::Claims) -> Result<String, MintError> {
        claims.sign(&self.context_key)
    }

    /// The token for a tenant's data, if the route needs it.
    pub(crate) fn tenant(
        &self,
        route: &Route,
        tenant: Uuid,
        access: Access,
        now: u64,
    ) -> Result<Option<String>, MintError> {
        if route.access.is_none() {
            return Ok(None);
        }
        self.keep(For::Tenant(tenant, access), now, || {
            web_identity::Claims::for_tenant(&self.issuer, &self.tenant_role, tenant, access, now)
        })
    }

    /// The token for the user's own data, if the route needs it.
    pub(crate) fn user(
        &self,
        route: &Route,
        user: Uuid,
        now: u64,
    ) -> Result<Option<String>, MintError> {
        if !route.needs_user {
            return Ok(None);
        }
        self.keep(For::User(user), now, || {
            web_identity::Claims::for_user(&self.issuer, &self.user_role, user, now)
        })
    }

    /// A signature costs more than the rest of the answer, so a token is handed out again while it lives.
    fn keep(
        &self,
        whose: For,
        now: u64,
        claims: impl FnOnce() -> web_identity::Claims,
    ) -> Result<Option<String>, MintError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, expires)) = kept.get(&whose)
            && *expires > now + REUSE_MARGIN
        {
            return Ok(Some(token.clone()));
        }
        let token = claims().sign(&self.issuer_key)?;
        if kept.len() >= CAPACITY {
            kept.retain(|_, (_, expires)| *expires > now + REUSE_MARGIN);
        }
        kept.insert(whose, (token.clone(), now + web_identity::LIFETIME_SECONDS));
        Ok(Some(token))
    }

    /// The key that seals a tenant's cursors, derived so that endpoints never hold the secret (HKDF, RFC 5869).
    pub(crate) fn cursor_key(&self, tenant: Uuid) -> Result<String, MintError> {
        const FAILED: tokens::KeyError = tokens::KeyError("a cursor key can't be derived");
        let mut key = [0; 32];
        let pseudo_random =
            Salt::new(HKDF_SHA256, b"tenantry cursors").extract(&self.cursor_secret);
        let info = [tenant.as_bytes().as_slice()];
        let derived = pseudo_random.expand(&info, Bytes32).map_err(|_| FAILED)?;
        derived.fill(&mut key).map_err(|_| FAILED)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(key))
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}
