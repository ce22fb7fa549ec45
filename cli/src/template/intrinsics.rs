//! Resolver for `CloudFormation` intrinsic functions (`!Ref`, `!Sub`, `!If`, ...), using the parameters' defaults
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>).

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use serde_norway::Value as Yaml;

use super::error::{TemplateError, deserialize};
use crate::account::{ACCOUNT_ID, REGION};

/// Resolves parts of a template to plain JSON.
pub(super) struct Resolver<'a> {
    document: &'a Yaml,
    parameters: HashMap<&'a str, &'a Yaml>,
    table_names: HashMap<&'a str, &'a str>,
}

impl<'a> Resolver<'a> {
    /// Creates a resolver. Fails when the template has no `Resources`.
    pub(super) fn new(document: &'a Yaml) -> Result<Self, TemplateError> {
        if !document["Resources"].is_mapping() {
            return Err(TemplateError::new("Resources", "is missing"));
        }
        let mut resolver = Self {
            document,
            parameters: HashMap::new(),
            table_names: HashMap::new(),
        };
        resolver.parameters = entries(&document["Parameters"]).collect();
        // A computed name (one with the stack's name, say) becomes the logical id, which is shorter to type.
        resolver.table_names = entries(&document["Resources"])
            .filter(|(_, resource)| resource["Type"].as_str() == Some("AWS::DynamoDB::Table"))
            .map(|(id, resource)| match &resource["Properties"]["TableName"] {
                Yaml::String(name) => (id, name.as_str()),
                _ => (id, id),
            })
            .collect();
        Ok(resolver)
    }

    /// The resources whose `Condition`, if any, is true. A condition that cannot be resolved counts as true: if the
    /// local cloud uses the resource, reading it fails with the exact path.
    pub(super) fn resources(&self) -> impl Iterator<Item = (&'a str, &'a Yaml)> + '_ {
        entries(&self.document["Resources"]).filter(|(_, resource)| {
            resource["Condition"]
                .as_str()
                .is_none_or(|name| self.condition(name, "Conditions").unwrap_or(true))
        })
    }

    /// The local name of the table with this logical id.
    pub(super) fn table_name<'id>(&self, logical_id: &'id str) -> &'id str
    where
        'a: 'id,
    {
        self.table_names.get(logical_id).copied().unwrap_or(logical_id)
    }

    /// Resolves only `keys` of a mapping, so that unsupported constructs in other keys are ignored.
    pub(super) fn pick(&self, mapping: &Yaml, path: &str, keys: &[&str]) -> Result<Json, TemplateError> {
        let mut picked = Map::new();
        for key in keys {
            let Some(value) = mapping.get(key) else { continue };
            if let Some(value) = self.resolve(value, &format!("{path}.{key}"))? {
                picked.insert((*key).to_owned(), value);
            }
        }
        Ok(Json::Object(picked))
    }

    /// Resolves every function in a value. `None` stands for `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Yaml, path: &str) -> Result<Option<Json>, TemplateError> {
        if let Some((function, argument)) = as_function(value) {
            return self.call(&function, argument, path);
        }
        Ok(Some(match value {
            Yaml::Mapping(mapping) => {
                let mut object = Map::new();
                for (key, value) in mapping {
                    let key =
                        scalar(key).ok_or_else(|| TemplateError::new(path, "has a key that is not text"))?;
                    if let Some(value) = self.resolve(value, &format!("{path}.{key}"))? {
                        object.insert(key, value);
                    }
                }
                Json::Object(object)
            }
            Yaml::Sequence(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    list.extend(self.resolve(item, &format!("{path}[{index}]"))?);
                }
                Json::Array(list)
            }
            plain => deserialize(serde_json::to_value(plain).unwrap_or_default(), path)?,
        }))
    }

    fn call(&self, function: &str, argument: &Yaml, path: &str) -> Result<Option<Json>, TemplateError> {
        let wrong = |problem: String| TemplateError::new(path, problem);
        match function {
            "Ref" => {
                let name = argument
                    .as_str()
                    .ok_or_else(|| wrong("!Ref needs a name".into()))?;
                self.reference(name)
                    .map_err(|problem| wrong(format!("!Ref {name}: {problem}")))
            }
            "Sub" => self.substitute(argument, path).map(Some),
            "GetAtt" => {
                let parts = match argument {
                    Yaml::Sequence(parts) => parts
                        .iter()
                        .filter_map(Yaml::as_str)
                        .collect::<Vec<_>>()
                        .join("."),
                    other => {
                        scalar(other).ok_or_else(|| wrong("!GetAtt needs `Resource.Attribute`".into()))?
                    }
                };
                Ok(Some(parts.into()))
            }
            "If" => {
                let [name, when_true, when_false] = arguments(argument, path)?;
                let name = name
                    .as_str()
                    .ok_or_else(|| wrong("!If needs the name of a condition".into()))?;
                self.resolve(
                    if self.condition(name, path)? {
                        when_true
                    } else {
                        when_false
                    },
                    path,
                )
            }
            "Join" => {
                let [separator, parts] = arguments(argument, path)?;
                let parts: Vec<Json> = deserialize(self.resolve(parts, path)?.unwrap_or_default(), path)?;
                let parts: Vec<String> = parts.iter().map(text).collect();
                Ok(Some(parts.join(separator.as_str().unwrap_or_default()).into()))
            }
            "Equals" | "Not" | "And" | "Or" | "Condition" => self
                .truth(function, argument, path)
                .map(|truth| Some(truth.into())),
            other => Err(wrong(format!(
                "the local cloud does not support the function {other}"
            ))),
        }
    }

    fn reference(&self, name: &str) -> Result<Option<Json>, String> {
        if let Some(parameter) = self.parameters.get(name) {
            return match parameter.get("Default") {
                Some(default) => Ok(serde_json::to_value(default).ok()),
                None => Err("the parameter has no Default, which a local run needs".into()),
            };
        }
        Ok(Some(Json::from(match name {
            "AWS::NoValue" => return Ok(None),
            "AWS::Region" => REGION,
            "AWS::AccountId" => ACCOUNT_ID,
            "AWS::StackName" => "attest-local",
            "AWS::StackId" => "arn:aws:cloudformation:us-east-1:000000000000:stack/attest-local/local",
            "AWS::Partition" => "aws",
            "AWS::URLSuffix" => "amazonaws.com",
            resource if self.document["Resources"].get(resource).is_some() => {
                self.table_names.get(resource).copied().unwrap_or(resource)
            }
            _ => return Err("the template has no such parameter or resource".into()),
        })))
    }

    /// Resolves `!Sub "text ${Name}"` and `!Sub ["text ${Name}", {Name: value}]`. `${!Name}` becomes the literal `${Name}`.
    fn substitute(&self, argument: &Yaml, path: &str) -> Result<Json, TemplateError> {
        let (pattern, own) = match argument {
            Yaml::Sequence(_) => {
                let [pattern, own] = arguments(argument, path)?;
                (pattern, self.resolve(own, path)?.unwrap_or_default())
            }
            pattern => (pattern, Json::Null),
        };
        let mut rest = pattern
            .as_str()
            .ok_or_else(|| TemplateError::new(path, "!Sub needs text"))?;
        let mut output = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| TemplateError::new(path, "!Sub has a `${` without its `}`"))?;
            output.push_str(before);
            if let Some(literal) = name.strip_prefix('!') {
                output.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = own.get(name) {
                output.push_str(&text(value));
            } else if name.contains('.') {
                output.push_str(name);
            } else {
                let value = self
                    .reference(name)
                    .map_err(|problem| TemplateError::new(path, format!("!Sub ${{{name}}}: {problem}")))?;
                output.push_str(&value.as_ref().map(text).unwrap_or_default());
            }
            rest = after;
        }
        output.push_str(rest);
        Ok(output.into())
    }

    fn condition(&self, name: &str, path: &str) -> Result<bool, TemplateError> {
        let condition = self.document["Conditions"].get(name);
        let condition = condition
            .ok_or_else(|| TemplateError::new(path, format!("the template has no condition {name}")))?;
        let path = format!("Conditions.{name}");
        match self.resolve(condition, &path)? {
            Some(Json::Bool(truth)) => Ok(truth),
            _ => Err(TemplateError::new(path, "is not a boolean")),
        }
    }

    /// Evaluates a condition function.
    fn truth(&self, function: &str, argument: &Yaml, path: &str) -> Result<bool, TemplateError> {
        if function == "Condition" {
            return self.condition(argument.as_str().unwrap_or_default(), path);
        }
        let list = argument
            .as_sequence()
            .ok_or_else(|| TemplateError::new(path, format!("!{function} needs a list")))?;
        if function == "Equals" {
            let [left, right] = arguments(argument, path)?;
            let (left, right) = (self.resolve(left, path)?, self.resolve(right, path)?);
            return Ok(left.as_ref().map(text) == right.as_ref().map(text));
        }
        let truths: Vec<bool> = list
            .iter()
            .map(|part| Ok(self.resolve(part, path)? == Some(Json::Bool(true))))
            .collect::<Result<_, TemplateError>>()?;
        Ok(match function {
            "And" => truths.iter().all(|truth| *truth),
            "Or" => truths.contains(&true),
            _ => !truths.contains(&true),
        })
    }
}

/// Splits `!Name argument`, `{Ref: argument}`, `{Condition: name}` or `{Fn::Name: argument}` into name and argument.
fn as_function(value: &Yaml) -> Option<(String, &Yaml)> {
    match value {
        Yaml::Tagged(tagged) => Some((
            tagged.tag.to_string().trim_start_matches('!').to_owned(),
            &tagged.value,
        )),
        Yaml::Mapping(mapping) if mapping.len() == 1 => {
            let (key, argument) = mapping.iter().next()?;
            let key = key.as_str()?;
            let name = key
                .strip_prefix("Fn::")
                .or_else(|| (key == "Ref" || key == "Condition").then_some(key))?;
            Some((name.to_owned(), argument))
        }
        _ => None,
    }
}

fn arguments<'y, const N: usize>(argument: &'y Yaml, path: &str) -> Result<[&'y Yaml; N], TemplateError> {
    argument
        .as_sequence()
        .and_then(|list| list.iter().collect::<Vec<_>>().try_into().ok())
        .ok_or_else(|| TemplateError::new(path, format!("must be a list of {N} values")))
}

fn entries(mapping: &Yaml) -> impl Iterator<Item = (&str, &Yaml)> {
    mapping
        .as_mapping()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// Converts a value to text as `CloudFormation` does.
pub(super) fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
