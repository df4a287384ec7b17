//! The lists there are, and which records belong to each.

use super::filled::{Filled, label, text};
use serde_json::Value;

/// A list: the index that it is read from (none: the table itself), and how it is asked for.
pub(super) struct List {
    pub(super) index: &'static str,
    pub(super) path: &'static str,
    pub(super) query: String,
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}?{}", self.path, self.query)
    }
}

impl Filled {
    /// One of each kind that an index serves, as the person sees them who signed up.
    pub(super) fn lists(&self) -> Vec<List> {
        let emails = self.stay.values().filter(|record| is_in(record, "emails"));
        let mut moments: Vec<&str> = emails.map(|record| text(record, "created_at")).collect();
        moments.sort_unstable();
        let from = format!("created_from={}", moments[2_000]);
        let until = format!("created_until={}", moments[7_000]);
        let owner = format!("owner_id={}", self.owners[1].user_id);
        let named = |number: usize| {
            let (field, ids) = &self.named[number];
            format!("reference={field}:{}", ids[1])
        };
        let row = |index, path, query: &[&str]| List {
            index,
            path,
            query: query.join("&"),
        };
        vec![
            row("", "emails", &[]),
            row("", "emails", &["sort=created_at"]),
            row("", "emails", &[&from]),
            row("", "emails", &[&until, "sort=created_at"]),
            row("", "emails", &[&from, &until]),
            row("by_change", "emails", &["sort=updated_at"]),
            row("by_change", "emails", &["sort=-updated_at"]),
            row("by_owner", "emails", &[&owner]),
            row("by_owner", "emails", &[&owner, &from, &until]),
            row("by_status", "emails", &["status=sent"]),
            row(
                "by_status",
                "emails",
                &["status=received", &from, "sort=created_at"],
            ),
            row("by_reference1", "emails", &[&named(0), "sort=created_at"]),
            row("by_reference1", "emails", &[&named(0), &from, &until]),
            row("by_reference2", "emails", &[&named(1)]),
            row("by_reference3", "emails", &[&named(2), "sort=created_at"]),
            row("by_reference4", "emails", &[&named(3), &until]),
            row("by_name", "emails", &["name_prefix=aDa"]),
            row("by_inbox", "inbox", &[]),
            row("by_unread", "inbox", &["unread=true"]),
            row("", "notifications", &["sort=created_at"]),
            row("by_change", "notifications", &["sort=-updated_at"]),
            row("by_status", "notifications", &["status=unread"]),
            row("by_name", "notifications", &["name_prefix=ada"]),
        ]
    }

    /// Whether a record belongs to a list of the person who signed up.
    pub(super) fn shows(&self, list: &List, record: &Value) -> bool {
        let is_own = text(record, "owner_id") == self.tenant.owner.user_id;
        let is_there = match list.path {
            "inbox" => is_own,
            "notifications" => is_own && is_in(record, "notifications"),
            path => is_in(record, path),
        };
        let mut asked = list
            .query
            .split('&')
            .filter_map(|part| part.split_once('='));
        is_there
            && asked.all(|(name, value)| match name {
                "sort" => true,
                "created_from" => text(record, "created_at") >= value,
                "created_until" => text(record, "created_at") < value,
                "name_prefix" => label(record)
                    .to_lowercase()
                    .starts_with(&value.to_lowercase()),
                "unread" => ["received", "unread"].contains(&text(record, "status")),
                "reference" => {
                    let (field, named) = value.split_once(':').unwrap();
                    text(record, field) == named
                }
                field => text(record, field) == value,
            })
    }
}

fn is_in(record: &Value, kind: &str) -> bool {
    record.get("subject").is_some() == (kind == "emails")
}
