//! Incremental verification of a model's text: each sentence is verified once it is complete, and emitted if it, or a
//! passage in its place, is supported.

use super::{
    echo::Echo,
    repair::{Repairer, is_running},
    verified_text::{Replacement, VerifiedText, shown_line},
};
use crate::{
    agents::retrieval::Retrieved,
    domain::{Event, Passage, Question, Verdict},
    event_sink::EventSink,
    evidence::{
        claims::{Sentence, assertions},
        disagreement::Conflict,
        markers::stable_prefix_len,
        verifier::{Finding, Verifier},
    },
};

/// Number of proved sentences that end an answer: a model that copies on and on is stopped.
const MAX_SENTENCES: usize = 8;

/// A text that is being generated, with its verified sentences.
pub(super) struct Draft<'a> {
    passages: &'a [Passage],
    sink: &'a EventSink,
    echo: &'a Echo,
    /// Created with the first sentence.
    verifier: Option<Verifier<'a>>,
    /// The model's text so far, unmodified.
    text: String,
    /// Length of the text that has been verified, in bytes.
    processed: usize,
    /// Length of the text at which it is scanned again, in bytes.
    next_scan: usize,
    verified: VerifiedText,
    /// What was proved, and not shown, of a text that was given up.
    abandoned: VerifiedText,
    /// Replaces sentences that no source supports; `None` if they are removed.
    repairer: Option<Repairer<'a>>,
}

impl<'a> Draft<'a> {
    /// Creates a draft that is verified against passages and emits its sentences to a sink.
    pub(super) fn new(passages: &'a [Passage], sink: &'a EventSink, echo: &'a Echo) -> Self {
        Self {
            passages,
            sink,
            echo,
            verifier: None,
            text: String::new(),
            processed: 0,
            next_scan: 0,
            verified: VerifiedText::default(),
            abandoned: VerifiedText::default(),
            repairer: None,
        }
    }

    /// Quotes the passages that unsupported sentences come close to, where they answer the question.
    pub(super) fn with_repair(self, question: &Question, retrieved: &'a Retrieved) -> Self {
        Self {
            repairer: Some(Repairer::new(question, retrieved)),
            ..self
        }
    }

    /// Appends text. A sentence is complete once the next one has begun: until then, its markers may still follow.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        while self.text.len() >= self.next_scan && !self.is_full() {
            let rest = &self.text[self.processed..];
            let rest = &rest[..stable_prefix_len(rest)];
            let mut sentences = assertions(rest).into_iter();
            let (Some(first), Some(second)) = (sentences.next(), sentences.next()) else {
                // Long text without sentences is not scanned again with every token.
                self.next_scan = self.text.len() + rest.len() / 8 + 1;
                return;
            };
            // Markers at the start of a line belong to the sentence after them.
            let between = &rest[first.range.end..second.range.start];
            let line = between.rfind('\n').map_or(between.len(), |at| at + 1);
            self.processed += first.range.end + line;
            self.verify(&first);
        }
    }

    /// Verifies the rest of the complete text, up to byte `end`.
    pub(super) fn finish(&mut self, complete: &str, end: usize) {
        let rest = complete.get(self.processed..end).unwrap_or_default();
        for sentence in assertions(rest) {
            if self.is_full() {
                return;
            }
            self.verify(&sentence);
        }
    }

    /// Adds a sentence with its finding, or the passage that replaces it, and emits what was added.
    pub(super) fn add(&mut self, sentence: &Sentence, finding: Finding) {
        let is_bare_title = self.echo.is_title(&sentence.text) && !self.is_running(&finding);
        if is_bare_title || self.echo.is_told(&sentence.text) {
            return;
        }
        let added = match self.replacement(sentence, &finding) {
            Some(replacement) => Some(self.verified.replace(replacement)),
            None => self.verified.add(sentence, finding, self.passages),
        };
        let Some(text) = added.map(str::to_owned) else {
            return;
        };
        self.sink.emit(Event::Delta { text });
        if let Some(claim) = self.verified.claims.last() {
            self.sink.emit(Event::Claim(claim.clone()));
        }
    }

    /// Adds the other sides of disagreements of which the text so far states one side, in the words of their sources.
    pub(super) fn add_left_out(&mut self, conflicts: &[Conflict]) {
        for conflict in conflicts {
            let said: Vec<&str> = self
                .verified
                .claims
                .iter()
                .map(|claim| claim.text.as_str())
                .collect();
            for citation in conflict.left_out(&said.join("\n\n")) {
                self.verify(&Sentence {
                    range: 0..citation.quote.len(),
                    text: citation.quote.clone(),
                    sources: vec![citation.source],
                });
            }
        }
    }

    /// Discards everything: another model starts over.
    pub(super) fn restart(&mut self) {
        if self.has_shown() {
            self.sink.emit(Event::Restart {});
        } else if !self.verified.claims.is_empty() {
            self.abandoned = std::mem::take(&mut self.verified);
        }
        (self.text, self.processed, self.next_scan) = (String::new(), 0, 0);
        self.verified = VerifiedText::default();
    }

    /// Whether the answer has as many proved sentences as it may have.
    pub(super) fn is_full(&self) -> bool {
        self.verified.claims.len() >= MAX_SENTENCES
    }

    /// Whether sentences of a text that was given up, and of which nothing was shown, were proved.
    pub(super) fn has_abandoned(&self) -> bool {
        !self.abandoned.claims.is_empty()
    }

    /// Whether any sentence has been emitted to an enabled sink.
    pub(super) fn has_shown(&self) -> bool {
        self.sink.is_enabled() && !self.verified.claims.is_empty()
    }

    /// Returns the verified text.
    pub(super) fn into_verified(self) -> VerifiedText {
        self.verified
    }

    /// Returns what was verified of the text that was given up.
    pub(super) fn into_abandoned(self) -> VerifiedText {
        self.abandoned
    }

    /// Whether a passage has what was found as a sentence of its text, not only as a title or heading.
    fn is_running(&self, finding: &Finding) -> bool {
        finding.citations.iter().any(|unit| {
            let passage = unit
                .source
                .checked_sub(1)
                .and_then(|place| self.passages.get(place));
            passage.is_some_and(|passage| is_running(unit, passage))
        })
    }

    /// The passage to quote in place of a sentence that no source supports. It is not in the text yet, and verified as every
    /// sentence is.
    fn replacement(&mut self, sentence: &Sentence, finding: &Finding) -> Option<Replacement> {
        if finding.is_supported() {
            return None;
        }
        let unit = finding.nearest.as_ref()?;
        let said = shown_line(&sentence.text, self.passages)?;
        let repairer = self.repairer.as_mut()?;
        let line = repairer.replacement(&sentence.text, unit, &self.verified.claims)?;
        if self.verified.shows(&line) {
            return None;
        }
        let mut finding = self.verifier().find(&line, &[unit.source]);
        if finding.verdict == Verdict::Supported {
            finding.citations = vec![unit.clone()];
        }
        finding
            .is_supported()
            .then_some(Replacement { line, said, finding })
    }

    fn verifier(&mut self) -> &mut Verifier<'a> {
        self.verifier.get_or_insert_with(|| Verifier::new(self.passages))
    }

    /// Verifies a sentence and adds it, unless the model repeats its prompt.
    fn verify(&mut self, sentence: &Sentence) {
        let text = self.echo.without_frame(&sentence.text);
        if text.trim().is_empty() {
            return;
        }
        let sentence = Sentence {
            text,
            ..sentence.clone()
        };
        let finding = self.verifier().find(&sentence.text, &sentence.sources);
        self.add(&sentence, finding);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::{super::model::FramedPrompt, *};
    use tokio_util::sync::CancellationToken;

    use crate::{domain::Prompt, retrieval::test_passages::passage};

    const FRAME: &str = "T9R2XN6E";

    fn passages() -> [Passage; 2] {
        [
            passage(
                "The Lamp",
                "# The Lamp\n\nThe lamp was lit in 1871. The lamp is 31 metres tall.",
            ),
            passage("b", "Its keeper was Ada Holm."),
        ]
    }

    fn echo(passages: &[Passage]) -> Echo {
        let prompt = FramedPrompt {
            prompt: Prompt::new("", "", 1),
            frame: FRAME.to_owned(),
        };
        Echo::new(&prompt, &Question::parse("When was it lit?").unwrap(), passages)
    }

    /// Returns the events of a text that arrives in pieces, and the verified text.
    fn run(pieces: &[&str]) -> (Vec<Event>, String) {
        let passages = passages();
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let sink = EventSink::new(sender, CancellationToken::new());
        let echo = echo(&passages);
        let mut draft = Draft::new(&passages, &sink, &echo);
        pieces.iter().for_each(|piece| draft.push(piece));
        let whole = pieces.concat();
        draft.finish(&whole, whole.len());
        let text = draft.into_verified().text;
        let mut events = Vec::new();
        while let Ok(event) = receiver.try_recv() {
            events.push(event);
        }
        (events, text)
    }

    fn deltas(events: &[Event]) -> Vec<&str> {
        let deltas = events.iter().filter_map(|event| match event {
            Event::Delta { text } => Some(text.as_str()),
            _ => None,
        });
        deltas.collect()
    }

    #[test]
    fn a_sentence_is_emitted_once_the_next_one_has_begun() {
        let passages = passages();
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let sink = EventSink::new(sender, CancellationToken::new());
        let echo = echo(&passages);
        let mut draft = Draft::new(&passages, &sink, &echo);
        for piece in ["The lamp was lit in 1871.", " [", "1", "]"] {
            draft.push(piece);
            assert!(
                receiver.try_recv().is_err(),
                "its markers may still follow: {piece}"
            );
        }
        draft.push(" Its");
        assert!(matches!(receiver.try_recv(), Ok(Event::Delta { .. })));
        assert!(draft.has_shown());
        draft.restart();
        assert!(!draft.has_shown());
        draft.finish("The lamp is 31 metres tall.", 27);
        let mut last = None;
        while let Ok(event) = receiver.try_recv() {
            last = Some(event);
        }
        let Some(Event::Claim(claim)) = last else {
            panic!("a claim comes last: {last:?}")
        };
        assert_eq!((claim.id.as_str(), claim.start), ("c1", 0), "it has started over");
    }

    #[test]
    fn a_sentence_keeps_its_markers_wherever_the_text_is_split() {
        let text = "The lamp was lit in 1871 [2]. Its keeper was Ada Holm. [2][1] The lamp is 31 metres tall.【1】 (See below.)";
        let whole = run(&[text]);
        assert_eq!(whole.0.len(), 6, "three sentences, each with its claim");
        for size in 1..8 {
            let characters: Vec<char> = text.chars().collect();
            let pieces: Vec<String> = characters
                .chunks(size)
                .map(|piece| piece.iter().collect())
                .collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            assert_eq!(run(&pieces), whole, "{size} at a time");
        }
    }

    #[test]
    fn markers_before_a_sentence_on_a_line_of_its_own_stay_with_it() {
        let (events, text) = run(&[
            "[1] The lamp was lit in 1871.\n[2] Its keeper was Ada Holm.\n[1] So",
            " what?",
        ]);
        assert_eq!(text, "The lamp was lit in 1871. [1] Its keeper was Ada Holm. [2]");
        assert_eq!(deltas(&events).concat(), text);
    }

    #[test]
    fn what_the_prompt_says_is_no_claim() {
        for echo in [
            &format!("{FRAME} [1] The Lamp\n"),
            &format!("{FRAME}\n"),
            "The Lamp [1]\n\n",
            "When was it lit\n\n",
            "Copy the sentence that answers the question.\n",
            "If no passage answers the question, write only NO ANSWER.\n",
        ] {
            let (_, text) = run(&[
                echo,
                "The lamp was lit in 1871. [1]\n",
                echo,
                "Its keeper was Ada Holm. [2]",
            ]);
            assert_eq!(
                text, "The lamp was lit in 1871. [1] Its keeper was Ada Holm. [2]",
                "{echo}"
            );
        }
    }

    #[test]
    fn a_text_that_was_not_shown_is_kept_when_it_is_given_up() {
        let (passages, sink) = (passages(), EventSink::disabled());
        let echo = echo(&passages);
        let mut draft = Draft::new(&passages, &sink, &echo);
        draft.push("The lamp was lit in 1871. [1] Its");
        draft.restart();
        assert!(draft.has_abandoned());
        draft.push("It may");
        draft.restart();
        assert_eq!(draft.verified.text, "", "it is not that of the next model");
        assert_eq!(draft.into_abandoned().text, "The lamp was lit in 1871. [1]");
    }

    proptest::proptest! {
        #[test]
        fn the_emitted_text_is_the_verified_text_wherever_it_is_split(
            pieces in proptest::collection::vec(
                "((\\PC){0,6}|The lamp was lit in 1871\\.|The lamp is|31 metres tall|Its keeper was Ada Holm| \\[1\\]|\\[2\\]|\n|[.!?:] ){0,4}",
                0..8,
            )
        ) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let (events, text) = run(&pieces);
            proptest::prop_assert_eq!(deltas(&events).concat(), text);
        }
    }
}
