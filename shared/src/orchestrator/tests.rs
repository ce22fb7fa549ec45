//! The fan-out on a paused clock: lanes are scripted, all else is real.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use super::*;
use crate::{
    agents::retrieval::Availability,
    domain::{
        AbstentionReason, Candidate, Certainty, Completion, FinishReason, LaneName, LibraryId, Model,
        Passage, Progress, Question, StageStatus, Verdict,
    },
    ports::{
        GenerateOutcome, GenerateRequest, Lane, LaneError, LaneResult, Llm, LlmError, StoreError, WebError,
    },
    retrieval::test_passages::passage,
};

/// What a lane does, after a time.
#[derive(Clone)]
enum Script {
    Finds(Passage),
    Fails,
    Panics,
    Hangs,
}

struct ScriptedLane(Duration, Script);

#[async_trait]
impl Lane for ScriptedLane {
    async fn find(&self, _: &LibraryId, _: &Question, _: usize) -> Result<LaneResult, LaneError> {
        sleep(self.0).await;
        match &self.1 {
            Script::Finds(passage) => {
                let weights = BTreeMap::from([("cold".to_owned(), 3.0), ("oven".to_owned(), 1.0)]);
                Ok(LaneResult {
                    passages: vec![passage.clone()],
                    weights,
                    ..LaneResult::default()
                })
            }
            Script::Fails => {
                let source = "connection refused".into();
                Err(StoreError::Unavailable {
                    operation: "Query",
                    source,
                }
                .into())
            }
            Script::Panics => panic!("scripted"),
            Script::Hangs => std::future::pending().await,
        }
    }
}

fn lane(ms: u64, script: Script) -> Availability {
    Availability::Available(Arc::new(ScriptedLane(Duration::from_millis(ms), script)))
}

/// Keeps answers in memory.
#[derive(Default)]
struct RecordedAnswers(Mutex<Vec<Answer>>);

#[async_trait]
impl RecordAnswers for RecordedAnswers {
    async fn insert(&self, _: &UserId, answer: &Answer) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(answer.clone());
        Ok(())
    }

    fn write_units(&self, _: &UserId, _: &Answer) -> f64 {
        3.0
    }
}

/// A model that says one thing, after a time.
struct ScriptedModel(Duration, Result<&'static str, LlmError>);

#[async_trait]
impl Llm for ScriptedModel {
    fn serves(&self, model: &str) -> bool {
        model == "parrot"
    }

    fn plan(&self, _: &Model, _: usize, _: u32) -> Vec<Candidate> {
        Vec::new()
    }

    async fn warm(&self) {
        sleep(Duration::from_millis(150)).await;
    }

    async fn generate(
        &self,
        _: GenerateRequest<'_>,
        _: &mut (dyn FnMut(Progress) -> bool + Send),
    ) -> GenerateOutcome {
        sleep(self.0).await;
        let completion = |text: &'static str| Completion {
            text: text.to_owned(),
            finish: FinishReason::Stop,
            provider: "aviary".to_owned(),
            model: "parrot".to_owned(),
        };
        GenerateOutcome {
            attempts: Vec::new(),
            result: self.1.clone().map(completion),
        }
    }
}

fn without_models() -> Synthesis {
    Synthesis::new(Arc::new(ScriptedModel(Duration::ZERO, Err(LlmError::NoProvider))))
}

/// Answers from one passage, `Cold starts of a take 90 ms in all.`
async fn written(says: Result<&'static str, LlmError>, extractive: bool) -> Result<Answer, HubError> {
    let retrieval = Retrieval::keyword_only(Arc::new(ScriptedLane(Duration::from_millis(200), find("a"))));
    let synthesis = Synthesis::new(Arc::new(ScriptedModel(Duration::from_millis(300), says)));
    let mut ask = Ask::new(Question::parse("How cold is it?").unwrap());
    ask.extractive = extractive;
    let deadline = Deadline::after(Duration::from_secs(27));
    Orchestrator::new(retrieval, synthesis, Arc::new(RecordedAnswers::default()))
        .ask(&UserId::anonymous(), &ask, deadline)
        .await
}

fn find(document: &str) -> Script {
    Script::Finds(passage(
        document,
        &format!("Cold starts of {document} take 90 ms in all."),
    ))
}

async fn answer(
    keyword: Availability,
    dense: Availability,
    graph: Availability,
    web: Availability,
) -> (Result<Answer, HubError>, Vec<Answer>, Duration) {
    let kept = Arc::new(RecordedAnswers::default());
    let orchestrator = Orchestrator::new(
        Retrieval {
            keyword,
            dense,
            graph,
            web,
        },
        without_models(),
        kept.clone(),
    );
    let ask = Ask {
        lanes: LaneName::ALL.to_vec(),
        ..Ask::new(Question::parse("How cold is it?").unwrap())
    };
    let started = Instant::now();
    let answer = orchestrator
        .ask(
            &UserId::anonymous(),
            &ask,
            Deadline::after(Duration::from_secs(27)),
        )
        .await;
    let kept = kept.0.lock().unwrap().clone();
    (answer, kept, started.elapsed())
}

fn stage<'a>(answer: &'a Answer, name: &str) -> &'a Stage {
    answer.stages.iter().find(|stage| stage.name == name).unwrap()
}

#[tokio::test(start_paused = true)]
async fn lanes_run_side_by_side() {
    let (answer, _, took) = answer(
        lane(100, find("a")),
        lane(200, find("b")),
        lane(300, find("c")),
        Availability::Unavailable("none"),
    )
    .await;
    assert!(took < Duration::from_millis(310), "{took:?}");
    let answer = answer.unwrap();
    assert_eq!(answer.sources.len(), 3);
    assert_eq!(stage(&answer, "gather.graph").ms, 300);
    assert_eq!(stage(&answer, "gather.web").status, StageStatus::Skipped);
    assert_eq!(answer.degraded, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_fails_hangs_or_panics_costs_only_its_own_part() {
    let (answer, kept, took) = answer(
        lane(100, find("a")),
        lane(0, Script::Hangs),
        lane(50, Script::Fails),
        lane(70, Script::Panics),
    )
    .await;
    let answer = answer.unwrap();
    assert_eq!(answer.answer, "Cold starts of a take 90 ms in all. [1]");
    assert_eq!(answer.degraded, ["gather.dense", "gather.graph", "gather.web"]);
    assert_eq!(stage(&answer, "gather.dense").status, StageStatus::TimedOut);
    assert_eq!(stage(&answer, "gather.graph").status, StageStatus::Failed);
    assert_eq!(
        stage(&answer, "gather.graph").reason.as_deref(),
        Some("Query: the store is unavailable")
    );
    assert_eq!(stage(&answer, "gather.web").status, StageStatus::Failed);
    assert_eq!(
        took,
        Duration::from_millis(10_800),
        "a lane that hangs is dropped after 40 % of 27 seconds"
    );
    assert_eq!(kept, [answer], "what is kept is what is shown");
}

#[tokio::test(start_paused = true)]
async fn a_late_question_gives_each_lane_its_share_of_what_is_left() {
    let retrieval = Retrieval {
        keyword: lane(0, find("a")),
        dense: lane(0, Script::Hangs),
        graph: Availability::Unavailable("none"),
        web: Availability::Unavailable("none"),
    };
    let question = Question::parse("How cold?").unwrap();
    let started = Instant::now();
    let deadline = Deadline::after(Duration::from_secs(1));
    let found = retrieval
        .find(&LibraryId::default(), &question, &LaneName::ALL, 5, deadline)
        .await
        .unwrap();
    assert_eq!(started.elapsed(), Duration::from_millis(400));
    assert_eq!(found.passages.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_question_fails_only_when_every_lane_did() {
    let off = || Availability::Unavailable("none");
    let (failed, kept, _) = answer(lane(0, Script::Fails), lane(0, Script::Panics), off(), off()).await;
    assert!(matches!(failed, Err(HubError::Store(_))));
    assert_eq!(kept, []);
    let (late, _, _) = answer(lane(0, Script::Hangs), off(), off(), off()).await;
    assert!(matches!(late, Err(HubError::DeadlineExceeded(_))));
    let (broken, _, _) = answer(lane(0, Script::Panics), off(), off(), off()).await;
    assert!(matches!(broken, Err(HubError::Internal(_))));
}

#[tokio::test(start_paused = true)]
async fn without_passages_it_abstains_and_keeps_that() {
    let off = || Availability::Unavailable("none");
    let (answer, kept, _) = answer(off(), off(), off(), off()).await;
    let answer = answer.unwrap();
    assert_eq!(
        answer.abstained.as_ref().unwrap().reason,
        AbstentionReason::NoSources
    );
    assert_eq!((answer.answer.as_str(), answer.claims.len()), ("", 0));
    assert!(
        answer.usage.cost_usd.is_sign_positive(),
        "nothing costs 0, not -0"
    );
    assert_eq!(kept.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn under_the_threshold_the_closest_passage_is_shown_as_unsure() {
    let retrieval = Retrieval {
        keyword: lane(0, find("a")),
        dense: Availability::Unavailable("none"),
        graph: Availability::Unavailable("none"),
        web: Availability::Unavailable("none"),
    };
    let orchestrator = Orchestrator::new(retrieval, without_models(), Arc::new(RecordedAnswers::default()));
    let mut ask = Ask::new(Question::parse("How cold are the starts?").unwrap());
    let deadline = Deadline::after(Duration::from_secs(27));
    let sure = orchestrator
        .ask(&UserId::anonymous(), &ask, deadline)
        .await
        .unwrap();
    assert!(sure.abstained.is_none());
    ask.confidence_threshold = sure.confidence.answer + 0.01;
    let unsure = orchestrator
        .ask(&UserId::anonymous(), &ask, deadline)
        .await
        .unwrap();
    assert_eq!((unsure.certainty, unsure.abstained), (Certainty::Unsure, None));
    assert_eq!(
        (unsure.answer, unsure.claims.len(), unsure.sources.len()),
        (sure.answer, 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_the_sources_bear_out_stays_of_a_models_answer() {
    let says = "Cold starts of a take 90 ms in all. [7] They cost 3 dollars. [1]";
    let started = Instant::now();
    let answer = written(Ok(says), true).await.unwrap();
    assert_eq!(
        started.elapsed(),
        Duration::from_millis(500),
        "models get ready beside the lanes"
    );
    assert_eq!(answer.answer, "Cold starts of a take 90 ms in all. [1]");
    assert_eq!(
        (answer.provider.as_str(), answer.model.as_str()),
        ("aviary", "parrot")
    );
    assert_eq!(answer.claims.len(), 1);
    assert_eq!(answer.claims[0].verdict, Verdict::Supported);
    assert_eq!(
        stage(&answer, "verify").reason.as_deref(),
        Some("1 of 2 sentences was removed: no source supports it")
    );
    assert_eq!(answer.degraded, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn without_a_models_answer_the_evidence_is_quoted_and_the_loss_is_named() {
    for (says, status, degraded) in [
        (Err(LlmError::AllFailed), StageStatus::Failed, 1),
        (Err(LlmError::Deadline), StageStatus::TimedOut, 1),
        (Err(LlmError::NoProvider), StageStatus::Skipped, 0),
        (Ok("Nothing of this is true."), StageStatus::Ok, 0),
    ] {
        let answer = written(says, true).await.unwrap();
        assert_eq!(answer.answer, "Cold starts of a take 90 ms in all. [1]");
        assert_eq!(answer.provider, "extractive");
        assert_eq!(stage(&answer, "write.model").status, status);
        assert_eq!(answer.degraded, vec!["write.model"; degraded]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quotation_that_replaces_a_models_text_is_streamed() {
    let retrieval = Retrieval::keyword_only(Arc::new(ScriptedLane(Duration::ZERO, find("a"))));
    let says = Ok("Nothing of this is true.");
    let synthesis = Synthesis::new(Arc::new(ScriptedModel(Duration::ZERO, says)));
    let recorded = Arc::new(RecordedAnswers::default());
    let orchestrator = Orchestrator::new(retrieval, synthesis, recorded.clone());
    let ask = Ask::new(Question::parse("How cold is it?").unwrap());
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let query = AcceptedQuery {
        query_id: QueryId::generate(),
        created_at: Timestamp::now(),
        user: &UserId::anonymous(),
        ask: &ask,
        recorder: &*recorded,
        sink: &EventSink::new(sender, tokio_util::sync::CancellationToken::new()),
        deadline: Deadline::after(Duration::from_secs(27)),
    };
    let answer = orchestrator.answer(&query).await.unwrap();
    let mut streamed = String::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Delta { text } = event {
            streamed.push_str(&text);
        }
    }
    assert_eq!(streamed, "Cold starts of a take 90 ms in all. [1]");
    assert_eq!(streamed, answer.answer);
}

#[tokio::test(start_paused = true)]
async fn where_quoting_is_refused_a_failure_of_the_models_is_one_of_the_question() {
    let failed = written(Err(LlmError::AllFailed), false).await;
    assert!(matches!(failed, Err(HubError::Models(LlmError::AllFailed))));
    let unproved = written(Ok("Nothing of this is true."), false).await.unwrap();
    let detail = unproved.abstained.unwrap().detail;
    assert!(
        detail.starts_with("the passages support nothing that the model wrote"),
        "{detail}"
    );
    let declined = written(Ok("NO ANSWER"), true).await.unwrap();
    let detail = declined.abstained.unwrap().detail;
    assert!(detail.starts_with("the model found no answer"), "{detail}");
}

/// Finds a passage for each word of the question that it knows, after a time.
struct Shelf;

#[async_trait]
impl Lane for Shelf {
    async fn find(&self, _: &LibraryId, question: &Question, _: usize) -> Result<LaneResult, LaneError> {
        sleep(Duration::from_millis(100)).await;
        let known = ["rust", "java"]
            .into_iter()
            .filter(|word| question.as_str().to_lowercase().contains(word));
        let mut found = LaneResult::default();
        for word in known {
            found.passages.push(passage(
                word,
                &format!("A cold start in {word} is what it is. It has {word} rules.")
                    .replace("A cold", "The cold"),
            ));
            found.weights.insert(
                crate::retrieval::analyzer::distinct(word)
                    .pop()
                    .unwrap_or_default(),
                2.0,
            );
            found.weights.insert("cold".to_owned(), 1.0);
        }
        if question.as_str().contains("broken") {
            return Err(WebError::new("it is broken").into());
        }
        Ok(found)
    }
}

async fn over_the_shelf(question: &str) -> (Answer, Duration) {
    let retrieval = Retrieval::keyword_only(Arc::new(Shelf));
    let ask = Ask::new(Question::parse(question).unwrap());
    let started = Instant::now();
    let answer = Orchestrator::new(retrieval, without_models(), Arc::new(RecordedAnswers::default()))
        .ask(
            &UserId::anonymous(),
            &ask,
            Deadline::after(Duration::from_secs(27)),
        )
        .await
        .unwrap();
    (answer, started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn both_sides_of_a_comparison_are_gathered_at_once_and_cited() {
    let (answer, took) = over_the_shelf("Is a cold start slower in Rust than in Java?").await;
    assert_eq!(
        took,
        Duration::from_millis(150),
        "all at once: the longest is getting the models ready"
    );
    assert_eq!(answer.plan.pattern, "fork_join");
    assert_eq!(
        answer.plan.parts,
        ["Is a cold start slower in Rust", "Is a cold start slower in Java"]
    );
    let names: Vec<&str> = answer.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert!(
        names.contains(&"gather.1.keyword") && names.contains(&"gather.2.keyword"),
        "{names:?}"
    );
    let cited: Vec<&str> = answer
        .claims
        .iter()
        .map(|claim| answer.sources[claim.citations[0].source - 1].document_id.as_str())
        .collect();
    assert!(
        cited.contains(&"rust") && cited.contains(&"java"),
        "{}",
        answer.answer
    );
}

#[tokio::test(start_paused = true)]
async fn a_part_that_fails_is_named_and_costs_only_itself() {
    let (answer, _) = over_the_shelf("What is a cold start in Rust? What is broken in Java?").await;
    assert_eq!(answer.plan.pattern, "scatter_gather");
    assert_eq!(answer.degraded, ["gather.2"]);
    assert_eq!(stage(&answer, "gather.2").status, StageStatus::Failed);
    assert!(answer.answer.contains("rust"), "{}", answer.answer);
}
