//! The monthly preview of an institution: its stays with group, points or weight and interim amount, and the last day on
//! which a group may be disputed. One CSV of its cases, one page of its groups; one table of everything for the agency.

use std::collections::BTreeMap;

use maud::html;
use rustc_hash::FxHashMap;
use yibao_kernel::{Day, Fen};
use yibao_payment::settled::{Refusal, Settled};
use yibao_record::column::Column;
use yibao_record::stays::{Stays, Symbol, Symbols};

use crate::page::{
    Fact, Page, Section, Table, count, decimal, money, money_cell, number_cell, number_column, text_column, words,
};
use crate::tables::{id_of, units, written};

/// Heading of an institution's cases.
pub const CASES: [&str; 17] = [
    "case_id",
    "insurance",
    "method",
    "district",
    "discharge",
    "group",
    "group_before",
    "route",
    "units",
    "cost",
    "fund",
    "patient",
    "standard",
    "amount",
    "dispute_until",
    "refused",
    "reason",
];
/// Heading of `preview.csv`.
pub const GROUPS: [&str; 13] = [
    "institution",
    "insurance",
    "method",
    "district",
    "period",
    "group",
    "cases",
    "units",
    "cost",
    "fund",
    "patient",
    "amount",
    "dispute_until",
];

/// A previewed month.
pub struct Preview<'a> {
    settled: &'a Settled,
    stays: &'a Stays,
    symbols: &'a Symbols,
    /// Day of publication and last day of the dispute window, where the pack states them.
    pub window: Option<(Day, Day)>,
    /// The group before a dispute changed it.
    before: &'a dyn Fn(u32) -> Option<&'a str>,
    /// Rows of the stays by institution, settled and refused.
    rows: Vec<Vec<u32>>,
    refusals: FxHashMap<&'a str, &'a Refusal>,
}

/// What the cases of a group add up to.
#[derive(Clone, Copy, Default)]
struct GroupSums {
    cases: u64,
    units: i128,
    cost: i128,
    fund: i128,
    patient: i128,
    amount: i128,
}

impl<'a> Preview<'a> {
    /// Divides the stays of a settled month by institution.
    pub fn new(
        settled: &'a Settled,
        stays: &'a Stays,
        symbols: &'a Symbols,
        window: Option<(Day, Day)>,
        before: &'a dyn Fn(u32) -> Option<&'a str>,
    ) -> Self {
        let refusals: FxHashMap<&str, &Refusal> =
            settled.refused.iter().map(|refusal| (refusal.case_id.as_str(), refusal)).collect();
        let by_id: FxHashMap<&str, usize> =
            settled.institutions.iter().enumerate().map(|(at, view)| (view.id.as_str(), at)).collect();
        let mut rows = vec![Vec::new(); settled.institutions.len()];
        for (row, number) in (0..stays.len()).zip(0_u32..) {
            let key = settled.cases.row.get(row).copied().unwrap_or(u32::MAX);
            let institution = match settled.rows.get(key as usize) {
                Some(key) => Some(key.institution as usize),
                None if refusals.contains_key(stays.case_id.get(row)) => {
                    let symbol = stays.institution.get(row).copied().unwrap_or(Symbol::NONE);
                    by_id.get(symbols.text(symbol)).copied()
                }
                None => None,
            };
            if let Some(own) = institution.and_then(|at| rows.get_mut(at)) {
                own.push(number);
            }
        }
        Self { settled, stays, symbols, window, before, rows, refusals }
    }

    /// Institutions with a stay in the month.
    pub fn institutions(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty()).map(|(at, _)| at)
    }

    fn until(&self) -> String {
        self.window.map_or_else(String::new, |(_, last)| last.to_string())
    }

    fn group(&self, row: u32) -> &str {
        self.symbols.text(self.stays.group.get(row as usize).copied().unwrap_or(Symbol::NONE))
    }

    fn key_cells(&self, row: u32) -> [String; 3] {
        let at = self.settled.cases.row.get(row as usize).copied().unwrap_or(u32::MAX);
        let key = self.settled.rows.get(at as usize);
        key.map_or_else(Default::default, |key| {
            [
                id_of(&self.settled.insurances, key.insurance).to_owned(),
                id_of(&self.settled.methods, key.method).to_owned(),
                id_of(&self.settled.districts, key.district).to_owned(),
            ]
        })
    }

    /// Every case of an institution.
    pub fn cases_csv(&self, institution: usize) -> Vec<u8> {
        let own = self.rows.get(institution).map_or(&[][..], Vec::as_slice);
        written(&CASES, own.iter().map(|row| self.case_cells(*row)))
    }

    fn case_cells(&self, row: u32) -> Vec<String> {
        let at = row as usize;
        let stays = self.stays;
        let money = |column: &Column<Fen>| column.get(at).copied().unwrap_or(Fen::ZERO).to_string();
        let refusal = self.refusals.get(stays.case_id.get(at));
        let settled = self.settled.cases.row.get(at).is_some_and(|row| *row != u32::MAX);
        let refusal = refusal.filter(|_| !settled);
        let outcome = self.settled.cases.outcome.get(at).unwrap_or_default();
        let mut cells = vec![stays.case_id.get(at).to_owned()];
        cells.extend(self.key_cells(row));
        cells.extend([
            stays.discharge.get(at).map(Day::to_string).unwrap_or_default(),
            self.group(row).to_owned(),
            (self.before)(row).unwrap_or_default().to_owned(),
            if settled { outcome.route.word().to_owned() } else { String::new() },
            units(i128::from(outcome.points)),
            money(&stays.cost),
            money(&stays.fund),
            money(&stays.patient),
            outcome.standard.to_string(),
            self.settled.cases.paid.get(at).copied().unwrap_or(Fen::ZERO).to_string(),
            self.until(),
            refusal.map(|refusal| refusal.code.clone()).unwrap_or_default(),
            refusal.map(|refusal| refusal.reason.zh.clone()).unwrap_or_default(),
        ]);
        cells
    }

    /// The settled cases of an institution by insurance, method, district and group.
    fn groups(&self, institution: usize) -> BTreeMap<([String; 3], String), GroupSums> {
        let mut groups: BTreeMap<([String; 3], String), GroupSums> = BTreeMap::new();
        for row in self.rows.get(institution).into_iter().flatten() {
            let at = *row as usize;
            if self.settled.cases.row.get(at).is_none_or(|row| *row == u32::MAX) {
                continue;
            }
            let money = |column: &Column<Fen>| column.get(at).map_or(0, |amount| i128::from(amount.get()));
            let sums = groups.entry((self.key_cells(*row), self.group(*row).to_owned())).or_default();
            sums.cases += 1;
            sums.units += self.settled.cases.outcome.get(at).map_or(0, |outcome| i128::from(outcome.points));
            sums.cost += money(&self.stays.cost);
            sums.fund += money(&self.stays.fund);
            sums.patient += money(&self.stays.patient);
            sums.amount += self.settled.cases.paid.get(at).map_or(0, |amount| i128::from(amount.get()));
        }
        groups
    }

    /// Every institution's groups.
    pub fn preview_csv(&self) -> Vec<u8> {
        let mut rows = Vec::new();
        for institution in self.institutions() {
            let id = self.settled.institutions.get(institution).map_or("", |view| view.id.as_str());
            for ((key, group), sums) in self.groups(institution) {
                let mut cells = vec![id.to_owned()];
                cells.extend(key);
                cells.extend([self.settled.period.clone(), group, sums.cases.to_string(), units(sums.units)]);
                let amounts = [sums.cost, sums.fund, sums.patient, sums.amount];
                cells.extend(amounts.map(|amount| crate::tables::fixed(amount, 2)));
                cells.push(self.until());
                rows.push(cells);
            }
        }
        written(&GROUPS, rows.into_iter())
    }

    /// The page of an institution.
    pub fn page(&self, institution: usize, program: &str) -> String {
        let settled = self.settled;
        let view = settled.institutions.get(institution);
        let name = view.map_or("", |view| if view.name.is_empty() { view.id.as_str() } else { view.name.as_str() });
        let groups = self.groups(institution);
        let sum = |of: fn(&GroupSums) -> i128| groups.values().map(of).sum::<i128>();
        let cases: u64 = groups.values().map(|sums| sums.cases).sum();
        let refused = self.rows.get(institution).map_or(0, Vec::len) as u64 - cases;
        let fact = |zh: &str, en: &str, value: String| Fact { name: words(zh, en), value, note: words("", "") };
        let until = match self.window {
            Some((_, last)) => last.to_string(),
            None => "—".to_owned(),
        };
        let page = Page {
            title: words(
                format!("{name} {} 月度预览", settled.period),
                format!("{name}: preview of {}", settled.period),
            ),
            subtitle: words(
                format!("{} · {}", settled.pack.region.zh, settled.pack.id),
                format!("{} · {}", settled.pack.region.en, settled.pack.id),
            ),
            illustrative: settled.pack.illustrative,
            facts: vec![
                fact("病例", "cases", count(cases)),
                fact("拒付", "refused", count(refused)),
                fact("点数或权重", "units", decimal(sum(|sums| sums.units), 4)),
                fact("记账基金", "accounted", decimal(sum(|sums| sums.fund), 2)),
                fact("预览金额", "interim amount", decimal(sum(|sums| sums.amount), 2)),
                fact("异议截止", "disputes until", until),
            ],
            sections: vec![Section {
                id: "groups",
                title: words("病组", "Groups"),
                lead: words(
                    "本月预览，非清算结果；对分组有异议的，在截止日（含当日）前提出，逐例见同名 CSV 文件。",
                    "A preview of the month, not a settlement. A group may be disputed until the last day (included); the CSV of the same name lists every case.",
                ),
                body: groups_table(&groups).render(),
            }],
            footer: html! { p { (program) " · " (settled.pack.id) " · " (settled.period) } },
        };
        page.render()
    }
}

fn groups_table(groups: &BTreeMap<([String; 3], String), GroupSums>) -> Table {
    let yuan = |amount: i128| match i64::try_from(amount) {
        Ok(amount) => money_cell(Fen::new(amount)),
        Err(_) => number_cell(&money(Fen::new(i64::MAX))),
    };
    let rows = groups.iter().map(|(([insurance, method, district], group), sums)| {
        html! { tr {
            td.id { (insurance) } td.id { (method) } td.id { (district) } td.id { (group) }
            (number_cell(&count(sums.cases)))
            (number_cell(&decimal(sums.units, 4)))
            (yuan(sums.cost)) (yuan(sums.fund)) (yuan(sums.patient)) (yuan(sums.amount))
        } }
    });
    Table {
        id: "groups",
        columns: vec![
            text_column("险种", "insurance"),
            text_column("支付方式", "method"),
            text_column("区县", "district"),
            text_column("病组", "group"),
            number_column("病例", "cases"),
            number_column("点数或权重", "units"),
            number_column("总费用", "cost"),
            number_column("记账基金", "accounted"),
            number_column("个人及其他", "patient"),
            number_column("预览金额", "interim amount"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: true,
        first: 60,
        dense: true,
    }
}
