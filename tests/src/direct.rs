//! Direct invocations: a function called past the API and its authorizer, as whoever may invoke it could.

use crate::client::Answer;
use crate::cloud::TestCloud;
use serde_json::{Map, Value, json};

/// An event for an endpoint function (payload format 2.0).
#[derive(Debug, Clone)]
pub struct Direct {
    function: String,
    event: Value,
}

impl Direct {
    /// The event of a request to `path` by the route `route_key`, to the function of `binary`.
    pub fn new(binary: &str, route_key: &str, path: &str) -> Direct {
        let (method, pattern) = route_key.split_once(' ').expect("a route key");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut parameters = Map::new();
        for (name, value) in pattern.split('/').zip(path.split('/')) {
            if let Some(name) = name
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                parameters.insert(name.to_owned(), value.into());
            }
        }
        let event = json!({
            "version": "2.0", "routeKey": route_key, "rawPath": path, "rawQueryString": query,
            "headers": {"host": "127.0.0.1", "content-type": "application/json"},
            "pathParameters": parameters,
            "requestContext": {
                "accountId": "000000000000", "apiId": "api", "domainName": "127.0.0.1", "stage": "$default",
                "requestId": format!("direct-{}", crate::tenant::unique()), "routeKey": route_key,
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "tests"},
            },
            "isBase64Encoded": false,
        });
        Direct {
            function: function_id(binary),
            event,
        }
    }

    /// The id of the request, for which a context token must have been made.
    pub fn request_id(&self) -> &str {
        self.event["requestContext"]["requestId"]
            .as_str()
            .expect("an id")
    }

    /// With what the authorizer would have answered: a context token, and the tokens to be traded.
    #[must_use]
    pub fn context(mut self, context: &str, tenant: Option<&str>, user: Option<&str>) -> Self {
        let mut lambda = json!({"context": context});
        for (name, token) in [("tenant", tenant), ("user", user)] {
            if let Some(token) = token {
                lambda[name] = token.into();
            }
        }
        self.event["requestContext"]["authorizer"] = json!({"lambda": lambda});
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.event["body"] = body.to_string().into();
        self
    }

    /// With a header; its name in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.event["headers"][name] = value.into();
        self
    }

    /// With a member of the event replaced, by its JSON pointer.
    #[must_use]
    pub fn set(mut self, pointer: &str, value: Value) -> Self {
        *self
            .event
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("the event has no {pointer}")) = value;
        self
    }

    /// Invokes the function.
    pub async fn send(self, cloud: &TestCloud) -> Answer {
        let name = format!("invoke {}", self.function);
        let result = cloud.invoke(&self.function, &self.event).await;
        Answer::of_invocation(name, &result)
    }
}

impl TestCloud {
    /// Invokes a function by its logical id with any event; fails when the function does.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        let invoked = self
            .local()
            .invoke(function, event)
            .await
            .unwrap_or_else(|error| panic!("{function}: {error}"));
        let payload = String::from_utf8_lossy(&invoked.payload).into_owned();
        assert_eq!(invoked.function_error, None, "{function}: {payload}");
        serde_json::from_str(&payload).unwrap_or_else(|_| panic!("{function}: {payload}"))
    }
}

/// The logical id of a binary's function: `records-list` → `RecordsListFunction`.
pub fn function_id(binary: &str) -> String {
    let words = binary.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect::<String>() + "Function"
}
