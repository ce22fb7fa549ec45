//! Scripts without spaces between words, and Korean: pairs of neighbouring characters are the terms.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::{
    characters::{Class, char_at, class, is_ideograph, is_mark},
    folding::without_marks,
};

/// A term of a run.
pub(super) struct Gram {
    pub(super) text: String,
    /// Its bytes in the text.
    pub(super) bytes: Range<usize>,
    /// Whether it is a single character beside the pairs: for questions of one character.
    pub(super) is_beside: bool,
}

/// A character with its marks.
struct Cluster {
    text: String,
    bytes: Range<usize>,
    is_ideograph: bool,
}

/// The pairs of neighbouring characters of a run that begins at `start`, and its Chinese characters alone.
pub(super) fn grams(run: &str, start: usize) -> Vec<Gram> {
    let clusters = clusters(run, start);
    pairs(&clusters, |cluster| cluster.is_ideograph)
}

/// The pairs of neighbouring syllables of a Korean word without its particle; a single syllable that a particle may follow
/// stands beside.
pub(super) fn korean(word: &str, start: usize) -> Vec<Gram> {
    let mut syllables = clusters(word, start);
    let particle = PARTICLES.split(' ').find(|particle| {
        let length = particle.chars().count();
        syllables.len() > length
            && syllables[syllables.len() - length..]
                .iter()
                .zip(particle.chars())
                .all(|(syllable, c)| syllable.text.chars().eq([c]))
    });
    let particle = particle.map_or(0, |particle| particle.chars().count());
    let stem = syllables.len() - particle;
    if stem > 1 {
        syllables.truncate(stem);
        return pairs(&syllables, |_| false);
    }
    let mut grams = pairs(&syllables, |_| false);
    if particle > 0 {
        grams.push(Gram {
            text: syllables[0].text.clone(),
            bytes: syllables[0].bytes.clone(),
            is_beside: true,
        });
    }
    grams
}

/// Particles of Korean, the longest first.
const PARTICLES: &str = "에서는 으로는 에게서 이라는 에서 에게 으로 까지 부터 보다 처럼 께서 이나 한테 라는 에는 와는 과는 들은 들이 \
                         들을 들의 은 는 이 가 을 를 의 에 로 와 과 도 만 나";

fn clusters(run: &str, start: usize) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    // Letters of Hangul compose to syllables.
    let is_inside = |c: char| {
        is_mark(c)
            || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
            || class(c) == Class::Ignored
    };
    let mut at = 0;
    while let Some((c, length)) = char_at(run, at) {
        let (from, end) = (start + at, start + at + length);
        at += length;
        match clusters.last_mut() {
            Some(last) if is_inside(c) => {
                last.text.push(c);
                last.bytes.end = end;
            }
            _ => clusters.push(Cluster {
                text: c.into(),
                bytes: from..end,
                is_ideograph: is_ideograph(c),
            }),
        }
    }
    for cluster in &mut clusters {
        if class_is_ignored(&cluster.text) {
            cluster.text.retain(|c| class(c) != Class::Ignored);
        }
        let normal: String = cluster.text.nfkc().filter(|c| !c.is_whitespace()).collect();
        cluster.text = without_marks(&normal);
    }
    clusters.retain(|cluster| !cluster.text.is_empty());
    clusters
}

fn class_is_ignored(text: &str) -> bool {
    text.chars().any(|c| class(c) == Class::Ignored)
}

fn pairs(clusters: &[Cluster], is_beside: impl Fn(&Cluster) -> bool) -> Vec<Gram> {
    if let [only] = clusters {
        return vec![Gram {
            text: only.text.clone(),
            bytes: only.bytes.clone(),
            is_beside: false,
        }];
    }
    let pairs = clusters.windows(2).map(|pair| Gram {
        text: [pair[0].text.as_str(), &pair[1].text].concat(),
        bytes: pair[0].bytes.start..pair[1].bytes.end,
        is_beside: false,
    });
    let alone = clusters
        .iter()
        .filter(|cluster| is_beside(cluster))
        .map(|cluster| Gram {
            text: cluster.text.clone(),
            bytes: cluster.bytes.clone(),
            is_beside: true,
        });
    let mut grams: Vec<Gram> = pairs.chain(alone).collect();
    grams.sort_by_key(|gram| gram.bytes.start);
    grams
}
