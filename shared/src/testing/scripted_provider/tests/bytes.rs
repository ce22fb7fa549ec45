//! Tests of the bytes on the connection.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use http::Method;
use serde_json::Value;

use super::super::*;

const CHAT: &str = r#"{"model":"scripted-model","stream":true,"messages":[{"role":"user","content":"?"}]}"#;

fn post(body: &str) -> String {
    format!(
        "POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
        ScriptedProvider::KEY,
        body.len()
    )
}

async fn connect(provider: &ScriptedProvider) -> TcpStream {
    TcpStream::connect(provider.address).await.unwrap()
}

/// Reads until the connection ends; returns the text and how the connection ended.
async fn read_all(client: &mut TcpStream) -> (String, io::Result<()>) {
    let mut bytes = Vec::new();
    let end = client.read_to_end(&mut bytes).await.map(drop);
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

async fn exchange(provider: &ScriptedProvider, request: &[u8]) -> (String, io::Result<()>) {
    let mut client = connect(provider).await;
    client.write_all(request).await.unwrap();
    client.shutdown().await.unwrap();
    read_all(&mut client).await
}

/// Reads until the text ends with `end`.
async fn read_until(client: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).contains(end) {
        bytes.push(client.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

fn tokens(stream: &str) -> usize {
    stream.matches(r#""delta":{"content":"#).count()
}

#[tokio::test]
async fn a_connection_is_reused_for_the_next_request() {
    let provider = ScriptedProvider::start().await.unwrap();
    let mut client = connect(&provider).await;
    for _ in 0..2 {
        client.write_all(post(CHAT).as_bytes()).await.unwrap();
        let reply = read_until(&mut client, "\r\n0\r\n\r\n").await;
        assert!(reply.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"));
        assert_eq!(tokens(&reply), 2);
    }
    assert_eq!(provider.requests().len(), 2);
    let closing = post(CHAT).replace("Host: x", "Connection: close");
    client.write_all(closing.as_bytes()).await.unwrap();
    assert!(read_all(&mut client).await.1.is_ok());
}

#[tokio::test]
async fn a_request_body_may_be_chunked() {
    let provider = ScriptedProvider::start().await.unwrap();
    let (head, tail) = CHAT.split_at(20);
    let request = format!(
        "POST /openai/v1/chat/completions?a=b HTTP/1.1\r\nX-A: 1\r\nX-A: 2\r\napi-key: {}\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{head}\r\n{:X};name=value\r\n{tail}\r\n0\r\ntrailer: x\r\n\r\n",
        ScriptedProvider::KEY,
        head.len(),
        tail.len(),
    );
    let (reply, _) = exchange(&provider, request.as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"));
    let received = provider.take_requests().remove(0);
    assert_eq!(
        (received.method, &*received.path),
        (Method::POST, "/openai/v1/chat/completions?a=b")
    );
    assert_eq!(
        received.headers.get_all("x-a").iter().collect::<Vec<_>>(),
        ["1", "2"]
    );
    assert_eq!(received.body, serde_json::from_str::<Value>(CHAT).unwrap());
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_malformed_request_is_rejected_and_the_next_one_served() {
    let provider = ScriptedProvider::start().await.unwrap();
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(40_000));
    let requests: [(&[u8], &str); 12] = [
        (b"", ""),
        (b"\x16\x03\x01\x02\0\x01", "HTTP/1.1 400 "),
        (b"GET", "HTTP/1.1 400 "),
        (b"GET /\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET / SMTP\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\n\xff: 1\r\n\r\n", "HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "HTTP/1.1 400 "),
        (
            b"POST / HTTP/1.1\r\ncontent-length: 18446744073709551615\r\n\r\n",
            "HTTP/1.1 413 ",
        ),
        (
            b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 400 ",
        ),
        (b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nabc", ""),
        (long.as_bytes(), ""),
    ];
    for (request, expected) in requests {
        let (reply, _) = exchange(&provider, request).await;
        assert!(
            reply.starts_with(expected),
            "{reply:?} to {}",
            String::from_utf8_lossy(request)
        );
    }
    assert!(provider.requests().is_empty());
    let (reply, _) = exchange(&provider, b"GET /nowhere HTTP/1.1\r\n\r\n").await;
    assert!(reply.starts_with("HTTP/1.1 404 "));
    let (reply, _) = exchange(&provider, post("[[[").as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 400 "));
    let (reply, _) = exchange(&provider, post(CHAT).as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_reset_is_one_and_comes_where_it_should() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new(["a", "b", "c"]));
    let cases = [
        (Behaviour::ResetBeforeHeaders, 0),
        (Behaviour::ResetBeforeFirstToken, 0),
        (Behaviour::ResetAfterTokens(2), 2),
        (Behaviour::ResetAfterTokens(9), 3),
    ];
    for (behaviour, expected) in cases {
        provider.behave([behaviour]);
        let mut client = connect(&provider).await;
        client.write_all(post(CHAT).as_bytes()).await.unwrap();
        let (reply, end) = read_all(&mut client).await;
        assert_eq!(
            end.unwrap_err().kind(),
            io::ErrorKind::ConnectionReset,
            "{behaviour:?}"
        );
        assert_eq!(reply.is_empty(), behaviour == Behaviour::ResetBeforeHeaders);
        assert_eq!(tokens(&reply), expected, "{behaviour:?}");
        assert!(!reply.contains("finish_reason\":\"stop"));
    }
}

#[tokio::test]
async fn a_whole_reply_is_interrupted_in_its_body() {
    let provider = ScriptedProvider::start().await.unwrap();
    let request = post(&CHAT.replace("true", "false"));
    let whole = exchange(&provider, request.as_bytes()).await.0;
    let start = whole.find("\r\n\r\n").unwrap() + 4;
    let half = start + (whole.len() - start) / 2;
    for (behaviour, expected) in [
        (Behaviour::ResetBeforeFirstToken, start),
        (Behaviour::ResetAfterTokens(1), half),
    ] {
        provider.behave([behaviour]);
        let (cut, end) = exchange(&provider, request.as_bytes()).await;
        assert_eq!(cut, whole[..expected], "{behaviour:?}");
        assert!(end.is_err());
    }
}

#[tokio::test]
async fn a_stall_lasts_until_the_provider_is_dropped() {
    let cases = [
        (Behaviour::StallBeforeHeaders, None, 0),
        (
            Behaviour::StallBeforeFirstToken,
            Some("\"role\":\"assistant\""),
            0,
        ),
        (Behaviour::StallAfterTokens(1), Some("A scripted "), 1),
    ];
    for (behaviour, last, expected) in cases {
        let provider = ScriptedProvider::start().await.unwrap();
        provider.behave([behaviour, Behaviour::Fine]);
        let mut client = connect(&provider).await;
        client.write_all(post(CHAT).as_bytes()).await.unwrap();
        let mut reply = match last {
            Some(last) => read_until(&mut client, last).await,
            None => String::new(),
        };
        // The stalled call must have come before the next one, which takes the next behaviour.
        while provider.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        let (next, _) = exchange(&provider, post(CHAT).as_bytes()).await;
        assert!(next.contains("[DONE]"));
        let mut rest_of_chunk = [0; 64];
        loop {
            match client.try_read(&mut rest_of_chunk) {
                Ok(0) => panic!("{behaviour:?} has ended"),
                Ok(read) => reply.push_str(&String::from_utf8_lossy(&rest_of_chunk[..read])),
                Err(error) => break assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
            }
        }
        drop(provider);
        let (rest, end) = read_all(&mut client).await;
        assert!(end.is_ok(), "closed, not reset");
        reply.push_str(&rest);
        assert_eq!(tokens(&reply), expected, "{behaviour:?}");
        assert!(!reply.contains("\r\n0\r\n"), "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_stalled_connection_ends_when_the_client_closes_it() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::StallBeforeHeaders]);
    let (reply, end) = exchange(&provider, post(CHAT).as_bytes()).await;
    assert_eq!(reply, "");
    assert!(end.is_ok());
}

#[tokio::test]
async fn the_server_stops_when_dropped() {
    let provider = ScriptedProvider::start().await.unwrap();
    let address = provider.address;
    let mut idle = connect(&provider).await;
    drop(provider);
    assert_eq!(read_all(&mut idle).await.0, "");
    assert_eq!(
        TcpStream::connect(address).await.unwrap_err().kind(),
        io::ErrorKind::ConnectionRefused
    );
}

#[tokio::test]
async fn the_failing_urls_refuse_connections_and_handshakes() {
    let provider = ScriptedProvider::start().await.unwrap();
    let client = crate::http_client::builder().unwrap().no_proxy().build().unwrap();
    let refused = client
        .get(provider.refused_url(WireFormat::OpenAi).unwrap())
        .send()
        .await;
    assert!(refused.unwrap_err().is_connect());
    let handshake = client.get(provider.tls_url(WireFormat::OpenAi)).send().await;
    assert!(handshake.unwrap_err().is_connect());
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn waits_are_sent_in_their_headers() {
    let provider = ScriptedProvider::start().await.unwrap();
    let header = async |wait, name: &str| {
        provider.behave([Behaviour::RateLimited(wait)]);
        let (reply, _) = exchange(&provider, post(CHAT).as_bytes()).await;
        assert!(reply.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
        let (_, rest) = reply.split_once(&format!("\r\n{name}: ")).unwrap();
        rest.split("\r\n").next().unwrap().to_owned()
    };
    assert_eq!(header(RetryAfter::Seconds(7), "retry-after").await, "7");
    assert_eq!(header(RetryAfter::Millis(250), "retry-after-ms").await, "250");
    assert!(
        header(RetryAfter::Absurd, "retry-after")
            .await
            .parse::<u64>()
            .is_err()
    );

    let before = jiff::Timestamp::now().as_second();
    let date = header(RetryAfter::Date(60), "retry-after").await;
    let then = jiff::fmt::rfc2822::parse(&date).unwrap().timestamp().as_second();
    assert!(
        (before + 60..=jiff::Timestamp::now().as_second() + 60).contains(&then),
        "{date}"
    );
}

#[tokio::test]
async fn valid_behaviours_change_the_bytes() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.answer(ScriptedAnswer::new(["Café"]));
    let cases = [
        (Behaviour::Utf8CutAcrossChunks, "Caf\u{fffd}\r\n"),
        (Behaviour::CrLineEnds, "}\r\r\r\n"),
        (Behaviour::CrlfLineEnds, "}\r\n\r\n\r\n"),
        (Behaviour::Comments, ": a comment\ndata: {"),
        (Behaviour::MultiLineData, "data: {\ndata: "),
        (Behaviour::Bom, "\r\n\r\n3\r\n\u{feff}\r\n"),
    ];
    for (behaviour, expected) in cases {
        for (behaviour, is_visible) in [(behaviour, true), (Behaviour::Fine, false)] {
            provider.behave([behaviour]);
            let (reply, _) = exchange(&provider, post(CHAT).as_bytes()).await;
            assert_eq!(reply.contains(expected), is_visible, "{behaviour:?}");
        }
    }
}

#[tokio::test]
async fn large_bodies_are_large() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::HugeLine]);
    let (reply, _) = exchange(&provider, post(CHAT).as_bytes()).await;
    assert!(reply.lines().any(|line| line.len() > 5 * 1024 * 1024));

    provider.behave([Behaviour::GzipBomb]);
    let (reply, _) = exchange(&provider, post(CHAT).as_bytes()).await;
    assert!(reply.contains("\r\ncontent-encoding: gzip\r\n"));
    assert_eq!(reply::gzip_bomb().len(), 100_037);

    provider.behave([Behaviour::DeepNesting]);
    let (reply, _) = exchange(&provider, post(CHAT).as_bytes()).await;
    assert!(reply.contains(&"[".repeat(100_000)));
}
