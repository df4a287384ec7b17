//! The operations that there are, each with what the SDK writes and reads it by.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::{
    batch_get_item, delete_item, get_item, put_item, query, transact_write_items, update_item,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, OutputOrError};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse as _, SerializeRequest as _, SharedRequestSerializer,
    SharedResponseDeserializer,
};
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer};
use std::fmt::Debug;
use std::sync::OnceLock;

/// The input of an operation.
pub(crate) trait Request: Debug + Send + Sync + 'static {
    /// What DynamoDB answers.
    type Output: Debug + Send + Sync + 'static;
    /// Why it does not.
    type Error: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static;

    /// What writes and reads it, if the SDK gives it away.
    fn codec() -> Option<&'static Codec>;

    /// The error that the SDK has read.
    fn error(error: Error) -> Self::Error;
}

/// What the SDK writes and reads an operation by.
pub(crate) struct Codec {
    serializer: SharedRequestSerializer,
    /// Among other things, what reads an answer; the SDK gives it away in this alone.
    parts: FrozenLayer,
    /// What DynamoDB calls an error.
    pub(super) code: fn(&Error) -> Option<&str>,
}

impl Codec {
    fn of(operation: &dyn RuntimePlugin, code: fn(&Error) -> Option<&str>) -> Option<Self> {
        let parts = operation.config()?;
        parts.load::<SharedResponseDeserializer>()?;
        Some(Self {
            serializer: parts.load::<SharedRequestSerializer>()?.clone(),
            parts,
            code,
        })
    }

    pub(super) fn serialize(
        &self,
        input: Input,
        config: &mut ConfigBag,
    ) -> Result<HttpRequest, BoxError> {
        self.serializer.serialize_input(input, config)
    }

    pub(super) fn deserialize(&self, response: &HttpResponse, config: &ConfigBag) -> OutputOrError {
        match self.parts.load::<SharedResponseDeserializer>() {
            Some(reader) => reader.deserialize_nonstreaming_with_config(response, config),
            None => Err(OrchestratorError::other(
                "the SDK can't read this operation",
            )),
        }
    }
}

/// What an answer says that is no output.
pub(super) fn said(error: OrchestratorError<Error>, response: HttpResponse) -> SdkError<Error> {
    let mut said = None;
    let unread = error.map_operation_error(|error| said = Some(error));
    match said {
        Some(error) => SdkError::service_error(error, response),
        None => SdkError::response_error(unread.to_string(), response),
    }
}

macro_rules! requests {
    ($($module:ident: $operation:ident, $input:ident, $output:ident, $error:ident;)*) => {$(
        impl Request for $module::$input {
            type Output = $module::$output;
            type Error = $module::$error;

            fn codec() -> Option<&'static Codec> {
                static CODEC: OnceLock<Option<Codec>> = OnceLock::new();
                fn code(error: &Error) -> Option<&str> {
                    error.downcast_ref::<$module::$error>()?.code()
                }
                let codec = CODEC.get_or_init(|| Codec::of(&$module::$operation::new(), code));
                codec.as_ref()
            }

            fn error(error: Error) -> Self::Error {
                error.downcast().unwrap_or_else($module::$error::unhandled)
            }
        }
    )*};
}

requests! {
    get_item: GetItem, GetItemInput, GetItemOutput, GetItemError;
    batch_get_item: BatchGetItem, BatchGetItemInput, BatchGetItemOutput, BatchGetItemError;
    query: Query, QueryInput, QueryOutput, QueryError;
    put_item: PutItem, PutItemInput, PutItemOutput, PutItemError;
    update_item: UpdateItem, UpdateItemInput, UpdateItemOutput, UpdateItemError;
    delete_item: DeleteItem, DeleteItemInput, DeleteItemOutput, DeleteItemError;
    transact_write_items: TransactWriteItems, TransactWriteItemsInput, TransactWriteItemsOutput, TransactWriteItemsError;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SDK may change what it says of an operation; then this is where one is told, and not the first request.
    #[test]
    fn the_sdk_says_how_each_operation_is_written_and_read() {
        assert!(get_item::GetItemInput::codec().is_some());
        assert!(batch_get_item::BatchGetItemInput::codec().is_some());
        assert!(query::QueryInput::codec().is_some());
        assert!(put_item::PutItemInput::codec().is_some());
        assert!(update_item::UpdateItemInput::codec().is_some());
        assert!(delete_item::DeleteItemInput::codec().is_some());
        assert!(transact_write_items::TransactWriteItemsInput::codec().is_some());
    }
}
