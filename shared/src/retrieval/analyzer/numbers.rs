//! Numbers: one spelling for each, whatever separates its thousands.

/// A number with a point before its decimals and nothing between its thousands. What is no number of one of these forms stays:
/// dates, versions, addresses, lists.
pub(super) fn normal(number: &str) -> String {
    let bare: String = number.chars().filter(|c| !matches!(c, '_' | '\'')).collect();
    let (dots, commas) = (bare.matches('.').count(), bare.matches(',').count());
    let is_in_thousands = |whole: &str, separator: char| {
        let mut groups = whole.split(separator);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3)
    };
    let (whole, decimals) = match (dots, commas) {
        (0, 1) if !is_in_thousands(&bare, ',') => return bare.replace(',', "."),
        (1, 1..) => bare.rsplit_once('.').unwrap_or((&bare, "")),
        (2.., 1) => bare.rsplit_once(',').unwrap_or((&bare, "")),
        _ => (bare.as_str(), ""),
    };
    // "1.299,99"
    let (whole, decimals) = match decimals.split_once(',') {
        Some((last, decimals)) if dots == 1 && commas == 1 && last.len() == 3 => {
            return format!("{whole}{last}.{decimals}");
        }
        Some(_) => return bare,
        None => (whole, decimals),
    };
    let separator = if commas > 0 && dots <= 1 { ',' } else { '.' };
    let has_one_dot = separator == '.' && dots == 1;
    if has_one_dot || !whole.contains(separator) || !is_in_thousands(whole, separator) {
        return bare;
    }
    let whole = whole.replace(separator, "");
    if decimals.is_empty() {
        whole
    } else {
        format!("{whole}.{decimals}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        for (number, one) in [
            ("1,048,576", "1048576"),
            ("1.048.576", "1048576"),
            ("1_048_576", "1048576"),
            ("1'048'576", "1048576"),
            ("1,299.99", "1299.99"),
            ("1.299,99", "1299.99"),
            ("1.048.576,5", "1048576.5"),
            ("1,024", "1024"),
            ("3.14", "3.14"),
            ("3,14", "3.14"),
            ("0,500", "0.500"),
            ("1.500", "1.500"),
            ("1,2,3", "1,2,3"),
            ("10.0.0.1", "10.0.0.1"),
            ("1.2.3", "1.2.3"),
            ("2024.01.15", "2024.01.15"),
            ("1,23.45,6", "1,23.45,6"),
            ("7", "7"),
        ] {
            assert_eq!(normal(number), one, "{number}");
        }
    }
}
