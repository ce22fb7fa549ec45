//! Where files come from: their place in a git repository, or on this machine. The origin is stored with each document, so
//! that a file of another place does not replace it.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context;
use url::Url;

use super::files::relative_path;

/// The place of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the folder is: in a repository with a remote `origin`, the address of the remote without scheme and user, and the
    /// path in the repository, such as `github.com/owner/name/docs`, which all clones share. Otherwise its absolute path.
    pub(super) origin: String,
    /// The path of the folder in its repository; empty for the root, and outside of a repository.
    pub(super) path: String,
}

impl Place {
    /// Looks for the repository that contains the folder.
    pub(super) fn of(folder: &Path) -> anyhow::Result<Self> {
        let folder = folder
            .canonicalize()
            .with_context(|| format!("cannot read {}", folder.display()))?;
        let repository = folder.ancestors().find(|ancestor| ancestor.join(".git").exists());
        let path = repository.map_or_else(String::new, |root| relative_path(&folder, root));
        let origin = match repository.and_then(remote) {
            Some(remote) => join(&remote, &path),
            None => folder.to_string_lossy().into_owned(),
        };
        Ok(Self { origin, path })
    }
}

/// A path below a folder, or below nothing.
pub(super) fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => format!("{}/{path}", folder.trim_end_matches('/')),
    }
}

/// The remote `origin` of a repository, as git resolves it.
fn remote(repository: &Path) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["config", "--get", "remote.origin.url"])
        // Set while git runs a hook, for a repository that may be another one.
        .env_remove("GIT_DIR")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let url = String::from_utf8(output.ok()?.stdout).ok()?;
    remote_name(url.trim())
}

/// The host and path of a remote; `None` for a remote on this machine.
fn remote_name(url: &str) -> Option<String> {
    let (host, path) = match url.contains("://") {
        true => {
            let url = Url::parse(url).ok()?;
            (url.host_str()?.to_owned(), url.path().to_owned())
        }
        // The form of scp: user@host:path.
        false => {
            let (host, path) = url.split_once(':')?;
            let host = host.rsplit('@').next()?;
            // One letter is a drive of Windows.
            if host.contains(['/', '\\']) || host.len() < 2 {
                return None;
            }
            (host.to_lowercase(), path.to_owned())
        }
    };
    let path = path.trim_matches('/');
    Some(format!("{host}/{}", path.strip_suffix(".git").unwrap_or(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_remote_have_one_name_without_secrets() {
        for url in [
            "https://github.com/owner/name.git",
            "https://user:secret@GitHub.com/owner/name/",
            "ssh://git@github.com:22/owner/name.git",
            "git@github.com:owner/name.git",
            "github.com:owner/name",
        ] {
            assert_eq!(
                remote_name(url).as_deref(),
                Some("github.com/owner/name"),
                "{url}"
            );
        }
        for url in [
            "/srv/name.git",
            "../name",
            "file:///srv/name",
            r"C:\name",
            "./a:b",
            "",
        ] {
            assert_eq!(remote_name(url), None, "{url}");
        }
    }

    #[test]
    fn a_folder_of_a_repository_is_named_by_its_path_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let docs = root.join("docs/guide");
        std::fs::create_dir_all(&docs).unwrap();
        let absolute = docs.to_string_lossy().into_owned();
        let place = |origin: &str, path: &str| Place {
            origin: origin.to_owned(),
            path: path.to_owned(),
        };
        assert_eq!(Place::of(&docs).unwrap(), place(&absolute, ""));

        let git = |arguments: &[&str]| {
            let status = Command::new("git").arg("-C").arg(&root).args(arguments).status();
            assert!(status.unwrap().success(), "{arguments:?}");
        };
        git(&["init", "--quiet"]);
        assert_eq!(Place::of(&docs).unwrap(), place(&absolute, "docs/guide"));
        git(&["remote", "add", "origin", "git@example.org:team/handbook.git"]);
        assert_eq!(
            Place::of(&docs).unwrap(),
            place("example.org/team/handbook/docs/guide", "docs/guide")
        );
        assert_eq!(Place::of(&root).unwrap(), place("example.org/team/handbook", ""));
        assert!(Place::of(&root.join("none")).is_err());
    }
}
