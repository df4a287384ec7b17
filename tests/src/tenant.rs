//! Tenants with people in them.

use crate::client::Answer;
use crate::cloud::TestCloud;
use permissions::Role;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// Everybody's password.
pub const PASSWORD: &str = "violet-harbour-29";

/// A short word that no other test of this process has.
pub fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{:x}{:x}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Person {
    /// `usr_…`
    pub user_id: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The tenant their session works in: `ten_…`
    pub tenant_id: String,
    /// Their session: `ses_…`
    pub session_id: String,
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// For `POST /v1/auth/refresh`.
    pub refresh_token: String,
}

impl Person {
    /// The person whom an answer of sign-up, log-in, refresh, switch or accept signs in.
    #[track_caller]
    pub fn signed_in(answer: &Answer, email: &str) -> Person {
        assert_eq!(answer.json["token_type"], "Bearer", "{answer}");
        assert!(
            answer.json["expires_in"]
                .as_u64()
                .is_some_and(|seconds| seconds > 0),
            "{answer}"
        );
        Person {
            user_id: answer.text("/user_id"),
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            tenant_id: answer.text("/tenant_id"),
            session_id: answer.text("/session_id"),
            access_token: answer.text("/access_token"),
            refresh_token: answer.text("/refresh_token"),
        }
    }
}

/// An invitation that waits.
#[derive(Debug, Clone)]
pub struct Invited {
    /// `inv_…`
    pub id: String,
    /// Whom it invites.
    pub email: String,
    /// What accepts it.
    pub token: String,
}

/// The token in the link of an answer.
#[track_caller]
fn token_in(answer: &Answer) -> String {
    let link = answer.text("/invitation_link");
    let (_, token) = link
        .rsplit_once("token=")
        .unwrap_or_else(|| panic!("no token in {link}"));
    token.to_owned()
}

/// A tenant of one test, with its owner.
pub struct TestTenant {
    cloud: &'static TestCloud,
    /// `ten_…`
    pub id: String,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The person who signed up.
    pub owner: Person,
    /// The project that sign-up made: `prj_…`
    pub project_id: String,
}

impl TestTenant {
    /// Signs up a tenant whose slug begins with `name`.
    pub async fn create(cloud: &'static TestCloud, name: &str) -> TestTenant {
        let slug = format!("{name}-{}", unique());
        let email = format!("owner@{slug}.example");
        let body = json!({
            "name": format!("Company {name}"), "slug": slug,
            "owner_email": email, "owner_name": "Olivia Owner", "owner_password": PASSWORD,
        });
        let answer = cloud
            .post("/v1/tenants")
            .json(body)
            .await
            .assert_status(201);
        let owner = Person::signed_in(&answer, &email);
        let projects = cloud
            .get("/v1/projects")
            .as_(&owner)
            .await
            .assert_status(200);
        TestTenant {
            cloud,
            id: owner.tenant_id.clone(),
            slug,
            name: format!("Company {name}"),
            project_id: projects.text("/items/0/id"),
            owner,
        }
    }

    /// The cloud it is in.
    pub fn cloud(&self) -> &'static TestCloud {
        self.cloud
    }

    /// The bare UUID of its id, as it stands in keys and tags.
    pub fn uuid(&self) -> &str {
        self.id.strip_prefix("ten_").expect("a tenant id")
    }

    /// A new person in this role, invited by the owner. A sales representative is in the first project.
    pub async fn member(&self, role: Role) -> Person {
        let email = format!("{role}-{}@{}.example", unique(), self.slug);
        let token = self.invitation(role, &email).await;
        let body = json!({"token": token, "name": format!("Some {role}"), "password": PASSWORD});
        let answer = self.cloud.post("/v1/invitations/accept").json(body).await;
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        Person::signed_in(&answer, &email)
    }

    /// Makes somebody who has an account already a member too; they are signed in to this tenant, in a session of its
    /// own: the person that was given stays signed in where they are.
    pub async fn join(&self, person: &Person, role: Role) -> Person {
        let token = self.invitation(role, &person.email).await;
        let session = self.log_in_to(&person.tenant_id, person).await;
        let answer = self
            .cloud
            .post("/v1/invitations/accept")
            .as_(&session)
            .json(json!({"token": token}))
            .await;
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        Person::signed_in(&answer, &person.email)
    }

    /// The token of a new invitation by the owner.
    pub async fn invitation(&self, role: Role, email: &str) -> String {
        token_in(&self.invited(role, email).await)
    }

    async fn invited(&self, role: Role, email: &str) -> Answer {
        let mut body = json!({"email": email, "role": role, "send_email": false});
        if role == Role::SalesRep {
            body["project_ids"] = json!([self.project_id]);
        }
        self.cloud
            .post("/v1/invitations")
            .as_(&self.owner)
            .json(body)
            .await
            .assert_status(201)
    }

    /// An invitation of somebody new by the owner, which is not accepted.
    pub async fn invite(&self, role: Role) -> Invited {
        let email = format!("invited-{}@{}.example", unique(), self.slug);
        let answer = self.invited(role, &email).await;
        Invited {
            id: answer.id(),
            token: token_in(&answer),
            email,
        }
    }

    /// The id of a new custom role with these permissions, made by the owner.
    pub async fn custom_role(&self, permissions: &[&str]) -> String {
        let body = json!({"name": format!("Role {}", unique()), "permissions": permissions});
        self.cloud
            .post("/v1/roles")
            .as_(&self.owner)
            .json(body)
            .await
            .assert_status(201)
            .id()
    }

    /// A member with a custom role of these permissions, and with none in any project.
    pub async fn member_with(&self, permissions: &[&str]) -> Person {
        let role = self.custom_role(permissions).await;
        let person = self.member(Role::Viewer).await;
        let path = format!("/v1/members/{}", person.user_id);
        let change = self.cloud.patch(path).as_(&self.owner);
        change.json(json!({"role": role})).await.assert_status(200);
        person
    }

    /// A further project, made by the owner.
    pub async fn project(&self) -> String {
        let body = json!({"name": format!("Project {}", unique())});
        self.cloud
            .post("/v1/projects")
            .as_(&self.owner)
            .json(body)
            .await
            .assert_status(201)
            .id()
    }

    /// A new domain, whose record stands in DNS.
    pub async fn domain(&self) -> String {
        let domain = format!("d{}.example", unique());
        let named = self
            .cloud
            .post("/v1/tenant/domains")
            .as_(&self.owner)
            .json(json!({"domain": domain}))
            .await
            .assert_status(201);
        let value = named.text("/record/value");
        let dns = self.cloud.local().dns();
        dns.set(&named.text("/record/name"), vec![value]);
        domain
    }

    /// Takes a member into a project, or changes their role there.
    pub async fn put_in_project(&self, project: &str, person: &Person, role: &str) {
        self.cloud
            .put(format!("/v1/projects/{project}/members/{}", person.user_id))
            .as_(&self.owner)
            .json(json!({"role": role}))
            .await
            .assert_status(200);
    }

    /// The path of a collection in the first project.
    pub fn records(&self, collection: &str) -> String {
        format!("/v1/projects/{}/{collection}", self.project_id)
    }

    /// The path of a record in the first project.
    pub fn record(&self, collection: &str, id: &str) -> String {
        format!("{}/{id}", self.records(collection))
    }

    /// Creates a record in the first project.
    pub async fn create_record(&self, by: &Person, collection: &str, fields: Value) -> Value {
        self.cloud
            .post(self.records(collection))
            .as_(by)
            .json(fields)
            .await
            .assert_status(201)
            .json
    }

    /// The id of a new contact, created by the owner.
    pub async fn contact(&self) -> String {
        self.contact_of(&self.owner).await
    }

    /// The id of a new contact that belongs to this person.
    pub async fn contact_of(&self, by: &Person) -> String {
        let fields = json!({"name": "Ada Lovelace", "email": "ada@customer.example"});
        let record = self.create_record(by, "contacts", fields).await;
        record["id"].as_str().expect("an id").to_owned()
    }

    /// The id of a new account, created by the owner.
    pub async fn account(&self) -> String {
        let record = self
            .create_record(&self.owner, "accounts", json!({"name": "Northwind"}))
            .await;
        record["id"].as_str().expect("an id").to_owned()
    }

    /// Log-in of somebody to this tenant, in a session of its own.
    pub async fn log_in(&self, person: &Person) -> Person {
        self.log_in_to(&self.slug, person).await
    }

    async fn log_in_to(&self, tenant: &str, person: &Person) -> Person {
        let body = json!({"email": person.email, "password": person.password, "tenant": tenant});
        let answer = self
            .cloud
            .post("/v1/auth/login")
            .json(body)
            .await
            .assert_status(200);
        Person::signed_in(&answer, &person.email)
    }
}
