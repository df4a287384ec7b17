//! Tokens that nobody issued: signed with this cloud's keys, or with others.

use crate::cloud::TestCloud;
use crate::tenant::Person;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use permissions::{Access, Role};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};
use tokens::keys::{AccessSecret, AuthorizerSecret, ContextSecret, IssuerSecret};
use tokens::{SigningKey, access, context, web_identity};
use uuid::Uuid;

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970")
        .as_secs()
}

/// The UUID of an id with its prefix.
fn uuid(id: &str) -> Uuid {
    id.rsplit_once('_')
        .map_or(id, |(_, uuid)| uuid)
        .parse()
        .unwrap_or_else(|_| panic!("{id} is no id"))
}

/// Keys of a cloud, and keys that only look like them.
pub struct Forge {
    /// Signs access tokens.
    pub access: SigningKey,
    /// Signs context tokens.
    pub context: SigningKey,
    /// Signs tenant and user tokens.
    pub issuer: SigningKey,
    /// Another key under the access key's id.
    pub false_access: SigningKey,
    /// Another key under the context key's id.
    pub false_context: SigningKey,
    /// The `iss` that the roles trust.
    pub issuer_url: String,
}

impl Forge {
    pub(crate) async fn of(cloud: &TestCloud) -> Forge {
        let access: AccessSecret =
            serde_json::from_str(&cloud.secret("AuthLoginRole", "AccessKeySecret").await)
                .expect("the secret's form");
        let AuthorizerSecret { issuer, context } =
            serde_json::from_str(&cloud.secret("AuthorizerRole", "IssuerKeySecret").await)
                .expect("the secret's form");
        let other = tokens::keys::generate().expect("keys");
        let other_issuer: IssuerSecret =
            serde_json::from_str(&other.issuer_secret).expect("the secret's form");
        let other_context: ContextSecret =
            serde_json::from_str(&other.context_secret).expect("the secret's form");
        let es256 =
            |kid: &str, private: &str| SigningKey::es256(kid, private).expect("a P-256 key");
        let eddsa =
            |kid: &str, private: &str| SigningKey::eddsa(kid, private).expect("an Ed25519 key");
        Forge {
            access: es256(&access.kid, &access.private_key),
            context: eddsa(&context.kid, &context.private_key),
            issuer: es256(&issuer.kid, &issuer.private_key),
            false_access: es256(&access.kid, &other_issuer.private_key),
            false_context: eddsa(&context.kid, &other_context.private_key),
            issuer_url: "https://issuerapi.execute-api.us-east-1.amazonaws.com".to_owned(),
        }
    }

    /// Claims of an access token of this person, issued now.
    pub fn access_claims(person: &Person) -> access::Claims {
        access::Claims::new(
            uuid(&person.user_id),
            uuid(&person.session_id),
            uuid(&person.tenant_id),
            now(),
        )
    }

    /// An access token of this person that ended a minute ago.
    pub fn expired_access_token(&self, person: &Person) -> String {
        let mut claims = Self::access_claims(person);
        claims.iat -= access::LIFETIME_SECONDS + 60;
        claims.exp -= access::LIFETIME_SECONDS + 60;
        claims.sign(&self.access).expect("a token")
    }

    /// Claims of a context token such as the authorizer makes for this person: for one route, and one request of it.
    pub fn context_claims(
        person: &Person,
        route_key: &str,
        request_id: &str,
        role: Role,
        access: Access,
        projects: &[String],
    ) -> context::Claims {
        let grant = context::Grant {
            role: role.into(),
            permissions: None,
            stepped_up_at: None,
            access,
            projects: projects
                .iter()
                .map(|project| context::Project {
                    id: uuid(project),
                    role: None,
                    archived: false,
                })
                .collect(),
            cursor_key: BASE64_URL_SAFE_NO_PAD.encode([7; 32]),
            person_only: false,
        };
        let about = context::About {
            route: route_key.to_owned(),
            request: Some(request_id.to_owned()),
            tenant: uuid(&person.tenant_id),
            user: uuid(&person.user_id),
            session: uuid(&person.session_id),
        };
        context::Claims::new(about, context::Outcome::Grant(grant), now())
    }

    /// The token that is traded for credentials of a tenant's data.
    pub fn tenant_token(&self, tenant_id: &str, access: Access) -> String {
        let role = "arn:aws:iam::000000000000:role/TenantRole";
        let claims = web_identity::Claims::for_tenant(
            &self.issuer_url,
            role,
            uuid(tenant_id),
            access,
            now(),
        );
        claims.sign(&self.issuer).expect("a token")
    }

    /// The token that is traded for credentials of a user's own data.
    pub fn user_token(&self, user_id: &str) -> String {
        let role = "arn:aws:iam::000000000000:role/UserRole";
        let claims = web_identity::Claims::for_user(&self.issuer_url, role, uuid(user_id), now());
        claims.sign(&self.issuer).expect("a token")
    }

    /// The token with some claims replaced and its signature left as it was.
    pub fn altered(token: &str, changes: &Value) -> String {
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&parts[1]).expect("base64url");
        let mut claims: Value = serde_json::from_slice(&bytes).expect("claims");
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        parts[1] = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        parts.join(".")
    }

    /// The token with the algorithm `none` and no signature.
    pub fn unsigned(token: &str) -> String {
        let claims = token.split('.').nth(1).expect("three parts");
        format!(
            "{}.{claims}.",
            BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#)
        )
    }
}
