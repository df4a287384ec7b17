//! Taking away all that lies in a partition.

use super::{Page, Table, primary};
use crate::errors;
use crate::keys::{Key, Partition};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::types::AttributeValue;
use futures::stream::{self, StreamExt as _};
use problem::Problem;
use std::collections::HashMap;
use std::time::Instant;

/// How many items are deleted at once. Not more: what is purged must not take the units of those who are working.
const AT_ONCE: usize = 16;

impl Table {
    /// The sort keys of up to `most` items of a partition, strongly consistent. DynamoDB reads the items whole all the same: 1 read unit
    /// for each 4 KB.
    ///
    /// # Errors
    /// When the call fails.
    pub(crate) async fn sort_keys(
        &self,
        partition: &Partition,
        after: Option<&str>,
        most: usize,
    ) -> Result<Page<String>, Problem> {
        let start = after.map(|sort_key| {
            let key = Key {
                table: partition.table,
                pk: partition.pk.clone(),
                sk: sort_key.to_owned(),
            };
            primary(&key)
        });
        let mut query = self
            .query_of(partition.table)
            .expression_attribute_values(":pk", AttributeValue::S(partition.pk.clone()))
            .projection_expression("pk, sk")
            .set_exclusive_start_key(start)
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .consistent_read(true);
        let mut condition = "pk = :pk";
        // DynamoDB takes no empty text for the beginning of a key.
        if !partition.prefix.is_empty() {
            condition = "pk = :pk AND begins_with(sk, :prefix)";
            let prefix = AttributeValue::S(partition.prefix.to_owned());
            query = query.expression_attribute_values(":prefix", prefix);
        }
        let answer = self
            .answer(query.key_condition_expression(condition))
            .await?;
        let next = answer.last_evaluated_key.as_ref().and_then(sort_key);
        let items = answer.items.unwrap_or_default();
        Ok(Page {
            items: items.iter().filter_map(sort_key).collect(),
            next,
        })
    }

    /// Removes an item, whether it is there or not: 1 write unit for each KB, and one for each index entry.
    ///
    /// # Errors
    /// When the call fails.
    pub(crate) async fn erase(&self, key: &Key) -> Result<(), Problem> {
        let request = DeleteItemInput::builder()
            .table_name(self.name(key.table))
            .set_key(Some(primary(key)));
        let answer = self.client.send(request.build()).await;
        answer.map_err(|error| errors::problem("DeleteItem", &error))?;
        Ok(())
    }

    /// Removes items of a partition by their sort keys, up to the first that can't be, and begins none after `until`: how many at least, and
    /// what kept it from the others.
    pub(crate) async fn erase_all(
        &self,
        partition: &Partition,
        sort_keys: Vec<String>,
        until: Instant,
    ) -> (usize, Result<(), Problem>) {
        let keys = sort_keys.into_iter().map(|sk| Key {
            table: partition.table,
            pk: partition.pk.clone(),
            sk,
        });
        // One call each and no batch: a role that may write in batches may put, too.
        let in_time = stream::iter(keys).take_while(|_| std::future::ready(Instant::now() < until));
        let erased = in_time.map(|key| async move { self.erase(&key).await });
        let mut erased = erased.buffer_unordered(AT_ONCE);
        let mut count = 0;
        while let Some(one) = erased.next().await {
            match one {
                Ok(()) => count += 1,
                Err(problem) => return (count, Err(problem)),
            }
        }
        (count, Ok(()))
    }
}

fn sort_key(item: &HashMap<String, AttributeValue>) -> Option<String> {
    item.get("sk")?.as_s().ok().cloned()
}
