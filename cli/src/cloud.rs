//! The whole local cloud: template, binaries, database, functions and gateway, put together.

use std::fs::File;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use dynoxide::Database;
use serde_json::Value as Json;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::compile::{self, Profile};
use crate::gateway::Gateway;
use crate::instance::Launch;
use crate::local_dynamodb::LocalDynamoDb;
use crate::logs::{LogSink, Logs};
use crate::pool::{FunctionSettings, InvokeError, Pool};
use crate::tasks::{Tasks, lock};
use crate::template::{Function, Template};
use crate::triggers;

/// How long stopping waits for running requests, once their functions have been ended.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// How to run a [`Cloud`].
#[derive(Clone, Debug)]
pub struct CloudOptions {
    /// The folder that holds `template.yaml` and `Cargo.toml`.
    pub root: PathBuf,
    /// The gateway's port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// Where the tables are kept.
    pub data: Data,
    /// How the functions are built.
    pub profile: Profile,
    /// Environment variables for every function, over the template's.
    pub env: Vec<(String, String)>,
    /// Further ones for the functions that call models: those whose environment in the template names `LLM_PROVIDERS`.
    pub model_env: Vec<(String, String)>,
    /// The embedded `DynamoDB`'s port on 127.0.0.1; 0 is any free one.
    pub dynamodb_port: u16,
    /// A folder with the functions of another version. It and the one that is built take turns, as they do for a while
    /// when a new version is deployed.
    pub other_version: Option<PathBuf>,
    /// What becomes of the functions' log lines.
    pub logs: Logs,
}

/// Where the tables are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// In memory, gone with the cloud.
    Memory,
    /// In this directory, which is made when missing. One cloud at a time.
    Directory(PathBuf),
}

impl CloudOptions {
    /// For tests: any free port, nothing kept, debug binaries, no models, logs captured.
    pub fn memory(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            port: 0,
            data: Data::Memory,
            profile: Profile::Dev,
            env: Vec::new(),
            model_env: Vec::new(),
            dynamodb_port: 0,
            other_version: None,
            logs: Logs::Capture,
        }
    }
}

/// A running local cloud. Dropping it ends every function; [`Cloud::stop`] also waits until they are gone.
pub struct Cloud {
    template: Template,
    url: String,
    pool: Arc<Pool>,
    database: LocalDynamoDb,
    logs: LogSink,
    tasks: Tasks,
    gateway: Mutex<Option<oneshot::Sender<()>>>,
    gateway_ended: watch::Receiver<bool>,
    /// Held while this cloud uses its data directory.
    _lock: Option<File>,
}

impl Cloud {
    /// Builds the functions, creates the tables and listens. Functions start on their first request.
    ///
    /// Fails when a port is taken (before anything is built), the template cannot be understood, a function does
    /// not compile, or the data directory is in use.
    pub async fn start(options: CloudOptions) -> anyhow::Result<Self> {
        Self::start_with(options, |_embedded| None).await
    }

    /// Like [`Cloud::start`]; `endpoint` is told the embedded `DynamoDB`'s URL and may name another one for the functions.
    pub async fn start_with(
        options: CloudOptions,
        endpoint: impl FnOnce(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await;
        let listener = listener.with_context(|| format!("cannot listen on 127.0.0.1:{}", options.port))?;
        let url = format!("http://{}", listener.local_addr()?);
        let template = Template::load(&options.root.join("template.yaml"))?;
        let (file, held) = match &options.data {
            Data::Memory => (None, None),
            Data::Directory(directory) => (Some(directory.join("dynamodb.sqlite")), Some(take(directory)?)),
        };

        let tasks = Tasks::default();
        let tables = &template.tables;
        let database =
            LocalDynamoDb::start(file.as_deref(), tables, options.dynamodb_port, tasks.clone()).await?;

        let binaries: Vec<&str> = template
            .functions
            .iter()
            .map(|function| function.binary.as_str())
            .collect();
        let executables = compile::build(&options.root, options.profile, &binaries, options.logs).await?;
        let dynamodb_url = endpoint(database.url()).unwrap_or_else(|| database.url().to_owned());

        let mut functions = Vec::new();
        for function in &template.functions {
            let built = executables.get(&function.binary);
            let built = built.with_context(|| format!("the binary `{}` was not built", function.binary))?;
            functions.push(settings(function, built, &dynamodb_url, &options));
            let other = options
                .other_version
                .as_ref()
                .map(|folder| folder.join(&function.binary));
            if let Some(other) = other.filter(|other| other.is_file()) {
                functions.push(settings(function, &other, &dynamodb_url, &options));
            }
        }
        let logs = LogSink::new(options.logs);
        let pool = Pool::new(functions, tasks.clone(), logs.clone());

        triggers::start(&template, &database, &pool, &tasks, &logs)?;

        let (stop_gateway, told_to_stop) = oneshot::channel();
        let (ended, gateway_ended) = watch::channel(false);
        let gateway = Gateway::new(&template, Arc::clone(&pool));
        tasks.spawn(async move {
            gateway.serve(listener, told_to_stop).await;
            ended.send_replace(true);
        });
        let gateway = Mutex::new(Some(stop_gateway));
        Ok(Self {
            template,
            url,
            pool,
            database,
            logs,
            tasks,
            gateway,
            gateway_ended,
            _lock: held,
        })
    }

    /// The gateway's base URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The embedded `DynamoDB`'s URL.
    pub fn dynamodb_url(&self) -> &str {
        self.database.url()
    }

    /// The embedded database itself, for looking at rows.
    pub fn database(&self) -> Database {
        self.database.database()
    }

    /// What was read from `template.yaml`.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Sends one event to a function, by its binary's name, and waits for its response.
    pub async fn invoke(&self, function: &str, event: Json) -> Result<Json, InvokeError> {
        let response = self.pool.invoke(function, event.to_string().into()).await?;
        serde_json::from_slice(&response).map_err(|_not_json| InvokeError::Failed {
            error_type: "Runtime.InvalidResponse".into(),
            message: "the response is not JSON".into(),
        })
    }

    /// Ends every instance of a function now (SIGKILL) and says how many there were. From any thread.
    /// Whoever waits for one of them gets [`InvokeError::Crashed`].
    pub fn kill(&self, function: &str) -> usize {
        self.pool.kill(function)
    }

    /// [`Cloud::kill`] for one function, to be called from elsewhere.
    pub fn killer(&self, function: &str) -> impl Fn() -> usize + Send + Sync + Clone + 'static {
        let (pool, function) = (Arc::downgrade(&self.pool), function.to_owned());
        move || pool.upgrade().map_or(0, |pool| pool.kill(&function))
    }

    /// Makes the embedded `DynamoDB` refuse connections, also kept-alive ones. The data stays.
    pub async fn stop_dynamodb(&self) {
        self.database.stop().await;
    }

    /// Starts the embedded `DynamoDB` again, on the same port. Fails when something else has taken the port.
    pub async fn start_dynamodb(&self) -> anyhow::Result<()> {
        self.database.start_again().await
    }

    /// The functions' log lines so far, each with the function's name in front. Empty with [`Logs::Terminal`].
    pub fn logs(&self) -> Vec<String> {
        self.logs.captured()
    }

    /// [`Cloud::logs`], to be called from elsewhere, also when the cloud is gone.
    pub fn log_reader(&self) -> impl Fn() -> Vec<String> + Send + Sync + 'static {
        let logs = self.logs.clone();
        move || logs.captured()
    }

    /// Ends everything and waits until no process of a function is left.
    pub async fn stop(mut self) {
        lock(&self.gateway).take();
        self.pool.stop().await;
        let _ = tokio::time::timeout(STOP_LIMIT, self.gateway_ended.wait_for(|ended| *ended)).await;
        self.database.stop().await;
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.pool.kill_all();
        self.tasks.abort_all();
    }
}

/// Makes the directory and locks it: two clouds on one database would see each other's rows.
fn take(directory: &Path) -> anyhow::Result<File> {
    let context = || format!("cannot use the data directory {}", directory.display());
    std::fs::create_dir_all(directory).with_context(context)?;
    let file = File::create(directory.join("lock")).with_context(context)?;
    if file.try_lock().is_err() {
        bail!("{} is in use by another local cloud", directory.display());
    }
    Ok(file)
}

fn settings(
    function: &Function,
    executable: &Path,
    dynamodb_url: &str,
    options: &CloudOptions,
) -> FunctionSettings {
    let name = &function.binary;
    let task_root = executable.parent().unwrap_or(executable).display().to_string();
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_REGION", crate::REGION.to_owned()),
        ("AWS_DEFAULT_REGION", crate::REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("LAMBDA_TASK_ROOT", task_root),
        ("RUST_BACKTRACE", "1".to_owned()),
        ("TZ", ":UTC".to_owned()),
        ("_HANDLER", "bootstrap".to_owned()),
    ];
    let mut environment: Vec<(String, String)> = lambda
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    environment.extend(function.environment.clone());
    environment.push(("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), dynamodb_url.to_owned()));
    if function.environment.contains_key("LLM_PROVIDERS") {
        environment.extend(options.model_env.iter().cloned());
    }
    // The last value of a name counts.
    environment.extend(options.env.iter().cloned());
    let launch = Launch {
        function: name.clone(),
        executable: executable.to_owned(),
        environment,
    };
    FunctionSettings {
        launch,
        timeout: function.timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r#"
Resources:
  Ask:
    Type: AWS::Serverless::Function
    Properties: { Timeout: 1, Environment: { Variables: { LLM_PROVIDERS: "" } } }
  Search:
    Type: AWS::Serverless::Function
    Properties: { Timeout: 1 }
"#;

    #[test]
    fn only_functions_that_call_models_are_told_of_them() {
        let template = Template::parse(TEMPLATE).unwrap();
        let mut options = CloudOptions::memory(".");
        let told = |options: &CloudOptions, function: &str| {
            let function = template.function(function).unwrap();
            let settings = settings(function, Path::new("bootstrap"), "http://127.0.0.1:1", options);
            let mut environment = settings.launch.environment.into_iter().rev();
            environment
                .find(|(name, _)| name == "LLM_PROVIDERS")
                .map(|(_, value)| value)
        };
        assert_eq!(told(&options, "ask").as_deref(), Some(""), "tests have no models");

        options.model_env = vec![("LLM_PROVIDERS".into(), "list.json".into())];
        assert_eq!(told(&options, "ask").as_deref(), Some("list.json"));
        assert_eq!(told(&options, "search"), None);
    }
}
