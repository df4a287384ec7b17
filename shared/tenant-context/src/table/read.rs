//! Reading: always strongly consistent, so that what was written a moment ago is there.

use super::{CONFLICT_TRIES, StoredItem, Table, pause, primary};
use crate::errors;
use crate::keys::{Key, Partition, TableName};
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemInputBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryInputBuilder;
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use problem::{Kind, Problem};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items, in the order of their sort keys.
    pub items: Vec<T>,
    /// The sort key after which the list goes on, if it may.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page with each item turned into what is shown of it.
    pub fn map<S>(self, shown: impl FnMut(T) -> S) -> Page<S> {
        Page {
            items: self.items.into_iter().map(shown).collect(),
            next: self.next,
        }
    }
}

impl Table {
    /// Reads an item, strongly consistent: 1 read unit for each 4 KB.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Problem> {
        self.got(self.get_of(key)).await
    }

    /// The same, as it is stored.
    pub(crate) async fn stored(&self, key: &Key) -> Result<Option<StoredItem>, Problem> {
        let answer = self.client.send(self.get_of(key).build()).await;
        let answer = answer.map_err(|error| errors::problem("GetItem", &error))?;
        Ok(answer.item.map(StoredItem))
    }

    fn get_of(&self, key: &Key) -> GetItemInputBuilder {
        GetItemInput::builder()
            .table_name(self.name(key.table))
            .set_key(Some(primary(key)))
            .consistent_read(true)
    }

    /// Reads up to 100 items at once, strongly consistent, in the order of their keys; `None` is known to be missing.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`; `unavailable` when DynamoDB does not give all of them.
    pub async fn get_all<T: DeserializeOwned>(
        &self,
        keys: &[Key],
    ) -> Result<Vec<Option<T>>, Problem> {
        let items = self.stored_all(keys).await?.into_iter();
        let items = items.map(|item| item.map(StoredItem::read).transpose());
        items.collect()
    }

    /// The same, as they are stored.
    pub(crate) async fn stored_all(
        &self,
        keys: &[Key],
    ) -> Result<Vec<Option<StoredItem>>, Problem> {
        let failed = |error| errors::internal("BatchGetItem", &error);
        let mut wanted: HashMap<String, KeysAndAttributes> = HashMap::new();
        for key in keys {
            let table = self.name(key.table).to_owned();
            let of_table = match wanted.remove(&table) {
                Some(known) => KeysAndAttributes::builder().set_keys(Some(known.keys)),
                None => KeysAndAttributes::builder(),
            };
            let of_table = of_table.keys(primary(key)).consistent_read(true);
            wanted.insert(table, of_table.build().map_err(failed)?);
        }
        let mut found: Vec<StoredItem> = Vec::new();
        for attempt in 1..=CONFLICT_TRIES {
            if wanted.is_empty() {
                break;
            }
            let request = BatchGetItemInput::builder().set_request_items(Some(wanted));
            let answer = self.client.send(request.build()).await;
            let answer = answer.map_err(|error| errors::problem("BatchGetItem", &error))?;
            let responses = answer.responses.unwrap_or_default().into_values();
            found.extend(responses.flatten().map(StoredItem));
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if !wanted.is_empty() {
                pause(attempt).await;
            }
        }
        if !wanted.is_empty() {
            return Err(Kind::Unavailable.into());
        }
        let mut take = |key: &Key| {
            let is_it = |item: &StoredItem| {
                item.is_at(key) && item.0.get("pk") == Some(&AttributeValue::S(key.pk.clone()))
            };
            let position = found.iter().position(is_it)?;
            Some(found.swap_remove(position))
        };
        Ok(keys.iter().map(&mut take).collect())
    }

    /// Reads some attributes of an item, for roles that may see no others: 1 read unit for each 4 KB of the whole item.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn get_some<T: DeserializeOwned>(
        &self,
        key: &Key,
        attributes: &[&str],
    ) -> Result<Option<T>, Problem> {
        let mut request = self.get_of(key);
        let mut projection = Vec::new();
        for (position, name) in attributes.iter().enumerate() {
            request = request.expression_attribute_names(format!("#n{position}"), *name);
            projection.push(format!("#n{position}"));
        }
        let request = request.projection_expression(projection.join(", "));
        self.got(request).await
    }

    /// A page of a partition, strongly consistent: 1 read unit for each 4 KB of what is returned, nothing is read and
    /// thrown away.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn list<T: DeserializeOwned>(
        &self,
        partition: &Partition,
        after: Option<&str>,
        limit: u32,
        newest_first: bool,
    ) -> Result<Page<T>, Problem> {
        let query = self.page_of(partition, after, limit, newest_first);
        let (items, last) = self.found(query).await?.parts();
        let last = last.and_then(|mut key| key.remove("sk"));
        Ok(Page {
            items: items.collect(),
            next: last.and_then(|last| last.strip_prefix(partition.prefix).map(str::to_owned)),
        })
    }

    /// A full page of those items of a partition that `shown` lets through, where the partition is small and no key tells
    /// them apart: it reads on until the page is full. `next` is there only if a further item is to be shown.
    ///
    /// # Errors
    /// When a call fails, or what is stored is not a `T`.
    pub async fn list_where<T: DeserializeOwned>(
        &self,
        partition: &Partition,
        after: Option<&str>,
        limit: u32,
        shown: impl Fn(&T) -> bool,
    ) -> Result<Page<T>, Problem> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut items, mut last): (Vec<T>, Option<String>) = (Vec::new(), None);
        // One more than is shown tells whether the list goes on; once that was not enough, what is left is read in bulk.
        let (mut after, mut at_once) = (after.map(str::to_owned), limit.saturating_add(1));
        loop {
            let page = self
                .query(partition, after.as_deref(), at_once, false)
                .await?;
            for item in page.items {
                let sort_key = item.sort_key_after(partition.prefix);
                let item: T = item.read()?;
                if !shown(&item) {
                    continue;
                }
                if items.len() == most {
                    return Ok(Page { items, next: last });
                }
                items.push(item);
                last = sort_key;
            }
            match page.next {
                Some(next) => (after, at_once) = (Some(next), 1000),
                None => return Ok(Page { items, next: None }),
            }
        }
    }

    /// A Query of the table in which a partition is.
    pub(crate) fn query_of(&self, table: TableName) -> QueryInputBuilder {
        QueryInput::builder().table_name(self.name(table))
    }

    /// The answer to a Query: as many items as it asks for, or 1 MB.
    pub(crate) async fn answer(&self, query: QueryInputBuilder) -> Result<QueryOutput, Problem> {
        let answer = self.client.send(query.build()).await;
        answer.map_err(|error| errors::problem("Query", &error))
    }

    /// Shows each item of a Query, in as many pages as it takes, until `show` breaks off. One page is held at a time.
    pub(crate) async fn each(
        &self,
        query: QueryInputBuilder,
        mut show: impl FnMut(StoredItem) -> Result<ControlFlow<()>, Problem>,
    ) -> Result<(), Problem> {
        let mut start = None;
        loop {
            let page = self.answer(query.clone().set_exclusive_start_key(start));
            let page = page.await?;
            for item in page.items.unwrap_or_default() {
                if show(StoredItem(item))?.is_break() {
                    return Ok(());
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    fn page_of(
        &self,
        partition: &Partition,
        after: Option<&str>,
        limit: u32,
        newest_first: bool,
    ) -> QueryInputBuilder {
        let start = after.map(|sort_key| {
            HashMap::from([
                ("pk".to_owned(), AttributeValue::S(partition.pk.clone())),
                (
                    "sk".to_owned(),
                    AttributeValue::S(format!("{}{sort_key}", partition.prefix)),
                ),
            ])
        });
        self.query_of(partition.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(partition.pk.clone()))
            .expression_attribute_values(":prefix", AttributeValue::S(partition.prefix.to_owned()))
            .set_exclusive_start_key(start)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .scan_index_forward(!newest_first)
            .consistent_read(true)
    }

    /// A page of a partition as it is stored.
    pub(crate) async fn query(
        &self,
        partition: &Partition,
        after: Option<&str>,
        limit: u32,
        newest_first: bool,
    ) -> Result<Page<StoredItem>, Problem> {
        let answer = self
            .answer(self.page_of(partition, after, limit, newest_first))
            .await?;
        let next = answer
            .last_evaluated_key
            .and_then(|key| match key.get("sk") {
                Some(AttributeValue::S(sort_key)) => {
                    sort_key.strip_prefix(partition.prefix).map(str::to_owned)
                }
                _ => None,
            });
        let items = answer.items.unwrap_or_default();
        Ok(Page {
            items: items.into_iter().map(StoredItem).collect(),
            next,
        })
    }

    /// The items of one partition whose sort keys lie between two, both included, strongly consistent.
    pub(crate) async fn range(&self, from: &Key, to: &Key) -> Result<Vec<StoredItem>, Problem> {
        let query = self
            .query_of(from.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(from.pk.clone()))
            .expression_attribute_values(":from", AttributeValue::S(from.sk.clone()))
            .expression_attribute_values(":to", AttributeValue::S(to.sk.clone()))
            .consistent_read(true);
        let mut items = Vec::new();
        let keep = |item| {
            items.push(item);
            Ok(ControlFlow::Continue(()))
        };
        self.each(query, keep).await?;
        Ok(items)
    }

    /// All of a small partition, in as many pages as it takes.
    ///
    /// # Errors
    /// When a call fails, or what is stored is not a `T`.
    pub async fn all<T: DeserializeOwned>(&self, partition: &Partition) -> Result<Vec<T>, Problem> {
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.list(partition, after.as_deref(), 1000, false).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(items),
            }
        }
    }
}
