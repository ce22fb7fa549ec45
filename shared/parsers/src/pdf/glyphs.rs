//! The glyphs of pages.

use std::{collections::HashMap, rc::Rc};

use hayro_font::kurbo::Affine;
use hayro_syntax::{
    object::{Dict, Name, ObjectIdentifier},
    page::{Page, Resources},
};

use super::{
    content::{Run, State},
    font::{Font, Fonts},
    stream,
};
use crate::{Problem, markdown::Budget};

/// The most operators of all pages.
const MAX_OPERATORS: u64 = 10_000_000;

/// A glyph that a page shows. Coordinates are in points; lines run to the right and follow each other downwards.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) text: String,
    /// Left end.
    pub(super) x0: f32,
    /// Right end.
    pub(super) x1: f32,
    /// Baseline.
    pub(super) y: f32,
    /// Size of the font.
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) is_mono: bool,
    /// Quarter turns, clockwise, of the direction of the text. Coordinates are turned back.
    pub(super) turns: u8,
}

/// What a page shows.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) has_images: bool,
    /// Number of glyphs whose fonts do not say what they mean.
    pub(super) unreadable: usize,
}

/// Reads pages.
pub(super) struct Reader<'a> {
    fonts: Fonts<'a>,
    loaded: HashMap<ObjectIdentifier, Option<Rc<Font<'a>>>>,
    /// Whether content that is marked as an artifact is one.
    pub(super) is_tagged: bool,
    operators_left: u64,
    pub(super) budget: Budget,
}

impl<'a> Reader<'a> {
    pub(super) fn new(is_tagged: bool) -> Self {
        Self {
            fonts: Fonts::new(),
            loaded: HashMap::new(),
            is_tagged,
            operators_left: MAX_OPERATORS,
            budget: Budget::default(),
        }
    }

    /// The glyphs of a page.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn read(&mut self, page: &Page<'a>) -> Result<Shown, Problem> {
        let content = stream::content(page)?;
        let (width, height) = page.render_dimensions();
        let mut run = Run {
            reader: self,
            shown: Shown::default(),
            width: f64::from(width),
            height: f64::from(height),
            open_forms: Vec::new(),
        };
        let matrix = Affine::new(page.initial_transform(true).as_coeffs());
        run.content(&content, page.resources(), &State::new(matrix))?;
        Ok(run.shown)
    }

    /// Counts operators.
    pub(super) fn spend(&mut self, operators: u64) -> Result<(), Problem> {
        let left = self.operators_left.checked_sub(operators);
        self.operators_left =
            left.ok_or_else(|| Problem::too_large(format!("it has more than {MAX_OPERATORS} operators")))?;
        Ok(())
    }

    pub(super) fn font(&mut self, resources: &Resources<'a>, name: &Name<'_>) -> Option<Rc<Font<'a>>> {
        let dict: Dict<'a> = resources.fonts.get(name)?;
        let Some(id) = dict.obj_id() else {
            return self.fonts.load(&dict).map(Rc::new);
        };
        if let Some(font) = self.loaded.get(&id) {
            return font.clone();
        }
        let font = self.fonts.load(&dict).map(Rc::new);
        self.loaded.insert(id, font.clone());
        font
    }
}
