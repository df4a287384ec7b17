#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use std::collections::BTreeMap;

const VALUE: &str = "a7f3-correct-horse-battery";

/// The secret as whoever delivers with it will open it: by the key that it names.
fn open(keys: &[&KeyRing], place: Place<'_>, stored: &str) -> Option<String> {
    let [form, id, wrapped, value]: [&str; 4] =
        stored.split('.').collect::<Vec<_>>().try_into().ok()?;
    let key = keys.iter().find(|key| form == FORM && key.id == id)?;
    let binding = place.binding(id);
    let data_key = opened_with(&key.wrapping(place.tenant)?, &binding, wrapped)?;
    let data_key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &data_key).ok()?);
    String::from_utf8(opened_with(&data_key, &binding, value)?).ok()
}

fn opened_with(key: &LessSafeKey, binding: &[u8], text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let opened = key.open_in_place(nonce, Aad::from(binding), &mut sealed);
    opened.ok().map(|opened| opened.to_vec())
}

fn secret(current: &str, keys: &BTreeMap<String, String>) -> String {
    serde_json::json!({"current": current, "keys": keys}).to_string()
}

fn ring(current: &str, byte: u8) -> KeyRing {
    let key = BASE64_STANDARD.encode([byte; 32]);
    let keys = BTreeMap::from([(current.to_owned(), key)]);
    KeyRing::from_secret(&secret(current, &keys)).unwrap()
}

fn place() -> Place<'static> {
    Place {
        tenant: TenantId::generate(),
        project: None,
        part: "TELEPHONY_SETTINGS",
        record: RecordId::generate(),
        field: "auth_token",
    }
}

#[test]
fn what_is_sealed_opens_where_it_stands_and_nowhere_else() {
    let (ring, place) = (ring("1", 1), place());
    let stored = ring.seal(place, VALUE).unwrap();
    assert!(!stored.contains(VALUE));
    assert_eq!(open(&[&ring], place, &stored).as_deref(), Some(VALUE));
    let elsewhere = [
        Place {
            tenant: TenantId::generate(),
            ..place
        },
        Place {
            project: Some(ProjectId::generate()),
            ..place
        },
        Place {
            part: "TELEPHONY",
            ..place
        },
        Place {
            record: RecordId::generate(),
            ..place
        },
        Place {
            field: "api_secret",
            ..place
        },
    ];
    for other in elsewhere {
        assert_eq!(open(&[&ring], other, &stored), None);
    }
}

#[test]
fn each_value_has_a_data_key_of_its_own() {
    let (ring, place) = (ring("1", 1), place());
    let (one, two) = (
        ring.seal(place, VALUE).unwrap(),
        ring.seal(place, VALUE).unwrap(),
    );
    assert_ne!(one, two);
    // The key of one does not open the other.
    let parts = |stored: &str| -> Vec<String> { stored.split('.').map(str::to_owned).collect() };
    let (one, two) = (parts(&one), parts(&two));
    let mixed: Vec<&str> = one
        .iter()
        .take(3)
        .chain(two.iter().skip(3))
        .map(|part| &**part)
        .collect();
    assert_eq!(open(&[&ring], place, &mixed.join(".")), None);
}

#[test]
fn a_key_is_replaced_and_what_the_old_one_sealed_still_opens() {
    let (old, new, place) = (ring("1", 1), ring("2", 2), place());
    let stored = old.seal(place, VALUE).unwrap();
    assert_eq!(open(&[&new, &old], place, &stored).as_deref(), Some(VALUE));
    assert_eq!(open(&[&new], place, &stored), None);
    let stored = new.seal(place, VALUE).unwrap();
    assert!(stored.starts_with("v1.2."), "{stored}");
    assert_eq!(open(&[&old], place, &stored), None);
    // Another key under the same name is another key.
    assert_eq!(open(&[&ring("2", 3)], place, &stored), None);
}

#[test]
fn what_is_no_key_is_told_without_being_shown() {
    let good = BASE64_STANDARD.encode([7; 32]);
    let keys = |id: &str, key: &str| BTreeMap::from([(id.to_owned(), key.to_owned())]);
    for text in [
        "not json".to_owned(),
        secret("2", &keys("1", &good)),
        secret("a.b", &keys("a.b", &good)),
        secret("1", &keys("1", "c2hvcnQ=")),
        secret("1", &keys("1", "?")),
    ] {
        let error = KeyRing::from_secret(&text).err().unwrap();
        assert!(error.0.starts_with("the field keys' secret: "), "{error}");
        assert!(!error.0.contains(&good));
    }
}
