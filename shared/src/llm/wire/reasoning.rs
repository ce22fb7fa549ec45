//! Reasoning models, known by their names: whether a model thinks, and whether an effort bounds it.

use super::format::ApiFormat;

/// How a model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reasoning {
    /// Not unless it is requested, as far as its name tells.
    None,
    /// As much as it wants: its parameters differ by server, so none is sent.
    Unbounded,
    /// As much as the effort allows.
    Effort,
    /// One of OpenAI's own, with their restrictions.
    OpenAi {
        /// Whether it takes an effort. Some have a fixed one.
        takes_effort: bool,
    },
}

/// Names, or parts of them, of models that think by default and have no parameter in common that bounds it.
const THINKING: [&str; 11] = [
    "-thinking",
    "-reasoner",
    "-reasoning",
    "deepseek-r1",
    "qwq",
    "magistral",
    "minimax-m2",
    "gemini-2.5-pro",
    "gemini-3",
    "grok-4",
    "glm-4.",
];

/// Returns how a model thinks.
pub(super) fn of_model(kind: ApiFormat, model: &str) -> Reasoning {
    let name = model.to_ascii_lowercase();
    let has_openai_format = !matches!(kind, ApiFormat::Anthropic | ApiFormat::Gemini | ApiFormat::Ollama);
    if has_openai_format && is_openai_reasoning(kind, &name) {
        // These take no effort, or only a high one.
        let has_fixed_effort = ["-chat", "-pro", "o1-mini", "o1-preview"]
            .iter()
            .any(|part| name.contains(part));
        return Reasoning::OpenAi {
            takes_effort: !has_fixed_effort,
        };
    }
    // <https://github.com/openai/gpt-oss>: low, medium or high in each server.
    if name.contains("gpt-oss") {
        return Reasoning::Effort;
    }
    if THINKING.iter().any(|part| name.contains(part)) || is_qwen_3(&name) || is_claude_5_or_later(&name) {
        return Reasoning::Unbounded;
    }
    Reasoning::None
}

/// The first Qwen 3 models think unless their name says that they do not.
fn is_qwen_3(name: &str) -> bool {
    name.contains("qwen3")
        && !["instruct", "coder", "embed"]
            .iter()
            .any(|part| name.contains(part))
}

/// `claude-sonnet-5`: think by default (<https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking>).
fn is_claude_5_or_later(name: &str) -> bool {
    let Some((_, rest)) = name.split_once("claude-") else {
        return false;
    };
    let version = rest.split('-').find_map(|part| part.parse::<u32>().ok());
    version.is_some_and(|version| (5..100).contains(&version))
}

/// Returns whether a name is one of OpenAI's reasoning models: `o3-mini`, `gpt-5`, `openai/gpt-5.1`, `ft:o4-mini:me`. The
/// name of a deployment in Azure may have it anywhere, as in `prod-gpt-5-mini`.
fn is_openai_reasoning(kind: ApiFormat, name: &str) -> bool {
    let separates = |byte: u8| {
        matches!(byte, b'/' | b':' | b'.') || (kind == ApiFormat::Azure && matches!(byte, b'-' | b'_'))
    };
    let starts = name
        .bytes()
        .enumerate()
        .filter(|(_, byte)| separates(*byte))
        .map(|(index, _)| index + 1);
    std::iter::once(0)
        .chain(starts)
        .filter_map(|start| name.get(start..))
        .any(|part| is_o_series(part) || is_gpt_5_or_later(part))
}

fn is_o_series(name: &str) -> bool {
    let Some(rest) = name.strip_prefix('o') else {
        return false;
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let next = rest.as_bytes().get(digits);
    (1..=2).contains(&digits) && next.is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// One digit only: Azure calls GPT-3.5 `gpt-35-turbo`.
fn is_gpt_5_or_later(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("gpt") else {
        return false;
    };
    let mut bytes = rest.strip_prefix('-').unwrap_or(rest).bytes();
    matches!(bytes.next(), Some(b'5'..=b'9')) && !bytes.next().is_some_and(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_models_are_known_by_their_names() {
        let known = |kind, model| matches!(of_model(kind, model), Reasoning::OpenAi { .. });
        for model in [
            "o1",
            "o3-mini",
            "o4-mini-2025-04-16",
            "o5",
            "gpt-5",
            "GPT-5-mini",
            "gpt-5.1",
            "gpt5-nano",
            "gpt-6",
            "ft:gpt-5-mini:me::1",
            "openai/gpt-5-mini",
            "openai/o3:nitro",
            "azure/o3",
        ] {
            assert!(known(ApiFormat::OpenaiCompatible, model), "{model}");
        }
        for model in [
            "gpt-4o",
            "gpt-4.1",
            "gpt-35-turbo",
            "gpt-3.5-turbo",
            "olmo-2",
            "o",
            "oasst",
            "llama3.1:8b",
            "marco-o1",
            "o200k",
            "",
        ] {
            assert!(!known(ApiFormat::Openai, model), "{model}");
        }
        assert!(known(ApiFormat::Azure, "prod-gpt-5-mini") && known(ApiFormat::Azure, "team_o3"));
        assert!(!known(ApiFormat::Azure, "my-gpt-4o-mini") && !known(ApiFormat::Azure, "gpt-35-turbo"));
        assert!(
            !known(ApiFormat::Ollama, "gpt-5"),
            "the name of another format's model"
        );
    }

    #[test]
    fn an_effort_is_sent_only_to_models_that_take_it() {
        let of = |model| of_model(ApiFormat::Openai, model);
        assert_eq!(of("gpt-5-mini"), Reasoning::OpenAi { takes_effort: true });
        for model in ["gpt-5-pro", "gpt-5-chat-latest", "o1-mini"] {
            assert_eq!(of(model), Reasoning::OpenAi { takes_effort: false }, "{model}");
        }
        for model in ["openai/gpt-oss-20b", "openai.gpt-oss-120b-1:0", "gpt-oss:20b"] {
            assert_eq!(of(model), Reasoning::Effort, "{model}");
        }
    }

    #[test]
    fn models_that_think_by_default_are_known_by_their_names() {
        for (kind, model) in [
            (ApiFormat::Groq, "qwen/qwen3-32b"),
            (ApiFormat::Ollama, "qwen3:8b"),
            (ApiFormat::Vllm, "Qwen/QwQ-32B"),
            (ApiFormat::Huggingface, "deepseek-ai/DeepSeek-R1"),
            (ApiFormat::Bedrock, "moonshot.kimi-k2-thinking"),
            (ApiFormat::Gemini, "gemini-3.5-flash"),
            (ApiFormat::Anthropic, "claude-sonnet-5"),
            (ApiFormat::Openrouter, "anthropic/claude-opus-5-20260901"),
        ] {
            assert_eq!(of_model(kind, model), Reasoning::Unbounded, "{model}");
        }
        for (kind, model) in [
            (ApiFormat::Vllm, "Qwen/Qwen3-4B-Instruct-2507"),
            (ApiFormat::Gemini, "gemini-2.5-flash-lite"),
            (ApiFormat::Anthropic, "claude-haiku-4-5"),
            (ApiFormat::Anthropic, "claude-3-5-haiku-20241022"),
            (ApiFormat::Openrouter, "mistralai/mistral-small"),
        ] {
            assert_eq!(of_model(kind, model), Reasoning::None, "{model}");
        }
    }
}
