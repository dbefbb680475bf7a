//! One record through the mapping into a part.

use yibao_grouping::dip::DipCase;
use yibao_grouping::{Answer, Case, CodeId, Scheme, Sex, Status};
use yibao_kernel::{Day, Fen, Ratio};
use yibao_record::mapping::FieldKind;
use yibao_record::stays::{Extra, GroupStatus, Symbol, Symbols};

use super::StayRequest;
use super::amount::{AMOUNT_MAX_FEN, AMOUNTS};
use super::dip::Dip;
use super::expression::{DateFormat, Text};
use super::heads::{HEAD_MONTHS_MAX, Registered};
use super::mapping::{DateText, DischargeDay, GroupingColumns, Los, Mapping};
use super::part::{Part, empty_extras};
use super::refusal::RowRefusal;
use crate::Record;

/// The longest stay that is read, days.
const LOS_MAX: i32 = 36_600;

/// A worker's state: the mapping and its scratch space.
pub struct RowReader<'a> {
    mapping: &'a Mapping,
    scheme: Option<&'a Scheme>,
    dip: Option<Dip<'a>>,
    insurances: &'a [String],
    districts: &'a [String],
    scratch: Vec<u8>,
    dx: Vec<CodeId>,
    proc: Vec<CodeId>,
    extras: Vec<ExtraValue>,
}

/// A value of an extra field before it is stored.
#[derive(Clone, Copy)]
enum ExtraValue {
    Fen(Option<Fen>),
    Number(Option<i64>),
    Symbol(Symbol),
}

/// The values of a row that can fail, read before anything is stored.
struct Values {
    admission: Option<Day>,
    discharge: Day,
    los_days: i32,
    age_years: Option<i16>,
    amounts: [Fen; 3],
    institution: Symbol,
    insurance: Symbol,
    district: Symbol,
    group: Grouped,
}

/// What grouping, or the input, says.
struct Grouped {
    group: Symbol,
    adrg: Symbol,
    mdc: Symbol,
    status: GroupStatus,
}

impl<'a> RowReader<'a> {
    /// A reader over one file's mapping.
    pub fn new(mapping: &'a Mapping, request: &StayRequest<'a>) -> Self {
        RowReader {
            mapping,
            scheme: request.scheme,
            dip: request.catalogue.map(Dip::new),
            insurances: request.insurances,
            districts: request.districts,
            scratch: Vec::new(),
            dx: Vec::new(),
            proc: Vec::new(),
            extras: Vec::new(),
        }
    }

    /// An empty part of this reader's shape.
    pub fn part(&self) -> Part {
        let mut part = Part::default();
        part.stays.extras = empty_extras(self.mapping.extras.iter().map(|extra| extra.kind));
        part
    }

    /// Reads one record into the part: accepted, refused, or not selected.
    pub fn read(&mut self, record: &Record<'_>, part: &mut Part) {
        part.rows += 1;
        if let Some(select) = &self.mapping.select
            && !select.holds(record)
        {
            part.not_selected += 1;
            return;
        }
        let refusal = self.mapping.refuse.iter().find(|rule| rule.0.holds(record)).map(|(_, code, zh, en)| {
            let mut refusal = RowRefusal::new("", zh.clone(), en.clone()).at(record.line, "");
            refusal.code.clone_from(code);
            refusal
        });
        if let Some(mut refusal) = refusal {
            refusal.case_id = self.case_id(record).unwrap_or_default();
            part.refused.push(refusal);
            return;
        }
        match self.accept(record, part) {
            Ok(true) => {}
            Ok(false) => part.not_selected += 1,
            Err(refusal) => {
                let case_id = self.case_id(record).unwrap_or_default();
                part.refused.push(refusal.at(record.line, &case_id));
            }
        }
    }

    fn case_id(&mut self, record: &Record<'_>) -> Option<String> {
        let bytes = self.mapping.case_id.read(record, &mut self.scratch).ok()?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }

    /// Stores a row; false: it is not of the settled year.
    fn accept(&mut self, record: &Record<'_>, part: &mut Part) -> Result<bool, RowRefusal> {
        let case_id = self.case_id(record).filter(|id| !id.is_empty()).ok_or_else(|| RowRefusal::missing("case_id"))?;
        if let Some(cause) = yibao_record::validation::mangled_identifier(case_id.as_bytes()) {
            return Err(RowRefusal::unreadable("case_id", case_id.as_bytes(), &cause.to_string()));
        }
        let Some(values) = self.values(record, &mut part.symbols)? else { return Ok(false) };
        self.extras(record, &mut part.symbols)?;
        let mapping = self.mapping;
        let mut symbol = |text: &Option<Text>| symbol_of(text.as_ref(), record, &mut self.scratch, &mut part.symbols);
        let person = symbol(&mapping.person)?;
        let discharge_status = symbol(&mapping.discharge_status)?;
        let dept = symbol(&mapping.dept)?;
        let special = symbol(&mapping.special)?;
        let sex = self.sex(record)?;
        let incomplete = self.flag(record)?;
        let stays = &mut part.stays;
        stays.case_id.push(&case_id);
        stays.source_row.push(record.line);
        stays.person.push(person);
        stays.institution.push(values.institution);
        stays.insurance.push(values.insurance);
        stays.district.push(values.district);
        stays.admission.push(values.admission);
        stays.discharge.push(values.discharge);
        stays.los_days.push(values.los_days);
        stays.age_years.push(values.age_years);
        stays.sex.push(sex);
        let [cost, fund, patient] = values.amounts;
        stays.cost.push(cost);
        stays.fund.push(fund);
        stays.patient.push(patient);
        stays.group.push(values.group.group);
        stays.adrg.push(values.group.adrg);
        stays.mdc.push(values.group.mdc);
        stays.group_status.push(values.group.status);
        stays.discharge_status.push(discharge_status);
        stays.dept.push(dept);
        stays.incomplete.push(incomplete);
        stays.special.push(special);
        for (value, extra) in self.extras.iter().zip(&mut stays.extras) {
            match (value, extra) {
                (ExtraValue::Fen(fen), Extra::Fen(values)) => values.push(*fen),
                (ExtraValue::Number(number), Extra::Int(values) | Extra::Micro(values)) => values.push(*number),
                (ExtraValue::Symbol(symbol), Extra::Symbol(values)) => values.push(*symbol),
                _ => {}
            }
        }
        Ok(true)
    }

    /// The values of a row; none when a head has no month in the year.
    fn values(&mut self, record: &Record<'_>, symbols: &mut Symbols) -> Result<Option<Values>, RowRefusal> {
        let mapping = self.mapping;
        let discharge = match &mapping.discharge {
            DischargeDay::YearEnd(day) => *day,
            DischargeDay::Date(name, text) => {
                self.date(name, Some(text), record)?.ok_or_else(|| RowRefusal::missing(name))?
            }
        };
        let admission = match self.date("admission", mapping.admission.as_ref(), record)? {
            None if mapping.one_day => Some(discharge),
            admission => admission,
        };
        if let Some(admission) = admission
            && admission > discharge
        {
            return Err(RowRefusal::new(
                "dates_reversed",
                format!("入院日期 {admission} 晚于出院日期 {discharge}"),
                format!("admission {admission} is after discharge {discharge}"),
            ));
        }
        let los_days = self.los(record, admission, discharge)?;
        if los_days == 0 && matches!(mapping.los, Los::Registered(_)) {
            return Ok(None);
        }
        let age = self.whole("age_years", mapping.age_years.as_ref(), record, 0, yibao_record::stay::AGE_YEARS_MAX)?;
        let amounts = self.amounts(record)?;
        let institution = symbol_of(Some(&mapping.institution), record, &mut self.scratch, symbols)?;
        if !institution.is_some() {
            return Err(RowRefusal::missing("institution"));
        }
        let insurance = self.declared("insurance", mapping.insurance.as_ref(), self.insurances, record, symbols)?;
        let district = self.declared("district", mapping.district.as_ref(), self.districts, record, symbols)?;
        let [cost, ..] = amounts;
        let group = self.group(record, (age, los_days, discharge, cost), symbols)?;
        let age_years = age.and_then(|age| i16::try_from(age).ok());
        Ok(Some(Values { admission, discharge, los_days, age_years, amounts, institution, insurance, district, group }))
    }

    fn date(&mut self, field: &str, date: Option<&DateText>, record: &Record<'_>) -> Result<Option<Day>, RowRefusal> {
        let Some(date) = date else { return Ok(None) };
        let text = date.text.read(record, &mut self.scratch)?;
        if text.is_empty() {
            return Ok(None);
        }
        let read = match date.format {
            DateFormat::Iso => yibao_record::validation::date(text).map_err(|cause| cause.to_string()),
            DateFormat::Compact => Day::parse_compact(text).map(Some).map_err(|error| error.to_string()),
            DateFormat::Slashed => slashed(text).map(Some),
        };
        read.map_err(|cause| RowRefusal::unreadable(field, text, &cause))
    }

    fn whole(
        &mut self,
        field: &str,
        text: Option<&Text>,
        record: &Record<'_>,
        lowest: i32,
        highest: i32,
    ) -> Result<Option<i32>, RowRefusal> {
        let Some(text) = text else { return Ok(None) };
        let bytes = text.read(record, &mut self.scratch)?;
        yibao_record::validation::whole(bytes, lowest, highest)
            .map_err(|cause| RowRefusal::unreadable(field, bytes, &cause.to_string()))
    }

    fn los(&mut self, record: &Record<'_>, admission: Option<Day>, discharge: Day) -> Result<i32, RowRefusal> {
        match &self.mapping.los {
            Los::Text(text) => {
                let days = self.whole("los_days", Some(text), record, 0, LOS_MAX)?;
                days.ok_or_else(|| RowRefusal::missing("los_days"))
            }
            Los::Between(same_day) => {
                let admission = admission.ok_or_else(|| RowRefusal::missing("admission"))?;
                let days = admission.days_until(discharge);
                Ok(if days == 0 { *same_day } else { days })
            }
            Los::OneDay => Ok(1),
            Los::Months(text) => {
                let months = self.whole("head_months", Some(text), record, 0, LOS_MAX)?;
                head_months(months.ok_or_else(|| RowRefusal::missing("head_months"))?)
            }
            Los::Registered(registered) => self.registered(record, registered),
        }
    }

    /// The months that count; none when the registration has no day in the year.
    fn registered(&mut self, record: &Record<'_>, registered: &Registered) -> Result<i32, RowRefusal> {
        let from = self.date("from", Some(&registered.from), record)?.ok_or_else(|| RowRefusal::missing("from"))?;
        let until = self.date("until", registered.until.as_ref(), record)?;
        if let Some(until) = until.filter(|until| *until <= from) {
            return Err(RowRefusal::new(
                "dates_reversed",
                format!("登记起始日 {from} 不早于终止日 {until}"),
                format!("registered from {from}, which is not before until {until} (the first day after)"),
            ));
        }
        match registered.count(from, until) {
            0 => Ok(0),
            months => head_months(months),
        }
    }

    fn amounts(&mut self, record: &Record<'_>) -> Result<[Fen; 3], RowRefusal> {
        if self.mapping.amount_order.is_empty() {
            return Ok([Fen::ZERO; 3]);
        }
        let mut read: [Option<Fen>; 3] = [None; 3];
        for &at in &self.mapping.amount_order {
            let Some(Some(amount)) = self.mapping.amounts.get(at) else { continue };
            let name = AMOUNTS.get(at).copied().unwrap_or("");
            let value = amount.read(name, record, &read, &mut self.scratch)?;
            let value = value.ok_or_else(|| RowRefusal::missing(name))?;
            if let Some(place) = read.get_mut(at) {
                *place = Some(value);
            }
        }
        let amounts = third(read)?;
        for (amount, name) in amounts.iter().zip(AMOUNTS) {
            check_amount(name, *amount)?;
        }
        Ok(amounts)
    }

    fn declared(
        &mut self,
        field: &str,
        text: Option<&Text>,
        declared: &[String],
        record: &Record<'_>,
        symbols: &mut Symbols,
    ) -> Result<Symbol, RowRefusal> {
        let Some(text) = text else { return Ok(symbols.intern("all")) };
        let bytes = text.read(record, &mut self.scratch)?;
        let found = declared.iter().find(|one| one.as_bytes() == bytes);
        found.map(|one| symbols.intern(one)).ok_or_else(|| {
            let shown = super::refusal::shorten(bytes);
            let (code, zh) = match field {
                "insurance" => ("unknown_insurance", "险种"),
                _ => ("unknown_district", "区县"),
            };
            RowRefusal::new(
                code,
                format!("{zh}“{shown}”未在政策包中声明"),
                format!("{field} \"{shown}\" is not declared in the pack"),
            )
        })
    }

    fn sex(&mut self, record: &Record<'_>) -> Result<u8, RowRefusal> {
        let Some(text) = &self.mapping.sex else { return Ok(0) };
        Ok(match text.read(record, &mut self.scratch)? {
            b"1" => 1,
            b"2" => 2,
            _ => 0,
        })
    }

    fn flag(&mut self, record: &Record<'_>) -> Result<bool, RowRefusal> {
        let Some(text) = &self.mapping.incomplete else { return Ok(false) };
        let bytes = text.read(record, &mut self.scratch)?;
        match bytes {
            b"" | b"0" | b"false" | b"no" => Ok(false),
            b"1" | b"true" | b"yes" => Ok(true),
            _ if bytes == "否".as_bytes() => Ok(false),
            _ if bytes == "是".as_bytes() => Ok(true),
            _ => Err(RowRefusal::unreadable("incomplete", bytes, "not one of 0, 1, false, true, no, yes, 否, 是")),
        }
    }

    fn group(
        &mut self,
        record: &Record<'_>,
        (age, los_days, discharge, cost): (Option<i32>, i32, Day, Fen),
        symbols: &mut Symbols,
    ) -> Result<Grouped, RowRefusal> {
        let mapping = self.mapping;
        if let (Some(_), Some(columns)) = (&self.dip, &mapping.grouping) {
            let facts = DipCase {
                age,
                los_days: Some(los_days),
                discharge: Some(discharge),
                cost: Some(cost),
                ..DipCase::default()
            };
            return self.matched(columns, record, facts, symbols);
        }
        if let (Some(scheme), Some(columns)) = (self.scheme, &mapping.grouping) {
            let answer = self.decide(scheme, columns, record, age, los_days)?;
            return Ok(answered(scheme, answer, symbols));
        }
        let group = symbol_of(mapping.group.as_ref(), record, &mut self.scratch, symbols)?;
        let adrg = symbol_of(mapping.adrg.as_ref(), record, &mut self.scratch, symbols)?;
        let mdc = symbol_of(mapping.mdc.as_ref(), record, &mut self.scratch, symbols)?;
        let status = match &mapping.group_status {
            None if group.is_some() => GroupStatus::Grouped,
            None => GroupStatus::Ungrouped,
            Some(text) => status(text.read(record, &mut self.scratch)?)?,
        };
        Ok(Grouped { group, adrg, mdc, status })
    }

    /// The DIP group of a row.
    fn matched(
        &mut self,
        columns: &GroupingColumns,
        record: &Record<'_>,
        facts: DipCase<'_>,
        symbols: &mut Symbols,
    ) -> Result<Grouped, RowRefusal> {
        let icu_hours = self.whole("icu_hours", columns.icu_hours.as_ref(), record, 0, 1_000_000)?;
        let mut text = |text: Option<&Text>| -> Result<Vec<u8>, RowRefusal> {
            text.map_or(Ok(Vec::new()), |text| Ok(text.read(record, &mut self.scratch)?.to_vec()))
        };
        let (dx, proc) = (text(Some(&columns.dx))?, text(Some(&columns.proc))?);
        let discharge_status = text(self.mapping.discharge_status.as_ref())?;
        let nothing =
            Grouped { group: Symbol::NONE, adrg: Symbol::NONE, mdc: Symbol::NONE, status: GroupStatus::Ungrouped };
        let Some(dip) = &mut self.dip else { return Ok(nothing) };
        let (group, status) = dip.assign(&DipCase {
            dx: &dx,
            procedures: &proc,
            // A day that was begun counts.
            icu_days: icu_hours.map(|hours| (hours + 23) / 24),
            discharge_status: &discharge_status,
            ..facts
        });
        let group = if group.is_empty() { Symbol::NONE } else { symbols.intern(group) };
        Ok(Grouped { group, status, ..nothing })
    }

    fn decide(
        &mut self,
        scheme: &Scheme,
        columns: &GroupingColumns,
        record: &Record<'_>,
        age: Option<i32>,
        los_days: i32,
    ) -> Result<Answer, RowRefusal> {
        let age_days = self.whole("age_days", columns.age_days.as_ref(), record, 0, 60_000)?;
        let weight_g = self.whole("birth_weight_g", columns.birth_weight_g.as_ref(), record, 0, 30_000)?;
        let icu_hours = self.whole("icu_hours", columns.icu_hours.as_ref(), record, 0, 1_000_000)?.unwrap_or(0);
        self.dx.clear();
        self.proc.clear();
        for code in codes(columns.dx.read(record, &mut self.scratch)?) {
            self.dx.push(scheme.dx_code(code));
        }
        for code in codes(columns.proc.read(record, &mut self.scratch)?) {
            self.proc.push(scheme.proc_code(code));
        }
        let mut text = |text: &Option<Text>| -> Result<Vec<u8>, RowRefusal> {
            match text {
                None => Ok(Vec::new()),
                Some(text) => Ok(text.read(record, &mut self.scratch)?.to_vec()),
            }
        };
        let sex = text(&self.mapping.sex)?;
        let discharge = text(&self.mapping.discharge_status)?;
        let dept = text(&self.mapping.dept)?;
        Ok(scheme.group(&Case {
            sex: Sex::from_text(&sex),
            age,
            age_days,
            weight_g,
            los_days,
            discharge: scheme.discharge(&discharge),
            dept: scheme.dept(&dept),
            icu_hours,
            dx: &self.dx,
            proc: &self.proc,
        }))
    }

    fn extras(&mut self, record: &Record<'_>, symbols: &mut Symbols) -> Result<(), RowRefusal> {
        self.extras.clear();
        for extra in &self.mapping.extras {
            let value = match (&extra.amount, &extra.text) {
                (Some(amount), _) => {
                    let value = amount.read(&extra.name, record, &[None; 3], &mut self.scratch)?;
                    if let Some(value) = value {
                        check_amount(&extra.name, value)?;
                    }
                    ExtraValue::Fen(value)
                }
                (None, Some(text)) if extra.kind == FieldKind::Symbol => {
                    ExtraValue::Symbol(symbol_of(Some(text), record, &mut self.scratch, symbols)?)
                }
                (None, Some(text)) => {
                    let bytes = text.read(record, &mut self.scratch)?;
                    ExtraValue::Number(number(&extra.name, bytes, extra.kind)?)
                }
                (None, None) if extra.catalogue.is_some() => {
                    let text = self.dip.as_ref().zip(extra.catalogue).map_or("", |(dip, field)| dip.text(field));
                    ExtraValue::Symbol(if text.is_empty() { Symbol::NONE } else { symbols.intern(text) })
                }
                (None, None) => match extra.kind {
                    FieldKind::Fen => ExtraValue::Fen(None),
                    FieldKind::Int | FieldKind::Ratio => ExtraValue::Number(None),
                    FieldKind::Symbol => ExtraValue::Symbol(Symbol::NONE),
                },
            };
            self.extras.push(value);
        }
        Ok(())
    }
}

fn head_months(months: i32) -> Result<i32, RowRefusal> {
    if (1..=HEAD_MONTHS_MAX).contains(&months) {
        return Ok(months);
    }
    Err(RowRefusal::new(
        "head_months_out_of_range",
        format!("参保月数 {months} 不在 1 至 {HEAD_MONTHS_MAX} 之间"),
        format!("head_months {months} is not from 1 to {HEAD_MONTHS_MAX}"),
    ))
}

fn codes(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'|').filter(|code| !code.is_empty())
}

fn answered(scheme: &Scheme, answer: Answer, symbols: &mut Symbols) -> Grouped {
    let status = match answer.status {
        Status::Grouped => GroupStatus::Grouped,
        Status::Ambiguous => GroupStatus::Ambiguous,
        Status::Ungrouped => GroupStatus::Ungrouped,
        Status::Rejected | Status::DxNotMapped | Status::ProcNotMapped => GroupStatus::Rejected,
    };
    if matches!(status, GroupStatus::Ungrouped | GroupStatus::Rejected) {
        return Grouped { group: Symbol::NONE, adrg: Symbol::NONE, mdc: Symbol::NONE, status };
    }
    Grouped {
        group: symbols.intern(scheme.drg(answer)),
        adrg: symbols.intern(scheme.adrg(answer)),
        mdc: symbols.intern(scheme.mdc(answer)),
        status,
    }
}

fn symbol_of(
    text: Option<&Text>,
    record: &Record<'_>,
    scratch: &mut Vec<u8>,
    symbols: &mut Symbols,
) -> Result<Symbol, RowRefusal> {
    let Some(text) = text else { return Ok(Symbol::NONE) };
    let bytes = text.read(record, scratch)?;
    Ok(match std::str::from_utf8(bytes) {
        Ok("") | Err(_) => Symbol::NONE,
        Ok(text) => symbols.intern(text),
    })
}

fn status(text: &[u8]) -> Result<GroupStatus, RowRefusal> {
    let known = [
        (GroupStatus::Grouped, "GROUPED"),
        (GroupStatus::Ambiguous, "AMBIGUOUS"),
        (GroupStatus::Ungrouped, "UNGROUPED"),
        (GroupStatus::Rejected, "REJECTED"),
        (GroupStatus::Rejected, "DX_NOT_MAPPED"),
        (GroupStatus::Rejected, "PROC_NOT_MAPPED"),
    ];
    let found = known.iter().find(|(_, word)| text.eq_ignore_ascii_case(word.as_bytes()));
    found.map(|(status, _)| *status).ok_or_else(|| {
        RowRefusal::unreadable("group_status", text, "not one of grouped, ambiguous, ungrouped, rejected")
    })
}

fn number(field: &str, text: &[u8], kind: FieldKind) -> Result<Option<i64>, RowRefusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let scale = if kind == FieldKind::Ratio { 1_000_000 } else { 1 };
    let words = std::str::from_utf8(text).unwrap_or("");
    let scaled = Ratio::parse(words).and_then(|value| value.checked_mul(Ratio::from_int(scale)));
    match scaled {
        Ok(value) if value.den() == 1 && i64::try_from(value.num()).is_ok() => Ok(i64::try_from(value.num()).ok()),
        Ok(_) => Err(RowRefusal::unreadable(field, text, "more digits than the field keeps")),
        Err(error) => Err(RowRefusal::unreadable(field, text, &error.to_string())),
    }
}

fn slashed(text: &[u8]) -> Result<Day, String> {
    let words = std::str::from_utf8(text).map_err(|_| "not a date".to_owned())?;
    let mut parts = words.split('/').map(str::parse::<i32>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) => {
            let iso = format!("{year:04}-{month:02}-{day:02}");
            Day::parse(&iso).map_err(|error| error.to_string())
        }
        _ => Err("not a date of the form 2025/3/1".to_owned()),
    }
}

/// The third of cost, fund, patient is the difference of the other two; three given must agree.
fn third(read: [Option<Fen>; 3]) -> Result<[Fen; 3], RowRefusal> {
    let overflow =
        || RowRefusal::new("absurd_amount", "金额超出可计算范围", "an amount is beyond what can be computed");
    match read {
        [Some(cost), Some(fund), Some(patient)] => {
            let sum = fund.checked_add(patient).map_err(|_| overflow())?;
            if sum != cost {
                return Err(RowRefusal::new(
                    "amounts_disagree",
                    format!("总费用 {cost} 不等于基金支付 {fund} 与个人负担 {patient} 之和"),
                    format!("cost {cost} is not fund {fund} + patient {patient}"),
                ));
            }
            Ok([cost, fund, patient])
        }
        [Some(cost), Some(fund), None] => Ok([cost, fund, cost.checked_sub(fund).map_err(|_| overflow())?]),
        [Some(cost), None, Some(patient)] => Ok([cost, cost.checked_sub(patient).map_err(|_| overflow())?, patient]),
        [None, Some(fund), Some(patient)] => Ok([fund.checked_add(patient).map_err(|_| overflow())?, fund, patient]),
        _ => Err(RowRefusal::missing("cost")),
    }
}

fn check_amount(field: &str, amount: Fen) -> Result<(), RowRefusal> {
    if amount.is_negative() {
        return Err(RowRefusal::new(
            "negative_amount",
            format!("{field} 为负数：{amount}"),
            format!("{field} is negative: {amount}"),
        ));
    }
    if amount.get() > AMOUNT_MAX_FEN {
        return Err(RowRefusal::new(
            "absurd_amount",
            format!("{field} 为 {amount}，超过单次住院上限 {}", Fen::new(AMOUNT_MAX_FEN)),
            format!("{field} is {amount}: above the limit of one stay, {}", Fen::new(AMOUNT_MAX_FEN)),
        ));
    }
    Ok(())
}
