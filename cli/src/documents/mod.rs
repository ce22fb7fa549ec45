//! Documents on the client side: finding files, reading them, and uploading them in batches.

mod document;
mod files;
mod pending;
mod source;
mod upload;

pub(crate) use document::Document;
pub(crate) use files::find_texts;
pub(crate) use pending::wait_until_stored;
pub(crate) use source::find as find_sources;
pub(crate) use upload::{UploadResult, upload, upload_batches};
