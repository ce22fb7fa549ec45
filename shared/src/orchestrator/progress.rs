//! Progress events of an answer that have no step of their own: stages, sources, and a text that was not streamed.

use crate::{
    domain::{Answer, Event, Source, Stage},
    event_sink::EventSink,
};

/// Sends the stages that are complete.
pub(super) fn emit_stages(sink: &EventSink, stages: &[Stage]) {
    for stage in stages {
        sink.emit(Event::Stage(stage.clone()));
    }
}

/// Sends the numbered sources.
pub(super) fn emit_sources(sink: &EventSink, sources: &[Source]) {
    if sink.is_enabled() {
        let sources = sources.to_vec();
        sink.emit(Event::Sources { sources });
    }
}

/// Sends the text of an answer and its claims at once.
pub(super) fn emit_text(sink: &EventSink, answer: &Answer) {
    if !answer.answer.is_empty() {
        let text = answer.answer.clone();
        sink.emit(Event::Delta { text });
    }
    for claim in &answer.claims {
        sink.emit(Event::Claim(claim.clone()));
    }
}
