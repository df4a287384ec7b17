//! Somebody's authenticator app, set up over HTTP.

use crate::aws::AwsAnswer;
use crate::client::Answer;
use crate::cloud::TestCloud;
use crate::tenant::Person;
use crate::{now, totp};
use serde_json::{Value, json};
use std::time::Duration;

/// An authenticator app. Each code it gives is one that it has not given before.
pub struct Authenticator {
    /// The secret in base 32.
    pub secret: String,
    /// The ten recovery codes; none before it was confirmed.
    pub recovery_codes: Vec<String>,
    last: u64,
}

impl Authenticator {
    /// Begins to set one up.
    pub async fn start(cloud: &TestCloud, person: &Person) -> Self {
        let started = cloud.post("/v1/me/mfa/totp").as_(person).await;
        Self {
            secret: started.assert_status(201).text("/secret"),
            recovery_codes: Vec::new(),
            last: 0,
        }
    }

    /// Sets one up, and makes it count.
    pub async fn enrol(cloud: &TestCloud, person: &Person) -> Self {
        let mut app = Self::start(cloud, person).await;
        app.confirm(cloud, person).await.assert_status(200);
        app
    }

    /// Gives its first code, and notes the recovery codes.
    pub async fn confirm(&mut self, cloud: &TestCloud, person: &Person) -> Answer {
        let answer = cloud
            .post("/v1/me/mfa/totp/confirm")
            .as_(person)
            .json(json!({"code": self.code().await}))
            .await;
        let codes = answer.json["recovery_codes"]
            .as_array()
            .into_iter()
            .flatten();
        let codes = codes.filter_map(|code| code.as_str().map(str::to_owned));
        self.recovery_codes = codes.collect();
        answer
    }

    /// The next code that is taken now. Three can be had at any moment; the fourth has to be waited for.
    pub async fn code(&mut self) -> String {
        loop {
            let present = now() / 30;
            // The oldest that is taken, unless that ends before it arrives.
            let oldest = if now() % 30 < 25 {
                present - 1
            } else {
                present
            };
            let next = oldest.max(self.last + 1);
            let code = totp::code(
                &self.secret,
                i64::try_from(next).unwrap() - i64::try_from(present).unwrap(),
            );
            if next <= present + 1 && now() / 30 == present {
                self.last = next;
                return code;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// A code that is never right.
    pub fn wrong_code(&self) -> String {
        let right: Vec<String> = (-3..=3)
            .map(|steps| totp::code(&self.secret, steps))
            .collect();
        let wrong = (0..).map(|number| format!("{number:06}"));
        let mut wrong = wrong.filter(|code| !right.contains(code));
        wrong.next().expect("a code")
    }
}

impl TestCloud {
    /// The token of a log-in that waits for its second factor.
    pub async fn mfa_token(&self, person: &Person) -> String {
        let body = json!({"email": person.email, "password": person.password});
        let answer = self.post("/v1/auth/login").json(body).await;
        answer.assert_status(200).text("/mfa_token")
    }

    /// Sets an attribute of an item in the directory, past the API, as a function's own role may: for states that only
    /// time brings about.
    pub async fn set_as(&self, role: &str, key: (&str, &str), attribute: &str, value: Value) {
        let credentials = self
            .gateway()
            .role_credentials(role, "test")
            .unwrap_or_else(|error| panic!("{role}: {error}"));
        let body = json!({
            "TableName": "DirectoryTable", "Key": {"pk": {"S": key.0}, "sk": {"S": key.1}},
            "UpdateExpression": "SET #a = :v", "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#a": attribute}, "ExpressionAttributeValues": {":v": value},
        });
        let answer: AwsAnswer = self.dynamodb(&credentials, "UpdateItem", body).await;
        answer.ok();
    }

    /// Makes the proof of who somebody is, in their session, an old one.
    pub async fn forget_proof(&self, person: &Person) {
        let user = person.user_id.strip_prefix("usr_").expect("a user id");
        let session = person
            .session_id
            .strip_prefix("ses_")
            .expect("a session id");
        let key = (format!("USER#{user}"), format!("SESSION#{session}"));
        let long_ago = json!({"N": (now() - 601).to_string()});
        self.set_as(
            "AuthStepUpRole",
            (&key.0, &key.1),
            "stepped_up_at",
            long_ago,
        )
        .await;
    }

    /// The item of somebody's session, in DynamoDB's JSON.
    pub fn session_item(&self, person: &Person) -> Value {
        let items = self.dump("DirectoryTable").into_iter();
        let mut items = items.filter(|item| item["id"]["S"] == json!(person.session_id));
        items.next().expect("the session's item")
    }

    /// The kinds of the letters about somebody's own account.
    pub fn notices(&self, person: &Person) -> Vec<String> {
        let user = person.user_id.strip_prefix("usr_").expect("a user id");
        let outbox = json!(format!("USER#{user}#OUTBOX"));
        let items = self.dump("DirectoryTable").into_iter();
        let kind = |item: Value| {
            let kind = &item["letter"]["M"]["notice"]["M"]["kind"]["S"];
            kind.as_str().expect("a kind").to_owned()
        };
        let mut kinds: Vec<String> = items
            .filter(|item| item["pk"]["S"] == outbox)
            .map(kind)
            .collect();
        kinds.sort();
        kinds
    }
}
