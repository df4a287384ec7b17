//! `POST /v1/invitations/bulk`

use super::{accept_as_new, address, counts, token_in};
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

async fn bulk(by: &Person, csv: &str) -> Answer {
    TestCloud::shared()
        .post("/v1/invitations/bulk")
        .as_(by)
        .json(json!({"csv": csv}))
        .await
}

/// What became of each line.
fn outcomes(answer: &Answer) -> Vec<(u64, &str)> {
    let rows = answer.json["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["line"].as_u64().unwrap(),
            row["outcome"].as_str().unwrap(),
        )
    })
    .collect()
}

#[tokio::test]
async fn each_line_stands_for_itself() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (first, second, third) = (address(), address(), address());
    let csv = format!(
        "email,role,project_ids\n{first},viewer,\n{second},sales_rep,{project}\nnobody,viewer,\n{third},emperor,\n{third},viewer,prj_x\n\"{third}\",manager\n",
        project = tenant.project_id
    );
    let answer = bulk(&tenant.owner, &csv).await.assert_status(200);
    let (made, not) = ("created", "refused");
    assert_eq!(
        outcomes(&answer),
        [
            (2, made),
            (3, made),
            (4, not),
            (5, not),
            (6, not),
            (7, made)
        ]
    );
    assert_eq!(answer.json["created"], 3);
    assert_eq!(counts(&tenant), (1, 4));
    for (row, part) in [(2, "email"), (3, "role"), (4, "project_ids")] {
        let row = &answer.json["rows"][row];
        assert_eq!(row["problem"], Kind::ValidationFailed.slug(), "{row}");
        assert!(row["detail"].as_str().unwrap().contains(part), "{row}");
    }
    // All of them are written to, and the links are good.
    let letter = cloud.letter(&second, "token=").await;
    let joined = accept_as_new(token_in(&letter.text))
        .await
        .assert_status(201);
    let me = cloud
        .get("/v1/me")
        .as_(&Person::signed_in(&joined, &second))
        .await;
    assert_eq!(
        (&me.json["role"], &me.json["projects"]),
        (&json!("sales_rep"), &json!([tenant.project_id]))
    );

    // Sent again, it invites nobody twice.
    let again = bulk(
        &tenant.owner,
        &format!("email,role\n{first},viewer\n{third},viewer"),
    )
    .await
    .assert_status(200);
    let already = "already_invited";
    assert_eq!(outcomes(&again), [(2, already), (3, already)]);
    assert_eq!(again.json["rows"][0]["id"], answer.json["rows"][0]["id"]);
    assert_eq!(counts(&tenant), (2, 4));
}

#[tokio::test]
async fn lines_beyond_the_seats_or_the_role_are_refused() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    tenant.set("TENANT", "seats", json!({"N": "4"})).await;
    let manager = tenant.member(Role::Manager).await;
    let lines: String = ["viewer", "admin", "viewer", "viewer"]
        .map(|role| format!("{},{role}\n", address()))
        .concat();
    let answer = bulk(&manager, &format!("email,role\n{lines}"))
        .await
        .assert_status(200);
    let problems: Vec<&Value> = answer.json["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["problem"])
        .collect();
    let denied = json!(Kind::PermissionDenied.slug());
    let full = json!(Kind::SeatLimit.slug());
    assert_eq!(problems, [&Value::Null, &denied, &Value::Null, &full]);
    assert_eq!(counts(&tenant), (2, 4));
}

#[tokio::test]
async fn what_is_no_list_invites_nobody() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let good = address();
    let long = format!("email,role\n{}", format!("{good},viewer\n").repeat(101));
    for csv in [
        "",
        "email,role",
        "email,phone\na@b.example,1",
        &format!("{good},viewer"),
        &long,
    ] {
        bulk(&tenant.owner, csv)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/csv"]);
    }
    assert_eq!(counts(&tenant), (1, 1));
}
