//! `/v1/auth`

mod back_off;
mod forgot_password;
mod login;
mod logout;
mod mfa;
mod refresh;
mod reset_password;
mod step_up;
mod switch_tenant;
mod verify_email;

use tests::TestCloud;

/// Waits until an address has this many letters that lead to a page, and gives their tokens, oldest first.
pub(crate) async fn mailed_tokens(
    cloud: &TestCloud,
    to: &str,
    page: &str,
    count: usize,
) -> Vec<String> {
    let part = format!("/{page}#token=");
    for _ in 0..300 {
        let letters = cloud.letters(to).into_iter();
        let tokens: Vec<String> = letters
            .filter(|letter| letter.text.contains(&part))
            .map(|letter| letter.token())
            .collect();
        if tokens.len() >= count {
            return tokens;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{to} has fewer than {count} letters that lead to {page}");
}
