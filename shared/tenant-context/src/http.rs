//! HTTP/1.1 to AWS, over rustls on ring: what the SDK and the calls to S3 send their requests with.
//!
//! AWS's own client also brings HTTP/2, which none of the services here speaks with us: a tenth of each function's binary.

use crate::aws::InitError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower_service::Service;

/// How long a connection, its TLS included, may take to stand (the SDK's own default).
const CONNECT: Duration = Duration::from_millis(3100);

/// The header by which calls name the route they serve, in the local cloud and only there: so it can show what each route costs.
/// Unsigned, since it decides nothing.
const ROUTE: &str = "x-tenantry-route";

/// The client of this process; its clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client<Within<Connector>, SdkBody>,
    route: Option<HeaderValue>,
}

type Connector = HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>;

impl Http {
    /// `is_plain` where AWS is reached without TLS, as in the local cloud: then there is no certificate to check. `route` is what
    /// each request names there.
    ///
    /// # Errors
    /// When the system has no root certificates.
    pub(crate) fn new(is_plain: bool, route: Option<HeaderValue>) -> Result<Self, InitError> {
        let failed = |error: &dyn Error| InitError(format!("TLS can't be set up: {error}"));
        let mut roots = RootCertStore::empty();
        if !is_plain {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                return Err(failed(&io::Error::other("no root certificates were found")));
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(Within(connector));
        Ok(Self { client, route })
    }

    /// Sends a request as it is; the answer's body is still to be read.
    pub(crate) async fn send(
        &self,
        mut request: Request<SdkBody>,
    ) -> Result<Response<Incoming>, ConnectorError> {
        self.name(&mut request);
        let answer = self.client.request(request).await;
        answer.map_err(|error| classified(error.into()))
    }

    fn name(&self, request: &mut Request<SdkBody>) {
        if let Some(route) = &self.route {
            request.headers_mut().insert(ROUTE, route.clone());
        }
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        // So that the SDK can have a connection closed that has failed it.
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        self.name(&mut request);
        let answer = self.client.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(|error| classified(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    let is_proxied = connection.connection_metadata().as_ref()?.is_proxied();
    let connection = connection.clone();
    let metadata = ConnectionMetadata::builder()
        .proxied(is_proxied)
        .poison_fn(move || {
            if let Some(connected) = connection.connection_metadata().as_ref() {
                connected.poison();
            }
        });
    Some(metadata.build())
}

/// As what the SDK takes a failure: what did not arrive, or was cut off, is tried again.
fn classified(error: BoxError) -> ConnectorError {
    if let Some(io) = source::<io::Error>(&*error) {
        return match io.kind() {
            io::ErrorKind::TimedOut => ConnectorError::timeout(error),
            _ => ConnectorError::io(error),
        };
    }
    match source::<hyper::Error>(&*error) {
        Some(hyper) if hyper.is_user() => ConnectorError::user(error),
        Some(hyper) if hyper.is_closed() || hyper.is_canceled() => ConnectorError::io(error),
        Some(hyper) if hyper.is_incomplete_message() => {
            ConnectorError::other(error, Some(ErrorKind::TransientError))
        }
        _ => ConnectorError::other(error, None),
    }
}

/// The first error of this type among an error and its causes.
fn source<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// A connector whose connections stand in time or not at all.
#[derive(Clone, Debug)]
struct Within<C>(C);

impl<C, U> Service<U> for Within<C>
where
    C: Service<U>,
    C::Future: Send + 'static,
    C::Response: 'static,
    C::Error: Into<BoxError>,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: U) -> Self::Future {
        let connected = tokio::time::timeout(CONNECT, self.0.call(uri));
        Box::pin(async move {
            match connected.await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// What the client makes of a server that says this and hangs up.
    async fn said(answer: &'static str) -> Result<HttpResponse, ConnectorError> {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut connection, _) = server.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = connection.read(&mut request).await.unwrap();
            assert!(length > 0);
            connection.write_all(answer.as_bytes()).await.unwrap();
        });
        get(&format!("http://{address}/")).await
    }

    async fn get(url: &str) -> Result<HttpResponse, ConnectorError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(url).unwrap();
        Http::new(true, None).unwrap().call(request).await
    }

    #[tokio::test]
    async fn an_answer_arrives_whole() {
        let answer = said("HTTP/1.1 404 Not Found\r\nx-a: b\r\ncontent-length: 2\r\n\r\nhi");
        let answer = answer.await.unwrap();
        assert_eq!(answer.status().as_u16(), 404);
        assert_eq!(answer.headers().get("x-a"), Some("b"));
        let body = aws_smithy_types::byte_stream::ByteStream::new(answer.into_body());
        assert_eq!(&*body.collect().await.unwrap().into_bytes(), b"hi");
    }

    #[tokio::test]
    async fn what_did_not_arrive_is_tried_again() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", closed.local_addr().unwrap());
        drop(closed);
        assert!(get(&url).await.unwrap_err().is_io());
        let cut_off = said("HTTP/1.1 200 OK\r\ncontent-le").await.unwrap_err();
        assert_eq!(
            cut_off.as_other(),
            Some(ErrorKind::TransientError),
            "{cut_off:?}"
        );
        let silent = said("").await.unwrap_err();
        let is_transient = silent.as_other() == Some(ErrorKind::TransientError);
        assert!(is_transient || silent.is_io(), "{silent:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_does_not_come_about_is_a_time_out() {
        #[derive(Clone)]
        struct Never;
        impl Service<()> for Never {
            type Response = ();
            type Error = io::Error;
            type Future = std::future::Pending<Result<(), io::Error>>;
            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
                Poll::Ready(Ok(()))
            }
            fn call(&mut self, (): ()) -> Self::Future {
                std::future::pending()
            }
        }
        let error = Within(Never).call(()).await.unwrap_err();
        assert!(classified(error).is_timeout());
    }
}
