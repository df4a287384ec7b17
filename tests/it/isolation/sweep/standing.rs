//! Who asks: nobody, and somebody without standing.

use super::factors;
use super::variants::{Variant, sweep};
use super::world::{Place, World};
use tests::tokens::access;
use tests::{Access, Forge, Kind, Person, Role, TestCloud};
use uuid::Uuid;

#[tokio::test]
async fn nobody_is_turned_away_by_the_gateway() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    sweep("no token", Variant::closed(), async |variant| {
        let sample = variant.sample(&world.acme, &world.acme.tenant.owner);
        let answer = variant.request(cloud, &sample).await;
        let is_right = answer.status == 401 && answer.bytes == br#"{"message":"Unauthorized"}"#;
        (
            1,
            if is_right {
                Vec::new()
            } else {
                vec![format!("{}: {answer}", variant.name())]
            },
        )
    })
    .await;
}

#[tokio::test]
async fn what_is_no_access_token_of_ours_is_turned_away_by_the_gateway() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let (forge, owner) = (cloud.forge().await, &world.acme.tenant.owner);
    let claims = Forge::access_claims(owner);
    let mut wrong_audience = claims.clone();
    wrong_audience.aud = "tenantry-endpoints".to_owned();
    let bearer = |token: String| format!("Bearer {token}");
    let globex = world.globex.tenant.uuid();
    let tokens: Vec<(&str, String)> = vec![
        ("garbage", bearer("garbage".into())),
        ("no scheme", owner.access_token.clone()),
        ("another scheme", format!("Basic {}", owner.access_token)),
        (
            "two tokens",
            format!("Bearer {0}, Bearer {0}", owner.access_token),
        ),
        (
            "another key under our key's id",
            bearer(claims.sign(&forge.false_access).unwrap()),
        ),
        (
            "the issuer's key",
            bearer(claims.sign(&forge.issuer).unwrap()),
        ),
        (
            "the key of contexts",
            bearer(claims.sign(&forge.context).unwrap()),
        ),
        (
            "another audience",
            bearer(wrong_audience.sign(&forge.access).unwrap()),
        ),
        ("no signature", bearer(Forge::unsigned(&owner.access_token))),
        (
            "another tenant written in",
            bearer(Forge::altered(
                &owner.access_token,
                &serde_json::json!({"tid": globex}),
            )),
        ),
        (
            "a later end written in",
            bearer(Forge::altered(
                &forge.expired_access_token(owner),
                &serde_json::json!({"exp": tests::now() + 600}),
            )),
        ),
        ("a refresh token", bearer(owner.refresh_token.clone())),
        (
            "a tenant token",
            bearer(forge.tenant_token(&owner.tenant_id, Access::Admin)),
        ),
        ("a context token", bearer(context_token(forge, owner))),
    ];
    let tokens = &tokens;
    sweep(
        "no access token of ours",
        Variant::closed(),
        async |variant| {
            let sample = variant.sample(&world.acme, owner);
            let mut wrong = Vec::new();
            for (case, authorization) in tokens {
                let answer = variant
                    .request(cloud, &sample)
                    .header("authorization", authorization)
                    .await;
                if answer.status != 403 || answer.bytes != br#"{"message":"Forbidden"}"# {
                    wrong.push(format!("{}, {case}: {answer}", variant.name()));
                }
            }
            (tokens.len(), wrong)
        },
    )
    .await;
}

fn context_token(forge: &Forge, person: &Person) -> String {
    let claims = Forge::context_claims(person, "GET /v1/me", "r", Role::Owner, Access::Admin, &[]);
    claims.sign(&forge.context).unwrap()
}

#[tokio::test]
async fn who_has_no_standing_is_told_why() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let (forge, owner) = (cloud.forge().await, &world.acme.tenant.owner);
    let signed = |change: &dyn Fn(&mut access::Claims)| {
        let mut claims = Forge::access_claims(owner);
        change(&mut claims);
        claims.sign(&forge.access).unwrap()
    };
    let globex: Uuid = world.globex.tenant.uuid().parse().unwrap();
    let (suspended, cancelled) = (&world.suspended, &world.cancelled);
    let (here, acme) = (&world.acme, |token: &str| token.to_owned());
    let cases: Vec<(&str, &Place, String, Kind)> = vec![
        (
            "an expired token",
            here,
            forge.expired_access_token(owner),
            Kind::TokenExpired,
        ),
        (
            "a removed member",
            here,
            acme(&world.removed.access_token),
            Kind::NotAMember,
        ),
        (
            "a revoked session",
            here,
            acme(&world.revoked.access_token),
            Kind::SessionRevoked,
        ),
        (
            "a session that is not there",
            here,
            signed(&|claims| claims.sid = Uuid::now_v7()),
            Kind::SessionRevoked,
        ),
        (
            "a session of somebody else",
            here,
            signed(&|claims| claims.sub = Uuid::now_v7()),
            Kind::SessionRevoked,
        ),
        (
            "a tenant one does not belong to",
            here,
            signed(&|claims| claims.tid = globex),
            Kind::NotAMember,
        ),
        (
            "a tenant that is not there",
            here,
            signed(&|claims| claims.tid = Uuid::now_v7()),
            Kind::NotAMember,
        ),
        (
            "a suspended tenant",
            suspended,
            acme(&suspended.tenant.owner.access_token),
            Kind::TenantSuspended,
        ),
        (
            "a cancelled tenant",
            cancelled,
            acme(&cancelled.tenant.owner.access_token),
            Kind::TenantCancelled,
        ),
    ];
    let cases = &cases;
    sweep("no standing", Variant::closed(), async |variant| {
        let (mut count, mut wrong) = (0, Vec::new());
        for (case, place, token, kind) in cases {
            // Membership and tenant have no say there: see below.
            let is_about_tenant = matches!(kind, Kind::TenantSuspended | Kind::TenantCancelled);
            let is_about_membership = is_about_tenant || *kind == Kind::NotAMember;
            if variant.route.is_personal() && is_about_membership {
                continue;
            }
            // Billing stays open.
            if variant.route.while_suspended && is_about_tenant {
                continue;
            }
            count += 1;
            let sample = variant.sample(place, &place.tenant.owner);
            let answer = variant.request(cloud, &sample).token(token).await;
            wrong.extend(variant.check(case, &answer, *kind));
        }
        (count, wrong)
    })
    .await;
}

#[tokio::test]
async fn on_routes_about_the_person_membership_and_tenant_have_no_say() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let personal = Variant::closed()
        .into_iter()
        .filter(|variant| variant.route.is_personal());
    sweep(
        "routes about the person",
        personal.collect(),
        async |variant| {
            let removed = world.acme.tenant.member(Role::Viewer).await;
            world.acme.tenant.remove(&removed).await;
            let (suspended, cancelled) = (&world.suspended, &world.cancelled);
            let cases = [
                ("a removed member", &world.acme, removed),
                (
                    "a suspended tenant",
                    suspended,
                    suspended.tenant.log_in(&suspended.tenant.owner).await,
                ),
                (
                    "a cancelled tenant",
                    cancelled,
                    cancelled.tenant.log_in(&cancelled.tenant.owner).await,
                ),
            ];
            let mut wrong = Vec::new();
            for (case, place, person) in &cases {
                // Of the owner's sessions the world's own must stay.
                let ends_them = ["DELETE /v1/me/sessions", "POST /v1/me/change-password"];
                if ends_them.contains(&variant.route.route_key.as_str())
                    && person.user_id == place.tenant.owner.user_id
                {
                    continue;
                }
                // The owner logs in again, with the password alone.
                let is_owner = person.user_id == place.tenant.owner.user_id;
                if is_owner && factors::are_set_up_for(variant.row.route_key) {
                    continue;
                }
                let sample = variant.fresh_sample(place, person, Role::Viewer).await;
                let answer = variant.request(cloud, &sample).as_(person).await;
                if answer.status != variant.route.success {
                    wrong.push(format!("{}, {case}: {answer}", variant.name()));
                }
            }
            (cases.len(), wrong)
        },
    )
    .await;
}

#[tokio::test]
async fn public_routes_answer_anybody() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let public = Variant::all()
        .into_iter()
        .filter(|variant| variant.route.is_public());
    sweep("public routes", public.collect(), async |variant| {
        let owner = &world.acme.tenant.owner;
        let sample = variant.fresh_sample(&world.acme, owner, Role::Owner).await;
        let answer = variant.request(cloud, &sample).await;
        let is_right = answer.status == variant.route.success;
        (
            1,
            if is_right {
                Vec::new()
            } else {
                vec![format!("{}: {answer}", variant.name())]
            },
        )
    })
    .await;
}
