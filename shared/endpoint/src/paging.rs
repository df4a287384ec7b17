//! Lists: `?limit=&cursor=` → `{items, next_cursor}`.

use problem::Problem;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use tenant_context::{Page, Partition, TenantContext};

/// How many items a page may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    const MOST: u32 = 100;
    const USUAL: u32 = 50;
}

impl Default for Limit {
    fn default() -> Self {
        Self(Self::USUAL)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if is_plain && (1..=Self::MOST).contains(&number) => Ok(Self(number)),
            _ => Err(D::Error::custom(format_args!(
                "is not a whole number from 1 to {}",
                Self::MOST
            ))),
        }
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": Self::MOST, "default": Self::USUAL})
    }
}

/// The query parameters of a list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How many items at most.
    #[serde(default)]
    pub limit: Limit,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    /// The number of items.
    pub fn limit(&self) -> u32 {
        self.limit.0
    }

    /// The sort key after which the page begins.
    ///
    /// # Errors
    /// `invalid-cursor` when the cursor was not made for this caller, list and filter.
    pub fn after(
        &self,
        context: &TenantContext,
        list: &Partition,
        filter: &str,
    ) -> Result<Option<String>, Problem> {
        self.cursor
            .as_deref()
            .map(|cursor| context.cursors().open(list, filter, cursor))
            .transpose()
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the list goes on; null on the last page. A page can be empty and yet be followed by none.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// The page with its cursor sealed for this caller, list and filter.
    ///
    /// # Errors
    /// `internal` when the cursor can't be sealed.
    pub fn seal<S: Into<T>>(
        page: Page<S>,
        context: &TenantContext,
        list: &Partition,
        filter: &str,
    ) -> Result<Self, Problem> {
        let next_cursor = page
            .next
            .map(|next| context.cursors().seal(list, filter, &next))
            .transpose()?;
        Ok(Self {
            items: page.items.into_iter().map(Into::into).collect(),
            next_cursor,
        })
    }
}
