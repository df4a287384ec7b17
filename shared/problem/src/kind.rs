//! The closed list of problem types.

use crate::TYPE_PREFIX;
use serde::{Serialize, Serializer};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:literal $slug:literal $title:literal $detail:literal;)*) => {
        /// A problem type: HTTP status, stable slug, title and default detail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind, in the order of the reference page.
            pub const ALL: &[Kind] = &[$(Kind::$name,)*];

            /// The HTTP status this kind is sent with.
            pub const fn status(self) -> u16 { match self { $(Kind::$name => $status,)* } }
            /// The last segment of the `type` URI; never changes once released.
            pub const fn slug(self) -> &'static str { match self { $(Kind::$name => $slug,)* } }
            /// A short summary, the same for every occurrence.
            pub const fn title(self) -> &'static str { match self { $(Kind::$name => $title,)* } }
            /// What is said when the occurrence has nothing to add.
            pub const fn detail(self) -> &'static str { match self { $(Kind::$name => $detail,)* } }

            /// The kind with this slug.
            pub fn from_slug(slug: &str) -> Option<Kind> {
                match slug { $($slug => Some(Kind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// The body is not JSON, or not UTF-8.
    MalformedBody = 400 "malformed-body" "The body can't be read" "The body is not valid JSON in UTF-8.";
    /// A query parameter is unknown, repeated or of the wrong form.
    InvalidQuery = 400 "invalid-query" "A query parameter is not valid" "One or more query parameters are not valid; see errors.";
    /// A cursor is not one of ours, or belongs to another user, list or filter, or is too old.
    InvalidCursor = 400 "invalid-cursor" "The cursor is not valid" "The cursor is unknown here or has expired: start the list again without it.";
    /// A header is missing or of the wrong form.
    InvalidHeader = 400 "invalid-header" "A header is not valid" "One or more headers are not valid; see errors.";
    /// The signature of a message from another service is missing, wrong or too old.
    InvalidSignature = 400 "invalid-signature" "The signature is not valid" "The signature is missing, wrong or too old.";
    /// No acceptable credentials.
    Unauthenticated = 401 "unauthenticated" "Sign in first" "The request has no valid access token.";
    /// The access token was good and has expired.
    TokenExpired = 401 "token-expired" "The access token has expired" "Get a new access token with the refresh token.";
    /// The session was revoked or has ended.
    SessionRevoked = 401 "session-revoked" "The session has ended" "The session was revoked or has expired: sign in again.";
    /// Log-in failed; the same whether or not the account exists.
    InvalidCredentials = 401 "invalid-credentials" "E-mail or password is wrong" "No account matches this e-mail and password.";
    /// The refresh token is unknown, used up or expired.
    InvalidRefreshToken = 401 "invalid-refresh-token" "The refresh token is not valid" "The refresh token is unknown, used or expired: sign in again.";
    /// The code of the second factor is wrong, or was used before.
    InvalidMfaCode = 401 "invalid-mfa-code" "The code is wrong" "The code is wrong, or was used before: wait for the next one.";
    /// The token of a log-in that waits for its second factor is unknown, used or expired.
    InvalidMfaToken = 401 "invalid-mfa-token" "The log-in can't be finished" "The log-in that waits for a code is unknown, finished or too old: sign in again.";
    /// The plan's seats are all in use.
    SeatLimit = 402 "seat-limit" "No free seat" "Every seat of the subscription is in use: buy a seat or remove a member.";
    /// It has to be paid first.
    PaymentRequired = 402 "payment-required" "A paid subscription is needed" "This needs a paid subscription: subscribe first.";
    /// A limit of the plan is reached.
    PlanLimit = 402 "plan-limit" "A limit of the plan is reached" "The plan does not allow more of these.";
    /// The role does not carry the permission.
    PermissionDenied = 403 "permission-denied" "Your role does not allow this" "The permission for this action is missing.";
    /// The person has not proved who they are for some minutes.
    StepUpRequired = 403 "step-up-required" "Prove once more who you are" "This needs a fresh proof of who you are: give your password or a code to /v1/auth/step-up first.";
    /// The tenant requires a second factor and the session was begun without one.
    MfaEnrolmentRequired = 403 "mfa-enrolment-required" "A second factor is required" "This tenant requires a second factor: set one up, or sign in with it.";
    /// The user is not, or no longer, an active member of the tenant.
    NotAMember = 403 "not-a-member" "You are not a member of this tenant" "Your membership of this tenant has ended.";
    /// The tenant is suspended.
    TenantSuspended = 403 "tenant-suspended" "The tenant is suspended" "The tenant is suspended: its owner can reactivate the subscription.";
    /// The tenant was ended by its owner and waits for its deletion.
    TenantCancelled = 403 "tenant-cancelled" "The tenant was cancelled" "The tenant was ended by its owner and waits for its deletion.";
    /// AWS IAM refused the data access: the last guard held where an earlier one should have.
    IsolationRefused = 403 "isolation-refused" "The data store refused the access" "The credentials of this request do not reach that data.";
    /// Nothing here that the caller may see: missing and foreign answer alike.
    NotFound = 404 "not-found" "Not found" "There is nothing here that you can see.";
    /// The state does not allow the change.
    Conflict = 409 "conflict" "The change conflicts with the present state" "The present state does not allow this change.";
    /// A unique value is taken.
    AlreadyTaken = 409 "already-taken" "Already taken" "A value that must be unique is in use; see errors.";
    /// Other records name the one that was to be deleted, and can't be without it.
    StillReferenced = 409 "still-referenced" "Other records name this one" "Other records name this one and can't be without it: change or delete them first.";
    /// The status can't follow the present one.
    IllegalStatusChange = 409 "illegal-status-change" "The status can't follow the present one" "From the present status the record can't go there.";
    /// Nothing has been uploaded yet.
    FileNotUploaded = 409 "file-not-uploaded" "The file has no bytes yet" "Nothing has been uploaded to this file yet, or the upload is not noted yet: try again in a moment.";
    /// The project has as many embeddings as a search can look through.
    VectorLimit = 409 "vector-limit" "The project has no room for more embeddings" "The project has as many embeddings as it can have: delete some, or use another project.";
    /// The project is archived: it can be read only.
    ProjectArchived = 409 "project-archived" "The project is archived" "The project is archived and can be read only: take it out of the archive first.";
    /// DNS does not show that the domain is the tenant's.
    DomainNotProved = 409 "domain-not-proved" "The domain is not proved" "DNS does not hold the record that proves the domain to be yours: set it, and try again in some minutes.";
    /// A tenant must keep one owner.
    LastOwner = 409 "last-owner" "A tenant keeps at least one owner" "The last owner can't leave: hand the ownership over first.";
    /// A request with the same Idempotency-Key is under way.
    RequestInFlight = 409 "request-in-flight" "The same request is under way" "A request with this Idempotency-Key is being worked on: repeat it in a moment.";
    /// An invitation was used, revoked or has expired.
    InvitationInvalid = 410 "invitation-invalid" "The invitation is no longer valid" "The invitation was used or revoked, or has expired: ask for a new one.";
    /// The link in an e-mail was used, replaced or has expired.
    LinkInvalid = 410 "link-invalid" "The link is no longer valid" "The link was used or replaced by a newer one, or has expired: ask for a new one.";
    /// `If-Match` names another version.
    VersionMismatch = 412 "version-mismatch" "The record has changed" "The record is not at the version that was named: read it again.";
    /// The body is over the limit.
    BodyTooLarge = 413 "body-too-large" "The body is too large" "The body is larger than this endpoint accepts.";
    /// The body is not `application/json`.
    UnsupportedMediaType = 415 "unsupported-media-type" "The media type is not supported" "Send the body as application/json.";
    /// Fields of the body are wrong.
    ValidationFailed = 422 "validation-failed" "The input is not valid" "One or more fields are not valid; see errors.";
    /// A referenced record does not exist in this project.
    ReferenceNotFound = 422 "reference-not-found" "A referenced record does not exist" "One or more references name records that are not there; see errors.";
    /// The Idempotency-Key was sent with another request before.
    IdempotencyKeyReused = 422 "idempotency-key-reused" "The Idempotency-Key belongs to another request" "The key was sent with another request in the last 24 hours: send this one with a key of its own.";
    /// Too many requests.
    TooManyRequests = 429 "too-many-requests" "Too many requests" "Slow down and try again later.";
    /// A fault of ours; the log has it under the request id.
    Internal = 500 "internal" "Something went wrong on our side" "The fault is recorded under this request id.";
    /// A service that we need does not answer; the request can be repeated.
    Unavailable = 503 "unavailable" "Try again in a moment" "A service that we depend on does not answer at present.";
}

/// As its `type` URI.
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{TYPE_PREFIX}{}", self.slug()))
    }
}

impl Kind {
    /// Seconds for `Retry-After`, where the kind always has one (RFC 9110, 10.2.3).
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Kind::TooManyRequests | Kind::Unavailable | Kind::RequestInFlight => Some(1),
            _ => None,
        }
    }
}
