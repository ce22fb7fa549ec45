//! Numbers as a format code shows them.

use super::{
    code::{Section, Token},
    date,
};

/// The text of a finite number.
pub(super) fn shown(number: f64, section: &Section, is_1904: bool) -> String {
    let tokens = &section.tokens;
    let is_date = |token: &Token| matches!(token, Token::Date(..) | Token::Elapsed(..) | Token::HalfDay);
    if tokens.iter().any(is_date) {
        return date::shown(number, tokens, is_1904).unwrap_or_else(|| general(number));
    }
    let has_digits = tokens.iter().any(|token| matches!(token, Token::Digit(_)));
    let is_fraction = has_digits && tokens.contains(&Token::Fraction);
    if is_fraction || tokens.is_empty() {
        return general(number);
    }
    let sign = if number < 0.0 && !section.is_signed {
        "-"
    } else {
        ""
    };
    let number = number.abs();
    let text = match has_digits {
        true => with_digits(number, tokens),
        false => tokens
            .iter()
            .map(|token| match token {
                Token::General => general(number),
                token => literal(token),
            })
            .collect(),
    };
    // A number that is rounded to zero has no sign.
    let is_zero = has_digits && !text.contains(|c: char| c.is_ascii_digit() && c != '0');
    let text = text.trim();
    if is_zero {
        text.to_owned()
    } else {
        format!("{sign}{text}")
    }
}

/// The text of a number without a format: 15 significant digits at most.
pub(super) fn general(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let exponent = number.abs().log10().floor() as i32;
    if !(-9..15).contains(&exponent) {
        let (digits, exponent) = scientific(number.abs());
        let digits = format!("{}.{}", &digits[..1], &digits[1..6]);
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        let sign = if number < 0.0 { "-" } else { "" };
        let of_exponent = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{digits}E{of_exponent}{:02}", exponent.abs());
    }
    let places = (10 - exponent.max(0)).max(0) as usize;
    let (whole, fraction) = decimal(number.abs(), places);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

fn with_digits(original: f64, tokens: &[Token]) -> String {
    let mut number = original;
    let is_digit = |token: &Token| matches!(token, Token::Digit(_));
    let exponent = tokens
        .iter()
        .position(|token| matches!(token, Token::Exponent(_)));
    let mantissa = &tokens[..exponent.unwrap_or(tokens.len())];
    let point = mantissa.iter().position(|token| *token == Token::Point);
    let (whole, fraction) = mantissa.split_at(point.unwrap_or(mantissa.len()));
    let last_digit = whole.iter().rposition(is_digit);
    let commas = |tokens: &[Token]| tokens.iter().filter(|token| **token == Token::Comma).count();
    // Commas after the digits divide by a thousand each, commas between them group.
    let (grouped, scaled) = whole.split_at(last_digit.map_or(0, |place| place + 1));
    let has_groups = commas(grouped) > 0;
    let thousands = commas(scaled) + commas(fraction);
    let percents = tokens.iter().filter(|token| **token == Token::Percent).count();
    for _ in 0..percents.min(8) {
        number *= 100.0;
    }
    for _ in 0..thousands.min(8) {
        number /= 1000.0;
    }
    if !number.is_finite() {
        return general(original);
    }
    let mut power = 0;
    if exponent.is_some() && number > 0.0 {
        power = number.log10().floor() as i32;
        number /= 10_f64.powi(power);
    }
    let places = fraction.iter().filter(|token| is_digit(token)).count();
    let (integer, decimals) = decimal(number, places.min(30));
    let mut text = integer_part(&integer, whole, has_groups);
    text.push_str(&fraction_part(&decimals, fraction));
    if let Some(place) = exponent {
        let shows_plus = tokens[place] == Token::Exponent(true);
        let sign = if power < 0 {
            "-"
        } else if shows_plus {
            "+"
        } else {
            ""
        };
        let width = tokens[place..]
            .iter()
            .filter(|token| is_digit(token))
            .count()
            .min(8);
        text.push_str(&format!("E{sign}{:0width$}", power.abs()));
        text.extend(tokens[place + 1..].iter().map(literal));
    }
    text
}

fn integer_part(integer: &str, tokens: &[Token], has_groups: bool) -> String {
    let integer = integer.trim_start_matches('0');
    let mut left = tokens
        .iter()
        .filter(|token| matches!(token, Token::Digit(_)))
        .count();
    let mut is_first = true;
    let mut text = String::new();
    if left == 0 {
        text.push_str(integer);
    }
    for token in tokens {
        let Token::Digit(kind) = token else {
            text.push_str(&literal(token));
            continue;
        };
        left -= 1;
        // The first placeholder shows all digits that have no placeholder of their own.
        let most = if is_first {
            integer.len().max(left + 1)
        } else {
            left + 1
        };
        is_first = false;
        for position in (left..most).rev() {
            match integer.len().checked_sub(position + 1) {
                Some(index) => text.push_str(&integer[index..=index]),
                None if *kind == '0' => text.push('0'),
                None => continue,
            }
            if has_groups && position > 0 && position % 3 == 0 {
                text.push(',');
            }
        }
    }
    text
}

fn fraction_part(decimals: &str, tokens: &[Token]) -> String {
    let kinds = tokens.iter().filter_map(|token| match token {
        Token::Digit(kind) => Some(*kind),
        _ => None,
    });
    let kinds: Vec<char> = kinds.collect();
    let least = kinds
        .iter()
        .rposition(|kind| *kind == '0')
        .map_or(0, |place| place + 1);
    let significant = decimals.trim_end_matches('0').len();
    let shown = least.max(significant).min(decimals.len());
    let mut digits = decimals[..shown].chars();
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Point if shown > 0 => text.push('.'),
            Token::Point => {}
            Token::Digit(_) => text.extend(digits.next()),
            token => text.push_str(&literal(token)),
        }
    }
    text
}

fn literal(token: &Token) -> String {
    match token {
        Token::Literal(text) => text.clone(),
        Token::Percent => "%".to_owned(),
        Token::Fraction => "/".to_owned(),
        _ => String::new(),
    }
}

/// The 15 significant digits that Excel calculates with, and the power of ten of the first.
fn scientific(number: f64) -> (String, i32) {
    let text = format!("{number:.14e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// Whole and fraction of a number that is not negative, rounded half up to the places as Excel rounds.
fn decimal(number: f64, places: usize) -> (String, String) {
    let (digits, exponent) = scientific(number);
    // The digits with as many zeros before them that the first is part of the whole.
    let zeros = usize::try_from(-exponent).unwrap_or(0);
    let mut all = vec![b'0'; zeros + 1];
    all.extend(digits.bytes());
    let whole = 1 + zeros + 1 + usize::try_from(exponent).unwrap_or(0) - zeros;
    let kept = whole + places;
    if all.len() < kept {
        all.resize(kept, b'0');
    }
    let rounds_up = all.get(kept).is_some_and(|digit| *digit >= b'5');
    all.truncate(kept);
    if rounds_up {
        for digit in all.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    let text = String::from_utf8_lossy(&all);
    let (integer, fraction) = text.split_at(whole);
    let integer = integer.trim_start_matches('0');
    let integer = if integer.is_empty() { "0" } else { integer };
    (integer.to_owned(), fraction.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{super::code::choose, *};

    fn text(number: f64, code: &str) -> String {
        shown(number, &choose(code, number), false)
    }

    #[test]
    fn numbers_are_shown_as_excel_shows_them() {
        let cases = [
            (1234.5, "General", "1234.5"),
            (0.1 + 0.2, "General", "0.3"),
            (-0.000_123, "General", "-0.000123"),
            (1e20, "General", "1E+20"),
            (123_456_789_012_345.0, "General", "123456789012345"),
            (1234.5, "#,##0.00", "1,234.50"),
            (1_234_567.0, "#,##0", "1,234,567"),
            (0.285, "0.00", "0.29"),
            (9.995, "0.00", "10.00"),
            (0.0, "#,##0", "0"),
            (0.256, "0.0%", "25.6%"),
            (-5.0, "$#,##0.00_);($#,##0.00)", "($5.00)"),
            (-5.0, "0.00", "-5.00"),
            (-0.001, "0.00", "0.00"),
            (1299.9, "[$€-407] #,##0.00", "€ 1,299.90"),
            (1299.9, "#,##0.00\\ \"kr\"", "1,299.90 kr"),
            (12_300_000.0, "0.0,,\"M\"", "12.3M"),
            (123_456_789.0, "000-00-0000", "123-45-6789"),
            (12345.0, "0.00E+00", "1.23E+04"),
            (5.0, "00000", "00005"),
            (0.0, "0;-0;\"none\"", "none"),
            (120.0, "[>=100]\"high\" 0;\"low\" 0", "high 120"),
            (12.0, "[>=100]\"high\" 0;\"low\" 0", "low 12"),
            (2.5, "0.##", "2.5"),
            (0.05, "#.00", ".05"),
            (7.0, "[Red]0\" pcs\"", "7 pcs"),
        ];
        for (number, code, expected) in cases {
            assert_eq!(text(number, code), expected, "{number} as {code}");
        }
    }

    #[test]
    fn dates_are_shown_as_excel_shows_them() {
        let cases = [
            (45_413.0, "yyyy-mm-dd", "2024-05-01"),
            (45_413.5, "d mmmm yyyy h:mm", "1 May 2024 12:00"),
            (45_413.75, "dd/mm/yy hh:mm:ss AM/PM", "01/05/24 06:00:00 PM"),
            (45_413.0, "dddd", "Wednesday"),
            (1.5, "[h]:mm", "36:00"),
            (0.5 / 24.0, "mm:ss", "30:00"),
            (59.0, "yyyy-mm-dd", "1900-02-28"),
            (60.0, "yyyy-mm-dd", "1900-02-29"),
            (61.0, "yyyy-mm-dd", "1900-03-01"),
            (-1.0, "yyyy-mm-dd", "-1"),
            (1e300, "yyyy-mm-dd", "1E+300"),
        ];
        for (number, code, expected) in cases {
            assert_eq!(text(number, code), expected, "{number} as {code}");
        }
    }
}
