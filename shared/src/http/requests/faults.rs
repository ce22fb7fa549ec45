//! Faults of several fields, collected so that a response reports all of them at once.

use crate::domain::InvalidInput;

/// The value of a field, or `None` after adding its fault to `faults`.
pub(super) fn collect<T>(field: Result<T, InvalidInput>, faults: &mut Option<InvalidInput>) -> Option<T> {
    match field {
        Ok(value) => Some(value),
        Err(fault) => {
            *faults = Some(match faults.take() {
                Some(faults) => faults.and(fault),
                None => fault,
            });
            None
        }
    }
}

/// For `map_err`: points a fault at the field it belongs to.
pub(super) fn at(pointer: impl Into<String>) -> impl FnOnce(InvalidInput) -> InvalidInput {
    let pointer = pointer.into();
    move |mut fault| {
        for error in &mut fault.errors {
            error.pointer.clone_from(&pointer);
        }
        fault
    }
}

/// The parsed value of a query parameter; its fault points at `?name` and counts as malformed (400).
pub(super) fn parameter<T>(name: &str, parsed: Result<T, InvalidInput>) -> Result<T, InvalidInput> {
    parsed.map_err(|fault| InvalidInput {
        malformed: true,
        ..at(format!("?{name}"))(fault)
    })
}

/// The collected faults. A fallback stands in for the case that there are none, which callers have ruled out.
pub(super) fn or_invalid(faults: Option<InvalidInput>) -> InvalidInput {
    faults.unwrap_or_else(|| InvalidInput::malformed("", "is not valid"))
}
