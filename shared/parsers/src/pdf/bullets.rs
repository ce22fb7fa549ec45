//! Bullets that are drawn rather than written: browsers print the markers of lists as small discs.

use hayro_font::kurbo::{Affine, Point, Rect};
use hayro_syntax::{content::ops::TypedInstruction, object::Number};

use super::glyphs::Glyph;

/// The text of a glyph for a drawn disc, which is a bullet only at the start of a line. No font yields it.
pub(super) const DRAWN: &str = "\u{E000}";
/// Widths of bullets, in points.
const WIDTHS: std::ops::Range<f64> = 1.5..8.0;
/// The size of the text beside a bullet, in widths of the bullet.
const TEXT: f64 = 2.8;
/// How far a bullet stands above the baseline, in sizes of the text.
const ABOVE: f64 = 0.16;

/// The path that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Path {
    bounds: Option<Rect>,
    has_curves: bool,
}

impl Path {
    /// Follows an operator. The end of a path yields a glyph if it is a small disc.
    pub(super) fn follow(&mut self, operator: &TypedInstruction<'_, '_>, matrix: Affine) -> Option<Glyph> {
        match operator {
            TypedInstruction::MoveTo(to) => self.reach(matrix, to.0, to.1),
            TypedInstruction::LineTo(to) => self.reach(matrix, to.0, to.1),
            TypedInstruction::CubicTo(to) => {
                self.reach(matrix, to.4, to.5);
                self.has_curves = true;
            }
            TypedInstruction::RectPath(_) | TypedInstruction::EndPath(_) => *self = Self::default(),
            TypedInstruction::FillPathNonZero(_)
            | TypedInstruction::FillPathEvenOdd(_)
            | TypedInstruction::StrokePath(_)
            | TypedInstruction::CloseAndStrokePath(_) => return std::mem::take(self).bullet(),
            _ => {}
        }
        None
    }

    fn reach(&mut self, matrix: Affine, x: Number, y: Number) {
        let point = matrix * Point::new(x.as_f64(), y.as_f64());
        let bounds = self.bounds.unwrap_or_else(|| Rect::from_points(point, point));
        self.bounds = Some(bounds.union_pt(point));
    }

    fn bullet(self) -> Option<Glyph> {
        let bounds = self.bounds.filter(|_| self.has_curves)?;
        let is_round = (bounds.width() - bounds.height()).abs() < 0.1 * bounds.width();
        if !is_round || !WIDTHS.contains(&bounds.width()) {
            return None;
        }
        let size = bounds.width() * TEXT;
        Some(Glyph {
            text: DRAWN.to_owned(),
            x0: bounds.x0 as f32,
            x1: bounds.x1 as f32,
            y: (bounds.y1 + ABOVE * size) as f32,
            size: size as f32,
            is_bold: false,
            is_mono: false,
            turns: 0,
        })
    }
}
