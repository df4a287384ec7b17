//! The signed tokens of the product, all JWT (RFC 7519), and the keys that sign them.
//!
//! | token | signed with | audience | life | checked by |
//! |---|---|---|---|---|
//! | access | access key, ES256 (RFC 7518, 3.4) | [`access::AUDIENCE`] | 10 min | authorizer |
//! | context | context key, EdDSA (RFC 8037) | [`context::AUDIENCE`] | 60 s | every endpoint |
//! | tenant, user | issuer key, ES256 | [`web_identity::AUDIENCE`] | 60 s | AWS STS |
//!
//! The issuer's JWKS has the issuer key alone, so that neither what a user holds nor what an endpoint is told can be traded at
//! STS. STS takes no EdDSA; where we choose ourselves it is what every request verifies, at two thirds of what ES256 costs.

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
        SigningKey::es256(&secret.kid, &secret.private_key).unwrap()
    }

    fn context_key(material: &keys::KeyMaterial) -> SigningKey {
        let secret: keys::ContextSecret = serde_json::from_str(&material.context_secret).unwrap();
        SigningKey::eddsa(&secret.kid, &secret.private_key).unwrap()
    }

    fn context_claims() -> context::Claims {
        let id = Uuid::new_v4();
        let outcome = context::Outcome::Refusal("session-revoked".to_owned());
        let about = context::About {
            route: "GET /v1/me".to_owned(),
            request: None,
            tenant: id,
            user: id,
            session: id,
        };
        context::Claims::new(about, outcome, now())
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
    fn the_issuer_knows_neither_the_access_key_nor_the_context_key() {
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
        let token = context_claims().sign(&context_key(&material)).unwrap();
        assert_eq!(
            context::Claims::verify(&issuer_keys, &token).unwrap_err(),
            VerifyError::Invalid
        );
    }

    #[test]
    fn a_key_is_used_with_its_own_algorithm_whatever_a_token_says() {
        let material = keys::generate().unwrap();
        let keys = VerifyingKeys::from_jwks(&material.context_public_keys).unwrap();
        let context: keys::ContextSecret = serde_json::from_str(&material.context_secret).unwrap();
        let issuer: keys::IssuerSecret = serde_json::from_str(&material.issuer_secret).unwrap();
        let false_key = SigningKey::es256(&context.kid, &issuer.private_key).unwrap();
        let token = context_claims().sign(&false_key).unwrap();
        assert_eq!(
            context::Claims::verify(&keys, &token).unwrap_err(),
            VerifyError::Invalid
        );
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let material = keys::generate().unwrap();
        let keys = VerifyingKeys::from_jwks(&material.context_public_keys).unwrap();
        let token = context_claims().sign(&context_key(&material)).unwrap();
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
