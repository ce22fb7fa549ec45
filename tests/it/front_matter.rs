//! Front matter and byte order marks over the API.

use serde_json::{Value, json};

use crate::support::{Hub, ok, slice};

const TEXT: &str = "\u{feff}---\r\ntitle: The lamp of Skarv\r\ndate: 2026-01-31 12:00:00 +0100\r\n\
                    permalink: https://a.example/lamp\r\nlayout: page\r\ntags: [light, sea]\r\n---\r\n\r\n\
                    # Lamp {#lamp}\r\n\r\nThe lamp was lit on 3 May 1871.\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn front_matter_describes_the_document_and_is_not_part_of_its_text() {
    let hub = Hub::start().await;
    let sent = json!({ "documents": [{ "id": "lamp", "text": TEXT, "metadata": { "layout": "mine" } }] });
    let first = ok(hub.post("/documents", &sent).await).await;
    assert_eq!(first["documents"][0]["unchanged"], false);

    let stored = ok(hub.get("/documents/lamp").await).await;
    assert_eq!(stored["title"], "The lamp of Skarv");
    assert_eq!(stored["url"], "https://a.example/lamp");
    assert_eq!(stored["published_at"], "2026-01-31T11:00:00Z");
    assert_eq!(
        stored["metadata"],
        json!({ "layout": "mine", "tags": ["light", "sea"] })
    );
    assert_eq!(
        stored["text"],
        "# Lamp {#lamp}\r\n\r\nThe lamp was lit on 3 May 1871.\r\n"
    );

    // The same text again is unchanged, and so is what the server returned.
    let again = ok(hub.post("/documents", &sent).await).await;
    assert_eq!(again["documents"][0]["unchanged"], true);
    let fields = ["id", "title", "url", "published_at", "metadata", "text"];
    let returned: Value = fields
        .into_iter()
        .map(|name| (name, stored[name].clone()))
        .collect();
    let returned = ok(hub.post("/documents", &json!({ "documents": [returned] })).await).await;
    assert_eq!(returned["documents"][0]["unchanged"], true);

    let answer = hub.ask("default", "When was the lamp lit?").await;
    let citation = &answer["claims"][0]["citations"][0];
    let text = stored["text"].as_str().unwrap();
    assert_eq!(
        citation["quote"],
        slice(text, &citation["quote_start"], &citation["quote_end"])
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_body_is_read_in_the_same_way() {
    let hub = Hub::start().await;
    let markdown = hub
        .post_raw("/documents?id=markdown&title=Sent", "text/markdown", TEXT)
        .await;
    ok(markdown).await;
    let stored = ok(hub.get("/documents/markdown").await).await;
    assert_eq!(
        (&stored["title"], &stored["url"]),
        (&json!("Sent"), &json!("https://a.example/lamp"))
    );

    let plain = hub.post_raw("/documents?id=plain", "text/plain", TEXT).await;
    ok(plain).await;
    let stored = ok(hub.get("/documents/plain").await).await;
    assert_eq!(stored["title"], "title: The lamp of Skarv");
    assert_eq!(stored["text"], TEXT.trim_start_matches('\u{feff}'));

    let invalid = "---\nnot: [yaml\n---\nThe lamp.";
    ok(hub
        .post_raw("/documents?id=invalid", "text/markdown", invalid)
        .await)
    .await;
    let stored = ok(hub.get("/documents/invalid").await).await;
    assert_eq!(
        (&stored["title"], &stored["text"]),
        (&json!("The lamp."), &json!(invalid))
    );
    hub.cloud.stop().await;
}
