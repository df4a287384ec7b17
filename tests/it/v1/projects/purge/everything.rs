//! Everything that a project can have is gone, and nothing else.

use super::{
    beginning, delete, delete_project, expire, finish, given_up, remains, text, under, under_way,
};
use crate::apart;
use crate::isolation::sweep::records::full;
use crate::isolation::sweep::world::Place;
use records::{Collection, Scope, collections};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Person, Role, TestTenant};
use uuid::Uuid;

/// The table of all keys, of which the items of projects are wanted: `TENANT#<t>#PROJECT#<p>#…` and the sort key.
const KEYS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/tenant-context/src/keys.rs"
));

/// What the table says that lies in a project's partitions.
fn kinds() -> Vec<(&'static str, &'static str)> {
    let rows = KEYS.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("//! | tenant | ")?.split(" | ");
        let (pk, sk) = (
            cells.next()?.trim_matches('`'),
            cells.next()?.trim_matches('`'),
        );
        Some((pk.strip_prefix("TENANT#<t>#PROJECT#<p>#")?, sk))
    });
    rows.collect()
}

/// Whether an item's key, behind the project, is of this kind.
fn is_of(kind: &str, key: &str) -> bool {
    let (kind, key): (Vec<_>, Vec<_>) = (kind.split('#').collect(), key.split('#').collect());
    let parts = kind.iter().zip(&key);
    kind.len() == key.len()
        && parts.into_iter().all(|(kind, part)| match *kind {
            "<COLLECTION>" => collections::ALL.iter().any(|one| one.part == *part),
            "<user>" | "<id>" => part.parse::<Uuid>().is_ok(),
            "<shard>" => part.parse::<u8>().is_ok(),
            literal => literal == *part,
        })
}

async fn create(tenant: &TestTenant, collection: &str, fields: Value) -> String {
    let record = tenant.create_record(&tenant.owner, collection, fields);
    record.await["id"].as_str().unwrap().to_owned()
}

async fn notify(tenant: &TestTenant, person: &Person) -> String {
    let fields = json!({"title": "Look", "type": "mention", "owner_id": person.user_id});
    create(tenant, "notifications", fields).await
}

/// Fills the first project with what a place does not have yet: deleted records of every collection, embeddings, and what is other
/// people's own, of whom one has left.
async fn fill(place: &Place) {
    let tenant = &place.tenant;
    for collection in collections::ALL {
        if collection.scope != Scope::Tenant {
            let id = create(tenant, collection.name, full(collection, place)).await;
            delete(tenant, &tenant.owner, tenant.record(collection.name, &id)).await;
        }
    }
    for _ in 0..20 {
        let passage = json!({"text": "A passage.", "embedding": [1, 2, 3]});
        create(tenant, "chunks", passage).await;
    }
    let gone = json!({"text": "A passage.", "embedding": [1, 2, 3]});
    let gone = create(tenant, "chunks", gone).await;
    delete(tenant, &tenant.owner, tenant.record("chunks", &gone)).await;
    let left = tenant.member(Role::SalesRep).await;
    for person in [&place.member, &left] {
        notify(tenant, person).await;
        let deleted = notify(tenant, person).await;
        delete(tenant, person, tenant.record("notifications", &deleted)).await;
    }
    tenant.remove(&left).await;
    tenant.file(&tenant.owner, "without bytes.pdf").await;
    tenant.cloud().settled().await;
}

/// There is something of every kind that the table of keys knows, and of every collection: else the purge of it would not be tried.
fn assert_full(items: &[Value], beginning: &str) {
    let key = |item: &Value| {
        let pk = text(item, "pk").strip_prefix(beginning).unwrap();
        (pk.to_owned(), text(item, "sk").to_owned())
    };
    let keys: Vec<(String, String)> = items.iter().map(key).collect();
    let kinds = kinds();
    assert!(kinds.len() >= 8, "{kinds:?}");
    for (pk, sk) in &kinds {
        let mut keys = keys.iter();
        let is_there = keys.any(|key| is_of(pk, &key.0) && is_of(sk, &key.1));
        assert!(is_there, "no {pk} / {sk}");
    }
    for key in &keys {
        let mut kinds = kinds.iter();
        let is_known = kinds.any(|(pk, sk)| is_of(pk, &key.0) && is_of(sk, &key.1));
        assert!(is_known, "{key:?} is not in the table of keys");
    }
    let parts: BTreeSet<&str> = keys.iter().map(|(pk, _)| pk.as_str()).collect();
    let in_project = |one: &&&Collection| one.scope == Scope::Project;
    for collection in collections::ALL.iter().filter(in_project) {
        assert!(parts.contains(collection.part), "{}", collection.name);
        let deleted = format!("{}#DELETED", collection.part);
        assert!(parts.contains(deleted.as_str()), "{deleted}");
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_project_that_can_no_longer_be_put_back() {
    let (cloud, _turn) = apart::cloud().await;
    let place = Place::create(cloud, "acme").await;
    let (tenant, project) = (&place.tenant, &place.tenant.project_id);
    fill(&place).await;
    assert_full(
        &under(cloud, &beginning(tenant, project)),
        &beginning(tenant, project),
    );

    // Those beside it: another project of the tenant's, what the whole tenant has, and another tenant.
    let other = tenant.project().await;
    let contact = cloud.post(format!("/v1/projects/{other}/contacts"));
    let contact = contact.as_(&tenant.owner).json(json!({"name": "Ada"}));
    contact.await.assert_status(201);
    let note = cloud.post(format!("/v1/projects/{other}/notifications"));
    let note = note.as_(&tenant.owner);
    let note = note.json(json!({"title": "Look", "type": "mention"}));
    note.await.assert_status(201);
    let globex = TestTenant::create(cloud, "globex").await;
    globex.contact().await;
    let file = globex.file(&globex.owner, "theirs.pdf").await;
    globex
        .upload(&globex.owner, &file, "application/pdf", b"theirs")
        .await;
    cloud.settled().await;
    let beside = || {
        let settings = format!("TENANT#{}#TELEPHONY_SETTINGS", tenant.uuid());
        [
            under(cloud, &beginning(tenant, &other)),
            under(cloud, &settings),
            under(cloud, &beginning(&globex, &globex.project_id)),
        ]
    };
    let before = beside();
    assert!(before.iter().all(|items| !items.is_empty()));

    delete_project(tenant, project).await;
    let kept = remains(tenant, project);
    assert!(kept.len() > 2 * collections::ALL.len());
    expire(tenant, project).await;
    finish(tenant).await;
    assert_eq!(remains(tenant, project), [""; 0]);
    assert_eq!(under_way(tenant), [Value::Null; 0]);
    assert_eq!(given_up(cloud, project), [""; 0]);
    assert_eq!(beside(), before);
    assert_eq!(globex.objects(&file).len(), 1);
    let stored = cloud.get("/v1/tenant/usage").as_(&tenant.owner).await;
    assert_eq!(stored.json["storage_bytes"]["used"], 0);
}
