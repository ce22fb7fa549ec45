//! Term proximity (Tao and Zhai, "An Exploration of Proximity Measures", SIGIR 2007): question terms close together are
//! more likely the answer than the same terms spread over a chunk.

/// Length of the window in which the question's terms are looked for together, in terms of the text without stop words.
const WINDOW: usize = 12;

/// The largest sum of the weights of distinct terms in one window of a text. `words` are the terms of the text in order.
pub fn closeness<'a>(terms: &[(String, f64)], words: impl IntoIterator<Item = &'a str>) -> f64 {
    let places: Vec<(usize, usize)> = words
        .into_iter()
        .enumerate()
        .filter_map(|(place, word)| Some((place, terms.iter().position(|(term, _)| term == word)?)))
        .collect();
    let mut inside = vec![0_usize; terms.len()];
    let (mut sum, mut best, mut first) = (0.0, 0.0_f64, 0);
    for &(place, term) in &places {
        if inside[term] == 0 {
            sum += terms[term].1;
        }
        inside[term] += 1;
        while places[first].0 + WINDOW <= place {
            let left = places[first].1;
            inside[left] -= 1;
            if inside[left] == 0 {
                sum -= terms[left].1;
            }
            first += 1;
        }
        best = best.max(sum);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_terms_in_one_window_count_together_and_each_once() {
        let terms = [("cold".to_owned(), 2.0), ("start".to_owned(), 1.0)];
        let of = |text: &'static str| closeness(&terms, text.split(' '));
        assert_eq!(of("a cold cold start"), 3.0);
        assert_eq!(of("cold w w w w w w w w w w w start"), 2.0);
        assert_eq!(of("cold w w w w w w w w w w start"), 3.0);
        assert_eq!(of("nothing of it"), 0.0);
        assert_eq!(closeness(&[], ["cold"]), 0.0);
    }
}
