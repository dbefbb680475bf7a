//! Sums of the settled cases, read from `cases.parquet` in one pass over its row groups, side by side. Whole numbers only,
//! so that the sums do not depend on how the rows were divided.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, RecordBatch};
use arrow::datatypes::{Date32Type, Decimal128Type, Int32Type, UInt32Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use yibao_kernel::Day;
use yibao_payment::indicator::facts::{CellKey, Cells, Facts, MonthKey, RowFact};
use yibao_payment::indicator::persons::month_number;
use yibao_payment::indicator::spec::POINTS_PER_WEIGHT;
use yibao_payment::indicator::{Given, Kind, Spec, Sums};

use super::SettledError;
use super::extras::{DIED, PREFIX};

/// Columns every settled folder has.
const OWN: [&str; 14] = [
    "row",
    "institution",
    "discharge",
    "los_days",
    "group",
    "group_status",
    "route",
    "cost",
    "fund",
    "patient",
    "weight",
    "base_points",
    "paid",
    "kind",
];

/// Texts to numbers, in order of first appearance.
#[derive(Default)]
struct Names {
    texts: Vec<String>,
    ids: FxHashMap<String, u32>,
}

impl Names {
    fn id(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX - 1);
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }
}

/// What one row group adds up to.
#[derive(Default)]
struct Part {
    institutions: Names,
    groups: Names,
    cells: FxHashMap<CellKey, Sums>,
    months: FxHashMap<MonthKey, Sums>,
}

/// Reads the sums.
///
/// # Errors
/// The file cannot be read, or is not one of settled cases.
pub fn read(path: &Path, facts: &Facts) -> Result<Cells, SettledError> {
    let wrong = |error: &dyn std::fmt::Display| SettledError::parquet(path, error);
    let file = File::open(path).map_err(|cause| SettledError::io(path, cause))?;
    let metadata = ArrowReaderMetadata::load(&file, Default::default()).map_err(|error| wrong(&error))?;
    let mut columns: Vec<String> = OWN.iter().map(|name| (*name).to_owned()).collect();
    columns.push(DIED.to_owned());
    columns.extend(facts.spec.fields().iter().map(|field| format!("{PREFIX}{field}")));
    let groups: Vec<usize> = (0..metadata.metadata().num_row_groups()).collect();
    let of_method = |row: &RowFact| facts.spec.points_per_weight.get(&row.method).copied();
    let points: Vec<u32> = facts.rows.iter().map(|row| of_method(row).unwrap_or(POINTS_PER_WEIGHT)).collect();
    let mut all = Part::default();
    // So many row groups at a time that no thread waits, and their parts stay few.
    for wave in groups.chunks(rayon::current_num_threads().max(1) * 2) {
        let parts: Result<Vec<Part>, SettledError> = wave
            .par_iter()
            .map(|group| {
                let file = File::open(path).map_err(|cause| SettledError::io(path, cause))?;
                let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
                let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().map(String::as_str));
                let reader = builder.with_projection(mask).with_row_groups(vec![*group]).with_batch_size(65_536);
                let mut part = Part::default();
                for batch in reader.build().map_err(|error| wrong(&error))? {
                    part.add(&batch.map_err(|error| wrong(&error))?, &facts.spec, &points)
                        .map_err(|what| wrong(&what))?;
                }
                Ok(part)
            })
            .collect();
        parts?.into_iter().for_each(|part| all.merge(part));
    }
    let mut cells: Vec<(CellKey, Sums)> = all.cells.into_iter().collect();
    cells.sort_unstable_by_key(|(key, _)| *key);
    let mut months: Vec<(MonthKey, Sums)> = all.months.into_iter().collect();
    months.sort_unstable_by_key(|(key, _)| *key);
    Ok(Cells { institutions: all.institutions.texts, groups: all.groups.texts, cells, months })
}

/// The columns of a batch.
struct Columns<'a> {
    row: &'a arrow::array::UInt32Array,
    discharge: &'a Date32Array,
    los_days: &'a Int32Array,
    amounts: [&'a Decimal128Array; 4],
    weight: &'a Decimal128Array,
    base_points: &'a Decimal128Array,
    institution: Words,
    group: Words,
    status: Words,
    route: Words,
    kind: Option<Words>,
    died: Option<&'a arrow::array::BooleanArray>,
    parts: Vec<Option<&'a Decimal128Array>>,
    out_of_list: Option<&'a Decimal128Array>,
    referral: Option<&'a ArrayRef>,
}

/// A dictionary column: the number of the word per row.
struct Words {
    keys: Int32Array,
    words: Vec<String>,
}

impl Words {
    fn of(batch: &RecordBatch, name: &str) -> Option<Words> {
        let column: &DictionaryArray<Int32Type> = batch.column_by_name(name)?.as_dictionary_opt()?;
        let values = column.values().as_string_opt::<i32>()?;
        let words = (0..values.len()).map(|at| values.value(at).to_owned()).collect();
        Some(Words { keys: column.keys().clone(), words })
    }

    fn word(&self, at: usize) -> Option<usize> {
        (!self.keys.is_null(at)).then(|| usize::try_from(self.keys.value(at)).ok()).flatten()
    }

    fn text(&self, at: usize) -> &str {
        self.word(at).and_then(|word| self.words.get(word)).map_or("", String::as_str)
    }
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch, spec: &Spec) -> Option<Self> {
        let decimal = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>();
        let field = |name: &str| decimal(&format!("{PREFIX}{name}"));
        Some(Columns {
            row: batch.column_by_name("row")?.as_primitive_opt::<UInt32Type>()?,
            discharge: batch.column_by_name("discharge")?.as_primitive_opt::<Date32Type>()?,
            los_days: batch.column_by_name("los_days")?.as_primitive_opt::<Int32Type>()?,
            amounts: [decimal("cost")?, decimal("fund")?, decimal("patient")?, decimal("paid")?],
            weight: decimal("weight")?,
            base_points: decimal("base_points")?,
            institution: Words::of(batch, "institution")?,
            group: Words::of(batch, "group")?,
            status: Words::of(batch, "group_status")?,
            route: Words::of(batch, "route")?,
            kind: Words::of(batch, "kind"),
            died: batch.column_by_name(DIED).and_then(|column| column.as_boolean_opt()),
            parts: spec.structure.iter().map(|part| field(&part.field)).collect(),
            out_of_list: spec.out_of_list.as_ref().and_then(|name| field(name)),
            referral: spec.referral.as_ref().and_then(|name| batch.column_by_name(&format!("{PREFIX}{name}"))),
        })
    }

    fn given(&self, column: Option<&Decimal128Array>, at: usize, cost: i128) -> Given {
        match column.filter(|column| !column.is_null(at)) {
            Some(column) => Given { amount: column.value(at), cost, cases: 1 },
            None => Given::default(),
        }
    }

    fn referred(&self, at: usize) -> bool {
        let Some(column) = self.referral else { return false };
        match column.as_boolean_opt() {
            Some(flags) => flags.value(at),
            None => column.as_primitive_opt::<Decimal128Type>().is_some_and(|amounts| !amounts.is_null(at)),
        }
    }

    /// What the case at a row adds.
    fn sums(&self, at: usize, kind: Kind, low_risk: bool, points_per_weight: u32, spec: &Spec) -> Sums {
        let [cost, fund, patient, paid] = self.amounts.map(|column| column.value(at));
        let grouped = self.status.text(at) == "grouped" && self.group.word(at).is_some();
        // In hundred-millionths: ten-thousandths of a weight, or of points that stand for a weight.
        let weight = match (self.weight.value(at), self.base_points.value(at)) {
            (weight, _) if weight > 0 => weight * 10_000,
            (_, points) => points.max(0) * 10_000 / i128::from(points_per_weight.max(1)),
        };
        let weighted = grouped && weight > 0;
        let days = self.los_days.value(at);
        let died = self.died.is_some_and(|column| column.value(at));
        let left_out = spec.exclude.iter().any(|one| one.leaves_out(days, i64::try_from(cost).unwrap_or(i64::MAX)));
        let countable = kind == Kind::Stays && !left_out;
        let route = self.route.text(at);
        Sums {
            cases: 1,
            cost,
            fund,
            patient,
            paid,
            days: i128::from(days),
            weighted: u64::from(weighted),
            weight: if weighted { weight } else { 0 },
            grouped: u64::from(grouped),
            countable: u64::from(countable),
            countable_grouped: u64::from(countable && grouped),
            deaths: u64::from(died),
            low_risk: u64::from(low_risk),
            low_risk_deaths: u64::from(low_risk && died),
            referred: u64::from(self.referred(at)),
            review_accepted: u64::from(route == "special_review"),
            review_held: u64::from(route == "held"),
            out_of_list: self.given(self.out_of_list, at, cost),
            parts: self.parts.iter().map(|column| self.given(*column, at, cost)).collect(),
        }
    }
}

impl Part {
    fn add(&mut self, batch: &RecordBatch, spec: &Spec, points: &[u32]) -> Result<(), &'static str> {
        let columns = Columns::of(batch, spec).ok_or("a column of settled cases is missing or of another type")?;
        let institutions: Vec<u32> = columns.institution.words.iter().map(|word| self.institutions.id(word)).collect();
        let groups: Vec<u32> = columns.group.words.iter().map(|word| self.groups.id(word)).collect();
        let risks: Vec<bool> = columns
            .group
            .words
            .iter()
            .map(|word| spec.low_risk.as_ref().is_some_and(|low| low.groups.binary_search(word).is_ok()))
            .collect();
        for at in 0..batch.num_rows() {
            let word = columns.group.word(at);
            let group = word.and_then(|word| groups.get(word).copied()).unwrap_or(u32::MAX);
            let institution =
                columns.institution.word(at).and_then(|word| institutions.get(word).copied()).unwrap_or(u32::MAX);
            let kind = columns.kind.as_ref().map_or(Kind::Stays, |kind| Kind::of(kind.text(at)));
            let low_risk = word.and_then(|word| risks.get(word).copied()).unwrap_or(false);
            let per_weight = points.get(columns.row.value(at) as usize).copied().unwrap_or(POINTS_PER_WEIGHT);
            let sums = columns.sums(at, kind, low_risk, per_weight, spec);
            let day = Day::from_days(columns.discharge.value(at)).unwrap_or(Day::MIN);
            let key = CellKey { row: columns.row.value(at), institution, kind, group };
            self.months.entry(MonthKey { month: month_number(day), kind, group }).or_default().add(&sums);
            self.cells.entry(key).or_default().add(&sums);
        }
        Ok(())
    }

    fn merge(&mut self, part: Part) {
        let institutions: Vec<u32> = part.institutions.texts.iter().map(|text| self.institutions.id(text)).collect();
        let groups: Vec<u32> = part.groups.texts.iter().map(|text| self.groups.id(text)).collect();
        let again = |list: &[u32], id: u32| list.get(id as usize).copied().unwrap_or(u32::MAX);
        for (key, sums) in part.cells {
            let key =
                CellKey { institution: again(&institutions, key.institution), group: again(&groups, key.group), ..key };
            self.cells.entry(key).or_default().add(&sums);
        }
        for (key, sums) in part.months {
            let key = MonthKey { group: again(&groups, key.group), ..key };
            self.months.entry(key).or_default().add(&sums);
        }
    }
}
