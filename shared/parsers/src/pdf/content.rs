//! Runs content streams: the operators that show text, and those that say where (ISO 32000-2, 9.4).

use std::rc::Rc;

use hayro_font::kurbo::{Affine, Point};
use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Dict, Name, Number, Object, ObjectIdentifier, Stream, String as PdfString, dict::keys},
    page::Resources,
};

use super::{
    bullets::Path,
    font::Font,
    glyphs::{Glyph, Reader, Shown},
    stream, strings,
};
use crate::Problem;

/// The deepest nesting of forms, saved states and marked content.
const MAX_DEPTH: usize = 64;
/// What opening a form costs, in operators.
const FORM_COST: u64 = 500;
/// Angles up to this, in degrees, are those of a scan that lies askew.
const MAX_SKEW: f64 = 5.0;
/// The length of strings, in bytes, whose letters may be spaced widely.
const TRACKED: usize = 6;

/// The state of graphics and text.
#[derive(Clone)]
pub(super) struct State<'a> {
    matrix: Affine,
    font: Option<Rc<Font<'a>>>,
    size: f64,
    character_spacing: f64,
    word_spacing: f64,
    /// Horizontal scaling; 1 is 100%.
    scaling: f64,
    leading: f64,
    rise: f64,
}

impl State<'_> {
    pub(super) fn new(matrix: Affine) -> Self {
        Self {
            matrix,
            font: None,
            size: 1.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// A sequence of marked content.
enum Mark {
    /// The text that it stands for; nothing once it was written.
    ActualText(Option<String>),
    /// No content, such as a header.
    Artifact,
    Other,
}

/// Runs the content of a page.
pub(super) struct Run<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) shown: Shown,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) open_forms: Vec<ObjectIdentifier>,
}

impl<'a> Run<'_, 'a> {
    pub(super) fn content(
        &mut self,
        content: &[u8],
        resources: &Resources<'a>,
        state: &State<'a>,
    ) -> Result<(), Problem> {
        let mut state = state.clone();
        let mut saved: Vec<State<'a>> = Vec::new();
        let mut marks: Vec<Mark> = Vec::new();
        // The matrices of text and of its line.
        let mut text = Affine::IDENTITY;
        let mut line = Affine::IDENTITY;
        let mut path = Path::default();
        let mut operators = TypedIter::new(content);
        while let Some(operator) = operators.next() {
            self.reader.spend(1)?;
            if let Some(bullet) = path.follow(&operator, state.matrix) {
                self.reader.budget.spend(bullet.text.len())?;
                self.shown.glyphs.push(bullet);
            }
            match operator {
                TypedInstruction::SaveState(_) if saved.len() < MAX_DEPTH * 8 => saved.push(state.clone()),
                TypedInstruction::RestoreState(_) => state = saved.pop().unwrap_or(state),
                TypedInstruction::Transform(to) => {
                    state.matrix *= affine([to.0, to.1, to.2, to.3, to.4, to.5]);
                }
                TypedInstruction::BeginText(_) => (text, line) = (Affine::IDENTITY, Affine::IDENTITY),
                TypedInstruction::TextFont(font) => {
                    state.font = self.reader.font(resources, font.0);
                    state.size = font.1.as_f64();
                }
                TypedInstruction::CharacterSpacing(spacing) => state.character_spacing = spacing.0.as_f64(),
                TypedInstruction::WordSpacing(spacing) => state.word_spacing = spacing.0.as_f64(),
                TypedInstruction::HorizontalScaling(scaling) => state.scaling = scaling.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(leading) => state.leading = leading.0.as_f64(),
                TypedInstruction::TextRise(rise) => state.rise = rise.0.as_f64(),
                TypedInstruction::SetTextMatrix(to) => {
                    line = affine([to.0, to.1, to.2, to.3, to.4, to.5]);
                    text = line;
                }
                TypedInstruction::NextLine(by) => {
                    line *= Affine::translate((by.0.as_f64(), by.1.as_f64()));
                    text = line;
                }
                TypedInstruction::NextLineAndSetLeading(by) => {
                    state.leading = -by.1.as_f64();
                    line *= Affine::translate((by.0.as_f64(), by.1.as_f64()));
                    text = line;
                }
                TypedInstruction::NextLineUsingLeading(_) => {
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                }
                TypedInstruction::ShowText(string) => self.show(string.0, &state, &mut text, &mut marks)?,
                TypedInstruction::NextLineAndShowText(string) => {
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                    self.show(string.0, &state, &mut text, &mut marks)?;
                }
                TypedInstruction::ShowTextWithParameters(string) => {
                    state.word_spacing = string.0.as_f64();
                    state.character_spacing = string.1.as_f64();
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                    self.show(string.2, &state, &mut text, &mut marks)?;
                }
                TypedInstruction::ShowTexts(parts) => {
                    for part in parts.0.iter::<Object<'_>>() {
                        match part {
                            Object::String(string) => self.show(&string, &state, &mut text, &mut marks)?,
                            Object::Number(by) => {
                                text *= move_by(&state, -by.as_f64() / 1000.0 * state.size);
                            }
                            _ => {}
                        }
                    }
                }
                TypedInstruction::BeginMarkedContent(mark) if marks.len() < MAX_DEPTH => {
                    marks.push(self.mark(mark.0, None));
                }
                TypedInstruction::BeginMarkedContentWithProperties(mark) if marks.len() < MAX_DEPTH => {
                    let properties = match mark.1 {
                        Object::Dict(dict) => Some(dict.clone()),
                        Object::Name(name) => resources.properties.get::<Dict<'_>>(name),
                        _ => None,
                    };
                    marks.push(self.mark(mark.0, properties.as_ref()));
                }
                TypedInstruction::EndMarkedContent(_) => {
                    marks.pop();
                }
                TypedInstruction::InlineImage(_) => self.shown.has_images = true,
                TypedInstruction::XObject(object) => {
                    if let Some(object) = resources.get_x_object(object.0)
                        && !marks.iter().any(|mark| matches!(mark, Mark::Artifact))
                    {
                        self.object(&object, resources, &state)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        object: &Stream<'a>,
        resources: &Resources<'a>,
        state: &State<'a>,
    ) -> Result<(), Problem> {
        let dict = object.dict();
        match dict.get::<Name<'_>>(keys::SUBTYPE).as_deref() {
            Some(b"Image") => self.shown.has_images = true,
            Some(b"Form") => {
                let id = object.obj_id();
                if self.open_forms.len() >= MAX_DEPTH || self.open_forms.contains(&id) {
                    return Ok(());
                }
                self.reader.spend(FORM_COST)?;
                let matrix = dict
                    .get::<[f64; 6]>(keys::MATRIX)
                    .map_or(Affine::IDENTITY, Affine::new);
                let mut state = state.clone();
                state.matrix *= matrix;
                let own = dict.get::<Dict<'a>>(keys::RESOURCES).map(Resources::new);
                let content = stream::decode(object)?;
                self.open_forms.push(id);
                self.content(&content, own.as_ref().unwrap_or(resources), &state)?;
                self.open_forms.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn mark(&self, tag: &Name<'_>, properties: Option<&Dict<'_>>) -> Mark {
        if self.reader.is_tagged && tag.as_ref() == b"Artifact" {
            return Mark::Artifact;
        }
        let actual = properties.and_then(|dict| dict.get::<PdfString<'_>>(keys::ACTUAL_TEXT));
        match actual {
            Some(text) => Mark::ActualText(Some(strings::decode(text.as_bytes()))),
            None => Mark::Other,
        }
    }

    fn show(
        &mut self,
        string: &PdfString<'_>,
        state: &State<'a>,
        text: &mut Affine,
        marks: &mut [Mark],
    ) -> Result<(), Problem> {
        let Some(font) = &state.font else {
            return Ok(());
        };
        // Space between the letters of a word is part of them; a wide one in a short string parts words.
        let is_tracking =
            state.character_spacing < 0.15 * state.size.abs() || string.as_bytes().len() >= TRACKED;
        let tracking = if is_tracking {
            state.character_spacing.max(0.0)
        } else {
            0.0
        };
        for code in font.codes(string.as_bytes()) {
            let width = code.advance / 1000.0 * state.size;
            let mut advance = width + state.character_spacing;
            if code.is_space {
                advance += state.word_spacing;
            }
            if marks.iter().any(|mark| matches!(mark, Mark::Artifact)) {
                *text *= move_by(state, advance);
                continue;
            }
            let actual = marks.iter_mut().find_map(|mark| match mark {
                Mark::ActualText(text) => Some(text.take().unwrap_or_default()),
                _ => None,
            });
            match actual.or(code.text) {
                Some(said) if said.is_empty() => {}
                Some(said) => {
                    self.reader.budget.spend(said.len())?;
                    let width = if code.is_space { width } else { width + tracking };
                    self.place(said, font, state, *text, width);
                }
                None => self.shown.unreadable += code.length.min(1),
            }
            *text *= move_by(state, advance);
        }
        Ok(())
    }

    /// Adds a glyph, unless it is outside of the page or askew, as watermarks are.
    fn place(&mut self, said: String, font: &Font<'a>, state: &State<'a>, text: Affine, width: f64) {
        let matrix = state.matrix * text * Affine::translate((0.0, state.rise));
        let start = matrix * Point::ORIGIN;
        let end = matrix
            * if font.is_vertical() {
                Point::new(0.0, -width)
            } else {
                Point::new(width * state.scaling, 0.0)
            };
        let unit = matrix
            * if font.is_vertical() {
                Point::new(0.0, -1.0)
            } else {
                Point::new(1.0, 0.0)
            };
        let across = matrix
            * if font.is_vertical() {
                Point::new(state.size, 0.0)
            } else {
                Point::new(0.0, state.size)
            };
        let size = (across - start).hypot();
        let direction = (unit - start)
            * if font.is_vertical() {
                1.0
            } else {
                state.size.signum() * state.scaling.signum()
            };
        let is_on_page =
            (-1.0..=self.width + 1.0).contains(&start.x) && (-1.0..=self.height + 1.0).contains(&start.y);
        let degrees = direction.atan2().to_degrees();
        let turns = (degrees / 90.0).round();
        if !is_on_page || !size.is_finite() || size < 0.5 || (degrees - turns * 90.0).abs() > MAX_SKEW {
            return;
        }
        let turns = (turns as i8).rem_euclid(4) as u8;
        let (start, end) = (turned_back(start, turns), turned_back(end, turns));
        self.shown.glyphs.push(Glyph {
            text: said,
            x0: start.x.min(end.x) as f32,
            x1: start.x.max(end.x) as f32,
            y: start.y as f32,
            size: size as f32,
            is_bold: font.is_bold,
            is_mono: font.is_mono,
            turns,
        });
    }
}

/// Moves along a line of text.
fn move_by(state: &State<'_>, by: f64) -> Affine {
    match &state.font {
        Some(font) if font.is_vertical() => Affine::translate((0.0, -by)),
        _ => Affine::translate((by * state.scaling, 0.0)),
    }
}

fn turned_back(point: Point, turns: u8) -> Point {
    match turns {
        1 => Point::new(point.y, -point.x),
        2 => Point::new(-point.x, -point.y),
        3 => Point::new(-point.y, point.x),
        _ => point,
    }
}

fn affine(numbers: [Number; 6]) -> Affine {
    Affine::new(numbers.map(|number| number.as_f64()))
}
