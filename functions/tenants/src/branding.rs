//! How a tenant looks: on the log-in page and in its letters.

use crate::css;
use endpoint::prelude::*;
use fields::{Name, Object};
use mail::templates::Override;
use std::collections::BTreeMap;

/// Characters of a sender's name: mail programs cut what is longer.
const SENDER_CHARACTERS: usize = 64;
/// Characters of the line at the end of letters.
const FOOTER_CHARACTERS: usize = 200;

/// A colour, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(inline)]
pub struct Color(#[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))] String);

/// The address of a picture, by https and on a host with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(inline)]
pub struct PictureUrl(
    #[schemars(length(max = 1000), regex(pattern = "^https://"))]
    String,
);

/// A style sheet for the log-in page, of colours, fonts, borders and spacing: it can't load, run, move or hide anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(inline)]
pub struct StyleSheet(#[schemars(length(max = 16384))] String);

macro_rules! as_text {
    ($($name:ident)*) => {
        $(impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        })*
    };
}
as_text!(Color PictureUrl StyleSheet);

impl TryFrom<String> for Color {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self(text))
        } else {
            Err("is not a colour such as #0a7f5a")
        }
    }
}

impl TryFrom<String> for PictureUrl {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_website = text.parse::<fields::Website>().is_ok();
        let is_plain = text
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '\'' | '"' | '(' | ')' | '@'));
        if is_website && is_plain && text.starts_with("https://") && text.len() <= 1000 {
            Ok(Self(text))
        } else {
            Err("is not the https address of a picture, of up to 1,000 characters")
        }
    }
}

impl TryFrom<String> for StyleSheet {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        css::check(&text).map(|()| Self(text))
    }
}

/// How a tenant looks. What is left out is not set.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branding {
    /// A picture, by https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<PictureUrl>,
    /// The colour of buttons and lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_color: Option<Color>,
    /// The colour of what stands out beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent_color: Option<Color>,
    /// Whose name the letters bear, in the place of the tenant's: up to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<Name>,
    /// A line at the end of letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_footer: Option<Name>,
    /// A style sheet for the log-in page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_css: Option<StyleSheet>,
    /// The tenant's own wording of letters in its name, by the notice (`invitation` …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub email_templates: BTreeMap<String, Object<Override>>,
}

impl Branding {
    /// Its attributes in the item, `BRANDING`.
    pub const ATTRIBUTES: &[&str] = &[
        "logo_url",
        "primary_color",
        "accent_color",
        "sender_name",
        "email_footer",
        "custom_css",
        "email_templates",
    ];

    /// The change that puts this in the place of whatever is stored; the same however often it is made.
    ///
    /// # Errors
    /// `internal` when a value can't be stored.
    pub fn replacement(&self) -> Result<Update, Problem> {
        let update = Update::new();
        let update = put(update, "logo_url", self.logo_url.as_ref())?;
        let update = put(update, "primary_color", self.primary_color.as_ref())?;
        let update = put(update, "accent_color", self.accent_color.as_ref())?;
        let update = put(update, "sender_name", self.sender_name.as_ref())?;
        let update = put(update, "email_footer", self.email_footer.as_ref())?;
        let update = put(update, "custom_css", self.custom_css.as_ref())?;
        let templates = Some(&self.email_templates).filter(|templates| !templates.is_empty());
        put(update, "email_templates", templates)
    }

    /// Checks what the types can't say.
    ///
    /// # Errors
    /// `validation-failed` with the fields.
    pub fn check(&self) -> Result<(), Problem> {
        let mut problem = Problem::new(Kind::ValidationFailed);
        for (pointer, text, most) in [
            ("/sender_name", &self.sender_name, SENDER_CHARACTERS),
            ("/email_footer", &self.email_footer, FOOTER_CHARACTERS),
        ] {
            if text
                .as_ref()
                .is_some_and(|text| text.as_str().chars().count() > most)
            {
                problem = problem.field(pointer, format!("is longer than {most} characters"));
            }
        }
        for (notice, Object(wording)) in &self.email_templates {
            if let Err(error) = mail::templates::check(notice, wording) {
                let notice = notice.replace('~', "~0").replace('/', "~1");
                let pointer = match error.field {
                    "" => format!("/email_templates/{notice}"),
                    field => format!("/email_templates/{notice}/{field}"),
                };
                problem = problem.field(pointer, error.detail);
            }
        }
        if problem.errors().is_empty() {
            Ok(())
        } else {
            Err(problem)
        }
    }
}

fn put(update: Update, name: &str, value: Option<impl Serialize>) -> Result<Update, Problem> {
    Ok(match value {
        Some(value) => update.set(name, value)?,
        None => update.remove(name),
    })
}

/// What a log-in page needs of it.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// The colour of buttons and lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_color: Option<String>,
    /// The colour of what stands out beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent_color: Option<String>,
    /// A style sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_css: Option<String>,
}

impl Look {
    /// Its attributes, the only ones that the public look-up's role may read.
    pub const ATTRIBUTES: &[&str] = &["logo_url", "primary_color", "accent_color", "custom_css"];
}
