//! `--demo`: two companies with people in every role and some records, made through the API like anybody else's.

use crate::client::{Api, text, unexpected};
use reqwest::StatusCode;
use serde_json::json;
use std::fmt::Write;

/// The same for everybody, so that the table can be printed again when the data was kept.
const PASSWORD: &str = "four-lamps-by-the-river";

struct Company {
    name: &'static str,
    slug: &'static str,
    accounts: [&'static str; 3],
}

const COMPANIES: [Company; 2] = [
    Company {
        name: "Acme Tools",
        slug: "acme",
        accounts: [
            "Northwind Bakery",
            "Harbour Logistics",
            "Lindgren & Daughters",
        ],
    },
    Company {
        name: "Globex Optics",
        slug: "globex",
        accounts: [
            "Silverline Clinics",
            "Orchard Schools",
            "Meridian Observatory",
        ],
    },
];

/// Role and first name. The owner comes with the sign-up, the others by invitation.
const OWNER: (&str, &str) = ("owner", "Olivia");
const INVITED: [(&str, &str); 4] = [
    ("admin", "Adam"),
    ("manager", "Maya"),
    ("sales_rep", "Sam"),
    ("viewer", "Vera"),
];

/// Creates what is missing and returns the table of logins.
///
/// # Errors
/// When the API does not answer as it should; the text says which call.
pub async fn create(api_url: &str) -> Result<String, String> {
    let api = Api::at(api_url);
    let mut kept = false;
    for company in &COMPANIES {
        match sign_up(&api, company).await? {
            Some(owner) => fill(&api, company, &owner).await?,
            None => kept = true,
        }
    }
    Ok(table(kept))
}

fn address(company: &Company, name: &str) -> String {
    format!("{}@{}.example", name.to_lowercase(), company.slug)
}

/// The owner's access token; none when the company is there already.
async fn sign_up(api: &Api<'_>, company: &Company) -> Result<Option<String>, String> {
    let body = json!({
        "name": company.name, "slug": company.slug, "owner_name": OWNER.1,
        "owner_email": address(company, OWNER.1), "owner_password": PASSWORD,
    });
    let (status, answer) = api.send("/v1/tenants", None, Some(&body)).await?;
    match status {
        StatusCode::CREATED => text(&answer, "/access_token").map(Some),
        StatusCode::CONFLICT => Ok(None),
        _ => Err(unexpected("POST /v1/tenants", status, &answer)),
    }
}

async fn fill(api: &Api<'_>, company: &Company, owner: &str) -> Result<(), String> {
    let project = text(&api.get("/v1/projects", owner).await?, "/items/0/id")?;
    let mut seller = owner.to_owned();
    for (role, name) in INVITED {
        let token = join(api, company, owner, &project, role, name).await?;
        if role == "sales_rep" {
            seller = token;
        }
    }
    for (number, account) in (1..).zip(company.accounts) {
        // One deal is the sales representative's own, so that the difference can be seen.
        let dealer = if number == 1 { &seller } else { owner };
        records(api, (owner, dealer), &project, number, account).await?;
    }
    Ok(())
}

/// Invites somebody, accepts for them, and returns their access token.
async fn join(
    api: &Api<'_>,
    company: &Company,
    owner: &str,
    project: &str,
    role: &str,
    name: &str,
) -> Result<String, String> {
    let mut invitation =
        json!({"email": address(company, name), "role": role, "send_email": false});
    if role == "sales_rep"
        && let Some(fields) = invitation.as_object_mut()
    {
        fields.insert("project_ids".to_owned(), json!([project]));
    }
    let invited = api
        .post("/v1/invitations", Some(owner), &invitation)
        .await?;
    let link = text(&invited, "/invitation_link")?;
    let token = link
        .rsplit_once("token=")
        .map(|(_, token)| token)
        .ok_or("the invitation link holds no token")?;
    let accepted = json!({"token": token, "name": name, "password": PASSWORD});
    text(
        &api.post("/v1/invitations/accept", None, &accepted).await?,
        "/access_token",
    )
}

/// An account with a contact, and a deal by somebody else perhaps.
async fn records(
    api: &Api<'_>,
    (owner, dealer): (&str, &str),
    project: &str,
    number: u32,
    account: &str,
) -> Result<(), String> {
    let path = |collection: &str| format!("/v1/projects/{project}/{collection}");
    let created = api
        .post(
            &path("accounts"),
            Some(owner),
            &json!({"name": account, "type": "prospect"}),
        )
        .await?;
    let account_id = text(&created, "/id")?;
    let contact = json!({"name": format!("Robin of {account}"), "email": format!("robin{number}@customer.example"), "account_id": account_id});
    let contact_id = text(
        &api.post(&path("contacts"), Some(owner), &contact).await?,
        "/id",
    )?;
    let deal = json!({
        "name": format!("{account}: first order"), "stage": "proposal", "amount": number * 125_000, "currency": "EUR",
        "account_id": account_id, "contact_id": contact_id,
    });
    api.post(&path("deals"), Some(dealer), &deal)
        .await
        .map(|_| ())
}

fn table(kept: bool) -> String {
    let mut table = String::new();
    if kept {
        table.push_str("The demo data was there already.\n");
    }
    // Writing to a string does not fail.
    let _ = writeln!(
        table,
        "{:<8} {:<10} {:<22} password",
        "tenant", "role", "email"
    );
    for company in &COMPANIES {
        for (role, name) in std::iter::once(OWNER).chain(INVITED) {
            let _ = writeln!(
                table,
                "{:<8} {role:<10} {:<22} {PASSWORD}",
                company.slug,
                address(company, name)
            );
        }
    }
    table.truncate(table.trim_end().len());
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_everybody() {
        let table = table(false);
        assert_eq!(table.lines().count(), 1 + 2 * 5);
        assert!(table.contains("acme     sales_rep  sam@acme.example"));
    }
}
