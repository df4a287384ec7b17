//! Who calls a public endpoint that takes an access token all the same: no authorizer has looked at it.

use endpoint::RequestInfo;
use problem::{Kind, Problem};
use tenant_context::{InitError, variable};
use tokens::access::Claims;
use tokens::{VerifyError, VerifyingKeys};

/// Checks access tokens.
pub struct AccessTokens(VerifyingKeys);

impl AccessTokens {
    /// With the public keys that the environment names.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn from_environment() -> Result<Self, InitError> {
        let keys = VerifyingKeys::from_jwks(&variable("ACCESS_PUBLIC_KEYS")?);
        Ok(Self(keys.map_err(|error| {
            InitError(format!("ACCESS_PUBLIC_KEYS: {error}"))
        })?))
    }

    /// The claims of the request's access token, if it has one. The session is still to be looked at.
    ///
    /// # Errors
    /// `unauthenticated` or `token-expired` for one that is not good.
    pub fn claims(&self, request: &RequestInfo) -> Result<Option<Claims>, Problem> {
        let Some(header) = &request.authorization else {
            return Ok(None);
        };
        let (scheme, token) = header.split_once(' ').ok_or(Kind::Unauthenticated)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Kind::Unauthenticated.into());
        }
        Claims::verify(&self.0, token.trim())
            .map(Some)
            .map_err(|error| match error {
                VerifyError::Expired => Kind::TokenExpired.into(),
                VerifyError::Invalid => Kind::Unauthenticated.into(),
            })
    }
}
