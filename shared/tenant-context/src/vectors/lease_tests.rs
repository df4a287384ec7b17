#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::*;
use aws_sdk_dynamodb::types::AttributeValue;

/// What is said of all, as DynamoDB has it.
fn said(building: Option<&Building>, indexed: Option<&str>) -> State {
    let mut item = serde_json::json!({"dimension": 2, "vectors": 3});
    if let Some(building) = building {
        item["building"] = serde_json::to_value(building).unwrap();
    }
    if let Some(bucket) = indexed {
        item["indexed"] = bucket.into();
    }
    let item = StoredItem(serde_dynamo::to_item(item).unwrap());
    State::found(Some(&item)).unwrap()
}

#[test]
fn an_index_that_is_made_in_another_bucket_is_not_gone_on_with() {
    let mut building = Building {
        bucket: "one".to_owned(),
        by: Uuid::nil(),
        until: 0,
        from: None,
    };
    let of = |building: &Building, bucket: &str| {
        let state = said(Some(building), None);
        state
            .building_in(bucket)
            .map(|known| known.place().cloned())
    };
    assert_eq!(of(&building, "one"), Some(None));
    let place = Place {
        shard: 3,
        after: Some("x".to_owned()),
    };
    building.from = Some(place.clone());
    assert_eq!(of(&building, "one"), Some(Some(place)));
    assert_eq!(of(&building, "other"), None);
    assert!(said(None, None).building_in("one").is_none());
}

#[test]
fn a_lease_is_taken_only_of_what_was_seen() {
    let building = Building {
        bucket: "one".to_owned(),
        by: Uuid::nil(),
        until: 0,
        from: None,
    };
    let condition = |state: &State| unchanged(state, Update::new()).render().1.unwrap();
    assert_eq!(
        condition(&said(None, None)),
        "attribute_exists(#n0) AND attribute_not_exists(#n1) AND attribute_not_exists(#n2)"
    );
    assert_eq!(
        condition(&said(Some(&building), Some("old"))),
        "attribute_exists(#n0) AND #n1.#n2 = :v0 AND #n3 = :v1"
    );
}

#[test]
fn what_is_stored_is_what_conditions_compare_and_what_is_read() {
    let by = Uuid::now_v7();
    let building = Building {
        bucket: "one".to_owned(),
        by,
        until: 5,
        from: None,
    };
    let building = crate::expression::value(&building).unwrap();
    assert_eq!(
        building.as_m().unwrap()["by"],
        AttributeValue::S(by.to_string())
    );
    let (_, _, bindings) = Update::new().when(held_by(by)).render();
    assert_eq!(bindings.values[":v0"], AttributeValue::S(by.to_string()));
    let chunk = RecordId::generate();
    let gone = AttributeValue::Ss(vec![chunk.to_string()]);
    let number = |number: &str| AttributeValue::N(number.to_owned());
    let item = [
        ("dimension", number("2")),
        ("vectors", number("3")),
        ("building", building),
        ("gone", gone),
    ];
    let item = item.map(|(name, value)| (name.to_owned(), value));
    let state = State::found(Some(&StoredItem(item.into()))).unwrap();
    assert_eq!(state.building_in("one").unwrap().until, 5);
    let gone: Vec<RecordId> = state.gone.iter().map(|id| id.parse().unwrap()).collect();
    assert_eq!(gone, [chunk]);
}
