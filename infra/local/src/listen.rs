//! The cloud's two ports.

use crate::error::StartError;
use std::net::{SocketAddr, TcpListener};
use tokio::task::JoinHandle;

/// Loopback only: the cloud holds every tenant's data and hands out credentials.
pub(crate) fn listen(port: u16, option: &'static str) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortBusy { port, option },
        _ => StartError::Port { port, error },
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|error| StartError::Port { port, error })?;
    Ok(listener)
}

pub(crate) fn port(listener: &TcpListener) -> Result<u16, StartError> {
    let address = listener
        .local_addr()
        .map_err(|error| StartError::System(error.to_string()))?;
    Ok(address.port())
}

pub(crate) fn url(listener: &TcpListener) -> Result<String, StartError> {
    Ok(format!("http://127.0.0.1:{}", port(listener)?))
}

pub(crate) fn serve(
    listener: TcpListener,
    router: axum::Router,
) -> Result<JoinHandle<()>, StartError> {
    let listener = tokio::net::TcpListener::from_std(listener)
        .map_err(|error| StartError::System(error.to_string()))?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, service).await {
            tracing::error!("a server stopped: {error}");
        }
    }))
}
