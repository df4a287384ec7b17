//! Each route, once for each collection where its path names one, and valid requests for it.

use super::factors;
use super::records;
use super::requests::{Ask, ROWS, Reference, Row};
use super::world::Place;
use futures::stream::{self, StreamExt as _};
use serde_json::Value;
use std::collections::BTreeMap;
use tests::{Answer, Direct, Kind, Person, Request, Role, Route, TestCloud};

/// A route, and the collection its path names.
pub(crate) struct Variant {
    pub(crate) route: Route,
    pub(crate) row: &'static Row,
    pub(crate) collection: &'static str,
}

/// A valid request.
#[derive(Clone)]
pub(crate) struct Sample {
    /// What the path's parameters stand for.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Without `?`.
    pub(crate) query: String,
    pub(crate) body: Option<Value>,
    /// A signature of the body, where it needs one.
    pub(crate) signature: Option<String>,
}

impl Variant {
    /// All there are.
    pub(crate) fn all() -> Vec<Variant> {
        let mut all = Vec::new();
        for route in Route::all() {
            let row = ROWS.iter().find(|row| row.route_key == route.route_key);
            let row =
                row.unwrap_or_else(|| panic!("{} has no row in requests.rs", route.route_key));
            let collections = if route.path().contains("{collection}") {
                records::swept()
            } else {
                vec![records::in_path(route.path()).unwrap_or("contacts")]
            };
            all.extend(collections.into_iter().map(|collection| Variant {
                route: route.clone(),
                row,
                collection,
            }));
        }
        all
    }

    /// Those that take credentials.
    pub(crate) fn closed() -> Vec<Variant> {
        Variant::all()
            .into_iter()
            .filter(|variant| !variant.route.is_public())
            .collect()
    }

    /// What a failure names.
    pub(crate) fn name(&self) -> String {
        self.route
            .route_key
            .replace("{collection}", self.collection)
    }

    /// The names of the path's parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        let parts = self.route.path().split('/');
        parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The ids that its body can hold, of what stands in this place.
    pub(crate) fn references(&self, place: &Place) -> Vec<Reference> {
        (self.row.references)(place, self.collection)
    }

    /// Whether a request may have a body.
    pub(crate) fn takes_body(&self) -> bool {
        matches!(self.route.method(), "POST" | "PUT" | "PATCH")
    }

    /// A valid request to what stands in this place. Good for requests that will be refused: nothing is made for them.
    pub(crate) fn sample(&self, place: &Place, person: &Person) -> Sample {
        let ask = Ask {
            place,
            person,
            collection: self.collection,
        };
        let value = |name: &str| match name {
            "project_id" => place.tenant.project_id.clone(),
            "collection" => self.collection.to_owned(),
            "record_id" => place.record(self.collection).to_owned(),
            "session_id" => person.session_id.clone(),
            "user_id" => place.member.user_id.clone(),
            "invitation_id" => place.pending.id.clone(),
            "role_id" => place.role_id.clone(),
            "export_id" => place.export_id.clone(),
            "domain" => place.domain.clone(),
            other => panic!(
                "{}: the sweep does not know the path parameter {other}",
                self.name()
            ),
        };
        Sample {
            parameters: self
                .parameters()
                .map(|name| (name.to_owned(), value(name)))
                .collect(),
            query: self.row.query.map(|query| query(&ask)).unwrap_or_default(),
            body: self.row.body.map(|body| body(&ask)),
            signature: None,
        }
    }

    /// A valid request that may succeed: what it changes or removes is this person's own, and was made for it.
    pub(crate) async fn fresh_sample(&self, place: &Place, person: &Person, role: Role) -> Sample {
        let mut sample = self.sample(place, person);
        if self.row.uses_target_up {
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
        if sample.parameters.contains_key("export_id") {
            let id = place.tenant.export_of(person, "contacts").await;
            sample.parameters.insert("export_id".to_owned(), id);
        }
        if sample.parameters.contains_key("record_id") {
            // What is a person's own can be made for them.
            let is_own = records::is_own(self.collection);
            let author = if role == Role::Viewer || is_own {
                &place.tenant.owner
            } else {
                person
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
            let record = place
                .tenant
                .create_record(author, self.collection, fields)
                .await;
            let id = record["id"].as_str().unwrap().to_owned();
            if self.route.path().ends_with("/restore") {
                let path = place.tenant.record(self.collection, &id);
                let deleted = TestCloud::shared().delete(path).as_(author).await;
                deleted.assert_status(204);
            }
            if self.route.path().ends_with("/download-url") {
                let tenant = &place.tenant;
                tenant
                    .upload(author, &id, "application/pdf", b"swept")
                    .await;
            }
            sample.parameters.insert("record_id".to_owned(), id);
        }
        factors::prepare(self.row.route_key, place, person, &mut sample).await;
        sample
    }

    /// The path of a sample, with its query.
    pub(crate) fn path(&self, sample: &Sample) -> String {
        let mut path = self.route.path().to_owned();
        for (name, value) in &sample.parameters {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        if !sample.query.is_empty() {
            path = format!("{path}?{}", sample.query);
        }
        path
    }

    /// The request to the API.
    pub(crate) fn request(&self, cloud: &'static TestCloud, sample: &Sample) -> Request<'static> {
        let method = self.route.method().parse().unwrap();
        let mut request = cloud.request(method, self.path(sample));
        if let Some(signature) = &sample.signature {
            request = request.header("stripe-signature", signature);
        }
        match &sample.body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    /// The same as a direct invocation of the function.
    pub(crate) fn direct(&self, sample: &Sample) -> Direct {
        let direct = Direct::new(
            &self.route.binary,
            &self.route.route_key,
            &self.path(sample),
        );
        match &sample.body {
            Some(body) => direct.json(body),
            None => direct,
        }
    }

    /// Whether the answer is this problem, and one that the route's documentation names.
    pub(crate) fn check(&self, case: &str, answer: &Answer, kind: Kind) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Err(what) = answer.check_problem(kind) {
            wrong.push(format!("{}, {case}: {what}: {answer}", self.name()));
        } else if !self.route.problems.iter().any(|slug| slug == kind.slug()) {
            wrong.push(format!(
                "{}, {case}: {} is not among the problems it declares",
                self.name(),
                kind.slug()
            ));
        }
        wrong
    }

    /// Whether two answers are the same but for the request's id.
    pub(crate) fn same(&self, case: &str, one: &Answer, other: &Answer) -> Vec<String> {
        if one.without_request_id() == other.without_request_id() {
            return Vec::new();
        }
        vec![format!(
            "{}, {case}: told apart: {one} / {other}",
            self.name()
        )]
    }
}

/// Runs the cases of each variant, a few at a time, and fails with everything that was wrong. `cases` gives for a
/// variant how many cases it went through, and what was wrong.
pub(crate) async fn sweep<F>(title: &str, variants: Vec<Variant>, cases: impl Fn(Variant) -> F)
where
    F: Future<Output = (usize, Vec<String>)>,
{
    let routes = variants.len();
    let results: Vec<(usize, Vec<String>)> = stream::iter(variants)
        .map(cases)
        .buffer_unordered(4)
        .collect()
        .await;
    let count: usize = results.iter().map(|(count, _)| count).sum();
    let wrong: Vec<String> = results.into_iter().flat_map(|(_, wrong)| wrong).collect();
    println!("{title}: {count} cases on {routes} routes");
    assert!(count > 0, "{title}: no case");
    // Enough to see what it is; one fault may show in every case.
    let shown = wrong
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{title}: {} of {count} cases:\n{}",
        wrong.len(),
        shown
    );
}
