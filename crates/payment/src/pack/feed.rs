//! Feeds beside the stays: outpatient visits, registered persons, more stays of another layout.

use serde::Deserialize;
use yibao_record::feed::FeedKind;
use yibao_record::mapping::{Columns, Input, RefuseRow, RowTest, StayFile};

use super::header::SchemeRef;
use crate::settled::Bilingual;

/// `[feed.ID]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// What its rows are.
    pub kind: FeedKind,
    /// Title.
    pub title: Option<Bilingual>,
    /// The files, read in order.
    #[serde(default)]
    pub files: Vec<StayFile>,
    /// As `[input]`.
    pub encoding: Option<String>,
    /// As `[input]`.
    pub delimiter: Option<String>,
    /// As `[input]`.
    pub select: Option<RowTest>,
    /// As `[input]`.
    #[serde(default)]
    pub refuse: Vec<RefuseRow>,
    /// As `[columns]`.
    pub columns: Option<Columns>,
    /// Grouping scheme; absent when the rows bring their group, or have none.
    pub scheme: Option<SchemeRef>,
    /// DIP catalogue; never beside a scheme.
    pub catalogue: Option<SchemeRef>,
}

impl Feed {
    /// What `[input]` says of the stays, for this feed.
    #[must_use]
    pub fn input(&self) -> Input {
        Input {
            stays: self.files.clone(),
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            select: self.select.clone(),
            refuse: self.refuse.clone(),
        }
    }
}
