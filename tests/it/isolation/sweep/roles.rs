//! Members of each role ask.

use super::records;
use super::variants::{Variant, sweep};
use super::world::{Place, World};
use std::collections::BTreeMap;
use tests::{Kind, Person, Role, TestCloud, TestTenant};
use tokio::sync::Mutex;

/// Sends the variant's request as somebody of each role.
async fn as_each_role(
    variant: &Variant,
    place: &Place,
    people: &BTreeMap<Role, Person>,
) -> (usize, Vec<String>) {
    let (cloud, mut wrong) = (place.tenant.cloud(), Vec::new());
    for (&role, person) in people {
        let is_allowed = variant.is_open_to(role);
        let fresh = match (variant.row.ends_tenant, variant.row.uses_caller_up) {
            (true, _) if is_allowed && role == Role::Owner => {
                Some(TestTenant::create(cloud, "ended").await.owner)
            }
            (_, true) if is_allowed => Some(place.tenant.member(role).await),
            _ => None,
        };
        let person = fresh.as_ref().unwrap_or(person);
        if is_allowed {
            let sample = variant.fresh_sample(place, person, role).await;
            let answer = variant.request(cloud, &sample).as_(person).await;
            if answer.status != variant.route.success {
                wrong.push(format!("{}, {role}: allowed, yet {answer}", variant.name()));
            }
        } else {
            let sample = variant.sample(place, person);
            let answer = variant.request(cloud, &sample).as_(person).await;
            wrong.extend(variant.check(role.as_str(), &answer, Kind::PermissionDenied));
        }
    }
    (people.len(), wrong)
}

#[tokio::test]
async fn each_role_may_do_what_the_table_says_and_no_more() {
    let world = World::shared().await;
    let all = Variant::closed().into_iter();
    let variants = all.filter(|variant| !records::is_only(variant.collection));
    sweep("roles", variants.collect(), async |variant| {
        as_each_role(&variant, &world.acme, &world.people).await
    })
    .await;
}

/// Where a tenant has one record and no more, each request needs it gone or back: so in a tenant that no other test asks, and
/// one route after the other.
#[tokio::test]
async fn each_role_may_do_so_to_what_there_is_one_of() {
    let place = Place::create(TestCloud::shared(), "alone").await;
    let (people, turn) = (place.people().await, Mutex::new(()));
    let all = Variant::closed().into_iter();
    let variants = all.filter(|variant| records::is_only(variant.collection));
    sweep("roles, one record", variants.collect(), async |variant| {
        let _turn = turn.lock().await;
        as_each_role(&variant, &place, &people).await
    })
    .await;
}
