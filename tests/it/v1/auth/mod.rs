//! `/v1/auth`

mod login;
mod logout;
mod refresh;
mod switch_tenant;
