//! One operation: what it is, what must come of it, and that it does.

use super::form::content;
use super::records::{Record, Records};
use super::world::{Actor, Doing, Place, World};
use permissions::Grant;
use serde_json::{Map, Value, json};
use tests::{Answer, Kind, Request};

/// The answer to what may be refused for these reasons: one of them if there are any, else this success.
#[track_caller]
pub(super) fn judged(answer: &Answer, success: u16, against: &[Kind]) -> bool {
    if against.is_empty() {
        assert_eq!(answer.status, success, "{answer}");
        return true;
    }
    let is_one = against
        .iter()
        .any(|kind| answer.check_problem(*kind).is_ok());
    assert!(is_one, "expected one of {against:?}: {answer}");
    false
}

pub(super) fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

impl World {
    pub(super) async fn operate(&mut self) {
        let at = self.place();
        let by = self.actor(at);
        match self.random.below(100) {
            0..23 => self.create_one(at, &by).await,
            23..26 => self.create_several(at, &by).await,
            26..33 => self.do_several(at, &by).await,
            33..46 => self.read(at, &by).await,
            46..67 => self.update(at, &by).await,
            67..75 => self.delete(at, &by).await,
            75..81 => self.restore(at, &by).await,
            81..94 => self.list(at, &by).await,
            94..96 => self.note_reading(at, &by).await,
            96 => self.look_into_the_inbox(at, &by).await,
            97..99 => self.take_up_a_cursor().await,
            _ => self.ask_with_a_broken_token(at, &by).await,
        }
    }

    pub(super) fn noted<'a>(&self, request: Request<'a>, what: &str, by: &Actor) -> Request<'a> {
        self.note(format!("{:?} of side {}: {what}", by.role, by.side));
        request.as_(&by.person)
    }

    pub(super) fn against(
        &self,
        at: Place,
        by: &Actor,
        fields: &Map<String, Value>,
        into: Option<usize>,
    ) -> Vec<Kind> {
        let owners = self.sides[at.side].users();
        let content = content(by, fields, &owners);
        let records = &self.sides[at.side].projects[at.project];
        records.against(Self::shape(at), &content, into)
    }

    async fn read(&mut self, at: Place, by: &Actor) {
        let id = self.id(at);
        let path = format!("{}/{id}", self.path(at));
        let found = self.found(at, by, &id);
        let missing = found.is_none().then_some(Kind::NotFound);
        let against = by.turned_away(Doing::Reads, at).or(missing);
        let answer = self
            .noted(self.cloud.get(&path), &format!("GET {path}"), by)
            .await;
        if judged(&answer, 200, against.as_slice()) {
            self.see(at, found.unwrap(), &answer);
        }
    }

    /// The place of a record that is there for somebody.
    pub(super) fn found(&mut self, at: Place, by: &Actor, id: &str) -> Option<usize> {
        let records = self.records(at);
        let found = records.find(at.shape, id);
        found.filter(|found| records.is_seen(*found, &by.person.user_id))
    }

    /// The record at this place of the model is what the answer shows.
    pub(super) fn see(&mut self, at: Place, found: usize, answer: &Answer) {
        let records = self.records(at);
        let record = &mut records.all[found];
        record.see(&records.id, &answer.json);
        assert_eq!(answer.header("etag"), format!("\"{}\"", record.version));
    }

    /// Why somebody may not change a record that is there, and what they say of its version.
    pub(super) fn against_changing(
        &mut self,
        by: &Actor,
        record: &Record,
    ) -> (Option<String>, Vec<Kind>) {
        let mut against = Vec::new();
        if by.grant(Doing::Writes) == Grant::Own && record.owner != by.person.user_id {
            against.push(Kind::PermissionDenied);
        }
        let version = match self.random.below(10) {
            0..4 => Some(record.version),
            4 => Some(record.version + 1),
            5 if record.version > 1 => Some(record.version - 1),
            _ => None,
        };
        if version.is_some_and(|version| version != record.version) {
            against.push(Kind::VersionMismatch);
        }
        (version.map(|version| format!("\"{version}\"")), against)
    }

    async fn update(&mut self, at: Place, by: &Actor) {
        let id = self.id(at);
        let path = format!("{}/{id}", self.path(at));
        let fields = self.fields(at, by, true);
        let found = self.found(at, by, &id);
        let (mut version, mut against) = (None, Vec::new());
        if let Some(kind) = by.turned_away(Doing::Writes, at) {
            against.push(kind);
        } else if let Some(found) = found {
            let record = self.records(at).all[found].clone();
            (version, against) = self.against_changing(by, &record);
            against.extend(self.against(at, by, &fields, Some(found)));
        } else {
            // What is wrong with the fields themselves may be said first.
            against = self.against(at, by, &fields, None);
            against.extend([Kind::NotFound, Kind::ValidationFailed]);
        }
        let what = format!("PATCH {path} {version:?} {}", json!(fields));
        let mut request = self.noted(self.cloud.patch(&path), &what, by);
        if let Some(version) = &version {
            request = request.header("if-match", version);
        }
        let answer = request.json(&fields).await;
        if judged(&answer, 200, &against) {
            let record = &mut self.records(at).all[found.unwrap()];
            Records::write(record, &fields);
            changed(record, by, &answer.json);
            self.see(at, found.unwrap(), &answer);
        }
    }

    async fn delete(&mut self, at: Place, by: &Actor) {
        let id = self.id(at);
        let path = format!("{}/{id}", self.path(at));
        let found = self.found(at, by, &id);
        let (mut version, mut against) = (None, Vec::new());
        if let Some(kind) = by.turned_away(Doing::Writes, at) {
            against.push(kind);
        } else if let Some(found) = found {
            let record = self.records(at).all[found].clone();
            (version, against) = self.against_changing(by, &record);
            if !self.records(at).named(found, false).is_empty() {
                against.push(Kind::StillReferenced);
            }
        } else {
            against.push(Kind::NotFound);
        }
        let mut request = self.noted(
            self.cloud.delete(&path),
            &format!("DELETE {path} {version:?}"),
            by,
        );
        if let Some(version) = &version {
            request = request.header("if-match", version);
        }
        let answer = request.await;
        if judged(&answer, 204, &against) {
            self.records(at).delete(found.unwrap(), &by.person.user_id);
        }
    }

    async fn restore(&mut self, at: Place, by: &Actor) {
        let deleted: Vec<String> = self
            .records(at)
            .all
            .iter()
            .filter(|record| record.shape == at.shape && record.is_deleted)
            .map(|record| record.id.clone())
            .collect();
        let id = match self.random.pick(&deleted) {
            Some(id) if !self.random.chance(15) => id.clone(),
            _ => self.id(at),
        };
        let path = format!("{}/{id}/restore", self.path(at));
        let user = &by.person.user_id;
        let records = self.records(at);
        let found = records.find_deleted(at.shape, &id);
        let found = found.filter(|found| records.is_seen(*found, user));
        let mut against = Vec::new();
        let mut gone = Vec::new();
        if let Some(kind) = by.turned_away(Doing::Writes, at) {
            against.push(kind);
        } else if let Some(found) = found {
            let record = &self.records(at).all[found];
            if by.grant(Doing::Writes) == Grant::Own && record.owner != by.person.user_id {
                against.push(Kind::PermissionDenied);
            }
            let (is_needed, fields) = self.records(at).gone(found);
            if is_needed {
                against.push(Kind::ReferenceNotFound);
            }
            gone = fields;
        } else {
            against.push(Kind::NotFound);
        }
        let answer = self
            .noted(self.cloud.post(&path), &format!("POST {path}"), by)
            .await;
        if judged(&answer, 200, &against) {
            let record = &mut self.records(at).all[found.unwrap()];
            record
                .fields
                .retain(|name, _| !gone.contains(&name.as_str()));
            record.is_deleted = false;
            changed(record, by, &answer.json);
            self.see(at, found.unwrap(), &answer);
        }
    }

    /// A token with one letter changed is nobody's.
    async fn ask_with_a_broken_token(&mut self, at: Place, by: &Actor) {
        let mut token = by.person.access_token.clone().into_bytes();
        let place = self.random.below(token.len());
        token[place] = if token[place] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(token).unwrap();
        let path = self.path(at);
        self.note(format!("GET {path} with a broken token"));
        let answer = self.cloud.get(&path).token(&token).await;
        assert!(matches!(answer.status, 401 | 403), "{answer}");
    }
}

/// A record goes one version on.
pub(super) fn changed(record: &mut Record, by: &Actor, answer: &Value) {
    record.version += 1;
    record.updated_at = Some(text(answer, "updated_at"));
    by.person.user_id.clone_into(&mut record.updated_by);
}
