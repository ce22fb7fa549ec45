//! Route table of the REST API: maps a method and path to a function, the most specific route first.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use crate::template::{ResponseMode, Template};

/// The routes of the REST API, sorted by specificity.
pub(super) struct Routes(Vec<Entry>);

struct Entry {
    method: String,
    resource: String,
    segments: Vec<Segment>,
    function: String,
    response_mode: ResponseMode,
}

/// One segment of a route's path.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Parameter(String),
    /// `{name+}`, a greedy parameter: one or more remaining segments.
    Greedy(String),
}

/// The result of a route lookup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RouteMatch {
    Matched(MatchedRoute),
    /// The path exists, but not for this method. Carries the value of the `Allow` header.
    MethodNotAllowed(String),
    NotFound,
}

/// A route that matches a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MatchedRoute {
    /// The name of the function's binary.
    pub(super) function: String,
    pub(super) response_mode: ResponseMode,
    /// The route's path with its `{parameters}`.
    pub(super) resource: String,
    /// The path parameters, percent-decoded.
    pub(super) parameters: Vec<(String, String)>,
}

impl Routes {
    /// Collects the routes of all functions of a template.
    pub(super) fn from_template(template: &Template) -> Self {
        let routes = template.functions.iter().flat_map(|function| {
            function.routes.iter().map(|route| Entry {
                method: route.method.clone(),
                segments: split(&route.path).map(Segment::parse).collect(),
                resource: route.path.clone(),
                function: function.binary.clone(),
                response_mode: route.response_mode,
            })
        });
        let mut routes: Vec<Entry> = routes.collect();
        // When two routes match, the first segment that differs in kind decides.
        routes.sort_by(|left, right| left.kinds().cmp(right.kinds()));
        Self(routes)
    }

    /// Looks up a request. `path` is the percent-encoded path of the request line.
    pub(super) fn find(&self, method: &Method, path: &str) -> RouteMatch {
        let parts: Vec<&str> = split(path).collect();
        let mut best: Option<&str> = None;
        let mut allowed: Vec<&str> = Vec::new();
        for entry in &self.0 {
            let Some(parameters) = entry.parameters(&parts) else {
                continue;
            };
            // Only the most specific resource is considered: a literal path does not fall back to `{proxy+}`.
            if *best.get_or_insert(&entry.resource) != entry.resource {
                continue;
            }
            if entry.method == method.as_str() || entry.method == "ANY" {
                let (function, resource) = (entry.function.clone(), entry.resource.clone());
                return RouteMatch::Matched(MatchedRoute {
                    function,
                    response_mode: entry.response_mode,
                    resource,
                    parameters,
                });
            }
            allowed.push(&entry.method);
        }
        if allowed.is_empty() {
            RouteMatch::NotFound
        } else {
            RouteMatch::MethodNotAllowed(allowed.join(", "))
        }
    }
}

impl Entry {
    /// The specificity of each segment: literal before parameter before greedy parameter.
    fn kinds(&self) -> impl Iterator<Item = u8> {
        self.segments.iter().map(|segment| match segment {
            Segment::Literal(_) => 0,
            Segment::Parameter(_) => 1,
            Segment::Greedy(_) => 2,
        })
    }

    /// Matches a path and returns its decoded parameters.
    fn parameters(&self, parts: &[&str]) -> Option<Vec<(String, String)>> {
        let mut parameters = Vec::new();
        let mut rest = parts;
        for segment in &self.segments {
            let (part, after) = rest.split_first()?;
            match segment {
                Segment::Literal(literal) if decode(part) == *literal => {}
                Segment::Literal(_) => return None,
                Segment::Parameter(name) if !part.is_empty() => parameters.push((name.clone(), decode(part))),
                Segment::Parameter(_) => return None,
                Segment::Greedy(name) => {
                    parameters.push((name.clone(), decode(&rest.join("/"))));
                    return Some(parameters);
                }
            }
            rest = after;
        }
        rest.is_empty().then_some(parameters)
    }
}

impl Segment {
    fn parse(part: &str) -> Self {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            return Self::Literal(part.to_owned());
        };
        match name.strip_suffix('+') {
            Some(name) => Self::Greedy(name.to_owned()),
            None => Self::Parameter(name.to_owned()),
        }
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

fn decode(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let template = Template::parse(
            r#"
Resources:
  Everything:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Root: { Type: Api, Properties: { Path: /, Method: get } }
        Proxy: { Type: Api, Properties: { Path: "/files/{proxy+}", Method: any } }
  GetQuery:
    Type: AWS::Serverless::Function
    Properties: { Events: { Get: { Type: Api, Properties: { Path: "/queries/{id}", Method: get } } } }
  DeleteQuery:
    Type: AWS::Serverless::Function
    Properties: { Events: { Delete: { Type: Api, Properties: { Path: "/queries/{id}", Method: delete } } } }
  Stream:
    Type: AWS::Serverless::Function
    Properties: { Events: { Post: { Type: Api, Properties: { Path: /queries/stream, Method: post } } } }
  Status:
    Type: AWS::Serverless::Function
    Properties: { Events: { Get: { Type: Api, Properties: { Path: "/queries/{id}/status", Method: get } } } }
"#,
        );
        Routes::from_template(&template.unwrap())
    }

    fn found(method: Method, path: &str) -> (String, Vec<(String, String)>) {
        match routes().find(&method, path) {
            RouteMatch::Matched(route) => (route.function, route.parameters),
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    fn parameter(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn a_literal_segment_takes_precedence_over_a_parameter() {
        assert_eq!(found(Method::POST, "/queries/stream"), ("stream".into(), vec![]));
        assert_eq!(
            found(Method::GET, "/queries/q1"),
            ("get-query".into(), parameter("id", "q1"))
        );
        assert_eq!(
            found(Method::GET, "/queries/stream/status"),
            ("status".into(), parameter("id", "stream"))
        );
        assert_eq!(found(Method::GET, "/"), ("everything".into(), vec![]));
    }

    #[test]
    fn parameters_are_percent_decoded_and_may_hold_an_encoded_slash() {
        assert_eq!(
            found(Method::GET, "/queries/a%2Fb%20c"),
            ("get-query".into(), parameter("id", "a/b c"))
        );
        assert_eq!(
            found(Method::PATCH, "/files/a/b%20c"),
            ("everything".into(), parameter("proxy", "a/b c"))
        );
    }

    #[test]
    fn an_unsupported_method_lists_those_of_the_most_specific_path() {
        assert_eq!(
            routes().find(&Method::PUT, "/queries/q1"),
            RouteMatch::MethodNotAllowed("GET, DELETE".into())
        );
        assert_eq!(
            routes().find(&Method::HEAD, "/"),
            RouteMatch::MethodNotAllowed("GET".into())
        );
        assert_eq!(
            routes().find(&Method::GET, "/queries/stream"),
            RouteMatch::MethodNotAllowed("POST".into())
        );
    }

    #[test]
    fn other_paths_are_not_found() {
        for path in [
            "/queries",
            "/queries/",
            "/queries/q1/",
            "/queries/q1/status/x",
            "/files",
            "//",
            "/Queries/q1",
        ] {
            assert_eq!(routes().find(&Method::GET, path), RouteMatch::NotFound, "{path}");
        }
    }
}
