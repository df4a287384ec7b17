//! The top-level attributes a request names: what IAM calls `dynamodb:Attributes`.

use super::tokens::{Placeholders, Token, tokenize};
use super::update_expression;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Collects the attributes named by one operation, or one element of a batch or transaction.
///
/// Keys, items, expressions of every kind and their older forms count alike: an attribute that is only compared is read too.
pub(crate) fn named_by(members: &Map<String, Value>) -> Result<BTreeSet<String>, String> {
    let placeholders = Placeholders::of(members);
    let mut names = BTreeSet::new();
    for member in [
        "ProjectionExpression",
        "ConditionExpression",
        "FilterExpression",
    ] {
        if let Some(expression) = members.get(member) {
            let expression = expression
                .as_str()
                .ok_or_else(|| format!("{member} must be a string"))?;
            let found = in_condition(expression, placeholders)
                .map_err(|detail| format!("Invalid {member}: {detail}"))?;
            names.extend(found.into_iter().map(str::to_owned));
        }
    }
    if let Some(expression) = members.get("UpdateExpression") {
        let expression = expression
            .as_str()
            .ok_or("UpdateExpression must be a string")?;
        let update = update_expression::parse(expression, placeholders)?;
        names.extend(
            update
                .assignments
                .iter()
                .map(|assignment| assignment.attribute.to_owned()),
        );
        names.extend(update.read.into_iter().map(str::to_owned));
    }
    for member in [
        "Key",
        "Item",
        "AttributeUpdates",
        "Expected",
        "QueryFilter",
        "KeyConditions",
    ] {
        if let Some(object) = members.get(member) {
            names.extend(
                object
                    .as_object()
                    .ok_or_else(|| format!("{member} must be an object"))?
                    .keys()
                    .cloned(),
            );
        }
    }
    if let Some(list) = members.get("AttributesToGet") {
        let list = list.as_array().ok_or("AttributesToGet must be a list")?;
        // A list of nothing would count as a selection, and yet the store reads everything.
        if list.is_empty() {
            return Err("1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned());
        }
        for name in list {
            names.insert(
                name.as_str()
                    .ok_or("AttributesToGet must be a list of strings")?
                    .to_owned(),
            );
        }
    }
    Ok(names)
}

/// The attributes that begin the paths of a projection, condition or filter.
fn in_condition<'a>(
    expression: &'a str,
    placeholders: Placeholders<'a>,
) -> Result<Vec<&'a str>, String> {
    let tokens = tokenize(expression)?;
    if tokens.is_empty() {
        return Err("The expression can not be empty;".to_owned());
    }
    let mut names = Vec::new();
    for (position, token) in tokens.iter().enumerate() {
        let nested = position
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            == Some(&Token::Symbol("."));
        let function = tokens.get(position + 1) == Some(&Token::Symbol("("));
        match token {
            Token::Word(_) if token.is_any_keyword() || (function && !nested) => {}
            Token::Word(_) | Token::Alias(_) => {
                let name = placeholders.attribute(*token)?;
                if !nested {
                    names.push(name);
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::json;

    fn named(members: Value) -> Result<Vec<String>, String> {
        named_by(members.as_object().unwrap()).map(|names| names.into_iter().collect())
    }

    #[test]
    fn collects_from_every_part_of_a_request() {
        assert_eq!(named(json!({"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}, "ProjectionExpression": "#n.x[0], b.c", "ExpressionAttributeNames": {"#n": "name.with.dots"}})).unwrap(), ["b", "name.with.dots", "pk", "sk"]);
        assert_eq!(
            named(json!({
                "ConditionExpression": "attribute_not_exists(pk) AND (size(a.b) > :v OR NOT contains (c, d)) AND e IN (:v, :w) AND f BETWEEN :v AND g",
                "FilterExpression": "begins_with(h, :v) and attribute_type(i, :t)",
            }))
            .unwrap(),
            ["a", "c", "d", "e", "f", "g", "h", "i", "pk"]
        );
        assert_eq!(
            named(json!({"UpdateExpression": "SET a = b + :v REMOVE c.d ADD e :v", "ExpressionAttributeValues": {":v": {"N": "1"}}, "Expected": {"f": {}}, "AttributeUpdates": {"g": {}}, "AttributesToGet": ["h"], "QueryFilter": {"i": {}}})).unwrap(),
            ["a", "b", "c", "e", "f", "g", "h", "i"]
        );
    }

    #[test]
    fn refuses_names_it_cannot_resolve() {
        assert!(named(json!({"ProjectionExpression": "#n"})).is_err());
        assert!(named(json!({"ProjectionExpression": "a, 'b'"})).is_err());
        assert!(named(json!({"ProjectionExpression": 1})).is_err());
        assert!(named(json!({"AttributesToGet": [1]})).is_err());
        // A selection of nothing is none.
        assert!(named(json!({"AttributesToGet": []})).is_err());
        assert!(named(json!({"ProjectionExpression": " "})).is_err());
        assert!(named(json!({"Item": []})).is_err());
    }
}
