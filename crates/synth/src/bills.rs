//! Bills of a made-up city: the stays of a region as bills with their lines, the visits of the same persons, the
//! persons, and the clinical half of the settlement lists. Everything a city settles, before anybody has split a bill.
//!
//! Items and words are those of `policies/demo-coast`, the fictional city of employees; the rest is drawn.

mod lines;
mod persons;
mod visits;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use yibao_kernel::{Day, Fen};

use self::lines::{Line, Patterns};
use self::persons::Member;
use crate::draw::Draw;
use crate::region::{Institution, Level};
use crate::stays::{Insurance, Region, Stay};
use crate::write::joined;

/// Header of the bills, as `yibao split` reads them.
pub const BILLS_HEADER: &str = "bill_id,person_id,institution,level,area,visit,start,end,account,stay,stay_start,disease,\
     diagnoses,voids,fact:prescribed,line_id,item,day,quantity,price,amount,class,first_self_ratio,limit\n";
/// Header of the clinical half of the settlement lists.
pub const LISTS_HEADER: &str = "case_id,district,dept,discharge_status,dx,proc,icu_hours,incomplete\n";
/// The city that insures and cares.
const AREA: &str = "990101";
/// First month of the insurance year: a stay over its beginning is settled up to it.
const YEAR_STARTS: (u8, u8) = (7, 1);
/// Days of a settlement period.
const PERIOD_DAYS: i32 = 90;
/// Pharmacies beside the institutions of the region.
const PHARMACIES: usize = 3;
/// Days after which a mistake is seen.
const SEEN_AFTER: (i32, i32) = (20, 120);
/// One visit in so many is billed wrongly, voided and billed again; one stay in so many is voided late.
const VOIDED: u64 = 90;

/// The files, written one after the other.
#[derive(Debug, Default)]
pub struct Files {
    /// Bills, a row per line.
    pub bills: String,
    /// Persons, one JSON object per line, in the order of the bills.
    pub persons: String,
    /// Settlement lists.
    pub lists: String,
    /// Bills written.
    pub count: u64,
}

/// One bill before it is written.
#[derive(Debug)]
struct Draft<'a> {
    id: String,
    institution: &'a str,
    level: &'static str,
    visit: &'static str,
    start: Day,
    end: Day,
    account: &'static str,
    stay: Option<(String, Day)>,
    disease: &'static str,
    diagnoses: String,
    prescribed: bool,
    /// The bill it takes back.
    voids: Option<String>,
    lines: Vec<Line>,
}

/// The word of the pack for a level.
const fn level(level: Level) -> &'static str {
    match level {
        Level::Tertiary => "level3",
        Level::Secondary => "level2",
        Level::Primary => "primary",
    }
}

/// Draws the files of a region's grown-up employees.
///
/// # Errors
/// Never: writing to a text cannot fail.
pub fn files(region: &Region<'_>, seed: u64) -> Result<Files, std::fmt::Error> {
    let mut by_person: BTreeMap<u64, Vec<Stay>> = BTreeMap::new();
    for stay in region.stays().filter(|stay| stay.insurance == Insurance::Employee && stay.case.age_years >= 18) {
        by_person.entry(stay.person).or_default().push(stay);
    }
    let mut out =
        Files { bills: BILLS_HEADER.to_owned(), persons: String::new(), lists: LISTS_HEADER.to_owned(), count: 0 };
    let mut members = Vec::with_capacity(by_person.len());
    for (number, stays) in &mut by_person {
        stays.sort_by_key(|stay| (stay.discharge, stay.number));
        let mut draw = Draw::new(seed ^ 0x62_696c_6c73, *number);
        let member = Member::draw(region, *number, stays, &mut draw);
        members.push((member, draw));
    }
    for at in 0..members.len() {
        // Every sixteenth pair of neighbours is a household: the first pays with the second's account too.
        let relative = members.get(at + 1).filter(|_| at % 16 == 0).map(|(member, _)| member.account());
        let Some((member, draw)) = members.get_mut(at) else { break };
        member.relative = relative;
        member.line(&mut out.persons)?;
        let stays = by_person.get(&member.number).map_or(&[][..], Vec::as_slice);
        person(region, member, stays, draw, &mut out)?;
    }
    Ok(out)
}

/// The bills of a person in the order of their last days.
fn person(
    region: &Region<'_>,
    member: &Member,
    stays: &[Stay],
    draw: &mut Draw,
    out: &mut Files,
) -> Result<(), std::fmt::Error> {
    let mut drafts = Vec::new();
    for stay in stays {
        list_line(region, stay, &mut out.lists)?;
        stay_bills(region, member, stay, draw, &mut drafts);
    }
    visits::add(region, member, draw, &mut drafts);
    drafts.sort_by(|a, b| (a.end, &a.id).cmp(&(b.end, &b.id)));
    for draft in &drafts {
        draft.rows(member, &mut out.bills)?;
        out.count += 1;
    }
    Ok(())
}

/// The clinical half of a settlement list.
fn list_line(region: &Region<'_>, stay: &Stay, out: &mut String) -> std::fmt::Result {
    let (case, tables) = (&stay.case, region.tables());
    let district = region.institutions().get(stay.institution).map_or("", |one| one.district);
    write!(out, "{},{district},{},{},", stay_id(region, stay), case.dept, case.discharge)?;
    joined(case.dx.iter().map(|&code| tables.dx.text(code)), out);
    out.push(',');
    joined(case.proc.iter().map(|&code| tables.proc.text(code)), out);
    writeln!(out, ",{},{}", case.icu_hours, u8::from(stay.incomplete))
}

/// `C202500000001`, as [`crate::write`] names the same stay.
fn stay_id(region: &Region<'_>, stay: &Stay) -> String {
    format!("C{}{:08}", region.wanted().year, stay.number + 1)
}

/// The bills of a stay: one, or one up to each end of a settlement period or insurance year.
fn stay_bills<'a>(region: &'a Region<'_>, member: &Member, stay: &Stay, draw: &mut Draw, drafts: &mut Vec<Draft<'a>>) {
    let Some(place) = region.institutions().get(stay.institution) else { return };
    let id = stay_id(region, stay);
    let parts = parts(stay.admission, stay.discharge);
    let days = i64::from(stay.admission.days_until(stay.discharge)).max(1);
    let patterns = Patterns { surgical: !stay.case.proc.is_empty(), level: level(place.level) };
    let tables = region.tables();
    let mut diagnoses = String::new();
    joined(stay.case.dx.iter().map(|&code| tables.dx.text(code)), &mut diagnoses);
    let mut billed = 0;
    for (number, (start, end)) in parts.iter().enumerate() {
        let last = number + 1 == parts.len();
        let share = i64::from(start.days_until(*end)).max(1);
        let amount = if last { stay.cost.get() - billed } else { stay.cost.get() / days * share };
        billed += amount;
        let suffix = if parts.len() > 1 { format!("-{}", number + 1) } else { String::new() };
        let bill = |id: String, lines| Draft {
            id,
            institution: &place.id,
            level: level(place.level),
            visit: "inpatient",
            start: *start,
            end: *end,
            account: member.pays(),
            stay: Some((stay_id(region, stay), stay.admission)),
            disease: "",
            diagnoses: diagnoses.clone(),
            prescribed: false,
            voids: None,
            lines,
        };
        let lines = lines::of_stay(Fen::new(amount), share, *end, patterns, draw);
        if last && stay.number % VOIDED == 7 {
            void_late(&bill, &id, &suffix, &lines, draw, drafts);
        }
        drafts.push(bill(format!("B{id}{suffix}"), lines));
    }
}

/// A bill that was wrong by one line: billed right on the same day, and voided when somebody saw it.
fn void_late<'a>(
    bill: &impl Fn(String, Vec<Line>) -> Draft<'a>,
    id: &str,
    suffix: &str,
    lines: &[Line],
    draw: &mut Draw,
    drafts: &mut Vec<Draft<'a>>,
) {
    let mut wrong: Vec<Line> = lines.to_vec();
    wrong.extend(lines.first().cloned());
    let first = bill(format!("A{id}{suffix}"), wrong);
    let mut void = bill(format!("A{id}{suffix}V"), Vec::new());
    void.voids = Some(first.id.clone());
    void.end = later(void.end, draw);
    drafts.push(first);
    drafts.push(void);
}

/// A day on which a mistake is seen: what was settled in between is settled again.
fn later(day: Day, draw: &mut Draw) -> Day {
    day.add_days(draw.between(SEEN_AFTER.0, SEEN_AFTER.1)).unwrap_or(day)
}

/// First and last days of the bills of a stay.
fn parts(admission: Day, discharge: Day) -> Vec<(Day, Day)> {
    let mut parts = Vec::new();
    let mut start = admission;
    while let Some(seam) = seam_after(admission, start).filter(|seam| *seam <= discharge && parts.len() < 60) {
        let end = seam.add_days(-1).unwrap_or(seam);
        parts.push((start, end));
        start = seam;
    }
    parts.push((start, discharge));
    parts
}

/// The first day after `start` on which a new insurance year or a new settlement period of the stay begins.
fn seam_after(admission: Day, start: Day) -> Option<Day> {
    let (year, ..) = start.parts();
    let new_year = |year| Day::new(year, YEAR_STARTS.0, YEAR_STARTS.1).ok();
    let years = [new_year(year), new_year(year + 1)].into_iter().flatten().find(|day| *day > start);
    let passed = admission.days_until(start) / PERIOD_DAYS + 1;
    let period = admission.add_days(passed * PERIOD_DAYS).ok();
    [years, period].into_iter().flatten().min()
}

impl Draft<'_> {
    /// A row per line; a void has one row.
    fn rows(&self, member: &Member, out: &mut String) -> std::fmt::Result {
        let void = [Line::default()];
        let lines: &[Line] = if self.voids.is_some() { &void } else { &self.lines };
        for (at, line) in lines.iter().enumerate() {
            let (stay, start) = self.stay.as_ref().map_or((String::new(), String::new()), |(stay, start)| {
                (stay.clone(), if *start == self.start { String::new() } else { start.to_string() })
            });
            write!(
                out,
                "{},{},{},{},{AREA},{},{},{},{},{stay},{start},{},{},{},{},",
                self.id,
                member.id,
                self.institution,
                self.level,
                self.visit,
                self.start,
                self.end,
                self.account,
                self.disease,
                self.diagnoses,
                self.voids.as_deref().unwrap_or(""),
                if self.prescribed { "yes" } else { "" },
            )?;
            match self.voids {
                Some(_) => out.push_str(",,,,,,,,\n"),
                None => line.columns(at + 1, out)?,
            }
        }
        Ok(())
    }
}

/// The institutions of the region, and its pharmacies.
#[must_use]
pub fn institutions(list: &[Institution]) -> String {
    let mut out = crate::write::institutions(list);
    for number in 1..=PHARMACIES {
        out.push_str(&format!("Y{number:04},第{number}零售药店（虚构）,pharmacy,甲区\n"));
    }
    out
}

#[cfg(test)]
mod tests;
