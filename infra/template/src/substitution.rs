//! The text of `Fn::Sub`: `${Name}`, `${Name.Attribute}`, and `${!text}` for a literal `${text}`.

use crate::error::TemplateError;
use crate::intrinsics::as_text;
use crate::place::Place;
use crate::scope::Scope;
use std::collections::BTreeMap;

pub(crate) fn substitute(
    scope: &Scope<'_>,
    text: &str,
    variables: &BTreeMap<&str, String>,
    place: &Place<'_>,
) -> Result<String, TemplateError> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        result.push_str(before);
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| TemplateError::at(place, "${ is not closed"))?;
        rest = after;
        match name.strip_prefix('!') {
            Some(literal) => {
                result.push_str("${");
                result.push_str(literal);
                result.push('}');
            }
            None => result.push_str(&value(scope, name, variables, place)?),
        }
    }
    result.push_str(rest);
    Ok(result)
}

fn value(
    scope: &Scope<'_>,
    name: &str,
    variables: &BTreeMap<&str, String>,
    place: &Place<'_>,
) -> Result<String, TemplateError> {
    if let Some(value) = variables.get(name) {
        return Ok(value.clone());
    }
    // `${aws:PrincipalTag/X}` without `!` is the usual slip.
    if name.is_empty()
        || !name.chars().all(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | ':')
        })
    {
        return Err(TemplateError::at(
            place,
            format_args!("${{{name}}} is not a name: write ${{!{name}}} for the text itself"),
        ));
    }
    if let Some((id, attribute)) = name.split_once('.') {
        return scope.attribute(id, attribute, place);
    }
    let value = scope.reference(name, place)?;
    value
        .as_ref()
        .and_then(as_text)
        .ok_or_else(|| TemplateError::at(place, format_args!("${{{name}}} is not a single text")))
}
