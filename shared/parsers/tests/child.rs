//! A parser that misbehaves ends its child process, and its caller is told why; so does every hostile file below
//! `tests/documents`, in time. This program is also the child: it has no harness, which would take the argument for its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it is a test, without the attribute that tells so"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use parsers::{
    Original, Parsed, Problem,
    child::{parse, serve_with},
};

const LIMIT: Duration = Duration::from_secs(10);
/// Name of a file that says how the parser misbehaves.
const MISBEHAVE: &str = "misbehave";

fn main() -> ExitCode {
    if serve_with(misbehave) {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(async {
        parsers_that_misbehave().await;
        hostile_files().await;
    });
    ExitCode::SUCCESS
}

/// Does what the content of the file says, if it has the name for that.
fn misbehave(original: &Original<'_>) -> Result<Parsed, Problem> {
    if original.name != Some(MISBEHAVE) {
        return parsers::parse(original);
    }
    match original.bytes {
        b"loop" => loop {
            std::hint::spin_loop();
        },
        b"memory" => {
            let mut held = Vec::new();
            loop {
                held.push(vec![1_u8; 1 << 20]);
            }
        }
        b"stack" => Ok(parsed(&nest(1).to_string())),
        b"abort" => std::process::abort(),
        b"panic" => panic!("as a parser might"),
        b"output" => Ok(parsed(&"x".repeat(20_000_000))),
        b"environment" => Ok(parsed(&std::env::vars().count().to_string())),
        b"open" => Ok(parsed(&std::fs::File::open("/dev/null").is_err().to_string())),
        bytes => Ok(parsed(&format!("{} bytes", bytes.len()))),
    }
}

fn parsed(text: &str) -> Parsed {
    Parsed {
        text: text.to_owned(),
        ..Parsed::default()
    }
}

#[expect(unconditional_recursion, reason = "it overflows the stack")]
fn nest(depth: u64) -> u64 {
    std::hint::black_box(nest(std::hint::black_box(depth + 1)) + depth)
}

async fn parsers_that_misbehave() {
    let run = async |bytes: &[u8], limit: Duration| {
        let original = Original {
            bytes,
            name: Some(MISBEHAVE),
            ..Original::default()
        };
        parse(&original, limit).await
    };
    let crashed = async |content: &str| match run(content.as_bytes(), LIMIT).await {
        Err(Problem::Crashed { detail }) => detail,
        other => panic!("{content}: {other:?}"),
    };
    let second = Duration::from_secs(1);
    assert_eq!(run(b"loop", second).await, Err(Problem::TimedOut { seconds: 1 }));
    assert!(crashed("memory").await.contains("MB of memory"));
    assert!(crashed("stack").await.contains("nested too deeply"));
    for content in ["abort", "panic", "output"] {
        assert!(
            crashed(content).await.starts_with("its parser ended"),
            "{content}"
        );
    }
    assert_eq!(run(b"environment", LIMIT).await, Ok(parsed("0")));
    assert_eq!(run(b"open", LIMIT).await, Ok(parsed("true")));
    let large = vec![b'x'; 6_000_000];
    assert_eq!(run(&large, LIMIT).await, Ok(parsed("6000000 bytes")));
    println!("ok: parsers that misbehave");
}

/// Parses each hostile file: it has the expected problem, or a text.
async fn hostile_files() {
    let mut slowest = (Duration::ZERO, String::new());
    let files = hostile();
    for expectation in &files {
        let expected: serde_json::Value = serde_json::from_slice(&fs::read(expectation).unwrap()).unwrap();
        let path = expectation.to_str().unwrap().trim_end_matches(".expected.json");
        let bytes = fs::read(path).unwrap();
        let original = Original {
            bytes: &bytes,
            media_type: expected["media_type"].as_str(),
            name: Path::new(path).file_name().and_then(|name| name.to_str()),
            url: None,
        };
        let began = Instant::now();
        let problem = parse(&original, LIMIT).await.err();
        let kind = serde_json::to_value(&problem).unwrap()["kind"].clone();
        assert_eq!(kind, expected["problem"], "{path}: {problem:?}");
        if began.elapsed() > slowest.0 {
            slowest = (began.elapsed(), path.to_owned());
        }
    }
    println!("ok: {} hostile files; the slowest took {slowest:?}", files.len());
}

/// What is expected of each hostile file.
fn hostile() -> Vec<PathBuf> {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/documents");
    let entries = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries(&documents).filter(|path| path.to_str().unwrap().contains("/hostile"));
    let files = folders.flat_map(|folder| entries(&folder).collect::<Vec<_>>());
    files
        .filter(|path| path.to_str().unwrap().ends_with(".expected.json"))
        .collect()
}
