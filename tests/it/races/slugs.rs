//! Slugs that change at the same time.

use super::{at_once, bring_about, everything, tally};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant, unique};

/// The slugs that lead to a tenant, the one in its own item, and those in its members' memberships: one and the same.
fn slug_of(cloud: &TestCloud, tenant: &TestTenant, members: usize) -> String {
    let all = everything(cloud);
    let own = &all[&format!("TenantTable TENANT#{} TENANT", tenant.uuid())]["slug"]["S"];
    let own = own.as_str().unwrap().to_owned();
    let entries: Vec<&str> = all
        .iter()
        .filter(|(key, item)| {
            key.starts_with("DirectoryTable SLUG#") && item["tenant_id"]["S"] == tenant.id
        })
        .map(|(_, item)| item["slug"]["S"].as_str().unwrap())
        .collect();
    assert_eq!(entries, [own.as_str()]);
    let copies = all.iter().filter(|(key, _)| {
        key.starts_with("DirectoryTable USER#")
            && key.ends_with(&format!(" TENANT#{}", tenant.uuid()))
    });
    let mut count = 0;
    for (key, copy) in copies {
        count += 1;
        assert_eq!(copy["slug"]["S"], own.as_str(), "{key}");
    }
    assert_eq!(count, members);
    own
}

#[tokio::test]
async fn of_two_tenants_that_want_a_slug_one_gets_it() {
    let (cloud, _turn) = apart::cloud().await;
    let tenants = [
        TestTenant::create(cloud, "one").await,
        TestTenant::create(cloud, "two").await,
    ];
    for tenant in &tenants {
        tenant.member(Role::Viewer).await;
    }
    for round in 0..50 {
        let wanted = format!("wanted-{}", unique());
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 4)],
        );
        let answers = at_once(tenants.iter().map(|tenant| {
            cloud
                .patch("/v1/tenant")
                .as_(&tenant.owner)
                .json(json!({"slug": wanted}))
        }))
        .await;
        let told = tally(&answers);
        assert_eq!((told["200 success"], told["409 already-taken"]), (1, 1));
        let slugs = tenants.each_ref().map(|tenant| slug_of(cloud, tenant, 2));
        let with_it = slugs.iter().filter(|slug| **slug == wanted).count();
        assert_eq!(with_it, 1, "{slugs:?}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_renamed_twice_at_once_has_one_name() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "both").await;
    let admin = tenant.member(Role::Admin).await;
    for round in 0..50 {
        let wanted = [format!("a-{}", unique()), format!("b-{}", unique())];
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 3)],
        );
        let answers = at_once([&tenant.owner, &admin].into_iter().zip(&wanted).map(
            |(person, slug)| {
                cloud
                    .patch("/v1/tenant")
                    .as_(person)
                    .json(json!({"slug": slug}))
            },
        ))
        .await;
        // Both changes happened, one after the other.
        assert_eq!(tally(&answers)["200 success"], 2, "{:?}", tally(&answers));
        assert!(wanted.contains(&slug_of(cloud, &tenant, 2)));
    }
}

/// Who joins meanwhile has a copy of the slug too: the new one, whichever of both came first.
#[tokio::test]
async fn who_joins_during_a_renaming_knows_the_new_name() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "joined").await;
    tenant.set("TENANT", "seats", json!({"N": "100"})).await;
    let mut members = 1;
    for round in 0..50 {
        let invited = tenant.invite(Role::Viewer).await;
        let wanted = format!("c-{}", unique());
        bring_about(
            cloud,
            "TransactWriteItems",
            &[(FaultError::TransactionConflict, round % 3)],
        );
        let rename = cloud
            .patch("/v1/tenant")
            .as_(&tenant.owner)
            .json(json!({"slug": wanted}));
        let join = cloud.post("/v1/invitations/accept").json(json!({
            "token": invited.token, "name": "Joe Joined", "password": tests::PASSWORD,
        }));
        let answers = at_once([rename, join]).await;
        assert_eq!(answers[0].status, 200);
        // Whoever was overtaken by the renaming tries again.
        match answers[1].status {
            201 => members += 1,
            _ => {
                answers[1].assert_problem(Kind::Conflict);
            }
        }
        assert_eq!(slug_of(cloud, &tenant, members), wanted);
    }
    assert!(members > 1, "nobody ever joined");
}
