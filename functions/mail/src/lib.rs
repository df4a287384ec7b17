//! What the two functions of e-mail share.
