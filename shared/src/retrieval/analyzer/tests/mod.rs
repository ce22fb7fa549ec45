//! Tests of the analyzer: what meets and what stays apart.

mod any_text;
mod detection;

use std::collections::HashSet;

use super::{Language::*, *};

fn texts(text: &str) -> Vec<String> {
    distinct(text)
}

/// Whether a question finds a document: they have a term in common.
fn finds(question: &str, document: &str, language: Language) -> bool {
    let terms: HashSet<String> = analyze(document, language)
        .into_iter()
        .map(|term| term.text)
        .collect();
    let words = query_terms(question, &[language]);
    !words.is_empty()
        && words
            .iter()
            .flat_map(|word| &word.variants)
            .any(|term| terms.contains(term))
}

fn analyzed(text: &str, language: Language) -> Vec<String> {
    analyze(text, language)
        .into_iter()
        .map(|term| term.text)
        .collect()
}

fn variants(question: &str, language: Language) -> Vec<Vec<String>> {
    let words = query_terms(question, &[language]).into_iter();
    words.map(|word| word.variants).collect()
}

/// Whether every word of a question, or a form that joins several, is in a document.
fn finds_all(question: &str, document: &str, language: Language) -> bool {
    let terms: HashSet<String> = analyze(document, language)
        .into_iter()
        .map(|term| term.text)
        .collect();
    let words = query_terms(question, &[language]);
    let has = |word: &QueryTerm| word.variants.iter().any(|term| terms.contains(term));
    let all = words.iter().filter(|word| word.counts).all(has);
    !words.is_empty()
        && (all
            || words.iter().any(|word| {
                word.variants.iter().any(|term| terms.contains(term))
                    && word.end - word.start + 1 >= question.trim().len()
            }))
}

/// Spellings of the same: each is searched in a text that has the other.
const SAME: &[(&str, &str)] = &[
    ("café", "cafe"),
    ("café", "cafe\u{301}"),
    ("Molière", "moliere"),
    ("naïve", "naive"),
    ("Hauptstraße", "hauptstrasse"),
    ("Hauptstraße", "HAUPTSTRASSE"),
    ("ﬁle", "file"),
    ("eﬃcient", "efficient"),
    ("com\u{ad}mittee", "committee"),
    ("com\u{200b}mittee", "committee"),
    ("commit-\ntee", "committee"),
    ("commit-\n    tee", "committee"),
    ("commit\u{ad}\ntee", "committee"),
    ("1,048,576", "1048576"),
    ("1.048.576", "1048576"),
    ("1_048_576", "1048576"),
    ("148 ms", "148ms"),
    ("148\u{a0}ms", "148ms"),
    ("$1,299.99", "1299.99"),
    ("1.299,99 €", "1299.99"),
    ("2.4 GHz", "2.4GHz"),
    ("1,024 KB", "1024KB"),
    ("3,14", "3.14"),
    ("v1.2.3", "1.2.3"),
    ("CO₂", "CO2"),
    ("10 m²", "m2"),
    ("UTF-8", "utf8"),
    ("UTF-8", "utf-8"),
    ("UTF-8", "UTF8"),
    ("utf_8", "UTF-8"),
    ("Wi-Fi", "wifi"),
    ("e-mail", "email"),
    ("Node.js", "nodejs"),
    ("Node.js", "node.js"),
    ("RFC 9457", "RFC9457"),
    ("RFC 9457", "rfc-9457"),
    ("RFC9457", "rfc-9457"),
    ("HTTP/2", "http2"),
    ("Python 3", "python3"),
    ("co-operative", "cooperative"),
    ("well\u{2011}known", "well-known"),
    ("U.S.A.", "USA"),
    ("e.g.", "eg"),
    ("HTTPServer", "http server"),
    ("HTTPServer", "httpserver"),
    ("snake_case", "snake case"),
    ("snake_case", "snakeCase"),
    ("snakeCase", "snake case"),
    ("SnakeCase", "snake-case"),
    ("us-east-1", "us_east_1"),
    ("ΟΔΟΣ", "οδος"),
    ("ΟΔΟΣ", "οδός"),
    ("İstanbul", "istanbul"),
    ("İstanbul", "Istanbul"),
    ("ISTANBUL", "İstanbul"),
    ("Ｆｕｌｌ", "full"),
    ("カタカナ", "ｶﾀｶﾅ"),
    ("ガラス", "ｶﾞﾗｽ"),
    ("タバコ", "たばこ"),
    ("東京タワーは高い", "東京"),
    ("東京タワーは高い", "タワー"),
    ("喝茶", "茶"),
    ("ภาษาไทยง่าย", "ไทย"),
    ("서울은 크다.", "서울"),
    ("서울에서 만나자", "서울"),
    ("물은 맑다", "물"),
    ("서울시청", "시청"),
    ("العـــربية", "العربية"),
    ("العَرَبِيَّة", "العربية"),
    ("أحمد", "احمد"),
    ("مدرسة", "مدرسه"),
    ("שָׁלוֹם", "שלום"),
    ("ёлка", "елка"),
    ("l'eau", "eau"),
    ("L’eau", "eau"),
    ("d'Artagnan", "Artagnan"),
    ("d’Artagnan", "artagnan"),
    ("client’s", "client"),
    ("Molière's", "moliere"),
    ("caf&eacute;", "cafe"),
    ("one&mdash;two", "two"),
    ("one&nbsp;two", "two"),
    ("R&amp;Dlab", "dlab"),
    ("it&#8212;works", "works"),
    ("٣٤٥", "345"),
    ("C++", "c++"),
    ("C++", "C"),
    (".NET", ".net"),
    (".NET", "net"),
    ("ASP.NET", "asp.net"),
    ("--no-cache", "no-cache"),
    ("the", "The"),
    ("to be or not to be", "to be or not to be"),
    ("who", "Who"),
    ("WHO", "who"),
];

#[test]
fn spellings_of_the_same_meet_either_way_round() {
    let mut faults = Vec::new();
    for &(one, other) in SAME {
        for language in [English, Other] {
            for (question, document) in [(one, other), (other, one)] {
                // A text of a document: other words stand beside.
                let text = format!("We found {document} here yesterday.");
                if !finds(question, &text, language) {
                    faults.push(format!(
                        "{question:?} in {document:?}, {language:?}: {:?} {:?}",
                        variants(question, language),
                        analyzed(document, language)
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn spellings_in_a_language_meet() {
    let mut faults = Vec::new();
    for (language, one, other) in [
        (English, "e-mails", "email"),
        (English, "clients'", "client's"),
        (German, "Müller", "Mueller"),
        (German, "Häuser", "Haus"),
        (German, "Übergänge", "uebergaenge"),
        (French, "aimées", "aimee"),
        (French, "l'été", "ete"),
        (French, "nationales", "national"),
        (Spanish, "canciones", "cancion"),
        (Spanish, "canción", "canciones"),
        (Portuguese, "informações", "informacoes"),
        (Italian, "dell'acqua", "acqua"),
        (Italian, "città", "citta"),
        (Turkish, "İstanbul'da", "istanbul"),
        (Turkish, "kitaplar", "kitap"),
        (Hungarian, "házban", "hazban"),
        (Romanian, "orașe", "orase"),
        (Russian, "книги", "книга"),
        (Russian, "Docker контейнеры", "dockers"),
        (Swedish, "bilarna", "bilar"),
        (Danish, "bøger", "boger"),
        (Norwegian, "bøkene", "bokene"),
        (Finnish, "talossa", "talo"),
        (Dutch, "boeken", "boek"),
        (Greek, "δρόμους", "δρομους"),
        (Arabic, "المدرسة", "مدرسة"),
        (Tamil, "புத்தகங்கள்", "புத்தகம்"),
    ] {
        for (question, document) in [(one, other), (other, one)] {
            if !finds(question, document, language) {
                faults.push(format!(
                    "{question} in {document}: {:?} {:?}",
                    variants(question, language),
                    analyzed(document, language)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A question, the text that it must find first, and a text that it must not find or find after it.
const APART: &[(&str, &str, &str)] = &[
    ("C++", "We use C++ here.", "We use C here."),
    ("C++", "We use C++20 here.", "We use C here."),
    ("C#", "We use C# here.", "We use C here."),
    ("F#", "We use F# here.", "We use F here."),
    (".NET", "We use .NET here.", "We use a net here."),
    ("--no-cache", "Set --no-cache now.", "Set the cache now."),
    ("WHO", "The WHO says so.", "Who says so?"),
    ("IT", "Ask the IT people.", "Ask if it works."),
    ("AND", "Use AND between them.", "This and that."),
    (
        "1048576",
        "It has 1,048,576 rows.",
        "It has 1,048 rows, 576 columns.",
    ),
    ("1,5", "About 1,5 metres.", "About 15 metres."),
    ("2024-01-15", "On 2024-01-15.", "Number 20240115."),
    ("RFC9457", "See RFC 9457.", "See RFC 7807."),
    ("148ms", "It takes 148 ms.", "It takes 148 minutes."),
    ("10.0.0.1", "At 10.0.0.1.", "At 10001."),
    ("committee", "a commit-\ntee met", "a commit is made"),
    ("email", "an e-mail", "a mail"),
];

#[test]
fn what_differs_stays_apart() {
    let score = |question: &str, document: &str| {
        let terms: HashSet<String> = analyze(document, English)
            .into_iter()
            .map(|term| term.text)
            .collect();
        let words = query_terms(question, &[English]);
        words
            .iter()
            .filter(|word| word.variants.iter().any(|term| terms.contains(term)))
            .count()
    };
    for &(question, first, second) in APART {
        assert!(
            score(question, first) > score(question, second),
            "{question}: {:?} {:?} {:?}",
            query_terms(question, &[English]),
            analyze(first, English),
            analyze(second, English)
        );
    }
}

#[test]
fn a_character_is_found_in_a_sentence() {
    for (question, document) in [("茶", "我喜欢喝茶"), ("猫", "猫は好き"), ("ไทย", "ภาษาไทยง่าย")]
    {
        assert!(finds(question, document, English), "{question} in {document}");
    }
    let words = variants("东京是日本的首都", English);
    assert!(words.iter().all(|word| word[0].chars().count() == 2), "{words:?}");
}

#[test]
fn a_joined_name_is_found_whole() {
    for (question, document) in [
        ("RFC9457", "See RFC 9457."),
        ("148ms", "It took 148 ms."),
        ("http server", "class HTTPServer"),
        ("snake case", "snake_case"),
        ("maxRetries", "max_retries"),
    ] {
        assert!(finds_all(question, document, English), "{question} in {document}");
    }
}

#[test]
fn a_question_of_several_languages_has_each_stem_once() {
    let of = |text: &str, languages: &[Language]| -> Vec<Vec<String>> {
        query_terms(text, languages)
            .into_iter()
            .map(|term| term.variants)
            .collect()
    };
    assert_eq!(of("tower", &[English]), [["tower"]]);
    assert_eq!(of("national", &[English, French]), [vec!["nation", "national"]]);
    assert_eq!(of("what is the tower?", &[]), [["tower"]]);
    assert_eq!(of("Wie hoch ist der Turm?", &[English, German]).len(), 2);
    assert_eq!(of("die casting", &[English, German]).len(), 2);
    assert_eq!(of("the the tower tower", &[English]), [["tower"]]);
    assert_eq!(query_terms("tower of towers", &[English])[0].count, 2);
    assert!(of("?!", &[English]).is_empty());
}

#[test]
fn stop_words_are_searched_for_only_alone() {
    assert!(query_terms("the", &[]).iter().all(|term| term.is_stop_word));
    assert_eq!(query_terms("to be or not to be", &[]).len(), 4);
    assert_eq!(query_terms("who built it", &[]).len(), 1);
    let who = query_terms("WHO", &[]);
    assert_eq!(
        (who[0].variants[0].as_str(), who[1].variants[0].as_str()),
        ("WHO", "who")
    );
    assert_eq!(
        query_terms("WHO MASKS", &[]).len(),
        1,
        "capitals tell nothing in a line of them"
    );
    assert_eq!(query_terms("masks of the WHO", &[]).len(), 2);
    let prose =
        "The keeper of the lamp climbs the stairs of the tower to the lamp room and lights it there. "
            .repeat(9);
    let whole = analyze(&prose, English);
    let has = |word: &str| whole.iter().any(|term| term.text == word);
    assert!(has("the") && has("of") && !has("it"));
    assert!(
        whole
            .iter()
            .filter(|term| term.text == "the")
            .all(|term| !term.counts)
    );
    assert!(finds("the", &prose, English));
    assert!(finds(
        "to be or not to be",
        &format!("{prose} To be or not to be."),
        English
    ));
    assert!(finds(
        "who",
        &format!("{prose} Nobody knows who. {prose}"),
        English
    ));
}

#[test]
fn stems_words_in_order() {
    assert_eq!(
        texts("What are the fastest running functions?"),
        ["fastest", "run", "function"]
    );
    assert_eq!(texts("The client’s retries"), ["client", "retri"]);
    assert_eq!(texts("lambda_http"), ["lambdahttp", "lambda", "http"]);
    assert_eq!(texts("maxRetries"), ["maxretri", "max", "retri"]);
    assert_eq!(texts("us-east-1"), ["us", "east", "1", "useast1"]);
    assert_eq!(texts("well-known"), ["well", "known", "wellknown"]);
    assert_eq!(texts("one and/or two"), ["one", "two"]);
    assert_eq!(texts("3.14 1,024"), ["3.14", "1024"]);
    assert_eq!(texts("漢字"), ["漢字", "漢", "字"]);
}

#[test]
fn offsets_are_those_of_the_word() {
    let text = "😀 Cold caf&eacute; starts l'eau 灯塔";
    let found = analyze(text, English);
    let slices: Vec<&str> = found
        .iter()
        .filter(|term| term.counts)
        .map(|term| &text[term.start..term.end])
        .collect();
    assert_eq!(slices, ["Cold", "caf&eacute;", "starts", "eau", "灯塔"]);
}
