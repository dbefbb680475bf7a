//! A settlement that begins with bills: each table is split by its benefit pack, and the feeds' rows are made of it.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use yibao_batch::Cancel;
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{BillsEntry, Counts, FileHash, Manifest};
use yibao_benefit::Engine;
use yibao_kernel::{Day, Fen};
use yibao_payment::pack::bills::Bills;
use yibao_record::mapping::MadeOfBills;

use crate::cmd::settle::PROGRAM;
use crate::cmd::settle::summary::money;
use crate::cmd::split::stream::{Sink, Table};
use crate::job::Job;
use crate::made::{Amounts, Lists, Made, Making, Writing, columns_of};

/// What is made beside the splits.
const MADE: [&str; 3] = ["held_back.csv", "stays.csv", "visits.csv"];

/// Where the splits of a settlement stand: beside its folder, because they name persons and a settled folder does not.
pub fn beside(output: &Path) -> PathBuf {
    let mut name = output.file_name().map(std::ffi::OsStr::to_owned).unwrap_or_default();
    name.push("-split");
    output.with_file_name(name)
}

/// One `[[bills]]` ready to be split.
struct Ready<'p> {
    bills: &'p Bills,
    engine: Engine,
    making: Making,
    lists: Lists,
}

impl Job {
    /// Splits the pack's bills into a folder, and from then on reads the rows made there. Nothing without `[[bills]]`.
    ///
    /// # Errors
    /// Files that cannot be read or written, an unusable benefit pack, an interrupt.
    pub fn split_bills(
        &mut self,
        folder: &Path,
        known: Option<Day>,
        cancel: &Cancel,
    ) -> anyhow::Result<Vec<BillsEntry>> {
        if self.pack.bills.is_empty() {
            return Ok(Vec::new());
        }
        std::fs::create_dir_all(folder)?;
        let entries = self.split_into(folder, known, cancel)?;
        self.made = Some(folder.to_owned());
        Ok(entries)
    }

    fn split_into(&self, folder: &Path, known: Option<Day>, cancel: &Cancel) -> anyhow::Result<Vec<BillsEntry>> {
        let mut ready = Vec::new();
        for bills in &self.pack.bills {
            ready.push(self.ready(bills, known)?);
        }
        let mut lists: Vec<Lists> = ready.iter_mut().map(|one| std::mem::take(&mut one.lists)).collect();
        let mut writing = Writing::create(folder, &lists)?;
        let mut entries = Vec::new();
        for (one, lists) in ready.iter().zip(&mut lists) {
            entries.push(self.split_one(one, lists, &mut writing, folder, known, cancel)?);
        }
        let unbilled = writing.finish(&lists)?;
        for (entry, unbilled) in entries.iter_mut().zip(unbilled) {
            entry.unbilled = unbilled;
        }
        Ok(entries)
    }

    fn ready<'p>(&self, bills: &'p Bills, known: Option<Day>) -> anyhow::Result<Ready<'p>> {
        let path = self.folder.root().join(&bills.benefit);
        let engine = Engine::read(&path, known.unwrap_or(Day::MAX)).map_err(|found| anyhow!("{found}"))?;
        let lists = match &bills.lists {
            None => Lists::default(),
            Some(file) => Lists::read(&self.one_file(file, "[[bills]] lists")?, &columns_of(&self.pack))?,
        };
        let making = Making::new(bills, &engine)?.with_lists(&lists);
        Ok(Ready { bills, engine, making, lists })
    }

    /// Hashes of the files the bills were read from.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn bill_inputs(&self) -> anyhow::Result<Vec<FileHash>> {
        let mut inputs = Vec::new();
        for bills in &self.pack.bills {
            let lists = bills.lists.iter();
            for file in [&bills.table, &bills.persons].into_iter().chain(lists) {
                inputs.push(FileHash::of(&self.one_file(file, "[[bills]]")?)?);
            }
        }
        Ok(inputs)
    }

    fn one_file(&self, file: &yibao_record::mapping::StayFile, what: &str) -> anyhow::Result<std::path::PathBuf> {
        match self.files(std::slice::from_ref(file), what)?.pop() {
            Some(path) => Ok(path),
            None => bail!("{what}: no file\n  hint: {{ file = \"…\" }}"),
        }
    }

    fn split_one(
        &self,
        ready: &Ready<'_>,
        lists: &mut Lists,
        writing: &mut Writing,
        folder: &Path,
        known: Option<Day>,
        cancel: &Cancel,
    ) -> anyhow::Result<BillsEntry> {
        let Ready { bills, engine, making, .. } = ready;
        let table = self.one_file(&bills.table, "[[bills]] table")?;
        let persons = self.one_file(&bills.persons, "[[bills]] persons")?;
        let known = known.map(|day| day.to_string());
        let output = folder.join(&bills.id);
        let run = Table {
            home: engine,
            care: None,
            bills: &table,
            persons: &persons,
            output: &output,
            explain: true,
            lines: false,
            known: known.as_deref(),
            against: None,
            making: Some(making),
        };
        let mut made = Made::default();
        let (totals, _) = run.write(cancel, Some(Sink { making, writing, lists, made: &mut made }))?;
        let all = made.all();
        let accounted = making.accounted(totals.funds());
        assert!(
            i128::from(all.cost) == totals.total() && i128::from(all.fund) == accounted,
            "what was split is what was made of it: {made:?}"
        );
        let refused = totals.refused + totals.strays;
        Ok(entry(bills, engine, (totals.bills, totals.voids, refused), &made))
    }
}

fn entry(bills: &Bills, engine: &Engine, (split, voids, refused): (u64, u64, u64), made: &Made) -> BillsEntry {
    let yuan = |amounts: &Amounts| Fen::new(amounts.fund).to_string();
    let all = made.all();
    BillsEntry {
        id: bills.id.clone(),
        benefit: engine.pack.benefit.id.clone(),
        benefit_sha256: engine.hash.clone(),
        bills: split,
        voids,
        refused,
        stays: made.stays.0,
        visits: made.visits.0,
        held_back: made.held.0,
        unbilled: 0,
        total: Fen::new(all.cost).to_string(),
        accounted: yuan(&all),
        accounted_of_stays: yuan(&made.stays.1),
        accounted_of_visits: yuan(&made.visits.1),
        accounted_held_back: yuan(&made.held.1),
    }
}

/// The manifest of the folder of splits, whose tables have manifests of their own.
pub fn manifest(job: &Job, entries: &[BillsEntry], folder: &NewFolder) -> anyhow::Result<()> {
    let counts = entries.iter().fold(Counts::default(), |sum, one| Counts {
        read: sum.read + one.bills + one.voids + one.refused,
        settled: sum.settled + one.bills + one.voids,
        refused: sum.refused + one.refused,
        not_selected: 0,
    });
    let manifest = Manifest {
        format: 1,
        program: PROGRAM.to_owned(),
        made: "bills".to_owned(),
        pack: job.pack.pack.id.clone(),
        pack_sha256: job.folder.hash().to_owned(),
        scheme: None,
        scheme_sha256: None,
        period: String::new(),
        methods: Vec::new(),
        known: None,
        inputs: Vec::new(),
        counts,
        feeds: Vec::new(),
        bills: entries.to_vec(),
        outputs: Vec::new(),
    };
    Ok(manifest.write(folder, &MADE)?)
}

/// Prints what became of the bills.
pub fn print(entries: &[BillsEntry], folder: &Path) {
    let money = |yuan: &str| money(Fen::parse_yuan(yuan.as_bytes()).unwrap_or_default());
    for one in entries {
        say!(
            "费用单 bills {}: {} 张 split, {} 张退费 voids, {} 张拒付 refused → {} 例住院 stays, {} 人次门诊 visits, {} 例暂缓 held back",
            one.id,
            one.bills,
            one.voids,
            one.refused,
            one.stays,
            one.visits,
            one.held_back + one.unbilled
        );
        say!(
            "  记账基金 accounted {} = 住院 {} + 门诊 {} + 暂缓 {}",
            money(&one.accounted),
            money(&one.accounted_of_stays),
            money(&one.accounted_of_visits),
            money(&one.accounted_held_back)
        );
    }
    if !entries.is_empty() {
        say!("  逐单 splits: {}\n", folder.display());
    }
}

/// Whether something was refused or held back.
pub fn any_refused(entries: &[BillsEntry]) -> bool {
    entries.iter().any(|one| one.refused + one.held_back + one.unbilled > 0)
}

/// Where the accounted fund of a case comes from, as lines; nothing when the folder was not made of bills.
///
/// # Errors
/// A folder of splits that cannot be read.
pub fn of_case(settled: &Path, case: &str) -> anyhow::Result<Vec<String>> {
    let manifest = std::fs::read(settled.join("manifest.json"))?;
    let manifest: Manifest = serde_json::from_slice(&manifest)?;
    let folder = beside(settled);
    let (Some(_), true) = (manifest.bills.first(), folder.is_dir()) else { return Ok(Vec::new()) };
    let mut bills = Vec::new();
    for name in [MadeOfBills::Stays, MadeOfBills::Visits].map(MadeOfBills::file) {
        let mut reader = csv::Reader::from_path(folder.join(name))?;
        let header = reader.headers()?.clone();
        let column = |wanted: &str| header.iter().position(|name| name == wanted);
        let (Some(id), listed) = (column("case_id"), column("bills")) else { continue };
        for record in reader.records() {
            let record = record?;
            if record.get(id) == Some(case) {
                let text = listed.and_then(|at| record.get(at)).unwrap_or(case);
                bills.extend(text.split('|').map(str::to_owned));
            }
        }
    }
    if bills.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = vec![format!("\n记账基金来自费用单 the accounted fund comes from bills: {}", bills.join(", "))];
    for one in &manifest.bills {
        let bill = bills.first().map_or("", String::as_str);
        lines.push(format!("  yibao explain {} {bill}", folder.join(&one.id).display()));
    }
    Ok(lines)
}
