//! Second factors: what a person proves besides their password.
//!
//! | module | holds |
//! |---|---|
//! | [`base32`] | texts that people copy by hand |
//! | [`factor`] | the item of a person's second factors, and the changes to it |
//! | [`keys`] | sealing what is stored of them |
//! | [`pending`] | a log-in that waits for its second factor |
//! | [`proof`] | what a session remembers of proofs |
//! | [`recovery`] | the codes for somebody whose device is gone |
//! | [`totp`] | the codes of an authenticator app (RFC 6238) |
//!
//! **Where it stands.** The item is in a partition of its own, `MFA#<user>`, which a person's own credentials don't reach:
//! of all that acts for a person in their session, only the few functions that deal with second factors can read or change
//! it, each with a role of its own. What is in it opens nothing by itself: secrets are sealed with a key that is kept
//! apart, recovery codes are hashed with it. The user's item says only *that* there is a second factor (`mfa_enabled`);
//! a person's credentials can't write that, nor the two moments of a session that speak of proofs.
//!
//! **Passkeys** (WebAuthn) come beside the authenticator app: their credentials as `PASSKEY#<id>` in the same partition, a
//! variant of [`factor::Proof`] for their assertions, and the challenge into [`pending::PendingLogin`]. `mfa_enabled`, the
//! recovery codes, the sessions' `mfa_at` and the limits on attempts are not about the app and stay as they are.

pub mod base32;
pub mod factor;
pub mod keys;
pub mod pending;
pub mod proof;
pub mod recovery;
pub mod totp;
