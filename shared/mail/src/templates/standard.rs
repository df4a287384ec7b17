//! The product's own templates: for each notice an HTML file, and a text file whose first line is the subject.

use super::{FUEL, Rendering, TemplateError, subject};
use crate::Message;
use minijinja::{Environment, UndefinedBehavior, Value};
use std::collections::BTreeMap;

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        /// Name, HTML, text.
        pub(super) const ALL: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../../templates/", $name, ".html")),
            include_str!(concat!("../../templates/", $name, ".txt")),
        )),+];
    };
}

templates!(
    "welcome",
    "invitation",
    "verify_email",
    "reset_password",
    "change_email",
    "email_changed",
    "password_changed",
    "password_reset",
    "mfa_enabled",
    "mfa_disabled",
    "recovery_codes_replaced",
    "recovery_code_used",
    "new_owner",
    "ownership_transferred",
    "role_changed",
    "member_removed",
    "seat_limit",
    "trial_ending",
    "trial_ended",
    "tenant_suspended",
    "tenant_reactivated",
    "deletion_requested",
);

const LAYOUTS: [(&str, &str); 2] = [
    ("layout.html", include_str!("../../templates/layout.html")),
    ("layout.txt", include_str!("../../templates/layout.txt")),
];

/// An environment in which a missing variable is an error, HTML is escaped, and nothing runs for long.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // Only the name of an HTML template ends so: subjects and texts are not escaped.
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            minijinja::AutoEscape::Html
        } else {
            minijinja::AutoEscape::None
        }
    });
    environment
}

/// The message by the standard template.
pub(super) fn render(rendering: &Rendering<'_>) -> Result<Message, TemplateError> {
    let name = rendering.letter.notice.name();
    let files = ALL.iter().find(|(known, ..)| *known == name);
    let (_, html, text) = files.ok_or_else(|| failed(name, &"is missing"))?;
    let (first, text) = text
        .split_once('\n')
        .ok_or_else(|| failed(name, &"has no subject"))?;
    let variables = rendering.variables();
    let rendered = environment()
        .render_named_str("subject", first, &variables)
        .map_err(|error| failed(name, &error))?;
    both(name, html, text, subject(&rendered), variables)
}

/// A tenant's own words, which are safe as they are, between greeting and end.
pub(super) fn framed(
    mut variables: BTreeMap<&'static str, Value>,
    subject: String,
    text: String,
    html: String,
) -> Result<Message, TemplateError> {
    variables.insert("own_html", Value::from_safe_string(html));
    variables.insert("own_text", Value::from(text));
    both(
        "own wording",
        r#"{% extends "layout.html" %}{% block body %}{{ own_html }}{% endblock %}"#,
        r#"{% extends "layout.txt" %}{% block body %}{{ own_text }}{% endblock %}"#,
        subject,
        variables,
    )
}

fn both(
    name: &str,
    html: &str,
    text: &str,
    subject: String,
    mut variables: BTreeMap<&'static str, Value>,
) -> Result<Message, TemplateError> {
    let mut environment = environment();
    for (layout, source) in LAYOUTS {
        environment
            .add_template(layout, source)
            .map_err(|error| failed(name, &error))?;
    }
    variables.insert("subject", subject.as_str().into());
    let one = |file: &str, source: &str| {
        environment
            .render_named_str(file, source, &variables)
            .map_err(|error| failed(name, &error))
    };
    Ok(Message {
        text: one("letter.txt", text)?,
        html: one("letter.html", html)?,
        subject,
    })
}

fn failed(template: &str, reason: &dyn std::fmt::Display) -> TemplateError {
    TemplateError {
        template: template.to_owned(),
        reason: reason.to_string(),
    }
}
