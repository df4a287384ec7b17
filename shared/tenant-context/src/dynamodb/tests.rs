#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemInput, GetItemOutput};
use std::collections::HashMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long a further call is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

type Got = std::result::Result<GetItemOutput, SdkError<GetItemError>>;

/// What becomes of a read to which these are the answers, each on a connection of its own; nothing hangs up without one. And
/// what was asked.
async fn read(answers: &'static [&'static str]) -> (Got, Vec<String>) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let asked: JoinHandle<Vec<String>> = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let connected = tokio::time::timeout(PATIENCE, server.accept()).await;
            let Ok(connected) = connected else { break };
            let (mut connection, _) = connected.unwrap();
            let mut request = vec![0; 8192];
            let length = connection.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
        asked
    });
    let sdk = SdkConfig::builder()
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .build();
    let place = Place::new(&sdk, &Http::new(true, None).unwrap()).await;
    let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
    let client = DynamoDb::new(&Arc::new(place.unwrap()), credentials);
    let request = GetItemInput::builder()
        .table_name("T")
        .set_key(Some(HashMap::new()));
    let got = client.send(request.build()).await;
    (got, asked.await.unwrap())
}

macro_rules! answer {
    ($status:literal, $body:literal) => {
        concat!("HTTP/1.1 ", $status, "\r\nconnection: close\r\n\r\n", $body)
    };
}

const FOUND: &str = answer!("200 OK", r#"{"Item":{"a":{"S":"b"}}}"#);
const BROKEN: &str = answer!(
    "500 Internal Server Error",
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}"#
);
const MISSING: &str = answer!(
    "400 Bad Request",
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#
);
const NONSENSE: &str = answer!("200 OK", "<html>");

#[tokio::test]
async fn an_answer_is_read_and_the_request_is_signed() {
    let (got, asked) = read(&[FOUND]).await;
    let item = got.unwrap().item.unwrap();
    assert_eq!(item["a"].as_s().unwrap(), "b");
    let asked = asked[0].to_ascii_lowercase();
    for part in [
        "x-amz-target: dynamodb_20120810.getitem\r\n",
        "x-amz-security-token: token\r\n",
        "/eu-central-1/dynamodb/aws4_request, signedheaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ",
        r#""tablename":"t""#,
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_not() {
    let (got, _) = read(&[BROKEN, "", FOUND]).await;
    assert!(got.unwrap().item.is_some());
    let (got, asked) = read(&[BROKEN, BROKEN, BROKEN]).await;
    let error = got.unwrap_err();
    assert!(matches!(
        error.as_service_error(),
        Some(GetItemError::InternalServerError(_))
    ));
    assert_eq!(
        asked[0].split("\r\n\r\n").last(),
        asked[2].split("\r\n\r\n").last()
    );
    let (got, _) = read(&[MISSING]).await;
    let code = got
        .unwrap_err()
        .as_service_error()
        .unwrap()
        .code()
        .unwrap()
        .to_owned();
    assert_eq!(code, "ResourceNotFoundException");
}

#[tokio::test]
async fn what_can_not_be_read_is_an_error_without_a_name() {
    let (got, _) = read(&[NONSENSE]).await;
    let error = got.unwrap_err();
    assert_eq!(error.as_service_error().unwrap().code(), None, "{error:?}");
}
