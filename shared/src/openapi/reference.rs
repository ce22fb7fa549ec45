//! The HTML reference: one self-contained page without scripts, images or other resources.

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use pulldown_cmark::{Parser, html::push_html};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::domain::NOT_BLANK;

/// The style sheet, inlined into the page.
const STYLE: &str = include_str!("reference.css");

/// The Content Security Policy (<https://www.w3.org/TR/CSP3/>): only the inlined style sheet is allowed.
pub(super) fn policy() -> String {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The OpenAPI document as HTML.
pub(super) fn page(document: &Value) -> String {
    let info = &document["info"];
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text(info, "title")) " API" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (contents(document))
                main {
                    h1 { (text(info, "title")) " API" }
                    p { (text(info, "summary")) " Version " (text(info, "version")) ". " a href="openapi.json" { "OpenAPI document" } }
                    (markdown(text(info, "description")))
                    @for (path, method, operation) in operations(document) {
                        (section(document, path, method, operation))
                    }
                    h2 { "Schemas" }
                    @for (name, schema) in fields(&document["components"]["schemas"]) {
                        section id={ "schema-" (name) } {
                            h3 { (name) }
                            (markdown(text(schema, "description")))
                            p { (shape(schema)) }
                            (properties(schema))
                        }
                    }
                }
            }
        }
    }
    .into_string()
}

/// The table of contents, grouped by tag.
fn contents(document: &Value) -> Markup {
    html! {
        nav aria-label="Contents" {
            @for tag in items(&document["tags"]) {
                h2 { (text(tag, "name")) }
                p { (text(tag, "description")) }
                ul {
                    @for (path, method, operation) in operations(document) {
                        @if operation["tags"][0] == tag["name"] {
                            li {
                                a href={ "#" (text(operation, "operationId")) } {
                                    code { (method.to_uppercase()) " " (path) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The section of one operation.
fn section(document: &Value, path: &str, method: &str, operation: &Value) -> Markup {
    html! {
        section id=(text(operation, "operationId")) {
            h2 { code { (method.to_uppercase()) " " (path) } }
            p { strong { (text(operation, "summary")) "." } }
            (markdown(text(operation, "description")))
            @if operation["security"].as_array().is_some_and(Vec::is_empty) { p { "No authentication required." } }
            @if operation["parameters"].is_array() {
                table {
                    thead { tr { th { "Parameter" } th { "In" } th { "Description" } } }
                    tbody {
                        @for parameter in items(&operation["parameters"]) {
                            tr {
                                td { code { (text(parameter, "name")) } }
                                td { (text(parameter, "in")) }
                                td { (shape(&parameter["schema"])) (markdown(text(parameter, "description"))) }
                            }
                        }
                    }
                }
            }
            @for (media_type, content) in fields(&operation["requestBody"]["content"]) {
                h3 { "Body, " code { (media_type) } }
                (body(content))
            }
            h3 { "Responses" }
            table {
                thead { tr { th { "Status" } th { "Description" } } }
                tbody {
                    @for (status, response) in fields(&operation["responses"]) {
                        (response_row(status, resolved(document, response)))
                    }
                }
            }
        }
    }
}

/// The table row of one response.
fn response_row(status: &str, response: &Value) -> Markup {
    html! {
        tr {
            td { (status) }
            td {
                (markdown(text(response, "description")))
                (headers(response))
                @for (media_type, content) in fields(&response["content"]) {
                    p { code { (media_type) } }
                    (body(content))
                }
            }
        }
    }
}

/// The response headers, except those of every response.
fn headers(response: &Value) -> Markup {
    let special = fields(&response["headers"]).filter(|(name, _)| *name != "X-Request-Id");
    html! {
        @for (number, (name, _)) in special.enumerate() {
            @if number == 0 { "Headers: " } @else { ", " }
            code { (name) }
        }
    }
}

/// The schema of a body, and its example in a fold-out.
fn body(content: &Value) -> Markup {
    html! {
        p { (shape(&content["schema"])) }
        (properties(&content["schema"]))
        @if let Some(example) = content.get("example") {
            details {
                summary { "Example" }
                pre {
                    @match example {
                        Value::String(text) => (text),
                        value => (format!("{value:#}")),
                    }
                }
            }
        }
    }
}

/// The table of an object's fields.
fn properties(schema: &Value) -> Markup {
    let required = |name: &str| items(&schema["required"]).iter().any(|required| required == name);
    html! {
        @if schema["properties"].is_object() {
            table {
                thead { tr { th { "Field" } th { "Description" } } }
                tbody {
                    @for (name, schema) in fields(&schema["properties"]) {
                        tr {
                            td { code { (name) } @if !required(name) { br; "optional" } }
                            td { (shape(schema)) (markdown(text(schema, "description"))) (properties(schema)) }
                        }
                    }
                }
            }
        }
    }
}

/// The type and the bounds of a schema in words.
fn shape(schema: &Value) -> Markup {
    const BOUNDS: [(&str, &str); 9] = [
        ("format", "format"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters at least"),
        ("maxLength", "characters at most"),
        ("minItems", "items at least"),
        ("maxItems", "items at most"),
        ("pattern", "matches"),
        ("default", "default"),
    ];
    let bounds = BOUNDS
        .into_iter()
        .filter_map(|(key, words)| Some((words, schema.get(key)?)));
    html! {
        (kind(schema))
        @for (words, bound) in bounds {
            ", "
            @if bound == NOT_BLANK { "not blank" } @else {
                (words) " " code { @match bound { Value::String(text) => (text), value => (value) } }
            }
        }
    }
}

/// The type of a schema without its bounds.
fn kind(schema: &Value) -> Markup {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    if let Some(constant) = schema.get("const") {
        return html! { code { (constant) } };
    }
    if !schema["items"].is_null() {
        let optional = items(&schema["type"]).iter().any(|kind| kind == "null");
        return html! { "list of " (shape(&schema["items"])) @if optional { " or null" } };
    }
    let choices = ["anyOf", "oneOf"].into_iter().flat_map(|key| items(&schema[key]));
    let choices: Vec<Markup> = choices.map(choice).collect();
    let values: Vec<Markup> = items(&schema["enum"])
        .iter()
        .map(|value| html! { code { (value) } })
        .collect();
    let types = items(&schema["type"]).iter().filter_map(Value::as_str);
    let types: Vec<Markup> = types
        .chain(schema["type"].as_str())
        .map(|name| html! { (name) })
        .collect();
    let options = [choices, values, types]
        .into_iter()
        .find(|options| !options.is_empty());
    html! {
        @for (number, option) in options.iter().flatten().enumerate() {
            @if number > 0 { " or " }
            (option)
        }
        @if !schema["contentSchema"].is_null() { " of " (shape(&schema["contentSchema"])) }
    }
}

/// One of several alternative schemas, with the fields of an inline object.
fn choice(schema: &Value) -> Markup {
    html! { (shape(schema)) (properties(schema)) }
}

/// Every operation with its path and method, in the order of the document.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    fields(&document["paths"])
        .flat_map(|(path, methods)| fields(methods).map(move |(method, operation)| (path, method, operation)))
}

/// The target of a `$ref`, or the value itself when it is not a reference.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

/// A string field; empty when it is absent.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The items of an array; none for other values.
fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The fields of an object; none for other values.
fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = value.as_object().into_iter().flatten();
    object.map(|(name, value)| (name.as_str(), value))
}

/// Markdown as HTML. The text is trusted: it comes from this document.
fn markdown(text: &str) -> Markup {
    let mut html = String::new();
    push_html(&mut html, Parser::new(text));
    PreEscaped(html)
}
