//! Queries and lists, and their pages.

use super::*;

#[test]
fn a_query_gives_the_closest_first() {
    let mut state = films();
    let vector = |key: &str, numbers: [i32; 2], genre: &str| json!({"key": key, "data": {"float32": numbers}, "metadata": {"genre": genre}});
    put(
        &mut state,
        json!([
            vector("across", [0, 1], "drama"),
            vector("away", [-1, 0], "comedy"),
            vector("near", [3, 1], "comedy"),
            vector("same", [5, 0], "drama"),
        ]),
    )
    .unwrap();
    let answer = query(&mut state, json!({})).unwrap();
    assert_eq!(keys(&answer), ["same", "near", "across", "away"]);
    assert_eq!(answer["distanceMetric"], "cosine");
    assert_eq!(answer["vectors"][0], json!({"key": "same"}));
    let answer = query(
        &mut state,
        json!({"topK": 2, "returnDistance": true, "returnMetadata": true}),
    )
    .unwrap();
    let first = json!({"distance": 0.0, "key": "same", "metadata": {"genre": "drama"}});
    assert_eq!((keys(&answer).len(), &answer["vectors"][0]), (2, &first));
    assert!(answer.get("nextToken").is_none());
    let answer = query(
        &mut state,
        json!({"filter": {"genre": "drama"}, "queryMode": "ENHANCED"}),
    )
    .unwrap();
    assert_eq!(keys(&answer), ["same", "across"]);
    let answer = query(&mut state, json!({"filter": {"genre": "western"}})).unwrap();
    assert_eq!(answer, json!({"vectors": [], "distanceMetric": "cosine"}));
    for (members, said) in [
        (json!({"topK": 0}), "between 1 and 10000"),
        (json!({"topK": 10_001}), "between 1 and 10000"),
        (json!({"topK": null}), "/topK"),
        (
            json!({"queryVector": {"float32": [1]}}),
            "vector must have length 2",
        ),
        (json!({"queryVector": {"float32": [0, 0]}}), "zero vectors"),
        (json!({"queryVector": null}), "/queryVector"),
        (json!({"queryVector": [1, 0]}), "be an object"),
        (json!({"filter": {"$near": 1}}), "Invalid filter: $near"),
        (json!({"queryMode": "CLASSIC"}), "[ENHANCED]"),
        (json!({"returnDistance": 1}), "be a boolean"),
        (json!({"returnData": true}), "returnData is not offered"),
        (json!({"nextToken": "x"}), "Invalid nextToken"),
    ] {
        invalid(query(&mut state, members), said);
    }
}

#[test]
fn a_query_is_followed_from_page_to_page() {
    let mut state = films();
    let vectors: Vec<Value> = (0..80)
        .map(|number| json!({"key": format!("k{number:02}"), "data": {"float32": [100, number / 2]}}))
        .collect();
    put(&mut state, json!(vectors)).unwrap();
    let (mut all, mut token, mut pages) = (Vec::new(), Value::Null, Vec::new());
    loop {
        let page = query(&mut state, json!({"topK": 70, "nextToken": token})).unwrap();
        all.extend(keys(&page).into_iter().map(str::to_owned));
        pages.push(page["vectors"].as_array().unwrap().len());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(pages, [query::PAGE, query::PAGE, 70 - 2 * query::PAGE]);
    let expected: Vec<String> = (0..70).map(|number| format!("k{number:02}")).collect();
    assert_eq!(all, expected);

    // What is written between two pages puts nothing before their place, and nothing comes twice.
    let first = query(&mut state, json!({})).unwrap();
    let token = &first["nextToken"];
    put(
        &mut state,
        json!([{"key": "new", "data": {"float32": [1, 0]}}]),
    )
    .unwrap();
    let second = query(&mut state, json!({"nextToken": token})).unwrap();
    assert_eq!(keys(&second)[0], format!("k{:02}", query::PAGE));

    for members in [
        json!({"topK": 99}),
        json!({"queryVector": {"float32": [1, 1]}}),
        json!({"filter": {"a": {"$exists": false}}}),
    ] {
        let mut members = members;
        members["nextToken"] = token.clone();
        invalid(query(&mut state, members), "Invalid nextToken");
    }
    let body = of(
        "films",
        json!({"topK": 100, "queryVector": {"float32": [1, 0]}, "nextToken": token}),
    );
    assert!(at(NOW + 299, &mut state, Operation::QueryVectors, &body).is_ok());
    invalid(
        at(NOW + 300, &mut state, Operation::QueryVectors, &body),
        "expired",
    );
    // An index made anew under the name is another one.
    run(&mut state, Operation::DeleteIndex, &of("films", json!({}))).unwrap();
    create(&mut state, "films", json!({})).unwrap();
    invalid(
        run(&mut state, Operation::QueryVectors, &body),
        "Invalid nextToken",
    );
}

#[test]
fn a_list_gives_all_page_by_page() {
    let mut state = films();
    let vectors: Vec<Value> = (0..7)
        .map(|number| json!({"key": format!("k{number}"), "data": {"float32": [1, number]}, "metadata": {"n": number}}))
        .collect();
    put(&mut state, json!(vectors)).unwrap();
    let list = |state: &mut State, members: Value| {
        run(state, Operation::ListVectors, &of("films", members))
    };
    let (mut all, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = list(&mut state, json!({"maxResults": 3, "nextToken": token})).unwrap();
        assert!(page["vectors"].as_array().unwrap().len() <= 3);
        all.extend(keys(&page).into_iter().map(str::to_owned));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(all, ["k0", "k1", "k2", "k3", "k4", "k5", "k6"]);
    let page = list(
        &mut state,
        json!({"maxResults": 1, "returnMetadata": true, "returnData": true}),
    )
    .unwrap();
    let expected = json!({"key": "k0", "data": {"float32": [1.0, 0.0]}, "metadata": {"n": 0}});
    assert_eq!(page["vectors"], json!([expected]));
    // A page has a megabyte, however many are asked for.
    create(&mut state, "books", json!({"dimension": 4096})).unwrap();
    let vectors: Vec<Value> = (0..100)
        .map(|number| json!({"key": number.to_string(), "data": {"float32": vec![1; 4096]}}))
        .collect();
    run(
        &mut state,
        Operation::PutVectors,
        &of("books", json!({"vectors": vectors})),
    )
    .unwrap();
    let page = run(&mut state, Operation::ListVectors, &of("books", json!({}))).unwrap();
    let length = page["vectors"].as_array().unwrap().len();
    assert!(
        page["nextToken"].is_string() && (64..70).contains(&length),
        "{length}"
    );
    for (members, said) in [
        (json!({"maxResults": 0}), "between 1 and 1000"),
        (json!({"maxResults": 1001}), "between 1 and 1000"),
        (json!({"nextToken": "x"}), "Invalid nextToken"),
        (json!({"nextToken": page["nextToken"]}), "Invalid nextToken"),
        (json!({"returnData": "yes"}), "be a boolean"),
        (json!({"segmentCount": 2}), "segmentCount is not offered"),
    ] {
        invalid(list(&mut state, members), said);
    }
}
