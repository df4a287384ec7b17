//! New records, by themselves and several at once.

use super::operations::{judged, text};
use super::records::{Record, Records};
use super::world::{Actor, Doing, Place, World};
use permissions::Grant;
use serde_json::{Map, Value, json};
use tests::Kind;

impl World {
    /// A record that was made of these fields, as the answer shows it.
    pub(super) fn made(
        &mut self,
        at: Place,
        by: &Actor,
        fields: &Map<String, Value>,
        answer: &Value,
    ) {
        let user = &by.person.user_id;
        let mut record = Record {
            id: text(answer, "id"),
            shape: at.shape,
            owner: user.clone(),
            created_at: text(answer, "created_at"),
            created_by: user.clone(),
            updated_at: Some(text(answer, "created_at")),
            updated_by: user.clone(),
            version: 1,
            fields: Map::new(),
            is_deleted: false,
        };
        if let Some(status) = Self::shape(at)
            .status
            .as_ref()
            .filter(|status| status.is_ordered)
        {
            let (first, _) = status.words[0];
            record.fields.insert(status.field.to_owned(), json!(first));
        }
        Records::write(&mut record, fields);
        let records = self.records(at);
        record.see(&records.id, answer);
        assert!(records.all.iter().all(|known| known.id != record.id));
        records.all.push(record);
    }

    pub(super) async fn create_one(&mut self, at: Place, by: &Actor) {
        let fields = self.fields(at, by, false);
        let path = self.path(at);
        let what = format!("POST {path} {}", json!(fields));
        let against = match by.turned_away(Doing::Writes, at) {
            Some(kind) => vec![kind],
            None => self.against(at, by, &fields, None),
        };
        let answer = self
            .noted(self.cloud.post(&path), &what, by)
            .json(&fields)
            .await;
        if judged(&answer, 201, &against) {
            assert_eq!(answer.header("etag"), "\"1\"");
            assert_eq!(answer.header("location"), format!("{path}/{}", answer.id()));
            self.made(at, by, &fields, &answer.json);
        }
    }

    pub(super) async fn create_several(&mut self, at: Place, by: &Actor) {
        let count = if self.random.chance(4) {
            26
        } else {
            1 + self.random.below(6)
        };
        let records: Vec<_> = (0..count).map(|_| self.fields(at, by, false)).collect();
        let path = format!("{}/batch", self.path(at));
        let what = format!("POST {path} {}", json!(records));
        let mut against: Vec<Kind> = match by.turned_away(Doing::Writes, at) {
            Some(kind) => vec![kind],
            None => records
                .iter()
                .flat_map(|fields| self.against(at, by, fields, None))
                .collect(),
        };
        if count > 25 && by.grant(Doing::Writes) != Grant::None {
            against.push(Kind::ValidationFailed);
        }
        let body = json!({"records": records});
        let answer = self
            .noted(self.cloud.post(&path), &what, by)
            .json(body)
            .await;
        if judged(&answer, 201, &against) {
            assert_eq!(answer.items().len(), records.len());
            for (fields, made) in records.iter().zip(answer.items()) {
                self.made(at, by, fields, made);
            }
        }
    }
}
