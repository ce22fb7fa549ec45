//! The parameter that an error report refuses. The report is searched and then dropped: it may quote the prompt.

use serde_json::Value;

use super::parameters::Parameter;

/// A name of a parameter in requests of any format, the parameter, and whether the name is also a common word. A common
/// word counts in a message only in quotes.
const NAMES: [(&str, Parameter, bool); 30] = [
    ("temperature", Parameter::Temperature, false),
    ("max_tokens", Parameter::MaxTokens, false),
    ("max_completion_tokens", Parameter::MaxTokens, false),
    ("reasoning_effort", Parameter::ReasoningEffort, false),
    ("reasoning", Parameter::ReasoningEffort, true),
    ("effort", Parameter::ReasoningEffort, true),
    ("thinking", Parameter::ReasoningEffort, true),
    ("think", Parameter::ReasoningEffort, true),
    ("thinkingconfig", Parameter::ReasoningEffort, false),
    ("thinking_config", Parameter::ReasoningEffort, false),
    ("thinkingbudget", Parameter::ReasoningEffort, false),
    ("thinking_budget", Parameter::ReasoningEffort, false),
    ("thinkinglevel", Parameter::ReasoningEffort, false),
    ("thinking_level", Parameter::ReasoningEffort, false),
    ("stop", Parameter::Stop, true),
    ("stop_sequences", Parameter::Stop, false),
    ("stopsequences", Parameter::Stop, false),
    ("response_format", Parameter::Schema, false),
    ("json_schema", Parameter::Schema, false),
    ("output_config", Parameter::Schema, false),
    ("output_format", Parameter::Schema, false),
    ("responsejsonschema", Parameter::Schema, false),
    ("response_json_schema", Parameter::Schema, false),
    ("responsemimetype", Parameter::Schema, false),
    ("response_mime_type", Parameter::Schema, false),
    ("system", Parameter::System, true),
    ("system_instruction", Parameter::System, false),
    ("stream_options", Parameter::Usage, false),
    ("include_usage", Parameter::Usage, false),
    ("stream", Parameter::Stream, true),
];

/// Lower-case phrases that name a parameter without its name.
const PHRASES: [(&str, Parameter); 5] = [
    ("system role not supported", Parameter::System), // chat templates: vLLM, llama.cpp
    ("developer instruction is not enabled", Parameter::System), // Gemini
    ("does not support thinking", Parameter::ReasoningEffort), // Ollama
    ("thinking is not supported", Parameter::ReasoningEffort), // Gemini
    ("verified to stream", Parameter::Stream),        // OpenAI
];

/// Lower-case words of a message that a parameter is not known or not supported.
const UNKNOWN: [&str; 15] = [
    "unsupported",
    "not support",
    "n't support",
    "not compatible",
    "incompatible",
    "unrecognized",
    "unknown",
    "unexpected",
    "extra ",
    "extra_forbidden",
    "not permitted",
    "not allowed",
    "not enabled",
    "deprecated",
    "cannot find field",
];

/// Lower-case words of a message that the value of a parameter is refused.
const VALUE: [&str; 6] = ["invalid", "must be", "may only", "only ", "cannot be", "strictly"];

/// Returns the parameter that an error report refuses: by its `param`, its `loc`, or the first name in a message.
pub(super) fn refused_in(report: &Value) -> Option<Parameter> {
    let mut texts = Vec::new();
    collect(report, &mut texts);
    let message = texts.join("\n").to_lowercase();
    let is_unknown = UNKNOWN.iter().any(|word| message.contains(word));
    let is_value = VALUE.iter().any(|word| message.contains(word));
    let field = fields(report)
        .into_iter()
        .find_map(|field| by_name(&field, &message));
    let named = || field.or_else(|| first_name(&message).filter(|_| is_unknown || is_value));
    let phrase = PHRASES.iter().find(|(phrase, _)| message.contains(phrase));
    let parameter = phrase.map(|(_, parameter)| *parameter).or_else(named)?;
    // The other name does not help against a value that is too large.
    (parameter != Parameter::MaxTokens || is_unknown).then_some(parameter)
}

/// Collects all texts of a report.
fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

/// Returns the fields that a report names: `param` of OpenAI, `field` of Google, `loc` of Python servers.
fn fields(report: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let inner: Vec<&Value> = match report {
        Value::Array(values) => values.iter().collect(),
        Value::Object(fields) => {
            for name in ["param", "field"] {
                found.extend(fields.get(name).and_then(Value::as_str).map(str::to_lowercase));
            }
            let location = fields.get("loc").and_then(Value::as_array);
            found.extend(location.and_then(|parts| {
                let names = parts.iter().filter_map(Value::as_str);
                names.map(str::to_lowercase).find(|name| name != "body")
            }));
            fields.values().collect()
        }
        _ => Vec::new(),
    };
    found.extend(inner.into_iter().flat_map(fields));
    found
}

/// Returns the parameter of a field such as `generationConfig.temperature`. The role of a message is the system prompt's
/// if the message says so.
fn by_name(field: &str, message: &str) -> Option<Parameter> {
    if field.starts_with("messages") && field.ends_with("role") {
        return message.contains("system").then_some(Parameter::System);
    }
    let parts: Vec<&str> = field.split(|character| !is_name(character)).collect();
    parts
        .iter()
        .rev()
        .find_map(|part| NAMES.iter().find(|(name, ..)| name == part))
        .map(|(_, parameter, _)| *parameter)
}

/// Returns the parameter that a lower-case message names first.
fn first_name(message: &str) -> Option<Parameter> {
    let mut start = 0;
    message.split(|character| !is_name(character)).find_map(|word| {
        let before = message[..start].chars().next_back();
        let after = message[start + word.len()..].chars().next();
        start += word.len() + after.map_or(0, char::len_utf8);
        let is_quoted = |character| matches!(character, Some('\'' | '"' | '`'));
        NAMES
            .iter()
            .find(|(name, _, is_word)| *name == word && (!is_word || (is_quoted(before) && is_quoted(after))))
            .map(|(_, parameter, _)| *parameter)
    })
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_providers_report_names_its_parameter() {
        let cases = [
            (
                json!({"error": {"message": "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
                    "type": "invalid_request_error", "param": "temperature", "code": "unsupported_value"}}),
                Some(Parameter::Temperature),
            ),
            (
                json!({"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                    "code": "invalid_request_body"}}),
                Some(Parameter::MaxTokens),
            ),
            (
                json!({"error": {"message": "max_tokens is too large: 9000. This model supports at most 4096 completion tokens.",
                    "param": "max_tokens", "code": "invalid_value"}}),
                None,
            ),
            (
                json!({"object": "error", "message": {"detail": [{"type": "extra_forbidden",
                    "loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not permitted", "input": 64}]}}),
                Some(Parameter::MaxTokens),
            ),
            (
                json!({"detail": [{"loc": ["body", "stream_options", "include_usage"], "msg": "extra fields not permitted"}]}),
                Some(Parameter::Usage),
            ),
            (
                json!({"type": "error", "error": {"type": "invalid_request_error", "message": "`temperature` is deprecated for this model."}}),
                Some(Parameter::Temperature),
            ),
            (
                json!({"error": {"code": 400, "status": "INVALID_ARGUMENT",
                    "message": "Invalid JSON payload received. Unknown name \"thinkingLevel\" at 'generation_config': Cannot find field."}}),
                Some(Parameter::ReasoningEffort),
            ),
            (
                json!({"error": {"code": 400, "message": "Developer instruction is not enabled for models/gemma-3-4b-it"}}),
                Some(Parameter::System),
            ),
            (
                json!({"error": "\"llama3.2\" does not support thinking"}),
                Some(Parameter::ReasoningEffort),
            ),
            (
                json!({"error": "Input validation error: `temperature` must be strictly positive", "error_type": "validation"}),
                Some(Parameter::Temperature),
            ),
            (
                json!({"error": {"message": "Provider returned error", "code": 400,
                    "metadata": {"raw": "{\"error\":{\"message\":\"Unsupported parameter: 'stop'\",\"param\":\"stop\"}}"}}}),
                Some(Parameter::Stop),
            ),
            (
                json!({"error": {"message": "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
                    "param": "messages[0].role"}}),
                Some(Parameter::System),
            ),
            (
                json!({"error": {"message": "Your organization must be verified to stream this model.", "param": "stream"}}),
                Some(Parameter::Stream),
            ),
            (
                json!({"error": {"message": "Invalid request: please stop and check the system."}}),
                None,
            ),
            (
                json!({"error": {"message": "The request failed.", "param": null}}),
                None,
            ),
            (
                json!({"error": {"message": "Invalid value", "param": "messages[1].content"}}),
                None,
            ),
            (
                json!("unsupported parameter temperature"),
                Some(Parameter::Temperature),
            ),
            (Value::Null, None),
        ];
        for (report, expected) in cases {
            assert_eq!(refused_in(&report), expected, "{report}");
        }
    }
}
