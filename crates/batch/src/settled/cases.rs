//! `cases.parquet`: every settled stay with its group, factors, points, payment and packed explanation.
//!
//! Row groups have a fixed size and are encoded side by side, so the bytes do not depend on the thread count. Amounts are
//! decimals (yuan, two places), never floating point.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, Date32Array, Decimal128Array, DictionaryArray, Int32Array, RecordBatch, StringArray,
    StringBuilder, UInt32Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, compute_leaves};
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;
use yibao_kernel::{Day, Fen};
use yibao_payment::settled::{CaseOutcome, Settled};
use yibao_record::column::Column;
use yibao_record::feed::{FeedKind, STAYS};
use yibao_record::stays::{Stays, Symbol, Symbols};

use super::SettledError;
use super::extras::ExtraColumn;

/// Rows of a row group.
const GROUP_ROWS: usize = 131_072;

/// Column names, in order.
pub const COLUMNS: [&str; 28] = [
    "case_id",
    "feed",
    "kind",
    "source_row",
    "institution",
    "insurance",
    "method",
    "district",
    "row",
    "admission",
    "discharge",
    "los_days",
    "group",
    "adrg",
    "mdc",
    "group_status",
    "route",
    "cost",
    "fund",
    "patient",
    "weight",
    "base_points",
    "coefficient",
    "factor",
    "points",
    "standard",
    "paid",
    "explanation",
];

fn schema(stays: &Stays, extras: &[ExtraColumn]) -> SchemaRef {
    let words = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields = COLUMNS.iter().map(|&name| {
        let kind = match name {
            "case_id" => DataType::Utf8,
            "source_row" => DataType::UInt64,
            "row" => DataType::UInt32,
            "los_days" => DataType::Int32,
            "admission" | "discharge" => DataType::Date32,
            "cost" | "fund" | "patient" | "standard" | "paid" => DataType::Decimal128(18, 2),
            "weight" | "base_points" | "coefficient" | "points" => DataType::Decimal128(18, 4),
            "factor" => DataType::Decimal128(18, 6),
            "explanation" => DataType::Binary,
            _ => words(),
        };
        Field::new(name, kind, matches!(name, "admission" | "group" | "adrg" | "mdc"))
    });
    let more = extras.iter().map(|extra| extra.field(stays));
    Arc::new(Schema::new(fields.chain(more).collect::<Vec<_>>()))
}

fn properties() -> WriterProperties {
    let plain = ["case_id", "explanation"];
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("yibao ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    for name in plain {
        let path = ColumnPath::from(name);
        builder = builder.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, Encoding::PLAIN);
    }
    builder.build()
}

/// What a run of rows is made from.
struct Source<'a> {
    settled: &'a Settled,
    stays: &'a Stays,
    symbols: &'a Symbols,
    schema: SchemaRef,
    extras: &'a [ExtraColumn],
    /// Positions of the settled stays (refused ones are left out), in source order.
    rows: &'a [u32],
}

fn words<'a>(texts: impl ExactSizeIterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut values: Vec<&str> = Vec::new();
    let mut ids: rustc_hash::FxHashMap<&str, i32> = rustc_hash::FxHashMap::default();
    let keys: Int32Array = texts
        .map(|text| {
            text.map(|text| {
                *ids.entry(text).or_insert_with(|| {
                    values.push(text);
                    i32::try_from(values.len() - 1).unwrap_or(i32::MAX)
                })
            })
        })
        .collect();
    let values: ArrayRef = Arc::new(StringArray::from(values));
    match DictionaryArray::<Int32Type>::try_new(keys, values) {
        Ok(array) => Arc::new(array),
        Err(_) => Arc::new(DictionaryArray::<Int32Type>::from_iter(std::iter::empty::<Option<&str>>())),
    }
}

/// Words by symbol: the dictionary is built over ids, which is cheaper than over texts.
fn symbol_words(symbols: &Symbols, of: impl ExactSizeIterator<Item = Symbol>) -> ArrayRef {
    let mut values: Vec<&str> = Vec::new();
    let mut ids: rustc_hash::FxHashMap<u32, i32> = rustc_hash::FxHashMap::default();
    let keys: Int32Array = of
        .map(|symbol| {
            symbol.is_some().then(|| {
                *ids.entry(symbol.0).or_insert_with(|| {
                    values.push(symbols.text(symbol));
                    i32::try_from(values.len() - 1).unwrap_or(i32::MAX)
                })
            })
        })
        .collect();
    let values: ArrayRef = Arc::new(StringArray::from(values));
    match DictionaryArray::<Int32Type>::try_new(keys, values) {
        Ok(array) => Arc::new(array),
        Err(_) => Arc::new(DictionaryArray::<Int32Type>::from_iter(std::iter::empty::<Option<&str>>())),
    }
}

fn decimals(values: impl Iterator<Item = i64>, scale: i8) -> Result<ArrayRef, String> {
    let array = Decimal128Array::from_iter_values(values.map(i128::from));
    let array = array.with_precision_and_scale(18, scale).map_err(|error| error.to_string())?;
    Ok(Arc::new(array))
}

fn day_number(day: Day) -> i32 {
    day.days()
}

impl Source<'_> {
    fn batch(&self, rows: &[u32]) -> Result<RecordBatch, String> {
        let own = COLUMNS.iter().map(|name| self.column(name, rows));
        let more = self.extras.iter().map(|extra| extra.values(self.stays, self.symbols, rows));
        let columns = own.chain(more).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(self.schema.clone(), columns).map_err(|error| error.to_string())
    }

    fn column(&self, name: &str, rows: &[u32]) -> Result<ArrayRef, String> {
        let (stays, settled, symbols) = (self.stays, self.settled, self.symbols);
        let at = || rows.iter().map(|row| *row as usize);
        let symbol =
            |of: &Column<Symbol>| symbol_words(symbols, at().map(|row| of.get(row).copied().unwrap_or(Symbol::NONE)));
        let amount = |of: &Column<Fen>| decimals(at().map(|row| of.get(row).map_or(0, |fen| fen.get())), 2);
        let outcome = |of: fn(&CaseOutcome) -> i64, scale| {
            decimals(at().map(|row| of(&settled.cases.outcome.get(row).unwrap_or_default())), scale)
        };
        let named =
            |of: fn(&Settled, usize) -> &str| words(at().map(|row| Some(of(settled, settled.cases.row[row] as usize))));
        Ok(match name {
            "case_id" => Arc::new(self.case_ids(rows)),
            "feed" => words(at().map(|row| Some(stays.feed_of(row).map_or(STAYS, |feed| feed.id.as_str())))),
            "kind" => words(at().map(|row| Some(stays.feed_of(row).map_or(FeedKind::Stays, |feed| feed.kind).word()))),
            "source_row" => Arc::new(UInt64Array::from_iter_values(
                at().map(|row| stays.source_row.get(row).copied().unwrap_or_default()),
            )),
            "institution" => symbol(&stays.institution),
            "insurance" => symbol(&stays.insurance),
            "district" => named(|settled, row| {
                settled.rows.get(row).and_then(|row| settled.districts.get(row.district as usize)).map_or("", |d| &d.id)
            }),
            "method" => named(|settled, row| {
                settled.rows.get(row).and_then(|row| settled.methods.get(row.method as usize)).map_or("", |m| &m.id)
            }),
            "row" => Arc::new(UInt32Array::from_iter_values(at().map(|row| settled.cases.row[row]))),
            "admission" => Arc::new(Date32Array::from_iter(
                at().map(|row| stays.admission.get(row).copied().flatten().map(day_number)),
            )),
            "discharge" => Arc::new(Date32Array::from_iter_values(
                at().map(|row| stays.discharge.get(row).map_or(0, |day| day_number(*day))),
            )),
            "los_days" => Arc::new(Int32Array::from_iter_values(
                at().map(|row| stays.los_days.get(row).copied().unwrap_or_default()),
            )),
            "group" => symbol(&stays.group),
            "adrg" => symbol(&stays.adrg),
            "mdc" => symbol(&stays.mdc),
            "group_status" => words(at().map(|row| stays.group_status.get(row).map(|status| status.word()))),
            "route" => words(at().map(|row| settled.cases.outcome.get(row).map(|outcome| outcome.route.word()))),
            "cost" => amount(&stays.cost)?,
            "fund" => amount(&stays.fund)?,
            "patient" => amount(&stays.patient)?,
            "weight" => outcome(|one| one.weight, 4)?,
            "base_points" => outcome(|one| one.base_points, 4)?,
            "coefficient" => outcome(|one| one.coefficient, 4)?,
            "factor" => outcome(|one| one.factor, 6)?,
            "points" => outcome(|one| one.points, 4)?,
            "standard" => outcome(|one| one.standard.get(), 2)?,
            "paid" => decimals(at().map(|row| settled.cases.paid[row].get()), 2)?,
            _ => Arc::new(self.explanations(rows)?),
        })
    }

    fn case_ids(&self, rows: &[u32]) -> StringArray {
        let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 12);
        rows.iter().for_each(|row| builder.append_value(self.stays.case_id.get(*row as usize)));
        builder.finish()
    }

    fn explanations(&self, rows: &[u32]) -> Result<arrow::array::BinaryArray, String> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(BinaryBuilder::new().finish()) };
        let all = &self.settled.cases.explanations;
        let run = all.run(*first as usize, *last as usize).map_err(|error| error.to_string())?;
        let mut builder = BinaryBuilder::with_capacity(rows.len(), rows.len() * 96);
        rows.iter().for_each(|row| builder.append_value(run.get(*row as usize)));
        Ok(builder.finish())
    }
}

/// Writes the settled cases, with the columns that the pack's indicators are counted from.
pub fn write(
    path: &Path,
    settled: &Settled,
    stays: &Stays,
    symbols: &Symbols,
    extras: &[ExtraColumn],
) -> Result<(), SettledError> {
    let wrong = |error: String| SettledError::parquet(path, error);
    let rows: Vec<u32> = (0..u32::try_from(stays.len()).unwrap_or(u32::MAX))
        .filter(|row| settled.cases.row.get(*row as usize).is_some_and(|key| *key != u32::MAX))
        .collect();
    let source = Source { settled, stays, symbols, schema: schema(stays, extras), extras, rows: &rows };
    let file = File::create(path).map_err(|cause| SettledError::io(path, cause))?;
    let writer = ArrowWriter::try_new(file, source.schema.clone(), Some(properties()))
        .map_err(|error| wrong(error.to_string()))?;
    let (mut file, factory) = writer.into_serialized_writer().map_err(|error| wrong(error.to_string()))?;
    let groups: Vec<&[u32]> = source.rows.chunks(GROUP_ROWS).collect();
    let wave = rayon::current_num_threads().max(1);
    for (wave_at, groups) in groups.chunks(wave).enumerate() {
        let encoded: Vec<Vec<ArrowColumnChunk>> = groups
            .par_iter()
            .enumerate()
            .map(|(at, rows)| {
                let writers = factory.create_column_writers(wave_at * wave + at).map_err(|error| error.to_string())?;
                let batch = source.batch(rows)?;
                let mut chunks = Vec::with_capacity(writers.len());
                for ((mut writer, column), field) in
                    writers.into_iter().zip(batch.columns()).zip(source.schema.fields())
                {
                    for leaf in compute_leaves(field, column).map_err(|error| error.to_string())? {
                        writer.write(&leaf).map_err(|error| error.to_string())?;
                    }
                    chunks.push(writer.close().map_err(|error| error.to_string())?);
                }
                Ok(chunks)
            })
            .collect::<Result<_, String>>()
            .map_err(wrong)?;
        for chunks in encoded {
            let mut group = file.next_row_group().map_err(|error| wrong(error.to_string()))?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut group).map_err(|error| wrong(error.to_string()))?;
            }
            group.close().map_err(|error| wrong(error.to_string()))?;
        }
    }
    file.close().map_err(|error| wrong(error.to_string()))?;
    Ok(())
}
