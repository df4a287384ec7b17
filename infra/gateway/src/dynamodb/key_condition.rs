//! Which partition a query reads.
//!
//! The condition may be written in many ways: operands reversed, names aliased, in parentheses, or in the older `KeyConditions` form. It
//! is parsed here and written out again in one plain form, so that the store is asked exactly what was authorised.

use super::tables::KeySchema;
use super::tokens::{Cursor, Placeholders, Token};
use serde_json::{Map, Value};

/// What a query's key condition says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeyCondition {
    /// The one partition key value.
    pub(crate) partition_value: String,
    /// The attributes the condition names.
    pub(crate) attributes: Vec<String>,
    /// The condition in its plain form, if it was an expression.
    pub(crate) plain: Option<String>,
}

/// Reads a query's key condition for the keys of the table or index it asks.
pub(crate) fn read(query: &Map<String, Value>, keys: &KeySchema) -> Result<KeyCondition, String> {
    match (query.get("KeyConditionExpression"), query.get("KeyConditions")) {
        (Some(Value::String(expression)), None) => read_expression(expression, Placeholders::of(query), keys),
        (None, Some(Value::Object(conditions))) => read_legacy(conditions, keys),
        (Some(_), Some(_)) => Err("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}".to_owned()),
        (None, None) => Err("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.".to_owned()),
        _ => Err("KeyConditionExpression must be a string and KeyConditions an object".to_owned()),
    }
}

/// One comparison, its attribute first.
struct Comparison<'a> {
    attribute: Token<'a>,
    operator: Operator<'a>,
}

enum Operator<'a> {
    Compare(&'static str, &'a str),
    Between(&'a str, &'a str),
    BeginsWith(&'a str),
}

fn read_expression(
    expression: &str,
    placeholders: Placeholders<'_>,
    keys: &KeySchema,
) -> Result<KeyCondition, String> {
    let mut cursor = Cursor::over(expression)?;
    let mut comparisons = Vec::new();
    conjunction(&mut cursor, &mut comparisons, 0)?;
    if let Some(token) = cursor.peek() {
        return Err(format!(
            "Invalid KeyConditionExpression: Syntax error; token: {token:?}"
        ));
    }
    let mut attributes = Vec::new();
    let mut partition_value = None;
    for comparison in &comparisons {
        let attribute = placeholders.attribute(comparison.attribute)?;
        if attributes.iter().any(|known| known == attribute) {
            return Err(
                "KeyConditionExpressions must only contain one condition per key".to_owned(),
            );
        }
        attributes.push(attribute.to_owned());
        if attribute == keys.partition {
            let Operator::Compare("=", placeholder) = comparison.operator else {
                return Err("Query key condition not supported".to_owned());
            };
            partition_value = Some(text_value(placeholders.value(placeholder)?)?.to_owned());
        }
    }
    let partition_value = partition_value.ok_or_else(|| missed(keys))?;
    Ok(KeyCondition {
        partition_value,
        attributes,
        plain: Some(
            comparisons
                .iter()
                .map(plain)
                .collect::<Vec<_>>()
                .join(" AND "),
        ),
    })
}

/// No sensible condition nests deeper.
const MAX_DEPTH: usize = 32;

fn conjunction<'a>(
    cursor: &mut Cursor<'a>,
    found: &mut Vec<Comparison<'a>>,
    depth: usize,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(
            "Invalid KeyConditionExpression: The expression is nested too deeply".to_owned(),
        );
    }
    loop {
        if cursor.take("(") {
            if is_operand_in_parentheses(cursor) {
                found.push(comparison_after_operand(cursor, true)?);
            } else {
                conjunction(cursor, found, depth + 1)?;
                cursor.expect(")")?;
            }
        } else {
            found.push(comparison_after_operand(cursor, false)?);
        }
        if !cursor.take_keyword("AND") {
            return Ok(());
        }
    }
}

/// `(pk) = :v`: the parenthesis just taken holds one operand only.
fn is_operand_in_parentheses(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.peek_second(), Some(Token::Symbol(")")))
}

fn operand<'a>(cursor: &mut Cursor<'a>) -> Result<Token<'a>, String> {
    let mut open = 0;
    while cursor.take("(") {
        open += 1;
    }
    let token = cursor
        .next()
        .ok_or("Invalid KeyConditionExpression: Syntax error; the expression ends early")?;
    for _ in 0..open {
        cursor.expect(")")?;
    }
    match token {
        Token::Word(_) if !token.is_any_keyword() => Ok(token),
        Token::Alias(_) | Token::Placeholder(_) => Ok(token),
        other => Err(format!(
            "Invalid KeyConditionExpression: Syntax error; token: {other:?}"
        )),
    }
}

fn value<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, String> {
    match operand(cursor)? {
        Token::Placeholder(placeholder) => Ok(placeholder),
        other => Err(format!(
            "Invalid KeyConditionExpression: a value belongs where {other:?} stands"
        )),
    }
}

fn comparison_after_operand<'a>(
    cursor: &mut Cursor<'a>,
    in_parentheses: bool,
) -> Result<Comparison<'a>, String> {
    if !in_parentheses
        && matches!(cursor.peek(), Some(Token::Word(_)))
        && matches!(cursor.peek_second(), Some(Token::Symbol("(")))
    {
        return function(cursor);
    }
    let left = operand(cursor)?;
    if in_parentheses {
        cursor.expect(")")?;
    }
    if cursor.take_keyword("BETWEEN") {
        let low = value(cursor)?;
        if !cursor.take_keyword("AND") {
            return Err(
                "Invalid KeyConditionExpression: Syntax error; BETWEEN needs AND".to_owned(),
            );
        }
        let high = value(cursor)?;
        return attribute_first(left, Operator::Between(low, high));
    }
    let Some(Token::Symbol(operator)) = cursor.next() else {
        return Err(
            "Invalid KeyConditionExpression: Syntax error; a comparison belongs here".to_owned(),
        );
    };
    let reversed = match operator {
        "=" => "=",
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => {
            return Err(format!(
                "Invalid operator used in KeyConditionExpression: {other}"
            ));
        }
    };
    match (left, operand(cursor)?) {
        (Token::Placeholder(left), right @ (Token::Word(_) | Token::Alias(_))) => {
            attribute_first(right, Operator::Compare(reversed, left))
        }
        (left, Token::Placeholder(right)) => {
            attribute_first(left, Operator::Compare(operator, right))
        }
        _ => Err("Invalid KeyConditionExpression: a key must be compared with a value".to_owned()),
    }
}

fn function<'a>(cursor: &mut Cursor<'a>) -> Result<Comparison<'a>, String> {
    match cursor.next() {
        Some(Token::Word("begins_with")) => {}
        other => {
            return Err(format!(
                "Invalid KeyConditionExpression: Invalid function name; function: {other:?}"
            ));
        }
    }
    cursor.expect("(")?;
    let attribute = operand(cursor)?;
    cursor.expect(",")?;
    let prefix = value(cursor)?;
    cursor.expect(")")?;
    attribute_first(attribute, Operator::BeginsWith(prefix))
}

fn attribute_first<'a>(
    attribute: Token<'a>,
    operator: Operator<'a>,
) -> Result<Comparison<'a>, String> {
    match attribute {
        Token::Word(_) | Token::Alias(_) => Ok(Comparison {
            attribute,
            operator,
        }),
        _ => Err("Invalid KeyConditionExpression: a key must be compared with a value".to_owned()),
    }
}

fn plain(comparison: &Comparison<'_>) -> String {
    let attribute = match comparison.attribute {
        Token::Word(text) | Token::Alias(text) | Token::Placeholder(text) | Token::Number(text) => {
            text
        }
        Token::Symbol(text) => text,
    };
    match comparison.operator {
        Operator::Compare(operator, value) => format!("{attribute} {operator} {value}"),
        Operator::Between(low, high) => format!("{attribute} BETWEEN {low} AND {high}"),
        Operator::BeginsWith(prefix) => format!("begins_with({attribute}, {prefix})"),
    }
}

fn read_legacy(conditions: &Map<String, Value>, keys: &KeySchema) -> Result<KeyCondition, String> {
    let condition = conditions
        .get(&keys.partition)
        .ok_or_else(|| missed(keys))?;
    if condition.get("ComparisonOperator").and_then(Value::as_str) != Some("EQ") {
        return Err("Query key condition not supported".to_owned());
    }
    match condition.get("AttributeValueList").and_then(Value::as_array).map(Vec::as_slice) {
        Some([value]) => Ok(KeyCondition { partition_value: text_value(value)?.to_owned(), attributes: conditions.keys().cloned().collect(), plain: None }),
        _ => Err("One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator".to_owned()),
    }
}

fn missed(keys: &KeySchema) -> String {
    format!(
        "Query condition missed key schema element: {}",
        keys.partition
    )
}

/// The text of a string attribute value, which has no other member.
pub(crate) fn text_value(value: &Value) -> Result<&str, String> {
    match value.as_object() {
        Some(object) if object.len() == 1 => object.get("S").and_then(Value::as_str),
        _ => None,
    }
    .ok_or_else(|| "One or more parameter values were invalid: Condition parameter type does not match schema type".to_owned())
}

#[cfg(test)]
#[path = "key_condition_tests.rs"]
mod tests;
