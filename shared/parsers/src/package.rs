//! Open Packaging Conventions (ECMA-376 part 2): relationships between parts, and the core properties.

use crate::{
    Problem,
    archive::Archive,
    xml::{Token, Xml},
};

/// A reference from a part to another.
#[derive(Debug)]
pub(crate) struct Relation {
    /// Identifier within the part.
    pub(crate) id: String,
    /// Last segment of its type: `slide`.
    pub(crate) kind: String,
    /// Name of the part that it refers to.
    pub(crate) target: String,
}

/// The references of a part, empty when it has none; `""` is the package. References out of the package are left out.
///
/// # Errors
/// As [`Archive::read`]; [`Problem::Damaged`].
pub(crate) fn relations(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Relation>, Problem> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let separator = if folder.is_empty() { "" } else { "/" };
    let Some(text) = archive.xml(&format!("{folder}{separator}_rels/{name}.rels"))? else {
        return Ok(Vec::new());
    };
    let (mut xml, _) = Xml::root(&text)?;
    let mut relations = Vec::new();
    while let Some(element) = xml.child()? {
        let attribute = |name| element.attribute(name).unwrap_or_default();
        if attribute("TargetMode") != "External" {
            relations.push(Relation {
                id: attribute("Id"),
                kind: attribute("Type")
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                target: resolve(folder, &attribute("Target")),
            });
        }
        xml.skip()?;
    }
    Ok(relations)
}

/// The name of the main part.
///
/// # Errors
/// [`Problem::Damaged`] when the package names none.
pub(crate) fn main_part(archive: &mut Archive<'_>) -> Result<String, Problem> {
    let relations = relations(archive, "")?;
    let main = relations
        .into_iter()
        .find(|relation| relation.kind == "officeDocument");
    let main = main.ok_or_else(|| Problem::damaged("the package names no main part"))?;
    Ok(main.target)
}

/// Title and date of a document.
#[derive(Debug, Default)]
pub(crate) struct Properties {
    /// The title.
    pub(crate) title: Option<String>,
    /// When it was modified last, or else created: RFC 3339, or a date.
    pub(crate) date: Option<String>,
}

/// The core properties of a package.
///
/// # Errors
/// As [`Archive::read`]; [`Problem::Damaged`].
pub(crate) fn properties(archive: &mut Archive<'_>) -> Result<Properties, Problem> {
    let relations = relations(archive, "")?;
    let core = relations
        .into_iter()
        .find(|relation| relation.kind == "core-properties");
    let name = core.map_or("docProps/core.xml".to_owned(), |relation| relation.target);
    let Some(text) = archive.xml(&name)? else {
        return Ok(Properties::default());
    };
    read_properties(&text)
}

/// The properties that XML with elements of Dublin Core states, at any depth: those of Office and of OpenDocument.
///
/// # Errors
/// [`Problem::Damaged`].
pub(crate) fn read_properties(text: &str) -> Result<Properties, Problem> {
    let (mut xml, _) = Xml::root(text)?;
    let mut properties = Properties::default();
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Open(element) => match element.name() {
                "title" => properties.title = title(&xml.text()?),
                "modified" | "date" => properties.date = date(&xml.text()?).or(properties.date),
                "created" | "creation-date" => properties.date = properties.date.or(date(&xml.text()?)),
                _ => depth += 1,
            },
            Token::Close => depth -= 1,
            Token::Text(_) => {}
        }
    }
    Ok(properties)
}

/// A title without surplus spaces, `None` when empty.
pub(crate) fn title(text: &str) -> Option<String> {
    let title = crate::markdown::clean(text).replace('\n', " ");
    (!title.is_empty()).then_some(title)
}

/// The title to report: what the document shows, unless the stated one occurs in the text. Programs state names of
/// their own, such as that of a template, in documents that nobody gave a title.
pub(crate) fn choose_title(stated: Option<String>, shown: Option<String>, text: &str) -> Option<String> {
    let is_shown = stated.as_deref().is_some_and(|stated| text.contains(stated));
    if is_shown { stated } else { shown.or(stated) }
}

/// A time with its zone as it is, any other text that begins with a date as that date.
pub(crate) fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let date = text.get(..10)?;
    let is_date = date.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !is_date {
        return None;
    }
    let time = text.get(10..)?;
    let has_zone =
        time.starts_with('T') && time.len() > 8 && (time.ends_with('Z') || time[1..].contains(['+', '-']));
    Some(if has_zone { text } else { date }.to_owned())
}

/// The name of a part that another refers to: relative to its folder, or to the root when it begins with `/`.
pub(crate) fn resolve(folder: &str, target: &str) -> String {
    let folder = if target.starts_with('/') { "" } else { folder };
    let mut segments: Vec<&str> = Vec::new();
    for segment in folder.split('/').chain(target.split('/')) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_within_the_package() {
        assert_eq!(resolve("ppt/slides", "../notes/a.xml"), "ppt/notes/a.xml");
        assert_eq!(resolve("word", "/docProps/core.xml"), "docProps/core.xml");
        assert_eq!(resolve("", "../../etc/passwd"), "etc/passwd");
    }

    #[test]
    fn dates_keep_their_zone_and_times_without_one_are_dropped() {
        assert_eq!(date("2024-05-06T07:08:09Z").unwrap(), "2024-05-06T07:08:09Z");
        assert_eq!(date("2024-05-06T07:08:09.123").unwrap(), "2024-05-06");
        assert_eq!(date("May 2024"), None);
    }
}
