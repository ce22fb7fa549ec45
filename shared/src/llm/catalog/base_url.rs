//! Base URLs: as users copy them, with or without a version, an endpoint and a slash at the end.

use url::{Host, Url};

use crate::{aws_signature, llm::wire::ApiFormat};

/// Returns the base URL of Amazon Bedrock in a region.
pub(super) fn of_bedrock(region: &str) -> String {
    format!(
        "https://bedrock-runtime.{region}.{}/openai/v1",
        aws_signature::domain(region)
    )
}

/// Parses a base URL. An endpoint at its end is removed, a missing version is added; the query stays.
///
/// # Errors
/// The reason why it is no base URL.
pub(super) fn parse(kind: ApiFormat, address: &str) -> Result<Url, &'static str> {
    let url = Url::parse(address.trim()).ok();
    let mut url = url
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or("base_url is not an http or https address, such as https://HOST/v1")?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("base_url is not an http or https address without user, password and fragment");
    }
    // The URL is shown and logged.
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with("key") || name.ends_with("token") || name.ends_with("secret")
    };
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        return Err("base_url has a key in its query; set `key` to `env:NAME` instead");
    }
    // The streaming format of Gemini, which each request sets.
    if url.query() == Some("alt=sse") {
        url.set_query(None);
    }
    let given: Vec<String> = url
        .path_segments()
        .map(|segments| {
            segments
                .filter(|segment| !segment.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let base = without_endpoint(kind, &given);
    let is_endpoint = base.len() < given.len() && kind != ApiFormat::Ollama;
    let path = match with_version(kind, base, &url) {
        // A whole endpoint says where it is.
        Some(path) if !is_endpoint => path,
        _ => base.join("/"),
    };
    url.set_path(&path);
    Ok(url)
}

/// Returns the path without the endpoint at its end.
fn without_endpoint<'a>(kind: ApiFormat, path: &'a [&'a str]) -> &'a [&'a str] {
    match kind {
        ApiFormat::Anthropic => {
            without_ends(path, &[&["messages", "count_tokens"], &["messages"], &["models"]])
        }
        ApiFormat::Gemini => {
            let is_model = |part: &&str| matches!(*part, "models" | "tunedModels");
            path.iter()
                .position(is_model)
                .map_or(path, |start| &path[..start])
        }
        ApiFormat::Ollama => {
            let native = path
                .iter()
                .rposition(|part| *part == "api")
                .filter(|start| path.len() - start <= 2);
            let path = native.map_or(path, |start| &path[..start]);
            without_ends(
                path,
                &[&["v1", "chat", "completions"], &["v1", "models"], &["v1"]],
            )
        }
        _ => without_ends(
            path,
            &[
                &["chat", "completions"],
                &["completions"],
                &["embeddings"],
                &["models"],
                &["responses"],
            ],
        ),
    }
}

fn without_ends<'a>(path: &'a [&'a str], ends: &[&[&'a str]]) -> &'a [&'a str] {
    ends.iter()
        .find_map(|end| path.strip_suffix(*end))
        .unwrap_or(path)
}

/// Returns the path with the version that the format needs; `None` when it has one, or may do without.
fn with_version(kind: ApiFormat, path: &[&str], url: &Url) -> Option<String> {
    let usual: &[&str] = match kind {
        ApiFormat::Ollama => return None,
        ApiFormat::Anthropic => &["v1"],
        ApiFormat::Gemini => &["v1beta"],
        ApiFormat::Openrouter => &["api", "v1"],
        ApiFormat::Azure | ApiFormat::Groq | ApiFormat::Bedrock => &["openai", "v1"],
        // Some public servers have no version. Local ones have.
        ApiFormat::OpenaiCompatible if !is_local(url) => return None,
        _ => &["v1"],
    };
    if path.len() < usual.len() && usual.starts_with(path) {
        return Some(usual.join("/"));
    }
    // Every server of these two has its version, also below a path of its own.
    let is_version = |part: &&str| {
        let digit = part.strip_prefix('v').and_then(|rest| rest.bytes().next());
        digit.is_some_and(|byte| byte.is_ascii_digit())
    };
    let needs_version =
        matches!(kind, ApiFormat::Anthropic | ApiFormat::Gemini) && !path.iter().any(is_version);
    needs_version.then(|| [path, usual].concat().join("/"))
}

/// Returns whether a URL points to this machine or a private network.
pub(super) fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        Some(Host::Domain(name)) => name == "localhost" || name == "host.docker.internal",
        None => false,
    }
}

/// Returns whether a URL points to a private network, or to a host without a domain, such as a container.
pub(super) fn is_local(url: &Url) -> bool {
    is_private(url) || matches!(url.host(), Some(Host::Domain(name)) if !name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_users_copy_it() {
        use ApiFormat::*;
        for (kind, address, expected) in [
            (Openai, "https://api.openai.com/v1", "https://api.openai.com/v1"),
            (Openai, "https://api.openai.com/v1/", "https://api.openai.com/v1"),
            (Openai, "https://api.openai.com", "https://api.openai.com/v1"),
            (
                Openai,
                "https://api.openai.com/v1/chat/completions",
                "https://api.openai.com/v1",
            ),
            (
                Openai,
                " https://api.openai.com//v1//chat/completions/ ",
                "https://api.openai.com/v1",
            ),
            (
                Openai,
                "https://gw.example/team/openai",
                "https://gw.example/team/openai",
            ),
            (Groq, "https://api.groq.com", "https://api.groq.com/openai/v1"),
            (
                Groq,
                "https://api.groq.com/openai",
                "https://api.groq.com/openai/v1",
            ),
            (
                Openrouter,
                "https://openrouter.ai/api/",
                "https://openrouter.ai/api/v1",
            ),
            (
                Azure,
                "https://n.openai.azure.com/",
                "https://n.openai.azure.com/openai/v1",
            ),
            (
                Azure,
                "https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
                "https://n.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
            ),
            (
                OpenaiCompatible,
                "http://127.0.0.1:1234",
                "http://127.0.0.1:1234/v1",
            ),
            (OpenaiCompatible, "http://vllm:8000/", "http://vllm:8000/v1"),
            (
                OpenaiCompatible,
                "http://127.0.0.1:1234/chat/completions",
                "http://127.0.0.1:1234/",
            ),
            (
                OpenaiCompatible,
                "https://api.perplexity.example",
                "https://api.perplexity.example/",
            ),
            (
                Anthropic,
                "https://api.anthropic.com",
                "https://api.anthropic.com/v1",
            ),
            (
                Anthropic,
                "https://api.anthropic.com/v1/messages",
                "https://api.anthropic.com/v1",
            ),
            (
                Anthropic,
                "https://gw.example/anthropic/",
                "https://gw.example/anthropic/v1",
            ),
            (Gemini, "https://g.example", "https://g.example/v1beta"),
            (
                Gemini,
                "https://g.example/v1beta/models",
                "https://g.example/v1beta",
            ),
            (
                Gemini,
                "https://g.example/v1beta/models/gemini-2.5-flash:generateContent",
                "https://g.example/v1beta",
            ),
            (
                Gemini,
                "https://g.example/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
                "https://g.example/v1beta",
            ),
            (Ollama, "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/"),
            (Ollama, "http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/"),
            (
                Ollama,
                "http://127.0.0.1:11434/api/chat",
                "http://127.0.0.1:11434/",
            ),
            (Ollama, "http://box/ollama/api", "http://box/ollama"),
            (Ollama, "http://box/ollama", "http://box/ollama"),
        ] {
            assert_eq!(
                parse(kind, address).unwrap().as_str(),
                expected,
                "{kind:?} {address}"
            );
        }
        for kind in ApiFormat::ALL {
            if let Some(default) = kind.default_base_url() {
                let url = parse(kind, default).unwrap();
                assert_eq!(url.as_str().trim_end_matches('/'), default);
            }
        }
    }

    #[test]
    fn an_address_with_a_secret_is_an_error() {
        for address in [
            "https://g.example/v1beta?key=abc",
            "https://u:p@x",
            "https://x?access_token=a",
        ] {
            assert!(parse(ApiFormat::Gemini, address).is_err(), "{address}");
        }
    }
}
