//! A tenant's credentials, in the form the AWS CLI's `credential_process` reads.

use super::{Shared, refuse};
use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    tenant_id: String,
    access: Access,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Access {
    Read,
    Write,
    Admin,
}

pub(crate) async fn answer(State(pages): Shared, Query(asked): Query<Asked>) -> Response {
    let Some(tenant) = tenant(&asked.tenant_id) else {
        return refuse(StatusCode::BAD_REQUEST, "tenant_id must be a tenant's id");
    };
    let access = match asked.access {
        Access::Read => "read",
        Access::Write => "write",
        Access::Admin => "admin",
    };
    match pages
        .gateway
        .tenant_credentials(&tenant.to_string(), access)
    {
        Ok(credentials) => Json(json!({
            "Version": 1,
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": credentials.expiration.map(|time| time.to_string()),
        }))
        .into_response(),
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

/// The API shows ids with a prefix; both forms are taken.
fn tenant(text: &str) -> Option<Uuid> {
    let bare = text.strip_prefix("ten_").unwrap_or(text);
    (bare.len() == 36)
        .then(|| Uuid::try_parse(bare).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_with_and_without_prefix() {
        let id = "0190a1b2-0000-7000-8000-000000000001";
        assert_eq!(tenant(id), Uuid::try_parse(id).ok());
        assert_eq!(tenant(&format!("ten_{id}")), Uuid::try_parse(id).ok());
        for wrong in [
            "",
            "*",
            "usr_0190a1b2-0000-7000-8000-000000000001",
            "0190a1b200007000800000000000000a",
            "{0190a1b2-0000-7000-8000-000000000001}",
        ] {
            assert_eq!(tenant(wrong), None, "{wrong}");
        }
    }
}
