//! A company's whole life in the product, over HTTP, with the links from its e-mails: sign-up to leaving.
//!
//! Every secret that comes up on the way is noted, and at the end looked for in each stored item, each log line and each
//! message: none may be found where it does not belong.

mod billing;
mod secrets;

use permissions::Role as Fixed;
use secrets::Secrets;
use serde_json::{Value, json};
use tests::{Kind, Person, TestCloud, totp, unique};

const FOUNDER_PASSWORD: &str = "nine grey herons at dawn";

/// The company, and what it must keep to itself.
struct Life {
    cloud: &'static TestCloud,
    slug: String,
    owner: Person,
    secrets: Secrets,
}

impl Life {
    fn address(&self, name: &str) -> String {
        format!("{name}@{}.example", self.slug)
    }

    /// The token of the newest link to `page` that was mailed to somebody.
    async fn link(&mut self, to: &str, page: &str) -> String {
        let message = self.cloud.letter(to, &format!("/{page}#token=")).await;
        let (_, rest) = message.text.split_once("#token=").unwrap();
        let token: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
        self.secrets.mailed(&token);
        token
    }

    fn signed_in(&mut self, answer: &tests::Answer, email: &str) -> Person {
        let person = Person::signed_in(answer, email);
        self.secrets.note("access token", &person.access_token);
        self.secrets.note("refresh token", &person.refresh_token);
        person
    }

    async fn log_in(&mut self, email: &str, password: &str) -> Person {
        let body = json!({"email": email, "password": password, "tenant": self.slug});
        let answer = self.cloud.post("/v1/auth/login").json(body).await;
        let answer = answer.assert_status(200);
        self.signed_in(&answer, email)
    }

    async fn invite(&mut self, name: &str, role: &str) -> String {
        let email = self.address(name);
        let body = json!({"email": email, "role": role});
        let answer = self
            .cloud
            .post("/v1/invitations")
            .as_(&self.owner)
            .json(body)
            .await;
        let answer = answer.assert_status(201);
        assert!(answer.json.get("invitation_link").is_none(), "{answer}");
        email
    }

    /// Follows the link in the invitation's e-mail.
    async fn arrive(&mut self, email: &str) -> Person {
        let token = self.link(email, "invitations/accept").await;
        let preview = self
            .cloud
            .post("/v1/invitations/preview")
            .json(json!({"token": token}));
        let preview = preview.await.assert_status(200);
        assert_eq!(preview.text("/tenant_name"), "Life & Co");
        let password = format!("a good password of {email}");
        let password = password.replace(email, &unique());
        self.secrets.note("password", &password);
        let body = json!({"token": token, "name": "Some Person", "password": password});
        let answer = self.cloud.post("/v1/invitations/accept").json(body).await;
        let answer = answer.assert_status(201);
        let mut person = self.signed_in(&answer, email);
        person.password = password;
        person
    }

    async fn events(&self, kind: &str, object: Value) -> tests::Answer {
        billing::event(self.cloud, kind, object).await
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a life is told in order")]
async fn the_life_of_a_company() {
    let cloud = TestCloud::shared();
    let slug = format!("life-{}", unique());
    let mut secrets = Secrets::default();
    secrets.note("password", FOUNDER_PASSWORD);

    // Sign-up, and the address proved.
    let email = format!("founder@{slug}.example");
    let body = json!({
        "name": "Life & Co", "slug": slug, "owner_email": email, "owner_name": "Fatima Founder", "owner_password": FOUNDER_PASSWORD,
    });
    let answer = cloud
        .post("/v1/tenants")
        .json(body)
        .await
        .assert_status(201);
    let mut owner = Person::signed_in(&answer, &email);
    FOUNDER_PASSWORD.clone_into(&mut owner.password);
    let mut life = Life {
        cloud,
        slug,
        owner,
        secrets,
    };
    let owner = life.signed_in(&answer, &email);
    life.owner = owner.clone();
    let me = cloud.get("/v1/me").as_(&owner).await.assert_status(200);
    assert_eq!(me.json["user"]["email_verified"], json!(false), "{me}");
    let token = life.link(&email, "verify-email").await;
    let verify = || {
        cloud
            .post("/v1/auth/verify-email")
            .json(json!({"token": token}))
    };
    assert!(verify().await.status < 300);
    verify().await.assert_problem(Kind::LinkInvalid);
    let me = cloud.get("/v1/me").as_(&owner).await.assert_status(200);
    assert_eq!(me.json["user"]["email_verified"], json!(true), "{me}");

    // Five people, one in each role, by the links in their e-mails.
    let mut people = Vec::new();
    for role in Fixed::ALL {
        let email = life.invite(&format!("{role}"), role.as_str()).await;
        people.push(life.arrive(&email).await);
    }
    let [second_owner, admin, manager, sales_rep, viewer] =
        people.try_into().unwrap_or_else(|_| panic!("five people"));

    // A second factor for the founder, and a log-in with it.
    let started = cloud
        .post("/v1/me/mfa/totp")
        .as_(&owner)
        .await
        .assert_status(201);
    let seed = started.text("/secret");
    life.secrets.note("authenticator secret", &seed);
    let code = totp::code(&seed, 0);
    let confirmed = cloud
        .post("/v1/me/mfa/totp/confirm")
        .as_(&owner)
        .json(json!({"code": code}))
        .await;
    assert!(confirmed.status < 300, "{confirmed}");
    let recovery: Vec<String> =
        serde_json::from_value(confirmed.json["recovery_codes"].clone()).unwrap();
    for code in &recovery {
        life.secrets.note("recovery code", code);
    }
    let body = json!({"email": email, "password": FOUNDER_PASSWORD});
    let half = cloud
        .post("/v1/auth/login")
        .json(&body)
        .await
        .assert_status(200);
    assert_eq!(half.json["mfa_required"], json!(true), "{half}");
    assert!(
        half.json.get("access_token").is_none_or(Value::is_null),
        "{half}"
    );
    let mfa_token = half.text("/mfa_token");
    life.secrets.note("mfa token", &mfa_token);
    let replayed = json!({"mfa_token": mfa_token, "code": code});
    cloud
        .post("/v1/auth/mfa")
        .json(replayed)
        .await
        .assert_problem(Kind::InvalidMfaCode);
    let by_recovery = json!({"mfa_token": mfa_token, "recovery_code": recovery[0]});
    let whole = cloud
        .post("/v1/auth/mfa")
        .json(by_recovery)
        .await
        .assert_status(200);
    let owner = life.signed_in(&whole, &email);
    life.owner = owner.clone();

    // Roles change at once, a custom role carries what it says, and the wrong role is refused.
    let member = |person: &Person| format!("/v1/members/{}", person.user_id);
    cloud
        .get("/v1/members")
        .as_(&viewer)
        .await
        .assert_status(200);
    let promote = json!({"role": "manager"});
    cloud
        .patch(member(&viewer))
        .as_(&manager)
        .json(&promote)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .patch(member(&viewer))
        .as_(&admin)
        .json(&promote)
        .await
        .assert_status(200);
    cloud
        .post("/v1/projects")
        .as_(&viewer)
        .json(json!({"name": "By a promoted one"}))
        .await
        .assert_status(201);
    let role = json!({"name": "Contact keeper", "permissions": ["tenant:read", "projects:read", "contacts:read", "contacts:create"]});
    let role = cloud
        .post("/v1/roles")
        .as_(&admin)
        .json(role)
        .await
        .assert_status(201)
        .id();
    cloud
        .patch(member(&viewer))
        .as_(&admin)
        .json(json!({"role": role}))
        .await
        .assert_status(200);
    let projects = cloud
        .get("/v1/projects")
        .as_(&viewer)
        .await
        .assert_status(200);
    let first = projects.text("/items/0/id");
    let records = |project: &str, collection: &str| format!("/v1/projects/{project}/{collection}");
    let ada = json!({"name": "Ada Lovelace"});
    cloud
        .post(records(&first, "contacts"))
        .as_(&viewer)
        .json(&ada)
        .await
        .assert_status(201);
    cloud
        .get(records(&first, "deals"))
        .as_(&viewer)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .get("/v1/members")
        .as_(&viewer)
        .await
        .assert_problem(Kind::PermissionDenied);

    // A private project: closed to the manager until they are one of its members.
    let private = json!({"name": "Acquisition", "visibility": "private"});
    let private = cloud
        .post("/v1/projects")
        .as_(&owner)
        .json(private)
        .await
        .assert_status(201)
        .id();
    cloud
        .get(records(&private, "contacts"))
        .as_(&manager)
        .await
        .assert_problem(Kind::NotFound);
    let entry = format!("/v1/projects/{private}/members/{}", manager.user_id);
    let put = cloud
        .put(&entry)
        .as_(&owner)
        .json(json!({"role": "contributor"}))
        .await;
    assert!(put.status < 300, "{put}");
    cloud
        .get(records(&private, "contacts"))
        .as_(&manager)
        .await
        .assert_status(200);
    cloud
        .get(records(&private, "contacts"))
        .as_(&sales_rep)
        .await
        .assert_problem(Kind::NotFound);
    cloud.delete(&entry).as_(&owner).await.assert_status(204);
    cloud
        .get(records(&private, "contacts"))
        .as_(&manager)
        .await
        .assert_problem(Kind::NotFound);

    // The seats run out, more are bought, and the payment is on record.
    let tenant_id = owner.tenant_id.clone();
    let mut extra = 0;
    let refused = loop {
        extra += 1;
        let body = json!({"email": life.address(&format!("extra{extra}")), "role": "viewer", "send_email": false});
        let answer = cloud.post("/v1/invitations").as_(&owner).json(body).await;
        if answer.status != 201 {
            break answer;
        }
        assert!(extra < 50, "seats never run out");
    };
    refused.assert_problem(Kind::SeatLimit);
    let subscription = billing::subscription(&tenant_id, "active", 30);
    life.events("customer.subscription.updated", subscription)
        .await
        .assert_status(200);
    let more = life.invite("one-more", "viewer").await;
    let one_more = life.arrive(&more).await;
    let subscription = cloud
        .get("/v1/tenant/subscription")
        .as_(&owner)
        .await
        .assert_status(200);
    assert_eq!(
        subscription.json["status"],
        json!("active"),
        "{subscription}"
    );

    // A forgotten password, and a stolen session: the old refresh token ends it.
    let forgot = cloud
        .post("/v1/auth/forgot-password")
        .json(json!({"email": admin.email}))
        .await;
    assert!(forgot.status < 300, "{forgot}");
    let token = life.link(&admin.email, "reset-password").await;
    let new_password = "seven quiet otters swim";
    life.secrets.note("password", new_password);
    let reset = json!({"token": token, "password": new_password});
    let done = cloud.post("/v1/auth/reset-password").json(&reset).await;
    assert!(done.status < 300, "{done}");
    cloud
        .post("/v1/auth/reset-password")
        .json(&reset)
        .await
        .assert_problem(Kind::LinkInvalid);
    cloud
        .get("/v1/me")
        .as_(&admin)
        .await
        .assert_problem(Kind::SessionRevoked);
    let admin = life.log_in(&admin.email, new_password).await;
    let stolen = manager.refresh_token.clone();
    let refresh = |token: &str| {
        cloud
            .post("/v1/auth/refresh")
            .json(json!({"refresh_token": token}))
    };
    let renewed = refresh(&stolen).await.assert_status(200);
    let manager = life.signed_in(&renewed, &manager.email);
    let renewed = refresh(&manager.refresh_token).await.assert_status(200);
    let manager_again = life.signed_in(&renewed, &manager.email);
    refresh(&stolen)
        .await
        .assert_problem(Kind::InvalidRefreshToken);
    cloud
        .get("/v1/me")
        .as_(&manager_again)
        .await
        .assert_problem(Kind::SessionRevoked);

    // A further tenant of the founder, and back.
    let second = json!({"name": "Second Life", "slug": format!("{}-2", life.slug)});
    let founded = cloud
        .post("/v1/me/tenants")
        .as_(&owner)
        .json(second)
        .await
        .assert_status(201);
    let other_tenant = founded.id();
    assert_ne!(other_tenant, tenant_id);
    let tenants = cloud
        .get("/v1/me/tenants")
        .as_(&owner)
        .await
        .assert_status(200);
    assert_eq!(tenants.items().len(), 2, "{tenants}");
    let switch = |token: &Person, to: &str| {
        cloud
            .post("/v1/auth/switch-tenant")
            .as_(token)
            .json(json!({"tenant_id": to}))
    };
    let there = switch(&owner, &other_tenant).await.assert_status(200);
    let there = life.signed_in(&there, &email);
    cloud
        .get(records(&first, "contacts"))
        .as_(&there)
        .await
        .assert_problem(Kind::NotFound);
    let back = switch(&there, &tenant_id).await.assert_status(200);
    let owner = life.signed_in(&back, &email);

    // The tenant is suspended for want of payment: only its billing stays open. Then it is paid.
    let unpaid = billing::subscription(&tenant_id, "unpaid", 30);
    life.events("customer.subscription.updated", unpaid)
        .await
        .assert_status(200);
    cloud
        .get(records(&first, "contacts"))
        .as_(&owner)
        .await
        .assert_problem(Kind::TenantSuspended);
    cloud
        .get("/v1/me")
        .as_(&one_more)
        .await
        .assert_problem(Kind::TenantSuspended);
    cloud
        .get("/v1/tenant/subscription")
        .as_(&owner)
        .await
        .assert_status(200);
    let paid = billing::subscription(&tenant_id, "active", 30);
    life.events("customer.subscription.updated", paid)
        .await
        .assert_status(200);
    cloud
        .get(records(&first, "contacts"))
        .as_(&owner)
        .await
        .assert_status(200);

    // The founder hands the company over, and leaves; the last owner can't.
    let hand_over = json!({"user_id": admin.user_id});
    let transfer = cloud
        .post("/v1/tenant/transfer-ownership")
        .as_(&owner)
        .json(&hand_over)
        .await;
    assert!(transfer.status < 300, "{transfer}");
    let me = cloud.get("/v1/me").as_(&admin).await.assert_status(200);
    assert_eq!(me.text("/role"), "owner");
    cloud
        .post("/v1/members/leave")
        .as_(&second_owner)
        .await
        .assert_status(204);
    cloud
        .post("/v1/members/leave")
        .as_(&owner)
        .await
        .assert_status(204);
    cloud
        .get(records(&first, "contacts"))
        .as_(&owner)
        .await
        .assert_problem(Kind::NotAMember);
    cloud
        .post("/v1/members/leave")
        .as_(&admin)
        .await
        .assert_problem(Kind::LastOwner);

    life.secrets.look_for_them(cloud).await;
}
