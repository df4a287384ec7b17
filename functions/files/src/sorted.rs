//! The messages of a run, in the order in which they are dealt with.

use crate::task::Task;
use tenant_context::RecordId;
use tenant_context::vectors::VectorsOf;
use worker::queue::Message;

/// Those that tell of files come first: an upload waits neither for a purge nor for vectors.
#[derive(Default)]
pub struct Sorted<'a> {
    /// What tells of files, each by itself, and what is not understood; behind it what asks for purges.
    pub others: Vec<(&'a Message, Option<Task>)>,
    /// What tells of vectors, by project.
    pub vectors: Vec<OfProject<'a>>,
}

/// What tells of a project's vectors.
pub struct OfProject<'a> {
    /// All of them.
    pub vectors: VectorsOf,
    /// The chunks that are named, each once. Where none is, the making of the index goes on.
    pub chunks: Vec<RecordId>,
    /// The messages that say so, at least one. They are done together or not at all.
    pub messages: Vec<&'a Message>,
}

impl<'a> Sorted<'a> {
    /// Sorts the messages of a run, each by what it asks for.
    pub fn of(messages: &'a [Message], task: impl Fn(&str) -> Option<Task>) -> Self {
        let mut sorted = Self::default();
        for message in messages {
            match task(&message.body) {
                Some(Task::Vectors(vectors, chunk)) => sorted.add(message, vectors, chunk),
                task => sorted.others.push((message, task)),
            }
        }
        let others = &mut sorted.others;
        others.sort_by_key(|(_, task)| matches!(task, Some(Task::Purge(..))));
        sorted
    }

    fn add(&mut self, message: &'a Message, vectors: VectorsOf, chunk: Option<RecordId>) {
        let known = self.vectors.iter_mut();
        let Some(known) = known.into_iter().find(|known| known.vectors == vectors) else {
            self.vectors.push(OfProject {
                vectors,
                chunks: chunk.into_iter().collect(),
                messages: vec![message],
            });
            return;
        };
        known.messages.push(message);
        // An index takes no vector twice in one call.
        known
            .chunks
            .extend(chunk.filter(|chunk| !known.chunks.contains(chunk)));
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::{Value, json};
    use tenant_context::Uuid;
    use worker::queue::Messages;

    fn messages(bodies: &[Value]) -> Vec<Message> {
        let records = bodies.iter().enumerate().map(|(id, body)| {
            json!({"messageId": id.to_string(), "receiptHandle": "r", "body": body.to_string(), "attributes": {}})
        });
        let records: Vec<Value> = records.collect();
        let messages: Messages = serde_json::from_value(json!({ "Records": records })).unwrap();
        messages.messages
    }

    fn task(body: &str) -> Option<Task> {
        let body: Value = serde_json::from_str(body).unwrap();
        match body.get("Event") {
            Some(_) => Some(Task::Uploads(Vec::new())),
            None => Task::of_vectors(body["pk"].as_str()?, body["sk"].as_str()?),
        }
    }

    fn ids(messages: &[&Message]) -> Vec<String> {
        let messages = messages.iter();
        messages.map(|message| message.message_id.clone()).collect()
    }

    #[test]
    fn what_tells_of_vectors_is_behind_the_rest_and_together_by_project() {
        let tenant = Uuid::now_v7();
        let [one, other] =
            [1, 2].map(|_| format!("TENANT#{tenant}#PROJECT#{}#VECTORS", Uuid::now_v7()));
        // The last digit of an id says in which of eight partitions its vector lies.
        let chunk = |digit: u8| format!("0198c5f0-0000-7000-8000-00000000000{digit}");
        let vector = |of: &str, digit: u8| json!({"table": "T", "pk": format!("{of}#{digit}"), "sk": format!("RECORD#{}", chunk(digit))});
        let messages = messages(&[
            vector(&one, 1),
            json!({"Event": "s3:TestEvent"}),
            vector(&other, 2),
            vector(&one, 3),
            json!("?"),
            json!({"table": "T", "pk": one, "sk": "VECTORS"}),
            vector(&one, 1),
            json!({"table": "T", "pk": format!("{one}#1"), "sk": format!("RECORD#{}", chunk(2))}),
        ]);
        let sorted = Sorted::of(&messages, task);
        let others: Vec<&Message> = sorted.others.iter().map(|(message, _)| *message).collect();
        assert_eq!(ids(&others), ["1", "4", "7"]);
        let understood = sorted.others.iter().map(|(_, told)| told.is_some());
        assert_eq!(understood.collect::<Vec<_>>(), [true, false, false]);
        let found = sorted.vectors.iter().map(|project| {
            let chunks: Vec<String> = project
                .chunks
                .iter()
                .map(|id| id.uuid().to_string())
                .collect();
            (ids(&project.messages).join(" "), chunks)
        });
        let expected = [
            ("0 3 5 6".to_owned(), vec![chunk(1), chunk(3)]),
            ("2".to_owned(), vec![chunk(2)]),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}
