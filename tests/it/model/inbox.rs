//! Notifications, which their owner alone sees: reading them, and the inbox that shows them.

use super::operations::{changed, judged};
use super::shapes::NOTIFICATIONS;
use super::world::{Actor, Doing, Place, World};
use serde_json::{Value, json};
use tests::Kind;

impl World {
    /// Notes that one was read, or was not.
    pub(super) async fn note_reading(&mut self, at: Place, by: &Actor) {
        let at = Place {
            shape: NOTIFICATIONS,
            ..at
        };
        let id = self.id(at);
        let path = format!("{}/{id}/read", self.path(at));
        let is_read = self.random.chance(60);
        let found = self.found(at, by, &id);
        let mut against: Vec<Kind> = by.turned_away(Doing::Reads, at).into_iter().collect();
        match found {
            Some(found) => {
                let status = self.records(at).all[found].text("status");
                if !is_read && status == Some("archived") {
                    against.push(Kind::IllegalStatusChange);
                }
            }
            None => against.push(Kind::NotFound),
        }
        let what = format!("POST {path} {is_read}");
        let request = self.noted(self.cloud.post(&path), &what, by);
        let answer = request.json(json!({"read": is_read})).await;
        if judged(&answer, 200, &against) {
            let record = &mut self.records(at).all[found.unwrap()];
            let status = if is_read { "read" } else { "unread" };
            record.fields.insert("status".to_owned(), json!(status));
            // When it was is known to the product alone.
            match is_read {
                true => {
                    let moment = answer.json["updated_at"].clone();
                    let read_at = answer.json["read_at"].clone();
                    assert_eq!(
                        &read_at.as_str().unwrap()[..16],
                        &moment.as_str().unwrap()[..16]
                    );
                    record.fields.insert("read_at".to_owned(), read_at);
                }
                false => _ = record.fields.remove("read_at"),
            }
            changed(record, by, &answer.json);
            self.see(at, found.unwrap(), &answer);
        }
    }

    /// All of somebody's inbox, or what waits to be read.
    pub(super) async fn look_into_the_inbox(&mut self, at: Place, by: &Actor) {
        let is_unread = self.random.chance(50);
        let project = self.sides[at.side].projects[at.project].id.clone();
        let against: Vec<Kind> = by.turned_away(Doing::Reads, at).into_iter().collect();
        let (mut shown, mut cursor) = (Vec::new(), String::new());
        loop {
            let query = format!("limit=100&unread={is_unread}{cursor}");
            let path = format!("/v1/projects/{project}/inbox?{query}");
            let request = self.noted(self.cloud.get(&path), &format!("GET {path}"), by);
            let answer = request.await;
            if !judged(&answer, 200, &against) {
                return;
            }
            shown.extend(answer.items().clone());
            let Some(next) = answer.json["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        let records = self.records(at);
        let waits = |status: Option<&str>| status == Some("unread");
        let live = records.live(NOTIFICATIONS).into_iter();
        let mut expected: Vec<String> = live
            .filter(|record| record.owner == by.person.user_id)
            .filter(|record| !is_unread || waits(record.text("status")))
            .map(|record| record.id.clone())
            .collect();
        expected.sort_unstable_by(|one, other| other.cmp(one));
        let id = |item: &Value| item["record"]["id"].as_str().unwrap().to_owned();
        assert_eq!(shown.iter().map(id).collect::<Vec<_>>(), expected);
        for item in &shown {
            let found = records.find(NOTIFICATIONS, &id(item)).unwrap();
            let record = &mut records.all[found];
            assert_eq!(item["unread"], json!(waits(record.text("status"))));
            record.see(&records.id, &item["record"]);
        }
    }
}
