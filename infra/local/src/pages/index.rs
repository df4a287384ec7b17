//! The overview: where everything is.

use super::html::{Escaped, page};

pub(crate) fn html(api_url: &str, aws_url: &str, scheduled: &[&str]) -> String {
    let (api, aws) = (Escaped(api_url), Escaped(aws_url));
    let button = |name: &&str| {
        let name = Escaped(name);
        format!(
            "<form method=\"post\" action=\"/_local/run?function={name}\"><button>Run {name} now</button></form>"
        )
    };
    let runs: String = scheduled.iter().map(button).collect();
    let content = format!(
        "<dl><dt>API</dt><dd><a href=\"{api}/v1/health\">{api}</a></dd><dt>AWS endpoint</dt><dd><code>{aws}</code></dd></dl>\
         <ul>\
         <li><a href=\"/_local/iam\">IAM decisions</a>: each call, the statement that allowed or refused it, the capacity it used. <a href=\"/_local/iam?decision=denied\">Only refusals</a>.</li>\
         <li><a href=\"/_local/capacity\">Capacity</a>: calls and units of each route.</li>\
         <li><a href=\"/_local/mail\">Mail</a>: messages the product sent.</li>\
         <li><a href=\"/_local/billing\">Billing</a>: what the billing provider's events are signed with here.</li>\
         <li><code>/_local/credentials?tenant_id=…&amp;access=read|write|admin</code>: a tenant's credentials, for the AWS CLI's <code>credential_process</code>.</li>\
         <li><a href=\"/_local/dns\">DNS</a>: the texts that domains are proved by; <code>POST {{\"name\": …, \"texts\": […]}}</code> sets them.</li>\
         </ul>{runs}<p>Each page answers with JSON to a client that does not ask for HTML, and with <code>?format=json</code>.</p>"
    );
    page("/_local/", "Local cloud", &content)
}
