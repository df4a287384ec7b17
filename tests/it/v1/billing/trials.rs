//! The end of trials: who is told, what goes on, and what a run that was cut off leaves to the next

use crate::apart;
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use serde_json::{Value, json};
use tests::{Role, TestCloud, TestTenant, function_id, now};

const DAY: u64 = 86_400;

/// Calls the directory as the worker does.
async fn directory(cloud: &TestCloud, operation: &str, mut body: Value) {
    let credentials = cloud
        .gateway()
        .role_credentials("TrialsExpireRole", "test")
        .unwrap();
    body["TableName"] = json!("DirectoryTable");
    cloud.dynamodb(&credentials, operation, body).await.ok();
}

/// Where it is noted that this tenant's trial is due, with the note.
fn due(tenant: &TestTenant) -> Option<(String, Value)> {
    let items = tenant.cloud().dump("DirectoryTable").into_iter();
    let mut items = items.filter(|item| item["tenant_id"]["S"] == json!(tenant.id));
    let item = items.find(|item| item["pk"]["S"].as_str().unwrap().starts_with("DUE#TRIAL#"))?;
    Some((item["pk"]["S"].as_str().unwrap().to_owned(), item))
}

/// Lets the tenant's trial end at another time: the items say so, each as it would have been written.
async fn ends_at(tenant: &TestTenant, at: u64) {
    let text = jiff::Timestamp::from_second(at.cast_signed())
        .unwrap()
        .to_string();
    tenant
        .set("TENANT", "trial_ends_at", json!({"S": text}))
        .await;
    tenant
        .set("SUBSCRIPTION", "trial_ends_at", json!({"S": text}))
        .await;
    let (pk, mut item) = due(tenant).expect("sign-up notes the end of the trial");
    let key = json!({"pk": item["pk"], "sk": item["sk"]});
    directory(tenant.cloud(), "DeleteItem", json!({"Key": key})).await;
    let shard = pk.rsplit('#').next().unwrap();
    item["pk"] = json!({"S": format!("DUE#TRIAL#{}#{shard}", at / DAY)});
    directory(tenant.cloud(), "PutItem", json!({"Item": item})).await;
}

async fn status(tenant: &TestTenant) -> (String, String) {
    let answer = tenant
        .cloud()
        .get("/v1/tenant/subscription")
        .as_(&tenant.owner)
        .await;
    let answer = answer.assert_status(200);
    (answer.text("/plan"), answer.text("/status"))
}

fn subjects(tenant: &TestTenant, part: &str) -> usize {
    let letters = tenant.cloud().letters(&tenant.owner.email);
    letters
        .iter()
        .filter(|letter| letter.subject.contains(part))
        .count()
}

/// A tenant with more people than free seats.
async fn large(cloud: &'static TestCloud, name: &str) -> TestTenant {
    let tenant = TestTenant::create(cloud, name).await;
    for _ in 0..3 {
        tenant.member(Role::Viewer).await;
    }
    tenant
}

/// One after the other, since each run deals with all that is due.
#[tokio::test]
async fn trials_are_announced_once_and_end_once() {
    let (cloud, _turn) = apart::cloud().await;
    let running = TestTenant::create(cloud, "runs").await;
    let soon = TestTenant::create(cloud, "soon").await;
    let small = TestTenant::create(cloud, "small").await;
    let large = large(cloud, "large").await;
    let paid = TestTenant::create(cloud, "paid").await;
    let longer = TestTenant::create(cloud, "longer").await;
    ends_at(&soon, now() + 2 * DAY + 600).await;
    for over in [&small, &large, &paid, &longer] {
        ends_at(over, now() - 60).await;
    }
    paid.subscribed("active", 12).await;
    let later = jiff::Timestamp::from_second((now() + 10 * DAY).cast_signed())
        .unwrap()
        .to_string();
    longer
        .set("SUBSCRIPTION", "trial_ends_at", json!({"S": later}))
        .await;

    // What one run has done the next ones leave.
    for _ in 0..3 {
        cloud.run_scheduled("trials-expire").await;
    }
    cloud.settled().await;
    assert_eq!(status(&running).await.1, "trialing");
    assert_eq!(status(&soon).await.1, "trialing");
    assert_eq!(
        status(&small).await,
        ("free".to_owned(), "active".to_owned())
    );
    assert_eq!(
        status(&large).await,
        ("team".to_owned(), "suspended".to_owned())
    );
    assert_eq!(
        status(&paid).await,
        ("team".to_owned(), "active".to_owned())
    );
    assert_eq!(status(&longer).await.1, "trialing");
    assert_eq!(subjects(&soon, "ends in 3 days"), 1);
    assert_eq!(
        (subjects(&small, "has ended"), subjects(&large, "has ended")),
        (1, 1)
    );
    for quiet in [&running, &paid, &longer] {
        assert_eq!(subjects(quiet, "trial"), 0);
    }
    // A note that is done with is gone, another day has another note.
    assert!(due(&small).is_none() && due(&large).is_none() && due(&paid).is_none());
    assert!(
        due(&longer)
            .unwrap()
            .0
            .starts_with(&format!("DUE#TRIAL#{}#", (now() + 10 * DAY) / DAY))
    );

    // Suspended is all but billing; the small one works on.
    cloud
        .get("/v1/members")
        .as_(&small.owner)
        .await
        .assert_status(200);
    assert_eq!(cloud.get("/v1/members").as_(&large.owner).await.status, 403);
}

#[tokio::test]
async fn days_on_which_nothing_ran_are_caught_up_and_what_was_cut_off_is_taken_up() {
    let (cloud, _turn) = apart::cloud().await;
    let missed = TestTenant::create(cloud, "missed").await;
    ends_at(&missed, now() - 9 * DAY).await;
    // The last run that came through was before that day.
    let cursor = json!({"pk": {"S": "DUE#TRIAL#CURSOR"}, "sk": {"S": "CURSOR"}, "day": {"N": (now() / DAY - 12).to_string()}});
    directory(cloud, "PutItem", json!({"Item": cursor})).await;
    // A run did its work on the tenant, and was cut off before it could note that.
    let cut_off = TestTenant::create(cloud, "cut").await;
    ends_at(&cut_off, now() - 60).await;
    let (_, note) = due(&cut_off).unwrap();
    cloud.run_scheduled("trials-expire").await;
    directory(cloud, "PutItem", json!({"Item": note})).await;
    cloud.run_scheduled("trials-expire").await;
    cloud.settled().await;
    for tenant in [&missed, &cut_off] {
        assert_eq!(
            status(tenant).await,
            ("free".to_owned(), "active".to_owned())
        );
        assert_eq!(subjects(tenant, "has ended"), 1);
        assert!(due(tenant).is_none());
    }
    let items = cloud.dump("DirectoryTable");
    let cursor = items
        .iter()
        .find(|item| item["pk"]["S"] == "DUE#TRIAL#CURSOR")
        .unwrap();
    assert_eq!(cursor["day"]["N"], json!((now() / DAY).to_string()));
}

/// A trial that ends soon, one that is over, and one that is over in a company with more people than are free.
struct Ended {
    soon: TestTenant,
    small: TestTenant,
    large: TestTenant,
}

async fn run(cloud: &TestCloud) {
    let function = function_id("trials-expire");
    let run = cloud.local().run_scheduled(&function).await;
    run.unwrap().unwrap();
}

impl Work for Ended {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let work = Self {
            soon: TestTenant::create(cloud, "soon").await,
            small: TestTenant::create(cloud, "small").await,
            large: large(cloud, "large").await,
        };
        // The days before have been dealt with.
        cloud.run_scheduled("trials-expire").await;
        ends_at(&work.soon, now() + 2 * DAY + 600).await;
        for over in [&work.small, &work.large] {
            ends_at(over, now() - 60).await;
        }
        work
    }

    async fn begin(&self, cloud: &'static TestCloud) {
        run(cloud).await;
    }

    /// It fails where something was left, and is then run again.
    async fn again(&self, cloud: &'static TestCloud) {
        run(cloud).await;
        cloud.settled().await;
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        assert_eq!(status(&self.soon).await.1, "trialing");
        let free = ("free".to_owned(), "active".to_owned());
        assert_eq!(status(&self.small).await, free);
        let suspended = ("team".to_owned(), "suspended".to_owned());
        assert_eq!(status(&self.large).await, suspended);
        assert_eq!(subjects(&self.soon, "ends in 3 days"), 1);
        for over in [&self.small, &self.large] {
            assert_eq!(subjects(over, "has ended"), 1);
            assert!(due(over).is_none());
        }
    }
}

#[tokio::test]
async fn trials_end_once_whatever_befalls_who_ends_them() {
    is_done_once_whatever_befalls::<Ended>("trials-expire").await;
}
