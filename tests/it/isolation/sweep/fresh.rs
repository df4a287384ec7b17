//! Requests that may succeed: what they change or remove is the caller's own, and was made for them.

use super::factors;
use super::records;
use super::requests::Ask;
use super::variants::{Sample, Variant};
use super::world::Place;
use tests::{Person, Role};

impl Variant {
    /// A valid request that may succeed: what it changes or removes is this person's own, and was made for it.
    pub(crate) async fn fresh_sample(&self, place: &Place, person: &Person, role: Role) -> Sample {
        let mut sample = self.sample(place, person);
        if self.row.uses_target_up {
            self.replace_target(place, &mut sample).await;
        }
        if sample.parameters.contains_key("export_id") {
            let id = place.tenant.export_of(person, "contacts").await;
            sample.parameters.insert("export_id".to_owned(), id);
        }
        if records::is_only(self.collection) {
            place.make_room(self.collection).await;
        }
        if sample.parameters.contains_key("record_id") {
            let id = self.fresh_record(place, person, role).await;
            sample.parameters.insert("record_id".to_owned(), id);
        }
        factors::prepare(self.row.route_key, place, person, &mut sample).await;
        sample
    }

    /// Puts something new in the place of what the request uses up.
    async fn replace_target(&self, place: &Place, sample: &mut Sample) {
        if sample.parameters.contains_key("user_id") {
            // A sales representative is in the first project.
            let member = place.tenant.member(Role::SalesRep).await;
            sample
                .parameters
                .insert("user_id".to_owned(), member.user_id);
        } else if sample.parameters.contains_key("domain") {
            let domain = place.tenant.domain().await;
            sample.parameters.insert("domain".to_owned(), domain);
        } else if sample.parameters.contains_key("invitation_id") {
            let id = place.tenant.invite(Role::Viewer).await.id;
            sample.parameters.insert("invitation_id".to_owned(), id);
        } else if sample.parameters.contains_key("role_id") {
            let id = place.tenant.custom_role(&["records:read"]).await;
            sample.parameters.insert("role_id".to_owned(), id);
        } else if let Some(user) = sample
            .body
            .as_mut()
            .and_then(|body| body.get_mut("user_id"))
        {
            *user = place.tenant.member(Role::Viewer).await.user_id.into();
        } else {
            let project = place.tenant.project().await;
            sample.parameters.insert("project_id".to_owned(), project);
        }
    }

    /// The id of a new record, of which the route can do what it does.
    async fn fresh_record(&self, place: &Place, person: &Person, role: Role) -> String {
        // What is a person's own can be made for them, and from then on is theirs alone. Not all who read what is the whole
        // tenant's may make it.
        let (tenant, is_own) = (&place.tenant, records::is_own(self.collection));
        let author = match role == Role::Viewer || is_own || records::is_only(self.collection) {
            true => &tenant.owner,
            false => person,
        };
        let ask = Ask {
            place,
            person: author,
            collection: self.collection,
        };
        let mut fields = records::new(&ask);
        if is_own {
            fields["owner_id"] = person.user_id.clone().into();
        }
        let record = tenant.create_record(author, self.collection, fields).await;
        let id = record["id"].as_str().unwrap().to_owned();
        if self.route.path().ends_with("/restore") {
            let path = tenant.record(self.collection, &id);
            let by = if is_own { person } else { author };
            let deleted = tenant.cloud().delete(path).as_(by).await;
            deleted.assert_status(204);
        }
        if self.route.path().ends_with("/download-url") {
            tenant
                .upload(author, &id, "application/pdf", b"swept")
                .await;
        }
        id
    }
}
