//! PowerPoint presentations (ECMA-376 part 1, PresentationML).
//!
//! Slides in the order of the presentation, each with its title as heading and its notes. Hidden slides, comments, dates,
//! footers and numbers of slides are left out.

mod shapes;
mod text;

use self::shapes::{Bullets, Shape};
use crate::{
    Format, Parsed, Place, Problem,
    archive::Archive,
    markdown::{Block, Budget, Markdown, clean},
    package::{self, Relation},
    xml::Xml,
};

/// Parses a presentation.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::Encrypted`], [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Problem> {
    let mut archive = Archive::open(bytes)?;
    let main = package::main_part(&mut archive)?;
    let relations = package::relations(&mut archive, &main)?;
    let slides = slides(&archive.required_xml(&main)?, &relations)?;
    let mut reader = Reader {
        archive,
        budget: Budget::default(),
        markdown: Markdown::default(),
        title: None,
        hidden: 0,
        empty: 0,
    };
    for (number, slide) in (1_u32..).zip(&slides) {
        reader.slide(number, slide)?;
    }
    let Reader {
        mut archive,
        mut markdown,
        ..
    } = reader;
    let counts = [(reader.hidden, "hidden"), (reader.empty, "without text")];
    let left_out = counts.iter().filter(|(count, _)| *count > 0);
    let left_out = left_out.map(|(count, kind)| format!("slides left out: {count} {kind}"));
    markdown.notes.extend(left_out);
    let mut parsed = markdown.finish(Format::Pptx.media_type())?;
    let properties = package::properties(&mut archive)?;
    parsed.title = package::choose_title(properties.title, reader.title, &parsed.text);
    parsed.published_at = properties.date;
    Ok(parsed)
}

struct Reader<'a> {
    archive: Archive<'a>,
    budget: Budget,
    markdown: Markdown,
    /// The title of the first slide with one.
    title: Option<String>,
    hidden: usize,
    empty: usize,
}

impl Reader<'_> {
    fn slide(&mut self, number: u32, part: &str) -> Result<(), Problem> {
        let text = self.archive.required_xml(part)?;
        let relations = package::relations(&mut self.archive, part)?;
        let (mut xml, root) = Xml::root(&text)?;
        if matches!(root.attribute("show").as_deref(), Some("0" | "false")) {
            self.hidden += 1;
            return Ok(());
        }
        let layout = match target(&relations, |relation| relation.kind == "slideLayout") {
            Some(part) => self.archive.xml(part)?,
            None => None,
        };
        let layout = layout.map(|text| shapes::read(&mut Xml::root(&text)?.0, &mut Budget::default()));
        let layout = layout.transpose()?.unwrap_or_default();
        let shapes = shapes::read(&mut xml, &mut self.budget)?;
        let (titles, others): (Vec<Shape>, Vec<Shape>) = shapes.into_iter().partition(Shape::is_title);
        let mut blocks = Vec::new();
        // An empty placeholder of a title beside a filled one has no say.
        let mut texts = titles.iter().map(|shape| clean(&shape.plain_text()));
        let title = texts.find(|text| !text.is_empty());
        let is_first = titles.iter().any(|shape| shape.kind == "ctrTitle")
            || others.iter().any(|shape| shape.kind == "subTitle");
        let level = if title.is_some() && is_first { 1 } else { 2 };
        for shape in others {
            let bullets = inherited(&shape, &layout);
            match &shape.diagram {
                Some(id) => blocks.extend(self.diagram(&relations, id)?),
                None => blocks.extend(shape.blocks(&bullets)),
            }
        }
        let notes = self.notes(&relations)?;
        if title.is_none() && blocks.is_empty() && notes.is_empty() {
            self.empty += 1;
            return Ok(());
        }
        let heading = title.map_or(format!("Slide {number}"), |text| text.replace('\n', " "));
        self.markdown.place(Place::Slide(number));
        self.markdown.block(&Block::Heading(level, heading.clone()))?;
        if level == 1 && self.title.is_none() {
            self.title = Some(heading);
        }
        self.markdown.blocks(&blocks)?;
        if !notes.is_empty() {
            self.markdown.block(&Block::Heading(3, "Notes".to_owned()))?;
            self.markdown.blocks(&notes)?;
        }
        Ok(())
    }

    fn notes(&mut self, relations: &[Relation]) -> Result<Vec<Block>, Problem> {
        let Some(part) = target(relations, |relation| relation.kind == "notesSlide") else {
            return Ok(Vec::new());
        };
        let Some(text) = self.archive.xml(part)? else {
            return Ok(Vec::new());
        };
        let shapes = shapes::read(&mut Xml::root(&text)?.0, &mut self.budget)?;
        let notes = shapes.iter().filter(|shape| shape.kind == "body");
        Ok(notes
            .flat_map(|shape| shape.blocks(&Bullets::default()))
            .collect())
    }

    /// The texts of a SmartArt graphic, whose data is a part of its own.
    fn diagram(&mut self, relations: &[Relation], id: &str) -> Result<Vec<Block>, Problem> {
        let part = target(relations, |relation| relation.id == id);
        let Some(text) = part.map(|part| self.archive.xml(part)).transpose()?.flatten() else {
            return Ok(Vec::new());
        };
        shapes::diagram(&mut Xml::root(&text)?.0, &mut self.budget)
    }
}

/// The parts of the slides, in their order.
fn slides(text: &str, relations: &[Relation]) -> Result<Vec<String>, Problem> {
    let (mut xml, _) = Xml::root(text)?;
    let mut slides = Vec::new();
    while let Some(element) = xml.child()? {
        if element.name() != "sldIdLst" {
            xml.skip()?;
            continue;
        }
        while let Some(slide) = xml.child()? {
            let id = slide.prefixed("id").unwrap_or_default();
            let part = target(relations, |relation| {
                relation.id == id && relation.kind == "slide"
            });
            // Each slide once, so that a list cannot repeat a large one.
            let part = part.filter(|part| !slides.iter().any(|slide| slide == part));
            slides.extend(part.map(str::to_owned));
            xml.skip()?;
        }
    }
    Ok(slides)
}

/// The bullets of the placeholder in the layout that a shape fills.
fn inherited(shape: &Shape, layout: &[Shape]) -> Bullets {
    if !shape.is_placeholder {
        return Bullets::default();
    }
    let by_index = layout
        .iter()
        .find(|other| other.is_placeholder && !shape.index.is_empty() && other.index == shape.index);
    let of_layout = by_index.or_else(|| {
        layout
            .iter()
            .find(|other| other.is_placeholder && other.kind == shape.kind)
    });
    // The body style of masters has bullets.
    let is_list = matches!(shape.kind.as_str(), "" | "body" | "obj");
    let bullets = of_layout.map(|other| other.bullets.clone()).unwrap_or_default();
    Bullets(bullets.0.map(|level| level.or(is_list.then_some(true))))
}

fn target(relations: &[Relation], is_wanted: impl Fn(&Relation) -> bool) -> Option<&str> {
    let found = relations.iter().find(|relation| is_wanted(relation));
    found.map(|relation| relation.target.as_str())
}
