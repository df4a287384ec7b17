//! Direct invocations: whoever may invoke a function past the API and its authorizer can claim nothing.

use super::variants::{Variant, sweep};
use super::world::World;
use serde_json::json;
use tests::tokens::context;
use tests::{Access, Direct, Forge, Kind, Role, TestCloud};

/// The claims that the authorizer would make for this owner, for this very request.
fn claims(
    variant: &Variant,
    direct: &Direct,
    place: &super::world::Place,
    role: Role,
) -> context::Claims {
    let projects = [place.tenant.project_id.clone()];
    let access = variant.route.access.unwrap_or(Access::Read);
    Forge::context_claims(
        &place.tenant.owner,
        &variant.route.route_key,
        direct.request_id(),
        role,
        access,
        &projects,
    )
}

#[tokio::test]
async fn a_context_that_the_authorizer_did_not_make_for_this_request_is_refused() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let forge = cloud.forge().await;
    let owner = &world.acme.tenant.owner;
    sweep(
        "forged and replayed contexts",
        Variant::closed(),
        async |variant| {
            let sample = variant.sample(&world.acme, owner);
            let good = |direct: &Direct| claims(&variant, direct, &world.acme, Role::Owner);
            let signed = |change: &dyn Fn(&mut context::Claims)| {
                let direct = variant.direct(&sample);
                let mut claims = good(&direct);
                change(&mut claims);
                (claims.sign(&forge.context).unwrap(), direct)
            };
            let (token, first) = signed(&|_| {});
            let tenant_token = forge.tenant_token(&owner.tenant_id, Access::Admin);
            let other_route = if variant.route.route_key == "GET /v1/me" {
                "GET /v1/projects"
            } else {
                "GET /v1/me"
            };
            let contexts: Vec<(&str, (String, Direct))> = vec![
                ("no token", (String::new(), variant.direct(&sample))),
                ("garbage", ("garbage".to_owned(), variant.direct(&sample))),
                (
                    "another key under our key's id",
                    (
                        good(&first).sign(&forge.false_context).unwrap(),
                        first.clone(),
                    ),
                ),
                (
                    "the issuer's key",
                    (good(&first).sign(&forge.issuer).unwrap(), first.clone()),
                ),
                (
                    "the access key",
                    (good(&first).sign(&forge.access).unwrap(), first.clone()),
                ),
                ("no signature", (Forge::unsigned(&token), first.clone())),
                (
                    "another tenant written in",
                    (
                        Forge::altered(&token, &json!({"tenant": world.globex.tenant.uuid()})),
                        first.clone(),
                    ),
                ),
                (
                    "another role written in",
                    (
                        Forge::altered(&token, &json!({"grant": {"role": "owner"}})),
                        first.clone(),
                    ),
                ),
                (
                    "another request's",
                    (token.clone(), variant.direct(&sample)),
                ),
                (
                    "another route's",
                    signed(&|claims| claims.route = other_route.to_owned()),
                ),
                (
                    "an expired one",
                    signed(&|claims| claims.exp = claims.iat - 30),
                ),
                (
                    "another audience",
                    signed(&|claims| claims.aud = "tenantry-api".to_owned()),
                ),
                (
                    "an access token",
                    (owner.access_token.clone(), first.clone()),
                ),
                ("a tenant token", (tenant_token.clone(), first.clone())),
            ];
            let mut wrong = Vec::new();
            let count = contexts.len() + 1;
            for (case, (context, direct)) in contexts {
                let user_token = forge.user_token(&owner.user_id);
                let direct = direct.context(&context, Some(&tenant_token), Some(&user_token));
                // Whatever else a caller may try to say who they are.
                let direct =
                    direct.header("authorization", &format!("Bearer {}", owner.access_token));
                wrong.extend(variant.check(case, &direct.send(cloud).await, Kind::Unauthenticated));
            }
            let without = variant
                .direct(&sample)
                .header("authorization", &format!("Bearer {}", owner.access_token));
            wrong.extend(variant.check(
                "no authorizer",
                &without.send(cloud).await,
                Kind::Unauthenticated,
            ));
            (count, wrong)
        },
    )
    .await;
}

#[tokio::test]
async fn a_genuine_context_reaches_its_own_tenant_alone() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let forge = cloud.forge().await;
    sweep("genuine contexts", Variant::closed(), async |variant| {
        let stranger = &world.globex.tenant.owner;
        let tenant_token = forge.tenant_token(
            &stranger.tenant_id,
            variant.route.access.unwrap_or(Access::Read),
        );
        let user_token = forge.user_token(&stranger.user_id);
        let send = async |direct: Direct, role: Role| {
            let context = claims(&variant, &direct, &world.globex, role)
                .sign(&forge.context)
                .unwrap();
            direct
                .context(&context, Some(&tenant_token), Some(&user_token))
                .send(cloud)
                .await
        };
        let (mut count, mut wrong) = (0, Vec::new());
        // That it is taken at all: else the refusals here would prove nothing.
        if variant.route.method() == "GET" {
            let own = variant.sample(&world.globex, stranger);
            let answer = send(variant.direct(&own), Role::Owner).await;
            count += 1;
            if answer.status != variant.route.success {
                wrong.push(format!("{}, one's own: {answer}", variant.name()));
            }
        }
        if variant.route.project_scoped {
            let foreign = variant.sample(&world.acme, stranger);
            let answer = send(variant.direct(&foreign), Role::Owner).await;
            count += 1;
            wrong.extend(variant.check("another tenant's project", &answer, Kind::NotFound));
        }
        for role in Role::ALL.iter().filter(|role| !variant.is_open_to(**role)) {
            let own = variant.sample(&world.globex, stranger);
            let answer = send(variant.direct(&own), *role).await;
            count += 1;
            wrong.extend(variant.check(role.as_str(), &answer, Kind::PermissionDenied));
        }
        (count, wrong)
    })
    .await;
}

#[tokio::test]
async fn a_genuine_refusal_is_passed_on() {
    let (cloud, world) = (TestCloud::shared(), World::shared().await);
    let forge = cloud.forge().await;
    sweep("refusals", Variant::closed(), async |variant| {
        let sample = variant.sample(&world.acme, &world.acme.tenant.owner);
        let mut wrong = Vec::new();
        let kinds = [
            Kind::SessionRevoked,
            Kind::NotAMember,
            Kind::TenantSuspended,
            Kind::TokenExpired,
            Kind::Unavailable,
        ];
        let declared = |kind: &Kind| {
            variant
                .route
                .problems
                .iter()
                .any(|slug| slug == kind.slug())
        };
        // On a route about the person alone nobody judges the membership.
        let kinds: Vec<Kind> = kinds.into_iter().filter(declared).collect();
        let count = kinds.len();
        for kind in kinds {
            let direct = variant.direct(&sample);
            let mut claims = claims(&variant, &direct, &world.acme, Role::Owner);
            claims.outcome = context::Outcome::Refusal(kind.slug().to_owned());
            let context = claims.sign(&forge.context).unwrap();
            wrong.extend(variant.check(
                kind.slug(),
                &direct.context(&context, None, None).send(cloud).await,
                kind,
            ));
        }
        (count, wrong)
    })
    .await;
}
