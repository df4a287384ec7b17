//! Capacity units: what each request cost, and how much of that the client asked to be told.

use super::operations::Operation;
use super::store::Store;
use super::tables::{Table, Tables};
use crate::decisions::Units;
use serde_json::{Map, Value};

/// Asks the store for the exact units, whatever the client asked for. A mode that does not exist is left for the store to refuse.
pub(crate) fn ask(body: &mut Map<String, Value>) {
    let mode = body.get("ReturnConsumedCapacity").and_then(Value::as_str);
    if !body.contains_key("ReturnConsumedCapacity")
        || matches!(mode, Some("NONE" | "TOTAL" | "INDEXES"))
    {
        body.insert("ReturnConsumedCapacity".to_owned(), Value::from("INDEXES"));
    }
}

/// The units a reply reports.
pub(crate) fn of_reply(operation: Operation, reply: &Map<String, Value>) -> Units {
    let mut units = Units::default();
    for part in parts(reply.get("ConsumedCapacity")) {
        let number = |name: &str| part.get(name).and_then(Value::as_f64);
        match (
            number("ReadCapacityUnits"),
            number("WriteCapacityUnits"),
            number("CapacityUnits"),
        ) {
            (None, None, Some(all)) if operation.is_read() => units.read += all,
            (None, None, Some(all)) => units.write += all,
            (read, write, _) => {
                units.read += read.unwrap_or_default();
                units.write += write.unwrap_or_default();
            }
        }
    }
    units
}

/// Takes from a reply what the client did not ask for.
pub(crate) fn shape(reply: &mut Map<String, Value>, wanted: Option<&str>) {
    match wanted {
        Some("INDEXES") => {}
        Some("TOTAL") => match reply.get_mut("ConsumedCapacity") {
            Some(Value::Array(parts)) => parts.iter_mut().for_each(total_only),
            Some(part) => total_only(part),
            None => {}
        },
        _ => {
            reply.remove("ConsumedCapacity");
        }
    }
}

/// What a write costs whose condition does not hold: the size of the item that is there, and one unit at least. A transaction costs double.
///
/// The store reports nothing for failed writes, while AWS bills them.
pub(crate) fn of_failed_condition(
    operation: Operation,
    body: &Map<String, Value>,
    tables: &Tables,
    store: &Store,
) -> Units {
    let unit = |table: &Value, key: &Value| {
        table
            .as_str()
            .and_then(|table| store.item_size(table, key))
            .map_or(1.0, write_units)
    };
    let of_element = |members: &Map<String, Value>| {
        let table = members.get("TableName").unwrap_or(&Value::Null);
        let key = match members.get("Key") {
            Some(key) => key.clone(),
            None => key_of_item(
                members.get("Item"),
                table.as_str().and_then(|name| tables.get(name)),
            ),
        };
        unit(table, &key)
    };
    let write = match operation {
        Operation::PutItem | Operation::UpdateItem | Operation::DeleteItem => of_element(body),
        Operation::TransactWriteItems => {
            let elements = body
                .get("TransactItems")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            elements
                .filter_map(|element| element.as_object()?.values().next()?.as_object())
                .map(|members| 2.0 * of_element(members))
                .sum()
        }
        _ => 0.0,
    };
    Units { read: 0.0, write }
}

fn write_units(bytes: usize) -> f64 {
    let kilobytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    f64::from(kilobytes.max(1))
}

fn key_of_item(item: Option<&Value>, table: Option<&Table>) -> Value {
    let item = item.and_then(Value::as_object);
    let names = table
        .into_iter()
        .flat_map(|table| std::iter::once(&table.keys.partition).chain(&table.keys.sort));
    names
        .filter_map(|name| Some((name.clone(), item?.get(name)?.clone())))
        .collect::<Map<_, _>>()
        .into()
}

fn parts(capacity: Option<&Value>) -> impl Iterator<Item = &Value> {
    match capacity {
        Some(Value::Array(parts)) => parts.as_slice(),
        Some(part) => std::slice::from_ref(part),
        None => &[],
    }
    .iter()
}

fn total_only(part: &mut Value) {
    if let Some(part) = part.as_object_mut() {
        part.retain(|name, _| {
            matches!(
                name.as_str(),
                "TableName" | "CapacityUnits" | "ReadCapacityUnits" | "WriteCapacityUnits"
            )
        });
    }
}
