//! What belongs to somebody else is not there: the same bytes as for what nobody has.

use super::records;
use super::variants::{Sample, Variant, sweep};
use super::world::World;
use std::collections::BTreeMap;
use tests::{Answer, Kind, TestCloud};
use uuid::Uuid;

/// The parameters that name a thing by its id, with the prefix of its ids.
const IDS: &[(&str, &str)] = &[
    ("project_id", "prj_"),
    ("record_id", "rec_"),
    ("session_id", "ses_"),
    ("user_id", "usr_"),
    ("invitation_id", "inv_"),
    ("role_id", "rol_"),
    ("export_id", "exp_"),
];

#[tokio::test]
async fn foreign_ids_in_the_path_are_as_missing_ones() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let owner = &world.acme.tenant.owner;
    let with_ids = Variant::closed()
        .into_iter()
        .filter(|variant| variant.parameters().any(is_id));
    sweep(
        "foreign ids in the path",
        with_ids.collect(),
        async |variant| {
            let ids: Vec<&str> = variant.parameters().filter(|name| is_id(name)).collect();
            let foreign = variant
                .sample(&world.globex, &world.globex.tenant.owner)
                .parameters;
            let (mut count, mut wrong) = (0, Vec::new());
            // Every mixture of own and foreign ids but the one of own ids only.
            for mixture in 1..1_u32 << ids.len() {
                let mut answers = Vec::new();
                for missing in [false, true] {
                    let mut sample = variant.sample(&world.acme, owner);
                    for (_, name) in ids
                        .iter()
                        .enumerate()
                        .filter(|(position, _)| mixture & (1 << position) != 0)
                    {
                        let value = if missing {
                            missing_id(name)
                        } else {
                            foreign[*name].clone()
                        };
                        sample.parameters.insert((*name).to_owned(), value);
                    }
                    answers.push(variant.request(cloud, &sample).as_(owner).await);
                }
                count += 2;
                wrong.extend(variant.check("a foreign id", &answers[0], Kind::NotFound));
                wrong.extend(variant.same("a foreign id", &answers[0], &answers[1]));
            }
            (count, wrong)
        },
    )
    .await;
}

#[tokio::test]
async fn who_belongs_to_both_tenants_reaches_one_at_a_time() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let both = world
        .acme
        .tenant
        .join(&world.globex.tenant.owner, tests::Role::Owner)
        .await;
    let scoped = Variant::closed()
        .into_iter()
        .filter(|variant| variant.route.project_scoped);
    sweep("a member of both", scoped.collect(), async |variant| {
        let sample = variant.sample(&world.globex, &both);
        let answer = variant.request(cloud, &sample).as_(&both).await;
        (
            1,
            variant.check(
                "a project of the tenant one is not signed in to",
                &answer,
                Kind::NotFound,
            ),
        )
    })
    .await;
}

#[tokio::test]
async fn what_is_no_id_is_as_a_missing_one() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let owner = &world.acme.tenant.owner;
    let with_parameters = Variant::closed()
        .into_iter()
        .filter(|variant| variant.parameters().next().is_some());
    sweep("no ids", with_parameters.collect(), async |variant| {
        let (mut count, mut wrong) = (0, Vec::new());
        let good = variant.sample(&world.acme, owner);
        for name in variant.parameters() {
            let with = |value: &str| {
                let mut sample = good.clone();
                sample.parameters.insert(name.to_owned(), value.to_owned());
                sample
            };
            let ask = async |sample: Sample| variant.request(cloud, &sample).as_(owner).await;
            let missing = ask(with(&missing_id(name))).await;
            wrong.extend(variant.check("missing", &missing, Kind::NotFound));
            let own = &good.parameters[name];
            let odd = [
                "x",
                "*",
                "-1",
                &own.to_uppercase(),
                &format!("{own}%20"),
                &format!("{own}%23"),
                "%E2%82%AC",
                "TENANT%23x",
            ];
            for value in odd {
                let answer = ask(with(value)).await;
                wrong.extend(variant.same(&format!("{name}={value}"), &missing, &answer));
            }
            // What a gateway may refuse by itself.
            for value in ["%00", "%FF", "a%2Fb", "%"] {
                let answer = ask(with(value)).await;
                if !(400..500).contains(&answer.status) {
                    wrong.push(format!("{}, {name}={value}: {answer}", variant.name()));
                }
            }
            count += odd.len() + 5;
        }
        (count, wrong)
    })
    .await;
}

#[tokio::test]
async fn foreign_ids_in_the_body_are_as_missing_ones() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let owner = &world.acme.tenant.owner;
    let with_references = Variant::closed()
        .into_iter()
        .filter(|variant| !variant.references(&world.globex).is_empty());
    sweep(
        "foreign ids in the body",
        with_references.collect(),
        async |variant| {
            let (mut count, mut wrong) = (0, Vec::new());
            for reference in variant.references(&world.globex) {
                let mut answers = Vec::new();
                for id in [
                    reference.id.clone(),
                    format!("{}{}", reference.prefix, Uuid::now_v7()),
                ] {
                    let mut sample = variant.sample(&world.acme, owner);
                    let body = sample.body.as_mut().expect("a body");
                    let (parent, name) = reference.pointer.rsplit_once('/').expect("a pointer");
                    match body
                        .pointer_mut(parent)
                        .expect("the body has the part before the last /")
                    {
                        serde_json::Value::Array(values) => {
                            values[name.parse::<usize>().unwrap()] = id.into()
                        }
                        object => object[name] = id.into(),
                    }
                    answers.push(variant.request(cloud, &sample).as_(owner).await);
                }
                count += 2;
                wrong.extend(variant.check(&reference.pointer, &answers[0], reference.problem));
                wrong.extend(variant.same(&reference.pointer, &answers[0], &answers[1]));
            }
            (count, wrong)
        },
    )
    .await;
}

#[tokio::test]
async fn foreign_cursors_are_as_made_up_ones() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let (owner, stranger) = (&world.acme.tenant.owner, &world.globex.tenant.owner);
    let colleague = &world.people[&tests::Role::Admin];
    // A second session and a second tenant, so that these lists have a second page too.
    world.globex.tenant.log_in(stranger).await;
    for place in [&world.globex, &world.globex, &world.acme, &world.acme] {
        place.tenant.paid(100).await;
    }
    let lists = Variant::closed().into_iter().filter(|variant| {
        variant
            .route
            .problems
            .iter()
            .any(|slug| slug == "invalid-cursor")
            // An export goes on where 5 MB end, not where the client says: its own tests try cursors on it.
            && !variant.route.path().ends_with("/export")
            // What there is one of has no second page.
            && !records::is_only(variant.collection)
    });
    sweep("foreign cursors", lists.collect(), async |variant| {
        let mut wrong = Vec::new();
        let mut first = variant.sample(&world.globex, stranger);
        first.query = "limit=1".to_owned();
        let page = variant.request(cloud, &first).as_(stranger).await;
        let Some(cursor) = page.json["next_cursor"].as_str() else {
            return (
                1,
                vec![format!(
                    "{}: the list has no second page: {page}",
                    variant.name()
                )],
            );
        };
        let mut next = first.clone();
        next.query = format!("limit=1&cursor={cursor}");
        let own = variant.request(cloud, &next).as_(stranger).await;
        if own.status != 200 {
            wrong.push(format!("{}: one's own cursor: {own}", variant.name()));
        }
        let with = async |cursor: &str| -> Answer {
            let mut sample = variant.sample(&world.acme, owner);
            sample.query = format!("cursor={cursor}");
            variant.request(cloud, &sample).as_(owner).await
        };
        let foreign = with(cursor).await;
        wrong.extend(variant.check("a foreign cursor", &foreign, Kind::InvalidCursor));
        for made_up in ["x", "", &format!("{cursor}A"), &cursor[1..]] {
            wrong.extend(variant.same("a made-up cursor", &foreign, &with(made_up).await));
        }
        // Also that of a colleague.
        let mut sample = variant.sample(&world.acme, colleague);
        sample.query = "limit=1".to_owned();
        let page = variant.request(cloud, &sample).as_(colleague).await;
        if let Some(cursor) = page.json["next_cursor"].as_str() {
            wrong.extend(variant.same("a colleague's cursor", &foreign, &with(cursor).await));
        }
        (7, wrong)
    })
    .await;
}

fn is_id(name: &str) -> bool {
    IDS.iter().any(|(known, _)| *known == name)
}

/// An id that nothing has; for what is no id, a name that nothing has.
fn missing_id(name: &str) -> String {
    let prefixes: BTreeMap<&str, &str> = IDS.iter().copied().collect();
    match prefixes.get(name) {
        Some(prefix) => format!("{prefix}{}", Uuid::now_v7()),
        None => "nothing".to_owned(),
    }
}
