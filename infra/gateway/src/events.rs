//! What the sources of functions' events are read from, and by whose leave.

use crate::Gateway;
use crate::dynamodb::stream::Stream;
use crate::judge;
use crate::sns::Topic;
use crate::sqs::Queue;
use std::sync::Arc;

impl Gateway {
    /// The stream with this ARN.
    pub fn stream(&self, arn: &str) -> Option<Stream> {
        let (table_arn, _) = arn.split_once("/stream/")?;
        let table = self.tables.iter().find(|table| table.arn == table_arn)?;
        table.create.get("StreamSpecification")?;
        Some(Stream::new(
            self.store.clone(),
            table.name.clone(),
            arn.to_owned(),
            self.region.clone(),
        ))
    }

    /// The queue with this logical id or ARN.
    pub fn queue(&self, name_or_arn: &str) -> Option<Arc<Queue>> {
        let found = self.queues.named(name_or_arn);
        found.or_else(|| self.queues.with_arn(name_or_arn)).cloned()
    }

    /// Writes what is in the queues to the data folder, if there is one and something has changed. To be called from time to time and
    /// at the end; what came later than the last time is lost when the machine stops.
    pub fn save_queues(&self) {
        let saved = self
            .kept_queues
            .as_ref()
            .map(|kept| kept.save(&self.queues));
        if let Some(Err(error)) = saved {
            tracing::error!(%error, "the queues could not be saved");
        }
    }

    /// The topic with this ARN.
    pub fn topic(&self, arn: &str) -> Option<Arc<Topic>> {
        self.topics.with_arn(arn).cloned()
    }

    /// Whether a function's role allows an action, as a service that works for the function asks. The error says why not.
    pub fn role_allows(
        &self,
        role_logical_id: &str,
        function: &str,
        action: &str,
        resource: &str,
    ) -> Result<(), String> {
        let role = self
            .roles
            .named(role_logical_id)
            .ok_or_else(|| format!("the template has no role named {role_logical_id}"))?;
        let context = self
            .function_principal(role, function)
            .context(self.clock.now(), &self.region);
        let judgement = judge::judge(role, action, resource, &[], &context);
        match judgement.record.allowed {
            true => Ok(()),
            false => Err(judgement.record.reason.unwrap_or_default()),
        }
    }
}
