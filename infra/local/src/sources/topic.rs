//! A topic as the source of a function's events: each by itself, and not waited for.

use super::{asynchronous::Asynchronous, event};
use gateway::{Subscription, Topic};
use std::sync::Arc;
use tokio::task::JoinSet;

pub(super) struct TopicPoller {
    subscription: Subscription,
    caller: Arc<Asynchronous>,
}

impl TopicPoller {
    pub(super) fn new(topic: &Topic, caller: Arc<Asynchronous>) -> Self {
        Self {
            subscription: topic.subscribe(),
            caller,
        }
    }

    pub(super) async fn run(mut self) {
        let settle = self.subscription.settler();
        let mut working = JoinSet::new();
        while let Some((number, record)) = self.subscription.next().await {
            while working.try_join_next().is_some() {}
            let (caller, settle) = (Arc::clone(&self.caller), settle.clone());
            working.spawn(async move {
                caller.call(event(&[record])).await;
                settle(number);
            });
        }
    }
}
