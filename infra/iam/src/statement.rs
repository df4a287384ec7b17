//! Statements, and what policy documents and trust documents have in common.

use crate::action::Actions;
use crate::condition::{self, Condition};
use crate::error::PolicyError;
use crate::principal::Principals;
use crate::resource::Resources;
use serde_json::{Map, Value};

/// The one version with variables. A document without Version means the one of 2008, in which `${…}` is plain text.
const VERSION: &str = "2012-10-17";

/// Allow or Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// What a statement is about: resources in a policy, principals in a trust policy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Subject {
    Resources(Resources),
    Principals(Principals),
}

/// Which of the two a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    Policy,
    Trust,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sid: String,
    pub(crate) effect: Effect,
    pub(crate) actions: Actions,
    pub(crate) subject: Subject,
    pub(crate) conditions: Vec<Condition>,
}

impl Statement {
    /// The condition keys it looks at.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let resources = match &self.subject {
            Subject::Resources(resources) => Some(resources.keys()),
            Subject::Principals(_) => None,
        };
        self.conditions
            .iter()
            .flat_map(Condition::keys)
            .chain(resources.into_iter().flatten())
    }
}

/// Reads a document's statements. `name` is how errors call the document.
pub(crate) fn parse_document(
    name: &str,
    document: &Value,
    kind: DocumentKind,
) -> Result<Vec<Statement>, PolicyError> {
    let wrong = |detail: &str| PolicyError::new(name, detail);
    let elements = document
        .as_object()
        .ok_or_else(|| wrong("is not a mapping"))?;
    if let Some(unknown) = elements
        .keys()
        .find(|key| !["Version", "Id", "Statement"].contains(&key.as_str()))
    {
        return Err(PolicyError::new(
            name,
            format_args!("the element {unknown} is not known here"),
        ));
    }
    if elements.get("Version").and_then(Value::as_str) != Some(VERSION) {
        return Err(PolicyError::new(
            name,
            format_args!("Version must be \"{VERSION}\""),
        ));
    }
    if elements.get("Id").is_some_and(|id| !id.is_string()) {
        return Err(wrong("Id must be text"));
    }
    let items = match elements.get("Statement") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single @ Value::Object(_)) => std::slice::from_ref(single),
        _ => return Err(wrong("Statement must be a list of statements")),
    };
    if items.is_empty() {
        return Err(wrong("has no statements"));
    }
    let mut statements: Vec<Statement> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let elements = item.as_object().ok_or_else(|| {
            PolicyError::new(
                name,
                format_args!("statement {} is not a mapping", index + 1),
            )
        })?;
        let sid = sid(elements).map_err(|detail| {
            PolicyError::new(name, format_args!("statement {}: {detail}", index + 1))
        })?;
        let statement = parse_statement(sid, elements, kind)
            .map_err(|detail| PolicyError::new(name, format_args!("statement {sid}: {detail}")))?;
        if statements.iter().any(|other| other.sid == sid) {
            return Err(PolicyError::new(
                name,
                format_args!("two statements have the Sid {sid}"),
            ));
        }
        statements.push(statement);
    }
    Ok(statements)
}

fn sid(elements: &Map<String, Value>) -> Result<&str, String> {
    let sid = elements
        .get("Sid")
        .ok_or("has no Sid; decisions are named by it")?;
    let sid = sid.as_str().ok_or("Sid must be text")?;
    if sid.is_empty()
        || !sid
            .chars()
            .all(|character| character.is_ascii_alphanumeric())
    {
        return Err(format!(
            "the Sid {sid:?} must consist of letters and digits"
        ));
    }
    Ok(sid)
}

fn parse_statement(
    sid: &str,
    elements: &Map<String, Value>,
    kind: DocumentKind,
) -> Result<Statement, String> {
    let known: &[&str] = match kind {
        DocumentKind::Policy => &[
            "Sid",
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
        DocumentKind::Trust => &[
            "Sid",
            "Effect",
            "Principal",
            "Action",
            "NotAction",
            "Condition",
        ],
    };
    if let Some(unknown) = elements.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("the element {unknown} is not known here"));
    }
    let effect = match elements.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err("Effect must be Allow or Deny".to_owned()),
    };
    let (name, element, negated) = either(elements, "Action", "NotAction")?;
    let actions = Actions::parse(element, negated).map_err(|detail| format!("{name}: {detail}"))?;
    let subject = match kind {
        DocumentKind::Policy => {
            let (name, element, negated) = either(elements, "Resource", "NotResource")?;
            Subject::Resources(
                Resources::parse(element, negated).map_err(|detail| format!("{name}: {detail}"))?,
            )
        }
        DocumentKind::Trust => Subject::Principals(Principals::parse(
            elements.get("Principal").ok_or("Principal is missing")?,
        )?),
    };
    let conditions = match elements.get("Condition") {
        Some(element) => condition::parse(element)?,
        None => Vec::new(),
    };
    Ok(Statement {
        sid: sid.to_owned(),
        effect,
        actions,
        subject,
        conditions,
    })
}

/// An element or its negation; exactly one of them must stand.
fn either<'a>(
    elements: &'a Map<String, Value>,
    plain: &'a str,
    negated: &'a str,
) -> Result<(&'a str, &'a Value, bool), String> {
    match (elements.get(plain), elements.get(negated)) {
        (Some(element), None) => Ok((plain, element, false)),
        (None, Some(element)) => Ok((negated, element, true)),
        (None, None) => Err(format!("{plain} is missing")),
        (Some(_), Some(_)) => Err(format!("{plain} and {negated} can't stand together")),
    }
}
