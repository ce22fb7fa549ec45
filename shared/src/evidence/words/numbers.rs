//! Spelling of numbers and units of measure.

/// A physical or monetary dimension, within which units are converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    Time,
    Months,
    Bytes,
    Share,
    Length,
    Mass,
    Temperature,
    Money(Currency),
    Power,
}

/// A currency (ISO 4217) with a sign of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Currency {
    Dollar,
    Euro,
    Pound,
    Yen,
    Rupee,
}

impl Currency {
    /// The currency that a sign before an amount stands for.
    pub(crate) fn of_sign(sign: char) -> Option<Self> {
        Some(match sign {
            '$' => Self::Dollar,
            '€' => Self::Euro,
            '£' => Self::Pound,
            '¥' => Self::Yen,
            '₹' => Self::Rupee,
            _ => return None,
        })
    }
}

/// The dimension of a unit, and its size in the base unit, such as seconds, months, bytes, metres or grams.
pub(crate) fn unit(word: &str) -> Option<(Dimension, f64)> {
    Some(match word {
        "ns" | "nanosecond" | "nanoseconds" => (Dimension::Time, 1e-9),
        "µs" | "μs" | "us" | "microsecond" | "microseconds" => (Dimension::Time, 1e-6),
        "ms" | "msec" | "millisecond" | "milliseconds" => (Dimension::Time, 1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => (Dimension::Time, 1.0),
        "min" | "mins" | "minute" | "minutes" => (Dimension::Time, 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => (Dimension::Time, 3_600.0),
        "day" | "days" => (Dimension::Time, 86_400.0),
        "week" | "weeks" | "wk" => (Dimension::Time, 604_800.0),
        "month" | "months" => (Dimension::Months, 1.0),
        "year" | "years" | "yr" | "yrs" => (Dimension::Months, 12.0),
        "decade" | "decades" => (Dimension::Months, 120.0),
        "century" | "centuries" => (Dimension::Months, 1_200.0),
        "byte" | "bytes" => (Dimension::Bytes, 1.0),
        "kb" | "kilobyte" | "kilobytes" => (Dimension::Bytes, 1e3),
        "mb" | "megabyte" | "megabytes" => (Dimension::Bytes, 1e6),
        "gb" | "gigabyte" | "gigabytes" => (Dimension::Bytes, 1e9),
        "tb" | "terabyte" | "terabytes" => (Dimension::Bytes, 1e12),
        "kib" => (Dimension::Bytes, 1_024.0),
        "mib" => (Dimension::Bytes, 1_048_576.0),
        "gib" => (Dimension::Bytes, 1_073_741_824.0),
        "percent" | "pct" | "percentage" => (Dimension::Share, 1.0),
        "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" => (Dimension::Length, 1e-3),
        "cm" | "centimetre" | "centimetres" | "centimeter" | "centimeters" => (Dimension::Length, 1e-2),
        "m" | "metre" | "metres" | "meter" | "meters" => (Dimension::Length, 1.0),
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => (Dimension::Length, 1e3),
        "mile" | "miles" => (Dimension::Length, 1_609.344),
        "foot" | "feet" | "ft" => (Dimension::Length, 0.3048),
        "inch" | "inches" => (Dimension::Length, 0.0254),
        "mg" | "milligram" | "milligrams" => (Dimension::Mass, 1e-3),
        "g" | "gram" | "grams" => (Dimension::Mass, 1.0),
        "kg" | "kilogram" | "kilograms" | "kilo" | "kilos" => (Dimension::Mass, 1e3),
        "ton" | "tons" | "tonne" | "tonnes" => (Dimension::Mass, 1e6),
        "lb" | "lbs" | "pound" | "pounds" => (Dimension::Mass, 453.592),
        "degree" | "degrees" | "celsius" | "°c" => (Dimension::Temperature, 1.0),
        "dollar" | "dollars" | "usd" => (Dimension::Money(Currency::Dollar), 1.0),
        "euro" | "euros" | "eur" => (Dimension::Money(Currency::Euro), 1.0),
        "sterling" | "gbp" => (Dimension::Money(Currency::Pound), 1.0),
        "w" | "watt" | "watts" => (Dimension::Power, 1.0),
        "kw" | "kilowatt" | "kilowatts" => (Dimension::Power, 1e3),
        "mw" | "megawatt" | "megawatts" => (Dimension::Power, 1e6),
        "gw" | "gigawatt" | "gigawatts" => (Dimension::Power, 1e9),
        _ => return None,
    })
}

/// Whether a folded word is a unit of measure.
pub(crate) fn is_unit(word: &str) -> bool {
    unit(word).is_some()
}

/// Whether a folded word may be the first of a quantity.
pub(crate) fn may_begin(folded: &str) -> bool {
    digits(folded).is_some() || is_number_word(folded) || matches!(folded, "one" | "a" | "an")
}

/// The number that a word begins with, and the letters after it; `None` for versions, times of day and names.
pub(crate) fn digits(word: &str) -> Option<(f64, &str)> {
    let end = word
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .unwrap_or(word.len());
    let (number, suffix) = word.split_at(end);
    if number.is_empty() || number.matches('.').count() > 1 || !suffix.chars().all(char::is_alphabetic) {
        return None;
    }
    let value: f64 = number.replace(',', "").parse().ok()?;
    Some((value, suffix))
}

/// Whether a word is a number in letters, or a part of one.
pub(crate) fn is_number_word(word: &str) -> bool {
    small(word).is_some() || tens(word).is_some() || scale(word).is_some()
}

/// The value of a number word from two to nineteen; "one" is left out because it is often a pronoun.
pub(crate) fn small(word: &str) -> Option<f64> {
    Some(match word {
        "two" | "twice" => 2.0,
        "three" | "thrice" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "six" => 6.0,
        "seven" => 7.0,
        "eight" => 8.0,
        "nine" => 9.0,
        "ten" => 10.0,
        "eleven" => 11.0,
        "twelve" | "dozen" => 12.0,
        "thirteen" => 13.0,
        "fourteen" => 14.0,
        "fifteen" => 15.0,
        "sixteen" => 16.0,
        "seventeen" => 17.0,
        "eighteen" => 18.0,
        "nineteen" => 19.0,
        _ => return None,
    })
}

/// The value of a multiple of ten below one hundred, from twenty.
pub(crate) fn tens(word: &str) -> Option<f64> {
    Some(match word {
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        _ => return None,
    })
}

/// The factor that a word such as "hundred" or "million" stands for.
pub(crate) fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "dozen" => 12.0,
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" | "bn" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
}
