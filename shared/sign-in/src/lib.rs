//! What every way into the product shares: passwords, sessions, and the answer that a signed-in client gets.
//!
//! | module | holds |
//! |---|---|
//! | [`backoff`] | how often something may be tried |
//! | [`common_passwords`] | what everybody tries first |
//! | [`link`] | the links in e-mails, whose secrets are stored nowhere |
//! | [`log_in`] | which tenant a session works in, and what is written when it begins |
//! | [`password`] | hashing and verifying, with the same work for an account that is not there |
//! | [`refresh_token`] | the opaque tokens that renew a session |
//! | [`session`] | beginning, renewing and revoking a session |
//! | [`secret`] | random secrets, and the form in which they are stored |

pub mod backoff;
pub mod common_passwords;
pub mod link;
pub mod log_in;
pub mod password;
pub mod refresh_token;
pub mod secret;
pub mod session;

use endpoint::RequestInfo;
use problem::Problem;
use refresh_token::{RefreshKeys, RefreshToken};
use schemars::JsonSchema;
use serde::Serialize;
use session::Length;
use tenant_context::items::{Session, StoredTenantId};
use tenant_context::{Aws, InitError, SessionId, TenantId, UserId, errors, variable};
use tokens::keys::AccessSecret;
use tokens::{SigningKey, access};

/// What a client gets who has signed in.
#[derive(Serialize, JsonSchema)]
pub struct SignedIn {
    /// Goes into the header `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer` (RFC 6750).
    pub token_type: &'static str,
    /// Seconds the access token lives.
    pub expires_in: u64,
    /// Gets the next access token, once: each use gives a new one.
    pub refresh_token: String,
    /// The session.
    pub session_id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// The tenant that the session works in.
    pub tenant_id: TenantId,
}

/// The keys that make sessions.
pub struct SignIn {
    access: SigningKey,
    refresh: RefreshKeys,
}

impl SignIn {
    /// Reads the secret that the environment names, in Lambda's init phase.
    ///
    /// # Errors
    /// When it is not as the deployment makes it.
    pub async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let secret = aws.secret(&variable("ACCESS_KEY_SECRET")?).await?;
        Self::from_secret(&secret)
    }

    fn from_secret(secret: &str) -> Result<Self, InitError> {
        let failed =
            |error: &dyn std::fmt::Display| InitError(format!("the access key's secret: {error}"));
        let secret: AccessSecret = serde_json::from_str(secret).map_err(|error| failed(&error))?;
        Ok(Self {
            access: SigningKey::es256(&secret.kid, &secret.private_key)
                .map_err(|error| failed(&error))?,
            refresh: RefreshKeys::from_base64(&secret.refresh_secret)
                .map_err(|error| failed(&error))?,
        })
    }

    /// A new session, to be stored, and the answer, to be given once it is.
    ///
    /// # Errors
    /// `internal` when the random source or the key fails.
    pub fn begin(
        &self,
        user: UserId,
        tenant: TenantId,
        length: Length,
        request: &RequestInfo,
    ) -> Result<(Session, SignedIn), Problem> {
        let now = jiff::Timestamp::now();
        let token = self.refresh.issue(user, SessionId::generate(), length)?;
        let ends = token.renewed_until(now.as_second());
        let session = Session {
            id: token.session,
            tenant_id: StoredTenantId(tenant),
            refresh_hash: token.hash(),
            previous_hash: None,
            rotated_at: now.as_second(),
            length_seconds: length.seconds(),
            device: session::device(&request.user_agent),
            ip_prefix: session::ip_prefix(&request.source_ip),
            created_at: endpoint::now(),
            last_seen_at: endpoint::now(),
            expires_at: ends,
            ttl: ends,
            revoked_at: None,
            mfa_at: None,
            // Whoever begins a session has just proved who they are.
            stepped_up_at: Some(now.as_second()),
        };
        Ok((session, self.answer(&token, tenant)?))
    }

    /// The refresh token in a text, if it is one that we have issued. It may be used up.
    pub fn open(&self, text: &str) -> Option<RefreshToken> {
        self.refresh.open(text)
    }

    /// The token that takes the place of `token`: always the same one, so that a repeated refresh has the same result.
    pub fn successor(&self, token: &RefreshToken) -> RefreshToken {
        self.refresh.successor(token)
    }

    /// A token for a session that goes on with another tenant: nobody can derive it from the one before.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn reissue(&self, user: UserId, session: &Session) -> Result<RefreshToken, Problem> {
        self.refresh.issue(user, session.id, Length::of(session))
    }

    /// The answer to whoever holds `token`.
    ///
    /// # Errors
    /// `internal` when the key can't sign.
    pub fn answer(&self, token: &RefreshToken, tenant: TenantId) -> Result<SignedIn, Problem> {
        let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
        let claims =
            access::Claims::new(token.user.uuid(), token.session.uuid(), tenant.uuid(), now);
        Ok(SignedIn {
            access_token: claims
                .sign(&self.access)
                .map_err(|error| errors::internal("access token", &error))?,
            token_type: "Bearer",
            expires_in: access::LIFETIME_SECONDS,
            refresh_token: self.refresh.seal(token),
            session_id: token.session,
            user_id: token.user,
            tenant_id: tenant,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_session_and_its_answer_belong_together() {
        let material = tokens::keys::generate().unwrap();
        let sign_in = SignIn::from_secret(&material.access_secret).unwrap();
        let (user, tenant) = (UserId::generate(), TenantId::generate());
        let mut request = RequestInfo::default();
        request.user_agent = "curl/8".into();
        request.source_ip = "203.0.113.7".into();
        let (session, answer) = sign_in
            .begin(user, tenant, Length::USUAL, &request)
            .unwrap();

        let token = sign_in.open(&answer.refresh_token).unwrap();
        assert_eq!((token.user, token.session), (user, session.id));
        assert_eq!(token.hash(), session.refresh_hash);
        let keys = tokens::VerifyingKeys::from_jwks(&material.access_public_keys).unwrap();
        let claims = access::Claims::verify(&keys, &answer.access_token).unwrap();
        assert_eq!(
            (claims.sub, claims.sid, claims.tid),
            (user.uuid(), session.id.uuid(), tenant.uuid())
        );
        assert!(session.expires_at - session.rotated_at == Length::USUAL.seconds());
        // A session that stands says nothing of a revocation: conditions ask for the attribute's absence.
        let stored = serde_json::to_value(&session).unwrap();
        assert!(stored.get("revoked_at").is_none() && stored.get("previous_hash").is_none());
    }
}
