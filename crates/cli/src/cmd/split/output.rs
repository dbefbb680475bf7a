//! What a run over a table writes: rows as text, sums that must add up, and a folder that appears whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value, json};
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{Counts, FileHash, Manifest};
use yibao_benefit::answer::ILLUSTRATIVE;
use yibao_benefit::pack::FundKind;
use yibao_benefit::{Engine, Refusal, Split};

use super::changed::Changed;
use super::outcome::{LINES, Rows, columns};
use crate::cmd::settle::PROGRAM;
use crate::made::PersonRows;

/// One household's part of the output.
pub struct Done {
    /// Rows about bills and voids.
    pub rows: Rows,
    /// Rows of `adjustments.csv`.
    pub adjustments: String,
    /// Lines of `persons.jsonl`.
    pub persons: String,
    /// Rows of `refused.csv` by the line they are about.
    pub refused: Vec<(u64, String)>,
    /// Counts and sums.
    pub totals: Totals,
    /// Rows of feeds, by person, where they are made.
    pub made: Vec<PersonRows>,
}

impl Done {
    /// Nothing yet.
    pub fn new(engine: &Engine) -> Self {
        Self {
            rows: Rows::default(),
            adjustments: String::new(),
            persons: String::new(),
            refused: Vec::new(),
            totals: Totals::new(engine),
            made: Vec::new(),
        }
    }

    /// A person's line.
    pub fn person(&mut self, text: &str) {
        self.persons.push_str(text);
        self.persons.push('\n');
        self.totals.persons += 1;
    }

    /// A row that was refused.
    pub fn refuse(&mut self, line: u64, id: &str, person: &str, refusal: &Refusal) {
        let (message, hint) = cells(refusal);
        let (id, person) = (quoted(id), quoted(person));
        let row = format!("{line},{id},{person},{},{},{}\n", refusal.code, quoted(&message), quoted(&hint));
        self.refused.push((line, row));
    }
}

/// Counts, and what was paid by whom, in fen.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Bills split.
    pub bills: u64,
    /// Voids done.
    pub voids: u64,
    /// Bills that came out differently after a void.
    pub adjustments: u64,
    /// Bills and voids refused.
    pub refused: u64,
    /// Rows that cannot be taken apart.
    pub strays: u64,
    /// Persons written.
    pub persons: u64,
    total: i128,
    funds: Vec<i128>,
    account: i128,
    cash: i128,
    /// What the insured region owes regions of care, by their division and the place of the fund: bills, fen.
    owed: BTreeMap<(String, usize), (i64, i128)>,
}

impl Totals {
    /// Nothing yet.
    pub fn new(engine: &Engine) -> Self {
        Self { funds: vec![0; engine.funds.len()], ..Self::default() }
    }

    /// Total of all bills.
    pub const fn total(&self) -> i128 {
        self.total
    }

    /// What each fund of the pack paid.
    pub fn funds(&self) -> &[i128] {
        &self.funds
    }

    /// Adds a split, of care in an administrative division.
    pub fn add(&mut self, engine: &Engine, split: &Split, area: &str) {
        self.signed(split, 1);
        self.owe(engine, split, area, if split.total < 0 { -1 } else { 1 }, 1);
    }

    /// What public funds of care elsewhere pay is owed to the region of care, which has paid the hospital.
    fn owe(&mut self, engine: &Engine, split: &Split, area: &str, bills: i64, sign: i128) {
        if !is_elsewhere(engine, area) {
            return;
        }
        for (at, paid) in split.funds.iter().enumerate() {
            let public = engine.funds.get(at).is_some_and(|fund| fund.fund.kind == FundKind::Public);
            if public && *paid != 0 {
                let sum = self.owed.entry((area.to_owned(), at)).or_default();
                sum.0 += bills;
                sum.1 += sign * i128::from(*paid);
            }
        }
    }

    /// Rows of `owed.csv`.
    fn owed_rows(&self, engine: &Engine) -> String {
        let mut rows = String::from("fund,by,to,bills,amount\n");
        for ((area, at), (bills, amount)) in &self.owed {
            let fund = engine.funds.get(*at).map_or("", |fund| fund.id.as_str());
            // Writing to a String does not fail.
            let _ = writeln!(rows, "{fund},{},{},{bills},{}", engine.pack.benefit.area, quoted(area), yuan(*amount));
        }
        rows
    }

    fn signed(&mut self, split: &Split, sign: i128) {
        self.total += sign * i128::from(split.total);
        self.account += sign * i128::from(split.account().get());
        self.cash += sign * i128::from(split.cash);
        for (sum, paid) in self.funds.iter_mut().zip(&split.funds) {
            *sum += sign * i128::from(*paid);
        }
    }

    /// What changed from one split to another.
    pub fn difference(&mut self, engine: &Engine, before: &Split, after: &Split, area: &str) {
        self.signed(after, 1);
        self.signed(before, -1);
        self.owe(engine, after, area, 0, 1);
        self.owe(engine, before, area, 0, -1);
    }

    /// Adds other counts and sums.
    pub fn join(&mut self, other: &Self) {
        self.bills += other.bills;
        self.voids += other.voids;
        self.adjustments += other.adjustments;
        self.refused += other.refused;
        self.strays += other.strays;
        self.persons += other.persons;
        self.total += other.total;
        self.account += other.account;
        self.cash += other.cash;
        for (sum, paid) in self.funds.iter_mut().zip(&other.funds) {
            *sum += paid;
        }
        for (key, (bills, amount)) in &other.owed {
            let sum = self.owed.entry(key.clone()).or_default();
            sum.0 += bills;
            sum.1 += amount;
        }
    }

    /// Funds, accounts and cash come to the total.
    fn assert(&self) {
        let paid: i128 = self.funds.iter().sum::<i128>() + self.account + self.cash;
        assert!(paid == self.total, "funds, accounts and cash come to the total: {self:?}");
    }

    /// As `run.json` says it.
    fn json(&self, engine: &Engine) -> Value {
        let funds: Map<String, Value> =
            engine.funds.iter().zip(&self.funds).map(|(fund, paid)| (fund.id.clone(), yuan(*paid).into())).collect();
        json!({ "total": yuan(self.total), "funds": funds, "account": yuan(self.account), "cash": yuan(self.cash) })
    }

    /// Prints who paid what.
    fn print(&self, engine: &Engine) {
        let mut rows = vec![("费用总额 total".to_owned(), self.total)];
        for (fund, paid) in engine.funds.iter().zip(&self.funds).filter(|(_, paid)| **paid != 0) {
            rows.push((format!("  {} {}", fund.fund.title.zh, fund.fund.title.en), *paid));
        }
        rows.push(("  个人账户 personal accounts".to_owned(), self.account));
        rows.push(("  现金 cash".to_owned(), self.cash));
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        rows.into_iter().for_each(|(words, amount)| {
            table.add_row(vec![words, yuan(amount)]);
        });
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
        table.lines().for_each(|line| say!("{}", line.trim_end()));
    }
}

fn yuan(fen: i128) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// The files of a run.
pub struct Files {
    folder: NewFolder,
    splits: BufWriter<std::fs::File>,
    adjustments: BufWriter<std::fs::File>,
    refused: BufWriter<std::fs::File>,
    persons: BufWriter<std::fs::File>,
    reasons: Option<BufWriter<std::fs::File>>,
    lines: Option<BufWriter<std::fs::File>>,
}

/// Files beside `lines.csv`, `reasons.csv`, `rules.json`, `run.json`.
const ALWAYS: [&str; 4] = ["splits.csv", "adjustments.csv", "refused.csv", "persons.jsonl"];

impl Files {
    /// Opens the files of a folder that is not there yet.
    ///
    /// # Errors
    /// The folder is occupied or cannot be written to.
    pub fn create(engine: &Engine, output: &Path, explain: bool, with_lines: bool) -> anyhow::Result<Self> {
        let folder = NewFolder::create(output)?;
        let create = |name: &str| std::fs::File::create(folder.file(name)).map(BufWriter::new);
        let [splits, adjustments, refused, persons] = ALWAYS.map(create);
        let reasons = explain.then(|| create("reasons.csv")).transpose()?;
        let lines = with_lines.then(|| create("lines.csv")).transpose()?;
        let (splits, adjustments, refused, persons) = (splits?, adjustments?, refused?, persons?);
        let mut files = Self { splits, adjustments, refused, persons, reasons, lines, folder };
        let amounts = columns(engine);
        writeln!(files.splits, "bill_id,person_id,{amounts},review,illustrative,voids,after_refused")?;
        writeln!(files.adjustments, "void_id,bill_id,person_id,{amounts}")?;
        writeln!(files.refused, "line,bill_id,person_id,code,message,hint")?;
        if let Some(reasons) = &mut files.reasons {
            writeln!(reasons, "bill_id,person_id,void_id,steps")?;
        }
        if let Some(lines) = &mut files.lines {
            writeln!(lines, "{LINES}")?;
        }
        Ok(files)
    }

    /// Writes what a household came to.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&mut self, mut done: Done) -> anyhow::Result<()> {
        self.splits.write_all(done.rows.splits.as_bytes())?;
        self.adjustments.write_all(done.adjustments.as_bytes())?;
        self.persons.write_all(done.persons.as_bytes())?;
        if let Some(reasons) = &mut self.reasons {
            reasons.write_all(done.rows.reasons.as_bytes())?;
        }
        if let Some(lines) = &mut self.lines {
            lines.write_all(done.rows.lines.as_bytes())?;
        }
        done.refused.sort_by_key(|(line, _)| *line);
        for (_, row) in &done.refused {
            self.refused.write_all(row.as_bytes())?;
        }
        Ok(())
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(mut self, engine: &Engine, inputs: Vec<FileHash>, run: &Run<'_>) -> anyhow::Result<Option<Changed>> {
        let files = [&mut self.splits, &mut self.adjustments, &mut self.refused, &mut self.persons];
        for file in files.into_iter().chain(&mut self.reasons).chain(&mut self.lines) {
            file.flush()?;
        }
        run.totals.assert();
        self.folder.write("rules.json", &serde_json::to_vec(&engine.book)?)?;
        self.folder.write("owed.csv", run.totals.owed_rows(engine).as_bytes())?;
        self.folder.write("run.json", format!("{:#}\n", run.json(engine)).as_bytes())?;
        let names = ALWAYS.iter().chain(self.reasons.is_some().then_some(&"reasons.csv"));
        let names = names.chain(self.lines.is_some().then_some(&"lines.csv"));
        let changed = run.against.map(|old| Changed::of(old, self.folder.path())).transpose()?;
        if let Some(changed) = &changed {
            self.folder.write("changed.csv", changed.csv.as_bytes())?;
        }
        let names = names.chain(changed.is_some().then_some(&"changed.csv"));
        let names: Vec<&str> = names.copied().chain(["owed.csv", "rules.json", "run.json"]).collect();
        let hashed = names.par_iter().map(|name| FileHash::of(&self.folder.file(name)));
        let header = &engine.pack.benefit;
        let totals = run.totals;
        let manifest = Manifest {
            format: 1,
            program: PROGRAM.to_owned(),
            made: "split".to_owned(),
            pack: header.id.clone(),
            pack_sha256: engine.hash.clone(),
            scheme: None,
            scheme_sha256: None,
            period: String::new(),
            methods: Vec::new(),
            known: run.known.map(str::to_owned),
            inputs,
            counts: Counts {
                read: totals.bills + totals.voids + totals.refused,
                settled: totals.bills + totals.voids,
                refused: totals.refused,
                not_selected: 0,
            },
            feeds: Vec::new(),
            bills: Vec::new(),
            outputs: hashed.collect::<Result<_, _>>()?,
        };
        manifest.write(&self.folder, &[])?;
        self.folder.commit()?;
        Ok(changed)
    }
}

/// What a run was, for its summary.
pub struct Run<'r> {
    /// Counts and sums.
    pub totals: &'r Totals,
    /// The pack of the place of care.
    pub care: Option<&'r Engine>,
    /// Day of knowledge, as asked.
    pub known: Option<&'r str>,
    /// The folder of an earlier run to compare with.
    pub against: Option<&'r Path>,
    /// Where the folder stands.
    pub output: PathBuf,
}

impl Run<'_> {
    fn json(&self, engine: &Engine) -> Value {
        let (header, totals) = (&engine.pack.benefit, self.totals);
        let care = self.care.map(|care| json!({ "pack": care.pack.benefit.id, "pack_hash": care.hash }));
        json!({
            "pack": header.id, "pack_hash": engine.hash, "illustrative": mark(engine), "care": care,
            "known": self.known, "bills": totals.bills, "voids": totals.voids, "adjustments": totals.adjustments,
            "refused": totals.refused, "rows_refused": totals.strays, "persons": totals.persons,
            "paid": totals.json(engine),
        })
    }

    /// Prints what was done.
    pub fn print(&self, engine: &Engine) {
        let totals = self.totals;
        let mut words = format!("{} 张费用单 bills, {} 人 persons", totals.bills, totals.persons);
        // Writing to a String does not fail.
        if totals.voids > 0 {
            let _ = write!(words, ", {} 张退费 voids, {} 张重新结算 adjusted", totals.voids, totals.adjustments);
        }
        let _ = write!(words, ", {} 张拒付 refused", totals.refused);
        if totals.strays > 0 {
            let _ = write!(words, ", {} 行无法读取 unreadable rows", totals.strays);
        }
        say!("{words} → {}", self.output.display());
        totals.print(engine);
        if totals.refused + totals.strays > 0 {
            say!("※ 拒付及原因 refused, and why: {}", self.output.join("refused.csv").display());
        }
        if let Some(mark) = mark(engine) {
            say!("※ {mark}");
        }
    }
}

/// Whether an administrative division is not the pack's own.
pub fn is_elsewhere(engine: &Engine, area: &str) -> bool {
    let header = &engine.pack.benefit;
    let prefix = |area: &str| area.get(..usize::from(header.area_digits).min(area.len())).map(str::to_owned);
    prefix(area) != prefix(&header.area)
}

fn mark(engine: &Engine) -> Option<String> {
    engine.pack.benefit.is_illustrative().then(|| format!("{}; {}", ILLUSTRATIVE.0, ILLUSTRATIVE.1))
}

/// Message and hint of a refusal, each one line: an error within brings a hint of its own, which is nearer to the cause.
fn cells(refusal: &Refusal) -> (String, String) {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match refusal.message.split_once("\n  hint: ") {
        Some((message, hint)) => (line(message), line(hint)),
        None => (line(&refusal.message), line(&refusal.hint)),
    }
}

/// A field of a CSV.
pub fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}
