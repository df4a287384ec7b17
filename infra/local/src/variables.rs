//! What the cloud adds to the environment that the template gives a function.

use crate::lambda::Variables;
use gateway::Gateway;
use std::{net::SocketAddr, sync::Arc};

/// What a process needs to reach this cloud's AWS endpoint with its execution role.
pub(crate) fn variables(gateway: Arc<Gateway>, aws_url: String, dns: SocketAddr) -> Variables {
    Arc::new(move |function, _| {
        let mut variables = vec![
            ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION".to_owned(), "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL".to_owned(), aws_url.clone()),
            // Buckets are named by the path, since they have no hosts here.
            ("AWS_ENDPOINT_URL_S3".to_owned(), format!("{aws_url}/s3")),
            ("DNS_SERVER".to_owned(), dns.to_string()),
            // The SDK puts this into its User-Agent: the decision log names the function by it.
            (
                "AWS_SDK_UA_APP_ID".to_owned(),
                function.name.chars().take(50).collect(),
            ),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
            ("TENANTRY_LOCAL".to_owned(), "1".to_owned()),
        ];
        match gateway.role_credentials(&function.role, &function.name) {
            Ok(credentials) => variables.extend([
                ("AWS_ACCESS_KEY_ID".to_owned(), credentials.access_key_id),
                (
                    "AWS_SECRET_ACCESS_KEY".to_owned(),
                    credentials.secret_access_key,
                ),
                ("AWS_SESSION_TOKEN".to_owned(), credentials.session_token),
            ]),
            // The process starts without credentials, and AWS calls say so.
            Err(error) => tracing::error!("{} gets no credentials: {error}", function.name),
        }
        variables
    })
}
