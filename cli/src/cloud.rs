//! [`Cloud`]: the local cloud assembled from template, binaries, database, instance pools and gateway.

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

use crate::account::REGION;
use crate::compile::{self, Profile};
use crate::gateway::{AllowedNames, Gateway};
use crate::instance::LaunchConfig;
use crate::invoke_api;
use crate::local_dynamodb::LocalDynamoDb;
use crate::logs::{LogSink, Logs};
use crate::pool::{FunctionSettings, InvokeError, Pool};
use crate::stream_triggers;
use crate::tasks::{Tasks, lock};
use crate::template::{Function, Template};

/// How long stopping waits for running requests after their functions were killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// Options of [`Cloud::start`].
#[derive(Clone, Debug)]
pub struct CloudOptions {
    /// The folder that holds `template.yaml` and `Cargo.toml`.
    pub root: PathBuf,
    /// The gateway's port on 127.0.0.1; 0 selects a free one.
    pub port: u16,
    /// Where the tables are stored.
    pub data: Data,
    /// The cargo profile of the functions.
    pub profile: Profile,
    /// Environment variables for every function. They override the template's.
    pub env: Vec<(String, String)>,
    /// Environment variables for functions that call models: those with `LLM_PROVIDERS` in their environment in the
    /// template.
    pub model_env: Vec<(String, String)>,
    /// Environment variables for functions that search the web: those with `WEB_SEARCH` in their environment in the template.
    pub web_env: Vec<(String, String)>,
    /// The embedded `DynamoDB`'s port on 127.0.0.1; 0 selects a free one.
    pub dynamodb_port: u16,
    /// A folder with binaries of another version. Invocations alternate between both versions, as during a deployment.
    pub other_version: Option<PathBuf>,
    /// The destination of the functions' log lines.
    pub logs: Logs,
    /// Whether to delete the data in the directory first.
    pub fresh: bool,
    /// Host names by which browsers may call the gateway, beside those of the loopback interface.
    pub allowed_hosts: Vec<String>,
}

/// Where the tables are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// In memory, for the lifetime of the cloud.
    Memory,
    /// In this directory, which is created when missing. Only one cloud at a time can use it.
    Directory(PathBuf),
}

impl CloudOptions {
    /// Options for tests: free ports, tables in memory, debug binaries, no models, captured logs.
    pub fn memory(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            port: 0,
            data: Data::Memory,
            profile: Profile::Dev,
            env: Vec::new(),
            model_env: Vec::new(),
            web_env: Vec::new(),
            dynamodb_port: 0,
            other_version: None,
            logs: Logs::Capture,
            fresh: false,
            allowed_hosts: Vec::new(),
        }
    }
}

/// A running local cloud. Dropping it kills every function; [`Cloud::stop`] also waits until the processes have exited.
pub struct Cloud {
    template: Template,
    url: String,
    pool: Arc<Pool>,
    database: LocalDynamoDb,
    logs: LogSink,
    tasks: Tasks,
    gateway: Mutex<Option<oneshot::Sender<()>>>,
    gateway_stopped: watch::Receiver<bool>,
    /// The lock of the data directory.
    _directory_lock: Option<File>,
}

impl Cloud {
    /// Creates the tables, builds the functions and starts the gateway. Functions start on their first request.
    ///
    /// Fails when a port is in use (checked before the build), the template is invalid or unsupported, a function does
    /// not compile, or another cloud uses the data directory.
    pub async fn start(options: CloudOptions) -> anyhow::Result<Self> {
        Self::start_with(options, |_embedded| None).await
    }

    /// Like [`Cloud::start`]. `endpoint` receives the embedded `DynamoDB`'s URL and may return another one for the
    /// functions, for example that of a proxy.
    pub async fn start_with(
        options: CloudOptions,
        endpoint: impl FnOnce(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await;
        let listener = listener.with_context(|| format!("cannot listen on 127.0.0.1:{}", options.port))?;
        let url = format!("http://{}", listener.local_addr()?);
        let template = Template::load(&options.root.join("template.yaml"))?;
        let (file, directory_lock) = match &options.data {
            Data::Memory => (None, None),
            Data::Directory(directory) => {
                let lock = lock_directory(directory)?;
                if options.fresh {
                    empty_directory(directory, &lock)?;
                }
                (Some(directory.join("dynamodb.sqlite")), Some(lock))
            }
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

        let invoke_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoints = Endpoints {
            dynamodb: dynamodb_url,
            lambda: format!("http://{}", invoke_listener.local_addr()?),
        };
        let mut functions = Vec::new();
        for function in &template.functions {
            let executable = executables.get(&function.binary);
            let executable = executable
                .with_context(|| format!("cargo did not build the binary `{}`", function.binary))?;
            functions.push(settings(function, executable, &endpoints, &options));
            let other = options
                .other_version
                .as_ref()
                .map(|folder| folder.join(&function.binary));
            if let Some(other) = other.filter(|other| other.is_file()) {
                functions.push(settings(function, &other, &endpoints, &options));
            }
        }
        let logs = LogSink::new(options.logs);
        let pool = Pool::new(functions, tasks.clone(), logs.clone());
        let (invoked, described) = (Arc::clone(&pool), template.clone());
        tasks.spawn(async move { invoke_api::serve(invoke_listener, &described, invoked).await });

        stream_triggers::start(&template, &database, &pool, &tasks, &logs)?;

        let (stop_gateway, stop_requested) = oneshot::channel();
        let (stopped, gateway_stopped) = watch::channel(false);
        let gateway = Gateway::new(
            &template,
            Arc::clone(&pool),
            AllowedNames::new(&options.allowed_hosts),
        );
        tasks.spawn(async move {
            gateway.serve(listener, stop_requested).await;
            stopped.send_replace(true);
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
            gateway_stopped,
            _directory_lock: directory_lock,
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

    /// The embedded database, for direct access to its rows.
    pub fn database(&self) -> Database {
        self.database.database()
    }

    /// The parsed `template.yaml`.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Invokes a function, by its binary's name, and returns its response. Collects a streaming response.
    pub async fn invoke(&self, function: &str, event: Json) -> Result<Json, InvokeError> {
        let response = self
            .pool
            .invoke_buffered(function, event.to_string().into())
            .await?;
        serde_json::from_slice(&response).map_err(|_not_json| InvokeError::Failed {
            error_type: "Runtime.InvalidResponse".into(),
            message: "the response is not JSON".into(),
        })
    }

    /// Kills every instance of a function (SIGKILL), from any thread, and returns how many were running.
    /// Their invocations fail with [`InvokeError::Crashed`].
    pub fn kill(&self, function: &str) -> usize {
        self.pool.kill(function)
    }

    /// Returns a handle that calls [`Cloud::kill`] for one function and can move to another thread.
    pub fn killer(&self, function: &str) -> impl Fn() -> usize + Send + Sync + Clone + 'static {
        let (pool, function) = (Arc::downgrade(&self.pool), function.to_owned());
        move || pool.upgrade().map_or(0, |pool| pool.kill(&function))
    }

    /// Stops the embedded `DynamoDB`'s server and closes its connections, including idle keep-alive ones. Keeps the data.
    pub async fn stop_dynamodb(&self) {
        self.database.stop().await;
    }

    /// Restarts the embedded `DynamoDB`'s server on the same port. Fails when the port is in use.
    pub async fn start_dynamodb(&self) -> anyhow::Result<()> {
        self.database.restart().await
    }

    /// The functions' log lines so far, each prefixed with the function's name. Empty with [`Logs::Terminal`].
    pub fn logs(&self) -> Vec<String> {
        self.logs.captured()
    }

    /// Returns a handle that reads [`Cloud::logs`], even after the cloud has stopped.
    pub fn log_reader(&self) -> impl Fn() -> Vec<String> + Send + Sync + 'static {
        let logs = self.logs.clone();
        move || logs.captured()
    }

    /// Stops the gateway, the functions and the database, and waits until the functions' processes have exited.
    pub async fn stop(mut self) {
        lock(&self.gateway).take();
        self.pool.stop().await;
        let _ = tokio::time::timeout(STOP_TIMEOUT, self.gateway_stopped.wait_for(|stopped| *stopped)).await;
        self.database.stop().await;
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.pool.kill_all();
        self.tasks.abort_all();
    }
}

/// Creates the directory and locks it: two clouds on one database would see each other's rows.
fn lock_directory(directory: &Path) -> anyhow::Result<File> {
    let context = || format!("cannot use the data directory {}", directory.display());
    std::fs::create_dir_all(directory).with_context(context)?;
    let file = File::create(directory.join("lock")).with_context(context)?;
    if file.try_lock().is_err() {
        bail!(
            "another local cloud uses the data directory {}; stop it, or keep the data in memory",
            directory.display()
        );
    }
    Ok(file)
}

/// Deletes the data in a directory whose lock is held. Settings stay.
fn empty_directory(directory: &Path, _lock: &File) -> anyhow::Result<()> {
    for name in [
        "dynamodb.sqlite",
        "dynamodb.sqlite-wal",
        "dynamodb.sqlite-shm",
        "samples",
    ] {
        let file = directory.join(name);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot delete {}", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The endpoints of AWS services, which functions get.
struct Endpoints {
    dynamodb: String,
    lambda: String,
}

fn settings(
    function: &Function,
    executable: &Path,
    endpoints: &Endpoints,
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
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
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
    environment.extend([
        ("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), endpoints.dynamodb.clone()),
        ("AWS_ENDPOINT_URL_LAMBDA".to_owned(), endpoints.lambda.clone()),
    ]);
    if function.environment.contains_key("LLM_PROVIDERS") {
        environment.extend(options.model_env.iter().cloned());
    }
    if function.environment.contains_key("WEB_SEARCH") {
        environment.extend(options.web_env.iter().cloned());
    }
    // For a repeated name, the last value applies.
    environment.extend(options.env.iter().cloned());
    let launch = LaunchConfig {
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
    fn only_functions_that_call_models_get_the_model_environment() {
        let template = Template::parse(TEMPLATE).unwrap();
        let mut options = CloudOptions::memory(".");
        let providers = |options: &CloudOptions, function: &str| {
            let function = template.function(function).unwrap();
            let endpoints = Endpoints {
                dynamodb: "http://127.0.0.1:1".to_owned(),
                lambda: "http://127.0.0.1:2".to_owned(),
            };
            let settings = settings(function, Path::new("bootstrap"), &endpoints, options);
            let mut environment = settings.launch.environment.into_iter().rev();
            environment
                .find(|(name, _)| name == "LLM_PROVIDERS")
                .map(|(_, value)| value)
        };
        assert_eq!(
            providers(&options, "ask").as_deref(),
            Some(""),
            "tests have no models"
        );

        options.model_env = vec![("LLM_PROVIDERS".into(), "list.json".into())];
        assert_eq!(providers(&options, "ask").as_deref(), Some("list.json"));
        assert_eq!(providers(&options, "search"), None);
    }
}
