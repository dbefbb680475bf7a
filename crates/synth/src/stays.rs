//! The stays: one drawn from its own numbers after another.

use yibao_kernel::{Day, Fen, Window};

use crate::cost::{self, Event};
use crate::draw::{Draw, running_sums};
use crate::error::SynthError;
use crate::recipe::{Kitchen, Order};
use crate::region::{Institution, Level, institutions};
use crate::tables::Tables;
use crate::verdict::{Draft, Verdict, decide};
use crate::weights::{WEIGHT_UNKNOWN, Weights};

/// Most stays of one run.
pub const CASES_MAX: u64 = 100_000_000;
/// A readmission comes at most so many days after the earlier discharge.
const READMISSION_DAYS_MAX: i32 = 15;
/// Drafts of a rule tried before it is given up as one that no case meets.
const RULE_TRIES: u64 = 300;
/// Drafts of a stay tried before the last one is taken as it is.
const STAY_TRIES: u64 = 6;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How many stays.
    pub cases: u64,
    /// The seed. The region (institutions, how often groups occur) depends on it alone, so that several years are of
    /// one region; the stays depend on it and on the year.
    pub seed: u64,
    /// Year of the discharges.
    pub year: i32,
    /// Price of a weight of 1.
    pub rate: Fen,
    /// How many institutions.
    pub institutions: usize,
}

/// Insurance of a person: 310 employee, 390 resident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Insurance {
    /// 职工
    Employee,
    /// 居民
    Resident,
}

impl Insurance {
    /// The national code.
    pub const fn code(self) -> &'static str {
        match self {
            Insurance::Employee => "310",
            Insurance::Resident => "390",
        }
    }
}

/// One stay. Codes are numbers of the scheme's tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stay {
    /// 0-based number in the run.
    pub number: u64,
    /// The person: the number of the person's first stay.
    pub person: u64,
    /// Index of [`Region::institutions`].
    pub institution: usize,
    /// Insurance.
    pub insurance: Insurance,
    /// First day.
    pub admission: Day,
    /// Last day.
    pub discharge: Day,
    /// What grouping reads.
    pub case: Draft,
    /// Total cost; fund + patient.
    pub cost: Fen,
    /// Fund part.
    pub fund: Fen,
    /// What the patient and other payers paid.
    pub patient: Fen,
    /// Broken off.
    pub incomplete: bool,
    /// The answer key.
    pub verdict: Verdict,
}

/// A rule that cases can be made of.
#[derive(Debug)]
struct Target {
    rule: usize,
    /// How often each row is aimed at.
    rows: Vec<u64>,
    /// Usual weight, ten-thousandths.
    weight: i64,
}

/// Everything that is drawn once: rules, institutions, shares. Immutable, so threads can share it.
#[derive(Debug)]
pub struct Region<'t> {
    kitchen: Kitchen<'t>,
    weights: &'t Weights,
    wanted: Wanted,
    stay_seed: u64,
    institutions: Vec<Institution>,
    /// Per level: institutions and the running sums of their sizes.
    by_level: [(Vec<usize>, Vec<u64>); 3],
    targets: Vec<Target>,
    frequency: Vec<u64>,
    new_year: Day,
    months: Vec<Window>,
}

impl<'t> Region<'t> {
    /// Draws the region.
    ///
    /// # Errors
    /// Numbers out of range; a scheme without a rule that a case can meet.
    pub fn new(tables: &'t Tables, weights: &'t Weights, wanted: Wanted) -> Result<Self, SynthError> {
        let refused = |what: String, hint: String| SynthError::OutOfRange { what, hint };
        if wanted.cases == 0 || wanted.cases > CASES_MAX {
            return Err(refused(format!("{} stays", wanted.cases), format!("ask for 1 to {CASES_MAX}")));
        }
        if wanted.rate <= Fen::ZERO || wanted.rate > Fen::new(100_000_000) {
            return Err(refused(
                format!("a rate of {} yuan", wanted.rate),
                "give the price of a weight of 1 in yuan, above 0 and at most 1000000.00".into(),
            ));
        }
        if !(1900..=2200).contains(&wanted.year) {
            return Err(refused(format!("the year {}", wanted.year), "give a year from 1900 to 2200".into()));
        }
        let months = (1..=12)
            .map(|month| Window::month(wanted.year, month))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| refused(error.to_string(), "give a year from 1900 to 2200".into()))?;
        let institutions = institutions(wanted.institutions, wanted.seed)?;
        let by_level = [Level::Tertiary, Level::Secondary, Level::Primary].map(|level| {
            let list: Vec<usize> =
                institutions.iter().enumerate().filter(|(_, one)| one.level == level).map(|(at, _)| at).collect();
            // Sizes fall off slowly from the first of a level: 1 / (n + 4).
            let sums = running_sums((0..list.len()).map(|n| 1_000_000 / (n as u64 + 4)));
            (list, sums)
        });
        let kitchen = Kitchen::new(tables);
        let (targets, frequency) = targets(&kitchen, weights, wanted.seed);
        if targets.is_empty() {
            return Err(SynthError::NoRecipe { scheme: tables.name.clone() });
        }
        let stay_seed = Draw::new(wanted.seed, wanted.year.unsigned_abs().into()).next();
        let new_year = months.first().map_or(Day::MIN, |month| month.from);
        Ok(Self { kitchen, weights, wanted, stay_seed, institutions, by_level, targets, frequency, new_year, months })
    }

    /// The first day of the year.
    pub(crate) const fn new_year(&self) -> Day {
        self.new_year
    }

    /// The institutions, in the order of their table.
    pub fn institutions(&self) -> &[Institution] {
        &self.institutions
    }

    /// The scheme's tables.
    pub fn tables(&self) -> &'t Tables {
        self.kitchen.tables()
    }

    /// What was asked for.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The stays in order.
    pub fn stays(&self) -> Generator<'_, 't> {
        Generator { region: self, next: 0 }
    }

    /// The stay of this number, made without the others: threads can share the work.
    pub fn stay(&self, number: u64) -> Stay {
        let mut draw = Draw::new(self.stay_seed, number);
        if self.returns(number) {
            let earlier = self.first_stay(number - 1, &mut Draw::new(self.stay_seed, number - 1));
            if let Some(stay) = self.readmission(number, &earlier, &mut draw.clone()) {
                return stay;
            }
        }
        self.first_stay(number, &mut draw)
    }

    /// Whether the stay is a readmission of the one before it: 25 in a thousand; never two in a row,
    /// so that a stay needs at most one other to be made.
    fn returns(&self, number: u64) -> bool {
        let drawn = |number: u64| Draw::new(!self.stay_seed, number).chance(25);
        number > 0 && drawn(number) && !drawn(number - 1)
    }

    fn first_stay(&self, number: u64, draw: &mut Draw) -> Stay {
        let target = draw.by_running_sum(&self.frequency);
        let month = draw.by_share(&[92, 70, 104, 101, 98, 97, 102, 100, 97, 94, 99, 103]);
        let event = Event::draw(draw);
        let discharge = self.months.get(month).map_or(self.new_year, |window| {
            let end = window.until.unwrap_or(window.from);
            let days = window.from.days_until(end).max(1);
            later(window.from, draw.between(0, days - 1))
        });
        let (mut case, mut verdict) = self.case(target, event, draw);
        let institution = self.choose_institution(self.weight(verdict), draw);
        let insurance = insurance(case.age_years, draw);
        if event == Event::Incomplete && case.discharge != "5" {
            case.discharge = if draw.chance(700) { "4" } else { "2" }.to_owned();
            verdict = decide(self.tables(), &case);
        }
        let admission = later(discharge, -case.los_days);
        let (cost, fund, patient) = self.price(verdict, institution, insurance, event, draw);
        let incomplete = event == Event::Incomplete;
        let person = number;
        Stay {
            number,
            person,
            institution,
            insurance,
            admission,
            discharge,
            case,
            cost,
            fund,
            patient,
            incomplete,
            verdict,
        }
    }

    fn readmission(&self, number: u64, earlier: &Stay, draw: &mut Draw) -> Option<Stay> {
        let same_group = draw.chance(600);
        let target = earlier
            .verdict
            .rule()
            .filter(|_| same_group)
            .and_then(|rule| self.targets.iter().position(|target| target.rule == rule))
            .unwrap_or_else(|| draw.by_running_sum(&self.frequency));
        let (mut case, _) = self.case(target, Event::Usual, draw);
        case.sex = earlier.case.sex;
        case.age_years = earlier.case.age_years;
        case.age_days = earlier.case.age_days;
        case.weight_g = earlier.case.weight_g;
        let verdict = decide(self.tables(), &case);
        let admission = later(earlier.discharge, draw.between(1, READMISSION_DAYS_MAX));
        let discharge = later(admission, case.los_days);
        if discharge.year() != self.wanted.year {
            return None;
        }
        let institution =
            if draw.chance(800) { earlier.institution } else { self.choose_institution(self.weight(verdict), draw) };
        let (person, insurance, incomplete) = (earlier.person, earlier.insurance, false);
        let (cost, fund, patient) = self.price(verdict, institution, insurance, Event::Usual, draw);
        Some(Stay {
            number,
            person,
            institution,
            insurance,
            admission,
            discharge,
            case,
            cost,
            fund,
            patient,
            incomplete,
            verdict,
        })
    }

    /// A case of the target; a few in a thousand are of no group at all.
    fn case(&self, target: usize, event: Event, draw: &mut Draw) -> (Draft, Verdict) {
        let Some(target) = self.targets.get(target) else {
            return (Draft::default(), Verdict::Ungrouped);
        };
        let stray = if draw.chance(3) { self.kitchen.stray(draw) } else { None };
        let row = if target.rows.is_empty() { None } else { Some(draw.by_share(&target.rows)) };
        let mut last = (Draft::default(), Verdict::Ungrouped);
        for attempt in 0..RULE_TRIES {
            // A row that asks for a code of an empty set is given up: the rule itself can be met.
            let row = row.filter(|_| attempt < STAY_TRIES);
            let los_days = cost::los_days(target.weight, event, draw);
            let order = Order { rule: target.rule, row, los_days };
            let Some(mut case) = self.kitchen.draft(order, draw) else {
                continue;
            };
            if let Some(code) = stray {
                case.dx = vec![code];
                case.proc.clear();
            }
            let verdict = decide(self.tables(), &case);
            let meant = verdict.rule() == Some(target.rule);
            last = (case, verdict);
            if meant || stray.is_some() || attempt + 1 >= STAY_TRIES {
                break;
            }
        }
        last
    }

    /// Cost, fund part and patient part of a stay.
    fn price(
        &self,
        verdict: Verdict,
        institution: usize,
        insurance: Insurance,
        event: Event,
        draw: &mut Draw,
    ) -> (Fen, Fen, Fen) {
        let (level, dear) =
            self.institutions.get(institution).map_or((Level::Secondary, 1000), |one| (one.level, one.dear));
        let cost = cost::cost(self.weight(verdict), self.wanted.rate, dear, event, draw);
        let employee = insurance == Insurance::Employee;
        let patient = cost::patient(cost, cost::patient_share(employee, level, draw));
        (cost, Fen::new(cost.get() - patient.get()), patient)
    }

    /// The published weight of an answer; of its rule where the row has none; 1 where nothing has.
    fn weight(&self, verdict: Verdict) -> i64 {
        let Verdict::Group { rule, row: Some(row) } = verdict else {
            return WEIGHT_UNKNOWN;
        };
        let drg = self.tables().rules.get(rule).and_then(|rule| rule.rows.get(row));
        drg.and_then(|(drg, _)| self.weights.get(drg)).unwrap_or_else(|| {
            self.targets.iter().find(|target| target.rule == rule).map_or(WEIGHT_UNKNOWN, |target| target.weight)
        })
    }

    /// Heavier stays go to higher levels.
    fn choose_institution(&self, weight: i64, draw: &mut Draw) -> usize {
        let shares = match weight {
            ..8_000 => [40, 40, 20],
            8_000..20_000 => [56, 37, 7],
            _ => [82, 18, 0],
        };
        let level = draw.by_share(&shares);
        let Some((list, sums)) = self.by_level.get(level) else {
            return 0;
        };
        list.get(draw.by_running_sum(sums)).copied().unwrap_or(0)
    }
}

/// The stays of a region in order: 0, 1, 2, …
#[derive(Debug)]
pub struct Generator<'r, 't> {
    region: &'r Region<'t>,
    next: u64,
}

impl Iterator for Generator<'_, '_> {
    type Item = Stay;

    fn next(&mut self) -> Option<Stay> {
        if self.next >= self.region.wanted.cases {
            return None;
        }
        let stay = self.region.stay(self.next);
        self.next += 1;
        Some(stay)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.region.wanted.cases - self.next).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

/// Days later (or earlier); the day itself at the end of the calendar.
fn later(day: Day, days: i32) -> Day {
    day.add_days(days).unwrap_or(day)
}

/// Children are insured as residents; so are more of the old than of those at work.
fn insurance(age_years: i32, draw: &mut Draw) -> Insurance {
    let employee_per_mille = match age_years {
        ..18 => 30,
        18..60 => 600,
        _ => 460,
    };
    if draw.chance(employee_per_mille) { Insurance::Employee } else { Insurance::Resident }
}

/// The rules that a case can meet, in a drawn order of frequency: common ones are light, heavy ones rare,
/// ambiguous groups rarer still.
fn targets(kitchen: &Kitchen<'_>, weights: &Weights, seed: u64) -> (Vec<Target>, Vec<u64>) {
    let tables = kitchen.tables();
    let mut order: Vec<usize> = (0..tables.rules.len()).collect();
    Draw::new(seed, u64::MAX - 1).shuffle(&mut order);
    let (mut targets, mut shares) = (Vec::new(), Vec::new());
    for rule in order {
        let Some(entry) = tables.rules.get(rule) else {
            continue;
        };
        if !can_be_met(kitchen, rule, seed) {
            continue;
        }
        let known: Vec<i64> = entry.rows.iter().filter_map(|(drg, _)| weights.get(drg)).collect();
        let weight = known.iter().sum::<i64>().checked_div(known.len() as i64).unwrap_or(WEIGHT_UNKNOWN);
        let rank = targets.len() as u64 + 6;
        let rarity = u64::try_from(weight.max(4_000)).unwrap_or(10_000) * if entry.ambiguous { 12 } else { 1 };
        shares.push((10_000_000_000 / rank / rarity).max(1));
        // The last row is the one without complications: half of the cases.
        let last = entry.rows.len().saturating_sub(1) as u64;
        let rows = (0..entry.rows.len() as u64).map(|row| if row == last { last.max(1) } else { 1 }).collect();
        targets.push(Target { rule, rows, weight });
    }
    let frequency = running_sums(shares);
    (targets, frequency)
}

fn can_be_met(kitchen: &Kitchen<'_>, rule: usize, seed: u64) -> bool {
    let rows = kitchen.tables().rules.get(rule).map_or(0, |rule| rule.rows.len());
    let mut draw = Draw::new(seed, u64::MAX - 2 - rule as u64);
    (0..RULE_TRIES).any(|_| {
        let row = (rows > 0).then(|| draw.index(rows));
        let order = Order { rule, row, los_days: 7 };
        let Some(case) = kitchen.draft(order, &mut draw) else {
            return false;
        };
        decide(kitchen.tables(), &case).rule() == Some(rule)
    })
}

#[cfg(test)]
mod tests;
