//! Pipelines, and the stages of them at which deals stand.

use super::tenant;
use serde_json::{Value, json};
use tests::{Answer, Kind, TestCloud, TestTenant};

fn stages(keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| json!({"key": key, "name": format!("Stage {key}")}))
        .collect()
}

async fn pipeline(tenant: &TestTenant, keys: &[&str]) -> String {
    let pipeline = json!({"name": "Sales", "stages": stages(keys)});
    let pipeline = tenant
        .create_record(&tenant.owner, "pipelines", pipeline)
        .await;
    assert_eq!(pipeline["stage_keys"], json!(keys));
    pipeline["id"].as_str().unwrap().to_owned()
}

async fn deal(tenant: &TestTenant, fields: Value) -> Answer {
    let mut deal = json!({"name": "Machine", "account_id": tenant.account().await});
    deal.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let post = tenant.cloud().post(tenant.records("deals"));
    post.as_(&tenant.owner).json(deal).await
}

async fn patch(tenant: &TestTenant, collection: &str, id: &str, body: Value) -> Answer {
    let patch = tenant.cloud().patch(tenant.record(collection, id));
    patch.as_(&tenant.owner).json(body).await
}

#[tokio::test]
async fn a_deal_stands_at_a_stage_of_its_pipeline() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let first = pipeline(&tenant, &["demo", "contract"]).await;
    let second = pipeline(&tenant, &["contract", "delivery"]).await;
    deal(&tenant, json!({"pipeline_id": first, "stage": "delivery"}))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/stage"]);
    // Without one, at one of those that there always are.
    deal(&tenant, json!({"stage": "demo"}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/stage"]);
    let created = deal(&tenant, json!({"pipeline_id": first, "stage": "demo"})).await;
    let id = created.assert_status(201).id();
    for (body, kind) in [
        (json!({"stage": "proposal"}), Kind::ReferenceNotFound),
        (json!({"stage": "delivery"}), Kind::ReferenceNotFound),
        (json!({"pipeline_id": second}), Kind::ReferenceNotFound),
        (json!({"pipeline_id": null}), Kind::ValidationFailed),
    ] {
        patch(&tenant, "deals", &id, body)
            .await
            .assert_problem(kind)
            .assert_fields(&["/stage"]);
    }
    for body in [
        json!({"stage": "contract"}),
        json!({"pipeline_id": second}),
        json!({"stage": "delivery", "name": "Moved"}),
        json!({"pipeline_id": null, "stage": "proposal"}),
        json!({"stage": "won"}),
    ] {
        let changed = patch(&tenant, "deals", &id, body.clone()).await;
        let changed = changed.assert_status(200);
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(changed.json[name], *value);
        }
        let stage = changed.text("/stage");
        let list = cloud
            .get(format!("{}?status={stage}", tenant.records("deals")))
            .as_(&tenant.owner)
            .await;
        assert_eq!(list.items(), std::slice::from_ref(&changed.json));
    }
}

#[tokio::test]
async fn a_stage_at_which_deals_stand_is_not_taken_away() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let pipeline = pipeline(&tenant, &["demo", "contract", "delivery"]).await;
    let change = |keys: &'static [&str]| {
        let body = json!({"stages": stages(keys)});
        patch(&tenant, "pipelines", &pipeline, body)
    };
    let first = deal(&tenant, json!({"pipeline_id": pipeline, "stage": "demo"})).await;
    let first = first.assert_status(201).id();
    let second = deal(&tenant, json!({"pipeline_id": pipeline, "stage": "demo"})).await;
    let second = second.assert_status(201).id();
    change(&["contract"])
        .await
        .assert_problem(Kind::StillReferenced)
        .assert_fields(&["/stages"]);
    let fewer = change(&["demo", "contract"]).await.assert_status(200);
    assert_eq!(fewer.json["stage_keys"], json!(["demo", "contract"]));
    // One goes on, the other one away.
    patch(&tenant, "deals", &first, json!({"stage": "contract"}))
        .await
        .assert_status(200);
    change(&["contract"])
        .await
        .assert_problem(Kind::StillReferenced);
    let path = tenant.record("deals", &second);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    change(&["contract"]).await.assert_status(200);
    // What comes back can't stand where nothing is any more.
    cloud
        .post(format!("{path}/restore"))
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/stage"]);
    cloud
        .delete(tenant.record("pipelines", &pipeline))
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::StillReferenced);
}

#[tokio::test]
async fn a_stage_has_a_key_of_its_own() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    for (wrong, pointer) in [
        (json!([]), "/stages"),
        (stages(&["demo", "demo"]), "/stages"),
        (json!([{"name": "Demo"}]), "/stages/0/key"),
        (stages(&["Demo"]), "/stages/0/key"),
        (stages(&["demo#1"]), "/stages/0/key"),
    ] {
        cloud
            .post(tenant.records("pipelines"))
            .as_(&tenant.owner)
            .json(json!({"name": "Sales", "stages": wrong}))
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn no_deal_is_left_where_its_stage_goes_at_that_moment() {
    let tenant = tenant().await;
    for _ in 0..10 {
        let pipeline = pipeline(&tenant, &["demo", "contract"]).await;
        let moving = deal(
            &tenant,
            json!({"pipeline_id": pipeline, "stage": "contract"}),
        )
        .await;
        let moving = moving.assert_status(201).id();
        let (change, moved, new) = tokio::join!(
            patch(
                &tenant,
                "pipelines",
                &pipeline,
                json!({"stages": stages(&["contract"])})
            ),
            patch(&tenant, "deals", &moving, json!({"stage": "demo"})),
            deal(&tenant, json!({"pipeline_id": pipeline, "stage": "demo"})),
        );
        if change.status == 200 {
            moved.assert_problem(Kind::ReferenceNotFound);
            new.assert_problem(Kind::ReferenceNotFound);
        } else {
            change.assert_problem(Kind::StillReferenced);
            assert!(moved.status == 200 || new.status == 201);
        }
    }
}
