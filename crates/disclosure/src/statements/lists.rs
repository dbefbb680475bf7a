//! The long lists of a statement: groups, and the cases a reader wants to see one by one.

use super::cells::{Formats, Paper};
use super::{Account, Source};
use crate::error::DisclosureError;
use crate::page::count;
use crate::render;
use crate::report::route_words;
use crate::summary::{Cell, Sums, fen};
use std::cmp::Reverse;
use yibao_kernel::Fen;
use yibao_kernel::explain::Lang;
use yibao_record::column::Column;
use yibao_record::stays::Symbol;

pub(super) fn groups(
    paper: &mut Paper,
    source: &Source<'_>,
    formats: &Formats,
    institution: u32,
) -> Result<(), DisclosureError> {
    let mut cells: Vec<&Cell> = source.summary.cells_of(institution).iter().collect();
    if cells.is_empty() {
        return Ok(());
    }
    cells.sort_by_key(|cell| (Reverse(cell.sums.cost), cell.group));
    paper.line("病组 Groups", &formats.heading)?;
    let heads = [
        ("病组", "group"),
        ("", ""),
        ("", ""),
        ("", ""),
        ("病例", "cases"),
        ("点数或权重", "units"),
        ("费用", "cost"),
        ("记账基金", "accounted"),
        ("清算", "paid"),
        ("记账 − 清算", "difference"),
    ];
    paper.heads(&heads, 4, formats)?;
    let mut rest = Sums::default();
    for (at, cell) in cells.iter().enumerate() {
        if at < source.limits.groups {
            let name = if cell.group.is_some() { source.symbols.text(cell.group) } else { "未入组 no group" };
            group(paper, formats, name, &cell.sums)?;
        } else {
            rest.add(&cell.sums);
        }
    }
    if let Some(more) = cells.len().checked_sub(source.limits.groups).filter(|more| *more > 0) {
        group(paper, formats, &format!("其余 {more} 组 others"), &rest)?;
        let note = format!(
            "按费用列出前 {} 组；逐例见 cases.parquet。The {0} groups with the highest cost; every case is in cases.parquet.",
            source.limits.groups
        );
        paper.line(&note, &formats.note)?;
    }
    paper.row += 1;
    Ok(())
}

fn group(paper: &mut Paper, formats: &Formats, name: &str, sums: &Sums) -> Result<(), DisclosureError> {
    paper.text(0, name, &formats.text)?;
    (1..4).try_for_each(|column| paper.text(column, "", &formats.text))?;
    paper.count(4, sums.cases, &formats.count)?;
    paper.units(5, sums.units, &formats.units)?;
    let amounts = [sums.cost, sums.accounted, sums.paid, sums.accounted - sums.paid];
    for (column, amount) in (6..).zip(amounts) {
        paper.money(column, fen(amount, "an institution's group")?, &formats.money)?;
    }
    paper.row += 1;
    Ok(())
}

pub(super) fn cases(
    paper: &mut Paper,
    source: &Source<'_>,
    formats: &Formats,
    account: &Account<'_>,
) -> Result<(), DisclosureError> {
    paper.line("极值、特殊与拒付病例 Outliers, special and refused cases", &formats.heading)?;
    if account.cases.is_empty() {
        return paper.line("无 None", &formats.note);
    }
    if account.case_count > account.cases.len() as u64 {
        let note = format!(
            "共 {} 例，按来源顺序列出前 {} 例；全部见 cases.parquet 与 refused.csv。The first {1} of {0} in source order; all are in cases.parquet and refused.csv.",
            count(account.case_count),
            count(account.cases.len() as u64)
        );
        paper.line(&note, &formats.note)?;
    }
    let heads = [
        ("病例", "case"),
        ("病组", "group"),
        ("去向", "route"),
        ("出院", "discharge"),
        ("天数", "days"),
        ("点数或权重", "units"),
        ("费用", "cost"),
        ("记账基金", "accounted"),
        ("个人及其他", "patient"),
        ("支付标准", "standard"),
        ("清算", "paid"),
        ("机构系数", "coefficient"),
        ("其他系数", "factor"),
    ];
    paper.heads(&heads, 4, formats)?;
    paper.sheet.write_string_with_format(paper.row - 1, 14, "依据\nreasons", &formats.head)?;
    for &case in &account.cases {
        self::case(paper, source, formats, case)?;
    }
    Ok(())
}

fn case(paper: &mut Paper, source: &Source<'_>, formats: &Formats, case: usize) -> Result<(), DisclosureError> {
    let (settled, stays) = (source.settled, source.stays);
    let outcome = settled.cases.outcome.get(case).unwrap_or_default();
    let refused = settled.cases.row.get(case).is_none_or(|row| settled.rows.get(*row as usize).is_none());
    let route = route_words(outcome.route);
    let route = if refused { "拒付 refused".to_owned() } else { format!("{} {}", route.zh, route.en) };
    let amount = |amounts: &Column<Fen>| amounts.get(case).copied().unwrap_or_default();
    paper.text(0, stays.case_id.get(case), &formats.text)?;
    paper.text(1, source.symbols.text(stays.group.get(case).copied().unwrap_or(Symbol::NONE)), &formats.text)?;
    paper.text(2, &route, &formats.text)?;
    paper.text(3, &stays.discharge.get(case).map(ToString::to_string).unwrap_or_default(), &formats.text)?;
    paper.count(4, stays.los_days.get(case).and_then(|days| u64::try_from(*days).ok()).unwrap_or(0), &formats.count)?;
    paper.units(5, i128::from(outcome.points), &formats.units)?;
    let amounts = [
        amount(&stays.cost),
        amount(&stays.fund),
        amount(&stays.patient),
        outcome.standard,
        settled.cases.paid.get(case).copied().unwrap_or_default(),
    ];
    for (column, amount) in (6..).zip(amounts) {
        paper.money(column, amount, &formats.money)?;
    }
    paper.units(11, i128::from(outcome.coefficient), &formats.units)?;
    // Millionths are cut to the four decimals of the column; the reasons carry the exact number.
    paper.units(12, i128::from(outcome.factor / 100), &formats.units)?;
    let reasons = match source.refusals.get(&(stays.source_of(case), stays.case_id.get(case))) {
        Some(refusal) if refused => format!("{} {}", refusal.reason.zh, refusal.reason.en),
        _ => render::case(&settled.book, &settled.cases.explanations.get(case)?, Lang::Zh)?
            .trim_end()
            .replace('\n', "；"),
    };
    paper.text(14, &reasons, &formats.wrapped)?;
    paper.row += 1;
    Ok(())
}
