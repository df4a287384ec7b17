//! What IAM decided: newest first, refusals with the sentence that says why.

use super::{
    Format, Shared,
    html::{Escaped, page},
    respond,
};
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use gateway::{DecisionRecord, Verdict};
use serde::Deserialize;
use std::fmt::Write;

/// Rows on the page; JSON has them all.
const ROWS: usize = 300;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    format: Option<Format>,
    decision: Option<Wanted>,
    /// Only decisions for this tenant's session.
    tenant_id: Option<String>,
    /// Only decisions made for this request.
    request_id: Option<String>,
    limit: Option<usize>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Allowed,
    Denied,
    Invalid,
}

impl Filter {
    fn keeps(&self, record: &DecisionRecord) -> bool {
        let decision = match record.decision {
            Verdict::Allowed => Wanted::Allowed,
            Verdict::Denied => Wanted::Denied,
            Verdict::Invalid => Wanted::Invalid,
        };
        let tenant = record
            .principal
            .as_ref()
            .and_then(|principal| principal.tags.get("TenantId"));
        self.decision.is_none_or(|wanted| wanted == decision)
            && self
                .tenant_id
                .as_ref()
                .is_none_or(|wanted| tenant.map(String::as_str) == Some(bare(wanted)))
            && self
                .request_id
                .as_ref()
                .is_none_or(|wanted| record.caller.request_id.as_ref() == Some(wanted))
    }
}

/// The API shows a tenant's id with a prefix, the session's tag has none.
fn bare(tenant_id: &str) -> &str {
    tenant_id.strip_prefix("ten_").unwrap_or(tenant_id)
}

pub(crate) async fn answer(
    State(pages): Shared,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Response {
    let format = Format::chosen(filter.format, &headers);
    let limit = filter.limit.unwrap_or(if format == Format::Html {
        ROWS
    } else {
        usize::MAX
    });
    let mut records = pages.gateway.decisions();
    records.reverse();
    records.retain(|record| filter.keeps(record));
    let found = records.len();
    records.truncate(limit);
    respond(format, &records, || html(&records, found, filter.decision))
}

fn html(records: &[DecisionRecord], found: usize, decision: Option<Wanted>) -> String {
    let mut content = match decision {
        Some(Wanted::Denied) => {
            "<p>Only refusals. <a href=\"/_local/iam\">Show all</a></p>".to_owned()
        }
        _ => "<p><a href=\"/_local/iam?decision=denied\">Only refusals</a></p>".to_owned(),
    };
    let _ = write!(
        content,
        "<table class=\"log\"><caption>{} of {found} decisions, newest first</caption><thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Decision</th>\
         <th scope=\"col\">Call</th><th scope=\"col\">Who</th><th scope=\"col\" class=\"number\">Read</th><th scope=\"col\" class=\"number\">Write</th></tr></thead><tbody>",
        records.len()
    );
    for record in records {
        row(&mut content, record);
    }
    content.push_str("</tbody></table>");
    page("/_local/iam", "IAM decisions", &content)
}

/// Hours to milliseconds of an RFC 3339 time: a page shows one run, so the day adds nothing.
fn time_of_day(time: &str) -> &str {
    time.get(11..23).unwrap_or(time)
}

/// Writing to a string does not fail, so results are dropped here.
fn row(out: &mut String, record: &DecisionRecord) {
    let (class, word) = match record.decision {
        Verdict::Allowed => ("allowed", "allowed"),
        Verdict::Denied => ("denied", "refused"),
        Verdict::Invalid => ("denied", "not understood"),
    };
    let _ = write!(
        out,
        "<tr class=\"{class}\"><td class=\"number\"><time datetime=\"{}\">{}</time></td><td><strong>{word}</strong> <small>{}</small>",
        Escaped(&record.time),
        Escaped(time_of_day(&record.time)),
        record.status
    );
    if let Some(statement) = &record.statement {
        let _ = write!(out, "<br>by <code>{}</code>", Escaped(statement));
    }
    if let Some(reason) = &record.reason {
        let _ = write!(out, "<br>{}", Escaped(reason));
    }
    for reason in record
        .checks
        .iter()
        .filter(|check| !check.allowed)
        .filter_map(|check| check.reason.as_ref())
    {
        if record.reason.as_ref() != Some(reason) {
            let _ = write!(out, "<br>{}", Escaped(reason));
        }
    }
    out.push_str("</td><td>");
    let actions = if record.actions.is_empty() {
        record.operation.clone()
    } else {
        record.actions.join(", ")
    };
    let _ = write!(out, "<code>{}</code>", Escaped(&actions));
    for resource in &record.resources {
        let _ = write!(out, "<br><small>{}</small>", Escaped(resource));
    }
    for key in &record.leading_keys {
        let _ = write!(out, "<br><code>{}</code>", Escaped(key));
    }
    out.push_str("</td><td>");
    if let Some(principal) = &record.principal {
        let _ = write!(out, "{}", Escaped(&principal.role));
        for (name, value) in &principal.tags {
            let _ = write!(
                out,
                "<br><small>{}={}</small>",
                Escaped(name),
                Escaped(value)
            );
        }
    }
    for known in [
        &record.caller.function,
        &record.caller.route,
        &record.caller.request_id,
    ]
    .into_iter()
    .flatten()
    {
        let _ = write!(out, "<br><small>{}</small>", Escaped(known));
    }
    let _ = write!(
        out,
        "</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
        record.capacity.read, record.capacity.write
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_stand_out_and_everything_is_escaped() {
        let record = DecisionRecord {
            decision: Verdict::Denied,
            reason: Some("no <b>statement</b> allows it".to_owned()),
            leading_keys: vec!["TENANT#<script>".to_owned()],
            operation: "GetItem".to_owned(),
            ..DecisionRecord::default()
        };
        let page = html(&[record], 1, None);
        assert!(page.contains("<tr class=\"denied\">"));
        assert!(page.contains("no &lt;b&gt;statement&lt;/b&gt; allows it"));
        assert!(!page.contains("<script>"));
    }

    #[test]
    fn the_filter_keeps_what_it_names() {
        let filter = Filter {
            format: None,
            decision: Some(Wanted::Denied),
            tenant_id: None,
            request_id: None,
            limit: None,
        };
        assert!(!filter.keeps(&DecisionRecord {
            decision: Verdict::Allowed,
            ..DecisionRecord::default()
        }));
        assert!(filter.keeps(&DecisionRecord {
            decision: Verdict::Denied,
            ..DecisionRecord::default()
        }));
        let filter = Filter {
            decision: None,
            request_id: Some("r".to_owned()),
            ..filter
        };
        assert!(!filter.keeps(&DecisionRecord::default()));
    }
}
