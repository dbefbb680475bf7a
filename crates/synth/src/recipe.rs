//! Making a case of a rule: what its conditions ask for, and codes that give it.

use crate::condition::{Condition, Look, NUMBERS, Number};
use crate::draw::Draw;
use crate::tables::Tables;
use crate::verdict::Draft;

/// How often a code is drawn again when it does not fit the other wishes.
const TRIES: usize = 48;
/// Oldest newborn, in days.
const NEWBORN_DAYS_MAX: i32 = 28;

/// What a case must have to meet some conditions. One branch of every alternative is drawn.
#[derive(Debug)]
struct Wish<'t> {
    first_dx: Vec<u32>,
    no_first_dx: Vec<u32>,
    any_dx: Vec<u32>,
    later_dx: Vec<u32>,
    no_dx: Vec<u32>,
    first_proc: Vec<u32>,
    any_proc: Vec<u32>,
    later_proc: Vec<u32>,
    no_proc: Vec<u32>,
    prefix: Option<&'t str>,
    regions: usize,
    major: bool,
    minor: bool,
    ranges: [(i32, i32); NUMBERS],
    sex: Option<u8>,
    dept: Option<&'t str>,
    discharge: Option<&'t str>,
}

impl<'t> Wish<'t> {
    fn new() -> Self {
        Self {
            first_dx: Vec::new(),
            no_first_dx: Vec::new(),
            any_dx: Vec::new(),
            later_dx: Vec::new(),
            no_dx: Vec::new(),
            first_proc: Vec::new(),
            any_proc: Vec::new(),
            later_proc: Vec::new(),
            no_proc: Vec::new(),
            prefix: None,
            regions: 0,
            major: false,
            minor: false,
            ranges: [(i32::MIN, i32::MAX); NUMBERS],
            sex: None,
            dept: None,
            discharge: None,
        }
    }

    fn add(&mut self, condition: &'t Condition, wanted: bool, draw: &mut Draw) {
        match (condition, wanted) {
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                for part in parts {
                    self.add(part, wanted, draw);
                }
            }
            (Condition::Any(parts), true) | (Condition::All(parts), false) => {
                if let Some(part) = parts.get(draw.index(parts.len())) {
                    self.add(part, wanted, draw);
                }
            }
            (Condition::Not(part), _) => self.add(part, !wanted, draw),
            (Condition::Diagnosis(look, set), true) => match look {
                Look::First => self.first_dx.push(*set),
                Look::Any => self.any_dx.push(*set),
                Look::Later => self.later_dx.push(*set),
            },
            (Condition::Diagnosis(Look::First, set), false) => self.no_first_dx.push(*set),
            (Condition::Diagnosis(_, set), false) => self.no_dx.push(*set),
            (Condition::Procedure(look, set), true) => match look {
                Look::First => self.first_proc.push(*set),
                Look::Any => self.any_proc.push(*set),
                Look::Later => self.later_proc.push(*set),
            },
            (Condition::Procedure(_, set), false) => self.no_proc.push(*set),
            (Condition::Prefix(prefix), true) => self.prefix = Some(prefix),
            (Condition::Regions(least), true) => self.regions = self.regions.max(*least),
            (Condition::Major, true) => self.major = true,
            (Condition::Minor, true) => self.minor = true,
            (Condition::Between(number, low, high), _) => self.range(*number, *low, *high, wanted),
            (Condition::Sex(sex), _) => {
                let male = (sex == "1") == wanted;
                self.sex = Some(if male { 1 } else { 2 });
            }
            (Condition::Dept(dept), true) => self.dept = Some(dept),
            (Condition::Discharge(list), true) => {
                self.discharge = list.get(draw.index(list.len())).map(String::as_str);
            }
            _ => {}
        }
    }

    fn range(&mut self, number: Number, low: i32, high: i32, wanted: bool) {
        let Some(range) = self.ranges.get_mut(number as usize) else {
            return;
        };
        let (low, high) = match (wanted, low) {
            (true, _) => (low, high),
            (false, i32::MIN) => (high.saturating_add(1), i32::MAX),
            (false, _) => (i32::MIN, low.saturating_sub(1)),
        };
        *range = (range.0.max(low), range.1.min(high));
    }

    fn within(&self, number: Number, low: i32, high: i32) -> (i32, i32) {
        let (wanted_low, wanted_high) = self.ranges.get(number as usize).copied().unwrap_or((low, high));
        (wanted_low.max(low), wanted_high.min(high))
    }

    fn bounds(&self, number: Number) -> bool {
        self.ranges.get(number as usize).is_some_and(|range| *range != (i32::MIN, i32::MAX))
    }
}

/// Makes drafts of a scheme's rules.
#[derive(Debug)]
pub struct Kitchen<'t> {
    tables: &'t Tables,
    /// Diagnosis sets that open an MDC by the principal diagnosis alone.
    common: Vec<u32>,
}

/// The rule, its row, and how long the patient stays.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Index of the rule.
    pub rule: usize,
    /// Row aimed at.
    pub row: Option<usize>,
    /// Days of stay, unless the rule bounds them.
    pub los_days: i32,
}

impl<'t> Kitchen<'t> {
    /// Prepares for a scheme.
    pub fn new(tables: &'t Tables) -> Self {
        let common = tables
            .mdcs
            .iter()
            .filter_map(|mdc| match &mdc.gate {
                Condition::Diagnosis(Look::First, set) => Some(*set),
                _ => None,
            })
            .filter(|&set| !tables.codes(set).is_empty())
            .collect();
        Self { tables, common }
    }

    /// The tables.
    pub fn tables(&self) -> &'t Tables {
        self.tables
    }

    /// A case meant for the rule and row; what it comes to is for [`crate::verdict::decide`] to say.
    /// `None` when the rule asks for a code of an empty set.
    pub fn draft(&self, order: Order, draw: &mut Draw) -> Option<Draft> {
        let rule = self.tables.rules.get(order.rule)?;
        let mdc = self.tables.mdcs.get(rule.mdc)?;
        let mut wish = Wish::new();
        wish.add(&mdc.gate, true, draw);
        wish.add(&rule.condition, true, draw);
        let row = order.row.and_then(|row| rule.rows.get(row));
        if let Some(condition) = row.and_then(|(_, condition)| self.tables.row_conditions.get(*condition)) {
            wish.add(condition, true, draw);
        }
        let mut case = Draft::default();
        self.diagnoses(&wish, &mut case, draw)?;
        self.procedures(&wish, &mut case, draw)?;
        person(&wish, &mdc.name, &mut case, draw);
        let (low, high) = wish.within(Number::Los, 0, 365);
        case.los_days = order.los_days.clamp(low.min(high), high.max(low));
        if wish.bounds(Number::IcuHours) {
            let (low, high) = wish.within(Number::IcuHours, 0, 400);
            case.icu_hours = draw.between(low, high);
        }
        case.dept.push_str(wish.dept.unwrap_or_else(|| department(&mdc.name)));
        case.discharge.push_str(wish.discharge.unwrap_or_else(|| discharge(draw)));
        Some(case)
    }

    /// A code that no MDC opens on, if the scheme knows one: makes an ungrouped case.
    pub fn stray(&self, draw: &mut Draw) -> Option<u32> {
        let pools = [&self.tables.minor, &self.tables.major];
        (0..TRIES).find_map(|attempt| {
            let code = pick(pools.get(attempt % 2)?, draw)?;
            let opens = self.common.iter().any(|&set| self.tables.dx.is_in(code, set));
            (!opens).then_some(code)
        })
    }

    fn diagnoses(&self, wish: &Wish<'_>, case: &mut Draft, draw: &mut Draw) -> Option<()> {
        let dx = &self.tables.dx;
        let first = match smallest(self.tables, &wish.first_dx) {
            Some(codes) => pick_that(codes, draw, |code| {
                wish.first_dx.iter().all(|&set| dx.is_in(code, set))
                    && !wish.no_first_dx.iter().chain(&wish.no_dx).any(|&set| dx.is_in(code, set))
            })?,
            None => pick(self.tables.codes(*self.common.get(draw.index(self.common.len()))?), draw)?,
        };
        case.dx.push(first);
        for &set in &wish.any_dx {
            if !dx.is_in(first, set) {
                case.dx.push(pick(self.tables.codes(set), draw)?);
            }
        }
        for &set in &wish.later_dx {
            case.dx.push(pick(self.tables.codes(set), draw)?);
        }
        if let Some(prefix) = wish.prefix {
            let fits = |code: u32| dx.text(code).starts_with(prefix);
            let code = self.common.iter().flat_map(|&set| self.tables.codes(set)).copied().find(|&code| fits(code));
            case.dx.push(code?);
        }
        self.other_regions(wish.regions, case, draw);
        if wish.major {
            self.complication(&self.tables.major, |severity| severity.major, case, draw);
        }
        if wish.minor {
            self.complication(&self.tables.minor, |severity| severity.minor, case, draw);
        }
        self.accompanying(wish, case, draw);
        Some(())
    }

    fn other_regions(&self, least: usize, case: &mut Draft, draw: &mut Draw) {
        if least < 2 {
            return;
        }
        let at = |code: u32| self.tables.region.get(code as usize).copied().flatten();
        let own = case.dx.first().and_then(|&code| at(code));
        let mut places: Vec<usize> =
            (0..self.tables.regions.len()).filter(|&place| Some(place as u32) != own).collect();
        draw.shuffle(&mut places);
        for place in places.into_iter().take(least - 1) {
            let code = self.tables.regions.get(place).and_then(|codes| pick(codes, draw));
            case.dx.extend(code);
        }
    }

    fn complication(
        &self,
        pool: &[u32],
        table: impl Fn(&crate::tables::Severity) -> Option<u32>,
        case: &mut Draft,
        draw: &mut Draw,
    ) {
        let principal = case.dx.first().and_then(|&code| self.tables.exclusion.get(code as usize).copied().flatten());
        let counts = |code: u32| self.tables.severity.get(code as usize).and_then(&table) != principal;
        let code = pick_that(pool, draw, |code| counts(code) && !case.dx.contains(&code));
        case.dx.extend(code);
    }

    /// Ordinary secondary diagnoses, none of them a complication.
    fn accompanying(&self, wish: &Wish<'_>, case: &mut Draft, draw: &mut Draw) {
        if self.common.is_empty() {
            return;
        }
        let count = draw.by_share(&[30, 26, 20, 13, 7, 4]);
        for _ in 0..count {
            let Some(&set) = self.common.get(draw.index(self.common.len())) else {
                return;
            };
            let Some(code) = pick(self.tables.codes(set), draw) else {
                continue;
            };
            let severity = self.tables.severity.get(code as usize).copied().unwrap_or_default();
            let plain = severity.major.is_none() && severity.minor.is_none();
            let unwanted = wish.no_dx.iter().any(|&set| self.tables.dx.is_in(code, set));
            if plain && !unwanted && !case.dx.contains(&code) {
                case.dx.push(code);
            }
        }
    }

    fn procedures(&self, wish: &Wish<'_>, case: &mut Draft, draw: &mut Draw) -> Option<()> {
        let proc = &self.tables.proc;
        let unwanted = |code: u32| wish.no_proc.iter().any(|&set| proc.is_in(code, set));
        if let Some(codes) = smallest(self.tables, &wish.first_proc) {
            case.proc.push(pick_that(codes, draw, |code| {
                wish.first_proc.iter().all(|&set| proc.is_in(code, set)) && !unwanted(code)
            })?);
        }
        for &set in &wish.any_proc {
            if !case.proc.iter().any(|&code| proc.is_in(code, set)) {
                case.proc.push(pick_that(self.tables.codes(set), draw, |code| !unwanted(code))?);
            }
        }
        for &set in &wish.later_proc {
            let codes = self.tables.codes(set);
            if case.proc.is_empty() {
                case.proc.push(pick(codes, draw)?);
            }
            case.proc.push(pick(codes, draw)?);
        }
        Some(())
    }
}

fn person(wish: &Wish<'_>, mdc: &str, case: &mut Draft, draw: &mut Draw) {
    let letter = mdc.as_bytes().last().copied().unwrap_or(b'?');
    case.sex = wish.sex.unwrap_or_else(|| match letter {
        b'M' => 1,
        b'N' | b'O' => 2,
        _ => 1 + draw.below(2) as u8,
    });
    let (low, high) = wish.within(Number::Age, 0, 99);
    let infant = wish.bounds(Number::AgeDays) || wish.bounds(Number::Weight);
    case.age_years = if infant { 0 } else { age(letter, low, high, draw) };
    if case.age_years > 0 {
        return;
    }
    let (low, high) = wish.within(Number::AgeDays, 0, 364);
    let newborn = letter == b'P' || high <= NEWBORN_DAYS_MAX;
    let days = if newborn { draw.between(low, high.min(NEWBORN_DAYS_MAX)) } else { draw.between(low.max(29), high) };
    case.age_days = Some(days);
    if days <= NEWBORN_DAYS_MAX {
        let (low, high) = wish.within(Number::Weight, 700, 4600);
        let usual = draw.between(low.max(2500), high.min(4200));
        case.weight_g = Some(if draw.chance(800) { usual.clamp(low.min(high), high) } else { draw.between(low, high) });
    }
}

/// An age of hospital patients: many old ones; mothers between 18 and 45.
fn age(letter: u8, low: i32, high: i32, draw: &mut Draw) -> i32 {
    const BANDS: [(i32, i32); 5] = [(0, 5), (6, 17), (18, 44), (45, 64), (65, 95)];
    let band = if letter == b'O' { 2 } else { draw.by_share(&[7, 5, 22, 31, 35]) };
    let (from, to) = BANDS.get(band).copied().unwrap_or((18, 64));
    let drawn = draw.between(from, to);
    if (low..=high).contains(&drawn) { drawn } else { draw.between(low, high) }
}

/// Ways of leaving, with their shares: sent home, transfers, against advice, died, other.
fn discharge(draw: &mut Draw) -> &'static str {
    const WAYS: [&str; 6] = ["1", "2", "3", "4", "5", "9"];
    WAYS.get(draw.by_share(&[930, 20, 10, 25, 10, 5])).copied().unwrap_or("1")
}

/// The department that usually treats an MDC, by the national codes of clinical departments
/// (医疗机构诊疗科目名录, Ministry of Health 1994: 03 internal medicine, 04 surgery, 05 obstetrics and
/// gynaecology, 07 paediatrics, 10 eyes, 11 ear-nose-throat, 13 dermatology, 15 psychiatry, 16 infectious diseases).
fn department(mdc: &str) -> &'static str {
    match mdc.as_bytes().last() {
        Some(b'B') => "0304",
        Some(b'C') => "10",
        Some(b'D') => "11",
        Some(b'E') => "0301",
        Some(b'F') => "0305",
        Some(b'G') => "0302",
        Some(b'H' | b'I' | b'A' | b'X') => "04",
        Some(b'J') => "13",
        Some(b'L' | b'M') => "0404",
        Some(b'N' | b'O') => "05",
        Some(b'P') => "07",
        Some(b'S' | b'Y') => "16",
        Some(b'T' | b'U') => "15",
        Some(b'V' | b'W' | b'Z') => "0403",
        _ => "03",
    }
}

fn smallest<'t>(tables: &'t Tables, sets: &[u32]) -> Option<&'t [u32]> {
    sets.iter().map(|&set| tables.codes(set)).min_by_key(|codes| codes.len())
}

fn pick(codes: &[u32], draw: &mut Draw) -> Option<u32> {
    codes.get(draw.index(codes.len())).copied()
}

fn pick_that(codes: &[u32], draw: &mut Draw, fits: impl Fn(u32) -> bool) -> Option<u32> {
    (0..TRIES)
        .find_map(|_| pick(codes, draw).filter(|&code| fits(code)))
        .or_else(|| codes.iter().copied().find(|&code| fits(code)))
}
