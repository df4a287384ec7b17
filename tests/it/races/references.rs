//! A record is deleted at the moment in which others come to name it: in a change, in a batch, or by coming back. Whoever is
//! first, afterwards nothing names what is not there. This is tried with each field of each collection that names records, in each
//! way.

use super::named::Named;
use super::{at_once, bring_about};
use crate::apart;
use crate::isolation::sweep::records::full;
use crate::isolation::sweep::world::Place;
use futures::future::join_all;
use gateway::FaultError;
use records::{Collection, Field, OnDelete, collections};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Answer, Kind, Request};

/// By how many fields at the same time.
const AT_ONCE: usize = 6;

/// How others come to name the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Change,
    Batch,
    Restore,
}

const WAYS: [Way; 3] = [Way::Change, Way::Batch, Way::Restore];

/// A field that names records.
#[derive(Clone, Copy)]
struct Naming {
    collection: &'static Collection,
    field: &'static Field,
    target: &'static Collection,
}

/// Every such field of every collection.
fn all() -> impl Iterator<Item = Naming> {
    collections::ALL.iter().flat_map(|collection| {
        collection.references().map(|(field, target)| Naming {
            collection,
            field,
            target: Collection::named(target).unwrap(),
        })
    })
}

/// What there is before the race: the record that is going to be deleted, and what names it afterwards unless it is refused.
struct Before {
    gone: String,
    others: Vec<String>,
}

async fn create(place: &Place, collection: &Collection, fields: Value) -> String {
    let tenant = &place.tenant;
    let created = tenant.create_record(&tenant.owner, collection.name, fields);
    created.await["id"].as_str().unwrap().to_owned()
}

impl Naming {
    /// The fields of a record that names this one; another one, or none, if there is none to be named.
    fn fields(&self, place: &Place, named: Option<&str>) -> Value {
        let mut fields = full(self.collection, place);
        match named {
            Some(id) => fields[self.field.name] = json!(id),
            None if self.field.is_required => {}
            None => _ = fields.as_object_mut().unwrap().remove(self.field.name),
        }
        fields
    }

    fn clears(&self) -> bool {
        matches!(self.field.on_delete, OnDelete::Clear)
    }

    async fn prepare(&self, place: &Place, way: Way) -> Before {
        let tenant = &place.tenant;
        let gone = create(place, self.target, full(self.target, place)).await;
        let names = matches!(way, Way::Restore).then_some(gone.as_str());
        let other = create(place, self.collection, self.fields(place, names)).await;
        if names.is_some() {
            let path = tenant.record(self.collection.name, &other);
            let delete = tenant.cloud().delete(path).as_(&tenant.owner);
            delete.await.assert_status(204);
        }
        let others = vec![other];
        Before { gone, others }
    }

    /// The request after which the record is named.
    fn request<'a>(&self, place: &'a Place, way: Way, before: &Before) -> Request<'a> {
        let (tenant, name) = (&place.tenant, self.collection.name);
        let (cloud, other) = (tenant.cloud(), &before.others[0]);
        let path = tenant.record(name, other);
        let change = json!({self.field.name: before.gone});
        let request = match way {
            Way::Change => cloud.patch(path).json(change),
            Way::Batch => {
                let new = self.fields(place, Some(&before.gone));
                let change = json!({"id": other, "fields": change});
                let operations = json!([{"create": new}, {"update": change}]);
                let path = format!("{}/batch", tenant.records(name));
                cloud.post(path).json(json!({"operations": operations}))
            }
            Way::Restore => cloud.post(format!("{path}/restore")),
        };
        request.as_(&tenant.owner)
    }

    /// Deletes the record while others come to name it, and looks at what is left. Whether it was deleted, and whether it came
    /// to be named.
    async fn race(
        &self,
        place: &Place,
        way: Way,
        is_first: bool,
        mut before: Before,
    ) -> (bool, bool) {
        let (tenant, cloud) = (&place.tenant, place.tenant.cloud());
        let path = tenant.record(self.target.name, &before.gone);
        let delete = cloud.delete(&path).as_(&tenant.owner);
        let name = self.request(place, way, &before);
        let requests = if is_first {
            [delete, name]
        } else {
            [name, delete]
        };
        let mut answers = at_once(requests).await;
        if !is_first {
            answers.reverse();
        }
        let (deleted, named) = (&answers[0], &answers[1]);
        self.judge(place, way, &mut before, (deleted, named)).await
    }

    async fn judge(
        &self,
        place: &Place,
        way: Way,
        before: &mut Before,
        (deleted, named): (&Answer, &Answer),
    ) -> (bool, bool) {
        let (tenant, cloud) = (&place.tenant, place.tenant.cloud());
        let (of, field) = (self.collection.name, self.field.name);
        let what = format!("{of}/{field}, {way:?}: {deleted}, {named}");
        let (is_deleted, is_named) = (deleted.status < 300, named.status < 300);
        if !is_deleted {
            deleted.assert_problem(Kind::StillReferenced);
            assert!(is_named && !self.clears(), "{what}");
        }
        if !is_named {
            named.assert_problem(Kind::ReferenceNotFound);
            let is_meant = |pointer: &String| pointer.ends_with(&format!("/{field}"));
            assert!(named.pointers().iter().all(is_meant), "{what}");
        }
        // Who can be without it comes back without it.
        let comes_back = self.clears() && matches!(way, Way::Restore);
        assert!(is_named || !comes_back, "{what}");
        assert!(!(is_deleted && is_named) || self.clears(), "{what}");
        let get = cloud.get(tenant.record(self.target.name, &before.gone));
        let get = get.as_(&tenant.owner).await;
        assert_eq!(get.status, if is_deleted { 404 } else { 200 }, "{what}");
        if let (Way::Batch, true) = (way, is_named) {
            before
                .others
                .push(named.items()[0]["id"].as_str().unwrap().to_owned());
        }
        for other in &before.others {
            let get = cloud.get(tenant.record(of, other)).as_(&tenant.owner);
            let get = get.await;
            if matches!(way, Way::Restore) && !is_named {
                get.assert_problem(Kind::NotFound);
                continue;
            }
            let record = get.assert_status(200);
            let names_it = record.json[field] == json!(before.gone);
            assert_eq!(names_it, !is_deleted, "{what}: {record}");
        }
        (is_deleted, is_named)
    }
}

#[tokio::test]
async fn a_deletion_and_whoever_comes_to_name_it() {
    let (cloud, _turn) = apart::cloud().await;
    let place = &Place::create(cloud, "naming").await;
    let namings: Vec<Naming> = all().collect();
    assert!(namings.len() > 50, "{} fields", namings.len());
    let mut outcomes = BTreeMap::new();
    for pass in 0..WAYS.len() {
        for (number, some) in namings.chunks(AT_ONCE).enumerate() {
            let ways = WAYS.iter().cycle().skip(pass);
            let races: Vec<(&Naming, Way)> = some.iter().zip(ways.copied()).collect();
            let prepared = races
                .iter()
                .map(|(naming, way)| naming.prepare(place, *way));
            let prepared = join_all(prepared).await;
            // Who is let wait has read what there was before the other one wrote.
            let conflicts = if (pass + number) % 2 == 0 { 3 } else { 0 };
            let conflicts = (FaultError::TransactionConflict, conflicts);
            bring_about(cloud, "TransactWriteItems", &[conflicts]);
            let races = races.iter().zip(prepared).enumerate();
            let races = races.map(async |(turn, ((naming, way), before))| {
                let is_first = (number + turn) % 2 == 0;
                (*way, naming.race(place, *way, is_first, before).await)
            });
            for outcome in join_all(races).await {
                *outcomes.entry(outcome).or_insert(0) += 1;
            }
        }
    }
    // Both happen where the field is cleared, and the naming alone where it is not.
    for way in WAYS {
        for outcome in [(true, true), (false, true)] {
            assert!(outcomes.contains_key(&(way, outcome)), "{outcomes:?}");
        }
    }
    Named::of(&place.tenant).assert_whole();
}
