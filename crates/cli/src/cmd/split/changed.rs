//! `yibao split --against OLD`: what settling again changed, bill by bill — values published late, a status granted
//! afterwards, another pack. Both folders are read into memory: their amounts, not their reasons.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use rustc_hash::FxHashMap;
use yibao_kernel::Fen;

use super::output::quoted;

/// Columns of `splits.csv` that are no amounts.
const OTHERS: [&str; 6] = ["bill_id", "person_id", "review", "illustrative", "voids", "after_refused"];
/// Rows printed.
const SHOWN: usize = 10;

/// What a folder says each bill came to in the end: after its voids and adjustments.
struct Amounts {
    names: Vec<String>,
    /// Bills in the order of the table.
    order: Vec<(String, String)>,
    sums: FxHashMap<(String, String), Vec<i64>>,
}

/// What changed.
pub struct Changed {
    /// `changed.csv`.
    pub csv: String,
    /// Counts of changed, new and gone bills.
    counts: [u64; 3],
    /// Sums of the differences, by amount.
    sums: Vec<(String, i128)>,
    first: Vec<String>,
}

impl Changed {
    /// Compares the folder at hand with an older one.
    ///
    /// # Errors
    /// A folder that `yibao split` did not write.
    pub fn of(old: &Path, new: &Path) -> anyhow::Result<Self> {
        let (old, new) = (Amounts::read(old)?, Amounts::read(new)?);
        let mut names = new.names.clone();
        names.extend(old.names.iter().filter(|name| !new.names.contains(name)).cloned());
        let mut changed = Self {
            csv: format!("bill_id,person_id,change,{}\n", names.join(",")),
            counts: [0; 3],
            sums: names.iter().map(|name| (name.clone(), 0)).collect(),
            first: Vec::new(),
        };
        let of = |amounts: &Amounts, key: &(String, String)| {
            amounts.sums.get(key).map(|sums| names.iter().map(|name| amounts.get(sums, name)).collect::<Vec<i64>>())
        };
        for key in &new.order {
            let after = of(&new, key).unwrap_or_default();
            match of(&old, key) {
                None => changed.row(key, 1, "new", &after),
                Some(before) if before != after => {
                    let difference: Vec<i64> =
                        after.iter().zip(&before).map(|(after, before)| after - before).collect();
                    changed.row(key, 0, "changed", &difference);
                }
                Some(_) => {}
            }
        }
        let seen: BTreeSet<&(String, String)> = new.order.iter().collect();
        for key in old.order.iter().filter(|key| !seen.contains(key)) {
            let before: Vec<i64> = of(&old, key).unwrap_or_default().iter().map(|amount| -amount).collect();
            changed.row(key, 2, "gone", &before);
        }
        Ok(changed)
    }

    fn row(&mut self, (bill, person): &(String, String), kind: usize, word: &str, amounts: &[i64]) {
        if let Some(count) = self.counts.get_mut(kind) {
            *count += 1;
        }
        // Writing to a String does not fail.
        let _ = write!(self.csv, "{},{},{word}", quoted(bill), quoted(person));
        let mut told = format!("  {bill} {word}");
        for (amount, (name, sum)) in amounts.iter().zip(&mut self.sums) {
            let _ = write!(self.csv, ",{}", Fen::new(*amount));
            *sum += i128::from(*amount);
            if *amount != 0 {
                let _ = write!(told, " {name} {}", signed(i128::from(*amount)));
            }
        }
        self.csv.push('\n');
        if self.first.len() < SHOWN {
            self.first.push(told);
        }
    }

    /// Prints what changed.
    pub fn print(&self) {
        let [changed, new, gone] = self.counts;
        say!("与既有结算比较 against: {changed} 张改变 changed, {new} 张新增 new, {gone} 张不再 gone → changed.csv");
        for (name, sum) in self.sums.iter().filter(|(_, sum)| *sum != 0) {
            say!("  {name} {}", signed(*sum));
        }
        self.first.iter().for_each(|line| say!("{line}"));
        if changed + new + gone > SHOWN as u64 {
            say!("  … 全部见 all in changed.csv");
        }
    }
}

/// Yuan with its sign.
fn signed(fen: i128) -> String {
    let sign = if fen < 0 { "-" } else { "+" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

impl Amounts {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut amounts = Self { names: Vec::new(), order: Vec::new(), sums: FxHashMap::default() };
        for name in ["splits.csv", "adjustments.csv"] {
            let path = folder.join(name);
            let mut reader = csv::Reader::from_path(&path).with_context(|| {
                format!("{} is no folder of split bills\n  hint: name what `yibao split -o` wrote", folder.display())
            })?;
            let header = reader.headers()?.clone();
            let place = |wanted: &str| header.iter().position(|name| name == wanted);
            let (Some(bill), Some(person)) = (place("bill_id"), place("person_id")) else {
                bail!("{}: no bill_id and person_id\n  hint: name what `yibao split -o` wrote", path.display());
            };
            let voids = place("voids");
            let columns: Vec<(usize, usize)> = header
                .iter()
                .enumerate()
                .filter(|(_, name)| !OTHERS.contains(name) && *name != "void_id")
                .map(|(at, name)| (at, amounts.named(name)))
                .collect();
            for record in reader.records() {
                let record = record.with_context(|| path.display().to_string())?;
                let cell = |at: usize| record.get(at).unwrap_or_default();
                // A void is counted with the bill it takes back.
                let of = voids.map(cell).filter(|of| !of.is_empty()).unwrap_or_else(|| cell(bill));
                let key = (of.to_owned(), cell(person).to_owned());
                let sums = amounts.sums.entry(key.clone()).or_insert_with(|| {
                    amounts.order.push(key);
                    Vec::new()
                });
                sums.resize(amounts.names.len(), 0);
                for (at, place) in &columns {
                    let fen = Fen::parse_yuan(cell(*at).as_bytes())
                        .with_context(|| format!("{}: {} is no amount", path.display(), cell(*at)))?;
                    if let Some(sum) = sums.get_mut(*place) {
                        *sum = sum.saturating_add(fen.get());
                    }
                }
            }
        }
        Ok(amounts)
    }

    /// The place of an amount by its name.
    fn named(&mut self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    fn get(&self, sums: &[i64], name: &str) -> i64 {
        let at = self.names.iter().position(|known| known == name);
        at.and_then(|at| sums.get(at)).copied().unwrap_or(0)
    }
}
