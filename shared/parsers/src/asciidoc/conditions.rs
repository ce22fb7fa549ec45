//! Conditions of the preprocessor: `ifdef`, `ifndef`, `ifeval` and `endif`.

use super::attributes::Attributes;

/// The lines that the conditions leave. A condition on a value (`ifeval`) is taken as met.
pub(super) fn kept<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut attributes = Attributes::default();
    // Conditions that are open, and how many of them are not met.
    let mut conditions: Vec<bool> = Vec::new();
    let mut unmet = 0_usize;
    let mut kept = Vec::new();
    for line in lines {
        let is_end = line.starts_with("endif::");
        if is_end {
            unmet -= usize::from(conditions.pop() == Some(false));
            continue;
        }
        let Some((is_met, text)) = condition(line, &attributes) else {
            if unmet == 0 {
                attributes.define(line);
                kept.push(line);
            }
            continue;
        };
        match text {
            "" => {
                conditions.push(is_met);
                unmet += usize::from(!is_met);
            }
            // The text in brackets is what the condition is for.
            text => kept.extend((is_met && unmet == 0).then_some(text)),
        }
    }
    kept
}

fn condition<'a>(line: &'a str, attributes: &Attributes) -> Option<(bool, &'a str)> {
    let (name, rest) = line.split_once("::")?;
    let (names, text) = rest.strip_suffix(']')?.split_once('[')?;
    let is_defined = |name: &str| attributes.get(name).is_some();
    let is_any = match names.contains('+') {
        true => names.split('+').all(is_defined),
        false => names.split(',').any(is_defined),
    };
    match name {
        "ifdef" => Some((is_any, text)),
        "ifndef" => Some((!is_any, text)),
        "ifeval" => Some((true, "")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_nest() {
        let text = ":a:\nifdef::a[]\none\nifndef::a[]\ntwo\nifdef::a[three]\nendif::[]\nendif::[]\nifdef::b,a[four]\nifdef::b+a[five]\nendif::[]";
        assert_eq!(kept(text.lines()), [":a:", "one", "four"]);
    }
}
