//! Money is a whole number of minor units beside a currency.

use crate::{from_text, shown};

/// An ISO 4217 code in use, such as `EUR`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Currency(String);

/// The active codes of ISO 4217 (list one) that name a currency in circulation.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG \
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD \
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF \
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS \
    VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

impl Currency {
    fn parse(text: String) -> Result<Self, &'static str> {
        if CODES.split_whitespace().any(|code| code == text) {
            Ok(Self(text))
        } else {
            Err("is not a currency code of ISO 4217, such as EUR")
        }
    }
}

from_text!(Currency, {"type": "string", "pattern": "^[A-Z]{3}$"});
shown!(Currency);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_currencies() {
        assert!("EUR".parse::<Currency>().is_ok());
        for wrong in ["", "eur", "EURO", "XXX", "US"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
    }
}
