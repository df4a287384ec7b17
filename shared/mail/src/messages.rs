//! What the product writes to people.

use crate::Message;

/// Somebody is invited into a tenant.
pub struct Invitation<'a> {
    /// What the tenant is called.
    pub tenant_name: &'a str,
    /// Where the invitation is accepted.
    pub link: &'a str,
    /// How many days it is good for.
    pub days: i64,
}

impl Invitation<'_> {
    /// The message.
    pub fn message(&self) -> Message {
        let Self {
            tenant_name,
            link,
            days,
        } = self;
        let invites = format!("{tenant_name} invites you to work with them in Tenantry.");
        let note = format!(
            "The invitation is good for {days} days and for one person. If you did not expect it, ignore it."
        );
        Message {
            subject: format!("{tenant_name} invites you to Tenantry"),
            text: format!("{invites}\n\nAccept the invitation:\n{link}\n\n{note}\n"),
            html: format!(
                "<!doctype html><html lang=\"en\"><body><p>{}</p><p><a href=\"{}\">Accept the invitation</a></p>\
                 <p>{note}</p></body></html>",
                escaped(&invites),
                escaped(link),
            ),
        }
    }
}

/// The text as HTML shows it: names are written by people.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_not_markup() {
        let link = "https://console.example/invitations/accept#token=abc";
        let message = Invitation {
            tenant_name: "<b>Ada & Co</b>",
            link,
            days: 7,
        }
        .message();
        assert!(
            message
                .html
                .contains("&lt;b&gt;Ada &amp; Co&lt;/b&gt; invites you")
        );
        assert!(!message.html.contains("<b>"));
        assert!(message.html.contains(&format!("href=\"{link}\"")));
        assert!(
            message.text.contains("<b>Ada & Co</b> invites you") && message.text.contains(link)
        );
    }
}
