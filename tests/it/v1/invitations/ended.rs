//! `DELETE /v1/invitations/{invitation_id}`

use super::{accept_as_new, expire, revoke};
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn a_revoked_invitation_lets_nobody_in() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let invited = tenant.invite(Role::Viewer).await;
    revoke(&tenant.owner, &invited.id).await.assert_status(204);
    accept_as_new(&invited.token)
        .await
        .assert_problem(Kind::InvitationInvalid);
    // It is as it was asked for.
    revoke(&tenant.owner, &invited.id).await.assert_status(204);
    let late = tenant.invite(Role::Viewer).await;
    expire(&tenant, &late.id).await;
    revoke(&tenant.owner, &late.id).await.assert_status(204);
    let used = tenant.invite(Role::Viewer).await;
    accept_as_new(&used.token).await.assert_status(201);
    revoke(&tenant.owner, &used.id)
        .await
        .assert_problem(Kind::Conflict);
}

#[tokio::test]
async fn nobody_takes_back_an_invitation_at_or_above_their_own_role() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (admin, manager) = (
        tenant.member(Role::Admin).await,
        tenant.member(Role::Manager).await,
    );
    for role in [Role::Owner, Role::Admin] {
        let invited = tenant.invite(role).await;
        revoke(&admin, &invited.id)
            .await
            .assert_problem(Kind::PermissionDenied);
        revoke(&tenant.owner, &invited.id).await.assert_status(204);
    }
    let invited = tenant.invite(Role::Viewer).await;
    // Managers invite; they take nothing back.
    revoke(&manager, &invited.id)
        .await
        .assert_problem(Kind::PermissionDenied);
    revoke(&admin, &invited.id).await.assert_status(204);
}
