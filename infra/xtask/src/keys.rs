//! `cargo xtask keys`: key material for a deployment.

use crate::failure::{Failure, Result};
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

const ISSUER_SECRET: &str = "issuer-key-secret.json";
const ACCESS_SECRET: &str = "access-key-secret.json";
const LINK_SECRET: &str = "link-key-secret.json";
const MFA_SECRET: &str = "mfa-key-secret.json";
const FIELD_SECRET: &str = "field-key-secret.json";
const BILLING_SECRET: &str = "billing-webhook-secret.json";
const PARAMETERS: &str = "parameters.yaml";

/// Makes keys and writes them into `folder`, readable by its owner alone; answers what to do with them.
pub(crate) fn make(folder: &Path) -> Result<String> {
    let failed = |error| Failure(format!("no keys could be made: {error}"));
    let keys = tokens::keys::generate().map_err(failed)?;
    let authorizer_secret = keys.authorizer_secret().map_err(failed)?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| Failure(format!("{}: {error}", folder.display())))?;
    // As YAML, since sam takes no JSON on its command line. A JWKS holds names, numbers and base64url: no quote to escape.
    let parameters = format!(
        "IssuerPublicKeys: '{}'\nContextPublicKeys: '{}'\nAccessPublicKeys: '{}'\n",
        keys.issuer_public_keys, keys.context_public_keys, keys.access_public_keys
    );
    let files = [
        (ISSUER_SECRET, authorizer_secret),
        (ACCESS_SECRET, keys.access_secret),
        (LINK_SECRET, keys.link_secret),
        (MFA_SECRET, keys.mfa_secret),
        (FIELD_SECRET, keys.field_secret),
        (BILLING_SECRET, keys.billing_secret),
        (PARAMETERS, parameters.clone()),
    ];
    for (name, _) in &files {
        let path = folder.join(name);
        if path.exists() {
            return Err(Failure(format!(
                "{} is there already: keys in use are not overwritten",
                path.display()
            )));
        }
    }
    for (name, text) in &files {
        write_new(&folder.join(name), text)?;
    }
    let folder = folder.display();
    Ok(format!(
        "The public keys are parameters of the template, in {folder}/{PARAMETERS}:\n\n{parameters}\n\
         Deploy with them, and with BaseDomain and ConsoleUrl of your own:\n\n  \
         sam deploy --guided --capabilities CAPABILITY_IAM --parameter-overrides file://{folder}/{PARAMETERS} BaseDomain=… ConsoleUrl=…\n\n\
         The private keys are in six more files. Put them into the stack's secrets, then delete the folder:\n\n  \
         aws secretsmanager put-secret-value --secret-id <output IssuerKeySecretArn> --secret-string file://{folder}/{ISSUER_SECRET}\n  \
         aws secretsmanager put-secret-value --secret-id <output AccessKeySecretArn> --secret-string file://{folder}/{ACCESS_SECRET}\n  \
         aws secretsmanager put-secret-value --secret-id <output LinkKeySecretArn> --secret-string file://{folder}/{LINK_SECRET}\n  \
         aws secretsmanager put-secret-value --secret-id <output MfaKeySecretArn> --secret-string file://{folder}/{MFA_SECRET}\n  \
         aws secretsmanager put-secret-value --secret-id <output FieldKeySecretArn> --secret-string file://{folder}/{FIELD_SECRET}\n  \
         aws secretsmanager put-secret-value --secret-id <output BillingWebhookSecretArn> --secret-string file://{folder}/{BILLING_SECRET}\n\n\
         The last one only stands in for the secret that the billing provider makes for POST /v1/billing/webhook: once there is \
         one, put {{\"signing_secrets\": [\"whsec_…\"]}} in its place; two, while one takes over from the other.\n",
    ))
}

/// Writes a file that only its owner can read and that was not there before.
fn write_new(path: &Path, text: &str) -> Result<()> {
    let failed = |error| Failure(format!("{}: {error}", path.display()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn keys_are_private_and_never_overwritten() {
        let folder = std::env::temp_dir().join(format!("tenantry-keys-{}", std::process::id()));
        let message = make(&folder).unwrap();
        assert!(message.contains("IssuerPublicKeys: '{\"keys\":["));
        assert!(!message.contains("private_key"));
        for name in [ISSUER_SECRET, ACCESS_SECRET, PARAMETERS] {
            let mode = std::fs::metadata(folder.join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let error = make(&folder).unwrap_err().to_string();
        assert!(
            error.ends_with(
                "issuer-key-secret.json is there already: keys in use are not overwritten"
            )
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
