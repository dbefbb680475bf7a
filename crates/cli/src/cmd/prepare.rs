//! What `preview` and `difference` share with `settle`: an opened pack, its stays read, its plan, its entries applied.

use std::path::PathBuf;

use anyhow::anyhow;
use yibao_batch::Cancel;
use yibao_batch::settled::manifest::FileHash;
use yibao_batch::stays::StayRead;
use yibao_kernel::Day;
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_payment::plan::{CompileInput, Plan};
use yibao_payment::settle::entries::{Applied, apply};

use super::settle::scheme_of_stays;
use crate::feeds::FeedFile;
use crate::job::{self, Job};

/// What to open, and as of when.
pub struct Wanted {
    /// The pack.
    pub pack: PathBuf,
    /// Files of stays instead of the pack's own.
    pub stays: Vec<PathBuf>,
    /// Files of further feeds.
    pub feed: Vec<FeedFile>,
    /// The year.
    pub year: Option<i32>,
    /// Entries and versions known on this day.
    pub known: Option<Day>,
    /// The reference-data folder.
    pub data: Option<PathBuf>,
    /// Threads.
    pub threads: Option<usize>,
}

/// A pack with its stays, ready to be settled.
pub struct Prepared {
    /// The pack.
    pub job: Job,
    /// The year's number.
    pub year: i32,
    /// Name and content hash of the scheme of the stays.
    pub scheme: Option<(String, String)>,
    /// The stays, with the entries applied.
    pub read: StayRead,
    /// The plan.
    pub plan: Plan,
    /// The entries.
    pub applied: Applied,
    /// Hashes of the files read.
    pub inputs: Vec<FileHash>,
    known: Option<Day>,
}

impl Wanted {
    /// Opens, reads, compiles, applies.
    pub fn prepare(self, cancel: &Cancel) -> anyhow::Result<Prepared> {
        let threads = job::threads(self.threads);
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
        let mut job = Job::open(&self.pack, job::data_folder(self.data))?;
        let found = yibao_payment::pack::check::check(&job.folder, &job.pack, &ReferenceFolder(job.data.clone()));
        if found.has_errors() {
            return Err(job::unusable(found));
        }
        let rows = tempfile::tempdir()?;
        job.split_bills(rows.path(), self.known, cancel)?;
        let declared = job.year(self.year)?;
        let year = declared.year;
        let feeds = job.feeds(declared, &self.stays, &self.feed)?;
        let files = feeds.iter().flat_map(|feed| &feed.files);
        let inputs = files.map(|file| FileHash::of(file)).collect::<Result<Vec<_>, _>>()?;
        let mut read = job.read_feeds(&feeds, declared, threads, cancel)?;
        let scheme =
            scheme_of_stays(&feeds).map(|scheme| (scheme.name().to_owned(), scheme.content_hash().to_string()));
        drop(feeds);
        let plan = compiled(&job, year, self.known, &mut read)?;
        let applied = apply(&plan, &mut read.stays, &mut read.symbols);
        Ok(Prepared { job, year, scheme, read, plan, applied, inputs, known: self.known })
    }
}

impl Prepared {
    /// The day of knowledge, as written in a manifest.
    pub fn known(&self) -> Option<String> {
        self.known.map(|day| day.to_string())
    }

    /// The same year with the versions of another day of knowledge; its entries are those of this plan.
    pub fn plan_known_on(&mut self, known: Option<Day>) -> anyhow::Result<Plan> {
        let mut plan = compiled(&self.job, self.year, known, &mut self.read)?;
        plan.entries = self.plan.entries.clone();
        Ok(plan)
    }
}

fn compiled(job: &Job, year: i32, known: Option<Day>, read: &mut StayRead) -> anyhow::Result<Plan> {
    let institutions = super::settle::institutions_of(read);
    let reference = ReferenceFolder(job.data.clone());
    let input = CompileInput {
        folder: &job.folder,
        pack: &job.pack,
        year,
        methods: None,
        known,
        reference: &reference,
        institutions_of_stays: &institutions,
    };
    Plan::compile(&input, &mut read.symbols).map_err(job::unusable)
}

/// A day of the command line.
pub fn day(option: &str, text: &str) -> anyhow::Result<Day> {
    Day::parse(text).map_err(|error| anyhow!("{option} {text}: {error}\n  hint: write a day like 2025-12-31"))
}
