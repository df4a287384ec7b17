//! Roles assumed by roles, and the protocol itself.

use crate::support::{ACME, Cloud, DENIED, GLOBEX, code, key};
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::types::Tag;
use gateway::Credentials;

const SYSTEM_ROLE: &str = "arn:aws:iam::000000000000:role/SystemRole";

async fn assume(
    cloud: &Cloud,
    caller: &Credentials,
    tags: &[(&str, &str)],
    seconds: Option<i32>,
) -> Result<Credentials, String> {
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(*key).value(*value).build().unwrap());
    let reply = cloud
        .sts(Some(caller))
        .assume_role()
        .role_arn(SYSTEM_ROLE)
        .role_session_name("system")
        .set_tags(Some(tags.collect()))
        .set_duration_seconds(seconds)
        .send()
        .await;
    match reply {
        Ok(reply) => {
            let given = reply.credentials().unwrap();
            Ok(Credentials {
                access_key_id: given.access_key_id().to_owned(),
                secret_access_key: given.secret_access_key().to_owned(),
                session_token: given.session_token().to_owned(),
                expiration: None,
            })
        }
        Err(error) => Err(error
            .as_service_error()
            .unwrap_or_else(|| panic!("{error:?}"))
            .code()
            .unwrap_or_default()
            .to_owned()),
    }
}

#[tokio::test]
async fn a_named_role_may_act_for_one_tenant() {
    let cloud = Cloud::start().await;
    let worker = cloud.role("WorkerRole");
    let tags = [("TenantId", ACME), ("Access", "write")];
    let system = cloud.dynamodb(&assume(&cloud, &worker, &tags, None).await.unwrap());
    system
        .get_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .send()
        .await
        .unwrap();
    assert_eq!(
        code(
            system
                .get_item()
                .table_name("TenantTable")
                .set_key(Some(key(GLOBEX, "CONTACTS", "1")))
                .send()
                .await
        ),
        DENIED
    );
}

#[tokio::test]
async fn the_trust_policy_limits_who_and_with_which_tags() {
    let cloud = Cloud::start().await;
    let worker = cloud.role("WorkerRole");
    let denied = Err("AccessDenied".to_owned());
    let refused =
        |tags: &'static [(&'static str, &'static str)]| assume(&cloud, &worker, tags, None);
    assert_eq!(refused(&[]).await, denied);
    assert_eq!(refused(&[("TenantId", ACME)]).await, denied);
    assert_eq!(
        refused(&[("TenantId", ACME), ("Access", "admin")]).await,
        denied
    );
    assert_eq!(
        refused(&[("TenantId", ACME), ("Access", "write"), ("More", "x")]).await,
        denied
    );
    assert_eq!(
        refused(&[("TenantId", "*"), ("Access", "write")]).await,
        Err("ValidationError".to_owned())
    );
    let tags = [("TenantId", ACME), ("Access", "write")];
    for role in ["OwnerRole", "EndpointRole", "BarredRole"] {
        assert_eq!(
            assume(&cloud, &cloud.role(role), &tags, None).await,
            denied,
            "{role}"
        );
    }
    let tenant = cloud.tenant_credentials(ACME, "admin").await;
    assert_eq!(assume(&cloud, &tenant, &tags, None).await, denied);
    // Chained sessions last an hour at most.
    assert!(assume(&cloud, &worker, &tags, Some(3600)).await.is_ok());
    assert_eq!(
        assume(&cloud, &worker, &tags, Some(3601)).await,
        Err("ValidationError".to_owned())
    );
}

#[tokio::test]
async fn signatures_count_here_too() {
    let cloud = Cloud::start().await;
    let mut stolen = cloud.role("WorkerRole");
    stolen.secret_access_key.push('x');
    let tags = [("TenantId", ACME), ("Access", "write")];
    assert_eq!(
        assume(&cloud, &stolen, &tags, None).await,
        Err("SignatureDoesNotMatch".to_owned())
    );
    stolen.access_key_id = "ASIAUNKNOWN".to_owned();
    assert_eq!(
        assume(&cloud, &stolen, &tags, None).await,
        Err("InvalidClientTokenId".to_owned())
    );
}

#[tokio::test]
async fn anyone_with_credentials_may_ask_who_they_are() {
    let cloud = Cloud::start().await;
    let tenant = cloud.tenant_credentials(ACME, "read").await;
    let identity = cloud
        .sts(Some(&tenant))
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(
        (identity.arn(), identity.account()),
        (
            Some("arn:aws:sts::000000000000:assumed-role/TenantRole/test-session"),
            Some("000000000000")
        )
    );
}

#[tokio::test]
async fn forms_are_read_strictly() {
    let cloud = Cloud::start().await;
    let token = cloud
        .issuer
        .sign(&crate::support::tenant_claims(ACME, "read"));
    let proper = format!(
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2FTenantRole&RoleSessionName=ab&WebIdentityToken={token}"
    );
    for (form, status, expected) in [
        (proper.clone(), 200, "<AssumeRoleWithWebIdentityResponse"),
        (format!("{proper}&RoleArn=x"), 400, "MalformedInput"),
        (format!("{proper}&Policy=%7B%7D"), 400, "ValidationError"),
        (format!("{proper}&ProviderId=x"), 400, "ValidationError"),
        (
            proper.replace("RoleSessionName=ab", "RoleSessionName=a%2Fb"),
            400,
            "ValidationError",
        ),
        (
            proper.replace("RoleSessionName=ab&", ""),
            400,
            "ValidationError",
        ),
        (
            proper.replace("2011-06-15", "2010-05-08"),
            400,
            "InvalidAction",
        ),
        (
            "Action=GetFederationToken&Version=2011-06-15".to_owned(),
            403,
            "MissingAuthenticationToken",
        ),
    ] {
        let headers = [(
            "content-type".to_owned(),
            "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
        )];
        let reply = cloud.send(&headers, &form).await;
        let text = reply.body.as_str().unwrap();
        assert!(
            reply.status == status && text.contains(expected),
            "{form}: {reply:?}"
        );
    }
}

#[tokio::test]
async fn the_command_line_gets_what_a_token_would_give() {
    let cloud = Cloud::start().await;
    let acme = cloud.dynamodb(&cloud.gateway.tenant_credentials(ACME, "read").unwrap());
    acme.get_item()
        .table_name("TenantTable")
        .set_key(Some(key(ACME, "CONTACTS", "1")))
        .send()
        .await
        .unwrap();
    assert_eq!(
        code(
            acme.get_item()
                .table_name("TenantTable")
                .set_key(Some(key(GLOBEX, "CONTACTS", "1")))
                .send()
                .await
        ),
        DENIED
    );
    for (tenant, access) in [
        ("*", "read"),
        ("short", "read"),
        (ACME, "owner"),
        ("", "read"),
        (ACME, ""),
    ] {
        let refused = cloud
            .gateway
            .tenant_credentials(tenant, access)
            .unwrap_err()
            .to_string();
        assert!(!refused.contains('\n'), "{refused}");
    }
    assert!(
        cloud
            .gateway
            .role_credentials("Nowhere", "function")
            .is_err()
    );
}
