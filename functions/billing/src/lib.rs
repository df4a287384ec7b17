//! What the endpoints of billing and the end of trials share.

pub mod choice;
pub mod effect;
pub mod ending;
pub mod event;
pub mod invitation;
pub mod receipt;
pub mod shown;
pub mod signature;
pub mod subscribed;
pub mod trial;
