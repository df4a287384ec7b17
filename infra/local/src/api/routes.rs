//! The routes of the HTTP APIs, as the functions' events declare them, and how a request finds its route.

use super::config::ConfigError;
use http::Method;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// One route of one API.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// `GET /v1/projects/{project_id}`, as the template writes it.
    pub(crate) key: String,
    /// Logical id of the API.
    pub(crate) api: String,
    /// Logical id of the function.
    pub(crate) function: String,
    /// Name of the authorizer of that API; none on a public route.
    pub(crate) authorizer: Option<String>,
    method: RouteMethod,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum RouteMethod {
    Any,
    One(Method),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    /// `{name}`: one segment.
    Parameter(String),
    /// `{name+}`: everything that is left, at least one segment.
    Greedy(String),
}

impl Route {
    pub(crate) fn new(
        api: &str,
        function: &str,
        method: &str,
        path: &str,
        authorizer: Option<String>,
    ) -> Result<Self, ConfigError> {
        let wrong = |what: &str| ConfigError(format!("{function}: route {method} {path}: {what}"));
        let parsed = match method.to_ascii_uppercase().as_str() {
            "ANY" | "X-AMAZON-APIGATEWAY-ANY-METHOD" => RouteMethod::Any,
            name => RouteMethod::One(
                Method::from_bytes(name.as_bytes()).map_err(|_| wrong("no such method"))?,
            ),
        };
        let rest = path
            .strip_prefix('/')
            .ok_or_else(|| wrong("the path must begin with /"))?;
        let mut segments = Vec::new();
        for part in rest.split('/') {
            if matches!(segments.last(), Some(Segment::Greedy(_))) {
                return Err(wrong("a greedy parameter must be the last segment"));
            }
            segments.push(
                Segment::parse(part).ok_or_else(|| wrong("a parameter must be a whole segment"))?,
            );
        }
        let name = match &parsed {
            RouteMethod::Any => "ANY",
            RouteMethod::One(method) => method.as_str(),
        };
        Ok(Self {
            key: format!("{name} {path}"),
            api: api.to_owned(),
            function: function.to_owned(),
            authorizer,
            method: parsed,
            segments,
        })
    }

    /// Path parameters, decoded, when this route fits.
    fn fits(&self, method: &Method, path: &[&str]) -> Option<BTreeMap<String, String>> {
        let method_fits = match &self.method {
            RouteMethod::Any => true,
            RouteMethod::One(wanted) => wanted == method,
        };
        if !method_fits {
            return None;
        }
        let mut parameters = BTreeMap::new();
        let mut rest = path.iter();
        for segment in &self.segments {
            match segment {
                Segment::Fixed(wanted) => {
                    if decode(rest.next()?) != *wanted {
                        return None;
                    }
                }
                Segment::Parameter(name) => {
                    let value = decode(rest.next()?);
                    if value.is_empty() {
                        return None;
                    }
                    parameters.insert(name.clone(), value);
                }
                Segment::Greedy(name) => {
                    let value = decode(&rest.by_ref().copied().collect::<Vec<_>>().join("/"));
                    if value.is_empty() {
                        return None;
                    }
                    parameters.insert(name.clone(), value);
                }
            }
        }
        if rest.next().is_some() {
            None
        } else {
            Some(parameters)
        }
    }

    /// Orders routes that fit the same request: the most specific first.
    fn rank(&self) -> (Vec<u8>, bool) {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Fixed(_) => 0,
            Segment::Parameter(_) => 1,
            Segment::Greedy(_) => 2,
        });
        (segments.collect(), self.method == RouteMethod::Any)
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        match text
            .strip_prefix('{')
            .and_then(|inner| inner.strip_suffix('}'))
        {
            Some(name) => match name.strip_suffix('+') {
                Some(name) => valid_name(name).then(|| Self::Greedy(name.to_owned())),
                None => valid_name(name).then(|| Self::Parameter(name.to_owned())),
            },
            None => (!text.contains(['{', '}'])).then(|| Self::Fixed(text.to_owned())),
        }
    }
}

fn valid_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

/// Decodes percent escapes once; what is not UTF-8 becomes the replacement character.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Every route, the most specific first.
#[derive(Debug, Default)]
pub(crate) struct Routes(Vec<Route>);

impl Routes {
    pub(crate) fn new(mut routes: Vec<Route>) -> Result<Self, ConfigError> {
        routes.sort_by_key(Route::rank);
        for (at, route) in routes.iter().enumerate() {
            let twin = routes
                .iter()
                .skip(at + 1)
                .find(|other| other.method == route.method && same_shape(other, route));
            if let Some(twin) = twin {
                return Err(ConfigError(format!(
                    "{} and {} both declare the route {}",
                    route.function, twin.function, route.key
                )));
            }
        }
        Ok(Self(routes))
    }

    /// The route of a request and its path parameters. The path is as the client sent it.
    pub(crate) fn find(
        &self,
        method: &Method,
        path: &str,
    ) -> Option<(&Route, BTreeMap<String, String>)> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        self.0
            .iter()
            .find_map(|route| Some((route, route.fits(method, &segments)?)))
    }
}

fn same_shape(one: &Route, other: &Route) -> bool {
    one.segments.len() == other.segments.len()
        && one
            .segments
            .iter()
            .zip(&other.segments)
            .all(|pair| match pair {
                (Segment::Fixed(one), Segment::Fixed(other)) => one == other,
                (Segment::Parameter(_), Segment::Parameter(_))
                | (Segment::Greedy(_), Segment::Greedy(_)) => true,
                _ => false,
            })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn routes(list: &[(&str, &str)]) -> Routes {
        let make = |(at, (method, path)): (usize, &(&str, &str))| {
            Route::new("Api", &format!("F{at}"), method, path, None).unwrap()
        };
        Routes::new(list.iter().enumerate().map(make).collect()).unwrap()
    }

    fn found(
        routes: &Routes,
        method: Method,
        path: &str,
    ) -> Option<(String, BTreeMap<String, String>)> {
        routes
            .find(&method, path)
            .map(|(route, parameters)| (route.key.clone(), parameters))
    }

    #[test]
    fn the_most_specific_route_wins() {
        let routes = routes(&[
            ("ANY", "/{proxy+}"),
            ("GET", "/v1/{collection}/{id}"),
            ("GET", "/v1/projects/{id}"),
            ("ANY", "/v1/projects/{id}"),
            ("GET", "/v1/projects/mine"),
        ]);
        let key = |method, path| found(&routes, method, path).unwrap().0;
        assert_eq!(
            key(Method::GET, "/v1/projects/mine"),
            "GET /v1/projects/mine"
        );
        assert_eq!(key(Method::GET, "/v1/projects/7"), "GET /v1/projects/{id}");
        assert_eq!(key(Method::PUT, "/v1/projects/7"), "ANY /v1/projects/{id}");
        assert_eq!(key(Method::GET, "/v1/deals/7"), "GET /v1/{collection}/{id}");
        assert_eq!(key(Method::POST, "/v1/deals/7"), "ANY /{proxy+}");
    }

    #[test]
    fn parameters_are_decoded_once_and_keep_an_escaped_slash() {
        let routes = routes(&[("GET", "/a/{x}"), ("GET", "/b/{rest+}")]);
        assert_eq!(
            found(&routes, Method::GET, "/a/1%2F2").unwrap().1["x"],
            "1/2"
        );
        assert_eq!(
            found(&routes, Method::GET, "/a/1%252F2").unwrap().1["x"],
            "1%2F2"
        );
        assert_eq!(
            found(&routes, Method::GET, "/a/%FF").unwrap().1["x"],
            "\u{fffd}"
        );
        assert_eq!(
            found(&routes, Method::GET, "/b/1/2%203").unwrap().1["rest"],
            "1/2 3"
        );
    }

    #[test]
    fn no_route_fits_other_shapes() {
        let routes = routes(&[("GET", "/a/{x}"), ("GET", "/b/{rest+}")]);
        for path in ["/", "/a", "/a/", "/a/1/", "/a/1/2", "/b", "/b/", "a/1"] {
            assert_eq!(found(&routes, Method::GET, path), None, "{path}");
        }
        assert_eq!(found(&routes, Method::HEAD, "/a/1"), None);
    }

    #[test]
    fn broken_and_double_routes_are_refused() {
        for path in ["a", "/{x", "/a{x}", "/{x+}/b", "/{}"] {
            assert!(Route::new("Api", "F", "GET", path, None).is_err(), "{path}");
        }
        let twice = vec![
            Route::new("Api", "F", "GET", "/a/{x}", None).unwrap(),
            Route::new("Api", "G", "get", "/a/{y}", None).unwrap(),
        ];
        assert!(Routes::new(twice).unwrap_err().0.contains("both declare"));
    }
}
