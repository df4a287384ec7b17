//! What each route used: calls and capacity units.

use super::{
    Format, Shared,
    html::{Escaped, page},
    respond,
};
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use gateway::RouteUse;
use serde::Deserialize;
use std::fmt::Write;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    format: Option<Format>,
}

pub(crate) async fn answer(
    State(pages): Shared,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let routes = pages.gateway.capacity();
    respond(Format::chosen(asked.format, &headers), &routes, || {
        html(&routes)
    })
}

fn html(routes: &[RouteUse]) -> String {
    let mut content = String::from(
        "<table><caption>Since the start, by the route that a function served</caption><thead><tr><th scope=\"col\">Route</th>\
         <th scope=\"col\" class=\"number\">DynamoDB calls</th><th scope=\"col\" class=\"number\">STS calls</th><th scope=\"col\" class=\"number\">Other calls</th>\
         <th scope=\"col\" class=\"number\">Read units</th><th scope=\"col\" class=\"number\">Write units</th></tr></thead><tbody>",
    );
    for route in routes {
        let name = if route.route.is_empty() {
            "(no route named)"
        } else {
            &route.route
        };
        // Writing to a string does not fail.
        let _ = write!(
            content,
            "<tr><td><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            Escaped(name),
            route.dynamodb_calls,
            route.sts_calls,
            route.other_calls,
            route.capacity.read,
            route.capacity.write
        );
    }
    content.push_str("</tbody></table>");
    page("/_local/capacity", "Capacity", &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_escaped() {
        let route = RouteUse {
            route: "GET /<script>".to_owned(),
            dynamodb_calls: 2,
            ..RouteUse::default()
        };
        let page = html(&[route]);
        assert!(page.contains("GET /&lt;script&gt;"));
        assert!(page.contains("<td class=\"number\">2</td>"));
    }
}
