//! Calls to DynamoDB: with the SDK's types, in the SDK's wire format, and without what the SDK puts around each call.
//!
//! It looks up an endpoint, an identity, a way to sign and some twenty interceptors anew for each call, all of which are known here
//! from the start. What a call needs of it is here: a signature, a limit of time, further attempts, and
//! the service's own idea of the time.

mod item;
mod request;
mod retry;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use item::Item;
pub(crate) use request::Request;

use crate::aws::InitError;
use crate::http::Http;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http_body_util::BodyExt as _;
use request::{Codec, said};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use time::ServiceTime;

/// How long an answer is waited for before the call is made again. The attempts of a call end before a function's ten
/// seconds do, so that a connection that has gone silent costs time and not the request.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(2_500);

/// The operation, as the wire has it.
static TARGET: HeaderName = HeaderName::from_static("x-amz-target");

type Result<T> = std::result::Result<T, SdkError<Error>>;

/// Where DynamoDB is, and as what it is spoken to.
pub(crate) struct Place {
    http: Http,
    uri: http::Uri,
    region: String,
    user_agent: HeaderValue,
    time: ServiceTime,
}

impl Place {
    /// # Errors
    /// When the configuration has no region, or none that AWS knows.
    pub(crate) async fn new(sdk: &SdkConfig, http: &Http) -> std::result::Result<Self, InitError> {
        let failed = |error: &dyn std::fmt::Display| InitError(format!("DynamoDB: {error}"));
        let region = sdk.region().ok_or_else(|| failed(&"no region"))?;
        let params = Params::builder()
            .region(region.as_ref())
            .set_endpoint(sdk.endpoint_url().map(str::to_owned))
            .set_use_fips(sdk.use_fips())
            .set_use_dual_stack(sdk.use_dual_stack())
            .build()
            .map_err(|error| failed(&error))?;
        let endpoint = DefaultResolver::new().resolve_endpoint(&params).await;
        let endpoint = endpoint.map_err(|error| failed(&error))?;
        let name = sdk.app_name().map_or("", AsRef::as_ref);
        let version = env!("CARGO_PKG_VERSION");
        Ok(Self {
            http: http.clone(),
            uri: endpoint.url().parse().map_err(|error| failed(&error))?,
            region: region.to_string(),
            user_agent: HeaderValue::try_from(format!("tenantry/{version} app/{name}"))
                .map_err(|error| failed(&error))?,
            time: ServiceTime::default(),
        })
    }
}

/// DynamoDB under one set of credentials. Clones share them.
#[derive(Clone)]
pub(crate) struct DynamoDb {
    place: Arc<Place>,
    identity: Identity,
}

/// What was answered with success, and by what it can be read.
struct Answered {
    codec: &'static Codec,
    config: ConfigBag,
    response: HttpResponse,
}

impl DynamoDb {
    pub(crate) fn new(place: &Arc<Place>, credentials: Credentials) -> Self {
        Self {
            place: Arc::clone(place),
            identity: credentials.into(),
        }
    }

    /// Makes a call, and makes it again where it has failed for a cause that passes.
    ///
    /// # Errors
    /// As the SDK says them.
    pub(crate) async fn send<I: Request>(
        &self,
        input: std::result::Result<I, BuildError>,
    ) -> std::result::Result<I::Output, SdkError<I::Error>> {
        let answered = self.answer(input).await?;
        let response = answered.response;
        match answered.codec.deserialize(&response, &answered.config) {
            // The type is the operation's own: the codec has made it.
            Ok(output) => output.downcast().map_err(|_| {
                SdkError::construction_failure("the SDK has read another operation's answer")
            }),
            Err(error) => Err(said(error, response).map_service_error(I::error)),
        }
    }

    /// The same with an answer that is read as an `A`.
    ///
    /// # Errors
    /// As the SDK says them; `Ok(Err)` when the answer is no `A`.
    pub(crate) async fn read<I: Request, A: DeserializeOwned>(
        &self,
        input: std::result::Result<I, BuildError>,
    ) -> std::result::Result<serde_json::Result<A>, SdkError<I::Error>> {
        let answered = self.answer(input).await?;
        let body = answered.response.body().bytes().unwrap_or_default();
        Ok(serde_json::from_slice(body))
    }

    async fn answer<I: Request>(
        &self,
        input: std::result::Result<I, BuildError>,
    ) -> std::result::Result<Answered, SdkError<I::Error>> {
        let codec = I::codec().ok_or_else(|| {
            SdkError::construction_failure("the SDK has no wire format of this operation")
        })?;
        let input = Input::erase(input.map_err(SdkError::construction_failure)?);
        let answered = self.answer_to(codec, input).await;
        answered.map_err(|error| error.map_service_error(I::error))
    }

    async fn answer_to(&self, codec: &'static Codec, input: Input) -> Result<Answered> {
        let mut config = ConfigBag::base();
        let request = codec
            .serialize(input, &mut config)
            .map_err(SdkError::construction_failure)?;
        let mut attempt = 1;
        loop {
            let signed_at = self.place.time.now();
            let attempted = self.attempt(codec, &request, &config, signed_at);
            let error = match tokio::time::timeout(ATTEMPT, attempted).await {
                Ok(Ok(response)) => {
                    return Ok(Answered {
                        codec,
                        config,
                        response,
                    });
                }
                Ok(Err(error)) => error,
                Err(late) => SdkError::timeout_error(late),
            };
            let is_set = self.place.time.set_by(&error, codec, signed_at);
            let Some(pause) = retry::pause(attempt, &error, codec, is_set) else {
                return Err(error);
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        codec: &Codec,
        request: &HttpRequest,
        config: &ConfigBag,
        at: SystemTime,
    ) -> Result<HttpResponse> {
        let signed = self.signed(request, at);
        let signed = signed.map_err(SdkError::construction_failure)?;
        let answer = self.place.http.send(signed).await;
        let (head, body) = answer.map_err(SdkError::dispatch_failure)?.into_parts();
        let body = body.collect().await.map_err(|cut_off| {
            let passes = Some(ErrorKind::TransientError);
            SdkError::dispatch_failure(ConnectorError::other(cut_off.into(), passes))
        })?;
        let status =
            StatusCode::try_from(head.status.as_u16()).map_err(SdkError::construction_failure)?;
        let mut response = HttpResponse::new(status, SdkBody::from(body.to_bytes()));
        if head.status.is_success() {
            return Ok(response);
        }
        for (name, value) in &head.headers {
            if let Ok(value) = value.to_str() {
                let name = name.as_str().to_owned();
                response.headers_mut().append(name, value.to_owned());
            }
        }
        match codec.deserialize(&response, config) {
            Ok(_) => Err(SdkError::response_error("is an error", response)),
            Err(error) => Err(said(error, response)),
        }
    }

    /// The request with a signature (Signature Version 4), to be sent at once.
    fn signed(
        &self,
        request: &HttpRequest,
        at: SystemTime,
    ) -> std::result::Result<http::Request<SdkBody>, BoxError> {
        let body = request.body();
        let header = |name| request.headers().get(name).unwrap_or_default();
        let (kind, target) = (header(CONTENT_TYPE.as_str()), header(TARGET.as_str()));
        let signable = SignableRequest::new(
            "POST",
            self.place.uri.to_string(),
            [(CONTENT_TYPE.as_str(), kind), (TARGET.as_str(), target)].into_iter(),
            SignableBody::Bytes(body.bytes().unwrap_or_default()),
        )?;
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.place.region)
            .name("dynamodb")
            .time(at)
            .settings(SigningSettings::default())
            .build()?;
        let (signature, _) = sign(signable, &params.into())?.into_parts();
        let mut signed = http::Request::post(self.place.uri.clone())
            .header(CONTENT_TYPE, kind)
            .header(&TARGET, target)
            .header(USER_AGENT, self.place.user_agent.clone())
            .body(body.try_clone().ok_or("a body can be sent once only")?)?;
        signature.apply_to_request_http1x(&mut signed);
        Ok(signed)
    }
}
