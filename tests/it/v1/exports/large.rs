//! Exports of several parts.

use super::{LARGE, ask, exported, file, finished, ids, large_records, lines};
use serde_json::{Value, json};
use tests::{TestCloud, TestTenant};

/// More than two parts of 5 MiB.
const COUNT: usize = 78;

#[tokio::test]
async fn all_records_are_in_the_file_however_many_parts_it_has() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let records = large_records(&tenant, COUNT).await;
    let asked = ask(&tenant, &tenant.owner, LARGE, json!({})).await;
    let asked = asked.assert_status(201);
    let seen = finished(cloud, &tenant.owner, &asked.id()).await;
    // It grows, and never shrinks; there is nothing to be had before all of it is there.
    let counts: Vec<u64> = seen
        .iter()
        .map(|one| one["records"].as_u64().unwrap())
        .collect();
    assert!(counts.is_sorted(), "{counts:?}");
    let total = u64::try_from(COUNT).unwrap();
    let between = counts.iter().filter(|count| (1..total).contains(count));
    assert!(between.count() >= 2, "no progress was seen: {counts:?}");
    let (done, before) = seen.split_last().unwrap();
    assert!(before.iter().all(|one| one["download_url"].is_null()));
    // By time of creation, byte for byte as they were answered.
    assert!(lines(cloud, done).await == records, "the file is another");
    assert!(
        cloud
            .gateway()
            .uploads("ExportsBucket")
            .iter()
            .all(|key| !key.contains(tenant.uuid()))
    );

    let csv = ask(&tenant, &tenant.owner, LARGE, json!({"format": "csv"})).await;
    let seen = finished(cloud, &tenant.owner, &csv.assert_status(201).id()).await;
    let got = file(cloud, seen.last().unwrap()).await;
    assert_eq!(
        got.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let mut table = csv::Reader::from_reader(got.bytes.as_slice());
    let names = table.headers().unwrap().clone();
    let column = |name: &str| names.iter().position(|column| column == name).unwrap();
    let (id, subject, body) = (column("id"), column("subject"), column("html_body"));
    let rows: Vec<csv::StringRecord> = table.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), COUNT);
    for (row, record) in rows.iter().zip(&records) {
        assert_eq!(row[id], *record["id"].as_str().unwrap());
        assert_eq!(&row[subject], "'=x");
        assert!(row[body] == *record["html_body"].as_str().unwrap());
    }
}

#[tokio::test]
async fn what_others_write_meanwhile_costs_no_record() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let records = large_records(&tenant, 42).await;
    let path = |record: &Value| tenant.record(LARGE, record["id"].as_str().unwrap());
    let writes = async {
        for (place, record) in records.iter().enumerate() {
            let path = path(record);
            match place % 3 {
                0 => {
                    let change = cloud.patch(path).as_(&tenant.owner);
                    let change = change.json(json!({"subject": "changed"}));
                    change.await.assert_status(200);
                }
                1 => drop(large_records(&tenant, 1).await),
                _ => {}
            }
        }
    };
    let export = exported(&tenant, &tenant.owner, LARGE, json!({}));
    let (exported, ()) = tokio::join!(export, writes);
    // Each once, and all that were there before.
    let exported = ids(&exported);
    assert!(ids(&records).is_subset(&exported), "records are missing");
}
