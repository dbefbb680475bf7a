//! Parquet in and out gives what CSV gives.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use yibao_batch::group::{GroupOptions, Summary, group_file};
use yibao_batch::{Rejects, rejects};
use yibao_grouping::Scheme;

use crate::{HEADER, Run, options, pneumonia, reference_data, teaching};

const NUMBERS: [&str; 5] = ["age_years", "age_days", "birth_weight_g", "los_days", "icu_hours"];

/// Writes CSV text without quotes as Parquet, numbers as 32-bit integers, in small row groups.
fn write_parquet(text: &str, place: &Path) {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let column = |at: usize, name: &str| -> ArrayRef {
        let values = rows.iter().map(|row| row.get(at).copied().unwrap_or_default());
        if NUMBERS.contains(&name) {
            Arc::new(values.map(|value| value.parse::<i32>().ok()).collect::<Int32Array>())
        } else {
            Arc::new(values.map(Some).collect::<StringArray>())
        }
    };
    let columns = header.iter().enumerate().map(|(at, name)| (*name, column(at, name), true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(1_500)).build();
    let mut writer = ArrowWriter::try_new(File::create(place).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Reads Parquet as CSV text; no value is an empty field.
fn read_parquet(place: &Path) -> String {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(place).unwrap()).unwrap();
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut text = names.join(",") + "\n";
    for batch in builder.build().unwrap() {
        let batch = batch.unwrap();
        let columns: Vec<ArrayRef> =
            batch.columns().iter().map(|column| cast(column, &DataType::Utf8).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let value = |column: &ArrayRef| {
                if column.is_null(row) { "" } else { column.as_string::<i32>().value(row) }.to_owned()
            };
            text.push_str(&columns.iter().map(value).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
    }
    text
}

fn grouped(scheme: &Scheme, text: &str, options: &GroupOptions) -> (Summary, String, Option<String>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.parquet"), folder.path().join("out.parquet"));
    write_parquet(text, &input);
    let summary = group_file(scheme, &input, &output, Rejects::beside(&output), options, &|_| ()).unwrap();
    let rejected = std::fs::read_to_string(rejects::place_beside(&output)).ok();
    (summary, read_parquet(&output), rejected, std::fs::read(&output).unwrap())
}

#[test]
fn golden_cases_in_parquet_give_what_csv_gives() {
    let Some(data) = reference_data() else { return };
    for name in ["chs_drg_11", "foshan_2022"] {
        let scheme = Scheme::open(&data.join("drg/schemes").join(name)).unwrap();
        let golden = std::fs::read_to_string(data.join("drg/golden").join(format!("{name}.csv"))).unwrap();
        let csv = Run::new(&scheme, golden.as_bytes(), &GroupOptions::default());
        let (summary, one, rejected, bytes) = grouped(&scheme, &golden, &options(1));
        assert_eq!(one, csv.output());
        assert_eq!(&summary, csv.result.as_ref().unwrap());
        assert_eq!(rejected, None);
        let (_, _, _, again) = grouped(&scheme, &golden, &options(2));
        assert!(bytes == again, "one and two threads differ");
    }
}

#[test]
fn a_malformed_row_leaves_its_row_group_and_ids_that_come_again_are_named() {
    let rows =
        [pneumonia("1"), "2,1,400,,,,8,1,J18.900,,".to_owned(), pneumonia("3"), pneumonia("1"), pneumonia("1.5E+12")];
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let (summary, output, rejected, _) = grouped(&teaching(), &text, &options(2));
    assert_eq!((summary.rows, summary.malformed, summary.duplicates), (5, 2, 1));
    let ids: Vec<&str> = output.lines().skip(1).map(|line| line.split_once(',').unwrap().0).collect();
    assert_eq!(ids, ["1", "3", "1"]);
    assert_eq!(
        rejected.unwrap(),
        "line,case_id,column,cause,raw\n\
         2,2,age_years,outside 0 to 150,\"2,1,400,,,,8,1,J18.900,,\"\n\
         5,1.5E+12,case_id,scientific notation: a spreadsheet has changed it; format the column as text before saving,\"1.5E+12,1,58,21273,,0401,8,1,J18.900,,\"\n\
         4,1,case_id,duplicate of line 1,\n"
    );
}

#[test]
fn parquet_goes_to_csv_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.parquet"), folder.path().join("out.csv"));
    write_parquet(&format!("{HEADER}\n{}\n", pneumonia("1")), &input);
    group_file(&teaching(), &input, &output, Rejects::beside(&output), &options(1), &|_| ()).unwrap();
    let text = std::fs::read_to_string(&output).unwrap();
    assert!(text.contains("\n1,1,58,21273,,0401,8,1,J18.900,,,GROUPED,MDCE,ES1,"), "{text}");
}

#[test]
fn csv_does_not_go_to_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let refused = group_file(
        &teaching(),
        Path::new("in.csv"),
        &folder.path().join("out.parquet"),
        Rejects::at(folder.path().join("r.csv")),
        &GroupOptions::default(),
        &|_| (),
    );
    let message = refused.unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(
        message,
        "in.csv is CSV and out.parquet would be Parquet\n  hint: CSV goes to .csv; Parquet goes to .parquet or .csv"
    );
}

#[test]
fn a_file_that_is_no_parquet_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.parquet");
    std::fs::write(&input, "case_id,sex\n").unwrap();
    let output = folder.path().join("out.parquet");
    let refused = group_file(&teaching(), &input, &output, Rejects::beside(&output), &GroupOptions::default(), &|_| ());
    let message = refused.unwrap_err().to_string();
    assert!(message.starts_with(&format!("cannot read {} as Parquet: ", input.display())), "{message}");
    assert!(!output.exists());
}
