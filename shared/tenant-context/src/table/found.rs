//! Reading calls whose items are read straight from the answer.

use super::Table;
use crate::dynamodb::Item;
use crate::errors;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemInputBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryInputBuilder;
use problem::Problem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// The answer to a GetItem.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got<T> {
    item: Option<Item<T>>,
}

/// The answer to a Query: as many items as it asks for, or 1 MB.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Found<T> {
    items: Vec<Item<T>>,
    last_evaluated_key: Option<Item<HashMap<String, String>>>,
}

impl<T> Found<T> {
    /// The items, and after which key there may be more.
    pub(crate) fn parts(self) -> (impl Iterator<Item = T>, Option<HashMap<String, String>>) {
        let items = self.items.into_iter().map(|Item(item)| item);
        (items, self.last_evaluated_key.map(|Item(key)| key))
    }
}

impl Table {
    pub(super) async fn got<T: DeserializeOwned>(
        &self,
        request: GetItemInputBuilder,
    ) -> Result<Option<T>, Problem> {
        let answer = self.client.read::<_, Got<T>>(request.build()).await;
        let answer = answer.map_err(|error| errors::problem("GetItem", &error))?;
        let got = answer.map_err(|error| errors::internal("stored item", &error))?;
        Ok(got.item.map(|Item(item)| item))
    }

    pub(crate) async fn found<T: DeserializeOwned>(
        &self,
        query: QueryInputBuilder,
    ) -> Result<Found<T>, Problem> {
        let answer = self.client.read(query.build()).await;
        let answer = answer.map_err(|error| errors::problem("Query", &error))?;
        answer.map_err(|error| errors::internal("stored item", &error))
    }
}
