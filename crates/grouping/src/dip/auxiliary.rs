//! The auxiliary catalogue (spec §2.6): further classes of a stay inside its group. Lists and thresholds are data.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use yibao_kernel::{Decimal, Mode, Ratio};
use yibao_policy::{CsvTable, Diagnostics, Folder};

use super::code::{Code, parts};
use super::settings::Title;

/// Most kinds of class.
pub const KINDS_MAX: usize = 8;
/// Most lists of codes in one catalogue.
const LISTS_MAX: usize = 128;
/// Places of a coefficient.
const COEFFICIENT_DP: u8 = 4;

/// `[auxiliary]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuxiliaryTables {
    /// What several coefficients come to.
    pub combine: Combine,
    /// CSV of the coefficients: `group` (or `*`), `kind`, `level`, `coefficient`.
    pub coefficients: Option<String>,
    /// The classes.
    pub kind: Vec<KindDeclaration>,
}

/// What several coefficients come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The largest.
    Max,
    /// Their product.
    Product,
}

/// One kind of class: severity, tumour treatment, age, intensive care, comorbidity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindDeclaration {
    /// Short name.
    pub id: String,
    /// What it is.
    pub title: Title,
    /// Conditions with points, for kinds that go by a score.
    #[serde(default)]
    pub score: Vec<Condition>,
    /// The levels: the first that holds is the stay's.
    pub level: Vec<Level>,
}

/// A condition that gives points once, however often it is coded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Short name.
    pub id: String,
    /// Its points.
    pub points: i32,
    /// Diagnoses that state it, as prefixes.
    pub dx: Vec<String>,
    /// Whether the principal diagnosis counts too.
    #[serde(default)]
    pub principal: bool,
    /// Conditions that this one takes the place of.
    #[serde(default)]
    pub instead_of: Vec<String>,
}

/// A level: everything it states holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its name in tables and answers.
    pub id: String,
    /// Prefixes of the principal diagnosis.
    pub principal: Option<Vec<String>>,
    /// Prefixes of a secondary diagnosis.
    pub secondary: Option<Vec<String>>,
    /// Prefixes of any diagnosis.
    pub dx: Option<Vec<String>>,
    /// Prefixes of a procedure.
    pub procedure: Option<Vec<String>>,
    /// Ways of leaving.
    pub discharge: Option<Vec<String>>,
    /// Length of stay.
    pub los_days: Option<Band>,
    /// Age in years.
    pub age: Option<Band>,
    /// Days in intensive care.
    pub icu_days: Option<Band>,
    /// The kind's score.
    pub score: Option<Band>,
}

/// Bounds of a whole number; which side a bound lies on is said by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// ≥
    pub at_least: Option<i32>,
    /// >
    pub above: Option<i32>,
    /// ≤
    pub upto: Option<i32>,
    /// <
    pub below: Option<i32>,
}

impl Band {
    /// Whether a value lies inside; a value that is not there does not.
    #[must_use]
    pub fn holds(&self, value: Option<i32>) -> bool {
        value.is_some_and(|value| {
            self.at_least.is_none_or(|bound| value >= bound)
                && self.above.is_none_or(|bound| value > bound)
                && self.upto.is_none_or(|bound| value <= bound)
                && self.below.is_none_or(|bound| value < bound)
        })
    }
}

/// What the auxiliary catalogue reads of a stay.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuxFacts<'a> {
    /// Diagnoses joined by `|`, the principal one first.
    pub dx: &'a [u8],
    /// Procedures joined by `|`.
    pub procedures: &'a [u8],
    /// Age in years.
    pub age: Option<i32>,
    /// Length of stay.
    pub los_days: Option<i32>,
    /// Days in intensive care.
    pub icu_days: Option<i32>,
    /// Way of leaving.
    pub discharge_status: &'a [u8],
}

/// The level of each kind: 0 is none, else its place counted from 1.
pub type Levels = [u8; KINDS_MAX];

/// A compiled auxiliary catalogue.
#[derive(Debug)]
pub struct Auxiliary {
    combine: Combine,
    kinds: Vec<KindDeclaration>,
    dx: Lists,
    procedures: Lists,
    plans: Vec<Plan>,
    /// By group (`u32::MAX` is any), kind, level: ten-thousandths.
    coefficients: FxHashMap<(u32, u8, u8), i64>,
}

/// Which lists a code is in, by prefix.
#[derive(Debug, Default)]
struct Lists {
    lists: Vec<Vec<String>>,
    by_prefix: FxHashMap<Code, u128>,
    lengths: Vec<usize>,
}

impl Lists {
    fn add(&mut self, list: &[String]) -> Result<u128, String> {
        let at = self.lists.iter().position(|known| known.as_slice() == list).unwrap_or(self.lists.len());
        if at >= LISTS_MAX {
            return Err(format!("more than {LISTS_MAX} lists of codes\n  hint: join lists that are alike"));
        }
        let bit = 1_u128 << at;
        if at == self.lists.len() {
            if list.is_empty() {
                return Err("a list of codes is empty\n  hint: leave the key out".to_owned());
            }
            for text in list {
                let code = Code::fold(text.as_bytes())
                    .ok_or_else(|| format!("\"{text}\" is no code\n  hint: write a prefix such as I50"))?;
                *self.by_prefix.entry(code).or_default() |= bit;
                if !self.lengths.contains(&code.len()) {
                    self.lengths.push(code.len());
                }
            }
            self.lists.push(list.to_vec());
        }
        Ok(bit)
    }

    /// The lists that a code is in.
    fn of(&self, code: &[u8]) -> u128 {
        let Some(code) = Code::fold(code) else { return 0 };
        let known = |length: &usize| self.by_prefix.get(&code.cut(*length)).filter(|_| code.len() >= *length);
        self.lengths.iter().filter_map(known).fold(0, |all, lists| all | lists)
    }
}

/// A kind with its lists as bits.
#[derive(Debug)]
struct Plan {
    score: Vec<ScorePlan>,
    levels: Vec<LevelPlan>,
}

#[derive(Debug)]
struct ScorePlan {
    points: i32,
    dx: u128,
    principal: bool,
    /// Places of the conditions it takes the place of.
    instead_of: Vec<usize>,
}

#[derive(Debug, Default)]
struct LevelPlan {
    principal: Option<u128>,
    secondary: Option<u128>,
    dx: Option<u128>,
    procedure: Option<u128>,
}

/// The lists that a stay's codes are in.
#[derive(Clone, Copy, Default)]
struct Seen {
    principal: u128,
    secondary: u128,
    procedures: u128,
}

impl Auxiliary {
    /// Compiles the tables. `group` finds a group's row.
    pub(crate) fn new(
        folder: &Folder,
        declared: &AuxiliaryTables,
        group: &dyn Fn(&str) -> Option<u32>,
    ) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        let place = || Some(folder.locate(&yibao_policy::Path::default().key("auxiliary")));
        let mut compiled = Self {
            combine: declared.combine,
            kinds: declared.kind.clone(),
            dx: Lists::default(),
            procedures: Lists::default(),
            plans: Vec::new(),
            coefficients: FxHashMap::default(),
        };
        if declared.kind.is_empty() || declared.kind.len() > KINDS_MAX {
            found.error(format!("{} auxiliary kinds", declared.kind.len()), place(), "state 1 to 8 [[auxiliary.kind]]");
            return Err(found);
        }
        for kind in &declared.kind {
            match compiled.plan(kind) {
                Ok(plan) => compiled.plans.push(plan),
                Err(text) => found.error_text(&format!("auxiliary kind \"{}\": {text}", kind.id), place(), ""),
            }
        }
        for (at, kind) in declared.kind.iter().enumerate() {
            if declared.kind.iter().take(at).any(|earlier| earlier.id == kind.id) {
                found.error(format!("auxiliary kind \"{}\" stands twice", kind.id), place(), "join the two");
            }
        }
        if !found.has_errors()
            && let Some(name) = &declared.coefficients
        {
            match folder.inside(name) {
                Some(path) => {
                    let table = CsvTable::read(&path, &path.to_string_lossy())?;
                    compiled.read_coefficients(&table, group, &mut found);
                }
                None => {
                    found.error(format!("the path \"{name}\" leaves the catalogue"), place(), "name a file beside it")
                }
            }
        }
        if found.has_errors() { Err(found) } else { Ok(compiled) }
    }

    fn plan(&mut self, kind: &KindDeclaration) -> Result<Plan, String> {
        let mut score = Vec::new();
        for condition in &kind.score {
            let place = |id: &String| {
                kind.score.iter().position(|known| known.id == *id).ok_or_else(|| {
                    format!("condition \"{}\" stands instead of \"{id}\", which is not there\n  hint: name a condition of the same kind", condition.id)
                })
            };
            score.push(ScorePlan {
                points: condition.points,
                dx: self.dx.add(&condition.dx)?,
                principal: condition.principal,
                instead_of: condition.instead_of.iter().map(place).collect::<Result<_, _>>()?,
            });
        }
        if kind.level.is_empty() || kind.level.len() > 200 {
            return Err(format!("{} levels\n  hint: state 1 to 200 [[auxiliary.kind.level]]", kind.level.len()));
        }
        let mut levels = Vec::new();
        // Two levels may have one name: two ways into it, and one coefficient for both.
        for level in &kind.level {
            if level.score.is_some() && kind.score.is_empty() {
                return Err(format!("level \"{}\" asks for a score\n  hint: state [[auxiliary.kind.score]]", level.id));
            }
            let mut dx = |list: &Option<Vec<String>>| list.as_deref().map(|list| self.dx.add(list)).transpose();
            let (principal, secondary, any) = (dx(&level.principal)?, dx(&level.secondary)?, dx(&level.dx)?);
            let procedure = level.procedure.as_deref().map(|list| self.procedures.add(list)).transpose()?;
            levels.push(LevelPlan { principal, secondary, dx: any, procedure });
        }
        Ok(Plan { score, levels })
    }

    fn read_coefficients(&mut self, table: &CsvTable, group: &dyn Fn(&str) -> Option<u32>, found: &mut Diagnostics) {
        let mut at = [0; 4];
        for (slot, name) in at.iter_mut().zip(["group", "kind", "level", "coefficient"]) {
            match table.column(name) {
                Ok(column) => *slot = column,
                Err(missing) => found.append(missing),
            }
        }
        if found.has_errors() {
            return;
        }
        for line in &table.rows {
            if found.errors() >= 100 {
                break;
            }
            let texts = at.map(|at| line.fields.get(at).map_or("", String::as_str));
            if let Err(text) = self.read_coefficient(texts, group) {
                found.error_text(&text, Some(table.place(line.line)), "");
            }
        }
    }

    fn read_coefficient(&mut self, texts: [&str; 4], group: &dyn Fn(&str) -> Option<u32>) -> Result<(), String> {
        let [code, kind, level, coefficient] = texts;
        let row = match code {
            "*" => u32::MAX,
            code => group(code).ok_or_else(|| {
                format!("no group \"{code}\" in the catalogue\n  hint: write a code of groups.csv, or * for all groups")
            })?,
        };
        let kind_at = self.kinds.iter().position(|known| known.id == kind).ok_or_else(|| {
            let known = self.kinds.iter().map(|known| known.id.as_str());
            format!("no auxiliary kind \"{kind}\"\n  hint: {}", yibao_policy::suggest::hint(kind, known))
        })?;
        let levels = self.kinds.get(kind_at).map(|kind| kind.level.as_slice()).unwrap_or_default();
        let value = Decimal::parse(coefficient, COEFFICIENT_DP)
            .ok()
            .filter(|value| value.units() > 0)
            .ok_or_else(|| format!("coefficient \"{coefficient}\"\n  hint: a number above 0 with at most 4 places"))?;
        let places: Vec<usize> = (1..).zip(levels).filter(|(_, known)| known.id == level).map(|(at, _)| at).collect();
        if places.is_empty() {
            let known = levels.iter().map(|known| known.id.as_str());
            let hint = yibao_policy::suggest::hint(level, known);
            return Err(format!("kind \"{kind}\" has no level \"{level}\"\n  hint: {hint}"));
        }
        for place in places {
            let key = (row, narrow(kind_at), narrow(place));
            if self.coefficients.insert(key, value.units()).is_some() {
                return Err(format!("two coefficients for {code}, {kind}, {level}\n  hint: keep one"));
            }
        }
        Ok(())
    }

    /// The kinds, in the order of [`Levels`].
    #[must_use]
    pub fn kinds(&self) -> &[KindDeclaration] {
        &self.kinds
    }

    /// How several coefficients combine.
    #[must_use]
    pub const fn combine(&self) -> Combine {
        self.combine
    }

    /// The name of a kind's level; `None` for 0.
    #[must_use]
    pub fn level_name(&self, kind: usize, level: u8) -> Option<&str> {
        let place = usize::from(level).checked_sub(1)?;
        self.kinds.get(kind)?.level.get(place).map(|level| level.id.as_str())
    }

    /// The stay's level of every kind.
    #[must_use]
    pub fn levels(&self, facts: &AuxFacts<'_>) -> Levels {
        let seen = self.seen(facts);
        let mut levels = Levels::default();
        for ((slot, plan), kind) in levels.iter_mut().zip(&self.plans).zip(&self.kinds) {
            let score = plan.points(&seen);
            let holds = |(level, plan): (&Level, &LevelPlan)| level_holds(level, plan, &seen, facts, score);
            *slot = kind.level.iter().zip(&plan.levels).position(holds).map_or(0, |at| narrow(at + 1));
        }
        levels
    }

    /// The score of a kind.
    #[must_use]
    pub fn score(&self, kind: usize, facts: &AuxFacts<'_>) -> Option<i32> {
        self.plans.get(kind).filter(|plan| !plan.score.is_empty()).map(|plan| plan.points(&self.seen(facts)))
    }

    fn seen(&self, facts: &AuxFacts<'_>) -> Seen {
        let mut seen = Seen::default();
        for (at, code) in parts(facts.dx).enumerate() {
            let lists = self.dx.of(code);
            if at == 0 { seen.principal = lists } else { seen.secondary |= lists }
        }
        seen.procedures = parts(facts.procedures).fold(0, |all, code| all | self.procedures.of(code));
        seen
    }

    /// The coefficient of a kind's level in a group: the group's own, else that of all groups.
    #[must_use]
    pub fn coefficient(&self, row: u32, kind: usize, level: u8) -> Option<Decimal> {
        let of = |row: u32| self.coefficients.get(&(row, narrow(kind), level)).copied();
        of(row).or_else(|| of(u32::MAX)).map(|units| Decimal::new(units, COEFFICIENT_DP))
    }

    /// K_aux: the coefficients of the stay's levels combined; 1 where none is stated. `None` when the product is beyond
    /// every published number.
    #[must_use]
    pub fn combined(&self, row: u32, levels: &Levels) -> Option<Decimal> {
        let hits = levels.iter().enumerate().filter(|(_, level)| **level > 0);
        combine(self.combine, hits.filter_map(|(kind, level)| self.coefficient(row, kind, *level)))
    }
}

/// Coefficients combined, rounded half-up to 4 places; 1.0000 without any.
pub fn combine(how: Combine, coefficients: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    match how {
        Combine::Max => {
            let one = Decimal::new(10_i64.pow(u32::from(COEFFICIENT_DP)), COEFFICIENT_DP);
            Some(coefficients.max().unwrap_or(one))
        }
        Combine::Product => coefficients
            .map(Decimal::ratio)
            .try_fold(Ratio::ONE, Ratio::checked_mul)
            .and_then(|product| product.to_decimal(COEFFICIENT_DP, Mode::HalfUp))
            .ok(),
    }
}

impl Plan {
    fn points(&self, seen: &Seen) -> i32 {
        let stated = |condition: &ScorePlan| {
            let lists = if condition.principal { seen.principal | seen.secondary } else { seen.secondary };
            lists & condition.dx != 0
        };
        let replaced = |place: usize| self.score.iter().any(|other| other.instead_of.contains(&place) && stated(other));
        let counts = self.score.iter().enumerate().filter(|(place, one)| stated(one) && !replaced(*place));
        counts.fold(0, |sum: i32, (_, one)| sum.saturating_add(one.points))
    }
}

fn level_holds(level: &Level, plan: &LevelPlan, seen: &Seen, facts: &AuxFacts<'_>, score: i32) -> bool {
    let lists = |wanted: Option<u128>, seen: u128| wanted.is_none_or(|wanted| wanted & seen != 0);
    let band = |band: &Option<Band>, value: Option<i32>| band.as_ref().is_none_or(|band| band.holds(value));
    let left = |ways: &Vec<String>| ways.iter().any(|way| way.as_bytes() == facts.discharge_status);
    lists(plan.principal, seen.principal)
        && lists(plan.secondary, seen.secondary)
        && lists(plan.dx, seen.principal | seen.secondary)
        && lists(plan.procedure, seen.procedures)
        && level.discharge.as_ref().is_none_or(left)
        && band(&level.los_days, facts.los_days)
        && band(&level.age, facts.age)
        && band(&level.icu_days, facts.icu_days)
        && band(&level.score, Some(score))
}

fn narrow(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
