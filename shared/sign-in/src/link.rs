//! The links in e-mails: single-use secrets that are stored nowhere, not even on the way to the person.
//!
//! The secret of a link is derived from a key and from what the link is about ([`Link`]). So the request that issues it
//! stores a hash, the letter that waits to be sent holds the [`Link`] alone, and the sender, which has the key, puts the
//! secret into the message. Who reads table, queue or log finds nothing to use.
//!
//! The text of a link's token is base64url of: owner (16 bytes), id (16), secret (32). The ids only say where to look;
//! nothing is believed until the secret's hash has been compared with the stored one.

use crate::secret::{self, Secret};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::hmac;
use serde::{Deserialize, Serialize};
use tenant_context::{Aws, InitError, Uuid, variable};
use tokens::keys::LinkSecret;

/// What a link is for. A secret for one purpose is of no use for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Joining a tenant. Owner: the tenant. Id: the invitation.
    Invitation,
    /// Proving an address. Owner: the user.
    VerifyEmail,
    /// Setting a new password. Owner: the user.
    ResetPassword,
    /// Taking another address. Owner: the user.
    ChangeEmail,
}

impl Purpose {
    /// The word in stored items and in what the secret is derived from.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::Invitation => "invitation",
            Purpose::VerifyEmail => "verify_email",
            Purpose::ResetPassword => "reset_password",
            Purpose::ChangeEmail => "change_email",
        }
    }

    /// The page of the console that takes the token. It stands in the fragment, which browsers send to nobody: it gets
    /// into no log and no `Referer`.
    const fn page(self) -> &'static str {
        match self {
            Purpose::Invitation => "invitations/accept",
            Purpose::VerifyEmail | Purpose::ChangeEmail => "verify-email",
            Purpose::ResetPassword => "reset-password",
        }
    }
}

/// What a link is about: everything but the key that its secret is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// The tenant or user under whom it is found.
    pub owner: Uuid,
    /// What it names there.
    pub id: Uuid,
    /// Changed when the link is issued anew, so that the earlier one dies.
    pub nonce: Uuid,
}

impl Link {
    /// A link that was never issued before.
    pub fn new(purpose: Purpose, owner: Uuid, id: Uuid) -> Self {
        let nonce = Uuid::new_v4();
        Self {
            purpose,
            owner,
            id,
            nonce,
        }
    }
}

/// The key that the secrets are derived from.
pub struct LinkKeys(hmac::Key);

impl LinkKeys {
    /// Reads the secret that the environment names, in Lambda's init phase.
    ///
    /// # Errors
    /// When it is not as the deployment makes it.
    pub async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let text = aws.secret(&variable("LINK_KEY_SECRET")?).await?;
        Self::from_secret(&text)
    }

    fn from_secret(text: &str) -> Result<Self, InitError> {
        let failed =
            |error: &dyn std::fmt::Display| InitError(format!("the link key's secret: {error}"));
        let secret: LinkSecret = serde_json::from_str(text).map_err(|error| failed(&error))?;
        let key = BASE64_STANDARD
            .decode(&secret.link_key)
            .map_err(|error| failed(&error))?;
        if key.len() < 32 {
            return Err(failed(&"has less than 32 bytes"));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// The token that opens `link`: always the same one.
    pub fn token(&self, link: &Link) -> LinkToken {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(link.purpose.as_str().as_bytes());
        context.update(&[0]);
        for id in [link.owner, link.id, link.nonce] {
            context.update(id.as_bytes());
        }
        let mut secret = Secret::default();
        for (to, from) in secret.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        LinkToken {
            owner: link.owner,
            id: link.id,
            secret,
        }
    }

    /// The address that the person is sent to.
    pub fn url(&self, console_url: &str, link: &Link) -> String {
        let console_url = console_url.trim_end_matches('/');
        let token = self.token(link).seal();
        format!("{console_url}/{}#token={token}", link.purpose.page())
    }
}

/// What the person holds.
pub struct LinkToken {
    /// The tenant or user that it names.
    pub owner: Uuid,
    /// What it names there.
    pub id: Uuid,
    secret: Secret,
}

impl LinkToken {
    /// How the item that waits for it knows it.
    pub fn hash(&self) -> String {
        secret::hash(&self.secret)
    }

    /// The token as it stands in the address.
    pub fn seal(&self) -> String {
        let mut bytes = self.owner.as_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.secret);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The token in a text that may be one. It may be anybody's invention: compare the hash.
    pub fn open(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (owner, rest) = bytes.split_first_chunk::<16>()?;
        let (id, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
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

    fn keys() -> LinkKeys {
        LinkKeys::from_secret(&tokens::keys::generate().unwrap().link_secret).unwrap()
    }

    #[test]
    fn a_link_has_one_token_and_whatever_changes_in_it_has_another() {
        let keys = keys();
        let link = Link::new(Purpose::Invitation, Uuid::new_v4(), Uuid::new_v4());
        let hash = keys.token(&link).hash();
        assert_eq!(keys.token(&link).hash(), hash);
        let others = [
            Link {
                purpose: Purpose::ResetPassword,
                ..link
            },
            Link {
                owner: link.id,
                id: link.owner,
                ..link
            },
            Link {
                nonce: Uuid::new_v4(),
                ..link
            },
        ];
        for other in others {
            assert_ne!(keys.token(&other).hash(), hash, "{other:?}");
        }
        assert_ne!(self::keys().token(&link).hash(), hash, "another key");
    }

    #[test]
    fn the_text_of_a_token_opens_to_the_same_token() {
        let keys = keys();
        let link = Link::new(Purpose::VerifyEmail, Uuid::new_v4(), Uuid::new_v4());
        let url = keys.url("https://console.example/", &link);
        let text = url
            .strip_prefix("https://console.example/verify-email#token=")
            .unwrap();
        let opened = LinkToken::open(text).unwrap();
        assert_eq!((opened.owner, opened.id), (link.owner, link.id));
        assert_eq!(opened.hash(), keys.token(&link).hash());
        for garbage in ["", "AAAA", "\u{e9}", &text[..80], &format!("{text}AA")] {
            assert!(LinkToken::open(garbage).is_none(), "{garbage}");
        }
    }
}
