//! Cursors of lists: opaque, signed, and valid only for the user and the filter that they were issued for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::domain::{InvalidInput, UserId};

/// Bytes of the truncated HMAC-SHA256 (RFC 2104) in a cursor.
const TAG_BYTES: usize = 16;

/// The key that signs and verifies cursors.
#[derive(Clone)]
pub struct CursorKey(SecretString);

impl CursorKey {
    /// A key from a secret that all instances of the function share.
    pub fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// The cursor for `position` in the list of `user` under `filter`, as Base64 URL text.
    pub fn seal(&self, user: &UserId, filter: &str, position: &str) -> String {
        let mut token = self.tag(user, filter, position).finalize().into_bytes()[..TAG_BYTES].to_vec();
        token.extend_from_slice(position.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The position of a cursor.
    ///
    /// # Errors
    /// When the cursor was not signed with this key, or was issued for another user or filter.
    pub fn open(&self, user: &UserId, filter: &str, cursor: &str) -> Result<String, InvalidInput> {
        let invalid = || InvalidInput::malformed("?cursor", "is not a cursor of this list");
        let token = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (tag, position) = token.split_at_checked(TAG_BYTES).ok_or_else(invalid)?;
        let position = std::str::from_utf8(position).map_err(|_| invalid())?;
        self.tag(user, filter, position)
            .verify_truncated_left(tag)
            .map_err(|_| invalid())?;
        Ok(position.to_owned())
    }

    fn tag(&self, user: &UserId, filter: &str, position: &str) -> Hmac<Sha256> {
        let secret = self.0.expose_secret().as_bytes();
        #[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC accepts keys of any length");
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
    fn opens_only_for_its_user_and_filter_with_its_key() {
        let (key, user) = (key("secret"), UserId::new("alice"));
        let cursor = key.seal(&user, "status=failed", "01J");
        assert_eq!(key.open(&user, "status=failed", &cursor).unwrap(), "01J");
        assert!(key.open(&UserId::new("bob"), "status=failed", &cursor).is_err());
        assert!(key.open(&user, "", &cursor).is_err());
        assert!(self::key("other").open(&user, "status=failed", &cursor).is_err());
    }

    #[test]
    fn every_changed_character_is_detected() {
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
