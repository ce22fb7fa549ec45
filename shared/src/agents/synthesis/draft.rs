//! A model's text while it is written: each sentence is proved as soon as it is whole, and shown if it may be.

use super::verified_text::VerifiedText;
use crate::{
    domain::{Event, Passage},
    event_sink::EventSink,
    evidence::{
        claims::{Sentence, assertions},
        markers::settled,
        verifier::{Finding, Verifier},
    },
};

/// What came of a text so far.
pub(super) struct Draft<'a> {
    passages: &'a [Passage],
    sink: &'a EventSink,
    /// Made with the first sentence.
    verifier: Option<Verifier<'a>>,
    /// The text as it came.
    text: String,
    /// How much of it has been proved, in bytes.
    taken: usize,
    /// It is looked at again when it is this long.
    next_look: usize,
    proved: VerifiedText,
}

impl<'a> Draft<'a> {
    /// Of an answer from these passages, which this sink is told of.
    pub(super) fn new(passages: &'a [Passage], sink: &'a EventSink) -> Self {
        Self {
            passages,
            sink,
            verifier: None,
            text: String::new(),
            taken: 0,
            next_look: 0,
            proved: VerifiedText::default(),
        }
    }

    /// Adds what the model has written. A sentence is whole once another one has begun: until then its markers may come.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        while self.text.len() >= self.next_look {
            let rest = &self.text[self.taken..];
            let rest = &rest[..settled(rest)];
            let mut sentences = assertions(rest).into_iter();
            let (Some(first), Some(second)) = (sentences.next(), sentences.next()) else {
                // What is long and has no sentences is not read again with every word.
                self.next_look = self.text.len() + rest.len() / 8 + 1;
                return;
            };
            // Markers at the start of a line belong to what follows.
            let between = &rest[first.range.end..second.range.start];
            let line = between.rfind('\n').map_or(between.len(), |at| at + 1);
            self.taken += first.range.end + line;
            self.prove(&first);
        }
    }

    /// Adds the rest of the whole text, of which `end` bytes count.
    pub(super) fn finish(&mut self, whole: &str, end: usize) {
        let rest = whole.get(self.taken..end).unwrap_or_default();
        for sentence in assertions(rest) {
            self.prove(&sentence);
        }
    }

    /// Adds a sentence that has been looked up.
    pub(super) fn add(&mut self, sentence: &Sentence, finding: Finding) {
        let Some(text) = self
            .proved
            .add(sentence, finding, self.passages)
            .map(str::to_owned)
        else {
            return;
        };
        self.sink.emit(Event::Delta { text });
        if let Some(claim) = self.proved.claims.last() {
            self.sink.emit(Event::Claim(claim.clone()));
        }
    }

    /// Drops everything: another model begins anew.
    pub(super) fn restart(&mut self) {
        if self.has_shown() {
            self.sink.emit(Event::Restart {});
        }
        (self.text, self.taken, self.next_look) = (String::new(), 0, 0);
        self.proved = VerifiedText::default();
    }

    /// Whether a sink knows of any sentence.
    pub(super) fn has_shown(&self) -> bool {
        self.sink.is_enabled() && !self.proved.claims.is_empty()
    }

    /// What may be shown of it.
    pub(super) fn into_verified(self) -> VerifiedText {
        self.proved
    }

    fn prove(&mut self, sentence: &Sentence) {
        let verifier = self.verifier.get_or_insert_with(|| Verifier::of(self.passages));
        let finding = verifier.find(&sentence.text, &sentence.sources);
        self.add(sentence, finding);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use tokio_util::sync::CancellationToken;

    use crate::retrieval::test_passages::passage;

    fn passages() -> [Passage; 2] {
        [
            passage("a", "The lamp was lit in 1871. The lamp is 31 metres tall."),
            passage("b", "Its keeper was Ada Holm."),
        ]
    }

    /// What is told of a text that comes in pieces, and the text that is kept.
    fn told(pieces: &[&str]) -> (Vec<Event>, String) {
        let passages = passages();
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let sink = EventSink::new(sender, CancellationToken::new());
        let mut draft = Draft::new(&passages, &sink);
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
    fn a_sentence_is_shown_once_the_next_one_has_begun() {
        let passages = passages();
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let sink = EventSink::new(sender, CancellationToken::new());
        let mut draft = Draft::new(&passages, &sink);
        for piece in ["The lamp was lit in 1871.", " [", "1", "]"] {
            draft.push(piece);
            assert!(
                receiver.try_recv().is_err(),
                "its markers may still come: {piece}"
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
        assert_eq!((claim.id.as_str(), claim.start), ("c1", 0), "it has begun anew");
    }

    #[test]
    fn a_sentence_keeps_its_markers_wherever_they_are_cut() {
        let text = "The lamp was lit in 1871 [2]. Its keeper was Ada Holm. [2][1] The lamp is 31 metres tall.【1】 (See below.)";
        let whole = told(&[text]);
        assert_eq!(whole.0.len(), 6, "three sentences, each with its proof");
        for size in 1..8 {
            let characters: Vec<char> = text.chars().collect();
            let pieces: Vec<String> = characters
                .chunks(size)
                .map(|piece| piece.iter().collect())
                .collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            assert_eq!(told(&pieces), whole, "{size} at a time");
        }
    }

    #[test]
    fn markers_before_a_sentence_on_a_line_of_its_own_stay_with_it() {
        let (events, text) = told(&[
            "[1] The lamp was lit in 1871.\n[2] Its keeper was Ada Holm.\n[1] So",
            " what?",
        ]);
        assert_eq!(text, "The lamp was lit in 1871. [1] Its keeper was Ada Holm. [2]");
        assert_eq!(deltas(&events).concat(), text);
    }

    proptest::proptest! {
        #[test]
        fn what_is_told_is_what_is_kept_wherever_the_text_is_cut(
            pieces in proptest::collection::vec(
                "((\\PC){0,6}|The lamp was lit in 1871\\.|The lamp is|31 metres tall|Its keeper was Ada Holm| \\[1\\]|\\[2\\]|\n|[.!?:] ){0,4}",
                0..8,
            )
        ) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let (events, text) = told(&pieces);
            proptest::prop_assert_eq!(deltas(&events).concat(), text);
        }
    }
}
