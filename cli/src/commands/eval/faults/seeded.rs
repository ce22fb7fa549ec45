//! Pseudo-random choices that are the same in every run.

/// A SplitMix64 generator.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// Seeds the generator with the hash of texts.
    pub(super) fn new(seed: &[&str]) -> Self {
        Self(hash(seed))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// One of the values, or `None` without any.
    pub(super) fn pick<'a, T>(&mut self, values: &'a [T]) -> Option<&'a T> {
        values.get(self.below(values.len()))
    }

    /// Puts values into a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, values: &mut [T]) {
        for end in (1..values.len()).rev() {
            values.swap(end, self.below(end + 1));
        }
    }
}

/// A hash of texts (FNV-1a, mixed so that every bit depends on every byte). It is the same on every machine.
pub(in super::super) fn hash(texts: &[&str]) -> u64 {
    let separated = texts.iter().flat_map(|text| text.bytes().chain([0]));
    mix(separated.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_depend_on_the_seed_alone() {
        let order = |seed: &str| {
            let mut values: Vec<usize> = (0..20).collect();
            Random::new(&[seed]).shuffle(&mut values);
            values
        };
        assert_eq!(order("a"), order("a"));
        assert_ne!(order("a"), order("b"));
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }

    #[test]
    fn half_of_the_hashes_are_even() {
        let even = (0..1_000)
            .filter(|n| hash(&[&n.to_string()]).is_multiple_of(2))
            .count();
        assert!((450..550).contains(&even), "{even}");
    }
}
