//! On the sheet of a lead: what each member gets. On the sheet of a member: its own line.

use super::Source;
use super::cells::{Formats, Paper};
use crate::error::DisclosureError;
use yibao_payment::settled::InnerRow;

pub(super) fn members(
    paper: &mut Paper,
    source: &Source<'_>,
    formats: &Formats,
    institution: u32,
) -> Result<(), DisclosureError> {
    let settled = source.settled;
    let lead = |inner: &InnerRow| settled.rows.get(inner.row as usize).map(|row| row.institution);
    let of_here = |inner: &&InnerRow| inner.member == institution || lead(inner) == Some(institution);
    let lines: Vec<&InnerRow> = settled.inner.iter().filter(of_here).collect();
    if lines.is_empty() {
        return Ok(());
    }
    paper.line("内部分配 Inner split", &formats.heading)?;
    let heads = [
        ("牵头机构", "lead"),
        ("成员", "member"),
        ("层级", "tier"),
        ("", ""),
        ("病例", "cases"),
        ("", ""),
        ("内部使用", "used"),
        ("结余或超支", "surplus"),
        ("分得", "amount"),
    ];
    paper.heads(&heads, 4, formats)?;
    let name = |at: u32| settled.institutions.get(at as usize).map_or("", |view| view.name.as_str());
    for inner in lines {
        paper.text(0, name(lead(inner).unwrap_or(u32::MAX)), &formats.text)?;
        paper.text(1, name(inner.member), &formats.text)?;
        paper.text(2, &inner.tier, &formats.text)?;
        paper.count(4, inner.cases, &formats.count)?;
        for (column, amount) in (6..).zip([inner.used, inner.surplus, inner.amount]) {
            paper.money(column, amount, &formats.money)?;
        }
        paper.row += 1;
    }
    paper.row += 1;
    Ok(())
}
