//! Short codes that are made by a rule.

use crate::{from_text, shown};
use std::net::IpAddr;

/// The countries and territories of ISO 3166-1, by their two letters.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB \
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM \
    KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC \
    NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
    SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE \
    YT ZA ZM ZW";

/// A country by the two letters of ISO 3166-1, in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    fn parse(text: String) -> Result<Self, &'static str> {
        let is_known = COUNTRIES.split_whitespace().any(|known| known == text);
        match is_known {
            true => Ok(Self(text)),
            false => Err("is not a country of ISO 3166-1, such as DE or US"),
        }
    }
}

from_text!(Country, {"type": "string", "examples": ["DE", "US"], "minLength": 2, "maxLength": 2});
shown!(Country);

/// The SHA-256 of something, as 64 hexadecimal digits; kept in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sha256(String);

impl Sha256 {
    fn parse(text: String) -> Result<Self, &'static str> {
        match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err("is not a SHA-256 of 64 hexadecimal digits"),
        }
    }
}

from_text!(Sha256, {
    "type": "string",
    "examples": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    "minLength": 64,
    "maxLength": 64
});
shown!(Sha256);

/// The last four digits of a card's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFour(String);

impl LastFour {
    fn parse(text: String) -> Result<Self, &'static str> {
        match text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(Self(text)),
            false => Err("is not four digits"),
        }
    }
}

from_text!(LastFour, {"type": "string", "examples": ["4242"], "minLength": 4, "maxLength": 4});
shown!(LastFour);

/// An address of IP version 4 or 6, in its shortest form (RFC 5952).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpAddress(String);

impl IpAddress {
    fn parse(text: String) -> Result<Self, &'static str> {
        match text.parse::<IpAddr>() {
            Ok(address) => Ok(Self(address.to_string())),
            Err(_) => Err("is not an IP address"),
        }
    }
}

from_text!(IpAddress, {"type": "string", "examples": ["203.0.113.7"], "maxLength": 45});
shown!(IpAddress);

#[cfg(test)]
mod tests {
    use super::*;

    fn kept<T: std::str::FromStr + std::fmt::Display>(text: &str) -> Option<String> {
        text.parse::<T>().ok().map(|kept| kept.to_string())
    }

    #[test]
    fn countries() {
        assert_eq!(COUNTRIES.split_whitespace().count(), 249);
        for good in ["DE", "US", "AX"] {
            assert_eq!(kept::<Country>(good).as_deref(), Some(good));
        }
        for wrong in ["", "de", "UK", "EU", "DEU", "D E"] {
            assert_eq!(kept::<Country>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn digests_and_digits() {
        let digest = "ab".repeat(32);
        assert_eq!(kept::<Sha256>(&digest.to_uppercase()), Some(digest.clone()));
        for wrong in ["", "ab", &"xy".repeat(32), &format!("{digest}0")] {
            assert_eq!(kept::<Sha256>(wrong), None, "{wrong}");
        }
        assert_eq!(kept::<LastFour>("0042").as_deref(), Some("0042"));
        for wrong in ["42", "42424", "42a2", "\u{664}\u{664}"] {
            assert_eq!(kept::<LastFour>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses() {
        for (written, form) in [
            ("203.0.113.7", Some("203.0.113.7")),
            ("2001:DB8:0:0:0:0:0:1", Some("2001:db8::1")),
            ("203.0.113.256", None),
            ("203.0.113.7/24", None),
            ("", None),
        ] {
            assert_eq!(kept::<IpAddress>(written).as_deref(), form, "{written}");
        }
    }
}
