//! Estimates of a call's token usage, from the sizes of its texts.

use crate::domain::Tokens;

/// Input tokens that a provider's chat template may add to a prompt.
const TEMPLATE_TOKENS: u64 = 256;
/// Bytes per token of ordinary text.
const BYTES_PER_TOKEN: u64 = 4;

/// Returns the upper bound of a call's usage: a token is at least one byte of the prompt.
pub fn max_usage(prompt_bytes: usize, max_tokens: u32) -> Tokens {
    Tokens {
        input: prompt_bytes as u64 + TEMPLATE_TOKENS,
        output: max_tokens.into(),
    }
}

/// Estimates the usage of a call from four bytes per token, for providers that do not report it.
pub fn estimated_usage(prompt_bytes: usize, text_bytes: usize) -> Tokens {
    Tokens {
        input: prompt_bytes as u64 / BYTES_PER_TOKEN,
        output: text_bytes as u64 / BYTES_PER_TOKEN,
    }
}
