//! Who sends a request: the same for every service that is signed and speaks JSON.

use crate::Gateway;
use crate::api_error::ApiError;
use crate::credentials::Session;
use crate::decisions::DecisionRecord;
use crate::principal::Principal;
use crate::roles::Role;
use crate::sigv4::{self, Incoming};

/// Checks signature and session, and finds the role they act as; the record names the caller, or why there is none.
pub(crate) fn identify<'g>(
    gateway: &'g Gateway,
    request: &Incoming,
    service: &str,
    record: &mut DecisionRecord,
) -> Result<(Principal, &'g Role), ApiError> {
    let session = sigv4::verify(
        request,
        service,
        &gateway.region,
        &gateway.credentials,
        gateway.clock.now(),
    )
    .map_err(|refusal| {
        let error = refusal.for_json();
        record.deny(&error.message);
        error
    })?;
    known(gateway, &session, record)
}

/// The caller of a session that was found good, and the role they act as; the record names the caller.
pub(crate) fn known<'g>(
    gateway: &'g Gateway,
    session: &Session,
    record: &mut DecisionRecord,
) -> Result<(Principal, &'g Role), ApiError> {
    let principal = session.principal.clone();
    record.principal = Some(principal.clone());
    let role = gateway
        .roles
        .named(&principal.role)
        .ok_or_else(|| ApiError::internal("the caller's role is not in the template"))?;
    Ok((principal, role))
}
