//! The replies of the Query protocol.

use crate::api_error::ApiError;
use http::StatusCode;
use std::fmt::Write as _;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// An XML element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    name: &'static str,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Elements(Vec<Element>),
}

/// An element that holds text.
pub(crate) fn text(name: &'static str, text: impl Into<String>) -> Element {
    Element {
        name,
        content: Content::Text(text.into()),
    }
}

/// An element that holds elements.
pub(crate) fn parent(name: &'static str, children: impl Into<Vec<Element>>) -> Element {
    Element {
        name,
        content: Content::Elements(children.into()),
    }
}

/// A successful reply around its result.
pub(crate) fn success(action: &str, result: &Element, request_id: &str) -> String {
    let mut xml = format!("<{action}Response xmlns=\"{NAMESPACE}\">");
    write_element(&mut xml, result);
    let _ = write!(
        xml,
        "<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        escaped(request_id)
    );
    xml
}

/// An error reply.
pub(crate) fn failure(error: &ApiError, request_id: &str) -> String {
    let fault = if error.status == StatusCode::INTERNAL_SERVER_ERROR {
        "Receiver"
    } else {
        "Sender"
    };
    let inner = parent(
        "Error",
        [
            text("Type", fault),
            text("Code", error.code),
            text("Message", &error.message),
        ],
    );
    let mut xml = format!("<ErrorResponse xmlns=\"{NAMESPACE}\">");
    write_element(&mut xml, &inner);
    let _ = write!(
        xml,
        "<RequestId>{}</RequestId></ErrorResponse>",
        escaped(request_id)
    );
    xml
}

fn write_element(xml: &mut String, element: &Element) {
    let _ = write!(xml, "<{}>", element.name);
    match &element.content {
        Content::Text(text) => xml.push_str(&escaped(text)),
        Content::Elements(children) => children.iter().for_each(|child| write_element(xml, child)),
    }
    let _ = write!(xml, "</{}>", element.name);
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_text() {
        let xml = failure(&ApiError::client("ValidationError", "<a> & \"b\""), "id");
        assert!(
            xml.contains("<Message>&lt;a&gt; &amp; &quot;b&quot;</Message>"),
            "{xml}"
        );
    }
}
