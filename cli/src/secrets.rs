//! Local stand-ins for `{{resolve:secretsmanager:...}}`: random, the same for the same reference, kept with the data.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

/// The seed from which every local secret is derived.
pub(crate) struct Secrets {
    seed: String,
}

impl Secrets {
    /// A seed for this run only.
    pub(crate) fn random() -> Self {
        Self {
            seed: format!(
                "{}{}",
                uuid::Uuid::new_v4().simple(),
                uuid::Uuid::new_v4().simple()
            ),
        }
    }

    /// The seed in `directory/local-secret`, made on first use, so that cursors outlive a restart.
    pub(crate) fn kept_in(directory: &Path) -> anyhow::Result<Self> {
        let file = directory.join("local-secret");
        let context = || format!("cannot use {}", file.display());
        match std::fs::read_to_string(&file) {
            Ok(seed) if seed.len() >= 64 => return Ok(Self { seed }),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(context),
        }
        let secrets = Self::random();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&file)
            .and_then(|mut file| file.write_all(secrets.seed.as_bytes()))
            .with_context(context)?;
        Ok(secrets)
    }

    /// The secret that stands in for one dynamic reference: 64 hexadecimal digits.
    pub(crate) fn stand_in(&self, reference: &str) -> String {
        let digest = Sha256::new()
            .chain_update(&self.seed)
            .chain_update(reference)
            .finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_directory_gives_the_same_secret_and_another_reference_another_one() {
        let directory = tempfile::tempdir().unwrap();
        let first = Secrets::kept_in(directory.path()).unwrap();
        let second = Secrets::kept_in(directory.path()).unwrap();
        assert_eq!(first.stand_in("a"), second.stand_in("a"));
        assert_ne!(first.stand_in("a"), first.stand_in("b"));
        assert_ne!(first.stand_in("a"), Secrets::random().stand_in("a"));
    }
}
