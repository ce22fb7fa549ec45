//! Whatever a site sends, the parts of a crawl that read it come to an end without a panic.

use proptest::{prelude::*, test_runner::RngSeed};
use url::Url;

use super::{
    Robots,
    filter::{is_trap, shape},
    links,
    normalize::{key, normalize},
    sitemap,
};

/// Text made of the words that a format knows, and of any characters.
fn text(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let part = prop_oneof![4 => prop::sample::select(words).prop_map(str::to_owned), 1 => ".{0,4}"];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn site() -> Url {
    Url::parse("https://site.example/a/b?c").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn robots_txt(
        text in text(&["User-agent:", "*", "attest", "\n", "Disallow: ", "/", "%", "%4", "$", "a", "Crawl-delay: 1e400", "#"]),
        path in text(&["/", "a", "%", "%zz", "*", "$", "?"]),
    ) {
        let mut url = site();
        url.set_path(&path);
        Robots::parse(text.as_bytes(), "attest/1").allows(&url);
    }

    #[test]
    fn sitemaps(text in text(&["<", ">", "</", "loc", "<loc>", "</loc>", "<url>", "&", ";", "&#x;", "<![CDATA[", "]]>", "<!DOCTYPE", "<?", "\u{feff}", "/a"])) {
        let found = sitemap(text.as_bytes(), &site(), 1000).unwrap();
        prop_assert!(found.pages.len() <= 40 * 6);
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), is_packed in any::<bool>()) {
        let mut bytes = bytes;
        if is_packed {
            bytes.splice(0..0, [0x1f, 0x8b, 8]);
        }
        let _any = sitemap(&bytes, &site(), 1000);
        Robots::parse(&bytes, "attest");
        links(&bytes, &site(), Some(&String::from_utf8_lossy(&bytes)), "attest");
    }

    #[test]
    fn pages(text in text(&["<a ", "href=", "\"", "'", ">", "<base ", "<meta name=robots content=", "nofollow", "<link rel=canonical ", "<script>", "<!--", "//", "../", "https://", "[", "#", "?", "&amp;"])) {
        for url in links(text.as_bytes(), &site(), None, "attest").urls {
            prop_assert!(url.fragment().is_none() && url.scheme().starts_with("http"));
        }
    }

    #[test]
    fn addresses(text in text(&["/", "..", ".", "%2e", "%", "%41", "%ff", "?", "&", "=", "utm_a=1", "sid=0123456789abcdef", ";jsessionid=1", "a", "1", "#", "ü", ":", "@", "//"])) {
        let Ok(url) = site().join(&text) else { return Ok(()) };
        let normal = normalize(&url);
        prop_assert_eq!(&normalize(&normal), &normal, "it is stable");
        prop_assert_eq!(Url::parse(normal.as_str()), Ok(normal.clone()), "it can be stored as text");
        key(&normal);
        is_trap(&normal);
        shape(&normal);
    }
}
