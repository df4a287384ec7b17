//! `--tenants`, `--records`: many tenants at once, to see how the product bears them.
//!
//! The product itself makes one tenant with a few records, over HTTP; its items are read from the store and written again
//! with other ids, names and addresses. So what is filled in is what the product writes, whatever that is.

mod mould;

use crate::Cloud;
use crate::client::{Api, text};
use gateway::GatewayError;
use mould::{Mould, TABLES};
use serde_json::json;
use std::fmt;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// So many records the product makes: an account, its contacts, and deals with one of them. Tenants get multiples of it.
pub const GROUP: usize = 10;
const CONTACTS: usize = 6;
/// How many items are written at once. Others wait so long.
const AT_ONCE: usize = 2_000;
/// Of everybody.
const PASSWORD: &str = "four-lamps-by-the-river";

/// Fills a cloud with tenants.
pub struct Generator {
    mould: Mould,
    tenants: usize,
    groups: usize,
}

/// What was filled in.
#[derive(Debug, Clone, Copy)]
pub struct Filled {
    /// Tenants.
    pub tenants: usize,
    /// Records of all of them together.
    pub records: usize,
    /// Items in the tables.
    pub items: usize,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        write!(
            f,
            "filled {} tenants with {} records ({} items) in {seconds:.1} s",
            self.tenants, self.records, self.items
        )
    }
}

impl Generator {
    /// Lets the product make the tenant from which the others are made.
    ///
    /// # Errors
    /// When the API does not answer as it should; the text says which call.
    pub async fn new(cloud: &Cloud) -> Result<Self, String> {
        // Not taken, if this is done again with data that was kept.
        let (_, run) = Uuid::new_v4().as_u64_pair();
        let run = format!("fill{:08x}", run & 0xffff_ffff);
        let first = mould::slug(&run, 0);
        make(&Api::at(cloud.api_url()), &first).await?;
        cloud.settled().await.map_err(|error| error.to_string())?;
        let mould = Mould::take(cloud.gateway(), run).map_err(|error| error.to_string())?;
        Ok(Self {
            mould,
            tenants: 0,
            groups: 0,
        })
    }

    /// Fills in so many further tenants, with so many records each, rounded up to a multiple of [`GROUP`]. The change streams
    /// say nothing of them.
    ///
    /// # Errors
    /// When the store does not take them.
    pub fn fill(
        &mut self,
        cloud: &Cloud,
        tenants: usize,
        records: usize,
    ) -> Result<Filled, GatewayError> {
        let begun = Instant::now();
        let groups = records.div_ceil(GROUP);
        let mut items = 0;
        let mut batches = [Vec::new(), Vec::new()];
        let mut write = |batches: &mut [Vec<String>; 2], least: usize| {
            for (table, batch) in TABLES.into_iter().zip(batches) {
                if batch.len() > least {
                    items += cloud.gateway().import(table, std::mem::take(batch))?;
                }
            }
            Ok::<_, GatewayError>(())
        };
        for _ in 0..tenants {
            self.tenants += 1;
            let first = self.groups + 1;
            self.groups += groups;
            let made = self.mould.cast(self.tenants, first..=self.groups);
            for (batch, made) in batches.iter_mut().zip(made) {
                batch.extend(made);
            }
            write(&mut batches, AT_ONCE)?;
        }
        write(&mut batches, 0)?;
        Ok(Filled {
            tenants,
            records: tenants * groups * GROUP,
            items,
            took: begun.elapsed(),
        })
    }

    /// Who can log in to the tenant of this number, which counts from 1: address and password.
    pub fn owner(&self, number: usize) -> (String, &'static str) {
        (address(&self.mould.slug(number)), PASSWORD)
    }
}

fn address(slug: &str) -> String {
    format!("owner@{slug}.example")
}

/// A tenant with one group of records, made as anybody's are.
async fn make(api: &Api<'_>, slug: &str) -> Result<(), String> {
    let tenant = json!({
        "name": format!("Company {slug}"), "slug": slug, "owner_name": "Olivia",
        "owner_email": address(slug), "owner_password": PASSWORD,
    });
    let owner = text(
        &api.post("/v1/tenants", None, &tenant).await?,
        "/access_token",
    )?;
    let projects = api.get("/v1/projects", &owner).await?;
    let project = text(&projects, "/items/0/id")?;
    let create = async |collection: &str, fields: serde_json::Value| {
        let path = format!("/v1/projects/{project}/{collection}");
        text(&api.post(&path, Some(&owner), &fields).await?, "/id")
    };
    let account = json!({"name": "Northwind Bakery", "type": "prospect"});
    let account = create("accounts", account).await?;
    let mut contacts = Vec::new();
    for number in 0..CONTACTS {
        let (name, email) = (
            format!("Robin Miller {number}"),
            format!("robin{number}@customer.example"),
        );
        let contact = json!({"name": name, "email": email, "stage": "lead", "account_id": account});
        contacts.push(create("contacts", contact).await?);
    }
    let deals = GROUP - 1 - CONTACTS;
    for (number, contact) in (0..deals).zip(contacts) {
        let deal = json!({
            "name": format!("Order {number}"), "stage": "proposal", "amount": 125_000, "currency": "EUR",
            "account_id": account, "contact_id": contact,
        });
        create("deals", deal).await?;
    }
    Ok(())
}
