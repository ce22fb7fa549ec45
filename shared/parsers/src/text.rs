//! Plain text, Markdown and source code.

use crate::{
    Format, Original, Parsed, Place, Problem, charset,
    markdown::{Markdown, fenced},
};

/// Languages of extensions and media types that differ from the name of the language.
const LANGUAGES: [(&[&str], &str); 22] = [
    (&["cc", "cpp", "cxx", "hh", "hpp"], "cpp"),
    (&["cjs", "js", "mjs"], "javascript"),
    (&["clj"], "clojure"),
    (&["cs"], "csharp"),
    (&["erl"], "erlang"),
    (&["ex", "exs"], "elixir"),
    (&["fs"], "fsharp"),
    (&["h"], "c"),
    (&["hs"], "haskell"),
    (&["jl"], "julia"),
    (&["kt", "kts"], "kotlin"),
    (&["gemfile", "rakefile", "rb"], "ruby"),
    (&["gradle"], "groovy"),
    (&["cfg", "conf", "ini", "properties"], "ini"),
    (&["ml", "mli"], "ocaml"),
    (&["pl", "pm"], "perl"),
    (&["ps1", "psm1"], "powershell"),
    (&["py", "pyi"], "python"),
    (&["rs"], "rust"),
    (&["bash", "sh", "zsh"], "bash"),
    (&["cts", "mts", "ts"], "typescript"),
    (&["yml"], "yaml"),
];

/// Parses a plain text. Form feeds divide it into pages.
///
/// # Errors
/// [`Problem::Damaged`] for binary files, [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse_plain(original: &Original<'_>) -> Result<Parsed, Problem> {
    let text = decode(original)?;
    let mut markdown = Markdown::default();
    let pages = text.split('\x0C');
    let is_paged = text.trim_matches('\x0C').contains('\x0C');
    for (number, page) in (1..).zip(pages) {
        if is_paged {
            markdown.place(Place::Page(number));
        }
        markdown.raw(page)?;
    }
    let parsed = markdown.finish(Format::Plain.media_type())?;
    Ok(Parsed {
        is_plain: true,
        ..parsed
    })
}

/// Parses a Markdown text: it is kept as it is, with its front matter.
///
/// # Errors
/// As [`parse_plain`].
pub(crate) fn parse_markdown(original: &Original<'_>) -> Result<Parsed, Problem> {
    let mut markdown = Markdown::default();
    markdown.raw(&decode(original)?.replace('\x0C', "\n"))?;
    markdown.finish(Format::Markdown.media_type())
}

/// Parses source code: one fenced block, with the language that the name or the media type says.
///
/// # Errors
/// As [`parse_plain`].
pub(crate) fn parse_code(original: &Original<'_>) -> Result<Parsed, Problem> {
    let code = decode(original)?.replace('\x0C', "\n");
    let mut markdown = Markdown::default();
    markdown.raw(&fenced(&code, &language(original)))?;
    Ok(Parsed {
        title: file_name(original),
        ..markdown.finish(Format::Code.media_type())?
    })
}

/// The text of a file, with `\n` as the only line break and without zeros.
///
/// # Errors
/// [`Problem::Damaged`] for binary files, [`Problem::NoText`] for blank ones.
pub(crate) fn decode(original: &Original<'_>) -> Result<String, Problem> {
    let text = charset::decode_original(original, None)?;
    if text.trim().is_empty() {
        return Err(Problem::no_text("it is empty"));
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""))
}

/// The name of the file without its folders: the title of files that state none.
pub(crate) fn file_name(original: &Original<'_>) -> Option<String> {
    let name = original.name?.rsplit(['/', '\\']).next()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The language of source code, in lower case; empty when nothing says it.
fn language(original: &Original<'_>) -> String {
    let by_name = file_name(original)
        .filter(|name| Format::of_name(name) == Some(Format::Code))
        .and_then(|name| Some(name.rsplit('.').next()?.to_ascii_lowercase()));
    let stated = original.media_type.unwrap_or_default();
    let subtype = stated.split(';').next().unwrap_or_default().trim();
    let by_type = subtype
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let by_type = by_type.trim_start_matches("x-");
    let short = by_name.unwrap_or_else(|| match by_type {
        "source" | "octet-stream" => String::new(),
        language => language.to_owned(),
    });
    let named = LANGUAGES
        .iter()
        .find(|(names, _)| names.contains(&short.as_str()));
    named.map_or(short, |(_, language)| (*language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_goes_before_the_media_type() {
        let language_of = |name, media_type| {
            language(&Original {
                name,
                media_type,
                ..Original::default()
            })
        };
        assert_eq!(language_of(Some("src\\Main.RS"), Some("text/x-c")), "rust");
        assert_eq!(language_of(Some("deploy/Dockerfile"), None), "dockerfile");
        assert_eq!(
            language_of(Some("upload"), Some("text/x-python; charset=utf-8")),
            "python"
        );
        assert_eq!(language_of(None, Some("text/x-source")), "");
    }

    #[test]
    fn form_feeds_divide_pages() {
        let original = Original {
            bytes: b"\x0Cone\r\n\x0C\r\ntwo *2*\x0C",
            ..Original::default()
        };
        let parsed = parse_plain(&original).unwrap();
        assert_eq!(parsed.text, "one\n\ntwo *2*");
        assert!(parsed.is_plain);
        let starts = parsed
            .locations
            .iter()
            .map(|location| (location.start, location.place.clone()));
        assert_eq!(
            starts.collect::<Vec<_>>(),
            [(0, Place::Page(2)), (5, Place::Page(3))]
        );
    }
}
