//! The roles of a template, with questions put to them as the AWS endpoint puts them.

use iam::{Context, Policy, Principal, Request, TrustPolicy};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use template::{Environment, Resource, Template};

/// Two tenants. The second id differs from the first in its last digit only.
pub(super) const ACME: &str = "0198c5f0-0000-7000-8000-00000000000a";
pub(super) const GLOBEX: &str = "0198c5f0-0000-7000-8000-00000000000b";
pub(super) const PERSON: &str = "0198c5f0-0000-7000-8000-0000000000c1";
pub(super) const STRANGER: &str = "0198c5f0-0000-7000-8000-0000000000c2";

pub(super) const LEVELS: [&str; 3] = ["read", "write", "admin"];
pub(super) const READS: [&str; 4] = ["GetItem", "BatchGetItem", "Query", "ConditionCheckItem"];
pub(super) const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];

/// The bucket of the indexes.
pub(super) const VECTORS: &str = "arn:aws:s3vectors:us-east-1:000000000000:bucket/vectorbucket";

/// What a guarantee answers: nothing, or what does not hold.
pub(super) type Holds = Result<(), String>;

/// The core partition of a tenant.
pub(super) fn core(tenant: &str) -> String {
    format!("TENANT#{tenant}")
}

/// A growing collection of a tenant.
pub(super) fn records(tenant: &str) -> String {
    format!("TENANT#{tenant}#PROJECT#0198c5f0-0000-7000-8000-0000000000d1#CONTACTS")
}

/// A tenant's letters.
pub(super) fn letters(tenant: &str) -> String {
    format!("TENANT#{tenant}#OUTBOX")
}

/// A person's partition of the directory.
pub(super) fn person(user: &str) -> String {
    format!("USER#{user}")
}

pub(super) fn table(name: &str) -> String {
    format!("arn:aws:dynamodb:us-east-1:000000000000:table/{name}")
}

/// The resources of a template, changed or as shipped.
#[derive(Clone)]
pub(super) struct Roles(BTreeMap<String, Resource>);

impl Roles {
    /// As shipped, with all that a deployment can choose to have.
    pub(super) fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Roles> = LazyLock::new(|| {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
            let chosen = [("VectorStore".to_owned(), "s3vectors".to_owned())].into();
            let resolved = Template::read(file)
                .unwrap()
                .resolve(&chosen, &Environment::default());
            let mut resources = resolved.unwrap().resources;
            resources.retain(|_, resource| {
                matches!(
                    resource.kind.as_str(),
                    "AWS::IAM::Role" | "AWS::DynamoDB::Table"
                )
            });
            Roles(resources)
        });
        &SHIPPED
    }

    /// The ids of all roles.
    pub(super) fn ids(&self) -> Vec<&str> {
        let roles = self
            .0
            .values()
            .filter(|resource| resource.kind == "AWS::IAM::Role");
        roles.map(|role| role.logical_id.as_str()).collect()
    }

    /// The tables' names.
    pub(super) fn tables(&self) -> Vec<&str> {
        let tables = self
            .0
            .values()
            .filter(|resource| resource.kind == "AWS::DynamoDB::Table");
        tables.map(|table| table.logical_id.as_str()).collect()
    }

    pub(super) fn role(&self, id: &str) -> Role {
        let properties = &self.0[id].properties;
        let policies = properties["Policies"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let parse = |policy: &Value| {
            let name = policy["PolicyName"].as_str().unwrap();
            Policy::parse(name, &policy["PolicyDocument"])
                .unwrap_or_else(|error| panic!("{id}: {error}"))
        };
        let trust = TrustPolicy::parse(id, &properties["AssumeRolePolicyDocument"]);
        Role {
            id: id.to_owned(),
            policies: policies.iter().map(parse).collect(),
            trust: trust.unwrap_or_else(|error| panic!("{id}: {error}")),
        }
    }

    /// Every statement of a role, its trust policy's included.
    pub(super) fn statements(&self, id: &str) -> Vec<&Value> {
        let properties = &self.0[id].properties;
        let policies = properties["Policies"].as_array().into_iter().flatten();
        let documents = policies
            .map(|policy| &policy["PolicyDocument"])
            .chain([&properties["AssumeRolePolicyDocument"]]);
        documents
            .flat_map(|document| document["Statement"].as_array().into_iter().flatten())
            .collect()
    }

    /// The statement of this Sid, to be changed.
    pub(super) fn statement_mut(&mut self, id: &str, sid: &str) -> &mut Value {
        let properties = &mut self
            .0
            .get_mut(id)
            .unwrap_or_else(|| panic!("no role {id}"))
            .properties;
        let Value::Object(properties) = properties else {
            panic!("{id} has no properties")
        };
        let mut documents = Vec::new();
        for (name, value) in properties {
            match name.as_str() {
                "AssumeRolePolicyDocument" => documents.push(value),
                "Policies" => {
                    let policies = value.as_array_mut().unwrap().iter_mut();
                    documents.extend(policies.map(|policy| &mut policy["PolicyDocument"]));
                }
                _ => {}
            }
        }
        let mut statements = documents
            .into_iter()
            .flat_map(|document| document["Statement"].as_array_mut().unwrap());
        statements
            .find(|statement| statement["Sid"] == sid)
            .unwrap_or_else(|| panic!("{id} has no statement {sid}"))
    }

    /// Credentials of a tenant, as a tenant token is traded for them.
    pub(super) fn tenant(&self, tenant: &str, access: &str) -> Session {
        Session::new(
            self.role("TenantRole"),
            &[("TenantId", tenant), ("Access", access)],
        )
    }

    /// Credentials of a person.
    pub(super) fn person(&self, user: &str) -> Session {
        Session::new(self.role("UserRole"), &[("UserId", user)])
    }

    /// Credentials of a tenant as an event function takes them on.
    pub(super) fn system(&self, tenant: &str) -> Session {
        Session::new(
            self.role("TenantSystemRole"),
            &[("TenantId", tenant), ("Access", "write")],
        )
    }

    /// The credentials that a function runs with.
    pub(super) fn execution(&self, role: &str) -> Session {
        Session::new(self.role(role), &[])
    }
}

/// One role's policies.
pub(super) struct Role {
    id: String,
    policies: Vec<Policy>,
    trust: TrustPolicy,
}

/// A role and the tags of its session.
pub(super) struct Session {
    role: Role,
    tags: Vec<(String, String)>,
}

/// A request to DynamoDB, as far as policies see it.
#[derive(Clone, Default)]
pub(super) struct Call<'a> {
    pub(super) action: &'a str,
    pub(super) resource: String,
    /// Empty for a request that names no key, such as a Scan.
    pub(super) keys: Vec<String>,
    pub(super) attributes: &'a [&'a str],
    pub(super) select: Option<&'a str>,
    /// What a list of a bucket is to begin with.
    pub(super) prefix: Option<String>,
}

impl<'a> Call<'a> {
    pub(super) fn new(action: &'a str, on: &str, keys: &[&str]) -> Self {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Self {
            action,
            resource: table(on),
            keys,
            ..Self::default()
        }
    }

    /// To an object of the files' bucket.
    pub(super) fn object(action: &str, key: &str) -> Call<'static> {
        let action = match action {
            "GetObject" => "s3:GetObject",
            "PutObject" => "s3:PutObject",
            "DeleteObject" => "s3:DeleteObject",
            "AbortMultipartUpload" => "s3:AbortMultipartUpload",
            "GetObjectTagging" => "s3:GetObjectTagging",
            "PutObjectAcl" => "s3:PutObjectAcl",
            other => panic!("{other} is no action on objects"),
        };
        Call {
            action,
            resource: format!("arn:aws:s3:::FilesBucket/{key}"),
            ..Call::default()
        }
    }

    /// To an index of vectors.
    pub(super) fn index(action: &'a str, index: &str) -> Self {
        Self {
            action,
            resource: format!("{VECTORS}/index/{index}"),
            ..Self::default()
        }
    }

    /// For a list of the files' bucket.
    pub(super) fn bucket() -> Call<'static> {
        Call {
            action: "s3:ListBucket",
            resource: "arn:aws:s3:::FilesBucket".to_owned(),
            ..Call::default()
        }
    }

    /// Asks for nothing but the keys' own attributes, as every policy on attributes allows.
    pub(super) fn modest(self) -> Self {
        Self {
            attributes: &["pk", "sk"],
            select: Some("SPECIFIC_ATTRIBUTES"),
            ..self
        }
    }
}

impl Session {
    pub(super) fn new(role: Role, tags: &[(&str, &str)]) -> Self {
        let tags = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Self {
            role,
            tags: tags.collect(),
        }
    }

    fn decide(&self, call: &Call<'_>) -> iam::Decision {
        let mut context = Context::new();
        for (key, value) in &self.tags {
            context.set(&format!("aws:PrincipalTag/{key}"), [value.clone()]);
        }
        // A key without values is an absent one, as it is to AWS.
        context.set("dynamodb:LeadingKeys", call.keys.iter().cloned());
        context.set(
            "dynamodb:Attributes",
            call.attributes.iter().map(|name| (*name).to_owned()),
        );
        context.set("dynamodb:Select", call.select.map(str::to_owned));
        context.set("s3:prefix", call.prefix.clone());
        let action = if call.action.contains(':') {
            call.action.to_owned()
        } else {
            format!("dynamodb:{}", call.action)
        };
        iam::decide(
            &self.role.policies,
            &Request {
                action: &action,
                resource: &call.resource,
                context: &context,
            },
        )
    }

    fn sentence(&self, call: &Call<'_>, verb: &str) -> String {
        let tags: Vec<String> = self
            .tags
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let resource = call.resource.rsplit(':').next().unwrap_or_default();
        format!(
            "{} [{}] {verb} {} on {resource} for {:?}",
            self.role.id,
            tags.join(", "),
            call.action,
            call.keys
        )
    }

    /// The call must go through.
    pub(super) fn may(&self, call: &Call<'_>) -> Holds {
        match self.decide(call) {
            decision if decision.is_allowed() => Ok(()),
            decision => Err(format!("{}: {decision}", self.sentence(call, "may not"))),
        }
    }

    /// The call must be refused.
    pub(super) fn may_not(&self, call: &Call<'_>) -> Holds {
        match self.decide(call) {
            decision if decision.is_allowed() => {
                Err(format!("{}: {decision}", self.sentence(call, "may")))
            }
            _ => Ok(()),
        }
    }
}

/// What STS learns from a token before it asks a role's trust policy.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) provider: String,
    pub(super) audience: &'static str,
    pub(super) subject: String,
    pub(super) tags: Vec<(&'static str, String)>,
}

const ISSUER: &str = "issuerapi.execute-api.us-east-1.amazonaws.com";

impl Token {
    fn new(subject: String, tags: Vec<(&'static str, String)>) -> Self {
        Self {
            provider: format!("arn:aws:iam::000000000000:oidc-provider/{ISSUER}"),
            audience: "sts.amazonaws.com",
            subject,
            tags,
        }
    }

    /// As the authorizer signs it for a tenant's data.
    pub(super) fn of_tenant(tenant: &str, access: &str) -> Self {
        Self::new(
            format!("tenant:{tenant}"),
            vec![
                ("TenantId", tenant.to_owned()),
                ("Access", access.to_owned()),
            ],
        )
    }

    /// As the authorizer signs it for a person's own data.
    pub(super) fn of_person(user: &str) -> Self {
        Self::new(format!("user:{user}"), vec![("UserId", user.to_owned())])
    }

    fn context(&self) -> Context {
        let mut context = Context::new();
        context.set(&format!("{ISSUER}:aud"), [self.audience.to_owned()]);
        context.set(&format!("{ISSUER}:sub"), [self.subject.clone()]);
        context.set(
            "aws:TagKeys",
            self.tags.iter().map(|(key, _)| (*key).to_owned()),
        );
        for (key, value) in &self.tags {
            context.set(&format!("aws:RequestTag/{key}"), [value.clone()]);
        }
        context
    }
}

const TRADE: [&str; 2] = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"];

impl Role {
    /// The trust policy must take the token: both to trade it and to tag the session.
    pub(super) fn takes(&self, token: &Token) -> Holds {
        self.each_action(token, true)
    }

    /// The trust policy must refuse the token, in each of its two statements: neither may lean on the other.
    pub(super) fn refuses(&self, token: &Token, what: &str) -> Holds {
        self.each_action(token, false)
            .map_err(|taken| format!("{what}: {taken}"))
    }

    fn each_action(&self, token: &Token, expected: bool) -> Holds {
        let principal = Principal::Federated(token.provider.clone());
        for action in TRADE {
            let decision = self.trust.decide(&principal, action, &token.context());
            if decision.is_allowed() != expected {
                return Err(format!(
                    "{} {action} by {} {:?}: {decision}",
                    self.id, token.subject, token.tags
                ));
            }
        }
        Ok(())
    }

    /// Another role may take on this one with these tags: both to take it on and to tag the session.
    pub(super) fn is_taken_on_by(&self, role: &str, tags: &Token) -> Holds {
        self.each_taking(role, tags, true)
    }

    /// The trust policy must refuse the other role with these tags, in each of its two statements.
    pub(super) fn is_not_taken_on_by(&self, role: &str, tags: &Token, what: &str) -> Holds {
        self.each_taking(role, tags, false)
            .map_err(|taken| format!("{what}: {taken}"))
    }

    fn each_taking(&self, role: &str, tags: &Token, expected: bool) -> Holds {
        let principal = Principal::Role(format!("arn:aws:iam::000000000000:role/{role}"));
        for action in ["sts:AssumeRole", "sts:TagSession"] {
            let decision = self.trust.decide(&principal, action, &tags.context());
            if decision.is_allowed() != expected {
                return Err(format!(
                    "{} {action} by {role} {:?}: {decision}",
                    self.id, tags.tags
                ));
            }
        }
        Ok(())
    }

    /// Nobody but Lambda may take on the role.
    pub(super) fn is_lambdas_alone(&self) -> Holds {
        let lambda = Principal::Service("lambda.amazonaws.com".to_owned());
        if !self
            .trust
            .decide(&lambda, "sts:AssumeRole", &Context::new())
            .is_allowed()
        {
            return Err(format!("{} can't be run by Lambda", self.id));
        }
        let token = Token::of_tenant(ACME, "admin");
        let others = [
            Principal::Federated(token.provider.clone()),
            Principal::Service("apigateway.amazonaws.com".to_owned()),
            Principal::Role("arn:aws:iam::000000000000:role/EndpointRole".to_owned()),
        ];
        for other in others {
            for action in ["sts:AssumeRole", TRADE[0], TRADE[1]] {
                if self
                    .trust
                    .decide(&other, action, &token.context())
                    .is_allowed()
                {
                    return Err(format!("{other:?} may take on {} by {action}", self.id));
                }
            }
        }
        Ok(())
    }
}
