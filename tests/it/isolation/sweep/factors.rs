//! Proofs of who somebody is: what the routes about second factors need in place, and what an old proof is worth.

use super::variants::{Sample, Variant, sweep};
use super::world::{Place, World};
use permissions::Grant;
use serde_json::json;
use tests::{Authenticator, Kind, Person, Role, TestCloud};

/// Whether a success takes somebody who has set up, or begun to set up, a second factor.
pub(crate) fn are_set_up_for(route_key: &str) -> bool {
    matches!(
        route_key,
        "POST /v1/me/mfa/totp/confirm"
            | "DELETE /v1/me/mfa/totp"
            | "POST /v1/me/mfa/recovery-codes"
    )
}

/// Makes what a request that may succeed is about.
pub(crate) async fn prepare(route_key: &str, place: &Place, person: &Person, sample: &mut Sample) {
    let cloud = place.tenant.cloud();
    if route_key == "POST /v1/auth/mfa" {
        let member = place.tenant.member(Role::Viewer).await;
        let app = Authenticator::enrol(cloud, &member).await;
        let (token, code) = (cloud.mfa_token(&member).await, &app.recovery_codes[0]);
        sample.body = Some(json!({"mfa_token": token, "recovery_code": code}));
    } else if route_key.ends_with("/totp/confirm") {
        let mut app = Authenticator::start(cloud, person).await;
        sample.body = Some(json!({"code": app.code().await}));
    } else if are_set_up_for(route_key) {
        Authenticator::enrol(cloud, person).await;
    } else if route_key == "POST /v1/billing/webhook" {
        let body = sample.body.as_ref().map(ToString::to_string);
        let body = body.unwrap_or_default().into_bytes();
        sample.signature = Some(cloud.billing_signature(&body, tests::now()).await);
    }
}

#[tokio::test]
async fn an_old_proof_of_who_one_is_opens_nothing_that_asks_for_a_fresh_one() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let mut people = Vec::new();
    for role in Role::ALL {
        let person = world.acme.tenant.member(*role).await;
        cloud.forget_proof(&person).await;
        people.push((*role, person));
    }
    let people = &people;
    let asking = Variant::closed()
        .into_iter()
        .filter(|variant| variant.route.step_up);
    sweep("old proofs", asking.collect(), async |variant| {
        let (mut count, mut wrong) = (0, Vec::new());
        for (role, person) in people {
            let permission = variant.route.required();
            if permission.is_some_and(|permission| role.may(permission) == Grant::None) {
                continue;
            }
            let sample = variant.sample(&world.acme, person);
            let answer = variant.request(cloud, &sample).as_(person).await;
            count += 1;
            wrong.extend(variant.check(role.as_str(), &answer, Kind::StepUpRequired));
        }
        (count, wrong)
    })
    .await;
}
