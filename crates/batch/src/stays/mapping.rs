//! A pack's column mapping compiled against the header of one file.

use yibao_kernel::Day;
use yibao_record::feed::{FeedKind, STAYS};
use yibao_record::mapping::{Expression, FieldKind};
use yibao_record::payment_field::{PaymentField, payment_field};
use yibao_record::stay;

use super::amount::{AMOUNTS, Amount};
use super::expression::{DateFormat, Text, date_format};
use super::heads::{self, Registered};
use super::row_test::Compiled;
use super::{StayError, StayRequest};

/// Where a date is and how it is written.
pub struct DateText {
    /// The text.
    pub text: Text,
    /// Its format.
    pub format: DateFormat,
}

/// Length of stay: read, or counted from the dates.
pub enum Los {
    /// A number in the file.
    Text(Text),
    /// Days from admission to discharge; the second value when both are the same day.
    Between(i32),
    /// One day: a visit.
    OneDay,
    /// The months that count, read.
    Months(Text),
    /// The months that count, from the days of registration.
    Registered(Registered),
}

/// The day by which versions and years are chosen.
pub enum DischargeDay {
    /// In the file: of a visit, its day.
    Date(&'static str, DateText),
    /// The last day of the settled year.
    YearEnd(Day),
}

/// An extra field.
pub struct ExtraField {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Where it is (texts, numbers).
    pub text: Option<Text>,
    /// Where it is (amounts).
    pub amount: Option<Amount>,
    /// Which of the fields of the DIP catalogue it is, where no column is mapped.
    pub catalogue: Option<usize>,
}

impl ExtraField {
    /// Whether the file has it.
    pub const fn is_mapped(&self) -> bool {
        self.text.is_some() || self.amount.is_some() || self.catalogue.is_some()
    }
}

/// Columns that only grouping reads.
pub struct GroupingColumns {
    /// Age in days.
    pub age_days: Option<Text>,
    /// Newborn weight, grams.
    pub birth_weight_g: Option<Text>,
    /// ICU hours.
    pub icu_hours: Option<Text>,
    /// Diagnoses, `|` between.
    pub dx: Text,
    /// Procedures, `|` between.
    pub proc: Text,
}

/// The compiled mapping.
pub struct Mapping {
    /// Case id.
    pub case_id: Text,
    /// Person.
    pub person: Option<Text>,
    /// Institution.
    pub institution: Text,
    /// Insurance.
    pub insurance: Option<Text>,
    /// District.
    pub district: Option<Text>,
    /// Admission.
    pub admission: Option<DateText>,
    /// Whether a row without a mapped admission began on its day of discharge.
    pub one_day: bool,
    /// Discharge.
    pub discharge: DischargeDay,
    /// Length of stay.
    pub los: Los,
    /// Age in years.
    pub age_years: Option<Text>,
    /// Sex.
    pub sex: Option<Text>,
    /// Cost, fund, patient.
    pub amounts: [Option<Amount>; 3],
    /// The order in which the mapped amounts are read.
    pub amount_order: Vec<usize>,
    /// Group.
    pub group: Option<Text>,
    /// ADRG.
    pub adrg: Option<Text>,
    /// MDC.
    pub mdc: Option<Text>,
    /// Group status.
    pub group_status: Option<Text>,
    /// Discharge status.
    pub discharge_status: Option<Text>,
    /// Department.
    pub dept: Option<Text>,
    /// Incomplete.
    pub incomplete: Option<Text>,
    /// Panel decision.
    pub special: Option<Text>,
    /// Extra fields, in the order of the pack.
    pub extras: Vec<ExtraField>,
    /// Grouping columns, when the pack names a scheme.
    pub grouping: Option<GroupingColumns>,
    /// Rows of the job.
    pub select: Option<Compiled>,
    /// Rows refused: test, code, Chinese, English.
    pub refuse: Vec<(Compiled, String, String, String)>,
}

struct Finder<'a> {
    file: &'a str,
    header: &'a [String],
    request: &'a StayRequest<'a>,
}

impl Finder<'_> {
    fn error(&self, message: String, hint: &str) -> StayError {
        StayError::Mapping { file: self.file.to_owned(), message, hint: hint.to_owned() }
    }

    /// The table of the pack that maps the columns.
    fn table(&self) -> String {
        match self.request.feed {
            STAYS => "[columns]".to_owned(),
            id => format!("[feed.{id}.columns]"),
        }
    }

    fn column(&self, name: &str) -> Result<usize, String> {
        self.header.iter().position(|one| one == name).ok_or_else(|| format!("no column \"{name}\" in the file"))
    }

    fn expression(&self, field: &str) -> Option<&Expression> {
        self.request.columns.and_then(|columns| columns.get(field))
    }

    fn in_field<T>(&self, field: &str, made: Result<T, String>) -> Result<T, StayError> {
        made.map_err(|message| {
            self.error(
                format!("{} {field}: {message}", self.table()),
                &format!("the file has the columns {}", listed(self.header)),
            )
        })
    }

    /// The text of a field: mapped, else found by its own or national name when the pack maps nothing for it.
    fn text(&self, field: &str, aliases: &[&str]) -> Result<Option<Text>, StayError> {
        if let Some(expression) = self.expression(field) {
            return self.in_field(field, Text::new(expression, &|name| self.column(name))).map(Some);
        }
        if self.request.columns.is_some() && self.column(field).is_err() {
            return Ok(None);
        }
        Ok(crate::columns::find_column(self.header, field, aliases).map(Text::Column))
    }

    fn named(&self, field: &'static str) -> Result<Option<Text>, StayError> {
        let aliases = payment_field(field).map_or(&[][..], |found: &PaymentField| found.aliases);
        self.text(field, aliases)
    }

    fn required(&self, field: &'static str) -> Result<Text, StayError> {
        let aliases = payment_field(field).map_or(&[][..], |found| found.aliases);
        self.named(field)?.ok_or_else(|| {
            let known =
                if aliases.is_empty() { String::new() } else { format!(" (also read as {})", aliases.join(", ")) };
            self.error(
                format!("no column for {field}{known}"),
                &format!("map it in the pack's {}; the file has {}", self.table(), listed(self.header)),
            )
        })
    }

    fn date(&self, field: &'static str) -> Result<Option<DateText>, StayError> {
        let format = match self.expression(field) {
            Some(expression) => self.in_field(field, date_format(expression))?,
            None => DateFormat::Iso,
        };
        let aliases = payment_field(field).map_or(&[][..], |found| found.aliases);
        Ok(self.text(field, aliases)?.map(|text| DateText { text, format }))
    }

    fn amount(&self, field: &'static str) -> Result<Option<Amount>, StayError> {
        if let Some(expression) = self.expression(field) {
            return self.in_field(field, Amount::new(expression, &|name| self.column(name))).map(Some);
        }
        Ok(self.named(field)?.map(|text| Amount::Text { text, grouped: false, round: false }))
    }
}

fn listed(header: &[String]) -> String {
    const SHOWN: usize = 30;
    let mut text = header.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if header.len() > SHOWN {
        text.push_str(&format!(" … ({} in all)", header.len()));
    }
    text
}

impl Mapping {
    /// Compiles the request's mapping against a header.
    pub fn new(request: &StayRequest<'_>, file: &str, header: &[String]) -> Result<Self, StayError> {
        let finder = Finder { file, header, request };
        check_names(&finder)?;
        let amounts = [finder.amount("cost")?, finder.amount("fund")?, finder.amount("patient")?];
        let amount_order = order(&finder, &amounts)?;
        let admission = finder.date("admission")?;
        let discharge = discharge(&finder)?;
        Ok(Mapping {
            case_id: finder.required("case_id")?,
            person: if request.persons { finder.named("person")? } else { None },
            institution: finder.required("institution")?,
            insurance: when_declared(request.insurances, || finder.required("insurance"))?,
            district: when_declared(request.districts, || finder.required("district"))?,
            los: los(&finder, admission.is_some())?,
            admission,
            one_day: request.kind == FeedKind::Visits,
            discharge,
            age_years: finder.named("age_years")?,
            sex: finder.named("sex")?,
            amounts,
            amount_order,
            group: group(&finder)?,
            adrg: finder.named("adrg")?,
            mdc: finder.named("mdc")?,
            group_status: finder.named("group_status")?,
            discharge_status: finder.named("discharge_status")?,
            dept: finder.named("dept")?,
            incomplete: finder.named("incomplete")?,
            special: finder.named("special")?,
            extras: extras(&finder)?,
            grouping: grouping(&finder)?,
            select: select(&finder)?,
            refuse: refuse(&finder)?,
        })
    }
}

fn when_declared<T>(declared: &[String], make: impl Fn() -> Result<T, StayError>) -> Result<Option<T>, StayError> {
    if declared.is_empty() { Ok(None) } else { make().map(Some) }
}

/// `[columns]` may name only our fields and the pack's `[fields]`.
fn check_names(finder: &Finder<'_>) -> Result<(), StayError> {
    let Some(columns) = finder.request.columns else { return Ok(()) };
    for name in columns.keys() {
        let known = payment_field(name).is_some()
            || yibao_record::payment_field::GROUPING_FIELDS.contains(&name.as_str())
            || finder.request.kind.fields().contains(&name.as_str())
            || finder.request.fields.contains_key(name);
        if !known {
            return Err(finder.error(
                format!("{} names the unknown field \"{name}\"", finder.table()),
                "declare it under [fields], or use one of the fields of docs/reference/pack.md",
            ));
        }
    }
    Ok(())
}

/// Amounts that need others of ours come after them; two of cost, fund, patient are enough.
fn order(finder: &Finder<'_>, amounts: &[Option<Amount>; 3]) -> Result<Vec<usize>, StayError> {
    let mapped = amounts.iter().filter(|amount| amount.is_some()).count();
    // A head that maps no amount has none.
    if mapped < 2 && (mapped > 0 || finder.request.kind != FeedKind::Heads) {
        return Err(finder.error(
            "at least two of cost, fund, patient are needed".to_owned(),
            &format!("map them in the pack's {}; the third is their difference", finder.table()),
        ));
    }
    let mut done: Vec<usize> = Vec::new();
    for _ in 0..3 {
        for (at, amount) in amounts.iter().enumerate() {
            let Some(amount) = amount else { continue };
            let mut needs = Vec::new();
            amount.needs(&mut needs);
            if !done.contains(&at) && needs.iter().all(|need| done.contains(need)) {
                done.push(at);
            }
        }
    }
    if done.len() == mapped {
        return Ok(done);
    }
    let left: Vec<&str> =
        (0..3).filter(|at| amounts[*at].is_some() && !done.contains(at)).map(|at| AMOUNTS[at]).collect();
    Err(finder.error(
        format!("{} {} depend on each other or on an amount that is not mapped", finder.table(), left.join(", ")),
        "map at least one of cost, fund, patient to a source column",
    ))
}

/// The last day of a stay, the day of a visit, the end of a head's year.
fn discharge(finder: &Finder<'_>) -> Result<DischargeDay, StayError> {
    let kind = finder.request.kind;
    if kind == FeedKind::Visits
        && let Some(visit) = finder.date("visit")?
    {
        return Ok(DischargeDay::Date("visit", visit));
    }
    if let Some(discharge) = finder.date("discharge")? {
        return Ok(DischargeDay::Date("discharge", discharge));
    }
    let last = finder.request.year.as_ref().and_then(heads::last_day);
    match (kind, last) {
        (FeedKind::Heads, Some(last)) => Ok(DischargeDay::YearEnd(last)),
        (FeedKind::Visits, _) => Err(finder.error(
            "no column for visit, the day of the visit".to_owned(),
            &format!("map it in the pack's {}", finder.table()),
        )),
        _ => Err(finder.error(
            "no column for discharge (also read as dscg_time, endtime)".to_owned(),
            &format!("map it in the pack's {}; a file that gives only the year may map a constant day", finder.table()),
        )),
    }
}

/// The months of a head: a number, or counted from the days of registration.
fn head_months(finder: &Finder<'_>) -> Result<Los, StayError> {
    if let Some(months) = finder.text("head_months", &[])? {
        return Ok(Los::Months(months));
    }
    let Some(from) = finder.date("from")? else {
        return Err(finder.error(
            "no column for head_months, and none for from".to_owned(),
            &format!(
                "map the months that count, or the days of registration (from, until), in the pack's {}",
                finder.table()
            ),
        ));
    };
    let months = finder.request.year.as_ref().map(heads::first_days).unwrap_or_default();
    Ok(Los::Registered(Registered { from, until: finder.date("until")?, months }))
}

fn los(finder: &Finder<'_>, has_admission: bool) -> Result<Los, StayError> {
    if finder.request.kind == FeedKind::Heads {
        return head_months(finder);
    }
    if let Some(Expression::Compound(compound)) = finder.expression("los_days")
        && let Some(days) = &compound.days_between
    {
        if days.as_slice() != ["admission", "discharge"] || !has_admission {
            return Err(finder.error(
                format!("{} los_days: days_between needs [\"admission\", \"discharge\"], both mapped", finder.table()),
                "map admission and discharge, or give los_days a column",
            ));
        }
        return Ok(Los::Between(compound.same_day.unwrap_or(1)));
    }
    match finder.named("los_days")? {
        Some(text) => Ok(Los::Text(text)),
        None if finder.request.kind == FeedKind::Visits => Ok(Los::OneDay),
        None if has_admission => Ok(Los::Between(1)),
        None => Err(finder.error(
            "no column for los_days (also read as act_ipt_days), and no admission to count from".to_owned(),
            &format!("map los_days or admission in the pack's {}", finder.table()),
        )),
    }
}

fn group(finder: &Finder<'_>) -> Result<Option<Text>, StayError> {
    match finder.request.kind {
        _ if finder.request.scheme.is_some() || finder.request.catalogue.is_some() => Ok(None),
        FeedKind::Stays => finder.required("group").map(Some),
        FeedKind::Visits | FeedKind::Heads => finder.named("group"),
    }
}

fn grouping(finder: &Finder<'_>) -> Result<Option<GroupingColumns>, StayError> {
    if finder.request.scheme.is_none() && finder.request.catalogue.is_none() {
        return Ok(None);
    }
    let needed = |field: &stay::Field| {
        finder.text(field.name, field.aliases)?.ok_or_else(|| {
            finder.error(
                format!("no column for {} (also read as {})", field.name, field.aliases.join(", ")),
                &format!("the pack groups these rows: map the column in the pack's {}", finder.table()),
            )
        })
    };
    Ok(Some(GroupingColumns {
        age_days: finder.text(stay::AGE_DAYS.name, stay::AGE_DAYS.aliases)?,
        birth_weight_g: finder.text(stay::BIRTH_WEIGHT_G.name, stay::BIRTH_WEIGHT_G.aliases)?,
        icu_hours: finder.text("icu_hours", &[])?,
        dx: needed(&stay::DX)?,
        proc: needed(&stay::PROC)?,
    }))
}

fn extras(finder: &Finder<'_>) -> Result<Vec<ExtraField>, StayError> {
    let mut made = Vec::new();
    for (name, declaration) in finder.request.fields {
        let (mut text, mut amount) = (None, None);
        match (declaration.kind, finder.expression(name)) {
            (FieldKind::Fen, Some(expression)) => {
                amount = Some(finder.in_field(name, Amount::new(expression, &|column| finder.column(column)))?);
            }
            (FieldKind::Fen, None) => {
                amount = finder.column(name).ok().map(|at| Amount::Text {
                    text: Text::Column(at),
                    grouped: false,
                    round: false,
                });
            }
            (_, Some(expression)) => {
                text = Some(finder.in_field(name, Text::new(expression, &|column| finder.column(column)))?);
            }
            (_, None) => text = finder.column(name).ok().map(Text::Column),
        }
        let of_catalogue = text.is_none() && amount.is_none() && declaration.kind == FieldKind::Symbol;
        let catalogue = finder.request.catalogue.filter(|_| of_catalogue).and_then(|_| super::dip::field(name));
        // A catalogue of other rows leaves its fields blank here.
        let blank = finder.request.blanks || super::dip::field(name).is_some();
        if text.is_none() && amount.is_none() && catalogue.is_none() && !blank {
            return Err(finder.error(
                format!("no column for the pack's field \"{name}\""),
                &format!("map it in the pack's {}, or remove it from [fields]", finder.table()),
            ));
        }
        made.push(ExtraField { name: name.clone(), kind: declaration.kind, text, amount, catalogue });
    }
    Ok(made)
}

fn select(finder: &Finder<'_>) -> Result<Option<Compiled>, StayError> {
    let test = finder.request.select.or_else(|| finder.request.input.and_then(|input| input.select.as_ref()));
    let made = test.map(|test| Compiled::new(test, &|name| finder.column(name))).transpose();
    finder.in_field("select", made)
}

fn refuse(finder: &Finder<'_>) -> Result<Vec<(Compiled, String, String, String)>, StayError> {
    let rules = finder.request.input.map_or(&[][..], |input| input.refuse.as_slice());
    rules
        .iter()
        .map(|rule| {
            let test = finder.in_field("refuse", Compiled::new(&rule.when, &|name| finder.column(name)))?;
            Ok((test, rule.code.clone(), rule.zh.clone(), rule.en.clone()))
        })
        .collect()
}
