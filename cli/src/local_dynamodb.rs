//! Embedded `DynamoDB` with the template's tables, served on a loopback port.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use dynoxide::Database;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::tasks::{Tasks, lock};
use crate::template::{Table, Template};

/// How long stopping waits for running requests.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// An embedded `DynamoDB`. Its server can be stopped and restarted without losing data.
pub struct LocalDynamoDb {
    database: Database,
    file: String,
    address: SocketAddr,
    url: String,
    running: Mutex<Option<Running>>,
    tasks: Tasks,
}

struct Running {
    stop: oneshot::Sender<()>,
    stopped: watch::Receiver<bool>,
}

impl LocalDynamoDb {
    /// Starts a database in memory with a template's tables and no functions, for benchmarks and tests.
    pub async fn in_memory(template: &Template) -> anyhow::Result<Self> {
        Self::start(None, &template.tables, 0, Tasks::default()).await
    }

    /// Opens the database (in `file`, else in memory), creates missing tables and listens on `port`; 0 selects a free one.
    pub(crate) async fn start(
        file: Option<&Path>,
        tables: &[Table],
        port: u16,
        tasks: Tasks,
    ) -> anyhow::Result<Self> {
        let name = match file {
            Some(file) => file
                .to_str()
                .ok_or_else(|| anyhow!("the path of the data directory is not UTF-8"))?
                .to_owned(),
            // In memory, but open to a second connection.
            None => format!(
                "file:attest-{}?mode=memory&cache=shared",
                uuid::Uuid::new_v4().simple()
            ),
        };
        let database = Database::new(&name).with_context(|| format!("cannot open {name}"))?;
        if file.is_some() {
            // Sets SQLite to `synchronous = NORMAL`: not every write waits for the disk, and a power failure may lose the
            // last writes but never corrupts the file.
            database.disable_bulk_loading()?;
        }
        for table in tables {
            create_if_missing(&database, table).with_context(|| format!("table {}", table.name))?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.with_context(|| format!("DynamoDB cannot listen on 127.0.0.1:{port}"))?;
        let address = listener.local_addr()?;
        let server = Self {
            database,
            file: name,
            address,
            url: format!("http://{address}"),
            running: Mutex::default(),
            tasks,
        };
        server.serve(listener);
        Ok(server)
    }

    /// The server's URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database itself, without the server.
    pub(crate) fn database(&self) -> Database {
        self.database.clone()
    }

    /// The name of the `SQLite` database.
    pub(crate) fn sqlite(&self) -> &str {
        &self.file
    }

    /// Stops the server after its running requests, for at most 5 seconds, and closes its connections.
    pub(crate) async fn stop(&self) {
        let Some(mut running) = lock(&self.running).take() else {
            return;
        };
        let _ = running.stop.send(());
        let _ = tokio::time::timeout(STOP_TIMEOUT, running.stopped.wait_for(|stopped| *stopped)).await;
    }

    /// Starts the server again, on the same port with the same data.
    pub(crate) async fn restart(&self) -> anyhow::Result<()> {
        if lock(&self.running).is_some() {
            return Ok(());
        }
        let listener = TcpListener::bind(self.address).await;
        self.serve(listener.with_context(|| format!("cannot listen on {}", self.address))?);
        Ok(())
    }

    fn serve(&self, listener: TcpListener) {
        let (stop, stop_requested) = oneshot::channel();
        let (ended, stopped) = watch::channel(false);
        let database = self.database.clone();
        self.tasks.spawn(async move {
            let shutdown = async {
                let _ = stop_requested.await;
            };
            // Fails only when `accept` fails permanently; clients then see a refused connection.
            let _ = dynoxide::server::serve_with_shutdown(listener, database, shutdown).await;
            ended.send_replace(true);
        });
        *lock(&self.running) = Some(Running { stop, stopped });
    }
}

fn create_if_missing(database: &Database, table: &Table) -> anyhow::Result<()> {
    let known = database.list_tables(serde_json::from_value(json!({}))?)?;
    if serde_json::to_value(known)?["TableNames"]
        .as_array()
        .is_some_and(|names| names.contains(&json!(table.name)))
    {
        return check_keys(database, table);
    }
    database.create_table(serde_json::from_value(table.create_request.clone())?)?;
    if let Some(ttl) = &table.time_to_live {
        database.update_time_to_live(serde_json::from_value(json!({
            "TableName": table.name,
            "TimeToLiveSpecification": { "AttributeName": ttl.attribute, "Enabled": ttl.enabled },
        }))?)?;
    }
    Ok(())
}

/// Fails early when an existing table has other keys than the template.
fn check_keys(database: &Database, table: &Table) -> anyhow::Result<()> {
    let described = database.describe_table(serde_json::from_value(json!({ "TableName": table.name }))?)?;
    let described = serde_json::to_value(described)?;
    if keys(&described["Table"]) != keys(&table.create_request) {
        bail!(
            "another version wrote it (its keys or indexes differ from template.yaml); delete it with `cargo dev --fresh`"
        );
    }
    Ok(())
}

/// The key schemas of the table and its indexes, sorted by index name.
fn keys(table: &Json) -> Vec<(String, Json)> {
    let indexes = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"];
    let indexes = indexes
        .iter()
        .filter_map(|kind| table[*kind].as_array())
        .flatten();
    let mut keys: Vec<(String, Json)> = indexes
        .map(|index| {
            (
                index["IndexName"].as_str().unwrap_or_default().to_owned(),
                index["KeySchema"].clone(),
            )
        })
        .collect();
    keys.push((String::new(), table["KeySchema"].clone()));
    keys.sort_by(|left, right| left.0.cmp(&right.0));
    keys
}
