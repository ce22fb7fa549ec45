//! A setup in a temporary folder, with a scripted provider in the place of Ollama.

use std::cell::RefCell;

use shared::testing::{ScriptedProvider, WireFormat};

use super::*;

const NO: Arguments = Arguments {
    offline_model: false,
    yes: false,
    print: false,
};

/// An empty workspace, and what was said while setting it up.
struct Workspace {
    root: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
    python: PathBuf,
    said: RefCell<String>,
}

impl Workspace {
    fn new(variables: &[(&'static str, &str)]) -> Self {
        console::set_colors_enabled(false);
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self {
            root: tempfile::tempdir().unwrap(),
            variables: variables.collect(),
            python: "/no/such/python".into(),
            said: RefCell::default(),
        }
    }

    async fn set_up(&self, arguments: Arguments) -> anyhow::Result<Exit> {
        let variable = |name: &str| {
            let known = self.variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| value.clone())
        };
        let surroundings = Surroundings {
            root: self.root.path(),
            variable: &variable,
            python: self.python.clone(),
            confirm: &|_| async { false }.boxed(),
            say: &|text| {
                self.said.borrow_mut().push_str(text);
                self.said.borrow_mut().push('\n');
            },
            secrets: Arc::new(ParameterStore::default()),
        };
        set_up(&surroundings, &arguments).await
    }

    /// A "Python" that makes environments; `pip` is what its `pip install` does.
    fn with_python(mut self, pip: &str) -> Self {
        let script = format!(
            r#"#!/bin/sh
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip") here=$(dirname "$0"); {pip} ;;
    "-m llama_cpp.server") echo "no memory"; exit 7 ;;
    *) model=$(dirname "$0")/model.gguf; [ -f "$model" ] && echo "$model" ;;
esac
"#
        );
        self.python = self.root.path().join("python3");
        crate::files::write_script(&self.python, &script);
        self
    }

    fn list(&self) -> Option<Json> {
        let text = std::fs::read_to_string(self.root.path().join(PROVIDERS_FILE)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    fn is_untouched(&self) -> bool {
        !self.root.path().join(".attest").exists()
    }

    fn said(&self, words: &str) -> bool {
        self.said.borrow().contains(words)
    }
}

/// An Ollama with these models.
async fn ollama(models: &[&str]) -> (ScriptedProvider, String) {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.serve_models(models.iter().copied());
    let url = provider.url(WireFormat::Ollama);
    (provider, url)
}

#[tokio::test]
async fn an_ollama_is_found_written_down_and_tried() {
    let (ollama, url) = ollama(&["all-minilm:latest", "llama3.2:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url)]);
    assert_eq!(workspace.set_up(NO).await.unwrap(), Exit::Done);

    let list = workspace.list().unwrap();
    assert_eq!(list[0]["models"][0]["name"], "llama3.2:latest");
    assert_eq!(list[0]["base_url"], url);
    assert!(workspace.said("\"llama3.2:latest\""), "what is written is shown");
    assert!(
        workspace.said("ollama    llama3.2:latest  works"),
        "{}",
        workspace.said.borrow()
    );
    assert!(
        workspace.said("ollama/llama3.2:latest  yes    free"),
        "{}",
        workspace.said.borrow()
    );
    assert!(workspace.said("Next: cargo dev"));
    let chats = ollama
        .requests()
        .into_iter()
        .filter(|request| request.path.ends_with("/api/chat"));
    assert_eq!(chats.count(), 1);
}

#[tokio::test]
async fn print_writes_nothing_and_has_nobody_write() {
    let (ollama, url) = ollama(&["llama3.2:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url), ("GROQ_API_KEY", "gsk-1")]);
    let print = Arguments {
        print: true,
        offline_model: true,
        ..NO
    };
    assert_eq!(workspace.set_up(print).await.unwrap(), Exit::Done);
    assert!(workspace.is_untouched());
    for words in [
        "would hold",
        "llama3.2:latest",
        "smollm2-135m",
        "env:GROQ_API_KEY",
    ] {
        assert!(workspace.said(words), "{words}");
    }
    assert!(!workspace.said("gsk-1"));
    let asked: Vec<_> = ollama
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(asked, ["/ollama/api/tags"]);
}

#[tokio::test]
async fn an_ollama_without_a_model_that_writes_says_how_to_get_one() {
    let (_ollama, url) = ollama(&["nomic-embed-text:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url)]);
    assert_eq!(workspace.set_up(NO).await.unwrap(), Exit::Done);
    assert!(workspace.said("`ollama pull llama3.2`") && workspace.said("--offline-model"));
    assert!(workspace.is_untouched());
}

#[tokio::test]
async fn keys_are_written_down_by_the_names_of_their_variables() {
    let (ollama, url) = ollama(&[]).await;
    let refused = ollama.refused_url(WireFormat::Ollama).unwrap();
    let workspace = Workspace::new(&[("OLLAMA_HOST", &refused), ("OPENAI_API_KEY", "sk-123")]);
    let print = Arguments { print: true, ..NO };
    workspace.set_up(print).await.unwrap();
    assert!(workspace.said("No Ollama at") && workspace.said("Keys in the environment: OPENAI_API_KEY."));
    assert!(workspace.said("\"key\": \"env:OPENAI_API_KEY\"") && !workspace.said("sk-123"));
    assert!(!workspace.said(&url));
}

#[tokio::test]
async fn the_list_before_is_kept_beside_the_new_one() {
    let (_ollama, url) = ollama(&["llama3.2:latest"]).await;
    let workspace = Workspace::new(&[("OLLAMA_HOST", &url)]);
    let file = workspace.root.path().join(PROVIDERS_FILE);
    crate::files::write_whole(&file, "[]").unwrap();
    workspace.set_up(NO).await.unwrap();
    let kept = std::fs::read_to_string(file.with_extension("json.bak")).unwrap();
    assert_eq!(kept, "[]");
    assert_eq!(workspace.list().unwrap().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_in_the_environment_is_what_counts() {
    let (ollama, url) = ollama(&["tiny"]).await;
    let list = format!(r#"[{{"kind": "ollama", "base_url": "{url}", "models": ["tiny", "gone"]}}]"#);
    let workspace = Workspace::new(&[("LLM_PROVIDERS", &list)]);
    assert_eq!(workspace.set_up(NO).await.unwrap(), Exit::Failed);
    assert!(workspace.is_untouched());
    assert!(
        workspace.said("`ollama pull gone`"),
        "{}",
        workspace.said.borrow()
    );
    assert!(
        ollama
            .requests()
            .iter()
            .any(|request| request.body["model"] == "tiny")
    );
}

#[tokio::test]
async fn without_python_or_network_everything_stays_as_it_was() {
    let wanted = || Arguments {
        offline_model: true,
        ..NO
    };
    let (ollama, _) = ollama(&[]).await;
    let refused = ollama.refused_url(WireFormat::Ollama).unwrap();

    let no_python = Workspace::new(&[("OLLAMA_HOST", &refused)]);
    let error = format!("{:#}", no_python.set_up(wanted()).await.unwrap_err());
    assert!(
        error.contains("nothing was changed") && error.contains("Python 3"),
        "{error}"
    );
    assert_eq!(no_python.list(), None);

    let no_network = Workspace::new(&[("OLLAMA_HOST", &refused)]).with_python("echo no route >&2; exit 1");
    let error = format!("{:#}", no_network.set_up(wanted()).await.unwrap_err());
    assert!(
        error.contains("it needs a network") && error.contains("no route"),
        "{error}"
    );
    assert_eq!(no_network.list(), None);
    assert!(!no_network.root.path().join(".attest/models/venv").exists());
}

#[tokio::test]
async fn an_installed_model_server_is_written_down_and_started_to_be_tried() {
    let (ollama, _) = ollama(&[]).await;
    let refused = ollama.refused_url(WireFormat::Ollama).unwrap();
    let workspace = Workspace::new(&[("OLLAMA_HOST", &refused)]).with_python(r#"touch "$here/model.gguf""#);
    let yes = Arguments { yes: true, ..NO };
    assert_eq!(workspace.set_up(yes).await.unwrap(), Exit::Failed);

    let list = workspace.list().unwrap();
    assert_eq!(
        (&list[0]["kind"], &list[0]["models"][0]["name"]),
        (&"llamacpp".into(), &MODEL_NAME.into())
    );
    let launch = Launch::read(workspace.root.path()).unwrap();
    assert_eq!(list[0]["base_url"], launch.base_url());
    assert!(workspace.said("did not start: it ended (exit status: 7)") && workspace.said("no memory"));

    // Next time it is there already.
    workspace.said.take();
    let print = Arguments { print: true, ..NO };
    workspace.set_up(print).await.unwrap();
    assert!(workspace.said("is installed") && workspace.said(&launch.base_url()));
}
