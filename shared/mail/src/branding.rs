//! How a tenant's letters look, as far as its branding says so.

use crate::templates::Override;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the product is called.
pub const PRODUCT: &str = "Tenantry";
/// The colour of letters without branding.
const COLOR: &str = "#2563eb";
/// Characters of a sender's name.
const NAME_CHARACTERS: usize = 64;

/// What letters need of the branding item (`BRANDING`) and the tenant's name. All of it may be missing, and nothing of it
/// is trusted: what does not fit is left out.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Branding {
    /// The tenant's name; empty for the product's own letters.
    #[serde(default)]
    pub name: String,
    /// Whose name the letters bear, in the place of the tenant's.
    #[serde(default)]
    pub sender_name: Option<String>,
    /// A picture, by https.
    #[serde(default)]
    pub logo_url: Option<String>,
    /// The colour of line and button, `#rrggbb`.
    #[serde(default)]
    pub primary_color: Option<String>,
    /// A line at the end.
    #[serde(default)]
    pub email_footer: Option<String>,
    /// The tenant's own wording, by the notice's name.
    #[serde(default)]
    pub email_templates: BTreeMap<String, Override>,
}

impl Branding {
    /// The attributes of the branding item that letters need: the only ones of a core partition, the tenant's `name`
    /// aside, that the sender of letters may read.
    pub const ATTRIBUTES: &[&str] = &[
        "sender_name",
        "logo_url",
        "primary_color",
        "email_footer",
        "email_templates",
    ];

    /// Whose letters these are: the sender's name, else the tenant's, else the product's.
    pub fn sender(&self) -> String {
        let own = self.sender_name.as_deref().unwrap_or_default();
        let name = [own, &self.name, PRODUCT]
            .into_iter()
            .map(one_line)
            .find(|name| !name.is_empty());
        let name = name.unwrap_or_default();
        name.chars().take(NAME_CHARACTERS).collect()
    }

    /// The picture, if it is reached by https.
    pub fn logo_url(&self) -> &str {
        let url = self.logo_url.as_deref().unwrap_or_default();
        let is_clean = url.chars().all(|c| c.is_ascii_graphic() && c != '"');
        if url.starts_with("https://") && is_clean {
            url
        } else {
            ""
        }
    }

    /// The colour, if it is one.
    pub fn color(&self) -> &str {
        let color = self.primary_color.as_deref().unwrap_or_default();
        let is_color = color.len() == 7
            && color
                .strip_prefix('#')
                .is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        if is_color { color } else { COLOR }
    }

    /// The line at the end.
    pub fn footer(&self) -> String {
        one_line(self.email_footer.as_deref().unwrap_or_default())
    }
}

/// The text without line breaks and control characters, and with single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out() {
        let branding = |logo: &str, color: &str| Branding {
            logo_url: Some(logo.to_owned()),
            primary_color: Some(color.to_owned()),
            ..Branding::default()
        };
        let good = branding("https://cdn.example/logo.png", "#00ff7F");
        assert_eq!(
            (good.logo_url(), good.color()),
            ("https://cdn.example/logo.png", "#00ff7F")
        );
        for (logo, color) in [
            ("http://cdn.example/logo.png", "red"),
            ("javascript:alert(1)", "#00ff7"),
            ("https://x\" onload=\"", "#00ff7g"),
            ("https://x y", "#é00000"),
        ] {
            let wrong = branding(logo, color);
            assert_eq!((wrong.logo_url(), wrong.color()), ("", COLOR));
        }
    }

    #[test]
    fn the_sender_is_whoever_is_named_first() {
        let mut branding = Branding::default();
        assert_eq!(branding.sender(), PRODUCT);
        branding.name = "Initech".to_owned();
        assert_eq!(branding.sender(), "Initech");
        branding.sender_name = Some(" People\r\nTeam ".to_owned());
        assert_eq!(branding.sender(), "People Team");
        branding.sender_name = Some("é".repeat(100));
        assert_eq!(branding.sender().chars().count(), NAME_CHARACTERS);
    }
}
