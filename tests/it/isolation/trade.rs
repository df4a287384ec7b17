//! Trading tokens: credentials come from the tenant token, and are kept for the tenant of the context only if both are the same.

use tests::{Access, Direct, Forge, Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn a_tenant_token_of_another_tenant_reaches_nothing_and_spoils_nothing() {
    let cloud = TestCloud::shared();
    let forge = cloud.forge().await;
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let user_token = forge.user_token(&globex.owner.user_id);
    let direct = Direct::new("me-read", "GET /v1/me", "/v1/me");
    let claims = Forge::context_claims(
        &globex.owner,
        "GET /v1/me",
        direct.request_id(),
        Role::Owner,
        Access::Read,
        &[],
    );
    let context = claims.sign(&forge.context).unwrap();
    // Another tenant's, and the own tenant's with more access than the context grants.
    for (tenant, access) in [(&acme.id, Access::Read), (&globex.id, Access::Admin)] {
        let traded = forge.tenant_token(tenant, access);
        let mixed = direct
            .clone()
            .context(&context, Some(&traded), Some(&user_token))
            .send(cloud)
            .await;
        mixed.assert_problem(Kind::IsolationRefused);
    }
    let direct = Direct::new("me-tenants", "GET /v1/me/tenants", "/v1/me/tenants");
    let claims = Forge::context_claims(
        &globex.owner,
        "GET /v1/me/tenants",
        direct.request_id(),
        Role::Owner,
        Access::Read,
        &[],
    );
    let context = claims.sign(&forge.context).unwrap();
    let foreign = forge.user_token(&acme.owner.user_id);
    let mixed = direct
        .context(&context, None, Some(&foreign))
        .send(cloud)
        .await;
    mixed.assert_problem(Kind::IsolationRefused);
    // What was refused was not kept: the next request of these people is served by the same process.
    for path in ["/v1/me", "/v1/me/tenants"] {
        cloud.get(path).as_(&globex.owner).await.assert_status(200);
    }
}
