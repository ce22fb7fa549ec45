//! Formats of files, and how they are recognised.

use crate::{Original, Problem, archive::Archive, ole, xml::Xml};

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
    /// HTML and XHTML.
    Html,
    /// PDF.
    Pdf,
    /// Word document (Office Open XML).
    Docx,
    /// PowerPoint presentation (Office Open XML).
    Pptx,
    /// Excel workbook (Office Open XML).
    Xlsx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// EPUB book.
    Epub,
    /// reStructuredText.
    Rst,
    /// AsciiDoc.
    AsciiDoc,
    /// Jupyter notebook.
    Notebook,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// JSON.
    Json,
    /// E-mail message (RFC 5322).
    Email,
    /// Source code.
    Code,
}

/// Each format with its media type, further media types and extensions.
const FORMATS: [(Format, &str, &[&str], &[&str]); 19] = [
    (
        Format::Plain,
        "text/plain",
        &[],
        &["txt", "text", "log", "readme", "license", "changelog"],
    ),
    (
        Format::Markdown,
        "text/markdown",
        &["text/x-markdown"],
        &["md", "markdown", "mdx", "mdown", "qmd", "rmd"],
    ),
    (
        Format::Html,
        "text/html",
        &["application/xhtml+xml"],
        &["html", "htm", "xhtml"],
    ),
    (Format::Pdf, "application/pdf", &["application/x-pdf"], &["pdf"]),
    (
        Format::Docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &[],
        &["docx", "docm"],
    ),
    (
        Format::Pptx,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &[],
        &["pptx", "pptm"],
    ),
    (
        Format::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &[],
        &["xlsx", "xlsm"],
    ),
    (
        Format::Odt,
        "application/vnd.oasis.opendocument.text",
        &[],
        &["odt"],
    ),
    (
        Format::Ods,
        "application/vnd.oasis.opendocument.spreadsheet",
        &[],
        &["ods"],
    ),
    (
        Format::Odp,
        "application/vnd.oasis.opendocument.presentation",
        &[],
        &["odp"],
    ),
    (Format::Epub, "application/epub+zip", &[], &["epub"]),
    (
        Format::Rst,
        "text/x-rst",
        &["text/prs.fallenstein.rst"],
        &["rst", "rest"],
    ),
    (
        Format::AsciiDoc,
        "text/asciidoc",
        &["text/x-asciidoc"],
        &["adoc", "asciidoc"],
    ),
    (Format::Notebook, "application/x-ipynb+json", &[], &["ipynb"]),
    (Format::Csv, "text/csv", &["application/csv"], &["csv"]),
    (Format::Tsv, "text/tab-separated-values", &[], &["tsv", "tab"]),
    (
        Format::Json,
        "application/json",
        &[
            "application/x-ndjson",
            "application/jsonl",
            "application/geo+json",
        ],
        &["json", "jsonl", "ndjson", "geojson"],
    ),
    (Format::Email, "message/rfc822", &[], &["eml"]),
    (
        Format::Code,
        "text/x-source",
        &[
            "text/css",
            "text/javascript",
            "application/javascript",
            "text/x-python",
            "text/x-rust",
            "text/x-c",
            "application/toml",
            "application/yaml",
            "text/yaml",
            "text/x-yaml",
        ],
        &[
            "bash",
            "c",
            "cc",
            "cfg",
            "cjs",
            "clj",
            "cmake",
            "conf",
            "cpp",
            "cs",
            "css",
            "cts",
            "cxx",
            "dart",
            "dockerfile",
            "el",
            "erl",
            "ex",
            "exs",
            "fs",
            "gemfile",
            "go",
            "gradle",
            "graphql",
            "groovy",
            "h",
            "hcl",
            "hh",
            "hpp",
            "hs",
            "ini",
            "java",
            "jl",
            "js",
            "json5",
            "jsonc",
            "jsx",
            "justfile",
            "kt",
            "kts",
            "lua",
            "m",
            "makefile",
            "mjs",
            "ml",
            "mli",
            "mts",
            "nim",
            "nix",
            "php",
            "pl",
            "pm",
            "properties",
            "proto",
            "ps1",
            "psm1",
            "py",
            "pyi",
            "r",
            "rakefile",
            "rb",
            "rs",
            "sass",
            "scala",
            "scss",
            "sh",
            "sol",
            "sql",
            "svelte",
            "swift",
            "tf",
            "toml",
            "ts",
            "tsx",
            "v",
            "vb",
            "vue",
            "yaml",
            "yml",
            "zig",
            "zsh",
        ],
    ),
];

impl Format {
    /// The media type of the format.
    pub fn media_type(self) -> &'static str {
        FORMATS
            .iter()
            .find(|(format, ..)| *format == self)
            .map_or("application/octet-stream", |(_, media_type, ..)| media_type)
    }

    /// The format of a media type; parameters such as `charset` are ignored.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let is = |name: &&str| name.eq_ignore_ascii_case(essence);
        let named = FORMATS
            .iter()
            .find(|(_, name, others, _)| is(name) || others.iter().any(is));
        named.map(|(format, ..)| *format)
    }

    /// The format of a file name, by its extension; names without one, such as `Makefile`, are their own.
    pub fn of_name(name: &str) -> Option<Self> {
        let extension = name.rsplit(['/', '\\', '.']).next()?;
        let named = FORMATS
            .iter()
            .find(|(.., extensions)| extensions.iter().any(|one| one.eq_ignore_ascii_case(extension)));
        named.map(|(format, ..)| *format)
    }

    /// The format of a file: what its first bytes say, else its media type, else its name. Senders often do not know the
    /// type, so `application/octet-stream` and `text/plain` give way to the name.
    ///
    /// # Errors
    /// [`Problem::Unsupported`].
    pub fn detect(original: &Original<'_>) -> Result<Self, Problem> {
        let declared = original.media_type.unwrap_or_default();
        let of_type = Self::of_media_type(declared).filter(|format| *format != Self::Plain);
        let of_name = original.name.and_then(Self::of_name);
        let stated = of_type.or(of_name);
        if original.bytes.starts_with(b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if let Some(problem) = ole::problem(original.bytes) {
            return Err(problem);
        }
        if original.bytes.starts_with(b"PK\x03\x04") || original.bytes.starts_with(b"PK\x05\x06") {
            return archived(original.bytes);
        }
        match stated.or(Self::of_media_type(declared)) {
            Some(format) => Ok(format),
            None => Err(Problem::Unsupported {
                media_type: declared.to_owned(),
            }),
        }
    }
}

/// The format of a zip archive: OpenDocument and EPUB say it in the entry `mimetype`, Office Open XML in the types of its
/// parts.
fn archived(bytes: &[u8]) -> Result<Format, Problem> {
    let mut archive = Archive::open(bytes)?;
    let unsupported = |media_type: &str| Problem::Unsupported {
        media_type: media_type.to_owned(),
    };
    if let Some(media_type) = archive.xml("mimetype")? {
        // Templates have the format of their documents.
        let media_type = media_type.trim().trim_end_matches("-template");
        return Format::of_media_type(media_type).ok_or_else(|| unsupported(media_type));
    }
    if archive.has("META-INF/container.xml") {
        return Ok(Format::Epub);
    }
    let Some(types) = archive.xml("[Content_Types].xml")? else {
        return Err(unsupported("application/zip"));
    };
    let (mut xml, _) = Xml::root(&types)?;
    while let Some(element) = xml.child()? {
        let content_type = element.attribute("ContentType").unwrap_or_default();
        xml.skip()?;
        match content_type.to_ascii_lowercase() {
            // The type of an embedded file rather than of the main part.
            name if !name.ends_with("main+xml") && !name.ends_with(".main") => {}
            name if name.contains("wordprocessingml") || name.contains("ms-word") => return Ok(Format::Docx),
            name if name.contains("presentationml") || name.contains("ms-powerpoint") => {
                return Ok(Format::Pptx);
            }
            name if name.contains("ms-excel.sheet.binary") => {
                return Err(unsupported(
                    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
                ));
            }
            name if name.contains("spreadsheetml") || name.contains("ms-excel") => return Ok(Format::Xlsx),
            _ => {}
        }
    }
    Err(unsupported("application/zip"))
}
