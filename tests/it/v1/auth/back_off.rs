//! Back-off: guesses are counted before anything is checked.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tests::{Answer, Kind, PASSWORD, TestCloud, TestTenant, unique};

async fn log_in(network: u8, email: &str, password: &str) -> Answer {
    TestCloud::shared()
        .request_from(network, Method::POST, "/v1/auth/login")
        .json(json!({"email": email, "password": password}))
        .await
}

fn seconds(answer: &Answer) -> u64 {
    answer.header("retry-after").parse().unwrap()
}

/// 20 at the same moment, for an account that is there and for one that is not.
#[tokio::test]
async fn however_many_guess_at_once_no_more_are_heard_than_the_allowance() {
    let tenant = TestTenant::create(TestCloud::shared(), "guessed").await;
    let nobody = format!("nobody-{}@guessed.example", unique());
    for (network, email) in [(201, tenant.owner.email.as_str()), (202, &nobody)] {
        let answers = join_all((0..20).map(|_| log_in(network, email, "not-the-password"))).await;
        let mut tally: BTreeMap<u16, usize> = BTreeMap::new();
        for answer in &answers {
            *tally.entry(answer.status).or_default() += 1;
            if answer.status == 429 {
                answer.assert_problem(Kind::TooManyRequests);
                assert!((1..=30).contains(&seconds(answer)), "{answer}");
            }
        }
        assert_eq!(tally, BTreeMap::from([(401, 10), (429, 10)]), "{email}");
    }
    // The right password is not heard either, and yet nobody is locked out: its owner is elsewhere.
    log_in(201, &tenant.owner.email, PASSWORD)
        .await
        .assert_problem(Kind::TooManyRequests);
    log_in(203, &tenant.owner.email, PASSWORD)
        .await
        .assert_status(200);
}

#[tokio::test]
async fn success_gives_the_allowance_back() {
    let tenant = TestTenant::create(TestCloud::shared(), "forgiven").await;
    let email = &tenant.owner.email;
    for _ in 0..3 {
        for _ in 0..9 {
            log_in(204, email, "not-the-password")
                .await
                .assert_problem(Kind::InvalidCredentials);
        }
        log_in(204, email, PASSWORD).await.assert_status(200);
    }
}

#[tokio::test]
async fn the_time_to_wait_is_true() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "waiting").await;
    let email = &tenant.owner.email;
    join_all((0..10).map(|_| log_in(205, email, "not-the-password"))).await;
    let refused = log_in(205, email, PASSWORD).await;
    refused.assert_problem(Kind::TooManyRequests);
    // Nothing of what is kept names the address or its owner.
    let counts = counts(cloud);
    assert!(!counts.is_empty());
    for count in &counts {
        let text = count.to_string();
        assert!(!text.contains(email.as_str()), "{text}");
        assert!(!text.contains(&tenant.owner.user_id), "{text}");
    }
    tokio::time::sleep(Duration::from_secs(seconds(&refused))).await;
    log_in(205, email, PASSWORD).await.assert_status(200);
}

/// What is kept of guesses.
fn counts(cloud: &TestCloud) -> Vec<Value> {
    let items = cloud.dump("DirectoryTable").into_iter();
    items.filter(|item| item["sk"]["S"] == "BACKOFF").collect()
}

#[tokio::test]
async fn links_and_letters_are_counted_too() {
    let cloud = TestCloud::shared();
    let address = format!("nobody-{}@letters.example", unique());
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let answer = cloud
            .request_from(206, Method::POST, "/v1/auth/forgot-password")
            .json(json!({"email": address}))
            .await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [202, 202, 202, 202, 202, 429]);
    // 100 at once from one network, whatever they ask for; each half second one more.
    let token = "A".repeat(86);
    let ask = |path| {
        cloud
            .request_from(207, Method::POST, path)
            .json(json!({"token": token, "password": PASSWORD}))
    };
    let begun = Instant::now();
    let asked = (0..160).map(|_| ask("/v1/auth/reset-password").into_future());
    let answers = join_all(asked).await;
    let heard = answers.iter().filter(|answer| answer.status == 410).count();
    let earned = usize::try_from(begun.elapsed().as_secs()).unwrap() * 2 + 2;
    assert!((100..=100 + earned).contains(&heard), "{heard} of {earned}");
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(heard + refused, 160);
    let answer = cloud
        .request_from(207, Method::POST, "/v1/auth/verify-email")
        .json(json!({"token": token}))
        .await;
    assert!([410, 429].contains(&answer.status), "{answer}");
}
