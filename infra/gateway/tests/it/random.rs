//! Expressions put together at random: whatever goes through, nothing leaves the tenant's partitions.

use crate::support::{ACME, Cloud, GLOBEX, item, partition, s};
use serde_json::{Value, json};

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.next(list.len())]
    }
}

async fn filled() -> Cloud {
    let cloud = Cloud::start().await;
    for tenant in [ACME, GLOBEX] {
        let client = cloud.tenant(tenant, "write").await;
        for sk in ["1", "2"] {
            let mut item = item(tenant, "CONTACTS", sk, "x");
            item.insert("gsi1pk".to_owned(), s(partition(tenant, "CONTACTS")));
            item.insert("gsi1sk".to_owned(), s(sk));
            item.insert("spare".to_owned(), s(partition(GLOBEX, "CONTACTS")));
            client
                .put_item()
                .table_name("TenantTable")
                .set_item(Some(item))
                .send()
                .await
                .unwrap();
        }
    }
    cloud
}

fn operand(random: &mut Random) -> String {
    let word = random.pick(&[
        "pk", "#p", "sk", "#s", ":own", ":own", ":foreign", ":s", "gsi1pk", "#p.x", "pk[0]",
    ]);
    match random.next(12) {
        0 => format!("({word})"),
        1 => format!("( ({word} ) )"),
        _ => word.to_owned(),
    }
}

fn condition(random: &mut Random, depth: usize) -> String {
    match random.next(if depth > 3 { 6 } else { 11 }) {
        0 => random
            .pick(&[
                "pk = :own",
                ":own = pk",
                "(#p=:own)",
                "sk > :s",
                ":s <= #s",
                "begins_with(sk, :s)",
            ])
            .to_owned(),
        1..=3 => format!(
            "{}{}{}",
            operand(random),
            random.pick(&["=", " = ", "=", " < ", ">=", "<>"]),
            operand(random)
        ),
        4 => format!(
            "{} BETWEEN {} AND {}",
            operand(random),
            operand(random),
            operand(random)
        ),
        5 => format!("begins_with({}, {})", operand(random), operand(random)),
        6 => format!("({})", condition(random, depth + 1)),
        7 => format!("NOT {}", condition(random, depth + 1)),
        8 => format!(
            "{} AND {}",
            random.pick(&["pk = :own", ":own=#p", "(#p = (:own))", "gsi1pk = :own"]),
            condition(random, depth + 1)
        ),
        _ => format!(
            "{} {} {}",
            condition(random, depth + 1),
            random.pick(&["AND", "and", "AND", "OR"]),
            condition(random, depth + 1)
        ),
    }
}

#[tokio::test]
async fn no_key_condition_reads_another_partition() {
    let cloud = filled().await;
    let credentials = cloud.tenant_credentials(ACME, "read").await;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut answered = 0;
    for round in 0..1000 {
        let expression = condition(&mut random, 0);
        let mut values = serde_json::Map::new();
        for (name, value) in [
            (":own", partition(ACME, "CONTACTS")),
            (":foreign", partition(GLOBEX, "CONTACTS")),
            (":s", "1".to_owned()),
        ] {
            if expression.contains(name) {
                values.insert(name.to_owned(), json!({"S": value}));
            }
        }
        let mut names = serde_json::Map::new();
        for (name, attribute) in [("#p", "pk"), ("#s", "sk")] {
            if expression.contains(name) {
                names.insert(name.to_owned(), json!(attribute));
            }
        }
        let mut body = json!({"TableName": "TenantTable", "KeyConditionExpression": expression, "ExpressionAttributeValues": values});
        if !names.is_empty() {
            body["ExpressionAttributeNames"] = Value::Object(names);
        }
        if random.next(4) == 0 {
            body["IndexName"] = json!("gsi1");
        }
        let reply = cloud.raw(&credentials, "Query", &body.to_string()).await;
        assert!(
            reply.status == 200 || reply.status == 400,
            "round {round}, {expression}: {reply:?}"
        );
        if reply.status == 200 {
            answered += 1;
            for item in reply.body["Items"].as_array().unwrap() {
                assert_eq!(
                    item["pk"]["S"],
                    partition(ACME, "CONTACTS"),
                    "round {round}: {expression}"
                );
            }
        }
    }
    assert!(answered > 50, "only {answered} conditions were answered");
}

fn update(random: &mut Random) -> String {
    let path = |random: &mut Random| {
        random.pick(&[
            "gsi1pk", "#g", "gsi1sk", "note", "spare", "note.x", "gsi1pk.x", "l[0]",
        ])
    };
    let value = |random: &mut Random| {
        let plain = random.pick(&[":own", ":foreign", ":s", "spare", "#g", "gsi1pk", "note"]);
        match random.next(6) {
            0 => format!(
                "if_not_exists({}, {plain})",
                random.pick(&["gsi1pk", "#g", "spare", "missing"])
            ),
            1 => format!("({plain})"),
            2 => format!("{plain} + {}", random.pick(&[":s", "spare"])),
            _ => plain.to_owned(),
        }
    };
    let clauses = (0..=random.next(2)).map(|_| match random.next(5) {
        0 => format!("REMOVE {}", path(random)),
        1 => format!("ADD {} {}", path(random), random.pick(&[":s", ":foreign"])),
        _ => {
            let actions: Vec<String> = (0..=random.next(2))
                .map(|_| format!("{} = {}", path(random), value(random)))
                .collect();
            format!("{} {}", random.pick(&["SET", "set"]), actions.join(", "))
        }
    });
    clauses.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn no_update_puts_an_entry_into_anothers_index() {
    let cloud = filled().await;
    let credentials = cloud.tenant_credentials(ACME, "write").await;
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut done = 0;
    for round in 0..1000 {
        let expression = update(&mut random);
        let mut body = json!({"TableName": "TenantTable", "Key": {"pk": {"S": partition(ACME, "CONTACTS")}, "sk": {"S": "1"}}, "UpdateExpression": expression});
        for (name, value) in [
            (":own", partition(ACME, "CONTACTS")),
            (":foreign", partition(GLOBEX, "CONTACTS")),
            (":s", "1".to_owned()),
        ] {
            if expression.contains(name) {
                body["ExpressionAttributeValues"][name] = json!({"S": value});
            }
        }
        if expression.contains("#g") {
            body["ExpressionAttributeNames"] = json!({"#g": "gsi1pk"});
        }
        let reply = cloud
            .raw(&credentials, "UpdateItem", &body.to_string())
            .await;
        assert!(
            reply.status == 200 || reply.status == 400,
            "round {round}, {expression}: {reply:?}"
        );
        done += u32::from(reply.status == 200);
        for item in cloud.gateway.dump("TenantTable").unwrap() {
            let entry = item["gsi1pk"]["S"].as_str();
            let owner = if item["pk"]["S"] == partition(ACME, "CONTACTS") {
                ACME
            } else {
                GLOBEX
            };
            assert!(
                entry.is_none_or(|entry| entry == partition(owner, "CONTACTS")),
                "round {round}, {expression}: {item}"
            );
        }
    }
    assert!(done > 50, "only {done} updates were done");
}
