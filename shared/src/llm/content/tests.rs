//! Tests of the answer in generated text, cut anywhere.

use proptest::prelude::*;

use super::{Content, Part};

/// Returns the answer in a text that arrives in these pieces.
fn answer<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut content = Content::new(false);
    let mut text = String::new();
    let mut apply = |parts: Vec<Part>| {
        for part in parts {
            match part {
                Part::Text(more) => {
                    assert!(!more.is_empty());
                    text.push_str(&more);
                }
                Part::Retract => text.clear(),
            }
        }
    };
    for piece in pieces {
        apply(content.push(piece));
    }
    apply(content.end());
    text
}

/// Checks the answer in a text: whole, cut in two at every character, and character by character.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(answer([text]), expected, "{text:?}");
    for (cut, _) in text.char_indices() {
        let (head, tail) = text.split_at(cut);
        assert_eq!(answer([head, tail]), expected, "{text:?} cut at {cut}");
    }
    assert_eq!(answer(text.split_inclusive(|_| true)), expected, "{text:?}");
}

#[test]
fn thoughts_are_dropped() {
    for thought in [
        "<think>Let me see.</think>",
        "<think>\nLet me see.\n</think>\n\n",
        "<THINK>Let me see.</THINK>",
        "< think >Let me see.</ think >",
        "<thinking budget=\"5\">Let me see.</thinking>",
        "<think\n  depth='2'>Let me see.</think\n>",
        "<reasoning>Let me see: 1 < 2 </reasoning>",
        "<seed:think>Let me see.</seed:think>",
        "<scratchpad>Let <b>me</b> see.</thinking>",
        "[THINK]Let me see [1].[/THINK]",
        "◁think▷Let me see.◁/think▷",
        "<|begin_of_thought|>Let me see.<|end_of_thought|>",
        "<|START_THINKING|>Let me see.<|END_THINKING|><|START_RESPONSE|>",
        "<|channel|>analysis<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>",
        "Let me see.</think>",
        "Let me see.</think></think> Now.</think>",
        "<think>Let me <think>see</think> this.</think>",
        "```\n<think>Let me see.</think>\n```\n</think>",
    ] {
        check(&format!("{thought}It is red [1]."), "It is red [1].");
    }
    check("It is red. <think>Is it?</think>It is.", "It is red. It is.");
    check("It is red.<think>Is it?</think>It is.", "It is red. It is.");
    check("It is<think/> red.", "It is red.");
}

#[test]
fn an_open_thought_drops_the_rest() {
    check("<think>It is red.", "");
    check("It is red. <think>Or is it", "It is red. ");
    check("It is red. <think>Or is it</thin", "It is red. ");
    check("It is red. <think", "It is red. ");
    check("<|channel|>analysis<|message|>It is red.", "");
}

#[test]
fn template_tokens_are_dropped() {
    for token in [
        "<|im_end|>",
        "<|eot_id|>",
        "</s>",
        "<|end|>",
        "<|end_of_text|>",
        "<|endoftext|>",
        "<end_of_turn>",
        "<eos>",
        "<｜end▁of▁sentence｜>",
        "<|END_OF_TURN_TOKEN|>",
        "<|return|>",
        "<|user|>",
        "<|im_start|>user\n",
        "[INST]",
    ] {
        check(&format!("It is red.{token}\nIt is not."), "It is red.");
    }
    for token in [
        "<|assistant|>\n",
        "<|im_start|>assistant\n",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<start_of_turn>model\n",
        "<|im_assistant|>assistant<|im_middle|>",
        "<s>",
        "<bos>",
        "<｜Assistant｜>",
        "[/INST] ",
        "<|user|>\nWhat is it?<|end|>\n<|assistant|>\n",
        "<|im_start|>system\nAnswer.<|im_end|>\n<|im_start|>assistant\n",
        "<|im_end|>\n",
    ] {
        check(&format!("{token}It is red."), "It is red.");
    }
    check("It is<|assistant|>red.<pad><pad>", "It is red.");
    check("It is red.<|im_end", "It is red.");
}

#[test]
fn other_text_is_the_answer() {
    for text in [
        "It is <b>red</b> [1]: a < b, b <- c, <https://example.com/x>, [INSTALL].",
        "Models write `<think>` and `</think>` around thoughts, and ``<|im_end|>`` at the end.",
        "A turn ends so:\n```\n<|im_end|>\n</think>\n```\nAnd so on.",
        "`<think>` starts a thought.",
        "It was <s>red</s> blue.",
        "<thinker> and <think-tank> and x |> f <| y.",
        "a <",
        "see [",
        "{",
        "{ x } is a set.",
        "```rust\nlet x = 1;\n```",
        "{\"host\": \"a\", \"path\": \"b\"}",
    ] {
        check(text, text);
    }
}

#[test]
fn an_object_around_the_answer_is_dropped() {
    for text in [
        r#"{"answer": "It is \"red\"\n[1]."}"#,
        "```json\n{\"answer\": \"It is \\\"red\\\"\\n[1].\"}\n```",
        r#"{ "thoughts": "Let me see.", "response": "It is \"red\"\n[1].", "sources": [1] }"#,
        r#"<think>Let me see.</think>{"result": {"text": "It is \"red\"\n[1]."}}<|im_end|>"#,
        r#"{"answer": "It is \"red\"\n[1]."#,
    ] {
        check(text, "It is \"red\"\n[1].");
    }
}

#[test]
fn an_answer_in_json_stays_an_object() {
    let mut content = Content::new(true);
    let mut parts = content.push("<think>x</think>{\"answer\": ");
    parts.extend(content.push("\"a\"}"));
    parts.extend(content.end());
    let text = |text: &str| Part::Text(text.to_owned());
    assert_eq!(parts, [text("{\"answer\": "), text("\"a\"}")]);
}

const PARTS: &[&str] = &[
    "<",
    ">",
    "/",
    "|",
    "｜",
    "▁",
    "[",
    "]",
    "`",
    "```",
    "\n",
    " ",
    "think",
    "s",
    "INST",
    "im_end",
    "assistant",
    "user",
    "channel",
    "a",
    "É",
    "{",
    "}",
    "\"",
    ":",
    "◁",
    "▷",
    "<think>",
    "</think>",
    "<|im_start|>",
    "<|message|>",
    "<s>",
    "</s>",
    "It is red.",
    "<seed:",
    "{\"answer\": \"",
];

proptest! {
    #[test]
    fn the_answer_does_not_depend_on_the_cuts(
        pieces in prop::collection::vec(prop::sample::select(PARTS), 0..40),
        size in 1..9_usize,
    ) {
        let text = pieces.concat();
        let characters: Vec<char> = text.chars().collect();
        let cut: Vec<String> = characters.chunks(size).map(|chunk| chunk.iter().collect()).collect();
        let whole = answer([text.as_str()]);
        prop_assert_eq!(&answer(cut.iter().map(String::as_str)), &whole);
        prop_assert_eq!(&answer(pieces), &whole);
    }
}
