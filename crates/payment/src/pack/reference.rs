//! The reference-data folder: public files a pack names but does not contain.

use std::path::{Component, Path, PathBuf};

/// Finds public files by their path in the reference-data folder.
pub trait ReferenceFiles {
    /// Whether there is a reference-data folder at all.
    fn is_given(&self) -> bool;
    /// Where the file is; `None` when it is not there.
    fn find(&self, relative: &str) -> Option<PathBuf>;
}

/// A folder on disk (`--data`, `YIBAO_DATA`), or none.
#[derive(Clone, Debug, Default)]
pub struct ReferenceFolder(pub Option<PathBuf>);

impl ReferenceFiles for ReferenceFolder {
    fn is_given(&self) -> bool {
        self.0.is_some()
    }

    fn find(&self, relative: &str) -> Option<PathBuf> {
        let plain = Path::new(relative).components().all(|part| matches!(part, Component::Normal(_)));
        let path = self.0.as_ref()?.join(relative);
        (plain && path.exists()).then_some(path)
    }
}
