//! JSON whose objects have each key once: of two values under one key, the one that is dropped may be the one meant.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// A value that was read with every key of it checked.
pub(super) struct StrictJson(pub(super) Value);

impl<'de> Deserialize<'de> for StrictJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

/// Up to here every whole number is a float of its own.
const EXACT: f64 = (1_u64 << 53) as f64;

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

    /// A number without a fraction is whole, however it is written (JSON Schema 2020-12, 6.1.1).
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let is_whole = value.fract() == 0.0 && value.abs() <= EXACT;
        Ok(if is_whole {
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
                return Err(A::Error::custom("the same key twice"));
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
    fn what_is_read_is_what_was_written() {
        let value = json!({ "a": [null, true, 1, -1, 1.5, "x", {}], "b": { "a": "\u{1f600}" } });
        let StrictJson(read) = serde_json::from_str(&value.to_string()).unwrap();
        assert_eq!(read, value);
    }

    #[test]
    fn a_whole_number_is_whole_however_it_is_written() {
        let StrictJson(read) = serde_json::from_str("[44.0, -2e1, 1.5, 1e300]").unwrap();
        assert_eq!(read, json!([44, -20, 1.5, 1e300]));
    }

    #[test]
    fn a_key_stands_once_in_its_object() {
        assert!(serde_json::from_str::<StrictJson>(r#"{"a":{"b":1},"b":1}"#).is_ok());
        for twice in [r#"{"a":1,"a":1}"#, r#"[{"a":{"b":1,"\u0062":2}}]"#] {
            assert!(
                serde_json::from_str::<StrictJson>(twice).err().unwrap().is_data(),
                "{twice}"
            );
        }
    }
}
