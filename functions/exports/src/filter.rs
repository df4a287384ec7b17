//! Which records of a collection are asked for: as for a list, in the order of creation.

use endpoint::prelude::*;
use fields::Moment;
use records::{Filter, Naming};
use tenant_context::UserId;

/// One of owner, status and reference at a time, with times of creation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ExportFilter {
    /// Only records of this user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Only records in this status, or at this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Only records that name another one: the field and the record, such as `account_id:rec_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Naming>,
    /// Only records created at this moment or later (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_from: Option<Moment>,
    /// Only records created before this moment (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_until: Option<Moment>,
}

impl ExportFilter {
    /// The filter of the list that serves it.
    pub fn of_list(&self) -> Filter {
        let milliseconds = |moment: &Moment| u64::try_from(moment.milliseconds()).unwrap_or(0);
        let reference = self.reference.clone();
        Filter {
            owner: self.owner_id,
            status: self.status.clone(),
            reference: reference.map(|Naming(field, record)| (field, record)),
            created_from: self.created_from.as_ref().map(milliseconds),
            created_until: self.created_until.as_ref().map(milliseconds),
            ..Filter::default()
        }
    }

    /// Narrowed to what this user owns, for who may export nothing else.
    ///
    /// # Errors
    /// `permission-denied` for another owner; `validation-failed` where that can't be combined with what is asked for.
    pub fn narrowed(mut self, user: UserId) -> Result<Self, Problem> {
        if self.owner_id.is_some_and(|owner| owner != user) {
            return Err(Problem::new(Kind::PermissionDenied)
                .detail("Your role lets you export only records that you own."));
        }
        let besides = [
            (self.status.is_some(), "/filter/status"),
            (self.reference.is_some(), "/filter/reference"),
        ];
        if let Some((_, pointer)) = besides.into_iter().find(|(is_asked, _)| *is_asked) {
            let detail =
                "can't be asked for by who may export only their own: that is a filter already";
            return Err(Problem::new(Kind::ValidationFailed).field(pointer, detail));
        }
        self.owner_id = Some(user);
        Ok(self)
    }
}

/// What is wrong with a list's parameters, said of the body.
pub fn in_body(problem: Problem) -> Problem {
    if problem.kind() != Kind::InvalidQuery {
        return problem;
    }
    let wrong = Problem::new(Kind::ValidationFailed);
    problem.errors().iter().fold(wrong, |wrong, error| {
        let name = error.pointer.trim_start_matches('?');
        wrong.field(format!("/filter/{name}"), error.detail.clone())
    })
}
