//! Each route, once for each collection where its path names one, and valid requests for it.

use super::records;
use super::requests::{Ask, ROWS, Reference, Row};
use super::world::Place;
use futures::stream::{self, StreamExt as _};
use permissions::{Grant, Resource, beside_records};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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
                records::all()
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

    /// Whether this role carries what the route asks for.
    pub(crate) fn is_open_to(&self, role: Role) -> bool {
        let Some(needed) = self.route.required() else {
            return true;
        };
        // What is the whole tenant's takes another permission besides.
        let is_of_records = needed.resource == Resource::Records;
        let besides = is_of_records.then(|| beside_records(self.collection, needed.action));
        let mut all = besides.flatten().into_iter().chain([needed]);
        all.all(|permission| role.may(permission) != Grant::None)
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
    let routes: BTreeSet<&str> = variants
        .iter()
        .map(|variant| variant.row.route_key)
        .collect();
    let (routes, with_collections) = (routes.len(), variants.len());
    let results: Vec<(usize, Vec<String>)> = stream::iter(variants)
        .map(cases)
        .buffer_unordered(4)
        .collect()
        .await;
    let count: usize = results.iter().map(|(count, _)| count).sum();
    let wrong: Vec<String> = results.into_iter().flat_map(|(_, wrong)| wrong).collect();
    println!(
        "{title}: {count} cases on {routes} routes, {with_collections} with their collections"
    );
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
