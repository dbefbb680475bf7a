//! Rows of the feeds made of split bills: a stay is its bills together with its settlement list, every other bill is a
//! visit. A bill belongs to a stay when its `stay` names a settlement list, whatever its kind of visit (an emergency
//! that ends in an admission), or when its kind of visit makes a stay. What cannot be made whole is held back with its
//! reason, never paid in part.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{anyhow, bail};
use yibao_batch::AtomicFile;
use yibao_benefit::pack::FundKind;
use yibao_benefit::split::age;
use yibao_benefit::{Engine, Split};
use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;
use yibao_record::person::Person;

mod lists;

use lists::OF_BILLS;
pub use lists::{Lists, columns_of};

const VISITS_HEADER: &str = "case_id,person,institution,insurance,visit,sex,age_years,dx,cost,fund,patient,\
     other_funds,hospital,visit_kind,disease\n";
const HELD_HEADER: &str = "case_id,code,message,hint,institution,bills,total,accounted\n";

/// What is made of the bills of one table.
#[derive(Debug)]
pub struct Making {
    insurance: String,
    stays: Vec<String>,
    /// Stays that have a settlement list.
    listed: BTreeSet<String>,
    /// Funds of the pack, by place: whether each is the accounted fund, whether the hospital bears it.
    funds: Vec<(bool, bool)>,
}

/// A bill that stands at the end, with what it came to.
#[derive(Clone, Copy)]
pub struct Closed<'a> {
    /// The bill.
    pub bill: &'a Bill,
    /// Its split, after every later settlement.
    pub split: &'a Split,
}

/// A bill that does not stand.
#[derive(Clone, Copy)]
pub enum Refused<'a> {
    /// It was read, and refused.
    Bill(&'a Bill),
    /// It could not be read: of which stay nobody knows.
    Unread(&'a str),
}

/// Amounts of a row, fen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Amounts {
    /// Total cost.
    pub cost: i64,
    /// The accounted fund.
    pub fund: i64,
    /// Other funds.
    pub other: i64,
    /// Borne by the hospital.
    pub hospital: i64,
}

impl Amounts {
    const fn add(&mut self, more: &Self) {
        self.cost += more.cost;
        self.fund += more.fund;
        self.other += more.other;
        self.hospital += more.hospital;
    }

    /// What the accounted fund does not pay: other funds, the hospital, the person. The whole is `cost`.
    const fn patient(&self) -> i64 {
        self.cost - self.fund
    }
}

/// One stay, still without its settlement list.
#[derive(Debug)]
pub struct MadeStay {
    id: String,
    institution: String,
    first: Day,
    last: Day,
    person: String,
    sex: String,
    birth: Day,
    amounts: Amounts,
    bills: Vec<String>,
    held: Option<(&'static str, String)>,
}

impl MadeStay {
    fn hold(&mut self, code: &'static str, message: String) {
        self.held.get_or_insert((code, message));
    }
}

/// What a person's bills come to.
#[derive(Debug, Default)]
pub struct PersonRows {
    /// Stays in the order of their first bill.
    pub stays: Vec<MadeStay>,
    /// Lines of the visits.
    pub visits: String,
    /// Visits, and what they come to.
    pub visited: (u64, Amounts),
}

/// What was made of a table of bills.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// Stays and what they come to.
    pub stays: (u64, Amounts),
    /// Visits and what they come to.
    pub visits: (u64, Amounts),
    /// Stays held back and what their bills come to.
    pub held: (u64, Amounts),
}

impl Made {
    /// All rows together.
    #[must_use]
    pub const fn all(&self) -> Amounts {
        let mut sum = self.stays.1;
        sum.add(&self.visits.1);
        sum.add(&self.held.1);
        sum
    }
}

impl Making {
    /// What a pack's `[[bills]]` asks for.
    ///
    /// # Errors
    /// A fund or a kind of visit the benefit pack does not know.
    pub fn new(bills: &yibao_payment::pack::bills::Bills, engine: &Engine) -> anyhow::Result<Self> {
        let ids = || engine.funds.iter().map(|fund| fund.id.as_str());
        if let Some(unknown) = bills.accounted.iter().find(|id| !ids().any(|known| known == id.as_str())) {
            let hint = yibao_policy::suggest::hint(unknown, ids());
            bail!("[[bills]] \"{}\": the benefit pack has no fund \"{unknown}\"\n  hint: {hint}", bills.id);
        }
        let visits: Vec<&str> = engine
            .pack
            .dimension
            .iter()
            .filter(|(name, dimension)| dimension.of.as_deref().unwrap_or(name) == "visit")
            .flat_map(|(_, dimension)| dimension.values.iter().map(String::as_str))
            .collect();
        if let Some(unknown) = bills.stays.iter().find(|kind| !visits.contains(&kind.as_str())) {
            let hint = yibao_policy::suggest::hint(unknown, visits);
            bail!("[[bills]] \"{}\": the benefit pack has no visit \"{unknown}\"\n  hint: {hint}", bills.id);
        }
        let funds = engine
            .funds
            .iter()
            .map(|fund| (bills.accounted.contains(&fund.id), fund.fund.kind == FundKind::Hospital))
            .collect();
        Ok(Self { insurance: bills.insurance.clone(), stays: bills.stays.clone(), listed: BTreeSet::new(), funds })
    }

    /// The same, knowing which stays have a settlement list.
    #[must_use]
    pub fn with_lists(mut self, lists: &Lists) -> Self {
        self.listed = lists.ids().map(str::to_owned).collect();
        self
    }

    /// Whether a bill is of a stay: of one that has a list, or of a kind of visit that makes one.
    fn is_of_stay(&self, bill: &Bill) -> bool {
        bill.stay.as_ref().is_some_and(|stay| self.listed.contains(stay)) || self.stays.contains(&bill.visit)
    }

    /// What the accounted funds paid, of what every fund of the pack paid.
    #[must_use]
    pub fn accounted(&self, funds: &[i128]) -> i128 {
        funds.iter().zip(&self.funds).filter(|(_, (accounted, _))| *accounted).map(|(paid, _)| paid).sum()
    }

    fn amounts(&self, split: &Split) -> Amounts {
        let mut amounts = Amounts { cost: split.total, ..Amounts::default() };
        for (paid, (accounted, hospital)) in split.funds.iter().zip(&self.funds) {
            match (accounted, hospital) {
                (true, _) => amounts.fund += paid,
                (false, true) => amounts.hospital += paid,
                (false, false) => amounts.other += paid,
            }
        }
        amounts
    }

    /// The rows of a person: bills that stand, bills that were refused.
    #[must_use]
    pub fn rows(&self, person: &Person, closed: &[Closed<'_>], refused: &[Refused<'_>]) -> PersonRows {
        let mut rows = PersonRows::default();
        for Closed { bill, split } in closed {
            let amounts = self.amounts(split);
            if self.is_of_stay(bill) {
                rows.stay(person, bill, &amounts);
            } else {
                self.visit(person, bill, &amounts, &mut rows);
            }
        }
        for refused in refused {
            match refused {
                Refused::Bill(bill) if self.is_of_stay(bill) => {
                    let id = bill.stay.as_deref().unwrap_or(&bill.id);
                    let own = rows.stays.iter_mut().filter(|stay| stay.id == id);
                    own.for_each(|stay| stay.hold("bill_refused", format!("bill {} of the stay was refused", bill.id)));
                }
                Refused::Bill(_) => {}
                // It may be of any stay of the person.
                Refused::Unread(id) => rows.stays.iter_mut().for_each(|stay| {
                    stay.hold(
                        "bill_unread",
                        format!("bill {id} of the person cannot be read, and may be of this stay"),
                    );
                }),
            }
        }
        rows
    }

    fn visit(&self, person: &Person, bill: &Bill, amounts: &Amounts, rows: &mut PersonRows) {
        let fen = Fen::new;
        // Writing to a String does not fail.
        let _ = writeln!(
            rows.visits,
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
            quoted(&bill.id),
            quoted(&person.id),
            quoted(&bill.institution.code),
            self.insurance,
            bill.end,
            person.sex,
            age(person.birth, bill.end).max(0),
            quoted(&bill.diagnoses.join("|")),
            fen(amounts.cost),
            fen(amounts.fund),
            fen(amounts.patient()),
            fen(amounts.other),
            fen(amounts.hospital),
            quoted(&bill.visit),
            quoted(bill.disease.as_deref().unwrap_or("")),
        );
        rows.visited.0 += 1;
        rows.visited.1.add(amounts);
    }
}

impl PersonRows {
    fn stay(&mut self, person: &Person, bill: &Bill, amounts: &Amounts) {
        let id = bill.stay.as_deref().unwrap_or(&bill.id);
        let first = bill.stay_start.unwrap_or(bill.start).min(bill.start);
        let Some(stay) = self.stays.iter_mut().find(|stay| stay.id == id) else {
            self.stays.push(MadeStay {
                id: id.to_owned(),
                institution: bill.institution.code.clone(),
                first,
                last: bill.end,
                person: person.id.clone(),
                sex: person.sex.clone(),
                birth: person.birth,
                amounts: *amounts,
                bills: vec![bill.id.clone()],
                held: None,
            });
            return;
        };
        stay.first = stay.first.min(first);
        stay.last = stay.last.max(bill.end);
        stay.amounts.add(amounts);
        stay.bills.push(bill.id.clone());
        if stay.institution != bill.institution.code {
            let message = format!("bills of one stay from {} and {}", stay.institution, bill.institution.code);
            stay.hold("two_institutions", message);
        }
    }
}

/// The files that are made.
pub struct Writing {
    stays: csv::Writer<BufWriter<AtomicFile>>,
    visits: BufWriter<AtomicFile>,
    held: BufWriter<AtomicFile>,
}

impl Writing {
    /// Begins `stays.csv`, `visits.csv` and `held_back.csv` in a folder. All lists have the same columns.
    ///
    /// # Errors
    /// Files that cannot be written; lists of different columns.
    pub fn create(folder: &Path, lists: &[Lists]) -> anyhow::Result<Self> {
        let stated = || lists.iter().map(Lists::columns).filter(|columns| !columns.is_empty());
        let columns = stated().next().unwrap_or_default();
        if let Some(other) = stated().find(|other| *other != columns) {
            bail!(
                "settlement lists of different columns: {} and {}\n  hint: give all lists the same columns in the same order",
                columns.join(","),
                other.join(",")
            );
        }
        let create = |name: &str| AtomicFile::create(&folder.join(name)).map(BufWriter::new);
        let mut stays = csv::Writer::from_writer(create("stays.csv")?);
        stays.write_record(OF_BILLS.iter().copied().chain(columns.iter().map(String::as_str)))?;
        let (mut visits, mut held) = (create("visits.csv")?, create("held_back.csv")?);
        visits.write_all(VISITS_HEADER.as_bytes())?;
        held.write_all(HELD_HEADER.as_bytes())?;
        Ok(Self { stays, visits, held })
    }

    /// Writes the rows of a person.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn person(
        &mut self,
        making: &Making,
        rows: &PersonRows,
        lists: &mut Lists,
        made: &mut Made,
    ) -> anyhow::Result<()> {
        self.visits.write_all(rows.visits.as_bytes())?;
        made.visits.0 += rows.visited.0;
        made.visits.1.add(&rows.visited.1);
        for stay in &rows.stays {
            let list = lists.take(&stay.id);
            let held = stay.held.clone().or_else(|| match list {
                None => Some(("no_list", "the stay has bills, but no settlement list".to_owned())),
                Some(_) => None,
            });
            match (held, list) {
                (Some((code, message)), _) => {
                    self.hold(&stay.id, code, &message, Some(stay))?;
                    made.held.0 += 1;
                    made.held.1.add(&stay.amounts);
                }
                (None, Some(list)) => {
                    self.stay(making, stay, list)?;
                    made.stays.0 += 1;
                    made.stays.1.add(&stay.amounts);
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn hold(&mut self, id: &str, code: &str, message: &str, stay: Option<&MadeStay>) -> anyhow::Result<()> {
        let hint = match code {
            "no_list" => "send its settlement list",
            "no_bill" => "send the bills of the stay",
            "two_institutions" => "a transfer is two stays: give each its own",
            _ => "correct the bill; the stay is paid when all its bills are split",
        };
        write!(self.held, "{},{code},{},{},", quoted(id), quoted(message), quoted(hint))?;
        match stay {
            None => writeln!(self.held, ",,,")?,
            Some(stay) => {
                let (bills, amounts) = (stay.bills.join("|"), stay.amounts);
                let (total, accounted) = (Fen::new(amounts.cost), Fen::new(amounts.fund));
                writeln!(self.held, "{},{},{total},{accounted}", quoted(&stay.institution), quoted(&bills))?;
            }
        }
        Ok(())
    }

    fn stay(&mut self, making: &Making, stay: &MadeStay, list: &csv::StringRecord) -> anyhow::Result<()> {
        let days = stay.first.days_until(stay.last).max(1);
        let age_years = age(stay.birth, stay.first).max(0);
        // Days of age are asked for in the first year only.
        let age_days =
            if age_years == 0 { stay.birth.days_until(stay.first).max(0).to_string() } else { String::new() };
        let fen = |amount: i64| Fen::new(amount).to_string();
        let of_bills = [
            stay.id.clone(),
            stay.person.clone(),
            stay.institution.clone(),
            making.insurance.clone(),
            stay.first.to_string(),
            stay.last.to_string(),
            days.to_string(),
            stay.sex.clone(),
            age_years.to_string(),
            age_days,
            fen(stay.amounts.cost),
            fen(stay.amounts.fund),
            fen(stay.amounts.patient()),
            fen(stay.amounts.other),
            fen(stay.amounts.hospital),
            stay.bills.join("|"),
        ];
        self.stays.write_record(of_bills.iter().map(String::as_str).chain(list.iter()))?;
        Ok(())
    }

    /// Lists without any bill are held back too, counted by the lists; then the files appear.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn finish(mut self, lists: &[Lists]) -> anyhow::Result<Vec<u64>> {
        let mut unbilled = Vec::with_capacity(lists.len());
        for lists in lists {
            let mut count = 0;
            for id in lists.unused() {
                self.hold(id, "no_bill", "a settlement list without any bill that stands", None)?;
                count += 1;
            }
            unbilled.push(count);
        }
        let stays = self.stays.into_inner().map_err(|error| anyhow!("cannot write: {}", error.error()))?;
        for file in [stays, self.visits, self.held] {
            file.into_inner().map_err(|error| anyhow!("cannot write: {}", error.error()))?.commit()?;
        }
        Ok(unbilled)
    }
}

/// A field of a CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
