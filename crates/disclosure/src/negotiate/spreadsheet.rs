//! `negotiate.xlsx`: the choices with their cost, the diseases. The same proposal gives the same bytes.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use yibao_payment::negotiate::{Choice, Negotiated};
use yibao_payment::pack::negotiate::Measure;

use super::{NegotiatePublication, choice_words};
use crate::budget::spreadsheet::{Formats, heads, yuan};
use crate::error::DisclosureError;
use crate::page::{ILLUSTRATIVE_EN, ILLUSTRATIVE_ZH};

/// The workbook's bytes.
///
/// # Errors
/// [`DisclosureError::Spreadsheet`].
pub fn negotiate_xlsx(result: &Negotiated, publication: &NegotiatePublication) -> Result<Vec<u8>, DisclosureError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    // The stamp of making would differ at every run.
    let stamp = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&stamp));
    choices(book.add_worksheet(), result, publication, &formats)?;
    diseases(book.add_worksheet(), result, &formats)?;
    Ok(book.save_to_buffer()?)
}

fn choices(
    sheet: &mut Worksheet,
    result: &Negotiated,
    publication: &NegotiatePublication,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("选择 Choices")?;
    let (plan, pack) = (&result.plan, &publication.pack);
    let title = format!("{} {} 年病种谈判标准测算 negotiated standards", pack.region.zh, plan.year);
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    if pack.illustrative {
        sheet.write_string(1, 0, format!("{ILLUSTRATIVE_ZH} {ILLUSTRATIVE_EN}"))?;
    }
    let names =
        [("选择\nchoice", 30), ("基金年支付\nfund a year", 22), ("可承受\nability", 22), ("余缺\nleft or short", 22)];
    heads(sheet, 2, &names.map(|(name, width)| (name.to_owned(), width)), formats)?;
    for (line, (choice, total)) in (3_u32..).zip(&result.totals) {
        let name = choice_words(*choice);
        let proposed = if *choice == Choice::Measure(plan.propose) { "  ← 拟定 proposed" } else { "" };
        sheet.write_string_with_format(line, 0, format!("{}  {}{proposed}", name.zh, name.en), &formats.text)?;
        let ability = plan.ability.as_ref().map(|ability| ability.amount);
        let left = ability.zip(*total).and_then(|(ability, total)| ability.checked_sub(total).ok());
        for (column, amount) in (1_u16..).zip([*total, ability, left]) {
            if let Some(amount) = amount {
                sheet.write_number_with_format(line, column, yuan(amount), &formats.money)?;
            }
        }
    }
    Ok(())
}

fn diseases(sheet: &mut Worksheet, result: &Negotiated, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name("病种 Diseases")?;
    let plan = &result.plan;
    let mut columns: Vec<(String, u16)> = plan.key.iter().map(|key| (key.clone(), 16)).collect();
    columns.extend(["病例\ncases", "年均\na year", "基金比例\nfund ratio"].map(|name| (name.to_owned(), 12)));
    columns.extend(Measure::ALL.map(|measure| (format!("{}\n{}", measure.words().0, measure.words().1), 16)));
    columns
        .extend(["区间下限\nrange from", "区间上限\nrange to", "拟定标准\nproposed"].map(|name| (name.to_owned(), 16)));
    columns.extend(result.totals.iter().map(|(choice, _)| {
        let name = choice_words(*choice);
        (format!("{}：基金年支付\n{}: fund a year", name.zh, name.en), 20)
    }));
    heads(sheet, 0, &columns, formats)?;
    sheet.set_freeze_panes(1, 1)?;
    for (line, row) in (1_u32..).zip(&result.rows) {
        let mut column = 0_u16;
        let numbers = [row.cases.to_string(), row.cases_a_year.to_string(), row.fund_ratio.to_string()];
        for text in row.key.iter().chain(&numbers) {
            sheet.write_string_with_format(line, column, text, &formats.text)?;
            column += 1;
        }
        for amount in row.measures.into_iter().chain(row.range).chain([row.proposed]) {
            sheet.write_number_with_format(line, column, yuan(amount), &formats.money)?;
            column += 1;
        }
        for (choice, _) in &result.totals {
            if let Some(costed) = row.choices.iter().find(|one| one.choice == *choice) {
                sheet.write_number_with_format(line, column, yuan(costed.fund_a_year), &formats.money)?;
            }
            column += 1;
        }
    }
    Ok(())
}
