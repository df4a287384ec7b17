//! What may be found nowhere: passwords, tokens, codes and the hashes of passwords.

use tests::TestCloud;

/// The tables whose every item is looked at.
const TABLES: [&str; 3] = ["TenantTable", "DirectoryTable", "AuditTable"];
/// How a stored password hash begins.
const HASH: &str = "$argon2";

/// Secrets that came up in a test.
#[derive(Default)]
pub(super) struct Secrets {
    all: Vec<(&'static str, String)>,
    mailed: Vec<String>,
}

impl Secrets {
    /// A secret that stands nowhere: neither in an item nor in a log nor in a message.
    pub(super) fn note(&mut self, kind: &'static str, secret: &str) {
        assert!(secret.len() >= 6, "{kind}: too short to be looked for");
        self.all.push((kind, secret.to_owned()));
    }

    /// A secret that stands in one message, for the person whom it is for.
    pub(super) fn mailed(&mut self, token: &str) {
        self.mailed.push(token.to_owned());
    }

    /// Fails when one is found.
    pub(super) async fn look_for_them(&self, cloud: &'static TestCloud) {
        let items: Vec<String> = TABLES
            .iter()
            .flat_map(|table| cloud.dump(table))
            .map(|item| item.to_string())
            .collect();
        assert!(items.len() > 50, "only {} items were written", items.len());
        let logs: Vec<String> = cloud
            .local()
            .function_logs()
            .into_iter()
            .map(|line| line.line)
            .collect();
        assert!(logs.len() > 50, "only {} lines were written", logs.len());
        let messages: Vec<String> = cloud
            .gateway()
            .mail()
            .iter()
            .map(|message| format!("{message:?}"))
            .collect();
        assert!(
            messages.len() > 5,
            "only {} messages were sent",
            messages.len()
        );
        for (place, texts) in [
            ("an item", &items),
            ("a log line", &logs),
            ("a message", &messages),
        ] {
            for (kind, secret) in &self.all {
                let found = texts.iter().find(|text| text.contains(secret));
                assert!(
                    found.is_none(),
                    "{kind} in {place}: {}",
                    found.unwrap_or(secret)
                );
            }
        }
        for (place, texts) in [("an item", &items), ("a log line", &logs)] {
            for token in &self.mailed {
                let found = texts.iter().find(|text| text.contains(token));
                assert!(
                    found.is_none(),
                    "the token of a link in {place}: {}",
                    found.unwrap_or(token)
                );
            }
        }
        for (place, texts) in [("a log line", &logs), ("a message", &messages)] {
            let found = texts.iter().find(|text| text.contains(HASH));
            assert!(found.is_none(), "a password's hash in {place}: {found:?}");
        }
        for token in &self.mailed {
            let holding = messages
                .iter()
                .filter(|message| message.contains(token))
                .count();
            assert_eq!(holding, 1, "a link is in one message");
        }
        // Addresses are personal data: they stand in items and messages, and in no log.
        let address = logs.iter().find(|line| line.contains(".example"));
        assert!(address.is_none(), "an address in a log line: {address:?}");
    }
}
