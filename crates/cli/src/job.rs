//! What `settle` and `weigh` share: a pack, its reference files, its stays.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use yibao_batch::Cancel;
use yibao_batch::stays::{StayRead, StayRequest};
use yibao_grouping::Scheme;
use yibao_grouping::dip::Catalogue;
use yibao_payment::pack::Pack;
use yibao_payment::pack::header::{NamedPart, SchemeRef, YearDeclaration};
use yibao_payment::pack::step::Verb;
use yibao_payment::settled::HeaderView;
use yibao_policy::diagnostics::Severity;
use yibao_policy::{Diagnostics, Folder};
use yibao_record::feed::{FeedKind, STAYS};
use yibao_record::mapping::{RowTest, StayFile};

/// Name of the variable that names the reference-data folder.
pub const DATA_VARIABLE: &str = "YIBAO_DATA";

/// A pack that was opened.
pub struct Job {
    /// The pack's folder.
    pub folder: Folder,
    /// Its types.
    pub pack: Pack,
    /// The reference-data folder, if one is named.
    pub data: Option<PathBuf>,
    /// Where the rows made of the pack's bills are, once they are made.
    pub made: Option<PathBuf>,
    root: PathBuf,
}

/// The reference-data folder: `--data`, else the variable.
pub fn data_folder(option: Option<PathBuf>) -> Option<PathBuf> {
    option.or_else(|| std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from))
}

/// Stops at the first Ctrl-C or termination: work in progress leaves no half result. The second one ends at once.
pub fn cancel_on_signal() -> anyhow::Result<Cancel> {
    static HEARD: AtomicBool = AtomicBool::new(false);
    let cancel = Cancel::default();
    let heard = cancel.clone();
    ctrlc::set_handler(move || {
        if HEARD.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        heard.cancel();
    })
    .context("cannot listen for interrupts")?;
    Ok(cancel)
}

/// The work was interrupted by the person at the terminal.
#[derive(Debug)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("interrupted: nothing was written")
    }
}

impl std::error::Error for Interrupted {}

/// Stops here when the work was interrupted.
pub fn stop_if(cancel: &Cancel) -> anyhow::Result<()> {
    if cancel.is_cancelled() { Err(Interrupted.into()) } else { Ok(()) }
}

/// A progress line on standard error; hidden when that is not a terminal.
pub fn progress(words: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} ({elapsed})") {
        bar.set_style(style);
    }
    bar.set_message(words);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

impl Job {
    /// Opens a pack's folder.
    pub fn open(root: &Path, data: Option<PathBuf>) -> anyhow::Result<Self> {
        let (folder, pack) = yibao_payment::pack::load(root).map_err(|found| anyhow!("{found}"))?;
        Ok(Job { folder, pack, data, made: None, root: root.to_owned() })
    }

    /// The pack's header as outputs show it.
    pub fn header_view(&self) -> HeaderView {
        let header = &self.pack.pack;
        HeaderView {
            id: header.id.clone(),
            title: header.title.clone(),
            region: header.region.clone(),
            trust: header.trust.word().to_owned(),
            currency: header.currency.clone().unwrap_or_else(|| "CNY".to_owned()),
            illustrative: header.trust.illustrative(),
        }
    }

    /// The path of a file in the reference-data folder.
    pub fn reference(&self, name: &str, obtain: Option<&str>) -> anyhow::Result<PathBuf> {
        let obtain = obtain.unwrap_or("see the pack's source");
        let Some(data) = &self.data else {
            bail!(
                "the pack reads the reference file {name}, and no reference-data folder is named\n  hint: get it ({obtain}), put it at FOLDER/{name}, and name the folder with --data FOLDER or {DATA_VARIABLE}"
            );
        };
        let path = data.join(name);
        if !path.exists() {
            bail!("{}: no such reference file\n  hint: get it ({obtain}) and put it there", path.display());
        }
        Ok(path)
    }

    /// The path of a file of stays in the pack's folder.
    fn own_file(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.root.join(name);
        if !path.exists() {
            bail!(
                "{}: no such file\n  hint: put it there, correct the path in the pack, or give --stays FILE or --feed ID=FILE",
                path.display()
            );
        }
        Ok(path)
    }

    /// The files of a list of stay files.
    pub fn files(&self, files: &[StayFile], what: &str) -> anyhow::Result<Vec<PathBuf>> {
        files
            .iter()
            .map(|file| match (&file.file, &file.reference, file.bills) {
                (Some(name), None, None) => self.own_file(name),
                (None, Some(name), None) => self.reference(name, file.obtain.as_deref()),
                (None, None, Some(made)) => match &self.made {
                    Some(folder) => Ok(folder.join(made.file())),
                    None => bail!("{what}: rows made of bills are not made yet\n  hint: `yibao settle` makes them; here, name a file of an earlier settlement: split/{}", made.file()),
                },
                _ => bail!("{what}: give exactly one of `file`, `reference` and `bills`\n  hint: {{ file = \"stays.csv\" }}"),
            })
            .collect()
    }

    /// The files to read: those named on the command line, else the pack's own.
    pub fn stay_files(&self, named: &[PathBuf], own: Option<&[StayFile]>) -> anyhow::Result<Vec<PathBuf>> {
        if !named.is_empty() {
            if let Some(path) = named.iter().find(|path| path.as_os_str() != "-" && !path.exists()) {
                bail!("{}: no such file of stays\n  hint: check the path after --stays", path.display());
            }
            return Ok(named.to_vec());
        }
        let own = own.or_else(|| self.pack.input.as_ref().map(|input| input.stays.as_slice())).unwrap_or(&[]);
        if own.is_empty() {
            bail!(
                "no stays: the pack names no input\n  hint: give --stays FILE, or an [input] table with stays = [{{ file = \"…\" }}]"
            );
        }
        self.files(own, "[input] stays")
    }

    /// The year to settle: the one asked for, else the pack's only one, else its latest.
    pub fn year(&self, asked: Option<i32>) -> anyhow::Result<&YearDeclaration> {
        let years = &self.pack.year;
        let found = match asked {
            Some(year) => years.iter().find(|one| one.year == year),
            None => years.iter().max_by_key(|one| one.year),
        };
        found.ok_or_else(|| {
            let known = years.iter().map(|one| one.year.to_string()).collect::<Vec<_>>().join(", ");
            match asked {
                Some(year) => anyhow!("the pack has no year {year}\n  hint: it has {known}; add a [[year]] table"),
                None => anyhow!("the pack has no [[year]]\n  hint: add one with its methods"),
            }
        })
    }

    /// A grouping scheme, opened.
    pub fn scheme(&self, scheme: Option<&SchemeRef>) -> anyhow::Result<Option<Scheme>> {
        let path = match scheme {
            None => return Ok(None),
            Some(SchemeRef::Path(path)) => self.root.join(path),
            Some(SchemeRef::Reference(one)) => self.reference(&one.reference, Some(&one.obtain))?,
        };
        Scheme::open(&path).map(Some).map_err(|error| anyhow!("{error}"))
    }

    /// A DIP catalogue, opened.
    pub fn catalogue(&self, catalogue: Option<&SchemeRef>) -> anyhow::Result<Option<Catalogue>> {
        let path = match catalogue {
            None => return Ok(None),
            Some(SchemeRef::Path(path)) => self.root.join(path),
            Some(SchemeRef::Reference(one)) => self.reference(&one.reference, Some(&one.obtain))?,
        };
        Catalogue::open(&path).map(Some).map_err(|found| anyhow!("{found}"))
    }

    /// Whether a step or an indicator of the pack asks who the patient was.
    pub fn needs_persons(&self) -> bool {
        let mut steps = self.pack.method.values().flat_map(|method| &method.step);
        let counted = self.pack.indicators.as_ref().is_some_and(yibao_payment::indicator::spec::needs_persons);
        counted || steps.any(|step| matches!(step.verb, Verb::Readmission(_) | Verb::Limit(_)))
    }

    /// Ids of the insurance schemes and of the districts.
    pub fn parts(&self) -> (Vec<String>, Vec<String>) {
        let ids = |parts: &[NamedPart]| parts.iter().map(|part| part.id.clone()).collect::<Vec<_>>();
        (ids(&self.pack.insurance), ids(&self.pack.district))
    }

    /// Reads stays through the pack's mapping: those of a weight table, not of the feeds.
    pub fn read(
        &self,
        files: &[PathBuf],
        select: Option<&RowTest>,
        scheme: Option<&Scheme>,
        threads: usize,
        cancel: &Cancel,
    ) -> anyhow::Result<StayRead> {
        let (insurances, districts) = self.parts();
        let bar = progress("reading stays 读取病例");
        let shown = |rows: u64| bar.set_position(rows);
        let read = yibao_batch::stays::read(&StayRequest {
            feed: STAYS,
            kind: FeedKind::Stays,
            year: None,
            blanks: !self.pack.feed.is_empty(),
            files,
            input: self.pack.input.as_ref(),
            select,
            columns: self.pack.columns.as_ref(),
            fields: &self.pack.fields,
            scheme,
            catalogue: None,
            insurances: &insurances,
            districts: &districts,
            persons: self.needs_persons(),
            threads,
            cancel: cancel.clone(),
            progress: Some(&shown),
        });
        bar.finish_and_clear();
        stop_if(cancel)?;
        read.map_err(|error| anyhow!("{error}"))
    }
}

/// What makes a pack unusable, as one error: its notes are for `yibao policy check`.
pub fn unusable(found: Diagnostics) -> anyhow::Error {
    let errors = found.0.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    anyhow!("{}", Diagnostics(errors))
}

/// Threads to use: as asked, else all cores.
pub fn threads(asked: Option<usize>) -> usize {
    asked
        .filter(|threads| *threads > 0)
        .or_else(|| std::thread::available_parallelism().ok().map(std::num::NonZero::get))
        .unwrap_or(1)
}
