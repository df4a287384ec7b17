//! Links in e-mails: what a person proves by opening one that we have sent them.
//!
//! Their secrets are stored nowhere and stand in no queue. A [`Link`] says what the link is about; the secret follows
//! from it by HMAC-SHA-256 (RFC 2104) with a key that only the functions hold that make links. Whoever checks one needs
//! no key: the item that the link is about holds the secret's hash.

use crate::secret::{self, Secret};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::hmac;
use serde::{Deserialize, Serialize};
use tenant_context::{Aws, InitError, Uuid, variable};

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Joining a tenant. The owner is the tenant, the id is the invitation's.
    Invitation,
    /// Proving one's address. The owner is the user.
    VerifyEmail,
    /// Choosing a new password. The owner is the user.
    ResetPassword,
    /// Proving a new address, which then takes the old one's place. The owner is the user.
    ChangeEmail,
}

impl Purpose {
    const ALL: [Self; 4] = [
        Self::Invitation,
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::ChangeEmail,
    ];

    /// Stands in tokens and in what secrets are derived from: never changed.
    fn byte(self) -> u8 {
        match self {
            Self::Invitation => 1,
            Self::VerifyEmail => 2,
            Self::ResetPassword => 3,
            Self::ChangeEmail => 4,
        }
    }

    fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.byte() == byte)
    }

    /// As it stands in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "INVITATION",
            Self::VerifyEmail => "VERIFY_EMAIL",
            Self::ResetPassword => "RESET_PASSWORD",
            Self::ChangeEmail => "CHANGE_EMAIL",
        }
    }

    /// The console's page that takes the token.
    fn page(self) -> &'static str {
        match self {
            Self::Invitation => "invitations/accept",
            Self::VerifyEmail | Self::ChangeEmail => "verify-email",
            Self::ResetPassword => "reset-password",
        }
    }
}

/// What a link is about. It holds no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is good for.
    pub purpose: Purpose,
    /// The tenant or the user whose partition holds the item.
    pub owner: Uuid,
    /// The item.
    pub id: Uuid,
    /// Makes the secret of a link that is sent again another one.
    pub nonce: Uuid,
}

impl Link {
    /// A link with a fresh nonce.
    pub fn new(purpose: Purpose, owner: Uuid, id: Uuid) -> Self {
        Self {
            purpose,
            owner,
            id,
            nonce: Uuid::new_v4(),
        }
    }
}

/// The key that secrets are derived with.
pub struct LinkKeys(hmac::Key);

impl LinkKeys {
    /// Reads the secret that the environment names, in Lambda's init phase.
    ///
    /// # Errors
    /// When it is not as the deployment makes it.
    pub async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let secret = aws.secret(&variable("LINK_KEY_SECRET")?).await?;
        Self::from_base64(&secret)
    }

    /// From 32 bytes in base64.
    ///
    /// # Errors
    /// When they are not.
    pub fn from_base64(text: &str) -> Result<Self, InitError> {
        let bytes: Option<Secret> = BASE64_STANDARD
            .decode(text.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes
            .ok_or_else(|| InitError("the link key's secret is not 32 bytes in base64".to_owned()))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The token of a link: the same one every time.
    pub fn token(&self, link: &Link) -> LinkToken {
        let mut about = Vec::with_capacity(64);
        about.extend_from_slice(b"link\0");
        about.push(link.purpose.byte());
        about.extend_from_slice(link.owner.as_bytes());
        about.extend_from_slice(link.id.as_bytes());
        about.extend_from_slice(link.nonce.as_bytes());
        let code = hmac::sign(&self.0, &about);
        let mut secret = Secret::default();
        secret
            .iter_mut()
            .zip(code.as_ref())
            .for_each(|(to, from)| *to = *from);
        LinkToken {
            purpose: link.purpose,
            owner: link.owner,
            id: link.id,
            secret,
        }
    }
}

/// What a link's receiver holds.
///
/// base64url of: purpose (1 byte), owner (16), id (16), secret (32). All but the secret only says where to look; nothing
/// is believed until [`LinkToken::hash`] has been compared with what is stored there.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken {
    /// What it claims to be good for.
    pub purpose: Purpose,
    /// The tenant or user it names.
    pub owner: Uuid,
    /// The item it names.
    pub id: Uuid,
    secret: Secret,
}

impl LinkToken {
    /// How the item knows it.
    pub fn hash(&self) -> String {
        secret::hash(&self.secret)
    }

    /// The token as it stands in the link.
    pub fn seal(&self) -> String {
        let mut bytes = vec![self.purpose.byte()];
        bytes.extend_from_slice(self.owner.as_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.secret);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The link. The token is in the fragment, which browsers send to nobody: it gets into no log and no `Referer`.
    pub fn url(&self, console_url: &str) -> String {
        let console = console_url.trim_end_matches('/');
        format!("{console}/{}#token={}", self.purpose.page(), self.seal())
    }

    /// The token in a text that may be one.
    pub fn open(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (purpose, rest) = bytes.split_first()?;
        let (owner, rest) = rest.split_first_chunk::<16>()?;
        let (id, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
            purpose: Purpose::of_byte(*purpose)?,
            owner: Uuid::from_bytes(*owner),
            id: Uuid::from_bytes(*id),
            secret: secret.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn keys(byte: u8) -> LinkKeys {
        LinkKeys::from_base64(&BASE64_STANDARD.encode([byte; 32])).unwrap()
    }

    fn link(purpose: Purpose) -> Link {
        Link::new(purpose, Uuid::new_v4(), Uuid::new_v4())
    }

    #[test]
    fn a_token_names_its_link_and_comes_out_the_same() {
        for purpose in Purpose::ALL {
            let link = link(purpose);
            let token = keys(1).token(&link);
            assert!(keys(1).token(&link) == token);
            let opened = LinkToken::open(&token.seal()).unwrap();
            assert!(opened == token);
            assert_eq!(opened.hash(), token.hash());
            let named = (opened.purpose, opened.owner, opened.id);
            assert_eq!(named, (purpose, link.owner, link.id));
        }
    }

    #[test]
    fn each_part_of_a_link_and_the_key_change_the_secret() {
        let link = link(Purpose::VerifyEmail);
        let hash = keys(1).token(&link).hash();
        let other = Uuid::new_v4();
        let purpose = Purpose::ChangeEmail;
        for changed in [
            Link { purpose, ..link },
            Link { owner: other, ..link },
            Link { id: other, ..link },
            Link { nonce: other, ..link },
        ] {
            assert_ne!(keys(1).token(&changed).hash(), hash, "{changed:?}");
        }
        assert_ne!(keys(2).token(&link).hash(), hash);
    }

    #[test]
    fn the_stored_form_holds_no_secret() {
        let link = link(Purpose::Invitation);
        let token = keys(1).token(&link);
        let stored = serde_json::to_string(&link).unwrap();
        assert_eq!(serde_json::from_str::<Link>(&stored).unwrap(), link);
        assert!(!stored.contains(&BASE64_URL_SAFE_NO_PAD.encode(token.secret)));
    }

    #[test]
    fn garbage_does_not_open() {
        let text = keys(1).token(&link(Purpose::ResetPassword)).seal();
        for garbage in [
            "",
            "AAAA",
            "\u{e9}",
            &text[1..],
            &text[..80],
            &format!("{text}AA"),
            &format!("A{}", &text[1..]),
        ] {
            assert!(LinkToken::open(garbage).is_none(), "{garbage}");
        }
    }

    #[test]
    fn links_lead_to_the_console() {
        let url = |purpose, console| keys(1).token(&link(purpose)).url(console);
        let invitation = url(Purpose::Invitation, "https://app.example/");
        assert!(invitation.starts_with("https://app.example/invitations/accept#token="));
        let change = url(Purpose::ChangeEmail, "https://app.example");
        assert!(change.starts_with("https://app.example/verify-email#token="));
    }
}
