//! `GET /.well-known/jwks.json` of the issuer: the public keys that AWS STS checks tenant tokens with (RFC 7517).

use endpoint::prelude::*;
use serde_json::Value;

struct IssuerJwks(Vec<Value>);

/// A JWK set.
#[derive(Serialize, JsonSchema)]
struct Jwks {
    /// The keys.
    keys: Vec<Value>,
}

impl Endpoint for IssuerJwks {
    const DECLARATION: Declaration = Declaration::get(
        "/.well-known/jwks.json",
        "Gives the issuer's public keys (RFC 7517).",
    )
    .issuer()
    .needs(&[Needs::IssuerPublicKeys]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Jwks;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        let text = endpoint::variable("ISSUER_PUBLIC_KEYS")?;
        let failed = || InitError("ISSUER_PUBLIC_KEYS is not a JWK set".to_owned());
        let document: Value = serde_json::from_str(&text).map_err(|_| failed())?;
        let keys = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(failed)?;
        Ok(Self(keys.clone()))
    }

    async fn handle(&self, _: Anonymous, _: Input<Self>) -> Result<Reply<Jwks>, Problem> {
        // New keys are published a day before they sign, so an hour's caching is safe.
        Ok(Reply::new(Jwks {
            keys: self.0.clone(),
        })
        .cache_seconds(3600))
    }
}

fn main() -> ExitCode {
    run::<IssuerJwks>()
}
