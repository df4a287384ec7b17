//! The signed tokens of the product, all JWT with ES256 (RFC 7519, RFC 7518 §3.4), and the keys that sign them.
//!
//! | token | signed with | audience | life | checked by |
//! |---|---|---|---|---|
//! | access | access key | [`access::AUDIENCE`] | 10 min | authorizer |
//! | context | issuer key | [`context::AUDIENCE`] | 60 s | every endpoint |
//! | tenant, user | issuer key | [`web_identity::AUDIENCE`] | 60 s | AWS STS |
//!
//! The access key is absent from the issuer's JWKS, so that no token a user holds can be traded at STS.

pub mod access;
pub mod context;
pub mod keys;
mod provider;
mod signing;
pub mod web_identity;

pub use signing::{KeyError, SigningKey, VerifyError, VerifyingKeys};

/// Seconds by which a clock may be off when an expiry is checked.
pub const LEEWAY_SECONDS: u64 = 5;

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use uuid::Uuid;

    fn now() -> u64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs()
    }

    fn access_key(material: &keys::KeyMaterial) -> SigningKey {
        let secret: keys::AccessSecret = serde_json::from_str(&material.access_secret).unwrap();
        SigningKey::from_base64_pkcs8(&secret.kid, &secret.private_key).unwrap()
    }

    fn issuer_key(material: &keys::KeyMaterial) -> SigningKey {
        let secret: keys::IssuerSecret = serde_json::from_str(&material.issuer_secret).unwrap();
        SigningKey::from_base64_pkcs8(&secret.kid, &secret.private_key).unwrap()
    }

    #[test]
    fn an_access_token_is_good_for_its_audience_and_its_time() {
        let material = keys::generate().unwrap();
        let keys = VerifyingKeys::from_jwks(&material.access_public_keys).unwrap();
        let id = Uuid::new_v4();
        let fresh = access::Claims::new(id, id, id, now())
            .sign(&access_key(&material))
            .unwrap();
        assert_eq!(access::Claims::verify(&keys, &fresh).unwrap().sub, id);
        assert_eq!(
            context::Claims::verify(&keys, &fresh).unwrap_err(),
            VerifyError::Invalid
        );
        let old = access::Claims::new(
            id,
            id,
            id,
            now() - access::LIFETIME_SECONDS - LEEWAY_SECONDS - 1,
        );
        let old = old.sign(&access_key(&material)).unwrap();
        assert_eq!(
            access::Claims::verify(&keys, &old).unwrap_err(),
            VerifyError::Expired
        );
    }

    #[test]
    fn the_issuer_does_not_know_the_access_key() {
        let material = keys::generate().unwrap();
        let issuer_keys = VerifyingKeys::from_jwks(&material.issuer_public_keys).unwrap();
        let id = Uuid::new_v4();
        let token = access::Claims::new(id, id, id, now())
            .sign(&access_key(&material))
            .unwrap();
        assert_eq!(
            access::Claims::verify(&issuer_keys, &token).unwrap_err(),
            VerifyError::Invalid
        );
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let material = keys::generate().unwrap();
        let keys = VerifyingKeys::from_jwks(&material.issuer_public_keys).unwrap();
        let id = Uuid::new_v4();
        let outcome = context::Outcome::Refusal("session-revoked".to_owned());
        let about = context::About {
            route: "GET /v1/me".to_owned(),
            request: None,
            tenant: id,
            user: id,
            session: id,
        };
        let claims = context::Claims::new(about, outcome, now());
        let token = claims.sign(&issuer_key(&material)).unwrap();
        assert!(context::Claims::verify(&keys, &token).is_ok());
        let payload = token.find('.').unwrap() + 5;
        for position in [2, payload, token.len() - 3] {
            let mut forged = token.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(
                context::Claims::verify(&keys, &forged).is_err(),
                "byte {position}"
            );
        }
    }
}
