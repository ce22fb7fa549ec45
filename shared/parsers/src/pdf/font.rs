//! Fonts: what the codes of a string mean and how wide they are.

use std::sync::Arc;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_font::{CMapResolverFn, Font as HayroFont, FontCache, FontGlyph, FontQuery, FontResolverFn};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString, dict::keys};
use unicode_normalization::UnicodeNormalization;

/// `ForceBold` of the flags of a font (ISO 32000-2, table 121).
const FORCE_BOLD: u32 = 1 << 18;
/// `FixedPitch` of the flags of a font.
const FIXED_PITCH: u32 = 1;
/// The largest number in the widths of a font: its glyphs have numbers of two bytes.
const MAX_WIDTH: f64 = 65_535.0;
/// Parts of names of bold fonts. `CMBX` and `SFBX` are those of TeX.
const BOLD: [&str; 7] = ["bold", "black", "heavy", "cmbx", "sfbx", "-medi", "demi"];

/// Loads the fonts of a file; each is loaded once.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    resolve_font: FontResolverFn,
    resolve_cmap: CMapResolverFn,
}

/// A font.
pub(super) struct Font<'a> {
    font: HayroFont<'a>,
    /// The maps of a font with a collection of characters (ISO 32000-2, 9.7.3).
    collection: Option<Collection>,
    pub(super) is_bold: bool,
    pub(super) is_mono: bool,
}

/// Maps codes to characters for an embedded font whose glyphs have the numbers of a standard collection.
struct Collection {
    codes: CMap,
    characters: CMap,
}

/// A code of a string.
pub(super) struct Code {
    /// The number of its bytes.
    pub(super) length: usize,
    /// Whether word spacing applies to it.
    pub(super) is_space: bool,
    /// How far it moves, in thousandths of the font size: to the right, and down for vertical fonts.
    pub(super) advance: f64,
    /// What it says; nothing when the font does not tell.
    pub(super) text: Option<String>,
}

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Self {
        Self {
            cache: FontCache::new(),
            // Only widths and encodings of the substitutes matter.
            resolve_font: Arc::new(|query| {
                let font = match query {
                    FontQuery::Standard(font) => *font,
                    FontQuery::Fallback(query) => query.pick_standard_font(),
                };
                Some(font.get_font_data())
            }),
            resolve_cmap: Arc::new(load_embedded),
        }
    }

    /// The font that a dictionary describes.
    pub(super) fn load(&self, dict: &Dict<'a>) -> Option<Font<'a>> {
        let descendant = dict.get::<Array<'_>>(keys::DESCENDANT_FONTS);
        let descendant = descendant.and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        if descendant.as_ref().is_some_and(has_wide_ranges) {
            return None;
        }
        let font = self.cache.font(dict, &self.resolve_font, &self.resolve_cmap)?;
        let descriptor = descendant
            .as_ref()
            .unwrap_or(dict)
            .get::<Dict<'_>>(keys::FONT_DESC);
        let descriptor = descriptor.unwrap_or_default();
        let flags: u32 = descriptor.get(keys::FLAGS).unwrap_or(0);
        let weight: f32 = descriptor.get(keys::FONT_WEIGHT).unwrap_or(400.0);
        let name = dict.get::<Name<'_>>(keys::BASE_FONT);
        let name = name.map(|name| name.as_str().to_lowercase()).unwrap_or_default();
        Some(Font {
            font,
            collection: descendant.and_then(|descendant| self.collection(dict, &descendant)),
            is_bold: flags & FORCE_BOLD != 0
                || weight >= 600.0
                || BOLD.iter().any(|part| name.contains(part)),
            is_mono: flags & FIXED_PITCH != 0 || name.contains("courier") || name.contains("mono"),
        })
    }

    fn collection(&self, dict: &Dict<'_>, descendant: &Dict<'_>) -> Option<Collection> {
        let info = descendant.get::<Dict<'_>>(keys::CIDSYSTEMINFO)?;
        let registry = info.get::<PdfString<'_>>(keys::REGISTRY)?;
        let ordering = info.get::<PdfString<'_>>(keys::ORDERING)?;
        let family = CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes());
        let characters = self.embedded(family.ucs2_cmap()?)?;
        let codes = match dict.get::<Object<'_>>(keys::ENCODING)? {
            Object::Name(name) => match CMapName::from_bytes(name.as_ref()) {
                CMapName::IdentityH => CMap::identity_h(),
                CMapName::IdentityV => CMap::identity_v(),
                name => self.embedded(name)?,
            },
            Object::Stream(stream) => self.parse(&stream)?,
            _ => return None,
        };
        Some(Collection { codes, characters })
    }

    fn embedded(&self, name: CMapName<'_>) -> Option<CMap> {
        CMap::parse(load_embedded(name)?, load_embedded)
    }

    fn parse(&self, stream: &Stream<'_>) -> Option<CMap> {
        CMap::parse(&stream.decoded_data().ok()?, load_embedded)
    }
}

impl Font<'_> {
    /// Whether lines run from the top to the bottom.
    pub(super) fn is_vertical(&self) -> bool {
        !self.font.is_horizontal()
    }

    /// The codes of a string.
    pub(super) fn codes<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = Code> + 's {
        let mut start = 0;
        std::iter::from_fn(move || {
            if start >= bytes.len() {
                return None;
            }
            let (code, length) = self.font.read_code(bytes, start);
            start += length.max(1);
            let advance = self.font.code_advance(code);
            Some(Code {
                length,
                is_space: length == 1 && code == 32,
                advance: if self.is_vertical() { -advance.y } else { advance.x },
                text: self.text(code),
            })
        })
    }

    fn text(&self, code: u32) -> Option<String> {
        let stated = match self.font.glyph(self.font.map_code(code), code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        let stated = stated.and_then(|text| readable(&text));
        stated.or_else(|| {
            let Collection { codes, characters } = self.collection.as_ref()?;
            let cid = (1..=4).find_map(|length| codes.lookup_cid_code(code, length))?;
            readable(&characters.lookup_bf_string(cid)?)
        })
    }
}

/// Whether widths are stated for more glyphs than a font can have. The library stores one width for each.
fn has_wide_ranges(font: &Dict<'_>) -> bool {
    [keys::W, keys::W2].into_iter().any(|key| {
        let numbers = font.get::<Array<'_>>(key);
        let mut numbers = numbers.iter().flat_map(|widths| widths.iter::<Object<'_>>());
        numbers.any(|number| matches!(number, Object::Number(number) if number.as_f64() > MAX_WIDTH))
    })
}

/// The characters of a code, with ligatures and forms of Arabic letters taken apart; nothing for characters without a
/// meaning.
fn readable(text: &BfString) -> Option<String> {
    let mut one = [0; 4];
    let text: &str = match text {
        BfString::Char(c) => c.encode_utf8(&mut one),
        BfString::String(text) => text,
    };
    let mut readable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Bullets of the fonts Symbol and Wingdings.
            '\u{F0B7}' | '\u{F06C}' | '\u{F076}' | '\u{F09F}' => readable.push('•'),
            '\u{F0A7}' | '\u{F06E}' => readable.push('▪'),
            '\u{F0D8}' | '\u{F0E8}' | '\u{F0E0}' => readable.push('→'),
            '\u{F0FC}' => readable.push('✓'),
            '\t' | '\n' | '\r' | '\u{A0}' => readable.push(' '),
            '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFE}' | '\u{FFFF}' => return None,
            c if c.is_control() => return None,
            '\u{FB00}'..='\u{FB4F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}' => {
                readable.extend(std::iter::once(c).nfkc());
            }
            c => readable.push(c),
        }
    }
    (!readable.is_empty()).then_some(readable)
}
