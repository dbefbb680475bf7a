//! The append-only file of differences: what it holds already, what is added, written whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use yibao_kernel::{Day, Decimal, Fen};
use yibao_policy::CsvTable;

const HEADER: [&str; 13] = [
    "case_id",
    "on",
    "known",
    "reason",
    "closed",
    "institution",
    "insurance",
    "method",
    "district",
    "was",
    "now",
    "amount",
    "price",
];

/// A difference to be entered.
#[derive(Clone, Debug)]
pub struct Line {
    /// The case.
    pub case_id: String,
    /// The day of the event.
    pub on: Day,
    /// `late`, `regrouped`, `audit`.
    pub reason: &'static str,
    /// The closed period.
    pub closed: String,
    /// Institution, insurance, method, district.
    pub key: [String; 4],
    /// What the closed period paid at this key.
    pub was: Fen,
    /// What it should be.
    pub now: Fen,
    /// `now − was − what is entered already`.
    pub amount: Fen,
    /// The published point value used.
    pub price: Option<Decimal>,
}

/// Case, whether by audit, clearing key.
type Place = (String, bool, [String; 4]);

/// The file.
pub struct Ledger {
    path: PathBuf,
    text: String,
    known: Day,
    added: u64,
    booked: BTreeMap<Place, Fen>,
}

impl Ledger {
    /// Opens the file, or starts one.
    pub fn open(path: &Path, known: Day) -> anyhow::Result<Self> {
        let mut ledger = Self {
            path: path.to_owned(),
            text: format!("{}\n", HEADER.join(",")),
            known,
            added: 0,
            booked: BTreeMap::new(),
        };
        if path.exists() {
            ledger.load()?;
        }
        Ok(ledger)
    }

    fn load(&mut self) -> anyhow::Result<()> {
        let shown = self.path.display().to_string();
        let table = CsvTable::read(&self.path, &shown).map_err(|found| anyhow!("{found}"))?;
        if table.header != HEADER {
            bail!("{shown}: not a file of differences\n  hint: its heading is {}", HEADER.join(","));
        }
        self.text = std::fs::read_to_string(&self.path)?;
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        for row in &table.rows {
            let at = |column: usize| row.fields.get(column).map_or("", String::as_str);
            let wrong = |error: &dyn std::fmt::Display| anyhow!("{shown}:{}: {error}", row.line);
            let known = Day::parse(at(2)).map_err(|error| wrong(&error))?;
            if known > self.known {
                bail!(
                    "{shown}:{}: known on {known}, later than --known {}\n  hint: the file is append-only; enter differences with a day of {known} or later",
                    row.line,
                    self.known
                );
            }
            let amount = Fen::parse_yuan(at(11).as_bytes()).map_err(|error| wrong(&error))?;
            let key = [5, 6, 7, 8].map(|column| at(column).to_owned());
            let sum = self.booked.entry((at(0).to_owned(), at(3) == "audit", key)).or_insert(Fen::ZERO);
            *sum = sum.checked_add(amount)?;
        }
        Ok(())
    }

    /// The day on which differences are entered.
    pub const fn known(&self) -> Day {
        self.known
    }

    /// What is entered already for a case at a key.
    pub fn booked(&self, case_id: &str, audit: bool, key: &[String; 4]) -> Fen {
        self.booked.get(&(case_id.to_owned(), audit, key.clone())).copied().unwrap_or(Fen::ZERO)
    }

    /// Keys at which a case has entries.
    pub fn keys_of(&self, case_id: &str, audit: bool) -> Vec<[String; 4]> {
        let own = self.booked.keys().filter(|(id, by_audit, _)| id == case_id && *by_audit == audit);
        own.map(|(_, _, key)| key.clone()).collect()
    }

    /// Adds a difference.
    pub fn add(&mut self, line: &Line) {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        let mut cells = vec![
            line.case_id.clone(),
            line.on.to_string(),
            self.known.to_string(),
            line.reason.to_owned(),
            line.closed.clone(),
        ];
        cells.extend(line.key.iter().cloned());
        cells.extend([line.was, line.now, line.amount].map(|amount| amount.to_string()));
        cells.push(line.price.map(|price| price.to_string()).unwrap_or_default());
        // Writing into memory does not fail.
        let _ = writer.write_record(&cells);
        let bytes = writer.into_inner().unwrap_or_default();
        self.text.push_str(&String::from_utf8_lossy(&bytes));
        self.added += 1;
    }

    /// Writes the file, and its source where there is none yet.
    pub fn write(&self, pack: &str, closed: &Path) -> anyhow::Result<()> {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let sidecar = self.path.with_file_name(format!("{name}.source.toml"));
        if self.path.exists() && self.added == 0 {
            return Ok(());
        }
        put(&self.path, self.text.as_bytes())?;
        if !sidecar.exists() {
            let folder = closed.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let folder = folder.replace(['"', '\\'], "_");
            let text = format!(
                "source = {{ document = \"yibao difference: closed settlement {folder} of {pack}\" }}\nabout = \"differences of closed periods, append-only\"\n"
            );
            put(&sidecar, text.as_bytes())?;
        }
        Ok(())
    }
}

/// Writes a file beside its place, then renames it into it.
fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |cause: std::io::Error| {
        anyhow!("{}: {cause}\n  hint: check that the folder exists and that you may write there", path.display())
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = parent.join(format!(".{name}.{}.part", std::process::id()));
    std::fs::write(&temporary, bytes).map_err(failed)?;
    std::fs::rename(&temporary, path).map_err(|cause| {
        let _ = std::fs::remove_file(&temporary);
        failed(cause)
    })
}
