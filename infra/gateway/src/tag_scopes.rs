//! Which roles live inside one tag's value, and where.

use crate::roles::list;
use serde_json::{Map, Value};

/// The literal beginnings of the leading keys that a policy binds to a tag of the principal.
pub(crate) fn tag_scopes(document: &Value) -> Vec<String> {
    let mut scopes = Vec::new();
    let statements = list(document.get("Statement"));
    let operators = statements
        .into_iter()
        .filter_map(|statement| statement.get("Condition"))
        .filter_map(Value::as_object)
        .flat_map(Map::values);
    for keys in operators.filter_map(Value::as_object) {
        for (_, values) in keys
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case("dynamodb:LeadingKeys"))
        {
            for pattern in list(Some(values)).into_iter().filter_map(Value::as_str) {
                if let Some((before, variable)) = pattern.split_once("${")
                    && variable
                        .to_ascii_lowercase()
                        .starts_with("aws:principaltag/")
                    && !scopes.iter().any(|known| known == before)
                {
                    scopes.push(before.to_owned());
                }
            }
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_what_binds_leading_keys_to_a_tag() {
        let document = json!({"Statement": [
            {"Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["TENANT#${aws:PrincipalTag/TenantId}", "TENANT#${aws:PrincipalTag/TenantId}#*"]}}},
            {"Condition": {"ForAllValues:StringLike": {"dynamodb:leadingkeys": "USER#${aws:principaltag/UserId}"}}},
            {"Condition": {"StringLike": {"dynamodb:LeadingKeys": "TENANT#*"}, "StringEquals": {"x": "${aws:PrincipalTag/A}"}}}]});
        assert_eq!(tag_scopes(&document), ["TENANT#", "USER#"]);
    }
}
