#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::*;
use crate::branding::Branding;
use crate::outbox::{Letter, Notice};

const LINK: &str = "https://app.example/invitations/accept#token=abc_-9";
const CONSOLE: &str = "https://app.example";

fn branded() -> Branding {
    Branding {
        name: "Initech".into(),
        sender_name: Some("Initech People".into()),
        logo_url: Some("https://cdn.example/logo.png".into()),
        primary_color: Some("#123456".into()),
        email_footer: Some("Initech Ltd".into()),
        ..Branding::default()
    }
}

fn rendered(notice: Notice, branding: &Branding) -> Message {
    let link = if notice.link().is_some() { LINK } else { "" };
    render(&Rendering {
        letter: &Letter::new("ada@example.com", "Ada", notice),
        branding,
        link,
        console_url: CONSOLE,
    })
    .unwrap()
}

fn invitation(tenant_name: &str) -> Notice {
    let sample = Notice::samples()
        .into_iter()
        .find(|notice| notice.name() == "invitation");
    let Some(Notice::Invitation {
        inviter_name,
        role,
        link,
        ..
    }) = sample
    else {
        unreachable!()
    };
    Notice::Invitation {
        tenant_name: tenant_name.into(),
        inviter_name,
        role,
        link,
    }
}

fn wording(subject: &str, text: &str, html: Option<&str>) -> Override {
    Override {
        subject: subject.into(),
        text: text.into(),
        html: html.map(str::to_owned),
    }
}

#[test]
fn every_notice_renders_with_and_without_branding() {
    for notice in Notice::samples() {
        for branding in [branded(), Branding::default()] {
            let message = rendered(notice.clone(), &branding);
            let name = notice.name();
            assert!(
                !message.subject.is_empty() && !message.subject.contains('\n'),
                "{name}"
            );
            for body in [&message.text, &message.html] {
                assert!(body.contains("Hello Ada,"), "{name}: {body}");
                assert!(
                    !body.contains("{{") && !body.contains("{%"),
                    "{name}: {body}"
                );
                assert_eq!(
                    body.contains(LINK),
                    notice.link().is_some(),
                    "{name}: {body}"
                );
            }
            assert!(
                message
                    .html
                    .contains(&format!("<title>{}</title>", message.subject)),
                "{name}"
            );
        }
    }
    assert_eq!(Notice::samples().len(), standard::ALL.len());
}

#[test]
fn the_invitation_reads_as_printed_here() {
    let message = rendered(invitation("Initech"), &branded());
    assert_eq!(message.subject, "Initech invites you to Tenantry");
    assert_eq!(
        message.text,
        format!(
            "Hello Ada,\n\nBill invites you to work with Initech in Tenantry, as viewer.\n\nAccept the invitation:\n{LINK}\n\n\
             The invitation is good for 7 days and for one person. If you did not expect it, ignore it.\n\n-- \nInitech Ltd\n\
             Sent by Tenantry for Initech."
        )
    );
    assert!(message.html.contains(&format!(
        "<a href=\"{LINK}\" style=\"display:inline-block;padding:12px 20px;background:#123456;"
    )));
    assert!(
        message
            .html
            .contains("<img src=\"https://cdn.example/logo.png\" alt=\"Initech People\"")
    );
}

#[test]
fn a_name_is_not_markup_and_no_second_header() {
    let message = rendered(
        invitation("<b>Ada & Co</b>\r\nBcc: x"),
        &Branding::default(),
    );
    assert!(
        message
            .html
            .contains("&lt;b&gt;Ada &amp; Co&lt;&#x2f;b&gt;"),
        "{}",
        message.html
    );
    assert!(!message.html.contains("<b>"));
    assert!(message.text.contains("<b>Ada & Co</b>"));
    assert_eq!(
        message.subject,
        "<b>Ada & Co</b> Bcc: x invites you to Tenantry"
    );
    let long = rendered(invitation(&"x".repeat(500)), &Branding::default());
    assert_eq!(long.subject.chars().count(), SUBJECT_CHARACTERS);
}

#[test]
fn a_name_is_not_a_template() {
    let message = rendered(invitation("{{ link }}{% if %}"), &Branding::default());
    assert!(message.subject.starts_with("{{ link }}{% if %} invites"));
}

#[test]
fn a_tenants_own_words_take_the_place_of_ours() {
    let own = wording(
        "Come to {{ tenant_name }}",
        "Please <come>.\nNow.\n\n{{ link }}",
        Some(
            "<p onclick=x>Please <b>come</b>: <a href=\"{{ link }}\">here</a>{% if role %}, {{ role }}{% endif %}</p>\
              <script>alert(1)</script><img src=\"https://evil.example\"><a href=\"javascript:x\">y</a>",
        ),
    );
    check("invitation", &own).unwrap();
    let mut branding = branded();
    branding
        .email_templates
        .insert("invitation".into(), own.clone());
    let message = rendered(invitation("<i>Initech"), &branding);
    assert_eq!(message.subject, "Come to <i>Initech");
    assert!(
        message
            .text
            .starts_with("Hello Ada,\n\nPlease <come>.\nNow.\n\nhttps://app.example/")
    );
    let html = &message.html;
    assert!(
        html.contains("Please <b>come</b>") && html.contains(&format!("<a href=\"{LINK}\"")),
        "{html}"
    );
    assert!(html.contains("</a>, viewer</p>"), "{html}");
    for refused in ["onclick", "script", "evil", "javascript"] {
        assert!(!html.contains(refused), "{refused}: {html}");
    }
    // Without HTML of its own it is made from the text.
    let own = Override { html: None, ..own };
    check("invitation", &own).unwrap();
    branding.email_templates.insert("invitation".into(), own);
    let html = rendered(invitation("Initech"), &branding).html;
    assert!(
        html.contains(&format!(
            "<p>Please &lt;come&gt;.<br>Now.</p>\n<p>{LINK}</p>"
        )),
        "{html}"
    );
}

#[test]
fn words_that_do_not_work_are_refused_and_left_aside() {
    let fine = "{{ link }}";
    for (wording, field) in [
        (wording("", fine, None), "subject"),
        (wording("{{ tenant_name", fine, None), "subject"),
        (wording(&"x".repeat(500), fine, None), "subject"),
        (wording("a", "no link", None), "text"),
        (wording("a", "{{ password }} {{ link }}", None), "text"),
        (wording("a", "{{ 'a' * 1000000000 }}", None), "text"),
        (wording("a", "{{ tenant_name | upper }}", None), "text"),
        (
            wording("a", "{% for x in tenant_name %}x{% endfor %}", None),
            "text",
        ),
        (wording("a", "{% if link %}", None), "text"),
        (wording("a", "{# x #}{{ link }}", None), "text"),
        (
            wording("a", "{{ link }}{% include 'layout.html' %}", None),
            "text",
        ),
        (
            wording("a", &format!("{fine}{}", "x".repeat(20_000)), None),
            "text",
        ),
        (wording("a", fine, Some("<p>no link</p>")), "html"),
        (
            wording("a", fine, Some("<script>{{ link }}</script>")),
            "html",
        ),
    ] {
        let error = check("invitation", &wording).unwrap_err();
        assert_eq!(error.field, field, "{wording:?}: {error}");
        let mut branding = branded();
        branding
            .email_templates
            .insert("invitation".into(), wording);
        assert_eq!(
            rendered(invitation("Initech"), &branding),
            rendered(invitation("Initech"), &branded())
        );
    }
}

#[test]
fn letters_about_a_persons_account_are_the_products() {
    let own = wording("a", "{{ link }}{{ console_url }}", None);
    for notice in [
        "reset_password",
        "verify_email",
        "change_email",
        "mfa_disabled",
        "password_reset",
        "nothing",
    ] {
        assert_eq!(check(notice, &own).unwrap_err().field, "", "{notice}");
        let mut branding = branded();
        branding.email_templates.insert(notice.into(), own.clone());
        for notice in Notice::samples()
            .into_iter()
            .filter(|sample| sample.name() == notice)
        {
            assert_eq!(
                rendered(notice.clone(), &branding),
                rendered(notice, &branded())
            );
        }
    }
}
