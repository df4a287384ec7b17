//! What the endpoints about members and invitations share.

pub mod caller_of_public;
pub mod invitation_token;
pub mod joining;
