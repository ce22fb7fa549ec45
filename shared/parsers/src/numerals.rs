//! Numbers of lists as letters and numerals.

/// A number in a format of `ST_NumberFormat` or of ODF; formats of other scripts are written as decimals.
pub(crate) fn written(number: u32, format: &str) -> String {
    match format {
        "none" => String::new(),
        "lowerLetter" | "a" => letters(number),
        "upperLetter" | "A" => letters(number).to_uppercase(),
        "lowerRoman" | "i" => roman(number).to_lowercase(),
        "upperRoman" | "I" => roman(number),
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

/// a to z, then aa to zz.
fn letters(number: u32) -> String {
    let Some(index) = number.checked_sub(1).filter(|index| *index < 26 * 20) else {
        return number.to_string();
    };
    let letter = char::from(b'a' + (index % 26) as u8);
    std::iter::repeat_n(letter, index as usize / 26 + 1).collect()
}

fn roman(mut number: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > 3999 {
        return number.to_string();
    }
    let mut written = String::new();
    for (value, numeral) in NUMERALS {
        while number >= value {
            written.push_str(numeral);
            number -= value;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_letters_and_numerals() {
        assert_eq!(written(28, "lowerLetter"), "bb");
        assert_eq!(written(1994, "upperRoman"), "MCMXCIV");
        assert_eq!(written(4_000_000_000, "lowerRoman"), "4000000000");
    }
}
