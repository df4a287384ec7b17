//! `/v1/tenant`

mod branding;
mod deletion;
mod domains;
mod overview;
mod payments;
mod profile;
mod settings;
mod subscription;
