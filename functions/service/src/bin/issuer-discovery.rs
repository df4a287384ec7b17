//! `GET /.well-known/openid-configuration` of the issuer: what AWS STS reads to find the keys (OpenID Connect Discovery 1.0).

use endpoint::prelude::*;

struct IssuerDiscovery;

/// The discovery document, with exactly the members that AWS IAM asks for.
#[derive(Serialize, JsonSchema)]
struct Configuration {
    /// The `iss` of the issuer's tokens.
    issuer: String,
    /// Where its public keys are.
    jwks_uri: String,
    /// Required by OpenID Connect; no user is sent here.
    response_types_supported: [&'static str; 1],
    /// Required by OpenID Connect.
    subject_types_supported: [&'static str; 1],
    /// How tokens are signed.
    id_token_signing_alg_values_supported: [&'static str; 1],
}

impl Endpoint for IssuerDiscovery {
    const DECLARATION: Declaration = Declaration::get(
        "/.well-known/openid-configuration",
        "Gives the issuer's discovery document (OpenID Connect Discovery 1.0).",
    )
    .issuer();
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Configuration;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        _: Anonymous,
        input: Input<Self>,
    ) -> Result<Reply<Configuration>, Problem> {
        // The host comes from the gateway: a reference to the API in this function's environment would be a circle.
        let issuer = format!("https://{}", input.request.host);
        let jwks_uri = format!("{issuer}/.well-known/jwks.json");
        let configuration = Configuration {
            issuer,
            jwks_uri,
            response_types_supported: ["id_token"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["ES256"],
        };
        Ok(Reply::new(configuration).cache_seconds(3600))
    }
}

fn main() -> ExitCode {
    run::<IssuerDiscovery>()
}
