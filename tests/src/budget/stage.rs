//! The requests of the table, each with what it needs made beforehand.

use super::table::*;
use crate::{
    Answer, Authenticator, Direct, PASSWORD, Person, Request, Role, Route, TestCloud, TestTenant,
    billing_event, unique,
};
use serde_json::{Value, json};

/// What the requests need that can't be made while they are counted.
pub struct Stage {
    /// The cloud it is in.
    pub cloud: &'static TestCloud,
    tenant: TestTenant,
    /// Belongs to both tenants.
    guest: Person,
    viewer: Person,
    other: TestTenant,
    /// Has one member alone.
    solo: TestTenant,
    account: String,
}

impl Stage {
    /// Makes what the requests are about, in a cloud that nobody else uses meanwhile.
    pub async fn set(cloud: &'static TestCloud) -> Stage {
        let (tenant, other) = (
            TestTenant::create(cloud, "budget").await,
            TestTenant::create(cloud, "other").await,
        );
        tenant.set("TENANT", "seats", json!({"N": "1000"})).await;
        tenant
            .set("TENANT", "plan", json!({"S": "enterprise"}))
            .await;
        let solo = TestTenant::create(cloud, "solo").await;
        let guest = tenant.join(&other.owner, Role::Admin).await;
        let (viewer, account) = (tenant.member(Role::Viewer).await, tenant.account().await);
        for _ in 0..20 {
            tenant.contact().await;
        }
        Stage {
            cloud,
            tenant,
            guest,
            viewer,
            other,
            solo,
            account,
        }
    }

    /// Makes what the row's request uses up, and gives the request.
    pub async fn prepare(&self, row: &Row) -> Prepared {
        let route = Route::named(row.route);
        if route.api == "issuer" {
            let direct = Direct::new(&route.binary, row.route, route.path());
            let direct = direct.set("/requestContext/domainName", json!(ISSUER));
            return Prepared::Direct(direct, self.cloud);
        }
        Prepared::Http(Box::new(self.request(row).await))
    }

    async fn notification(&self) -> String {
        let notification = json!({"title": "Look", "type": "mention"});
        let (tenant, owner) = (&self.tenant, &self.tenant.owner);
        let notification = tenant.create_record(owner, "notifications", notification);
        notification.await["id"].as_str().unwrap().to_owned()
    }

    /// The path of a project with 25 chunks.
    async fn knowledge(&self) -> String {
        let project = self.project().await;
        let embedded = |at| json!({"text": "A passage.", "embedding": [at, 2, 3]});
        let records: Vec<Value> = (0..25).map(embedded).collect();
        let batch = self.cloud.post(format!("{project}/chunks/batch"));
        let batch = batch.as_(&self.solo.owner);
        let made = batch.json(json!({"records": records})).await;
        made.assert_status(201);
        project
    }

    /// There is a limit to a tenant's own roles: whoever repeats a request often comes to it.
    async fn few_roles(&self) {
        let (tenant, cloud) = (&self.tenant, self.cloud);
        let all = cloud.get("/v1/roles").as_(&tenant.owner).await;
        let ids = all.items().iter().filter_map(|role| role["id"].as_str());
        let own: Vec<&str> = ids.filter(|id| id.starts_with("rol_")).collect();
        if own.len() > 10 {
            for id in own {
                let delete = cloud.delete(format!("/v1/roles/{id}")).as_(&tenant.owner);
                delete.await.assert_status(204);
            }
        }
    }

    async fn custom_role(&self) -> String {
        self.few_roles().await;
        self.tenant.custom_role(&["records:read"]).await
    }

    /// A deal at the first of two stages.
    async fn in_pipeline(&self) -> Value {
        let stages =
            json!([{"key": "demo", "name": "Demo"}, {"key": "contract", "name": "Contract"}]);
        let pipeline = json!({"name": "Sales", "stages": stages});
        let (tenant, owner) = (&self.tenant, &self.tenant.owner);
        let pipeline = tenant.create_record(owner, "pipelines", pipeline).await;
        json!({"name": "Machine", "stage": "demo", "account_id": self.account, "pipeline_id": pipeline["id"]})
    }

    async fn request(&self, row: &Row) -> Request<'static> {
        let (cloud, tenant) = (self.cloud, &self.tenant);
        let owner = &tenant.owner;
        let (contacts, deals) = (tenant.records("contacts"), tenant.records("deals"));
        let deal = |contact: Option<String>| {
            let mut deal =
                json!({"name": "Machine", "stage": "proposal", "account_id": self.account});
            if let Some(contact) = contact {
                deal["contact_id"] = contact.into();
            }
            deal
        };
        match (row.route, row.case) {
            ("PATCH /v1/tenant/subscription", _) => cloud
                .patch("/v1/tenant/subscription")
                .as_(owner)
                .json(json!({"plan": "enterprise"})),
            ("POST /v1/billing/webhook", case) => {
                let event = match case {
                    "a payment" => {
                        let metadata = json!({"tenant_id": tenant.id});
                        let invoice = json!({"id": "in_1", "amount_paid": 100, "currency": "eur", "metadata": metadata});
                        billing_event("invoice.paid", invoice)
                    }
                    _ => {
                        let mut provided = tenant.provided("active", 1000);
                        provided["metadata"]["plan"] = json!("enterprise");
                        billing_event("customer.subscription.updated", provided)
                    }
                };
                if case == "not signed" {
                    cloud.post("/v1/billing/webhook").json(event)
                } else {
                    cloud.billing_request(&event).await
                }
            }
            ("GET /v1/tenant-lookup", "") => {
                cloud.get(format!("/v1/tenant-lookup?host={}.localhost", tenant.slug))
            }
            ("GET /v1/tenant-lookup", _) => {
                cloud.get("/v1/tenant-lookup?host=nobody-here.localhost")
            }
            (UPLOAD_URL | DOWNLOAD_URL, _) => {
                let file = tenant.file(owner, "a.pdf").await;
                tenant.upload(owner, &file, "application/pdf", b"x").await;
                let path = tenant.record("files", &file);
                match row.route {
                    UPLOAD_URL => cloud
                        .post(format!("{path}/upload-url"))
                        .as_(owner)
                        .json(crate::described("application/pdf", b"y")),
                    _ => cloud.get(format!("{path}/download-url")).as_(owner),
                }
            }
            (RECORD, "") => cloud
                .get(tenant.record("contacts", &tenant.contact().await))
                .as_(owner),
            (RECORD, "missing") => cloud
                .get(tenant.record("contacts", "rec_0198c5f0-0000-7000-8000-00000000000a"))
                .as_(owner),
            (RECORD, _) => cloud
                .get(self.other.record("contacts", &self.other.contact().await))
                .as_(owner),
            (RECORDS, "empty") => cloud
                .get(format!("/v1/projects/{}/accounts", tenant.project().await))
                .as_(owner),
            (RECORDS, "20 records by owner") => {
                cloud.get(format!("{contacts}?limit=20&owner_id={}", owner.user_id)).as_(owner)
            }
            (RECORDS, "by status") => {
                tenant.create_record(owner, "contacts", json!({"name": "Ada", "stage": "inactive"})).await;
                cloud.get(format!("{contacts}?limit=1&status=inactive")).as_(owner)
            }
            (RECORDS, "by reference") => {
                let account = tenant.account().await;
                tenant.create_record(owner, "contacts", json!({"name": "Ada", "account_id": account})).await;
                cloud.get(format!("{contacts}?reference=account_id:{account}")).as_(owner)
            }
            (RECORDS, "by name") => {
                let name = format!("Unheard-of {}", unique());
                tenant.create_record(owner, "contacts", json!({"name": name})).await;
                cloud.get(format!("{contacts}?name_prefix={}", name.replace(' ', "%20"))).as_(owner)
            }
            (RECORDS, "20 records by change") => {
                cloud.get(format!("{contacts}?limit=20&sort=-updated_at")).as_(owner)
            }
            (RECORDS, "two filters") => {
                cloud.get(format!("{contacts}?name_prefix=a&status=lead")).as_(owner)
            }
            (RECORDS_BATCH, "one changed, one deleted") => {
                let (one, other) = (tenant.contact().await, tenant.contact().await);
                let operations = json!([
                    {"update": {"id": one, "fields": {"name": "Changed"}}}, {"delete": {"id": other}},
                ]);
                let batch = cloud.post(format!("{contacts}/batch")).as_(owner);
                batch.json(json!({"operations": operations}))
            }
            (RECORDS_BATCH, _) => {
                let records = vec![json!({"name": "Ada Lovelace"}); 25];
                cloud.post(format!("{contacts}/batch")).as_(owner).json(json!({"records": records}))
            }
            (RECORDS_EXPORT, _) => cloud
                .get(format!("{}/export", tenant.records("competitors")))
                .as_(owner),
            (INBOX, case) => {
                self.notification().await;
                let query = if case == "unread" { "unread=true&" } else { "" };
                cloud.get(format!("{}?{query}limit=1", tenant.records("inbox"))).as_(owner)
            }
            (SEARCH, case) => {
                let project = match case {
                    "no chunks" => self.project().await,
                    _ => self.knowledge().await,
                };
                let wanted = if case == "another dimension" { vec![1] } else { vec![1, 2, 3] };
                let search = cloud.post(format!("{project}/search")).as_(&self.solo.owner);
                search.json(json!({"embedding": wanted}))
            }
            (RECORDS_CREATE, "with an embedding") => cloud
                .post(tenant.records("chunks"))
                .as_(owner)
                .json(json!({"text": "A passage.", "embedding": [1, 2, 3]})),
            (NOTIFICATION_READ, _) => {
                let path = tenant.record("notifications", &self.notification().await);
                cloud.post(format!("{path}/read")).as_(owner).json(json!({}))
            }
            (RECORD_RESTORE, _) => {
                let path = tenant.record("contacts", &tenant.contact().await);
                cloud.delete(&path).as_(owner).await.assert_status(204);
                cloud.post(format!("{path}/restore")).as_(owner)
            }
            (RECORD_DELETE, "that others need") => {
                let account = tenant.account().await;
                let deal = json!({"name": "Machine", "stage": "proposal", "account_id": account});
                tenant.create_record(owner, "deals", deal).await;
                cloud.delete(tenant.record("accounts", &account)).as_(owner)
            }
            (RECORD_DELETE, "that one record names") => {
                let contact = tenant.contact().await;
                tenant.create_record(owner, "deals", deal(Some(contact.clone()))).await;
                cloud.delete(tenant.record("contacts", &contact)).as_(owner)
            }
            (RECORDS, _) => cloud.get(format!("{contacts}?limit=20")).as_(owner),
            (RECORDS_CREATE, "") => cloud
                .post(contacts)
                .as_(owner)
                .json(json!({"name": "Ada Lovelace", "email": "ada@customer.example"})),
            // Each row is tried before it is counted: a key that stays the same is known by then.
            (RECORDS_CREATE, case @ ("with an Idempotency-Key" | "repeated")) => cloud
                .post(contacts)
                .as_(owner)
                .header(
                    "idempotency-key",
                    &if case == "repeated" { "budget".to_owned() } else { unique() },
                )
                .json(json!({"name": "Ada Lovelace", "email": "ada@customer.example"})),
            (RECORDS_CREATE, "2 KB") => cloud
                .post(contacts)
                .as_(owner)
                .json(json!({"name": "Ada", "notes": "x".repeat(2048)})),
            (RECORDS_CREATE, "with a reference") => cloud.post(deals).as_(owner).json(deal(None)),
            (RECORDS_CREATE, "two references") => {
                let contact = tenant.contact().await;
                cloud.post(deals).as_(owner).json(deal(Some(contact)))
            }
            (RECORDS_CREATE, "a notification") => cloud
                .post(tenant.records("notifications"))
                .as_(owner)
                .json(json!({"title": "Look", "type": "mention"})),
            (RECORDS_CREATE, "in a pipeline") => {
                cloud.post(deals).as_(owner).json(self.in_pipeline().await)
            }
            (RECORD_UPDATE, "another stage of its pipeline") => {
                let deal = tenant.create_record(owner, "deals", self.in_pipeline().await).await;
                let path = tenant.record("deals", deal["id"].as_str().unwrap());
                cloud.patch(path).as_(owner).json(json!({"stage": "contract"}))
            }
            (RECORDS_CREATE, _) => cloud.post(deals).as_(owner).json(json!({"colour": "red"})),
            (RECORD_UPDATE, "") => self.change().await.json(json!({"name": "Changed"})),
            (RECORD_UPDATE, "with a reference") => self
                .change()
                .await
                .json(json!({"account_id": self.account})),
            (RECORD_UPDATE, _) => self
                .change()
                .await
                .header("if-match", "\"7\"")
                .json(json!({"name": "Changed"})),
            (RECORD_DELETE, _) => cloud
                .delete(tenant.record("contacts", &tenant.contact().await))
                .as_(owner),
            ("GET /v1/projects/{project_id}", _) => cloud
                .get(format!("/v1/projects/{}", tenant.project_id))
                .as_(owner),
            ("GET /v1/tenant/onboarding", _) => {
                cloud.get("/v1/tenant/onboarding").as_(&self.solo.owner)
            }
            ("PATCH /v1/tenant", case) => {
                let body = match case {
                    "slug" => json!({"slug": format!("solo-{}", unique())}),
                    _ => json!({"metadata": {"n": unique()}}),
                };
                cloud.patch("/v1/tenant").as_(&self.solo.owner).json(body)
            }
            ("DELETE /v1/tenant", _) => {
                let back = cloud.patch("/v1/tenant").as_(&self.solo.owner);
                let back = back.json(json!({"cancelled": false})).await;
                back.assert_status(200);
                cloud.delete("/v1/tenant").as_(&self.solo.owner)
            }
            ("PUT /v1/tenant/branding", _) => cloud
                .put("/v1/tenant/branding")
                .as_(owner)
                .json(json!({"primary_color": "#0a7f5a"})),
            ("PUT /v1/tenant/settings", _) => cloud
                .put("/v1/tenant/settings")
                .as_(owner)
                .json(json!({"locale": "de"})),
            ("POST /v1/tenant/domains", _) => {
                self.no_domains().await;
                let domain = format!("{}.example", unique());
                cloud
                    .post("/v1/tenant/domains")
                    .as_(owner)
                    .json(json!({"domain": domain}))
            }
            ("POST /v1/tenant/domains/{domain}/verify", _) => {
                self.no_domains().await;
                let path = format!("/v1/tenant/domains/{}/verify", tenant.domain().await);
                cloud.post(path).as_(owner)
            }
            ("DELETE /v1/tenant/domains/{domain}", _) => {
                self.no_domains().await;
                let path = format!("/v1/tenant/domains/{}", tenant.domain().await);
                cloud.delete(path).as_(owner)
            }
            ("GET /v1/projects/{project_id}/members", _) => cloud
                .get(format!("/v1/projects/{}/members", tenant.project_id))
                .as_(owner),
            ("PATCH /v1/projects/{project_id}", case) => {
                let body = match case {
                    "visibility" => json!({"visibility": "private"}),
                    _ => json!({"name": "Next"}),
                };
                let path = self.project().await;
                cloud.patch(path).as_(&self.solo.owner).json(body)
            }
            ("POST /v1/projects/{project_id}/archive", case) => {
                let path = format!("{}/archive", self.project().await);
                if !case.is_empty() {
                    let archive = cloud.post(&path).as_(&self.solo.owner).await;
                    archive.assert_status(200);
                }
                cloud.post(path).as_(&self.solo.owner)
            }
            ("POST /v1/projects/{project_id}/unarchive", _) => {
                let path = self.project().await;
                let archive = cloud
                    .post(format!("{path}/archive"))
                    .as_(&self.solo.owner)
                    .await;
                archive.assert_status(200);
                cloud
                    .post(format!("{path}/unarchive"))
                    .as_(&self.solo.owner)
            }
            ("PUT /v1/projects/{project_id}/members/{user_id}", "somebody else") => {
                let user = tenant.member(Role::Viewer).await.user_id;
                let path = format!("/v1/projects/{}/members/{user}", tenant.project_id);
                cloud.put(path).as_(owner).json(json!({"role": "reader"}))
            }
            ("DELETE /v1/projects/{project_id}/members/{user_id}", "somebody else") => {
                let user = tenant.member(Role::Viewer).await.user_id;
                let path = format!("/v1/projects/{}/members/{user}", tenant.project_id);
                let put = cloud.put(&path).as_(owner).json(json!({"role": "reader"}));
                put.await.assert_status(200);
                cloud.delete(path).as_(owner)
            }
            ("PUT /v1/projects/{project_id}/members/{user_id}", _) => {
                let owner = &self.solo.owner;
                let path = format!("{}/members/{}", self.project().await, owner.user_id);
                cloud.put(path).as_(owner).json(json!({"role": "reader"}))
            }
            ("DELETE /v1/projects/{project_id}/members/{user_id}", _) => {
                let owner = &self.solo.owner;
                let path = format!("{}/members/{}", self.project().await, owner.user_id);
                cloud.delete(path).as_(owner)
            }
            ("DELETE /v1/projects/{project_id}", _) => {
                cloud.delete(self.project().await).as_(&self.solo.owner)
            }
            ("POST /v1/projects", _) => {
                self.project().await;
                cloud
                    .post("/v1/projects")
                    .as_(&self.solo.owner)
                    .json(json!({"name": "Next"}))
            }
            ("GET /v1/invitations", "pending") => {
                cloud.get("/v1/invitations?status=pending").as_(owner)
            }
            ("GET /v1/invitations", _) => cloud.get("/v1/invitations?limit=5").as_(owner),
            ("POST /v1/invitations/bulk", _) => {
                let csv = format!("email,role\n{0}a@b.example,viewer\n{0}b@b.example,viewer", unique());
                let request = cloud.post("/v1/invitations/bulk").as_(owner);
                request.json(json!({"csv": csv}))
            }
            ("POST /v1/invitations/{invitation_id}/resend", _) => {
                let id = tenant.invite(Role::Viewer).await.id;
                let request = cloud.post(format!("/v1/invitations/{id}/resend")).as_(owner);
                request.json(json!({"send_email": false}))
            }
            ("DELETE /v1/invitations/{invitation_id}", _) => {
                let id = tenant.invite(Role::Viewer).await.id;
                cloud.delete(format!("/v1/invitations/{id}")).as_(owner)
            }
            ("POST /v1/invitations/preview", _) => {
                let token = tenant.invite(Role::Viewer).await.token;
                let request = cloud.post("/v1/invitations/preview");
                request.json(json!({"token": token}))
            }
            ("GET /v1/members/{user_id}", _) => cloud
                .get(format!("/v1/members/{}", self.viewer.user_id))
                .as_(owner),
            ("PATCH /v1/members/{user_id}", case) => {
                let body = match case {
                    "deactivated" => json!({"status": "deactivated"}),
                    _ => json!({"role": "manager"}),
                };
                let user = tenant.member(Role::Viewer).await.user_id;
                let request = cloud.patch(format!("/v1/members/{user}")).as_(owner);
                request.json(body)
            }
            ("DELETE /v1/members/{user_id}", _) => {
                let user = tenant.member(Role::Viewer).await.user_id;
                cloud.delete(format!("/v1/members/{user}")).as_(owner)
            }
            ("POST /v1/exports", _) => {
                let export = json!({"project_id": tenant.project_id, "collection": "contacts"});
                cloud.post("/v1/exports").as_(owner).json(export)
            }
            ("GET /v1/exports", _) => {
                tenant.export_of(owner, "contacts").await;
                cloud.settled().await;
                cloud.get("/v1/exports?limit=2").as_(owner)
            }
            ("GET /v1/exports/{export_id}", _) => {
                let id = tenant.export_of(owner, "contacts").await;
                cloud.settled().await;
                cloud.get(format!("/v1/exports/{id}")).as_(owner)
            }
            ("POST /v1/roles", _) => {
                self.few_roles().await;
                let name = format!("Role {}", unique());
                let request = cloud.post("/v1/roles").as_(owner);
                request.json(json!({"name": name, "permissions": ["records:read"]}))
            }
            ("GET /v1/roles/{role_id}", _) => {
                let role = self.custom_role().await;
                cloud.get(format!("/v1/roles/{role}")).as_(owner)
            }
            ("PATCH /v1/roles/{role_id}", _) => {
                let role = self.custom_role().await;
                let request = cloud.patch(format!("/v1/roles/{role}")).as_(owner);
                request.json(json!({"permissions": ["records:read", "records:update"]}))
            }
            ("DELETE /v1/roles/{role_id}", _) => {
                let role = self.custom_role().await;
                cloud.delete(format!("/v1/roles/{role}")).as_(owner)
            }
            ("POST /v1/tenant/transfer-ownership", _) => {
                let from = tenant.member(Role::Owner).await;
                let to = tenant.member(Role::Viewer).await.user_id;
                let request = cloud.post("/v1/tenant/transfer-ownership").as_(&from);
                request.json(json!({"user_id": to}))
            }
            ("POST /v1/invitations", case) => {
                let email = format!("{}@budget.example", unique());
                cloud.post("/v1/invitations").as_(owner).json(
                    json!({"email": email, "role": "viewer", "send_email": case == "by e-mail"}),
                )
            }
            ("POST /v1/invitations/accept", "signed in") => {
                let person = TestTenant::create(cloud, "joins").await.owner;
                let token = tenant.invitation(Role::Viewer, &person.email).await;
                cloud
                    .post("/v1/invitations/accept")
                    .as_(&person)
                    .json(json!({"token": token}))
            }
            ("POST /v1/invitations/accept", _) => {
                let token = tenant
                    .invitation(Role::Viewer, &format!("{}@budget.example", unique()))
                    .await;
                cloud
                    .post("/v1/invitations/accept")
                    .json(json!({"token": token, "name": "Guest", "password": PASSWORD}))
            }
            ("POST /v1/auth/login", "second factor due") => {
                let person = tenant.member(Role::Viewer).await;
                Authenticator::enrol(cloud, &person).await;
                cloud
                    .post("/v1/auth/login")
                    .json(json!({"email": person.email, "password": PASSWORD}))
            }
            ("POST /v1/auth/mfa", case) => {
                let person = tenant.member(Role::Viewer).await;
                let mut app = Authenticator::enrol(cloud, &person).await;
                let token = cloud.mfa_token(&person).await;
                let body = match case {
                    "code" => json!({"mfa_token": token, "code": app.code().await}),
                    "wrong code" => json!({"mfa_token": token, "code": app.wrong_code()}),
                    _ => json!({"mfa_token": token, "recovery_code": app.recovery_codes[0]}),
                };
                cloud.post("/v1/auth/mfa").json(body)
            }
            ("POST /v1/auth/step-up", case) => {
                let person = tenant.member(Role::Viewer).await;
                let mut body = json!({"password": PASSWORD});
                if case == "code" {
                    let mut app = Authenticator::enrol(cloud, &person).await;
                    body = json!({"code": app.code().await});
                }
                cloud.post("/v1/auth/step-up").as_(&person).json(body)
            }
            ("POST /v1/me/mfa/totp", _) => cloud.post("/v1/me/mfa/totp").as_(&self.viewer),
            ("POST /v1/me/mfa/totp/confirm", _) => {
                let person = tenant.member(Role::Viewer).await;
                let mut app = Authenticator::start(cloud, &person).await;
                // So that the function has this person's credentials.
                let wrong = json!({"code": app.wrong_code()});
                let path = "/v1/me/mfa/totp/confirm";
                cloud.post(path).as_(&person).json(wrong).await;
                let code = app.code().await;
                cloud
                    .post("/v1/me/mfa/totp/confirm")
                    .as_(&person)
                    .json(json!({"code": code}))
            }
            ("POST /v1/me/mfa/recovery-codes" | "DELETE /v1/me/mfa/totp", _) => {
                let person = tenant.member(Role::Viewer).await;
                let (method, path) = row.route.split_once(' ').unwrap();
                let send = || cloud.request(method.parse().unwrap(), path).as_(&person);
                // Without a second factor it changes nothing, and has this person's credentials from then on.
                send().await;
                Authenticator::enrol(cloud, &person).await;
                send()
            }
            ("POST /v1/auth/login", case) => {
                // Somebody with few sessions: all are read.
                let person = match case {
                    "no account" => "nobody@budget.example".to_owned(),
                    _ => tenant.member(Role::Viewer).await.email,
                };
                let password = if case.is_empty() {
                    PASSWORD
                } else {
                    "another-lamp-31"
                };
                cloud
                    .post("/v1/auth/login")
                    .json(json!({"email": person, "password": password}))
            }
            ("POST /v1/auth/forgot-password", case) => {
                let email = match case {
                    "" => tenant.member(Role::Viewer).await.email,
                    _ => format!("nobody-{}@budget.example", unique()),
                };
                cloud
                    .post("/v1/auth/forgot-password")
                    .json(json!({"email": email}))
            }
            ("POST /v1/auth/reset-password", case) => {
                let person = tenant.member(Role::Viewer).await;
                cloud
                    .post("/v1/auth/forgot-password")
                    .json(json!({"email": person.email}))
                    .await
                    .assert_status(202);
                let token = cloud.mailed_token(&person.email, "reset-password").await;
                let body = json!({"token": token, "password": "seven-quiet-orchards"});
                let reset = || cloud.post("/v1/auth/reset-password").json(&body);
                if case != "one session" {
                    reset().await.assert_status(204);
                }
                reset()
            }
            ("POST /v1/auth/verify-email", case) => {
                let person = tenant.member(Role::Viewer).await;
                let mut to = person.email.clone();
                let ask = match case {
                    "the present address" => cloud.post("/v1/auth/resend-verification"),
                    _ => {
                        to = format!("new-{}@budget.example", unique());
                        cloud
                            .post("/v1/me/change-email")
                            .json(json!({"email": to}))
                    }
                };
                ask.as_(&person).await.assert_status(202);
                let token = cloud.mailed_token(&to, "verify-email").await;
                cloud
                    .post("/v1/auth/verify-email")
                    .json(json!({"token": token}))
            }
            ("POST /v1/auth/resend-verification", _) => cloud
                .post("/v1/auth/resend-verification")
                .as_(&tenant.member(Role::Viewer).await),
            ("PATCH /v1/me", case) => {
                let body = match case {
                    "name" => json!({"name": "Vera"}),
                    _ => json!({"locale": "en"}),
                };
                cloud
                    .patch("/v1/me")
                    .as_(&tenant.member(Role::Viewer).await)
                    .json(body)
            }
            ("POST /v1/me/change-password", _) => cloud
                .post("/v1/me/change-password")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({"current_password": PASSWORD, "new_password": "seven-quiet-orchards"})),
            ("POST /v1/me/change-email", _) => cloud
                .post("/v1/me/change-email")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({"email": format!("new-{}@budget.example", unique()), "password": PASSWORD})),
            ("POST /v1/me/tenants", _) => cloud
                .post("/v1/me/tenants")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({"name": "Next", "slug": format!("next-{}", unique())})),
            ("POST /v1/auth/refresh", _) => {
                let session = tenant.log_in(owner).await;
                cloud
                    .post("/v1/auth/refresh")
                    .json(json!({"refresh_token": session.refresh_token}))
            }
            ("POST /v1/auth/switch-tenant", _) => {
                let session = self.other.log_in(&self.guest).await;
                cloud
                    .post("/v1/auth/switch-tenant")
                    .as_(&session)
                    .json(json!({"tenant_id": tenant.id}))
            }
            ("DELETE /v1/me/sessions/{session_id}", _) => {
                let session = tenant.log_in(owner).await;
                cloud
                    .delete(format!("/v1/me/sessions/{}", session.session_id))
                    .as_(owner)
            }
            ("DELETE /v1/me/sessions", _) => {
                // Not the owner, who has ended many sessions: they stay for a day, and the query reads them.
                tenant.log_in(&self.viewer).await;
                cloud.delete("/v1/me/sessions").as_(&self.viewer)
            }
            ("POST /v1/auth/logout", _) => {
                let session = tenant.log_in(owner).await;
                cloud.post("/v1/auth/logout").as_(&session).json(json!({}))
            }
            ("POST /v1/tenants", case) => {
                let slug = match case {
                    "slug in use" => tenant.slug.clone(),
                    _ => format!("next-{}", unique()),
                };
                let sign_up = cloud.post("/v1/tenants").json(json!({
                    "name": "Next", "slug": slug, "owner_name": "Olivia Owner",
                    "owner_email": format!("{}@next.example", unique()), "owner_password": PASSWORD,
                }));
                match case {
                    "with an Idempotency-Key" => {
                        sign_up.header("idempotency-key", &uuid::Uuid::new_v4().to_string())
                    }
                    _ => sign_up,
                }
            }
            ("POST /v1/members/leave", _) => cloud
                .post("/v1/members/leave")
                .as_(&tenant.member(Role::Viewer).await)
                .json(json!({})),
            (route, _) => {
                let route = Route::named(route);
                assert!(
                    route.method() == "GET" && !route.path().contains('{'),
                    "{} has no request in budget/stage.rs",
                    route.route_key
                );
                let request = cloud.get(route.path());
                if route.is_public() {
                    request
                } else {
                    request.as_(owner)
                }
            }
        }
    }

    /// The path of a new project, of few: a tenant's item that holds many takes a second write unit.
    async fn project(&self) -> String {
        let (cloud, owner) = (self.cloud, &self.solo.owner);
        let list = cloud.get("/v1/projects").as_(owner).await;
        for project in list.items().iter().skip(1) {
            let path = format!("/v1/projects/{}", project["id"].as_str().unwrap());
            cloud.delete(path).as_(owner).await.assert_status(204);
        }
        format!("/v1/projects/{}", self.solo.project().await)
    }

    /// Gives all domains up: a tenant may have a few only.
    async fn no_domains(&self) {
        let (cloud, owner) = (self.cloud, &self.tenant.owner);
        let list = cloud.get("/v1/tenant/domains").as_(owner).await;
        for domain in list.items() {
            let path = format!("/v1/tenant/domains/{}", domain["domain"].as_str().unwrap());
            cloud.delete(path).as_(owner).await.assert_status(204);
        }
    }

    async fn change(&self) -> Request<'static> {
        let contact = self.tenant.contact().await;
        self.cloud
            .patch(self.tenant.record("contacts", &contact))
            .as_(&self.tenant.owner)
    }
}

/// A request that waits to be sent.
pub enum Prepared {
    /// To the API.
    Http(Box<Request<'static>>),
    /// To the issuer's functions, which have no port of their own.
    Direct(Direct, &'static TestCloud),
}

impl Prepared {
    /// Sends it.
    pub async fn send(self) -> Answer {
        match self {
            Self::Http(request) => (*request).await,
            Self::Direct(direct, cloud) => direct.send(cloud).await,
        }
    }
}
