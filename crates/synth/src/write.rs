//! The files of a region: stays, answer key, institutions, and where they come from.

use std::fmt::Write as _;
use std::io;

use crate::region::Institution;
use crate::stays::{Region, Stay};
use crate::verdict::Verdict;

/// Header of the stays.
pub const STAYS_HEADER: &str = "case_id,person,institution,insurance,district,admission,discharge,los_days,sex,age_years,age_days,birth_weight_g,dept,discharge_status,dx,proc,icu_hours,cost,fund,patient,incomplete\n";
/// Header of the answer key.
pub const KEY_HEADER: &str = "case_id,status,mdc,adrg,drg\n";
/// Header of the institutions.
const INSTITUTIONS_HEADER: &str = "institution,name,level,district\n";

/// Appends one stay as a line of CSV. Nothing needs quoting: codes with commas or quotes are refused when the tables are read.
///
/// # Errors
/// Never: writing to a text cannot fail.
pub fn stay_line(region: &Region<'_>, stay: &Stay, out: &mut String) -> std::fmt::Result {
    let case = &stay.case;
    let (id, district) =
        region.institutions().get(stay.institution).map_or(("", ""), |one| (one.id.as_str(), one.district));
    write!(
        out,
        "{},P{}{:08},{id},{},{district},{},{},{},{},{},",
        CaseId(region, stay),
        region.wanted().year,
        stay.person + 1,
        stay.insurance.code(),
        stay.admission,
        stay.discharge,
        case.los_days,
        case.sex,
        case.age_years
    )?;
    optional(case.age_days, out)?;
    optional(case.weight_g, out)?;
    write!(out, "{},{},", case.dept, case.discharge)?;
    let tables = region.tables();
    joined(case.dx.iter().map(|&code| tables.dx.text(code)), out);
    out.push(',');
    joined(case.proc.iter().map(|&code| tables.proc.text(code)), out);
    let incomplete = u8::from(stay.incomplete);
    writeln!(out, ",{},{},{},{},{incomplete}", case.icu_hours, stay.cost, stay.fund, stay.patient)
}

/// Appends the answer to one stay, in the columns of the golden files.
///
/// # Errors
/// Never: writing to a text cannot fail.
pub fn key_line(region: &Region<'_>, stay: &Stay, out: &mut String) -> std::fmt::Result {
    let tables = region.tables();
    let rule = stay.verdict.rule().and_then(|rule| tables.rules.get(rule));
    let adrg = rule.map_or("", |rule| rule.adrg.as_str());
    let mdc = rule.and_then(|rule| tables.mdcs.get(rule.mdc)).map_or("0000", |mdc| mdc.name.as_str());
    write!(out, "{},", CaseId(region, stay))?;
    match stay.verdict {
        Verdict::Group { row, .. } => {
            let drg =
                row.and_then(|row| rule.and_then(|rule| rule.rows.get(row))).map_or(adrg, |(drg, _)| drg.as_str());
            writeln!(out, "GROUPED,{mdc},{adrg},{drg}")
        }
        Verdict::Ambiguous { .. } => {
            writeln!(out, "AMBIGUOUS,{mdc},QY,{adrg}")
        }
        Verdict::Ungrouped => writeln!(out, "UNGROUPED,0000,00,{}", tables.ungrouped),
    }
}

/// The table of institutions.
pub fn institutions(list: &[Institution]) -> String {
    let mut out = String::from(INSTITUTIONS_HEADER);
    for one in list {
        out.push_str(&format!("{},{},{},{}\n", one.id, one.name, one.level.word(), one.district));
    }
    out
}

/// The sidecar of the institutions: that they are made up, and how to make them again.
pub fn institutions_source(region: &Region<'_>) -> String {
    let wanted = region.wanted();
    format!(
        "about = \"Institutions of a made-up region\"\nsource = {{ fictional = true, note = \"yibao synth stays, seed {}, {} institutions\" }}\n",
        wanted.seed, wanted.institutions
    )
}

/// Writes all stays and their key, one after the other; memory does not grow with their number.
///
/// # Errors
/// The output cannot be written.
pub fn all(region: &Region<'_>, stays: &mut impl io::Write, key: &mut impl io::Write) -> io::Result<()> {
    let (mut lines, mut answers) = (String::from(STAYS_HEADER), String::from(KEY_HEADER));
    for stay in region.stays() {
        stay_line(region, &stay, &mut lines)
            .and_then(|()| key_line(region, &stay, &mut answers))
            .map_err(io::Error::other)?;
        if lines.len() > 1 << 16 {
            stays.write_all(lines.as_bytes())?;
            key.write_all(answers.as_bytes())?;
            lines.clear();
            answers.clear();
        }
    }
    stays.write_all(lines.as_bytes())?;
    key.write_all(answers.as_bytes())
}

/// `2023C00000001`: a text that a spreadsheet leaves alone.
struct CaseId<'a>(&'a Region<'a>, &'a Stay);

impl std::fmt::Display for CaseId<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "C{}{:08}", self.0.wanted().year, self.1.number + 1)
    }
}

fn optional(value: Option<i32>, out: &mut String) -> std::fmt::Result {
    if let Some(value) = value {
        write!(out, "{value}")?;
    }
    out.push(',');
    Ok(())
}

/// Codes joined by `|`.
pub(crate) fn joined<'a>(codes: impl Iterator<Item = &'a str>, out: &mut String) {
    for (at, code) in codes.enumerate() {
        if at > 0 {
            out.push('|');
        }
        out.push_str(code);
    }
}
