//! Cursors of lists: opaque, signed, and good only for the user and the filter they were made for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::domain::{InvalidInput, UserId};

/// Bytes of the HMAC-SHA256 (RFC 2104) that a cursor carries.
const TAG: usize = 16;

/// Makes and opens cursors.
#[derive(Clone)]
pub struct CursorKey(SecretString);

impl CursorKey {
    /// With this secret, which every instance of the function shares.
    pub fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// A cursor that stands for `position` in the list of `user` under `filter`.
    pub fn seal(&self, user: &UserId, filter: &str, position: &str) -> String {
        let mut token = self.tag(user, filter, position).finalize().into_bytes()[..TAG].to_vec();
        token.extend_from_slice(position.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The position that a cursor stands for.
    ///
    /// # Errors
    /// When it was not made here, or for another user or filter.
    pub fn open(&self, user: &UserId, filter: &str, cursor: &str) -> Result<String, InvalidInput> {
        let invalid = || InvalidInput::malformed("?cursor", "is not a cursor of this list");
        let token = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (tag, position) = token.split_at_checked(TAG).ok_or_else(invalid)?;
        let position = std::str::from_utf8(position).map_err(|_| invalid())?;
        self.tag(user, filter, position)
            .verify_truncated_left(tag)
            .map_err(|_| invalid())?;
        Ok(position.to_owned())
    }

    fn tag(&self, user: &UserId, filter: &str, position: &str) -> Hmac<Sha256> {
        let secret = self.0.expose_secret().as_bytes();
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
        for part in [user.as_str(), filter, position] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> CursorKey {
        CursorKey::new(SecretString::from(secret.to_owned()))
    }

    #[test]
    fn opens_only_for_whom_and_what_it_was_made() {
        let (key, user) = (key("secret"), UserId::new("alice"));
        let cursor = key.seal(&user, "status=failed", "01J");
        assert_eq!(key.open(&user, "status=failed", &cursor).unwrap(), "01J");
        assert!(key.open(&UserId::new("bob"), "status=failed", &cursor).is_err());
        assert!(key.open(&user, "", &cursor).is_err());
        assert!(self::key("other").open(&user, "status=failed", &cursor).is_err());
    }

    #[test]
    fn no_changed_character_goes_unnoticed() {
        let (key, user) = (key("secret"), UserId::anonymous());
        let cursor = key.seal(&user, "", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        for at in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(
                key.open(&user, "", std::str::from_utf8(&changed).unwrap())
                    .is_err()
            );
        }
        assert!(key.open(&user, "", "").is_err());
    }
}
