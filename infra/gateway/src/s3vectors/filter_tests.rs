#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::*;
use crate::s3vectors::distance::Metric;
use serde_json::json;

fn index() -> Index {
    Index {
        id: 1,
        created: 0,
        dimension: 2,
        metric: Metric::Cosine,
        unfilterable: vec!["text".to_owned()],
    }
}

fn read(filter: &Value) -> Result<Filter, String> {
    Filter::read(filter, &index())
}

/// Whether the film passes.
fn passes(filter: &Value) -> bool {
    let film = json!({
        "genre": "drama", "year": 2020, "price": 9.5, "seen": true, "category": ["documentary", "romance"],
    });
    let filter = read(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    filter.matches(film.as_object().unwrap())
}

#[test]
fn each_operator_lets_through_what_it_says() {
    for (filter, expected) in [
        (json!({"genre": "drama"}), true),
        (json!({"genre": "Drama"}), false),
        (json!({"genre": {"$eq": "drama"}}), true),
        (json!({"genre": {"$ne": "drama"}}), false),
        (json!({"genre": {"$ne": "comedy"}}), true),
        (json!({"genre": {"$in": ["comedy", "drama"]}}), true),
        (json!({"genre": {"$in": ["comedy"]}}), false),
        (json!({"genre": {"$nin": ["comedy"]}}), true),
        (json!({"genre": {"$nin": ["comedy", "drama"]}}), false),
        (json!({"seen": true}), true),
        (json!({"seen": {"$ne": true}}), false),
        (json!({"year": 2020}), true),
        (json!({"year": 2020.0}), true),
        (json!({"year": "2020"}), false),
        (json!({"year": {"$gt": 2019}}), true),
        (json!({"year": {"$gt": 2020}}), false),
        (json!({"year": {"$gte": 2020}}), true),
        (json!({"year": {"$lt": 2020}}), false),
        (json!({"year": {"$lt": 2020.5}}), true),
        (json!({"year": {"$lte": 2020}}), true),
        (json!({"price": {"$gte": 9, "$lte": 10}}), true),
        (json!({"price": {"$gte": 9, "$lt": 9.5}}), false),
        (json!({"genre": {"$gt": 1}}), false),
        (json!({"genre": {"$exists": true}}), true),
        (json!({"genre": {"$exists": false}}), false),
    ] {
        assert_eq!(passes(&filter), expected, "{filter}");
    }
}

#[test]
fn a_list_passes_by_any_of_its_elements() {
    for (filter, expected) in [
        (json!({"category": "romance"}), true),
        (json!({"category": "drama"}), false),
        (json!({"category": {"$ne": "romance"}}), false),
        (json!({"category": {"$ne": "drama"}}), true),
        (json!({"category": {"$in": ["drama", "romance"]}}), true),
        (json!({"category": {"$nin": ["drama", "romance"]}}), false),
        (json!({"category": {"$nin": ["drama"]}}), true),
    ] {
        assert_eq!(passes(&filter), expected, "{filter}");
    }
}

#[test]
fn what_lacks_the_key_is_not_equal_to_anything() {
    for (filter, expected) in [
        (json!({"mood": "calm"}), false),
        (json!({"mood": {"$in": ["calm"]}}), false),
        (json!({"mood": {"$gt": 0}}), false),
        (json!({"mood": {"$ne": "calm"}}), true),
        (json!({"mood": {"$nin": ["calm"]}}), true),
        (json!({"mood": {"$exists": false}}), true),
        (json!({"mood": {"$exists": true}}), false),
    ] {
        assert_eq!(passes(&filter), expected, "{filter}");
    }
}

#[test]
fn filters_are_joined_by_and_and_or_at_any_depth() {
    let (yes, no) = (json!({"genre": "drama"}), json!({"genre": "comedy"}));
    for (filter, expected) in [
        (json!({"$and": [yes, yes]}), true),
        (json!({"$and": [yes, no]}), false),
        (json!({"$or": [no, yes]}), true),
        (json!({"$or": [no, no]}), false),
        (json!({"$and": [{"$or": [no, yes]}, {"$or": [yes]}]}), true),
        (json!({"$or": [{"$and": [no, yes]}, no]}), false),
    ] {
        assert_eq!(passes(&filter), expected, "{filter}");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    for (filter, said) in [
        (json!("genre"), "one member"),
        (json!([{"genre": "drama"}]), "one member"),
        (json!({}), "one member"),
        (json!({"genre": "drama", "year": 2020}), "one member"),
        (json!({"$and": [{"genre": "drama"}, {}]}), "one member"),
        (json!({"$and": []}), "a list of filters"),
        (json!({"$or": {"genre": "drama"}}), "a list of filters"),
        (json!({"$not": {"genre": "drama"}}), "$not is not known"),
        (
            json!({"genre": {"$startsWith": "d"}}),
            "$startsWith is not known",
        ),
        (
            json!({"genre": {"$eq": "drama", "$regex": "d"}}),
            "$regex is not known",
        ),
        (json!({"genre": {"eq": "drama"}}), "eq is not known"),
        (json!({"genre": {}}), "$eq takes"),
        (json!({"genre": null}), "$eq takes"),
        (json!({"genre": ["drama"]}), "$eq takes"),
        (json!({"genre": {"$ne": ["drama"]}}), "$ne takes"),
        (json!({"genre": {"$in": []}}), "$in takes"),
        (json!({"genre": {"$in": "drama"}}), "$in takes"),
        (json!({"genre": {"$nin": [["drama"]]}}), "$nin takes"),
        (json!({"year": {"$gt": "2019"}}), "$gt takes a number"),
        (json!({"year": {"$lte": true}}), "$lte takes a number"),
        (json!({"genre": {"$exists": 1}}), "$exists takes a boolean"),
        (json!({"text": "x"}), "text is not filterable"),
        (
            json!({"$or": [{"text": {"$exists": true}}]}),
            "text is not filterable",
        ),
    ] {
        let refused = read(&filter).unwrap_err();
        assert!(refused.contains(said), "{filter}: {refused}");
    }
}

#[test]
fn a_filter_compares_with_a_hundred_values_at_most() {
    let years = |count: usize| (0..count).collect::<Vec<usize>>();
    assert!(read(&json!({"year": {"$in": years(100)}})).is_ok());
    assert!(read(&json!({"year": {"$in": years(101)}})).is_err());
    let joined =
        |count: usize| json!({"$and": [{"genre": "drama"}, {"year": {"$nin": years(count)}}]});
    assert!(read(&joined(99)).is_ok());
    let refused = read(&joined(100)).unwrap_err();
    assert!(refused.contains("101 constraints"), "{refused}");
}
