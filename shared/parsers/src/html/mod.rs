//! HTML as Markdown: main content of pages, and fragments such as the body of an e-mail.

mod code;
mod content;
mod dom;
mod limits;
mod list;
mod metadata;
mod output;
mod render;
mod signs;
mod sink;
mod table;
mod words;

use self::{dom::Dom, metadata::Metadata, render::Renderer};
use crate::{MAX_TEXT_BYTES, Original, Parsed, Problem, charset};

/// Number of bytes in which a page declares its encoding; the HTML standard has 1,024.
const PRESCAN_BYTES: usize = 4096;
/// Number of lines in which a page shows its title.
const TITLE_LINES: usize = 8;

/// Parses a page: its main content, without navigation, advertisements and the like.
///
/// # Errors
/// [`Problem::NoText`] for pages whose text is made by scripts, [`Problem::Damaged`] for binary files and
/// [`Problem::TooLarge`].
pub(crate) fn parse(original: &Original<'_>) -> Result<Parsed, Problem> {
    let html = decode(original)?;
    let dom = Dom::parse(&html)?;
    let content = content::find(&dom);
    let mut renderer = Renderer::new(&dom, &content.is_dropped);
    let body = renderer.markdown(content.root);
    if renderer.is_full() {
        return Err(too_large());
    }
    let metadata = Metadata::read(&dom, original.url, &content.is_dropped);
    if body.chars().filter(|c| c.is_alphanumeric()).count() == 0 {
        return Err(no_text(&dom));
    }
    let text = match &metadata.title {
        Some(title) if !has_title(&body, title) => format!("# {title}\n\n{body}"),
        _ => body,
    };
    Ok(Parsed {
        text,
        media_type: "text/html".to_owned(),
        title: metadata.title,
        url: metadata.url,
        published_at: metadata.published_at,
        ..Parsed::default()
    })
}

/// Markdown of the whole body of a document or fragment, without a choice of its main content. The text is cut at
/// [`MAX_TEXT_BYTES`]; it is empty for a tree that exceeds the limits.
pub(crate) fn fragment_to_markdown(html: &str) -> String {
    let Ok(dom) = Dom::parse(html) else {
        return String::new();
    };
    Renderer::new(&dom, &[]).markdown(dom::ROOT)
}

fn decode(original: &Original<'_>) -> Result<String, Problem> {
    let start = &original.bytes[..original.bytes.len().min(PRESCAN_BYTES)];
    let by_page = metadata::charset(&String::from_utf8_lossy(start));
    charset::decode_original(original, by_page.as_deref())
}

/// Whether a text begins with a heading of the first level or with the title.
fn has_title(text: &str, title: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty()).take(TITLE_LINES);
    lines.any(|line| line.starts_with("# ") || line.contains(title))
}

fn no_text(dom: &Dom) -> Problem {
    match dom.find("script") {
        Some(_) => Problem::no_text("the page has no text before its scripts run"),
        None => Problem::no_text("the page is empty"),
    }
}

fn too_large() -> Problem {
    Problem::too_large(format!("its text has more than {MAX_TEXT_BYTES} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_markdown() {
        let html = "<h2>Tea <a href=#t>¶</a></h2><p>One\n  <b>two</b>&nbsp;three<br>- four</p><hr>\
            <blockquote><p>a<p>b</blockquote><pre><code class=\"x language-rust\">fn f() {\n    g();\n}</code></pre>\
            <p>x<sup>2</sup>, 1<sup>st</sup><sup><a href=#n>[1]</a></sup>, <code>a_b</code></p>";
        let expected = "## Tea\n\nOne two three\n\\- four\n\n> a\n>\n> b\n\n```rust\nfn f() {\n    g();\n}\n```\n\n\
            x^2, 1st, `a_b`";
        assert_eq!(fragment_to_markdown(html), expected);
    }

    #[test]
    fn lists_nest_and_keep_their_blocks() {
        let html = "<ol start=3><li>a<ul><li>b<li>c</ul><li><p>d</p><p>e</p><pre>f</pre></ol>\
            <dl><dt>g<dd>h<dt>i<dt>j<dd><p>k</p><p>l</p></dl><ul><li>m</li><ul><li>n</ul></ul>";
        let expected = "3. a\n   - b\n   - c\n4. d\n\n   e\n\n   ```\n   f\n   ```\n\n- g: h\n- i, j: k\n\n  l\n\n- m\n  - n";
        assert_eq!(fragment_to_markdown(html), expected);
    }

    #[test]
    fn tables_with_data_have_a_header_and_others_are_blocks() {
        let data = "<table><caption>T</caption><tr><th>a<th colspan=2>b|c<tr><td rowspan=2>d<td>e<td>f<br>g<tr><td>h<td></table>";
        let expected = "T\n\n| a | b\\|c | |\n| --- | --- | --- |\n| d | e | f g |\n| d | h | |";
        assert_eq!(fragment_to_markdown(data), expected);
        let vertical = "<table><tr><th>a<td>b<tr><th>c<td>d</table>";
        assert_eq!(
            fragment_to_markdown(vertical),
            "| | |\n| --- | --- |\n| a | b |\n| c | d |"
        );
        let layout = "<table><tr><td>a<td><table><tr><td>b</table></table>";
        assert_eq!(fragment_to_markdown(layout), "a\n\nb");
    }

    #[test]
    fn what_readers_do_not_see_is_left_out() {
        let html = "<style>a</style><p hidden>b</p><p style='Display: NONE'>c</p><span aria-hidden=true>d</span>\
            <script>e</script><svg><text>f</text></svg><input value=g><p>h\0\u{AD}\u{200B}i</p><!-- j -->";
        assert_eq!(fragment_to_markdown(html), "hi");
    }

    #[test]
    fn the_title_is_the_first_heading() {
        let page = |body: &str| {
            let html = format!("<title>Green tea | Shop</title><a href=/>Shop</a>{body}");
            let bytes = html.as_bytes();
            parse(&Original {
                bytes,
                ..Original::default()
            })
        };
        assert_eq!(
            page("<p>Steep it.</p>").unwrap().text,
            "# Green tea\n\nShop\n\nSteep it."
        );
        assert_eq!(
            page("<h1>Tea</h1><p>Steep it.</p>").unwrap().text,
            "Shop\n\n# Tea\n\nSteep it."
        );
        assert!(matches!(page("").map(|_| ()), Ok(())));
        let shell = parse(&Original {
            bytes: b"<title>App</title><noscript>Enable scripts</noscript><script></script>",
            ..Original::default()
        });
        assert!(matches!(shell, Err(Problem::NoText { .. })));
    }

    fn text_of(html: &str) -> String {
        let original = Original {
            bytes: html.as_bytes(),
            ..Original::default()
        };
        parse(&original).unwrap().text
    }

    /// Text that makes a page long enough that its other parts are small.
    fn filler() -> String {
        format!("<p>{}</p>", "The kiln cools for nine hours. ".repeat(20))
    }

    #[test]
    fn headings_that_are_partly_links_or_name_their_part_are_kept() {
        let text = text_of(&format!(
            "<h1>Kiln</h1>{}<section><a href=/src>Source</a><h4>fn <a href=/open>open</a>(lid: <a href=/lid>Lid</a>)</h4></section>\
             <section><h2><a href='#limits'>Limits</a></h2><table><tr><th>Hot<td>1200</table></section>\
             <article><header><time>2 May</time><h3><a href=/may>Firing day</a></h3></header><p>Bring a coat.</p></article>{}",
            filler(),
            filler()
        ));
        for heading in ["#### fn open(lid: Lid)", "## Limits", "### Firing day"] {
            assert!(text.contains(heading), "{heading}: {text}");
        }
    }

    #[test]
    fn links_without_an_address_lead_away_as_well() {
        let links = "<div><a>Returns</a><a>Our story</a><a>Factories</a></div>";
        let text = text_of(&format!(
            "<h1>Kiln</h1>{0}<div><a name=top>Lids</a></div>{links}{0}",
            filler()
        ));
        assert!(text.contains("Lids") && !text.contains("Factories"), "{text}");
    }

    #[test]
    fn forms_to_fill_in_are_left_out() {
        let disclaimer = "What you say here is not read by those who decide. ".repeat(6);
        let fields = "<label>Name</label><input><input type=email><select><option>Yes</select>";
        let text = text_of(&format!(
            "<h1>Kiln</h1>{}<form>{fields}<p>{disclaimer}</p></form>",
            filler().repeat(2)
        ));
        assert!(!text.contains("decide"), "{text}");
    }

    #[test]
    fn buttons_that_fold_a_part_are_its_heading_and_others_are_not() {
        let html = "<button><h3>Care</h3></button><h3> <button>Size</button></h3><h3>Colour <button>Copy</button></h3><button>Buy</button>";
        assert_eq!(fragment_to_markdown(html), "### Care\n\n### Size\n\n### Colour");
    }

    #[test]
    fn comments_in_code_are_kept() {
        let code = "<pre><code>open() <span class=hljs-comment>// slowly</span></code></pre>";
        let text = text_of(&format!("<h1>Kiln</h1>{}{code}", filler()));
        assert!(text.contains("open() // slowly"), "{text}");
    }
}
