//! What the API document says of input holds: each part of each body, query and header is given values of every kind, one
//! at a time. What its schema does not allow is refused for that part; what it allows has an answer that the document describes.
//! The fields of records have a test of their own (`v1/projects/records/bounds.rs`).

use super::values;
use super::variants::{Sample, Variant, sweep};
use super::world::Place;
use jsonschema::Validator;
use serde_json::{Value, json};
use tests::{Answer, Kind, TestCloud};

#[tokio::test]
async fn what_a_schema_does_not_allow_is_refused_and_what_it_allows_is_answered() {
    let cloud = TestCloud::shared();
    let document = Document(cloud.get("/v1/openapi.json").await.assert_status(200).json);
    // Settings change here, and so do names.
    let place = Place::create(cloud, "acme").await;
    let owner = &place.tenant.log_in(&place.tenant.owner).await;
    let is_told = |variant: &Variant| {
        // What the billing provider sends is its own.
        variant.route.api == "main"
            && variant.route.route_key != "POST /v1/billing/webhook"
            && (!variant.route.path().contains("{collection}") || variant.collection == "contacts")
    };
    let variants = Variant::all().into_iter().filter(is_told).collect();
    sweep("schemas", variants, async |variant| {
        let sample = variant.sample(&place, owner);
        let mut wrong = Vec::new();
        let cases = document.cases(&variant, &sample);
        let described = document.described(&variant);
        for case in &cases {
            if case.is_allowed && is_for_good(&variant) {
                continue;
            }
            let mut request = variant.request(cloud, &case.sample);
            if !variant.route.is_public() {
                request = request.as_(owner);
            }
            if let Some((name, value)) = &case.header {
                request = request.header(name, value);
            }
            let answer = request.await;
            let is_wrong = match case.is_allowed {
                true => described.check(&answer),
                false => case.check(&variant, &answer),
            };
            wrong.extend(is_wrong.map(|what| {
                let name = variant.name();
                format!("{name}, {}: {what}: {answer}", case.what)
            }));
        }
        (cases.len(), wrong)
    })
    .await;
}

/// Whether a success leaves less for the cases that come after it.
fn is_for_good(variant: &Variant) -> bool {
    let row = variant.row;
    row.uses_caller_up
        || row.uses_target_up
        || row.ends_tenant
        || variant.route.method() == "DELETE"
}

/// A request of which one part is not as usual.
struct Case {
    sample: Sample,
    header: Option<(String, String)>,
    /// Where it is, as a problem names it.
    pointer: String,
    what: String,
    refused_as: Kind,
    is_allowed: bool,
    /// Whether the part is not there at all.
    is_left_out: bool,
}

impl Case {
    /// What is wrong with the answer to what is not allowed.
    fn check(&self, variant: &Variant, answer: &Answer) -> Option<String> {
        if let Err(wrong) = answer.check_problem(self.refused_as) {
            return Some(wrong);
        }
        let slug = self.refused_as.slug();
        if !variant.route.problems.iter().any(|known| known == slug) {
            return Some(format!("{slug} is not declared"));
        }
        // What is not there is told of what it is missing from.
        let place = self.pointer.rsplit_once('/').map(|(around, _)| around);
        let is_within = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_it = |pointer: &String| {
            is_within(pointer, &self.pointer)
                || (!pointer.is_empty() && is_within(&self.pointer, pointer))
                || (self.is_left_out && place == Some(pointer))
        };
        // A header is named in the words.
        let is_named = self.header.is_some() || answer.pointers().iter().any(is_it);
        (!is_named).then(|| "it is not named".to_owned())
    }
}

/// The answers that an operation describes.
struct Described<'a> {
    responses: &'a Value,
    success: Option<Validator>,
}

impl Described<'_> {
    /// What is wrong with an answer.
    fn check(&self, answer: &Answer) -> Option<String> {
        if self.responses.get(answer.status.to_string()).is_none() || answer.status >= 500 {
            return Some("there is no such answer".to_owned());
        }
        let success = self.success.as_ref().filter(|_| answer.status < 300)?;
        let error = success.iter_errors(&answer.json).next()?;
        Some(format!("{} {error}", error.instance_path()))
    }
}

struct Document(Value);

impl Document {
    fn operation(&self, variant: &Variant) -> &Value {
        &self.0["paths"][variant.route.path()][variant.route.method().to_lowercase()]
    }

    /// References lead into the document, so it comes along.
    fn validator(&self, schema: &Value) -> Validator {
        let schema = json!({"components": self.0["components"], "allOf": [schema]});
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        options.build(&schema).unwrap()
    }

    fn described(&self, variant: &Variant) -> Described<'_> {
        let responses = &self.operation(variant)["responses"];
        let content = &responses[variant.route.success.to_string()]["content"];
        let schema = content["application/json"].get("schema");
        Described {
            responses,
            success: schema.map(|schema| self.validator(schema)),
        }
    }

    fn cases(&self, variant: &Variant, sample: &Sample) -> Vec<Case> {
        let operation = self.operation(variant);
        let mut cases = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            cases.extend(self.of_parameter(parameter, sample));
        }
        let media = &operation["requestBody"]["content"]["application/json"];
        if let (Some(schema), false) = (
            media.get("schema"),
            variant.route.path().contains("{collection}"),
        ) {
            cases.extend(self.of_body(schema, &media["example"], sample));
        }
        cases
    }

    fn of_parameter(&self, parameter: &Value, sample: &Sample) -> Vec<Case> {
        let (name, at) = (
            parameter["name"].as_str().unwrap(),
            parameter["in"].as_str().unwrap(),
        );
        if at == "path" {
            // What is no id is what is not there: the other sweeps ask for it.
            return Vec::new();
        }
        let schema = &parameter["schema"];
        let validator = self.validator(schema);
        let usual = schema["examples"][0].as_str().unwrap_or("Swept");
        let others = if at == "header" {
            HEADERS
        } else {
            values::TEXTS
        };
        let texts = values::nearly(usual).chain(others.iter().map(|text| (*text).to_owned()));
        let most = schema["maxLength"]
            .as_u64()
            .map(|most| usize::try_from(most).unwrap());
        let texts = texts.chain(most.into_iter().flat_map(values::about));
        let texts = texts.filter(|text| at == "query" || is_header(text));
        let case = |text: String| {
            let number = text.parse::<i64>().map(|number| json!(number));
            let is_number = schema["type"] == "integer";
            let value = number.ok().filter(|_| is_number).unwrap_or(json!(text));
            let mut case = Case {
                sample: sample.clone(),
                header: None,
                pointer: format!("?{name}"),
                what: format!("{name} is {text:?}"),
                refused_as: Kind::InvalidHeader,
                is_allowed: validator.is_valid(&value),
                is_left_out: false,
            };
            if at == "header" {
                case.header = Some((name.to_owned(), text));
            } else {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair(name, &text)
                    .finish();
                case.sample.query = query;
                case.refused_as = Kind::InvalidQuery;
            }
            case
        };
        texts.map(case).collect()
    }

    fn of_body(&self, schema: &Value, example: &Value, sample: &Sample) -> Vec<Case> {
        let validator = self.validator(schema);
        let usual = sample.body.clone().unwrap_or_else(|| json!({}));
        let mut cases = Vec::new();
        // What is no object at all has a test of its own.
        let altered = values::altered(&self.0, schema, example).into_iter();
        for (pointer, value) in altered.filter(|(pointer, _)| !pointer.is_empty()) {
            // Of the example only the member in question, since not all of them go together.
            let member = pointer.split('/').nth(1).unwrap();
            let mut body = usual.clone();
            match value.get(member) {
                Some(value) => body[member] = value.clone(),
                None => {
                    body.as_object_mut().unwrap().remove(member);
                }
            }
            let shown: String = body.to_string().chars().take(300).collect();
            cases.push(Case {
                is_allowed: validator.is_valid(&body),
                is_left_out: body.pointer(&pointer).is_none(),
                sample: Sample {
                    body: Some(body),
                    ..sample.clone()
                },
                header: None,
                what: format!("{pointer} in {shown}"),
                pointer,
                refused_as: Kind::ValidationFailed,
            });
        }
        cases
    }
}

/// Whether it can stand in a header at all, and comes through as it was sent.
fn is_header(text: &str) -> bool {
    text.trim() == text && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

const HEADERS: &[&str] = &[
    "",
    "x",
    "\"1\"",
    "\"\"",
    "\"-1\"",
    "W/\"1\"",
    "1",
    "*",
    "\"99999999999999999999\"",
    "\"1\", \"2\"",
];
