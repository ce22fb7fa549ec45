//! Documents on the client side: finding files, reading them, and uploading them in batches.

mod document;
mod files;
mod origin;
mod pending;
mod source;
mod stored;
mod upload;

pub(crate) use document::Document;
pub(crate) use files::find_texts;
pub(crate) use pending::wait_until_stored;
pub(crate) use source::{Folder, Source, find as find_sources, is_address};
pub(crate) use stored::{conflict, delete, delete_library, exists, list, list_libraries, missing};
pub(crate) use upload::{Upload, UploadResult, upload, upload_batches};
