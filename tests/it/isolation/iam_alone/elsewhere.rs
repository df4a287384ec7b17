//! The routes that IAM has no say in, and why not.

/// Routes that reach no tenant's data with a tenant's credentials, and why not.
pub(super) const LEVEL_ELSEWHERE: &[(&str, &str)] = &[
    (
        "POST /v1/projects/{project_id}/files/{record_id}/upload-url",
        "signs and asks nobody: what such credentials have signed S3 refuses, as is tried below",
    ),
    (
        "POST /v1/projects/{project_id}/notifications/{record_id}/read",
        "whoever may read may have read",
    ),
    (
        "POST /v1/invitations/bulk",
        "IAM refuses each row, and the answer says so in its rows",
    ),
    (
        "DELETE /v1/members/{user_id}",
        "reads with the tenant's credentials, writes with a role of its own",
    ),
    (
        "POST /v1/tenant/transfer-ownership",
        "the handler wants an owner, who lacks nothing",
    ),
];

/// The routes that reach no tenant's data, and what they reach.
pub(super) const ELSEWHERE: &[(&str, &str)] = &[
    ("GET /.well-known/jwks.json", "public"),
    ("GET /.well-known/openid-configuration", "public"),
    ("GET /v1/health", "public"),
    ("GET /v1/openapi.json", "public"),
    (
        "GET /v1/tenant-lookup",
        "public: the directory, with a role of its own",
    ),
    ("POST /v1/tenants", "makes a tenant, with a role of its own"),
    (
        "POST /v1/billing/webhook",
        "signed by the billing provider; a role of its own",
    ),
    ("POST /v1/auth/login", "no tenant yet; a role of its own"),
    ("POST /v1/auth/refresh", "no tenant yet; a role of its own"),
    (
        "POST /v1/invitations/accept",
        "not a member yet; a role of its own",
    ),
    (
        "POST /v1/invitations/preview",
        "not a member yet; a role of its own",
    ),
    ("POST /v1/auth/logout", "the caller's own partition"),
    ("POST /v1/auth/switch-tenant", "the caller's own partition"),
    ("GET /v1/me/tenants", "the caller's own partition"),
    ("GET /v1/me/sessions", "the caller's own partition"),
    ("DELETE /v1/me/sessions", "the caller's own partition"),
    (
        "DELETE /v1/me/sessions/{session_id}",
        "the caller's own partition",
    ),
    (
        "POST /v1/auth/forgot-password",
        "no tenant yet; a role of its own",
    ),
    (
        "POST /v1/auth/reset-password",
        "no tenant yet; a role of its own",
    ),
    (
        "POST /v1/auth/verify-email",
        "no tenant yet; a role of its own",
    ),
    (
        "POST /v1/auth/resend-verification",
        "the caller's own account; a role of its own",
    ),
    (
        "PATCH /v1/me",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/change-email",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/change-password",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/tenants",
        "the caller's own account; a role of its own",
    ),
    ("POST /v1/auth/mfa", "no tenant yet; a role of its own"),
    (
        "POST /v1/auth/step-up",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/mfa/totp",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/mfa/totp/confirm",
        "the caller's own account; a role of its own",
    ),
    (
        "DELETE /v1/me/mfa/totp",
        "the caller's own account; a role of its own",
    ),
    (
        "POST /v1/me/mfa/recovery-codes",
        "the caller's own account; a role of its own",
    ),
    ("GET /v1/collections", "no data"),
    ("GET /v1/permissions", "no data"),
];
