//! Lists for roles that may see some attributes only.

use super::{StoredItem, Table};
use crate::keys::Partition;
use aws_sdk_dynamodb::types::AttributeValue;
use problem::Problem;
use serde::de::DeserializeOwned;
use std::ops::ControlFlow;

impl Table {
    /// Some attributes of a partition's items, of those that `wanted` lets through, until there are `most` of them. It is
    /// for partitions whose size a plan bounds.
    ///
    /// # Errors
    /// When a call fails, or what is stored is not a `T`.
    pub async fn some_where<T: DeserializeOwned>(
        &self,
        partition: &Partition,
        attributes: &[&str],
        most: usize,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, Problem> {
        let names: Vec<String> = (0..attributes.len()).map(|at| format!("#n{at}")).collect();
        let mut query = self
            .query_of(partition.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(partition.pk.clone()))
            .expression_attribute_values(":prefix", AttributeValue::S(partition.prefix.to_owned()))
            .projection_expression(names.join(", "))
            .consistent_read(true);
        for (name, attribute) in names.iter().zip(attributes) {
            query = query.expression_attribute_names(name, *attribute);
        }
        let mut found = Vec::new();
        let keep = |item: StoredItem| {
            let item: T = item.read()?;
            if wanted(&item) {
                found.push(item);
            }
            Ok(match found.len() < most {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })
        };
        self.each(query, keep).await?;
        Ok(found)
    }
}
