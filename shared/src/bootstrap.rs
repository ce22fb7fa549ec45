//! Builds the services of a function that answers questions, once per container.

use std::sync::Arc;

use crate::{
    agents::{retrieval::Retrieval, synthesis::Synthesis},
    config::Config,
    llm::Router,
    orchestrator::{AnswerCache, Conversations, Orchestrator},
    retrieval::keyword::KeywordLane,
    store::{self, Access, Answers, Knowledge, ParameterStore},
};

/// The orchestrator and the stores that it uses.
pub struct Services {
    /// Answers questions, from the cache where it can.
    pub orchestrator: Orchestrator,
    /// Stores questions and answers.
    pub answers: Arc<Answers>,
    /// Stores idempotency keys, spend and provider health.
    pub access: Arc<Access>,
}

impl Services {
    /// Builds the services from the tables and models of this configuration.
    pub async fn new(config: Config) -> Self {
        let client = store::client().await;
        let knowledge = Arc::new(Knowledge::new(client.clone(), config.knowledge_table));
        let answers = Arc::new(Answers::new(client.clone(), config.queries_table));
        let answer_cache = AnswerCache::new(knowledge.clone(), answers.clone(), config.llm.fingerprint());
        let retrieval = Retrieval::keyword_only(Arc::new(KeywordLane::new(knowledge)));
        let access = Arc::new(Access::new(client, config.access_table));
        let keys = Arc::new(ParameterStore::default());
        let models = Arc::new(Router::new(config.llm, access.clone(), access.clone(), keys));
        let synthesis = Synthesis::new(models.clone());
        let conversations = Conversations::new(answers.clone(), models);
        Self {
            orchestrator: Orchestrator::new(retrieval, synthesis, answers.clone())
                .with_cache(answer_cache)
                .with_conversations(conversations),
            answers,
            access,
        }
    }
}
