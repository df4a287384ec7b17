//! What opens an account stands nowhere.

use super::owner;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use tests::{Authenticator, TestCloud};

#[tokio::test]
async fn no_secret_is_stored_or_logged() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let mut app = Authenticator::enrol(cloud, &owner).await;
    let mut secrets = vec![app.secret.clone(), owner.password.clone()];
    secrets.extend(bytes_of(&app.secret));
    secrets.extend(app.recovery_codes.iter().cloned());
    secrets.extend(app.recovery_codes.iter().map(|code| code.replace('-', "")));
    let mut codes = vec![app.code().await];
    let first = cloud.mfa_token(&owner).await;
    let second = cloud.mfa_token(&owner).await;
    let bodies = [
        json!({"mfa_token": first, "code": codes[0]}),
        json!({"mfa_token": second, "code": app.wrong_code()}),
        json!({"mfa_token": second, "recovery_code": app.recovery_codes[3]}),
    ];
    for body in &bodies {
        cloud.post("/v1/auth/mfa").json(body).await;
    }
    codes.push(app.code().await);
    let step_up = cloud.post("/v1/auth/step-up").as_(&owner);
    step_up
        .json(json!({"code": codes[1]}))
        .await
        .assert_status(204);
    let waiting = cloud.mfa_token(&owner).await;
    secrets.extend([first, second, waiting]);
    // A part of a token is as bad as the whole: the secret behind the id.
    let parts: Vec<String> = secrets
        .iter()
        .rev()
        .take(3)
        .map(|token| token[22..].to_owned())
        .collect();
    secrets.extend(parts);

    let stored: Vec<String> = ["DirectoryTable", "TenantTable"]
        .iter()
        .flat_map(|table| cloud.dump(table))
        .map(|item| item.to_string())
        .collect();
    assert!(stored.iter().any(|item| item.contains("totp_secret")));
    assert!(stored.iter().any(|item| item.contains("password_mark")));
    for secret in &secrets {
        assert!(
            !stored.iter().any(|item| item.contains(secret)),
            "{secret} is stored"
        );
    }
    for line in cloud.local().function_logs() {
        let found = secrets.iter().find(|secret| line.line.contains(*secret));
        assert!(found.is_none(), "{found:?} is logged: {}", line.line);
        // Six digits may be part of any number; a code is logged if it stands by itself.
        let has_code = |code: &String| line.line.contains(&format!("\"{code}\""));
        assert!(
            !codes.iter().any(has_code),
            "a code is logged: {}",
            line.line
        );
    }
}

/// The bytes of a base 32 secret in the forms in which they could be stored.
fn bytes_of(secret: &str) -> [String; 3] {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        _ => letter - b'2' + 26,
    };
    let bits: String = secret
        .bytes()
        .map(|letter| format!("{:05b}", value(letter)))
        .collect();
    let bytes: Vec<u8> = (0..20)
        .map(|byte| u8::from_str_radix(&bits[byte * 8..byte * 8 + 8], 2).unwrap())
        .collect();
    [
        BASE64_STANDARD.encode(&bytes),
        BASE64_URL_SAFE_NO_PAD.encode(&bytes),
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    ]
}
