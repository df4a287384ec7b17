//! Mail is judged and kept.

use crate::support::Cloud;
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};

fn content(text: &str) -> Content {
    Content::builder()
        .data(text)
        .charset("UTF-8")
        .build()
        .unwrap()
}

async fn send(cloud: &Cloud, role: &str, from: &str, subject: &str) -> Result<String, String> {
    let client = aws_sdk_sesv2::Client::new(&cloud.sdk_config(Some(&cloud.role(role))));
    let body = Body::builder()
        .text(content("Hello"))
        .html(content("<p>Hello</p>"))
        .build();
    let message = Message::builder()
        .subject(content(subject))
        .body(body)
        .build();
    let reply = client
        .send_email()
        .from_email_address(from)
        .destination(
            Destination::builder()
                .to_addresses("Ada <ada@acme.test>")
                .build(),
        )
        .content(EmailContent::builder().simple(message).build())
        .email_tags(
            MessageTag::builder()
                .name("kind")
                .value("invitation")
                .build()
                .unwrap(),
        )
        .send()
        .await;
    match reply {
        Ok(reply) => Ok(reply.message_id().unwrap().to_owned()),
        Err(error) => Err(error
            .as_service_error()
            .unwrap_or_else(|| panic!("{error:?}"))
            .code()
            .unwrap_or_default()
            .to_owned()),
    }
}

#[tokio::test]
async fn a_message_is_kept_with_all_its_parts() {
    let cloud = Cloud::start().await;
    let id = send(
        &cloud,
        "AuthorizerRole",
        "Tenantry <no-reply@example.com>",
        "Welcome",
    )
    .await
    .unwrap();
    let mail = cloud.gateway.mail();
    let message = mail.first().unwrap();
    assert_eq!(
        (
            message.id.as_str(),
            message.from.as_str(),
            message.subject.as_str()
        ),
        (id.as_str(), "Tenantry <no-reply@example.com>", "Welcome")
    );
    assert_eq!(
        (
            message.to.as_slice(),
            message.text.as_deref(),
            message.html.as_deref()
        ),
        (
            ["Ada <ada@acme.test>".to_owned()].as_slice(),
            Some("Hello"),
            Some("<p>Hello</p>")
        )
    );
    assert_eq!(message.tags["kind"], "invitation");
}

#[tokio::test]
async fn only_the_allowed_role_sends_and_only_as_its_identity() {
    let cloud = Cloud::start().await;
    let denied = Err("AccessDeniedException".to_owned());
    assert_eq!(
        send(&cloud, "EndpointRole", "no-reply@example.com", "x").await,
        denied
    );
    assert_eq!(
        send(&cloud, "AuthorizerRole", "ceo@acme.test", "x").await,
        denied
    );
    assert_eq!(
        send(
            &cloud,
            "AuthorizerRole",
            "no-reply@example.com",
            "x\r\nBcc: eve@evil.test"
        )
        .await,
        Err("BadRequestException".to_owned())
    );
    assert!(cloud.gateway.mail().is_empty());
}
