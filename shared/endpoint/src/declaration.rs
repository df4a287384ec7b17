//! What an endpoint says of itself, once.

use permissions::{Access, Permission};
use problem::Kind;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As it stands in a route key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// Whether a request of this method may carry a body.
    pub const fn takes_body(self) -> bool {
        matches!(self, Method::Post | Method::Put | Method::Patch)
    }
}

/// Which of the two HTTP APIs serves the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// The product's API.
    Main,
    /// The token issuer's discovery documents, read by AWS STS.
    Issuer,
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Anybody; no authorizer runs.
    Public,
    /// Any signed-in person, whatever became of their membership or their tenant: the route touches only what is
    /// their own, and whoever was removed must still be able to sign out or go on in another tenant.
    Person,
    /// Any signed-in member.
    Session,
    /// A signed-in member whose role has this permission.
    Permission(Permission),
}

/// What the function needs in its environment beyond the tenant's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Credentials for the tenant's data.
    Tenant,
    /// Credentials for the caller's own data in the directory.
    User,
    /// Names of the tables, for a role of its own.
    Tables,
    /// The key that signs access tokens.
    AccessKey,
    /// The public keys of the issuer, which it publishes.
    IssuerPublicKeys,
    /// The public keys of access tokens.
    AccessPublicKeys,
    /// The key from which the secrets of links in e-mails are derived, and that sign-up's kept answers are sealed with.
    LinkKey,
    /// The key that the secrets of second factors are sealed with.
    MfaKey,
    /// The keys that the secrets in records are sealed with.
    FieldKey,
    /// The secrets that the billing provider signs its events with.
    BillingSecret,
    /// The bucket that holds the bytes of files.
    Files,
    /// The bucket that holds exports.
    Exports,
    /// The bucket of the indexes of vectors, where there is one.
    Vectors,
}

impl Needs {
    /// As `--describe` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Needs::Tenant => "tenant",
            Needs::User => "user",
            Needs::Tables => "tables",
            Needs::AccessKey => "access_key",
            Needs::IssuerPublicKeys => "issuer_public_keys",
            Needs::AccessPublicKeys => "access_public_keys",
            Needs::LinkKey => "link_key",
            Needs::MfaKey => "mfa_key",
            Needs::FieldKey => "field_key",
            Needs::BillingSecret => "billing_secret",
            Needs::Files => "files",
            Needs::Exports => "exports",
            Needs::Vectors => "vectors",
        }
    }
}

/// Route, permission and documentation of an endpoint.
///
/// Built in a constant: `Declaration::get("/v1/me", "Reads …").session(Access::Read)`.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The method.
    pub method: Method,
    /// The path with `{parameters}`.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Which API serves it.
    pub api: Api,
    /// Who may call.
    pub requirement: Requirement,
    /// What the tenant credentials of a permitted request may change.
    pub access: Option<Access>,
    /// Whether the person must have proved a few minutes ago who they are.
    pub step_up: bool,
    /// Whether the route stays open to a tenant that is suspended or cancelled.
    pub while_suspended: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub idempotent: bool,
    /// What it needs in its environment.
    pub needs: &'static [Needs],
    /// The collection whose records the route is about, where its path does not say it.
    pub about: Option<&'static str>,
    /// The execution role, by its name in template.yaml.
    pub role: &'static str,
    /// Memory in MB; CPU share grows with it.
    pub memory_mb: u32,
    /// The status of success.
    pub success: u16,
    /// The largest body in bytes.
    pub body_limit: usize,
    /// The problems that this endpoint makes itself, beyond those every endpoint can answer.
    pub problems: &'static [Kind],
}

impl Declaration {
    const fn new(method: Method, path: &'static str, summary: &'static str, success: u16) -> Self {
        Self {
            method,
            path,
            summary,
            api: Api::Main,
            requirement: Requirement::Public,
            access: None,
            step_up: false,
            while_suspended: false,
            idempotent: false,
            needs: &[],
            about: None,
            role: "EndpointRole",
            memory_mb: 256,
            success,
            body_limit: 64 * 1024,
            problems: &[],
        }
    }

    /// `GET path`, which answers 200.
    pub const fn get(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Get, path, summary, 200)
    }

    /// `POST path`, which answers 201.
    pub const fn post(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Post, path, summary, 201)
    }

    /// `PUT path`, which answers 200.
    pub const fn put(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Put, path, summary, 200)
    }

    /// `PATCH path`, which answers 200.
    pub const fn patch(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Patch, path, summary, 200)
    }

    /// `DELETE path`, which answers 204.
    pub const fn delete(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::Delete, path, summary, 204)
    }

    /// Any signed-in person may call; only their own data is in reach.
    pub const fn person(mut self) -> Self {
        self.requirement = Requirement::Person;
        self.needs = &[Needs::User];
        self
    }

    /// Any signed-in member may call; `access` is what the credentials may change.
    pub const fn session(mut self, access: Access) -> Self {
        self.requirement = Requirement::Session;
        self.access = Some(access);
        self.needs = &[Needs::Tenant];
        self
    }

    /// A member with this permission may call; `access` is what the credentials may change.
    pub const fn permission(mut self, permission: Permission, access: Access) -> Self {
        self.requirement = Requirement::Permission(permission);
        self.access = Some(access);
        self.needs = &[Needs::Tenant];
        self
    }

    /// The person must have proved who they are, in this session and some minutes ago at most.
    pub const fn step_up(mut self) -> Self {
        self.step_up = true;
        self
    }

    /// The route stays open to a tenant that is suspended or cancelled: billing and export only.
    pub const fn while_suspended(mut self) -> Self {
        self.while_suspended = true;
        self
    }

    /// A request with an `Idempotency-Key` can be repeated. The handler calls [`crate::Reply::keep`] before its last write.
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Replaces what the function needs in its environment.
    pub const fn needs(mut self, needs: &'static [Needs]) -> Self {
        self.needs = needs;
        self
    }

    /// The function runs with a role of its own instead of the one without data access.
    pub const fn role(mut self, role: &'static str) -> Self {
        self.role = role;
        self
    }

    /// The route is about the records of this collection, which its path does not name.
    pub const fn about(mut self, collection: &'static str) -> Self {
        self.about = Some(collection);
        self
    }

    /// Served by the issuer's API.
    pub const fn issuer(mut self) -> Self {
        self.api = Api::Issuer;
        self.role = "IssuerRole";
        self
    }

    /// The status of success, where it is not the method's usual one.
    pub const fn success(mut self, status: u16) -> Self {
        self.success = status;
        self
    }

    /// Memory in MB.
    pub const fn memory_mb(mut self, memory_mb: u32) -> Self {
        self.memory_mb = memory_mb;
        self
    }

    /// The largest body in bytes.
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The problems that this endpoint makes itself.
    pub const fn problems(mut self, problems: &'static [Kind]) -> Self {
        self.problems = problems;
        self
    }

    /// Whether `If-Match` says at which version something is to be done. What is made names no version, and in a batch each operation
    /// names its own.
    pub fn takes_if_match(&self) -> bool {
        self.method != Method::Post && self.problems.contains(&Kind::VersionMismatch)
    }

    /// The route key, such as `GET /v1/me`.
    pub fn route_key(&self) -> String {
        format!("{} {}", self.method.as_str(), self.path)
    }

    /// The collection whose records the route is about, where the declaration or the path itself says it.
    pub fn collection(&self) -> Option<&'static str> {
        if self.about.is_some() {
            return self.about;
        }
        let (_, rest) = self.path.split_once("/{project_id}/")?;
        let collection = rest.split('/').next()?;
        (!collection.starts_with('{')).then_some(collection)
    }

    /// Whether the route names a project.
    pub fn is_project_scoped(&self) -> bool {
        self.path.contains("{project_id}")
    }
}
