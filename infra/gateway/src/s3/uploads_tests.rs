#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;
use http::{HeaderMap, HeaderValue, Method, Uri};

const KEY: &str = "tenant/exports/1";

fn request(headers: &[(&'static str, &str)], body: impl Into<Bytes>) -> Incoming {
    let pairs = headers.iter().map(|(name, value)| {
        let name = http::HeaderName::from_static(name);
        (name, HeaderValue::from_str(value).unwrap())
    });
    Incoming {
        method: Method::POST,
        uri: Uri::from_static("/"),
        headers: HeaderMap::from_iter(pairs),
        body: body.into(),
    }
}

fn sha256(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, bytes).as_ref())
}

/// An upload with checksums.
fn begun() -> (Uploads, String) {
    let uploads = Uploads::default();
    let request = request(
        &[
            (object::ALGORITHM, "SHA256"),
            ("content-type", "text/csv"),
            ("x-amz-meta-by", "me"),
        ],
        "",
    );
    let id = uploads.begin(KEY, &request).unwrap();
    (uploads, id)
}

fn send(uploads: &Uploads, id: &str, number: u32, bytes: Vec<u8>) -> String {
    let checksum = sha256(&bytes);
    let request = request(&[("x-amz-checksum-sha256", &checksum)], bytes);
    let part = uploads.part(id, KEY, &number.to_string(), &request);
    let (etag, given) = part.unwrap();
    assert_eq!(given.unwrap(), checksum);
    format!(
        "<Part><ChecksumSHA256>{checksum}</ChecksumSHA256><ETag>{}</ETag><PartNumber>{number}</PartNumber></Part>",
        etag.replace('"', "&quot;")
    )
}

fn complete(uploads: &Uploads, id: &str, parts: &str) -> Result<Object, &'static str> {
    let xml = format!(
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{parts}</CompleteMultipartUpload>"
    );
    let done = uploads.complete(id, KEY, &request(&[], xml), Timestamp::UNIX_EPOCH);
    done.map_err(|error| error.code)
}

#[test]
fn the_parts_that_are_named_become_the_object_in_their_order() {
    let (uploads, id) = begun();
    let last = send(&uploads, &id, 7, b"z".to_vec());
    send(&uploads, &id, 2, vec![b'?'; LEAST]);
    // A part that nobody names counts for nothing, and one that came again is as it came last.
    send(&uploads, &id, 3, b"left out".to_vec());
    let first = send(&uploads, &id, 2, vec![b'a'; LEAST]);
    let object = complete(&uploads, &id, &format!("{first}{last}")).unwrap();
    let expected = [vec![b'a'; LEAST], b"z".to_vec()];
    assert_eq!(object.bytes, expected.concat());
    let of_parts = |digests: [&[u8]; 2]| digests.concat();
    let md5s = expected.clone().map(|part| md5::compute(part).0);
    let md5s = md5::compute(of_parts([&md5s[0], &md5s[1]]));
    assert_eq!(object.etag, format!("\"{md5s:x}-2\""));
    let sha256s = expected.map(|part| digest(&SHA256, &part));
    let sha256s = sha256(&of_parts([sha256s[0].as_ref(), sha256s[1].as_ref()]));
    assert_eq!(object.sha256.unwrap(), format!("{sha256s}-2"));
    assert_eq!(object.content_type, "text/csv");
    assert_eq!(object.metadata.get("by").unwrap(), "me");
    // It is over.
    assert_eq!(complete(&uploads, &id, &first).unwrap_err(), "NoSuchUpload");
    assert!(uploads.keys().is_empty());
}

#[test]
fn what_does_not_fit_is_refused_and_can_be_tried_again() {
    let (uploads, id) = begun();
    let small = send(&uploads, &id, 1, b"small".to_vec());
    let last = send(&uploads, &id, 2, b"last".to_vec());
    let cases = [
        (format!("{small}{last}"), "EntityTooSmall"),
        (format!("{last}{small}"), "InvalidPartOrder"),
        (format!("{small}{small}"), "InvalidPartOrder"),
        (
            small.replace("<PartNumber>1", "<PartNumber>3"),
            "InvalidPart",
        ),
        (
            small.replace("<PartNumber>1", "<PartNumber>2"),
            "InvalidPart",
        ),
        (small.replace("&quot;", "&quot;0"), "InvalidPart"),
        (
            small.replace(&sha256(b"small"), &sha256(b"other")),
            "InvalidPart",
        ),
        (
            small.replace("ChecksumSHA256", "ChecksumSHA1"),
            "InvalidRequest",
        ),
        (
            small.replace("<PartNumber>1", "<PartNumber>x"),
            "MalformedXML",
        ),
        (String::new(), "MalformedXML"),
    ];
    for (parts, code) in cases {
        let refused = complete(&uploads, &id, &parts).map(|object| object.etag);
        assert_eq!(refused, Err(code), "{parts}");
    }
    assert_eq!(complete(&uploads, &id, &small).unwrap().bytes, "small");
}

#[test]
fn a_part_is_of_an_upload_that_is_under_way_and_right() {
    let (uploads, id) = begun();
    let good = sha256(b"x");
    let part = |id: &str, key: &str, number: &str, headers: &[(&'static str, &str)]| {
        let part = uploads.part(id, key, number, &request(headers, "x"));
        part.map_err(|error| error.code).map(|_| ())
    };
    let checked: &[(&'static str, &str)] = &[("x-amz-checksum-sha256", &good)];
    assert_eq!(part(&id, KEY, "1", checked), Ok(()));
    assert_eq!(part("other", KEY, "1", checked), Err("NoSuchUpload"));
    assert_eq!(part(&id, "other", "1", checked), Err("NoSuchUpload"));
    assert_eq!(part(&id, KEY, "0", checked), Err("InvalidArgument"));
    assert_eq!(part(&id, KEY, "10001", checked), Err("InvalidArgument"));
    assert_eq!(part(&id, KEY, "1", &[]), Err("InvalidRequest"));
    let other = sha256(b"y");
    let wrong: &[(&'static str, &str)] = &[("x-amz-checksum-sha256", &other)];
    assert_eq!(part(&id, KEY, "1", wrong), Err("BadDigest"));
    uploads.abort(&id, KEY).unwrap();
    assert_eq!(part(&id, KEY, "1", checked), Err("NoSuchUpload"));
    assert_eq!(uploads.abort(&id, KEY).unwrap_err().code, "NoSuchUpload");
    let crc = request(&[(object::ALGORITHM, "CRC32")], "");
    assert_eq!(uploads.begin(KEY, &crc).unwrap_err().code, "NotImplemented");
}
