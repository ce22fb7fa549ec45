//! JSON without duplicate keys: a parser that keeps one of two values could drop the one that the caller meant.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// A JSON value whose objects have no duplicate keys.
pub(super) struct StrictJson(pub(super) Value);

impl<'de> Deserialize<'de> for StrictJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

/// The largest magnitude up to which a float represents every whole number exactly.
const MAX_EXACT: f64 = (1_u64 << 53) as f64;

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    /// A number with a zero fraction is an integer: `1.0` is 1 (JSON Schema 2020-12, 6.1.1).
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let is_integer = value.fract() == 0.0 && value.abs() <= MAX_EXACT;
        Ok(if is_integer {
            (value as i64).into()
        } else {
            value.into()
        })
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(StrictJson(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom("duplicate key"));
            }
            let StrictJson(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_without_duplicate_keys_is_parsed_unchanged() {
        let value = json!({ "a": [null, true, 1, -1, 1.5, "x", {}], "b": { "a": "\u{1f600}" } });
        let StrictJson(read) = serde_json::from_str(&value.to_string()).unwrap();
        assert_eq!(read, value);
    }

    #[test]
    fn a_number_with_a_zero_fraction_is_an_integer() {
        let StrictJson(read) = serde_json::from_str("[44.0, -2e1, 1.5, 1e300]").unwrap();
        assert_eq!(read, json!([44, -20, 1.5, 1e300]));
    }

    #[test]
    fn a_duplicate_key_is_refused() {
        assert!(serde_json::from_str::<StrictJson>(r#"{"a":{"b":1},"b":1}"#).is_ok());
        for duplicate in [r#"{"a":1,"a":1}"#, r#"[{"a":{"b":1,"\u0062":2}}]"#] {
            assert!(
                serde_json::from_str::<StrictJson>(duplicate)
                    .err()
                    .unwrap()
                    .is_data(),
                "{duplicate}"
            );
        }
    }
}
