//! What the sweep finds in place: two tenants with everything in them, people of each role, and those who are out.

use super::records;
use super::requests::Ask;
use serde_json::json;
use std::collections::BTreeMap;
use tests::{Invited, Person, Role, TestCloud, TestTenant, unique};
use tokio::sync::OnceCell;

/// A tenant with something of everything.
pub(crate) struct Place {
    pub(crate) tenant: TestTenant,
    records: BTreeMap<&'static str, String>,
    /// Of a session of the owner that nobody else uses.
    pub(crate) refresh_token: String,
    /// A sales representative, in the first project.
    pub(crate) member: Person,
    /// An invitation that nobody else accepts.
    pub(crate) invitation_token: String,
    /// An invitation that nobody accepts.
    pub(crate) pending: Invited,
    /// A domain whose record stands in DNS.
    pub(crate) domain: String,
    /// A custom role.
    pub(crate) role_id: String,
    /// An export of the owner's.
    pub(crate) export_id: String,
    /// Of somebody's link to a new password, which nobody else follows.
    pub(crate) reset_token: String,
    /// Of the link that proves the address, likewise.
    pub(crate) verify_token: String,
}

impl Place {
    pub(crate) async fn create(cloud: &'static TestCloud, name: &str) -> Place {
        let tenant = TestTenant::create(cloud, name).await;
        // More than any sweep fills.
        tenant.set("TENANT", "seats", json!({"N": "500"})).await;
        tenant
            .set("TENANT", "plan", json!({"S": "enterprise"}))
            .await;
        let refresh_token = tenant.log_in(&tenant.owner).await.refresh_token;
        let address = format!("invited-{}@customer.example", unique());
        let invitation_token = tenant.invitation(Role::Viewer, &address).await;
        let member = tenant.member(Role::SalesRep).await;
        let pending = tenant.invite(Role::Viewer).await;
        // Two, so that a page of one has a next.
        tenant.domain().await;
        let domain = tenant.domain().await;
        let role_id = tenant.custom_role(&["contacts:read"]).await;
        // Two, so that a page of one has a next.
        tenant.export_of(&tenant.owner, "contacts").await;
        let export_id = tenant.export_of(&tenant.owner, "contacts").await;
        let linked = tenant.member(Role::Viewer).await;
        let resend = cloud.post("/v1/auth/resend-verification").as_(&linked);
        resend.await.assert_status(202);
        let forgot = json!({"email": linked.email});
        let forgot = cloud.post("/v1/auth/forgot-password").json(forgot);
        forgot.await.assert_status(202);
        let mut place = Place {
            tenant,
            pending,
            role_id,
            export_id,
            domain,
            verify_token: cloud.mailed_token(&linked.email, "verify-email").await,
            reset_token: cloud.mailed_token(&linked.email, "reset-password").await,
            member,
            records: BTreeMap::new(),
            refresh_token,
            invitation_token,
        };
        for collection in records::all() {
            // Two, so that a page of one has a next; one of what a tenant has one of.
            let number = if records::is_only(collection) { 1 } else { 2 };
            for _ in 0..number {
                let ask = Ask {
                    place: &place,
                    person: &place.tenant.owner,
                    collection,
                };
                let fields = records::new(&ask);
                let record = place
                    .tenant
                    .create_record(&place.tenant.owner, collection, fields)
                    .await;
                place
                    .records
                    .insert(collection, record["id"].as_str().unwrap().to_owned());
            }
        }
        let (tenant, file) = (&place.tenant, place.record("files"));
        let owner = &tenant.owner;
        tenant
            .upload(owner, file, "application/pdf", b"swept")
            .await;
        place.tenant.project().await;
        place
    }

    /// A record of this collection in the first project.
    pub(crate) fn record(&self, collection: &str) -> &str {
        &self.records[collection]
    }

    /// Deletes the one record of a collection of which a tenant has no more.
    pub(crate) async fn make_room(&self, collection: &str) {
        let path = self.tenant.record(collection, self.record(collection));
        let delete = self.tenant.cloud().delete(path);
        // It may be gone already.
        delete.as_(&self.tenant.owner).await;
    }

    /// People of the tenant, one of each role.
    pub(crate) async fn people(&self) -> BTreeMap<Role, Person> {
        let mut people = BTreeMap::from([(Role::Owner, self.tenant.owner.clone())]);
        for role in [Role::Admin, Role::Manager, Role::SalesRep, Role::Viewer] {
            people.insert(role, self.tenant.member(role).await);
        }
        people
    }
}

/// Two tenants and those who must not get in.
pub(crate) struct World {
    /// The tenant that is asked for.
    pub(crate) acme: Place,
    /// The other one. Its owner also belongs to a third.
    pub(crate) globex: Place,
    /// A tenant that is suspended.
    pub(crate) suspended: Place,
    /// A tenant that its owner has ended.
    pub(crate) cancelled: Place,
    /// People of Acme, one of each role.
    pub(crate) people: BTreeMap<Role, Person>,
    /// Was an administrator of Acme.
    pub(crate) removed: Person,
    /// An administrator of Acme, in a session that was revoked.
    pub(crate) revoked: Person,
}

impl World {
    /// The world of the whole sweep.
    pub(crate) async fn shared() -> &'static World {
        static WORLD: OnceCell<World> = OnceCell::const_new();
        WORLD
            .get_or_init(|| World::create(TestCloud::shared()))
            .await
    }

    async fn create(cloud: &'static TestCloud) -> World {
        let (acme, globex, suspended, cancelled) = tokio::join!(
            Place::create(cloud, "acme"),
            Place::create(cloud, "globex"),
            Place::create(cloud, "suspended"),
            Place::create(cloud, "cancelled"),
        );
        let people = acme.people().await;
        globex.tenant.member(Role::Viewer).await;
        cancelled
            .tenant
            .join(&globex.tenant.owner, Role::Viewer)
            .await;
        let removed = acme.tenant.member(Role::Admin).await;
        acme.tenant.remove(&removed).await;
        let revoked = acme.tenant.member(Role::Admin).await;
        cloud
            .post("/v1/auth/logout")
            .as_(&revoked)
            .await
            .assert_status(204);
        suspended.tenant.set_status("suspended").await;
        cancelled.tenant.set_status("cancelled").await;
        World {
            acme,
            globex,
            suspended,
            cancelled,
            people,
            removed,
            revoked,
        }
    }
}
