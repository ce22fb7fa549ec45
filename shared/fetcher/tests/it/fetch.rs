//! Limits of time and size, encodings, and what is told of a reply.

use std::{
    io::Write,
    net::TcpListener,
    time::{Duration, Instant},
};

use fetcher::{FetchError, Fetched, Policy, Status, Validators, parse_url};
use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};

use crate::server::{Names, Reply, Server, fetcher, policy};

/// The time that a slow server gets in these tests.
const SHORT: Duration = Duration::from_millis(200);
const LIMIT: usize = 100_000;

async fn fetch(reply: Reply, validators: Option<&Validators>) -> Result<Fetched, FetchError> {
    let server = Server::start(move |_| reply.clone()).await;
    let policy = Policy {
        max_bytes: LIMIT,
        timeout: Duration::from_secs(5),
        ..policy(&[server.address])
    };
    let fetcher = fetcher(policy, Names::new([("site.example", &[server.address])]));
    fetcher
        .fetch(
            &parse_url("http://site.example/page#part").unwrap(),
            validators,
            Duration::MAX,
        )
        .await
}

async fn fetch_slow(reply: Reply) -> Result<Fetched, FetchError> {
    let server = Server::start(move |_| reply.clone()).await;
    let policy = Policy {
        timeout: SHORT,
        ..policy(&[server.address])
    };
    let fetcher = fetcher(policy, Names::new([("site.example", &[server.address])]));
    let started = Instant::now();
    let fetched = fetcher
        .fetch(&parse_url("http://site.example/").unwrap(), None, Duration::MAX)
        .await;
    assert!(started.elapsed() < SHORT * 10);
    fetched
}

fn head(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n{headers}\r\n").into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn the_content_comes_with_what_the_server_says_of_it() {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("etag", "\"v1\""),
        ("last-modified", "Mon, 05 Oct 2026 10:00:00 GMT"),
        ("x-robots-tag", "noindex"),
        ("set-cookie", "a=b"),
    ];
    let fetched = fetch(Reply::new(200, &headers, b"<p>Hello"), None).await.unwrap();
    assert_eq!(
        fetched,
        Fetched {
            url: parse_url("http://site.example/page").unwrap(),
            status: Status::Content,
            media_type: Some("text/html; charset=utf-8".to_owned()),
            bytes: b"<p>Hello".to_vec(),
            validators: Validators {
                etag: Some("\"v1\"".to_owned()),
                last_modified: Some("Mon, 05 Oct 2026 10:00:00 GMT".to_owned()),
            },
            robots: Some("noindex".to_owned()),
            is_moved: false,
        }
    );
}

#[tokio::test]
async fn unchanged_content_is_not_sent_again() {
    let validators = Validators {
        etag: Some("\"v1\"".to_owned()),
        last_modified: None,
    };
    let fetched = fetch(Reply::new(304, &[], b""), Some(&validators)).await.unwrap();
    assert_eq!((fetched.status, fetched.bytes.len()), (Status::NotModified, 0));
    // Nobody asked whether it had changed.
    let fetched = fetch(Reply::new(304, &[], b""), None).await;
    assert_eq!(
        fetched,
        Err(FetchError::Status {
            status: 304,
            retry_after: None
        })
    );
}

#[tokio::test]
async fn errors_of_the_server_are_told_with_their_status() {
    for status in [204_u16, 206, 300, 400, 401, 403, 404, 410, 418, 500, 502, 503] {
        let fetched = fetch(Reply::new(status, &[], b""), None).await;
        match status {
            204 => assert!(fetched.is_ok(), "{fetched:?}"),
            _ => assert_eq!(
                fetched,
                Err(FetchError::Status {
                    status,
                    retry_after: None
                })
            ),
        }
    }
    let busy = fetch(Reply::new(429, &[("retry-after", "7")], b""), None).await;
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(
        busy,
        Err(FetchError::Status {
            status: 429,
            retry_after
        })
    );
}

#[tokio::test]
async fn compressed_content_is_unpacked() {
    let text = b"words and more words".repeat(100);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&text).unwrap();
    let deflated = encoder.finish().unwrap();
    for (encoding, body) in [
        ("gzip", gzip(&text)),
        ("x-gzip", gzip(&text)),
        ("GZIP", gzip(&text)),
        ("deflate", deflated),
    ] {
        let fetched = fetch(Reply::new(200, &[("content-encoding", encoding)], &body), None)
            .await
            .unwrap();
        assert_eq!(fetched.bytes, text, "{encoding}");
    }
    let empty = fetch(Reply::new(200, &[("content-encoding", "gzip")], b""), None)
        .await
        .unwrap();
    assert_eq!(empty.bytes, b"");
    for encoding in ["br", "zstd", "gzip, gzip", "compress"] {
        let fetched = fetch(Reply::new(200, &[("content-encoding", encoding)], b"x"), None).await;
        assert_eq!(
            fetched,
            Err(FetchError::Encoding {
                encoding: encoding.to_owned()
            })
        );
    }
    let mut damaged = gzip(&text);
    damaged.truncate(damaged.len() - 9);
    for body in [damaged, b"no gzip at all, whatever the header says".to_vec()] {
        let fetched = fetch(Reply::new(200, &[("content-encoding", "gzip")], &body), None).await;
        assert!(matches!(fetched, Err(FetchError::Broken { .. })), "{fetched:?}");
    }
}

#[tokio::test]
async fn content_beyond_the_limit_is_refused() {
    let too_large = Err(FetchError::TooLarge { limit: LIMIT });
    let full = fetch(Reply::new(200, &[], &vec![b'x'; LIMIT]), None)
        .await
        .unwrap();
    assert_eq!(full.bytes.len(), LIMIT);
    assert_eq!(
        fetch(Reply::new(200, &[], &vec![b'x'; LIMIT + 1]), None).await,
        too_large
    );
    // A length that is only stated: nothing is read or allocated for it.
    assert_eq!(
        fetch(Reply::Stall(head("content-length: 99999999999\r\n")), None).await,
        too_large
    );
    // No length, and no end.
    assert_eq!(
        fetch(Reply::Endless(head(""), vec![b'x'; 1000]), None).await,
        too_large
    );
    let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1000)).into_bytes();
    let chunked = Reply::Endless(head("transfer-encoding: chunked\r\n"), chunk);
    assert_eq!(fetch(chunked, None).await, too_large);
    // 1 GB in 1 MB.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..1000 {
        encoder.write_all(&vec![0; 1_000_000]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let packed = bomb.len();
    let server = Server::start(move |_| Reply::new(200, &[("content-encoding", "gzip")], &bomb)).await;
    let fetcher = fetcher(
        policy(&[server.address]),
        Names::new([("site.example", &[server.address])]),
    );
    let started = Instant::now();
    let url = parse_url("http://site.example/").unwrap();
    let fetched = fetcher.fetch(&url, None, Duration::from_secs(60)).await;
    println!("a bomb of {packed} bytes was refused in {:?}", started.elapsed());
    assert_eq!(fetched, Err(FetchError::TooLarge { limit: 20_000_000 }));
}

#[tokio::test]
async fn slow_servers_cost_the_limit_and_no_more() {
    let timed_out = Err(FetchError::TimedOut { limit: SHORT });
    for slow in [
        Reply::Stall(Vec::new()),
        Reply::Stall(b"HTTP/1.1 200 OK\r\nx-a: b\r\n".to_vec()),
        Reply::Drip(b"HTTP/1.1 200 OK\r\nx-a: ".to_vec()),
        Reply::Stall(head("content-length: 10\r\n")),
        Reply::Drip(head("content-length: 100000\r\n")),
        Reply::Drip(head("")),
    ] {
        assert_eq!(fetch_slow(slow.clone()).await, timed_out, "{slow:?}");
    }
}

#[tokio::test]
async fn broken_replies_are_told() {
    let mut short = head("content-length: 10\r\n");
    short.extend(b"12345");
    let mut headers = b"HTTP/1.1 200 OK\r\n".to_vec();
    headers.extend("x-a: b\r\n".repeat(10_000).bytes());
    for reply in [
        Reply::Bytes(short),
        Reply::Bytes(Vec::new()),
        Reply::Bytes(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        Reply::Bytes(b"220 mail.example ESMTP\r\n".to_vec()),
        Reply::Bytes(headers),
        // A header without end.
        Reply::Endless(b"HTTP/1.1 200 OK\r\nx-a: ".to_vec(), vec![b'x'; 1000]),
        Reply::Bytes(head("content-length: 5\r\ncontent-length: 6\r\n")),
        Reply::Bytes(
            head("transfer-encoding: chunked\r\n")
                .into_iter()
                .chain(*b"zz\r\n")
                .collect(),
        ),
    ] {
        let fetched = fetch(reply, None).await;
        assert!(matches!(fetched, Err(FetchError::Broken { .. })), "{fetched:?}");
    }
    // What follows the stated length is not read.
    let long = head("content-length: 5\r\n")
        .into_iter()
        .chain(*b"1234567")
        .collect();
    assert_eq!(fetch(Reply::Bytes(long), None).await.unwrap().bytes, b"12345");
}

#[tokio::test]
async fn a_server_that_does_not_listen_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let fetcher = fetcher(policy(&[address]), Names::new([("site.example", &[address])]));
    let fetched = fetcher
        .fetch(&parse_url("http://site.example/").unwrap(), None, Duration::MAX)
        .await;
    assert!(
        matches!(fetched, Err(FetchError::Unreachable { .. })),
        "{fetched:?}"
    );
}

#[tokio::test]
async fn requests_name_the_project_and_nothing_of_the_caller() {
    let server = Server::start(|_| Reply::html("page")).await;
    let fetcher = fetcher(
        policy(&[server.address]),
        Names::new([("site.example", &[server.address])]),
    );
    let url = parse_url("http://site.example/page?a=b#part").unwrap();
    fetcher.fetch(&url, None, Duration::MAX).await.unwrap();
    let requests = server.requests.lock().unwrap();
    let request = requests.first().unwrap();
    assert_eq!(request.path, "/page?a=b");
    let mut names: Vec<&str> = request.headers.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
    assert!(request.headers["user-agent"].starts_with("attest/"));
    assert_eq!(request.headers["accept-encoding"], "gzip, deflate");
}
