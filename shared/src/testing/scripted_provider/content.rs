//! Behaviours that change what a model writes, or how a provider reports its end.

use serde_json::json;

use super::{answer::ScriptedAnswer, behaviour::Behaviour, protocol::StreamEvent};
use crate::domain::FinishReason;

/// The size of [`Behaviour::HugeLine`], in bytes.
const HUGE_LINE: usize = 5 * 1024 * 1024;
/// A thought in five pieces.
const THOUGHTS: [&str; 5] = ["Let ", "me ", "think ", "about ", "this."];

/// Applies a behaviour to an answer. The reported token usage stays.
pub(super) fn apply(behaviour: Behaviour, answer: &mut ScriptedAnswer) {
    let insert = |answer: &mut ScriptedAnswer, start: &[&str], end: &[&str]| {
        let pieces = |pieces: &[&str]| pieces.iter().map(|piece| (*piece).to_owned()).collect();
        let (mut all, mut end): (Vec<String>, Vec<String>) = (pieces(start), pieces(end));
        all.append(&mut answer.pieces);
        all.append(&mut end);
        answer.pieces = all;
    };
    match behaviour {
        Behaviour::EmptyContent => answer.pieces.clear(),
        Behaviour::HugeLine => answer.pieces = vec!["x".repeat(HUGE_LINE)],
        Behaviour::ThoughtsFirst | Behaviour::ThoughtsAfterTokens(_) => {
            answer.thoughts = THOUGHTS.map(str::to_owned).to_vec();
        }
        Behaviour::OnlyThoughts => {
            answer.thoughts = THOUGHTS.map(str::to_owned).to_vec();
            answer.pieces.clear();
            answer.finish = FinishReason::Length;
        }
        Behaviour::OpenThinkTag => {
            insert(answer, &["<think>"], &[]);
            answer.finish = FinishReason::Length;
        }
        Behaviour::ThinkTag => insert(
            answer,
            &["<th", "ink>\nLet me <b>", "think.</", "think", ">\n\n"],
            &[],
        ),
        Behaviour::CloseThinkTag => insert(answer, &["Let me think.", "\n</think>\n\n"], &[]),
        Behaviour::TemplateTokens => insert(
            answer,
            &["<|assistant", "|>\n"],
            &["<|im_", "end|>", "\n<|im_start|>user\nWhat else?"],
        ),
        Behaviour::JsonAround => {
            let text = json!({"answer": answer.text()}).to_string();
            let (head, tail) = text.split_at(text.floor_char_boundary(12));
            answer.pieces = vec![
                "```json\n".to_owned(),
                head.to_owned(),
                tail.to_owned(),
                "\n```".to_owned(),
            ];
        }
        _ => {}
    }
}

/// Applies a behaviour to JSON that may report the end.
pub(super) fn apply_to_end(behaviour: Behaviour, json: &mut String) {
    let replacement = match behaviour {
        Behaviour::FinishReason(reason) => json!(reason).to_string(),
        Behaviour::NullFinish => "null".to_owned(),
        _ => return,
    };
    for reason in [r#""stop""#, r#""end_turn""#, r#""STOP""#] {
        *json = json.replace(reason, &replacement);
    }
}

/// Returns the event that ends a stream of server-sent events without a finish reason.
pub(super) fn done() -> StreamEvent {
    StreamEvent {
        name: None,
        data: "[DONE]".to_owned(),
    }
}
