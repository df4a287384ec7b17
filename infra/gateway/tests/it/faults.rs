//! Errors brought about on purpose.

use crate::support::{ACME, Cloud, code, item, key};
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem};
use gateway::{Fault, FaultError};
use std::time::Duration;
use tokio::time::timeout;

/// How long an answer that never comes is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

fn fault(operation: &str, table: Option<&str>, times: u32, error: FaultError) -> Fault {
    Fault {
        operation: operation.to_owned(),
        table: table.map(str::to_owned),
        route: None,
        after: 0,
        times,
        error,
    }
}

#[tokio::test]
async fn faults_befall_the_calls_they_name_so_many_times() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let get = || {
        acme.get_item()
            .table_name("TenantTable")
            .set_key(Some(key(ACME, "CONTACTS", "1")))
            .send()
    };
    cloud.gateway.inject(fault(
        "GetItem",
        Some("DirectoryTable"),
        5,
        FaultError::InternalServerError,
    ));
    cloud.gateway.inject(fault(
        "GetItem",
        Some("TenantTable"),
        2,
        FaultError::ThroughputExceeded,
    ));
    assert_eq!(code(get().await), "ProvisionedThroughputExceededException");
    assert_eq!(code(get().await), "ProvisionedThroughputExceededException");
    get().await.unwrap();
    cloud
        .gateway
        .inject(fault("GetItem", None, 1, FaultError::InternalServerError));
    assert_eq!(code(get().await), "InternalServerError");
    cloud
        .gateway
        .inject(fault("GetItem", None, 1, FaultError::TransactionConflict));
    assert_eq!(code(get().await), "TransactionConflictException");
    get().await.unwrap();
}

#[tokio::test]
async fn a_conflict_names_its_reasons() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let write = || {
        let put = |sk: &str| {
            TransactWriteItem::builder()
                .put(
                    Put::builder()
                        .table_name("TenantTable")
                        .set_item(Some(item(ACME, "DEALS", sk, "x")))
                        .build()
                        .unwrap(),
                )
                .build()
        };
        acme.transact_write_items()
            .transact_items(put("1"))
            .transact_items(put("2"))
            .send()
    };
    cloud.gateway.inject(fault(
        "TransactWriteItems",
        None,
        1,
        FaultError::TransactionConflict,
    ));
    let error = write().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { panic!("{error:?}") };
    let codes: Vec<_> = cancelled
        .cancellation_reasons()
        .iter()
        .map(|reason| reason.code().unwrap())
        .collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
    assert!(cloud.gateway.dump("TenantTable").unwrap().is_empty());
    cloud
        .gateway
        .inject(fault("TransactWriteItems", None, 1, FaultError::LostReply));
    assert_eq!(code(write().await), "InternalServerError");
    assert_eq!(cloud.gateway.dump("TenantTable").unwrap().len(), 2);
}

#[tokio::test]
async fn batches_may_be_left_undone() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/TenantTable";
    let get = || {
        acme.batch_get_item()
            .request_items(
                arn,
                KeysAndAttributes::builder()
                    .keys(key(ACME, "CONTACTS", "1"))
                    .build()
                    .unwrap(),
            )
            .send()
    };
    cloud.gateway.inject(fault(
        "BatchGetItem",
        Some("TenantTable"),
        1,
        FaultError::Unprocessed,
    ));
    let reply = get().await.unwrap();
    assert_eq!(reply.unprocessed_keys().unwrap()[arn].keys().len(), 1);
    assert!(get().await.unwrap().unprocessed_keys().unwrap().is_empty());
}

#[tokio::test]
async fn who_gets_no_answer_can_not_tell_whether_it_was_done() {
    let cloud = Cloud::start().await;
    let acme = cloud.tenant(ACME, "write").await;
    for (error, kept) in [(FaultError::Silent, 0), (FaultError::NoReply, 1)] {
        cloud.gateway.inject(fault("PutItem", None, 1, error));
        let put = acme
            .put_item()
            .table_name("TenantTable")
            .set_item(Some(item(ACME, "CONTACTS", "1", "x")));
        let waited = timeout(PATIENCE, put.send()).await;
        assert!(waited.is_err() && cloud.last().unanswered, "{error:?}");
        let items = cloud.gateway.dump("TenantTable").unwrap();
        assert_eq!(items.len(), kept, "{error:?}");
        let trade = "AssumeRoleWithWebIdentity";
        cloud.gateway.inject(fault(trade, None, 1, error));
        let waited = timeout(PATIENCE, cloud.tenant_credentials(ACME, "write")).await;
        assert!(waited.is_err() && cloud.last().unanswered, "{error:?}");
        cloud.tenant_credentials(ACME, "write").await;
    }
}
