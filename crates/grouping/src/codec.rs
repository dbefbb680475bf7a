//! The decisive section of a precompiled scheme: the typed model, written and read back.

use std::ops::Range;

use crate::bytes::{Damaged, Reader, Writer};
use crate::codes::{Codes, Parts};
use crate::expression::{Expr, Field, Look, Sign};
use crate::model::{
    CodeSet, IcdFile, InputChecks, Mdc, Model, NoDrg, RegionGroup, Row, RowCondition, Rule, RuleKind, Severity,
};

/// Deepest nesting of a stored condition.
const DEPTH_MAX: u32 = 70;

/// Writes the model.
pub(crate) fn write(model: &Model, out: &mut Writer) {
    out.text(&model.name);
    out.u8(model.checks as u8);
    out.u8(u8::from(model.retry));
    out.text(&model.ungrouped);
    model.rejected.iter().for_each(|text| out.text(text));
    for list in [&model.prefixes, &model.depts, &model.discharges] {
        out.list(list, |out, text| out.text(text));
    }
    out.list(&model.sets, |out, set| {
        out.text(&set.name);
        out.u8(u8::from(set.dx));
        out.u32(set.size);
        out.u32(set.line);
    });
    out.list(&model.regions, |out, group| {
        out.text(&group.name);
        out.list(&group.regions, |out, (set, printed)| {
            out.u16(*set);
            out.text(printed);
        });
    });
    out.list(&model.mdcs, |out, mdc| {
        out.text(&mdc.code);
        write_expr(&mdc.gate, out);
        out.u32(mdc.line);
        out.u32(mdc.gate_line);
        write_range(&mdc.rules, out);
    });
    out.list(&model.rules, write_rule);
    out.list(&model.rows, |out, row| {
        out.text(&row.drg);
        out.text(&row.name);
        out.u16(row.condition);
        out.u32(row.line);
    });
    out.list(&model.conditions, |out, condition| {
        out.text(&condition.key);
        write_expr(&condition.expr, out);
        out.u32(condition.line);
    });
    out.list(&model.extra_names, |out, (code, name)| {
        out.text(code);
        out.text(name);
    });
    for file in &model.icd {
        out.text(file.as_ref().map_or("", |file| &file.name));
        out.raw(file.as_ref().map_or(&[], |file| &file.digest));
    }
    write_codes(&model.dx, out);
    write_codes(&model.proc, out);
    out.u16s(&model.severity.iter().map(|severity| severity.mcc).collect::<Vec<_>>());
    out.u16s(&model.severity.iter().map(|severity| severity.cc).collect::<Vec<_>>());
    out.u16s(&model.exclusion);
}

fn write_range(range: &Range<usize>, out: &mut Writer) {
    out.length(range.start);
    out.length(range.end);
}

fn write_rule(out: &mut Writer, rule: &Rule) {
    out.u16(rule.mdc);
    out.text(&rule.id);
    out.text(&rule.adrg);
    out.u8(rule.kind as u8);
    out.u8(rule.no_drg as u8);
    write_expr(&rule.condition, out);
    out.u32(rule.line);
    out.u32(rule.condition_line);
    write_range(&rule.rows, out);
}

fn write_codes(codes: &Codes, out: &mut Writer) {
    out.raw(&codes.text);
    out.u32s(&codes.ends);
    out.u16s(&codes.class);
    out.list(&codes.class_sets, |out, sets| out.u16s(sets));
    out.raw(&codes.class_prefixes);
}

fn write_expr(expr: &Expr, out: &mut Writer) {
    match expr {
        Expr::True => out.u8(0),
        Expr::False => out.u8(1),
        Expr::And(parts) => {
            out.u8(2);
            out.list(parts, |out, part| write_expr(part, out));
        }
        Expr::Or(parts) => {
            out.u8(3);
            out.list(parts, |out, part| write_expr(part, out));
        }
        Expr::Not(part) => {
            out.u8(4);
            write_expr(part, out);
        }
        Expr::Member(look, set) => {
            out.u8(5);
            out.u8(*look as u8);
            out.u16(*set);
        }
        Expr::Prefix(prefix) => {
            out.u8(6);
            out.u16(*prefix);
        }
        Expr::Regions { group, least } => {
            out.u8(7);
            out.u16(*group);
            out.u16(*least);
        }
        Expr::Mcc => out.u8(8),
        Expr::Cc => out.u8(9),
        Expr::Number(field, sign, value) => {
            out.u8(10);
            out.u8(*field as u8);
            out.u8(*sign as u8);
            out.i32(*value);
        }
        Expr::Male(male) => {
            out.u8(11);
            out.u8(u8::from(*male));
        }
        Expr::Dept(dept) => {
            out.u8(12);
            out.u16(*dept);
        }
        Expr::Discharge(list) => {
            out.u8(13);
            out.u16s(list);
        }
    }
}

/// Reads a model and checks that its parts fit each other.
///
/// # Errors
/// [`Damaged`] when they do not.
pub(crate) fn read(bytes: &[u8]) -> Result<Model, Damaged> {
    let mut from = Reader::new(bytes);
    let from = &mut from;
    let name = from.owned()?;
    let checks = pick(&[InputChecks::Full, InputChecks::SexAndDiagnosis], from.u8()?)?;
    let retry = pick(&[false, true], from.u8()?)?;
    let ungrouped = from.owned()?;
    let rejected = [from.owned()?, from.owned()?, from.owned()?];
    let prefixes = from.list(4, Reader::owned)?;
    let depts = from.list(4, Reader::owned)?;
    let discharges = from.list(4, Reader::owned)?;
    let sets = from.list(13, |from| {
        let (name, dx) = (from.owned()?, pick(&[false, true], from.u8()?)?);
        Ok(CodeSet { name, dx, size: from.u32()?, line: from.u32()? })
    })?;
    let regions = from.list(8, |from| {
        let name = from.owned()?;
        let regions = from.list(6, |from| Ok((from.u16()?, from.owned()?)))?;
        Ok(RegionGroup { name, regions })
    })?;
    let mdcs = from.list(21, |from| {
        let (code, gate) = (from.owned()?, read_expr(from, 0)?);
        let (line, gate_line) = (from.u32()?, from.u32()?);
        Ok(Mdc { code, gate, line, gate_line, rules: read_range(from)? })
    })?;
    let rules = from.list(29, read_rule)?;
    let rows = from.list(14, |from| {
        let (drg, name) = (from.owned()?, from.owned()?);
        Ok(Row { drg, name, condition: from.u16()?, line: from.u32()? })
    })?;
    let conditions = from.list(9, |from| {
        let (key, expr) = (from.owned()?, read_expr(from, 0)?);
        Ok(RowCondition { key, expr, line: from.u32()? })
    })?;
    let extra_names = from.list(8, |from| Ok((from.owned()?, from.owned()?)))?;
    let icd = [read_icd(from)?, read_icd(from)?, read_icd(from)?, read_icd(from)?];
    let dx = read_codes(from, &prefixes)?;
    let proc = read_codes(from, &[])?;
    let (mcc, cc, exclusion) = (from.u16s()?, from.u16s()?, from.u16s()?);
    if !from.is_done() || mcc.len() != cc.len() {
        return Err(Damaged);
    }
    let severity = mcc.into_iter().zip(cc).map(|(mcc, cc)| Severity { mcc, cc }).collect();
    let model = Model {
        name,
        checks,
        retry,
        ungrouped,
        rejected,
        mdcs,
        rules,
        rows,
        conditions,
        sets,
        regions,
        prefixes,
        depts,
        discharges,
        extra_names,
        icd,
        dx,
        proc,
        severity,
        exclusion,
    };
    if fits(&model) { Ok(model) } else { Err(Damaged) }
}

fn pick<T: Copy>(choices: &[T], number: u8) -> Result<T, Damaged> {
    choices.get(usize::from(number)).copied().ok_or(Damaged)
}

fn read_range(from: &mut Reader<'_>) -> Result<Range<usize>, Damaged> {
    let (start, end) = (from.u32()? as usize, from.u32()? as usize);
    if start <= end { Ok(start..end) } else { Err(Damaged) }
}

fn read_rule(from: &mut Reader<'_>) -> Result<Rule, Damaged> {
    let (mdc, id, adrg) = (from.u16()?, from.owned()?, from.owned()?);
    let kind = pick(&[RuleKind::Adrg, RuleKind::Ambiguous], from.u8()?)?;
    let no_drg = pick(&[NoDrg::Stop, NoDrg::Next], from.u8()?)?;
    let condition = read_expr(from, 0)?;
    let (line, condition_line) = (from.u32()?, from.u32()?);
    let rows = read_range(from)?;
    Ok(Rule { mdc, id, adrg, kind, no_drg, condition, line, condition_line, rows })
}

fn read_icd(from: &mut Reader<'_>) -> Result<Option<IcdFile>, Damaged> {
    let (name, digest) = (from.owned()?, from.raw()?);
    match (name.is_empty(), <[u8; 32]>::try_from(digest)) {
        (true, _) if digest.is_empty() => Ok(None),
        (false, Ok(digest)) => Ok(Some(IcdFile { name, digest })),
        _ => Err(Damaged),
    }
}

fn read_codes(from: &mut Reader<'_>, prefixes: &[String]) -> Result<Codes, Damaged> {
    let text = from.raw()?.to_vec();
    let (ends, class) = (from.u32s()?, from.u16s()?);
    let class_sets = from.list(4, Reader::u16s)?;
    let class_prefixes = from.raw()?.to_vec();
    let prefixes = prefixes.to_vec();
    let parts = Parts { text, ends, class, class_sets, class_prefixes, prefixes };
    Codes::new(parts).map_err(|_| Damaged)
}

fn read_expr(from: &mut Reader<'_>, depth: u32) -> Result<Expr, Damaged> {
    if depth > DEPTH_MAX {
        return Err(Damaged);
    }
    Ok(match from.u8()? {
        0 => Expr::True,
        1 => Expr::False,
        2 => Expr::And(from.list(1, |from| read_expr(from, depth + 1))?),
        3 => Expr::Or(from.list(1, |from| read_expr(from, depth + 1))?),
        4 => Expr::Not(Box::new(read_expr(from, depth + 1)?)),
        5 => Expr::Member(pick(&Look::ALL, from.u8()?)?, from.u16()?),
        6 => Expr::Prefix(from.u16()?),
        7 => Expr::Regions { group: from.u16()?, least: from.u16()? },
        8 => Expr::Mcc,
        9 => Expr::Cc,
        10 => {
            let (field, sign) = (pick(&Field::ALL, from.u8()?)?, pick(&Sign::ALL, from.u8()?)?);
            Expr::Number(field, sign, from.i32()?)
        }
        11 => Expr::Male(pick(&[false, true], from.u8()?)?),
        12 => Expr::Dept(from.u16()?),
        13 => Expr::Discharge(from.u16s()?),
        _ => return Err(Damaged),
    })
}

/// Whether every number of the model points at something of the right kind.
fn fits(model: &Model) -> bool {
    let set = |set: u16, dx: bool| model.sets.get(usize::from(set)).is_some_and(|s| s.dx == dx);
    let lists = model.severity.len() == model.dx.len() && model.exclusion.len() == model.dx.len();
    let members = |codes: &Codes, dx: bool| {
        let right = |sets: &Vec<u16>| sets.is_sorted() && sets.iter().all(|&s| set(s, dx));
        codes.class_sets.iter().all(right)
    };
    let regions =
        model.regions.iter().all(|group| group.regions.len() <= 64 && group.regions.iter().all(|&(s, _)| set(s, true)));
    let mut next = 0;
    let mdcs = (1..=64).contains(&model.mdcs.len())
        && model.mdcs.iter().enumerate().all(|(number, mdc)| {
            let own = model.rules.get(mdc.rules.clone()).unwrap_or_default();
            let joins = mdc.rules.start == next;
            next = mdc.rules.end;
            joins && own.len() == mdc.rules.len() && own.iter().all(|rule| usize::from(rule.mdc) == number)
        })
        && next == model.rules.len();
    let mut next = 0;
    let rules = model.rules.iter().all(|rule| {
        let joins = rule.rows.start == next;
        next = rule.rows.end;
        joins && rule.adrg.len() == 3 && rule.adrg.is_ascii()
    }) && next == model.rows.len();
    let rows = model.rows.iter().all(|row| usize::from(row.condition) < model.conditions.len() && row.drg.is_ascii());
    let counts = model.rules.len() <= 60_000 && model.rows.len() <= 60_000;
    let texts = model.depts.len() <= 250 && model.discharges.len() <= 250;
    lists
        && members(&model.dx, true)
        && members(&model.proc, false)
        && regions
        && mdcs
        && rules
        && rows
        && counts
        && texts
        && exprs_fit(model, &set)
}

fn exprs_fit(model: &Model, set: &impl Fn(u16, bool) -> bool) -> bool {
    let inside = |index: u16, length: usize| usize::from(index) < length;
    let mut right = true;
    let mut check = |expr: &Expr| {
        right &= match expr {
            Expr::Member(look, index) => set(*index, look.at_dx()),
            Expr::Prefix(index) => inside(*index, model.prefixes.len()),
            Expr::Regions { group, .. } => inside(*group, model.regions.len()),
            Expr::Dept(index) => inside(*index, model.depts.len()),
            Expr::Discharge(list) => list.iter().all(|&i| inside(i, model.discharges.len())),
            _ => true,
        };
    };
    model.mdcs.iter().for_each(|mdc| mdc.gate.walk(&mut check));
    model.rules.iter().for_each(|rule| rule.condition.walk(&mut check));
    model.conditions.iter().for_each(|condition| condition.expr.walk(&mut check));
    right
}
