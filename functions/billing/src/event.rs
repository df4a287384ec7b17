//! The billing provider's events, as far as they matter here. What is not read is ignored: the provider adds to them.

use crate::subscribed::time;
use endpoint::prelude::*;
use fields::EmailAddress;
use serde_json::{Map, Value};
use tenant_context::{UserId, Uuid};

/// An event as it comes.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ProviderEvent {
    /// Its id: letters, digits and `_`.
    #[schemars(pattern("^[0-9A-Za-z_]{1,255}$"))]
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, in seconds since 1970.
    #[schemars(range(min = 0, max = 253_402_300_799_i64))]
    pub created: i64,
    /// About what.
    pub data: Data,
}

/// What an event is about.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Data {
    /// A subscription, a checkout session or an invoice, after the change.
    pub object: Map<String, Value>,
}

/// What happened, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A subscription is, or has become, so.
    Subscribed(Subscription),
    /// Something was bought.
    Bought(Bought),
    /// An invoice was paid, or could not be.
    Invoiced(Invoice),
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// The customer.
    pub customer: Option<String>,
    /// The provider's word for where it stands; `canceled` when it was deleted.
    pub status: String,
    /// How many seats in all, where it says so.
    pub seats: Option<i64>,
    /// The paid period.
    pub period: (Option<String>, Option<String>),
}

/// A finished checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// The subscription that it began or changed.
    pub subscription: Option<String>,
    /// The customer.
    pub customer: Option<String>,
    /// How many seats there are then in all, where it says so.
    pub seats: Option<i64>,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub subscription: Option<String>,
    /// Whether it was paid.
    pub is_paid: bool,
    /// How much was paid, or should have been, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: String,
}

/// What we gave the provider to keep with the object.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The tenant.
    pub tenant: Option<Uuid>,
    /// The plan's name.
    pub plan: Option<String>,
    /// Who bought.
    pub buyer: Option<UserId>,
    /// Whom the seat is for.
    pub invite: Option<(EmailAddress, Role)>,
}

impl ProviderEvent {
    /// Whether its id and time can stand in keys.
    ///
    /// # Errors
    /// `validation-failed`
    pub fn check(&self) -> Result<(), Problem> {
        let is_word = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
        let mut problem = Problem::new(Kind::ValidationFailed);
        if !(1..=255).contains(&self.id.len()) || !self.id.bytes().all(is_word) {
            problem = problem.field("/id", "is not an event's id");
        }
        if !(0..=253_402_300_799).contains(&self.created) {
            problem = problem.field("/created", "is not a time");
        }
        if problem.errors().is_empty() {
            Ok(())
        } else {
            Err(problem)
        }
    }

    /// What happened; nothing, if it does not matter or can't be understood.
    pub fn happened(&self) -> Option<Happened> {
        let object = &self.data.object;
        let id = text(object, "id")?;
        match self.kind.as_str() {
            "customer.subscription.created" | "customer.subscription.updated" => Some(
                Happened::Subscribed(Subscription::of(object, id, text(object, "status")?)),
            ),
            "customer.subscription.deleted" => Some(Happened::Subscribed(Subscription::of(
                object,
                id,
                "canceled".to_owned(),
            ))),
            // A payment that takes days is completed unpaid; the subscription's own events say when it counts.
            "checkout.session.completed"
                if text(object, "payment_status").is_none_or(|status| status != "unpaid") =>
            {
                Some(Happened::Bought(Bought {
                    subscription: text(object, "subscription"),
                    customer: text(object, "customer"),
                    seats: metadata(object).and_then(|data| text(data, "seats")?.parse().ok()),
                }))
            }
            "invoice.paid" | "invoice.payment_failed" => {
                let is_paid = self.kind == "invoice.paid";
                let amount = if is_paid { "amount_paid" } else { "amount_due" };
                let currency = text(object, "currency").filter(|code| code.len() == 3)?;
                Some(Happened::Invoiced(Invoice {
                    id,
                    subscription: text(object, "subscription")
                        .or_else(|| text(details(object)?, "subscription")),
                    is_paid,
                    amount: object.get(amount)?.as_i64()?,
                    currency: currency.to_ascii_uppercase(),
                }))
            }
            _ => None,
        }
    }

    /// What we gave the provider to keep with the object.
    pub fn metadata(&self) -> Metadata {
        let Some(data) = metadata(&self.data.object) else {
            return Metadata::default();
        };
        let role =
            text(data, "invite_role").and_then(|role| serde_json::from_value(role.into()).ok());
        let role = role
            .filter(|role| *role != Role::Owner)
            .unwrap_or(Role::Viewer);
        let email = text(data, "invite_email").and_then(|email| email.parse().ok());
        Metadata {
            tenant: text(data, "tenant_id").and_then(|id| tenant(&id)),
            plan: text(data, "plan"),
            buyer: text(data, "user_id").and_then(|id| id.parse().ok()),
            invite: email.map(|email| (email, role)),
        }
    }
}

impl Subscription {
    fn of(object: &Map<String, Value>, id: String, status: String) -> Self {
        let item = object
            .get("items")
            .and_then(|items| items.pointer("/data/0"));
        let item = item.and_then(Value::as_object);
        // The period has moved from the subscription to its items; both forms are in use.
        let number = |name: &str| {
            let own = object.get(name).and_then(Value::as_i64);
            own.or_else(|| item?.get(name)?.as_i64())
        };
        Self {
            id,
            customer: text(object, "customer"),
            status,
            seats: number("quantity"),
            period: (
                number("current_period_start").map(time),
                number("current_period_end").map(time),
            ),
        }
    }
}

/// The metadata of the object, or of the subscription that an invoice is for.
fn metadata(object: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let own = object.get("metadata").and_then(Value::as_object);
    own.filter(|data| data.contains_key("tenant_id"))
        .or_else(|| {
            object
                .get("subscription_details")?
                .get("metadata")?
                .as_object()
        })
        .or_else(|| details(object)?.get("metadata")?.as_object())
}

/// Where newer invoices have it.
fn details(object: &Map<String, Value>) -> Option<&Map<String, Value>> {
    object
        .get("parent")?
        .get("subscription_details")?
        .as_object()
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    let text = object.get(name)?.as_str()?;
    (!text.is_empty() && text.len() <= 320).then(|| text.to_owned())
}

/// The UUID in a tenant's id, in its one spelling.
fn tenant(id: &str) -> Option<Uuid> {
    let text = id.strip_prefix("ten_")?;
    let uuid: Uuid = text.parse().ok()?;
    (uuid.hyphenated().to_string() == text).then_some(uuid)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
