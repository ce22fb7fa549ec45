//! The AWS role that calls Amazon Bedrock: the credentials and the region of the process.

use aws_credential_types::Credentials;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The credentials of an AWS role and the region for which requests are signed. `Debug` shows only the region.
#[derive(Debug, Clone)]
pub struct Role {
    /// The region, such as `eu-central-1`.
    pub region: String,
    access_key_id: SecretString,
    secret_access_key: SecretString,
    session_token: Option<SecretString>,
}

impl Role {
    /// Reads the credentials from the variables that Lambda sets for a function's role: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY` and, for temporary credentials, `AWS_SESSION_TOKEN`.
    ///
    /// # Errors
    /// The fault. Never contains a credential.
    pub(super) fn read(region: String, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let secret = |name: &str| variable(name).map(|value| SecretString::from(value.trim()));
        let required = |name: &str| {
            secret(name).ok_or_else(|| {
                format!(
                    "it has no key, and the variable {name} is not set; run \
                     `eval \"$(aws configure export-credentials --format env)\"`, or set `key`"
                )
            })
        };
        Ok(Self {
            region,
            access_key_id: required("AWS_ACCESS_KEY_ID")?,
            secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
            session_token: secret("AWS_SESSION_TOKEN"),
        })
    }

    /// Returns the credentials for a signature.
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(
            self.access_key_id.expose_secret(),
            self.secret_access_key.expose_secret(),
            self.session_token
                .as_ref()
                .map(|token| token.expose_secret().to_owned()),
            None,
            "environment",
        )
    }
}

/// Returns the region of Bedrock: as configured, else that of the address, else that of the process.
///
/// # Errors
/// When no region is configured, or the region is invalid.
pub(super) fn region(
    configured: Option<&str>,
    base_url: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, &'static str> {
    let region = configured
        .map(str::to_owned)
        .or_else(|| region_of(base_url?))
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .ok_or("set `region` to a region of AWS, such as us-east-1, or the variable AWS_REGION")?;
    let region = region.trim().to_owned();
    let is_valid = (1..=32).contains(&region.len())
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_valid {
        Ok(region)
    } else {
        Err("region is not a region of AWS, such as us-east-1")
    }
}

/// Returns the region in an address of Bedrock: of its public, FIPS and VPC endpoints.
fn region_of(base_url: &str) -> Option<String> {
    let url = Url::parse(base_url.trim()).ok()?;
    let mut labels = url.host_str()?.split('.');
    labels.find(|label| label.starts_with("bedrock-"))?;
    labels.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_configured_or_in_the_address_or_of_the_process() {
        let of_process = |name: &str| (name == "AWS_REGION").then(|| "eu-west-1".to_owned());
        let runtime = Some("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1");
        for (configured, base_url, expected) in [
            (Some("us-west-2"), runtime, "us-west-2"),
            (None, runtime, "us-east-1"),
            (
                None,
                Some("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com"),
                "us-gov-west-1",
            ),
            (
                None,
                Some("https://vpce-1.bedrock-runtime.eu-north-1.vpce.amazonaws.com"),
                "eu-north-1",
            ),
            (
                None,
                Some("https://bedrock-mantle.us-east-2.api.aws/v1"),
                "us-east-2",
            ),
            (None, Some("http://127.0.0.1:4000"), "eu-west-1"),
            (None, None, "eu-west-1"),
        ] {
            assert_eq!(region(configured, base_url, &of_process).unwrap(), expected);
        }
        assert!(region(None, None, &|_| None).is_err());
        for malformed in ["", "us-east-1.evil.example/", "US-EAST-1"] {
            assert!(region(Some(malformed), None, &of_process).is_err(), "{malformed}");
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let variable = |name: &str| Some(format!("value of {name}"));
        let role = Role::read("us-east-1".to_owned(), &variable).unwrap();
        assert_eq!(
            role.credentials().session_token(),
            Some("value of AWS_SESSION_TOKEN")
        );
        let shown = format!("{role:?}");
        assert!(
            shown.contains("us-east-1") && !shown.contains("value of"),
            "{shown}"
        );
        let fault = Role::read("us-east-1".to_owned(), &|_| None).unwrap_err();
        assert!(fault.contains("AWS_ACCESS_KEY_ID"), "{fault}");
    }
}
