//! `weights.xlsx`: the table, its sums, its changes. The same table gives the same bytes.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use yibao_kernel::Decimal;
use yibao_payment::weigh::changes::Changes;
use yibao_payment::weigh::{WeightRow, WeightTable};

use super::text::remark;
use super::{Publication, basis_words, currency, reference_words};
use crate::error::DisclosureError;
use crate::page::{ILLUSTRATIVE_EN, ILLUSTRATIVE_ZH};

struct Formats {
    heading: Format,
    text: Format,
    count: Format,
    money: Format,
    weight: Format,
    percent: Format,
}

impl Formats {
    fn new(dp: usize) -> Self {
        let decimals = match dp {
            0 => "0".to_owned(),
            places => format!("0.{}", "0".repeat(places)),
        };
        Self {
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color("EEF3F6")
                .set_border_bottom(FormatBorder::Thin),
            text: Format::new(),
            count: Format::new().set_num_format("#,##0"),
            money: Format::new().set_num_format("#,##0.00"),
            weight: Format::new().set_num_format(decimals),
            percent: Format::new().set_num_format("0.00%"),
        }
    }
}

/// The workbook's bytes.
///
/// # Errors
/// [`DisclosureError::Spreadsheet`].
pub fn weights_xlsx(table: &WeightTable, publication: &Publication) -> Result<Vec<u8>, DisclosureError> {
    let dp = table.rows.iter().find_map(|row| row.weight).map_or(4, |weight| usize::from(weight.dp()));
    let formats = Formats::new(dp);
    let mut book = Workbook::new();
    // The stamp of making would differ at every run.
    let stamp = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&stamp));
    weights(book.add_worksheet(), table, publication, &formats)?;
    summary(book.add_worksheet(), table, publication, &formats)?;
    if let Some(changes) = &table.changes {
        changed(book.add_worksheet(), changes, &formats)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A published number as a spreadsheet holds it; figures to 15 digits survive.
fn number(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

fn heading(sheet: &mut Worksheet, columns: &[(&str, f64)], formats: &Formats) -> Result<(), XlsxError> {
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, &formats.heading)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_row_height(0, 34)?;
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

const COLUMNS: [(&str, f64); 19] = [
    ("病组\ngroup", 12.0),
    ("名称\ntitle", 32.0),
    ("权重\nweight", 11.0),
    ("依据\nbasis", 24.0),
    ("稳定\nstable", 9.0),
    ("病例\ncases", 9.0),
    ("保留\nkept", 9.0),
    ("剔除低值\ntrimmed low", 11.0),
    ("剔除高值\ntrimmed high", 11.0),
    ("均值\nmean", 13.0),
    ("中位数\nmedian", 13.0),
    ("变异系数\nCV", 10.0),
    ("2.5% 分位\nquantile", 13.0),
    ("25% 分位\nquantile", 13.0),
    ("50% 分位\nquantile", 13.0),
    ("75% 分位\nquantile", 13.0),
    ("97.5% 分位\nquantile", 13.0),
    ("专家调整\nadjust", 10.0),
    ("备注\nremark", 30.0),
];

fn weights(
    sheet: &mut Worksheet,
    table: &WeightTable,
    publication: &Publication,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("权重 Weights")?;
    heading(sheet, &COLUMNS, formats)?;
    let mut line = 0;
    for row in &table.rows {
        line += 1;
        group(sheet, line, row, publication, formats)?;
    }
    sheet.autofilter(0, 0, line, 18)?;
    if publication.pack.illustrative {
        sheet.set_header("&C示例 Illustrative");
    }
    Ok(())
}

fn group(
    sheet: &mut Worksheet,
    line: u32,
    row: &WeightRow,
    publication: &Publication,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let title = publication.group_titles.get(&row.group).map_or("", |title| title.zh.as_str());
    let basis = basis_words(row.basis);
    let basis = format!("{} {}", basis.zh, basis.en);
    sheet.write_string_with_format(line, 0, &row.group, &formats.text)?;
    sheet.write_string_with_format(line, 1, title, &formats.text)?;
    if let Some(weight) = row.weight {
        sheet.write_number_with_format(line, 2, number(&weight.to_string()), &formats.weight)?;
    }
    sheet.write_string_with_format(line, 3, basis, &formats.text)?;
    sheet.write_string_with_format(line, 4, if row.stable { "是 yes" } else { "否 no" }, &formats.text)?;
    let counts = [row.cases, row.cases_kept, row.trimmed_low, row.trimmed_high];
    for (column, count) in (5_u16..).zip(counts) {
        sheet.write_number_with_format(line, column, number(&count.to_string()), &formats.count)?;
    }
    for (column, amount) in [(9_u16, row.mean), (10, row.median)] {
        if let Some(amount) = amount {
            sheet.write_number_with_format(line, column, number(&amount.to_string()), &formats.money)?;
        }
    }
    if let Some(cv) = row.cv {
        sheet.write_number_with_format(line, 11, number(&cv.to_string()), &formats.weight)?;
    }
    for (column, amount) in (12_u16..).zip(row.quantiles.into_iter().flatten()) {
        sheet.write_number_with_format(line, column, number(&amount.to_string()), &formats.money)?;
    }
    if let Some(factor) = row.adjust {
        // Exact: a third stays "1/3".
        sheet.write_string_with_format(line, 17, factor.to_string(), &formats.text)?;
    }
    sheet.write_string_with_format(line, 18, remark(row), &formats.text)?;
    Ok(())
}

fn summary(
    sheet: &mut Worksheet,
    table: &WeightTable,
    publication: &Publication,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("汇总 Summary")?;
    heading(sheet, &[("项目 item", 40.0), ("数值 value", 60.0)], formats)?;
    let (totals, pack) = (&table.totals, &publication.pack);
    let reference = reference_words(table);
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut say = |item: &str, value: String| lines.push((item.to_owned(), value));
    if pack.illustrative {
        say("示例 illustrative", format!("{ILLUSTRATIVE_ZH} {ILLUSTRATIVE_EN}"));
    }
    say("统筹区 region", format!("{} {}", pack.region.zh, pack.region.en));
    say("政策包 pack", format!("{} {} sha256 {}", pack.id, pack.title.zh, publication.pack_hash));
    let unit = currency(publication);
    say("金额单位 unit of amounts", format!("{} {}", unit.zh, unit.en));
    say("权重年度 year of the weights", table.year.to_string());
    for year in &table.years {
        let mean = year.mean.map(|mean| mean.to_string()).unwrap_or_default();
        let value = format!(
            "权重 weight {}；病例 cases {}；保留 kept {}；均值 mean {mean}",
            year.weight, year.cases, year.kept
        );
        say(&format!("数据年 data year {}", year.year), value);
    }
    say(&format!("参照 reference: {} {}", reference.zh, reference.en), table.reference.amount.to_string());
    for (class, mean) in &table.reference.classes {
        say(&format!("费用类别 fee class {class}"), mean.to_string());
    }
    say("倍数 scale", table.scale.to_string());
    say("病组 groups", totals.groups.to_string());
    say("稳定病组 stable groups", totals.stable.to_string());
    say("发布权重的病组 groups with a weight", totals.weighted.to_string());
    say("病例 cases", totals.cases.to_string());
    say("保留 kept", totals.cases_kept.to_string());
    say("剔除低值 trimmed low", totals.trimmed_low.to_string());
    say("剔除高值 trimmed high", totals.trimmed_high.to_string());
    say("数据年以外 outside the data years", totals.outside_years.to_string());
    say("无病组 without a group", totals.without_group.to_string());
    say("总权重（取整前）total weight before rounding", totals.weight_before.to_string());
    say("总权重 total weight", totals.weight_after.to_string());
    say("取整漂移 drift of rounding", totals.drift.to_string());
    if let Some(lambda) = totals.lambda {
        say("平衡系数 λ rebalancing", lambda.to_string());
    }
    for input in &publication.inputs {
        say("输入 input", format!("{} sha256 {}", input.name, input.sha256));
    }
    say("程序 program", format!("yibao {}", publication.program_version));
    for (line, (item, value)) in (1_u32..).zip(lines) {
        sheet.write_string_with_format(line, 0, item, &formats.text)?;
        sheet.write_string_with_format(line, 1, value, &formats.text)?;
    }
    Ok(())
}

fn changed(sheet: &mut Worksheet, changes: &Changes, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name("变化 Changes")?;
    let columns = [
        ("病组\ngroup", 12.0),
        ("上版权重\nlast", 12.0),
        ("本版权重\nthis", 12.0),
        ("变化\nchange", 11.0),
        ("说明\nkind", 18.0),
    ];
    heading(sheet, &columns, formats)?;
    let mut line = 0;
    let mut write =
        |group: &str, before: Option<Decimal>, after: Option<Decimal>, share: Option<Decimal>, kind: &str| {
            line += 1;
            sheet.write_string_with_format(line, 0, group, &formats.text)?;
            for (column, value, format) in
                [(1_u16, before, &formats.weight), (2, after, &formats.weight), (3, share, &formats.percent)]
            {
                if let Some(value) = value {
                    sheet.write_number_with_format(line, column, number(&value.to_string()), format)?;
                }
            }
            sheet.write_string_with_format(line, 4, kind, &formats.text)?;
            Ok::<(), XlsxError>(())
        };
    for change in &changes.changed {
        write(&change.group, Some(change.before), Some(change.after), change.share, "变化 changed")?;
    }
    for (group, weight) in &changes.added {
        write(group, None, Some(*weight), None, "新增 new")?;
    }
    for (group, weight) in &changes.gone {
        write(group, Some(*weight), None, None, "消失 gone")?;
    }
    Ok(())
}
