//! Numbers in 7 bits a byte (LEB128), and ascending lists of them by their differences.

/// Appends a number.
pub fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number from the front; `None` if the bytes end or are not a number.
pub fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Takes a byte from the front.
pub fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(first)
}

/// Encodes numbers that do not descend: how many, then their differences.
pub fn encode_ascending(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut differences = Vec::new();
    let (mut count, mut before) = (0, 0);
    for number in numbers {
        put(&mut differences, number.saturating_sub(before));
        before = number;
        count += 1;
    }
    let mut bytes = Vec::with_capacity(differences.len() + 4);
    put(&mut bytes, count);
    bytes.append(&mut differences);
    bytes
}

/// Decodes what [`encode_ascending`] wrote, up to the end of the bytes.
pub fn decode_ascending(mut bytes: &[u8]) -> Option<Vec<u64>> {
    let numbers = take_ascending(&mut bytes)?;
    bytes.is_empty().then_some(numbers)
}

/// Takes a list that [`encode_ascending`] wrote from the front.
pub fn take_ascending(bytes: &mut &[u8]) -> Option<Vec<u64>> {
    let count = take(bytes)?;
    let mut numbers = Vec::with_capacity(count.min(bytes.len() as u64) as usize);
    let mut number = 0_u64;
    for _ in 0..count {
        number = number.checked_add(take(bytes)?)?;
        numbers.push(number);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn ascending_numbers_round_trip(mut numbers: Vec<u64>) {
            numbers.sort_unstable();
            let bytes = encode_ascending(numbers.iter().copied());
            proptest::prop_assert_eq!(decode_ascending(&bytes), Some(numbers));
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes: Vec<u8>) {
            let _ = decode_ascending(&bytes);
        }
    }
}
