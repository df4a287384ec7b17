//! What can be asked of a list of records.

use endpoint::paging::Limit;
use endpoint::prelude::*;
use fields::Moment;
use records::{Filter, Naming, Order, Sort};
use tenant_context::UserId;

/// The query parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// How many records at most.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// The order; the newest come first unless it says otherwise.
    sort: Option<By>,
    /// Only records of this user.
    owner_id: Option<UserId>,
    /// Only records in this status, or at this stage.
    status: Option<String>,
    /// Only records that name another one: the field and the record, such as `account_id:rec_…`.
    reference: Option<Naming>,
    /// Only records whose name, title or subject begins so, whatever the case of its letters; in the order of the names.
    name_prefix: Option<String>,
    /// Only records created at this moment or later (RFC 3339).
    created_from: Option<Moment>,
    /// Only records created before this moment (RFC 3339).
    created_until: Option<Moment>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
enum By {
    #[serde(rename = "created_at")]
    Created,
    #[serde(rename = "-created_at")]
    CreatedBackwards,
    #[serde(rename = "updated_at")]
    Updated,
    #[serde(rename = "-updated_at")]
    UpdatedBackwards,
}

impl Query {
    /// Where the list begins, and what it shows.
    pub fn parts(self) -> (Paging, Filter) {
        let milliseconds = |moment: Moment| u64::try_from(moment.milliseconds()).unwrap_or(0);
        let sort = self.sort.map(|by| match by {
            By::Created => (Sort::Created, Order::OldestFirst),
            By::CreatedBackwards => (Sort::Created, Order::NewestFirst),
            By::Updated => (Sort::Updated, Order::OldestFirst),
            By::UpdatedBackwards => (Sort::Updated, Order::NewestFirst),
        });
        let filter = Filter {
            owner: self.owner_id,
            status: self.status,
            reference: self.reference.map(|Naming(field, id)| (field, id)),
            name_prefix: self.name_prefix,
            created_from: self.created_from.map(milliseconds),
            created_until: self.created_until.map(milliseconds),
            sort,
        };
        let paging = Paging {
            limit: self.limit,
            cursor: self.cursor,
        };
        (paging, filter)
    }
}
