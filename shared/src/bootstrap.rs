//! Reads the configuration and builds the services of a function that answers questions, once per container.

use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::{
    agents::{retrieval::Retrieval, synthesis::Synthesis},
    config::{self, Config, ConfigError},
    llm::Router,
    orchestrator::{AnswerCache, Conversations, Orchestrator},
    ports::{Lane, Secrets},
    retrieval::{keyword::KeywordLane, web::WebLane},
    store::{self, Access, Answers, Knowledge, PageReader, ParameterStore},
    web_search::{WebSearch, WebSettings},
};

/// Reads the configuration. `LLM_PROVIDERS_PARAMETER` names a Parameter Store parameter with a list of providers that is too
/// long for a variable: all variables of a function hold 4 KB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
///
/// # Errors
/// When a variable is missing or malformed, or the parameter cannot be read.
pub async fn config() -> Result<Config, ConfigError> {
    let Some(parameter) = config::providers_parameter() else {
        return Config::from_env();
    };
    match ParameterStore::default().get(&parameter).await {
        Ok(list) => Config::from_env_with_providers(list.expose_secret()),
        Err(error) => Err(ConfigError::unreadable_providers(&parameter, &error)),
    }
}

/// The web lane of this configuration, if it has one.
pub fn web_lane(settings: Option<WebSettings>, secrets: Arc<dyn Secrets>) -> Option<Arc<dyn Lane>> {
    let settings = settings?;
    let reader = PageReader::new(settings.reader.clone());
    let search = WebSearch::new(settings, secrets);
    Some(Arc::new(WebLane::new(Arc::new(search), Arc::new(reader))))
}

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
        let access = Arc::new(Access::new(client, config.access_table));
        let keys = Arc::new(ParameterStore::default());
        let retrieval = Retrieval::keyword_only(Arc::new(KeywordLane::new(knowledge)))
            .with_web(web_lane(config.web, keys.clone()));
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
