//! The feeds of a settlement: their files, their grouping, read into one structure.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use yibao_batch::Cancel;
use yibao_batch::settled::manifest::{Counts, FeedEntry, FileHash};
use yibao_batch::stays::{StayRead, StayRequest, read_feeds};
use yibao_grouping::Scheme;
use yibao_grouping::dip::Catalogue;
use yibao_payment::pack::header::YearDeclaration;
use yibao_payment::settled::Settled;
use yibao_record::feed::{FeedKind, STAYS};
use yibao_record::mapping::{Columns, Input};

use crate::job::{self, Job};

/// `--feed ID=FILE`.
#[derive(Clone, Debug)]
pub struct FeedFile {
    /// The feed.
    pub id: String,
    /// The file.
    pub file: PathBuf,
}

impl std::str::FromStr for FeedFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((id, file)) if !id.is_empty() && !file.is_empty() => {
                Ok(FeedFile { id: id.to_owned(), file: PathBuf::from(file) })
            }
            _ => Err("write ID=FILE, like visits=visits.csv".to_owned()),
        }
    }
}

/// A feed with its files found and its scheme opened.
pub struct OpenFeed<'a> {
    /// Id.
    pub id: &'a str,
    /// What its rows are.
    pub kind: FeedKind,
    /// Encoding, delimiter, selection, refusals.
    pub input: Option<Input>,
    /// Foreign columns to ours.
    pub columns: Option<&'a Columns>,
    /// The files.
    pub files: Vec<PathBuf>,
    /// The grouping scheme.
    pub scheme: Option<Scheme>,
    /// The DIP catalogue.
    pub catalogue: Option<Catalogue>,
}

impl Job {
    /// Opens the feeds of a year: the files named on the command line, else the pack's own.
    pub fn feeds(
        &self,
        year: &YearDeclaration,
        stays: &[PathBuf],
        named: &[FeedFile],
    ) -> anyhow::Result<Vec<OpenFeed<'_>>> {
        self.named_feeds_exist(named)?;
        let mut open = Vec::new();
        let own_stays = !stays.is_empty() || self.pack.input.as_ref().is_some_and(|input| !input.stays.is_empty());
        if own_stays || self.pack.feed.is_empty() {
            open.push(OpenFeed {
                id: STAYS,
                kind: FeedKind::Stays,
                input: self.pack.input.clone(),
                columns: self.pack.columns.as_ref(),
                files: self.stay_files(stays, None)?,
                scheme: self.scheme(year.scheme.as_ref())?,
                catalogue: self.catalogue(year.catalogue.as_ref())?,
            });
        }
        for (id, feed) in &self.pack.feed {
            let of_feed = named.iter().filter(|one| one.id == *id);
            let mut files: Vec<PathBuf> = of_feed.map(|one| one.file.clone()).collect();
            if files.is_empty() {
                files = self.files(&feed.files, &format!("[feed.{id}] files"))?;
            }
            if files.is_empty() {
                bail!(
                    "no rows for the feed \"{id}\": the pack names no file\n  hint: give --feed {id}=FILE, or files = [{{ file = \"…\" }}] in [feed.{id}]"
                );
            }
            open.push(OpenFeed {
                id,
                kind: feed.kind,
                input: Some(feed.input()),
                columns: feed.columns.as_ref(),
                files,
                scheme: self.scheme(feed.scheme.as_ref())?,
                catalogue: self.catalogue(feed.catalogue.as_ref())?,
            });
        }
        Ok(open)
    }

    fn named_feeds_exist(&self, named: &[FeedFile]) -> anyhow::Result<()> {
        for FeedFile { id, file } in named {
            if !self.pack.feed.contains_key(id) {
                let known: Vec<&str> = self.pack.feed.keys().map(String::as_str).collect();
                let hint = match known.is_empty() {
                    true => "the pack has no [feed.ID]; name stays with --stays FILE".to_owned(),
                    false => format!("the pack has {}; name stays with --stays FILE", known.join(", ")),
                };
                bail!("--feed {id}={}: the pack has no feed \"{id}\"\n  hint: {hint}", file.display());
            }
            if !file.exists() {
                bail!("{}: no such file\n  hint: check the path after --feed {id}=", file.display());
            }
        }
        Ok(())
    }

    /// Reads all feeds.
    pub fn read_feeds(
        &self,
        feeds: &[OpenFeed<'_>],
        year: &YearDeclaration,
        threads: usize,
        cancel: &Cancel,
    ) -> anyhow::Result<StayRead> {
        let (insurances, districts) = self.parts();
        let bar = job::progress("reading stays 读取病例");
        let shown = |rows: u64| bar.set_position(rows);
        let requests: Vec<StayRequest<'_>> = feeds
            .iter()
            .map(|feed| StayRequest {
                feed: feed.id,
                kind: feed.kind,
                year: year.window(),
                blanks: !self.pack.feed.is_empty(),
                files: &feed.files,
                input: feed.input.as_ref(),
                select: None,
                columns: feed.columns,
                fields: &self.pack.fields,
                scheme: feed.scheme.as_ref(),
                catalogue: feed.catalogue.as_ref(),
                insurances: &insurances,
                districts: &districts,
                persons: self.needs_persons(),
                threads,
                cancel: cancel.clone(),
                progress: Some(&shown),
            })
            .collect();
        let read = read_feeds(&requests);
        bar.finish_and_clear();
        job::stop_if(cancel)?;
        read.map_err(|error| anyhow!("{error}"))
    }
}

/// Every feed with its files and counts.
pub fn entries(feeds: &[OpenFeed<'_>], inputs: &[FileHash], read: &StayRead, settled: &Settled) -> Vec<FeedEntry> {
    let mut files = inputs.iter().cloned();
    let mut counted = vec![Counts::default(); feeds.len()];
    let of = |source: u16| settled.sources.get(usize::from(source)).map_or(0, |source| usize::from(source.feed));
    for refusal in &settled.refused {
        if let Some(counts) = counted.get_mut(of(refusal.source)) {
            counts.refused += 1;
        }
    }
    let mut start = 0;
    for source in &read.stays.sources {
        let rows = settled.cases.row.get(start..source.end).unwrap_or(&[]);
        start = source.end;
        if let Some(counts) = counted.get_mut(usize::from(source.feed)) {
            counts.settled += rows.iter().filter(|row| **row != u32::MAX).count() as u64;
        }
    }
    let mut all = Vec::new();
    for ((feed, read), mut counts) in feeds.iter().zip(&read.feeds).zip(counted) {
        counts.read = read.rows;
        counts.not_selected = read.rows.saturating_sub(counts.settled).saturating_sub(counts.refused);
        all.push(FeedEntry {
            id: feed.id.to_owned(),
            kind: feed.kind.word().to_owned(),
            scheme: feed.scheme.as_ref().map(|scheme| scheme.name().to_owned()),
            catalogue: feed.catalogue.as_ref().map(|one| format!("{} {}", one.header().id, one.header().version)),
            catalogue_sha256: feed.catalogue.as_ref().map(|one| one.content_hash().to_owned()),
            scheme_sha256: feed.scheme.as_ref().map(|scheme| scheme.content_hash().to_string()),
            files: files.by_ref().take(feed.files.len()).collect(),
            counts,
        });
    }
    let not_selected: u64 = all.iter().map(|feed| feed.counts.not_selected).sum();
    assert!(
        not_selected == settled.not_selected,
        "every row of every feed is settled, refused or not of this job: {all:?}"
    );
    all
}
