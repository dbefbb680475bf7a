//! The facts of a settled folder that indicators are queries over: the keys of its clearing rows with their names
//! (`facts.json`), and sums of its cases (`cases.parquet`), cut into slices.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use yibao_record::feed::FeedKind;
use yibao_record::stays::{Stays, Symbols};

use super::persons::{PersonCounts, count, month_name};
use super::spec::Spec;
use super::sums::{Kind, Slice, Sums};
use crate::pack::Pack;
use crate::plan::Plan;
use crate::settled::{Bilingual, Route, Settled};

/// An id with its title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titled {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
}

/// An institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstitutionFact {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: String,
    /// District.
    pub district: String,
}

/// A method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodFact {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// `cost` or `fund`.
    pub basis: String,
    /// `points` or `rate`.
    pub price: String,
}

/// The key of a clearing row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowFact {
    /// Institution that is paid.
    pub institution: String,
    /// Insurance.
    pub insurance: String,
    /// Method.
    pub method: String,
    /// District.
    pub district: String,
    /// The pool that pays.
    pub pool: String,
}

/// Decisions of special-case review at an institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewFact {
    /// Institution.
    pub institution: String,
    /// `items`, `standard`, `adjusted`, `refused` as the panel decided; else `accepted` or `held` by the quota.
    pub decision: String,
    /// Cases.
    pub cases: u64,
}

/// `facts.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Format number of the file.
    pub format: u32,
    /// Year.
    pub year: i32,
    /// `2025` or `2025-03`.
    pub period: String,
    /// Pack id.
    pub pack: String,
    /// Pack title.
    pub title: Bilingual,
    /// Region.
    pub region: Bilingual,
    /// Currency.
    pub currency: String,
    /// Whether outputs repeat the "illustrative" mark.
    pub illustrative: bool,
    /// Institutions in rank order.
    pub institutions: Vec<InstitutionFact>,
    /// Insurance schemes.
    pub insurances: Vec<Titled>,
    /// Districts.
    pub districts: Vec<Titled>,
    /// Methods.
    pub methods: Vec<MethodFact>,
    /// Pools.
    pub pools: Vec<Titled>,
    /// Clearing rows in the order of `clearing.csv`.
    pub rows: Vec<RowFact>,
    /// Special-case review.
    pub reviews: Vec<ReviewFact>,
    /// The chosen definitions.
    pub spec: Spec,
    /// Counts of persons by slice; no person is named.
    pub persons: Vec<PersonCounts>,
}

/// Format number of `facts.json`.
pub const FORMAT: u32 = 1;

impl Facts {
    /// Of a settled period.
    #[must_use]
    pub fn of(settled: &Settled, pack: &Pack, plan: &Plan, stays: &Stays, symbols: &Symbols) -> Self {
        let titled = |list: &[crate::settled::Named]| {
            list.iter().map(|one| Titled { id: one.id.clone(), title: one.title.clone() }).collect::<Vec<_>>()
        };
        let id = |list: &[crate::settled::Named], at: u16| {
            list.get(usize::from(at)).map(|one| one.id.clone()).unwrap_or_default()
        };
        let rows = settled.rows.iter().map(|row| {
            let pool = plan.pool_of(row.method, row.insurance, row.district);
            let pool = pool.and_then(|at| plan.pools.get(usize::from(at)));
            RowFact {
                institution: settled
                    .institutions
                    .get(row.institution as usize)
                    .map(|one| one.id.clone())
                    .unwrap_or_default(),
                insurance: id(&settled.insurances, row.insurance),
                method: id(&settled.methods, row.method),
                district: id(&settled.districts, row.district),
                pool: pool.map(|pool| pool.id.clone()).unwrap_or_default(),
            }
        });
        let methods = settled.methods.iter().zip(&settled.method_kinds).map(|(method, (basis, price))| MethodFact {
            id: method.id.clone(),
            title: method.title.clone(),
            basis: basis.clone(),
            price: price.clone(),
        });
        let institutions = settled.institutions.iter().map(|one| InstitutionFact {
            id: one.id.clone(),
            name: one.name.clone(),
            level: one.level.clone(),
            district: one.district.clone(),
        });
        let spec = Spec::of(pack, plan, stays, symbols);
        let persons = match pack.indicators.as_ref().is_some_and(super::spec::needs_persons) {
            true => count(settled, stays, symbols, &spec, &kind_of(stays)),
            false => Vec::new(),
        };
        Facts {
            format: FORMAT,
            year: settled.year,
            period: settled.period.clone(),
            pack: settled.pack.id.clone(),
            title: settled.pack.title.clone(),
            region: settled.pack.region.clone(),
            currency: settled.pack.currency.clone(),
            illustrative: settled.pack.illustrative,
            institutions: institutions.collect(),
            insurances: titled(&settled.insurances),
            districts: titled(&settled.districts),
            methods: methods.collect(),
            pools: plan.pools.iter().map(|pool| Titled { id: pool.id.clone(), title: pool.title.clone() }).collect(),
            rows: rows.collect(),
            reviews: reviews(settled, stays, symbols),
            spec,
            persons,
        }
    }

    /// The institution of an id.
    #[must_use]
    pub fn institution(&self, id: &str) -> Option<&InstitutionFact> {
        self.institutions.iter().find(|one| one.id == id)
    }
}

/// What a row of the stays is.
fn kind_of(stays: &Stays) -> impl Fn(usize) -> Kind + Sync {
    |row| match stays.feed_of(row).map(|feed| feed.kind) {
        None | Some(FeedKind::Stays) => Kind::Stays,
        Some(FeedKind::Visits) => Kind::Visits,
        Some(FeedKind::Heads) => Kind::Heads,
    }
}

/// Decisions by institution, in the order of institutions and words.
fn reviews(settled: &Settled, stays: &Stays, symbols: &Symbols) -> Vec<ReviewFact> {
    let mut counts: BTreeMap<(u32, &str), u64> = BTreeMap::new();
    for (at, (outcome, row)) in settled.cases.outcome.iter().zip(&settled.cases.row).enumerate() {
        let Some(row) = settled.rows.get(*row as usize) else { continue };
        let word = stays.special.get(at).map_or("", |special| symbols.text(*special));
        let decision = match (word, outcome.route) {
            ("" | "none", Route::SpecialReview) => "accepted",
            ("" | "none", Route::Held) => "held",
            ("" | "none", _) => continue,
            (word, _) => word,
        };
        *counts.entry((row.institution, decision)).or_default() += 1;
    }
    let facts = counts.into_iter().map(|((institution, decision), cases)| ReviewFact {
        institution: settled.institutions.get(institution as usize).map(|one| one.id.clone()).unwrap_or_default(),
        decision: decision.to_owned(),
        cases,
    });
    facts.collect()
}

/// Cases of one clearing row, at one institution, of one kind and group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CellKey {
    /// Clearing row.
    pub row: u32,
    /// The institution that treated, an index into [`Cells::institutions`].
    pub institution: u32,
    /// Kind.
    pub kind: Kind,
    /// Group, an index into [`Cells::groups`]; `u32::MAX` for none.
    pub group: u32,
}

/// Cases of one month, kind and group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MonthKey {
    /// Months since year 0.
    pub month: u32,
    /// Kind.
    pub kind: Kind,
    /// Group.
    pub group: u32,
}

/// Sums of the settled cases, as fine as slices need them.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Institutions that treated, by id.
    pub institutions: Vec<String>,
    /// Groups.
    pub groups: Vec<String>,
    /// By row, institution, kind and group; ordered.
    pub cells: Vec<(CellKey, Sums)>,
    /// By month, kind and group; ordered.
    pub months: Vec<(MonthKey, Sums)>,
}

/// A dimension to cut by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The whole region.
    Region,
    /// The institution that treated.
    Institution,
    /// Its level.
    Level,
    /// Insurance scheme.
    Insurance,
    /// Method.
    Method,
    /// District of the clearing row.
    District,
    /// Month of discharge.
    Month,
}

impl By {
    /// All of them.
    pub const ALL: [By; 7] =
        [By::Region, By::Institution, By::Level, By::Insurance, By::Method, By::District, By::Month];

    /// The word of the command line and of files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            By::Region => "region",
            By::Institution => "institution",
            By::Level => "level",
            By::Insurance => "insurance",
            By::Method => "method",
            By::District => "district",
            By::Month => "month",
        }
    }

    /// Its title.
    #[must_use]
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            By::Region => ("全区", "Region"),
            By::Institution => ("医疗机构", "Institutions"),
            By::Level => ("机构等级", "Levels"),
            By::Insurance => ("险种", "Insurance"),
            By::Method => ("支付方式", "Methods"),
            By::District => ("区县", "Districts"),
            By::Month => ("月份", "Months"),
        }
    }
}

/// A slice with its key.
#[derive(Clone, Debug)]
pub struct Sliced {
    /// Id: an institution, a level …; empty for the region.
    pub key: String,
    /// As people read it.
    pub name: Bilingual,
    /// The sums.
    pub slice: Slice,
}

impl Facts {
    /// The slices of a dimension, in the order the pack declares its keys; empty ones are left out.
    #[must_use]
    pub fn slices(&self, cells: &Cells, by: By) -> Vec<Sliced> {
        let mut found: BTreeMap<String, Slice> = BTreeMap::new();
        if by == By::Month {
            for (key, sums) in &cells.months {
                add(found.entry(month_name(key.month)).or_default(), key.kind, key.group, sums);
            }
        } else {
            let levels: Vec<&str> =
                cells.institutions.iter().map(|id| self.institution(id).map_or("", |one| one.level.as_str())).collect();
            for (key, sums) in &cells.cells {
                let row = self.rows.get(key.row as usize);
                let at = key.institution as usize;
                let name = match by {
                    By::Institution => cells.institutions.get(at).map_or("", String::as_str),
                    By::Level => levels.get(at).copied().unwrap_or(""),
                    By::Insurance => row.map_or("", |row| row.insurance.as_str()),
                    By::Method => row.map_or("", |row| row.method.as_str()),
                    By::District => row.map_or("", |row| row.district.as_str()),
                    By::Region | By::Month => "",
                };
                match found.get_mut(name) {
                    Some(slice) => add(slice, key.kind, key.group, sums),
                    None => add(found.entry(name.to_owned()).or_default(), key.kind, key.group, sums),
                }
            }
        }
        for (key, slice) in &mut found {
            let word = if by == By::Region { "all" } else { by.word() };
            let counts = self.persons.iter().find(|one| one.by == word && one.key == *key);
            slice.persons = counts.map(|one| one.counts.clone());
        }
        if by == By::Region
            && let Some(slice) = found.get_mut("")
        {
            self.plan_facts(cells, slice);
        }
        self.in_order(by, found)
    }

    /// The whole region.
    #[must_use]
    pub fn region(&self, cells: &Cells) -> Slice {
        self.slices(cells, By::Region).pop().map(|one| one.slice).unwrap_or_default()
    }

    /// What the three-year plan counts: institutions, groups and fund of stays paid by disease.
    fn plan_facts(&self, cells: &Cells, slice: &mut Slice) {
        let Some(plan) = &self.spec.plan else { return };
        let (mut institutions, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for (key, sums) in cells.cells.iter().filter(|(key, _)| key.kind == Kind::Stays) {
            let method = self.rows.get(key.row as usize).map_or("", |row| row.method.as_str());
            if !plan.methods.iter().any(|one| one == method) {
                continue;
            }
            institutions.insert(key.institution);
            slice.fund_by_disease += sums.fund;
            if key.group != u32::MAX && sums.grouped > 0 {
                groups.insert(key.group);
            }
        }
        slice.institutions_by_disease = institutions.len() as u64;
        slice.groups_by_disease = groups.len() as u64;
    }

    fn in_order(&self, by: By, mut found: BTreeMap<String, Slice>) -> Vec<Sliced> {
        let same = |text: &str| Bilingual { zh: text.to_owned(), en: text.to_owned() };
        let titled = |list: &[Titled]| list.iter().map(|one| (one.id.clone(), one.title.clone())).collect::<Vec<_>>();
        let declared: Vec<(String, Bilingual)> = match by {
            By::Region => vec![(String::new(), self.region.clone())],
            By::Institution => self.institutions.iter().map(|one| (one.id.clone(), same(&one.name))).collect(),
            By::Level => ["tertiary", "secondary", "primary"].iter().map(|id| ((*id).to_owned(), level(id))).collect(),
            By::Insurance => titled(&self.insurances),
            By::Method => self.methods.iter().map(|one| (one.id.clone(), one.title.clone())).collect(),
            By::District => titled(&self.districts),
            By::Month => Vec::new(),
        };
        let mut all: Vec<Sliced> = declared
            .into_iter()
            .filter_map(|(key, name)| found.remove(&key).map(|slice| Sliced { key, name, slice }))
            .collect();
        all.extend(found.into_iter().map(|(key, slice)| Sliced { name: same(&key), key, slice }));
        for one in &mut all {
            if one.name.zh.is_empty() {
                one.name = same(&one.key);
            }
        }
        all
    }
}

/// The words of a level.
#[must_use]
pub fn level(id: &str) -> Bilingual {
    let (zh, en) = match id {
        "tertiary" => ("三级", "tertiary"),
        "secondary" => ("二级", "secondary"),
        "primary" => ("一级及以下", "primary"),
        other => (other, other),
    };
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn add(slice: &mut Slice, kind: Kind, group: u32, sums: &Sums) {
    slice.add(kind, (group != u32::MAX).then_some(group), sums);
}
